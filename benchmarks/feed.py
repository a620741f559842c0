"""The alert feed over 100,000 open alerts: a page, a condition, facets and a search, against a filter of Alertmanager.

Alertmanager has no pages: it answers with all alerts that match, so it is asked for a filter that few do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import quote

from benchmarks.common import (
    OPEN_ALERTS,
    RUNS,
    alertmanager,
    ask,
    directory,
    fill,
    median,
    peer_absent,
    tocsin,
)

FEW = 'instance=~"10.0.77.*"'
CONDITION = 'labels.cluster == "c3" && labels.alertname.startsWith("High")'
ASKED = {
    "page": "/api/v1/alerts?limit=100",
    "severity": "/api/v1/alerts?severity=medium,high&sort=severity",
    "filter": f"/api/v1/alerts?filter={quote(FEW)}",
    "condition": f"/api/v1/alerts?q={quote(CONDITION)}",
    "facets": "/api/v1/alerts/facets?labels=alertname,instance",
    "search": "/api/v1/search?q=shard%20777",
}
GOAL_MS = 250.0
"""What still feels at once."""


def timed(question: Callable[[], object]) -> float:
    """The median in milliseconds; the first time, in which things are learned, does not count."""
    question()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        question()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def run() -> None:
    """Print the medians."""
    theirs = 0.0
    if not peer_absent("feed", "prometheus-alertmanager"):
        with directory() as data, alertmanager(data) as server:
            fill(server)
            path = f"/api/v2/alerts?filter={quote(FEW)}"
            theirs = timed(lambda: ask(server, "", "GET", path))
    with directory() as data, tocsin(data) as (server, keys):
        fill(server)
        key = keys["admin_key"]
        mine = {name: timed(lambda path=path: ask(server, key, "GET", path)) for name, path in ASKED.items()}
    print(f"feed: milliseconds a question, {OPEN_ALERTS} open alerts, median of {RUNS} (goal: {GOAL_MS:.0f})")
    print("  tocsin " + "  ".join(f"{name} {taken:.0f}" for name, taken in mine.items()))
    if theirs:
        print(f"  alertmanager filter {theirs:.0f}  ratio {mine['filter'] / theirs:.2f}")
