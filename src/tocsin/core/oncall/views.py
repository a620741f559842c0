"""What can be seen of oncall."""

from __future__ import annotations

import msgspec

from tocsin.core.oncall.state import State
from tocsin.kernel.message import Event, Moment, Stamp

HEARS: tuple[type[Event], ...] = ()


class View(msgspec.Struct):
    """The room's door for reading."""

    known: State = msgspec.field(default_factory=State)

    def due(self) -> Moment | None:
        """The next instant at which time changes something here, None for never."""
        return None


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event, own or heard."""
