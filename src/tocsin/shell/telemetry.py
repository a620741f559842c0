"""What operators see of the process: metrics with Prometheus names, and structured logs.

Law: metrics are read from the engine and the views at scrape time or counted at the edge; no ids in labels, no
secrets in logs.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

import tocsin
from tocsin.shell.engine import Engine

PAGE_DELAY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
JOURNAL_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)


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


class Telemetry:
    """The counters the edge counts, beside what is read from the engine."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "tocsin_signals_received", "Signals taken in durably.", ("door", "outcome"), registry=self.registry
        )
        self.requests = Counter(
            "tocsin_http_requests", "HTTP requests answered.", ("door", "code"), registry=self.registry
        )
        self.page_delay = Histogram(
            "tocsin_page_delay_seconds",
            "From the instant a page is due to the hand-over to its channel.",
            buckets=PAGE_DELAY_BUCKETS_S,
            registry=self.registry,
        )
        self.pages = Counter("tocsin_pages_sent", "Pages handed over.", ("channel",), registry=self.registry)
        self.journal_seconds = Histogram(
            "tocsin_journal_append_seconds",
            "One durable append of the journal.",
            buckets=JOURNAL_BUCKETS_S,
            registry=self.registry,
        )
        self.tick_lateness = Histogram(
            "tocsin_timer_lateness_seconds",
            "How late a due timer was decided.",
            buckets=JOURNAL_BUCKETS_S,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(_EngineCollector(engine))

    def exposition(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


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
        ledger = engine.look.notify.ledger()
        fates = CounterMetricFamily("tocsin_signals_fate", "Signals by their fate.", labels=("fate",))
        for fate, count in ledger.by_fate().items():
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
