"""The command line: one file per noun, imported only when its command runs, so that help comes at once.

Law: data goes to stdout, words for people to stderr; nothing is asked where there is no terminal.
Exit codes: 0 done, 1 it failed, 2 used wrongly, 3 not found, 4 conflict.
"""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any

import click

import tocsin

COMMANDS = {
    "serve": "serve:serve",
    "init": "serve:init",
    "setup-link": "serve:setup_link",
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
"""Each command and where it lives: `file:name`. What each is for stands in the catalogues as `cli.short.<command>`."""


class Lazy(click.Group):
    """A group whose commands are imported when they are used; its help reads no command's file."""

    def main(self, *args: Any, **more: Any) -> Any:
        """As click does, in the language of this process."""
        from tocsin.cli.words import explained, teach_click

        teach_click()
        try:
            return super(Lazy, explained(self, "tocsin")).main(*args, **more)
        except OSError as fault:  # what is printed goes to a disk too, and it may be full
            sys.stdout = io.StringIO()  # it would be written once more at the end
            click.ClickException(str(fault)).show()
            sys.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        file, _, name = place.partition(":")
        found: Any = getattr(importlib.import_module(f"tocsin.cli.{file}"), name)
        assert isinstance(found, click.Command)
        from tocsin.cli.words import explained

        return explained(found, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            from tocsin.cli.words import say

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = say("cli.did_you_mean", near=near[0]) if near else ""
            ctx.fail(say("cli.no_command", name=args[0]) + hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the catalogue."""
        from tocsin.cli.words import say

        with formatter.section(say("cli.commands")):
            formatter.write_dl([(name, say(f"cli.short.{name}")) for name in COMMANDS])


@click.group("tocsin", cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tocsin.__version__, prog_name="tocsin", message="%(prog)s %(version)s")
def main() -> None:
    """Tocsin: alerts in, the right person woken, nothing lost.

    Commands that ask a server find it by TOCSIN_URL and TOCSIN_KEY, or --url and --key.

    Exit codes: 0 done, 1 it failed, 2 used wrongly, 3 not found, 4 conflict.
    """
    from tocsin.cli.words import spoken
    from tocsin.shell.i18n import speak

    speak(spoken())
