"""What items must be remembered to decide."""

from __future__ import annotations

import msgspec

from tocsin.core.items.events import ItemsEvent
from tocsin.kernel.message import Stamp


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them."""


def evolve(state: State, event: ItemsEvent, stamp: Stamp) -> None:
    """Fold one event."""
