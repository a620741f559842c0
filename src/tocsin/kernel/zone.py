"""Local time: the only place where an instant meets a time zone.

Law: an instant is turned into a wall clock (`local`) and a wall clock into an instant (`instant`) here and nowhere
else. Daylight saving: a wall time that does not exist (the spring gap) is moved forward by the length of the gap;
one that happens twice (the autumn fold) is the first. Decisions store the instants, never the wall times, so a
newer zone database never rewrites the past. A zone that was known when it was named and is no more (another machine,
another database) is read as UTC: a duty that shifts by hours is better than one nobody can work out.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NewType

import msgspec
from whenever import Date, Instant, Time, TimeZoneNotFoundError

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS, MINUTE_MS, MOMENT_MAX, MOMENT_MIN

Day = NewType("Day", int)
"""A local date as the number of days since 0001-01-01, which is day 1: dates are added and compared as ints."""

DAY_MINUTES = 1_440
LOCAL_MAX = Moment(MOMENT_MAX - 2 * DAY_MS)
"""The last instant with a wall clock: beyond it, zones east of Greenwich are in the year 10000."""
LOCAL_MIN = Moment(MOMENT_MIN + 2 * DAY_MS)
"""The first instant with a wall clock: before it, zones west of Greenwich are in the year 0."""
ZONE_TEXT_MAX = 64
"""The longest IANA name has 32 letters; anything much longer is a mistake."""

_NOT_ZONES = ("factory", "localtime", "posixrules")
"""Files of the zone database that name no place."""
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Local(msgspec.Struct, frozen=True):
    """What the clock and the calendar on the wall say. `weekday` is 0 Monday … 6 Sunday; `minute_of_day` 0 … 1439;
    `ms_of_minute` 0 … 59,999; `day` is the ordinal of the date, `day_of_month` 1 … 31."""

    year: int
    month: int
    day_of_month: int
    day: Day
    weekday: int
    minute_of_day: int
    ms_of_minute: int

    @property
    def date(self) -> str:
        """`2026-11-24`."""
        return f"{self.year:04d}-{self.month:02d}-{self.day_of_month:02d}"

    @property
    def clock(self) -> str:
        """`09:05`."""
        return clock_of(self.minute_of_day)


@lru_cache(maxsize=1_024)
def is_zone(name: str) -> bool:
    """Whether the name is a zone of the IANA database, spelled as there (`Europe/Berlin`)."""
    if not name or len(name) > ZONE_TEXT_MAX or name.lower() in _NOT_ZONES:
        return False
    try:
        return Instant.from_timestamp(0).to_tz(name).tz_id == name
    except TimeZoneNotFoundError:
        return False


def _known(zone: str) -> str:
    return zone if is_zone(zone) else "UTC"


def local(at: Moment, zone: str) -> Local:
    """The wall clock of the zone at the instant. Instants beyond the years 1 … 9999 show its first or last."""
    stamp = Instant.from_timestamp(min(max(at, LOCAL_MIN), LOCAL_MAX), unit="millisecond").to_tz(_known(zone))
    day = date(stamp.year, stamp.month, stamp.day).toordinal()
    return Local(
        year=stamp.year,
        month=stamp.month,
        day_of_month=stamp.day,
        day=Day(day),
        weekday=(day + 6) % 7,
        minute_of_day=stamp.hour * 60 + stamp.minute,
        ms_of_minute=stamp.second * 1_000 + stamp.nanosecond // 1_000_000,
    )


def instant(day: Day, minute_of_day: int, zone: str, ms_of_minute: int = 0, *, is_second: bool = False) -> Moment:
    """The instant at which the zone's wall clock shows this. Minutes below 0 or from 1,440 on are of an earlier or
    later day, so `24:00` is the next midnight. In a gap: later by the gap's length; in a fold: the first, or the
    second."""
    days, minute = divmod(minute_of_day, DAY_MINUTES)
    ordinal = min(max(day + days, 3), date.max.toordinal() - 2)
    wall = date.fromordinal(ordinal)
    clock = Time(minute // 60, minute % 60)
    day_and_clock = Date(wall.year, wall.month, wall.day).at(clock)
    stamp = day_and_clock.assume_tz(_known(zone), disambiguation="later" if is_second else "compatible")
    return Moment(stamp.timestamp(unit="millisecond") + ms_of_minute)


def add_days(at: Moment, days: int, zone: str) -> Moment:
    """The same wall time some days later (or earlier): not 24 hours when the clock changes in between."""
    here = local(at, zone)
    return instant(Day(here.day + days), here.minute_of_day, zone, here.ms_of_minute)


def day_start(day: Day, zone: str) -> Moment:
    """The first instant of the local day: where midnight is skipped, the instant the day begins."""
    return instant(day, 0, zone)


def day_minutes(day: Day, zone: str) -> int:
    """How long the local day is: 1,440, or 1,380 and 1,500 where the clock changes by an hour."""
    return (day_start(Day(day + 1), zone) - day_start(day, zone)) // MINUTE_MS


def weekday(day: Day) -> int:
    """0 Monday … 6 Sunday."""
    return (day + 6) % 7


def parse_day(text: str) -> Day | None:
    """The day of `2026-11-24`, None when there is no such date."""
    if _DATE.fullmatch(text) is None:
        return None
    try:
        return Day(date.fromisoformat(text).toordinal())
    except ValueError:
        return None


def date_of(day: Day) -> str:
    """`2026-11-24` of a day."""
    return date.fromordinal(day).isoformat()


def parse_clock(text: str) -> int | None:
    """The minute of the day of `HH:MM`, `24:00` allowed; None when it is not one."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= DAY_MINUTES else None


def clock_of(minute_of_day: int) -> str:
    """`09:05` of a minute of the day."""
    return f"{minute_of_day // 60:02d}:{minute_of_day % 60:02d}"
