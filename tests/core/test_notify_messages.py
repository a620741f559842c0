"""The log of messages, sending anew, tests by a person's rules, and whether a contact reaches its person."""

from __future__ import annotations

from core.pager import MINUTE, NOON, SECOND, Pager, lines
from tocsin.core.notify.commands import RetryPage, SendTestPage, SendTestPages
from tocsin.core.notify.events import Rule, RulesSet
from tocsin.core.notify.views import PageStep
from tocsin.core.people.events import ContactCodeSent, ContactRemoved
from tocsin.core.world import World
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import DAY_MS


def alice() -> Pager:
    return Pager().person("alice", "sms", "email").ladder("alice")


def reason(house: Pager, page: str, at: int = 0) -> str:
    refused = house.ask(RetryPage(page), at=NOON + at)
    assert isinstance(refused, Rejected), refused
    return refused.reason


def test_a_page_that_was_given_up_is_sent_anew_as_another_page() -> None:
    house = alice()
    house.trigger()
    house.arrived("PG-3")
    house.failed("PG-2", SECOND, retryable=False)
    told = lines(house.must(RetryPage("PG-2"), MINUTE))
    assert told == ["PG-4 planned alice-sms by retry at +60s", "PG-4 due #1"]
    assert [step.state for step in house.notify.page("PG-2").steps] == ["planned", "due", "given_up"]


def test_a_page_that_waits_for_its_next_attempt_leaves_at_once_when_asked() -> None:
    house = alice()
    house.trigger()
    house.failed("PG-2", SECOND)
    assert lines(house.must(RetryPage("PG-2"), 2 * SECOND)) == ["PG-2 due #2"]
    assert house.clock(17 * SECOND) == []


def test_nobody_is_sent_what_is_not_needed_any_more() -> None:
    house = alice()
    house.trigger()
    assert reason(house, "PG-99") == "page_unknown"
    assert reason(house, "PG-2") == "page_on_its_way"
    house.failed("PG-2", SECOND, retryable=False)
    house.arrived("PG-3", SECOND)
    assert reason(house, "PG-3") == "page_delivered_already"
    house.stop(at=MINUTE)
    assert reason(house, "PG-2", MINUTE) == "page_not_needed"


def test_a_stopped_page_stays_stopped() -> None:
    house = alice()
    house.trigger()
    house.failed("PG-2", SECOND)
    house.stop(at=MINUTE)
    assert reason(house, "PG-2", MINUTE) == "page_stopped"


def test_a_retry_passes_the_throttle_like_any_page() -> None:
    house = alice()
    house.trigger()
    house.failed("PG-2", SECOND, retryable=False)
    for _ in range(4):
        house.must(SendTestPage("alice", "alice-sms"), 2 * SECOND)
    assert reason(house, "PG-2", 3 * SECOND) == "too_many_pages"


def test_a_test_by_ones_rules_takes_the_ways_of_this_hour_and_the_mailbox() -> None:
    house = alice()
    rules = (Rule("alice-sms", "high", "08:00", "20:00", 300), Rule("alice-email", "high", "20:00", "08:00"))
    house.given(RulesSet(user="alice", rules=rules))
    told = house.ask(SendTestPages("alice"), at=NOON, actor="user:alice")
    assert not isinstance(told, Rejected)
    assert lines(told) == [
        "PG-1 planned alice-mailbox by test at +0s",
        "PG-1 delivered",
        "PG-2 planned alice-sms by test at +0s",
        "PG-2 due #1",
    ]


def test_even_tests_into_the_mailbox_are_bounded() -> None:
    house = alice()
    for _ in range(5):
        house.must(SendTestPage("alice", "mailbox"), 0)
    refused = house.ask(SendTestPage("alice", "mailbox"), at=NOON)
    assert isinstance(refused, Rejected) and refused.reason == "too_many_pages"


def test_the_log_is_newest_first_and_goes_on_where_it_ended() -> None:
    house = alice()
    house.trigger()
    house.trigger("INC-2", at=SECOND)
    first = house.notify.find(limit=4)
    assert [page.id for page in first.pages] == ["PG-6", "PG-5", "PG-4", "PG-3"]
    assert [page.id for page in house.notify.find(before=first.before).pages] == ["PG-2", "PG-1"]
    assert [page.id for page in house.notify.find(incident="INC-1").pages] == ["PG-3", "PG-2", "PG-1"]
    assert [page.id for page in house.notify.find(channels=("sms",), states=("due",)).pages] == ["PG-5", "PG-2"]
    assert house.notify.find(user="bob").pages == ()
    again = World.load(house.world.dump())
    assert again.look.notify.find(limit=4) == first


def test_a_page_tells_every_state_it_was_in() -> None:
    house = alice()
    house.trigger()
    house.failed("PG-2", SECOND)
    house.clock(16 * SECOND)
    house.arrived("PG-2", 17 * SECOND, attempt=2)
    at = [Moment(NOON + seconds * SECOND) for seconds in (0, 0, 1, 16, 17)]
    assert house.notify.page("PG-2").steps == (
        PageStep(at[0], "planned"), PageStep(at[1], "due"), PageStep(at[2], "failed", "broken"), PageStep(at[3], "due"),
        PageStep(at[4], "delivered"),
    )  # fmt: skip


def test_what_a_channel_said_last_is_how_a_contact_stands() -> None:
    house = alice()
    reach = house.notify.reach
    assert reach("alice-sms").state(verified=True, at=NOON) == "never"
    assert reach("alice-sms").state(verified=False, at=NOON) == "unverified"
    house.trigger()
    house.arrived("PG-2", SECOND)
    assert reach("alice-sms").state(verified=True, at=Moment(NOON + SECOND)) == "ok"
    assert reach("alice-sms").state(verified=True, at=Moment(NOON + 31 * DAY_MS)) == "stale"
    house.failed("PG-3", SECOND)
    assert (reach("alice-email").state(verified=True, at=NOON), reach("alice-email").reason) == ("failing", "broken")
    house.given(ContactCodeSent(user="alice", contact="alice-email", code_hash="", delivered=True), at=NOON + MINUTE)
    assert reach("alice-email").state(verified=True, at=Moment(NOON + MINUTE)) == "ok"
    assert World.load(house.world.dump()).look.notify.reach("alice-email") == reach("alice-email")
    house.given(ContactRemoved(user="alice", contact="alice-email"))
    assert reach("alice-email").state(verified=True, at=NOON) == "never"
