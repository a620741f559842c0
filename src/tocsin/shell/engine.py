"""The one writer: takes what was asked, decides it, lets the ink dry, then answers.

Law: while one batch is being made durable the next is being decided, one command after another; in the midst of a large
decision others get the loop, but nobody else writes. Nothing of a batch leaves before its ink is dry; when the journal
fails the engine stops, because memory ahead of the journal must never be served. A defect in whoever is told afterwards
stops nothing, unless somebody would not be paged for it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from itertools import chain

import msgspec
import structlog

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.world import Room, Timer, Views, World
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
from tocsin.shell.inbox import Answer, Asked, Inbox, InboxFull, Waiting
from tocsin.shell.journal.protocol import Batch, Journal, Recorded, Row
from tocsin.shell.ports import Clock, Disk, Entropy
from tocsin.shell.refusals import Refusals

__all__ = ["Engine", "EngineStopped", "InboxFull"]

BATCH_EVENTS_MAX = 20_000
"""Events in one commit: bounds memory and the wait for the ink."""
FOLLOW_DEPTH_MAX = 32
"""How far reactions may lead on from one command: deeper is a loop, and a defect."""
STEP_EVENTS = 500
"""Events of one decision that are folded, or written down, before others get the loop, for some milliseconds: a silence
over all that is open, or its end, is two hundred thousand, and pages that may leave must not wait for them."""
WORTH_DECIDING = 100
"""Signals that are decided while the last batch dries. Fewer are left together until it is dry: one decision is cheaper
than many, and nothing is lost, because their own batch cannot dry sooner. What a person asks is decided at once: it
may stop a page that has not left yet."""
GATHER_S = 0.002
"""How long a batch waits at most for those who were just answered and ask again at once."""
AGAIN_MS = 60_000
"""What a defect stood in the way of is tried again so much later, for what it depended on may have changed."""
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
        self._kinds = {cls: (name, cls.version, cls.room) for name, cls in codec.classes.items()}
        self.seq = seq
        self.seq_dry = seq
        self.moved = asyncio.Event()
        self.stopped = asyncio.Event()
        self.failed: BaseException | None = None
        self.quarantined = 0
        self._put_off: dict[Timer, Moment] = {}
        self.defects = 0
        """How often whoever was told what had been decided met a defect."""
        self.tick_lateness_ms = 0
        answers = {
            id_: msgspec.json.decode(outcome, type=Answer)
            for id_, outcome in journal.answers_since(Moment(clock.now() - 86_400_000))
        }
        self.inbox = Inbox(answers)
        self._refusals = Refusals()
        self._draft: Draft | None = None
        self._writing: Draft | None = None
        self._listeners: list[tuple[Listener, bool]] = []
        self._last_at = Moment(0)
        self._step_end = 0
        self._dry_at = 0.0  # when the last batch was dry, how long that took, and how much was answered with it
        self._drying_s = 0.0
        self._answered = 0

    @property
    def look(self) -> Views:
        """The views of every room. Await `dry()` before showing what they say."""
        return self.world.look

    def due(self) -> Moment | None:
        """The next instant at which a tick changes something."""
        return self.world.due(self._put_off)

    def subscribe(self, listener: Listener, *, is_vital: bool = False) -> Callable[[], None]:
        """Call the listener with the records of each batch once it is durable; returns the way to stop that. Without a
        vital one the house must not go on: its defect stops the engine."""
        entry = (listener, is_vital)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry)

    async def submit(self, command: Command, actor: str, id: str = "", weight: int = 1) -> Decision:
        """Decide the command; returns after everything that follows is durable. Raises InboxFull, EngineStopped."""
        answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self.post(command, actor, answer, id, weight)
        return await answer

    def post(self, command: Command, actor: str, answer: Waiting, id: str = "", weight: int = 1) -> None:
        """As `submit`, for those who need no future: `answer` is told what was decided when that is durable."""
        self._put(Asked(command, actor, id or self.entropy.id(), weight, answer))

    async def submit_once(self, command: Command, actor: str, id: str, request_hash: str, weight: int = 1) -> Decision:
        """As `submit`, but an id asked before gets its old answer again; refused when it was another request's."""
        earlier = self.inbox.remembered(id, self.clock.now())
        flying = self.inbox.in_flight(id)
        if (earlier or flying or _NONE).request_hash not in {"", request_hash}:
            return Rejected("idempotency_key_reused", f"the key {id!r} was used for another request; take a new one")
        if flying is not None:
            assert isinstance(flying.answer, asyncio.Future)
            return await asyncio.shield(flying.answer)
        if earlier is not None:
            await self.dry()
            return earlier.decision()
        answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._put(Asked(command, actor, id, weight, answer, request_hash))
        return await answer

    async def tick(self, *, was_deaf: bool = False) -> None:
        """Let what is due happen; returns when it is durable. `was_deaf`: nobody could be heard until now."""
        await self.submit(Tick(was_deaf=was_deaf), "clock", weight=0)

    async def dry(self) -> None:
        """Wait until all that memory shows now is durable."""
        for draft in (self._writing, self._draft):
            if draft is not None:
                await asyncio.shield(draft.dry)

    def _put(self, asked: Asked) -> None:
        if self.failed is not None:
            raise EngineStopped(str(self.failed)) from self.failed
        self.inbox.put(asked)

    async def run(self) -> None:
        """The loop: decide what waits into a draft while the last batch dries; then write the draft."""
        loop = asyncio.get_running_loop()
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
                await self._decide_waiting(draft)
                while writer is not None and not writer.done():
                    await (asyncio.wait({writer}) if draft.is_full() else self.inbox.arrived.wait())
                    await self._decide_waiting(draft)
                if writer is not None:
                    writer.result()
                    await self._gather(draft, loop)
                self._draft, self._writing = None, draft
                self.inbox.worth = WORTH_DECIDING
                writer = asyncio.create_task(self._write(draft))
                writer.add_done_callback(self._wake)
        except BaseException as fault:
            self._stop(fault)
            raise

    def _wake(self, _: object = None) -> None:
        self.inbox.worth = 0
        self.inbox.arrived.set()

    async def _gather(self, draft: Draft, loop: asyncio.AbstractEventLoop) -> None:
        """Senders who wait for their answers ask again once they have them: wait until as much has come as was just
        answered, so that one commit serves them all instead of two in turns."""
        patience_s = self._dry_at + min(GATHER_S, self._drying_s) - loop.time()
        if self._answered < 2 or patience_s <= 0 or draft.is_full():
            return
        self.inbox.arrived.clear()
        self.inbox.worth = self.inbox.weight + min(self._answered, WORTH_DECIDING)
        timer = loop.call_later(patience_s, self._wake)
        await self.inbox.arrived.wait()
        timer.cancel()
        await self._decide_waiting(draft)

    async def _decide_waiting(self, draft: Draft) -> None:
        while not draft.is_full() and (groups := self.inbox.take()):
            draft.asked += chain.from_iterable(groups)  # first, so that they are told if the engine stops meanwhile
            for group in groups:
                draft.at = self._last_at = max(self.clock.now(), self._last_at)
                if len(group) == 1 or not await self._decide_together(group, draft):
                    for asked in group:
                        envelope = Envelope(asked.id, asked.actor, draft.at)
                        asked.decision = await self._decide_one(asked.command, envelope, draft)
        self.moved.set()

    async def _decide_together(self, group: Sequence[Asked], draft: Draft) -> bool:
        """Decide the deliveries of one sender as one. False when a defect shows: then each must be tried alone."""
        envelope = Envelope(group[0].id, group[0].actor, draft.at)
        decision = self._tried(_joined(group), envelope)
        if not isinstance(decision, Accepted):
            return False
        await self._settle(decision.events, envelope, draft)
        for asked in group:
            asked.decision = decision
        return True

    async def _decide_one(self, command: Command, envelope: Envelope, draft: Draft) -> Decision:
        if isinstance(command, Tick):
            due = self.due()
            self.tick_lateness_ms = max(0, envelope.at - due) if due is not None else 0
            for room in self.world.rooms:
                await self._tick(room, command, envelope, draft)
            return Accepted()
        decision = self._judge(command, envelope, draft)
        if isinstance(decision, Accepted):
            await self._settle(decision.events, envelope, draft)
        return decision

    async def _tick(self, room: Room, tick: Tick, envelope: Envelope, draft: Draft) -> None:
        """What time brings to one room. A defect in it is tied to the row it lies in: that one is kept and tried again
        later, all else goes on."""
        mine = {row: until for (name, row), until in self._put_off.items() if name == room.name}
        kept = [row for row, until in mine.items() if until > envelope.at]
        for row in mine.keys() - kept:
            del self._put_off[room.name, row]
        if "" in kept:
            return
        rows = [row for row in self.world.rows_due(room, envelope.at) if row not in kept] if kept else []
        if kept and not rows:
            return
        defect = await self._ticked(room, rows, tick, envelope, draft)
        if defect is None:
            return
        found: dict[str, Exception] = {}
        for row in rows or self.world.rows_due(room, envelope.at):
            if (alone := await self._ticked(room, [row], tick, envelope, draft)) is not None:
                found[row] = alone
        for row, reason in (found or {"": defect}).items():
            self._put_off[room.name, row] = Moment(envelope.at + AGAIN_MS)
            event = self._quarantine(tick, f"{room.name} {row}".rstrip(), reason, envelope)
            await self._settle((event,), envelope, draft)

    async def _ticked(
        self, room: Room, rows: Sequence[str], tick: Tick, envelope: Envelope, draft: Draft
    ) -> Exception | None:
        """Let these rows of a room happen, or all that is due; the defect that stood in the way."""
        try:
            events = self.world.decide_tick(room, envelope, msgspec.structs.replace(tick, rows=tuple(rows)))
        except Exception as defect:
            return defect
        await self._settle(events, envelope, draft)
        return None

    def _quarantine(self, command: Command, body: str, defect: Exception, envelope: Envelope) -> Event:
        self.quarantined += 1
        return CommandQuarantined(
            by=envelope.actor, command=type(command).__name__, body=body[:BODY_KEPT_MAX], error=repr(defect)[:1000]
        )

    def _judge(self, command: Command, envelope: Envelope, draft: Draft) -> Decision:
        """Decide, and record a refusal unless there were too many; a defect in deciding quarantines the command and
        changes nothing else."""
        name = type(command).__name__
        decision = self._tried(command, envelope)
        if isinstance(decision, Exception):
            event = self._quarantine(command, msgspec.json.encode(command).decode(), decision, envelope)
            self._evolve(event, envelope, draft)
            return Rejected("internal_error", f"{name} could not be decided; it is kept under event {self.seq}")
        if isinstance(decision, Rejected):
            unrecorded = self._refusals.record(envelope.actor, envelope.at)
            if unrecorded is not None:
                event = CommandRefused(
                    by=envelope.actor, command=name, reason=decision.reason, detail=decision.detail[:1000],
                    unrecorded=unrecorded,
                )  # fmt: skip
                self._evolve(event, envelope, draft)
        return decision

    def _tried(self, command: Command, envelope: Envelope) -> Decision | Exception:
        """The decision, or the defect that stood in its way."""
        try:
            return self.world.decide(command, envelope)
        except Exception as defect:
            return defect

    async def _settle(self, events: Sequence[Event], envelope: Envelope, draft: Draft) -> None:
        """Fold the events, then decide what follows from them, until nothing follows."""
        follow: deque[tuple[Command, Envelope, int]] = deque()
        self._step_end = self.seq + STEP_EVENTS
        await self._fold(events, envelope, draft, follow, 1)
        while follow:
            command, caused, depth = follow.popleft()
            assert depth < FOLLOW_DEPTH_MAX, f"reactions go round in circles at {command}"
            decision = self._judge(command, caused, draft)
            if isinstance(decision, Accepted):
                await self._fold(decision.events, caused, draft, follow, depth + 1)
            elif isinstance(draft.records[-1].event, CommandQuarantined):
                stamp, event = draft.records[-1].stamp, draft.records[-1].event
                for actor, warning in self.world.react(event, stamp):
                    follow.append((warning, Envelope(caused.id, actor, caused.at, stamp.seq), depth + 1))

    async def _fold(
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
            if self.seq >= self._step_end:
                self._step_end += STEP_EVENTS
                await asyncio.sleep(0)

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
                if asked.request_hash and asked.decision is not None and not self._is_one_of_many(asked)
            ]
            if draft.records or answers:
                stored = [(asked.id, answer.at, msgspec.json.encode(answer)) for asked, answer in answers]
                batch = Batch(draft.first_seq, draft.at, await self._rows(draft), stored)
                loop = asyncio.get_running_loop()
                began = loop.time()
                await self.disk.work(lambda: self.journal.append(batch))
                self._dry_at = loop.time()
                self._drying_s = self._dry_at - began
                self._answered = len(draft.asked)
            self.seq_dry = draft.first_seq + len(draft.records) - 1
            for asked, answer in answers:
                self.inbox.remember(asked, answer)
            for asked in draft.asked:
                if asked.request_hash:
                    self.inbox.forget(asked)
            self._writing = None if self._writing is draft else self._writing
            self._answer(draft)
        except BaseException as fault:
            self._stop(fault)
            raise

    def _is_one_of_many(self, asked: Asked) -> bool:
        """Whether it was refused and is not even recorded: neither is its answer, and a repeat is decided anew."""
        return isinstance(asked.decision, Rejected) and self._refusals.are_many(asked.actor)

    async def _rows(self, draft: Draft) -> list[Row]:
        encode, kinds = self.codec.encode, self._kinds
        rows: list[Row] = []
        for record in draft.records:
            stamp, event = record.stamp, record.event
            name, version, room = kinds[type(event)]
            rows.append((
                stamp.seq, stamp.at, name, version, room, event.subject(), stamp.actor, stamp.cause,
                stamp.correlation, encode(event),
            ))  # fmt: skip
            if not len(rows) % STEP_EVENTS:
                await asyncio.sleep(0)
        return rows

    def _answer(self, draft: Draft) -> None:
        draft.dry.set_result(None)
        for asked in draft.asked:
            assert asked.decision is not None
            try:
                if not asked.answer.done():
                    asked.answer.set_result(asked.decision)
            except Exception as defect:
                self._note(defect)
        if draft.records:
            for listener, is_vital in tuple(self._listeners):
                try:
                    listener(draft.records)
                except Exception as defect:
                    if is_vital:
                        raise
                    self._note(defect)

    def _note(self, defect: Exception) -> None:
        self.defects += 1
        structlog.get_logger().error("defect_after_commit", exc_info=defect)

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
                if isinstance(asked.answer, asyncio.Future):
                    asked.answer.exception()


def _joined(group: Sequence[Asked]) -> ReceiveSignals:
    """Deliveries of one sender as one, in the order they came."""
    deliveries = [asked.command for asked in group if isinstance(asked.command, ReceiveSignals)]
    assert len(deliveries) == len(group), "only deliveries are decided together"
    return ReceiveSignals(deliveries[0].source, tuple(chain.from_iterable(one.signals for one in deliveries)))


class _Nothing(msgspec.Struct, frozen=True):
    request_hash: str = ""


_NONE = _Nothing()
