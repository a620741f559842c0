"""Calendars: hours, holidays, make-up days, and the two nights a year when the clock changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from house import House
from tocsin.core.calendars.commands import RemoveCalendar, SetCalendar
from tocsin.core.calendars.events import CalendarRemoved, CalendarSet, CalendarSpec, Hours
from tocsin.core.calendars.views import View
from tocsin.core.world import World
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import DAY_MS, MINUTE_MS, parse_rfc3339, rfc3339

WEEKDAYS = (0, 1, 2, 3, 4)
OFFICE = CalendarSpec(
    name="Office",
    zone="Asia/Shanghai",
    hours=(Hours(WEEKDAYS, "09:00", "12:00"), Hours(WEEKDAYS, "13:30", "18:00")),
    holidays=("2026-10-01", "2026-10-02"),
    workdays=("2026-10-10",),  # a Saturday
)


def moment(text: str) -> Moment:
    at = parse_rfc3339(text)
    assert at is not None
    return at


def view(spec: CalendarSpec) -> View:
    return House().given(CalendarSet(calendar="office", spec=spec)).world.look.calendars


def nightly(zone: str, start: str, end: str) -> CalendarSpec:
    return CalendarSpec(name="Nightly", zone=zone, hours=(Hours((*WEEKDAYS, 5, 6), start, end),))


def test_a_calendar_is_made_once_changed_and_removed() -> None:
    there, changed = House(), nightly("UTC", "00:00", "24:00")
    assert there.ask(SetCalendar("office", OFFICE)) == [CalendarSet(calendar="office", spec=OFFICE)]
    assert there.ask(SetCalendar("office", OFFICE)) == []
    assert there.ask(SetCalendar("office", changed)) == [CalendarSet(calendar="office", spec=changed)]
    assert there.ask(RemoveCalendar("office")) == [CalendarRemoved(calendar="office")]
    assert reason(there.ask(RemoveCalendar("office"))) == "calendar_unknown"


def reason(answer: list[Event] | Rejected) -> str:
    assert isinstance(answer, Rejected), answer
    assert answer.detail
    return answer.reason


def week(*hours: Hours, **more: object) -> CalendarSpec:
    return CalendarSpec(name="Office", hours=hours or (Hours(WEEKDAYS, "09:00", "18:00"),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (CalendarSpec(name="", hours=(Hours((0,), "09:00", "18:00"),)), "name_invalid"),
        (week(zone="China"), "zone_unknown"),
        (CalendarSpec(name="Office"), "hours_missing"),
        (week(*[Hours((0,), "09:00", "18:00")] * 51), "too_many_hours"),
        (week(Hours((), "09:00", "18:00")), "weekday_invalid"),
        (week(Hours((7,), "09:00", "18:00")), "weekday_invalid"),
        (week(Hours((1, 1), "09:00", "18:00")), "weekday_invalid"),
        (week(Hours((1,), "9", "18:00")), "clock_invalid"),
        (week(Hours((1,), "09:00", "24:01")), "clock_invalid"),
        (week(Hours((1,), "22:00", "06:00")), "hours_reversed"),
        (week(Hours((1,), "09:00", "09:00")), "hours_reversed"),
        (week(holidays=("2026-02-30",)), "date_invalid"),
        (week(holidays=("2026-02-01",), workdays=("2026-02-01",)), "date_twice"),
        (week(holidays=("2026-02-01",) * 2_001), "too_many_dates"),
        (week(Hours((1,), "09:00", "18:00"), workdays=("2026-02-01",)), "workday_without_hours"),
        (week(holidays=("2026-10-01",), names={"2026-10-02": "国庆节"}), "date_unknown"),
        (week(holidays=("2026-10-01",), names={"2026-10-01": " "}), "date_name_invalid"),
    ],
)
def test_a_bad_calendar_is_refused(spec: CalendarSpec, why: str) -> None:
    assert reason(House().ask(SetCalendar("office", spec))) == why


def test_a_bad_id_is_refused() -> None:
    assert reason(House().ask(SetCalendar("Office Hours", OFFICE))) == "calendar_id_invalid"


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T09:00:00+08:00", "2026-11-24T09:00:00+08:00"),  # the first instant is in
        ("2026-11-24T11:59:59.999+08:00", "2026-11-24T11:59:59.999+08:00"),
        ("2026-11-24T12:00:00+08:00", "2026-11-24T13:30:00+08:00"),  # the last is out
        ("2026-11-24T08:00:00+08:00", "2026-11-24T09:00:00+08:00"),
        ("2026-11-27T18:00:00+08:00", "2026-11-30T09:00:00+08:00"),  # Friday evening
        ("2026-09-30T20:00:00+08:00", "2026-10-05T09:00:00+08:00"),  # holidays, then a week-end
        ("2026-10-09T19:00:00+08:00", "2026-10-10T09:00:00+08:00"),  # the make-up Saturday
        ("2026-10-10T17:00:00+08:00", "2026-10-10T17:00:00+08:00"),
    ],
)
def test_hours_holidays_and_make_up_days(at: str, opens: str) -> None:
    calendars = view(OFFICE)
    assert calendars.next_open("office", moment(at)) == moment(opens)
    assert calendars.is_open("office", moment(at)) is (at == opens)


def test_a_working_day_named_a_workday_keeps_its_own_hours() -> None:
    friday = week(Hours((0,), "09:00", "18:00"), Hours((4,), "09:00", "12:00"), workdays=("2026-11-27", "2026-11-28"))
    assert not view(friday).is_open("office", moment("2026-11-27T15:00:00Z"))
    assert view(friday).is_open("office", moment("2026-11-28T15:00:00Z"))


@pytest.mark.parametrize(
    ("start", "end", "at", "opens"),
    [
        # 2026-03-29 in Berlin: 02:00 winter time is 03:00 summer time, 01:00Z.
        ("02:00", "04:00", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
        ("02:30", "04:00", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"),
        ("02:30", "03:15", "2026-03-29T00:30:00Z", "2026-03-30T00:30:00Z"),  # the gap swallows it
        ("01:00", "02:30", "2026-03-29T01:15:00Z", "2026-03-29T01:15:00Z"),  # it keeps its length
        # 2026-10-25: 03:00 summer time is 02:00 winter time, 01:00Z.
        ("02:00", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"),  # only the first 02:00
        ("02:30", "04:00", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"),
        ("02:30", "04:00", "2026-10-25T01:10:00Z", "2026-10-25T01:10:00Z"),
    ],
)
def test_hours_on_the_nights_the_clock_changes(start: str, end: str, at: str, opens: str) -> None:
    found = view(nightly("Europe/Berlin", start, end)).next_open("office", moment(at))
    assert found is not None
    assert rfc3339(found) == rfc3339(moment(opens))


def test_what_a_gap_puts_out_of_order_is_still_found_first() -> None:
    rows = (Hours((6,), "02:30", "02:50"), Hours((6,), "03:00", "03:20"))
    calendars = view(CalendarSpec(name="Odd", zone="Europe/Berlin", hours=rows))
    assert calendars.next_open("office", moment("2026-03-29T00:30:00Z")) == moment("2026-03-29T01:00:00Z")


def test_a_day_the_zone_skips_has_no_hours() -> None:
    """Samoa had no Friday 30 December 2011."""
    samoa = CalendarSpec(name="Samoa", zone="Pacific/Apia", hours=(Hours(WEEKDAYS, "09:00", "17:00"),))
    saturday = moment("2011-12-31T10:00:00+14:00")
    assert not view(samoa).is_open("office", saturday)
    assert view(samoa).next_open("office", moment("2011-12-29T18:00:00-10:00")) == moment("2012-01-02T09:00:00+14:00")


def test_hours_end_with_their_day_even_in_a_gap() -> None:
    """In Nuuk 23:00 of 28 March 2026 is midnight."""
    late, later = (view(nightly("America/Nuuk", start, end)) for start, end in (("22:00", "23:30"), ("23:15", "24:00")))
    before = moment("2026-03-28T22:59:00-02:00")
    assert late.is_open("office", before)
    assert not late.is_open("office", Moment(before + MINUTE_MS))
    assert later.next_open("office", before) == moment("2026-03-29T23:15:00-01:00")
    assert not later.is_open("office", moment("2026-03-29T00:20:00-01:00"))


def test_a_shop_that_never_opens_again() -> None:
    rows = (Hours((0,), "09:00", "10:00"),)
    every_monday = tuple(rfc3339(moment("2026-01-05T00:00:00Z") + 7 * DAY_MS * n)[:10] for n in range(200))
    calendars = view(CalendarSpec(name="Shut", hours=rows, holidays=every_monday))
    assert calendars.next_open("office", moment("2026-01-01T00:00:00Z")) is None
    assert not calendars.is_open("office", moment("2026-01-05T09:30:00Z"))


def test_an_unknown_calendar_is_always_open() -> None:
    calendars = House().world.look.calendars
    assert calendars.is_open("gone", Moment(7))
    assert calendars.next_open("gone", Moment(7)) == 7
    assert calendars.calendar("gone") is None
    assert calendars.calendars() == ()


def test_calendars_are_the_same_after_a_dump() -> None:
    there = House().given(CalendarSet(calendar="office", spec=OFFICE))
    again = World.load(there.world.dump())
    assert again.dump() == there.world.dump()
    assert again.look.calendars == there.world.look.calendars


@given(minute=st.integers(0, 14 * 1_440), zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai"]))
@settings(max_examples=150, deadline=None)
def test_the_next_opening_is_the_first_open_minute(minute: int, zone: str) -> None:
    """Against a scanner that looks at every minute, around the autumn change."""
    calendars = view(CalendarSpec(name="Office", zone=zone, hours=OFFICE.hours))
    at = Moment(moment("2026-10-20T00:00:00Z") + minute * MINUTE_MS)
    opens = calendars.next_open("office", at)
    assert opens is not None
    assert calendars.is_open("office", opens)
    assert not any(calendars.is_open("office", Moment(between)) for between in range(at, opens, 15 * MINUTE_MS))
