"""What alerts does when something happens in a room below."""

from __future__ import annotations

from typing import Protocol

from tocsin.kernel.message import Command, Event, Stamp

HEARS: tuple[type[Event], ...] = ()


class Look(Protocol):
    """The views this room reads to react."""


def react(look: Look, event: Event, stamp: Stamp) -> tuple[Command, ...]:
    """A foreign event in, own or lower commands out."""
    return ()
