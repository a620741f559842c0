"""An asyncio loop whose time is virtual: when nothing is ready it jumps to the next timer.

Law: no thread, no socket, no wall clock; the order of callbacks is the order they were asked for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any

TURNS_MAX = 200_000
"""Turns of the loop at one instant: more is a circle that would never let time go on."""


class Stuck(Exception):
    """Nothing would ever happen again: everything waits, or something turns in a circle."""


class _NoSelector(selectors.BaseSelector):
    """A selector without files: waiting is jumping."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.turns = 0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Stuck("everything waits and no timer is set")
        if timeout > 0:
            self.now_s += timeout
            self.turns = 0
            return []
        self.turns += 1
        if self.turns > TURNS_MAX:
            self.turns = 0
            raise Stuck(f"{TURNS_MAX} turns of the loop and time stands still at {self.now_s:.3f} s")
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on virtual seconds, starting at 0."""

    def __init__(self) -> None:
        self._virtual = _NoSelector()
        super().__init__(self._virtual)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Virtual seconds since the loop began."""
        return self._virtual.now_s
