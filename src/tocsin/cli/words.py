"""The language the command line speaks: TOCSIN_LANG, else the locale's; English where it is none of ours."""

from __future__ import annotations

import copy
import gettext
import os
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

import click

from tocsin.shell.detail import WORLD, said_again
from tocsin.shell.i18n import FALLBACK, LANGUAGES, Translator, ids, translator

C = TypeVar("C", bound=click.Command)

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and the end of a line, and those that turn the direction of what follows."""
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


def harmless(text: str) -> str:
    """What others wrote, without what a terminal would obey: a label may hold the sequence that clears the screen."""
    return CONTROL.sub("\ufffd", text)


def say(id: str, /, **values: object) -> str:
    """The words of a message id in the language of this process."""
    return _translator(spoken())(id, **values)


def again(fault: Exception | str) -> str:
    """What a fault of the world says, in the language of this process."""
    return said_again(spoken(), WORLD, str(fault))


def teach_click() -> None:
    """Let click say its own words in the language of this process. It asks gettext for them, under the names `_` and
    `ngettext` in each of its files; gettext itself would want a compiled catalogue beside ours."""
    for name, module in list(sys.modules.items()):
        if name.startswith("click.") and getattr(module, "_", None) is gettext.gettext:
            vars(module)["_"] = _of_click
            if hasattr(module, "ngettext"):
                vars(module)["ngettext"] = _of_click_many


def _of_click(english: str) -> str:
    id_ = _click_ids().get(english) if spoken() != FALLBACK else None
    return say(id_) if id_ else english


def _of_click_many(one: str, many: str, count: int) -> str:
    return _of_click(one if count == 1 else many)


@lru_cache(maxsize=1)
def _click_ids() -> dict[str, str]:
    """The id of each sentence of click's."""
    english = translator(FALLBACK)
    return {english(id_): id_ for id_ in ids(FALLBACK) if id_.startswith("click.")}


def explained(command: C, path: str) -> C:
    """The command with its help in the language of this process: `cli.help.<path>` and `cli.option.<path>.<name>` (or
    `cli.option.<name>` for those all commands have). English stands in the code; what has no words stays English."""
    if spoken() == FALLBACK:
        return command
    told = copy.copy(command)
    told.help = _words(f"cli.help.{path}").replace("\\b", "\b") or command.help
    told.short_help = None
    told._help_option = None  # click keeps it as it was first said
    told.options_metavar = say("cli.options_metavar")
    told.params = [_told(param, path) for param in command.params]
    if isinstance(told, click.Group):
        told.subcommand_metavar = say("cli.subcommand_metavar")
        told.commands = {name: explained(below, f"{path}.{name}") for name, below in told.commands.items()}
    return told


def _told(param: click.Parameter, path: str) -> click.Parameter:
    words = _words(f"cli.option.{path}.{param.name}") or _words(f"cli.option.{param.name}")
    if not isinstance(param, click.Option) or not words or not param.help:
        return param
    told = copy.copy(param)
    told.help = words
    return told


def _words(id: str) -> str:
    found = say(id)
    return "" if found == id else found


@lru_cache(maxsize=len(LANGUAGES))
def _translator(language: str) -> Translator:
    return translator(language)
