"""A small house on virtual time: the real engine with a journal in memory, and a wire that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

from tocsin.core.incidents.commands import OpenIncident
from tocsin.core.oncall.commands import SetLadder
from tocsin.core.oncall.events import LadderSpec, Step, Target
from tocsin.core.people.commands import AddContact, SetUser, VouchContact
from tocsin.core.people.events import UserSpec
from tocsin.core.world import codec
from tocsin.kernel.message import Command, Rejected
from tocsin.shell import ticker
from tocsin.shell.channels.compose import Composer
from tocsin.shell.engine import Engine
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.journal.snapshot import recover
from tocsin.shell.outbox import Outbox
from tocsin.shell.ports import Disk, Message, Receipt
from tocsin.shell.settings import Settings
from tocsin.shell.vault import Vault
from tocsin.sim.loop import VirtualLoop
from tocsin.sim.ports import SimEntropy, Wall

T = TypeVar("T")
ARRIVED = Receipt(True, "250 taken")
BROKEN = Receipt(False, "connection refused")


class InlineDisk:
    """Does its work at once."""

    async def work(self, job: Callable[[], T]) -> T:
        return job()


class ToldWire:
    """Answers each message with the next of `receipts`, then with ARRIVED; holds them back while `open` is not set."""

    def __init__(self) -> None:
        self.receipts: list[Receipt | Exception] = []
        self.sent: list[Message] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: Message) -> Receipt:
        self.sent.append(message)
        await self.open.wait()
        answer = self.receipts.pop(0) if self.receipts else ARRIVED
        if isinstance(answer, Exception):
            raise answer
        return answer


class Bell:
    """The house of a story. Ann (`en`) has a mail address; the outbox runs after `start`."""

    def __init__(self, journal: MemoryJournal, disk: Disk) -> None:
        self.wall = Wall()
        self.journal = journal
        self.entropy = SimEntropy(Random(1), f"b{journal.last_seq()}")
        world, seq = recover(journal, None)
        clock = self.wall.clock(journal.last_at())
        self.engine = Engine(world, codec(), journal, seq, clock, disk, self.entropy)
        self.vault = Vault(b"a key for tests, thirty-two long")
        self.composer = Composer(self.engine, Settings(), self.vault)
        self.wire = ToldWire()
        self.outbox = Outbox(self.engine, self.wire, self.composer.page, self.composer.code)
        self.running = asyncio.create_task(self.engine.run())

    async def ask(self, command: Command, actor: str = "init") -> str:
        """Ask for something that is not refused; returns the answer."""
        decision = await self.engine.submit(command, actor)
        assert not isinstance(decision, Rejected), decision
        return decision.answer

    async def person(self, user: str, language: str = "en", zone: str = "UTC") -> None:
        """A user with a verified mail address, whose id is `<user>-mail`."""
        await self.ask(SetUser(user, UserSpec(name=user.title(), language=language, zone=zone, role="admin")))
        await self.ask(AddContact(user, f"{user}-mail", "email", "mail", f"{user}@example.org"))
        await self.ask(VouchContact(user, f"{user}-mail"))

    def events(self, kind: type[T]) -> list[T]:
        """What the journal holds of this kind."""
        return [record.event for record in self.journal.read() if isinstance(record.event, kind)]

    def ticking(self) -> list[int]:
        """Let time come from now on; returns the list of how late each tick was."""
        late: list[int] = []
        self.ticker = asyncio.create_task(ticker.run(self.engine, late.append))
        return late

    async def incident(self, title: str = "db is down") -> str:
        """Ann is to be paged for it, now."""
        return await self.ask(OpenIncident(title, ladder="web"))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let a minute pass at most, until it is so."""
        for _ in range(600):
            if is_so():
                return
            await asyncio.sleep(0.1)
        raise AssertionError("it did not become so within a minute")


def told(
    story: Callable[[Bell], Awaitable[None]], journal: MemoryJournal | None = None, disk: Disk | None = None
) -> None:
    """Tell a story on virtual time; its tasks end with it. A journal with events is one of an earlier story."""

    async def tell() -> None:
        kept = journal if journal is not None else MemoryJournal()
        bell = Bell(kept, disk or InlineDisk())
        if not kept.last_seq():
            await bell.person("ann")
            steps = (Step((Target("person", "ann"),)),)
            await bell.ask(SetLadder("web", LadderSpec(name="Web", steps=steps)))
        await story(bell)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(tell())
