"""Contact points: nobody is reached at an address that was not proved."""

from __future__ import annotations

from hashlib import sha256

import pytest

from house import House
from tocsin.core.people.commands import (
    AddContact,
    RecordCodeSent,
    RecordContactLost,
    RemoveContact,
    ResendCode,
    VerifyContact,
    VouchContact,
)
from tocsin.core.people.events import (
    ContactAdded,
    ContactCodeDue,
    ContactCodeMistaken,
    ContactCodeSent,
    ContactLost,
    ContactRemoved,
    ContactVerified,
    UserRemoved,
    UserSet,
    UserSpec,
)
from tocsin.core.people.rules import CODE_INTERVAL_MS, CODE_LIFETIME_MS, CODES_MAX, CONTACTS_MAX, TRIES_MAX
from tocsin.core.people.state import Contact
from tocsin.core.people.views import View
from tocsin.core.world import World
from tocsin.kernel.message import Accepted, Command, Envelope, Event, Moment, Rejected


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


ADD = AddContact("bob", "c1", "email", "work", "bob@example.org", hashed("123456"), "sealed")
ADDED = ContactAdded(user="bob", contact="c1", channel="email", label="work", address="bob@example.org")
DUE = ContactCodeDue(user="bob", contact="c1", code_hash=hashed("123456"), code_sealed="sealed")
SENT = ContactCodeSent(user="bob", contact="c1", code_hash=hashed("123456"), delivered=True)
VERIFIED = ContactVerified(user="bob", contact="c1", by="user:bob")


def house() -> House:
    return House().given(
        UserSet(user="ann", spec=UserSpec(name="Ann", role="admin")), UserSet(user="bob", spec=UserSpec(name="Bob"))
    )


def view(there: House) -> View:
    return there.world.look.people


def reason(answer: list[Event] | Rejected) -> str:
    assert isinstance(answer, Rejected), answer
    return answer.reason


def test_a_contact_point_is_proved_by_its_code() -> None:
    there = house()
    assert there.ask(ADD, actor="user:bob") == [ADDED, DUE]
    assert view(there).codes_owed() == (DUE,)
    assert view(there).contacts_verified("bob") == ()
    assert there.ask(RecordCodeSent("bob", "c1", hashed("123456"), True), actor="outbox") == [SENT]
    assert view(there).codes_owed() == ()
    assert there.ask(VerifyContact("bob", "c1", hashed("123456")), actor="user:bob") == [VERIFIED]
    assert there.ask(VerifyContact("bob", "c1", hashed("000000")), actor="user:bob") == []
    assert view(there).contacts_verified("bob") == (
        Contact("c1", "bob", "email", "work", "bob@example.org", verified=True, codes=1),
    )


def test_a_contact_point_without_a_code_waits_to_be_vouched_for() -> None:
    there = house()
    sealed = AddContact("bob", "c1", "apprise", "chat", "sealed")
    assert there.ask(sealed, actor="user:bob") == [
        ContactAdded(user="bob", contact="c1", channel="apprise", label="chat", address="sealed")
    ]
    assert reason(there.ask(VouchContact("bob", "c1"), actor="user:bob")) == "permission_denied"
    vouched = ContactVerified(user="bob", contact="c1", by="user:ann")
    assert there.ask(VouchContact("bob", "c1"), actor="user:ann") == [vouched]
    assert there.ask(VouchContact("bob", "c1"), actor="user:ann") == []


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (AddContact("zoe", "c2", "email", "work", "z@example.org"), "user_unknown"),
        (AddContact("bob", "c1", "email", "work", "z@example.org"), "contact_already_exists"),
        (AddContact("bob", "c2", "email", "home", "bob@example.org"), "contact_already_exists"),
        (AddContact("bob", "mailbox", "email", "work", "z@example.org"), "contact_id_invalid"),
        (AddContact("bob", "", "email", "work", "z@example.org"), "contact_id_invalid"),
        (AddContact("bob", "c2", "mailbox", "work", "z"), "channel_unknown"),
        (AddContact("bob", "c2", "email", "work", "z"), "address_invalid"),
        (AddContact("bob", "c2", "webhook", "work", ""), "address_invalid"),
        (AddContact("bob", "c2", "webhook", "work", "x" * 8_193), "address_invalid"),
        (AddContact("bob", "c2", "email", "", "z@example.org"), "label_invalid"),
        (AddContact("bob", "c2", "email", "work", "z@example.org", "123456", "sealed"), "code_invalid"),
        (AddContact("bob", "c2", "email", "work", "z@example.org", hashed("1")), "code_invalid"),
        (RemoveContact("ann", "c1"), "contact_unknown"),
        (VouchContact("bob", "c2"), "contact_unknown"),
        (VerifyContact("ann", "c1", hashed("123456")), "contact_unknown"),
        (ResendCode("ann", "c1", hashed("1"), "sealed"), "contact_unknown"),
    ],
)
def test_a_bad_contact_point_is_refused(command: Command, why: str) -> None:
    assert reason(house().given(ADDED).ask(command)) == why


def test_wrong_codes_are_counted_and_end_the_code() -> None:
    there = house().given(ADDED, DUE, SENT)
    mistaken = ContactCodeMistaken(user="bob", contact="c1")
    for _ in range(TRIES_MAX):
        assert there.ask(VerifyContact("bob", "c1", hashed("000000"))) == [mistaken]
    assert reason(there.ask(VerifyContact("bob", "c1", hashed("123456")))) == "too_many_tries"


def test_a_wrong_and_a_right_code_are_answered_apart() -> None:
    there = house().given(ADDED, DUE)
    answers = []
    for code in ("000000", "123456"):
        decision = there.world.decide(VerifyContact("bob", "c1", hashed(code)), Envelope("c", "user:bob", Moment(0)))
        assert isinstance(decision, Accepted)
        answers.append(decision.answer)
    assert answers == ["code_wrong", "verified"]


def test_a_code_expires() -> None:
    there = house().given(ADDED).given(DUE, at=1_000)
    last = CODE_LIFETIME_MS + 1_000
    assert reason(there.ask(VerifyContact("bob", "c1", hashed("123456")), at=last)) == "code_expired"
    assert there.ask(VerifyContact("bob", "c1", hashed("123456")), at=last - 1, actor="user:bob") == [VERIFIED]


def test_without_a_code_there_is_nothing_to_prove() -> None:
    assert reason(house().given(ADDED).ask(VerifyContact("bob", "c1", ""))) == "code_missing"


def test_a_new_code_replaces_the_old_one_and_its_tries() -> None:
    there = house().given(ADDED, DUE, SENT, *[ContactCodeMistaken(user="bob", contact="c1")] * TRIES_MAX)
    renewed = ContactCodeDue(user="bob", contact="c1", code_hash=hashed("654321"), code_sealed="sealed2")
    command = ResendCode("bob", "c1", hashed("654321"), "sealed2")
    assert reason(there.ask(command, at=CODE_INTERVAL_MS - 1)) == "code_too_soon"
    assert there.ask(command, at=CODE_INTERVAL_MS) == [renewed]
    assert view(there).codes_owed() == (renewed,)
    assert there.ask(RecordCodeSent("bob", "c1", hashed("123456"), True), at=CODE_INTERVAL_MS) == []
    assert there.ask(VerifyContact("bob", "c1", hashed("654321")), at=CODE_INTERVAL_MS, actor="user:bob") == [VERIFIED]
    assert view(there).codes_owed() == ()
    assert reason(there.ask(command, at=CODE_INTERVAL_MS)) == "contact_already_verified"


def test_codes_do_not_flow_for_ever() -> None:
    there = house().given(ADDED, *[DUE] * CODES_MAX)
    assert reason(there.ask(ResendCode("bob", "c1", hashed("1"), "sealed"), at=10**9)) == "too_many_codes"


def test_a_code_that_cannot_be_sent_is_no_debt_and_says_why() -> None:
    there = house().given(ADDED, DUE)
    failed = ContactCodeSent(user="bob", contact="c1", code_hash=hashed("123456"), delivered=False, detail="no route")
    assert there.ask(RecordCodeSent("bob", "c1", hashed("123456"), False, "no route"), actor="outbox") == [failed]
    contact = view(there).contact("c1")
    assert contact is not None
    assert contact.code_fault == "no route"
    assert view(there).codes_owed() == ()


def test_a_removed_contact_point_owes_nothing_and_a_late_receipt_is_nothing() -> None:
    there = house().given(ADDED, DUE)
    assert there.ask(RemoveContact("bob", "c1"), actor="user:bob") == [ContactRemoved(user="bob", contact="c1")]
    assert view(there).contacts("bob") == view(there).codes_owed() == ()
    assert there.ask(RecordCodeSent("bob", "c1", hashed("123456"), True), actor="outbox") == []


def test_a_removed_user_is_not_reached() -> None:
    there = house().given(ADDED, VERIFIED, UserRemoved(user="bob"))
    assert view(there).contacts_verified("bob") == ()


def test_a_user_has_only_so_many_contact_points() -> None:
    there = house()
    for number in range(CONTACTS_MAX):
        there.ask(AddContact("bob", f"c{number}", "webhook", "hook", f"sealed{number}"))
    assert reason(there.ask(AddContact("bob", "more", "webhook", "hook", "sealed"))) == "too_many_contacts"


def test_contact_points_are_the_same_after_a_dump() -> None:
    there = house().given(ADDED, DUE)
    assert World.load(there.world.dump()).dump() == there.world.dump()


def test_a_browser_proves_itself_in_its_persons_session_and_nowhere_else() -> None:
    there = house()
    browser = AddContact("bob", "p1", "webpush", "laptop", "sealed", by_device=True)
    for actor, command in (
        ("user:ann", browser),
        ("room", browser),
        ("user:bob", AddContact("bob", "m1", "email", "work", "bob@x.org", by_device=True)),
    ):
        assert reason(there.ask(command, actor=actor)) == "not_by_device"
    assert there.ask(browser, actor="user:bob") == [
        ContactAdded(user="bob", contact="p1", channel="webpush", label="laptop", address="sealed"),
        ContactVerified(user="bob", contact="p1", by="user:bob"),
    ]


def test_a_contact_that_is_lost_reaches_nobody_until_it_is_proved_again() -> None:
    there = house().given(ADDED, VERIFIED)
    told = there.ask(RecordContactLost("bob", "c1", "answered 410"), actor="outbox")
    assert told == [ContactLost(user="bob", contact="c1", reason="answered 410")]
    assert view(there).contacts_verified("bob") == ()
    assert there.ask(RecordContactLost("bob", "c1", "answered 410"), actor="outbox") == []
    assert there.ask(RecordContactLost("bob", "c9", "answered 410"), actor="outbox") == []
    assert reason(there.ask(RecordContactLost("bob", "c1", ""), actor="user:bob")) == "permission_denied"
