"""Why somebody was paged, and why nobody was: asked of a journal that the real rooms wrote."""

from __future__ import annotations

import pytest
from journal_contract import row

from house import House
from tocsin.core.alerts.commands import ExpireSilence, ReceiveSignals, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    ResolveIncident,
    SetRoutes,
    SnoozeIncident,
    UndoAct,
)
from tocsin.core.incidents.events import Route
from tocsin.core.intake.events import Content, Signal
from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.oncall.events import LadderSet, LadderSpec, Step, Target
from tocsin.core.people.events import ContactAdded, ContactVerified, UserSet, UserSpec
from tocsin.core.world import event_classes
from tocsin.kernel.message import Moment, Rejected
from tocsin.shell.i18n import LANGUAGES, ids
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.journal.protocol import Batch
from tocsin.shell.journal.records import birth
from tocsin.shell.journal.why import RuleVersion, why
from tocsin.shell.journal.why_not import REASONS, why_not

START = 1_700_000_000_000
MINUTE = 60_000


class Scribe(House):
    """A house that writes a journal: ann is on the ladder `web`, ben is its second rung."""

    def __init__(self, group_wait_s: int = 0) -> None:
        super().__init__()
        self.journal = MemoryJournal()
        for user in ("ann", "ben"):
            self.given(
                UserSet(user=user, spec=UserSpec(name=user, role="admin")),
                ContactAdded(user=user, contact=f"{user}-email", channel="email", label="", address=f"{user}@x"),
                ContactVerified(user=user, contact=f"{user}-email", by="ann"),
                at=START,
            )
        steps = tuple(Step((Target("person", user),), 300) for user in ("ann", "ben"))
        self.given(LadderSet(ladder="web", revision=3, spec=LadderSpec(name="web", steps=steps, repeats=0)), at=START)
        node = Route(name="web", matchers=('team="web"',), ladder="web", group_wait_s=group_wait_s, group_by=("team",))
        self.must(SetRoutes(root=Route(name="root", ladder="web", routes=(node,))), START, "user:ann")

    def _evolve(self, event, envelope):
        stamp = super()._evolve(event, envelope)
        stored = row(stamp.seq, event, stamp.at, stamp.actor, stamp.cause, stamp.correlation)
        self.journal.append(Batch(stamp.seq, stamp.at, [stored]))
        return stamp

    def must(self, command, at, actor="room"):
        told = self.ask(command, at, actor)
        assert not isinstance(told, Rejected), told
        return told

    def signal(self, *keys, at, status="firing"):
        content = Content(title="Site down", severity="critical", labels={"team": "web"})
        signals = tuple(Signal(key, status, Moment(at), content) for key in keys)
        return self.must(ReceiveSignals(source="prom", signals=signals), at, "source:prom")

    def deliver(self, at):
        for owed in list(self.world.look.notify.owed()):
            self.must(RecordReceipt(owed.page, owed.attempt, True), at, "outbox")

    def clock(self, at):
        while (due := self.world.due()) is not None and due <= at:
            self.tick(due)

    def silence(self, at, actor="user:ann"):
        spec = SilenceSpec(
            matchers=('team="web"',), start_at=Moment(at), end_at=Moment(at + 60 * MINUTE),
            created_by="ann", comment="works",
        )  # fmt: skip
        self.must(SetSilence("", "quiet", spec), at, actor)

    def chain(self, ref):
        found = why(self.journal, ref)
        assert found is not None
        return found.root, [step.type for step in found.steps]

    def reasons(self, alert):
        found = why_not(self.journal, alert)
        assert found is not None
        names = [reason.message_id.removeprefix("why_not.") for reason in found.reasons]
        assert all(name in REASONS for name in names)
        return found.was_paged, names


@pytest.fixture
def house():
    return Scribe()


AT = START + MINUTE
TO_PAGE = ["IncidentOpened", "IncidentTriggered", "RunStarted", "StepReached", "PagePlanned", "PageDue"]


def test_page_leads_back_to_the_signal_with_the_rules_that_applied(house):
    house.signal("a", at=AT)
    house.deliver(AT + 1000)
    found = why(house.journal, "INC-1")
    assert found.root == "signal"
    assert [step.type for step in found.steps] == ["AlertsFired", *TO_PAGE, "PageDelivered"]
    assert [step.seq for step in found.steps] == sorted(step.seq for step in found.steps)
    rules = [rule for step in found.steps for rule in step.rules]
    assert RuleVersion("route:root/web", 1) in rules
    assert RuleVersion("ladder:web", 3) in rules
    first = found.steps[0]
    assert (first.subject, first.actor, first.message_id) == ("ALT-1", "source:prom", "why.AlertsFired")
    assert first.values["title"] == "Site down"


def test_any_reference_finds_its_chain(house):
    house.signal("a", at=AT)
    chain = house.chain("INC-1")
    page = next(event.page for event in house.told if type(event).__name__ == "PageDue")
    due = next(seq for seq, event in enumerate(house.told, 1) if type(event).__name__ == "PageDue")
    assert house.chain(page) == chain
    assert house.chain(page.lower()) == chain
    assert house.chain("inc-1") == chain
    assert house.chain("ALT-1") == chain
    assert house.chain(str(due)) == chain


def test_unknown_references_have_no_chain(house):
    for ref in ("9999", "INC-77", "PG-77", "ALT-77", "nothing"):
        assert why(house.journal, ref) is None


def test_second_rung_is_explained_by_the_timer_of_the_first(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.clock(AT + 5 * MINUTE)
    house.deliver(AT + 6 * MINUTE)
    root, steps = house.chain("INC-1")
    assert root == "signal"
    assert steps.count("StepReached") == 2
    assert steps[:2] == ["AlertsFired", "IncidentOpened"]
    assert steps[-3:] == ["PagePlanned", "PageDue", "PageDelivered"]


def test_escalation_by_hand_is_explained_by_the_person(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(EscalateIncident(incident="INC-1"), AT + MINUTE, "user:ann")
    house.deliver(AT + MINUTE)
    root, steps = house.chain("INC-1")
    assert root == "person"
    assert steps == ["IncidentEscalated", "StepReached", "PagePlanned", "PageDue", "PageDelivered"]


def test_configuration_is_explained_by_the_person(house):
    found = why(house.journal, "routes")
    assert (found.root, [step.type for step in found.steps]) == ("person", ["RoutesSet"])


def test_alerts_of_one_delivery_have_each_a_chain_of_their_own(house):
    told = house.signal("a", "b", "c", at=AT)
    assert [type(event).__name__ for event in told][:3] == ["AlertsFired", "IncidentOpened", "AlertsJoined"]
    firsts = [why(house.journal, f"ALT-{number}").steps[0] for number in (1, 2, 3)]
    assert [(step.subject, step.message_id) for step in firsts] == [
        ("ALT-1", "why.AlertsFired"), ("ALT-2", "why.AlertsFired"), ("ALT-3", "why.AlertsFired"),
    ]  # fmt: skip
    assert firsts[1].values == {"source": "prom", "alert": 2, "title": "Site down", "count": 1}
    assert why(house.journal, "ALT-4") is None


def test_birth_of_an_alert_is_found_among_many_deliveries(house):
    for minute, keys in enumerate(("a", "bcd", "e", "fghi", "j")):
        house.signal(*keys, at=AT + minute * MINUTE)
    house.signal("k", at=AT + 4 * MINUTE)
    found = [birth(house.journal, number) for number in range(1, 12)]
    assert [(one.event.first, one.event.signals[0].key) for one in found] == list(enumerate("abcdefghijk", 1))
    assert [(one.stamp.at - AT) // MINUTE for one in found] == [0, 1, 1, 1, 2, 3, 3, 3, 3, 4, 4]
    assert birth(house.journal, 0) is None and birth(house.journal, 12) is None


def test_chain_of_an_incident_begins_with_an_alert_of_its_own(house):
    other = Signal("z", "firing", Moment(AT), Content(title="Other", severity="low", labels={"alertname": "Other"}))
    mine = Signal("m", "firing", Moment(AT), Content(title="Mine", severity="high", labels={"team": "web"}))
    house.must(ReceiveSignals(source="prom", signals=(other, mine)), AT, "source:prom")
    assert why(house.journal, "INC-2").steps[0].values["title"] == "Mine"


def test_delayed_trigger_is_explained_by_what_was_waited_for():
    house = Scribe(group_wait_s=30)
    house.signal("a", at=AT)
    house.clock(AT + MINUTE)
    assert house.chain("INC-1") == ("signal", ["AlertsFired", *TO_PAGE])


def test_paged_alert_is_said_to_be_paged(house):
    house.signal("a", at=AT)
    assert house.reasons("ALT-1") == (False, ["page_on_its_way"])
    house.deliver(AT)
    assert house.reasons("1") == (True, ["paged"])


def test_silenced_alert_names_the_silence(house):
    house.silence(AT)
    house.signal("a", at=AT + 1)
    was_paged, reasons = house.reasons("ALT-1")
    assert (was_paged, reasons) == (False, ["suppressed"])
    proof = why_not(house.journal, "ALT-1").reasons[0]
    assert proof.values["rule"] == "silence:quiet"
    assert proof.proof.rules == (RuleVersion("silence:quiet", 1),)


def test_alert_silenced_after_its_page_was_paged(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.silence(AT + MINUTE)
    assert house.reasons("ALT-1") == (True, ["paged"])


def test_alert_that_joins_an_acknowledged_incident_pages_nobody(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(AcknowledgeIncident(incident="INC-1"), AT + MINUTE, "user:ann")
    house.signal("b", at=AT + 2 * MINUTE)
    assert house.reasons("ALT-2") == (False, ["merged_into_acknowledged"])
    assert house.reasons("ALT-1") == (True, ["paged"])


def test_alert_that_joins_a_paged_incident_is_merged(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.signal("b", at=AT + MINUTE)
    assert house.reasons("ALT-2") == (False, ["merged_into_paged"])


def test_alert_that_joins_a_sleeping_incident_waits(house):
    house.signal("a", at=AT)
    house.must(SnoozeIncident(incident="INC-1", until=Moment(AT + 90 * MINUTE)), AT + 1, "user:ann")
    house.signal("b", at=AT + MINUTE)
    assert house.reasons("ALT-2") == (False, ["merged_into_snoozed"])


def test_alert_that_joins_after_something_was_taken_back_finds_what_holds_again(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(SnoozeIncident(incident="INC-1", until=Moment(AT + 90 * MINUTE)), AT + 1, "user:ann")
    house.must(EndSnooze(incident="INC-1"), AT + 2, "user:ann")
    house.signal("b", at=AT + 3)
    assert house.reasons("ALT-2") == (False, ["merged_into_paged"])
    house.must(AcknowledgeIncident(incident="INC-1"), AT + 4, "user:ann")
    house.must(SnoozeIncident(incident="INC-1", until=Moment(AT + 90 * MINUTE)), AT + 5, "user:ann")
    house.must(EndSnooze(incident="INC-1"), AT + 6, "user:ann")
    house.signal("c", at=AT + 7)
    assert house.reasons("ALT-3") == (False, ["merged_into_acknowledged"])
    house.must(ResolveIncident(incident="INC-1"), AT + 8, "user:ann")
    house.must(UndoAct(incident="INC-1"), AT + 9, "user:ann")
    house.signal("d", at=AT + 10)
    assert house.reasons("ALT-4") == (False, ["merged_into_acknowledged"])


def test_a_page_that_leaves_after_a_snooze_was_ended_goes_back_to_who_ended_it(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(SnoozeIncident(incident="INC-1", until=Moment(AT + 90 * MINUTE)), AT + 1, "user:ann")
    house.must(EndSnooze(incident="INC-1"), AT + 2, "user:ann")
    house.clock(AT + 10 * MINUTE)
    house.deliver(AT + 10 * MINUTE)
    found = why(house.journal, "INC-1")
    assert found.root == "person"
    chain = ["SnoozeEnded", "RunResumed", "StepReached", "PagePlanned", "PageDue", "PageDelivered"]
    assert [step.type for step in found.steps] == chain


def test_a_page_after_a_lapse_goes_back_to_who_had_acknowledged(house):
    steps = (Step((Target("person", "ann"),), 300),)
    spec = LadderSpec(name="web", steps=steps, repeats=0, acknowledged_for_s=1_800)
    house.given(LadderSet(ladder="web", revision=4, spec=spec), at=START)
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(AcknowledgeIncident(incident="INC-1"), AT + 1, "user:ann")
    house.clock(AT + 31 * MINUTE)
    house.deliver(AT + 31 * MINUTE)
    chain = ["IncidentAcknowledged", "IncidentTriggered", "RunStarted", "StepReached", "PagePlanned", "PageDue"]
    assert house.chain("INC-1") == ("person", [*chain, "PageDelivered"])


def test_alert_that_joins_what_only_its_sender_acknowledged_is_paged_for(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.signal("a", at=AT + 1, status="acknowledged")
    house.signal("b", at=AT + 2)
    house.deliver(AT + 2)
    assert house.reasons("ALT-2") == (True, ["paged"])


def test_what_fires_again_goes_back_to_who_took_its_end_back(house):
    house.signal("a", at=AT)
    house.deliver(AT)
    house.must(ResolveAlert(alert=1), AT + 1, "user:ann")
    house.must(ReopenAlert(alert=1), AT + 2, "user:ann")
    house.clock(AT + 10 * MINUTE)
    house.deliver(AT + 10 * MINUTE)
    assert house.reasons("ALT-1") == (True, ["paged"])
    root, chain = house.chain("INC-1")
    assert (root, chain[:3]) == ("person", ["AlertReopened", "ActUndone", "RunResumed"])
    assert chain[-1] == "PageDelivered"


def test_an_end_that_was_taken_back_is_no_reason_any_more():
    house = Scribe(group_wait_s=30)
    house.signal("a", at=AT)
    house.must(ResolveAlert(alert=1), AT + 1, "user:ann")
    assert house.reasons("ALT-1") == (False, ["resolved_before_page"])
    house.must(ReopenAlert(alert=1), AT + 2, "user:ann")
    assert house.reasons("ALT-1") == (False, ["group_wait"])


def test_a_silence_that_ended_before_an_end_was_taken_back_is_no_reason_any_more(house):
    house.silence(AT)
    house.signal("a", at=AT)
    house.must(ResolveAlert(alert=1), AT + 1, "user:ann")
    assert house.reasons("ALT-1") == (False, ["suppressed"])
    house.must(ExpireSilence("quiet"), AT + 2, "user:ann")
    house.must(ReopenAlert(alert=1), AT + 3, "user:ann")
    house.deliver(AT + 4)
    assert house.reasons("ALT-1") == (True, ["paged"])


def test_waiting_group_and_its_early_end_are_told():
    house = Scribe(group_wait_s=30)
    house.signal("a", at=AT)
    assert house.reasons("ALT-1") == (False, ["group_wait"])
    house.signal("a", at=AT + 1000, status="resolved")
    assert house.reasons("ALT-1") == (False, ["resolved_before_page"])


def test_alert_of_a_merged_incident_is_followed_to_the_other():
    house = Scribe(group_wait_s=30)
    house.signal("a", at=AT)
    content = Content(title="Other", severity="critical", labels={})
    house.must(ReceiveSignals(source="prom", signals=(Signal("z", "firing", Moment(AT), content),)), AT, "source:prom")
    house.must(MergeIncident(incident="INC-1", into="INC-2"), AT + 1, "user:ann")
    was_paged, reasons = house.reasons("ALT-1")
    assert not was_paged
    assert reasons == ["merged_into_paged"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_reason_has_words(language):
    wanted = {f"why.{cls.__name__}" for cls in event_classes()} | {f"why_not.{reason}" for reason in REASONS}
    assert wanted - ids(language) == set()


def test_unknown_alert_has_no_reasons(house):
    assert why_not(house.journal, "ALT-5") is None
    assert why_not(house.journal, "what") is None


def test_an_alert_a_new_tree_took_was_paged() -> None:
    scribe = Scribe()
    scribe.must(SetRoutes(root=Route(name="root", ladder="web", matchers=('team="db"',))), START, "user:ann")
    scribe.signal("a", at=START + 1)
    left = why_not(scribe.journal, "ALT-1")
    assert left is not None and [one.message_id for one in left.reasons] == ["why_not.no_route"]
    scribe.must(SetRoutes(root=Route(name="root", ladder="web")), START + 2, "user:ann")
    scribe.deliver(START + 3)
    taken = why_not(scribe.journal, "ALT-1")
    assert taken is not None and taken.was_paged
