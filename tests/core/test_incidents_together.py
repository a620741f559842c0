"""Alerts of one delivery are routed together: one event an incident, one call for the worst of them."""

from __future__ import annotations

from house import House
from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.alerts.decide.signals import FIRED_MAX
from tocsin.core.alerts.events import AlertsFired
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    MergeIncident,
    OpenIncident,
    ReopenIncident,
    ResolveIncident,
    RouteAlerts,
)
from tocsin.core.incidents.decide.known import ALERTS_MAX
from tocsin.core.incidents.events import (
    AlertEnded,
    AlertsJoined,
    IncidentOpened,
    IncidentReopened,
    IncidentTriggered,
    PrioritySet,
    Route,
    RoutesSet,
)
from tocsin.core.intake.events import MEMORY_DAYS, Content, Signal
from tocsin.core.people.events import UserSet, UserSpec
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import DAY_MS

FULL = Content(title="Disk full", severity="high", labels={"alertname": "Disk"})
FILLING = Content(title="Disk filling", severity="low", labels={"alertname": "Disk"})
LOAD = Content(title="Load high", severity="high", labels={"alertname": "Load"})


def signal(key: str, content: Content = FULL, status: str = "firing", at: int = 0) -> Signal:
    return Signal(key, status, Moment(at), content)


def say(house: House, *signals: Signal, at: int = 0) -> list[Event]:
    told = house.ask(ReceiveSignals(source="prom", signals=signals), at=at)
    assert not isinstance(told, Rejected), told
    return told


def incidents(told: list[Event]) -> list[Event]:
    return [event for event in told if event.room == "incidents"]


def joins(told: list[Event]) -> list[tuple[str, tuple[int, ...]]]:
    return [(event.incident, event.alerts) for event in told if isinstance(event, AlertsJoined)]


def test_an_incident_opens_as_bad_as_the_worst_of_its_alerts_and_calls_once() -> None:
    told = incidents(say(House(), signal("a", FILLING), signal("b"), signal("c", FILLING)))
    assert [type(event) for event in told] == [IncidentOpened, AlertsJoined, IncidentTriggered]
    opened, together, triggered = told
    assert (opened.title, opened.severity, opened.priority) == ("Disk full", "high", "P2")
    assert together == AlertsJoined(
        incident="INC-1", alerts=(1, 2, 3), severities=("low", "high", "low"),
        titles=("Disk filling", "Disk full", "Disk filling"),
    )  # fmt: skip
    assert (triggered.urgency, triggered.why) == ("high", "opened")


def test_worse_alerts_raise_an_open_incident_once() -> None:
    house = House()
    say(house, signal("a", FILLING))
    told = incidents(say(house, signal("b", FILLING), signal("c"), signal("d"), at=1))
    assert [type(event) for event in told] == [AlertsJoined, PrioritySet, IncidentTriggered]
    assert (told[1].severity, told[2].why) == ("high", "escalated")


def test_each_alert_goes_to_its_own_group() -> None:
    assert joins(say(House(), signal("a"), signal("b", LOAD), signal("c"))) == [("INC-1", (1, 3)), ("INC-2", (2,))]


def test_an_alert_that_two_routes_bring_to_one_incident_joins_it_once() -> None:
    twice = tuple(Route(name=name, go_on=True, group_by=("alertname",)) for name in ("one", "two"))
    house = House().given(RoutesSet(revision=1, root=Route(name="root", routes=twice)))
    say(house, signal("a"))
    house.ask(MergeIncident(incident="INC-2", into="INC-1"), at=1)
    assert joins(say(house, signal("b"), signal("c"), at=2)) == [("INC-1", (2, 3))]
    found = house.world.look.incidents.incident("INC-1")
    assert found is not None and found.open_count == 3


def test_alerts_of_a_merged_group_follow_for_longer_than_memory_holds_what_was_merged() -> None:
    house = House()
    say(house, signal("a"), signal("b", LOAD))
    house.ask(OpenIncident("Shop down"), actor="init")
    house.ask(MergeIncident(incident="INC-1", into="INC-2"), at=1)
    house.ask(MergeIncident(incident="INC-2", into="INC-3"), at=2)
    for day in range(1, 3):
        house.tick((MEMORY_DAYS + day) * DAY_MS)
    known = house.world.look.incidents.known
    assert list(known.incidents) == ["INC-3"]
    later = Moment((MEMORY_DAYS + 3) * DAY_MS)
    assert joins(say(house, signal("c", at=later), signal("d", LOAD, at=later), at=later)) == [("INC-3", (3, 4))]
    house.ask(ResolveIncident("INC-3"), at=later, actor="init")
    house.tick(later + MEMORY_DAYS * DAY_MS)
    assert (known.incidents, known.by_key) == ({}, {})


def test_an_alert_that_is_named_twice_joins_once() -> None:
    apart = Route(name="root", matchers=('alertname="None"',))
    house = House().given(RoutesSet(revision=1, root=apart))
    say(house, signal("a"), signal("b"))
    house.given(RoutesSet(revision=2, root=Route(name="root", group_by=("alertname",))))
    opening = house.ask(RouteAlerts(alerts=(1, 1)), actor="room", at=1)
    joining = house.ask(RouteAlerts(alerts=(2, 1, 2)), actor="room", at=2)
    assert [joins(told) for told in (opening, joining)] == [[("INC-1", (1,))], [("INC-1", (2,))]]


def test_one_that_is_over_already_calls_nobody_while_the_rest_does() -> None:
    told = incidents(say(House(), signal("a"), signal("b"), signal("a", status="resolved", at=1), at=2))
    assert [type(event) for event in told] == [IncidentOpened, AlertsJoined, IncidentTriggered, AlertEnded]


def test_those_that_are_all_over_call_nobody() -> None:
    told = incidents(say(House(), signal("a"), signal("a", status="resolved", at=1), at=2))
    assert IncidentTriggered not in [type(event) for event in told]


def test_a_group_too_large_for_one_incident_fills_it_and_opens_another() -> None:
    house = House()
    say(house, signal("first"))
    told = say(house, *(signal(f"k{number}") for number in range(ALERTS_MAX + 1)), at=1)
    counts: dict[str, int] = {}
    for incident, alerts in joins(told):
        counts[incident] = counts.get(incident, 0) + len(alerts)
    assert counts == {"INC-1": ALERTS_MAX - 1, "INC-2": 2}
    fired = [(event.first, len(event.signals)) for event in told if isinstance(event, AlertsFired)]
    assert fired[:2] == [(2, FIRED_MAX), (2 + FIRED_MAX, FIRED_MAX)] and sum(count for _, count in fired) == 10_001


def test_groups_that_a_merge_brought_together_reopen_and_call_once() -> None:
    house = House()
    say(house, signal("a"), signal("b", LOAD))
    house.ask(MergeIncident(incident="INC-2", into="INC-1"), at=1)
    say(house, signal("a", status="resolved", at=2), signal("b", LOAD, "resolved", at=2), at=2)
    told = incidents(say(house, signal("a", at=10), signal("b", LOAD, at=10), at=10))
    assert [type(event) for event in told] == [IncidentReopened, AlertsJoined, IncidentTriggered]
    assert joins(told) == [("INC-1", (3, 4))]


def test_alerts_join_an_older_incident_of_their_group_that_is_open_again_once_the_newer_one_ended() -> None:
    house = House().given(UserSet(user="ann", spec=UserSpec(name="Ann")))
    say(house, signal("a", at=1_000), at=1_000)
    say(house, signal("a", status="resolved", at=2_000), at=2_000)
    say(house, signal("a", at=DAY_MS), at=DAY_MS)
    house.ask(ReopenIncident("INC-1"), at=DAY_MS + 1, actor="user:ann")
    house.ask(AcknowledgeIncident("INC-1"), at=DAY_MS + 2, actor="user:ann")
    say(house, signal("a", status="resolved", at=DAY_MS + 3), at=DAY_MS + 3)
    told = incidents(say(house, signal("a", at=DAY_MS + 4), at=DAY_MS + 4))
    assert [type(event) for event in told] == [AlertsJoined], "Ann has it: nobody is called"
    house.ask(ResolveIncident("INC-1"), at=DAY_MS + 5, actor="user:ann")
    told = say(house, signal("a", at=DAY_MS + 6), at=DAY_MS + 6)
    assert [event.incident for event in told if isinstance(event, IncidentReopened)] == ["INC-1"]
