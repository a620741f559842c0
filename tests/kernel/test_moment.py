"""Instants and lengths of time, and their text forms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MOMENT_MAX, MOMENT_MIN, duration, parse_duration, parse_rfc3339, rfc3339


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("2026-11-24T03:12:00.123456789Z", 1_795_489_920_123),
        ("2026-11-24T03:12:00.5Z", 1_795_489_920_500),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ],
)
def test_instants_are_read(text: str, at: int) -> None:
    assert parse_rfc3339(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-24T03:12:00",
        "2026-11-24",
        "2026-13-01T00:00:00Z",
        "1",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert parse_rfc3339(text) is None


@given(st.integers(MOMENT_MIN, MOMENT_MAX))
@settings(max_examples=200, deadline=None)
def test_an_instant_reads_back(at: int) -> None:
    assert parse_rfc3339(rfc3339(at)) == at


def test_an_instant_has_milliseconds_and_four_digits_of_year() -> None:
    assert rfc3339(1) == "1970-01-01T00:00:00.001Z"
    assert rfc3339(MOMENT_MIN) == "0001-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "ms"),
    [("0", 0), ("0s", 0), ("1h30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000), ("2w", 1_209_600_000)],
)
def test_lengths_are_read(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize("text", ["", "1", "h", "1h 30m", "-1h", "1.5h", "1H", "1h30"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(0, 10**12))
@settings(max_examples=200, deadline=None)
def test_a_length_reads_back(ms: int) -> None:
    assert parse_duration(duration(ms)) == Moment(ms)
