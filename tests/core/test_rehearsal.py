"""A rehearsal foresees what the house then does, when nobody answers and every message arrives."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.pager import HOUR, MINUTE, NOON, SECOND, Pager
from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.alerts.events import SilenceSet, SilenceSpec, SilenceStarted
from tocsin.core.incidents.events import Route, RoutesSet
from tocsin.core.intake.events import Content, Signal
from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.notify.events import DigestDue, PageDelivered, PageDue, PagePlanned, Rule, RulesSet
from tocsin.core.oncall.events import LadderSet, LadderSpec, Layer, ScheduleSet, ScheduleSpec, Step, Target
from tocsin.core.rehearsal import Trouble, rehearse
from tocsin.kernel.message import Event, Moment

USERS = ("ada", "bob", "cy")
ZONES = ("UTC", "Asia/Shanghai", "America/New_York")


def signals(*labels: dict[str, str], severity: str = "critical") -> ReceiveSignals:
    """One firing signal for each set of labels."""
    return ReceiveSignals(
        "prom",
        tuple(
            Signal(f"k{number}", "firing", NOON, Content(title="db is down", severity=severity, labels=one))
            for number, one in enumerate(labels)
        ),
    )


def house(*steps: tuple[Target, ...], delay_s: int = 300, repeats: int = 0) -> Pager:
    """Ada has two ways, Bob one, Cy none; the ladder `default`."""
    found = Pager().person("ada", "sms", "email").person("bob", "email").person("cy")
    found.team("all", *USERS)
    spec = LadderSpec(name="default", steps=tuple(Step(one, delay_s) for one in steps), repeats=repeats)
    found.given(LadderSet(ladder="default", revision=1, spec=spec))
    return found


def person(user: str) -> Target:
    return Target("person", user)


def really(at: Moment, pager: Pager, command: ReceiveSignals) -> list[tuple[int, str, str, str]]:
    """What leaves when it happens: when, to whom, by which contact and rule."""
    planned: dict[str, PagePlanned] = {}
    left: list[tuple[int, str, str, str]] = []

    def follow(told: list[Event], now: int) -> None:
        for event in told:
            match event:
                case PagePlanned():
                    planned[event.page] = event
                case PageDue() | DigestDue():
                    carried = event.pages if isinstance(event, DigestDue) else (event.page,)
                    left.extend((now, planned[one].user, planned[one].contact, planned[one].rule) for one in carried)
                    follow(pager.must(RecordReceipt(event.page, event.attempt, True), now), now)
                case PageDelivered() if event.page in planned and planned[event.page].channel == "mailbox":
                    left.append((now, planned[event.page].user, "mailbox", planned[event.page].rule))
                case _:
                    pass

    follow(pager.must(command, at), at)
    while (due := pager.world.due()) is not None:
        follow(pager.tick(due), due)
    return left


def test_nothing_of_the_real_world_moves() -> None:
    pager = house((person("ada"),), (person("bob"),))
    before = pager.world.dump()
    assert rehearse(pager.world.look, signals({"alertname": "Down"}), NOON).calls
    assert pager.world.dump() == before


def test_every_rung_is_foreseen_with_whom_it_means_and_by_which_rule() -> None:
    pager = house((person("ada"),), (Target("team", "all"),))
    pager.given(RulesSet(user="ada", rules=(Rule("ada-sms", "high"), Rule("ada-email", "high", delay_s=60))))
    found = rehearse(pager.world.look, signals({"alertname": "Down"}), NOON)
    shown = [((one.at - NOON) // SECOND, one.step, one.user, one.contact, one.rule) for one in found.calls]
    assert shown == [
        (0, 0, "ada", "mailbox", "mailbox"),
        (0, 0, "ada", "ada-sms", "rule:1"),
        (60, 0, "ada", "ada-email", "rule:2"),
        (300, 1, "ada", "mailbox", "mailbox"),
        (300, 1, "bob", "mailbox", "mailbox"),
        (300, 1, "cy", "mailbox", "mailbox"),
        (300, 1, "ada", "ada-sms", "rule:1"),
        (300, 1, "bob", "bob-email", "default:high"),
        (360, 1, "ada", "ada-email", "rule:2"),
    ]
    assert found.calls[1].target == person("ada") and found.calls[-1].target == Target("team", "all")
    assert found.troubles == (Trouble(Moment(NOON + 300 * SECOND), "no_contact", "INC-1", 0, 1, "cy"),)


def test_a_rung_nobody_stands_on_is_a_trouble() -> None:
    pager = house((Target("schedule", "none"),), (person("bob"),))
    found = rehearse(pager.world.look, signals({"alertname": "Down"}), NOON)
    assert found.troubles == (Trouble(NOON, "nobody_on_call", "INC-1", 0, 0),)
    assert [one.at for one in found.calls if one.contact == "bob-email"] == [NOON]


def test_an_unknown_ladder_is_a_trouble_too() -> None:
    found = rehearse(Pager().person("eve", role="admin").world.look, signals({"alertname": "Down"}), NOON)
    assert list(dict.fromkeys(one.reason for one in found.troubles)) == ["ladder_unknown", "no_contact", "all_given_up"]


def test_a_silenced_alert_pages_nobody_and_says_which_silence() -> None:
    pager = house((person("ada"),))
    spec = SilenceSpec(
        matchers=('team="db"',), start_at=NOON, end_at=Moment(NOON + HOUR), created_by="ada", comment="work"
    )  # fmt: skip
    pager.given(SilenceSet(silence="S1", revision=1, spec=spec), SilenceStarted(silence="S1"), at=NOON)
    found = rehearse(pager.world.look, signals({"team": "db"}, {"team": "web"}), NOON)
    assert (found.alerts, found.hushed) == ((1, 2), ("silence:S1", ""))
    assert [one.alerts for one in found.incidents] == [(2,)]


def test_another_tree_is_tried_without_being_set() -> None:
    pager = house((person("ada"),))
    found = rehearse(pager.world.look, signals({}), NOON, Route(name="root", ladder="default", group_wait_s=30))
    assert found.calls[0].at == NOON + 30 * SECOND
    assert pager.world.look.incidents.routes()[0] == 0


def test_a_plan_without_end_is_cut() -> None:
    steps = tuple((Target("team", "all"),) for _ in range(20))
    pager = house(*steps, delay_s=1, repeats=9)
    pager.team("all", *(f"u{number}" for number in range(60)))
    for number in range(60):
        pager.person(f"u{number}", "sms")
    assert rehearse(pager.world.look, signals({}), NOON).is_cut


TARGETS = st.sampled_from(
    [
        *(Target("person", user) for user in USERS),
        Target("team", "all"),
        Target("schedule", "days"),
        Target("team", "x"),
    ]
)
STEPS = st.lists(
    st.builds(
        Step,
        st.lists(TARGETS, min_size=1, max_size=2, unique_by=lambda one: (one.kind, one.id)).map(tuple),
        st.sampled_from([1, 60, 300, 7_200]),
    ),
    min_size=1,
    max_size=3,
)
HOURS = st.sampled_from(["00:00", "07:30", "12:00", "22:00", "24:00"])
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from(["sms", "email"]),
        st.sampled_from(["high", "low", "any"]),
        HOURS.filter(lambda text: text != "24:00"),
        HOURS,
        st.sampled_from([0, 60, 600]),
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=STEPS,
    repeats=st.integers(0, 2),
    rules=RULES,
    zones=st.tuples(*[st.sampled_from(ZONES)] * 3),
    severity=st.sampled_from(["critical", "medium", "info"]),
    after=st.integers(0, 7 * 24 * 60),
    wait=st.sampled_from([0, 30]),
    count=st.integers(1, 8),
)
def test_what_is_foreseen_is_what_the_house_does(
    steps: list[Step],
    repeats: int,
    rules: list[Rule],
    zones: tuple[str, ...],
    severity: str,
    after: int,
    wait: int,
    count: int,
) -> None:
    pager = Pager()
    for user, zone, ways in zip(USERS, zones, (("sms", "email"), ("email",), ()), strict=True):
        pager.person(user, *ways, zone=zone, role="admin" if user == "bob" else "responder")
    pager.team("all", *USERS)
    days = Layer(name="d", users=("ada", "bob"), start="2026-11-26", unit="day")
    pager.given(ScheduleSet(schedule="days", revision=1, spec=ScheduleSpec(name="Days", layers=(days,))))
    spec = LadderSpec(name="default", steps=tuple(steps), repeats=repeats)
    pager.given(LadderSet(ladder="default", revision=1, spec=spec))
    own = tuple(Rule(f"ada-{one.contact}", one.urgency, one.start, one.end, one.delay_s) for one in rules)
    pager.given(RulesSet(user="ada", rules=own))
    tree = Route(name="root", group_by=("n",), group_wait_s=wait, ladder="default")
    pager.given(RoutesSet(revision=1, root=tree))
    at = Moment(NOON + after * MINUTE)
    command = signals(*({"n": str(number)} for number in range(count)), severity=severity)
    foreseen = rehearse(pager.world.look, command, at)
    assert not foreseen.is_cut
    assert [(one.at, one.user, one.contact, one.rule) for one in foreseen.calls] == really(at, pager, command)
