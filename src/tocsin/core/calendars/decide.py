"""What follows from a command to calendars."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.calendars.commands import CalendarsCommand
from tocsin.core.calendars.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: CalendarsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
