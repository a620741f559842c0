"""The one writer: takes what was asked, decides it, lets the ink dry, then answers.

Law: while one batch is being made durable the next is being decided; nothing of a batch leaves before its ink
is dry; when the journal fails the engine stops, because memory ahead of the journal must never be served.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from tocsin.core.world import Views, World
from tocsin.kernel.codec import Codec
from tocsin.kernel.message import (
    Accepted,
    Command,
    CommandQuarantined,
    CommandRefused,
    Decision,
    Envelope,
    Event,
    Moment,
    Rejected,
    Stamp,
    Tick,
)
from tocsin.shell.inbox import Answer, Asked, Inbox, InboxFull
from tocsin.shell.journal.protocol import Batch, Journal, Recorded, Row
from tocsin.shell.ports import Clock, Disk, Entropy

__all__ = ["Engine", "EngineStopped", "InboxFull"]

BATCH_EVENTS_MAX = 20_000
"""Events in one commit: bounds memory and the wait for the ink."""
FOLLOW_DEPTH_MAX = 32
"""How far reactions may lead on from one command: deeper is a loop, and a defect."""
BODY_KEPT_MAX = 20_000
"""Characters of a quarantined command that are kept."""

Listener = Callable[[Sequence[Recorded]], None]


class EngineStopped(Exception):
    """The engine does not decide any more; the request may or may not have been durable."""


class Draft:
    """A batch being decided: events that memory knows and the journal does not yet."""

    def __init__(self, first_seq: int) -> None:
        self.first_seq = first_seq
        self.records: list[Recorded] = []
        self.asked: list[Asked] = []
        self.at = Moment(0)
        self.dry: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def is_full(self) -> bool:
        """Whether the commit is large enough."""
        return len(self.records) >= BATCH_EVENTS_MAX


class Engine:
    """The loop around a world and its journal."""

    def __init__(
        self, world: World, codec: Codec, journal: Journal, seq: int, clock: Clock, disk: Disk, entropy: Entropy
    ) -> None:
        self.world = world
        self.codec = codec
        self.journal = journal
        self.clock = clock
        self.disk = disk
        self.entropy = entropy
        self.seq = seq
        self.seq_dry = seq
        self.moved = asyncio.Event()
        self.stopped = asyncio.Event()
        self.failed: BaseException | None = None
        self.quarantined = 0
        self.tick_lateness_ms = 0
        answers = {
            id_: msgspec.json.decode(outcome, type=Answer)
            for id_, outcome in journal.answers_since(Moment(clock.now() - 86_400_000))
        }
        self.inbox = Inbox(answers)
        self._draft: Draft | None = None
        self._writing: Draft | None = None
        self._listeners: list[Listener] = []
        self._last_at = Moment(0)

    @property
    def look(self) -> Views:
        """The views of every room. Await `dry()` before showing what they say."""
        return self.world.look

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the records of each batch once it is durable; returns the way to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def submit(self, command: Command, actor: str, id: str = "", weight: int = 1) -> Decision:
        """Decide the command; returns after everything that follows is durable. Raises InboxFull, EngineStopped."""
        asked = self._asked(command, actor, id or self.entropy.id(), weight)
        self.inbox.put(asked)
        return await asked.answer

    async def submit_once(self, command: Command, actor: str, id: str, request_hash: str, weight: int = 1) -> Decision:
        """As `submit`, but an id asked before gets its old answer again; refused when it was another request's."""
        earlier = self.inbox.remembered(id, self.clock.now())
        flying = self.inbox.in_flight(id)
        if (earlier or flying or _NONE).request_hash not in {"", request_hash}:
            return Rejected("idempotency_key_reused", f"the key {id!r} was used for another request; take a new one")
        if flying is not None:
            return await asyncio.shield(flying.answer)
        if earlier is not None:
            await self.dry()
            return earlier.decision()
        asked = self._asked(command, actor, id, weight)
        asked.request_hash = request_hash
        self.inbox.put(asked)
        return await asked.answer

    async def tick(self) -> None:
        """Let what is due happen; returns when it is durable."""
        asked = self._asked(Tick(), "clock", self.entropy.id(), 0)
        self.inbox.put(asked)
        await asked.answer

    async def dry(self) -> None:
        """Wait until all that memory shows now is durable."""
        for draft in (self._writing, self._draft):
            if draft is not None:
                await asyncio.shield(draft.dry)

    def _asked(self, command: Command, actor: str, id_: str, weight: int) -> Asked:
        if self.failed is not None:
            raise EngineStopped(str(self.failed)) from self.failed
        return Asked(command, actor, id_, weight, asyncio.get_running_loop().create_future())

    async def run(self) -> None:
        """The loop: decide what waits into a draft while the last batch dries; then write the draft."""
        writer: asyncio.Task[None] | None = None
        try:
            while True:
                await self.inbox.arrived.wait()
                if self.failed is not None and writer is not None:
                    writer.result()
                if not self.inbox.waiting:
                    self.inbox.arrived.clear()
                    continue
                draft = self._draft = Draft(self.seq + 1)
                self._decide_waiting(draft)
                while writer is not None and not writer.done():
                    await (asyncio.wait({writer}) if draft.is_full() else self.inbox.arrived.wait())
                    self._decide_waiting(draft)
                if writer is not None:
                    writer.result()
                self._draft, self._writing = None, draft
                writer = asyncio.create_task(self._write(draft))
                writer.add_done_callback(lambda _: self.inbox.arrived.set())
        except BaseException as fault:
            self._stop(fault)
            raise

    def _decide_waiting(self, draft: Draft) -> None:
        while not draft.is_full() and (asked := self.inbox.take()) is not None:
            draft.at = self._last_at = max(self.clock.now(), self._last_at)
            envelope = Envelope(asked.id, asked.actor, draft.at)
            asked.decision = self._decide_one(asked.command, envelope, draft)
            draft.asked.append(asked)
        self.moved.set()

    def _decide_one(self, command: Command, envelope: Envelope, draft: Draft) -> Decision:
        if isinstance(command, Tick):
            due = self.world.due()
            if due is not None:
                self.tick_lateness_ms = max(0, envelope.at - due)
            for room in self.world.rooms:
                self._settle(self.world.decide_tick(room, envelope), envelope, draft)
            return Accepted()
        decision = self._judge(command, envelope, draft)
        if isinstance(decision, Accepted):
            self._settle(decision.events, envelope, draft)
        return decision

    def _judge(self, command: Command, envelope: Envelope, draft: Draft) -> Decision:
        """Decide, and record a refusal; a defect in deciding quarantines the command and changes nothing else."""
        name = type(command).__name__
        try:
            decision = self.world.decide(command, envelope)
        except Exception as defect:
            self.quarantined += 1
            body = msgspec.json.encode(command).decode()[:BODY_KEPT_MAX]
            event: Event = CommandQuarantined(by=envelope.actor, command=name, body=body, error=repr(defect)[:1000])
            self._evolve(event, envelope, draft)
            return Rejected("internal_error", f"{name} could not be decided; it is kept under event {self.seq}")
        if isinstance(decision, Rejected):
            event = CommandRefused(
                by=envelope.actor, command=name, reason=decision.reason, detail=decision.detail[:1000]
            )
            self._evolve(event, envelope, draft)
        return decision

    def _settle(self, events: Sequence[Event], envelope: Envelope, draft: Draft) -> None:
        """Fold the events, then decide what follows from them, until nothing follows."""
        follow: deque[tuple[Command, Envelope, int]] = deque()
        self._fold(events, envelope, draft, follow, 1)
        while follow:
            command, caused, depth = follow.popleft()
            assert depth < FOLLOW_DEPTH_MAX, f"reactions go round in circles at {command}"
            decision = self._judge(command, caused, draft)
            if isinstance(decision, Accepted):
                self._fold(decision.events, caused, draft, follow, depth + 1)

    def _fold(
        self,
        events: Sequence[Event],
        envelope: Envelope,
        draft: Draft,
        follow: deque[tuple[Command, Envelope, int]],
        depth: int,
    ) -> None:
        react = self.world.react
        for event in events:
            stamp = self._evolve(event, envelope, draft)
            for actor, command in react(event, stamp):
                follow.append((command, Envelope(envelope.id, actor, envelope.at, stamp.seq), depth))

    def _evolve(self, event: Event, envelope: Envelope, draft: Draft) -> Stamp:
        self.seq += 1
        stamp = Stamp(self.seq, envelope.at, envelope.actor, envelope.cause, envelope.id)
        self.world.evolve(event, stamp)
        draft.records.append(Recorded(stamp, event))
        return stamp

    async def _write(self, draft: Draft) -> None:
        """Make the draft durable, then answer. A fault here stops the engine."""
        try:
            answers = [
                (asked, Answer.of(draft.at, asked.request_hash, asked.decision))
                for asked in draft.asked
                if asked.request_hash and asked.decision is not None
            ]
            if draft.records or answers:
                stored = [(asked.id, answer.at, msgspec.json.encode(answer)) for asked, answer in answers]
                batch = Batch(draft.first_seq, draft.at, self._rows(draft), stored)
                await self.disk.work(lambda: self.journal.append(batch))
        except BaseException as fault:
            self._stop(fault)
            raise
        self.seq_dry = draft.first_seq + len(draft.records) - 1
        for asked, answer in answers:
            self.inbox.remember(asked, answer)
        self._writing = None if self._writing is draft else self._writing
        self._answer(draft)

    def _rows(self, draft: Draft) -> list[Row]:
        encode = self.codec.encode
        return [
            (
                stamp.seq,
                stamp.at,
                type(event).__name__,
                event.version,
                event.room,
                event.subject(),
                stamp.actor,
                stamp.cause,
                stamp.correlation,
                encode(event),
            )
            for stamp, event in ((record.stamp, record.event) for record in draft.records)
        ]

    def _answer(self, draft: Draft) -> None:
        draft.dry.set_result(None)
        for asked in draft.asked:
            assert asked.decision is not None
            if not asked.answer.done():
                asked.answer.set_result(asked.decision)
        if draft.records:
            for listener in tuple(self._listeners):
                listener(draft.records)

    def _stop(self, fault: BaseException) -> None:
        """Answer nobody with what may not be durable."""
        self.failed = self.failed or fault
        self.stopped.set()
        self.inbox.arrived.set()
        drafts = [draft for draft in (self._writing, self._draft) if draft is not None]
        waiting = [asked for draft in drafts for asked in draft.asked] + list(self.inbox.waiting)
        for draft in drafts:
            if not draft.dry.done():
                draft.dry.set_exception(EngineStopped(str(fault)))
                draft.dry.exception()
        for asked in waiting:
            if not asked.answer.done():
                asked.answer.set_exception(EngineStopped(str(fault)))
                asked.answer.exception()


class _Nothing(msgspec.Struct, frozen=True):
    request_hash: str = ""


_NONE = _Nothing()
