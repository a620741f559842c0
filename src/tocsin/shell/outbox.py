"""Pays what the house owes: due pages and codes go to their channel, receipts come back as commands.

Law: the debt is a state (`owed()`), not a call. After a crash it is simply paid again, at least once; the message's
id is the same each time, so that whoever can recognise it delivers it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.notify.events import DigestDue, PageDue
from tocsin.core.notify.views import Owed
from tocsin.core.people.commands import RecordCodeSent, RecordContactLost
from tocsin.core.people.events import ContactCodeDue
from tocsin.kernel.message import Command
from tocsin.shell.channels.verdict import CAME_TOO_LATE, CONTACT_GONE, DEFECT, verdict
from tocsin.shell.engine import Engine, InboxFull
from tocsin.shell.journal.protocol import Recorded
from tocsin.shell.ports import Message, Receipt, Wire

FLYING_MAX = 2_000
"""Deliveries under way at once; the rest wait, and follow as these land."""

ANSWERED = Receipt(False, verdict(CAME_TOO_LATE), retryable=False)
"""Nobody needs the page any more; the receipt closes it."""
GONE = Receipt(False, verdict(CONTACT_GONE), retryable=False)

Compose = Callable[[Owed], Message | None]
ComposeCode = Callable[[ContactCodeDue], Message | None]


class Outbox:
    """Deliveries under way, at most one for each page: a second attempt never leaves beside the first."""

    def __init__(self, engine: Engine, wire: Wire, compose: Compose, compose_code: ComposeCode) -> None:
        self._engine = engine
        self._wire = wire
        self._compose = compose
        self._compose_code = compose_code
        self._flying: dict[str, asyncio.Task[int]] = {}
        self._waiting: dict[str, tuple[Callable[[Any], Any], object]] = {}
        self.handed_over: list[Callable[[Owed, Message], None]] = []

    def start(self) -> Callable[[], None]:
        """Pay what is owed from before, and from now on what becomes due; returns the way to stop."""
        self._pay()
        return self._engine.subscribe(self._on_records, is_vital=True)

    async def drain(self, timeout_s: float) -> None:
        """Wait for deliveries under way; what does not finish in time stays owed."""
        if self._flying:
            await asyncio.wait(list(self._flying.values()), timeout=timeout_s)

    def _on_records(self, records: Sequence[Recorded]) -> None:
        """What fell due just now: all that is owed would be looked through for each of a storm's batches."""
        for record in records:
            match record.event:
                case PageDue(page=page) | DigestDue(page=page):
                    if (owed := self._engine.look.notify.debt(page)) is not None:
                        self._launch(page, self._deliver_page, owed)
                case ContactCodeDue() as code:
                    self._launch(_key_of(code), self._deliver_code, code)
                case _:
                    pass

    def _pay(self) -> None:
        look = self._engine.look
        for owed in look.notify.owed():
            self._launch(owed.page, self._deliver_page, owed)
        for code in look.people.codes_owed():
            self._launch(_key_of(code), self._deliver_code, code)

    def _launch(self, key: str, deliver: Callable[[Any], Any], debt: object) -> None:
        if key in self._flying:
            return
        if len(self._flying) >= FLYING_MAX:
            self._waiting[key] = (deliver, debt)
            return
        task = asyncio.create_task(deliver(debt))
        self._flying[key] = task
        task.add_done_callback(lambda task: self._land(key, task))

    def _land(self, key: str, task: asyncio.Task[int]) -> None:
        """Make room. A later attempt that fell due meanwhile leaves now; one that was just made never does again."""
        del self._flying[key]
        if self._engine.failed is not None or task.cancelled():
            return
        notify = self._engine.look.notify
        if task.exception() is None:
            debt = notify.debt(key)
            if debt is not None and debt.attempt != task.result():
                self._launch(key, self._deliver_page, debt)
        while self._waiting and len(self._flying) < FLYING_MAX:
            key = next(iter(self._waiting))
            deliver, waited = self._waiting.pop(key)
            if isinstance(waited, ContactCodeDue) or notify.debt(key) is not None:
                self._launch(key, deliver, waited)

    async def _deliver_page(self, owed: Owed) -> int:
        """Deliver what is owed of this page when the ink is dry; returns the attempt it was."""
        await self._engine.dry()
        debt = self._engine.look.notify.debt(owed.page)
        attempt = debt.attempt if debt is not None else owed.attempt
        receipt = await self._attempt(lambda: self._page(debt)) if debt is not None else ANSWERED
        if receipt.lost:
            await self._tell(RecordContactLost(owed.user, owed.contact, receipt.detail))
        await self._tell(RecordReceipt(owed.page, attempt, receipt.delivered, receipt.detail, receipt.retryable))
        return attempt

    def _page(self, debt: Owed) -> Message | None:
        message = self._compose(debt)
        if message is not None:
            for listener in self.handed_over:
                listener(debt, message)
        return message

    async def _deliver_code(self, code: ContactCodeDue) -> int:
        await self._engine.dry()
        receipt = await self._attempt(lambda: self._compose_code(code))
        await self._tell(RecordCodeSent(code.user, code.contact, code.code_hash, receipt.delivered, receipt.detail))
        return 1

    async def _attempt(self, compose: Callable[[], Message | None]) -> Receipt:
        """A defect of wording or channel must not lose the page: it becomes a receipt, and the page is tried again."""
        try:
            message = compose()
            return await self._wire.send(message) if message is not None else GONE
        except Exception as fault:
            return Receipt(False, verdict(DEFECT, type(fault).__name__))

    async def _tell(self, command: Command) -> None:
        while True:
            try:
                await self._engine.submit(command, "outbox")
            except InboxFull as full:
                await asyncio.sleep(full.retry_after_s)
            else:
                return


def _key_of(code: ContactCodeDue) -> str:
    return f"{code.contact}/{code.code_hash}"
