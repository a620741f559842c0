"""What operators see of the process: metrics with Prometheus names, and structured logs.

Law: metrics are read from the engine and the views at scrape time or counted at the edge; no ids in labels, no
secrets in logs.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, TypeVar

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

import tocsin
from tocsin.kernel.moment import MINUTE_MS
from tocsin.shell.engine import Engine
from tocsin.shell.ports import Disk

T = TypeVar("T")

PAGE_DELAY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
JOURNAL_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
COMMITS_KEPT = 1_000
"""Appends the figures of system health are made of."""
ANSWERS_KEPT = 20
"""Answers to a source that are shown."""


def configure_logs(level: str, form: str) -> None:
    """Log to stdout: JSON lines, or coloured text on a terminal."""
    as_json = form == "json" or (form == "auto" and not sys.stdout.isatty())
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)


class Heard:
    """What one source said lately: the last answers as instant and status, and signals of this minute and the last."""

    def __init__(self) -> None:
        self.answers: deque[tuple[int, int]] = deque(maxlen=ANSWERS_KEPT)
        self._minute = 0
        self._count = 0
        self._before = 0

    def count(self, at: int, signals: int) -> None:
        """So many signals came."""
        self._turn(at)
        self._count += signals

    def per_minute(self, at: int) -> float:
        """Signals of the last sixty seconds, as if those of the minute before had come evenly."""
        self._turn(at)
        return round(self._count + self._before * (1 - at % MINUTE_MS / MINUTE_MS), 1)

    def _turn(self, at: int) -> None:
        minute = at // MINUTE_MS
        if minute != self._minute:
            self._before = self._count if minute == self._minute + 1 else 0
            self._minute, self._count = minute, 0


class Telemetry:
    """What the edge counts and measures, beside what is read from the engine.

    `requests` counts answers by door and status, `received` signals and dead letters by door and outcome: plain
    tallies, because the clients' own counters cost more than reading a small request. `heard` is by source, `refused`
    counts deliveries with a key that is not good any more by the source it belonged to (empty: nobody's).
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests: Tally[tuple[str, int]] = Tally()
        self.received: Tally[tuple[str, str]] = Tally()
        self.heard: dict[str, Heard] = {}
        self.refused: Tally[str] = Tally()
        self.commit_seconds: deque[float] = deque(maxlen=COMMITS_KEPT)
        self.page_delay = Histogram(
            "tocsin_page_delay_seconds",
            "From the instant a page is due to the hand-over to its channel.",
            buckets=PAGE_DELAY_BUCKETS_S,
            registry=self.registry,
        )
        self.pages = Counter("tocsin_pages_sent", "Pages handed over.", ("channel",), registry=self.registry)
        self.snapshots_failed = Counter(
            "tocsin_snapshots_failed", "Snapshots that could not be written.", registry=self.registry
        )
        self.journal_seconds = Histogram(
            "tocsin_journal_append_seconds",
            "One durable append of the journal.",
            buckets=JOURNAL_BUCKETS_S,
            registry=self.registry,
        )
        self.timer_lateness = Histogram(
            "tocsin_timer_lateness_seconds",
            "How late a due timer was decided.",
            buckets=JOURNAL_BUCKETS_S,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)

    def watch(self, engine: Engine) -> None:
        """Show what the engine and its views know, too."""
        self.registry.register(_Tallies(self))
        self.registry.register(_EngineCollector(engine))

    def timed(self, disk: Disk) -> Disk:
        """The disk, each of its jobs measured as an append of the journal."""
        return _TimedDisk(disk, self._committed)

    def _committed(self, seconds: float) -> None:
        self.journal_seconds.observe(seconds)
        self.commit_seconds.append(seconds)

    def heard_of(self, source: str) -> Heard:
        """What the source said lately."""
        heard = self.heard.get(source)
        if heard is None:
            heard = self.heard[source] = Heard()
        return heard

    def ticked(self, lateness_ms: int) -> None:
        """Something was due and has been decided."""
        self.timer_lateness.observe(lateness_ms / 1000)

    def exposition(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


class _TimedDisk:
    def __init__(self, disk: Disk, observe: Callable[[float], None]) -> None:
        self._disk = disk
        self._observe = observe

    async def work(self, job: Callable[[], T]) -> T:
        """Do the job and say how long it took."""
        start = perf_counter()
        done = await self._disk.work(job)
        self._observe(perf_counter() - start)
        return done


class _Tallies:
    """Shows the tallies."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def collect(self) -> Iterable[Metric]:
        requests = CounterMetricFamily("tocsin_http_requests", "Requests at the doors.", labels=("door", "code"))
        for (door, status), count in self._telemetry.requests.items():
            requests.add_metric((door, str(status)), count)
        yield requests
        received = CounterMetricFamily(
            "tocsin_signals_received", "Signals taken in durably.", labels=("door", "outcome")
        )
        for (door, outcome), count in self._telemetry.received.items():
            received.add_metric((door, outcome), count)
        yield received


class _EngineCollector:
    """Reads the engine and its views at scrape time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        engine = self._engine
        info = GaugeMetricFamily("tocsin_build_info", "The running release.", labels=("version",))
        info.add_metric((tocsin.__version__,), 1)
        yield info
        yield GaugeMetricFamily("tocsin_inbox_depth", "Signals and commands that wait.", value=engine.inbox.weight)
        yield GaugeMetricFamily("tocsin_journal_seq", "The last durable sequence.", value=engine.seq_dry)
        yield CounterMetricFamily("tocsin_commands_quarantined", "Commands a defect stopped.", value=engine.quarantined)
        yield CounterMetricFamily(
            "tocsin_defects_after_commit", "Answers and feeds a defect stopped after the commit.", value=engine.defects
        )
        # A gauge: signals move from pending to paged, and back when a silence lets go of them.
        fates = GaugeMetricFamily("tocsin_signals_fate", "All signals so far by their fate now.", labels=("fate",))
        for fate, count in engine.look.notify.ledger().by_fate().items():
            fates.add_metric((fate,), count)
        yield fates
        alerts = GaugeMetricFamily("tocsin_alerts_open", "Open alerts.", labels=("severity",))
        for severity, count in engine.look.alerts.open_by_severity().items():
            alerts.add_metric((severity,), count)
        yield alerts
        incidents = GaugeMetricFamily("tocsin_incidents_open", "Open incidents.", labels=("status",))
        for status, count in engine.look.incidents.open_by_status().items():
            incidents.add_metric((status,), count)
        yield incidents
        letters = len(engine.look.intake.dead_letters())
        yield GaugeMetricFamily("tocsin_dead_letters_open", "Dead letters nobody has looked at.", value=letters)
