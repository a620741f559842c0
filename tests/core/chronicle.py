"""A random story of a house: people, their schedules and ladders, alerts, acts, receipts, clocks and restarts.

The dice of a seed always fall the same way. Each step is one command, or one look at the clock, in the whole house.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from pager import MINUTE, SECOND, Pager, moment

from tocsin.core.alerts.commands import ReceiveSignals, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    PageHelper,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.incidents.events import Route, RoutesSet
from tocsin.core.intake.events import Content, Signal
from tocsin.core.notify.commands import RetryPage, SetRules
from tocsin.core.notify.events import Rule
from tocsin.core.oncall.commands import (
    AddOverride,
    RemoveLadder,
    RemoveOverride,
    RemoveSchedule,
    SetLadder,
    SetSchedule,
)
from tocsin.core.oncall.events import LadderSpec, Layer, Restriction, ScheduleSpec, Step, Target
from tocsin.core.people.commands import AddContact, RemoveContact, RemoveUser, SetTeam, SetUser, VouchContact
from tocsin.core.people.events import TeamSpec, UserSpec
from tocsin.core.world import World
from tocsin.kernel.message import Command, Event, Moment, Rejected

PEOPLE = ("ann", "ben", "cem", "dai")
CHANNELS = ("sms", "email", "voice")
SATURDAY = moment("2026-10-24T18:00:00Z")
"""The evening before the clocks of Berlin go back."""
NIGHTLY = Restriction((0, 1, 2, 3, 4, 5, 6), "18:00", "02:30")
"""It ends in the hour that comes twice; by day nobody is on call in it."""
TARGETS = (
    Target("schedule", "rota"), Target("schedule", "rota"), Target("team", "ops"), Target("team", "empty"),
    Target("person", "ann"), Target("person", "dai"),
)  # fmt: skip
LOAD = Route(name="pay", matchers=('alertname="Load"',), ladder="pay", go_on=True)
ROOTS = (
    Route(name="root", ladder="web"),
    Route(name="root", ladder="web", group_wait_s=120),
    Route(name="root", ladder="web", routes=(LOAD, Route(name="all", urgency="low"))),
)


class Story:
    """A house, a clock and dice; `look` is called whenever something has been told."""

    def __init__(self, seed: int, look: Callable[[Story], None]) -> None:
        self.dice = random.Random(seed)
        self.look = look
        self.at = Moment(SATURDAY + self.dice.randint(0, 8 * 60) * MINUTE)
        self.house = Pager().person("root", "email", role="admin")
        for user in PEOPLE:
            self.house.person(user, *self.dice.sample(CHANNELS, self.dice.randint(0, 3)), zone="Europe/Berlin")
        self.log: list[str] = []
        self.last = "INC-1"
        self.number = 0
        for command in (
            SetTeam("ops", TeamSpec(name="Ops", members=("ben", "cem"))), SetTeam("empty", TeamSpec(name="Empty")),
            self.schedule(), self.ladder("web"), self.ladder("pay"),
        ):  # fmt: skip
            self.ask(command)
        self.house.given(RoutesSet(revision=1, root=self.dice.choice(ROOTS)), at=self.at)

    def ask(self, command: Command, actor: str = "user:root") -> list[Event] | Rejected:
        told = self.house.ask(command, at=self.at, actor=actor)
        names = told.reason if isinstance(told, Rejected) else " ".join(type(one).__name__ for one in told)
        self.note(f"{actor} {command} -> {names}")
        return told

    def note(self, text: str) -> None:
        self.log.append(f"{(self.at - SATURDAY) / 1000:>9}s {text}")

    def step(self) -> None:
        """One thing happens, and what is due by now."""
        self.dice.choice(STEPS)(self)
        self.settle()

    def settle(self) -> None:
        due = self.house.world.due()
        if due is not None and due <= self.at:
            self.note(f"tick -> {' '.join(type(one).__name__ for one in self.house.tick(self.at))}")
        self.look(self)

    def wait(self, length: int) -> None:
        """Ticks come when they are due."""
        until = self.at + length
        while (due := self.house.world.due()) is not None and due <= until:
            self.at = Moment(max(self.at, due))
            self.settle()
        self.at = Moment(max(self.at, until))

    def incident(self) -> str:
        """One that is open, mostly the one of the last time."""
        known = self.house.world.look.incidents.known
        if self.last not in known.open or self.dice.random() > 0.6:
            names = list(known.open) if self.dice.random() < 0.8 else list(known.incidents)
            self.last = self.dice.choice(names or ["INC-1"])
        return self.last

    def user(self) -> str:
        return self.dice.choice(PEOPLE)

    def schedule(self) -> Command:
        dice = self.dice
        layers = tuple(
            Layer(
                name=f"layer{number}", users=tuple(dice.sample(PEOPLE, dice.randint(1, 3))), start="2026-10-20",
                unit=dice.choice(("hour", "day")), every=dice.randint(1, 5), hand_off=dice.choice(("09:00", "02:30")),
                restrictions=dice.choice(((), (), (NIGHTLY,))),
            )
            for number in range(dice.randint(1, 3))
        )  # fmt: skip
        return SetSchedule("rota", ScheduleSpec(name="Rota", zone="Europe/Berlin", layers=layers))

    def ladder(self, name: str) -> Command:
        dice = self.dice
        steps = tuple(
            Step(tuple(dice.sample(TARGETS, dice.randint(1, 2))), dice.choice((60, 300, 900)))
            for _ in range(dice.randint(1, 3))
        )
        return SetLadder(name, LadderSpec(name=name, steps=steps, repeats=dice.randint(0, 2)))


def signal(story: Story) -> None:
    """A sender says something."""
    dice = story.dice
    word, host = dice.choice(("Disk", "Load", "Net")), dice.choice(("a", "b"))
    severity = dice.choice(("critical", "high", "low"))
    content = Content(title=word, severity=severity, labels={"alertname": word, "host": host})
    status = dice.choice(("firing", "firing", "firing", "acknowledged", "resolved"))
    said = Signal(f"{word}{host}", status, story.at, content, Moment(story.at + 40 * MINUTE))
    story.ask(ReceiveSignals("prom", (said,)), "room")


def silence(story: Story) -> None:
    """Somebody wants no pages of a host for a while."""
    story.number += 1
    start_at = Moment(story.at + story.dice.choice((0, 0, 10 * MINUTE)))
    spec = SilenceSpec(
        matchers=(f'host="{story.dice.choice("ab")}"',), start_at=start_at,
        end_at=Moment(start_at + story.dice.randint(1, 40) * MINUTE), created_by="ann", comment="work",
    )  # fmt: skip
    story.ask(SetSilence(silence="", spec=spec, new_id=f"s{story.number}"))


def act(story: Story) -> None:
    """A person does something to an incident, and may want it undone: at once, or after something else."""
    dice, name = story.dice, story.incident()
    acts: tuple[Callable[[], Command], ...] = (
        lambda: AcknowledgeIncident(name),
        lambda: AcknowledgeIncident(name),
        lambda: UnacknowledgeIncident(name),
        lambda: ResolveIncident(name),
        lambda: ReopenIncident(name),
        lambda: EscalateIncident(name),
        lambda: EscalateIncident(name),
        lambda: SnoozeIncident(name, Moment(story.at + dice.randint(1, 40) * MINUTE)),
        lambda: EndSnooze(name),
        lambda: MergeIncident(name, story.incident()),
        lambda: UndoAct(name),
        lambda: ReassignIncident(name, user=story.user()),
        lambda: ReassignIncident(name, ladder=dice.choice(("web", "pay"))),
        lambda: SetPriority(name, dice.choice(("P1", "P3", "P5"))),
        lambda: OpenIncident("By hand", severity=dice.choice(("critical", "low"))),
        lambda: PageHelper(name, user=story.user()),
        lambda: ResolveAlert(dice.randint(1, 20)),
        lambda: ReopenAlert(dice.randint(1, 20)),
    )
    who = story.house.world.look.people.user(story.user())
    actor = f"user:{who.id}" if who is not None and who.active else "user:root"
    told = story.ask(dice.choice(acts)(), actor)
    while told and not isinstance(told, Rejected) and dice.random() < 0.4:
        story.settle()
        dice.choice(BETWEEN)(story)
        story.settle()
        told = story.ask(UndoAct(name), actor)


def change(story: Story) -> None:
    """Somebody changes who there is, how they are reached, or who is on call."""
    dice, user = story.dice, story.user()
    channel = dice.choice(CHANNELS)
    contact, start_at = f"{user}-{channel}", Moment(story.at + dice.randint(-30, 30) * MINUTE)
    story.number += 1
    changes: tuple[Callable[[], Command], ...] = (
        lambda: RemoveUser(user),
        lambda: SetUser(user, UserSpec(name=user, zone="Europe/Berlin", role="responder")),
        lambda: SetUser(user, UserSpec(name=user, zone="Europe/Berlin", role="responder")),
        lambda: RemoveContact(user, contact),
        lambda: AddContact(user, contact, channel, "x", f"{contact}@x.org", "0" * 64, "sealed"),
        lambda: VouchContact(user, contact),
        lambda: VouchContact(user, contact),
        lambda: SetRules(user, _rules(dice, user)),
        lambda: SetRules(user, ()),
        story.schedule,
        lambda: RemoveSchedule("rota"),
        lambda: story.ladder("web"),
        lambda: story.ladder("pay"),
        lambda: RemoveLadder(dice.choice(("web", "pay"))),
        lambda: AddOverride(
            "rota", f"o{story.number}", user, start_at, Moment(start_at + dice.randint(10, 90) * MINUTE),
            dice.choice(("", "", story.user())),
        ),
        lambda: RemoveOverride("rota", f"o{dice.randint(1, story.number)}"),
        lambda: SetTeam("ops", TeamSpec(name="Ops", members=tuple(dice.sample(PEOPLE, dice.randint(0, 3))))),
    )  # fmt: skip
    story.ask(dice.choice(changes)())


def _rules(dice: random.Random, user: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            f"{user}-{channel}", delay_s=dice.choice((0, 60, 600)), start=dice.choice(("00:00", "08:00")),
            end=dice.choice(("24:00", "22:00")),
        )
        for channel in dice.sample(CHANNELS, 2)
    )  # fmt: skip


def receipt(story: Story) -> None:
    """The channels say what became of what they have, mostly the same of all."""
    mood = story.dice.choice(("yes", "yes", "no", "never"))
    for owed in list(story.house.notify.owed()):
        word = story.dice.choice((mood, mood, mood, "yes", "no", "never", "silent"))
        story.note(f"receipt of {owed.page}: {word}")
        if word == "yes":
            story.house.arrived(owed.page, story.at, owed.attempt)
        elif word != "silent":
            story.house.failed(owed.page, story.at, owed.attempt, retryable=word == "no")


def retry(story: Story) -> None:
    """Somebody has a page sent anew."""
    pages = list(story.house.notify.board.pages)
    if pages:
        story.ask(RetryPage(story.dice.choice(pages)))


def wait(story: Story) -> None:
    """Time passes."""
    story.wait(story.dice.choice((SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE)))


def absence(story: Story) -> None:
    """The machine was off."""
    story.at = Moment(story.at + story.dice.choice((MINUTE, 20 * MINUTE)))


def restart(story: Story) -> None:
    """The house starts anew, from a snapshot or by reading the journal."""
    body = story.house.world.dump()
    again = World.load(body)
    if story.dice.random() < 0.3:
        again = World()
        for stamp, event in story.house.stamped:
            again.evolve(event, stamp)
    assert again.dump() == body, "the house is not what its events say"
    story.house.world = again
    story.note("restart")


def nothing(story: Story) -> None:
    """Nothing happens."""


Step_ = Callable[[Story], None]
BETWEEN: tuple[Step_, ...] = (nothing, nothing, restart, receipt, change, signal, lambda story: story.wait(20 * SECOND))
STEPS: tuple[Step_, ...] = (
    *[signal] * 6, silence, *[act] * 8, *[change] * 4, *[receipt] * 6, *[wait] * 6, absence, restart, retry,
)  # fmt: skip
