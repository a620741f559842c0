"""The order of the feed and its cursor: the best of all alerts that pass, found without sorting the others.

Law: a cursor holds the place of the last row, not its number in the list, so rows that come or go move nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import nsmallest

import msgspec

from tocsin.core.alerts.views import Alert
from tocsin.core.intake.events import SEVERITIES
from tocsin.web.feed.facts import Facts
from tocsin.web.feed.sieve import FIRING, RESOLVED, Sieve
from tocsin.web.paging import opened, sealed
from tocsin.web.problem import Fault, Refused

SORTS = ("last_at", "first_at", "severity", "count")
DEFAULT = "-last_at"
RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}

Place = tuple[int, int]
"""Where an alert stands: its key and its number, both negative where more comes first."""
Key = Callable[[Alert], int]


class Found(msgspec.Struct, frozen=True):
    """Alerts in order, the cursor of the next ones (empty: that is all), and whether every alert was looked at."""

    alerts: tuple[Alert, ...]
    next_cursor: str
    is_complete: bool


async def ordered(sieve: Sieve, sort: str, cursor: str, limit: int) -> Found:
    """The alerts that pass, in this order, from behind the cursor. Raises Refused."""
    name, sign = _read(sort)
    after = _place(sort, cursor) if cursor else None
    key = _keys(sieve.facts)[name]
    rows, is_sorted = _candidates(sieve, name, sign)
    best: list[tuple[Place, Alert]] = []
    async for part in sieve.walk(rows):
        placed = [((sign * key(row), -row.number), row) for row in part]
        if after is not None:
            placed = [one for one in placed if one[0] > after]
        if len(best) > limit:
            worst = best[limit][0]
            placed = [one for one in placed if one[0] < worst]
        if placed:
            best = nsmallest(limit + 1, [*best, *placed], key=lambda one: one[0])
        if is_sorted and len(best) > limit:
            break
    shown = tuple(row for _, row in best[:limit])
    last = best[limit - 1][0] if len(best) > limit else None
    return Found(shown, sealed(f"{sort}|{last[0]}|{last[1]}") if last else "", sieve.is_complete)


def _candidates(sieve: Sieve, name: str, sign: int) -> tuple[list[Alert], bool]:
    """The alerts to look at, and whether they come in the wanted order, so that one may stop early. They are numbered
    as they fire, and those closed last come first."""
    if sieve.statuses == (FIRING,) and name == "first_at":
        rows = sorted(sieve.open(), key=lambda row: -row.number) if sign < 0 else sieve.open()
        return rows, sign < 0
    if sieve.statuses == (RESOLVED,) and name == "last_at" and sign < 0:
        return sorted(sieve.closed(), key=lambda row: (-row.closed_at, -row.number)), True
    return [*sieve.open(), *sieve.closed()], False


def _keys(facts: Facts) -> dict[str, Key]:
    return {
        "last_at": facts.last_at,
        "first_at": lambda row: row.fired_at,
        "severity": lambda row: RANKS.get(row.content.severity, len(RANKS)),
        "count": facts.count,
    }


def _read(sort: str) -> tuple[str, int]:
    """The key's name, and -1 where the largest comes first. Raises Refused."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        what = f"{sort!r} is no order; orders are {', '.join(SORTS)}, or with a minus the other way round"
        raise Refused(400, "request_invalid", f"?sort: {what}", (Fault("?sort", what),))
    return name, -1 if sort.startswith("-") else 1


def _place(sort: str, cursor: str) -> Place:
    """The place in a cursor. Raises Refused."""
    parts = opened(cursor).split("|")
    try:
        of, key, number = parts[0], int(parts[1]), int(parts[2])
    except (IndexError, ValueError):
        of, key, number = "", 0, 0
    if of != sort:
        what = f"{cursor!r} is no cursor of this order"
        raise Refused(400, "request_invalid", f"?cursor: {what}", (Fault("?cursor", what, "begin without one"),))
    return key, number
