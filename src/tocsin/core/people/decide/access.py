"""Passwords, keys and sessions: how people and programs prove who they are."""

from __future__ import annotations

from tocsin.core.people.commands import AddKey, EndSession, InviteUser, NoteKeyUse, RevokeKey, SetPassword, StartSession
from tocsin.core.people.decide.known import Known, active_user, bad_name
from tocsin.core.people.events import (
    KeyAdded,
    KeyRevoked,
    KeyUsed,
    PasswordSet,
    SessionEnded,
    SessionStarted,
    UserInvited,
)
from tocsin.core.people.rules import HASH_TEXT_MAX, KEYS_MAX, SCOPES, SESSIONS_MAX, is_id, is_news, is_sha256
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected
from tocsin.kernel.moment import DAY_MS
from tocsin.kernel.permission import ADMINISTER

INVITATION_MS_MAX = 30 * DAY_MS
"""The longest an invitation waits in a mailbox: whoever reads it there becomes that person."""
ARGON2 = "$argon2"


def set_password(known: Known, command: SetPassword, envelope: Envelope) -> Decision:
    """Refused: user_unknown, user_removed, password_hash_invalid, key_narrower."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    if not command.password_hash.startswith(ARGON2) or len(command.password_hash) > HASH_TEXT_MAX:
        return Rejected("password_hash_invalid", "the password must arrive as an argon2 hash")
    scopes = _scopes_of(known, envelope.actor)
    if scopes and ADMINISTER not in scopes:
        return Rejected("key_narrower", "a key with scopes cannot set a password: a log-in may do more than the key")
    return Accepted((PasswordSet(user=command.user, password_hash=command.password_hash),))


def invite_user(known: Known, command: InviteUser, envelope: Envelope) -> Decision:
    """Refused: user_unknown, user_removed, invitation_expired."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    if not 0 < command.expires_at - envelope.at <= INVITATION_MS_MAX:
        days = INVITATION_MS_MAX // DAY_MS
        return Rejected("invitation_expired", f"an invitation ends ahead of now, within {days} days")
    return Accepted((UserInvited(user=command.user, expires_at=command.expires_at),))


def add_key(known: Known, command: AddKey, envelope: Envelope) -> Decision:
    """Refused: user_unknown, user_removed, key_id_invalid, key_already_exists, token_hash_invalid, label_invalid,
    scope_unknown, key_expired, too_many_keys, key_narrower."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    flaw = _flaw_of_key(known, command) or bad_name("label", command.label)
    if flaw is not None:
        return flaw
    if command.expires_at and command.expires_at <= envelope.at:
        return Rejected("key_expired", "the key would expire before it is made; give a later instant, or 0 for never")
    if len(user.keys) >= KEYS_MAX:
        return Rejected("too_many_keys", f"{command.user!r} has {KEYS_MAX} keys; revoke one first")
    scopes = _scopes_of(known, envelope.actor)
    if scopes and (not command.scopes or any(scope not in scopes for scope in command.scopes)):
        return Rejected("key_narrower", f"a key with scopes adds only keys within {', '.join(scopes)}")
    added = KeyAdded(
        user=command.user,
        key=command.key,
        label=command.label,
        token_hash=command.token_hash,
        scopes=command.scopes,
        expires_at=command.expires_at,
    )
    return Accepted((added,), command.key)


def revoke_key(known: Known, command: RevokeKey) -> Decision:
    """Refused: key_unknown. Revoking again changes nothing."""
    key = known.keys.get(command.key)
    if key is None or key.user != command.user:
        return Rejected("key_unknown", f"{command.user!r} has no key {command.key!r}")
    return Accepted() if key.revoked else Accepted((KeyRevoked(user=command.user, key=command.key),))


def note_key_use(known: Known, command: NoteKeyUse, envelope: Envelope) -> Decision:
    """Refused: key_unknown. A use soon after a noted one changes nothing."""
    key = known.keys.get(command.key)
    if key is None or key.revoked:
        return Rejected("key_unknown", f"there is no key {command.key!r}")
    if not is_news(key.used_at, envelope.at):
        return Accepted()
    return Accepted((KeyUsed(user=key.user, key=key.id),))


def start_session(known: Known, command: StartSession, envelope: Envelope) -> Decision:
    """The oldest sessions end when there are too many. Refused: user_unknown, user_removed, token_hash_invalid,
    session_already_exists, session_expired."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    if not is_sha256(command.token_hash):
        return _bad_hash()
    if command.token_hash in known.sessions:
        return Rejected("session_already_exists", "the cookie is in use; make a new one")
    if command.expires_at <= envelope.at:
        return Rejected("session_expired", "the session would expire before it begins")
    surplus = user.sessions[: max(0, len(user.sessions) + 1 - SESSIONS_MAX)]
    ended = tuple(SessionEnded(user=user.id, token_hash=token_hash) for token_hash in surplus)
    started = SessionStarted(user=user.id, token_hash=command.token_hash, expires_at=command.expires_at)
    return Accepted((*ended, started))


def end_session(known: Known, command: EndSession) -> Decision:
    """Logging out of what is not there changes nothing."""
    session = known.sessions.get(command.token_hash)
    if session is None or session.user != command.user:
        return Accepted()
    return Accepted((SessionEnded(user=command.user, token_hash=command.token_hash),))


def end_expired_sessions(known: Known, envelope: Envelope) -> Accepted:
    """What time brings to this room."""
    expired = (known.sessions[token_hash] for token_hash in known.expiries.due(envelope.at))
    return Accepted(tuple(SessionEnded(user=session.user, token_hash=session.token_hash) for session in expired))


def _flaw_of_key(known: Known, command: AddKey) -> Rejected | None:
    if not is_id(command.key):
        return Rejected("key_id_invalid", f"{command.key[:80]!r} cannot be the id of a key")
    if command.key in known.keys:
        return Rejected("key_already_exists", f"there is, or was, a key {command.key!r}; give a new id")
    if not is_sha256(command.token_hash):
        return _bad_hash()
    if command.token_hash in known.key_hashes:
        return Rejected("key_already_exists", "there is, or was, a key with this token; make a new one")
    unknown = [scope for scope in command.scopes if scope not in SCOPES]
    if unknown or len(command.scopes) > len(SCOPES):
        return Rejected("scope_unknown", f"scopes {unknown[:3]!r} are not among {', '.join(SCOPES)}")
    return None


def _scopes_of(known: Known, actor: str) -> tuple[str, ...]:
    """The scopes that narrow the asking key, none when it is no key or a whole one."""
    kind, _, id_ = actor.partition(":")
    return known.keys[id_].scopes if kind == "key" and id_ in known.keys else ()


def _bad_hash() -> Rejected:
    return Rejected("token_hash_invalid", "the token must arrive as its SHA-256 in lower-case hex")
