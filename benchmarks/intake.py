"""Alerts accepted per CPU-second, durably, against Alertmanager (which keeps them in memory only)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from benchmarks.common import RUNS, Server, alert, alertmanager, directory, fill, median, peer_absent, post, tocsin

REPEATING = 10_000
TOTALS = {1: 15_000, 10: 30_000, 100: 60_000}
"""Alerts sent in one run, by batch size: some seconds each."""


GOALS = {1: "1.5x", 10: "none", 100: "5x"}


class Rate(NamedTuple):
    """Alerts accepted per CPU-second and per wall second."""

    cpu: float
    wall: float


def bodies(batch: int, distinct: bool, offset: int = 0) -> list[bytes]:
    """The request bodies of one run."""
    total = TOTALS[batch]
    numbers = [offset + i if distinct else i % REPEATING for i in range(total)]
    return [msgspec.json.encode([alert(n) for n in numbers[start : start + batch]]) for start in range(0, total, batch)]


def measure(server: Server, batch: int, distinct: bool) -> Rate:
    """One run."""
    payload = bodies(batch, distinct)
    before = server.cpu_s()
    wall, _ = post(server, payload)
    return Rate(TOTALS[batch] / (server.cpu_s() - before), TOTALS[batch] / wall)


def repeating() -> None:
    """Label sets both know already: nothing grows, so one server of each serves all runs, in turns."""
    with directory() as data, alertmanager(data) as peer, tocsin(data) as (server, _):
        fill(peer, REPEATING)
        fill(server, REPEATING)
        for batch in TOTALS:
            pairs = [(measure(server, batch, False), measure(peer, batch, False)) for _ in range(RUNS)]
            show(f"{REPEATING} repeating", batch, pairs)


def all_distinct() -> None:
    """Label sets nobody knows: a fresh server for every run."""
    for batch in TOTALS:
        pairs = []
        for _ in range(RUNS):
            with directory() as data, tocsin(data) as (server, _):
                mine = measure(server, batch, True)
            with directory() as data, alertmanager(data) as peer:
                pairs.append((mine, measure(peer, batch, True)))
        show("all distinct", batch, pairs)


def show(kind: str, batch: int, pairs: Sequence[tuple[Rate, Rate]]) -> None:
    """A row: medians of both, and of the ratios."""
    mine, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = median([a.cpu / b.cpu for a, b in pairs])
    print(
        f"  {kind:16} batch {batch:3}: tocsin {median([r.cpu for r in mine]):9,.0f}"
        f" ({median([r.wall for r in mine]):9,.0f})  alertmanager {median([r.cpu for r in theirs]):9,.0f}"
        f" ({median([r.wall for r in theirs]):9,.0f})  ratio {ratio:.2f}x (goal: {GOALS[batch]})",
        flush=True,
    )


def run() -> None:
    """Print a row per batch size and kind of label sets."""
    if peer_absent("intake", "prometheus-alertmanager"):
        return
    print("intake: alerts per CPU-second (wall second), median of", RUNS)
    repeating()
    all_distinct()
