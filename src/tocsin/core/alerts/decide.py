"""What follows from a command to alerts."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.alerts.commands import AlertsCommand
from tocsin.core.alerts.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: AlertsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
