"""The main line on real programs: Prometheus fires, people are paged, the link acknowledges, the rule recovers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from system.town import Mailbox, Tocsin, eventually, free_port, link_in, tocsin

PROMETHEUS = shutil.which("prometheus")
RULES = """
groups:
- name: test
  interval: 1s
  rules:
  - alert: TargetDown
    expr: up{job="node"} == 0
    labels: {severity: critical}
    annotations: {summary: "the node exporter is down"}
"""
CONFIG = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
alerting:
  alertmanagers:
  - static_configs: [{targets: ["127.0.0.1:%(tocsin)d"]}]
    path_prefix: /in/%(key)s
scrape_configs:
- job_name: node
  static_configs: [{targets: ["127.0.0.1:%(target)d"]}]
"""


DELAY_S = 5
RESEND_S = 2
"""How often Prometheus repeats what fires; it gives an end of four times as much ahead."""


@contextmanager
def prometheus(directory: Path, house: Tocsin, target: int) -> Iterator[None]:
    """The real Prometheus, scraping a port where nobody answers yet."""
    assert PROMETHEUS is not None
    directory.mkdir()
    (directory / "rules.yml").write_text(RULES)
    facts = {"tocsin": house.port, "key": house.keys["source_key"], "target": target}
    (directory / "prometheus.yml").write_text(CONFIG % facts)
    command = [
        PROMETHEUS, f"--config.file={directory / 'prometheus.yml'}", f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{free_port()}", f"--rules.alert.resend-delay={RESEND_S}s", "--log.level=error",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def the_incident(house: Tocsin) -> dict[str, Any]:
    """The one incident, open or not."""
    assert {item["id"] for item in house.get("/incidents")["items"]} <= {"INC-1"}
    found: dict[str, Any] = house.get("/incidents/INC-1")
    return found


@pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")
@pytest.mark.parametrize("killed", [False, True], ids=["undisturbed", "killed in the middle"])
def test_prometheus_pages_the_next_level_until_the_link_acknowledges(tmp_path: Path, killed: bool) -> None:
    target = free_port()
    with Mailbox() as mail, tocsin(tmp_path / "data", smtp_host="127.0.0.1", smtp_port=str(mail.port)) as house:
        house.person("alice", "alice@example.org")
        house.person("bob", "bob@example.org")
        house.ladder("alice", "bob", delay_s=DELAY_S)
        with prometheus(tmp_path / "prometheus", house, target):
            eventually(lambda: mail.to("alice@example.org"), "the first level is paged")
            if killed:
                away_until_the_alert_would_have_ended(house)
            paged = eventually(lambda: mail.to("bob@example.org"), "nobody answered: the next level is paged")
            entries = house.get("/users/bob/mailbox")["items"]
            assert [entry["incident"] for entry in entries] == ["INC-1"]
            link = link_in(paged[0], house.url)
            with httpx2.Client(timeout=30) as phone:
                shown = phone.get(link)
                assert shown.status_code == 200
                assert len(shown.content) < 30_000
                assert phone.post(link, data={"act": "acknowledge"}).status_code in {200, 303}
            incident = the_incident(house)
            assert (incident["status"], incident["acknowledged_by"]) == ("acknowledged", "bob")
            serve_metrics = subprocess.Popen(
                [
                    "python3",
                    "-m",
                    "http.server",
                    str(target),
                    "--bind",
                    "127.0.0.1",
                    "--directory",
                    str(metrics(tmp_path)),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                eventually(lambda: the_incident(house)["status"] == "resolved", "it recovers: resolved")
            finally:
                serve_metrics.kill()
                serve_metrics.wait()
        assert all(len(taken) <= 1 + killed for taken in mail.copies().values()), "twice at most after a crash"
        why = house.cli("why", "INC-1")
        assert why.returncode == 0, why.stderr
        assert "source:default" in why.stdout
        ledger = house.get("/ledger")
        assert ledger["balanced"]
        assert ledger["pending"] == 0
        assert ledger["paged"] == 1
        assert house.stop() == 0
        planned = [page for page in told(house, "PagePlanned") if page["channel"] == "email"]
        assert [page["page"] for page in planned] == list(mail.copies())
        calls = [(page["run"], page["user"]) for page in planned]
        assert len(set(calls)) == len(calls), "nobody is called twice by one climb of the ladder"


def told(house: Tocsin, kind: str) -> list[dict[str, Any]]:
    """The events of a kind, as the journal has them."""
    exported = house.cli("journal", "export", "--data", str(house.data))
    assert exported.returncode == 0, exported.stderr
    events = [msgspec.json.decode(line) for line in exported.stdout.splitlines()]
    return [event["body"] for event in events if event["type"] == kind]


def away_until_the_alert_would_have_ended(house: Tocsin) -> None:
    """Killed, and back when the last end that its sender gave is past: nobody could hear that it goes on."""
    (alert,) = house.get("/alerts")["items"]
    end = datetime.fromisoformat(alert["expires_at"]) + timedelta(seconds=RESEND_S)
    house.kill()
    eventually(lambda: datetime.now(UTC) > end, "the time has passed")
    house.start()
    (after,) = house.get("/alerts")["items"]
    assert (after["id"], after["status"]) == (alert["id"], "firing"), "the house's own absence is no recovery"


def metrics(directory: Path) -> Path:
    """A directory whose file `metrics` makes the target up."""
    place = directory / "exporter"
    place.mkdir()
    (place / "metrics").write_text("node_ok 1\n")
    return place
