"""Help comes at once and names every command in the reader's language."""

from __future__ import annotations

import subprocess
import sys

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
