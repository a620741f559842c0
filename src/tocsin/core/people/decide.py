"""What follows from a command to people."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.people.commands import PeopleCommand
from tocsin.core.people.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: PeopleCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
