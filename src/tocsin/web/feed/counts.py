"""Counts for the feed: facets, label names, and the rate at which new alerts come.

Law: a facet's counts leave out what is selected in that facet itself, so that one sees what another choice would show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from tocsin.core.alerts.views import Alert, View
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MINUTE_MS
from tocsin.web.feed.facts import Facts
from tocsin.web.feed.sieve import FIRING, RESOLVED, Sieve, Test
from tocsin.web.instants import shown

FIELDS = ("severity", "status", "source", "service", "suppressed")
VALUES_MAX = 50
"""Values of one facet in an answer; the most frequent ones."""
CLOSED_FACET_MAX = 50_000
"""Closed alerts looked at for the count of the status that is not selected."""
LABEL_ALERTS_MAX = 20_000
"""Alerts looked at to learn which labels there are."""
LABEL_NAMES_MAX = 200
LABEL_VALUES_MAX = 20
VALUES_COUNTED_MAX = 20_000
"""Values of one label that are counted: an id in a label has one for each alert."""
TOP_ALERTS_MAX = 5_000
"""New alerts looked at for what they have in common."""
TOP_MAX = 6
STORM_MIN_PER_MINUTE = 30
"""Fewer new alerts a minute are no storm, however quiet it was before."""
STORM_FACTOR = 5
"""A storm brings this many times what a minute usually brings."""

Values = Callable[[list[Alert]], Iterable[str]]


class Count(msgspec.Struct, frozen=True):
    """A value and how many alerts have it."""

    value: str
    count: int


class Facet(msgspec.Struct, frozen=True):
    """The values of a field or label. `kind` is `field` or `label`; `more` counts values that are not shown."""

    name: str
    kind: str
    values: tuple[Count, ...]
    more: int


class Facets(msgspec.Struct, frozen=True):
    """How many alerts pass at this instant, and the facets. `complete`: every alert was looked at."""

    at: datetime
    total: int
    facets: tuple[Facet, ...]
    complete: bool


class LabelName(msgspec.Struct, frozen=True):
    """A label, how many alerts have it, and its most frequent values."""

    name: str
    count: int
    values: tuple[Count, ...]


class Bucket(msgspec.Struct, frozen=True):
    """New alerts of the minute that begins at `at`."""

    at: Moment
    count: int


class Common(msgspec.Struct, frozen=True):
    """What many of the new alerts have in common."""

    label: str
    value: str
    count: int


class Rate(msgspec.Struct, frozen=True):
    """New alerts by the minute. `per_minute` is of the last sixty seconds, `usual` the median of the minutes before."""

    buckets: tuple[Bucket, ...]
    per_minute: int
    usual: int
    is_storm: bool
    top: tuple[Common, ...]


async def facets(sieve: Sieve, view: View, labels: Sequence[str], at: Moment) -> Facets:
    """Count the alerts that pass by every field and by the labels asked for; `at` is now."""
    readers: dict[str, Values] = _readers(sieve.facts) | {f"label:{name}": _of_label(name) for name in labels}
    selected = {test.facet for test in sieve.tests if test.facet}
    base = [test for test in sieve.tests if not test.facet]
    counters: dict[str, Counter[str]] = {name: Counter() for name in readers}
    total = 0
    async for rows in sieve.walk([*sieve.open(), *sieve.closed()], base):
        whole = _passing(rows, sieve.tests, "")
        total += len(whole)
        for name, values in readers.items():
            if name != "status":
                counter = counters[name]
                if len(counter) < VALUES_COUNTED_MAX:
                    counter.update(values(_passing(rows, sieve.tests, name) if name in selected else whole))
    is_complete = sieve.is_complete
    counters["status"] = await _statuses(sieve, view)
    found = tuple(_facet(name, counter) for name, counter in counters.items())
    return Facets(shown(at), total, found, is_complete)


async def _statuses(sieve: Sieve, view: View) -> Counter[str]:
    """Alerts by status, whatever status is selected; of the closed ones the latest are counted."""
    if not sieve.tests:
        return Counter({FIRING: view.open_count(), RESOLVED: view.closed_count()})
    found: Counter[str] = Counter()
    rows = [*view.open_alerts(), *islice(view.closed_alerts(), CLOSED_FACET_MAX)]
    async for part in sieve.walk(rows):
        found.update([row.status for row in part])
    return found


def _passing(rows: list[Alert], tests: Sequence[Test], but: str) -> list[Alert]:
    for test in tests:
        if test.facet and test.facet != but:
            rows = test.keep(rows)
    return rows


def _readers(facts: Facts) -> dict[str, Values]:
    return {
        "severity": lambda rows: [row.content.severity for row in rows],
        "status": lambda rows: [row.status for row in rows],
        "source": lambda rows: [row.source for row in rows],
        "service": lambda rows: [facts.service(row) for row in rows],
        "suppressed": lambda rows: ["true" if facts.rule(row) else "false" for row in rows],
    }


def _of_label(name: str) -> Values:
    return lambda rows: [row.content.labels.get(name, "") for row in rows]


def _facet(name: str, counter: Counter[str]) -> Facet:
    kind, _, label = name.rpartition(":")
    pairs = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    if name == "severity":
        pairs.sort(key=lambda pair: SEVERITIES.index(pair[0]) if pair[0] in SEVERITIES else len(SEVERITIES))
    pairs = [pair for pair in pairs if pair[1]]
    most = tuple(Count(value, count) for value, count in pairs[:VALUES_MAX])
    return Facet(label, kind or "field", most, max(0, len(pairs) - VALUES_MAX))


async def label_names(sieve: Sieve) -> tuple[LabelName, ...]:
    """The labels of the newest open alerts, the most frequent first, each with its most frequent values."""
    names: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {}
    async for rows in sieve.walk(sieve.open()[-LABEL_ALERTS_MAX:]):
        for row in rows:
            names.update(row.content.labels.keys())
            for name, value in row.content.labels.items():
                counter = values.setdefault(name, Counter())
                if len(counter) < VALUES_COUNTED_MAX:
                    counter[value] += 1
    return tuple(
        LabelName(name, count, tuple(Count(*pair) for pair in values[name].most_common(LABEL_VALUES_MAX)))
        for name, count in names.most_common(LABEL_NAMES_MAX)
    )


def rate(view: View, at: Moment, minutes: int) -> Rate:
    """How many alerts fired in each of the last minutes, and what the newest have in common."""
    first = at - at % MINUTE_MS - (minutes - 1) * MINUTE_MS
    starts = [Moment(first + minute * MINUTE_MS) for minute in range(minutes)]
    buckets = tuple(
        Bucket(start, len(view.fired_between(start, Moment(start + MINUTE_MS)))) for start in starts
    )  # fmt: skip
    lately = view.fired_between(Moment(at - MINUTE_MS + 1), Moment(at + 1))
    before = sorted(bucket.count for bucket in buckets[:-2]) or [0]
    usual = before[len(before) // 2]
    is_storm = len(lately) >= max(STORM_MIN_PER_MINUTE, STORM_FACTOR * usual)
    span = view.fired_between(Moment(at - min(minutes, 10) * MINUTE_MS), Moment(at + 1))
    return Rate(buckets, len(lately), usual, is_storm, _top(view, span))


def _top(view: View, numbers: range) -> tuple[Common, ...]:
    counter: Counter[tuple[str, str]] = Counter()
    for number in numbers[-TOP_ALERTS_MAX:]:
        alert = view.alert(number)
        if alert is not None:
            counter.update(alert.content.labels.items())
    return tuple(Common(label, value, count) for (label, value), count in counter.most_common(TOP_MAX) if count > 1)
