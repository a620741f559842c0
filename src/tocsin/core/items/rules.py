"""Walks over the graph of dependencies. Free of messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

DEPENDS_MAX = 100
"""Services one may depend on directly: more is a list, not a design."""
DESCRIPTION_MAX = 4_000
"""Characters of a description: a screen of text."""
RUNBOOK_MAX = 2_000
"""Characters of a runbook's address."""
RUNBOOK_SCHEMES = ("https://", "http://")
"""What such an address begins with: a browser follows `javascript:`, too."""


def reach(start: str, nexts: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Everything reached from the start, without it, nearest first (breadth first, in the given order)."""
    found = {start: None}
    waiting = deque((start,))
    while waiting:
        for one in nexts(waiting.popleft()):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return tuple(found)[1:]


def path(start: str, goal: str, nexts: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """A shortest way from the start to the goal of at least one step, empty when there is none."""
    came_from: dict[str, str] = {}
    waiting = deque((start,))
    while waiting:
        here = waiting.popleft()
        for one in nexts(here):
            if one in came_from:
                continue
            came_from[one] = here
            if one == goal:
                return _walk(start, goal, came_from)
            waiting.append(one)
    return ()


def _walk(start: str, goal: str, came_from: dict[str, str]) -> tuple[str, ...]:
    way = [goal]
    while len(way) == 1 or way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))
