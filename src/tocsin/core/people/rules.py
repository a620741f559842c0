"""What each kind of actor may do, and the limits and forms of what people write. Free of messages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.kernel.moment import HOUR_MS, MINUTE_MS, SECOND_MS
from tocsin.kernel.permission import ADMINISTER, CLOCK, CONFIGURE, READ, RESPOND, ROOM, SELF, SIGNAL

EMAIL_MAX = 254
"""Characters of an e-mail address, by RFC 5321."""
ADDRESS_MAX = 8_192
"""Characters of an address: an apprise URL, sealed."""
HASH_TEXT_MAX = 512
"""Characters of an argon2 hash with its parameters: usually under 100."""
MEMBERS_MAX = 1_000
"""Members of a team: a larger one pages a crowd."""
KEYS_MAX = 50
"""Valid keys of a user."""
USE_INTERVAL_MS = HOUR_MS
"""How soon the use of a key is noted again: a program that asks each second costs 24 events a day."""
CONTACTS_MAX = 20
"""Contact points of a user: nobody can look at more."""
SESSIONS_MAX = 20
"""Sessions of a user; the oldest gives way to a newer one."""
CODE_LIFETIME_MS = 15 * MINUTE_MS
"""How long a verification code is good for after it fell due."""
CODE_INTERVAL_MS = 30 * SECOND_MS
"""The least time between two codes to one contact point, so that nobody is flooded."""
CODES_MAX = 10
"""Codes to one contact point; who needs more removes it and adds it again, which the journal shows."""
TRIES_MAX = 5
"""Tries a code: of a million codes, a guesser reaches one in 200,000."""

VIEWS_MAX = 200
"""Saved views of a person: a list one can still find something in."""
VIEW_QUERY_MAX = 4_000
"""Characters of a view's query: it is part of an address."""
SCREEN_MAX = 40
"""Characters of a screen's name."""
PREFERENCES_MAX = 50
"""Preferences of a person: the interface has a dozen."""
PREFERENCE_NAME_MAX = 64
PREFERENCE_VALUE_MAX = 2_000
"""Characters of a preference: columns of a list may be one."""

SCOPES = (READ, RESPOND, CONFIGURE, ADMINISTER, SELF, SIGNAL)
"""Permissions a person can hold; ROOM and CLOCK are the house's own."""

OF_ROLE: Mapping[str, tuple[str, ...]] = {
    "admin": SCOPES,
    "responder": (READ, RESPOND, SELF),
    "stakeholder": (READ, SELF),
}
OF_HOUSE: Mapping[str, tuple[str, ...]] = {
    # What follows from a permitted command is permitted: reactions ask with the actor `room`.
    "room": (*SCOPES, ROOM),
    "outbox": (READ, RESPOND, SIGNAL, ROOM),
    "clock": (CLOCK,),
    "gate": (ROOM,),
    # The first run, before there is anybody.
    "init": (*SCOPES, ROOM),
}
OF_SOURCE = (SIGNAL,)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EMAIL = re.compile(r"[^\s@\x00-\x1f<>,;\"]+@[^\s@\x00-\x1f<>,;\"]+")


def is_id(text: str) -> bool:
    """Whether the text may be the id of a key or contact point."""
    return _ID.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """Whether the text is a SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether the text may be an e-mail address; only sending to it proves it."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def is_news(used_at: int, at: int) -> bool:
    """Whether a use of a key is worth an event, after the last one that was noted (0: none)."""
    return not used_at or at - used_at >= USE_INTERVAL_MS
