"""What has happened, told in the reader's language, with people's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from tocsin.core.world import Views
from tocsin.kernel.ids import is_slug, numbered
from tocsin.shell.channels.verdict import parted
from tocsin.shell.detail import LETTER, said_again, titled
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.web.call import OneCall

PEOPLE = ("by", "user", "users")
"""Values that are people: ids, or several with commas between them."""
THINGS = ("calendar", "ladder", "schedule", "service", "source", "team")
"""Values that are ids of things with names."""
HOUSE = "Tocsin"
HOUSE_ACTORS = ("room", "outbox", "clock", "gate", "init")
"""Under these names the house itself acts, and a sentence says so."""
SILENCE = "silence:"
"""A rule that is a silence: its id is for machines."""
CODES = ("why", "how", "reason", "rule", "detail", "act")
"""Values that are words of ours, such as `alerts_resolved`; the catalogues know them as `code.<word>`."""


class Reason(msgspec.Struct, frozen=True):
    """Why a message stands as it does, told to its reader. `code` is a word of ours, empty where there is none; `words`
    say it, `mend` what to do about it; `said` is what the other side said, in its own words."""

    code: str
    words: str
    mend: str
    said: str


def namer(look: Views) -> Callable[[str], str]:
    """How people are called: by their name, whatever they are named by (`ada`, `user:ada`, `key:K1`). And things, named
    by kind and id (`ladder:shop`); one that is gone has its id left."""
    things = {
        "calendar": look.calendars.calendar,
        "ladder": look.oncall.ladder,
        "schedule": look.oncall.schedule,
        "service": look.items.service,
        "source": look.intake.source,
        "team": look.people.team,
    }

    def name(actor: str) -> str:
        kind, _, id_ = actor.partition(":")
        if (find := things.get(kind)) is not None and id_:
            thing = find(id_)
            return thing.spec.name if thing is not None else id_
        user = look.people.user_of(actor) if ":" in actor else actor
        found = look.people.user(user)
        if found is None:
            return HOUSE if actor in HOUSE_ACTORS else actor
        return found.spec.name

    return name


def told(say: Translator, message_id: str, values: Mapping[str, str | int], name: Callable[[str], str]) -> str:
    """The sentence of a message id and its values."""
    return say(message_id, **{key: valued(say, key, value, name) for key, value in values.items()})


def valued(say: Translator, key: str, value: str | int, name: Callable[[str], str]) -> str | int:
    """A value for a reader: names for ids, words for codes, rungs and rounds as people count them; any other as it
    is."""
    if isinstance(value, int):
        if key == "alert":
            return numbered("ALT", value)
        return value + 1 if key in ("step", "round") else value
    return _worded(say, key, value, name) if value else value


def _worded(say: Translator, key: str, value: str, name: Callable[[str], str]) -> str:
    if key in PEOPLE:
        return ", ".join(name(one) for one in value.split(", "))
    if key == "rule" and value.startswith(SILENCE):
        return say("rule.silence")
    if key in THINGS:
        return name(f"{key}:{value}")
    if key in CODES:
        return coded(say, value)
    if key == "title":
        return titled(say.language, value)
    if key == "error":
        return said_again(say.language, LETTER, value)
    if key == "channel":
        return _first(say, f"channel.{value}") or value
    return value


def speaker(call: OneCall) -> Translator:
    """The words of the client's language."""
    return translator(preferred(call.request.headers.get("accept-language", "")))


def coded(say: Translator, text: str) -> str:
    """A word of ours in the reader's language, and what was said beside it; as it is, when the catalogue has none."""
    return _told(say, reasoned(say, text))


def reasoned(say: Translator, text: str, channel: str = "") -> Reason:
    """The reason a receipt or one of our rooms gave, for a reader; any other text as it is."""
    word, said = parted(text)
    code = word or text
    words = _first(say, f"code.{code}.{channel}", f"code.{code}")
    if not words:
        return Reason("", code.replace("_", " ") if is_slug(code) else text, "", "")
    return Reason(code, words, _first(say, f"mend.{code}.{channel}", f"mend.{code}"), said if word else "")


def explained(say: Translator, text: str, channel: str = "") -> str:
    """A reason as sentences: what it is, what to do about it, and what the other side said."""
    why = reasoned(say, text, channel)
    words = _told(say, why)
    return say("reason.mended", words=words, mend=why.mend) if why.mend else words


def _told(say: Translator, why: Reason) -> str:
    return say("reason.said", words=why.words, said=why.said) if why.said else why.words


def _first(say: Translator, *ids: str) -> str:
    """What the first of these ids says that the catalogue knows."""
    return next((words for id_ in ids if (words := say(id_)) != id_), "")
