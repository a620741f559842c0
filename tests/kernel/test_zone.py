"""Wall clocks: gaps move forward, folds are the first, and both agree with zoneinfo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS, MOMENT_MAX, parse_rfc3339
from tocsin.kernel.zone import (
    Day,
    Local,
    add_days,
    clock_of,
    date_of,
    day_minutes,
    day_start,
    instant,
    is_zone,
    local,
    parse_clock,
    parse_day,
    weekday,
)

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu")


def moment(text: str) -> Moment:
    at = parse_rfc3339(text)
    assert at is not None
    return at


def day(text: str) -> Day:
    found = parse_day(text)
    assert found is not None
    return found


@pytest.mark.parametrize("name", [*ZONES, "Etc/GMT+5", "EST5EDT"])
def test_names_of_the_database_are_zones(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize("name", ["", "Nowhere", "europe/berlin", "localtime", "../etc/passwd", "A" * 99, "UTC\0"])
def test_other_names_are_not_zones(name: str) -> None:
    assert not is_zone(name)


def test_a_wall_clock_is_read() -> None:
    at = moment("2026-11-24T03:12:05.250Z")
    assert local(at, "Asia/Shanghai") == Local(2026, 11, 24, day("2026-11-24"), 1, 11 * 60 + 12, 5250)
    assert local(at, "Asia/Shanghai").date == "2026-11-24"
    assert local(at, "Asia/Shanghai").clock == "11:12"


@pytest.mark.parametrize("name", ["US/Pacific-New", "posix/Mars/Olympus", ""])
def test_a_zone_that_is_known_no_more_is_read_as_utc(name: str) -> None:
    noon = moment("2026-11-24T12:00:00Z")
    assert local(noon, name) == local(noon, "UTC")
    assert instant(local(noon, name).day, 720, name) == noon


@pytest.mark.parametrize(
    ("date", "clock", "zone", "expected"),
    [
        ("2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T00:59:00Z"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"),  # 03:30 summer time: the gap's hour later
        ("2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),  # the first of two
        ("2026-10-25", "03:00", "Europe/Berlin", "2026-10-25T02:00:00Z"),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00Z"),  # a gap of half an hour
        ("2026-11-24", "24:00", "UTC", "2026-11-25T00:00:00Z"),
    ],
)
def test_wall_clocks_become_instants(date: str, clock: str, zone: str, expected: str) -> None:
    minute = parse_clock(clock)
    assert minute is not None
    assert instant(day(date), minute, zone) == moment(expected)


def test_the_next_day_keeps_the_wall_clock_across_a_change() -> None:
    before = moment("2026-03-28T08:00:00Z")
    assert add_days(before, 1, "Europe/Berlin") - before == 23 * HOUR_MS
    assert add_days(add_days(before, 1, "Europe/Berlin"), -1, "Europe/Berlin") == before


def test_days_have_23_24_or_25_hours() -> None:
    assert [day_minutes(day(text), "Europe/Berlin") for text in ("2026-03-29", "2026-06-01", "2026-10-25")] == [
        1_380,
        1_440,
        1_500,
    ]


def test_a_day_without_midnight_begins_after_the_gap() -> None:
    assert local(day_start(day("2018-11-04"), "America/Sao_Paulo"), "America/Sao_Paulo").clock == "01:00"


@pytest.mark.parametrize("at", [-(10**15), 0, MOMENT_MAX, 10**15])
def test_no_instant_is_too_far_for_a_wall_clock(at: int) -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        here = local(Moment(at), zone)
        assert add_days(Moment(at), 1, zone)
        assert instant(here.day, 1_440, zone)


@pytest.mark.parametrize("text", ["24:01", "9:00", "09:60", "25:00", "09:00:00", "", "-1:00", "٠٩:٠٠"])
def test_bad_clocks_are_none(text: str) -> None:
    assert parse_clock(text) is None


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "20261124", "2026-W01-1", "0000-01-01", ""])
def test_bad_dates_are_none(text: str) -> None:
    assert parse_day(text) is None


def test_days_and_clocks_have_text_forms() -> None:
    assert date_of(day("2026-11-24")) == "2026-11-24"
    assert clock_of(545) == "09:05"
    assert weekday(day("2026-11-23")) == 0


@given(seconds=st.integers(0, 4_000_000_000), zone=st.sampled_from(ZONES))
@settings(max_examples=300, deadline=None)
def test_wall_clocks_agree_with_the_standard_library(seconds: int, zone: str) -> None:
    wall = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    here = local(Moment(seconds * 1_000), zone)
    assert (here.year, here.month, here.day_of_month) == (wall.year, wall.month, wall.day)
    assert (here.weekday, here.minute_of_day) == (wall.weekday(), wall.hour * 60 + wall.minute)
    again = instant(here.day, here.minute_of_day, zone, here.ms_of_minute)
    assert again == seconds * 1_000 - (wall.fold and timedelta_of_fold(wall))


def timedelta_of_fold(wall: datetime) -> int:
    first = wall.replace(fold=0).astimezone(UTC)
    return (wall.astimezone(UTC) - first) // timedelta(milliseconds=1)
