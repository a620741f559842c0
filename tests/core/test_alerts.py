"""Alerts: the fate of signals, expiry, forgetting, and what the house says of itself."""

from __future__ import annotations

import pytest
from gates import moment, read, signals

from house import House
from tocsin.core.alerts.commands import ReceiveSignals, ResolveAlert
from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertResolved,
    AlertsFired,
    AlertsForgotten,
    AlertsRepeated,
    ExpiriesChecked,
    SignalsDropped,
)
from tocsin.core.alerts.react import react
from tocsin.core.alerts.state import GRAVE_MINUTES, GRAVE_MINUTES_REPEATED
from tocsin.core.alerts.views import View
from tocsin.core.incidents.events import IncidentResolved
from tocsin.core.intake.commands import RemoveSource, SetMemory
from tocsin.core.intake.events import (
    MEMORY_DAYS,
    BeatMissed,
    BeatResumed,
    Content,
    DeadLetterClosed,
    DeadLetterKept,
    Signal,
    SourceRemoved,
    SourceSet,
    SourceSpec,
)
from tocsin.kernel.matcher import Matchers
from tocsin.kernel.message import Event, Moment, Rejected, Stamp
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS

DISK = Content(title="Disk full", severity="high", labels={"alertname": "Disk", "host": "db1"})
LOAD = Content(title="Load high", severity="low", labels={"alertname": "Load", "host": "web1"})
WORSE = Content(title="Disk full, really", severity="critical", labels=DISK.labels)


def signal(key: str, status: str = "firing", at: int = 0, content: Content = DISK, expires_at: int = 0) -> Signal:
    return Signal(key, status, Moment(at), content, Moment(expires_at))


def say(house: House, *signals: Signal, at: int) -> list[Event]:
    told = house.ask(ReceiveSignals(source="prom", signals=signals), at=at)
    assert not isinstance(told, Rejected)
    return [event for event in told if event.room == "alerts"]


def fired(number: int, key: str, at: int) -> AlertsFired:
    return AlertsFired(source="prom", first=number, signals=(signal(key, at=at),))


def tick(house: House, at: int, *, was_deaf: bool = False) -> list[Event]:
    return [event for event in house.tick(at, was_deaf=was_deaf) if event.room == "alerts"]


def seen(house: House) -> View:
    view = house.world.look.alerts
    assert isinstance(view, View)
    return view


def test_first_signal_of_a_key_opens_an_alert() -> None:
    house = House("alerts")
    assert say(house, signal("a", at=900), at=1_000) == [fired(1, "a", 900)]
    alert = seen(house).alert(1)
    assert alert is not None
    assert (alert.status, alert.started_at, alert.fired_at, alert.source) == ("firing", 900, 1_000, "prom")
    assert list(seen(house).open_alerts()) == [alert]
    assert seen(house).open_alert("prom", "a") == alert


def test_equal_keys_of_two_sources_are_two_alerts() -> None:
    house = House("alerts")
    say(house, signal("a"), at=1_000)
    house.ask(ReceiveSignals(source="zabbix", signals=(signal("a"),)), at=1_000)
    assert [alert.source for alert in seen(house).open_alerts()] == ["prom", "zabbix"]
    assert [alert.number for alert in seen(house).open_alerts_of("zabbix")] == [2]


def test_unchanged_repeats_of_a_delivery_are_one_event() -> None:
    house = House("alerts")
    say(house, signal("a"), signal("b", content=LOAD), at=1_000)
    told = say(house, signal("b", content=LOAD, expires_at=9_000), signal("a", expires_at=9_000), at=2_000)
    assert told == [AlertsRepeated(source="prom", alerts=(2, 1), expires_at=Moment(9_000))]
    view = seen(house)
    assert (view.repeats(1), view.last_seen(1), view.expires_at(1)) == (1, 2_000, 9_000)


def test_repeats_with_different_expiries_are_told_in_runs() -> None:
    house = House("alerts")
    say(house, signal("a"), signal("b"), signal("c"), at=1_000)
    told = say(
        house, signal("a", expires_at=5_000), signal("b", expires_at=5_000), signal("c", expires_at=6_000), at=2_000
    )
    assert told == [
        AlertsRepeated(source="prom", alerts=(1, 2), expires_at=Moment(5_000)),
        AlertsRepeated(source="prom", alerts=(3,), expires_at=Moment(6_000)),
    ]


def test_new_content_changes_the_open_alert() -> None:
    house = House("alerts")
    say(house, signal("a"), at=1_000)
    assert say(house, signal("a", content=WORSE), at=2_000) == [AlertChanged(alert=1, content=WORSE)]
    assert seen(house).open_by_severity() == {"critical": 1}
    alert = seen(house).alert(1)
    assert alert is not None
    assert (alert.content, alert.changed_at, seen(house).repeats(1)) == (WORSE, 2_000, 1)


def test_recovery_closes_the_alert_at_the_senders_time() -> None:
    house = House("alerts")
    say(house, signal("a", at=500), at=1_000)
    assert say(house, signal("a", "resolved", at=1_900), at=2_000) == [
        AlertResolved(alert=1, how="signal", ended_at=Moment(1_900))
    ]
    alert = seen(house).alert(1)
    assert alert is not None
    assert (alert.status, alert.ended_at, alert.closed_at, alert.how) == ("resolved", 1_900, 2_000, "signal")
    assert (seen(house).open_count(), seen(house).closed_count(), seen(house).open_by_severity()) == (0, 1, {})


def test_recovery_older_than_the_firing_is_out_of_date() -> None:
    house = House("alerts")
    say(house, signal("a", at=900), at=1_000)
    assert say(house, signal("a", "resolved", at=800), at=2_000) == [
        SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="resolved", titles=(DISK.title,))
    ]
    assert seen(house).open_count() == 1


def test_a_recovery_in_the_hour_that_comes_twice_ends_what_began_in_the_first() -> None:
    house, berlin = House(), SourceSpec(name="Zabbix", zone="Europe/Berlin")
    for value, clock, arrival in (("1", "02:50:00", "2026-10-25T00:50:02Z"), ("0", "02:10:00", "2026-10-25T01:10:02Z")):
        word = "event_recovery_" if value == "0" else "event"
        said = {"eventid": "4711", "eventvalue": value, f"{word}date": "2026.10.25", f"{word}time": clock}
        at = moment(arrival)
        house.ask(ReceiveSignals(source="zbx", signals=signals(read("zabbix", said, spec=berlin, at=at))), at=at)
    assert house.world.look.alerts.open_count() == 0


@pytest.mark.parametrize(("minutes", "is_open"), [(1, False), (5, True)])
def test_what_alertmanager_says_of_a_pair_after_the_recovery_of_one_fires(minutes: int, is_open: bool) -> None:
    house, began, ended = House(), "2026-11-24T12:00:00Z", "2026-11-24T12:10:00Z"
    again = moment(ended) + minutes * MINUTE_MS
    for status, at in (("firing", moment(began) + 30_000), ("resolved", moment(ended) + 5_000), ("firing", again)):
        alert = {"status": status, "labels": {"alertname": "Disk"}, "startsAt": began, "endsAt": ended}
        said = signals(read("alertmanager_webhook", {"status": status, "alerts": [alert]}, at=Moment(at)))
        house.ask(ReceiveSignals(source="am", signals=said), at=at)
    assert house.world.look.alerts.open_count() == is_open


def test_recovery_of_nothing_open_is_dropped_and_stops_its_late_trigger() -> None:
    house = House("alerts")
    assert say(house, signal("a", "resolved", at=900), at=1_000) == [
        SignalsDropped(
            source="prom",
            keys=("a",),
            rule="no_open_alert",
            status="resolved",
            moments=(Moment(900),),
            titles=(DISK.title,),
        )
    ]
    late = [SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing", titles=(DISK.title,))]
    assert say(house, signal("a", at=900), at=2_000) == late
    assert say(house, signal("a", at=800), at=2_000) == late
    assert isinstance(say(house, signal("a", at=901), at=2_000)[0], AlertsFired)


def test_trigger_older_than_the_recovery_of_its_alert_is_out_of_date() -> None:
    house = House("alerts")
    say(house, signal("a", at=500), at=1_000)
    say(house, signal("a", "resolved", at=1_500), at=1_600)
    assert say(house, signal("a", at=1_400), at=1_700) == [
        SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing", titles=(DISK.title,))
    ]


def test_fault_that_returns_in_the_second_of_its_recovery_opens_anew() -> None:
    house = House("alerts")
    say(house, signal("a", at=1_000), at=1_000)
    say(house, signal("a", "resolved", at=2_000), at=2_000)
    assert isinstance(say(house, signal("a", at=2_000), at=2_100)[0], AlertsFired)


def test_older_recovery_does_not_weaken_a_newer_one() -> None:
    house = House("alerts")
    late = SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing", titles=(DISK.title,))
    recoveries = signal("a", "resolved", at=900), signal("a", "resolved", at=500)
    assert say(house, *recoveries, signal("a", at=700), at=1_000)[-1] == late
    say(house, signal("a", "resolved", at=400), at=1_100)
    assert say(house, signal("a", at=700), at=1_200) == [late]


def test_recovery_is_forgotten_after_an_hour() -> None:
    house = House("alerts")
    say(house, signal("a", "resolved", at=900), at=1_000)
    at = (GRAVE_MINUTES + 1) * MINUTE_MS
    assert isinstance(say(house, signal("a", at=800), at=at)[0], AlertsFired)
    say(house, signal("b", "resolved", at=at - 1), at=at)
    assert list(seen(house).known.graves["prom"]) == ["b"]
    assert list(seen(house).known.grave_minutes) == [GRAVE_MINUTES + 1]


def test_what_one_of_two_watchers_goes_on_saying_after_the_others_recovery_opens_anew() -> None:
    house = House("alerts")
    say(house, signal("a", at=7, expires_at=4 * MINUTE_MS), at=1_000)
    say(house, signal("a", "resolved", at=900), at=2_000)
    still = SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing", titles=(DISK.title,))
    at = GRAVE_MINUTES_REPEATED * MINUTE_MS
    assert say(house, signal("a", at=7, expires_at=at + 4 * MINUTE_MS), at=at) == [still]
    at += MINUTE_MS
    assert isinstance(say(house, signal("a", at=7, expires_at=at + 4 * MINUTE_MS), at=at)[0], AlertsFired)


def test_recovery_without_a_time_of_its_own_does_not_swallow_the_next_trigger() -> None:
    house = House("alerts")
    say(house, signal("a", at=100), at=1_000)
    say(house, signal("a", "resolved", at=2_000), at=2_000)
    say(house, signal("b", "resolved", at=2_000), at=2_000)
    told = say(house, signal("a", at=1_500), at=3_000) + say(house, signal("b", at=1_500), at=3_000)
    assert [type(event) for event in told] == [AlertsFired, AlertsFired]


def test_trigger_without_a_time_of_its_own_does_not_make_the_recovery_too_old() -> None:
    house = House("alerts")
    say(house, signal("a", at=1_000), at=1_000)
    assert say(house, signal("a", "resolved", at=900), at=1_500) == [
        AlertResolved(alert=1, how="signal", ended_at=Moment(900))
    ]


def test_clock_ahead_of_ours_does_not_make_the_recovery_too_old() -> None:
    house = House("alerts")
    say(house, signal("a", at=900_000), at=1_000)
    assert say(house, signal("a", "resolved", at=2_000), at=2_000) == [
        AlertResolved(alert=1, how="signal", ended_at=Moment(2_000))
    ]


def test_senders_acknowledgement_is_kept_once() -> None:
    house = House("alerts")
    say(house, signal("a", at=500), at=1_000)
    assert say(house, signal("a", "acknowledged", at=1_900), at=2_000) == [
        AlertAcknowledged(alert=1, acknowledged_at=Moment(1_900))
    ]
    assert say(house, signal("a", "acknowledged", at=1_950), at=2_000) == [
        SignalsDropped(
            source="prom", keys=("a",), rule="already_acknowledged", status="acknowledged", titles=(DISK.title,)
        )
    ]
    alert = seen(house).alert(1)
    assert alert is not None
    assert alert.acknowledged_at == 1_900


def test_acknowledgement_of_nothing_open_is_dropped_without_a_grave() -> None:
    house = House("alerts")
    assert say(house, signal("a", "acknowledged", at=900), at=1_000) == [
        SignalsDropped(source="prom", keys=("a",), rule="no_open_alert", status="acknowledged", titles=(DISK.title,))
    ]
    assert isinstance(say(house, signal("a", at=800), at=2_000)[0], AlertsFired)


def test_signals_of_one_key_in_one_delivery_are_judged_in_order() -> None:
    house = House("alerts")
    told = say(
        house,
        signal("a", at=100),
        signal("a", at=100),
        signal("a", content=WORSE, at=100),
        signal("a", "resolved", at=200),
        signal("a", at=150),
        signal("a", at=300),
        at=1_000,
    )
    assert told == [
        fired(1, "a", 100),
        AlertsRepeated(source="prom", alerts=(1,)),
        AlertChanged(alert=1, content=WORSE),
        AlertResolved(alert=1, how="signal", ended_at=Moment(200)),
        fired(2, "a", 300),
        SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing", titles=(DISK.title,)),
    ]


def test_repeat_before_a_change_in_one_delivery_does_not_undo_its_expiry() -> None:
    house = House("alerts")
    say(house, signal("a"), at=1_000)
    say(house, signal("a", expires_at=5_000), signal("a", content=WORSE, expires_at=9_000), at=2_000)
    assert (seen(house).repeats(1), seen(house).expires_at(1)) == (2, 9_000)


def test_alert_closed_by_hand_opens_anew_when_it_is_repeated() -> None:
    house = House("alerts")
    say(house, signal("a", at=500), at=1_000)
    assert house.ask(ResolveAlert(alert=1), at=2_000) == [
        AlertResolved(alert=1, how="manual", ended_at=Moment(2_000))
    ]  # fmt: skip
    assert house.ask(ResolveAlert(alert=1), at=2_000) == []
    assert isinstance(say(house, signal("a", at=500), at=3_000)[0], AlertsFired)


def test_unknown_alert_cannot_be_closed() -> None:
    refused = House("alerts").ask(ResolveAlert(alert=7), at=0)
    assert refused == Rejected("alert_unknown", "there is no alert ALT-7 in memory; check its number")


def test_alert_that_falls_silent_is_resolved_at_its_expiry() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=60_300), at=1_000)
    assert seen(house).due() == 61_000
    assert tick(house, 61_000) == [
        AlertResolved(alert=1, how="expired", ended_at=Moment(60_300)),
        ExpiriesChecked(up_to=Moment(61_000)),
    ]
    assert seen(house).known.expiries == {}


def test_expired_alert_that_speaks_again_with_its_old_start_opens_anew() -> None:
    house = House("alerts")
    say(house, signal("a", at=500, expires_at=60_000), at=1_000)
    tick(house, 60_000)
    assert isinstance(say(house, signal("a", at=500, expires_at=400_000), at=120_000)[0], AlertsFired)


def test_repeat_moves_the_expiry_without_a_row_of_its_own() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=60_000), at=1_000)
    say(house, signal("a", expires_at=120_000), at=30_000)
    assert seen(house).known.expiries == {60: [1]}
    assert tick(house, 60_000) == [ExpiriesChecked(up_to=Moment(60_000))]
    assert seen(house).known.expiries == {120: [1]}
    assert tick(house, 120_000)[0] == AlertResolved(alert=1, how="expired", ended_at=Moment(120_000))


def test_repeat_may_bring_the_expiry_forward() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=600_000), at=1_000)
    say(house, signal("a", expires_at=60_000), at=2_000)
    assert tick(house, 60_000)[0] == AlertResolved(alert=1, how="expired", ended_at=Moment(60_000))
    assert tick(house, 600_000) == [ExpiriesChecked(up_to=Moment(600_000))]


def test_alert_whose_expiry_came_and_went_is_resolved_once() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=100_000), at=1_000)
    say(house, signal("a", expires_at=50_000), at=2_000)
    say(house, signal("a", expires_at=100_000), at=3_000)
    tick(house, 50_000)
    assert seen(house).known.expiries == {100: [1, 1]}
    assert tick(house, 100_000) == [
        AlertResolved(alert=1, how="expired", ended_at=Moment(100_000)),
        ExpiriesChecked(up_to=Moment(100_000)),
    ]


def test_one_tick_resolves_all_that_fell_silent_before_it() -> None:
    house = House("alerts")
    say(house, *(signal(f"k{n}", expires_at=10_000 + 1_000 * n) for n in (3, 0, 4, 1, 2, 9)), at=1_000)
    resolved = [event.alert for event in tick(house, 14_000) if isinstance(event, AlertResolved)]
    assert resolved == [2, 4, 5, 1, 3]
    assert seen(house).due() == 19_000


def test_alert_that_lasts_for_years_is_open_for_years_and_leaves_nothing_when_it_ends() -> None:
    house, year = House("alerts"), 366 * DAY_MS
    say(house, signal("a", expires_at=10 * year), signal("b", expires_at=10 * year + 1_000), at=1_000)
    say(house, signal("b", "resolved"), at=2_000)
    while (due := house.world.due()) is not None and due < 2 * DAY_MS:
        tick(house, due)
    assert [alert.key for alert in seen(house).open_alerts()] == ["a"]
    assert list(seen(house).known.expiries.values()) == [[1]]
    ends_at = 2 * DAY_MS + 5_000
    say(house, signal("a", expires_at=ends_at), at=2 * DAY_MS)
    assert AlertResolved(alert=1, how="expired", ended_at=Moment(ends_at)) in tick(house, ends_at)


def test_alert_without_expiry_stays_open() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=60_000), at=1_000)
    say(house, signal("a"), at=2_000)
    tick(house, 60_000)
    assert (seen(house).open_count(), seen(house).due()) == (1, None)


def test_senders_get_a_grace_when_the_house_was_away() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=60_000), at=1_000)
    back = 60 * MINUTE_MS
    graced = back + 5 * MINUTE_MS
    told = [ExpiriesChecked(up_to=Moment(graced - 1), grace_until=Moment(graced))]
    assert tick(house, back, was_deaf=True) == told
    assert seen(house).expires_at(1) == graced
    assert tick(house, graced)[0] == AlertResolved(alert=1, how="expired", ended_at=Moment(graced))


@pytest.mark.parametrize("expires_at", [60_000, 60_001, 90_000, 359_999])
def test_a_short_absence_is_no_recovery_either(expires_at: int) -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=expires_at), at=1_000)
    tick(house, 60_000, was_deaf=True)
    assert tick(house, 359_000) == []
    say(house, signal("a", expires_at=500_000), at=359_000)
    tick(house, 400_000)
    assert (seen(house).open_count(), seen(house).expires_at(1)) == (1, 500_000)


def test_an_absence_gives_nothing_to_alerts_that_need_no_grace() -> None:
    house = House("alerts")
    say(house, signal("late", expires_at=361_000), signal("never"), at=1_000)
    assert tick(house, 60_000, was_deaf=True) == []
    assert tick(house, 361_000)[0] == AlertResolved(alert=1, how="expired", ended_at=Moment(361_000))


def test_a_tick_that_is_only_late_ends_what_fell_silent() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=60_000), at=1_000)
    assert tick(house, 300_000)[0] == AlertResolved(alert=1, how="expired", ended_at=Moment(60_000))


def test_closed_alert_leaves_memory_after_thirty_days() -> None:
    house = House("alerts")
    say(house, signal("a", expires_at=10**13), signal("b"), at=1_000)
    house.ask(ResolveAlert(alert=1), at=2_000)
    tick(house, 1_000 + DAY_MS)
    assert seen(house).due() == 2_000 + MEMORY_DAYS * DAY_MS
    assert tick(house, 2_000 + MEMORY_DAYS * DAY_MS) == [AlertsForgotten(alerts=(1,))]
    assert (seen(house).alert(1), seen(house).fired_count(), seen(house).due()) == (None, 2, None)


def test_a_shorter_memory_lets_go_at_once_and_a_longer_one_later() -> None:
    house = House("alerts")
    say(house, signal("a"), signal("b"), at=1_000)
    house.ask(ResolveAlert(alert=1), at=2_000)
    house.ask(SetMemory(2), at=3_000, actor="init")
    assert seen(house).due() == 2_000 + 2 * DAY_MS
    house.ask(SetMemory(1), at=2_000 + DAY_MS + 5, actor="init")
    assert tick(house, 2_000 + DAY_MS + 5) == [AlertsForgotten(alerts=(1,))]
    house.ask(ResolveAlert(alert=2), at=3 * DAY_MS)
    house.ask(SetMemory(400), at=3 * DAY_MS, actor="init")
    assert seen(house).due() == 403 * DAY_MS


def test_memory_forgets_at_most_once_an_hour() -> None:
    house = House("alerts")
    say(house, signal("a"), signal("b"), at=1_000)
    house.ask(ResolveAlert(alert=1), at=2_000)
    house.ask(ResolveAlert(alert=2), at=3_000)
    tick(house, 2_000 + MEMORY_DAYS * DAY_MS)
    assert seen(house).due() == 2_000 + MEMORY_DAYS * DAY_MS + HOUR_MS
    assert tick(house, 2_000 + MEMORY_DAYS * DAY_MS + HOUR_MS) == [AlertsForgotten(alerts=(2,))]


def test_source_tally_counts_every_signal() -> None:
    house = House("alerts")
    say(house, signal("a"), signal("b"), at=1_000)
    say(house, signal("a"), signal("b", content=WORSE), signal("c", "resolved"), at=2_000)
    say(house, signal("a", "acknowledged", at=2_500), signal("b", "resolved", at=2_500), at=3_000)
    tally = seen(house).source_tally("prom")
    assert (tally.received, tally.repeated, tally.dropped, tally.open, tally.last_seen) == (7, 1, 1, 1, 3_000)
    house.given(SourceRemoved(source="prom"))
    assert seen(house).source_names() == []


def test_alerts_are_found_newest_first_page_by_page() -> None:
    house = House("alerts")
    say(house, *(signal(f"k{n}", content=LOAD if n % 2 else DISK) for n in range(6)), at=1_000)
    house.ask(ResolveAlert(alert=6), at=2_000)
    view = seen(house)
    first = view.find(limit=4)
    assert [alert.number for alert in first.alerts] == [6, 5, 4, 3]
    assert [alert.number for alert in view.find(before=first.before).alerts] == [2, 1]
    assert [alert.number for alert in view.find(status="firing").alerts] == [5, 4, 3, 2, 1]
    assert [alert.number for alert in view.find(status="resolved").alerts] == [6]
    assert [alert.number for alert in view.find(status="firing", before=3).alerts] == [2, 1]
    assert view.find(source="zabbix").alerts == ()
    assert [alert.number for alert in view.find(severity="low").alerts] == [6, 4, 2]
    matchers = Matchers.compile(("host=~web.*",))
    assert isinstance(matchers, Matchers)
    assert [alert.number for alert in view.find(matchers, status="firing").alerts] == [4, 2]
    assert view.find(limit=5).before == 2
    assert view.find(limit=6).before == 0


class Letters:
    """What intake's view tells, for reactions alone."""

    def __init__(self, count: int = 0) -> None:
        self.count = count

    @property
    def intake(self) -> Letters:
        return self

    def open_letters(self, source: str) -> int:
        return self.count


def reaction(event: Event, at: int, letters: int = 0) -> list[tuple[str, Signal]]:
    commands = react(Letters(letters), event, Stamp(1, Moment(at), "room", 0, "c"))
    return [
        (command.source, one) for command in commands if isinstance(command, ReceiveSignals) for one in command.signals
    ]


def test_dead_letter_opens_an_alert_about_its_source() -> None:
    kept = DeadLetterKept(source="prom", letter="L1", door="any", body="{", error="unexpected EOF")
    content = Content(
        title="Source prom sent something that could not be understood: unexpected EOF",
        severity="high",
        labels={"alertname": "DeadLetter", "source": "prom", "door": "any"},
    )
    expires_at = Moment(1_000 + DAY_MS)
    assert reaction(kept, at=1_000) == [
        ("tocsin", Signal("dead_letter:prom", "firing", Moment(1_000), content, expires_at))
    ]


@pytest.mark.parametrize(("letters", "recovered"), [(0, True), (1, False)])
def test_dead_letter_alert_resolves_with_the_last_letter(letters: int, recovered: bool) -> None:
    closed = DeadLetterClosed(source="prom", letter="L1", how="discarded", by="user:eva")
    said = [(source, one.key, one.status) for source, one in reaction(closed, at=2_000, letters=letters)]
    assert said == ([("tocsin", "dead_letter:prom", "resolved")] if recovered else [])


def test_missed_heartbeat_opens_an_alert_and_the_next_beat_resolves_it() -> None:
    house = House("alerts")
    for event, at in ((BeatMissed(source="cron"), 1_000), (BeatResumed(source="cron"), 9_000)):
        for source, one in reaction(event, at):
            house.ask(ReceiveSignals(source=source, signals=(one,)), at=at)
    alert = seen(house).alert(1)
    assert alert is not None
    assert (alert.source, alert.key, alert.content.title) == ("cron", "heartbeat", "Heartbeat cron was missed")
    assert (alert.status, alert.ended_at) == ("resolved", 9_000)


def test_a_removed_source_leaves_no_alert_open() -> None:
    house = House()
    house.given(SourceSet(source="prom", revision=1, spec=SourceSpec(name="P")))
    say(house, signal("b"), signal("a"), at=1_000)
    house.ask(ReceiveSignals(source="other", signals=(signal("a"),)), at=1_000)
    house.ask(RemoveSource("prom"), at=2_000, actor="init")
    closed = [seen(house).alert(number) for number in (1, 2)]
    assert [(one.status, one.how, one.ended_at) for one in closed if one] == [("resolved", "source_removed", 2_000)] * 2
    assert [alert.source for alert in seen(house).open_alerts()] == ["other"]
    incidents = house.world.look.incidents
    assert [incidents.incident(name).status for name in incidents.incidents_of(1)] == ["triggered"], "other's is in it"


def test_an_incident_ends_with_its_removed_source() -> None:
    house = House()
    house.given(SourceSet(source="prom", revision=1, spec=SourceSpec(name="P")))
    say(house, signal("a"), at=1_000)
    told = house.ask(RemoveSource("prom"), at=2_000, actor="init")
    assert [event.how for event in told if isinstance(event, IncidentResolved)] == ["alerts_resolved"]


def test_a_key_that_fires_recovers_and_fires_again_in_one_delivery_is_two_alerts() -> None:
    house = House("alerts")
    told = say(
        house, signal("a", at=100), signal("b", at=100), signal("a", "resolved", at=200), signal("c", at=250),
        signal("a", at=300), signal("a", at=310), signal("b", at=100, content=WORSE), at=1_000,
    )  # fmt: skip
    assert [type(event).__name__ for event in told] == [
        "AlertsFired", "AlertResolved", "AlertsFired", "AlertsRepeated", "AlertChanged",
    ]  # fmt: skip
    assert [(event.first, [one.key for one in event.signals]) for event in told if isinstance(event, AlertsFired)] == [
        (1, ["a", "b"]), (3, ["c", "a"]),
    ]  # fmt: skip
    assert told[3] == AlertsRepeated(source="prom", alerts=(4,)) and told[4].alert == 2
    assert {alert.key: alert.number for alert in seen(house).open_alerts()} == {"b": 2, "c": 3, "a": 4}


def test_an_alert_does_not_begin_after_it_was_heard() -> None:
    house = House("alerts")
    say(house, signal("a", at=5_000), at=1_000)
    alert = seen(house).alert(1)
    assert alert is not None and alert.started_at == 1_000


def test_what_a_removed_source_still_said_opens_nothing_and_leaves_no_row() -> None:
    house = House()
    spec = SourceSpec(name="P", every_s=60, grace_s=0)
    house.given(SourceSet(source="prom", revision=1, spec=spec))
    say(house, signal("a"), at=1_000)
    house.tick(61_000)
    assert [alert.key for alert in seen(house).open_alerts()] == ["a", "heartbeat"]
    house.ask(RemoveSource("prom"), at=62_000, actor="init")
    waited = house.ask(ReceiveSignals(source="prom", signals=(signal("b"),)), at=62_000)
    assert isinstance(waited, Rejected) and waited.reason == "source_unknown"
    assert list(seen(house).open_alerts()) == []
    assert seen(house).source_names() == []
    house.given(SourceSet(source="prom", revision=2, spec=spec))
    say(house, signal("b"), at=63_000)
    assert [alert.key for alert in seen(house).open_alerts()] == ["b"]
