"""Who guesses passwords is slowed down, wherever one is asked for: at the door, and before a new one is set.

Law: what is counted is a name in a place, an address for all names, and a name from everywhere.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from litestar.params import Dependency

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MINUTE_MS
from tocsin.web.problem import Refused

FAILURES_MAX = 5
"""Wrong passwords for one name in one place within the window; then it waits. A place is a browser the person has
logged in with before, else an address: a stranger who guesses does not keep the person out of their own browser."""
ADDRESS_FACTOR, NAME_FACTOR = 10, 20
"""So many times as many from one address for all names, and for one name from all addresses; known browsers apart."""
WINDOW_MS = 5 * MINUTE_MS
BRAKED_MAX = 10_000
"""Names and addresses remembered; past it the oldest are forgotten, which takes an attacker ten thousand tries."""


class Place(msgspec.Struct, frozen=True):
    """Where somebody tries to log in from: `browser` is empty unless this very person is known there."""

    address: str
    browser: str = ""

    def keys(self, name: str) -> tuple[tuple[str, int], ...]:
        """What is counted here for this name, and how much of it is too much."""
        if self.browser:
            return ((f"browser:{self.browser}", FAILURES_MAX),)
        return (
            (f"name:{name}@{self.address}", FAILURES_MAX),
            (f"address:{self.address}", FAILURES_MAX * ADDRESS_FACTOR),
            (f"name:{name}", FAILURES_MAX * NAME_FACTOR),
        )


class LoginBrake:
    """Counts wrong passwords by name and place, and by address. A try counts as wrong until it is known to be right, so
    that a hundred at once are not a hundred."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, Moment]] = {}

    def check(self, name: str, place: Place, at: Moment) -> None:
        """Raises Refused while there were too many failures."""
        for key, most in place.keys(name):
            count, until = self._failures.get(key, (0, Moment(0)))
            if count >= most and until > at:
                raise Refused(429, "too_many_requests", retry_after=str((until - at) // 1000 + 1))

    def tried(self, name: str, place: Place, at: Moment) -> None:
        """Remember a try; the window begins with the first."""
        for key, _ in place.keys(name):
            count, until = self._failures.pop(key, (0, Moment(0)))
            if until <= at:
                count, until = 0, Moment(at + WINDOW_MS)
            self._failures[key] = (count + 1, until)
        while len(self._failures) > BRAKED_MAX:
            self._failures.pop(next(iter(self._failures)))

    def succeeded(self, name: str, place: Place) -> None:
        """The person is in; their failures here do not count any more, and this try nowhere."""
        own, *others = place.keys(name)
        self._failures.pop(own[0], None)
        for key, _ in others:
            if found := self._failures.get(key):
                self._failures[key] = (found[0] - 1, found[1])


Brake: TypeAlias = Annotated[LoginBrake, Dependency(skip_validation=True)]
