"""Taking back that an alert was closed by hand: it fires again, its incident stands as before, nobody is called."""

from __future__ import annotations

import pytest
from pager import HOUR, MINUTE, NOON, SECOND, Pager

from tocsin.core.alerts.commands import UNDO_MS, ExpireSilence, ReceiveSignals, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.events import AlertReopened, AlertsFired, AlertSuppressed, SilenceSpec
from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    MergeIncident,
    OpenIncident,
    ResolveIncident,
    SnoozeIncident,
    UndoAct,
)
from tocsin.core.incidents.events import (
    ActUndone,
    AlertReturned,
    IncidentMuted,
    IncidentReopened,
    IncidentTriggered,
    PrioritySet,
    Route,
    RoutesSet,
)
from tocsin.core.incidents.views import Incident
from tocsin.core.intake.commands import RemoveSource
from tocsin.core.intake.events import Content, Signal, SourceSet, SourceSpec
from tocsin.core.notify.commands import SetRules
from tocsin.core.notify.events import PageDue, PagePlanned, Rule, RunResumed, RunStarted
from tocsin.core.notify.views import Fate
from tocsin.kernel.message import Command, Event, Moment, Rejected

ANN, BOB, PROM = "user:ann", "user:bob", "source:prom"
INC = "INC-1"


def _content(name: str) -> Content:
    return Content(title=name, severity="high", labels={"alertname": name, "site": "eu"})


def _house(*names: str, expires_at: int = 0, **route: object) -> Pager:
    """Alerts of one group fire; Ann has it by SMS at once and by voice after two minutes, Bob is next after five."""
    house = Pager().person("ann", "sms", "voice").person("bob", "sms")
    house.ladder("ann", "bob")
    house.given(RoutesSet(revision=1, root=Route(name="root", ladder="web", group_by=("site",), **route)))  # type: ignore[arg-type]
    house.ask(SetRules("ann", (Rule("ann-sms"), Rule("ann-voice", delay_s=120))), at=NOON, actor=ANN)
    _say(house, *(names or ("Disk",)), at=0, expires_at=expires_at)
    _sent(house)
    return house


def _say(house: Pager, *names: str, at: int, status: str = "firing", expires_at: int = 0, own: int = 0) -> list[Event]:
    said = Moment(NOON + (own or at))
    signals = tuple(Signal(name, status, said, _content(name), Moment(expires_at)) for name in names)
    return _do(house, ReceiveSignals(source="prom", signals=signals), at, PROM)


def _do(house: Pager, command: Command, at: int, actor: str = ANN) -> list[Event]:
    told = house.ask(command, at=NOON + at, actor=actor)
    assert not isinstance(told, Rejected), told
    again = type(house.world).load(house.world.dump())
    assert again.dump() == house.world.dump()
    house.notify.balance()
    return told


def _refused(house: Pager, command: Command, at: int, actor: str = ANN) -> str:
    told = house.ask(command, at=NOON + at, actor=actor)
    assert isinstance(told, Rejected) and told.detail, told
    return told.reason


def _sent(house: Pager, at: int = 0) -> None:
    for owed in list(house.notify.owed()):
        house.arrived(owed.page, at, owed.attempt)


def _alert(house: Pager, number: int = 1) -> Alert:
    found = house.world.look.alerts.alert(number)
    assert isinstance(found, Alert)
    return found


def _incident(house: Pager, name: str = INC) -> Incident:
    found = house.world.look.incidents.incident(name)
    assert isinstance(found, Incident)
    return found


def _calls(told: list[Event]) -> list[str]:
    """Whoever is called by these events."""
    return [type(one).__name__ for one in told if isinstance(one, PageDue | RunStarted | IncidentTriggered)]


def _silence(house: Pager, *matchers: str, at: int, new_id: str = "s1") -> list[Event]:
    spec = SilenceSpec(
        matchers=matchers, start_at=Moment(NOON + at), end_at=Moment(NOON + HOUR), created_by="ann", comment="work"
    )
    return _do(house, SetSilence(silence="", new_id=new_id, spec=spec), at)


def test_it_fires_again_under_its_number_as_its_sender_left_it() -> None:
    house = _house(expires_at=NOON + 4 * MINUTE)
    before = _alert(house)
    _do(house, ResolveAlert(alert=1), MINUTE)
    told = _do(house, ReopenAlert(alert=1), MINUTE + 10 * SECOND, BOB)
    assert told[0] == AlertReopened(alert=1)
    assert _alert(house) == before
    view = house.world.look.alerts
    assert (view.open_by_severity(), view.open_alert("prom", "Disk"), view.closed_count()) == ({"high": 1}, before, 0)
    assert [type(one).__name__ for one in house.tick(NOON + 4 * MINUTE)][:1] == ["AlertResolved"]


def test_its_incident_stands_as_before_and_nobody_is_called_again() -> None:
    house = _house()
    _do(house, ResolveAlert(alert=1), MINUTE)
    assert _incident(house).how == "alerts_resolved"
    told = _do(house, ReopenAlert(alert=1), MINUTE + 10 * SECOND)
    assert _calls(told) == []
    assert [type(one) for one in told[:4]] == [AlertReopened, IncidentReopened, AlertReturned, ActUndone]
    undone = ActUndone(
        incident=INC, by="ann", act="alerts_resolved", status="triggered", ladder="web", user="", is_calling=True
    )
    assert undone in told
    resumed = next(one for one in told if isinstance(one, RunResumed))
    assert (resumed.run, resumed.next_at) == (1, NOON + 5 * MINUTE + 10 * SECOND)
    planned = next(one for one in told if isinstance(one, PagePlanned))
    assert (planned.contact, planned.due_at) == ("ann-voice", NOON + 2 * MINUTE + 10 * SECOND)
    one = _incident(house)
    assert (one.status, one.open_count, one.hushed_count, one.resolved_at) == ("triggered", 1, 0, 0)
    assert house.notify.fate_of(1) == Fate("paged", INC)


def test_what_somebody_had_they_have_again_and_what_slept_sleeps_on() -> None:
    house = _house()
    _do(house, AcknowledgeIncident(INC), SECOND, BOB)
    _do(house, SnoozeIncident(INC, Moment(NOON + HOUR)), 2 * SECOND, BOB)
    _do(house, ResolveAlert(alert=1), MINUTE)
    told = _do(house, ReopenAlert(alert=1), 2 * MINUTE)
    assert not any(isinstance(one, RunResumed | PagePlanned) for one in told) and not _calls(told)
    one = _incident(house)
    assert (one.status, one.acknowledged_by, one.snoozed_until) == ("acknowledged", "bob", NOON + HOUR)
    assert _refused(house, UndoAct(INC), 2 * MINUTE, BOB) == "nothing_to_undo"
    assert _calls(house.tick(NOON + HOUR))[0] == "IncidentTriggered"


def test_an_end_by_alerts_is_no_act_of_a_person() -> None:
    house = _house()
    _do(house, ResolveAlert(alert=1), MINUTE)
    assert _refused(house, UndoAct(INC), MINUTE) == "nothing_to_undo"


def test_the_one_of_several_comes_back_to_an_incident_that_went_on() -> None:
    house = _house("Disk", "Load")
    _do(house, ResolveAlert(alert=1), MINUTE)
    _do(house, AcknowledgeIncident(INC), MINUTE + SECOND)
    told = _do(house, ReopenAlert(alert=1), MINUTE + 2 * SECOND)
    assert told == [AlertReopened(alert=1), AlertReturned(incident=INC, alert=1)]
    assert (_incident(house).open_count, _incident(house).status) == (2, "acknowledged")
    _do(house, UndoAct(INC), MINUTE + 3 * SECOND)
    assert _incident(house).status == "triggered", "what was done meanwhile can be undone as before"


def test_the_one_of_several_comes_back_that_was_not_acknowledged_at_its_sender() -> None:
    house = _house("Disk", "Load")
    _do(house, ResolveAlert(alert=1), MINUTE)
    _say(house, "Load", at=MINUTE + SECOND, status="acknowledged")
    assert _incident(house).status == "acknowledged"
    told = _do(house, ReopenAlert(alert=1), MINUTE + 2 * SECOND)
    called = IncidentTriggered(incident=INC, ladder="web", urgency="high", why="unanswered")
    assert told[:3] == [AlertReopened(alert=1), AlertReturned(incident=INC, alert=1), called]


def test_several_come_back_one_after_the_other() -> None:
    house = _house("Disk", "Load")
    for number in (1, 2):
        _do(house, ResolveAlert(alert=number), MINUTE + number)
    told = [_do(house, ReopenAlert(alert=number), 2 * MINUTE) for number in (1, 2)]
    assert ActUndone in map(type, told[0]) and told[1] == [AlertReopened(alert=2), AlertReturned(incident=INC, alert=2)]
    assert (_incident(house).open_count, _incident(house).is_open) == (2, True)


def test_open_alerts_stay_in_the_order_of_their_numbers() -> None:
    house = _house("Disk", "Load", "Net")
    for number in (1, 2):
        _do(house, ResolveAlert(alert=number), MINUTE)
    for number in (2, 1):
        _do(house, ReopenAlert(alert=number), MINUTE)
    view = house.world.look.alerts
    assert [one.number for one in view.open_alerts()] == [1, 2, 3]
    assert [one.number for one in view.newest_open()] == [3, 2, 1]
    assert [one.number for one in view.find(status="firing", before=3).alerts] == [2, 1]
    _do(house, ResolveAlert(alert=1), 2 * MINUTE)
    assert [one.number for one in view.open_alerts()] == [2, 3]


def test_only_for_a_moment_and_only_what_was_closed_by_hand() -> None:
    house = _house("Disk", "Load")
    assert _refused(house, ReopenAlert(alert=9), MINUTE) == "alert_unknown"
    assert _do(house, ReopenAlert(alert=1), MINUTE) == [], "what is open stays open"
    _do(house, ResolveAlert(alert=1), MINUTE)
    assert _refused(house, ReopenAlert(alert=1), MINUTE + UNDO_MS + 1) == "undo_too_late"
    _do(house, ReopenAlert(alert=1), MINUTE + UNDO_MS)
    _say(house, "Load", at=2 * MINUTE, status="resolved")
    assert _refused(house, ReopenAlert(alert=2), 2 * MINUTE) == "alert_not_closed_by_hand"


def test_what_was_closed_in_an_earlier_span_can_be_taken_back_as_long() -> None:
    house = _house("Disk", "Load", "Net")
    for number, at in ((1, 0), (2, UNDO_MS - SECOND), (3, UNDO_MS + SECOND)):
        _do(house, ResolveAlert(alert=number), MINUTE + at)
    assert _do(house, ReopenAlert(alert=2), MINUTE + UNDO_MS + 2 * SECOND)
    assert _refused(house, ReopenAlert(alert=1), MINUTE + UNDO_MS + 2 * SECOND) == "undo_too_late"


def test_what_its_sender_fired_anew_stays_over() -> None:
    house = _house()
    _do(house, ResolveAlert(alert=1), MINUTE)
    fired = _say(house, "Disk", at=MINUTE + SECOND)
    assert isinstance(fired[0], AlertsFired)
    assert _refused(house, ReopenAlert(alert=1), MINUTE + 2 * SECOND) == "alert_fired_anew"
    _say(house, "Disk", at=MINUTE + 3 * SECOND, status="resolved")
    assert _refused(house, ReopenAlert(alert=1), MINUTE + 4 * SECOND) == "alert_over_at_sender"
    _say(house, "Disk", at=MINUTE + 5 * SECOND)
    _do(house, ResolveAlert(alert=3), MINUTE + 6 * SECOND)
    assert _refused(house, ReopenAlert(alert=1), MINUTE + 7 * SECOND) == "alert_over_at_sender"
    _do(house, ReopenAlert(alert=3), MINUTE + 7 * SECOND)


@pytest.mark.parametrize("own", [0, 50 * SECOND])
def test_what_its_sender_ended_meanwhile_stays_over(own: int) -> None:
    house = _house()
    _do(house, ResolveAlert(alert=1), MINUTE)
    _say(house, "Disk", at=MINUTE + SECOND, status="resolved", own=own)
    assert _refused(house, ReopenAlert(alert=1), MINUTE + 2 * SECOND) == "alert_over_at_sender"


def test_what_would_have_fallen_silent_meanwhile_stays_over() -> None:
    house = _house(expires_at=NOON + 2 * MINUTE)
    _do(house, ResolveAlert(alert=1), MINUTE)
    assert _refused(house, ReopenAlert(alert=1), 2 * MINUTE) == "alert_expired_meanwhile"
    _do(house, ReopenAlert(alert=1), 2 * MINUTE - 1)


def test_what_a_removed_source_said_stays_over() -> None:
    house = _house().given(SourceSet(source="prom", revision=1, spec=SourceSpec(name="Prometheus")))
    _do(house, ResolveAlert(alert=1), MINUTE)
    assert not isinstance(house.ask(RemoveSource("prom"), at=NOON + MINUTE), Rejected)
    assert _refused(house, ReopenAlert(alert=1), MINUTE) == "source_unknown"


def test_a_silence_that_came_meanwhile_keeps_it_back() -> None:
    house = _house()
    _do(house, ResolveAlert(alert=1), MINUTE)
    _silence(house, 'site="eu"', at=MINUTE)
    told = _do(house, ReopenAlert(alert=1), MINUTE + SECOND)
    assert AlertSuppressed(alert=1, rule="silence:s1", revision=1) in told
    assert IncidentMuted(incident=INC, rule="silence:s1") in told
    assert not any(isinstance(one, RunResumed | PagePlanned) for one in told) and not _calls(told)
    assert (_incident(house).hushed_count, INC in house.notify.known.runs) == (1, False)


def test_an_incident_that_fell_silent_with_it_calls_again_where_it_stood() -> None:
    house = _house("Disk", "Load")
    _silence(house, 'alertname="Load"', at=10 * SECOND)
    told = _do(house, ResolveAlert(alert=1), MINUTE)
    assert IncidentMuted(incident=INC, rule="silence:s1") in told
    told = _do(house, ReopenAlert(alert=1), MINUTE + SECOND)
    assert _calls(told) == []
    assert any(isinstance(one, RunResumed) for one in told)
    assert (_incident(house).muted_by, INC in house.notify.known.runs) == ("", True)


def test_one_that_was_silenced_when_it_fired_is_told_of_for_the_first_time() -> None:
    house = _house()
    _silence(house, 'alertname="Load"', at=1)
    _say(house, "Load", at=SECOND)
    assert house.notify.fate_of(2).rule == "silence:s1"  # type: ignore[union-attr]
    _do(house, ResolveAlert(alert=2), MINUTE)
    _do(house, ExpireSilence("s1"), MINUTE)
    told = _do(house, ReopenAlert(alert=2), MINUTE + SECOND)
    assert [type(one).__name__ for one in told] == ["AlertReopened", "AlertsJoined"]
    assert house.notify.fate_of(2) == Fate("merged", into=INC)


def test_it_follows_its_incident_into_the_one_that_took_it() -> None:
    house = _house("Disk", "Load")
    _do(house, ResolveAlert(alert=1), MINUTE)
    _do(house, OpenIncident("Shop down", ladder="web"), MINUTE)
    _do(house, MergeIncident(INC, "INC-2"), MINUTE)
    _do(house, ReopenAlert(alert=1), MINUTE + SECOND)
    assert sorted(_incident(house, "INC-2").alerts) == [1, 2]
    assert house.world.look.incidents.incidents_of(1) == (INC, "INC-2")


def test_one_that_comes_back_into_the_incident_that_took_its_own_makes_it_as_urgent_as_it_is() -> None:
    house = _house("Disk", "Load")
    _do(house, ResolveAlert(alert=1), MINUTE)
    _do(house, OpenIncident("Shop is slow", severity="low", ladder="web"), MINUTE)
    _do(house, MergeIncident(INC, "INC-2"), MINUTE)
    house.given(PrioritySet(incident="INC-2", priority="P4", severity="low", urgency="low", by="ann"))
    told = _do(house, ReopenAlert(alert=1), MINUTE + SECOND)
    assert _calls(told)[:2] == ["IncidentTriggered", "RunStarted"]
    assert (_incident(house, "INC-2").severity, _incident(house, "INC-2").urgency) == ("high", "high")


def test_a_silenced_one_that_comes_back_into_an_incident_that_is_over_calls_nobody() -> None:
    house = _house("Disk", "Load")
    house.given(RoutesSet(revision=2, root=Route(name="other", ladder="web")))
    _say(house, "Shop", at=2)
    _do(house, ResolveAlert(alert=1), MINUTE)
    _do(house, MergeIncident(INC, "INC-2"), MINUTE)
    _do(house, ResolveIncident("INC-2"), MINUTE + SECOND)
    _silence(house, 'alertname="Disk"', at=MINUTE + 2 * SECOND)
    told = _do(house, ReopenAlert(alert=1), MINUTE + 3 * SECOND)
    assert _calls(told) == []
    assert (_incident(house, "INC-2").is_open, _incident(house, "INC-2").muted_by) == (True, "silence:s1")


def test_each_of_its_incidents_has_it_back() -> None:
    routes = (Route(name="a", go_on=True), Route(name="b", group_by=("alertname",)))
    house = _house(routes=routes)
    _do(house, ResolveIncident(INC), SECOND)
    told = _do(house, ResolveAlert(alert=1), 10 * SECOND)
    assert _incident(house, "INC-2").how == "alerts_resolved", told
    _do(house, ReopenAlert(alert=1), 20 * SECOND)
    assert (_incident(house, "INC-2").is_open, _incident(house, "INC-2").open_count) == (True, 1)
    one = _incident(house)
    assert (one.is_open, one.open_count) == (False, 1), "a person had ended this one before"


def test_an_incident_a_person_ended_afterwards_comes_back_with_it() -> None:
    house = _house("Disk", "Load")
    _do(house, ResolveAlert(alert=1), MINUTE)
    _do(house, ResolveIncident(INC), MINUTE + SECOND, BOB)
    told = _do(house, ReopenAlert(alert=1), MINUTE + 2 * SECOND)
    assert not _calls(told)
    assert (_incident(house).is_open, _incident(house).open_count) == (True, 1), "no alert fires without its incident"


def test_the_alerts_that_ended_with_an_incident_fire_again_when_its_end_is_undone() -> None:
    house = _house("Disk", "Load", "Net")
    _do(house, ResolveAlert(alert=1), 10 * SECOND)
    _do(house, ResolveIncident(INC), MINUTE)
    _say(house, "Net", at=MINUTE + SECOND, status="resolved")
    told = _do(house, UndoAct(INC), MINUTE + 2 * SECOND)
    assert not _calls(told)
    assert [one.alert for one in told if isinstance(one, AlertReopened)] == [2], "not what was over before or since"
    assert [one.number for one in house.world.look.alerts.open_alerts()] == [2]
    one = _incident(house)
    assert (one.open_count, one.status) == (1, "triggered")
    ended = _say(house, "Load", at=2 * MINUTE, status="resolved")
    assert "IncidentResolved" in [type(one).__name__ for one in ended], "it ends with them as ever"


def test_undoing_the_end_of_a_silenced_incident_leaves_it_silenced() -> None:
    house = _house()
    _silence(house, 'site="eu"', at=10 * SECOND)
    assert _incident(house).muted_by == "silence:s1"
    _do(house, ResolveIncident(INC), MINUTE)
    told = _do(house, UndoAct(INC), MINUTE + SECOND)
    assert not any(isinstance(one, RunResumed | PagePlanned) for one in told) and not _calls(told)
    one = _incident(house)
    assert (one.muted_by, one.hushed_count, one.open_count) == ("silence:s1", 1, 1)


def test_a_group_wait_goes_on_and_its_signal_waits_for_its_page_again() -> None:
    house = _house(group_wait_s=60)
    _do(house, ResolveAlert(alert=1), 10 * SECOND)
    assert house.notify.fate_of(1) == Fate("suppressed", INC, rule="resolved_before_page")
    _do(house, ReopenAlert(alert=1), 20 * SECOND)
    assert _calls(house.tick(NOON + MINUTE))[0] == "IncidentTriggered"
    house.notify.balance()
    assert house.notify.fate_of(1) == Fate("paged", INC)
