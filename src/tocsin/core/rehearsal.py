"""What would happen: signals sent through a world of its own, in which nobody answers and every message arrives.

Law: the rooms decide here as they do in earnest; there is no second escalation. The settings are the real ones, read
and never written; what happens, happens in views of its own, which are thrown away. Time is the caller's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.incidents.events import AlertsJoined, IncidentOpened, Route
from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.notify.events import (
    DigestDue,
    NobodyReached,
    PageDelivered,
    PageDue,
    PagePlanned,
    RunStarted,
    StepReached,
)
from tocsin.core.oncall.events import LadderSpec, Target
from tocsin.core.world import Views, World
from tocsin.kernel.message import Command, Envelope, Event, Moment, Rejected, Stamp

MAILBOX = "mailbox"
EVENTS_MAX = 5_000
"""Then the rehearsal ends unfinished: more pages than anybody reads, and about 100 ms of the loop all share."""
SETTINGS = ("people", "calendars", "items", "oncall", "intake")
"""Rooms that signals only read. What happens, happens in the others."""
TICKING = ("incidents", "notify")
"""Rooms in which time passes. Alerts stay as they are: a plan is for an alert that goes on firing."""


class Call(msgspec.Struct, frozen=True):
    """A message that would leave at `at`. `round` and `step` count from 0; `target` is what of the rung means this
    person (None: an administrator, because nobody else could be told); `in_digest`: together with others."""

    at: Moment
    incident: str
    round: int
    step: int
    target: Target | None
    user: str
    contact: str
    channel: str
    rule: str
    in_digest: bool


class Trouble(msgspec.Struct, frozen=True):
    """What is wrong with the way to people: `nobody_on_call`, `ladder_empty`, `ladder_unknown`, `all_given_up`, or
    `no_contact` of a person who has only the mailbox. Step -1: of no rung."""

    at: Moment
    reason: str
    incident: str
    round: int = 0
    step: int = -1
    user: str = ""


class Opened(msgspec.Struct, frozen=True):
    """An incident that would open, with the alerts (by number, in the order of the signals) that would join it."""

    incident: str
    title: str
    service: str
    ladder: str
    urgency: str
    group_key: str
    alerts: tuple[int, ...]


class Foreseen(msgspec.Struct, frozen=True):
    """What signals would lead to. `alerts` are the numbers they would have, 0 for one that fires nothing; `hushed` the
    rule that keeps each from paging, empty for none. `is_cut`: it would go on."""

    alerts: tuple[int, ...]
    hushed: tuple[str, ...]
    incidents: tuple[Opened, ...]
    calls: tuple[Call, ...]
    troubles: tuple[Trouble, ...]
    is_cut: bool


def rehearse(look: Views, command: ReceiveSignals, at: Moment, root: Route | None = None) -> Foreseen:
    """What these signals would lead to if they came at this instant, by the present routing tree or another one."""
    play = _Play(look, at, root)
    play.ask(command)
    is_cut = play.let_time_pass()
    found = [play.look.alerts.open_alert(command.source, signal.key) for signal in command.signals]
    numbers = tuple(alert.number if alert is not None else 0 for alert in found)
    hushed = (play.look.alerts.suppression(number) for number in numbers)
    return Foreseen(
        numbers,
        tuple(one.rule if one is not None else "" for one in hushed),
        play.opened(),
        play.calls(),
        play.troubles(),
        is_cut,
    )


class _Play:
    """One rehearsal: a world with the settings of the real one, and what was told in it."""

    def __init__(self, look: Views, at: Moment, root: Route | None) -> None:
        stages: dict[str, msgspec.Struct] = {name: getattr(look, name) for name in SETTINGS}
        stages["alerts"] = look.alerts.rehearsal()
        stages["incidents"] = look.incidents.rehearsal(root)
        stages["notify"] = look.notify.rehearsal()
        self.at = at
        self.told: list[tuple[Moment, Event]] = []
        self._world = World(stages)
        self._rooms = [room for room in self._world.rooms if room.name in TICKING]

    @property
    def look(self) -> Views:
        """The views of this world."""
        return self._world.look

    def ask(self, command: Command) -> None:
        """Have a command decided, and everything that follows from it."""
        decision = self._world.decide(command, Envelope("", "room", self.at))
        if not isinstance(decision, Rejected):
            self._settle(decision.events)

    def let_time_pass(self) -> bool:
        """Let everything fall due, in order; whether it had to be broken off."""
        while (due := self._due()) is not None and len(self.told) < EVENTS_MAX:
            self.at = max(self.at, due)
            for room in self._rooms:
                self._settle(self._world.decide_tick(room, Envelope("", "clock", self.at)))
        return due is not None

    def _due(self) -> Moment | None:
        instants = (self.look.incidents.due(), self.look.notify.due())
        return min((at for at in instants if at is not None), default=None)

    def _settle(self, events: Sequence[Event]) -> None:
        """Fold, react, and let every message that leaves arrive at once."""
        waiting = deque(events)
        asked: deque[Command] = deque()
        while waiting or asked:
            while waiting:
                event = waiting.popleft()
                assert event.room not in SETTINGS, f"a rehearsal would write {event}"
                self.told.append((self.at, event))
                stamp = Stamp(len(self.told), self.at, "room", 0, "")
                self._world.evolve(event, stamp)
                asked.extend(command for _, command in self._world.react(event, stamp))
                if isinstance(event, PageDue | DigestDue):
                    asked.append(RecordReceipt(event.page, event.attempt, delivered=True))
            if asked:
                decision = self._world.decide(asked.popleft(), Envelope("", "room", self.at))
                waiting.extend(() if isinstance(decision, Rejected) else decision.events)

    def opened(self) -> tuple[Opened, ...]:
        """The incidents that opened."""
        alerts: dict[str, list[int]] = {}
        for _, event in self.told:
            if isinstance(event, AlertsJoined):
                alerts.setdefault(event.incident, []).extend(event.alerts)
        return tuple(
            Opened(
                one.incident, one.title, one.service, one.ladder, one.urgency, one.group_key,
                tuple(alerts.get(one.incident, ())),
            )
            for _, one in self.told
            if isinstance(one, IncidentOpened)
        )  # fmt: skip

    def calls(self) -> tuple[Call, ...]:
        """The messages that left, in the order they did."""
        ladders: dict[str, LadderSpec] = {}
        rungs: dict[str, StepReached] = {}
        planned: dict[str, tuple[Moment, PagePlanned, StepReached]] = {}
        calls: list[Call] = []
        for at, event in self.told:
            match event:
                case RunStarted():
                    ladders[event.incident] = event.spec
                case StepReached():
                    rungs[event.incident] = event
                case PagePlanned():
                    planned[event.page] = (at, event, rungs[event.incident])
                case PageDue() | DigestDue():
                    carried = event.pages if isinstance(event, DigestDue) else (event.page,)
                    calls += (self._call(at, ladders, *planned[page], len(carried) > 1) for page in carried)
                case PageDelivered():
                    row = planned.get(event.page)
                    if row is not None and row[1].channel == MAILBOX:
                        calls.append(self._call(at, ladders, *row, False))
                case _:
                    pass
        return tuple(calls)

    def _call(
        self,
        at: Moment,
        ladders: dict[str, LadderSpec],
        planned_at: Moment,
        page: PagePlanned,
        rung: StepReached,
        in_digest: bool,
    ) -> Call:
        target = (
            None if page.rule == "admins" else self._target(ladders[page.incident], rung.step, page.user, planned_at)
        )
        return Call(
            at, page.incident, rung.round, rung.step, target, page.user, page.contact, page.channel, page.rule,
            in_digest,
        )  # fmt: skip

    def _target(self, ladder: LadderSpec, step: int, user: str, at: Moment) -> Target | None:
        """What of the rung meant this person then."""
        targets = ladder.steps[step].targets if step < len(ladder.steps) else ()
        return next((one for one in targets if user in self.look.oncall.reach(self.look.people, one, at)), None)

    def troubles(self) -> tuple[Trouble, ...]:
        """What was wrong with the way to people, in the order it showed."""
        rungs: dict[str, StepReached] = {}
        found: dict[Trouble, None] = {}
        for number, (at, event) in enumerate(self.told):
            match event:
                case StepReached():
                    rungs[event.incident] = event
                    for user in self._unreached(number, event):
                        found[Trouble(at, "no_contact", event.incident, event.round, event.step, user)] = None
                case NobodyReached():
                    rung = rungs.get(event.incident)
                    round_, step = (rung.round, rung.step) if rung is not None else (0, -1)
                    found[Trouble(at, event.why, event.incident, round_, step)] = None
                case _:
                    pass
        return tuple(found)

    def _unreached(self, number: int, rung: StepReached) -> list[str]:
        """Whom of a rung only the mailbox told."""
        paged: dict[str, None] = {}
        for _, event in self.told[number + 1 :]:
            if isinstance(event, StepReached) and event.incident == rung.incident:
                break
            if isinstance(event, PagePlanned) and event.incident == rung.incident and event.channel != MAILBOX:
                paged[event.user] = None
        return [user for user in rung.users if user not in paged]
