"""What oncall must be remembered to decide."""

from __future__ import annotations

import msgspec

from tocsin.core.oncall.events import OncallEvent
from tocsin.kernel.message import Stamp


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them."""


def evolve(state: State, event: OncallEvent, stamp: Stamp) -> None:
    """Fold one event."""
