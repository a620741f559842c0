"""The web over the real engine, with a journal in memory, a clock that stands and chance that counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tocsin.core.world import World, codec
from tocsin.kernel.message import Moment
from tocsin.shell.engine import Engine
from tocsin.shell.install import Installation, install
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.passwords import Passwords
from tocsin.shell.settings import Settings
from tocsin.shell.vault import Vault
from tocsin.web.app import make_app
from tocsin.web.services import Services

T = TypeVar("T")
START = Moment(1_790_000_000_000)
NOWHERE = Path("/nonexistent/dist")
"""No interface is built: what the tests see does not depend on what lies about."""


class StandingClock:
    """Moves only when told to."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Moment:
        return self.at

    def pass_s(self, seconds: int) -> None:
        self.at = Moment(self.at + seconds * 1000)


class InlineDisk:
    """Does its work at once."""

    async def work(self, job: Callable[[], T]) -> T:
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


class Web:
    """A running installation and a client of it."""

    def __init__(self, services: Services, clock: StandingClock, made: Installation) -> None:
        self.services = services
        self.engine = services.engine
        self.clock = clock
        self.made = made
        self.app = make_app(services, NOWHERE)
        self.key = made.admin_key

    def remake(self) -> None:
        """The application again, after the services were exchanged."""
        self.app = make_app(self.services, NOWHERE)

    def client(self, key: str = "", **headers: str) -> httpx.AsyncClient:
        """A client with an API key, or a browser with a jar of cookies."""
        shown = {"authorization": f"Bearer {key}"} if key else {}
        transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=shown | headers)

    async def ask(self, method: str, path: str, body: Any = None, key: str = "", **headers: str) -> httpx.Response:
        """One request to the API, as the administrator unless another key is given."""
        async with self.client(key or self.key) as client:
            return await client.request(
                method, f"/api/v1{path}", json=body, headers={n.replace("_", "-"): v for n, v in headers.items()}
            )

    async def key_of(self, user: str, role: str) -> str:
        """A new user with this role and an API key of theirs."""
        made = await self.ask("PUT", f"/users/{user}", {"name": user.title(), "role": role})
        assert made.status_code == 201, made.text
        key = await self.ask("POST", f"/users/{user}/keys", {"label": "test"})
        assert key.status_code == 201, key.text
        return str(key.json()["token"])


@asynccontextmanager
async def house() -> AsyncIterator[Web]:
    """An installation as `tocsin init` makes it."""
    clock, entropy = StandingClock(), CountingEntropy()
    journal = MemoryJournal()
    engine = Engine(World(), codec(), journal, 0, clock, InlineDisk(), entropy)  # type: ignore[arg-type]
    loop = asyncio.create_task(engine.run())
    vault = Vault(b"a key for tests, thirty-two long")
    passwords = Passwords(time_cost=1, memory_kib=64)
    try:
        made = await install(engine, vault, entropy)
        services = Services(
            engine=engine, settings=Settings(), vault=vault, passwords=passwords, entropy=entropy
        )  # fmt: skip
        yield Web(services, clock, made)
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop
        passwords.close()


def told(story: Callable[[Web], Awaitable[None]]) -> None:
    """Run a story against an installation."""

    async def run() -> None:
        async with house() as web:
            await story(web)

    asyncio.run(run())
