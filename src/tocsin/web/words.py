"""What has happened, told in the reader's language, with people's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core.world import Views
from tocsin.kernel.ids import numbered
from tocsin.shell.i18n import Translator

PEOPLE = ("by", "user", "users")
"""Values that are people: ids, or several with commas between them."""
CODES = ("why", "how", "reason", "rule")
"""Values that are words of ours, such as `alerts_resolved`; the catalogues know them as `code.<word>`."""


def namer(look: Views) -> Callable[[str], str]:
    """How people are called: by their name, whatever they are named by (`ada`, `user:ada`, `key:K1`)."""

    def name(actor: str) -> str:
        user = look.people.user_of(actor) if ":" in actor else actor
        found = look.people.user(user)
        return found.spec.name if found is not None else actor

    return name


def told(say: Translator, message_id: str, values: Mapping[str, str | int], name: Callable[[str], str]) -> str:
    """The sentence of a message id and its values."""
    words: dict[str, object] = {}
    for key, value in values.items():
        if key in PEOPLE and isinstance(value, str) and value:
            words[key] = ", ".join(name(one) for one in value.split(", "))
        elif key in CODES and isinstance(value, str):
            words[key] = coded(say, value)
        elif key == "alert" and isinstance(value, int):
            words[key] = numbered("ALT", value)
        elif key in ("step", "round") and isinstance(value, int):
            words[key] = value + 1
        else:
            words[key] = value
    return say(message_id, **words)


def coded(say: Translator, code: str) -> str:
    """A word of ours in the reader's language; as it is, when the catalogue has none."""
    words = say(f"code.{code}")
    return code.replace("_", " ") if words.startswith("code.") else words
