"""What comes in: outages that begin and recover, storms, flapping, duplicates, late and foreign bytes, missed beats.

Law: senders behave as the real ones do. They send again what was not answered 2xx, on their own schedule, and remember
what was. Their clocks are right, whatever the house's clock does. A seed switches off kinds of traffic at random
(swarm testing), because two kinds may hide each other's bugs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

import msgspec

from tocsin.kernel.moment import MINUTE_MS, SECOND_MS
from tocsin.sim import dialects
from tocsin.sim.checkers import Checkers
from tocsin.sim.dialects import Ask, Trouble
from tocsin.sim.house import Answered, House
from tocsin.sim.ports import EPOCH_MS
from tocsin.sim.town import BEAT_S, QUIET, SERVICES, Town

KINDS = ("storms", "flapping", "late", "doubles", "garbage", "beats_missed", "acknowledged", "losses", "big_batches")
"""Kinds of traffic a seed may switch off, beside doors."""
OUTAGES_A_DAY = 40
STORM_SIZE_MAX = 120
PROMETHEUS_EVERY_S = 60
RESOLVED_RESENT_MS = 15 * MINUTE_MS
"""How long Prometheus repeats a recovery."""
TRIES_MAX = 6
"""Most senders give up in the end; whoever was not answered was promised nothing."""
SKEW_MS_MAX = 3 * MINUTE_MS
"""Where the house's clock is further ahead, an alert of Prometheus is over when it arrives, as it says itself."""
NAMES = ("DiskFull", "HighLatency", "Down", "CertExpires", "QueueGrows", "ReplicaLags")
SEVERITIES = ("critical", "critical", "high", "medium", "low", "info")


class Swarm(msgspec.Struct, frozen=True):
    """What this seed does. `rate` scales the outages."""

    doors: tuple[str, ...]
    kinds: tuple[str, ...]
    rate: float

    def does(self, kind: str) -> bool:
        """Whether the kind is switched on."""
        return kind in self.kinds


def swarm(chance: Random) -> Swarm:
    """Switch off some doors and kinds; at least one door stays."""
    doors = ("alertmanager", "alertmanager_webhook", *dialects.SINGLE)
    on = tuple(door for door in doors if chance.random() < 0.7) or doors[:1]
    kinds = tuple(kind for kind in KINDS if chance.random() < 0.6)
    return Swarm(on, kinds, chance.choice((0.5, 1.0, 2.0)))


class Workload:
    """All senders of one run."""

    def __init__(self, house: House, town: Town, checkers: Checkers, what: Swarm, chance: Random) -> None:
        self._house = house
        self._town = town
        self._checkers = checkers
        self._what = what
        self._chance = chance
        self._count = 0
        self._watched: dict[str, Trouble] = {}
        self._is_calm = False
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._prometheus_wakes = asyncio.Event()

    def start(self) -> None:
        """Begin to send."""
        self._spawn(self._outages())
        self._spawn(self._prometheus())
        self._spawn(self._beats())
        if self._what.does("garbage"):
            self._spawn(self._garbage())
        if self._what.does("storms"):
            self._spawn(self._storms())
        if self._what.does("big_batches"):
            self._spawn(self._batches())

    def calm(self) -> None:
        """No new troubles; those that are stay, and senders go on as they do."""
        self._is_calm = True
        self._what = msgspec.structs.replace(self._what, kinds=())

    def stop(self) -> None:
        """Send nothing more."""
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task), "senders are coroutines"
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._checkers.break_(f"a sender met a defect: {fault!r}")

    # Troubles

    async def _outages(self) -> None:
        while not self._is_calm:
            await asyncio.sleep(self._chance.expovariate(OUTAGES_A_DAY * self._what.rate / 86_400))
            for _ in range(self._chance.choice((1, 1, 1, 2, 5))):
                self._spawn(self._outage(self._chance.choice(self._what.doors)))

    async def _storms(self) -> None:
        while not self._is_calm:
            await asyncio.sleep(self._chance.expovariate(1.5 / 86_400))
            name, service = self._chance.choice(NAMES), self._chance.choice(SERVICES)
            door = self._chance.choice(self._what.doors)
            for _ in range(self._chance.randint(20, STORM_SIZE_MAX)):
                self._spawn(self._outage(door, name, service))

    async def _batches(self) -> None:
        """An Alertmanager that sends a whole group at once, and again as parts of it recover."""
        door = "alertmanager_webhook"
        while not self._is_calm:
            await asyncio.sleep(self._chance.expovariate(4 / 86_400))
            name = self._chance.choice(NAMES)
            troubles = [self._trouble(name, self._chance.choice(SERVICES)) for _ in range(self._chance.randint(2, 60))]
            while troubles:
                firing = tuple(trouble.token for trouble in troubles if not trouble.ended_at)
                ask = dialects.webhook(self._town.keys[door], troubles, _now())
                ask = msgspec.structs.replace(ask, tokens=firing)
                await self._until_answered(door, partial(_same, ask), len(troubles), lambda: True)
                troubles = [trouble for trouble in troubles if not trouble.ended_at]
                await asyncio.sleep(self._chance.uniform(60, 3600))
                for trouble in troubles:
                    trouble.ended_at = _now() if self._chance.random() < 0.5 else 0

    def _trouble(self, name: str, service: str) -> Trouble:
        self._count += 1
        chance = self._chance
        return Trouble(
            token=f"o{self._count}x", host=f"host{chance.randint(1, 30)}", service=service, name=name,
            severity=chance.choice(SEVERITIES), started_at=_now(),
        )  # fmt: skip

    async def _outage(self, door: str, name: str = "", service: str = "") -> None:
        """From the beginning to the recovery, perhaps on and off for a while."""
        chance = self._chance
        name = name or chance.choice(NAMES)
        service = service or chance.choice((*SERVICES, QUIET) if chance.random() < 0.3 else SERVICES)
        await asyncio.sleep(chance.uniform(0, 20))
        if self._is_calm:
            return
        trouble = self._trouble(name, service)
        turns = chance.randint(3, 8) if self._what.does("flapping") and chance.random() < 0.15 else 1
        for turn in range(turns):
            trouble = msgspec.structs.replace(trouble, started_at=_now(), ended_at=0)
            is_late = self._what.does("late") and turns == 1 and chance.random() < 0.1
            await self._tell(door, trouble, is_late=is_late)
            lasts_s = chance.uniform(20, 240) if turn < turns - 1 else chance.lognormvariate(7.2, 1.4)
            await asyncio.sleep(min(lasts_s, 2 * 86_400))
            trouble.ended_at = _now()
            await self._tell(door, trouble)
            await asyncio.sleep(chance.uniform(10, 120) if turn < turns - 1 else 0)

    async def _tell(self, door: str, trouble: Trouble, is_late: bool = False) -> None:
        """The monitor of this door learns of it; late: the recovery arrives before the beginning."""
        if door == "alertmanager":
            self._watched[trouble.token] = trouble
            self._prometheus_wakes.set()
            return
        if is_late:
            over = msgspec.structs.replace(trouble, ended_at=trouble.started_at + 30 * SECOND_MS)
            await self._send(door, over)
            await self._send(door, trouble, lambda: False)
            return
        await self._send(door, trouble)
        if self._what.does("acknowledged") and door == "pagerduty" and self._chance.random() < 0.2:
            ask = dialects.pagerduty_acknowledge(self._town.keys[door], trouble, _now())
            await self._until_answered(door, lambda: ask, 1, lambda: False)

    async def _send(self, door: str, trouble: Trouble, sure: Callable[[], bool] = lambda: True) -> None:
        def make() -> Ask:
            key, at = self._town.keys[door], _now()
            if door == "alertmanager_webhook":
                return dialects.webhook(key, (trouble,), at)
            return dialects.SINGLE[door](key, trouble, at)

        fires = not trouble.ended_at
        await self._until_answered(door, make, 1, lambda: fires and sure())
        if self._what.does("doubles") and self._chance.random() < 0.1:
            await self._until_answered(door, make, 1, lambda: False)

    # One request

    async def _until_answered(self, door: str, make: Callable[[], Ask], counted: int, sure: Callable[[], bool]) -> bool:
        wait_s = self._chance.uniform(1, 5)
        for _ in range(TRIES_MAX):
            if await self._once(door, make(), counted, sure):
                return True
            await asyncio.sleep(wait_s)
            wait_s *= 3
        return False

    async def _once(self, door: str, ask: Ask, counted: int, sure: Callable[[], bool]) -> bool:
        """One attempt; whether it was answered 2xx and the answer arrived."""
        chance = self._chance
        lossy = self._what.does("losses")
        await asyncio.sleep(chance.uniform(0.001, 0.2))
        if lossy and chance.random() < 0.02:
            return False
        answer = await self._house.ask(ask)
        if lossy and chance.random() < 0.02:
            return False
        if not _is_taken(door, answer):
            self._check_refusal(door, ask, answer)
            return False
        if door == "cloudevents":
            counted = 0  # the same event twice is answered twice and counted once
        self._checkers.answered(door, ask, counted, sure())
        return True

    def _check_refusal(self, door: str, ask: Ask, answer: Answered) -> None:
        """A sound request is refused for want of a house or of room, never for what it says."""
        if answer.status not in (0, 429, 503):
            self._checkers.break_(f"{door} refused a sound request: {answer} {ask}")

    # Senders with a rhythm of their own

    async def _prometheus(self) -> None:
        """Repeat everything that is wrong every minute; a failed POST is not sent again, the next one says it all."""
        while True:
            await self._prometheus_wakes.wait()
            every_s = PROMETHEUS_EVERY_S * (3 if self._is_calm else 1)
            await asyncio.sleep(every_s - asyncio.get_running_loop().time() % every_s)
            for token, trouble in list(self._watched.items()):
                if trouble.ended_at and trouble.ended_at < _now() - RESOLVED_RESENT_MS:
                    del self._watched[token]
            troubles = list(self._watched.values())
            if not troubles:
                self._prometheus_wakes.clear()
            for start in range(0, len(troubles), dialects.PROMETHEUS_POST_MAX):
                await self._post(troubles[start : start + dialects.PROMETHEUS_POST_MAX])

    async def _post(self, troubles: list[Trouble]) -> None:
        ask = dialects.alertmanager(self._town.keys["alertmanager"], troubles, _now())
        firing = tuple(trouble.token for trouble in troubles if not trouble.ended_at)
        ask = msgspec.structs.replace(ask, tokens=firing)
        await self._once("alertmanager", ask, len(troubles), self._is_in_step)

    def _is_in_step(self, skew_ms_max: int = SKEW_MS_MAX) -> bool:
        return self._house.is_up and self._house.engine.clock.now() - _now() < skew_ms_max

    async def _beats(self) -> None:
        key = self._town.keys["heartbeat"]
        ask = Ask(f"/in/{key}/heartbeat", b"", "", "GET")
        while True:
            missed = self._what.does("beats_missed") and self._chance.random() < 0.01
            await asyncio.sleep(BEAT_S * (4 if missed else 0.9))
            await self._once("heartbeat", ask, 0, lambda: False)

    async def _garbage(self) -> None:
        """Bytes nobody understands: a clear 4xx and a dead letter, never a fire and never a defect."""
        chance = self._chance
        while not self._is_calm:
            await asyncio.sleep(chance.expovariate(20 / 86_400))
            door = chance.choice(list(self._town.keys))
            good = dialects.pagerduty(self._town.keys["pagerduty"], self._trouble("Broken", "shop"), _now()).body
            cut = good[: chance.randint(1, 60)]
            body = chance.choice((b"", chance.randbytes(40), b"{", b"[]", b"[[[[1", cut, good))
            path = "/in/{}/{}".format(self._town.keys[door], "api/v2/alerts" if door == "alertmanager" else door)
            answer = await self._house.ask(Ask(path, body))
            if answer.status >= 500 and answer.status != 503:
                self._checkers.break_(f"{door} answered {answer.status} to {body!r}: {answer.body!r}")


def _same(ask: Ask) -> Ask:
    """The request of before, byte for byte."""
    return ask


def _is_taken(door: str, answer: Answered) -> bool:
    """NRDP says 200 to everything; its body tells."""
    return answer.is_good and (door != "nrdp" or b'"status":0' in answer.body.replace(b" ", b""))


def _now() -> int:
    """The senders' clock, which is right."""
    return EPOCH_MS + int(asyncio.get_running_loop().time() * 1000)
