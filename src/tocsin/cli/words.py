"""The language the command line speaks: TOCSIN_LANG, else the locale's; English where it is none of ours."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from functools import lru_cache

import click

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


def explained(command: click.Command, path: str) -> click.Command:
    """The command with its help in the language of this process: `cli.help.<path>` and `cli.option.<path>.<name>` (or
    `cli.option.<name>` for those all commands have). English stands in the code; what has no words stays English."""
    if spoken() == FALLBACK:
        return command
    told = copy.copy(command)
    told.help = _words(f"cli.help.{path}") or command.help
    told.short_help = None
    told.params = [_told(param, path) for param in command.params]
    if isinstance(told, click.Group):
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
