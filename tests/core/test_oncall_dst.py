"""The rota against an independent reader: a scanner that walks minute by minute with zoneinfo and looks at the clock.

The scanner knows nothing of turns as arithmetic. It watches the wall clock go by, notes when it first shows each
hand-off and each edge of a window, and counts.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.core.oncall.events import Layer, Restriction, ScheduleSpec
from tocsin.core.oncall.rules.shifts import Override, Shift, gaps, moves, shares, shifts, stints, who
from tocsin.core.oncall.rules.wall import FOLD_MINUTES_MAX, reached, wall_of
from tocsin.kernel.message import Moment

MINUTE = timedelta(minutes=1)

CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Asia/Shanghai": ("1991-04-14", "1991-09-15", "2026-10-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Pacific/Apia": ("2011-12-30", "2012-04-01", "2020-09-27"),
    "America/Sao_Paulo": ("2018-02-18", "2018-11-04"),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "America/St_Johns": ("2010-03-14", "2010-11-07"),
    "Asia/Kathmandu": ("1986-01-01",),
    "Antarctica/Casey": ("2018-03-11", "2020-10-04"),
    "Antarctica/Vostok": ("1994-02-01",),
    "UTC": ("2026-02-28",),
}
"""Zones and local dates on which something happens to their clocks (or not: Shanghai and UTC today)."""


class Clock:
    """A wall clock watched from one day to another, minute by minute: what it showed when."""

    def __init__(self, zone: str, first: date, last: date) -> None:
        self.instants: list[Moment] = []
        self.shown: list[datetime] = []
        self.latest: list[datetime] = []
        place = ZoneInfo(zone)
        at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
        while at <= datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1):
            self.instants.append(_ms(at))
            self.shown.append(at.astimezone(place).replace(tzinfo=None))
            self.latest.append(max(self.shown[-1], self.latest[-1] if self.latest else datetime.min))
            at += MINUTE

        self.turned_back = [
            index for index, (shown, latest) in enumerate(zip(self.shown, self.latest, strict=True)) if shown < latest
        ]

    def first_minute_showing(self, wall: datetime) -> int:
        """The index of the first minute at which the clock shows this or later."""
        return bisect_left(self.latest, wall)


@cache
def watch(zone: str, first: date, last: date) -> Clock:
    """The clock, watched once for all examples."""
    return Clock(zone, first, last)


def scan_layer(layer: Layer, clock: Clock) -> list[str]:
    """Who of the layer is on duty in each minute the clock was watched; the watch begins before the layer does."""
    on_turn = _scan_hours(layer, clock) if layer.unit == "hour" else _scan_days(layer, clock)
    if not layer.restrictions:
        return on_turn
    in_window = [False] * len(clock.shown)
    for restriction in layer.restrictions:
        for day in sorted({shown.date() for shown in clock.shown} | _between(clock)):
            if day.weekday() in restriction.weekdays:
                opens = _at(day, restriction.start)
                closes = _at(day, restriction.end)
                if closes <= opens:
                    closes += timedelta(days=1)
                for index in range(clock.first_minute_showing(opens), clock.first_minute_showing(closes)):
                    in_window[index] = True
    return [user if inside else "" for user, inside in zip(on_turn, in_window, strict=True)]


def _between(clock: Clock) -> set[date]:
    """All dates of the watch, those the clock never showed too."""
    first, last = min(clock.shown).date(), max(clock.shown).date()
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def _at(day: date, text: str) -> datetime:
    hour, minute = text.split(":")
    return datetime(day.year, day.month, day.day) + timedelta(hours=int(hour), minutes=int(minute))


def _scan_days(layer: Layer, clock: Clock) -> list[str]:
    step = timedelta(days=layer.every * (7 if layer.unit == "week" else 1))
    hand_off = _at(date.fromisoformat(layer.start), layer.hand_off)
    queue = list(layer.users)
    holder, out = "", []
    for latest in clock.latest:  # a clock turned back does not take a hand-off back
        while latest >= hand_off:
            holder = queue.pop(0)
            queue.append(holder)
            hand_off += step
        out.append(holder)
    return out


def _scan_hours(layer: Layer, clock: Clock) -> list[str]:
    begin = clock.first_minute_showing(_at(date.fromisoformat(layer.start), layer.hand_off))
    out = [""] * begin
    queue = list(layer.users)
    while len(out) < len(clock.shown):
        queue.append(queue.pop(0))
        out += [queue[-1]] * (60 * layer.every)
    return out[: len(clock.shown)]


def scan(spec: ScheduleSpec, overrides: list[Override], clock: Clock) -> list[str]:
    """Who is on duty in each minute: every layer scanned, painted over each other, then the overrides."""
    found = [""] * len(clock.shown)
    for layer in spec.layers:
        found = [above or below for below, above in zip(found, scan_layer(layer, clock), strict=True)]
    for override in overrides:
        for index, at in enumerate(clock.instants):
            inside = override.start_at <= at < override.end_at
            if inside and (not override.instead_of or found[index] == override.instead_of):
                found[index] = override.user
    return found


def _ms(at: datetime) -> Moment:
    return Moment(int(at.timestamp()) * 1000)


class Case(NamedTuple):
    """A schedule around a change of clocks, and the days to look at."""

    spec: ScheduleSpec
    overrides: list[Override]
    first: date
    last: date


USERS = ("ann", "bob", "cem", "dai")
clocks = st.builds(
    "{:02d}:{:02d}".format,
    st.one_of(st.integers(0, 3), st.integers(0, 23), st.just(23)),
    st.sampled_from([0, 1, 15, 30, 45, 59]),
)


@st.composite
def layers(draw: st.DrawFn, around: date, number: int) -> Layer:
    unit = draw(st.sampled_from(["hour", "day", "week"]))
    every = draw(st.integers(1, {"hour": 30, "day": 3, "week": 1}[unit]))
    restrictions = st.builds(
        Restriction,
        st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple),
        clocks,
        st.one_of(clocks, st.just("24:00")),
    )
    return Layer(
        name=f"layer {number}",
        users=tuple(draw(st.lists(st.sampled_from(USERS), min_size=1, max_size=4))),
        start=(around + timedelta(days=draw(st.integers(-7, 1)))).isoformat(),
        unit=unit,
        every=every,
        hand_off=draw(clocks),
        restrictions=tuple(draw(st.lists(restrictions, max_size=2))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    around = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    spec = ScheduleSpec(
        name="rota",
        zone=zone,
        layers=tuple(draw(layers(around, number)) for number in range(draw(st.integers(1, 3)))),
    )
    noon = _ms(datetime(around.year, around.month, around.day, 12, tzinfo=UTC))
    overrides = []
    for number in range(draw(st.integers(0, 3))):
        start = Moment(noon + draw(st.integers(-3 * 24 * 60, 2 * 24 * 60)) * 60_000)
        end = Moment(start + draw(st.integers(1, 30 * 60)) * 60_000)
        instead_of = draw(st.sampled_from(["", *USERS]))
        overrides.append(Override(f"o{number}", draw(st.sampled_from((*USERS, "eve"))), start, end, instead_of))
    return Case(spec, overrides, around - timedelta(days=8), around + timedelta(days=3))


@given(cases())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_shifts_and_who_say_what_the_clock_on_the_wall_says(case: Case) -> None:
    clock = watch(case.spec.zone, case.first, case.last)
    expected = scan(case.spec, case.overrides, clock)
    start, end = clock.instants[0], clock.instants[-1]
    found = shifts(case.spec, case.overrides, start, end)
    assert_orderly(found, start, end)
    painted = [""] * (len(clock.instants) - 1)
    for shift in found:
        low, high = (shift.start_at - start) // 60_000, (shift.end_at - start) // 60_000
        assert (shift.start_at - start) % 60_000 == 0 == (shift.end_at - start) % 60_000
        painted[low:high] = [shift.user] * (high - low)
    assert painted == expected[:-1]
    for index in [*range(0, len(clock.instants), 29), *clock.turned_back]:
        assert who(case.spec, case.overrides, clock.instants[index]) == tuple(filter(None, [expected[index]]))


def assert_orderly(found: list, start: Moment, end: Moment) -> None:
    assert all(start <= shift.start_at < shift.end_at <= end for shift in found)
    for one, other in pairwise(found):
        assert one.end_at <= other.start_at
        if one.end_at == other.start_at:
            assert (one.user, one.layer, one.override) != (other.user, other.layer, other.override)


@given(cases(), st.integers(-2 * 1440, 2 * 1440), st.integers(1, 3 * 1440))
@settings(max_examples=150, deadline=None)
def test_a_part_of_the_time_shows_the_same_shifts_as_the_whole(case: Case, begin: int, length: int) -> None:
    start = _ms(datetime(case.first.year, case.first.month, case.first.day, tzinfo=UTC))
    whole = stints(shifts(case.spec, case.overrides, start, Moment(start + 14 * 86_400_000)))
    low = Moment(start + (8 * 1440 + begin) * 60_000)
    high = Moment(low + length * 60_000)
    part = stints(shifts(case.spec, case.overrides, low, high))
    clipped = [
        (max(shift.start_at, low), min(shift.end_at, high), shift.user)
        for shift in whole
        if max(shift.start_at, low) < min(shift.end_at, high)
    ]
    assert [(shift.start_at, shift.end_at, shift.user) for shift in part] == clipped


@given(cases())
@settings(max_examples=60, deadline=None)
def test_edges_of_shifts_are_exact_to_the_millisecond(case: Case) -> None:
    start = _ms(datetime(case.first.year, case.first.month, case.first.day, tzinfo=UTC))
    end = Moment(start + 8 * 86_400_000)
    found = shifts(case.spec, case.overrides, start, end)
    for shift in found:
        assert who(case.spec, case.overrides, shift.start_at) == (shift.user,)
        assert who(case.spec, case.overrides, Moment(shift.end_at - 1)) == (shift.user,)
    for gap in gaps(found, start, end):
        assert who(case.spec, case.overrides, gap.start_at) == ()
        assert who(case.spec, case.overrides, Moment(gap.end_at - 1)) == ()
    laid = sum(shares(found).values()) + sum(gap.end_at - gap.start_at for gap in gaps(found, start, end))
    assert laid == end - start


@given(cases(), cases())
@settings(max_examples=60, deadline=None)
def test_moves_are_exactly_where_two_schedules_differ(one: Case, other: Case) -> None:
    start = _ms(datetime(one.first.year, one.first.month, one.first.day, tzinfo=UTC))
    end = Moment(start + 8 * 86_400_000)
    before, after = shifts(one.spec, one.overrides, start, end), shifts(other.spec, other.overrides, start, end)
    found = moves(before, after)
    for index in range(0, 8 * 1440, 31):
        at = Moment(start + index * 60_000)
        told = [(move.before, move.after) for move in found if move.start_at <= at < move.end_at]
        pair = tuple(next(iter(who(case.spec, case.overrides, at)), "") for case in (one, other))
        assert told == ([pair] if pair[0] != pair[1] else [])


def st_johns(**changes: object) -> ScheduleSpec:
    """A zone that until 2011 put its clocks back at one minute past midnight: the old day came again for an hour."""
    layer = Layer(name="l", users=("ann", "bob"), start="2010-11-06", unit="day", hand_off="00:00")
    return ScheduleSpec(name="s", zone="America/St_Johns", layers=(msgspec.structs.replace(layer, **changes),))


AGAIN_SATURDAY = Moment(1_289_098_800_000)
"""2010-11-07T03:00Z, half past eleven in the evening of Saturday the 6th, for the second time."""


def test_a_hand_off_is_not_taken_back_when_the_old_day_comes_again() -> None:
    assert who(st_johns(), [], AGAIN_SATURDAY) == ("bob",)


def test_a_window_that_began_with_sunday_goes_on_when_saturday_comes_again() -> None:
    spec = st_johns(users=("ann",), restrictions=(Restriction((6,), "00:00", "08:00"),))
    assert who(spec, [], AGAIN_SATURDAY) == ("ann",)
    assert shifts(spec, [], AGAIN_SATURDAY, Moment(AGAIN_SATURDAY + 60_000)) == [
        Shift(AGAIN_SATURDAY, Moment(AGAIN_SATURDAY + 60_000), "ann", "l")
    ]


@pytest.mark.parametrize("unit", ["day", "week", "hour"])
@pytest.mark.parametrize("every", [1, 2, 5])
def test_a_full_cycle_gives_everybody_the_same(unit: str, every: int) -> None:
    layer = Layer(name="l", users=USERS, start="2026-01-05", unit=unit, every=every)
    spec = ScheduleSpec(name="s", zone="Asia/Shanghai", layers=(layer,))
    length = every * {"hour": 3_600_000, "day": 86_400_000, "week": 7 * 86_400_000}[unit]
    start = reached(wall_of(date(2026, 1, 5).toordinal(), 540), "Asia/Shanghai")
    found = shifts(spec, [], start, Moment(start + 3 * 4 * length))
    assert shares(found) == dict.fromkeys(USERS, 3 * length)
    assert [shift.user for shift in found] == list(USERS) * 3


def test_no_clock_since_1970_is_turned_back_further_than_the_shortcut_believes() -> None:
    days = [datetime(1970, 1, 3, tzinfo=UTC) + timedelta(days=number) for number in range(0, 60 * 366, 7)]
    furthest = timedelta(0)
    for name in sorted(available_timezones()):
        place = ZoneInfo(name)
        offsets = [day.astimezone(place).utcoffset() for day in days]
        furthest = max([furthest, *(one - other for one, other in pairwise(offsets))])
    assert timedelta(hours=2) <= furthest <= timedelta(minutes=FOLD_MINUTES_MAX)
