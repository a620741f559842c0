"""Open hours as arithmetic. Free of messages."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.kernel.message import Moment
from tocsin.kernel.zone import Day, day_start, instant, local, weekday

HOURS_MAX = 50
"""Rows of hours: seven days with several breaks."""
DATES_MAX = 2_000
"""Holidays, and workdays: a century of them."""
HORIZON_DAYS = 800
"""How far the next opening is looked for: two years of holidays in a row are a closed shop."""

Minutes = tuple[tuple[int, int], ...]
"""Open stretches of a day, as minutes of the day from (including) and to (excluding), in order."""
Span = tuple[Moment, Moment]
MONDAY = 0


def minutes_of(week: tuple[Minutes, ...], exceptions: Mapping[int, bool], day: Day) -> Minutes:
    """The open stretches of a day. `week` has seven entries, `exceptions` say of single days whether they are worked;
    a worked day which is off by the week has the hours of Monday."""
    regular = week[weekday(day)]
    worked = exceptions.get(day)
    if worked is None:
        return regular
    return (regular or week[MONDAY]) if worked else ()


def spans_of(week: tuple[Minutes, ...], exceptions: Mapping[int, bool], zone: str, day: Day) -> tuple[Span, ...]:
    """The open spans of a day as instants. They end with the day: what a gap of the clock would move past its own end
    or into the next day is not, so a day that a zone skips has no hours."""
    midnight = day_start(Day(day + 1), zone)
    found = (
        (instant(day, start, zone), min(instant(day, end, zone), midnight))
        for start, end in minutes_of(week, exceptions, day)
    )
    return tuple((start, end) for start, end in found if start < end)


def is_open(week: tuple[Minutes, ...], exceptions: Mapping[int, bool], zone: str, at: Moment) -> bool:
    """Whether the instant is within a span."""
    return any(start <= at < end for start, end in spans_of(week, exceptions, zone, local(at, zone).day))


def next_open(week: tuple[Minutes, ...], exceptions: Mapping[int, bool], zone: str, at: Moment) -> Moment | None:
    """The instant itself when it is within a span, otherwise the start of the next; None beyond the horizon."""
    today = local(at, zone).day
    for number in range(today, today + HORIZON_DAYS):
        # Not the first found: a gap may put the spans of a day out of order.
        ahead = [max(start, at) for start, end in spans_of(week, exceptions, zone, Day(number)) if end > at]
        if ahead:
            return min(ahead)
    return None
