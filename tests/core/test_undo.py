"""Undoing what was just done to an incident, and ending a snooze: it stands as before, and nobody is called again."""

from __future__ import annotations

import pytest
from pager import HOUR, MINUTE, NOON, SECOND, Pager, lines

from tocsin.core.alerts.commands import UNDO_MS, ReceiveSignals, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    ReassignIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.incidents.events import (
    ActUndone,
    IncidentMuted,
    IncidentReopened,
    IncidentTriggered,
    Route,
    RoutesSet,
    SnoozeEnded,
)
from tocsin.core.incidents.views import Incident
from tocsin.core.intake.events import Content, Signal
from tocsin.core.notify.commands import SetRules
from tocsin.core.notify.decide.resume import RESUME_MS
from tocsin.core.notify.events import PageDue, PagePlanned, Rule, RunResumed, RunStarted
from tocsin.core.people.commands import RemoveContact
from tocsin.kernel.message import Command, Event, Moment, Rejected

INC = "INC-1"
ANN, BOB = "user:ann", "user:bob"


def _house(*, open_: bool = True, **ladder: int) -> Pager:
    """Ann by SMS at once and by voice after two minutes, then Bob by SMS."""
    house = Pager().person("ann", "sms", "voice").person("bob", "sms").person("cleo", "sms")
    house.ladder("ann", "bob", **ladder)
    house.ask(SetRules("ann", (Rule("ann-sms"), Rule("ann-voice", delay_s=120))), at=NOON, actor=ANN)
    if open_:
        _do(house, OpenIncident("Shop down", ladder="web"), 0, BOB)
        _sent(house)
    return house


def _do(house: Pager, command: Command, at: int, actor: str = ANN) -> list[Event]:
    told = house.ask(command, at=NOON + at, actor=actor)
    assert not isinstance(told, Rejected), told
    return told


def _refused(house: Pager, command: Command, at: int = 1, actor: str = ANN) -> str:
    told = house.ask(command, at=NOON + at, actor=actor)
    assert isinstance(told, Rejected) and told.detail, told
    return told.reason


def _sent(house: Pager, at: int = 0) -> None:
    for owed in list(house.notify.owed()):
        house.arrived(owed.page, at, owed.attempt)


def _leaves(told: list[Event]) -> list[str]:
    """The pages that leave."""
    return [one.page for one in told if isinstance(one, PageDue)]


def _incident(house: Pager) -> Incident:
    found = house.world.look.incidents.incident(INC)
    assert isinstance(found, Incident)
    return found


def _kept(house: Pager) -> None:
    """A world read back is the same."""
    again = type(house.world).load(house.world.dump())
    assert again.dump() == house.world.dump()


def test_a_snooze_that_is_ended_leaves_it_with_whoever_has_it() -> None:
    house = _house()
    _do(house, AcknowledgeIncident(INC), 10 * SECOND)
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), MINUTE, BOB)
    told = _do(house, EndSnooze(INC), 10 * MINUTE, BOB)
    assert told == [SnoozeEnded(incident=INC, by="bob", is_calling=False)]
    one = _incident(house)
    assert (one.status, one.acknowledged_by, one.acknowledged_at) == ("acknowledged", "ann", NOON + 10 * SECOND)
    assert house.tick(NOON + 2 * HOUR) == []
    assert _refused(house, EndSnooze(INC), 3 * HOUR) == "incident_not_snoozed"


def test_after_an_ended_snooze_the_rung_waits_on_and_what_had_not_left_leaves_later() -> None:
    house = _house()
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), MINUTE)
    told = _do(house, EndSnooze(INC), 2 * MINUTE)
    assert told[0] == SnoozeEnded(incident=INC, by="ann", is_calling=True)
    assert [type(one) for one in told] == [SnoozeEnded, RunResumed, PagePlanned], "nobody is told again"
    page = told[2]
    assert isinstance(page, PagePlanned)
    assert (page.contact, page.rule, page.due_at) == ("ann-voice", "rule:2", NOON + 3 * MINUTE)
    assert _leaves(house.tick(NOON + 3 * MINUTE)) == [page.page]
    assert [line for line in house.clock(6 * MINUTE) if "rung" in line] == ["INC-1 rung 0.1: bob, next never"]
    _kept(house)


def test_long_after_it_was_stopped_calling_begins_anew() -> None:
    house = _house()
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), MINUTE)
    told = _do(house, EndSnooze(INC), MINUTE + RESUME_MS + 1)
    started = told[1]
    assert isinstance(started, RunStarted) and started.why == "snooze_ended"
    assert len(_leaves(told)) == 1


@pytest.mark.parametrize(
    "act",
    [
        AcknowledgeIncident(INC),
        ResolveIncident(INC),
        SnoozeIncident(INC, Moment(NOON + HOUR)),
        ReassignIncident(INC, user="cleo"),
    ],
)
def test_undone_a_moment_later_the_ladder_goes_on_and_nobody_is_called_again(act: Command) -> None:
    house = _house()
    _do(house, act, MINUTE)
    _sent(house, MINUTE)
    told = _do(house, UndoAct(INC), MINUTE + 10 * SECOND)
    assert _leaves(told) == []
    assert not any(isinstance(one, RunStarted | IncidentTriggered) for one in told)
    resumed = next(one for one in told if isinstance(one, RunResumed))
    assert (resumed.run, resumed.users, resumed.next_at) == (1, ("ann",), NOON + 5 * MINUTE + 10 * SECOND)
    one = _incident(house)
    assert (one.status, one.ladder, one.user, one.acknowledged_by) == ("triggered", "web", "", "")
    assert [line for line in house.clock(5 * MINUTE + 10 * SECOND) if "rung" in line] == [
        "INC-1 rung 0.1: bob, next never"
    ]
    _kept(house)


@pytest.mark.parametrize(
    "act",
    [
        UnacknowledgeIncident(INC),
        ResolveIncident(INC),
        SnoozeIncident(INC, Moment(NOON + HOUR)),
        ReassignIncident(INC, user="cleo"),
    ],
)
def test_what_another_had_goes_back_to_them_in_silence(act: Command) -> None:
    house = _house()
    _do(house, AcknowledgeIncident(INC), 10 * SECOND)
    _do(house, act, MINUTE, BOB)
    _sent(house, MINUTE)
    told = _do(house, UndoAct(INC), MINUTE + 10 * SECOND, BOB)
    assert not any(isinstance(one, PagePlanned | PageDue | RunStarted | RunResumed) for one in told)
    one = _incident(house)
    assert (one.status, one.acknowledged_by, one.acknowledged_at) == ("acknowledged", "ann", NOON + 10 * SECOND)
    assert (one.ladder, one.user, one.snoozed_until, one.resolved_by) == ("web", "", 0, "")
    assert INC not in house.notify.known.runs
    assert house.tick(NOON + 2 * HOUR) == []
    _kept(house)


def test_an_acknowledgement_undone_in_a_snooze_lets_it_sleep_on() -> None:
    house = _house()
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), MINUTE)
    _do(house, AcknowledgeIncident(INC), 2 * MINUTE, BOB)
    _do(house, UndoAct(INC), 3 * MINUTE, BOB)
    assert _incident(house).snoozed_until == NOON + HOUR
    woken = house.tick(NOON + HOUR)
    assert isinstance(woken[0], IncidentTriggered) and woken[0].why == "woken"


def test_a_snooze_that_would_be_over_meanwhile_is_over() -> None:
    house = _house()
    _do(house, SnoozeIncident(INC, Moment(NOON + 2 * MINUTE)), MINUTE)
    _do(house, AcknowledgeIncident(INC), 2 * MINUTE - SECOND, BOB)
    told = _do(house, UndoAct(INC), 2 * MINUTE + SECOND, BOB)
    assert isinstance(told[1], IncidentTriggered) and told[1].why == "woken"
    assert _incident(house).snoozed_until == 0


def test_only_ones_own_last_act_is_undone_and_only_for_a_moment() -> None:
    house = _house()
    assert _refused(house, UndoAct(INC)) == "nothing_to_undo"
    assert _refused(house, UndoAct("INC-9")) == "incident_unknown"
    _do(house, AcknowledgeIncident(INC), MINUTE)
    assert _refused(house, UndoAct(INC), MINUTE, BOB) == "nothing_to_undo"
    assert _refused(house, UndoAct(INC), MINUTE + UNDO_MS + 1) == "undo_too_late"
    _do(house, UndoAct(INC), MINUTE + UNDO_MS)
    assert _refused(house, UndoAct(INC), MINUTE + UNDO_MS) == "nothing_to_undo", "once is enough"


@pytest.mark.parametrize("later", [EscalateIncident(INC), MergeIncident(INC, "INC-2")])
def test_what_went_on_since_is_not_undone(later: Command) -> None:
    house = _house()
    _do(house, OpenIncident("Other", ladder="web"), 1, BOB)
    _do(house, AcknowledgeIncident(INC), MINUTE)
    _do(house, later, MINUTE)
    assert _refused(house, UndoAct(INC), MINUTE) == "nothing_to_undo"


def test_an_escalation_that_became_more_urgent_meanwhile_begins_anew() -> None:
    house = _house()
    _do(house, SetPriority(INC, "P5"), SECOND)
    _do(house, AcknowledgeIncident(INC), MINUTE)
    told = _do(house, UndoAct(INC), MINUTE)
    assert any(isinstance(one, RunStarted) and one.urgency == "low" for one in told)


@pytest.mark.parametrize("answer", [AcknowledgeIncident(INC), SnoozeIncident(INC, Moment(NOON + HOUR))])
def test_the_next_rung_of_what_was_answered_is_the_one_after_it(answer: Command) -> None:
    house = _house(repeats=0)
    _do(house, answer, SECOND)
    told = lines(_do(house, EscalateIncident(INC), MINUTE, BOB))
    assert [line for line in told if "rung" in line] == ["INC-1 rung 0.1: bob, next never"]
    _do(house, AcknowledgeIncident(INC), 2 * MINUTE, BOB)
    told = lines(_do(house, EscalateIncident(INC), 3 * MINUTE, BOB))
    assert [line for line in told if "rung" in line or "nobody" in line] == ["INC-1 rung 1.0: ann, next +480s"]
    told = lines(_do(house, EscalateIncident(INC), 4 * MINUTE, BOB))
    assert [line for line in told if "rung" in line] == ["INC-1 rung 1.1: bob, next never"]


def test_a_ladder_changed_or_an_urgency_risen_since_the_answer_is_climbed_from_the_first_rung() -> None:
    house = _house(open_=False)
    _do(house, OpenIncident("Shop slow", ladder="web", urgency="low"), 0, BOB)
    _do(house, AcknowledgeIncident(INC), SECOND)
    _do(house, SetPriority(INC, "P1"), SECOND)
    told = lines(_do(house, EscalateIncident(INC), MINUTE, BOB))
    assert [line.split(",")[0] for line in told if "rung" in line] == ["INC-1 rung 0.0: ann", "INC-1 rung 0.1: bob"]
    _do(house, AcknowledgeIncident(INC), 2 * MINUTE)
    house.ladder("cleo", "bob", revision=2)
    told = lines(_do(house, EscalateIncident(INC), 3 * MINUTE, BOB))
    assert [line.split(",")[0] for line in told if "rung" in line] == ["INC-1 rung 0.0: cleo", "INC-1 rung 0.1: bob"]


def test_what_was_given_up_in_a_digest_while_it_was_answered_is_sent_after_all() -> None:
    house = Pager().person("root", "email", role="admin").person("ann", "sms").ladder("ann", delay_s=1)
    for _ in range(7):
        _do(house, OpenIncident("Shop down", ladder="web"), 0)
    house.tick(NOON + SECOND)
    house.tick(NOON + MINUTE)
    digest = house.notify.pages_of("INC-6")[-1].into
    assert digest and house.notify.known.runs["INC-6"].exhausted
    _do(house, AcknowledgeIncident("INC-6"), 61 * SECOND)
    assert f"{digest} given up: broken" in house.failed(digest, 62 * SECOND, retryable=False)
    told = _do(house, UndoAct("INC-6"), 63 * SECOND)
    assert [one.contact for one in told if isinstance(one, PagePlanned)] == ["ann-sms"]


def test_a_run_resumed_that_reaches_nobody_any_more_alarms_the_administrators() -> None:
    house = Pager().person("root", "email", role="admin").person("ann", "sms").ladder("ann", delay_s=60)
    _do(house, OpenIncident("Shop down", ladder="web"), 0)
    house.tick(NOON + MINUTE)
    _do(house, AcknowledgeIncident(INC), 61 * SECOND)
    house.ask(RemoveContact("ann", "ann-sms"), at=NOON + 62 * SECOND)
    house.failed(house.notify.pages_of(INC)[-1].id, 62 * SECOND, retryable=False)
    assert "INC-1 nobody: all_given_up" in lines(_do(house, UndoAct(INC), 63 * SECOND))


def test_what_arrived_later_by_the_same_contact_is_not_told_again_when_an_answer_is_undone() -> None:
    house = Pager().person("ann", "sms").ladder("ann", "ann", delay_s=60)
    _do(house, OpenIncident("Shop down", ladder="web"), 0)
    house.tick(NOON + MINUTE)
    old, new = [page.id for page in house.notify.pages_of(INC) if page.contact == "ann-sms"]
    house.arrived(new, MINUTE)
    _do(house, AcknowledgeIncident(INC), 61 * SECOND)
    assert house.failed(old, 62 * SECOND) == [f"{old} cancelled: acknowledged"]
    told = _do(house, UndoAct(INC), 63 * SECOND)
    assert [one for one in told if isinstance(one, PagePlanned)] == []


def test_a_ladder_changed_meanwhile_begins_anew() -> None:
    house = _house()
    _do(house, AcknowledgeIncident(INC), MINUTE)
    house.ladder("cleo", revision=2)
    told = _do(house, UndoAct(INC), MINUTE)
    assert any(isinstance(one, RunStarted) and one.revision == 2 for one in told)


def test_an_exhausted_escalation_goes_on_exhausted_and_alarms_nobody_twice() -> None:
    house = _house(delay_s=60)
    for at in (MINUTE, 2 * MINUTE, 3 * MINUTE):
        house.clock(at)
        _sent(house, at)
    assert house.notify.known.runs[INC].exhausted
    _do(house, AcknowledgeIncident(INC), 4 * MINUTE)
    told = _do(house, UndoAct(INC), 5 * MINUTE)
    assert lines(told) == ["ActUndone", "RunResumed"]
    assert house.notify.known.runs[INC].exhausted
    shown = house.notify.run(INC)
    assert shown is not None and shown.ended == "exhausted"
    assert house.tick(NOON + HOUR) == []
    _kept(house)


def test_a_page_with_its_channel_is_tried_again_after_all() -> None:
    house = _house(open_=False)
    _do(house, OpenIncident("Shop down", ladder="web"), 0, BOB)
    [owed] = house.notify.owed()
    _do(house, AcknowledgeIncident(INC), SECOND)
    assert list(house.notify.owed()) == []
    told = _do(house, UndoAct(INC), 2 * SECOND)
    assert _leaves(told) == []
    assert [one.page for one in house.notify.owed()] == [owed.page], "it is still with the channel"
    assert house.failed(owed.page, 3 * SECOND) == [f"{owed.page} failed #1, again +18s"]
    _kept(house)


def test_a_page_with_its_channel_that_fails_after_all_is_followed_by_the_next_way() -> None:
    house = Pager().person("root", "email", role="admin").person("ann", "sms").ladder("ann")
    _do(house, OpenIncident("Shop down", ladder="web"), 0)
    _do(house, AcknowledgeIncident(INC), SECOND)
    _do(house, UndoAct(INC), 2 * SECOND)
    told = house.failed("PG-2", 3 * SECOND, retryable=False)
    assert told[1:3] == ["INC-1 ended exhausted", "INC-1 nobody: all_given_up"]
    assert told[-1] == "PG-4 due #1", "the administrator is told"


def test_what_was_to_leave_leaves_once_however_often_one_changes_ones_mind() -> None:
    house = _house()
    for at in (10 * SECOND, 30 * SECOND, 50 * SECOND):
        _do(house, AcknowledgeIncident(INC), at)
        _do(house, UndoAct(INC), at + 10 * SECOND)
    assert [line for line in house.clock(2 * MINUTE + 30 * SECOND) if "due" in line] == ["PG-6 due #1"]


def test_what_a_digest_with_its_channel_lost_by_an_answer_that_is_undone_leaves_anew() -> None:
    house = Pager().person("ann", "sms").ladder("ann")
    for number in range(7):
        _do(house, OpenIncident(f"Disk {number} full", ladder="web"), number)
    house.clock(MINUTE + 10)
    digest = next(owed for owed in house.notify.owed() if owed.kind == "digest")
    assert digest.incidents == ("INC-7", "INC-6")
    _do(house, AcknowledgeIncident("INC-7"), 61 * SECOND)
    _do(house, UndoAct("INC-7"), 62 * SECOND)
    [again] = [owed for owed in house.notify.owed() if owed.incidents == ("INC-7",)]
    assert again.kind == "page"
    _kept(house)


def test_what_two_rungs_owed_by_one_contact_leaves_once() -> None:
    house = Pager().person("ann", "sms").ladder("ann", "ann", delay_s=30)
    for number in range(7):
        _do(house, OpenIncident(f"Disk {number} full", ladder="web"), number)
    for at in (36 * SECOND, MINUTE + 10):
        house.clock(at)
    _do(house, AcknowledgeIncident("INC-7"), 61 * SECOND)
    assert len(_leaves(_do(house, UndoAct("INC-7"), 62 * SECOND))) == 1
    _kept(house)


def test_undoing_the_end_of_a_silenced_incident_calls_nobody() -> None:
    root = Route(name="root", ladder="web", routes=(Route(name="a", go_on=True), Route(name="b")))
    house = _house(open_=False).given(RoutesSet(revision=1, root=root))
    disk = Content(title="Disk full", severity="high", labels={"alertname": "Disk"})
    _do(house, ReceiveSignals(source="prom", signals=(Signal("k", "firing", NOON, disk),)), 0, "source:prom")
    _do(house, ResolveIncident(INC), MINUTE)
    spec = SilenceSpec(
        matchers=('alertname="Disk"',), start_at=Moment(NOON + MINUTE), end_at=Moment(NOON + HOUR), created_by="ann",
        comment="work",
    )  # fmt: skip
    _do(house, SetSilence(silence="", new_id="s1", spec=spec), MINUTE)
    told = [one for one in _do(house, UndoAct(INC), MINUTE + 1) if one.subject() == INC]
    assert isinstance(told[0], IncidentReopened)
    assert IncidentMuted(incident=INC, rule="silence:s1") in told
    undone = next(one for one in told if isinstance(one, ActUndone))
    assert not undone.is_calling and INC not in house.notify.known.runs


def test_an_incident_in_its_group_wait_waits_on() -> None:
    root = Route(name="root", ladder="web", group_wait_s=60)
    house = _house(open_=False).given(RoutesSet(revision=1, root=root))
    disk = Content(title="Disk full", severity="high", labels={"alertname": "Disk"})
    _do(house, ReceiveSignals(source="prom", signals=(Signal("k", "firing", NOON, disk),)), 0, "source:prom")
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), SECOND)
    assert _do(house, EndSnooze(INC), 2 * SECOND) == [SnoozeEnded(incident=INC, by="ann", is_calling=False)]
    opened = house.tick(NOON + MINUTE)
    assert isinstance(opened[0], IncidentTriggered) and opened[0].why == "opened"


def test_a_group_wait_that_is_over_meanwhile_calls_now() -> None:
    root = Route(name="root", ladder="web", group_wait_s=60)
    house = _house(open_=False).given(RoutesSet(revision=1, root=root))
    disk = Content(title="Disk full", severity="high", labels={"alertname": "Disk"})
    _do(house, ReceiveSignals(source="prom", signals=(Signal("k", "firing", NOON, disk),)), 0, "source:prom")
    _do(house, AcknowledgeIncident(INC), 50 * SECOND)
    told = _do(house, UndoAct(INC), 70 * SECOND)
    assert isinstance(told[1], IncidentTriggered) and told[1].why == "opened"
    assert len(_leaves(told)) == 1
