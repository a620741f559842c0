"""The detail of a refusal in the reader's language.

Law: the rooms write one English sentence, which the journal keeps. A reader of another language gets the sentence that
stands for it in their catalogue: `detail.<reason>` (`.2`, `.3`… for its other sentences) are templates of the same
sentence in every language, with the same values; `detail.common` are sentences of many reasons, `detail.fault` those
about one place of a request, `detail.part` words inside of others, `detail.world` what a fault of the world says (a
disk, a setting, a job that ended), `detail.letter_not_understood` what the readers of payloads say, `detail.house` the
titles of the house's own alerts. What no template fits stays as it is: a sentence nobody translated is better than
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from tocsin.shell.i18n import FALLBACK, ids, translator

ROOT = "detail."
COMMON = "common"
FAULT = "fault"
PART = "part"
WORLD = "world"
NUMBERED = re.compile(r"(.+?)(?:\.[0-9]+)?")
LETTER = "letter_not_understood"
HOUSE = "house"
JOINT = "; "
TEXT_MAX = 2_000
"""Characters that are compared with the templates: longer texts are a sender's, not ours."""
DEPTH_MAX = 3
"""How deep words stand inside of words."""


def said_again(language: str, reason: str, detail: str) -> str:
    """The detail of this refusal in that language."""
    if language == FALLBACK or not detail:
        return detail
    if reason == LETTER:
        return "；".join(_problems(language, detail.split(JOINT)))
    return _again(language, (reason, COMMON, FAULT), detail, DEPTH_MAX)


def titled(language: str, title: str) -> str:
    """The title of an alert or an incident in that language where the house wrote it; a sender's stays as it is."""
    if language == FALLBACK:
        return title
    for id_, pattern in _templates()[HOUSE]:
        if found := pattern.fullmatch(title):
            values = found.groupdict()
            if "error" in values:
                values["error"] = said_again(language, LETTER, values["error"])
            return translator(language)(id_, **values)
    return title


def _problems(language: str, pieces: list[str]) -> Iterator[str]:
    """Why a payload was not understood: a batch has a sentence for each of its problems, with semicolons between them.
    Some sentences have a semicolon of their own, which none is left of when they are said again."""
    while pieces:
        taken, words = 2, _again(language, (LETTER, FAULT), JOINT.join(pieces[:2]), DEPTH_MAX)
        if JOINT in words or len(pieces) == 1:
            taken, words = 1, _again(language, (LETTER, FAULT), pieces[0], DEPTH_MAX)
        yield words
        pieces = pieces[taken:]


def _again(language: str, themes: tuple[str, ...], text: str, depth: int) -> str:
    """The text by the first template that fits, its values likewise; unchanged without one."""
    if len(text) > TEXT_MAX:
        return text
    for theme in themes:
        for id_, pattern in _templates().get(theme, ()):
            found = pattern.fullmatch(text)
            if found is None:
                continue
            values = found.groupdict()
            if depth:
                nested = tuple(dict.fromkeys((*themes, PART)))
                values = {name: _again(language, nested, value, depth - 1) for name, value in values.items()}
            return translator(language)(id_).format_map(values)
    return text


@lru_cache(maxsize=1)
def _templates() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The English templates by theme, those that say most first: they fit least."""
    found: dict[str, list[tuple[int, str, re.Pattern[str]]]] = {}
    say = translator(FALLBACK)
    for id_ in sorted(id_ for id_ in ids(FALLBACK) if id_.startswith(ROOT)):
        theme = NUMBERED.fullmatch(id_.removeprefix(ROOT))
        assert theme is not None, id_
        pieces = [(text, name) for text, name, _, _ in Formatter().parse(say(id_))]
        source = "".join(re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name in pieces)
        said = sum(len(text) for text, _ in pieces)
        found.setdefault(theme[1], []).append((said, id_, re.compile(source, re.DOTALL)))
    return {theme: [row[1:] for row in sorted(rows, key=lambda row: -row[0])] for theme, rows in found.items()}
