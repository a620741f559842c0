"""What is said in an incident's room is kept; who is called to help is paged until the incident is over."""

from __future__ import annotations

from pager import MINUTE, NOON, Pager

from house import House
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    OpenIncident,
    PageHelper,
    PostMessage,
    ResolveIncident,
    UpdateStatus,
)
from tocsin.core.incidents.decide.room import HELPERS_MAX, MESSAGE_LENGTH_MAX, MESSAGES_MAX, STATUS_LENGTH_MAX
from tocsin.core.incidents.events import HelperCalled, MessagePosted, StatusUpdated
from tocsin.core.notify.commands import RecordReceipt, RetryPage, SetRules
from tocsin.core.notify.events import (
    HelpEnded,
    PageCancelled,
    PageDelivered,
    PageDue,
    PageFailed,
    PageGivenUp,
    PagePlanned,
    Rule,
)
from tocsin.core.notify.views import Owed
from tocsin.kernel.message import Command, Event, Rejected

ANN = "user:ann"


def _room() -> Pager:
    """An incident of ann's; bob and cleo may help."""
    house = Pager()
    house.person("ann", "email").person("bob", "sms", "email").person("cleo").team("db", "ann", "bob", "cleo")
    house.must(OpenIncident("db is down"), NOON)
    return house


def _ask(house: House, command: Command, at: int = 0) -> list[Event]:
    told = house.ask(command, at=NOON + at, actor=ANN)
    assert not isinstance(told, Rejected), told
    return told


def _refused(house: House, command: Command) -> str:
    decision = house.ask(command, at=NOON, actor=ANN)
    assert isinstance(decision, Rejected), decision
    return decision.reason


def test_a_message_is_kept_as_it_was_said() -> None:
    house = _room()
    assert _ask(house, PostMessage("INC-1", " looking\n", "m1")) == [
        MessagePosted(incident="INC-1", by="ann", text=" looking\n", id="m1")
    ]
    _ask(house, ResolveIncident("INC-1"))
    _ask(house, PostMessage("INC-1", "thanks all"))
    found = house.world.look.incidents.incident("INC-1")
    assert found is not None and found.messages == 2


def test_a_status_stands_until_another_is_said() -> None:
    house = _room()
    assert _ask(house, UpdateStatus("INC-1", " restarting "), at=5) == [
        StatusUpdated(incident="INC-1", by="ann", text="restarting")
    ]
    assert _ask(house, UpdateStatus("INC-1", "restarting"), at=6) == []
    found = house.world.look.incidents.incident("INC-1")
    assert found is not None
    assert (found.status_text, found.status_by, found.status_at) == ("restarting", "ann", NOON + 5)


def test_what_is_too_much_is_refused() -> None:
    house = _room()
    assert _refused(house, PostMessage("INC-1", " ")) == "message_empty"
    assert _refused(house, PostMessage("INC-1", "x" * (MESSAGE_LENGTH_MAX + 1))) == "message_too_long"
    assert _refused(house, PostMessage("INC-1", "x", "i" * 65)) == "message_id_too_long"
    assert _refused(house, PostMessage("INC-9", "x")) == "incident_unknown"
    assert _refused(house, UpdateStatus("INC-1", "x" * (STATUS_LENGTH_MAX + 1))) == "status_too_long"
    assert _refused(house, PageHelper("INC-1")) == "one_target_needed"
    assert _refused(house, PageHelper("INC-1", user="nobody")) == "user_unknown"
    assert _refused(house, PageHelper("INC-1", team="nobody")) == "team_unknown"
    assert _refused(house, PageHelper("INC-1", user="bob", text="x" * 501)) == "message_too_long"
    house.team("alone", "ann")
    assert _refused(house, PageHelper("INC-1", team="alone")) == "team_empty"
    crowd = [f"u{number}" for number in range(HELPERS_MAX + 1)]
    for user in crowd:
        house.person(user)
    house.team("crowd", *crowd)
    assert _refused(house, PageHelper("INC-1", team="crowd")) == "too_many_helpers"
    house.given(*(MessagePosted(incident="INC-1", by="ann", text="x") for _ in range(MESSAGES_MAX)))
    assert _refused(house, PostMessage("INC-1", "x")) == "too_many_messages"
    _ask(house, ResolveIncident("INC-1"))
    assert _refused(house, PageHelper("INC-1", user="bob")) == "incident_already_resolved"


def _planned(page: str, user: str, contact: str, channel: str, rule: str) -> PagePlanned:
    return PagePlanned(
        incident="INC-1", page=page, run=0, user=user, contact=contact, channel=channel, rule=rule, due_at=NOON + 1,
        by="ann", text="look at db1",
    )  # fmt: skip


def _first_page(house: Pager) -> int:
    return 1 + house.world.look.notify.known.counts.get("page", 0)


def test_a_helper_is_paged_by_their_own_rules_and_the_incident_stays() -> None:
    house = _room()
    _ask(house, SetRules("ann", ()))
    house.ask(SetRules("bob", (Rule("bob-sms"),)), at=NOON, actor="user:bob")
    _ask(house, AcknowledgeIncident("INC-1"))
    one = _first_page(house)
    assert _ask(house, PageHelper("INC-1", user="bob", text=" look at db1 "), at=1) == [
        HelperCalled(incident="INC-1", by="ann", users=("bob",), text="look at db1"),
        _planned(f"PG-{one}", "bob", "mailbox", "mailbox", "mailbox"),
        PageDelivered(incident="INC-1", page=f"PG-{one}"),
        _planned(f"PG-{one + 1}", "bob", "bob-sms", "sms", "rule:1"),
        PageDue(incident="INC-1", page=f"PG-{one + 1}", attempt=1),
    ]
    owed = Owed(
        f"PG-{one + 1}", 1, "bob", "bob-sms", "sms", ("INC-1",), "helper", NOON + 1, "ann", "look at db1"
    )  # fmt: skip
    assert list(house.notify.owed()) == [owed]
    assert [entry.kind for entry in house.notify.mailbox("bob")] == ["helper"]
    assert house.notify.mailbox("bob")[0].state == "open"
    found = house.world.look.incidents.incident("INC-1")
    assert found is not None and found.acknowledged_by == "ann"


def test_a_team_is_called_without_the_caller() -> None:
    house = _room()
    told = _ask(house, PageHelper("INC-1", team="db"))
    assert told[0] == HelperCalled(incident="INC-1", by="ann", users=("bob", "cleo"), team="db")
    assert [one.channel for one in told if isinstance(one, PagePlanned)] == ["mailbox", "sms", "email", "mailbox"]


def test_a_page_to_a_helper_is_tried_again_and_then_another_way() -> None:
    house = _room()
    house.ask(SetRules("bob", (Rule("bob-sms"),)), at=NOON, actor="user:bob")
    page = f"PG-{_first_page(house) + 1}"
    _ask(house, PageHelper("INC-1", user="bob"))
    assert isinstance(house.must(RecordReceipt(page, 1, False, "busy"), 1)[0], PageFailed)
    assert [type(one) for one in house.tick(NOON + MINUTE)] == [PageDue]
    told = house.must(RecordReceipt(page, 2, False, "no such number", retryable=False), MINUTE + 1)
    assert isinstance(told[0], PageGivenUp)
    other = told[1]
    assert isinstance(other, PagePlanned) and (other.contact, other.rule, other.run) == ("bob-email", "fallback", 0)
    last = house.must(RecordReceipt(other.page, 1, False, "gone", retryable=False), MINUTE + 2)
    assert [type(one) for one in last] == [PageGivenUp]
    assert _refused(house, RetryPage(page)) == "page_not_needed"


def test_a_helper_is_told_by_no_contact_twice_because_another_failed() -> None:
    house = _room()
    page = f"PG-{_first_page(house) + 1}"
    _ask(house, PageHelper("INC-1", user="bob"))
    told = house.must(RecordReceipt(page, 1, False, "no such number", retryable=False), 1)
    assert [type(one) for one in told] == [PageGivenUp], "the same call went to the other contact, too"


def test_calls_in_a_digest_that_is_given_up_go_another_way() -> None:
    house = _room()
    house.ask(SetRules("bob", (Rule("bob-sms"),)), at=NOON, actor="user:bob")
    for number in range(8):
        _ask(house, PageHelper("INC-1", user="bob", text=f"{number}"), at=number)
    house.tick(NOON + MINUTE + 10)
    digest = next(owed for owed in house.notify.owed() if owed.kind == "digest")
    carried = house.notify.page(digest.page)
    assert carried is not None
    told = house.must(RecordReceipt(digest.page, 1, False, "no such number", retryable=False), MINUTE + 11)
    others = [one.contact for one in told if isinstance(one, PagePlanned)]
    assert others == ["bob-email"] * len(carried.carries)


def test_nothing_leaves_to_a_helper_once_the_incident_is_over() -> None:
    house = _room()
    house.ask(SetRules("bob", (Rule("bob-sms"), Rule("bob-email", delay_s=600))), at=NOON, actor="user:bob")
    one = _first_page(house)
    _ask(house, PageHelper("INC-1", user="bob"))
    _ask(house, AcknowledgeIncident("INC-1"))
    sms, later = f"PG-{one + 1}", f"PG-{one + 2}"
    told = _ask(house, ResolveIncident("INC-1"), at=MINUTE)
    assert PageCancelled(incident="INC-1", page=later, why="resolved") in told
    assert told[-1] == HelpEnded(incident="INC-1", why="resolved")
    assert list(house.notify.owed()) == []
    assert house.must(RecordReceipt(sms, 1, True), MINUTE) == [PageDelivered(incident="INC-1", page=sms)]
    assert house.tick(NOON + 60 * MINUTE) == []
    assert house.notify.mailbox("bob")[0].state == "resolved"
    assert house.world.look.notify.known.pages == {}
    again = type(house.world).load(house.world.dump())
    assert again.dump() == house.world.dump()


def test_many_calls_for_one_person_travel_together() -> None:
    house = _room()
    for number in range(8):
        _ask(house, PageHelper("INC-1", user="bob", text=f"{number}"), at=number)
    house.tick(NOON + 2 * MINUTE)
    for owed in list(house.notify.owed()):
        house.must(RecordReceipt(owed.page, owed.attempt, True), 2 * MINUTE)
    assert house.world.look.notify.known.pages == {}
    states = {page.state for page in house.notify.pages("bob")}
    assert states == {"delivered"}
