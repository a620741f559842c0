"""The four things the world is made of, as seen from inside. Protocols, nothing else.

`app.py` gives real ones, `sim/` virtual ones; the engine, ticker and outbox cannot tell which.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from tocsin.kernel.message import Moment

T = TypeVar("T")


class Clock(Protocol):
    """Time of day that never runs backwards."""

    def now(self) -> Moment:
        """The instant, in milliseconds since 1970 UTC; never less than any it gave before."""
        ...


class Disk(Protocol):
    """Where the journal's slow work is done while the loop goes on deciding."""

    async def work(self, job: Callable[[], T]) -> T:
        """Run one job after the other, in order; raises what the job raises."""
        ...


class Message(msgspec.Struct, frozen=True):
    """What a channel is to deliver. `id` is the idempotency key: the same id is the same message, whatever the attempt.

    `address` is open (unsealed) and must not be logged. `link` is a signed link to the one incident, empty for none.
    `facts` is the plain-JSON body for machines (webhooks), signed with `secret`.
    """

    id: str
    channel: str
    address: str
    subject: str
    text: str
    html: str = ""
    link: str = ""
    language: str = "en"
    facts: dict[str, object] = {}
    secret: str = ""


class Receipt(msgspec.Struct, frozen=True):
    """What became of a message. `detail` says why not, in words without secrets; `retryable` false: never will;
    `lost`: nor will any other, the contact point is gone."""

    delivered: bool
    detail: str = ""
    retryable: bool = True
    lost: bool = False


class Wire(Protocol):
    """The way out to people's devices."""

    async def send(self, message: Message) -> Receipt:
        """Deliver one message. Never raises: a fault of the world is a receipt."""
        ...


class Entropy(Protocol):
    """Chance, from outside."""

    def token(self) -> str:
        """A URL-safe secret of 256 bits."""
        ...

    def bytes(self, count: int) -> bytes:
        """That many bytes of chance."""
        ...

    def id(self) -> str:
        """A unique id, no secret."""
        ...
