"""The throttle bundles and never drops; a backlog is one message; and what must hold whatever happens."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from pager import HOUR, MINUTE, NOON, SECOND, Pager, moment

from tocsin.core.notify.commands import SendTestPage
from tocsin.core.notify.events import (
    DigestDue,
    PageBundled,
    PageCancelled,
    PageDelivered,
    PageDue,
    PageGivenUp,
    PagePlanned,
    Rule,
    RulesSet,
    RunEnded,
    RunStarted,
)
from tocsin.core.notify.rules import HIGH_WAIT_MS_MAX, WINDOWS, opens_at, room, sent_with
from tocsin.core.world import World
from tocsin.kernel.message import Event, Moment, Rejected, Stamp


def phone(delay_s: int = 86_400) -> Pager:
    """Alice has one phone, and a ladder that does not get in the way."""
    return Pager().person("root", role="admin").person("alice", "sms").ladder("alice", delay_s=delay_s)


def storm(house: Pager, count: int, at: int = 0, urgency: str = "high", first: int = 1) -> list[str]:
    """That many incidents at once; the events that concern the phone."""
    told = [line for n in range(first, first + count) for line in house.trigger(f"INC-{n}", at, urgency)]
    return [line for line in told if " due " in line or " held " in line or "digest" in line or "bundled" in line]


def answer(house: Pager, at: int) -> None:
    """The channel takes everything it owes."""
    for owed in list(house.notify.owed()):
        house.arrived(owed.page, at, owed.attempt)


def test_a_storm_sends_five_messages_and_then_one_digest_within_the_minute() -> None:
    house = phone()
    assert storm(house, 8) == [
        "PG-2 due #1",
        "PG-4 due #1",
        "PG-6 due #1",
        "PG-8 due #1",
        "PG-10 due #1",
        "PG-12 held until +60s",
        "PG-14 held until +60s",
        "PG-16 held until +60s",
    ]
    answer(house, 1 * SECOND)
    assert house.clock(60 * SECOND) == [
        "PG-16 bundled into PG-17",
        "PG-14 bundled into PG-17",
        "PG-12 bundled into PG-17",
        "PG-17 digest #1 of PG-16 PG-14 PG-12 (throttle)",
    ]
    assert [owed.incidents for owed in house.notify.owed()] == [("INC-8", "INC-7", "INC-6")]
    assert house.arrived("PG-17", 61 * SECOND) == ["PG-17 delivered"]
    assert house.notify.page("PG-14").state == "delivered"


def test_a_burst_of_one_instant_waits_for_nothing_because_the_last_message_carries_the_rest() -> None:
    house = phone().given(RulesSet(user="alice", rules=(Rule("alice-sms", delay_s=60),)))
    storm(house, 7)
    assert house.clock(60 * SECOND) == [
        "PG-2 due #1",
        "PG-4 due #1",
        "PG-6 due #1",
        "PG-8 due #1",
        "PG-14 bundled into PG-15",
        "PG-12 bundled into PG-15",
        "PG-10 bundled into PG-15",
        "PG-15 digest #1 of PG-14 PG-12 PG-10 (throttle)",
    ]


def test_one_page_that_waited_alone_leaves_as_itself() -> None:
    house = phone()
    storm(house, 6)
    answer(house, 1 * SECOND)
    assert house.clock(60 * SECOND) == ["PG-12 due #1 late 60s"]


def test_what_waited_for_the_morning_is_one_message() -> None:
    house = Pager().person("al", "email", "sms").ladder("al", delay_s=86_400)
    night, morning = moment("2026-11-24T23:00:00Z"), moment("2026-11-25T08:00:00Z")
    storm(house, 3, night, "low")
    told = house.clock(morning)
    assert told == [
        "PG-6 bundled into PG-7",
        "PG-4 bundled into PG-7",
        "PG-2 bundled into PG-7",
        "PG-7 digest #1 of PG-6 PG-4 PG-2 (delivery_hours)",
    ]


def test_twenty_messages_in_a_quarter_of_an_hour_are_the_most_but_high_urgency_waits_a_minute_only() -> None:
    house = phone()
    for minute in range(4):
        storm(house, 5, minute * MINUTE, first=10 * minute)
        answer(house, minute * MINUTE)
    assert storm(house, 1, 4 * MINUTE, "low", first=90) == ["PG-42 held until +900s"]
    assert storm(house, 3, 4 * MINUTE, first=91) == [
        "PG-44 due #1",
        "PG-46 held until +300s",
        "PG-48 held until +300s",
    ]
    answer(house, 4 * MINUTE)
    assert house.clock(5 * MINUTE)[-1] == "PG-49 digest #1 of PG-48 PG-46 (throttle)"
    answer(house, 5 * MINUTE)
    assert house.clock(15 * MINUTE) == ["PG-42 due #1 late 660s"]


def test_a_storm_that_goes_on_for_an_hour_is_one_message_a_minute_once_it_is_too_much() -> None:
    house = phone()
    for number in range(1_200):
        at = number * 3 * SECOND
        while (due := house.world.due()) is not None and due <= NOON + at:
            house.tick(due)
            answer(house, due)
        house.trigger(f"INC-{number}", at)
        answer(house, at)
    left = [at - NOON for at, event in stamped(house) if isinstance(event, PageDue | DigestDue)]
    assert max(sum(start <= at < start + 15 * MINUTE for at in left) for start in left) <= 20 + 15
    assert max(later - earlier for earlier, later in pairwise(left)) <= HIGH_WAIT_MS_MAX


def test_an_answer_takes_a_page_out_of_what_waits() -> None:
    house = phone()
    storm(house, 8)
    answer(house, 1 * SECOND)
    assert house.stop("INC-7", 2 * SECOND) == ["PG-14 cancelled: acknowledged", "INC-7 ended acknowledged"]
    assert house.clock(60 * SECOND)[-1] == "PG-17 digest #1 of PG-16 PG-12 (throttle)"


def test_a_digest_is_tried_again_with_what_is_still_open_and_not_at_all_for_nothing() -> None:
    house = phone()
    storm(house, 8)
    answer(house, 1 * SECOND)
    house.clock(60 * SECOND)
    assert house.failed("PG-17", 61 * SECOND) == ["PG-17 failed #1, again +76s"]
    house.stop("INC-7", 62 * SECOND)
    assert house.clock(76 * SECOND) == ["PG-17 digest #2 of PG-16 PG-12 (throttle)"]
    house.failed("PG-17", 77 * SECOND, 2)
    assert house.stop("INC-6", 78 * SECOND) == ["INC-6 ended acknowledged"]
    assert house.stop("INC-8", 79 * SECOND) == ["INC-8 ended acknowledged", "PG-17 cancelled: acknowledged"]


def test_a_later_rung_renews_a_page_in_a_digest_that_waits_for_its_next_attempt() -> None:
    house = Pager().person("alice", "sms").ladder("alice", "alice", delay_s=70)
    for number in range(1, 8):
        house.trigger(f"INC-{number}", at=number)
    told = house.clock(MINUTE + 10)
    assert told[-1] == "PG-15 digest #1 of PG-14 PG-12 (throttle)"
    house.failed("PG-15", MINUTE + 20)
    told = house.clock(71 * SECOND)
    assert [line for line in told if "PG-14 " in line or "PG-12 " in line] == [
        "PG-12 cancelled: renewed",
        "PG-14 cancelled: renewed",
    ]
    assert "PG-15 cancelled: answered" in house.clock(76 * SECOND)


def test_a_page_that_two_rules_of_the_next_rung_renew_is_cancelled_once() -> None:
    house = Pager().person("alice", "sms").ladder("alice", "alice", delay_s=70)
    house.given(RulesSet(user="alice", rules=(Rule("alice-sms"), Rule("alice-sms", delay_s=20))))
    house.trigger()
    house.clock(20 * SECOND)
    house.failed("PG-2", 20 * SECOND)
    house.failed("PG-3", 20 * SECOND)
    house.clock(35 * SECOND)
    house.failed("PG-2", 36 * SECOND, attempt=2)
    told = house.clock(70 * SECOND)
    assert [line for line in told if "PG-2 " in line] == ["PG-2 cancelled: renewed"]


def test_a_digest_with_its_channel_is_not_owed_once_all_it_speaks_of_is_answered() -> None:
    house = phone()
    storm(house, 7)
    answer(house, 1 * SECOND)
    house.clock(60 * SECOND)
    house.stop("INC-6", 61 * SECOND)
    assert [owed.incidents for owed in house.notify.owed()] == [("INC-7",)]
    house.stop("INC-7", 61 * SECOND)
    assert list(house.notify.owed()) == []
    assert house.failed("PG-15", 62 * SECOND) == ["PG-15 cancelled: answered"]


def test_a_digest_that_is_given_up_sends_every_incident_another_way() -> None:
    house = phone().contact("alice", "email")
    house.ladder("alice", delay_s=86_400)
    for incident in range(1, 8):
        house.trigger(f"INC-{incident}")
    answer(house, 1 * SECOND)
    house.contact("alice", "wecom")
    told = house.clock(60 * SECOND)
    digest = told[2].split()[0]
    assert told[2].startswith(f"{digest} digest #1 of PG-") and len(told) == 6
    assert house.failed(digest, 61 * SECOND, retryable=False) == [
        f"{digest} given up: broken",
        "PG-24 planned alice-wecom by fallback at +61s",
        "PG-25 planned alice-wecom by fallback at +61s",
        "PG-24 due #1",
        "PG-25 due #1",
    ]


def test_pages_overdue_after_an_outage_are_one_digest_newest_first() -> None:
    house = phone()
    storm(house, 3)
    for page in ("PG-2", "PG-4", "PG-6"):
        house.failed(page, 1 * SECOND)
    assert house.clock(HOUR) == [
        "PG-6 bundled into PG-7",
        "PG-4 bundled into PG-7",
        "PG-2 bundled into PG-7",
        "PG-7 digest #1 of PG-6 PG-4 PG-2 (backlog)",
    ]


def test_one_page_overdue_after_an_outage_leaves_at_once_and_says_how_late_it_is() -> None:
    house = phone()
    storm(house, 1)
    house.failed("PG-2", 1 * SECOND)
    assert house.clock(HOUR) == ["PG-2 due #2 late 3584s"]


def test_a_slot_with_a_full_minute_refuses_test_pages_with_the_time_to_wait() -> None:
    house = phone()
    for _ in range(5):
        house.must(SendTestPage("alice", "alice-sms"), 0)
    refused = house.ask(SendTestPage("alice", "alice-sms"), at=NOON + SECOND)
    assert isinstance(refused, Rejected) and refused.reason == "too_many_pages" and "59s" in refused.detail


@given(st.lists(st.integers(0, 300_000), max_size=60))
def test_a_slot_opens_exactly_when_it_has_room(gaps: list[int]) -> None:
    sent: tuple[Moment, ...] = ()
    at = Moment(0)
    for gap in gaps:
        at = Moment(at + gap)
        opens = opens_at(sent, at)
        assert (opens == at) == (room(sent, at) > 0)
        assert room(sent, opens) > 0 and (opens == at or room(sent, Moment(opens - 1)) == 0)
        sent = sent_with(sent, opens)
        at = opens


# What must hold whatever people, channels and clocks do.

STEPS = st.one_of(
    st.tuples(st.just("trigger"), st.integers(1, 9), st.sampled_from(["high", "low"])),
    st.tuples(st.just("stop"), st.integers(1, 9)),
    st.tuples(st.just("hasten"), st.integers(1, 9)),
    st.tuples(st.just("wait"), st.integers(0, 400_000)),
    st.tuples(st.just("jump"), st.integers(0, 7_200_000)),
    st.tuples(st.just("receipt"), st.integers(0, 60), st.sampled_from(["yes", "no", "never"])),
    st.tuples(st.just("answer_all"), st.sampled_from(["yes", "no"])),
)


class Play:
    """A house in which steps are played, and everything that was told."""

    def __init__(self) -> None:
        self.house = Pager().person("root", "email", role="admin").person("al", "sms", "email", zone="Asia/Shanghai")
        self.house.person("bo", "sms").team("night").ladder("al", "@night", "bo al", delay_s=120, repeats=1)
        self.at = NOON
        self.open: dict[str, bool] = {}
        self.prompt = True
        self.log: list[tuple[int, Event]] = []

    def step(self, step: tuple) -> None:  # type: ignore[type-arg]
        before = len(self.house.told)
        match step:
            case ("trigger", n, urgency):
                self.house.trigger(f"INC-{n}", self.at, urgency)
            case ("stop", n):
                self.house.stop(f"INC-{n}", self.at)
            case ("hasten", n):
                self.house.hasten(f"INC-{n}", self.at)
            case ("wait", length):
                self.wait(self.at + length)
            case ("jump", length):
                self.prompt = False
                self.at = Moment(self.at + length)
                self.house.tick(self.at)
            case ("receipt", n, word):
                owed = list(self.house.notify.owed())
                if owed:
                    self.receipt(owed[n % len(owed)], word)
            case ("answer_all", word):
                for owed in list(self.house.notify.owed()):
                    self.receipt(owed, word)
        due = self.house.world.due()
        assert due is None or due > self.at, f"{step} left something due at {due}"
        assert len(self.house.told) - before < 500

    def wait(self, until: int) -> None:
        """Ticks come as they are due, never late."""
        while (due := self.house.world.due()) is not None and due <= until:
            self.at = max(self.at, due)
            self.house.tick(self.at)
        self.at = Moment(max(self.at, until))

    def receipt(self, owed, word: str) -> None:  # type: ignore[no-untyped-def]
        if word == "yes":
            self.house.arrived(owed.page, self.at, owed.attempt)
        else:
            self.house.failed(owed.page, self.at, owed.attempt, retryable=word == "no")


class Watch:
    """Folds the events of a play with the eyes of a sceptic."""

    def __init__(self) -> None:
        self.running: dict[str, bool] = {}
        self.incident: dict[str, str] = {}
        self.end: dict[str, str] = {}
        self.slot: dict[str, str] = {}
        self.sent: dict[str, list[int]] = {}
        self.worst_ms = 0

    def see(self, at: int, event: Event) -> None:
        match event:
            case RunStarted():
                self.running[event.incident] = True
            case RunEnded(why=why) if why != "exhausted":
                self.running[event.incident] = False
            case PagePlanned():
                assert self.running[event.incident]
                assert event.page not in self.incident
                self.incident[event.page] = event.incident
                self.slot[event.page] = f"{event.user} {event.contact}"
            case PageDue():
                assert self.running[event.incident], f"{event.page} became due after {event.incident} was answered"
                self.leaves(at, self.slot[event.page], urgent=event.late_ms >= HIGH_WAIT_MS_MAX)
            case DigestDue():
                assert all(self.running[incident] for incident in event.incidents)
                assert event.attempt > 1 or len(event.pages) > 1
                self.leaves(at, f"{event.user} {event.contact}", urgent=True)
            case PageDelivered() | PageCancelled() | PageGivenUp() | PageBundled():
                assert event.page not in self.end or self.end[event.page] == "PageBundled", event
                self.end[event.page] = type(event).__name__

    def leaves(self, at: int, slot: str, *, urgent: bool) -> None:
        sent = self.sent.setdefault(slot, [])
        sent.append(at)
        for length, count in WINDOWS:
            assert urgent or sum(1 for then in sent if then > at - length) <= count


@settings(max_examples=120, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=60))
def test_no_page_is_lost_none_leaves_after_the_answer_and_time_always_moves(steps: list) -> None:  # type: ignore[type-arg]
    play = Play()
    for step in steps:
        play.step(step)
    for n in range(1, 10):
        play.house.stop(f"INC-{n}", play.at)
    play.wait(play.at + HOUR)
    assert play.house.world.due() is None
    watch = Watch()
    for at, event in stamped(play.house):
        watch.see(at, event)
    assert [page for page in watch.incident if page not in watch.end] == []
    known = play.house.notify.known
    assert (known.runs, known.pages, known.owing) == ({}, {}, {})


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=5, max_size=60))
def test_state_equals_the_replay_of_its_events_and_survives_a_snapshot(steps: list) -> None:  # type: ignore[type-arg]
    play = Play()
    for step in steps:
        play.step(step)
    again = World()
    for seq, (at, event) in enumerate(stamped(play.house), 1):
        again.evolve(event, Stamp(seq, Moment(at), "room", 0, "x"))
    assert again.dump() == play.house.world.dump()
    assert World.load(again.dump()).dump() == again.dump()


def stamped(house: Pager) -> list[tuple[int, Event]]:
    """What was told and when."""
    return list(zip(house.told_at, house.told, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS.filter(lambda step: step[0] != "jump"), min_size=5, max_size=60))
def test_high_urgency_never_waits_longer_than_a_minute_when_the_clock_is_prompt(steps: list) -> None:  # type: ignore[type-arg]
    play = Play()
    for step in steps:
        play.step(step)
    play.wait(play.at + 2 * HOUR)
    urgency: dict[str, str] = {}
    planned: dict[str, tuple[str, int]] = {}
    for at, event in stamped(play.house):
        match event:
            case RunStarted():
                urgency[event.incident] = event.urgency
            case PagePlanned():
                planned[event.page] = (urgency[event.incident], event.due_at)
            case PageDue(attempt=1) | PageBundled():
                word, due_at = planned.pop(event.page, ("low", 0))
                assert word == "low" or at - due_at <= HIGH_WAIT_MS_MAX
            case PageCancelled():
                planned.pop(event.page, None)
