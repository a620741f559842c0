"""A world with the smallest engine: what the rooms' tests talk to. Synchronous, no disk, time given."""

from __future__ import annotations

from collections import deque

from tocsin.core.world import World
from tocsin.kernel.message import Command, Envelope, Event, Moment, Rejected, Stamp, Tick


class House:
    """`given` what has happened, `ask` for something, see what follows."""

    def __init__(self, highest: str = "notify") -> None:
        """`highest` names the highest room that reacts: the others fold what they hear, and ask for nothing."""
        self.world = World()
        names = [room.name for room in self.world.rooms]
        quiet = self.world.rooms[names.index(highest) + 1 :]
        self._quiet = tuple(command for room in quiet for command in room.commands)
        self.seq = 0
        self.asked = 0
        self.told: list[Event] = []

    def given(self, *events: Event, at: int = 0, actor: str = "room") -> House:
        """Fold these events as they are, without reactions."""
        for event in events:
            self._evolve(event, Envelope("given", actor, Moment(at)))
        return self

    def ask(self, command: Command, at: int = 0, actor: str = "room") -> list[Event] | Rejected:
        """Decide the command and everything that follows in its batch."""
        self.asked += 1
        envelope = Envelope(f"c{self.asked}", actor, Moment(at))
        decision = self.world.decide(command, envelope)
        if isinstance(decision, Rejected):
            return decision
        return self._settle(deque((event, envelope) for event in decision.events))

    def tick(self, at: int, *, was_deaf: bool = False) -> list[Event]:
        """Let time come; every room in turn."""
        tick = Tick(was_deaf=was_deaf)
        told: list[Event] = []
        for room in self.world.rooms:
            envelope = Envelope(f"tick-{at}", "clock", Moment(at))
            told += self._settle(deque((event, envelope) for event in self.world.decide_tick(room, envelope, tick)))
        due = self.world.due()
        assert due is None or due > at, f"a tick at {at} left something due at {due}"
        return told

    def _settle(self, waiting: deque[tuple[Event, Envelope]]) -> list[Event]:
        told: list[Event] = []
        follow: deque[tuple[Command, Envelope]] = deque()
        while waiting or follow:
            if waiting:
                event, envelope = waiting.popleft()
                stamp = self._evolve(event, envelope)
                told.append(event)
                for actor, command in self.world.react(event, stamp):
                    if not isinstance(command, self._quiet):
                        follow.append((command, Envelope(envelope.id, actor, envelope.at, stamp.seq)))
                continue
            command, envelope = follow.popleft()
            decision = self.world.decide(command, envelope)
            assert not isinstance(decision, Rejected), f"a reaction was refused: {command} {decision}"
            waiting.extend((event, envelope) for event in decision.events)
        return told

    def _evolve(self, event: Event, envelope: Envelope) -> Stamp:
        self.seq += 1
        stamp = Stamp(self.seq, envelope.at, envelope.actor, envelope.cause, envelope.id)
        self.world.evolve(event, stamp)
        self.told.append(event)
        return stamp
