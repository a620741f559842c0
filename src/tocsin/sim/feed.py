"""A recorded stream of signals through the real doors and engine on the virtual clock, as fast as it can.

Law: a line arrives at its time; what is busy is asked again, as senders do. What came of it is read from the views at
the end, as JSON lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from tocsin.core.incidents.views import Incident
from tocsin.core.notify.views import Ledger, PageShown
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Command, Rejected
from tocsin.kernel.moment import MOMENT_MAX, parse_rfc3339, rfc3339
from tocsin.shell.engine import Engine
from tocsin.shell.install import install
from tocsin.shell.journal.protocol import Journal
from tocsin.shell.outbox import Outbox
from tocsin.shell.ports import Message
from tocsin.sim.dialects import FORM, JSON, Ask
from tocsin.sim.disk import SimDisk
from tocsin.sim.house import House
from tocsin.sim.loop import VirtualLoop
from tocsin.sim.ports import SimEntropy, SimWire, Wall

SEED = 0
"""A feed has no faults; the seed only decides how many milliseconds the disk takes."""
LEAD_MS = 60_000
"""The house is built in the minute before the first line."""
AT_ONCE = 32
"""Requests under way at once: below what a source may have."""
TRIES_MAX = 60
TEXT_SHOWN_MAX = 400
PATHS = {"alertmanager": "api/v2/alerts", "pagerduty": "pagerduty/v2/enqueue"}
"""What follows the key where that is not the door's own name; an object for Alertmanager's array is its webhook."""


class FeedError(Exception):
    """A line cannot be sent; the text says which, why and how to mend it."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One recorded signal. `at` is RFC 3339 or milliseconds since 1970; `payload` JSON, or a text that is sent as it
    is; `path` follows the key, if the door's usual one does not; `source` names a source of the configuration."""

    at: str | int
    door: str
    payload: Any = None
    path: str = ""
    method: str = "POST"
    query: str = ""
    headers: dict[str, str] = {}
    content_type: str = ""
    source: str = ""


class Timed(msgspec.Struct, frozen=True):
    """A line with its number and instant."""

    number: int
    at: int
    line: Line


def read(text: str) -> list[Timed]:
    """The lines in the order of their time. Raises FeedError, naming the line."""
    decoder = msgspec.json.Decoder(Line)
    found: list[Timed] = []
    for number, one in enumerate(text.splitlines(), 1):
        if not one.strip():
            continue
        try:
            line = decoder.decode(one)
        except (msgspec.MsgspecError, UnicodeEncodeError) as fault:
            raise FeedError(f"line {number}: {fault}") from None
        at = parse_rfc3339(line.at) if isinstance(line.at, str) else line.at
        if at is None or not 0 <= at <= MOMENT_MAX:
            raise FeedError(f"line {number}: at is {line.at!r}; write 2026-11-24T03:12:00Z or milliseconds since 1970")
        found.append(Timed(number, at, line))
    return sorted(found, key=lambda timed: timed.at)


def feed(
    lines: Sequence[Timed], after_s: float, commands: Sequence[Command] = (), keys: Mapping[str, str] | None = None
) -> Iterator[str]:
    """What came of these lines, as JSON lines. `commands` configure the house beyond the default installation, `keys`
    are those of its sources; the clock goes on for `after_s` after the last line. Raises FeedError."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        told = runner.run(_fed(lines, after_s, commands, keys or {}))
    yield from (msgspec.json.encode(one).decode() for one in told)


class _Unwatched:
    """Nobody checks a feed."""

    def booted(self, engine: Engine, journal: Journal, outbox: Outbox) -> None: ...
    def written(self, is_synced: bool) -> None: ...
    def died(self) -> None: ...
    def sent(self, message: Message) -> None: ...
    def heard(self, message: Message) -> None: ...
    def unconfirmed(self, message: Message, why: str) -> None: ...


async def _fed(
    lines: Sequence[Timed], after_s: float, commands: Sequence[Command], keys: Mapping[str, str]
) -> list[dict[str, object]]:
    chance = Random(SEED)
    disk = SimDisk("feed", chance)
    watch = _Unwatched()
    wall = Wall((lines[0].at if lines else LEAD_MS) - LEAD_MS)
    house = House(disk, wall, SimWire(chance, watch), chance, watch, None)
    try:
        await house.boot()
        made = await install(house.engine, house.vault, SimEntropy(chance, "install"))
        for command in commands:
            decision = await house.engine.submit(command, "init")
            if isinstance(decision, Rejected):
                raise FeedError(f"the configuration is refused: {decision.reason}: {decision.detail}")
        refused = await _send_all(house, lines, {"": made.source_key, **keys})
        await asyncio.sleep(after_s)
        await house.engine.dry()
        told = [*refused, *_told(house.engine)]
        await house.end()
        return told
    finally:
        disk.close()


async def _send_all(house: House, lines: Sequence[Timed], keys: Mapping[str, str]) -> list[dict[str, object]]:
    """Send each line at its time; the lines that were not taken. Raises FeedError before anything is sent."""
    for timed in lines:
        if timed.line.source not in keys:
            raise FeedError(f"line {timed.number}: there is no source {timed.line.source!r} in the configuration")
    places = asyncio.Semaphore(AT_ONCE)
    refused: list[dict[str, object]] = []
    async with asyncio.TaskGroup() as group:
        for timed in lines:
            await asyncio.sleep(max(0.0, timed.at / 1000 - house.wall.time()))
            await places.acquire()
            group.create_task(_send(house, timed, _ask(keys[timed.line.source], timed.line), places, refused))
    return refused


async def _send(
    house: House, timed: Timed, ask: Ask, places: asyncio.Semaphore, refused: list[dict[str, object]]
) -> None:
    answer = await house.ask(ask)
    for _ in range(TRIES_MAX):
        if answer.status not in (429, 503):
            break
        await asyncio.sleep(1)
        answer = await house.ask(ask)
    places.release()
    if not answer.is_good:
        said = answer.body.decode("utf-8", "replace")[:TEXT_SHOWN_MAX]
        refused.append({"kind": "refused", "line": timed.number, "status": answer.status, "said": said})


def _ask(key: str, line: Line) -> Ask:
    """The request of a line."""
    is_text = isinstance(line.payload, str)
    body = line.payload.encode() if is_text else b"" if line.payload is None else msgspec.json.encode(line.payload)
    usual = PATHS.get(line.door, line.door)
    if line.door == "alertmanager" and isinstance(line.payload, dict):
        usual = "alertmanager"
    content_type = line.content_type or (FORM if line.door == "nrdp" and is_text else JSON if body else "")
    headers = {name.lower(): value for name, value in line.headers.items()}
    return Ask(f"/in/{key}/{line.path.lstrip('/') or usual}", body, content_type, line.method, line.query, headers)


def _told(engine: Engine) -> Iterator[dict[str, object]]:
    """Everything that came of it: incidents, pages, fates, the ledger."""
    look = engine.look
    number = look.incidents.opened_count()
    for incident in (look.incidents.incident(numbered("INC", one)) for one in range(1, number + 1)):
        if incident is not None:
            yield _incident(incident)
    yield from (_page(page) for page in look.notify.pages())
    for one in range(1, look.alerts.fired_count() + 1):
        alert, fate = look.alerts.alert(one), look.notify.fate_of(one)
        if alert is not None and fate is not None:
            about = {
                "alert": numbered("ALT", one), "source": alert.source, "key": alert.key, "title": alert.content.title,
                "status": alert.status, "repeats": look.alerts.repeats(one),
            }  # fmt: skip
            yield {"kind": "fate", **about, "fate": fate.kind, **_without(msgspec.to_builtins(fate), "kind")}
    look.notify.balance()
    yield _ledger(look.notify.ledger())


def _incident(incident: Incident) -> dict[str, object]:
    alerts = [numbered("ALT", alert) for alert in incident.alerts]
    return {
        "kind": "incident", "id": incident.id, "title": incident.title, "status": incident.status,
        "severity": incident.severity, "urgency": incident.urgency, "priority": incident.priority,
        "service": incident.service, "ladder": incident.ladder, "route": incident.route, "alerts": alerts,
        "opened_at": rfc3339(incident.opened_at), "triggered_at": _text(incident.triggered_at),
        "resolved_at": _text(incident.resolved_at), "how": incident.how, "muted_by": incident.muted_by,
        "merged_into": incident.merged_into, "reopened": incident.reopened,
    }  # fmt: skip


def _page(page: PageShown) -> dict[str, object]:
    return {
        "kind": "page", "id": page.id, "page": page.kind, "incidents": page.incidents, "user": page.user,
        "contact": page.contact, "channel": page.channel, "rule": page.rule, "state": page.state,
        "round": page.round, "step": page.step, "attempt": page.attempt, "planned_at": rfc3339(page.planned_at),
        "due_at": rfc3339(page.due_at), "sent_at": _text(page.sent_at), "ended_at": _text(page.ended_at),
        "into": page.into, "detail": page.detail,
    }  # fmt: skip


def _ledger(ledger: Ledger) -> dict[str, object]:
    return {"kind": "ledger", "received": ledger.received, **ledger.by_fate(), "rules": ledger.suppressed}


def _text(at: int) -> str:
    return rfc3339(at) if at else ""


def _without(found: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in found.items() if key != name}
