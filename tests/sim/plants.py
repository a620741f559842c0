"""Bugs to be planted in a house, each of a kind a reviewer could miss. The checkers must find every one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.alerts.events import AlertReleased
from tocsin.core.incidents.commands import RouteAlerts
from tocsin.core.world import TICK, Room, World
from tocsin.kernel.codec import Codec
from tocsin.kernel.message import Command, Decision, Envelope, Event, Stamp, Tick
from tocsin.shell.engine import Draft, Engine
from tocsin.shell.journal.protocol import Verdict
from tocsin.shell.journal.sqlite import SqliteJournal
from tocsin.shell.outbox import Outbox
from tocsin.sim.house import Parts


class EffectBeforeInk(Engine):
    """Tells the outbox of a batch before it is durable."""

    async def dry(self) -> None:
        """Never waits."""

    async def _write(self, draft: Draft) -> None:
        for listener, _ in tuple(self._listeners):
            listener(draft.records)
        await asyncio.sleep(0)
        await super()._write(draft)


class AnswerBeforeInk(Engine):
    """Answers before the batch is durable."""

    async def _write(self, draft: Draft) -> None:
        for asked in draft.asked:
            if asked.decision is not None and not asked.answer.done():
                asked.answer.set_result(asked.decision)
        await super()._write(draft)


class Restless(Engine):
    """Is busy with nothing as soon as something was decided."""

    async def _write(self, draft: Draft) -> None:
        while True:  # noqa: ASYNC110 (that is the bug)
            await asyncio.sleep(0)


class InkThatNeverDries(SqliteJournal):
    """Does not wait for the disk."""

    def __init__(self, path: str | Path, codec: Codec | None = None, *, vfs: str = "", exclusive: bool = False) -> None:
        super().__init__(path, codec, vfs=vfs, exclusive=exclusive)
        self._writer.pragma("synchronous", "off")


class BlindVerifier(SqliteJournal):
    """Finds every journal whole."""

    def verify(self) -> Verdict:
        head = self.head()
        return Verdict(True, 0, "", head.seq, head.hash.hex())


class OrderByHash(World):
    """Judges the signals of a delivery in the order of a set of strings."""

    def decide(self, command: Command, envelope: Envelope) -> Decision:
        if isinstance(command, ReceiveSignals):
            by_key = {signal.key: signal for signal in command.signals}
            command = ReceiveSignals(command.source, tuple(by_key[key] for key in set(by_key)))
        return super().decide(command, envelope)


class LostReaction(World):
    """Forgets now and then that an alert must find its incident."""

    def react(self, event: Event, stamp: Stamp) -> list[tuple[str, Command]]:
        asked = super().react(event, stamp)
        return [one for one in asked if not isinstance(one[1], RouteAlerts) or stamp.seq % 5]


class SilenceForEver(World):
    """Lets silences end without releasing what they kept back."""

    def decide_tick(self, room: Room, envelope: Envelope, tick: Tick = TICK) -> tuple[Event, ...]:
        return tuple(one for one in super().decide_tick(room, envelope, tick) if not isinstance(one, AlertReleased))


class ProudOfItsEars(World):
    """Takes its own absence for the senders' silence."""

    def decide_tick(self, room: Room, envelope: Envelope, tick: Tick = TICK) -> tuple[Event, ...]:
        return super().decide_tick(room, envelope)


class DoublePage(Outbox):
    """Pays its debts twice after a start."""

    def start(self) -> Callable[[], None]:
        stop = super().start()
        for owed in self._engine.look.notify.owed():
            self._launch(f"{owed.page} again", self._deliver_page, owed)
        return stop


class ImpureFold(World):
    """Folds something that no event says: replay cannot know it."""

    def react(self, event: Event, stamp: Stamp) -> list[tuple[str, Command]]:
        if stamp.seq % 100 == 0:
            self.look.alerts.heard["nobody"] = stamp.at
        return super().react(event, stamp)


PLANTS: dict[str, tuple[Parts, str]] = {
    "effect before ink": (Parts(engine=EffectBeforeInk), "left before its event was durable"),
    "answer before ink": (Parts(engine=AnswerBeforeInk), "the journal knows|the journal does not know"),
    "restless": (Parts(engine=Restless), "time stands still"),
    "ink that never dries": (Parts(journal=InkThatNeverDries), "before it was synced"),
    "blind verifier": (Parts(journal=BlindVerifier), "verify did not see it"),
    "lost reaction": (Parts(world=LostReaction), "its batch ends without its fate"),
    "silence for ever": (Parts(world=SilenceForEver), "is suppressed: True, but silences that act"),
    "proud of its ears": (Parts(world=ProudOfItsEars), "counts as silent, but nobody could be heard"),
    "double page": (Parts(outbox=DoublePage), "could be explained"),
    "impure fold": (Parts(world=ImpureFold), "state is not what its events say, in alerts"),
}
"""Each bug and the words by which it is found."""
