"""Instants cross the edge without loss, and absurd ones without a fall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tocsin.web.instants import asked, moment, shown, shown_or_none
from tocsin.web.problem import Refused


def test_there_and_back() -> None:
    at = moment(datetime(2026, 11, 24, 3, 12, 0, 5000, tzinfo=UTC))
    assert (at, moment(shown(at))) == (1_795_489_920_005, at)
    assert shown_or_none(0) is None


def test_the_ends_of_the_calendar() -> None:
    late = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-6)))
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=6)))
    assert (shown(moment(late)).year, shown(moment(early)).year) == (9999, 1)


def test_a_query_without_a_zone_is_refused() -> None:
    assert asked("at", "") is None
    assert asked("at", "1970-01-01T01:00:00+01:00") == 0
    with pytest.raises(Refused):
        asked("at", "2026-11-24T03:12:00")
