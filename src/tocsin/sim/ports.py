"""The virtual wall clock, wire and chance behind the ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from tocsin.shell.ports import Message, Receipt
from tocsin.shell.real import SteadyClock

EPOCH_MS = 1_774_224_000_000
"""2026-03-23T00:00:00Z: the week before Europe's clocks go forward, so that runs cross it."""


class Wall:
    """A wall clock somebody may set forward or back; the loop's own time goes on."""

    def __init__(self, start_at: int = EPOCH_MS) -> None:
        self.offset_s = start_at / 1000

    def time(self) -> float:
        """Seconds since 1970 UTC, as the wall shows them."""
        return asyncio.get_running_loop().time() + self.offset_s

    def clock(self, not_before: int = 0) -> SteadyClock:
        """The real steady clock on this wall."""
        return SteadyClock(not_before, self.time, asyncio.get_running_loop().time)


class SimEntropy:
    """Chance of the seed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
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
        return f"sim-{self._count}"


class SimWire:
    """A wire that delays, loses, refuses for good, hangs and delivers twice. Tells `heard` what reached a person."""

    def __init__(self, chance: Random, faulty: bool, heard: Callable[[Message], None]) -> None:
        self._chance = chance
        self.faulty = faulty
        self._heard = heard
        self.sent = 0

    async def send(self, message: Message) -> Receipt:
        """One attempt."""
        self.sent += 1
        chance = self._chance
        await asyncio.sleep(chance.uniform(0.01, 2.0))
        if not self.faulty:
            self._heard(message)
            return Receipt(True, "heard")
        fate = chance.random()
        if fate < 0.12:
            return Receipt(False, "lost")
        if fate < 0.14:
            return Receipt(False, "refused for good", retryable=False)
        if fate < 0.16:
            self._heard(message)
            return Receipt(False, "heard, but the answer was lost")
        if fate < 0.17:
            await asyncio.sleep(chance.uniform(60, 600))
            return Receipt(False, "hung")
        self._heard(message)
        return Receipt(True, "heard")
