"""What follows from a command to oncall."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.oncall.commands import OncallCommand
from tocsin.core.oncall.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: OncallCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
