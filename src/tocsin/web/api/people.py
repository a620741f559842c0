"""Users, teams, keys and contact points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.params import Parameter

from tocsin.core.people.commands import (
    AddContact,
    AddKey,
    InviteUser,
    RemoveContact,
    RemoveTeam,
    RemoveUser,
    ResendCode,
    RevokeKey,
    SetPassword,
    SetPreferences,
    SetTeam,
    SetUser,
    VerifyContact,
    VouchContact,
)
from tocsin.core.people.events import KeyAdded, TeamSpec, UserSpec
from tocsin.core.people.views import Contact, Key, Team, User
from tocsin.core.people.views import View as People
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import SECOND_MS
from tocsin.kernel.permission import ADMINISTER, SELF
from tocsin.shell.channels.guard import flaw_of_url
from tocsin.shell.channels.subscription import Subscription
from tocsin.shell.install import SETUP_LINK_LIFETIME_MS, hash_key, make_key, make_setup_path
from tocsin.shell.keys import digest
from tocsin.shell.passwords import LENGTH_MAX, LENGTH_MIN
from tocsin.web.api import webpush
from tocsin.web.brake import Brake, LoginBrake, Place
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Instant, moment, shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, Sought, page, sought
from tocsin.web.problem import ACTS, READS, TAGGED, WRITES, Fault, Refused, documented, puts
from tocsin.web.words import explained, speaker

SEALED_CHANNELS = ("webhook", "apprise", "webpush")
"""Channels whose address is a secret: kept sealed, never shown again."""
CODE_DIGITS = 6


class UserShown(msgspec.Struct, frozen=True):
    """A user. `has_password` says whether they can log in with one."""

    id: str
    spec: UserSpec
    active: bool
    teams: tuple[str, ...]
    has_password: bool


class TeamShown(msgspec.Struct, frozen=True):
    """A team."""

    id: str
    spec: TeamSpec


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password; `current` is asked of whoever has one and is no administrator."""

    password: str
    current: str = ""


class NewInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an invitation is good for; without it a week."""

    lifetime_s: int = SETUP_LINK_LIFETIME_MS // SECOND_MS


class InvitationShown(msgspec.Struct, frozen=True):
    """A link that sets a password, and until when."""

    url: str
    expires_at: datetime


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people set about themselves."""

    name: str
    language: str
    zone: str


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API key to be. Empty `scopes`: all permissions of the user."""

    label: str
    scopes: tuple[str, ...] = ()
    expires_at: Instant | None = None


class KeyShown(msgspec.Struct, frozen=True):
    """An API key. `used_at` is its last use, noted at most once an hour. `token` is shown once, in the answer that made
    it."""

    id: str
    user: str
    label: str
    scopes: tuple[str, ...]
    added_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    token: str = ""


class NewContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact point to be: a channel (`email`, `webhook`, `apprise`, `webpush`) and an address on it. Empty `label`:
    the channel's name. The address of a browser (`webpush`) is its `subscription`."""

    channel: str
    address: str = ""
    label: str = ""
    subscription: Subscription | None = None


class ContactShown(msgspec.Struct, frozen=True):
    """A contact point. A secret address is not shown. `code_fault` says in the client's language why its code could not
    be delivered, and how to mend that."""

    id: str
    user: str
    channel: str
    label: str
    address: str
    verified: bool
    code_fault: str = ""


class SecretShown(msgspec.Struct, frozen=True):
    """What a webhook's receiver verifies signatures with (Standard Webhooks)."""

    secret: str


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that arrived at a contact point."""

    code: str


def show_user(people: People, user: User) -> UserShown:
    """A user for a client."""
    return UserShown(user.id, user.spec, user.active, people.teams_of(user.id), bool(user.password_hash))


def _show_team(team: Team) -> TeamShown:
    return TeamShown(team.id, team.spec)


def _show_key(key: Key, token: str = "") -> KeyShown:
    return KeyShown(
        key.id, key.user, key.label, key.scopes, shown(key.added_at), shown_or_none(key.expires_at),
        shown_or_none(key.used_at), token
    )  # fmt: skip


def _show_contact(call: OneCall, contact: Contact) -> ContactShown:
    address = "•••" if contact.channel in SEALED_CHANNELS else contact.address
    fault = explained(speaker(call), contact.code_fault, contact.channel)
    return ContactShown(contact.id, contact.user, contact.channel, contact.label, address, contact.verified, fault)


Who = Annotated[Literal["", "active", "deactivated", "on_call"], Parameter(description="Which users; empty for all.")]


@get("/users", responses=READS)
async def list_users(
    call: Call, q: Sought = "", role: str = "", who: Who = "", limit: Limit = 100, cursor: Cursor = ""
) -> Page[UserShown]:
    """Every user, by id; deactivated ones too. `q` is sought in their address, too."""
    people = call.look.people
    rows = (
        user
        for user in sought(people.users(), q, lambda user: (user.id, user.spec.name, user.spec.email))
        if role in ("", user.spec.role)
    )
    meant = _meant(call, who)
    found = (user for user in rows if meant(user))
    return await call.shown(page(found, lambda u: u.id, limit, cursor, lambda u: show_user(people, u)))


def _meant(call: OneCall, who: str) -> Callable[[User], bool]:
    match who:
        case "active":
            return lambda user: user.active
        case "deactivated":
            return lambda user: not user.active
        case "on_call":
            look, rows = call.look, call.look.oncall.schedules()
            on = {user: None for row in rows for user in look.oncall.on_duty(look.people, row.id, call.at)}
            return lambda user: user.id in on
        case _:
            return lambda user: True


@get("/users/{user_id:str}", responses=TAGGED)
async def get_user(call: Call, user_id: str) -> Response[UserShown]:
    """One user."""
    return await call.tagged(required(_user(call, user_id)(), "user", user_id))


@put("/users/{user_id:str}", responses=puts(UserShown), opt={"needs": KNOWN})
async def put_user(call: Call, user_id: str, data: UserSpec) -> Response[UserShown]:
    """Create a user or bring one to this description."""
    return await call.put(SetUser(user_id, data), _user(call, user_id), f"/api/v1/users/{user_id}")


@delete("/users/{user_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_user(call: Call, user_id: str) -> None:
    """Deactivate a user."""
    required(call.look.people.user(user_id), "user", user_id)
    await call.remove(RemoveUser(user_id), _user(call, user_id))


@put("/users/{user_id:str}/password", responses={**WRITES, **documented(429)}, opt={"needs": KNOWN}, status_code=204)
async def put_password(call: Call, brake: Brake, user_id: str, data: NewPassword) -> None:
    """Set a password: one's own, or as an administrator anyone's. It ends every session of the user."""
    call.require(ADMINISTER, user_id)
    required(call.look.people.user(user_id), "user", user_id)
    check_password(data.password)
    if not call.caller.may(ADMINISTER):
        await _check_current(call, brake, user_id, data.current)
    await call.ask(SetPassword(user_id, await call.house.passwords.hash(data.password)))


@post("/users/{user_id:str}/invite", responses=ACTS, opt={"needs": KNOWN})
async def invite(call: Call, user_id: str, data: NewInvitation) -> InvitationShown:
    """Make a link by which the person sets their password, once, without logging in. Give it to nobody else. It is
    shown only here; it is spent when a password is set, by whatever way."""
    call.require(ADMINISTER)
    required(call.look.people.user(user_id), "user", user_id)
    lifetime_ms = data.lifetime_s * SECOND_MS
    expires_at = Moment(call.at + lifetime_ms)
    await call.ask(InviteUser(user_id, expires_at))
    path = make_setup_path(user_id, call.house.vault, call.house.entropy, call.at, lifetime_ms)
    return await call.shown(InvitationShown(call.house.settings.url + path, shown(expires_at)))


@put("/users/{user_id:str}/preferences", responses=WRITES, opt={"needs": KNOWN})
async def put_preferences(call: Call, user_id: str, data: Preferences) -> UserShown:
    """Set one's name, language and time zone."""
    call.require(ADMINISTER, user_id)
    required(call.look.people.user(user_id), "user", user_id)
    await call.ask(SetPreferences(user_id, data.name, data.language, data.zone))
    return await call.shown(required(_user(call, user_id)(), "user", user_id))


@get("/users/{user_id:str}/keys", responses=READS, opt={"needs": KNOWN})
async def list_keys(call: Call, user_id: str) -> Page[KeyShown]:
    """A user's valid API keys: one's own, or as an administrator anyone's."""
    _own(call, user_id)
    return await call.shown(Page(tuple(_show_key(key) for key in call.look.people.keys(user_id))))


@post("/users/{user_id:str}/keys", responses=ACTS, opt={"needs": KNOWN})
async def add_key(call: Call, user_id: str, data: NewKey) -> Response[KeyShown]:
    """Make an API key; its token is in this answer and nowhere else. A repeated request shows the key without it."""
    _own(call, user_id)
    house = call.house
    token = make_key("tocsin", house.entropy)
    key_id = f"K{house.entropy.bytes(5).hex()}"
    expires_at = moment(data.expires_at) if data.expires_at else Moment(0)
    decision = await call.ask(AddKey(user_id, key_id, data.label, hash_key(token), data.scopes, expires_at))
    made = any(isinstance(event, KeyAdded) and event.key == key_id for event in decision.events)
    key = required(call.look.people.key(key_id if made else decision.answer), "key", decision.answer)
    return await call.created(_show_key(key, token if made else ""), f"/api/v1/users/{user_id}/keys/{key.id}")


@delete("/users/{user_id:str}/keys/{key_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def revoke_key(call: Call, user_id: str, key_id: str) -> None:
    """Revoke an API key at once."""
    _own(call, user_id)
    if all(key.id != key_id for key in call.look.people.keys(user_id)):
        raise Refused(404, "not_found", f"there is no key {key_id!r} of {user_id!r}")
    await call.ask(RevokeKey(user_id, key_id))


@get("/users/{user_id:str}/contacts", responses=READS, opt={"needs": KNOWN})
async def list_contacts(call: Call, user_id: str) -> Page[ContactShown]:
    """A user's contact points: one's own, or as an administrator anyone's."""
    _own(call, user_id)
    return await call.shown(Page(tuple(_show_contact(call, contact) for contact in call.look.people.contacts(user_id))))


@post("/users/{user_id:str}/contacts", responses=ACTS, opt={"needs": KNOWN})
async def add_contact(call: Call, user_id: str, data: NewContact) -> Response[ContactShown]:
    """Add a contact point; a code is sent to it, to be given to `verify`. A browser that adds itself in its person's
    own session is verified at once."""
    _own(call, user_id)
    if data.channel == webpush.CHANNEL:
        row = await webpush.add_browser(call, user_id, data.subscription, data.address, data.label)
        return await call.created(_show_contact(call, row), f"/api/v1/users/{user_id}/contacts/{row.id}")
    if data.channel == "webhook":
        _check_webhook(data.address)
    vault = call.house.vault
    address = vault.seal(data.address) if data.channel in SEALED_CHANNELS else data.address
    contact_id = f"C{call.house.entropy.bytes(5).hex()}"
    code = _code(call)
    decision = await call.ask(
        AddContact(
            user_id, contact_id, data.channel, data.label or data.channel, address, digest(code), vault.seal(code)
        )
    )
    contact = call.look.people.contact(contact_id) or call.look.people.contact(decision.answer)
    found = _show_contact(call, required(contact, "contact point", contact_id))
    return await call.created(found, f"/api/v1/users/{user_id}/contacts/{found.id}")


@get("/users/{user_id:str}/contacts/{contact_id:str}/secret", responses=READS, opt={"needs": KNOWN})
async def get_contact_secret(call: Call, user_id: str, contact_id: str) -> SecretShown:
    """The secret that signs what is sent to a webhook: one's own, or as an administrator anyone's."""
    contact = _contact(call, user_id, contact_id)
    if not call.caller.may(ADMINISTER):
        call.require(SELF)  # a key that only reads must not be able to sign
    required(contact if contact.channel == "webhook" else None, "webhook contact point", contact_id)
    return await call.shown(SecretShown(call.house.vault.webhook_secret(contact_id)))


@get("/users/{user_id:str}/contacts/{contact_id:str}", responses=READS, opt={"needs": KNOWN})
async def get_contact(call: Call, user_id: str, contact_id: str) -> ContactShown:
    """One contact point."""
    return await call.shown(_show_contact(call, _contact(call, user_id, contact_id)))


@delete("/users/{user_id:str}/contacts/{contact_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def remove_contact(call: Call, user_id: str, contact_id: str) -> None:
    """Remove a contact point."""
    _contact(call, user_id, contact_id)
    await call.ask(RemoveContact(user_id, contact_id))


@post("/users/{user_id:str}/contacts/{contact_id:str}/verify", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def verify_contact(call: Call, user_id: str, contact_id: str, data: Code) -> ContactShown:
    """Prove that the contact point is reached, by the code that was sent to it."""
    _contact(call, user_id, contact_id)
    decision = await call.ask(VerifyContact(user_id, contact_id, digest(data.code.strip())))
    if decision.answer == "code_wrong":
        raise _invalid("/code", "it is another code than the one that was sent last", "code_wrong")
    return await call.shown(_show_contact(call, _contact(call, user_id, contact_id)))


@post("/users/{user_id:str}/contacts/{contact_id:str}/code", responses=ACTS, opt={"needs": KNOWN}, status_code=202)
async def resend_code(call: Call, user_id: str, contact_id: str) -> ContactShown:
    """Send a new verification code."""
    _contact(call, user_id, contact_id)
    code = _code(call)
    await call.ask(ResendCode(user_id, contact_id, digest(code), call.house.vault.seal(code)))
    return await call.shown(_show_contact(call, _contact(call, user_id, contact_id)))


@post("/users/{user_id:str}/contacts/{contact_id:str}/vouch", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def vouch_contact(call: Call, user_id: str, contact_id: str) -> ContactShown:
    """Declare a contact point verified, as an administrator."""
    _contact(call, user_id, contact_id)
    await call.ask(VouchContact(user_id, contact_id))
    return await call.shown(_show_contact(call, _contact(call, user_id, contact_id)))


@get("/teams", responses=READS)
async def list_teams(call: Call, q: Sought = "", limit: Limit = 100, cursor: Cursor = "") -> Page[TeamShown]:
    """Every team, by id."""
    rows = sought(call.look.people.teams(), q, lambda team: (team.id, team.spec.name))
    return await call.shown(page(rows, lambda team: team.id, limit, cursor, _show_team))


@get("/teams/{team_id:str}", responses=TAGGED)
async def get_team(call: Call, team_id: str) -> Response[TeamShown]:
    """One team."""
    return await call.tagged(required(_team(call, team_id)(), "team", team_id))


@put("/teams/{team_id:str}", responses=puts(TeamShown), opt={"needs": KNOWN})
async def put_team(call: Call, team_id: str, data: TeamSpec) -> Response[TeamShown]:
    """Create a team or bring one to this description."""
    return await call.put(SetTeam(team_id, data), _team(call, team_id), f"/api/v1/teams/{team_id}")


@delete("/teams/{team_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_team(call: Call, team_id: str) -> None:
    """Remove a team."""
    required(call.look.people.team(team_id), "team", team_id)
    await call.remove(RemoveTeam(team_id), _team(call, team_id))


async def _check_current(call: OneCall, brake: LoginBrake, user: str, shown: str) -> None:
    """Whoever has a password shows it before a new one is set; who guesses it in a session that is not theirs is slowed
    down as at the door. Raises Refused."""
    current = call.look.people.password_hash(user)
    if not current:
        return
    place = Place(call.request.client.host if call.request.client else "")
    brake.check(user, place, call.at)
    brake.tried(user, place, call.at)
    if not await call.house.passwords.verify(current, shown[:LENGTH_MAX]):
        raise _invalid("/current", "the current password is wrong", "password_wrong")
    brake.succeeded(user, place)


def check_password(password: str) -> None:
    """A password is long enough and not absurd. Raises Refused."""
    if len(password) < LENGTH_MIN:
        raise _invalid("/password", f"at least {LENGTH_MIN} characters", "password_too_short")
    if len(password) > LENGTH_MAX:
        raise _invalid("/password", f"at most {LENGTH_MAX} characters", "password_too_long")


def _check_webhook(url: str) -> None:
    """A webhook can be called, and nothing in its address would be dropped without a word. Raises Refused."""
    if flaw := flaw_of_url(url):
        raise _invalid("/address", flaw, "address_invalid")
    if "@" in urlsplit(url).netloc:
        words = "a name and password in the URL are not sent; verify the signature instead, and take them out"
        raise _invalid("/address", words, "address_invalid")


def _invalid(pointer: str, message: str, reason: str) -> Refused:
    return Refused(422, reason, message, (Fault(pointer, message),))


def _own(call: Call, user_id: str) -> None:
    call.require(ADMINISTER, user_id)
    required(call.look.people.user(user_id), "user", user_id)


def _contact(call: Call, user_id: str, contact_id: str) -> Contact:
    _own(call, user_id)
    contact = call.look.people.contact(contact_id)
    return required(contact if contact is not None and contact.user == user_id else None, "contact point", contact_id)


def _code(call: Call) -> str:
    number = int.from_bytes(call.house.entropy.bytes(8), "big") % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}d}"


def _user(call: Call, user_id: str) -> Callable[[], UserShown | None]:
    def found() -> UserShown | None:
        user = call.look.people.user(user_id)
        return None if user is None else show_user(call.look.people, user)

    return found


def _team(call: Call, team_id: str) -> Callable[[], TeamShown | None]:
    def found() -> TeamShown | None:
        team = call.look.people.team(team_id)
        return None if team is None else _show_team(team)

    return found


router = Router(
    "/",
    route_handlers=[
        list_users, get_user, put_user, delete_user, put_password, invite, put_preferences,
        list_keys, add_key, revoke_key,
        list_contacts, add_contact, get_contact, get_contact_secret, remove_contact, verify_contact, resend_code,
        vouch_contact, list_teams, get_team, put_team, delete_team,
    ],
    tags=["people"],
)  # fmt: skip
