"""The front door over the real engine, a journal in memory and a clock that stands, called as an ASGI app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import msgspec

from tocsin.core.intake.commands import SetSource
from tocsin.core.intake.events import SourceSpec
from tocsin.core.people.commands import AddKey, SetUser
from tocsin.core.people.events import UserSpec
from tocsin.core.world import World, codec
from tocsin.kernel.message import Accepted, Command, Moment
from tocsin.shell.engine import Engine
from tocsin.shell.gateway.door import Gateway
from tocsin.shell.gateway.wire import Receive, Scope, Send
from tocsin.shell.install import Installation, hash_key, install
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry
from tocsin.shell.vault import Vault

T = TypeVar("T")
START = Moment(1_790_000_000_000)
START_TEXT = "2026-09-21T14:13:20.000Z"
JSON = "application/json"


class StandingClock:
    """Moves only when told to."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Moment:
        return self.at

    def pass_s(self, seconds: int) -> None:
        self.at = Moment(self.at + seconds * 1000)


class GatedDisk:
    """Does its work at once, unless the gate is shut."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None

    async def work(self, job: Callable[[], T]) -> T:
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return job()


class CountingEntropy:
    """Chance that is none."""

    def __init__(self) -> None:
        self.count = 0

    def token(self) -> str:
        self.count += 1
        return f"token{self.count:038d}"

    def bytes(self, count: int) -> bytes:
        self.count += 1
        return self.count.to_bytes(count, "big")

    def id(self) -> str:
        self.count += 1
        return f"id-{self.count}"


class Answer(msgspec.Struct):
    """What a request was answered."""

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = {}

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)

    @property
    def facts(self) -> tuple[int, Any]:
        """Status and plain body: JSON when it is some, else text."""
        if not self.body:
            return self.status, ""
        is_json = "json" in self.headers.get("content-type", "")
        return self.status, self.json if is_json else self.body.decode()


class Front:
    """A running installation behind its front door."""

    def __init__(self, engine: Engine, journal: MemoryJournal, clock: StandingClock, disk: GatedDisk) -> None:
        self.engine = engine
        self.journal = journal
        self.clock = clock
        self.disk = disk
        self.telemetry = Telemetry()
        self.telemetry.watch(engine)
        self.settings = Settings(body_max_bytes=100_000)
        self.gateway = Gateway(engine, self.settings, self.telemetry, _web, body_timeout_s=0.01)
        self.made: Installation

    @property
    def key(self) -> str:
        """The key of the source `default`."""
        return self.made.source_key

    @property
    def look(self) -> Any:
        """The views."""
        return self.engine.look

    async def do(self, command: Command) -> str:
        """Decide a command that must be accepted."""
        decision = await self.engine.submit(command, "init")
        assert isinstance(decision, Accepted), decision
        return decision.answer

    async def source(self, source: str, **facts: Any) -> str:
        """A new source; its key."""
        key = f"key-of-{source}"
        await self.do(SetSource(source, SourceSpec(name=source, **facts), hash_key(key)))
        return key

    async def person(self, user: str, role: str) -> str:
        """A new user with an API key."""
        key = f"key-of-{user}"
        await self.do(SetUser(user, UserSpec(name=user, role=role)))
        await self.do(AddKey(user, f"{user}-1", "test", hash_key(key)))
        return key

    async def ask(self, method: str, path: str, body: object = b"", type_: str = JSON, **headers: str) -> Answer:
        """One request. A body that is no bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.request(method, path, [raw], type_, **headers)

    async def request(self, method: str, path: str, parts: list[bytes], type_: str = JSON, **headers: str) -> Answer:
        """One request whose body comes in parts. An empty last part never comes: the sender hangs."""
        waiting = list(parts)

        async def receive() -> dict[str, Any]:
            part = waiting.pop(0)
            if not part and len(parts) > 1:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}

        return await self.call(method, path, receive, type_, **headers)

    async def call(self, method: str, path: str, receive: Receive, type_: str = JSON, **headers: str) -> Answer:
        """One request whose body comes from `receive`."""
        answer = Answer()
        path, _, query = path.partition("?")
        named = {"content-type": type_, **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope: Scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items() if value],
        }  # fmt: skip

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                answer.body += message["body"]

        await self.gateway(scope, receive, send)
        return answer

    async def post(self, path: str, body: object = b"", type_: str = JSON, **headers: str) -> Answer:
        """A POST behind the key of the source `default`."""
        return await self.ask("POST", f"/in/{self.key}{path}", body, type_, **headers)

    def open_titles(self, source: str = "default") -> list[str]:
        """The titles of the open alerts of a source."""
        return [alert.content.title for alert in self.look.alerts.open_alerts_of(source)]

    def letters(self) -> list[str]:
        """The ids of the open dead letters, newest first."""
        return [letter.id for letter in self.look.intake.dead_letters()]


async def _web(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"the web"})


@asynccontextmanager
async def opened() -> AsyncIterator[Front]:
    """An installation as `tocsin init` makes it."""
    clock, disk, entropy, journal = StandingClock(), GatedDisk(), CountingEntropy(), MemoryJournal()
    engine = Engine(World(), codec(), journal, 0, clock, disk, entropy)
    loop = asyncio.create_task(engine.run())
    try:
        front = Front(engine, journal, clock, disk)
        front.made = await install(engine, Vault(b"a key for tests, thirty-two long"), entropy)
        yield front
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError, OSError):
            await loop


def told(story: Callable[[Front], Awaitable[None]]) -> None:
    """Run a story at the front door."""

    async def run() -> None:
        async with opened() as front:
            await story(front)

    asyncio.run(run())
