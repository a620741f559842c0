"""The one writer: order, idempotency, back-pressure, quarantine; nothing leaves before the ink is dry."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from shell.bell import InlineDisk
from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.alerts.events import AlertsRepeated
from tocsin.core.intake.commands import RemoveSource, SetSource
from tocsin.core.intake.events import Content, Signal, SourceSpec
from tocsin.core.people.commands import SetUser
from tocsin.core.people.events import UserSpec
from tocsin.core.world import World, codec
from tocsin.kernel.message import (
    Accepted,
    Command,
    CommandQuarantined,
    CommandRefused,
    Decision,
    Envelope,
    Moment,
    Rejected,
)
from tocsin.kernel.moment import HOUR_MS
from tocsin.shell.engine import STEP_EVENTS, Engine, EngineStopped, InboxFull
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.journal.protocol import Batch, JournalFull, Recorded
from tocsin.shell.journal.sqlite import SqliteJournal
from tocsin.shell.real import SteadyClock, SystemEntropy, ThreadDisk
from tocsin.shell.refusals import ONE_BY_ONE, Refusals

T = TypeVar("T")
ANN = SetUser("ann", UserSpec(name="Ann", role="admin"))
BOB = SetUser("bob", UserSpec(name="Bob"))


class HeldDisk:
    """A disk whose jobs wait until they are let go."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()

    async def work(self, job: Callable[[], T]) -> T:
        self.asked.set()
        await self.gate.wait()
        return job()


class FullJournal(MemoryJournal):
    """A journal without space."""

    def append(self, batch: Batch) -> None:
        raise JournalFull("there is no space left")


class BrokenWorld(World):
    """A world with a defect in deciding about bob."""

    def decide(self, command: Command, envelope: Envelope) -> Decision:
        if command == BOB:
            raise ZeroDivisionError("a defect")
        return super().decide(command, envelope)


def engine_of(
    journal: MemoryJournal | SqliteJournal | None = None, disk: Any = None, world: World | None = None
) -> Engine:
    """An engine that is not running yet."""
    kept = journal if journal is not None else MemoryJournal()
    return Engine(
        world or World(), codec(), kept, kept.last_seq(), SteadyClock(), disk or ThreadDisk(), SystemEntropy()
    )


def story(tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run one story to its end."""
    asyncio.run(asyncio.wait_for(tell(), 20))


def test_an_answer_waits_for_the_ink() -> None:
    async def tell() -> None:
        disk = HeldDisk()
        engine = engine_of(disk=disk)
        loop = asyncio.create_task(engine.run())
        answer = asyncio.create_task(engine.submit(ANN, "init"))
        await disk.asked.wait()
        assert engine.look.people.user("ann") is not None
        reading = asyncio.create_task(engine.dry())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not answer.done() and not reading.done()
        disk.gate.set()
        assert isinstance(await answer, Accepted)
        await reading
        loop.cancel()

    story(tell)


def test_what_arrives_while_a_batch_dries_goes_into_the_next_one() -> None:
    async def tell() -> None:
        disk, journal = HeldDisk(), MemoryJournal()
        engine = engine_of(journal, disk)
        loop = asyncio.create_task(engine.run())
        first = asyncio.create_task(engine.submit(ANN, "init"))
        await disk.asked.wait()
        rest = [asyncio.create_task(engine.submit(SetUser(f"u{n}", UserSpec(name="U")), "init")) for n in range(50)]
        for _ in range(20):
            await asyncio.sleep(0)
        disk.gate.set()
        await asyncio.gather(first, *rest)
        assert journal.head().batch == 2
        loop.cancel()

    story(tell)


def test_a_request_id_is_decided_once_even_after_a_restart(tmp_path: Path) -> None:
    async def tell() -> None:
        journal = SqliteJournal(tmp_path / "journal.db")
        engine = engine_of(journal)
        loop = asyncio.create_task(engine.run())
        both = await asyncio.gather(*(engine.submit_once(ANN, "init", "k1", "h1") for _ in range(2)))
        assert all(isinstance(decision, Accepted) for decision in both)
        seq = engine.seq
        loop.cancel()
        again = engine_of(journal)
        loop = asyncio.create_task(again.run())
        assert isinstance(await again.submit_once(ANN, "init", "k1", "h1"), Accepted)
        other = await again.submit_once(BOB, "init", "k1", "h2")
        assert isinstance(other, Rejected) and other.reason == "idempotency_key_reused"
        assert again.seq == seq
        loop.cancel()

    story(tell)


def test_a_full_inbox_says_so_and_keeps_what_it_took() -> None:
    async def tell() -> None:
        engine = engine_of()
        engine.inbox.weight_max = 10
        waiting = asyncio.create_task(engine.submit(ANN, "init", weight=8))
        await asyncio.sleep(0)
        with pytest.raises(InboxFull):
            await engine.submit(BOB, "init", weight=8)
        loop = asyncio.create_task(engine.run())
        assert isinstance(await waiting, Accepted)
        loop.cancel()

    story(tell)


def test_a_refusal_is_recorded() -> None:
    async def tell() -> None:
        journal = MemoryJournal()
        engine = engine_of(journal)
        loop = asyncio.create_task(engine.run())
        decision = await engine.submit(ANN, "user:nobody")
        assert isinstance(decision, Rejected) and decision.reason == "permission_denied"
        assert isinstance(next(iter(journal.read())).event, CommandRefused)
        loop.cancel()

    story(tell)


def test_who_is_refused_without_end_does_not_fill_the_journal_and_none_is_lost_to_the_audit() -> None:
    async def tell() -> None:
        journal = MemoryJournal()
        engine = engine_of(journal)
        loop = asyncio.create_task(engine.run())
        for _ in range(1_000):
            assert isinstance(await engine.submit(ANN, "user:nobody"), Rejected)
        await engine.submit(ANN, "user:other")
        told = [record.event for record in journal.read() if isinstance(record.event, CommandRefused)]
        of_nobody = [event for event in told if event.by == "user:nobody"]
        assert [event.unrecorded for event in of_nobody] == [0] * ONE_BY_ONE + [49, 99, 199, 399]
        assert sum(event.unrecorded + 1 for event in of_nobody) == 800, "the rest is told by the next"
        assert told[-1] == CommandRefused(by="user:other", command="SetUser", reason="permission_denied",
                                          detail=told[-1].detail)  # fmt: skip
        loop.cancel()

    story(tell)


def test_refusals_with_an_idempotency_key_each_do_not_fill_the_journal_either() -> None:
    async def tell() -> None:
        journal = MemoryJournal()
        engine = engine_of(journal)
        loop = asyncio.create_task(engine.run())
        for number in range(ONE_BY_ONE + 10):
            assert isinstance(await engine.submit_once(ANN, "user:nobody", f"k{number}", "h"), Rejected)
        assert len(journal.answers_since(Moment(0))) == ONE_BY_ONE
        assert isinstance(await engine.submit_once(ANN, "user:nobody", f"k{ONE_BY_ONE + 9}", "h"), Rejected)
        assert isinstance(await engine.submit_once(ANN, "init", "k-good", "h"), Accepted)
        assert engine.inbox.in_flight("k-good") is None and engine.inbox.in_flight("k59") is None
        loop.cancel()

    story(tell)


def test_refusals_that_were_only_counted_are_told_by_the_first_of_the_next_hour() -> None:
    refusals = Refusals()
    recorded = [refusals.record("user:ann", Moment(0)) for _ in range(ONE_BY_ONE + 3)]
    assert recorded == [0] * ONE_BY_ONE + [None] * 3
    assert refusals.record("user:ann", Moment(HOUR_MS)) == 3
    assert refusals.record("user:ann", Moment(HOUR_MS)) == 0


def test_a_defect_in_deciding_is_quarantined_and_the_engine_goes_on() -> None:
    async def tell() -> None:
        journal = MemoryJournal()
        engine = engine_of(journal, world=BrokenWorld())
        loop = asyncio.create_task(engine.run())
        decision = await engine.submit(BOB, "init")
        assert isinstance(decision, Rejected) and decision.reason == "internal_error"
        assert isinstance(await engine.submit(ANN, "init"), Accepted)
        assert isinstance(next(iter(journal.read())).event, CommandQuarantined)
        loop.cancel()

    story(tell)


class Broken:
    """Who waits for a decision and cannot bear it."""

    def done(self) -> bool:
        return False

    def set_result(self, result: object, /) -> None:
        raise KeyError("a defect in an answer")

    def set_exception(self, exception: BaseException, /) -> None: ...


def test_a_defect_in_whoever_is_told_spares_everybody_else() -> None:
    async def tell() -> None:
        engine = engine_of()
        heard: list[int] = []

        def broken(records: Sequence[Recorded]) -> None:
            raise KeyError("a defect in a feed")

        stop = engine.subscribe(broken)
        engine.subscribe(lambda records: heard.append(len(records)))
        loop = asyncio.create_task(engine.run())
        engine.post(ANN, "init", Broken())
        assert isinstance(await engine.submit(BOB, "init"), Accepted)
        assert sum(heard) == 2 and engine.failed is None
        told = engine.defects
        assert told >= 2
        stop()
        assert isinstance(await engine.submit(BOB, "init"), Accepted)
        assert engine.defects == told
        loop.cancel()

    story(tell)


def test_without_a_vital_listener_the_engine_does_not_go_on() -> None:
    async def tell() -> None:
        engine = engine_of()

        def broken(records: Sequence[Recorded]) -> None:
            raise KeyError("a defect in the outbox")

        engine.subscribe(broken, is_vital=True)
        loop = asyncio.create_task(engine.run())
        assert isinstance(await engine.submit(ANN, "init"), Accepted)
        with pytest.raises(KeyError):
            await loop
        assert engine.stopped.is_set()

    story(tell)


def test_a_journal_that_fails_stops_the_engine_and_answers_nobody() -> None:
    async def tell() -> None:
        engine = engine_of(FullJournal())
        loop = asyncio.create_task(engine.run())
        with pytest.raises(EngineStopped):
            await engine.submit(ANN, "init")
        with pytest.raises(JournalFull):
            await loop
        with pytest.raises(EngineStopped):
            await engine.submit(BOB, "init")
        assert engine.stopped.is_set()

    story(tell)


def delivery(source: str, *keys: str) -> ReceiveSignals:
    """A delivery that says that these alerts are on."""
    content = Content("down", "high", {})
    return ReceiveSignals(source, tuple(Signal(key, "firing", Moment(1), content) for key in keys))


class Deaf(World):
    """A world with a defect in deciding about the alert `bad`."""

    def decide(self, command: Command, envelope: Envelope) -> Decision:
        if isinstance(command, ReceiveSignals) and any(signal.key == "bad" for signal in command.signals):
            raise ZeroDivisionError("a defect")
        return super().decide(command, envelope)


async def delivered(engine: Engine, disk: HeldDisk, *deliveries: ReceiveSignals) -> list[Decision]:
    """What comes of deliveries that wait together while the disk is busy."""
    asking = [asyncio.create_task(engine.submit(ANN, "init"))]
    await disk.asked.wait()
    asking += [asyncio.create_task(engine.submit(one, f"source:{one.source}")) for one in deliveries]
    await asyncio.sleep(0)
    disk.gate.set()
    return (await asyncio.gather(*asking))[1:]


def test_deliveries_that_wait_together_are_decided_as_one_for_each_source() -> None:
    async def tell() -> None:
        disk, journal = HeldDisk(), MemoryJournal()
        engine = engine_of(journal, disk)
        loop = asyncio.create_task(engine.run())
        disk.gate.set()
        await engine.submit(delivery("prom", "a", "b"), "source:prom")
        disk.gate.clear()
        disk.asked.clear()
        seq = engine.seq
        waiting = [delivery("prom", "a"), delivery("zabbix", "z"), delivery("prom", "b", "a"), delivery("prom", "c")]
        decisions = await delivered(engine, disk, *waiting)
        told = [one.event for one in journal.read(seq + 1) if one.event.room == "alerts"]
        assert [type(event).__name__ for event in told] == ["AlertsRepeated", "AlertsFired", "AlertsFired"]
        assert told[0] == AlertsRepeated(source="prom", alerts=(1, 2, 1))
        assert decisions[0] is decisions[2] is decisions[3] and isinstance(decisions[0], Accepted)
        assert engine.look.alerts.source_tally("prom").received == 6
        loop.cancel()

    story(tell)


def test_a_defect_in_one_delivery_spares_those_that_waited_with_it() -> None:
    async def tell() -> None:
        disk, journal = HeldDisk(), MemoryJournal()
        engine = engine_of(journal, disk, Deaf())
        loop = asyncio.create_task(engine.run())
        good, bad, fine = await delivered(
            engine, disk, delivery("prom", "a"), delivery("prom", "bad"), delivery("prom", "b")
        )
        assert isinstance(good, Accepted) and isinstance(fine, Accepted)
        assert isinstance(bad, Rejected) and bad.reason == "internal_error"
        assert engine.quarantined == 1
        loop.cancel()

    story(tell)


def test_a_command_between_deliveries_keeps_its_place() -> None:
    async def tell() -> None:
        disk, journal = HeldDisk(), MemoryJournal()
        engine = engine_of(journal, disk)
        loop = asyncio.create_task(engine.run())
        first = asyncio.create_task(engine.submit(ANN, "init"))
        await disk.asked.wait()
        asked = [
            asyncio.create_task(engine.submit(command, actor))
            for command, actor in (
                (delivery("prom", "a"), "source:prom"), (BOB, "init"), (delivery("prom", "b"), "source:prom"),
            )
        ]  # fmt: skip
        await asyncio.sleep(0)
        disk.gate.set()
        await asyncio.gather(first, *asked)
        told = [type(one.event).__name__ for one in journal.read() if one.event.room in {"alerts", "people"}]
        assert told == ["UserSet", "AlertsFired", "UserSet", "AlertsFired"]
        loop.cancel()

    story(tell)


async def spun(turns: list[int]) -> None:
    """Count how often the loop comes round."""
    while True:
        turns[0] += 1
        await asyncio.sleep(0)


SOURCE = SetSource("prom", SourceSpec(name="Prom"), "a" * 64)
MANY = delivery("prom", *(f"k{number}" for number in range(3 * STEP_EVENTS)))


def test_a_large_decision_does_not_keep_others_waiting() -> None:
    async def tell() -> None:
        engine = engine_of(disk=InlineDisk())
        loop = asyncio.create_task(engine.run())
        await engine.submit(SOURCE, "init")
        await engine.submit(MANY, "source:prom")
        turns = [0]
        spinning = asyncio.create_task(spun(turns))
        seq = engine.seq
        await engine.submit(RemoveSource("prom"), "init")
        steps = (engine.seq - seq) // STEP_EVENTS
        assert steps >= 3 and turns[0] >= 2 * steps, "each step is decided, and written down"
        assert list(engine.look.alerts.open_alerts()) == []
        spinning.cancel()
        loop.cancel()

    story(tell)


def test_whoever_waits_while_the_engine_stops_in_the_midst_of_a_decision_is_told() -> None:
    async def tell() -> None:
        engine = engine_of(disk=InlineDisk())
        loop = asyncio.create_task(engine.run())
        await engine.submit(SOURCE, "init")
        await engine.submit(MANY, "source:prom")
        seq = engine.seq
        asking = [asyncio.create_task(engine.submit(one, "init")) for one in (RemoveSource("prom"), ANN, BOB)]
        for _ in range(3):
            await asyncio.sleep(0)
        assert seq + STEP_EVENTS <= engine.seq < seq + 3 * STEP_EVENTS, "it is in the midst of the first"
        loop.cancel()
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(one) for one in told] == [EngineStopped] * 3

    story(tell)


def test_those_who_ask_again_at_once_share_a_commit() -> None:
    async def tell() -> None:
        async def ask_twice(number: int) -> None:
            for time in ("a", "b"):
                await engine.submit(delivery("prom", f"{time}{number}"), "source:prom")

        class SlowDisk:
            async def work(self, job: Callable[[], T]) -> T:
                for _ in range(1_000):
                    await asyncio.sleep(0)
                return job()

        journal = MemoryJournal()
        engine = engine_of(journal, SlowDisk())
        running = asyncio.create_task(engine.run())
        await asyncio.gather(*(ask_twice(number) for number in range(20)))
        assert journal.head().batch == 2
        running.cancel()

    story(tell)
