"""The language the command line speaks: TOCSIN_LANG, else the locale's; English where it is none of ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

from tocsin.shell.i18n import FALLBACK, LANGUAGES, Translator, translator

VARIABLES = ("TOCSIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a language may be named, the strongest first."""


def language(environment: Mapping[str, str]) -> str:
    """The language of these environment variables: the first that is not empty decides."""
    wish = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    short = wish.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return short if short in LANGUAGES else FALLBACK


def spoken() -> str:
    """The language of this process."""
    return language(os.environ)


def say(id: str, /, **values: object) -> str:
    """The words of a message id in the language of this process."""
    return _translator(spoken())(id, **values)


@lru_cache(maxsize=len(LANGUAGES))
def _translator(language: str) -> Translator:
    return translator(language)
