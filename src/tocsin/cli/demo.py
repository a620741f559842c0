"""`tocsin demo`: a realistic outage, played through the doors like any monitor would send it.

Law: nothing here is special to the server; it sees an Alertmanager client and a PagerDuty client with a source's key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import click

from tocsin.cli.client import EXISTS, Api, Failure, Thing, at, failure
from tocsin.cli.output import Talk, connected, fields
from tocsin.cli.times import read_instant
from tocsin.cli.words import say

SOURCE = "demo"
PODS = 30
"""Pods of the storm: enough that a pager per pod would be unbearable."""
SHOPS = ("cart", "checkout", "search")
SPEED_MAX = 1_000.0
SHOWN_MAX = 200


class Scene(NamedTuple):
    """Something happens `at_s` seconds after the curtain: what people read, and what is sent."""

    at_s: float
    words: str
    play: Callable[[Stage], None]


class Stage:
    """The doors of a running instance, for one source."""

    def __init__(self, api: Api, key: str) -> None:
        self._api = api
        self._key = key
        self.sent = 0

    def fire(self, *labels: dict[str, str], summary: str) -> None:
        """Firing alerts, as Prometheus posts them."""
        self._alerts(labels, {"annotations": {"summary": summary}})

    def recover(self, *labels: dict[str, str]) -> None:
        """The same alerts, ended."""
        self._alerts(labels, {"endsAt": datetime.now(UTC).isoformat()})

    def page(self, action: str, summary: str = "") -> None:
        """A PagerDuty event about the synthetic check."""
        payload = {"summary": summary, "source": "probe-eu", "severity": "critical", "component": "login"}
        event = {"routing_key": self._key, "event_action": action, "dedup_key": "demo-login"}
        self._send("/v2/enqueue", {**event, "payload": payload} if action == "trigger" else event)

    def deploy(self, summary: str) -> None:
        """A change event."""
        payload = {"summary": summary, "timestamp": datetime.now(UTC).isoformat(), "source": "ci"}
        self._send("/v2/change/enqueue", {"routing_key": self._key, "payload": payload})

    def _alerts(self, labels: tuple[dict[str, str], ...], more: Thing) -> None:
        self._send(at("in", self._key) + "/api/v2/alerts", [{"labels": one, **more} for one in labels])

    def _send(self, path: str, body: object) -> None:
        answer = self._api.send("POST", path, body)
        if not answer.is_success:
            raise failure(answer)
        self.sent += len(body) if isinstance(body, list) else 1


DISK = {"alertname": "DiskLatencyHigh", "severity": "warning", "service": "orders-db", "instance": "db-1:9100"}
DATABASE = {"alertname": "PostgresDown", "severity": "critical", "service": "orders-db", "instance": "db-1:5432"}
STORM = tuple(
    {
        "alertname": "PodNotReady",
        "severity": "high",
        "service": SHOPS[number % 3],
        "pod": f"{SHOPS[number % 3]}-{number:02d}",
    }
    for number in range(PODS)
)
ERRORS = tuple({"alertname": "HttpErrorsHigh", "severity": "critical", "service": shop} for shop in SHOPS)
DISK_SUMMARY = "Writes to db-1 take 900 ms"
DATABASE_SUMMARY = "db-1 does not answer"
STORM_SUMMARY = "The pod is not ready"
ERRORS_SUMMARY = "5xx above 20 %"


def play(is_left_burning: bool) -> Iterator[Scene]:
    """The outage: a deployment, a slow disk, a dead database, everything above it; then the way back."""
    yield Scene(0, say("cli.demo.deploy"), lambda on: on.deploy("checkout 4.2.0 deployed"))
    yield Scene(4, say("cli.demo.disk"), lambda on: on.fire(DISK, summary=DISK_SUMMARY))
    yield Scene(10, say("cli.demo.database"), lambda on: on.fire(DATABASE, summary=DATABASE_SUMMARY))
    for burst in range(3):
        pods = STORM[burst * 10 : burst * 10 + 10]
        yield Scene(13 + 2 * burst, say("cli.demo.storm", count=len(pods)), _not_ready(pods))
    yield Scene(20, say("cli.demo.errors"), lambda on: on.fire(*ERRORS, summary=ERRORS_SUMMARY))
    yield Scene(24, say("cli.demo.probe"), lambda on: on.page("trigger", "Nobody can log in"))
    yield Scene(28, say("cli.demo.repeats"), _repeats)
    if is_left_burning:
        return
    yield Scene(40, say("cli.demo.database_back"), lambda on: on.recover(DATABASE, DISK))
    yield Scene(44, say("cli.demo.pods_back"), lambda on: on.recover(*STORM))
    yield Scene(48, say("cli.demo.errors_gone"), lambda on: on.recover(*ERRORS))
    yield Scene(52, say("cli.demo.probe_back"), lambda on: on.page("resolve"))


def _repeats(on: Stage) -> None:
    """Prometheus says each minute again what still is so."""
    on.fire(DISK, summary=DISK_SUMMARY)
    on.fire(DATABASE, summary=DATABASE_SUMMARY)
    on.fire(*STORM, summary=STORM_SUMMARY)
    on.fire(*ERRORS, summary=ERRORS_SUMMARY)


def _not_ready(pods: tuple[dict[str, str], ...]) -> Callable[[Stage], None]:
    return lambda on: on.fire(*pods, summary=STORM_SUMMARY)


@click.command()
@click.option(
    "--source-key", envvar="TOCSIN_SOURCE_KEY", default="", help="Send with this key; else the source `demo` is made."
)
@click.option(
    "--speed", type=click.FloatRange(0.1, SPEED_MAX), default=1.0, show_default=True, help="How much faster than life."
)
@click.option("--leave-burning", is_flag=True, help="Without the recoveries.")
@connected
def demo(talk: Talk, source_key: str, speed: float, leave_burning: bool) -> None:
    """Play an outage of a minute into a running server: a deployment, a dead database, a storm, recoveries."""
    stage = Stage(talk.api, source_key or _own_key(talk))
    opened_at = _now(talk)
    began = time.monotonic()
    for scene in play(leave_burning):
        time.sleep(max(0.0, scene.at_s / speed - (time.monotonic() - began)))
        talk.tell(f"{scene.at_s:4.0f} s  {scene.words}")
        scene.play(stage)
    _look(talk, stage.sent, opened_at)


def _own_key(talk: Talk) -> str:
    """The key of the source `demo`: made now, or made anew."""
    try:
        return str(talk.api.put(at("sources", SOURCE), {"name": "Demo"}, is_new=True)["key"])
    except Failure as fault:
        if fault.reason != EXISTS:
            raise
    return str(talk.api.post(at("sources", SOURCE, "rotate"), {"overlap_s": 0})["key"])


def _now(talk: Talk) -> datetime | None:
    """The server's time; None when the key may not read, and only the source's is known."""
    try:
        return read_instant(talk.api.get("/meta")["at"])
    except Failure as fault:
        if fault.status in {401, 403}:
            return None
        raise


def _look(talk: Talk, sent: int, opened_at: datetime | None) -> None:
    """What came of it, and where to look."""
    if opened_at is None:
        talk.tell(say("cli.demo.sent", sent=sent))
        return
    found = [row for row in talk.api.pages("/incidents", SHOWN_MAX, status="") if _is_part(row, opened_at)]
    talk.tell(say("cli.demo.result", sent=sent, incidents=len(found)))
    talk.rows(found, *fields("id", "status", "priority", "title", "alert_count"))
    first = found[-1]["id"] if found else "INC-1"
    talk.tell(say("cli.demo.look", url=talk.api.url, incident=first))


def _is_part(row: Thing, opened_at: datetime) -> bool:
    """Whether an incident was opened, opened again or resolved since the play began."""
    names = ("opened_at", "triggered_at", "resolved_at")
    return any(row[name] and read_instant(row[name]) >= opened_at for name in names)
