"""Wall time on one line: minutes since 0001-01-01 as the clock of a zone shows them, and when it first shows them.

Law: a wall time is *reached* at the first instant at which the clock shows it or anything later. In a fold that is
its first showing; in a gap it is the instant of the jump. So a later wall time is never reached earlier, and two
windows that meet on the wall meet in time, without hole or overlap, on every day of every zone.
"""

from __future__ import annotations

from typing import NewType

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MINUTE_MS
from tocsin.kernel.zone import DAY_MINUTES, Day, instant, local

Wall = NewType("Wall", int)
"""A local date and minute: `day * 1440 + minute_of_day`."""

FOLD_MINUTES_MAX = 480
"""No clock since 1970 was turned back by more than seven hours (Vostok, 1994); a test asks the zone database."""


def wall_of(day: int, minute: int) -> Wall:
    """The wall time of a day and a minute of it (minutes beyond the day are of later days)."""
    return Wall(day * DAY_MINUTES + minute)


def wall_at(at: Moment, zone: str) -> Wall:
    """What the clock shows at the instant, in whole minutes."""
    here = local(at, zone)
    return wall_of(here.day, here.minute_of_day)


def reached(wall: Wall, zone: str) -> Moment:
    """The first instant at which the zone's clock shows this wall time or a later one."""
    day, minute = divmod(wall, DAY_MINUTES)
    at = instant(Day(day), minute, zone)
    shown = wall_at(at, zone)
    if shown == wall:
        return at
    before, after = at - (shown - wall + 1) * MINUTE_MS, int(at)
    while after - before > 1:
        middle = (before + after) // 2
        if wall_at(Moment(middle), zone) >= wall:
            after = middle
        else:
            before = middle
    return Moment(after)


def has_reached(wall: Wall, at: Moment, shown: Wall, zone: str) -> bool:
    """Whether the wall time is reached at the instant, at which the clock shows `shown`. Asks the zone only when a
    clock turned back could matter, which makes it cheap."""
    if shown >= wall:
        return True
    return wall - shown <= FOLD_MINUTES_MAX and reached(wall, zone) <= at
