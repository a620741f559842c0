"""Instants and lengths of time as whole milliseconds, and their text forms.

Law: an instant is an int; text appears only at the edge. Zones belong to the room `calendars`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tocsin.kernel.message import Moment

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT_MAX = Moment(253_402_300_799_999)
"""The last instant with a four-digit year: later ones have no RFC 3339 form."""
MOMENT_MIN = Moment(-62_135_596_800_000)
"""The first instant of the year 1, which Go programs send for "no time"."""

_UNITS_MS = {"ms": 1, "s": SECOND_MS, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS, "y": 365 * DAY_MS}
_DURATION = re.compile(r"(\d+)(ms|s|m|h|d|w|y)")
_FRACTION = re.compile(r"\.(\d+)")


def rfc3339(at: int) -> str:
    """`2026-11-24T03:12:00.000Z`: UTC with milliseconds, as Alertmanager prints it."""
    stamp = EPOCH + timedelta(milliseconds=at)
    return stamp.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_rfc3339(text: str) -> Moment | None:
    """The instant of an RFC 3339 text, None when it is not one. A text without a zone is not an instant."""
    try:
        stamp = datetime.fromisoformat(_FRACTION.sub(lambda m: "." + m[1][:6].ljust(6, "0"), text, count=1))
    except ValueError:
        return None
    if stamp.tzinfo is None:
        return None
    at = (stamp - EPOCH) // timedelta(milliseconds=1)
    return Moment(at) if MOMENT_MIN <= at <= MOMENT_MAX else None


def parse_duration(text: str) -> int | None:
    """Milliseconds of a Prometheus duration such as `1h30m`; None when it is not one."""
    if text == "0":
        return 0
    parts = _DURATION.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        return None
    return sum(int(n) * _UNITS_MS[u] for n, u in parts)


def duration(ms: int) -> str:
    """The shortest Prometheus duration of a length: `90_000` is `1m30s`."""
    if ms == 0:
        return "0s"
    out = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, ms = divmod(ms, _UNITS_MS[unit])
        if count:
            out.append(f"{count}{unit}")
    return "".join(out)
