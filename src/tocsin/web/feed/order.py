"""The order of the feed and its cursor: the best of all alerts that pass, found without sorting the others.

Law: a cursor holds the place of the last row, not its number in the list, so rows that come or go move nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
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
Keys = Callable[[list[Alert]], Sequence[int]]
NEVER = 1 << 62


class Found(msgspec.Struct, frozen=True):
    """Alerts in order, the cursor of the next ones (empty: that is all), and whether every alert was looked at."""

    alerts: tuple[Alert, ...]
    next_cursor: str
    is_complete: bool


async def ordered(sieve: Sieve, sort: str, cursor: str, limit: int) -> Found:
    """The alerts that pass, in this order, from behind the cursor. Raises Refused."""
    name, sign = _read(sort)
    after = _place(sort, cursor) if cursor else None
    keys = _keys(sieve.facts)[name]
    rows, is_sorted = _candidates(sieve, name, sign)
    if is_sorted and after is not None:
        rows = rows[bisect_left(rows, after[0], key=lambda row: sign * keys([row])[0]) :]
    best: list[tuple[Place, Alert]] = []
    async for part in sieve.walk(rows):
        worst = best[limit][0][0] if len(best) > limit else NEVER
        wanted = [((sign * key, -row.number), row) for key, row in zip(keys(part), part, strict=True)
                  if sign * key <= worst]  # fmt: skip
        if after is not None:
            wanted = [one for one in wanted if one[0] > after]
        if wanted:
            best = nsmallest(limit + 1, [*best, *wanted], key=lambda one: one[0])
        elif is_sorted and part and len(best) > limit:
            break
    shown = tuple(row for _, row in best[:limit])
    end = best[limit - 1][0] if len(best) > limit else None
    return Found(shown, sealed(f"{sort}|{end[0]}|{end[1]}") if end else "", sieve.is_complete)


def _candidates(sieve: Sieve, name: str, sign: int) -> tuple[list[Alert], bool]:
    """The alerts to look at, and whether their keys come in the wanted order, so that one may begin late and stop
    early: open alerts stand in the order they fired, closed ones in the order they ended, last first. Where they are
    not in order, those that are likely to be the best come first: what is worse is passed over quickly."""
    fired = sieve.open()
    if sign < 0:
        fired.reverse()
    if sieve.statuses == (FIRING,):
        return fired, name == "first_at"
    if sieve.statuses == (RESOLVED,):
        return sieve.closed(), name == "last_at" and sign < 0
    return [*fired, *sieve.closed()], False


def _keys(facts: Facts) -> dict[str, Keys]:
    return {
        "last_at": facts.all_last_at,
        "first_at": lambda rows: [row.fired_at for row in rows],
        "severity": lambda rows: [RANKS.get(row.content.severity, len(RANKS)) for row in rows],
        "count": facts.all_repeats,
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
