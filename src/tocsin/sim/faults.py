"""What goes wrong with the machine: power, process, disk, clock and wire, at instants the seed chooses.

Law: one fault after the other, each followed by a boot where it ended the house; before the quiet time all is well.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

from tocsin.shell.journal.protocol import JournalFull
from tocsin.sim.checkers import Checkers
from tocsin.sim.house import House
from tocsin.sim.ports import SimWire

KINDS = ("power", "torn", "kill", "full", "forward", "back", "wire", "snapshot")
A_DAY = 12
STEPS_S = (2, 90, 90, 3_600, 3 * 3_600)
"""By how much a clock is set: a correction, a bad one, summer time done wrong, a wrong zone."""
PATIENCE_S = 1_800
DOWN_S = (2, 20, 120, 1_800)


class Faults:
    """All faults of one run."""

    def __init__(self, house: House, wire: SimWire, checkers: Checkers, chance: Random) -> None:
        self._house = house
        self._wire = wire
        self._checkers = checkers
        self._chance = chance
        self.kinds = [kind for kind in KINDS if chance.random() < 0.7]
        house.disk.stalls = chance.random() < 0.5

    async def run(self, until_s: float) -> None:
        """Do harm until this instant of the loop; returns with a house that is up and well."""
        loop = asyncio.get_running_loop()
        while self.kinds:
            wait_s = self._chance.expovariate(A_DAY / 86_400)
            if loop.time() + wait_s >= until_s:
                break
            await asyncio.sleep(wait_s)
            kind = self._chance.choice(self.kinds)
            self._checkers.counts[f"fault_{kind}"] += 1
            await self._harm(kind)
        self._wire.is_faulty = False
        self._house.disk.stalls = False
        await asyncio.sleep(max(0.0, until_s - loop.time()))

    async def _worst_moment(self) -> None:
        """Half of the times, wait until pages are on their way: that is when a death can be heard twice."""
        if self._chance.random() < 0.5:
            return
        for _ in range(PATIENCE_S):
            if self._house.outbox._flying:
                break
            await asyncio.sleep(1)
        await asyncio.sleep(self._chance.uniform(0, 2.2))

    async def _harm(self, kind: str) -> None:
        if kind in {"power", "kill", "forward"}:
            await self._worst_moment()
        match kind:
            case "power":
                self._house.disk.crash()
                await self._reboot()
            case "kill":
                self._house.disk.kill()
                await self._reboot()
            case "torn":
                await self._torn()
            case "full":
                await self._full()
            case "forward" | "back":
                step_s = self._chance.choice(STEPS_S) * (1 if kind == "forward" else -1)
                clock = self._house.engine.clock
                before = clock.now()
                self._house.wall.offset_s += step_s
                self._checkers.stepped(step_s, clock.now() - before)
            case "wire":
                self._wire.is_faulty = not self._wire.is_faulty
            case _:
                self._house.snapshot(self._chance.random() < 0.3)

    async def _torn(self) -> None:
        """The power goes between two writes of an append to come."""
        self._house.disk.crash_within(self._chance.randint(1, 40))
        await self._stopped(600)
        if not self._house.disk.is_off:
            self._house.disk.crash()
        await self._reboot()

    async def _full(self) -> None:
        """The engine stops, and says why; somebody makes room and starts it again."""
        self._house.disk.is_full = True
        engine = self._house.engine
        await self._stopped(1_800)
        self._house.disk.is_full = False
        if engine.failed is None:
            return
        said = str(engine.failed)
        as_told = isinstance(engine.failed, JournalFull) and "disk is full" in said
        self._checkers.expect(as_told, lambda: f"the disk was full, and the engine said {engine.failed!r}")
        self._house.disk.kill()
        await self._reboot()

    async def _stopped(self, timeout_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._house.engine.stopped.wait()

    async def _reboot(self) -> None:
        self._house.die()
        await asyncio.sleep(self._chance.choice(DOWN_S) * self._chance.uniform(0.5, 1.5))
        await self._house.boot()
