"""What follows from a command to incidents."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.incidents.commands import IncidentsCommand
from tocsin.core.incidents.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: IncidentsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
