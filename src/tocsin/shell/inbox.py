"""What waits to be decided: bounded, batching, loud when full, and it remembers the requests it has answered.

Law: nothing is dropped here. A full inbox refuses at the door with the time to come back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

import msgspec

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.kernel.message import Accepted, Command, Decision, Moment, Rejected
from tocsin.kernel.moment import DAY_MS

WEIGHT_MAX = 50_000
"""Signals (or commands) that may wait: about a second of work, so that whoever gets in is answered soon."""
REMEMBERED_MS = DAY_MS
"""How long the answer to an idempotency key is kept (draft-ietf-httpapi-idempotency-key-header)."""
REMEMBERED_MAX = 500_000
"""Answers in memory, about 200 MB; a sender of more in a day is protected for less than a day."""
RETRY_AFTER_S = 1
TOGETHER_MAX = 1_000
"""Signals of different deliveries decided together: some milliseconds of the loop all share."""


class InboxFull(Exception):
    """More waits than may wait; come back after `retry_after_s`."""

    retry_after_s = RETRY_AFTER_S


class Waiting(Protocol):
    """Who waits for a decision. A future does; at the doors something cheaper does. It is told at most once, and must
    not raise."""

    def done(self) -> bool:
        """Whether it was told, or waits no more."""
        ...

    def set_result(self, result: Decision, /) -> None:
        """This was decided, and is durable."""
        ...

    def set_exception(self, exception: BaseException, /) -> None:
        """Whether it was decided is not known: the engine stopped."""
        ...


class Asked(msgspec.Struct):
    """One request on its way: the command, who asks, its id, how heavy it is and who waits for the decision.

    `request_hash` is set when the answer must be remembered under `id`. `decision` is filled in by the engine.
    """

    command: Command
    actor: str
    id: str
    weight: int
    answer: Waiting
    request_hash: str = ""
    decision: Decision | None = None


class Answer(msgspec.Struct, frozen=True):
    """A remembered decision, as the journal stores it."""

    at: Moment
    request_hash: str
    reason: str = ""
    detail: str = ""
    answer: str = ""

    @classmethod
    def of(cls, at: Moment, request_hash: str, decision: Decision) -> Answer:
        """The memory of a decision; its events are in the journal already."""
        if isinstance(decision, Rejected):
            return cls(at, request_hash, decision.reason, decision.detail)
        return cls(at, request_hash, answer=decision.answer)

    def decision(self) -> Decision:
        """The decision again, without its events."""
        return Rejected(self.reason, self.detail) if self.reason else Accepted((), self.answer)


class Inbox:
    """The queue before the one writer."""

    def __init__(self, answers: dict[str, Answer], weight_max: int = WEIGHT_MAX) -> None:
        self.waiting: deque[Asked] = deque()
        self.weight = 0
        self.weight_max = weight_max
        self.arrived = asyncio.Event()
        self.worth = 0  # the weight of deliveries that is worth waking the engine for; people and time always are
        self._answers = answers
        self._asked: dict[str, Asked] = {}

    def put(self, asked: Asked) -> None:
        """Let the request wait; raises InboxFull instead of growing."""
        if self.waiting and self.weight + asked.weight > self.weight_max:
            raise InboxFull
        self.waiting.append(asked)
        self.weight += asked.weight
        if asked.request_hash:
            self._asked[asked.id] = asked
        if self.weight >= self.worth or not isinstance(asked.command, ReceiveSignals):
            self.arrived.set()

    def take(self) -> list[list[Asked]]:
        """What is decided next, empty when nothing waits: one request; or the deliveries that stand in a row there, put
        together by who sends them, so that each sender costs one decision and few events however many come at once."""
        groups: dict[tuple[str, str], list[Asked]] = {}
        weight = 0
        while self.waiting:
            asked = self.waiting[0]
            command = asked.command
            source = command.source if isinstance(command, ReceiveSignals) and not asked.request_hash else ""
            if groups and (not source or weight + asked.weight > TOGETHER_MAX):
                break
            weight += asked.weight
            groups.setdefault((asked.actor, source), []).append(self.waiting.popleft())
            if not source:
                break
        self.weight -= weight
        if not self.waiting:
            self.arrived.clear()
        return list(groups.values())

    def remembered(self, id_: str, now: Moment) -> Answer | None:
        """The answer given to this id within the last day."""
        answer = self._answers.get(id_)
        return answer if answer is not None and answer.at > now - REMEMBERED_MS else None

    def in_flight(self, id_: str) -> Asked | None:
        """The request of this id that is not answered yet."""
        return self._asked.get(id_)

    def remember(self, asked: Asked, answer: Answer) -> None:
        """Keep an answer, and let go of those whose day is over (they are in the order of their time)."""
        self._answers[asked.id] = answer
        while len(self._answers) > REMEMBERED_MAX or self._oldest().at <= answer.at - REMEMBERED_MS:
            del self._answers[next(iter(self._answers))]

    def forget(self, asked: Asked) -> None:
        """It is answered, remembered or not."""
        self._asked.pop(asked.id, None)

    def _oldest(self) -> Answer:
        return self._answers[next(iter(self._answers))]
