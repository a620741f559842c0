"""What must be remembered of people to decide."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tocsin.core.people.events import (
    ContactAdded,
    ContactCodeDue,
    ContactCodeMistaken,
    ContactCodeSent,
    ContactLost,
    ContactRemoved,
    ContactVerified,
    KeyAdded,
    KeyRevoked,
    KeyUsed,
    PasswordSet,
    PeopleEvent,
    PreferencesSet,
    SavedViewRemoved,
    SavedViewSet,
    SavedViewSpec,
    SessionEnded,
    SessionStarted,
    TeamRemoved,
    TeamSet,
    TeamSpec,
    UserInvited,
    UserRemoved,
    UserSet,
    UserSpec,
)
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.message import Moment, Stamp


class User(msgspec.Struct, frozen=True):
    """A person. `password_hash` is empty for nobody who can log in by password; `password_at` is when it was set last,
    0 for never."""

    id: str
    spec: UserSpec
    active: bool = True
    password_hash: str = ""
    password_at: Moment = Moment(0)
    keys: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


class Team(msgspec.Struct, frozen=True):
    """A team of users."""

    id: str
    spec: TeamSpec


class Key(msgspec.Struct, frozen=True):
    """An API key. `expires_at` 0 for never; `used_at` to the hour, 0 for never. A revoked key stays, so that its id is
    never another's."""

    id: str
    user: str
    label: str
    token_hash: str
    scopes: tuple[str, ...]
    expires_at: Moment
    added_at: Moment
    revoked: bool = False
    used_at: Moment = Moment(0)


class Contact(msgspec.Struct, frozen=True):
    """An address of a user on a channel. `code_*` describe the newest verification code; `code_sent` says whether
    the outbox has answered for it, `code_fault` why it could not be delivered."""

    id: str
    user: str
    channel: str
    label: str
    address: str
    verified: bool = False
    code_hash: str = ""
    code_sealed: str = ""
    code_at: Moment = Moment(0)
    code_sent: bool = True
    code_fault: str = ""
    codes: int = 0
    tries: int = 0


class Session(msgspec.Struct, frozen=True):
    """A log-in."""

    token_hash: str
    user: str
    started_at: Moment
    expires_at: Moment


class SavedView(msgspec.Struct, frozen=True):
    """A view of a screen somebody saved."""

    id: str
    user: str
    spec: SavedViewSpec


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them. Keys and sessions are found by hash; `expiries` are of
    sessions; `codes_owed` are contact points whose code has not been answered for; `preferences` are of the
    interface, by user."""

    users: dict[str, User] = {}
    teams: dict[str, Team] = {}
    keys: dict[str, Key] = {}
    key_hashes: dict[str, str] = {}
    contacts: dict[str, Contact] = {}
    sessions: dict[str, Session] = {}
    codes_owed: dict[str, None] = {}
    views: dict[str, SavedView] = {}
    preferences: dict[str, dict[str, str]] = {}
    expiries: Agenda = msgspec.field(default_factory=Agenda)


def evolve(state: State, event: PeopleEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case UserSet() | UserRemoved() | PasswordSet():
            _evolve_user(state, event, stamp)
        case TeamSet():
            state.teams[event.team] = Team(event.team, event.spec)
        case TeamRemoved():
            del state.teams[event.team]
        case KeyAdded() | KeyRevoked() | KeyUsed():
            _evolve_key(state, event, stamp)
        case ContactAdded() | ContactRemoved():
            _evolve_contacts(state, event)
        case ContactCodeDue() | ContactCodeSent() | ContactCodeMistaken() | ContactVerified() | ContactLost():
            _evolve_contact(state, event, stamp)
        case SessionStarted() | SessionEnded():
            _evolve_session(state, event, stamp)
        case SavedViewSet():
            state.views[event.view] = SavedView(event.view, event.user, event.spec)
        case SavedViewRemoved():
            del state.views[event.view]
        case PreferencesSet():
            state.preferences[event.user] = event.preferences
        case UserInvited():
            pass  # the link carries all that is needed to judge it
        case _:
            assert_never(event)


def _evolve_user(state: State, event: UserSet | UserRemoved | PasswordSet, stamp: Stamp) -> None:
    user = state.users.get(event.user)
    match event:
        case UserSet():
            user = User(event.user, event.spec) if user is None else _but(user, spec=event.spec, active=True)
            state.users[event.user] = user
        case PasswordSet():
            user = _but(state.users[event.user], password_hash=event.password_hash, password_at=stamp.at)
            state.users[event.user] = user
            _end_sessions(state, event.user)
        case UserRemoved():
            for key in state.users[event.user].keys:
                _revoke(state, key)
            _end_sessions(state, event.user)
            state.users[event.user] = _but(state.users[event.user], active=False, password_hash="", keys=())
        case _:
            assert_never(event)


def _evolve_key(state: State, event: KeyAdded | KeyRevoked | KeyUsed, stamp: Stamp) -> None:
    user = state.users[event.user]
    match event:
        case KeyAdded():
            state.keys[event.key] = Key(
                event.key, event.user, event.label, event.token_hash, event.scopes, event.expires_at, stamp.at
            )
            state.key_hashes[event.token_hash] = event.key
            state.users[event.user] = _but(user, keys=(*user.keys, event.key))
        case KeyRevoked():
            _revoke(state, event.key)
            state.users[event.user] = _but(user, keys=_without(user.keys, event.key))
        case KeyUsed():
            state.keys[event.key] = msgspec.structs.replace(state.keys[event.key], used_at=stamp.at)
        case _:
            assert_never(event)


def _evolve_contacts(state: State, event: ContactAdded | ContactRemoved) -> None:
    user = state.users[event.user]
    match event:
        case ContactAdded():
            state.contacts[event.contact] = Contact(
                event.contact, event.user, event.channel, event.label, event.address
            )
            state.users[event.user] = _but(user, contacts=(*user.contacts, event.contact))
        case ContactRemoved():
            del state.contacts[event.contact]
            state.codes_owed.pop(event.contact, None)
            state.users[event.user] = _but(user, contacts=_without(user.contacts, event.contact))
        case _:
            assert_never(event)


def _evolve_contact(
    state: State,
    event: ContactCodeDue | ContactCodeSent | ContactCodeMistaken | ContactVerified | ContactLost,
    stamp: Stamp,
) -> None:
    contact = state.contacts[event.contact]
    match event:
        case ContactCodeDue():
            contact = msgspec.structs.replace(
                contact,
                code_hash=event.code_hash,
                code_sealed=event.code_sealed,
                code_at=stamp.at,
                code_sent=False,
                code_fault="",
                codes=contact.codes + 1,
                tries=0,
            )
        case ContactCodeSent():
            fault = "" if event.delivered else event.detail or "not delivered"
            contact = msgspec.structs.replace(contact, code_sealed="", code_sent=True, code_fault=fault)
        case ContactCodeMistaken():
            contact = msgspec.structs.replace(contact, tries=contact.tries + 1)
        case ContactVerified():
            contact = Contact(
                contact.id, contact.user, contact.channel, contact.label, contact.address, True, codes=contact.codes
            )
        case ContactLost():
            contact = msgspec.structs.replace(contact, verified=False)
        case _:
            assert_never(event)
    state.contacts[event.contact] = contact
    if contact.code_sent:
        state.codes_owed.pop(event.contact, None)
    else:
        state.codes_owed[event.contact] = None


def _evolve_session(state: State, event: SessionStarted | SessionEnded, stamp: Stamp) -> None:
    user = state.users[event.user]
    match event:
        case SessionStarted():
            state.sessions[event.token_hash] = Session(event.token_hash, event.user, stamp.at, event.expires_at)
            state.expiries.set(event.token_hash, event.expires_at)
            state.users[event.user] = _but(user, sessions=(*user.sessions, event.token_hash))
        case SessionEnded():
            del state.sessions[event.token_hash]
            state.expiries.drop(event.token_hash)
            state.users[event.user] = _but(user, sessions=_without(user.sessions, event.token_hash))
        case _:
            assert_never(event)


def _end_sessions(state: State, user: str) -> None:
    for token_hash in state.users[user].sessions:
        del state.sessions[token_hash]
        state.expiries.drop(token_hash)
    state.users[user] = _but(state.users[user], sessions=())


def _revoke(state: State, key: str) -> None:
    state.keys[key] = msgspec.structs.replace(state.keys[key], revoked=True)


def _but(user: User, **changes: object) -> User:
    return msgspec.structs.replace(user, **changes)


def _without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_ != gone)
