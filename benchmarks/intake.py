"""Alerts accepted per CPU-second, durably, against Alertmanager (which keeps them in memory only)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from benchmarks.common import RUNS, Server, alert, alertmanager, directory, median, peer_absent, post, tocsin

REPEATING = 10_000
TOTALS = {1: 6_000, 10: 30_000, 100: 60_000}
"""Alerts sent in one run, by batch size: some seconds each."""


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
    """One run; with repeating label sets the first round is sent before and not counted."""
    if not distinct:
        post(server, [msgspec.json.encode([alert(n) for n in range(s, s + 100)]) for s in range(0, REPEATING, 100)])
    payload = bodies(batch, distinct)
    before = server.cpu_s()
    wall, _ = post(server, payload)
    return Rate(TOTALS[batch] / (server.cpu_s() - before), TOTALS[batch] / wall)


def peer(batch: int, distinct: bool) -> Rate:
    """Alertmanager, fresh."""
    with directory() as data, alertmanager(data) as server:
        return measure(server, batch, distinct)


def ours(batch: int, distinct: bool) -> Rate:
    """Tocsin, fresh."""
    with directory() as data, tocsin(data) as (server, _):
        return measure(server, batch, distinct)


def run() -> None:
    """Print a row per batch size and kind of label sets."""
    if peer_absent("intake", "prometheus-alertmanager"):
        return
    print("intake: alerts per CPU-second (wall second), median of", RUNS)
    for distinct in (False, True):
        for batch in (1, 10, 100):
            pairs = [(ours(batch, distinct), peer(batch, distinct)) for _ in range(RUNS)]
            mine, theirs = [p[0] for p in pairs], [p[1] for p in pairs]
            ratio = median([a.cpu / b.cpu for a, b in pairs])
            kind = "all distinct" if distinct else f"{REPEATING} repeating"
            print(
                f"  {kind:16} batch {batch:3}: tocsin {median([r.cpu for r in mine]):9,.0f}"
                f" ({median([r.wall for r in mine]):9,.0f})  alertmanager {median([r.cpu for r in theirs]):9,.0f}"
                f" ({median([r.wall for r in theirs]):9,.0f})  ratio {ratio:.2f}x"
            )
