"""Incidents: what people do to them."""

from __future__ import annotations

import pytest

from house import House
from tocsin.core.alerts.commands import ReceiveSignals, SetSilence
from tocsin.core.alerts.events import AlertResolved, SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.incidents.decide.life import NOTES_MAX, SNOOZE_MS_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX
from tocsin.core.incidents.events import (
    AlertEnded,
    AlertHushed,
    AlertsJoined,
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentMerged,
    IncidentMuted,
    IncidentOpened,
    IncidentReassigned,
    IncidentReopened,
    IncidentResolved,
    IncidentsEvent,
    IncidentSnoozed,
    IncidentTriggered,
    IncidentUnmuted,
    NoteAdded,
    PrioritySet,
    Route,
    RoutesSet,
)
from tocsin.core.incidents.views import Incident, fold_incident
from tocsin.core.intake.events import Content, Signal
from tocsin.core.items.events import ServiceSet, ServiceSpec
from tocsin.core.notify.events import StepReached
from tocsin.core.oncall.events import LadderSet, LadderSpec
from tocsin.core.people.commands import RemoveUser
from tocsin.core.people.events import UserRemoved, UserSet, UserSpec
from tocsin.kernel.message import Command, Event, Moment, Rejected, Stamp
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS

DISK = Content(title="Disk full", severity="high", labels={"alertname": "Disk", "host": "db1"})
DISK2 = Content(title="Disk 2 full", severity="high", labels={"alertname": "Disk", "host": "db2"})
LOAD = Content(title="Load", severity="low", labels={"alertname": "Load", "host": "db1"})
FIRE = Content(title="Fire", severity="high", labels={"alertname": "Fire"})
ANN, BEN = "user:ann", "user:ben"
INC = "INC-1"


def house(*contents: Content) -> House:
    one = House().given(
        UserSet(user="ann", spec=UserSpec(name="Ann")),
        UserSet(user="ben", spec=UserSpec(name="Ben")),
        UserSet(user="gone", spec=UserSpec(name="Gone")),
        UserRemoved(user="gone"),
        LadderSet(ladder="db", revision=1, spec=LadderSpec(name="DB", steps=())),
        ServiceSet(service="shop", spec=ServiceSpec(name="Shop", impact="high")),
    )
    for number, content in enumerate(contents):
        say(one, f"k{number}", content)
    return one


def say(one: House, key: str, content: Content = DISK, status: str = "firing", at: int = 0) -> list[Event]:
    signals = (Signal(key, status, Moment(at), content),)
    return own(one.ask(ReceiveSignals(source="prom", signals=signals), at=at))


def silence(one: House, matcher: str, at: int = 1, end_at: int = DAY_MS) -> None:
    spec = SilenceSpec(
        matchers=(matcher,), start_at=Moment(at), end_at=Moment(end_at), created_by="ann", comment="work"
    )
    own(one.ask(SetSilence(silence="", new_id="s1", spec=spec), at=at))


def own(told: list[Event] | Rejected) -> list[Event]:
    assert not isinstance(told, Rejected), told
    return [event for event in told if event.room == "incidents"]


def do(one: House, command: Command, actor: str = ANN, at: int = 10) -> list[Event]:
    return own(one.ask(command, at=at, actor=actor))


def refused(one: House, command: Command, actor: str = ANN, at: int = 10) -> str:
    told = one.ask(command, at=at, actor=actor)
    assert isinstance(told, Rejected), told
    assert told.detail
    return told.reason


def incident(one: House, name: str = INC) -> Incident:
    found = one.world.look.incidents.incident(name)
    assert isinstance(found, Incident)
    return found


def triggered(why: str, name: str = INC, ladder: str = "default", urgency: str = "high", user: str = "") -> Event:
    return IncidentTriggered(incident=name, ladder=ladder, urgency=urgency, why=why, user=user)


def test_a_person_takes_an_incident_on() -> None:
    one = house(DISK)
    assert do(one, AcknowledgeIncident(incident=INC)) == [IncidentAcknowledged(incident=INC, by="ann")]
    assert (incident(one).status, incident(one).acknowledged_at) == ("acknowledged", 10)
    assert do(one, AcknowledgeIncident(incident=INC)) == [], "twice changes nothing"


def test_what_one_has_taken_on_another_cannot() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    told = one.ask(AcknowledgeIncident(incident=INC), actor=BEN)
    assert isinstance(told, Rejected)
    assert told.reason == "incident_already_acknowledged"
    assert "by ann" in told.detail


def test_a_person_may_take_over_what_a_source_acknowledged() -> None:
    one = house(DISK)
    say(one, "k0", status="acknowledged", at=1)
    assert do(one, AcknowledgeIncident(incident=INC)) == [IncidentAcknowledged(incident=INC, by="ann")]


def test_what_one_alert_had_at_its_sender_answers_no_other() -> None:
    one = house(DISK, DISK2)
    assert say(one, "k0", status="acknowledged", at=1) == []
    assert say(one, "k1", status="acknowledged", at=2) == [IncidentAcknowledged(incident=INC, by="source:prom")]


def test_an_alert_that_joins_what_only_senders_acknowledged_calls() -> None:
    one = house(DISK)
    say(one, "k0", status="acknowledged", at=1)
    assert say(one, "k1", DISK2, at=2)[1:] == [triggered("unanswered")]
    assert say(one, "k1", status="acknowledged", at=3) == [IncidentAcknowledged(incident=INC, by="source:prom")]
    assert say(one, "k0", status="resolved", at=4) == [AlertEnded(incident=INC, alert=1)]
    again = say(one, "k0", DISK, at=5)
    assert again[1:] == [triggered("unanswered")], "it is another fault than the one that was acknowledged"


def test_an_alert_heard_again_calls_where_only_senders_acknowledged() -> None:
    one = house(DISK, DISK2)
    silence(one, 'host="db2"', at=1, end_at=HOUR_MS)
    assert say(one, "k0", status="acknowledged", at=2) == [IncidentAcknowledged(incident=INC, by="source:prom")]
    assert own(one.tick(HOUR_MS))[-1] == triggered("unanswered")


def test_a_sleeping_incident_that_only_senders_acknowledged_is_woken_once() -> None:
    one = house(DISK)
    say(one, "k0", status="acknowledged", at=1)
    do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS)))
    assert len(say(one, "k1", DISK2, at=2)) == 1
    assert own(one.tick(HOUR_MS)) == [triggered("woken")]


def test_to_take_back_a_take_over_leaves_nothing_to_senders_that_they_did_not_acknowledge() -> None:
    one = house(DISK)
    say(one, "k0", status="acknowledged", at=1)
    do(one, AcknowledgeIncident(incident=INC))
    assert len(say(one, "k1", DISK2, at=12)) == 1, "ann has it"
    told = do(one, UndoAct(incident=INC), at=13)
    assert told[-1] == triggered("unanswered")


def lasting(seconds: int) -> House:
    """INC-1 stands on a ladder whose acknowledgements hold for so long."""
    spec = LadderSpec(name="All", steps=(), acknowledged_for_s=seconds)
    return house(DISK).given(LadderSet(ladder="default", revision=1, spec=spec))


def test_an_acknowledgement_lapses_and_the_incident_calls_again() -> None:
    one = lasting(60)
    until = Moment(10 + MINUTE_MS)
    assert do(one, AcknowledgeIncident(incident=INC)) == [IncidentAcknowledged(incident=INC, by="ann", until=until)]
    assert own(one.tick(until - 1)) == []
    assert own(one.tick(until)) == [triggered("lapsed")]
    assert (incident(one).status, incident(one).acknowledged_until) == ("triggered", 0)
    assert one.world.look.incidents.known.timers.next() is None


def test_who_has_it_may_acknowledge_again_before_that_lapses() -> None:
    one = lasting(60)
    do(one, AcknowledgeIncident(incident=INC))
    told = do(one, AcknowledgeIncident(incident=INC), at=20)
    assert told == [IncidentAcknowledged(incident=INC, by="ann", until=Moment(20 + MINUTE_MS))]
    assert refused(one, AcknowledgeIncident(incident=INC), actor=BEN) == "incident_already_acknowledged"
    assert own(one.tick(10 + MINUTE_MS)) == []
    assert own(one.tick(20 + MINUTE_MS)) == [triggered("lapsed")]


def test_what_lapses_in_silence_calls_when_it_is_heard_again() -> None:
    one = lasting(60)
    do(one, AcknowledgeIncident(incident=INC))
    silence(one, 'host="db1"', at=20, end_at=HOUR_MS)
    assert own(one.tick(30 * MINUTE_MS)) == []
    assert own(one.tick(HOUR_MS))[-1] == triggered("lapsed")


def test_a_snooze_takes_the_place_of_an_acknowledgement_that_lapses() -> None:
    one = lasting(60)
    do(one, AcknowledgeIncident(incident=INC))
    do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS)), at=20)
    assert own(one.tick(10 + MINUTE_MS)) == []
    assert do(one, EndSnooze(incident=INC), at=2 * MINUTE_MS)[-1] == triggered("lapsed")
    do(one, AcknowledgeIncident(incident=INC), at=2 * MINUTE_MS)
    do(one, ResolveIncident(incident=INC), at=2 * MINUTE_MS)
    assert own(one.tick(DAY_MS)) == []


def test_what_is_taken_back_lapses_when_it_would_have() -> None:
    one = lasting(60)
    do(one, AcknowledgeIncident(incident=INC))
    do(one, UnacknowledgeIncident(incident=INC), at=20)
    do(one, UndoAct(incident=INC), at=30)
    assert incident(one).acknowledged_until == 10 + MINUTE_MS
    do(one, UnacknowledgeIncident(incident=INC), at=40)
    assert do(one, UndoAct(incident=INC), at=10 + MINUTE_MS)[-1] == triggered("lapsed")


def test_a_signed_link_acts_for_its_person_and_nobody_else_in_anothers_name() -> None:
    one = house(DISK)
    assert refused(one, AcknowledgeIncident(incident=INC, user="ben"), actor=ANN) == "not_yourself"
    assert refused(one, AcknowledgeIncident(incident=INC, user="eve"), actor="room") == "user_unknown"
    told = do(one, AcknowledgeIncident(incident=INC, user="ben"), actor="room")
    assert told == [IncidentAcknowledged(incident=INC, by="ben")]


def test_an_incident_given_back_calls_again() -> None:
    one = house(DISK)
    assert refused(one, UnacknowledgeIncident(incident=INC)) == "incident_not_acknowledged"
    do(one, AcknowledgeIncident(incident=INC))
    assert do(one, UnacknowledgeIncident(incident=INC)) == [triggered("unacknowledged")]
    assert (incident(one).status, incident(one).acknowledged_by) == ("triggered", "")


def test_resolving_ends_the_alerts_so_that_a_repeat_opens_anew() -> None:
    one = house(DISK, DISK2)
    told = one.ask(ResolveIncident(incident=INC), at=10, actor=ANN)
    assert not isinstance(told, Rejected)
    assert [event for event in told if event.room in ("incidents", "alerts")] == [
        IncidentResolved(incident=INC, by="ann", how="manual"),
        AlertResolved(alert=1, how="manual", ended_at=Moment(10)),
        AlertResolved(alert=2, how="manual", ended_at=Moment(10)),
        AlertEnded(incident=INC, alert=1),
        AlertEnded(incident=INC, alert=2),
    ]
    assert do(one, ResolveIncident(incident=INC)) == []
    assert say(one, "k0", at=11)[:2] == [
        IncidentReopened(incident=INC, by="alerts"),
        AlertsJoined(incident=INC, alerts=(3,), severities=("high",), titles=("Disk full",)),
    ]


def test_resolving_leaves_alerts_another_open_incident_holds() -> None:
    root = Route(name="root", routes=(Route(name="a", go_on=True), Route(name="b")))
    one = House().given(RoutesSet(revision=1, root=root), UserSet(user="ann", spec=UserSpec(name="Ann")))
    say(one, "k")
    assert do(one, ResolveIncident(incident=INC)) == [IncidentResolved(incident=INC, by="ann", how="manual")]
    assert incident(one, "INC-2").open_count == 1
    told = do(one, ResolveIncident(incident="INC-2"))
    assert told[1:] == [AlertEnded(incident=INC, alert=1), AlertEnded(incident="INC-2", alert=1)]


def test_an_incident_comes_back_muted_when_its_alert_was_silenced_meanwhile() -> None:
    root = Route(name="root", routes=(Route(name="a", go_on=True), Route(name="b")))
    one = House().given(RoutesSet(revision=1, root=root), UserSet(user="ann", spec=UserSpec(name="Ann")))
    say(one, "k")
    do(one, ResolveIncident(incident=INC))
    silence(one, 'host="db1"', at=20)
    assert do(one, ReopenIncident(incident=INC), at=21) == [
        IncidentReopened(incident=INC, by="ann"),
        AlertHushed(incident=INC, alert=1, rule="silence:s1", revision=1),
        IncidentMuted(incident=INC, rule="silence:s1"),
    ]


def test_a_resolved_incident_can_be_reopened_by_hand() -> None:
    one = house(DISK)
    assert do(one, ReopenIncident(incident=INC)) == []
    do(one, ResolveIncident(incident=INC))
    assert refused(one, AcknowledgeIncident(incident=INC)) == "incident_already_resolved"
    assert do(one, ReopenIncident(incident=INC)) == [
        IncidentReopened(incident=INC, by="ann"),
        triggered("reopened"),
    ]
    assert say(one, "k0", DISK2, at=99 * DAY_MS)[0] == AlertsJoined(
        incident=INC, alerts=(2,), severities=("high",), titles=("Disk 2 full",)
    )


def test_a_snoozed_incident_sleeps_and_wakes() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    assert do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS))) == [
        IncidentSnoozed(incident=INC, until=Moment(HOUR_MS), by="ann")
    ]
    assert do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS))) == []
    assert one.world.look.incidents.due() == HOUR_MS
    assert own(one.tick(HOUR_MS)) == [triggered("woken")]
    assert incident(one).snoozed_until == 0


@pytest.mark.parametrize("until", [10, SNOOZE_MS_MAX + 11])
def test_a_snooze_lies_ahead_and_not_too_far(until: int) -> None:
    assert refused(house(DISK), SnoozeIncident(incident=INC, until=Moment(until))) == "snooze_out_of_range"


def test_an_incident_that_ends_in_its_sleep_does_not_wake() -> None:
    one = house(DISK)
    do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS)))
    say(one, "k0", status="resolved", at=20)
    assert own(one.tick(HOUR_MS)) == []


def test_a_sleeping_incident_is_not_acknowledged_by_its_sender() -> None:
    one = house(DISK)
    do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS)))
    assert say(one, "k0", status="acknowledged", at=20) == []


def test_a_silence_outlasting_a_snooze_delays_the_waking() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    do(one, SnoozeIncident(incident=INC, until=Moment(HOUR_MS)))
    silence(one, 'host="db1"', at=20, end_at=2 * HOUR_MS)
    assert own(one.tick(HOUR_MS)) == []
    assert own(one.tick(2 * HOUR_MS))[1:] == [IncidentUnmuted(incident=INC), triggered("woken")]


def test_a_snooze_outlasting_a_silence_goes_on() -> None:
    one = house(DISK)
    silence(one, 'host="db1"', at=5, end_at=HOUR_MS)
    do(one, SnoozeIncident(incident=INC, until=Moment(2 * HOUR_MS)))
    assert own(one.tick(HOUR_MS))[1:] == [IncidentUnmuted(incident=INC)]
    assert own(one.tick(2 * HOUR_MS)) == [triggered("woken")]


def test_a_muted_incident_is_not_made_to_call_by_hand() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    silence(one, 'host="db1"', at=20, end_at=HOUR_MS)
    assert refused(one, UnacknowledgeIncident(incident=INC)) == "incident_muted"
    assert refused(one, EscalateIncident(incident=INC)) == "incident_muted"
    assert do(one, ReassignIncident(incident=INC, user="ben")) == [
        IncidentReassigned(incident=INC, by="ann", user="ben")
    ]
    assert own(one.tick(HOUR_MS))[-1] == triggered("unmuted", user="ben")


def test_an_incident_is_given_to_a_person_or_to_a_ladder() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    assert do(one, ReassignIncident(incident=INC, user="ben")) == [
        IncidentReassigned(incident=INC, by="ann", user="ben"),
        triggered("reassigned", user="ben"),
    ]
    assert (incident(one).status, incident(one).user) == ("triggered", "ben")
    assert do(one, ReassignIncident(incident=INC, ladder="db")) == [
        IncidentReassigned(incident=INC, by="ann", ladder="db"),
        triggered("reassigned", ladder="db"),
    ]
    assert (incident(one).ladder, incident(one).user) == ("db", "")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (ReassignIncident(incident=INC), "one_target_needed"),
        (ReassignIncident(incident=INC, ladder="db", user="ben"), "one_target_needed"),
        (ReassignIncident(incident=INC, ladder="x"), "ladder_unknown"),
        (ReassignIncident(incident=INC, user="eve"), "user_unknown"),
        (ReassignIncident(incident=INC, user="gone"), "user_unknown"),
        (SetPriority(incident=INC, priority="P0"), "priority_unknown"),
        (AddNote(incident=INC, text=" "), "note_empty"),
        (AddNote(incident=INC, text="x" * (TEXT_LENGTH_MAX + 1)), "note_too_long"),
        (AcknowledgeIncident(incident="INC-9"), "incident_unknown"),
        (ResolveIncident(incident="nonsense"), "incident_unknown"),
        (MergeIncident(incident=INC, into=INC), "incident_is_itself"),
        (MergeIncident(incident=INC, into="INC-9"), "incident_unknown"),
        (OpenIncident(title=" "), "title_invalid"),
        (OpenIncident(title="x" * (TITLE_LENGTH_MAX + 1)), "title_invalid"),
        (OpenIncident(title="x", details="x" * (TEXT_LENGTH_MAX + 1)), "details_too_long"),
        (OpenIncident(title="x", severity="bad"), "severity_unknown"),
        (OpenIncident(title="x", urgency="bad"), "urgency_unknown"),
        (OpenIncident(title="x", service="bad"), "service_unknown"),
        (OpenIncident(title="x", ladder="bad"), "ladder_unknown"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(command: Command, reason: str) -> None:
    assert refused(house(DISK), command) == reason


def test_escalating_hurries_the_call_that_runs() -> None:
    one = house(DISK)
    assert do(one, EscalateIncident(incident=INC)) == [IncidentEscalated(incident=INC, by="ann")]


def test_escalating_what_nobody_is_called_for_begins_to_call() -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC))
    assert do(one, EscalateIncident(incident=INC)) == [
        triggered("escalated"),
        IncidentEscalated(incident=INC, by="ann"),
    ]


def test_escalating_in_the_group_wait_begins_with_the_first_rung() -> None:
    one = house().given(RoutesSet(revision=1, root=Route(name="root", group_wait_s=300)))
    say(one, "a")
    told = do(one, EscalateIncident(incident=INC))
    assert told == [IncidentEscalated(incident=INC, by="ann"), triggered("escalated")]
    assert sum(isinstance(event, StepReached) for event in one.told) == 1, "nobody was called before"


def test_what_somebody_had_who_is_gone_calls_again() -> None:
    one = house(DISK, LOAD, FIRE)
    for name in (INC, "INC-2", "INC-3"):
        do(one, AcknowledgeIncident(incident=name), BEN)
    do(one, SnoozeIncident(incident="INC-2", until=Moment(HOUR_MS)))
    silence(one, 'alertname="Fire"')
    assert do(one, RemoveUser("ben"), "init") == [triggered("unacknowledged")]
    assert own(one.tick(HOUR_MS)) == [triggered("woken", "INC-2", urgency="low")]
    assert refused(one, UndoAct(INC)) == "nothing_to_undo"
    assert own(one.tick(DAY_MS))[-2:] == [IncidentUnmuted(incident="INC-3"), triggered("unacknowledged", "INC-3")]


@pytest.mark.parametrize(
    "later, back",
    [
        (SnoozeIncident(incident=INC, until=Moment(HOUR_MS)), EndSnooze(INC)),
        (ReassignIncident(incident=INC, user="ann"), UndoAct(INC)),
        (ResolveIncident(incident=INC), UndoAct(INC)),
    ],
)
def test_what_somebody_had_who_is_gone_calls_as_soon_as_it_can(later: Command, back: Command) -> None:
    one = house(DISK)
    do(one, AcknowledgeIncident(incident=INC), BEN)
    do(one, later)
    do(one, RemoveUser("ben"), "init")
    assert triggered("unacknowledged") in do(one, back)
    assert INC in one.world.look.notify.known.runs


def test_a_priority_set_by_hand_brings_its_urgency() -> None:
    one = house(LOAD)
    told = do(one, SetPriority(incident=INC, priority="P1"))
    assert told == [PrioritySet(incident=INC, priority="P1", severity="low", urgency="high", by="ann")]
    assert do(one, SetPriority(incident=INC, priority="P1")) == []
    do(one, SetPriority(incident=INC, priority="P5"))
    assert (incident(one).priority, incident(one).urgency) == ("P5", "low")


def test_notes_are_kept_up_to_a_limit() -> None:
    one = house(DISK)
    assert do(one, AddNote(incident=INC, text="on it")) == [NoteAdded(incident=INC, by="ann", text="on it")]
    one.given(*(NoteAdded(incident=INC, by="ann", text="x") for _ in range(NOTES_MAX - 1)))
    assert refused(one, AddNote(incident=INC, text="more")) == "too_many_notes"


def test_an_incident_opened_by_hand_calls_and_does_not_end_by_itself() -> None:
    one = house(DISK)
    told = do(one, OpenIncident(title=" Shop is slow ", severity="critical", service="shop", ladder="db"))
    opened = IncidentOpened(
        incident="INC-2", title="Shop is slow", severity="critical", service="shop", ladder="db", urgency="high",
        priority="P1", trigger_at=Moment(10), by="ann",
    )  # fmt: skip
    assert told == [opened, triggered("opened", "INC-2", "db")]
    do(one, MergeIncident(incident=INC, into="INC-2"))
    assert say(one, "k0", status="resolved", at=20) == [AlertEnded(incident="INC-2", alert=1)]
    assert incident(one, "INC-2").is_open


def test_merging_moves_the_open_alerts_and_what_comes_later() -> None:
    one = house(DISK, LOAD)
    assert do(one, MergeIncident(incident=INC, into="INC-2")) == [
        AlertsJoined(incident="INC-2", alerts=(1,), severities=("high",), titles=("Disk full",)),
        PrioritySet(incident="INC-2", priority="P2", severity="high", urgency="low", by="room"),
        triggered("escalated", "INC-2"),
        IncidentMerged(incident=INC, into="INC-2", by="ann"),
        IncidentResolved(incident=INC, by="ann", how="merged"),
    ]
    assert one.world.look.incidents.incidents_of(1) == ("INC-2",)
    assert refused(one, AcknowledgeIncident(incident=INC)) == "incident_merged"
    assert refused(one, ReopenIncident(incident=INC)) == "incident_merged"
    told = say(one, "k9", DISK2, at=20)
    assert told == [AlertsJoined(incident="INC-2", alerts=(3,), severities=("high",), titles=("Disk 2 full",))]


def test_silenced_alerts_stay_silenced_where_they_are_moved() -> None:
    one = house(DISK, LOAD)
    silence(one, 'alertname="Disk"', at=5)
    told = do(one, MergeIncident(incident=INC, into="INC-2"))
    assert told[:2] == [
        AlertsJoined(incident="INC-2", alerts=(1,), severities=("high",), titles=("Disk full",)),
        AlertHushed(incident="INC-2", alert=1, rule="silence:s1", revision=1),
    ]
    assert not any(isinstance(event, IncidentTriggered) for event in told)
    assert (incident(one, "INC-2").severity, incident(one, "INC-2").hushed_count) == ("low", 1)


def test_a_merged_incident_that_wakes_is_not_called_for() -> None:
    one = house(DISK, LOAD)
    do(one, SnoozeIncident(incident=INC, until=Moment(MINUTE_MS)))
    do(one, MergeIncident(incident=INC, into="INC-2"))
    assert own(one.tick(MINUTE_MS)) == []


def test_an_incident_is_folded_from_its_own_events() -> None:
    one = house(LOAD, DISK)
    do(one, AcknowledgeIncident(incident="INC-2"))
    do(one, AddNote(incident="INC-2", text="hm"))
    do(one, ResolveIncident(incident="INC-2"))
    rows: list[tuple[IncidentsEvent, Stamp]] = []
    for seq, event in enumerate(one.told, 1):
        if event.room == "incidents" and event.subject() == "INC-2":
            at = 0 if isinstance(event, IncidentOpened | AlertsJoined | IncidentTriggered) else 10
            rows.append((event, Stamp(seq, Moment(at), "room", 0, "c")))
    assert fold_incident(rows) == incident(one, "INC-2")
    assert fold_incident(rows[1:]) is None
    assert fold_incident([]) is None
