"""What a command prints: a table for people, JSON or YAML for programs, or just names.

Law: data goes to stdout, sentences to stderr; a pipe gets no colours and no cut lines.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

import click
import msgspec

from tocsin.cli.client import URL_DEFAULT, Api, Thing
from tocsin.cli.words import harmless, say, spoken
from tocsin.shell.i18n import FALLBACK

Column: TypeAlias = tuple[str, Callable[[Thing], object]]
"""The name of a column (`cli.column.<name>`) and what stands in it."""

FORMS = ("table", "json", "yaml", "name")
PIPE_WIDTH = 10_000
"""Wide enough that no line of a pipe is ever cut."""
COLOURS = {
    "critical": "bold red", "high": "red", "medium": "yellow", "triggered": "bold red", "acknowledged": "yellow",
    "firing": "red", "resolved": "green", "active": "green", "fail": "bold red", "warn": "yellow", "ok": "green",
}  # fmt: skip
WORDS = {
    "status": ("cli.word.status", "status"), "severity": ("severity",), "severity_default": ("severity",),
    "urgency": ("cli.word.urgency",), "state": ("cli.word.state", "code"), "how": ("code",),
    "role": ("cli.word.role",), "channel": ("channel",), "fate": ("cli.word.fate",),
}  # fmt: skip
"""The columns in which words of the API stand, and under which ids they are said to people."""
HOUSE = "Tocsin"
F = TypeVar("F", bound=Callable[..., Any])


class Talk:
    """What a command has in hand: the server, and a way to answer."""

    def __init__(self, api: Api, form: str) -> None:
        self.api = api
        self.form = form

    def rows(self, items: Iterable[Thing], *columns: Column, name: str = "id") -> None:
        """Print a list."""
        found = list(items)
        match self.form:
            case "table":
                table(
                    [say(f"cli.column.{title}") for title, _ in columns],
                    [[word(title, of(row)) for title, of in columns] for row in found],
                )
                if not found:
                    self.tell(say("cli.nothing"))
            case "name":
                click.echo("\n".join(str(row[name]) for row in found), nl=bool(found))
            case _:
                self.data(found)

    def thing(self, item: Thing, *columns: Column, name: str = "id") -> None:
        """Print one thing, a line a fact."""
        match self.form:
            case "table":
                table(None, [[say(f"cli.column.{title}"), word(title, of(item))] for title, of in columns])
            case "name":
                click.echo(item[name])
            case _:
                self.data(item)

    def done(self, words: str, item: Thing | None = None, name: str = "id") -> None:
        """Say what was done; programs get the thing as it is now."""
        if self.form == "table" or item is None:
            self.tell(words)
        elif self.form == "name":
            click.echo(item[name])
        else:
            self.data(item)

    def data(self, value: object) -> None:
        """Print a value for programs."""
        click.echo(as_yaml(value) if self.form == "yaml" else as_json(value), nl=self.form != "yaml")

    def tell(self, words: str) -> None:
        """A sentence for people."""
        click.echo(harmless(words), err=True)


def connected(command: F) -> F:
    """Give a command the options that find the server, and a Talk as its first argument."""

    @functools.wraps(command)
    def wrapped(*args: Any, url: str, key: str, form: str, **options: Any) -> Any:
        with Api(url, key) as api:
            return command(Talk(api, form), *args, **options)

    return _server(_form(wrapped))  # type: ignore[return-value]


def _form(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-o",
        "--output",
        "form",
        type=click.Choice(FORMS),
        default="table",
        envvar="TOCSIN_OUTPUT",
        help="How to print.",
    )(command)


def _server(command: Callable[..., Any]) -> Callable[..., Any]:
    key = click.option("--key", envvar="TOCSIN_KEY", default="", help="An API key; better TOCSIN_KEY.")
    url = click.option("--url", envvar="TOCSIN_URL", default=URL_DEFAULT, help=f"The server.  [default: {URL_DEFAULT}]")
    return url(key(command))


def as_json(value: object) -> str:
    """Indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def as_yaml(value: object) -> str:
    """YAML in the order of the fields; texts of several lines as blocks."""
    from tocsin.web.config import export

    return export.as_yaml(value)


def table(titles: list[str] | None, rows: list[list[object]]) -> None:
    """Print columns. On a terminal with colours; in a pipe plain, and never cut."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = sys.stdout.isatty()
    grid = Table(box=None, show_header=titles is not None and bool(rows), pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles or ("", ""):
        grid.add_column(
            title, header_style="bold", overflow="fold" if is_terminal else "ignore", no_wrap=not is_terminal
        )
    colours = COLOURS | {str(word(title, raw)): colour for raw, colour in COLOURS.items() for title in WORDS}
    for row in rows:
        cells = [harmless(_cell(value)) for value in row]
        grid.add_row(*(Text(cell, style=colours.get(cell, "")) for cell in cells))
    if not rows:
        return
    console = Console(
        file=sys.stdout, no_color=bool(os.environ.get("NO_COLOR")) or not is_terminal, highlight=False,
        width=None if is_terminal else PIPE_WIDTH, force_terminal=is_terminal, soft_wrap=not is_terminal,
    )  # fmt: skip
    with console.capture() as captured:
        console.print(grid)
    text = captured.get()
    click.echo("\n".join(line.rstrip() for line in text.splitlines()) if not is_terminal else text.rstrip("\n"))


def actor(row: Thing) -> str:
    """Who did it, for people: by name where the API tells it; what no person and no sender did, Tocsin did."""
    kind, _, id_ = str(row["actor"]).partition(":")
    match kind:
        case "user" | "key":
            return str(row.get("name") or id_)
        case "source":
            return str(row["actor"])
        case _:
            return HOUSE


def word(column: str, value: object) -> object:
    """A word of the API in the language of this process. In English it stays: that is how options are typed."""
    if spoken() == FALLBACK or not isinstance(value, str) or not value:
        return value
    ids = (f"{theme}.{value}" for theme in WORDS.get(column, ()))
    return next((said for id_ in ids if (said := say(id_)) != id_), value)


def _cell(value: object) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return say("cli.yes") if value else say("cli.no")
        case dict():
            return " ".join(f"{name}={one}" for name, one in value.items()) or "-"
        case list() | tuple():
            return ", ".join(map(str, value)) or "-"
        case _:
            return str(value)


def field(name: str) -> Column:
    """The column of a field that is shown as it is."""
    return (name, lambda row: row.get(name))


def fields(*names: str) -> tuple[Column, ...]:
    """Columns of fields that are shown as they are."""
    return tuple(map(field, names))
