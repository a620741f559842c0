"""Every sender's words for how bad it is, on the one scale.

Law: an unknown word is the source's default, never more and never less; the sender's word is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "critical": "critical", "crit": "critical", "page": "critical", "fatal": "critical", "emergency": "critical",
    "emerg": "critical", "disaster": "critical", "blocker": "critical", "p1": "critical", "sev1": "critical",
    "error": "high", "err": "high", "major": "high", "high": "high", "alert": "high", "p2": "high", "sev2": "high",
    "warning": "medium", "warn": "medium", "medium": "medium", "moderate": "medium", "average": "medium",
    "ticket": "medium", "p3": "medium", "sev3": "medium",
    "minor": "low", "low": "low", "notice": "low", "p4": "low", "sev4": "low",
    "info": "info", "information": "info", "informational": "info", "none": "info", "debug": "info", "ok": "info",
    "p5": "info", "sev5": "info",
}  # fmt: skip
"""The words of Prometheus rules, and of everybody who has no table of their own."""

PAGERDUTY: Mapping[str, str] = {"critical": "critical", "error": "high", "warning": "medium", "info": "info"}
ZABBIX: Mapping[str, str] = {
    "5": "critical", "4": "high", "3": "medium", "2": "low", "1": "info", "0": "info",
    "disaster": "critical", "high": "high", "average": "medium", "warning": "low", "information": "info",
    "not classified": "info",
}  # fmt: skip
"""By number ({EVENT.NSEVERITY}) or by name ({EVENT.SEVERITY}); here a warning is the second lowest of five."""
NAGIOS: Mapping[str, str] = {
    "critical": "critical", "down": "critical", "warning": "medium", "unknown": "low", "unreachable": "low",
    "ok": "info", "up": "info", "pending": "info",
}  # fmt: skip
OPENFALCON: Mapping[str, str] = {
    "0": "critical", "1": "critical", "2": "medium", "3": "medium", "4": "info", "5": "info", "6": "info",
}  # fmt: skip
OPENTELEMETRY = ((21, "critical"), (17, "high"), (13, "medium"), (9, "info"), (1, "info"))
"""Severity numbers of OpenTelemetry, which CloudEvents borrow: fatal, error, warn, info, debug and trace."""


def severity_of(word: str, default: str, table: Mapping[str, str] = WORDS) -> str:
    """The severity a sender's word stands for."""
    return table.get(word) or table.get(word.strip().lower(), default)


def severity_of_number(number: int, default: str) -> str:
    """The severity of an OpenTelemetry number (1 to 24)."""
    if not 1 <= number <= 24:
        return default
    return next(severity for least, severity in OPENTELEMETRY if number >= least)
