"""Help comes at once and names every command in the reader's language."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from conftest import Run

from tocsin.cli import COMMANDS, main
from tocsin.shell.i18n import LANGUAGES, ids, translator

HEAVY = (
    "httpx2",
    "rich",
    "litestar",
    "uvicorn",
    "yaml",
    "apsw",
    "holidays",
    "tocsin.app",
    "tocsin.core",
    "tocsin.cli.client",
)


def test_help_imports_no_command() -> None:
    found = subprocess.run(
        (sys.executable, "-X", "importtime", "-m", "tocsin", "--help"), check=True, capture_output=True, text=True
    )
    imported = {line.rpartition("|")[2].strip() for line in found.stderr.splitlines()}
    assert "click" in imported
    assert sorted(imported.intersection(HEAVY)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_says_what_each_command_is_for(offline: Run, language: str) -> None:
    text = offline("--help", TOCSIN_LANG=language).stdout
    assert [name for name in COMMANDS if translator(language)(f"cli.short.{name}") not in text] == []


def test_no_command_is_described_that_is_not_there() -> None:
    assert {one.removeprefix("cli.short.") for one in ids("en") if one.startswith("cli.short.")} == set(COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "sim"])
def test_every_command_can_be_read_about(offline: Run, name: str) -> None:
    assert offline(name, "--help").stdout.startswith("Usage:")
    command = main.get_command(click.Context(main), name)
    for below in getattr(command, "commands", {}):
        assert offline(name, below, "--help").stdout.startswith("Usage:")


def test_a_mistyped_command_is_answered_with_the_nearest(offline: Run) -> None:
    assert "did you mean 'incident'?" in offline("incidnet", code=2).stderr


def told(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """Every help of a command and of those below it: the id of its words, and the English in the code."""
    yield f"cli.help.{path}", plain(command.help)
    for param in command.params:
        if isinstance(param, click.Option) and param.help and param.name != "help":
            own = f"cli.option.{path}.{param.name}"
            yield own if own in ids("en") else f"cli.option.{param.name}", plain(param.help)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from told(below, f"{path}.{name}")


def plain(text: str | None) -> str:
    """A text without its layout."""
    return " ".join((text or "").replace("\b", "").split())


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests look at the code's own words, whoever runs them."""
    monkeypatch.setenv("TOCSIN_LANG", "en")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "sim"])
def test_every_help_has_words_in_both_languages(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    say = translator("en")
    found = dict(told(command, name))
    assert {id_: plain(say(id_)) for id_ in found} == found, "the English of the catalogue is that of the code"


def test_help_is_told_in_chinese_and_in_english_again(offline: Run) -> None:
    chinese = offline("user", "invite", "--help", TOCSIN_LANG="zh").stdout
    assert "链接的有效期" in chinese and "API 密钥" in chinese
    assert "人员" in offline("user", "--help", TOCSIN_LANG="zh").stdout
    assert "kind: User" in offline("apply", "--help", TOCSIN_LANG="zh").stdout
    assert "How long the link is good" in offline("user", "invite", "--help").stdout


def test_no_help_is_described_that_is_not_there() -> None:
    context = click.Context(main)
    commands = [(command, name) for name in COMMANDS if (command := main.get_command(context, name)) is not None]
    there = {id_ for command, name in commands for id_, _ in told(command, name)}
    assert {one for one in ids("en") if one.startswith(("cli.help.", "cli.option."))} - there == set()
