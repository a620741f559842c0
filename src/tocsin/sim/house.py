"""A machine on which the house runs: boots from what its disk kept, serves, dies at any instant, boots again.

Law: everything inside is the real engine, journal, gateway, ticker and outbox, composed as `app.py` composes them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Protocol

import msgspec

from tocsin.core.world import World, codec
from tocsin.kernel.message import Command, Decision
from tocsin.shell import ticker
from tocsin.shell.channels.compose import Composer
from tocsin.shell.engine import Engine, EngineStopped, InboxFull
from tocsin.shell.gateway.door import Gateway
from tocsin.shell.journal.follower import follow
from tocsin.shell.journal.protocol import Journal
from tocsin.shell.journal.snapshot import recover
from tocsin.shell.journal.sqlite import SqliteJournal
from tocsin.shell.outbox import Outbox
from tocsin.shell.ports import Wire
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry
from tocsin.sim.dialects import Ask
from tocsin.sim.disk import SimDisk
from tocsin.sim.ports import OpenVault, SimEntropy, Wall

JOURNAL = "/journal.db"
NOT_ANSWERED = 0


class Parts(msgspec.Struct, frozen=True):
    """The classes a house is made of; a test plants a bug by giving another one."""

    world: type[World] = World
    engine: type[Engine] = Engine
    outbox: type[Outbox] = Outbox
    journal: type[SqliteJournal] = SqliteJournal


class Answered(msgspec.Struct, frozen=True):
    """What a sender got: an HTTP status, 0 for no answer."""

    status: int
    body: bytes = b""

    @property
    def is_good(self) -> bool:
        """Whether the sender may forget the request."""
        return 200 <= self.status < 300


class Watch(Protocol):
    """Who looks at the house from outside."""

    def booted(self, engine: Engine, journal: Journal, outbox: Outbox) -> None:
        """The house has recovered and not begun yet."""
        ...

    def written(self, is_synced: bool) -> None:
        """The disk's worker has done a job; whether everything it wrote is safe."""
        ...

    def died(self) -> None:
        """The house ended without a good-bye."""
        ...


class House:
    """One machine. `engine` is that of the present boot."""

    engine: Engine
    journal: SqliteJournal
    outbox: Outbox

    def __init__(
        self, disk: SimDisk, wall: Wall, wire: Wire, chance: Random, watch: Watch, snapshots: Path | None,
        parts: Parts | None = None,
    ) -> None:  # fmt: skip
        self.disk = disk
        self.wall = wall
        self.wire = wire
        self.is_up = False
        self.boots = 0
        self.settings = Settings()
        self.vault = OpenVault()
        self._chance = chance
        self._watch = watch
        self._snapshots = snapshots
        self._parts = parts or Parts()
        self._tasks: list[asyncio.Task[None]] = []
        self._requests: dict[asyncio.Task[Any], None] = {}
        self._stop_outbox: Callable[[], None] = lambda: None
        disk.written = lambda: watch.written(disk.is_synced())

    async def boot(self) -> None:
        """Recover from the disk and begin: first what fell due while nobody was here, then what is owed, then doors."""
        assert not self.is_up, "the house is up already"
        if self.boots:
            self.disk.boot()
        self.boots += 1
        self.journal = self._parts.journal(JOURNAL, vfs=self.disk.vfs, exclusive=True)
        world, seq = recover(self.journal, self._snapshots)
        views = dict(vars(world.look))
        clock = self.wall.clock(self.journal.last_at())
        entropy = SimEntropy(self._chance, f"b{self.boots}")
        self.engine = self._parts.engine(
            self._parts.world(views), codec(), self.journal, seq, clock, self.disk, entropy
        )
        composer = Composer(self.engine, self.settings, self.vault)
        self.outbox = self._parts.outbox(self.engine, self.wire, composer.page, composer.code)
        self.gateway = Gateway(self.engine, self.settings, Telemetry(), _nothing_else)
        self._watch.booted(self.engine, self.journal, self.outbox)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self.engine.run())]
        await self.engine.tick(was_deaf=True)
        self._stop_outbox = self.outbox.start()
        self._tasks.append(loop.create_task(ticker.run(self.engine)))
        self.is_up = True

    def die(self) -> None:
        """Everything that ran stops at once, wherever it was. The disk was crashed or killed before."""
        assert self.disk.is_off, "crash or kill the disk first"
        self.is_up = False
        self._watch.died()
        self._stop_outbox()
        for task in (*self._tasks, *self.outbox._flying.values(), *self._requests):
            task.cancel()
        self._requests.clear()
        self.journal.close()

    async def ask(self, ask: Ask) -> Answered:
        """One request through the real gateway; no answer when the house is down or dies meanwhile."""
        if not self.is_up:
            return Answered(NOT_ANSWERED)
        got: dict[str, Any] = {"status": NOT_ANSWERED, "body": b""}
        task = asyncio.get_running_loop().create_task(self._serve(ask, got))
        self._requests[task] = None
        await asyncio.wait((task,))
        self._requests.pop(task, None)
        if task.cancelled():
            return Answered(NOT_ANSWERED)
        task.result()
        return Answered(got["status"], got["body"])

    async def _serve(self, ask: Ask, got: dict[str, Any]) -> None:
        headers = {"content-type": ask.content_type, "user-agent": "sim"} | ask.headers
        scope = {
            "type": "http", "method": ask.method, "path": ask.path, "query_string": ask.query.encode("latin-1"),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if value],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": ask.body, "more_body": False}

        async def send(message: Any) -> None:
            got["status"] = message.get("status", got["status"])
            got["body"] += message.get("body", b"")

        await self.gateway(scope, receive, send)

    async def command(self, command: Command, actor: str) -> Decision | None:
        """What a person asks for through the web; None when no answer came."""
        if not self.is_up:
            return None
        try:
            return await self.engine.submit(command, actor)
        except (EngineStopped, InboxFull):
            return None

    def snapshot(self, rots: bool) -> None:
        """What the follower does beside the engine; `rots`: a byte of the file changes afterwards."""
        assert self._snapshots is not None, "this house keeps no snapshots"
        path = follow(self.journal, self._snapshots)
        if rots and path is not None:
            body = bytearray(path.read_bytes())
            body[int(self._chance.random() * len(body))] ^= 1
            path.write_bytes(body)

    async def end(self) -> None:
        """Let what is under way end, then close."""
        await self.engine.dry()
        self.disk.kill()
        self.die()


async def _nothing_else(scope: Any, receive: Any, send: Any) -> None:
    """There is no web in a simulation."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"there is no web here"})
