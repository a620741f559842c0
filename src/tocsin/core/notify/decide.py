"""What follows from a command to notify."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.notify.commands import NotifyCommand
from tocsin.core.notify.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: NotifyCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
