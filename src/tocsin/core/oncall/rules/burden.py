"""What duty costs people: hours, and of those the ones at night and at weekends of their own local time.

Law: hours are those that pass; a night begins at 22:00 and ends at 08:00, a weekend is Saturday and Sunday, on the
wall clock of the person who is woken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from tocsin.core.oncall.rules.shifts import Shift
from tocsin.kernel.message import Moment
from tocsin.kernel.zone import Day, instant, local, weekday

NIGHT_BEGINS = 22 * 60
NIGHT_ENDS = 8 * 60
"""Minutes of the local day; the delivery hours of low urgency are the rest."""
SATURDAY = 5


class Burden(msgspec.Struct, frozen=True):
    """One person's duty over a span, in milliseconds."""

    user: str
    all_ms: int = 0
    night_ms: int = 0
    weekend_ms: int = 0


def burdens(found: Sequence[Shift], zone_of: Callable[[str], str]) -> tuple[Burden, ...]:
    """What these shifts mean for each person, by id."""
    sums: dict[str, Burden] = {}
    for shift in found:
        before = sums.get(shift.user, Burden(shift.user))
        night, weekend = _parts(shift, zone_of(shift.user))
        sums[shift.user] = Burden(
            shift.user,
            before.all_ms + shift.end_at - shift.start_at,
            before.night_ms + night,
            before.weekend_ms + weekend,
        )
    return tuple(sums[user] for user in sorted(sums))


def _parts(shift: Shift, zone: str) -> tuple[int, int]:
    """The time of a shift at night and at weekends, day by day."""
    night = weekend = 0
    for number in range(local(shift.start_at, zone).day, local(shift.end_at, zone).day + 1):
        day = Day(number)
        midnight, next_midnight = instant(day, 0, zone), instant(Day(number + 1), 0, zone)
        night += _common(shift, midnight, instant(day, NIGHT_ENDS, zone))
        night += _common(shift, instant(day, NIGHT_BEGINS, zone), next_midnight)
        if weekday(day) >= SATURDAY:
            weekend += _common(shift, midnight, next_midnight)
    return night, weekend


def _common(shift: Shift, start_at: Moment, end_at: Moment) -> int:
    return max(0, min(shift.end_at, end_at) - max(shift.start_at, start_at))
