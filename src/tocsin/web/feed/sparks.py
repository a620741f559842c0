"""How often single alerts were said over the last day, read from the journal when asked.

Law: it is read in a thread, the newest hours first, and ends when its time is over; what was not read is not drawn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from time import perf_counter

import msgspec

from tocsin.core.alerts.events import AlertChanged, AlertsRepeated
from tocsin.core.alerts.views import Alert
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS, MINUTE_MS
from tocsin.shell.journal.protocol import Readable

BUCKETS = 24
BUCKET_MS_MIN = MINUTE_MS
IDS_MAX = 100
"""Alerts in one question: more than a screen shows."""
READ_S = 1.5


class Spark(msgspec.Struct, frozen=True):
    """How often an alert was said in each of the buckets of `bucket_s` seconds that begin at `start_at`."""

    start_at: Moment
    bucket_s: int
    counts: tuple[int, ...]


class Sparks(msgspec.Struct, frozen=True):
    """By alert. `complete_from`: repeats before this instant were not read."""

    sparks: dict[int, Spark]
    complete_from: Moment


def read_sparks(journal: Readable, alerts: Mapping[int, Alert], at: Moment) -> Sparks:
    """The sparks of these alerts up to now. Blocking."""
    edges = {number: _edges(alert, at) for number, alert in alerts.items()}
    counts = {number: [0] * BUCKETS for number in alerts}

    def count(number: int, moment: Moment) -> None:
        place = bisect_right(edges[number], moment) - 1
        if 0 <= place < BUCKETS:
            counts[number][place] += 1

    for number, alert in alerts.items():
        count(number, alert.fired_at)
        for record in journal.latest(numbered("ALT", number), 1_000):
            if isinstance(record.event, AlertChanged):
                count(number, record.stamp.at)
    start = min((of[0] for of in edges.values()), default=at)
    complete_from = at + 1
    end = perf_counter() + READ_S
    step = max(BUCKET_MS_MIN, (at - start) // BUCKETS)
    while complete_from > start and perf_counter() < end:
        since = max(start, complete_from - step)
        for record in journal.by_type(AlertsRepeated.__name__, since, complete_from):
            event = record.event
            assert isinstance(event, AlertsRepeated), "the type was asked for"
            for number in event.alerts:
                if number in counts:
                    count(number, record.stamp.at)
            if perf_counter() > end:
                return _shown(edges, counts, Moment(complete_from))
        complete_from = since
    return _shown(edges, counts, Moment(complete_from))


def _edges(alert: Alert, at: Moment) -> list[int]:
    """Where the buckets begin; they span the last day, or the alert's life when that is shorter."""
    start = max(at - DAY_MS, alert.fired_at)
    width = max(BUCKET_MS_MIN, -(-(at + 1 - start) // BUCKETS))
    return [start + place * width for place in range(BUCKETS)]


def _shown(edges: Mapping[int, list[int]], counts: Mapping[int, list[int]], complete_from: Moment) -> Sparks:
    return Sparks(
        {number: Spark(Moment(of[0]), (of[1] - of[0]) // 1000, tuple(counts[number])) for number, of in edges.items()},
        complete_from,
    )
