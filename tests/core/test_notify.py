"""Escalation: who is told, in which order, by which way, and what stops it."""

from __future__ import annotations

import pytest
from pager import HOUR, MINUTE, NOON, SECOND, Pager, moment

from tocsin.core.incidents.events import (
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentMerged,
    IncidentMuted,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentsForgotten,
    IncidentSnoozed,
    IncidentTriggered,
    PrioritySet,
)
from tocsin.core.notify.commands import (
    HastenRun,
    RecordReceipt,
    ResumeRun,
    SendTestPage,
    SetRules,
    StartRun,
    StopRun,
)
from tocsin.core.notify.decide.draft import Sheet
from tocsin.core.notify.events import Rule, RulesSet
from tocsin.core.notify.react import react
from tocsin.core.notify.views import MailboxEntry, Owed
from tocsin.core.oncall.events import LadderRemoved
from tocsin.core.people.events import ContactRemoved, UserRemoved
from tocsin.core.world import World
from tocsin.kernel.message import Event, Rejected, Stamp


def one_rung() -> Pager:
    """Alice is on the only rung; the administrator has an address."""
    return Pager().person("root", "email", role="admin").person("alice", "email", "sms").ladder("alice")


def two_rungs() -> Pager:
    """Alice, then bob."""
    return Pager().person("root", role="admin").person("alice", "sms").person("bob", "sms").ladder("alice", "bob")


def test_a_triggered_incident_pages_the_first_rung_by_every_contact_at_once() -> None:
    assert one_rung().trigger() == [
        "INC-1 run 1 web@1 high",
        "INC-1 rung 0.0: alice, next never",
        "PG-1 planned alice-mailbox by mailbox at +0s",
        "PG-1 delivered",
        "PG-2 planned alice-email by default:high at +0s",
        "PG-3 planned alice-sms by default:high at +0s",
        "PG-2 due #1",
        "PG-3 due #1",
    ]


def test_nobody_answers_so_the_next_rung_is_paged_and_then_the_first_again() -> None:
    house = two_rungs().ladder("alice", "bob", repeats=1)
    house.trigger()
    house.arrived("PG-2", 1 * SECOND)
    assert house.clock(5 * MINUTE) == [
        "INC-1 rung 0.1: bob, next +600s",
        "PG-3 planned bob-mailbox by mailbox at +300s",
        "PG-3 delivered",
        "PG-4 planned bob-sms by default:high at +300s",
        "PG-4 due #1",
    ]
    house.arrived("PG-4", 5 * MINUTE)
    assert house.clock(10 * MINUTE)[0] == "INC-1 rung 1.0: alice, next +900s"
    house.arrived("PG-6", 10 * MINUTE)
    assert house.clock(15 * MINUTE)[0] == "INC-1 rung 1.1: bob, next never"
    house.arrived("PG-8", 15 * MINUTE)
    assert house.clock(20 * MINUTE) == ["INC-1 ended exhausted"]
    assert house.notify.run("INC-1").ended == "exhausted"


def test_a_person_on_a_rung_twice_is_paged_once() -> None:
    house = Pager().person("alice", "sms").person("bob", "sms").team("web", "bob", "alice").ladder("alice @web")
    assert house.trigger()[1] == "INC-1 rung 0.0: alice bob, next never"
    assert [page.user for page in house.notify.pages_of("INC-1") if page.channel == "sms"] == ["alice", "bob"]


def test_acknowledgement_stops_everything_at_once() -> None:
    house = two_rungs()
    house.trigger()
    house.failed("PG-2", 1 * SECOND)
    assert house.stop(at=2 * SECOND) == ["PG-2 cancelled: acknowledged", "INC-1 ended acknowledged"]
    assert house.world.due() is None
    assert house.clock(HOUR) == []


def test_a_page_with_its_channel_at_the_acknowledgement_is_left_to_its_receipt_and_never_retried() -> None:
    house = two_rungs()
    house.trigger()
    assert house.stop(at=1 * SECOND) == ["INC-1 ended acknowledged"]
    assert list(house.notify.owed()) == []
    assert house.failed("PG-2", 2 * SECOND) == ["PG-2 cancelled: acknowledged"]
    house.trigger("INC-2", 3 * SECOND)
    house.stop("INC-2", 4 * SECOND)
    assert house.arrived("PG-4", 5 * SECOND) == ["PG-4 delivered"]


def test_a_page_left_with_a_silent_channel_is_closed_after_the_acknowledgement() -> None:
    house = two_rungs()
    house.trigger()
    house.stop(at=1 * SECOND)
    assert house.clock(2 * MINUTE) == ["PG-2 cancelled: acknowledged"]
    assert house.world.due() is None


def test_failed_attempts_back_off_and_then_the_page_is_given_up_for_the_next_rung() -> None:
    house = two_rungs().ladder("alice", "bob", delay_s=3600)
    house.trigger()
    assert house.failed("PG-2", 0) == ["PG-2 failed #1, again +15s"]
    assert house.clock(15 * SECOND) == ["PG-2 due #2"]
    assert house.failed("PG-2", 15 * SECOND, 2) == ["PG-2 failed #2, again +75s"]
    house.clock(75 * SECOND)
    assert house.failed("PG-2", 75 * SECOND, 3) == ["PG-2 failed #3, again +255s"]
    house.clock(255 * SECOND)
    assert house.failed("PG-2", 255 * SECOND, 4) == ["PG-2 failed #4, again +855s"]
    house.clock(855 * SECOND)
    assert house.failed("PG-2", 855 * SECOND, 5) == [
        "PG-2 given up: broken",
        "INC-1 rung 0.1: bob, next never",
        "PG-3 planned bob-mailbox by mailbox at +855s",
        "PG-3 delivered",
        "PG-4 planned bob-sms by default:high at +855s",
        "PG-4 due #1",
    ]


def test_a_page_that_can_never_arrive_is_followed_by_another_contact_of_the_person() -> None:
    house = two_rungs().contact("alice", "email").contact("alice", "wecom", verified=False)
    house.given(RulesSet(user="alice", rules=(Rule("alice-sms"),)))
    house.trigger()
    assert house.failed("PG-2", 1 * SECOND, retryable=False) == [
        "PG-2 given up: broken",
        "PG-3 planned alice-email by fallback at +1s",
        "PG-3 due #1",
    ]
    assert house.failed("PG-3", 2 * SECOND, retryable=False)[:2] == [
        "PG-3 given up: broken",
        "INC-1 rung 0.1: bob, next never",
    ]


def test_the_next_rung_is_not_hurried_while_a_colleague_on_this_one_can_be_reached() -> None:
    house = two_rungs().person("carol", "sms").ladder("alice carol", "bob")
    house.trigger()
    assert house.failed("PG-2", 1 * SECOND, retryable=False) == ["PG-2 given up: broken"]
    assert house.failed("PG-4", 1 * SECOND, retryable=False)[1] == "INC-1 rung 0.1: bob, next never"


def test_low_urgency_does_not_hurry_to_the_next_rung() -> None:
    house = two_rungs()
    house.trigger(urgency="low")
    assert house.failed("PG-2", 1 * SECOND, retryable=False) == ["PG-2 given up: broken"]
    assert house.clock(5 * MINUTE)[0] == "INC-1 rung 0.1: bob, next never"


def test_receipts_for_unknown_or_old_attempts_change_nothing() -> None:
    house = two_rungs()
    house.trigger()
    assert house.arrived("PG-99") == []
    assert house.arrived("PG-2", attempt=2) == []
    house.clock(2 * MINUTE)
    assert house.failed("PG-2", 2 * MINUTE, 1) == []
    assert house.arrived("PG-2", 3 * MINUTE, 2) == ["PG-2 delivered"]
    assert house.arrived("PG-2", 3 * MINUTE, 2) == []
    assert house.failed("PG-2", 3 * MINUTE, 2) == []


def test_a_success_that_comes_late_spares_the_repetition() -> None:
    house = two_rungs()
    house.trigger()
    assert house.clock(2 * MINUTE) == ["PG-2 due #2"]
    assert house.arrived("PG-2", 2 * MINUTE + 1, 1) == ["PG-2 delivered"]
    assert list(house.notify.owed()) == []


def test_a_channel_that_says_nothing_is_asked_again_and_at_last_given_up() -> None:
    house = two_rungs().ladder("alice", "bob", delay_s=3600)
    house.trigger()
    for attempt in (2, 3, 4, 5):
        assert house.clock((attempt - 1) * 2 * MINUTE) == [f"PG-2 due #{attempt}"]
    assert house.clock(10 * MINUTE)[:2] == ["PG-2 given up: no_receipt", "INC-1 rung 0.1: bob, next never"]


def test_an_empty_rung_is_passed_at_once_and_the_administrators_know() -> None:
    house = two_rungs().team("night").ladder("@night", "alice", "bob")
    assert house.trigger() == [
        "INC-1 run 1 web@1 high",
        "INC-1 rung 0.0: nobody, next +0s",
        "INC-1 nobody: nobody_on_call",
        "PG-1 planned root-mailbox by admins at +0s",
        "PG-1 delivered",
        "INC-1 rung 0.1: alice, next +300s",
        "PG-2 planned alice-mailbox by mailbox at +0s",
        "PG-2 delivered",
        "PG-3 planned alice-sms by default:high at +0s",
        "PG-3 due #1",
    ]


def test_a_ladder_nobody_stands_on_leads_to_the_administrators() -> None:
    house = one_rung().ladder("~nights", "@nobody")
    assert house.trigger() == [
        "INC-1 run 1 web@1 high",
        "INC-1 rung 0.0: nobody, next +0s",
        "INC-1 nobody: nobody_on_call",
        "PG-1 planned root-mailbox by admins at +0s",
        "PG-1 delivered",
        "INC-1 rung 0.1: root, next never",
        "INC-1 nobody: ladder_empty",
        "PG-2 planned root-mailbox by mailbox at +0s",
        "PG-2 delivered",
        "PG-3 planned root-email by default:high at +0s",
        "PG-3 due #1",
    ]


def test_an_unknown_ladder_leads_to_the_administrators_and_never_to_silence() -> None:
    house = one_rung().given(LadderRemoved(ladder="web"))
    assert house.trigger()[:3] == [
        "INC-1 run 1 web@0 high",
        "INC-1 nobody: ladder_unknown",
        "INC-1 rung 0.0: root, next +300s",
    ]


def test_without_anybody_at_all_the_run_ends_with_a_reason() -> None:
    house = Pager()
    assert house.trigger() == [
        "INC-1 run 1 web@0 high",
        "INC-1 nobody: ladder_unknown",
        "INC-1 rung 0.0: nobody, next +300s",
        "INC-1 nobody: ladder_empty",
    ]
    assert house.clock(5 * MINUTE)[0] == "INC-1 nobody: all_given_up"
    for minutes in (10, 15):
        told = house.clock(minutes * MINUTE)
    assert told == ["INC-1 ended exhausted"]
    assert house.world.due() is None


def test_a_named_person_is_paged_instead_of_a_ladder() -> None:
    assert one_rung().trigger(user="alice", ladder="")[:3] == [
        "INC-1 run 1 alice@0 high",
        "INC-1 rung 0.0: alice, next +300s",
        "PG-1 planned alice-mailbox by mailbox at +0s",
    ]


def test_a_person_without_verified_contact_has_the_mailbox_and_the_administrators_know_once() -> None:
    house = Pager().person("root", role="admin").person("alice").contact("alice", "sms", verified=False)
    house.ladder("alice", "alice")
    assert house.trigger()[2:] == [
        "PG-1 planned alice-mailbox by mailbox at +0s",
        "PG-1 delivered",
        "PG-2 planned root-mailbox by admins at +0s",
        "PG-2 delivered",
    ]
    assert house.clock(5 * MINUTE)[1:] == ["PG-3 planned alice-mailbox by mailbox at +300s", "PG-3 delivered"]


def test_when_every_page_was_given_up_the_administrators_are_paged_loudly() -> None:
    house = one_rung().ladder("alice", delay_s=60)
    house.trigger()
    house.failed("PG-2", 1 * SECOND, retryable=False)
    assert house.failed("PG-3", 1 * SECOND, retryable=False) == [
        "PG-3 given up: broken",
        "INC-1 ended exhausted",
        "INC-1 nobody: all_given_up",
        "PG-4 planned root-mailbox by admins at +1s",
        "PG-4 delivered",
        "PG-5 planned root-email by admins at +1s",
        "PG-5 due #1",
    ]
    assert house.notify.run("INC-1").alarms == ("all_given_up",)


def test_what_arrived_is_not_tried_again_by_the_same_contact_for_an_earlier_rung() -> None:
    house = Pager().person("alice", "sms", "email").ladder("alice", "alice", delay_s=90)
    house.trigger()
    house.clock(90 * SECOND)
    house.failed("PG-2", 91 * SECOND)
    house.failed("PG-3", 91 * SECOND)
    assert house.arrived("PG-5", 92 * SECOND) == ["PG-5 delivered", "PG-2 cancelled: renewed"]
    assert "PG-3 due #2" in house.clock(106 * SECOND), "the mail is another contact"


def test_refusals_of_some_seconds_do_not_use_up_the_rounds_of_a_ladder() -> None:
    house = Pager().person("root", "email", role="admin").person("alice", "sms").person("bob", "sms")
    house.ladder("alice", "bob", "~nights", delay_s=300, repeats=1).trigger()
    assert house.failed("PG-2", 1 * SECOND, retryable=False)[1] == "INC-1 rung 0.1: bob, next +301s"
    assert house.failed("PG-4", 2 * SECOND, retryable=False) == [
        "PG-4 given up: broken",
        "INC-1 nobody: all_given_up",
        "PG-5 planned root-mailbox by admins at +2s",
        "PG-5 delivered",
        "PG-6 planned root-email by admins at +2s",
        "PG-6 due #1",
    ]
    house.failed("PG-6", 3 * SECOND, retryable=False)
    told = house.clock(301 * SECOND)
    assert "INC-1 rung 1.0: alice, next +601s" in told
    assert "INC-1 nobody: all_given_up" not in told
    house.arrived("PG-8", 302 * SECOND)
    assert house.notify.run("INC-1").alarms == ("all_given_up", "nobody_on_call")


def test_a_round_that_reached_only_mailboxes_is_told_to_the_administrators_aloud() -> None:
    house = Pager().person("root", "email", role="admin").person("alice").ladder("alice", repeats=3)
    house.trigger()
    assert house.clock(5 * MINUTE)[:3] == [
        "INC-1 nobody: all_given_up",
        "PG-3 planned root-email by admins at +300s",
        "INC-1 rung 1.0: alice, next +600s",
    ]


def test_pages_of_an_exhausted_run_are_still_delivered_and_still_stopped_by_an_answer() -> None:
    house = one_rung().ladder("alice", delay_s=30)
    house.trigger()
    house.arrived("PG-2", 1 * SECOND)
    house.failed("PG-3", 1 * SECOND)
    house.clock(16 * SECOND)
    house.failed("PG-3", 17 * SECOND, 2)
    assert house.clock(30 * SECOND) == ["INC-1 ended exhausted"]
    assert house.clock(77 * SECOND) == ["PG-3 due #3"]
    house.failed("PG-3", 78 * SECOND, 3)
    assert house.stop(at=80 * SECOND) == ["PG-3 cancelled: acknowledged", "INC-1 ended acknowledged"]


def test_a_running_escalation_keeps_the_ladder_it_began_with() -> None:
    house = two_rungs().person("carol", "sms")
    house.trigger()
    house.ladder("carol", "carol", revision=2)
    assert house.clock(5 * MINUTE)[0] == "INC-1 rung 0.1: bob, next never"
    assert house.trigger("INC-2", 5 * MINUTE)[:2] == ["INC-2 run 2 web@2 high", "INC-2 rung 0.0: carol, next +600s"]


def test_somebody_asks_for_the_next_rung_now() -> None:
    house = two_rungs()
    house.trigger()
    assert house.hasten(at=10 * SECOND)[0] == "INC-1 rung 0.1: bob, next never"
    assert house.hasten(at=20 * SECOND)[:2] == ["INC-1 ended exhausted", "INC-1 rung 1.0: alice, next +320s"]
    assert house.hasten("INC-9") == []


@pytest.mark.parametrize("rungs", [("alice",), ("alice", "alice"), ("alice", "alice bob")])
def test_the_next_rung_of_what_nobody_was_called_for_calls_nobody_twice(rungs: tuple[str, ...]) -> None:
    house = Pager().person("alice", "sms").person("bob", "sms").ladder(*rungs)
    told = house.trigger(why="escalated") + house.hasten()
    left = [one.split()[2] for one in told if "planned" in one and "mailbox" not in one]
    assert left == ["alice-sms", "bob-sms"][: 1 + ("bob" in rungs[-1])], told


def test_an_incident_that_triggers_again_begins_anew_and_ends_the_old_run() -> None:
    house = two_rungs()
    house.trigger()
    house.failed("PG-2", 1 * SECOND)
    assert house.trigger(at=2 * SECOND, why="reassigned", user="bob", ladder="")[:4] == [
        "PG-2 cancelled: reassigned",
        "INC-1 ended reassigned",
        "INC-1 run 2 bob@0 high",
        "INC-1 rung 0.0: bob, next +302s",
    ]


def test_a_contact_removed_while_its_page_waits_is_replaced_by_another_way() -> None:
    house = one_rung()
    house.given(RulesSet(user="alice", rules=(Rule("alice-sms", delay_s=60),)))
    house.trigger()
    house.given(ContactRemoved(user="alice", contact="alice-sms"))
    assert house.clock(60 * SECOND) == [
        "PG-2 given up: contact_removed",
        "PG-3 planned alice-email by fallback at +60s",
        "PG-3 due #1",
    ]


def test_a_person_who_left_while_their_page_waits_is_passed_over_at_once() -> None:
    house = two_rungs()
    house.given(RulesSet(user="alice", rules=(Rule("alice-sms", delay_s=60),)))
    house.trigger()
    house.given(UserRemoved(user="alice"))
    assert house.clock(60 * SECOND)[:2] == ["PG-2 given up: contact_removed", "INC-1 rung 0.1: bob, next never"]


def test_a_later_rung_renews_a_page_that_waits_for_its_next_attempt() -> None:
    house = one_rung().ladder("alice", delay_s=60, repeats=1)
    house.given(RulesSet(user="alice", rules=(Rule("alice-sms"),)))
    house.trigger()
    house.failed("PG-2")
    house.clock(15 * SECOND)
    house.failed("PG-2", 16 * SECOND, 2)
    assert house.clock(60 * SECOND)[3:] == [
        "PG-2 cancelled: renewed",
        "PG-4 planned alice-sms by rule:1 at +60s",
        "PG-4 due #1",
    ]


def test_after_an_outage_one_contact_is_told_once_by_the_rung_that_is_overdue_too() -> None:
    house = Pager().person("ann", "sms", "voice", "email").ladder("ann", "ann", delay_s=150)
    house.given(RulesSet(user="ann", rules=(Rule("ann-sms"), Rule("ann-voice"), Rule("ann-email", delay_s=100))))
    house.trigger()
    house.failed("PG-2", 1 * SECOND)
    told = house.clock(HOUR)
    assert [line for line in told if "cancelled" in line or "due" in line] == [
        "PG-2 cancelled: renewed",
        "PG-3 cancelled: renewed",
        "PG-4 due #1 late 3500s",
        "PG-6 due #1",
        "PG-7 due #1",
    ]


def test_a_page_that_another_takes_the_place_of_in_the_same_tick_does_not_leave() -> None:
    house = Pager().person("ann", "sms").person("bob", "sms").ladder("ann", "bob", "ann", delay_s=60)
    house.trigger()
    house.failed("PG-2", 50 * SECOND)
    house.clock(60 * SECOND)
    house.failed("PG-4", 61 * SECOND)
    house.given(ContactRemoved(user="bob", contact="bob-sms"))
    assert house.clock(80 * SECOND) == [
        "PG-4 given up: contact_removed",
        "INC-1 rung 0.2: ann, next never",
        "PG-5 planned ann-mailbox by mailbox at +80s",
        "PG-5 delivered",
        "PG-2 cancelled: renewed",
        "PG-6 planned ann-sms by default:high at +80s",
        "PG-6 due #1",
    ]


def test_low_urgency_that_reached_nobody_at_night_wakes_no_administrator() -> None:
    house = Pager().person("root", "email", role="admin").person("ann").ladder("ann")
    night = moment("2026-11-24T03:00:00Z")
    house.trigger(at=night, urgency="low")
    assert house.clock(night + 5 * MINUTE) == [
        "INC-1 ended exhausted",
        "INC-1 nobody: all_given_up",
        "PG-3 planned root-email by admins at +-14400s",
    ]
    assert house.clock(moment("2026-11-24T08:00:00Z")) == ["PG-3 due #1"]


def test_rungs_overdue_after_an_outage_are_reached_one_by_one_from_now() -> None:
    house = two_rungs().ladder("alice", "bob", "alice", repeats=2)
    house.trigger()
    house.arrived("PG-2")
    assert house.clock(HOUR) == [
        "INC-1 rung 0.1: bob, next +3900s late 3300s",
        "PG-3 planned bob-mailbox by mailbox at +3600s",
        "PG-3 delivered",
        "PG-4 planned bob-sms by default:high at +3600s",
        "PG-4 due #1",
    ]
    house.arrived("PG-4", HOUR)
    assert house.world.due() == NOON + HOUR + 5 * MINUTE


def test_rules_are_kept_once_and_flaws_are_refused_with_words() -> None:
    house = one_rung()
    rules = (Rule("alice-sms", "high", "22:00", "08:00"), Rule("alice-email", delay_s=300))
    told = house.ask(SetRules("alice", rules), actor="user:alice")
    assert told == [RulesSet(user="alice", rules=rules)]
    assert house.ask(SetRules("alice", rules), actor="user:alice") == []
    assert house.notify.rules("alice").rules == rules
    for rule, reason in (
        (Rule("bob-sms"), "contact_unknown"),
        (Rule("mailbox"), "contact_unknown"),
        (Rule("alice-sms", "urgent"), "urgency_unknown"),
        (Rule("alice-sms", start="25:00"), "time_invalid"),
        (Rule("alice-sms", delay_s=-1), "delay_out_of_range"),
    ):
        refused = house.ask(SetRules("alice", (rule,)), actor="user:alice")
        assert isinstance(refused, Rejected) and refused.reason == reason and "rule 1" in refused.detail
    many = house.ask(SetRules("alice", (Rule("alice-sms"),) * 21), actor="user:alice")
    assert isinstance(many, Rejected) and many.reason == "too_many_rules"


def test_rules_decide_by_urgency_and_the_hour_of_the_persons_zone() -> None:
    """At 12:00Z it is night in Auckland and day in London."""
    night = (Rule("al-sms", "high", "22:00", "08:00"), Rule("al-email", "any", "08:00", "22:00", delay_s=60))
    asleep = Pager().person("al", "sms", "email", zone="Pacific/Auckland").ladder("al")
    awake = Pager().person("al", "sms", "email", zone="Europe/London").ladder("al")
    for house in (asleep, awake):
        house.given(RulesSet(user="al", rules=night))
    assert asleep.trigger()[4:] == ["PG-2 planned al-sms by rule:1 at +0s", "PG-2 due #1"]
    assert awake.trigger()[4:] == ["PG-2 planned al-email by rule:2 at +60s"]
    assert awake.clock(60 * SECOND) == ["PG-2 due #1"]


def test_when_no_rule_speaks_every_verified_contact_is_the_fallback() -> None:
    house = one_rung().given(RulesSet(user="alice", rules=(Rule("alice-email", "high", "20:00", "21:00"),)))
    assert house.trigger()[4:6] == [
        "PG-2 planned alice-email by fallback at +0s",
        "PG-3 planned alice-sms by fallback at +0s",
    ]


def test_low_urgency_goes_by_mail_by_day_and_waits_for_the_morning_at_night() -> None:
    day = one_rung()
    assert day.trigger(urgency="low")[4:] == ["PG-2 planned alice-email by default:low at +0s", "PG-2 due #1"]
    night = Pager().person("al", "email", "sms", zone="Europe/Berlin").ladder("al")
    told = night.trigger(at=moment("2026-11-24T22:30:00Z"), urgency="low")
    morning = moment("2026-11-25T07:00:00Z")
    assert told[4:] == [f"PG-2 planned al-email by default:low at +{(morning - NOON) // SECOND}s"]
    assert night.notify.page("PG-2").due_at == morning


def test_a_rung_that_waits_for_the_morning_has_its_time_to_answer_then() -> None:
    house = Pager().person("al", "email").person("bo", "email").ladder("al", "bo")
    night, morning = moment("2026-11-24T23:00:00Z"), moment("2026-11-25T08:00:00Z")
    house.trigger(at=night, urgency="low")
    assert house.world.due() == morning
    assert house.clock(morning) == ["PG-2 due #1"]
    house.arrived("PG-2", morning)
    assert house.world.due() == morning + 5 * MINUTE


def test_the_morning_after_the_clocks_change_is_still_at_eight() -> None:
    """Berlin, 2026-03-29: 02:00 becomes 03:00, so 08:00 is seven hours after midnight; in autumn nine."""
    for evening, morning in (
        ("2026-03-28T22:30:00Z", "2026-03-29T06:00:00Z"),
        ("2026-10-24T23:30:00Z", "2026-10-25T07:00:00Z"),
    ):
        house = Pager().person("al", "email", zone="Europe/Berlin").ladder("al", delay_s=86_400)
        house.trigger(at=moment(evening), urgency="low")
        assert house.notify.page("PG-2").due_at == moment(morning)
        assert house.clock(moment(morning)) == ["PG-2 due #1"]


def test_an_incident_that_becomes_urgent_in_the_night_does_not_wait_for_the_morning() -> None:
    house = Pager().person("al", "email", zone="Pacific/Auckland").ladder("al")
    house.trigger(urgency="low")
    raised = PrioritySet(incident="INC-1", priority="P1", severity="critical", urgency="high", by="user:al")
    assert react(house.world.look, raised, STAMP) == (StartRun("INC-1", "web", "", "high", "raised"),)
    house.trigger(at=1 * SECOND, why="raised")
    assert react(house.world.look, raised, STAMP) == ()


def test_what_became_urgent_is_called_for_once_and_not_at_all_if_it_was_answered() -> None:
    house = one_rung()
    house.trigger(urgency="low")
    house.trigger(at=1 * SECOND, why="raised")
    assert house.trigger(at=2 * SECOND, why="raised") == []
    house.stop(at=3 * SECOND)
    assert house.trigger(at=3 * SECOND, why="raised") == []


STAMP = Stamp(1, NOON, "room", 0, "x")


def test_incidents_begin_stop_and_hurry_runs() -> None:
    look = Pager().world.look
    heard: tuple[tuple[Event, object], ...] = (
        (
            IncidentTriggered(incident="I", ladder="web", urgency="low", why="woken", user="al"),
            StartRun("I", "web", "al", "low", "woken"),
        ),
        (IncidentAcknowledged(incident="I", by="user:al"), StopRun("I", "acknowledged")),
        (IncidentResolved(incident="I", by="user:al", how="manual"), StopRun("I", "resolved")),
        (IncidentResolved(incident="I", by="user:al", how="merged"), StopRun("I", "merged")),
        (IncidentSnoozed(incident="I", until=NOON, by="user:al"), StopRun("I", "snoozed")),
        (IncidentMerged(incident="I", into="J", by="user:al"), StopRun("I", "merged")),
        (IncidentMuted(incident="I", rule="silence:s"), StopRun("I", "muted")),
        (IncidentEscalated(incident="I", by="user:al"), HastenRun("I")),
    )
    for event, command in heard:
        assert react(look, event, STAMP) == (command,)
    assert react(look, IncidentReopened(incident="I", by=""), STAMP) == ()


def test_a_test_page_says_so_and_is_not_retried() -> None:
    house = one_rung().contact("alice", "wecom", verified=False)
    assert house.must(SendTestPage("alice", "alice-sms"), 0)[1].subject() == "PG-1"
    assert [owed.kind for owed in house.notify.owed()] == ["test"]
    assert house.failed("PG-1", 1 * SECOND) == ["PG-1 given up: broken"]
    assert list(house.notify.owed()) == []
    refused = house.ask(SendTestPage("alice", "alice-wecom"), actor="user:alice")
    assert isinstance(refused, Rejected) and refused.reason == "contact_not_verified"


def test_what_the_outbox_owes_is_derived_from_state_alone() -> None:
    house = one_rung()
    house.trigger()
    house.arrived("PG-2")
    owed = [Owed("PG-3", 1, "alice", "alice-sms", "sms", ("INC-1",), "page", NOON)]
    assert list(house.notify.owed()) == owed
    again = World.load(house.world.dump())
    assert list(again.look.notify.owed()) == owed


def test_the_mailbox_shows_the_newest_first_and_how_it_went_on() -> None:
    house = one_rung()
    opened = IncidentOpened(
        incident="INC-1", title="Web is down", severity="high", service="web", ladder="web", urgency="high",
        priority="P2", trigger_at=NOON,
    )  # fmt: skip
    house.given(opened)
    house.trigger()
    house.trigger("INC-2", 1 * SECOND)
    house.stop("INC-1", 2 * SECOND)
    assert house.notify.mailbox("alice") == (
        MailboxEntry("PG-4", "INC-2", NOON + SECOND, "", "page", "open"),
        MailboxEntry("PG-1", "INC-1", NOON, "Web is down", "page", "acknowledged"),
    )
    house.given(IncidentResolved(incident="INC-1", by="user:alice", how="manual"))
    house.given(IncidentsForgotten(incidents=("INC-1",)))
    assert house.notify.mailbox("alice")[1].state == "forgotten"
    assert house.notify.pages_of("INC-1") == ()


def test_it_is_explained_who_was_told_by_which_rule_and_where_nobody_was() -> None:
    house = two_rungs().team("night").ladder("@night", "alice")
    house.trigger()
    house.arrived("PG-3", 2 * SECOND)
    found = house.notify.explain("INC-1")
    assert [(rung.users, rung.nobody) for rung in found.run.rungs] == [((), "nobody_on_call"), (("alice",), "")]
    assert [(one.user, [(page.rule, page.state) for page in one.pages]) for one in found.people] == [
        ("root", [("admins", "delivered")]),
        ("alice", [("mailbox", "delivered"), ("default:high", "delivered")]),
    ]


def test_deliveries_failures_and_the_last_delay_are_counted_by_channel() -> None:
    house = one_rung()
    house.trigger()
    house.arrived("PG-2", 400)
    house.failed("PG-3", 500)
    assert house.notify.page_counts() == {
        "delivered": {"mailbox": 1, "email": 1},
        "failed": {"sms": 1},
        "given_up": {},
    }
    assert house.notify.delay_ms_last() == 400


def test_a_receipt_needs_the_house() -> None:
    house = one_rung()
    house.trigger()
    refused = house.ask(RecordReceipt("PG-2", 1, True), actor="user:alice")
    assert isinstance(refused, Rejected) and refused.reason == "permission_denied"


def test_who_was_reached_before_an_answer_that_was_taken_back_is_neither_told_again_nor_passed_over() -> None:
    house = Pager().person("root", role="admin").person("alice", "email", "sms").person("bob", "sms")
    house.ladder("alice", "bob").trigger()
    house.arrived("PG-3", 2 * SECOND)
    house.stop(at=10 * SECOND)
    house.must(ResumeRun("INC-1", "web", "", "high", "act_undone"), 20 * SECOND)
    assert house.failed("PG-2", 21 * SECOND, retryable=False) == ["PG-2 given up: broken"]
    assert house.clock(310 * SECOND)[0] == "INC-1 rung 0.1: bob, next never"


def test_a_crowd_whose_pages_fail_costs_each_of_them_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look_up = [0], Sheet.__getitem__

    def counted(sheet: Sheet[object], key: str) -> object:
        looks[0] += 1
        return look_up(sheet, key)

    def cost(count: int) -> int:
        house = Pager()
        crowd = [f"u{number}" for number in range(count)]
        for person in crowd:
            house.person(person, "email")
        house.team("all", *crowd).ladder("@all")
        house.trigger()
        pages = [owed.page for owed in house.notify.owed()]
        assert len(pages) == count
        looks[0] = 0
        for page in pages[:-1]:
            house.failed(page, retryable=False)
        return looks[0]

    monkeypatch.setattr(Sheet, "__getitem__", counted)
    assert cost(100) < 2.2 * cost(50)
