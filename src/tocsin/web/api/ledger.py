"""Single signals and what became of each: the entries behind the columns of the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertResolved,
    AlertsFired,
    AlertsRepeated,
    SignalsDropped,
)
from tocsin.core.intake.events import DeadLetterKept
from tocsin.core.world import Views
from tocsin.kernel.codec import Codec
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Event
from tocsin.shell.detail import LETTER, said_again, titled
from tocsin.shell.journal.protocol import Readable
from tocsin.web.call import Call
from tocsin.web.instants import shown
from tocsin.web.paging import Cursor, Limit, opened, sealed
from tocsin.web.problem import READS, Refused
from tocsin.web.words import speaker

SCAN_MAX = 20_000
"""Journal rows looked at for one answer; the cursor goes on from there."""
CHUNK = 200
"""Rows read at a time: one may tell of a thousand signals."""
TOLD = {
    kind.__name__: kind
    for kind in (
        AlertsFired, AlertsRepeated, AlertChanged, AlertAcknowledged, AlertResolved, SignalsDropped, DeadLetterKept,
    )
}  # fmt: skip
"""The events that tell of signals."""
MERGED, SUPPRESSED, DEAD_LETTERED = "merged", "suppressed", "dead_lettered"

Fate = Annotated[str, Parameter(pattern="^(paged|merged|suppressed|dead_lettered|pending)?$")]
Place = tuple[int, int]
"""A sequence, and which of the signals told there."""


class Signalled(msgspec.Struct, frozen=True):
    """A signal before it is looked up: what it was, and the fate its kind has (empty: its alert's)."""

    what: str
    source: str
    key: str
    alert: int
    fate: str
    rule: str
    title: str = ""
    letter: str = ""


class EntryShown(msgspec.Struct, frozen=True):
    """A signal and its fate. `signal`: `fired`, `repeated`, `changed`, `acknowledged`, `resolved`, `dropped` or
    `dead_letter`; `fate` is empty where memory has forgotten it; `link` leads to what shows more."""

    seq: int
    at: datetime
    signal: str
    source: str
    key: str
    title: str
    fate: str
    rule: str
    alert: str
    incident: str
    link: str


class EntryPage(msgspec.Struct, frozen=True):
    """Some signals, newest first, and the cursor with which the list goes on; empty for the end."""

    items: tuple[EntryShown, ...]
    next_cursor: str


@get("/ledger/entries", responses=READS)
async def list_entries(
    call: Call, fate: Fate = "", source: str = "", limit: Limit = 100, cursor: Cursor = ""
) -> EntryPage:
    """Single signals with their fate, newest first. A page may be short and yet not the last."""
    engine = call.house.engine
    await engine.dry()
    before = _place(cursor) if cursor else (engine.seq_dry + 1, 0)
    told, after = await asyncio.to_thread(_read, engine.journal, engine.codec, call.look, before, limit, source, fate)
    language = speaker(call).language
    items = tuple(
        entry
        for place, at, one in told
        if (entry := _shown(call.look, language, place, at, one)).fate == fate or not fate
    )
    return EntryPage(items, sealed(f"{after[0]}.{after[1]}") if after else "")


Told = tuple[Place, int, Signalled]


def _read(
    journal: Readable, codec: Codec, look: Views, before: Place, limit: int, source: str, fate: str
) -> tuple[list[Told], Place | None]:
    """Signals before a place, newest first, and the place to go on from. Those whose fate is their alert's are judged
    later, so a page may lose some of them. Blocking."""
    found: list[Told] = []
    end, scanned = min(before[0], journal.last_seq()), 0
    while end > 0 and scanned < SCAN_MAX:
        start = max(0, end - CHUNK)
        for row in reversed(list(journal.rows(start, end - start))):
            scanned += 1
            seq, at, name, version, *_rest, body = row
            if name not in TOLD:
                continue
            for index, one in reversed(list(enumerate(_signals(codec.decode(name, version, body))))):
                place = (seq, index + 1)
                if place >= before:
                    continue
                if (source and _source(look, one) != source) or (fate and one.fate not in ("", fate)):
                    continue
                found.append((place, at, one))
                if len(found) == limit:
                    return found, place
        end = start
    return found, (end + 1, 0) if end > 0 else None


def _signals(event: Event) -> Iterator[Signalled]:
    """The signals an event tells of, in the order they came. What was closed by hand or by silence is none."""
    match event:
        case AlertsFired():
            for alert, one in enumerate(event.signals, event.first):
                yield Signalled("fired", event.source, one.key, alert, "", "", one.content.title)
        case AlertsRepeated():
            yield from (Signalled("repeated", event.source, "", alert, MERGED, "") for alert in event.alerts)
        case AlertChanged():
            yield Signalled("changed", "", "", event.alert, MERGED, "", event.content.title)
        case AlertAcknowledged():
            yield Signalled("acknowledged", "", "", event.alert, MERGED, "")
        case AlertResolved(how="signal"):
            yield Signalled("resolved", "", "", event.alert, MERGED, "")
        case SignalsDropped():
            for key, title in zip_longest(event.keys, event.titles, fillvalue=""):
                yield Signalled("dropped", event.source, key, 0, SUPPRESSED, event.rule, title)
        case DeadLetterKept():
            yield Signalled("dead_letter", event.source, "", 0, DEAD_LETTERED, "", event.error[:200], event.letter)
        case _:
            pass


def _source(look: Views, one: Signalled) -> str:
    alert = look.alerts.alert(one.alert) if one.alert and not one.source else None
    return alert.source if alert is not None else one.source


def _shown(look: Views, language: str, place: Place, at: int, one: Signalled) -> EntryShown:
    alert = look.alerts.alert(one.alert) if one.alert else None
    homes = look.incidents.incidents_of(one.alert) if one.alert else ()
    held = look.notify.fate_of(one.alert) if one.what == "fired" else None
    incident = (held.incident or held.into) if held else ""
    incident = incident or (homes[-1] if homes else "")
    rule = one.rule or (held.rule if held else "")
    id_ = numbered("ALT", one.alert) if one.alert else ""
    link = f"/alerts/{id_}" if id_ else f"/dead-letters/{one.letter}" if one.letter else ""
    title = one.title or (alert.content.title if alert else "")
    title = said_again(language, LETTER, title) if one.letter else titled(language, title)
    return EntryShown(
        place[0], shown(at), one.what, _source(look, one),
        one.key or (alert.key if alert else ""), title,
        one.fate or (held.kind if held else ""), rule, id_, incident, link,
    )  # fmt: skip


def _place(cursor: str) -> Place:
    seq, _, index = opened(cursor).partition(".")
    if not (seq.isascii() and seq.isdecimal() and index.isascii() and index.isdecimal() and len(seq) < 16):
        raise Refused(400, "request_invalid", f"?cursor: {cursor!r} is no cursor of ours")
    return int(seq), int(index)


router = Router("/", route_handlers=[list_entries], tags=["ledger"])
