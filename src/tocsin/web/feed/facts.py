"""What the feed knows of an alert beyond the alert itself, and the variables a condition may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.core.alerts.views import Alert
from tocsin.core.world import Views
from tocsin.kernel.ids import numbered
from tocsin.web.instants import shown, shown_or_none


class Facts:
    """Answers about alerts, from the views as they are now."""

    def __init__(self, look: Views) -> None:
        self._alerts = look.alerts
        self._incidents = look.incidents
        self._items = look.items

    def incident(self, alert: Alert) -> str:
        """The latest incident the alert belongs to, empty for none."""
        found = self._incidents.incidents_of(alert.number)
        return found[-1] if found else ""

    def service(self, alert: Alert) -> str:
        """The service of its incident; without one, the service its label names, where there is such a one."""
        found = self._incidents.incidents_of(alert.number)
        incident = self._incidents.incident(found[-1]) if found else None
        if incident is not None:
            return incident.service
        named = alert.content.labels.get("service", "")
        return named if named and self._items.service(named) is not None else ""

    def rule(self, alert: Alert) -> str:
        """The rule that keeps the open alert from paging, empty for none."""
        held = self._alerts.suppression(alert.number)
        return held.rule if held else ""

    def count(self, alert: Alert) -> int:
        """How often it was said: once, and its repeats."""
        return self._alerts.repeats(alert.number) + 1

    def last_at(self, alert: Alert) -> int:
        """When the house last heard of it."""
        return self._alerts.heard_at(alert)

    def all_last_at(self, alerts: list[Alert]) -> Sequence[int]:
        """`last_at` of many alerts."""
        return self._alerts.all_heard_at(alerts)

    def all_repeats(self, alerts: list[Alert]) -> Sequence[int]:
        """One less than `count` of many alerts."""
        return self._alerts.all_repeats(alerts)

    def readers(self) -> Mapping[str, Callable[[Alert], Any]]:
        """What `alert.<name>` says in a condition; instants are timestamps, null where there is none."""
        return {
            "id": lambda alert: numbered("ALT", alert.number),
            "key": lambda alert: alert.key,
            "source": lambda alert: alert.source,
            "status": lambda alert: alert.status,
            "title": lambda alert: alert.content.title,
            "summary": lambda alert: alert.content.title,
            "severity": lambda alert: alert.content.severity,
            "severity_original": lambda alert: alert.content.severity_original,
            "url": lambda alert: alert.content.url,
            "labels": lambda alert: alert.content.labels,
            "annotations": lambda alert: alert.content.annotations,
            "incident": self.incident,
            "service": self.service,
            "suppressed": lambda alert: self._alerts.is_suppressed(alert.number),
            "suppressed_by": self.rule,
            "silenced_by": lambda alert: self._alerts.silenced_by(alert.number),
            "count": self.count,
            "how": lambda alert: alert.how,
            "acknowledged": lambda alert: alert.acknowledged_at > 0,
            "first_at": lambda alert: shown(alert.fired_at),
            "started_at": lambda alert: shown(alert.started_at),
            "last_at": lambda alert: shown(self.last_at(alert)),
            "ended_at": lambda alert: shown_or_none(alert.ended_at),
        }


FIELDS = (
    "acknowledged", "annotations", "count", "ended_at", "first_at", "how", "id", "incident", "key", "labels",
    "last_at", "service", "severity", "severity_original", "silenced_by", "source", "started_at", "status", "summary",
    "suppressed", "suppressed_by", "title", "url",
)  # fmt: skip
"""The names after `alert.`."""
