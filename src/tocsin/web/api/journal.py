"""Questions to the journal: why, why not, and who did what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from tocsin.kernel.permission import ADMINISTER
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.shell.journal.protocol import Journal, Row
from tocsin.shell.journal.why import Step, step_of, why
from tocsin.shell.journal.why_not import why_not
from tocsin.web.call import Call, OneCall, required
from tocsin.web.facts import open_facts
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Asked, asked, shown
from tocsin.web.paging import Cursor, Limit, Page, opened_number, sealed
from tocsin.web.problem import READS
from tocsin.web.words import namer, told, valued

SCAN_MAX = 20_000
"""Journal rows looked at for one answer; the cursor goes on from there."""
CHUNK = 2_000

Type: TypeAlias = Annotated[str, Parameter(query="type", description="The name of an event class.")]


class RuleShown(msgspec.Struct, frozen=True):
    """A rule that applied, and in which revision."""

    rule: str
    revision: int


class StepShown(msgspec.Struct, frozen=True):
    """One link of a causal chain, in words."""

    seq: int
    at: datetime
    type: str
    subject: str
    actor: str
    text: str
    rules: tuple[RuleShown, ...]


class WhyShown(msgspec.Struct, frozen=True):
    """The chain that led to something, the beginning first; `root` is `signal`, `tick`, `person` or `house`."""

    ref: str
    root: str
    steps: tuple[StepShown, ...]


class ReasonShown(msgspec.Struct, frozen=True):
    """Why nobody was paged (or that somebody was), and the event that proves it."""

    reason: str
    text: str
    proof: StepShown


class WhyNotShown(msgspec.Struct, frozen=True):
    """Why nobody was paged for an alert: one reason for each incident it belongs to."""

    alert: str
    was_paged: bool
    reasons: tuple[ReasonShown, ...]


class Entry(msgspec.Struct, frozen=True):
    """One event of the journal. `text` tells it in the reader's language; `actor_name` is what its actor is called;
    `facts` are its fields without secrets, instants in milliseconds; `said` are those of them that are ids or words of
    ours, in the reader's language."""

    seq: int
    at: datetime
    type: str
    text: str
    room: str
    subject: str
    actor: str
    actor_name: str
    cause: int
    correlation: str
    facts: dict[str, Any]
    said: dict[str, str]


@get("/why/{ref:str}", responses=READS)
async def get_why(call: Call, ref: str) -> WhyShown:
    """The chain from a signal, a tick or a person to a sequence (`42`), incident (`INC-7`), page or alert."""
    journal = call.house.engine.journal
    found = required(await asyncio.to_thread(why, journal, ref.upper()), "event", ref)
    show = _steps(call)
    return WhyShown(found.ref, found.root, tuple(show(step) for step in found.steps))


@get("/why-not/{alert_id:str}", responses=READS)
async def get_why_not(call: Call, alert_id: str) -> WhyNotShown:
    """Why nobody was paged for an alert."""
    journal = call.house.engine.journal
    found = required(await asyncio.to_thread(why_not, journal, alert_id), "alert", alert_id)
    show, say, name = _steps(call), _say(call), namer(call.look)
    reasons = tuple(
        ReasonShown(
            one.message_id.removeprefix("why_not."), told(say, one.message_id, one.values, name), show(one.proof)
        )
        for one in found.reasons
    )
    return WhyNotShown(found.alert, found.was_paged, reasons)


ANYBODY = "*"
"""Asks for what people did, by themselves or with their keys; the house and the sources left out."""
PEOPLE = ("user:", "key:")


class Wanted(msgspec.Struct, frozen=True):
    """Which events of the journal. `actor` is an actor (`user:ada`) or a person, with all their keys; `since` and
    `until` are instants, 0 for none."""

    actor: str
    type: str
    subject: str
    since: int
    until: int


@get("/audit", responses=READS, opt={"needs": KNOWN})
async def get_audit(
    call: Call,
    actor: str = "",
    type_: Type = "",
    subject: str = "",
    since: Asked = "",
    until: Asked = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[Entry]:
    """Who did what, newest first: one's own deeds, or as an administrator everybody's. `actor` is one (`user:ada`,
    `source:prom`), a person's id, whose keys count as theirs, or `*`: any person. A page may be short and yet not the
    last."""
    call.require(ADMINISTER, actor.removeprefix("user:") if actor else "")
    wanted = Wanted(actor, type_, subject, asked("since", since) or 0, asked("until", until) or 0)
    before = opened_number(cursor)
    say, name, user_of = _say(call), namer(call.look), call.look.people.user_of
    return await asyncio.to_thread(audit, call.house.engine.journal, wanted, limit, before, say, name, user_of)


def audit(
    journal: Journal,
    wanted: Wanted,
    limit: int,
    before: int,
    say: Translator,
    name: Callable[[str], str],
    user_of: Callable[[str], str],
    scan_max: int = SCAN_MAX,
) -> Page[Entry]:
    """The entries before a sequence (0: from the end), newest first. Blocking."""
    found: list[Entry] = []
    end = min(before - 1, journal.last_seq()) if before else journal.last_seq()
    scanned = 0
    while end > 0 and scanned < scan_max:
        start = max(0, end - CHUNK)
        for row in reversed(list(journal.rows(start, end - start))):
            scanned += 1
            if wanted.since and row[1] < wanted.since:
                return Page(tuple(found))
            if _is_wanted(row, wanted, user_of):
                found.append(_entry(journal, row, say, name))
                if len(found) == limit:
                    return Page(tuple(found), sealed(str(row[0])) if row[0] > 1 else "")
        end = start
    return Page(tuple(found), sealed(str(end + 1)) if end > 0 else "")


def _is_wanted(row: Row, wanted: Wanted, user_of: Callable[[str], str]) -> bool:
    return (
        (not wanted.type or row[2] == wanted.type)
        and (not wanted.subject or row[5] == wanted.subject)
        and (not wanted.until or row[1] < wanted.until)
        and (not wanted.actor or _is_by(wanted.actor, row[6], user_of))
    )


def _is_by(wanted: str, actor: str, user_of: Callable[[str], str]) -> bool:
    return actor.startswith(PEOPLE) if wanted == ANYBODY else wanted in (actor, user_of(actor))


def _entry(journal: Journal, row: Row, say: Translator, name: Callable[[str], str]) -> Entry:
    seq, at, type_, _version, room, subject, actor, cause, correlation, body = row
    record = journal.event(seq)
    assert record is not None, "a row that was just read is an event"
    step, facts = step_of(record), open_facts(msgspec.json.decode(body))
    return Entry(
        seq, shown(at), type_, told(say, step.message_id, step.values, name), room, subject, actor, name(actor), cause,
        correlation, facts, _said(say, facts, name),
    )  # fmt: skip


def _said(say: Translator, facts: dict[str, Any], name: Callable[[str], str]) -> dict[str, str]:
    """The facts that read otherwise than they are stored."""
    texts = {key: ", ".join(value) if _is_texts(value) else value for key, value in facts.items()}
    words = {key: str(valued(say, key, value, name)) for key, value in texts.items() if isinstance(value, str)}
    return {key: text for key, text in words.items() if text != texts[key]}


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _say(call: OneCall) -> Translator:
    return translator(preferred(call.request.headers.get("accept-language", "")))


def _steps(call: OneCall) -> Callable[[Step], StepShown]:
    say, name = _say(call), namer(call.look)

    def show(step: Step) -> StepShown:
        return StepShown(
            step.seq, shown(step.at), step.type, step.subject, step.actor,
            told(say, step.message_id, step.values, name),
            tuple(RuleShown(one.rule, one.revision) for one in step.rules),
        )  # fmt: skip

    return show


router = Router("/", route_handlers=[get_why, get_why_not, get_audit], tags=["journal"])
