"""The live feed: every durable event as it comes, as server-sent events.

Law: `id` is the sequence, so a client that comes back with Last-Event-ID misses nothing; a client that is too slow is
let go, never waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Dependency, Parameter
from litestar.response import Stream

from tocsin.kernel.moment import rfc3339
from tocsin.kernel.permission import READ
from tocsin.shell.engine import Engine
from tocsin.shell.journal.protocol import Recorded
from tocsin.web.call import Call
from tocsin.web.facts import PRIVATE_ROOMS, facts
from tocsin.web.gate import Gate
from tocsin.web.problem import READS, Refused

PING_S = 15.0
"""Proxies close what is silent for a minute."""
WAITING_MAX = 1_000
"""Batches a client may be behind before it is let go."""
RESUME_MAX = 20_000
"""Events that are read again for a client that comes back; one further behind loads its page anew."""
CLIENTS_MAX = 2_000
RESUME_CHUNK = 1_000


class Told(msgspec.Struct, frozen=True):
    """One event of the feed. `facts` are its fields without secrets, empty where they are for administrators."""

    seq: int
    at: str
    type: str
    room: str
    subject: str
    actor: str
    facts: dict[str, Any]


class Live:
    """The feed's clients."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clients: dict[int, asyncio.Queue[Sequence[Recorded] | None]] = {}
        self._count = 0

    @property
    def client_count(self) -> int:
        """How many follow now."""
        return len(self._clients)

    def close(self) -> None:
        """Let every client go: the server stops."""
        for queue in self._clients.values():
            _end(queue)

    def check(self) -> None:
        """Raises Refused when too many follow already."""
        if len(self._clients) >= CLIENTS_MAX:
            raise Refused(503, "busy", retry_after="30")

    async def follow(
        self, after: int | None, rooms: tuple[str, ...], is_welcome: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[bytes]:
        """The feed from after a sequence (None: from now) as bytes of text/event-stream. It ends when the reader is not
        welcome any more: a revoked key, a session that is over."""
        queue: asyncio.Queue[Sequence[Recorded] | None] = asyncio.Queue(WAITING_MAX)
        number = self._count = self._count + 1
        self._clients[number] = queue
        unsubscribe = self._engine.subscribe(lambda records: _put(queue, records))
        upto = self._engine.seq_dry
        try:
            yield b"retry: 2000\n\n"
            if after is not None and after < upto - RESUME_MAX:
                yield b"event: reset\ndata: {}\n\n"
                after = None
            last = upto if after is None else after
            while last < upto:
                records = await asyncio.to_thread(self._read, last, min(RESUME_CHUNK, upto - last))
                last = records[-1].stamp.seq
                yield _text(records, rooms)
            async for chunk in _drain(queue, last, rooms):
                if not is_welcome():
                    return
                yield chunk
        finally:
            unsubscribe()
            del self._clients[number]

    def _read(self, after: int, limit: int) -> list[Recorded]:
        return list(self._engine.journal.read(after, limit))


async def _drain(
    queue: asyncio.Queue[Sequence[Recorded] | None], last: int, rooms: tuple[str, ...]
) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(PING_S):
                records = await queue.get()
        except TimeoutError:
            yield b": ping\n\n"
            continue
        if records is None:
            return
        yield _text((record for record in records if record.stamp.seq > last), rooms)


def _put(queue: asyncio.Queue[Sequence[Recorded] | None], records: Sequence[Recorded]) -> None:
    try:
        queue.put_nowait(records)
    except asyncio.QueueFull:
        _end(queue)


def _end(queue: asyncio.Queue[Sequence[Recorded] | None]) -> None:
    """What waits is dropped: the client comes back with the last id it saw."""
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


def _text(records: Iterable[Recorded], rooms: tuple[str, ...]) -> bytes:
    told = [_told(record) for record in records]
    lines = (
        f"id: {one.seq}\ndata: {msgspec.json.encode(one).decode()}\n\n"
        for one in told
        if not rooms or one.room in rooms
    )
    return "".join(lines).encode()


def _told(record: Recorded) -> Told:
    stamp, event = record.stamp, record.event
    shown = {} if event.room in PRIVATE_ROOMS else facts(event)
    return Told(stamp.seq, rfc3339(stamp.at), type(event).__name__, event.room, event.subject(), stamp.actor, shown)


Feed: TypeAlias = Annotated[Live, Dependency(skip_validation=True)]
Guard: TypeAlias = Annotated[Gate, Dependency(skip_validation=True)]
LastId: TypeAlias = Annotated[int | None, Parameter(header="Last-Event-ID", ge=0, required=False)]


@get("/live", responses=READS, media_type="text/event-stream")
async def live(
    call: Call, feed: Feed, gate: Guard, last_event_id: LastId = None, after: int | None = None, rooms: str = ""
) -> Stream:
    """Follow what happens, as server-sent events. `after` is for a first request what Last-Event-ID is for a later;
    `rooms` names rooms with commas between them."""
    feed.check()
    wanted = tuple(room for room in rooms.split(",") if room)
    resumed = last_event_id if last_event_id is not None else after

    def is_welcome() -> bool:
        caller = gate.caller(call.request)
        return caller is not None and caller.may(READ)

    return Stream(
        feed.follow(resumed, wanted, is_welcome),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


router = Router("/", route_handlers=[live], tags=["live"])
