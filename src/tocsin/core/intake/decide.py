"""What follows from a command to intake."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.intake.commands import IntakeCommand
from tocsin.core.intake.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: IntakeCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
