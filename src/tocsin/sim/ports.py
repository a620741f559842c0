"""The virtual wall clock, wire, chance and vault behind the ports."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Protocol

from tocsin.shell.ports import Message, Receipt
from tocsin.shell.real import SteadyClock
from tocsin.shell.vault import Vault

EPOCH_MS = 1_774_224_000_000
"""2026-03-23T00:00:00Z: the week before Europe's clocks go forward, so that runs cross it."""


class Wall:
    """A wall clock somebody may set forward or back; the loop's own time goes on."""

    def __init__(self, start_at: int = EPOCH_MS) -> None:
        self.offset_s = start_at / 1000

    def time(self) -> float:
        """Seconds since 1970 UTC, as the wall shows them."""
        return asyncio.get_running_loop().time() + self.offset_s

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC, as the wall shows them."""
        return int(self.time() * 1000)

    def clock(self, not_before: int = 0) -> SteadyClock:
        """The real steady clock on this wall."""
        return SteadyClock(not_before, self.time, asyncio.get_running_loop().time)


class SimEntropy:
    """Chance of the seed. Ids must not repeat after a reboot, so each boot has a `prefix` of its own."""

    def __init__(self, chance: Random, prefix: str = "sim") -> None:
        self._chance = chance
        self._prefix = prefix
        self._count = 0

    def token(self) -> str:
        """No secret here."""
        return f"{self._chance.getrandbits(256):064x}"

    def bytes(self, count: int) -> bytes:
        """That many bytes."""
        return self._chance.randbytes(count)

    def id(self) -> str:
        """Unique within the run."""
        self._count += 1
        return f"{self._prefix}-{self._count}"


class OpenVault(Vault):
    """A vault whose seal hides nothing, so that the same seed gives the same sealed text."""

    def __init__(self) -> None:
        super().__init__(b"no secret in a simulation")

    def seal(self, text: str) -> str:
        """The text, marked."""
        return f"sealed:{text}"

    def open(self, sealed: str) -> str:
        """The text again."""
        return sealed.removeprefix("sealed:")


class Listener(Protocol):
    """Who watches the wire: the checkers, and the person at its end."""

    def sent(self, message: Message) -> None:
        """A message was handed over."""
        ...

    def heard(self, message: Message) -> None:
        """A message reached a person."""
        ...

    def unconfirmed(self, message: Message, why: str) -> None:
        """The house cannot know whether this message arrived: it may send it once more."""
        ...


class SimWire:
    """A wire that delays, loses, refuses for good, hangs, and loses its answers."""

    def __init__(self, chance: Random, listener: Listener) -> None:
        self._chance = chance
        self._listener = listener
        self.is_faulty = False
        self.sent = 0

    async def send(self, message: Message) -> Receipt:
        """One attempt. When the house dies meanwhile, the message may still arrive."""
        self.sent += 1
        self._listener.sent(message)
        chance = self._chance
        try:
            await asyncio.sleep(chance.uniform(0.01, 2.0))
        except asyncio.CancelledError:
            if chance.random() < 0.5:
                self._listener.heard(message)
            raise
        fate = chance.random() if self.is_faulty else 1.0
        if fate < 0.12:
            return Receipt(False, "lost")
        if fate < 0.14:
            return Receipt(False, "refused for good", retryable=False)
        if fate < 0.16:
            self._hear(message, "its answer was lost")
            return Receipt(False, "heard, but the answer was lost")
        if fate < 0.17:
            self._listener.unconfirmed(message, "it hung")
            await asyncio.sleep(chance.uniform(60, 600))
            return Receipt(False, "hung")
        self._listener.heard(message)
        return Receipt(True, "heard")

    def _hear(self, message: Message, why: str) -> None:
        self._listener.unconfirmed(message, why)
        self._listener.heard(message)
