"""The live feed: every durable event as it comes, as server-sent events.

Law: `id` is the sequence, so a client that comes back with Last-Event-ID misses nothing; a client that is too slow is
let go, never waited for; what is said is encoded once, however many hear it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Dependency, Parameter
from litestar.response import Stream

from tocsin.core.people.events import KeyRevoked, PasswordSet, SessionEnded, UserRemoved, UserSet
from tocsin.kernel.moment import SECOND_MS, rfc3339
from tocsin.kernel.permission import READ
from tocsin.shell.engine import Engine
from tocsin.shell.journal.protocol import Recorded
from tocsin.web.call import Call
from tocsin.web.facts import facts, is_private
from tocsin.web.gate import Gate
from tocsin.web.problem import READS, Refused

PING_S = 15.0
"""How often a client that hears nothing hears a ping: proxies close what is silent for a minute."""
PING = b"event: ping\ndata: {}\n\n"
"""An event and no comment, so that a page hears it and knows that silence means a broken way."""
CHECK_MS = 30 * SECOND_MS
"""How often it is looked whether a reader is still welcome, beside whenever somebody loses a key or a session."""
LOSSES = (SessionEnded, KeyRevoked, UserRemoved, UserSet, PasswordSet)
"""What may take the right to read from somebody."""
WAITING_MAX = 1_000
"""Batches a client may be behind before it is let go."""
RESUME_MAX = 20_000
"""Events that are read again for a client that comes back; one further behind loads its page anew."""
CLIENTS_MAX = 2_000
RESUME_CHUNK = 1_000
ENCODER = msgspec.json.Encoder()


class Told(msgspec.Struct, frozen=True):
    """One event of the feed. `facts` are its fields without secrets, empty where they are for administrators."""

    seq: int
    at: str
    type: str
    room: str
    subject: str
    actor: str
    facts: dict[str, Any]


class Client:
    """One follower: the rooms it wants, the sequence it has seen, and what waits for it."""

    def __init__(self, rooms: tuple[str, ...], last: int) -> None:
        self.rooms = rooms
        self.last = last
        self.is_quiet = False
        self._waiting: list[bytes] = []
        self._is_ended = False
        self._moved = asyncio.Event()

    def put(self, text: bytes) -> None:
        """Let this wait to be sent; a client that is too far behind is let go."""
        if self._is_ended:
            return
        if len(self._waiting) >= WAITING_MAX:
            self.end()
            return
        self._waiting.append(text)
        self._moved.set()

    def end(self) -> None:
        """What waits is dropped: the client comes back with the last id it saw."""
        self._waiting.clear()
        self._is_ended = True
        self._moved.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """What waits, as it comes; what came together goes together."""
        while not self._is_ended or self._waiting:
            if not self._waiting:
                self._moved.clear()
                await self._moved.wait()
                continue
            waiting, self._waiting = self._waiting, []
            yield b"".join(waiting)


class Live:
    """The feed's clients. What happens is put into words once for all who want the same rooms."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._clients: dict[int, Client] = {}
        self._count = 0
        self._losses = 0
        self._pinger: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def client_count(self) -> int:
        """How many follow now."""
        return len(self._clients)

    def close(self) -> None:
        """Let every client go: the server stops."""
        for client in self._clients.values():
            client.end()

    def check(self) -> None:
        """Raises Refused when too many follow already."""
        if len(self._clients) >= CLIENTS_MAX:
            raise Refused(503, "busy", retry_after="30")

    async def follow(
        self, after: int | None, rooms: tuple[str, ...], is_welcome: Callable[[], bool] = lambda: True
    ) -> AsyncIterator[bytes]:
        """The feed from after a sequence (None: from now) as bytes of text/event-stream. It ends when the reader is not
        welcome any more: a revoked key, a session that is over."""
        upto = self._engine.seq_dry
        client = Client(rooms, upto)
        number = self._join(client)
        checked = (self._losses, self._engine.clock.now())
        try:
            yield b"retry: 2000\n\n"
            if after is not None and not upto - RESUME_MAX <= after <= upto:
                yield b"event: reset\ndata: {}\n\n"
                after = None
            last = upto if after is None else after
            while last < upto:
                records = await asyncio.to_thread(self._read, last, min(RESUME_CHUNK, upto - last))
                last = records[-1].stamp.seq
                yield b"".join(line for room, line in map(_line, records) if not rooms or room in rooms)
            async for chunk in client.chunks():
                now = self._engine.clock.now()
                if self._losses != checked[0] or now >= checked[1] + CHECK_MS:
                    if not is_welcome():
                        return
                    checked = (self._losses, now)
                yield chunk
        finally:
            self._leave(number)

    def _join(self, client: Client) -> int:
        number = self._count = self._count + 1
        self._clients[number] = client
        if self._unsubscribe is None:
            self._unsubscribe = self._engine.subscribe(self._on_records)
            self._pinger = asyncio.create_task(self._ping())
        return number

    def _leave(self, number: int) -> None:
        del self._clients[number]
        if not self._clients and self._unsubscribe is not None and self._pinger is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._pinger.cancel()

    def _on_records(self, records: Sequence[Recorded]) -> None:
        """Put a batch into words and hand the same bytes to everybody who wants them."""
        self._losses += sum(isinstance(record.event, LOSSES) for record in records)
        lines = [_line(record) for record in records]
        last = records[-1].stamp.seq
        texts: dict[tuple[str, ...], bytes] = {}
        for client in self._clients.values():
            text = texts.get(client.rooms)
            if text is None:
                wanted = client.rooms
                text = texts[wanted] = b"".join(line for room, line in lines if not wanted or room in wanted)
            if text and last > client.last:
                client.is_quiet = False
                client.put(text)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            for client in self._clients.values():
                if client.is_quiet:
                    client.put(PING)
                client.is_quiet = True

    def _read(self, after: int, limit: int) -> list[Recorded]:
        return list(self._engine.journal.read(after, limit))


def _line(record: Recorded) -> tuple[str, bytes]:
    """The room an event happened in, and its words."""
    told = _told(record)
    return told.room, b"id: %d\ndata: %b\n\n" % (told.seq, ENCODER.encode(told))


def _told(record: Recorded) -> Told:
    stamp, event = record.stamp, record.event
    shown = {} if is_private(event) else facts(event)
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
    wanted = tuple(sorted({room for room in rooms.split(",") if room}))
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
