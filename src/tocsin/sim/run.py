"""One run: a seed and a length of virtual time in; a digest out, or Broken with its story.

Law: everything that happens follows from the seed. After the time of faults comes a quiet time without any, at whose
end nothing may be owed, late or forgotten.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from random import Random

import msgspec

from tocsin.kernel.message import Rejected
from tocsin.shell.journal.protocol import JournalError
from tocsin.shell.journal.sqlite import SqliteJournal
from tocsin.shell.ports import Message
from tocsin.sim import town as towns
from tocsin.sim.checkers import Broken, Checkers, check_end
from tocsin.sim.crowd import Crowd
from tocsin.sim.disk import SimDisk
from tocsin.sim.faults import Faults
from tocsin.sim.house import JOURNAL, House, Parts
from tocsin.sim.loop import Stuck, VirtualLoop
from tocsin.sim.ports import SimWire, Wall
from tocsin.sim.workload import Workload, swarm

DAY_S = 86_400
QUIET_S = 2 * DAY_S
"""Long enough for the slowest ladder to be climbed in the delivery hours of every zone."""
LOOK_EVERY_S = 15.0
SNAPSHOT_EVERY_EVENTS = 15_000
"""Short runs recover from the journal alone, long ones do not read a week again at each boot."""


class Result(msgspec.Struct, frozen=True):
    """What came of a run. `digest` is the same for the same seed, wherever and whenever it runs."""

    seed: int
    days: float
    digest: str
    counts: dict[str, int]


def run(seed: int, days: float = 1.0, parts: Parts | None = None) -> Result:
    """Live these days, then the quiet ones. Raises Broken."""
    with tempfile.TemporaryDirectory(prefix="tocsin-sim-") as directory:
        life = _Life(seed, days, parts or Parts(), Path(directory))
        try:
            with asyncio.Runner(loop_factory=VirtualLoop) as runner:
                runner.get_loop().set_exception_handler(lambda loop, context: None)
                try:
                    return runner.run(life.live())
                except Stuck as stuck:
                    raise runner.run(life.stood_still(stuck)) from stuck
        finally:
            life.close()


class _Life:
    """The parts of one run."""

    checkers: Checkers | None = None

    def __init__(self, seed: int, days: float, parts: Parts, directory: Path) -> None:
        self.seed = seed
        self.days = days
        self._parts = parts
        self._directory = directory
        self._disk: SimDisk | None = None
        self._house: House | None = None

    def chance(self, what: str) -> Random:
        """Chance for one thing alone, so that a change in one leaves the others as they were."""
        return Random(f"{self.seed}/{what}")

    def close(self) -> None:
        """Let go of the journal and the disk."""
        if self._house is not None and self._house.is_up:
            self._house.journal.close()
        if self._disk is not None:
            self._disk.close()

    async def stood_still(self, stuck: Stuck) -> Broken:
        """The story of a run in which nothing happens any more."""
        assert self.checkers is not None, "the house stood still before it was built"
        self.checkers.break_(f"time stands still: {stuck}")
        assert self.checkers.broken is not None, "it was broken just now"
        return self.checkers.broken

    async def live(self) -> Result:
        """All of it."""
        wall = Wall()
        self._disk = disk = SimDisk(f"sim-{self.seed}", self.chance("disk"))
        ears: list[Crowd] = []
        self.checkers = checkers = Checkers(self.seed, wall, lambda message: _hear(ears, message))
        wire = SimWire(self.chance("wire"), checkers)
        self._house = house = House(disk, wall, wire, self.chance("entropy"), checkers, self._directory, self._parts)
        faults = Faults(house, wire, checkers, self.chance("faults"))
        await house.boot()
        town, commands = towns.make(self.chance("town"))
        work = Workload(house, town, checkers, swarm(self.chance("swarm")), self.chance("work"))
        crowd = Crowd(house, town, checkers, self.chance("crowd"))
        ears.append(crowd)

        async def story() -> None:
            for command in commands:
                decision = await house.engine.submit(command, "init")
                assert not isinstance(decision, Rejected), f"the town cannot be built: {command} {decision}"
            work.start()
            crowd.start()
            await faults.run(self.days * DAY_S)
            work.calm()
            crowd.calm()
            await asyncio.sleep(QUIET_S)
            work.stop()
            crowd.stop()
            await asyncio.sleep(60)
            await house.engine.dry()

        await self._unless_broken(story(), house)
        check_end(checkers)
        self._check_broken()
        return self._ended(house)

    async def _unless_broken(self, story: Coroutine[None, None, None], house: House) -> None:
        """Run the story to its end, unless something breaks before."""
        checkers = self.checkers
        assert checkers is not None
        tasks = [asyncio.ensure_future(one) for one in (story, checkers.broke(), _look(checkers, house))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done() and checkers.broken is None:
                task.result()
            task.cancel()
        self._check_broken()

    def _check_broken(self) -> None:
        if self.checkers is not None and self.checkers.broken is not None:
            raise self.checkers.broken

    def _ended(self, house: House) -> Result:
        checkers = self.checkers
        assert checkers is not None
        head = checkers.journal.head()
        rows = list(checkers.journal.rows())
        house.disk.kill()
        house.die()
        house.disk.boot()
        _check_rot(checkers, house.disk, rows[len(rows) // 2][9], self._parts.journal)
        self._check_broken()
        counts = {name: checkers.counts[name] for name in sorted(checkers.counts)}
        digest = head.hash.hex()[:32] + "-" + "-".join(str(counts.get(name, 0)) for name in ("events", "sent", "heard"))
        return Result(self.seed, self.days, digest, counts)


def _hear(ears: list[Crowd], message: Message) -> None:
    for ear in ears:
        ear.hear(message)


async def _look(checkers: Checkers, house: House) -> None:
    """Look around for ever; an engine that stops without a fault is broken. The follower works as in the real house."""
    kept = 0
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if not house.is_up:
            continue
        checkers.look_around()
        failed = house.engine.failed
        if failed is not None and not house.disk.is_off and not house.disk.is_full:
            checkers.break_(f"the engine stopped: {failed!r}")
        if failed is None and checkers.seq - kept >= SNAPSHOT_EVERY_EVENTS:
            kept = checkers.seq
            house.snapshot(rots=False)


def _check_rot(checkers: Checkers, disk: SimDisk, body: bytes, kind: type[SqliteJournal]) -> None:
    """A bit of a stored event rots: verify must find it (unless the bit lay in what no row uses any more)."""
    journal = kind(JOURNAL, vfs=disk.vfs, exclusive=True)
    journal.close()
    place = disk.files[JOURNAL].durable.find(body)
    checkers.expect(place >= 0, lambda: f"an event is not where it was written: {body!r}")
    if place < 0:
        return
    disk.kill()
    disk.boot()
    disk.flip_bit(JOURNAL, (place + len(body) // 2) * 8)
    try:
        journal = kind(JOURNAL, vfs=disk.vfs, exclusive=True)
        is_same = body in {row[9] for row in journal.rows()}
        verdict = journal.verify()
        journal.close()
    except JournalError:
        return
    checkers.expect(is_same or not verdict.ok, lambda: "a bit of the journal rotted and verify did not see it")
