"""Alerts under random deliveries, silences and ticks: nothing is lost, replay equals life, order does not matter
where it must not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from house import House
from tocsin.core.alerts.commands import ExpireSilence, ReceiveSignals, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.decide.signals import signals_counted
from tocsin.core.alerts.events import AlertsFired, SilenceSpec
from tocsin.core.alerts.state import NEVER_S
from tocsin.core.alerts.views import View
from tocsin.core.intake.events import MEMORY_DAYS, Content, Signal
from tocsin.core.world import World
from tocsin.kernel.matcher import Matchers
from tocsin.kernel.message import Command, Event, Moment, Rejected, Stamp
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS

CONTENTS = tuple(
    Content(title=title, severity=severity, labels={"host": host, "job": "node"})
    for title, severity, host in (("Disk", "high", "a"), ("Disk", "low", "a"), ("Disk", "high", "b"))
)
LAG = st.sampled_from((0, 1, 500, 5_000, MINUTE_MS, -3_000))
LASTING = st.sampled_from((0, 1_000, 1_500, 30_000, 4 * MINUTE_MS, -1_000))
STEPS = st.sampled_from((0, 1, 700, 20_000, MINUTE_MS, 5 * MINUTE_MS, HOUR_MS, MEMORY_DAYS * DAY_MS))


@dataclass(frozen=True)
class Said:
    """A signal, with times relative to its arrival."""

    key: str
    status: str
    lag: int
    content: Content
    lasting: int

    def signal(self, at: int) -> Signal:
        expires_at = at + self.lasting if self.lasting and self.status == "firing" else 0
        return Signal(self.key, self.status, Moment(max(0, at - self.lag)), self.content, Moment(expires_at))


@dataclass(frozen=True)
class Delivery:
    source: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Put:
    silence: str
    matchers: tuple[str, ...]
    start: int
    length: int


@dataclass(frozen=True)
class Drop:
    silence: str


@dataclass(frozen=True)
class Close:
    number: int


@dataclass(frozen=True)
class Reopen:
    number: int


Deed: TypeAlias = Delivery | Put | Drop | Close | Reopen | None

SAID = st.builds(
    Said,
    key=st.sampled_from("abc"),
    status=st.sampled_from(("firing", "firing", "firing", "resolved", "acknowledged")),
    lag=LAG,
    content=st.sampled_from(CONTENTS),
    lasting=LASTING,
)
NAMES = st.sampled_from(("", "s0", "s1", "s2"))
DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(Delivery, source=st.sampled_from(("prom", "zabbix")), said=st.lists(SAID, max_size=6).map(tuple)),
    st.builds(
        Put,
        silence=NAMES,
        matchers=st.sampled_from((('host="a"',), ("host=~a|b",), ('job!="x"', 'host="b"'))),
        start=st.sampled_from((-1_000, 0, 20_000, 5 * MINUTE_MS)),
        length=st.sampled_from((1_000, MINUTE_MS, HOUR_MS)),
    ),
    st.builds(Drop, silence=NAMES),
    st.builds(Close, number=st.integers(1, 8)),
    st.builds(Reopen, number=st.integers(1, 8)),
    st.none(),
)
STORIES = st.lists(st.tuples(STEPS, DEEDS), max_size=25)


@dataclass
class Life:
    """A house, and everything told in it with its time."""

    house: House = field(default_factory=lambda: House("alerts"))
    told: list[tuple[Event, int]] = field(default_factory=list)
    at: int = 1_000_000
    silences: int = 0

    def live(self, story: list[tuple[int, Deed]]) -> None:
        for step, deed in story:
            self.pass_time(step)
            for command in self.commands(deed):
                self.ask(command)

    def pass_time(self, step: int) -> None:
        """Tick at every due instant on the way, but sleep through the longest steps."""
        until = self.at + step
        while step < HOUR_MS and (due := self.house.world.due()) is not None and due <= until:
            self.at = max(self.at, due)
            self.tick()
        self.at = until
        self.tick()

    def tick(self) -> None:
        self.told += [(event, self.at) for event in self.house.tick(self.at)]
        check_silences(self)

    def ask(self, command: Command) -> None:
        told = self.house.ask(command, at=self.at)
        if isinstance(told, Rejected):
            return
        self.told += [(event, self.at) for event in told]
        if isinstance(command, ReceiveSignals):
            assert sum(map(signals_counted, told)) == len(command.signals)
        if isinstance(command, SetSilence) and told:
            self.silences += 1

    def commands(self, deed: Deed) -> list[Command]:
        match deed:
            case Delivery():
                return [ReceiveSignals(source=deed.source, signals=tuple(one.signal(self.at) for one in deed.said))]
            case Put():
                start_at = Moment(self.at + deed.start)
                spec = SilenceSpec(
                    matchers=deed.matchers, start_at=start_at, end_at=Moment(start_at + deed.length),
                    created_by="eva", comment="",
                )  # fmt: skip
                return [SetSilence(silence=deed.silence, new_id=f"s{self.silences}", spec=spec)]
            case Drop():
                return [ExpireSilence(silence=deed.silence)]
            case Close():
                return [ResolveAlert(alert=deed.number)]
            case Reopen():
                return [ReopenAlert(alert=deed.number)]
            case None:
                return []

    @property
    def view(self) -> View:
        view = self.house.world.look.alerts
        assert isinstance(view, View)
        return view


def check_silences(life: Life) -> None:
    """After a tick an open alert is kept back exactly when an active silence matches it."""
    known = life.view.known
    for number, alert in known.firing.items():
        acting = [
            silence.silence
            for silence in known.silences.values()
            if silence.status == "active" and matches(silence.spec, alert.content)
        ]
        kept_by = life.view.silenced_by(number)
        assert kept_by in acting if acting else kept_by == "", (number, kept_by, acting)


def matches(spec: SilenceSpec, content: Content) -> bool:
    matchers = Matchers.compile(spec.matchers)
    assert isinstance(matchers, Matchers)
    return matchers.matches(content.labels)


def check_tables(life: Life) -> None:
    known = life.view.known
    open_numbers = sorted(number for keys in known.numbers.values() for number in keys.values())
    assert open_numbers == sorted(known.firing)
    assert [alert.number for alert in life.view.open_alerts()] == open_numbers
    assert [alert.number for alert in life.view.newest_open()] == open_numbers[::-1]
    assert sorted(known.pulses) == sorted([*known.firing, *known.closed])
    assert all(number in known.firing for number in known.suppressed)
    assert sorted(known.seconds) == sorted(known.expiries)
    for number in known.firing:
        pulse = known.pulses[number]
        if pulse.expires_at:
            assert pulse.check_s * 1_000 <= pulse.expires_at + 999, "an alert would outlive its expiry"
        if pulse.check_s != NEVER_S:
            assert number in known.expiries[pulse.check_s]
    severities = [alert.content.severity for alert in known.firing.values()]
    assert life.view.open_by_severity() == {name: severities.count(name) for name in dict.fromkeys(severities)}


def check_tally(life: Life) -> None:
    for source in ("prom", "zabbix"):
        received = life.view.source_tally(source).received
        assert received == sum(signals_counted(event) for event, _ in life.told if source_of(life, event) == source)


def source_of(life: Life, event: Event) -> str:
    fired = [event for event, _ in life.told if isinstance(event, AlertsFired)]
    alert = getattr(event, "alert", 0)
    return getattr(event, "source", "") or next(
        (one.source for one in fired if one.first <= alert < one.first + len(one.signals)), ""
    )


@settings(max_examples=150, deadline=None)
@given(STORIES)
def test_every_signal_has_one_fate_and_the_tables_agree(story: list[tuple[int, Deed]]) -> None:
    life = Life()
    life.live(story)
    check_tables(life)
    check_tally(life)


@settings(max_examples=100, deadline=None)
@given(STORIES)
def test_replay_equals_life(story: list[tuple[int, Deed]]) -> None:
    life = Life()
    life.live(story)
    replayed = World()
    for seq, (event, at) in enumerate(life.told, 1):
        replayed.evolve(event, Stamp(seq, Moment(at), "room", 0, "replay"))
    assert replayed.dump() == life.house.world.dump()
    assert World.load(replayed.dump()).dump() == replayed.dump()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(SAID, min_size=1, max_size=8), min_size=1, max_size=4), st.booleans())
def test_delivery_is_judged_as_if_its_signals_came_one_by_one(deliveries: list[list[Said]], is_silenced: bool) -> None:
    whole, single = Life(), Life()
    for life in (whole, single):
        if is_silenced:
            life.live([(0, Put("", ('host="a"',), 0, HOUR_MS))])
        for delivery in deliveries:
            life.pass_time(20_000)
            parts = [tuple(delivery)] if life is whole else [(one,) for one in delivery]
            for part in parts:
                life.ask(life.commands(Delivery("prom", part))[0])
    left, right = whole.view.known, single.view.known
    assert (left.firing, left.closed, left.pulses) == (right.firing, right.closed, right.pulses)
    assert (left.graves, left.suppressed) == (right.graves, right.suppressed)
