"""What the house owes leaves when the ink is dry, once at a time, again until it arrives, and is never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

import pytest

from shell.bell import ARRIVED, BROKEN, Bell, told
from tocsin.core.incidents.commands import AcknowledgeIncident
from tocsin.core.notify.events import PageDelivered, PageFailed, PageGivenUp
from tocsin.core.notify.views import View
from tocsin.core.oncall.commands import SetLadder
from tocsin.core.oncall.events import LadderSpec, Step, Target
from tocsin.core.people.commands import AddContact, SetPreferences
from tocsin.core.people.events import ContactCodeSent, ContactLost
from tocsin.shell import outbox
from tocsin.shell.inbox import WEIGHT_MAX
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.ports import Message, Receipt

T = TypeVar("T")


class StepDisk:
    """Does one job for each `let()`; everything while `free`."""

    def __init__(self) -> None:
        self.free = True
        self.steps = asyncio.Semaphore(0)

    async def work(self, job: Callable[[], T]) -> T:
        if not self.free:
            await self.steps.acquire()
        return job()

    def let(self) -> None:
        """Let one job be done."""
        self.steps.release()


def arrived(bell: Bell) -> list[str]:
    """What the channel said of each page it took; the mailbox says nothing."""
    return [event.detail for event in bell.events(PageDelivered) if event.detail]


def test_a_page_leaves_when_it_is_durable_and_its_receipt_closes_it() -> None:
    disk = StepDisk()

    async def story(bell: Bell) -> None:
        bell.outbox.start()
        disk.free = False
        opening = asyncio.create_task(bell.incident())
        await asyncio.sleep(1)
        assert list(bell.engine.look.notify.owed()), "memory owes the page already"
        assert bell.wire.sent == []
        disk.free = True
        disk.let()
        await opening
        await bell.until(lambda: bool(arrived(bell)))
        assert [message.address for message in bell.wire.sent] == ["ann@example.org"]
        assert arrived(bell) == ["250 taken"]
        assert not list(bell.engine.look.notify.owed())

    told(story, disk=disk)


def test_a_page_that_did_not_arrive_is_sent_again_as_the_same_message() -> None:
    async def story(bell: Bell) -> None:
        bell.wire.receipts = [BROKEN]
        bell.ticking()
        bell.outbox.start()
        await bell.incident()
        await bell.until(lambda: bool(arrived(bell)))
        first, second = bell.wire.sent
        assert first.id == second.id
        assert [event.detail for event in bell.events(PageFailed)] == ["connection refused"]

    told(story)


def test_what_is_refused_for_good_is_not_sent_again() -> None:
    async def story(bell: Bell) -> None:
        bell.wire.receipts = [Receipt(False, "550 no such person", retryable=False)]
        bell.ticking()
        bell.outbox.start()
        await bell.incident()
        await bell.until(lambda: bool(bell.events(PageGivenUp)))
        await asyncio.sleep(120)
        (given_up,) = bell.events(PageGivenUp)
        assert given_up.reason == "550 no such person"
        assert [message.id for message in bell.wire.sent].count(given_up.page) == 1

    told(story)


def test_a_defect_of_a_channel_does_not_lose_the_page() -> None:
    async def story(bell: Bell) -> None:
        bell.wire.receipts = [ZeroDivisionError("a secret address")]
        bell.ticking()
        bell.outbox.start()
        await bell.incident()
        await bell.until(lambda: bool(arrived(bell)))
        (failed,) = bell.events(PageFailed)
        assert failed.detail == "defect: ZeroDivisionError"

    told(story)


def test_a_page_answered_while_it_waited_for_the_ink_does_not_leave() -> None:
    disk = StepDisk()

    async def story(bell: Bell) -> None:
        bell.outbox.start()
        disk.free = False
        opening = asyncio.create_task(bell.incident())
        await asyncio.sleep(1)
        something = asyncio.create_task(bell.ask(SetPreferences("ann", "Anna", "en", "UTC")))
        await asyncio.sleep(1)
        disk.let()
        incident = await opening
        answering = asyncio.create_task(bell.ask(AcknowledgeIncident(incident), "user:ann"))
        await asyncio.sleep(1)
        disk.free = True
        disk.let()
        await asyncio.gather(something, answering)
        await asyncio.sleep(1)
        assert bell.wire.sent == []
        assert not list(bell.engine.look.notify.owed())

    told(story, disk=disk)


def test_a_receipt_waits_while_the_inbox_is_full() -> None:
    async def story(bell: Bell) -> None:
        heavy: list[asyncio.Task[object]] = []

        async def send(message: Message) -> Receipt:
            crowd = bell.engine.submit(SetPreferences("ann", "Anna", "en", "UTC"), "init", weight=WEIGHT_MAX)
            heavy.append(asyncio.create_task(crowd))
            await asyncio.sleep(0)
            assert bell.engine.inbox.weight == WEIGHT_MAX, "the crowd is before us"
            return ARRIVED

        bell.wire.send = send  # type: ignore[method-assign]
        bell.outbox.start()
        await bell.incident()
        await bell.until(lambda: bool(arrived(bell)))
        assert len(heavy) == 1

    told(story)


def test_no_second_attempt_leaves_beside_the_first() -> None:
    async def story(bell: Bell) -> None:
        bell.ticking()
        bell.outbox.start()
        bell.wire.open.clear()
        await bell.incident()
        await asyncio.sleep(200)
        assert len(bell.wire.sent) == 1, "the channel hangs, and a new attempt fell due meanwhile"
        bell.wire.open.set()
        await bell.until(lambda: bool(arrived(bell)))

    told(story)


def test_what_was_owed_before_the_end_is_paid_after_the_start() -> None:
    journal = MemoryJournal()
    ids: list[str] = []

    async def dies(bell: Bell) -> None:
        bell.outbox.start()
        bell.wire.open.clear()
        await bell.incident()
        await bell.until(lambda: bool(bell.wire.sent))
        ids.append(bell.wire.sent[0].id)

    async def lives(bell: Bell) -> None:
        bell.outbox.start()
        await bell.until(lambda: bool(arrived(bell)))
        assert [message.id for message in bell.wire.sent] == ids

    told(dies, journal)
    told(lives, journal)


def test_draining_waits_for_what_is_under_way_and_no_longer_than_it_may() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("bob")
        bell.outbox.start()
        bell.wire.open.clear()
        await bell.incident()
        await bell.until(lambda: bool(bell.wire.sent))
        began = bell.wall.time()
        await bell.outbox.drain(20.0)
        assert bell.wall.time() - began == pytest.approx(20.0)
        assert [owed.user for owed in bell.engine.look.notify.owed()] == ["ann"]
        asyncio.get_running_loop().call_later(3.0, bell.wire.open.set)
        await bell.outbox.drain(20.0)
        assert bell.wall.time() - began == pytest.approx(23.0)
        assert not list(bell.engine.look.notify.owed())

    told(story)


def test_the_rest_follows_when_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "FLYING_MAX", 1)

    async def story(bell: Bell) -> None:
        bell.outbox.start()
        bell.wire.open.clear()
        await bell.incident("one")
        await bell.incident("two")
        await asyncio.sleep(1)
        assert len(bell.wire.sent) == 1
        bell.wire.open.set()
        await bell.until(lambda: len(arrived(bell)) == 2)

    told(story)


def test_many_that_wait_are_not_looked_through_for_each_that_lands(monkeypatch: pytest.MonkeyPatch) -> None:
    count, asked, ask = 40, list[str](), View.debt
    monkeypatch.setattr(outbox, "FLYING_MAX", 2)
    monkeypatch.setattr(View, "debt", lambda view, page: asked.append(page) or ask(view, page))

    async def story(bell: Bell) -> None:
        bell.outbox.start()
        bell.wire.open.clear()
        people = [f"p{number}" for number in range(count)]
        for person in people:
            await bell.person(person)
        steps = (Step(tuple(Target("person", person) for person in people)),)
        await bell.ask(SetLadder("web", LadderSpec(name="Web", steps=steps)))
        await bell.incident("one")
        await asyncio.sleep(1)
        assert len(bell.wire.sent) == 2
        bell.wire.open.set()
        await bell.until(lambda: len(arrived(bell)) == count)
        assert {asked.count(page) for page in asked} <= {2, 3, 4}

    told(story)


def test_a_verification_code_is_opened_only_for_its_message() -> None:
    async def story(bell: Bell) -> None:
        bell.outbox.start()
        hashed, sealed = sha256(b"123456").hexdigest(), bell.vault.seal("123456")
        await bell.ask(AddContact("ann", "c2", "email", "home", "ann@home.example", hashed, sealed))
        await bell.until(lambda: bool(bell.events(ContactCodeSent)))
        (message,) = bell.wire.sent
        assert message.address == "ann@home.example"
        assert "123456" in message.text
        assert not list(bell.engine.look.people.codes_owed())

    told(story)


def test_a_contact_that_its_channel_calls_gone_is_not_used_again() -> None:
    async def story(bell: Bell) -> None:
        bell.wire.receipts = [Receipt(False, "answered 410", retryable=False, lost=True)]
        bell.outbox.start()
        await bell.incident()
        await bell.until(lambda: bool(bell.events(PageGivenUp)))
        assert bell.events(ContactLost) == [ContactLost(user="ann", contact="ann-mail", reason="answered 410")]
        assert bell.engine.look.people.contacts_verified("ann") == ()

    told(story)
