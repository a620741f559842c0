"""Severity, urgency and priority.

Law: priority is ITIL's matrix of impact (how much the business feels the service's loss) and urgency (how soon it must
be mended), and urgency comes from the severity:

| impact of the service | critical, high | medium | low, info |
|-----------------------|----------------|--------|-----------|
| high                  | P1             | P2     | P3        |
| medium, or no service | P2             | P3     | P4        |
| low                   | P3             | P4     | P5        |
"""

from __future__ import annotations

from tocsin.core.intake.events import SEVERITIES

_RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_URGENCIES = {"critical": 0, "high": 0, "medium": 1, "low": 2, "info": 2}
_IMPACTS = {"high": 1, "medium": 2, "low": 3}


def is_worse(severity: str, other: str) -> bool:
    """Whether the first severity is worse than the second."""
    return _RANKS[severity] < _RANKS[other]


def urgency_of(severity: str) -> str:
    """How urgently people are told, when the route does not say: `high` for critical and high, else `low`."""
    return "low" if _URGENCIES[severity] else "high"


def urgency_of_priority(priority: str, urgency: str) -> str:
    """The urgency a priority set by hand brings: P1 and P2 wake people, P4 and P5 do not, P3 leaves it as it is."""
    return {"P1": "high", "P2": "high", "P3": urgency}.get(priority, "low")


def priority_of(impact: str, severity: str) -> str:
    """`P1` to `P5` by the matrix above."""
    return f"P{_IMPACTS[impact] + _URGENCIES[severity]}"
