"""What time brings to incidents: the end of a group wait, waking, the lapse of an acknowledgement, forgetting."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tocsin.core.incidents.decide.known import Known, triggered
from tocsin.core.incidents.events import IncidentsEvent, IncidentsForgotten
from tocsin.core.incidents.state import LAPSE, TRIGGER, WAKE
from tocsin.kernel.message import Accepted, Moment

FORGET_MAX = 10_000
"""Incidents in one event: keeps its row in the journal small."""
_WHY = {TRIGGER: "opened", WAKE: "woken", LAPSE: "lapsed"}


def tick(known: Known, at: Moment, memory_ms: int, rows: Collection[str] = ()) -> Accepted:
    """Turn everything due, or only these rows of it, into events. Never refused."""
    if rows:
        return Accepted(tuple(_due(known, at, rows)))
    return Accepted((*_due(known, at), *_forgotten(known, at, memory_ms)))


def _due(known: Known, at: Moment, rows: Collection[str] = ()) -> Iterator[IncidentsEvent]:
    due = known.timers.next()
    if due is None or due > at:
        return
    for key in known.timers.due(at):
        if rows and key not in rows:
            continue
        kind, _, name = key.partition(":")
        yield triggered(known.incidents[name], _WHY[kind + ":"])


def _forgotten(known: Known, at: Moment, memory_ms: int) -> Iterator[IncidentsEvent]:
    """Closed incidents that leave memory, oldest first."""
    due = known.forget_at(memory_ms)
    if due is None or due > at:
        return
    old: list[str] = []
    for name in known.closed:
        if known.incidents[name].resolved_at + memory_ms > at:
            break
        old.append(name)
    for start in range(0, len(old), FORGET_MAX):
        yield IncidentsForgotten(incidents=tuple(old[start : start + FORGET_MAX]))
