"""The language of the terminal, and time as people type it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tocsin.cli.client import Api, Failure
from tocsin.cli.output import Talk, table
from tocsin.cli.times import END, end_of, parse_instant, relative
from tocsin.cli.words import language

NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US", "TOCSIN_LANG": "zh-Hans"}, "zh"),
    ],
)
def test_the_strongest_variable_names_the_language(environment: dict[str, str], wanted: str) -> None:
    assert language(environment) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("now", NOW),
        ("2h", NOW + timedelta(hours=2)),
        ("+1d12h", NOW + timedelta(hours=36)),
        ("-30m", NOW - timedelta(minutes=30)),
        ("18:30", NOW.replace(hour=18, minute=30, second=0)),
        ("2026-11-24T18:30:00Z", datetime(2026, 11, 24, 18, 30, tzinfo=UTC)),
        ("tomorrow", None),
        ("25:00", None),
        ("", None),
    ],
)
def test_an_instant_is_read_as_people_type_it(text: str, wanted: datetime | None) -> None:
    assert parse_instant(text, NOW) == wanted


def test_nothing_a_sender_wrote_moves_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[object]] = [["x\x1b]0;mine\x07\x1b[2J", {"host": "\x9b31m\u202egnp"}, ["磁盘\tfull\r"]]]
    table(["title", "labels", "tags"], rows)
    Talk(Api("http://localhost", ""), "table").tell("snoozed \x1b[2J")
    printed = capsys.readouterr()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", printed.out + printed.err)
    assert "]0;mine" in printed.out and "磁盘" in printed.out
    assert str(Failure("no \x1b[2J")) == "no \ufffd[2J"


def test_a_date_without_a_zone_is_local() -> None:
    found = parse_instant("2026-11-24 18:30", NOW)
    assert found == datetime(2026, 11, 24, 18, 30).astimezone()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, "-"),
        ("2026-11-24T04:00:30Z", "0s ago"),
        ("2026-11-24T03:57:10Z", "3m20s ago"),
        ("2026-11-26T06:01:35Z", "in 2d2h"),
    ],
)
def test_a_distance_has_its_two_largest_units(text: str | None, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_LANG", "en")
    assert relative(text, NOW) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("12h", NOW + timedelta(hours=20)), ("+12h", NOW + timedelta(hours=20)), ("2026-11-24T20:00Z", None)],
)
def test_a_length_is_counted_from_the_start_and_an_instant_is_not(text: str, wanted: datetime | None) -> None:
    start = NOW + timedelta(hours=8)
    assert end_of(start, END.convert(text, None, None)) == (wanted or datetime(2026, 11, 24, 20, tzinfo=UTC))
