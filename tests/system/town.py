"""A real Tocsin process and the real programs around it, for the system tests."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

T = TypeVar("T")
PATIENCE_S = 180.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(ask: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
    """The first answer that is something; a system of real processes has no other clock than waiting for it."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {patience_s:.0f} s: {what}")


class Mailbox:
    """A real SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.taken_at: list[float] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One mail."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.taken_at.append(time.monotonic())
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The pages one address got (not the codes that verify it)."""
        return [mail for mail in self.pages() if mail["To"] == address]

    def copies(self) -> dict[str, list[float]]:
        """When each page was taken, once or more often, on the monotonic clock."""
        found: dict[str, list[float]] = {}
        for mail, at in zip(self.mails, self.taken_at, strict=True):
            if str(mail["X-Tocsin-Id"]).startswith("PG-"):
                found.setdefault(str(mail["X-Tocsin-Id"]), []).append(at)
        return found

    def pages(self) -> list[EmailMessage]:
        """All pages."""
        return [mail for mail in self.mails if str(mail["X-Tocsin-Id"]).startswith("PG-")]

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class Tocsin:
    """One installation; its process may be killed and started again."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")},
            **{f"TOCSIN_{name.upper()}": value for name, value in settings.items()},
        }
        made = subprocess.run(
            [sys.executable, "-m", "tocsin", "init", "--data", str(data), "--json"],
            check=True, capture_output=True, env=self.environment,
        )  # fmt: skip
        self.keys: dict[str, str] = msgspec.json.decode(made.stdout)
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx2.Client(
            base_url=self.url, headers={"authorization": f"Bearer {self.keys['admin_key']}"}, timeout=30
        )

    def start(self) -> Tocsin:
        """Run the server until it is ready."""
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tocsin", "serve", "--data", str(self.data),
                 "--listen", f"127.0.0.1:{self.port}", "--log-format", "json"],
                stdout=log, stderr=subprocess.STDOUT, env=self.environment,
            )  # fmt: skip
        eventually(self._is_ready, "the server is ready")
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.data.parent / "server.log").read_text()[-4000:]
        try:
            return self.http.get("/-/ready").status_code == 200
        except httpx2.HTTPError:
            return False

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def get(self, path: str) -> Any:
        """The JSON of a GET."""
        answer = self.http.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, path: str, body: object) -> Any:
        """Set something."""
        answer = self.http.put(f"/api/v1{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, body: object = None) -> Any:
        """Ask for something."""
        answer = self.http.post(f"/api/v1{path}", json=body if body is not None else {})
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command line against this server."""
        return subprocess.run(
            [sys.executable, "-m", "tocsin", *arguments], capture_output=True, text=True, check=False,
            env={**self.environment, "TOCSIN_URL": self.url, "TOCSIN_KEY": self.keys["admin_key"], "LANG": "C.UTF-8"},
        )  # fmt: skip

    def person(self, user: str, address: str) -> None:
        """A responder with one vouched e-mail contact."""
        self.put(f"/users/{user}", {"name": user.title(), "email": address, "role": "responder"})
        made = self.post(f"/users/{user}/contacts", {"channel": "email", "label": "mail", "address": address})
        self.post(f"/users/{user}/contacts/{made['id']}/vouch")

    def ladder(self, *users: str, delay_s: int) -> None:
        """The default ladder leads from one person to the next."""
        steps = [{"targets": [{"kind": "person", "id": user}], "delay_s": delay_s} for user in users]
        self.put("/ladders/default", {"name": "Default", "steps": steps, "repeats": 0})


@contextmanager
def tocsin(data: Path, **settings: str) -> Iterator[Tocsin]:
    """A running installation, killed at the end."""
    house = Tocsin(data, **settings).start()
    try:
        yield house
    finally:
        if house.process is not None and house.process.poll() is None:
            house.kill()
        house.http.close()


def link_in(mail: EmailMessage, url: str) -> str:
    """The signed link of a page."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(re.escape(url) + r"/a/\S+", body.get_content())
    assert found is not None, body.get_content()
    return found[0]
