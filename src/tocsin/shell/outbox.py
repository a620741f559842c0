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
from tocsin.core.people.commands import RecordCodeSent
from tocsin.core.people.events import ContactCodeDue
from tocsin.kernel.message import Command
from tocsin.shell.engine import Engine, InboxFull
from tocsin.shell.journal.protocol import Recorded
from tocsin.shell.ports import Message, Receipt, Wire

DEBTS = (PageDue, DigestDue, ContactCodeDue)
FLYING_MAX = 2_000
"""Deliveries under way at once; the rest stay owed and follow as these land."""

Compose = Callable[[Owed], Message | None]
ComposeCode = Callable[[ContactCodeDue], Message | None]


class Outbox:
    """Deliveries under way, at most one for each debt."""

    def __init__(self, engine: Engine, wire: Wire, compose: Compose, compose_code: ComposeCode) -> None:
        self._engine = engine
        self._wire = wire
        self._compose = compose
        self._compose_code = compose_code
        self._flying: dict[str, asyncio.Task[None]] = {}
        self.handed_over: list[Callable[[Owed, Message], None]] = []

    def start(self) -> Callable[[], None]:
        """Pay what is owed from before, and from now on what becomes due; returns the way to stop."""
        self._pay()
        return self._engine.subscribe(self._on_records)

    async def drain(self, timeout_s: float) -> None:
        """Wait for deliveries under way; what does not finish in time stays owed."""
        if self._flying:
            await asyncio.wait(list(self._flying.values()), timeout=timeout_s)

    def _on_records(self, records: Sequence[Recorded]) -> None:
        if any(isinstance(record.event, DEBTS) for record in records):
            self._pay()

    def _pay(self) -> None:
        look = self._engine.look
        for owed in look.notify.owed():
            self._launch(f"{owed.page}/{owed.attempt}", self._deliver_page, owed)
        for code in look.people.codes_owed():
            self._launch(f"{code.contact}/{code.code_hash}", self._deliver_code, code)

    def _launch(self, key: str, deliver: Callable[[Any], Any], debt: object) -> None:
        if key in self._flying or len(self._flying) >= FLYING_MAX:
            return
        task = asyncio.create_task(deliver(debt))
        self._flying[key] = task
        task.add_done_callback(lambda _: self._land(key))

    def _land(self, key: str) -> None:
        was_full = len(self._flying) >= FLYING_MAX
        del self._flying[key]
        if was_full and self._engine.failed is None:
            self._pay()

    async def _deliver_page(self, owed: Owed) -> None:
        await self._engine.dry()
        still = self._engine.look.notify.still_owed(owed)
        message = self._compose(still) if still is not None else None
        if still is None:
            receipt = Receipt(False, "answered before it left", retryable=False)
        elif message is None:
            receipt = Receipt(False, "the contact point is gone", retryable=False)
        else:
            for listener in self.handed_over:
                listener(still, message)
            receipt = await self._send(message)
        await self._tell(RecordReceipt(owed.page, owed.attempt, receipt.delivered, receipt.detail, receipt.retryable))

    async def _deliver_code(self, code: ContactCodeDue) -> None:
        await self._engine.dry()
        message = self._compose_code(code)
        receipt = await self._send(message) if message is not None else Receipt(False, "the contact point is gone")
        await self._tell(RecordCodeSent(code.user, code.contact, code.code_hash, receipt.delivered, receipt.detail))

    async def _send(self, message: Message) -> Receipt:
        """A channel's defect must not lose the page: it becomes a receipt, and the page is tried again."""
        try:
            return await self._wire.send(message)
        except Exception as fault:
            return Receipt(False, f"the channel {message.channel} failed: {type(fault).__name__}")

    async def _tell(self, command: Command) -> None:
        while True:
            try:
                await self._engine.submit(command, "outbox")
            except InboxFull as full:
                await asyncio.sleep(full.retry_after_s)
            else:
                return
