"""What follows from a command to items."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.items.commands import ItemsCommand
from tocsin.core.items.state import State
from tocsin.kernel.message import Accepted, Decision, Envelope, Tick


class Look(Protocol):
    """The views this room reads to decide."""


def decide(known: State, look: Look, command: ItemsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    return Accepted()
