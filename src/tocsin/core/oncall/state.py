"""What oncall must remember to decide: schedules, their overrides, ladders and the revisions given so far."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tocsin.core.oncall.events import (
    LadderRemoved,
    LadderSet,
    LadderSpec,
    OncallEvent,
    OverrideAdded,
    OverrideChanged,
    OverrideRemoved,
    ScheduleRemoved,
    ScheduleSet,
    ScheduleSpec,
)
from tocsin.core.oncall.rules.shifts import Override
from tocsin.kernel.message import Moment, Stamp
from tocsin.kernel.moment import DAY_MS

OVERRIDE_KEPT_MS = 400 * DAY_MS
"""Overrides that ended longer ago are forgotten: a year of history and a month to look back on it."""


class Schedule(msgspec.Struct, frozen=True):
    """A schedule as it stands; `revision` counts its changes from 1."""

    id: str
    revision: int
    spec: ScheduleSpec


class Ladder(msgspec.Struct, frozen=True):
    """A ladder as it stands; `revision` counts its changes from 1."""

    id: str
    revision: int
    spec: LadderSpec


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them. Overrides are by schedule, in the order they were added.
    Revisions outlive what they count, so that a running escalation's (ladder, revision) stays its own."""

    schedules: dict[str, Schedule] = {}
    overrides: dict[str, dict[str, Override]] = {}
    ladders: dict[str, Ladder] = {}
    schedule_revisions: dict[str, int] = {}
    ladder_revisions: dict[str, int] = {}


def evolve(state: State, event: OncallEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case ScheduleSet():
            state.schedules[event.schedule] = Schedule(event.schedule, event.revision, event.spec)
            state.schedule_revisions[event.schedule] = event.revision
        case ScheduleRemoved():
            state.schedules.pop(event.schedule, None)
            state.overrides.pop(event.schedule, None)
        case OverrideAdded():
            _add_override(state, event, stamp.at)
        case OverrideChanged():
            state.overrides[event.schedule][event.override] = _override(event)
        case OverrideRemoved():
            state.overrides.get(event.schedule, {}).pop(event.override, None)
        case LadderSet():
            state.ladders[event.ladder] = Ladder(event.ladder, event.revision, event.spec)
            state.ladder_revisions[event.ladder] = event.revision
        case LadderRemoved():
            state.ladders.pop(event.ladder, None)
        case _:
            assert_never(event)


def _add_override(state: State, event: OverrideAdded, at: Moment) -> None:
    rows = state.overrides.setdefault(event.schedule, {})
    for old in [row.id for row in rows.values() if is_forgotten(row, at)]:
        del rows[old]
    rows[event.override] = _override(event)


def _override(event: OverrideAdded | OverrideChanged) -> Override:
    return Override(event.override, event.user, event.start_at, event.end_at, event.instead_of, event.reason)


def is_forgotten(override: Override, at: Moment) -> bool:
    """Whether the override ended so long before the instant that nobody asks for it any more."""
    return override.end_at < at - OVERRIDE_KEPT_MS
