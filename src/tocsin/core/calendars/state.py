"""What must be remembered of calendars to decide."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tocsin.core.calendars.events import CalendarRemoved, CalendarSet, CalendarsEvent, CalendarSpec
from tocsin.core.calendars.rules import Minutes
from tocsin.kernel.message import Stamp
from tocsin.kernel.zone import parse_clock, parse_day


class Calendar(msgspec.Struct, frozen=True):
    """A calendar; `week` are the open minutes of Monday to Sunday, `exceptions` says of single days whether they are
    worked."""

    id: str
    spec: CalendarSpec
    week: tuple[Minutes, ...]
    exceptions: dict[int, bool]


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them."""

    calendars: dict[str, Calendar] = {}


def evolve(state: State, event: CalendarsEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case CalendarSet():
            state.calendars[event.calendar] = calendar_of(event.calendar, event.spec)
        case CalendarRemoved():
            del state.calendars[event.calendar]
        case _:
            assert_never(event)


def calendar_of(id_: str, spec: CalendarSpec) -> Calendar:
    """The calendar of a valid description, ready to be asked."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for hours in spec.hours:
        start, end = parse_clock(hours.start), parse_clock(hours.end)
        assert start is not None and end is not None, hours
        for day in hours.weekdays:
            week[day].append((start, end))
    exceptions = {_day(text): False for text in spec.holidays} | {_day(text): True for text in spec.workdays}
    return Calendar(id_, spec, tuple(tuple(sorted(minutes)) for minutes in week), exceptions)


def _day(text: str) -> int:
    day = parse_day(text)
    assert day is not None, text
    return day
