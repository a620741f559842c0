"""API keys as programs show them, at any door.

Law: that a key is used is noted behind the answer, never before it, and seldom: whoever asks does not wait for it, and
a full inbox forgets it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress

from tocsin.core.people.commands import NoteKeyUse
from tocsin.core.people.views import Key
from tocsin.kernel.message import Decision
from tocsin.shell.engine import Engine, EngineStopped
from tocsin.shell.inbox import InboxFull

TOKEN_LENGTH_MAX = 300
"""Characters of a key or cookie that are looked at."""


class Keys:
    """Knows keys by what is kept of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asked: set[str] = set()

    def shown(self, token: str) -> Key | None:
        """The key of this token, if it is good now."""
        engine = self._engine
        people, at = engine.look.people, engine.clock.now()
        key = people.key_by_hash(digest(token), at) if token else None
        if key is not None and key.id not in self._asked and people.is_use_news(key, at):
            with suppress(InboxFull, EngineStopped):
                engine.post(NoteKeyUse(key.id), "gate", _Noted(self._asked, key.id), weight=0)
                self._asked.add(key.id)
        return key


class _Noted:
    """Nobody waits for the note; until it is decided it is not asked for again."""

    def __init__(self, asked: set[str], key: str) -> None:
        self._asked = asked
        self._key = key

    def done(self) -> bool:
        """It wants to be told."""
        return False

    def set_result(self, result: Decision, /) -> None:
        """It is noted."""
        self._asked.discard(self._key)

    def set_exception(self, exception: BaseException, /) -> None:
        """The engine stopped: nothing is noted any more."""
        self._asked.discard(self._key)


def digest(token: str) -> str:
    """What is kept of a key or cookie: SHA-256, in hex."""
    return hashlib.sha256(token[:TOKEN_LENGTH_MAX].encode("utf-8", "replace")).hexdigest()
