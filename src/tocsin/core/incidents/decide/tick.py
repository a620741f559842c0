"""What time brings to incidents: the end of a group wait, waking, forgetting."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.incidents.decide.known import Known, triggered
from tocsin.core.incidents.events import IncidentsEvent, IncidentsForgotten
from tocsin.core.incidents.state import MEMORY, MEMORY_MS, TRIGGER
from tocsin.kernel.message import Accepted, Moment

FORGET_MAX = 10_000
"""Incidents in one event: keeps its row in the journal small."""


def tick(known: Known, at: Moment) -> Accepted:
    """Turn everything due into events. Never refused."""
    due = known.timers.next()
    if due is None or due > at:
        return Accepted()
    return Accepted(tuple(_due(known, at)))


def _due(known: Known, at: Moment) -> Iterator[IncidentsEvent]:
    for key in known.timers.due(at):
        kind, _, name = key.partition(":")
        if kind == MEMORY:
            yield from _forgotten(known, at)
        else:
            yield triggered(known.incidents[name], "opened" if kind + ":" == TRIGGER else "woken")


def _forgotten(known: Known, at: Moment) -> Iterator[IncidentsEvent]:
    """Closed incidents that leave memory, oldest first."""
    old: list[str] = []
    for name in known.closed:
        if known.incidents[name].resolved_at + MEMORY_MS > at:
            break
        old.append(name)
    for start in range(0, len(old), FORGET_MAX):
        yield IncidentsForgotten(incidents=tuple(old[start : start + FORGET_MAX]))
