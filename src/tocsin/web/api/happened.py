"""What has happened to an incident: its own events, and the merges by which it took others in.

Law: a merge is filed under the incident that ended by it. The one it was merged into finds it by its kind and time.
"""

from __future__ import annotations

import asyncio

import msgspec

from tocsin.core.incidents.events import IncidentMerged
from tocsin.shell.journal.protocol import Readable, Recorded
from tocsin.shell.journal.why import Step, step_of
from tocsin.web.call import OneCall

MERGES_READ_MAX = 10_000
"""Merges that are looked through, from where one begins to read: people make them, one by one."""


async def read_happened(call: OneCall, incident: str, after: int, limit: int) -> list[Recorded]:
    """What happened after a sequence, in order: at most `limit` of its own events, and the merges up to the last of
    them; fewer than `limit` in all: that is the end."""
    journal = call.house.engine.journal
    return await asyncio.to_thread(lambda: _after(journal, incident, after, limit))


async def latest_happened(call: OneCall, incident: str, limit: int) -> list[Recorded]:
    """The last that happened to it, the oldest of that first."""
    journal = call.house.engine.journal
    return await asyncio.to_thread(lambda: _latest(journal, incident, limit))


def step_for(incident: str, record: Recorded) -> Step:
    """An event in words, as this incident tells it."""
    step, event = step_of(record), record.event
    if isinstance(event, IncidentMerged) and event.into == incident:
        return msgspec.structs.replace(step, message_id="timeline.took_in")
    return step


def _after(journal: Readable, incident: str, after: int, limit: int) -> list[Recorded]:
    own = list(journal.by_subject(incident, after, limit))
    first = journal.event(after) if after else next(iter(own), None)
    if first is None:
        return own
    last = own[-1].stamp if len(own) == limit else None
    merges = _merges(journal, incident, first.stamp.at, None if last is None else last.at + 1)
    return _in_order(own, [one for one in merges if one.stamp.seq > after and (not last or one.stamp.seq < last.seq)])


def _latest(journal: Readable, incident: str, limit: int) -> list[Recorded]:
    own = journal.latest(incident, limit)
    if not own:
        return []
    return _in_order(own, _merges(journal, incident, own[0].stamp.at, None))[-limit:]


def _merges(journal: Readable, incident: str, start_at: int, end_at: int | None) -> list[Recorded]:
    found = journal.by_type(IncidentMerged.__name__, start_at, end_at, MERGES_READ_MAX)
    return [one for one in found if isinstance(one.event, IncidentMerged) and one.event.into == incident]


def _in_order(own: list[Recorded], merges: list[Recorded]) -> list[Recorded]:
    return sorted((*own, *merges), key=lambda one: one.stamp.seq)
