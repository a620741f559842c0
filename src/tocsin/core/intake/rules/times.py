"""Senders' times. Law: a text that is no time is None, never a guess; the same text is read once."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MOMENT_MAX, MOMENT_MIN, parse_rfc3339
from tocsin.kernel.zone import instant, parse_day

TEXT_MAX = 64
"""Characters of the longest time anybody writes."""
TIMES_MAX = 65_536
"""Texts remembered: the start of every alert that is repeated once a minute."""

_LOCAL = re.compile(
    r"([0-9]{4})[-./]([0-9]{2})[-./]([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
)
_UNIX = re.compile(r"([0-9]{9,19})(?:\.([0-9]{1,9}))?")
_UNIX_DIVISORS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 15: 1_000_000, 16: 1_000_000, 18: 10**9, 19: 10**9}
"""By number of digits: seconds, milliseconds, microseconds, nanoseconds of the years 2001 to 2286."""


def parse_time(text: str, zone: str = "UTC") -> Moment | None:
    """The instant of RFC 3339, of a wall clock of this zone (`2026-11-24 03:12:00`, also with dots) or of a Unix time
    in s, ms, µs or ns; None when it is none of them."""
    return _parsed(text, zone) if len(text) <= TEXT_MAX else None  # what is remembered must be short


@lru_cache(maxsize=TIMES_MAX)
def _parsed(text: str, zone: str) -> Moment | None:
    text = text.strip()
    if (found := parse_rfc3339(text)) is not None:
        return found
    if local := _LOCAL.fullmatch(text):
        return _local(local, zone)
    if unix := _UNIX.fullmatch(text):
        return _unix(unix)
    return None


def is_zero(at: Moment) -> bool:
    """Whether this is how Go programs write "no time"."""
    return at <= MOMENT_MIN


def _local(found: re.Match[str], zone: str) -> Moment | None:
    year, month, day, hour, minute, second, fraction = found.groups()
    date = parse_day(f"{year}-{month}-{day}")
    hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
    if date is None or hours > 24 or minutes > 59 or seconds > 60:
        return None
    ms = int((fraction or "0")[:3].ljust(3, "0"))
    # Of an hour that comes twice in autumn the second is meant: nothing happens after the house heard of it, so a time
    # that is an hour late is the arrival, and one an hour early would put a recovery before its problem.
    return instant(date, hours * 60 + minutes, zone, seconds * 1_000 + ms, is_second=True)


def _unix(found: re.Match[str]) -> Moment | None:
    whole, fraction = found.groups()
    divisor = _UNIX_DIVISORS.get(len(whole))
    if divisor is None or (fraction and divisor != 1):
        return None
    ms = int(whole) * 1_000 // divisor + int((fraction or "0")[:3].ljust(3, "0"))
    return Moment(ms) if ms <= MOMENT_MAX else None
