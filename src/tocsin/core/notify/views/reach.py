"""Whether a contact point really reaches its person: what became of the last messages to it.

Law: only what a channel said counts. A contact point that was never tried is not known to work, however it was
verified.
"""

from __future__ import annotations

import msgspec

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS

STALE_MS = 30 * DAY_MS
"""A month without a message that arrived: phones are changed, filters learn, tokens run out."""


class Reach(msgspec.Struct, frozen=True, gc=False):
    """When a channel last took a message to a contact point, when it last did not, and why not. 0: never."""

    ok_at: Moment = Moment(0)
    failed_at: Moment = Moment(0)
    reason: str = ""

    def state(self, verified: bool, at: Moment) -> str:
        """`unverified`, `never` tried with success, `failing` (the last message did not arrive), `stale` (the last one
        that did is older than 30 days) or `ok`."""
        if not verified:
            return "unverified"
        if self.failed_at > self.ok_at:
            return "failing"
        if not self.ok_at:
            return "never"
        return "stale" if at - self.ok_at > STALE_MS else "ok"


UNTRIED = Reach()


class Reaches(msgspec.Struct):
    """What is known of each contact point, by its id."""

    contacts: dict[str, Reach] = {}

    def arrived(self, contact: str, at: Moment) -> None:
        """A channel took a message."""
        self.contacts[contact] = msgspec.structs.replace(self.of(contact), ok_at=at)

    def failed(self, contact: str, at: Moment, reason: str) -> None:
        """A channel did not take a message."""
        self.contacts[contact] = msgspec.structs.replace(self.of(contact), failed_at=at, reason=reason)

    def of(self, contact: str) -> Reach:
        """What is known of a contact point."""
        return self.contacts.get(contact, UNTRIED)

    def forget(self, contact: str) -> None:
        """The contact point was removed."""
        self.contacts.pop(contact, None)
