"""Words for people, by language: gettext catalogues of the library, read once each.

Law: a message id is a key such as `board.title`, never a sentence; every catalogue has the same ids (a test compares
them); a missing language falls back to English.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Protocol

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent.parent / "library" / "locale"
LANGUAGES = ("en", "zh")
FALLBACK = "en"
SEAMS = tuple(
    (re.compile(seam), mended)
    for seam, mended in (
        ("([\u4e00-\u9fff])\ue000(?=[A-Za-z0-9])", r"\1 "),
        ("([\u4e00-\u9fff]) \ue000(?=[\u4e00-\u9fff])", r"\1"),
        ("([A-Za-z0-9])\ue001(?=[\u4e00-\u9fff])", r"\1 "),
        ("([\u4e00-\u9fff])\ue001 (?=[\u4e00-\u9fff])", r"\1"),
        ("[\ue000\ue001]", ""),
    )
)
"""A value in a Chinese sentence stands as an editor sets it: a space between Chinese and Latin, none inside Chinese,
whichever the value turns out to be. Only the seam is touched, never the value."""
_spoken: ContextVar[str] = ContextVar("spoken", default=FALLBACK)


class Translator(Protocol):
    """Gives the words of a message id, with `{name}` filled in from `values`; `count` chooses the plural form.
    `language` is the one it speaks."""

    language: str

    def __call__(self, id: str, /, **values: object) -> str: ...


def translator(language: str) -> Translator:
    """The words of a language; an unknown one gets English."""
    return _words(language if language in LANGUAGES else FALLBACK)


def speak(language: str) -> None:
    """Let `say` speak this language from here on, in this context and the threads it starts."""
    _spoken.set(language)


def say(id: str, /, **values: object) -> str:
    """The words of a message id in the language that is spoken here: English until `speak` says another."""
    return translator(_spoken.get())(id, **values)


def ids(language: str) -> frozenset[str]:
    """Every message id of a catalogue."""
    return frozenset(_id(message.id) for message in _catalogue(language) if message.id)


def preferred(accept_language: str, fallback: str = FALLBACK) -> str:
    """The language we have that an Accept-Language header likes best."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        if language in LANGUAGES:
            wishes.append((_quality(parameter), language))
    likes = [wish for wish in wishes if wish[0] > 0]
    return max(likes, key=lambda wish: wish[0])[1] if likes else fallback


class _Words:
    """A catalogue as a function."""

    def __init__(self, catalogue: Catalog) -> None:
        self._catalogue = catalogue
        self.language = str(catalogue.locale)
        self._form = c2py(catalogue.plural_expr)
        self._is_chinese = catalogue.locale_identifier == "zh"

    def __call__(self, id: str, /, **values: object) -> str:
        message = self._catalogue.get(id)
        if message is None:
            return id
        text = message.string or id
        if not isinstance(text, str):
            count = values.get("count", 0)
            text = text[self._form(count if isinstance(count, int) else 0)]
        if not values:
            return text
        return _set_well(text, values) if self._is_chinese else text.format_map(values)


def _set_well(text: str, values: dict[str, object]) -> str:
    marked = {
        name: f"\ue000{value}\ue001" if isinstance(value, str) and f"{{{name}}}" in text else value
        for name, value in values.items()
    }
    said = text.format_map(marked)
    for seam, mended in SEAMS:
        said = seam.sub(mended, said)
    return said


@lru_cache(maxsize=len(LANGUAGES))
def _words(language: str) -> _Words:
    return _Words(_catalogue(language))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> Catalog:
    with (LOCALES / language / "tocsin.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _id(id_: str | tuple[str, ...] | list[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
