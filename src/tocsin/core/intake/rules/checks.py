"""A check of the Nagios family: host, service, state. Shared by the notifications and the passive results.

Law: OK and UP end an alert; a state that is none of the family's is an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.intake.events import Content, SourceSpec
from tocsin.core.intake.rules.batch import content
from tocsin.core.intake.rules.severity import NAGIOS, severity_of

SERVICE_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
HOST_STATES = ("UP", "DOWN", "UNREACHABLE")
GOOD = ("OK", "UP")
STATES = (*SERVICE_STATES, *HOST_STATES)


def key_of_check(host: str, service: str) -> str:
    """Host and service as Icinga writes them; `!` may be in neither name."""
    return f"{host}!{service}" if service else host


def state_of(text: str, service: str) -> str:
    """The state a word or number stands for, empty when it is none. Numbers of hosts and services differ."""
    word = text.strip().upper()
    numbered = SERVICE_STATES if service else HOST_STATES
    if word in {"0", "1", "2", "3"}:
        return numbered[min(int(word), len(numbered) - 1)]
    return word if word in STATES else ""


def content_of_check(
    spec: SourceSpec,
    host: str,
    service: str,
    state: str,
    annotations: Mapping[str, str],
    more: Mapping[str, str] | None = None,
) -> Content:
    """What a bad state says."""
    title = f"{service} on {host} is {state}" if service else f"{host} is {state}"
    labels = {**(more or {}), "alertname": service or "host", "host": host, "service": service}
    return content(spec, title, severity_of(state, spec.severity_default, NAGIOS), labels, annotations, word=state)
