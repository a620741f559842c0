"""A running installation with a town in it, for the browser tests and the screenshots: real process, real doors.

`python -m browser.stage DIR PORT`, under tests/, makes one to look at (admin's password: PASSWORD) and runs until
return is pressed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from system.town import eventually

PASSWORD = "correct horse battery staple"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
TOWN = Path(__file__).parent / "town.yaml"


class Stage:
    """One installation: its address, the admin's API key, and what a test does to it from outside."""

    def __init__(self, url: str, keys: dict[str, Any]) -> None:
        self.url = url
        self.keys = keys
        self.http = httpx2.Client(
            base_url=url, headers={"authorization": f"Bearer {keys['admin_key']}"}, timeout=30, trust_env=False
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API as the admin."""
        answer = self.http.request(method, path, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def fire(self, summary: str, **labels: str) -> None:
        """One firing alert, as Prometheus sends it."""
        self.fire_all([(labels, summary)])

    def fire_all(self, alerts: list[tuple[dict[str, str], str]]) -> None:
        """Firing alerts of one delivery: their labels and summaries."""
        sent = [{"labels": labels, "annotations": {"summary": summary}} for labels, summary in alerts]
        path = f"/in/{self.keys['source_key']}/api/v2/alerts"
        answer = httpx2.post(self.url + path, json=sent, timeout=30, trust_env=False)
        assert answer.status_code == 200, answer.text

    def tocsin(self, *arguments: str) -> None:
        """Run the command line against it."""
        environment = os.environ | {"TOCSIN_URL": self.url, "TOCSIN_KEY": self.keys["admin_key"]}
        subprocess.run(
            [sys.executable, "-m", "tocsin", *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
        )

    def settle(self) -> None:
        """People, teams, services, schedules, ladders and routes of the town; passwords for admin, ann and mei."""
        self.tocsin("apply", "--yes", "-f", str(TOWN))
        for user in ("admin", "ann", "mei"):
            self.call("PUT", f"/api/v1/users/{user}/password", {"password": PASSWORD})


@contextmanager
def staged(directory: Path, port: int) -> Iterator[Stage]:
    """A new installation in a directory, running on a port."""
    listen = f"127.0.0.1:{port}"
    made = subprocess.run(
        [sys.executable, "-m", "tocsin", "init", "--data", str(directory), "--listen", listen, "--json"],
        check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    log = (directory / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tocsin", "serve", "--data", str(directory), "--listen", listen], stdout=log, stderr=log
    )
    try:
        stage = Stage(f"http://{listen}", json.loads(made.stdout))
        with closing(stage.http):
            eventually(lambda: _is_ready(stage, process), f"ready, see {log.name}")
            yield stage
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _is_ready(stage: Stage, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the server ended"
    try:
        return stage.http.get("/-/ready").status_code == 200
    except httpx2.TransportError:
        return False


def main(directory: str, port: str) -> None:
    """Make one with a demo's outage burning, and run until it is interrupted."""
    with staged(Path(directory), int(port)) as stage:
        stage.settle()
        stage.tocsin("demo", "--speed", "50", "--leave-burning")
        stage.fire("Payments: 12% of charges fail", alertname="PaymentErrors", service="payments", severity="critical")
        stage.fire("Checkout p99 is 4.1 s", alertname="CheckoutSlow", service="checkout", severity="warning")
        sys.stdout.write(f"{stage.url}  admin / {PASSWORD}\n{json.dumps(stage.keys)}\n")
        sys.stdout.flush()
        input()


if __name__ == "__main__":
    main(*sys.argv[1:])
