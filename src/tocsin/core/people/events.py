"""What has happened among people. The storage format."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.message import Event, Moment

ADMIN = "admin"
RESPONDER = "responder"
STAKEHOLDER = "stakeholder"
ROLES = (ADMIN, RESPONDER, STAKEHOLDER)
LANGUAGES = ("en", "zh")
CHANNELS = ("email", "webhook", "apprise", "webpush")
"""Channels of contact points. The mailbox is none: everybody has it, always verified."""


class UserSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user as configured. `language` is `en` or `zh`; `zone` an IANA name; `role` one of ROLES."""

    name: str
    email: str = ""
    role: str = "responder"
    language: str = "en"
    zone: str = "UTC"


class TeamSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team as configured: its members are ids of users."""

    name: str
    members: tuple[str, ...] = ()


class SavedViewSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view of a screen to come back to: `query` is the query string of its address. With a `team` it is shown to the
    team's members too."""

    screen: str
    name: str
    query: str
    team: str = ""


class _PeopleEvent(Event, frozen=True):
    room: ClassVar[str] = "people"
    about: ClassVar[str] = "user"


class UserSet(_PeopleEvent, frozen=True):
    """A user was created or changed."""

    user: str
    spec: UserSpec


class UserRemoved(_PeopleEvent, frozen=True):
    """A user was deactivated."""

    user: str


class PasswordSet(_PeopleEvent, frozen=True):
    """A password was set; every session of the user ended."""

    user: str
    password_hash: str


class UserInvited(_PeopleEvent, frozen=True):
    """A link was handed out that sets this user's password, once, until `expires_at`."""

    user: str
    expires_at: Moment


class TeamSet(_PeopleEvent, frozen=True):
    """A team was created or changed."""

    about: ClassVar[str] = "team"
    team: str
    spec: TeamSpec


class TeamRemoved(_PeopleEvent, frozen=True):
    """A team was removed."""

    about: ClassVar[str] = "team"
    team: str


class KeyAdded(_PeopleEvent, frozen=True):
    """An API key was added; only its hash is known."""

    user: str
    key: str
    label: str
    token_hash: str
    scopes: tuple[str, ...] = ()
    expires_at: Moment = Moment(0)


class KeyRevoked(_PeopleEvent, frozen=True):
    """An API key was revoked."""

    user: str
    key: str


class KeyUsed(_PeopleEvent, frozen=True):
    """An API key was shown. Uses within an hour of a noted one are not noted."""

    user: str
    key: str


class ContactAdded(_PeopleEvent, frozen=True):
    """A contact point was added, not yet verified."""

    user: str
    contact: str
    channel: str
    label: str
    address: str


class ContactCodeDue(_PeopleEvent, frozen=True):
    """A verification code must be sent to a contact point: the outbox owes it."""

    user: str
    contact: str
    code_hash: str
    code_sealed: str


class ContactCodeSent(_PeopleEvent, frozen=True):
    """A verification code was handed to its channel, or could not be: `detail` says why."""

    user: str
    contact: str
    code_hash: str
    delivered: bool
    detail: str = ""


class ContactCodeMistaken(_PeopleEvent, frozen=True):
    """Somebody gave a wrong verification code."""

    user: str
    contact: str


class ContactVerified(_PeopleEvent, frozen=True):
    """A contact point was proved, or vouched for by an administrator."""

    user: str
    contact: str
    by: str


class ContactLost(_PeopleEvent, frozen=True):
    """A contact point is not there any more, as its channel says for good; it counts as unverified from now on."""

    user: str
    contact: str
    reason: str


class ContactRemoved(_PeopleEvent, frozen=True):
    """A contact point was removed."""

    user: str
    contact: str


class SessionStarted(_PeopleEvent, frozen=True):
    """A person logged in."""

    user: str
    token_hash: str
    expires_at: Moment


class SessionEnded(_PeopleEvent, frozen=True):
    """A person logged out, or the session expired or gave way to a newer one."""

    user: str
    token_hash: str


class SavedViewSet(_PeopleEvent, frozen=True):
    """A person saved a view, or changed one. `user` is who it belongs to."""

    user: str
    view: str
    spec: SavedViewSpec


class SavedViewRemoved(_PeopleEvent, frozen=True):
    """A saved view was removed. `user` is who it belonged to."""

    user: str
    view: str


class PreferencesSet(_PeopleEvent, frozen=True):
    """A person said how the interface is to look: names and values of the interface's own, all of them."""

    user: str
    preferences: dict[str, str]


PeopleEvent: TypeAlias = (
    UserSet | UserRemoved | PasswordSet | UserInvited | TeamSet | TeamRemoved | KeyAdded | KeyRevoked | KeyUsed
    | ContactAdded | ContactCodeDue | ContactCodeSent | ContactCodeMistaken | ContactVerified | ContactLost
    | ContactRemoved
    | SessionStarted | SessionEnded | SavedViewSet | SavedViewRemoved | PreferencesSet
)  # fmt: skip
