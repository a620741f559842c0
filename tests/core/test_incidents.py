"""Incidents: how alerts open, grow, mute and end them."""

from __future__ import annotations

from house import House
from tocsin.core.alerts.commands import ExpireSilence, ReceiveSignals, ResolveAlert, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import SetRoutes
from tocsin.core.incidents.decide.alerts import REOPEN_MS
from tocsin.core.incidents.events import (
    AlertEnded,
    AlertHeard,
    AlertHushed,
    AlertsJoined,
    AlertUnrouted,
    IncidentAcknowledged,
    IncidentMuted,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentsForgotten,
    IncidentTriggered,
    IncidentUnmuted,
    PrioritySet,
    Route,
    RoutesSet,
)
from tocsin.core.incidents.views import SCAN_MAX, Incident, View, Wanted
from tocsin.core.intake.commands import SetMemory
from tocsin.core.intake.events import MEMORY_DAYS, Content, Signal
from tocsin.core.items.events import ServiceSet, ServiceSpec
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

DISK = Content(title="Disk full", severity="high", labels={"alertname": "Disk", "host": "db1"})
DISK2 = Content(title="Disk 2 full", severity="high", labels={"alertname": "Disk", "host": "db2"})
LOAD = Content(title="Load", severity="low", labels={"alertname": "Load", "host": "db1"})
FIRE = Content(title="Fire", severity="critical", labels={"alertname": "Fire"})
WORSE = Content(title="Load is terrible", severity="critical", labels=LOAD.labels)
KEY = 'root{"alertname":"Disk"}'


def signal(key: str, content: Content = DISK, status: str = "firing", at: int = 0) -> Signal:
    return Signal(key, status, Moment(at), content)


def own(told: list[Event] | Rejected) -> list[Event]:
    assert not isinstance(told, Rejected), told
    return [event for event in told if event.room == "incidents"]


def say(house: House, *signals: Signal, at: int = 0) -> list[Event]:
    return own(house.ask(ReceiveSignals(source="prom", signals=signals), at=at))


def silence(house: House, name: str, matcher: str, at: int, end_at: int = DAY_MS) -> list[Event]:
    spec = SilenceSpec(
        matchers=(matcher,), start_at=Moment(at), end_at=Moment(end_at), created_by="ann", comment="work"
    )
    return own(house.ask(SetSilence(silence="", new_id=name, spec=spec), at=at))


def routed(root: Route) -> House:
    return House().given(RoutesSet(revision=1, root=root))


def waiting(wait_s: int = 30) -> House:
    return routed(Route(name="root", group_wait_s=wait_s))


def view(house: House) -> View:
    found = house.world.look.incidents
    assert isinstance(found, View)
    return found


def incident(house: House, name: str = "INC-1") -> Incident:
    found = view(house).incident(name)
    assert found is not None
    return found


def opened(name: str = "INC-1", trigger_at: int = 0, revision: int = 0) -> IncidentOpened:
    return IncidentOpened(
        incident=name, title="Disk full", severity="high", service="", ladder="default", urgency="high",
        priority="P2", trigger_at=Moment(trigger_at), route="root", routes_revision=revision, group_key=KEY,
        group_labels={"alertname": "Disk"},
    )  # fmt: skip


def joined(alert: int, name: str = "INC-1", content: Content = DISK) -> AlertsJoined:
    return AlertsJoined(incident=name, alerts=(alert,), severities=(content.severity,), titles=(content.title,))


def triggered(why: str, name: str = "INC-1", urgency: str = "high") -> IncidentTriggered:
    return IncidentTriggered(incident=name, ladder="default", urgency=urgency, why=why)


def ended(alert: int, name: str = "INC-1") -> AlertEnded:
    return AlertEnded(incident=name, alert=alert)


def over(name: str = "INC-1") -> IncidentResolved:
    return IncidentResolved(incident=name, by="alerts", how="alerts_resolved")


def test_an_alert_opens_an_incident_and_calls() -> None:
    house = House()
    assert say(house, signal("a")) == [opened(), joined(1), triggered("opened")]
    assert (incident(house).status, incident(house).open_count) == ("triggered", 1)


def test_an_alert_of_the_same_group_joins_and_does_not_call_again() -> None:
    house = House()
    say(house, signal("a"))
    assert say(house, signal("b", DISK2)) == [joined(2, content=DISK2)]
    assert view(house).incidents_of(2) == ("INC-1",)


def test_an_alert_of_another_group_opens_another_incident() -> None:
    house = House()
    say(house, signal("a"))
    told = say(house, signal("b", LOAD))
    assert [type(event) for event in told] == [IncidentOpened, AlertsJoined, IncidentTriggered]
    assert [one.id for one in view(house).open_incidents()] == ["INC-1", "INC-2"]
    assert incident(house, "INC-2").urgency == "low"


def test_a_group_waits_before_it_calls() -> None:
    house = waiting(30)
    assert say(house, signal("a"), at=1_000) == [opened(trigger_at=31_000, revision=1), joined(1)]
    assert house.world.due() == 31_000
    assert own(house.tick(30_999)) == []
    assert own(house.tick(31_000)) == [triggered("opened")]


def test_what_recovers_within_the_group_wait_never_calls() -> None:
    house = waiting(30)
    say(house, signal("a"))
    assert say(house, signal("a", status="resolved", at=9), at=9) == [ended(1), over()]
    assert own(house.tick(30 * SECOND_MS)) == []


def test_an_incident_ends_with_its_last_alert() -> None:
    house = House()
    say(house, signal("a"), signal("b", DISK2))
    assert say(house, signal("a", status="resolved", at=5), at=5) == [ended(1)]
    assert say(house, signal("b", status="resolved", at=6), at=6) == [ended(2), over()]
    assert incident(house).resolved_at == 6


def test_a_flash_that_is_over_in_the_same_delivery_calls_nobody() -> None:
    house = House()
    told = say(house, signal("a"), signal("a", status="resolved", at=5), at=9)
    assert told == [opened(trigger_at=10), joined(1), ended(1), over()]
    assert house.world.look.incidents.due() == 9 + MEMORY_DAYS * DAY_MS


def test_a_flash_does_not_reopen_what_has_just_ended() -> None:
    house = House()
    say(house, signal("a"))
    say(house, signal("a", status="resolved", at=5), at=5)
    assert say(house, signal("b", at=6), signal("b", status="resolved", at=7), at=9) == [joined(2), ended(2)]
    assert incident(house).resolved_at == 5


def test_the_same_trouble_soon_after_reopens_the_incident() -> None:
    house = House()
    say(house, signal("a"))
    say(house, signal("a", status="resolved", at=5), at=5)
    at = 5 + REOPEN_MS
    reopened = IncidentReopened(incident="INC-1", by="alerts")
    assert say(house, signal("a", at=at), at=at) == [reopened, joined(2), triggered("reopened")]
    assert (incident(house).is_open, incident(house).reopened) == (True, 1)


def test_the_same_trouble_within_the_group_wait_waits_on() -> None:
    house = waiting(30)
    say(house, signal("a"))
    say(house, signal("a", status="resolved", at=5_000), at=5_000)
    told = say(house, signal("a", at=9_000), at=9_000)
    assert told == [IncidentReopened(incident="INC-1", by="alerts"), joined(2)]
    assert own(house.tick(29_999)) == []
    assert own(house.tick(30_000)) == [triggered("opened")]
    house.world.look.notify.balance()


def test_an_incident_that_comes_back_worse_is_no_less_urgent_than_it_was_made() -> None:
    house = House()
    say(house, signal("a", LOAD))
    house.given(PrioritySet(incident="INC-1", priority="P1", severity="low", urgency="high", by="ann"))
    say(house, signal("a", LOAD, status="resolved", at=5), at=5)
    medium = Content(title="Load", severity="medium", labels=LOAD.labels)
    assert say(house, signal("b", medium, at=6), at=6)[-2:] == [
        PrioritySet(incident="INC-1", priority="P1", severity="medium", urgency="high", by="room"),
        triggered("reopened", urgency="high"),
    ]


def test_the_same_trouble_later_opens_a_new_incident() -> None:
    house = House()
    say(house, signal("a"))
    say(house, signal("a", status="resolved", at=5), at=5)
    at = 6 + REOPEN_MS
    told = say(house, signal("a", at=at), at=at)
    assert told == [opened("INC-2", trigger_at=at), joined(2, "INC-2"), triggered("opened", "INC-2")]


def test_a_silenced_alert_opens_nothing_until_it_is_released() -> None:
    house = House()
    silence(house, "s1", 'alertname="Disk"', at=0)
    assert say(house, signal("a"), at=1) == []
    assert own(house.ask(ExpireSilence(silence="s1"), at=2)) == [opened(trigger_at=2), joined(1), triggered("opened")]


def test_an_incident_is_muted_when_all_its_open_alerts_are_silenced() -> None:
    house = House()
    say(house, signal("a"), signal("b", DISK2))
    assert silence(house, "s1", 'host="db1"', at=1) == [
        AlertHushed(incident="INC-1", alert=1, rule="silence:s1", revision=1)
    ]
    assert silence(house, "s2", 'host="db2"', at=2) == [
        AlertHushed(incident="INC-1", alert=2, rule="silence:s2", revision=1),
        IncidentMuted(incident="INC-1", rule="silence:s2"),
    ]
    assert own(house.ask(ExpireSilence(silence="s2"), at=3)) == [
        AlertHeard(incident="INC-1", alert=2),
        IncidentUnmuted(incident="INC-1"),
        triggered("unmuted"),
    ]


def test_an_incident_is_muted_when_its_last_heard_alert_ends() -> None:
    house = House()
    say(house, signal("a"), signal("b", DISK2))
    silence(house, "s1", 'host="db1"', at=1)
    told = say(house, signal("b", status="resolved", at=2), at=2)
    assert told == [ended(2), IncidentMuted(incident="INC-1", rule="silence:s1")]


def test_a_new_alert_unmutes_a_muted_incident() -> None:
    house = House()
    say(house, signal("a"))
    silence(house, "s1", 'host="db1"', at=1)
    told = say(house, signal("b", DISK2), at=2)
    assert told == [joined(2, content=DISK2), IncidentUnmuted(incident="INC-1"), triggered("unmuted")]


def test_another_silence_taking_over_keeps_the_incident_muted() -> None:
    house = House()
    say(house, signal("a"))
    silence(house, "s1", 'host="db1"', at=1)
    silence(house, "s2", 'alertname="Disk"', at=2)
    told = own(house.ask(ExpireSilence(silence="s1"), at=3))
    assert told == [
        AlertHushed(incident="INC-1", alert=1, rule="silence:s2", revision=1),
        IncidentMuted(incident="INC-1", rule="silence:s2"),
    ]
    assert incident(house).muted_by == "silence:s2", "the one to end, if somebody wants to be called"


def test_a_group_wait_that_ends_during_a_silence_calls_after_it() -> None:
    house = waiting(30)
    say(house, signal("a"))
    silence(house, "s1", 'host="db1"', at=1, end_at=MINUTE_MS)
    assert own(house.tick(30 * SECOND_MS)) == []
    assert own(house.tick(MINUTE_MS))[-2:] == [IncidentUnmuted(incident="INC-1"), triggered("unmuted")]


def test_a_silence_that_ends_within_the_group_wait_leaves_the_wait() -> None:
    house = waiting(30)
    say(house, signal("a"))
    silence(house, "s1", 'host="db1"', at=1, end_at=10_000)
    assert own(house.tick(10_000)) == [AlertHeard(incident="INC-1", alert=1), IncidentUnmuted(incident="INC-1")]
    assert own(house.tick(30 * SECOND_MS)) == [triggered("opened")]


def test_a_worse_alert_raises_the_incident_and_calls_when_it_becomes_urgent() -> None:
    house = House()
    say(house, signal("a", LOAD))
    told = say(house, signal("b", WORSE), at=1)
    assert told == [
        joined(2, content=WORSE),
        PrioritySet(incident="INC-1", priority="P2", severity="critical", urgency="low", by="room"),
        triggered("escalated"),
    ]
    assert (incident(house).severity, incident(house).urgency) == ("critical", "high")


def test_a_worse_alert_of_the_same_urgency_does_not_call_again() -> None:
    house = House()
    say(house, signal("a"))
    critical = Content(title="Disk dead", severity="critical", labels=DISK2.labels)
    told = say(house, signal("b", critical), at=1)
    assert told == [
        joined(2, content=critical),
        PrioritySet(incident="INC-1", priority="P2", severity="critical", urgency="high", by="room"),
    ]


def test_a_route_that_fixes_the_urgency_is_obeyed() -> None:
    house = routed(Route(name="root", urgency="low"))
    say(house, signal("a", LOAD))
    told = say(house, signal("b", WORSE), at=1)
    assert not any(isinstance(event, IncidentTriggered) for event in told)
    assert incident(house).urgency == "low"


def test_an_alert_that_becomes_worse_raises_its_incident() -> None:
    house = House()
    say(house, signal("a", LOAD))
    told = say(house, signal("a", WORSE, at=1), at=1)
    assert told == [
        PrioritySet(incident="INC-1", priority="P2", severity="critical", urgency="low", by="room"),
        triggered("escalated"),
    ]
    assert say(house, signal("a", LOAD, at=2), at=2) == [], "it falls only by hand"


def test_a_silenced_alert_that_becomes_worse_raises_nothing_until_it_is_heard() -> None:
    house = House()
    say(house, signal("a", LOAD))
    silence(house, "s1", 'host="db1"', at=1)
    assert say(house, signal("a", WORSE, at=2), at=2) == []
    assert own(house.ask(ExpireSilence(silence="s1"), at=3)) == [
        AlertHeard(incident="INC-1", alert=1),
        IncidentUnmuted(incident="INC-1"),
        PrioritySet(incident="INC-1", priority="P2", severity="critical", urgency="low", by="room"),
        triggered("unmuted"),
    ]


def test_the_priority_is_by_the_impact_of_the_service() -> None:
    house = routed(Route(name="root", service="{{app}}"))
    house.given(ServiceSet(service="shop", spec=ServiceSpec(name="Shop", impact="high", team="web")))
    say(house, signal("a", Content(title="x", severity="critical", labels={"alertname": "X", "app": "shop"})))
    assert (incident(house).service, incident(house).priority) == ("shop", "P1")
    assert [one.id for one in view(house).find(Wanted(teams=("web",))).incidents] == ["INC-1"]
    assert view(house).find(Wanted(teams=("db",))).incidents == ()


def test_an_alert_acknowledged_at_its_sender_acknowledges_its_incident() -> None:
    house = House()
    say(house, signal("a"))
    told = say(house, signal("a", status="acknowledged", at=1), at=1)
    assert told == [IncidentAcknowledged(incident="INC-1", by="source:prom")]


def test_an_alert_no_route_takes_is_told_once_and_may_be_taken_later() -> None:
    house = routed(Route(name="root", when='severity == "critical"'))
    assert say(house, signal("a", LOAD)) == [AlertUnrouted(alert=1, rule="no_route", revision=1)]
    told = say(house, signal("a", Content(title="Load, more", severity="low", labels=LOAD.labels), at=1), at=1)
    assert told == []
    told = say(house, signal("a", WORSE, at=2), at=2)
    assert [type(event) for event in told] == [IncidentOpened, AlertsJoined, IncidentTriggered]


def test_a_new_tree_takes_the_open_alerts_that_the_old_one_left() -> None:
    house = routed(Route(name="root", when='severity == "critical"'))
    say(house, signal("a", LOAD), signal("b", FIRE), signal("over", DISK))
    say(house, signal("over", DISK, status="resolved", at=1), at=1)
    told = own(house.ask(SetRoutes(Route(name="root")), at=2))
    assert [type(event) for event in told] == [RoutesSet, IncidentOpened, AlertsJoined, IncidentTriggered]
    assert view(house).incidents_of(1) == ("INC-2",)
    assert own(house.ask(SetRoutes(Route(name="root", urgency="high")), at=3))[1:] == []


def test_a_new_tree_leaves_silenced_alerts_to_their_silence() -> None:
    house = routed(Route(name="root", when='severity == "critical"'))
    silence(house, "s", 'host="db1"', at=0)
    say(house, signal("a", LOAD), at=1)
    assert len(own(house.ask(SetRoutes(Route(name="root")), at=2))) == 1


def test_an_alert_of_several_routes_is_told_to_each_incident() -> None:
    house = routed(Route(name="root", routes=(Route(name="audit", go_on=True), Route(name="all"))))
    told = say(house, signal("a"))
    assert [event.incident for event in told if isinstance(event, IncidentOpened)] == ["INC-1", "INC-2"]
    told = say(house, signal("a", status="resolved", at=1), at=1)
    assert told == [ended(1), over(), ended(1, "INC-2"), over("INC-2")]


def test_an_alert_closed_by_hand_ends_in_its_incident() -> None:
    house = House()
    say(house, signal("a"))
    assert own(house.ask(ResolveAlert(alert=1), at=5)) == [ended(1), over()]


def test_a_delivery_that_fires_and_is_acknowledged_opens_an_answered_incident() -> None:
    house = House()
    say(house, signal("a"), signal("a", status="acknowledged", at=1), at=1)
    assert (incident(house).status, incident(house).acknowledged_by) == ("acknowledged", "source:prom")


def test_closed_incidents_leave_memory() -> None:
    house = House()
    say(house, signal("a"), signal("b", LOAD))
    say(house, signal("a", status="resolved", at=HOUR_MS), at=HOUR_MS)
    told = own(house.tick(HOUR_MS + MEMORY_DAYS * DAY_MS))
    assert told == [IncidentsForgotten(incidents=("INC-1",))]
    assert view(house).incident("INC-1") is None
    assert view(house).incidents_of(1) == ()
    assert view(house).by_group(KEY) is None
    assert view(house).find(Wanted()).incidents == (incident(house, "INC-2"),)


def test_a_shorter_memory_lets_closed_incidents_go_at_once() -> None:
    house = House()
    say(house, signal("a"))
    say(house, signal("a", status="resolved", at=HOUR_MS), at=HOUR_MS)
    house.ask(SetMemory(1), at=HOUR_MS + 2 * DAY_MS, actor="init")
    assert own(house.tick(HOUR_MS + 2 * DAY_MS)) == [IncidentsForgotten(incidents=("INC-1",))]
    assert view(house).due() is None


def test_a_snapshot_is_the_same_world() -> None:
    house = waiting(30)
    say(house, signal("a"), signal("b", LOAD))
    silence(house, "s1", 'alertname="Disk"', at=1)
    say(house, signal("b", LOAD, status="resolved", at=2), at=2)
    again = type(house.world).load(house.world.dump())
    assert again.dump() == house.world.dump()
    assert again.look.incidents.due() == house.world.look.incidents.due()


def test_incidents_are_found_page_by_page_newest_first() -> None:
    house = House()
    for number in range(1, 6):
        say(house, signal(f"k{number}", Content(title="x", severity="low", labels={"alertname": f"n{number}"})))
    say(house, signal("k4", status="resolved", at=1), at=1)
    is_open = Wanted(statuses=("open",))
    page = view(house).find(is_open, limit=2)
    assert ([one.id for one in page.incidents], page.after) == (["INC-5", "INC-3"], (0, -3))
    page = view(house).find(is_open, page.after, limit=2)
    assert [one.id for one in page.incidents] == ["INC-2", "INC-1"]
    assert [one.id for one in view(house).find(Wanted(statuses=("resolved",))).incidents] == ["INC-4"]
    assert [one.id for one in view(house).find(Wanted(), (0, -3)).incidents] == ["INC-2", "INC-1"]
    assert view(house).open_by_status() == {"triggered": 4, "acknowledged": 0}


def test_an_order_says_when_it_holds_for_the_newest_alone_and_by_age_all_are_reached() -> None:
    house = House()
    house.given(*(opened(f"INC-{number}") for number in range(1, SCAN_MAX + 1)))
    assert view(house).find(Wanted(sort="severity"), limit=1).is_complete
    house.given(opened(f"INC-{SCAN_MAX + 1}"))
    for statuses in ((), ("open",)):
        page = view(house).find(Wanted(sort="severity", statuses=statuses), limit=1)
        assert ([one.number for one in page.incidents], page.is_complete) == ([SCAN_MAX + 1], False)
        for sort, ends in (("oldest", [1, SCAN_MAX + 1]), ("newest", [SCAN_MAX + 1, 1])):
            either = Wanted(sort=sort, statuses=statuses)
            found, after = [], None
            while True:
                page = view(house).find(either, after, 1, lambda one: one.number in (1, SCAN_MAX + 1))
                found += [one.number for one in page.incidents]
                after = page.after
                if after is None:
                    break
            assert (found, page.is_complete) == (ends, True)


def test_a_sorted_list_goes_on_where_it_ended() -> None:
    house = House()
    for number, severity in enumerate(("low", "critical", "medium", "critical"), 1):
        content = Content(title=f"disk {number}", severity=severity, labels={"alertname": f"n{number}"})
        say(house, signal(f"k{number}", content))
    worst = Wanted(sort="severity")
    page = view(house).find(worst, limit=3)
    assert [one.id for one in page.incidents] == ["INC-4", "INC-2", "INC-3"]
    page = view(house).find(worst, page.after, limit=3)
    assert ([one.id for one in page.incidents], page.after) == (["INC-1"], None)
    assert [one.id for one in view(house).find(Wanted(sort="urgent")).incidents][:2] == ["INC-2", "INC-4"]
    assert [one.id for one in view(house).find(Wanted(sort="oldest"), limit=1).incidents] == ["INC-1"]
    both = Wanted(severities=("low", "medium"), text="DISK 3")
    assert [one.id for one in view(house).find(both).incidents] == ["INC-3"]
