"""People: users, teams, keys, sessions and the gate."""

from __future__ import annotations

from hashlib import sha256

import pytest

from house import House
from tocsin.core.people.commands import (
    AddKey,
    EndSession,
    NoteKeyUse,
    RemoveTeam,
    RemoveUser,
    RevokeKey,
    SetPassword,
    SetPreferences,
    SetTeam,
    SetUser,
    StartSession,
)
from tocsin.core.people.events import (
    KeyAdded,
    KeyRevoked,
    KeyUsed,
    PasswordSet,
    SessionEnded,
    SessionStarted,
    TeamRemoved,
    TeamSet,
    TeamSpec,
    UserRemoved,
    UserSet,
    UserSpec,
)
from tocsin.core.people.rules import KEYS_MAX, SESSIONS_MAX
from tocsin.core.people.views import View
from tocsin.core.world import World
from tocsin.kernel.message import Command, Event, Moment, Rejected
from tocsin.kernel.moment import HOUR_MS
from tocsin.kernel.permission import ADMINISTER, CLOCK, CONFIGURE, PERMISSIONS, READ, RESPOND, ROOM, SELF, SIGNAL

ANN = UserSpec(name="Ann", role="admin", zone="Europe/Berlin")
BOB = UserSpec(name="Bob", email="bob@example.org")
SUE = UserSpec(name="Sue", role="stakeholder")
ARGON = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def house() -> House:
    """Ann administers, Bob responds, Sue watches."""
    return House().given(*(UserSet(user=id_, spec=spec) for id_, spec in (("ann", ANN), ("bob", BOB), ("sue", SUE))))


def key(id_: str, user: str = "bob", scopes: tuple[str, ...] = (), expires_at: int = 0) -> KeyAdded:
    return KeyAdded(
        user=user, key=id_, label="ci", token_hash=hashed(id_), scopes=scopes, expires_at=Moment(expires_at)
    )


def reason(answer: list[Event] | Rejected) -> str:
    assert isinstance(answer, Rejected), answer
    assert answer.detail
    return answer.reason


# Users


def test_a_user_is_made_once_and_changed_by_a_new_description() -> None:
    there = House()
    assert there.ask(SetUser("ann", ANN)) == [UserSet(user="ann", spec=ANN)]
    assert there.ask(SetUser("ann", ANN)) == []
    changed = UserSpec(name="Ann B.", role="admin")
    assert there.ask(SetUser("ann", changed)) == [UserSet(user="ann", spec=changed)]


@pytest.mark.parametrize(
    ("user", "spec", "why"),
    [
        ("Bob", BOB, "user_id_invalid"),
        ("", BOB, "user_id_invalid"),
        ("al", UserSpec(name=" "), "name_invalid"),
        ("al", UserSpec(name="two\nlines"), "name_invalid"),
        ("al", UserSpec(name="x" * 201), "name_invalid"),
        ("al", UserSpec(name="Al", email="nobody"), "email_invalid"),
        ("al", UserSpec(name="Al", email="a@b\r\nBcc: c@d"), "email_invalid"),
        ("al", UserSpec(name="Al", role="king"), "role_unknown"),
        ("al", UserSpec(name="Al", language="fr"), "language_unknown"),
        ("al", UserSpec(name="Al", zone="Mars/Base"), "zone_unknown"),
    ],
)
def test_a_bad_user_is_refused(user: str, spec: UserSpec, why: str) -> None:
    assert reason(house().ask(SetUser(user, spec))) == why


@pytest.mark.parametrize("command", [RemoveUser("ann"), SetUser("ann", UserSpec(name="Ann", role="responder"))])
def test_the_last_administrator_stays(command: Command) -> None:
    assert reason(house().ask(command)) == "last_admin"


def test_an_administrator_may_go_when_there_is_another() -> None:
    there = house().given(UserSet(user="al", spec=UserSpec(name="Al", role="admin")))
    assert there.ask(RemoveUser("ann")) == [UserRemoved(user="ann")]
    assert reason(there.ask(RemoveUser("al"))) == "last_admin"


def test_a_removed_user_leaves_teams_keys_and_sessions_but_not_history() -> None:
    there = house().given(
        TeamSet(team="web", spec=TeamSpec(name="Web", members=("ann", "bob"))),
        key("k"),
        SessionStarted(user="bob", token_hash=hashed("s"), expires_at=Moment(100)),
        PasswordSet(user="bob", password_hash=ARGON),
    )
    there.given(SessionStarted(user="bob", token_hash=hashed("s"), expires_at=Moment(100)))
    assert there.ask(RemoveUser("bob")) == [
        TeamSet(team="web", spec=TeamSpec(name="Web", members=("ann",))),
        UserRemoved(user="bob"),
    ]
    people = view(there)
    bob = people.user("bob")
    assert bob is not None
    assert (bob.active, bob.spec) == (False, BOB)
    assert people.key_by_hash(hashed("k"), Moment(1)) is None
    assert people.session_by_hash(hashed("s"), Moment(1)) is None
    assert people.password_hash("bob") == ""
    assert people.permissions_of("user:bob") == people.permissions_of("key:k") == ()
    assert people.due() is None


def test_a_removed_user_comes_back_without_the_old_keys() -> None:
    there = house().given(key("k"), UserRemoved(user="bob"))
    assert there.ask(SetUser("bob", BOB)) == [UserSet(user="bob", spec=BOB)]
    assert view(there).key_by_hash(hashed("k"), Moment(1)) is None
    assert view(there).keys("bob") == ()
    assert RESPOND in view(there).permissions_of("user:bob")


def test_preferences_leave_role_and_email_alone() -> None:
    there = house()
    expected = UserSpec(name="Robert", email="bob@example.org", language="zh", zone="Asia/Shanghai")
    assert there.ask(SetPreferences("bob", "Robert", "zh", "Asia/Shanghai")) == [UserSet(user="bob", spec=expected)]
    assert there.ask(SetPreferences("bob", "Robert", "zh", "Asia/Shanghai")) == []
    assert reason(there.ask(SetPreferences("bob", "Robert", "zh", "Asia"))) == "zone_unknown"
    assert reason(there.ask(SetPreferences("zoe", "Zoe", "en", "UTC"))) == "user_unknown"


# Teams


def test_a_team_is_made_once_and_removed() -> None:
    there, spec = house(), TeamSpec(name="Web", members=("bob", "ann"))
    assert there.ask(SetTeam("web", spec)) == [TeamSet(team="web", spec=spec)]
    assert there.ask(SetTeam("web", spec)) == []
    assert view(there).members("web") == ("bob", "ann")
    assert view(there).teams_of("bob") == ("web",)
    assert there.ask(RemoveTeam("web")) == [TeamRemoved(team="web")]
    assert view(there).members("web") == ()
    assert reason(there.ask(RemoveTeam("web"))) == "team_unknown"


@pytest.mark.parametrize(
    ("team", "members", "why"),
    [
        ("Web", (), "team_id_invalid"),
        ("web", ("zoe",), "user_unknown"),
        ("web", ("gone",), "user_removed"),
        ("web", ("bob", "bob"), "member_twice"),
        ("web", ("bob",) * 1_001, "too_many_members"),
    ],
)
def test_a_bad_team_is_refused(team: str, members: tuple[str, ...], why: str) -> None:
    there = house().given(UserSet(user="gone", spec=BOB), UserRemoved(user="gone"))
    assert reason(there.ask(SetTeam(team, TeamSpec(name="Web", members=members)))) == why


# Keys


def test_a_key_is_known_by_its_hash_until_it_expires_or_is_revoked() -> None:
    there = house()
    added = key("k", scopes=(READ,), expires_at=100)
    assert there.ask(AddKey("bob", "k", "ci", hashed("k"), (READ,), Moment(100)), at=10) == [added]
    found = view(there).key_by_hash(hashed("k"), Moment(99))
    assert found is not None
    assert (found.id, found.user, found.added_at) == ("k", "bob", 10)
    assert view(there).key_by_hash(hashed("k"), Moment(100)) is None
    assert there.ask(RevokeKey("bob", "k")) == [KeyRevoked(user="bob", key="k")]
    assert there.ask(RevokeKey("bob", "k")) == []
    assert view(there).key_by_hash(hashed("k"), Moment(99)) is None


def test_the_use_of_a_key_is_noted_once_an_hour() -> None:
    there = house().given(key("k"))
    used = KeyUsed(user="bob", key="k")
    assert there.ask(NoteKeyUse("k"), actor="gate", at=10) == [used]
    assert there.ask(NoteKeyUse("k"), actor="gate", at=10 + HOUR_MS - 1) == []
    assert there.ask(NoteKeyUse("k"), actor="gate", at=10 + HOUR_MS) == [used]
    found = view(there).key("k")
    assert found is not None and found.used_at == 10 + HOUR_MS
    assert reason(there.ask(NoteKeyUse("k"), actor="user:bob")) == "permission_denied"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (NoteKeyUse("old"), "key_unknown"),
        (AddKey("zoe", "k", "ci", hashed("k")), "user_unknown"),
        (AddKey("bob", "a b", "ci", hashed("k")), "key_id_invalid"),
        (AddKey("bob", "old", "ci", hashed("k")), "key_already_exists"),
        (AddKey("bob", "k", "ci", hashed("old")), "key_already_exists"),
        (AddKey("bob", "k", "ci", "secret"), "token_hash_invalid"),
        (AddKey("bob", "k", "", hashed("k")), "label_invalid"),
        (AddKey("bob", "k", "ci", hashed("k"), (ROOM,)), "scope_unknown"),
        (AddKey("bob", "k", "ci", hashed("k"), (), Moment(5)), "key_expired"),
        (RevokeKey("ann", "old"), "key_unknown"),
        (RevokeKey("bob", "k"), "key_unknown"),
    ],
)
def test_a_bad_key_is_refused(command: Command, why: str) -> None:
    there = house().given(key("old"), KeyRevoked(user="bob", key="old"))
    assert reason(there.ask(command, at=5)) == why


def test_a_user_has_only_so_many_keys() -> None:
    there = house().given(*(key(f"k{n}") for n in range(KEYS_MAX)))
    assert reason(there.ask(AddKey("bob", "k", "ci", hashed("k")))) == "too_many_keys"
    there.given(KeyRevoked(user="bob", key="k0"))
    assert there.ask(AddKey("bob", "k", "ci", hashed("k"))) == [key("k")]


def test_a_key_with_scopes_cannot_widen_itself() -> None:
    there = house().given(key("k", scopes=(SELF, READ)))
    assert reason(there.ask(AddKey("bob", "x", "ci", hashed("x")), actor="key:k")) == "key_narrower"
    assert reason(there.ask(AddKey("bob", "x", "ci", hashed("x"), (RESPOND,)), actor="key:k")) == "key_narrower"
    assert reason(there.ask(SetPassword("bob", ARGON), actor="key:k")) == "key_narrower"
    assert there.ask(AddKey("bob", "x", "ci", hashed("x"), (READ,)), actor="key:k") == [key("x", scopes=(READ,))]


# Passwords and sessions


def test_a_new_password_ends_every_session() -> None:
    there = house()
    for token in ("s", "t"):
        assert there.ask(StartSession("bob", hashed(token), Moment(100)), at=1) == [
            SessionStarted(user="bob", token_hash=hashed(token), expires_at=Moment(100))
        ]
    assert there.ask(SetPassword("bob", ARGON), actor="user:bob") == [PasswordSet(user="bob", password_hash=ARGON)]
    assert view(there).password_hash("bob") == ARGON
    assert view(there).sessions("bob") == ()
    assert view(there).session_by_hash(hashed("s"), Moment(2)) is None


def test_a_session_ends_by_logging_out_and_only_ones_own() -> None:
    started = SessionStarted(user="bob", token_hash=hashed("s"), expires_at=Moment(100))
    there = house().given(started)
    assert there.ask(EndSession("sue", hashed("s")), actor="user:sue") == []
    assert there.ask(EndSession("bob", hashed("s")), actor="user:bob") == [
        SessionEnded(user="bob", token_hash=hashed("s"))
    ]
    assert there.ask(EndSession("bob", hashed("s")), actor="user:bob") == []


def test_a_session_expires_by_itself() -> None:
    there = house().given(
        SessionStarted(user="bob", token_hash=hashed("s"), expires_at=Moment(100)),
        SessionStarted(user="ann", token_hash=hashed("t"), expires_at=Moment(101)),
    )
    assert view(there).due() == 100
    assert view(there).session_by_hash(hashed("s"), Moment(100)) is None
    assert there.tick(100) == [SessionEnded(user="bob", token_hash=hashed("s"))]
    assert view(there).due() == 101


def test_the_oldest_session_gives_way() -> None:
    there = house().given(
        *(SessionStarted(user="bob", token_hash=hashed(str(n)), expires_at=Moment(100)) for n in range(SESSIONS_MAX))
    )
    assert there.ask(StartSession("bob", hashed("new"), Moment(100))) == [
        SessionEnded(user="bob", token_hash=hashed("0")),
        SessionStarted(user="bob", token_hash=hashed("new"), expires_at=Moment(100)),
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (StartSession("zoe", hashed("s"), Moment(9)), "user_unknown"),
        (StartSession("bob", "cookie", Moment(9)), "token_hash_invalid"),
        (StartSession("bob", hashed("old"), Moment(9)), "session_already_exists"),
        (StartSession("bob", hashed("s"), Moment(5)), "session_expired"),
        (SetPassword("bob", "secret"), "password_hash_invalid"),
        (SetPassword("zoe", ARGON), "user_unknown"),
    ],
)
def test_a_bad_log_in_is_refused(command: Command, why: str) -> None:
    there = house().given(SessionStarted(user="bob", token_hash=hashed("old"), expires_at=Moment(100)))
    assert reason(there.ask(command, at=5)) == why


# The gate


def asking(permission: str, user: str = "") -> Command:
    """A command that needs this permission, about this user."""

    class Probe(Command, frozen=True):
        """Asks for nothing."""

        user: str

    Probe.needs = permission
    return Probe(user)


@pytest.mark.parametrize(
    ("actor", "held"),
    [
        ("user:ann", (READ, RESPOND, CONFIGURE, ADMINISTER, SELF, SIGNAL)),
        ("user:bob", (READ, RESPOND, SELF)),
        ("user:sue", (READ, SELF)),
        ("user:zoe", ()),
        ("key:whole", (READ, RESPOND, SELF)),
        ("key:narrow", (READ,)),
        ("key:dead", ()),
        ("key:none", ()),
        ("source:any", (SIGNAL,)),
        ("outbox", (READ, RESPOND, SIGNAL, ROOM)),
        ("clock", (CLOCK,)),
        ("clock:x", ()),
        ("room:x", ()),
        ("stranger", ()),
        ("", ()),
    ],
)
def test_everybody_holds_just_their_permissions(actor: str, held: tuple[str, ...]) -> None:
    there = house().given(
        key("whole"), key("narrow", scopes=(READ, CONFIGURE)), key("dead"), KeyRevoked(user="bob", key="dead")
    )
    people = view(there)
    assert people.permissions_of(actor) == held
    own = people.user_of(actor)
    assert tuple(one for one in PERMISSIONS if people.may(actor, asking(one, own))) == held


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        ("user:bob", True),
        ("key:k", True),
        ("key:read", False),
        ("user:ann", True),
        ("user:sue", False),
        ("clock", False),
    ],
)
def test_what_is_ones_own_is_for_oneself_and_administrators(actor: str, may: bool) -> None:
    there = house().given(key("k"), key("read", scopes=(READ,)))
    assert view(there).may(actor, asking(SELF, "bob")) is may


def test_the_house_itself_may_what_follows_but_is_not_the_clock() -> None:
    people = view(house())
    for actor in ("room", "init"):
        assert [one for one in PERMISSIONS if not people.may(actor, asking(one))] == [CLOCK]


def test_the_gate_stands_before_the_room() -> None:
    assert reason(house().ask(SetUser("al", BOB), actor="user:bob")) == "permission_denied"
    assert reason(house().ask(StartSession("bob", hashed("s"), Moment(9)), actor="user:bob")) == "permission_denied"


def test_administrators_are_listed_by_id() -> None:
    there = house().given(UserSet(user="al", spec=UserSpec(name="Al", role="admin")))
    assert view(there).admins() == ("al", "ann")
    assert [user.id for user in view(there).users()] == ["al", "ann", "bob", "sue"]


def test_people_are_the_same_after_a_dump() -> None:
    there = house().given(key("k"), SessionStarted(user="bob", token_hash=hashed("s"), expires_at=Moment(100)))
    assert World.load(there.world.dump()).dump() == there.world.dump()


def view(there: House) -> View:
    return there.world.look.people
