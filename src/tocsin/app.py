"""The composition root of the real world: clock, disk, wires and doors around one engine. No logic.

Law: what is opened here is closed here, in the opposite order; what the engine says ends the process.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from types import FrameType
from typing import IO, NamedTuple

import structlog
import uvicorn
import uvloop

from tocsin.core.world import codec
from tocsin.shell import snapshots, ticker
from tocsin.shell.channels.apprise import Apprise
from tocsin.shell.channels.compose import Composer
from tocsin.shell.channels.email import Email
from tocsin.shell.channels.guard import Guard
from tocsin.shell.channels.webhook import Webhook
from tocsin.shell.channels.webpush import WebPush, subject_of
from tocsin.shell.channels.wires import Wires
from tocsin.shell.engine import Engine
from tocsin.shell.gateway.door import Gateway
from tocsin.shell.gateway.front import Front
from tocsin.shell.gateway.late import Late
from tocsin.shell.gateway.wire import CALLERS_MAX
from tocsin.shell.jobs import Jobs
from tocsin.shell.journal.snapshot import fold, resumed
from tocsin.shell.journal.sqlite import SqliteJournal, SqliteReader
from tocsin.shell.outbox import Outbox
from tocsin.shell.passwords import Passwords
from tocsin.shell.real import SteadyClock, SystemEntropy, ThreadDisk, connections_max
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry, configure_logs
from tocsin.shell.vault import Vault
from tocsin.shell.vitals import Vitals
from tocsin.web.services import Services

JOURNAL_FILE = "journal.db"
SNAPSHOT_DIR = "snapshots"
KEY_FILE = "key"
LOCK_FILE = "lock"
JOBS_FILE = "jobs.json"
WEB = "tocsin.web.app"
"""The web interface: half a second to import, as much again to put together. Signals are taken meanwhile."""
DRAIN_S = 20.0
"""How long a SIGTERM waits for deliveries under way; the rest is still owed at the next start."""
WS_SIZE_MAX = 65_536
"""Bytes of one frame from a client of a room: the longest text, in any script."""
TICKS_PER_S = 10
"""How often uvicorn looks up from its work."""
GC_THRESHOLDS = (20_000, 10, 1_000)
"""Memory is made of values that are in no cycle, so looking for cycles seldom finds any. With Python's own thresholds a
quarter of all time goes into it, in pauses that grow with the number of open alerts."""


class DataDirBusy(Exception):
    """Another process runs on this data directory."""


class House:
    """A running installation without its front door: the engine, its helpers and what they share."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        vault: Vault,
        entropy: SystemEntropy,
        telemetry: Telemetry,
        vitals: Vitals,
        snapshot_seq: int,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.vault = vault
        self.entropy = entropy
        self.telemetry = telemetry
        self.vitals = vitals
        self.snapshot_seq = snapshot_seq
        """Where the snapshot stood with which this start began, 0 for none."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The engine of a data directory, running; closed with its journal at the end. Raises DataDirBusy."""
    async with AsyncExitStack() as stack:
        stack.enter_context(_locked(Path(settings.data_dir)))
        gc.set_threshold(*GC_THRESHOLDS)
        vault = Vault.at(settings.path(KEY_FILE))
        journal = SqliteJournal(settings.path(JOURNAL_FILE))
        stack.callback(journal.close)
        ignored = structlog.get_logger().warning
        directory = settings.path(SNAPSHOT_DIR)
        world, kept = resumed(journal, directory, lambda why: ignored("snapshot_ignored", why=why))
        seq = fold(world, journal, kept)
        disk = ThreadDisk()
        stack.callback(disk.close)
        gc.freeze()
        clock = SteadyClock(journal.last_at())
        entropy = SystemEntropy()
        telemetry = Telemetry()
        engine = Engine(world, codec(), journal, seq, clock, telemetry.timed(disk), entropy)
        telemetry.watch(engine)
        loop = asyncio.create_task(engine.run(), name="engine")
        stack.push_async_callback(_ended, loop)
        vitals = Vitals(clock.now(), settings.path(JOURNAL_FILE), settings.path(SNAPSHOT_DIR), lambda: clock.behind_ms)
        yield House(settings, engine, vault, entropy, telemetry, vitals, kept)
        await engine.dry()


def has_events(settings: Settings) -> bool:
    """Whether the data directory holds a journal with events; a look that loads nothing."""
    path = settings.path(JOURNAL_FILE)
    if not path.exists() or not path.stat().st_size:
        return False
    with closing(SqliteReader(path)) as journal:
        return journal.last_seq() > 0


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _locked(directory: Path) -> IO[str]:
    """An open file that holds the directory's lock until it is closed; the directory is made where there is none."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (directory / LOCK_FILE).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise DataDirBusy(f"another Tocsin runs on {directory}; stop it or choose another --data") from None
    return file


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, or until the engine stops (then raises what stopped it)."""
    log = structlog.get_logger()
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(opened(settings))
        engine = house.engine
        composer = Composer(engine, settings, house.vault)
        outbox = Outbox(engine, _wires(settings, engine, house.vault, stack), composer.page, composer.code)
        outbox.handed_over.append(lambda owed, message: _measure(house, owed.due_at, message.channel))
        stack.push_async_callback(outbox.drain, DRAIN_S)
        # What fell due while nobody was here, before the outbox pays what was owed then.
        await engine.tick(was_deaf=True)
        stack.callback(outbox.start())
        ticks = asyncio.create_task(ticker.run(engine, house.telemetry.ticked), name="ticker")
        stack.push_async_callback(_ended, ticks)
        stack.push_async_callback(_ended, asyncio.create_task(_follow(house), name="follower"))
        jobs = Jobs(engine.clock, house.entropy, settings.path(JOBS_FILE))
        stack.push_async_callback(jobs.close)
        services = Services(
            engine=engine, settings=settings, vault=house.vault, passwords=Passwords(), entropy=house.entropy,
            telemetry=house.telemetry, vitals=house.vitals, jobs=jobs,
        )  # fmt: skip
        web = Late(lambda: import_module(WEB).make_app(services))
        gateway = Gateway(engine, settings, house.telemetry, web, callers_max=min(CALLERS_MAX, connections_max()))
        server = _Server(uvicorn.Config(
            gateway, http=Front, host=settings.host, port=settings.port, lifespan="off", backlog=2048,
            timeout_graceful_shutdown=int(DRAIN_S), timeout_keep_alive=75, server_header=False,
            log_config=None, access_log=False, date_header=True, proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=[str(ip_network(network, strict=False)) for network in settings.trusted_proxies],
            ws_max_size=WS_SIZE_MAX, ws_per_message_deflate=False,
        ), _Leaving(settings.drain_delay_s, gateway.leave, web.close))  # fmt: skip
        behind = asyncio.create_task(_behind(engine, server, web), name="web")
        stack.push_async_callback(_ended, behind)
        watch = asyncio.create_task(_watch(engine, server, ticks, behind), name="watch")
        stack.push_async_callback(_ended, watch)
        log.info("listening", address=f"http://{settings.listen}", seq=engine.seq)
        await server.serve()
    log.info("stopped", seq=engine.seq_dry)
    if engine.failed is not None and not isinstance(engine.failed, asyncio.CancelledError):
        raise engine.failed


class _Leaving(NamedTuple):
    """How an orderly end begins: it is announced, requests are taken for `delay_s` more, then the live feeds end."""

    delay_s: int
    announce: Callable[[], None]
    end_feeds: Callable[[], None]


class _Server(uvicorn.Server):
    """Says when it listens and when it will stop, lets go of whoever is too slow, and ends the live feeds before it
    waits for connections to end."""

    def __init__(self, config: uvicorn.Config, leaving: _Leaving) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()
        self._leaving = leaving
        self._is_leaving = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal begins the end, after the delay; a second one does not wait for it."""
        delay_s = 0 if self._is_leaving else self._leaving.delay_s
        if not self._is_leaving:
            structlog.get_logger().info("stopping", signal=signal.Signals(sig).name, delay_s=delay_s)
            self._is_leaving = True
            self._leaving.announce()
        end = super().handle_exit
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, end, sig, frame)
        else:
            end(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the server and nothing else: what follows is an orderly end with exit code 0."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_PER_S == 0:
            now = asyncio.get_running_loop().time()
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, Front):
                    connection.expire(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._leaving.end_feeds()
        await super().shutdown(sockets)  # type: ignore[arg-type]

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self.opened.set()


def _wires(settings: Settings, engine: Engine, vault: Vault, stack: AsyncExitStack) -> Wires:
    guard = Guard(settings.outgoing_allow)
    webhook = Webhook(guard, engine.clock)
    stack.push_async_callback(webhook.close)
    long_tail = Apprise(guard)
    stack.callback(long_tail.close)
    long_tail.warm()
    push = WebPush(
        guard, engine.clock, vault.push_key(), subject_of(settings.url, settings.smtp_from), f"{settings.url}/"
    )
    stack.push_async_callback(push.close)
    return Wires({"email": Email(settings), "webhook": webhook, "apprise": long_tail, "webpush": push})


def _measure(house: House, due_at: int, channel: str) -> None:
    house.telemetry.page_delay.observe(max(0, house.engine.clock.now() - due_at) / 1000)
    house.telemetry.pages.labels(channel).inc()


async def _behind(engine: Engine, server: _Server, web: Late) -> None:
    """Make the web interface when the doors are open; ends with the engine, or at once when it cannot be made."""
    await server.opened.wait()
    await web.make()
    await engine.stopped.wait()


async def _watch(engine: Engine, server: _Server, *helpers: asyncio.Task[None]) -> None:
    """A stopped engine ends the server: memory ahead of the journal is never served. So does a helper that ended: the
    doors would stay open, and nobody would be called."""
    stopped = asyncio.create_task(engine.stopped.wait())
    await asyncio.wait({stopped, *helpers}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    server.should_exit = True


async def _follow(house: House) -> None:
    """Let snapshots be written for as long as the house runs; what fails is logged and counted."""
    log = structlog.get_logger()
    journal, directory = house.settings.path(JOURNAL_FILE), house.settings.path(SNAPSHOT_DIR)

    def failed(fault: str) -> None:
        house.telemetry.snapshots_failed.inc()
        log.warning("snapshot_failed", fault=fault)

    every, last = house.settings.snapshot_every_events, house.snapshot_seq
    await snapshots.run(house.engine, last, every, lambda: snapshots.write(journal, directory), failed)


def run(settings: Settings) -> None:
    """Serve in a fresh event loop, telemetry first; ends the process.

    All that must be kept is on disk when `serve` returns. The loop and the interpreter would still wait for threads
    that ask a name server which does not answer, half a minute and more: longer than whoever stops us has patience.
    """
    configure_logs(settings.log_level, settings.log_format)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
