"""The command line: one file per noun, imported only when its command runs, so that help comes at once.

Exit codes: 0 done, 1 it failed, 2 used wrongly, 3 not found, 4 conflict.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

import tocsin

COMMANDS = {
    "serve": "serve:serve",
    "init": "serve:init",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "apply": "config:apply",
    "diff": "config:diff",
    "export": "config:export",
    "alert": "alert:alert",
    "incident": "incident:incident",
    "silence": "silence:silence",
    "oncall": "oncall:oncall",
    "source": "source:source",
    "user": "user:user",
    "key": "key:key",
    "why": "why:why",
    "why-not": "why:why_not",
    "journal": "journal:journal",
    "sim": "sim:sim",
}
"""Each command and where it lives: `file:name`."""


class Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        file, _, name = place.partition(":")
        found: Any = getattr(importlib.import_module(f"tocsin.cli.{file}"), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tocsin.__version__, prog_name="tocsin")
def main() -> None:
    """Tocsin: alerts in, the right person woken, nothing lost."""
