"""Resident memory per open alert, over 100,000 of them, against Alertmanager in the same run."""

from __future__ import annotations

from benchmarks.common import (
    LONG_RUNS,
    OPEN_ALERTS,
    Server,
    alertmanager,
    directory,
    fill,
    median,
    peer_absent,
    tocsin,
)


def grown(server: Server) -> float:
    """Bytes of memory an open alert takes."""
    fill(server, 1_000)  # what is loaded at the first alert belongs to no alert
    before = server.rss_bytes()
    fill(server)
    return (server.rss_bytes() - before) / (OPEN_ALERTS - 1_000)


def run() -> None:
    """Print the medians of the runs."""
    mine, theirs = [], []
    is_alone = peer_absent("memory", "prometheus-alertmanager")
    for _ in range(LONG_RUNS):
        with directory() as data, tocsin(data) as (server, _):
            mine.append(grown(server))
        if not is_alone:
            with directory() as data, alertmanager(data) as server:
                theirs.append(grown(server))
    print(f"memory: bytes per open alert, {OPEN_ALERTS} alerts, median of {LONG_RUNS} (goal: 2,048)")
    print(f"  tocsin {median(mine):,.0f}", end="")
    print("" if is_alone else f"  alertmanager {median(theirs):,.0f}  ratio {median(mine) / median(theirs):.2f}")
