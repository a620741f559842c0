"""What may be asked of people."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.people.events import SavedViewSpec, TeamSpec, UserSpec
from tocsin.kernel.message import Command, Moment
from tocsin.kernel.permission import ADMINISTER, CONFIGURE, ROOM, SELF


class SetUser(Command, frozen=True):
    """Create a user or bring one to this description; the same description again changes nothing."""

    needs: ClassVar[str] = ADMINISTER
    user: str
    spec: UserSpec


class RemoveUser(Command, frozen=True):
    """Deactivate a user: no log-in, no pages; history keeps the name."""

    needs: ClassVar[str] = ADMINISTER
    user: str


class SetPassword(Command, frozen=True):
    """Set one's own password (an administrator: anyone's). `password_hash` is an argon2 hash; it ends all sessions."""

    needs: ClassVar[str] = SELF
    user: str
    password_hash: str


class InviteUser(Command, frozen=True):
    """Hand out a link by which whoever holds it sets this user's password, once, until `expires_at`. The shell makes
    the link; the room knows that there is one."""

    needs: ClassVar[str] = ADMINISTER
    user: str
    expires_at: Moment


class SetPreferences(Command, frozen=True):
    """Set one's own name, language (`en`, `zh`) and IANA time zone."""

    needs: ClassVar[str] = SELF
    user: str
    name: str
    language: str
    zone: str


class SetTeam(Command, frozen=True):
    """Create a team or bring one to this description."""

    needs: ClassVar[str] = CONFIGURE
    team: str
    spec: TeamSpec


class RemoveTeam(Command, frozen=True):
    """Remove a team."""

    needs: ClassVar[str] = CONFIGURE
    team: str


class AddKey(Command, frozen=True):
    """Add an API key for a user. Only the SHA-256 of the token is given; `scopes` are permissions, empty for all of the
    user's; `expires_at` 0 for never."""

    needs: ClassVar[str] = SELF
    user: str
    key: str
    label: str
    token_hash: str
    scopes: tuple[str, ...] = ()
    expires_at: Moment = Moment(0)


class RevokeKey(Command, frozen=True):
    """Revoke an API key at once."""

    needs: ClassVar[str] = SELF
    user: str
    key: str


class NoteKeyUse(Command, frozen=True):
    """Note that a program showed an API key. Said by the doors, for each key at most once an hour."""

    needs: ClassVar[str] = ROOM
    key: str


class AddContact(Command, frozen=True):
    """Add a contact point: a channel and an address on it. `address` of a channel whose address is a secret
    (webhook, apprise, webpush) arrives sealed by the shell. `code_hash` is the SHA-256 of the verification code,
    `code_sealed` the code for the outbox to send. `by_device`: the device itself gave its address, in the person's own
    session, which proves it as a code would."""

    needs: ClassVar[str] = SELF
    user: str
    contact: str
    channel: str
    label: str
    address: str
    code_hash: str = ""
    code_sealed: str = ""
    by_device: bool = False


class ResendCode(Command, frozen=True):
    """Send a new verification code to an unverified contact point."""

    needs: ClassVar[str] = SELF
    user: str
    contact: str
    code_hash: str
    code_sealed: str


class VerifyContact(Command, frozen=True):
    """Prove that a contact point is reached by giving the code that was sent to it. Answers `verified`, or `code_wrong`
    when it is another code: a wrong try is a fact, because tries are counted."""

    needs: ClassVar[str] = SELF
    user: str
    contact: str
    code_hash: str


class RecordCodeSent(Command, frozen=True):
    """What became of an attempt to send a verification code: the outbox's receipt."""

    needs: ClassVar[str] = ROOM
    user: str
    contact: str
    code_hash: str
    delivered: bool
    detail: str = ""


class RecordContactLost(Command, frozen=True):
    """A channel says that a contact point is gone for good: the outbox's word."""

    needs: ClassVar[str] = ROOM
    user: str
    contact: str
    reason: str


class VouchContact(Command, frozen=True):
    """An administrator declares a contact point verified (imports, provisioning by file)."""

    needs: ClassVar[str] = ADMINISTER
    user: str
    contact: str


class RemoveContact(Command, frozen=True):
    """Remove a contact point."""

    needs: ClassVar[str] = SELF
    user: str
    contact: str


class StartSession(Command, frozen=True):
    """Begin a log-in session after the shell has checked the password. Only the SHA-256 of the cookie is given."""

    needs: ClassVar[str] = ROOM
    user: str
    token_hash: str
    expires_at: Moment


class EndSession(Command, frozen=True):
    """Log out."""

    needs: ClassVar[str] = SELF
    user: str
    token_hash: str


class SetSavedView(Command, frozen=True):
    """Save a view of a screen under an id, or bring it to this description: an own one, or one of a team of one's own.
    `user` is who asks; a view keeps the one it belongs to."""

    needs: ClassVar[str] = SELF
    user: str
    view: str
    spec: SavedViewSpec


class RemoveSavedView(Command, frozen=True):
    """Remove a saved view: an own one, or one of a team of one's own."""

    needs: ClassVar[str] = SELF
    user: str
    view: str


class SetInterface(Command, frozen=True):
    """Set how the interface looks to oneself: names and values of its own, all of them."""

    needs: ClassVar[str] = SELF
    user: str
    preferences: dict[str, str]


PeopleCommand: TypeAlias = (
    SetUser
    | RemoveUser
    | SetPassword
    | InviteUser
    | SetPreferences
    | SetTeam
    | RemoveTeam
    | AddKey
    | RevokeKey
    | NoteKeyUse
    | AddContact
    | ResendCode
    | VerifyContact
    | RecordCodeSent
    | RecordContactLost
    | VouchContact
    | RemoveContact
    | StartSession
    | EndSession
    | SetSavedView
    | RemoveSavedView
    | SetInterface
)
