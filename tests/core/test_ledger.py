"""The ledger of fates: every signal has exactly one, whatever happens to its alert and incident."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pager import NOON, SECOND, Pager

from tocsin.core.alerts.commands import ReceiveSignals, SetSilence
from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertReleased,
    AlertResolved,
    AlertsFired,
    AlertsForgotten,
    AlertsRepeated,
    AlertSuppressed,
    SignalsDropped,
    SilenceSpec,
)
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    MergeIncident,
    ReopenIncident,
    ResolveIncident,
    SetRoutes,
)
from tocsin.core.incidents.events import (
    ActUndone,
    AlertHeard,
    AlertHushed,
    AlertsJoined,
    AlertUnrouted,
    IncidentAcknowledged,
    IncidentMerged,
    IncidentOpened,
    IncidentResolved,
    IncidentsForgotten,
    IncidentTriggered,
    Route,
)
from tocsin.core.intake.events import Content, DeadLetterKept, Signal
from tocsin.core.notify.commands import SendTestPage
from tocsin.core.notify.views import Fate, Ledger
from tocsin.core.notify.views.ledger import RULES_MAX, Book
from tocsin.kernel.message import Event, Moment

CONTENT = Content(title="down", severity="high", labels={})


def fired(alert: int) -> AlertsFired:
    return AlertsFired(source="prom", first=alert, signals=(Signal(f"k{alert}", "firing", NOON, CONTENT),))


def opened(incident: str = "INC-1", by: str = "") -> IncidentOpened:
    return IncidentOpened(
        incident=incident, title="down", severity="high", service="", ladder="web", urgency="high", priority="P2",
        trigger_at=NOON, by=by,
    )  # fmt: skip


def joined(alert: int, incident: str = "INC-1") -> AlertsJoined:
    return AlertsJoined(incident=incident, alerts=(alert,), severities=("high",), titles=("down",))


def book(*events: Event) -> Book:
    """A book that balances after every event."""
    kept = Book()
    for event in events:
        kept.fold(event)
        kept.balance()
    return kept


def over(alert: int, how: str = "signal") -> AlertResolved:
    return AlertResolved(alert=alert, how=how, ended_at=NOON)


def test_the_signal_that_opened_the_incident_is_paged_and_those_that_joined_are_merged() -> None:
    kept = book(fired(1), opened(), joined(1), fired(2), joined(2))
    assert kept.ledger() == Ledger(received=2, paged=0, merged=1, suppressed={}, dead_lettered=0, pending=1)
    kept.page_delivered("INC-1")
    kept.page_delivered("INC-1")
    assert kept.ledger() == Ledger(received=2, paged=1, merged=1, suppressed={}, dead_lettered=0, pending=0)
    assert kept.fates == {1: Fate("paged", "INC-1"), 2: Fate("merged", into="INC-1")}


def test_what_an_open_alert_is_told_again_is_merged_into_it() -> None:
    kept = book(
        fired(1),
        AlertsRepeated(source="prom", alerts=(1, 1, 1)),
        AlertChanged(alert=1, content=CONTENT),
        AlertAcknowledged(alert=1, acknowledged_at=NOON),
    )
    assert (kept.received, kept.columns) == (6, {"pending": 1, "merged": 5})


def test_a_recovery_is_a_signal_only_when_the_sender_said_so() -> None:
    kept = book(fired(1), fired(2), fired(3), over(1), over(2, "expired"), over(3, "manual"))
    assert (kept.received, kept.columns["merged"]) == (4, 1)
    assert kept.rules == {"resolved_before_page": 3}


def test_dropped_signals_and_dead_letters_are_accounted_for() -> None:
    kept = book(
        SignalsDropped(source="prom", keys=("a", "b"), rule="no_open_alert", status="resolved"),
        SignalsDropped(source="prom", keys=("a",), rule="out_of_date", status="firing"),
        DeadLetterKept(source="prom", letter="DL-1", door="generic", body="{", error="no JSON"),
    )
    assert kept.ledger() == Ledger(4, 0, 0, {"no_open_alert": 2, "out_of_date": 1}, 1, 0)
    assert kept.ledger().by_fate() == {"paged": 0, "merged": 0, "suppressed": 3, "dead_lettered": 1, "pending": 0}


def test_a_silenced_signal_is_suppressed_by_the_silence_in_its_revision_and_pends_again_when_released() -> None:
    kept = book(fired(1), AlertSuppressed(alert=1, rule="silence:s", revision=2))
    assert kept.rules == {"silence:s@2": 1}
    assert kept.fates[1] == Fate("suppressed", rule="silence:s", revision=2)
    for event in (AlertReleased(alert=1), opened(), joined(1)):
        kept.fold(event)
    assert (kept.rules, kept.fates[1]) == ({}, Fate("pending", "INC-1"))
    kept.page_delivered("INC-1")
    assert kept.fates[1] == Fate("paged", "INC-1")


def test_a_silence_that_comes_after_the_page_does_not_undo_it() -> None:
    kept = book(fired(1), opened(), joined(1))
    kept.page_delivered("INC-1")
    kept.fold(AlertHushed(incident="INC-1", alert=1, rule="silence:s", revision=1))
    kept.fold(over(1))
    assert kept.fates[1] == Fate("paged", "INC-1")


def test_a_hushed_opener_released_after_others_paged_is_merged() -> None:
    kept = book(fired(1), opened(), joined(1), AlertHushed(incident="INC-1", alert=1, rule="silence:s", revision=1))
    kept.page_delivered("INC-1")
    assert kept.fates[1].kind == "suppressed"
    kept.fold(AlertHeard(incident="INC-1", alert=1))
    assert kept.fates[1] == Fate("merged", into="INC-1")


def test_an_alert_no_route_takes_is_suppressed_by_the_tree() -> None:
    kept = book(fired(1), AlertUnrouted(alert=1, rule="no_route", revision=7))
    assert kept.fates[1] == Fate("suppressed", rule="no_route", revision=7)


def test_an_alert_that_found_its_route_later_waits_for_its_page() -> None:
    kept = book(fired(1), AlertUnrouted(alert=1, rule="no_route", revision=7), opened(), joined(1))
    assert (kept.rules, kept.fates[1]) == ({}, Fate("pending", "INC-1"))
    kept.page_delivered("INC-1")
    assert kept.fates[1] == Fate("paged", "INC-1")


def test_what_is_over_or_answered_before_anybody_was_paged_says_so() -> None:
    resolved = book(fired(1), opened(), joined(1), over(1), IncidentResolved(incident="INC-1", by="", how="manual"))
    assert resolved.fates[1] == Fate("suppressed", "INC-1", rule="resolved_before_page")
    answered = book(fired(1), opened(), joined(1), IncidentAcknowledged(incident="INC-1", by="user:al"))
    assert answered.fates[1] == Fate("suppressed", "INC-1", rule="acknowledged_before_page")
    answered.fold(AlertReleased(alert=1))
    assert answered.fates[1].kind == "suppressed"


def test_a_silenced_opener_released_after_its_incident_was_answered_or_merged_does_not_pend() -> None:
    hushed = AlertHushed(incident="INC-1", alert=1, rule="silence:s", revision=1)
    answered = book(fired(1), opened(), joined(1), hushed, IncidentAcknowledged(incident="INC-1", by="user:al"))
    answered.fold(AlertReleased(alert=1))
    assert answered.fates[1] == Fate("suppressed", "INC-1", rule="acknowledged_before_page")
    merged = book(fired(1), opened(), joined(1), hushed, IncidentMerged(incident="INC-1", into="INC-2", by="user:al"))
    merged.fold(AlertReleased(alert=1))
    assert merged.fates[1] == Fate("merged", into="INC-2")
    given_back = book(fired(1), opened(), joined(1), hushed, IncidentAcknowledged(incident="INC-1", by="user:al"))
    given_back.fold(IncidentTriggered(incident="INC-1", ladder="web", urgency="high", why="unacknowledged"))
    given_back.fold(AlertReleased(alert=1))
    assert given_back.fates[1] == Fate("pending", "INC-1")


def test_what_was_over_before_its_incident_came_back_and_paged_does_not_pend_when_the_end_is_undone() -> None:
    over_early = (fired(1), opened(), joined(1), over(1), IncidentResolved(incident="INC-1", by="", how="manual"))
    kept = book(*over_early, fired(2), joined(2))
    kept.fold(IncidentTriggered(incident="INC-1", ladder="web", urgency="high", why="reopened"))
    kept.page_delivered("INC-1")
    kept.fold(IncidentResolved(incident="INC-1", by="user:al", how="manual"))
    kept.fold(
        ActUndone(incident="INC-1", by="al", act="resolved", status="triggered", ladder="web", user="", is_calling=True)
    )
    assert kept.fates == {1: Fate("suppressed", "INC-1", rule="resolved_before_page"), 2: Fate("merged", into="INC-1")}


def test_an_incident_merged_before_it_paged_merges_its_signal() -> None:
    kept = book(
        fired(1), opened(), joined(1), fired(2), opened("INC-2"), joined(2, "INC-2"), joined(1, "INC-2"),
        IncidentMerged(incident="INC-1", into="INC-2", by="user:al"),
        IncidentResolved(incident="INC-1", by="user:al", how="merged"),
    )  # fmt: skip
    assert kept.fates == {1: Fate("merged", into="INC-2"), 2: Fate("pending", "INC-2")}


def test_a_signal_that_joins_one_incident_and_opens_another_is_counted_by_the_one_it_opened() -> None:
    kept = book(fired(1), opened(), joined(1), fired(2), joined(2), opened("INC-2"), joined(2, "INC-2"))
    assert kept.fates[2] == Fate("pending", "INC-2")


def test_alerts_of_an_incident_a_person_opened_are_merged_into_it() -> None:
    kept = book(opened(by="user:al"), fired(1), joined(1))
    assert kept.fates[1] == Fate("merged", into="INC-1")


def test_forgotten_alerts_leave_memory_and_stay_counted() -> None:
    kept = book(fired(1), opened(), joined(1), over(1))
    kept.page_delivered("INC-1")
    kept.fold(AlertsForgotten(alerts=(1,)))
    kept.fold(IncidentsForgotten(incidents=("INC-1",)))
    assert (kept.fates, kept.openers, kept.settled) == ({}, {}, {})
    assert kept.ledger() == Ledger(2, 1, 1, {}, 0, 0)


def test_rules_beyond_the_limit_are_counted_by_kind() -> None:
    kept = Book()
    for alert in range(1, RULES_MAX + 3):
        kept.fold(fired(alert))
        kept.fold(AlertSuppressed(alert=alert, rule=f"silence:{alert}", revision=1))
    assert len(kept.rules) == RULES_MAX + 1
    assert kept.rules["silence"] == 2
    for alert in range(1, RULES_MAX + 3):
        kept.fold(AlertReleased(alert=alert))
    kept.balance()
    assert kept.rules == {}


def test_a_book_that_lost_a_signal_does_not_balance() -> None:
    kept = book(fired(1))
    kept.received += 1
    with pytest.raises(AssertionError, match="2 signals were received, 1 have a fate"):
        kept.balance()


def test_a_real_page_moves_the_signal_and_a_test_page_does_not() -> None:
    house = Pager().person("root", role="admin").person("alice", "sms").ladder("alice")
    house.must(SendTestPage("alice", "alice-sms"), 0)
    house.arrived("PG-1")
    assert house.notify.ledger().received == 0
    house.notify.book.fold(fired(1))
    house.notify.book.fold(opened())
    house.notify.book.fold(joined(1))
    house.trigger()
    assert house.notify.ledger().by_fate()["paged"] == 1
    assert house.notify.fate_of(1) == Fate("paged", "INC-1")
    house.notify.balance()


ALERTS = st.integers(1, 4)
INCIDENTS = st.sampled_from(["INC-1", "INC-2", "INC-3"])
RULES = st.sampled_from(["silence:a", "silence:b"])
EVENTS = st.one_of(
    st.builds(opened, INCIDENTS, st.sampled_from(["", "user:al"])),
    st.builds(joined, ALERTS, INCIDENTS),
    st.builds(over, ALERTS, st.sampled_from(["signal", "expired", "manual"])),
    st.builds(AlertSuppressed, alert=ALERTS, rule=RULES, revision=st.integers(1, 2)),
    st.builds(AlertReleased, alert=ALERTS),
    st.builds(AlertHushed, incident=INCIDENTS, alert=ALERTS, rule=RULES, revision=st.just(1)),
    st.builds(AlertHeard, incident=INCIDENTS, alert=ALERTS),
    st.builds(AlertUnrouted, alert=ALERTS, rule=st.just("no_route"), revision=st.just(1)),
    st.builds(IncidentAcknowledged, incident=INCIDENTS, by=st.just("user:al")),
    st.builds(IncidentResolved, incident=INCIDENTS, by=st.just(""), how=st.sampled_from(["manual", "merged"])),
    st.builds(IncidentMerged, incident=INCIDENTS, into=INCIDENTS, by=st.just("user:al")),
    st.builds(AlertsRepeated, source=st.just("p"), alerts=st.lists(ALERTS, max_size=5).map(tuple)),
    st.builds(AlertsForgotten, alerts=ALERTS.map(lambda alert: (alert,))),
    st.just("fire"),
    INCIDENTS.map(lambda incident: ("page", incident)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_whatever_happens_the_sum_of_fates_is_what_was_received(events: list) -> None:  # type: ignore[type-arg]
    kept = Book()
    number = 0
    for event in events:
        match event:
            case "fire":
                number += 1
                kept.fold(fired(number))
            case ("page", incident):
                kept.page_delivered(incident)
            case _:
                kept.fold(event)
        kept.balance()
    remembered = [fate.kind for fate in kept.fates.values()]
    assert remembered.count("pending") <= kept.ledger().pending
    assert Moment(0) <= kept.received


# The real rooms below, from the signal to the page.


class Tower(Pager):
    """A house with one route, and the number of signals that went in."""

    def __init__(self) -> None:
        super().__init__()
        self.signals = 0
        self.person("root", role="admin").person("alice", "sms").ladder("alice")
        root = Route(name="root", ladder="web", group_by=("job",), group_wait_s=30)
        self.must(SetRoutes(root), 0)

    def receive(self, *told: tuple[str, str, int], at: int) -> None:
        """Signals `(key, status, event time)` of one delivery; the first letter of the key is the job."""
        signals = tuple(
            Signal(key, status, Moment(NOON + when), Content(title=key, severity="high", labels={"job": key[0]}))
            for key, status, when in told
        )
        self.signals += len(signals)
        refused = self.ask(ReceiveSignals("prom", signals), at=NOON + at, actor="source:prom")
        assert isinstance(refused, list), refused
        self.check()

    def check(self) -> None:
        """Nothing is missing: what went in is what has a fate."""
        self.notify.balance()
        assert self.notify.ledger().received == self.signals


def test_a_signal_becomes_a_page_and_its_repeat_and_neighbour_are_merged() -> None:
    house = Tower()
    house.receive(("a1", "firing", 0), ("a2", "firing", 0), ("b1", "resolved", 0), at=0)
    house.receive(("a1", "firing", 0), at=SECOND)
    assert house.notify.ledger() == Ledger(4, 0, 2, {"no_open_alert": 1}, 0, 1)
    house.clock(30 * SECOND)
    assert house.notify.ledger() == Ledger(4, 1, 2, {"no_open_alert": 1}, 0, 0)
    assert [page.channel for page in house.notify.pages_of("INC-1")] == ["mailbox", "sms"]
    house.must(AcknowledgeIncident("INC-1", "alice"), 31 * SECOND)
    assert house.notify.run("INC-1").ended == "acknowledged"


def test_a_signal_over_before_its_group_is_told_pages_nobody() -> None:
    house = Tower()
    house.receive(("a1", "firing", 0), at=0)
    house.receive(("a1", "resolved", SECOND), at=SECOND)
    house.clock(30 * SECOND)
    assert house.notify.ledger() == Ledger(2, 0, 1, {"resolved_before_page": 1}, 0, 0)
    assert house.notify.pages_of("INC-1") == ()


KEYS = st.sampled_from(["a1", "a2", "b1", "c1"])
STATUS = st.sampled_from(["firing", "firing", "resolved", "acknowledged"])
DEEDS = st.one_of(
    st.tuples(st.just("receive"), st.lists(st.tuples(KEYS, STATUS, st.integers(-5_000, 0)), min_size=1, max_size=4)),
    st.tuples(st.just("wait"), st.integers(1_000, 120_000)),
    st.tuples(st.just("silence"), st.sampled_from(["a", "b"]), st.integers(10_000, 200_000)),
    st.tuples(st.just("people"), st.sampled_from([AcknowledgeIncident, ResolveIncident, ReopenIncident])),
    st.tuples(st.just("merge"), st.integers(1, 6), st.integers(1, 6)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, min_size=10, max_size=50))
def test_the_rooms_below_never_lose_a_signal_and_nothing_pends_for_ever(deeds: list) -> None:  # type: ignore[type-arg]
    house = Tower()
    at = 0
    for deed in deeds:
        match deed:
            case ("receive", told):
                house.receive(*((key, status, at + back) for key, status, back in told), at=at)
            case ("wait", length):
                at += length
                house.clock(at)
            case ("silence", job, length):
                silence = SilenceSpec(
                    matchers=(f'job="{job}"',), start_at=Moment(NOON + at), end_at=Moment(NOON + at + length),
                    created_by="alice", comment="x",
                )  # fmt: skip
                house.ask(SetSilence("", f"s{house.seq}", silence), at=NOON + at, actor="user:alice")
            case ("people", command):
                for number in range(1, 4):
                    house.ask(command(f"INC-{number}"), at=NOON + at, actor="user:alice")
            case ("merge", one, other):
                house.ask(MergeIncident(f"INC-{one}", f"INC-{other}"), at=NOON + at, actor="user:alice")
        house.check()
    for _ in range(4):
        at += 300_000
        house.clock(at)
        house.check()
    assert house.notify.ledger().pending == 0
