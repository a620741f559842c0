"""Help comes at once and names every command in the reader's language."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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


@pytest.mark.parametrize("name", COMMANDS)
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


@pytest.mark.parametrize("name", ["tocsin", *COMMANDS])
def test_every_help_has_words_in_both_languages(name: str) -> None:
    command = main if name == "tocsin" else main.get_command(click.Context(main), name)
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
    commands += [(main, "tocsin")]
    there = {id_ for command, name in commands for id_, _ in told(command, name)}
    assert {one for one in ids("en") if one.startswith(("cli.help.", "cli.option."))} - there == set()


TECHNICAL = re.compile(
    r"`[^`]*`|'[^'\n]*'|\[[^\[\]]*[|=:][^\[\]]*\]|https?://\S+|"
    r"\b(FLOAT|INTEGER) RANGE\b|\{name: \.\.\.\}|kind: .*(\n .*)*"
)
"""What is the same in every language: code, choices, addresses, kinds of values."""
SENTENCE = re.compile(r"[A-Za-z']{2,} [a-z']{2,}")
USAGE = re.compile(r"^用法: .*$", re.MULTILINE)


def commands_below(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands_below(below, (*path, name))


def english_in(text: str) -> list[str]:
    """The sentences of a Chinese text that are English."""
    return SENTENCE.findall(TECHNICAL.sub("", USAGE.sub("", text)))


@pytest.mark.parametrize("path", commands_below(main), ids=" ".join)
def test_no_help_in_chinese_has_an_english_sentence(offline: Run, path: tuple[str, ...]) -> None:
    text = offline(*path, "--help", TOCSIN_LANG="zh").stdout
    assert text.startswith("用法:") and "显示本帮助并退出。" in text
    assert english_in(text) == [], text


def test_an_english_sentence_is_seen() -> None:
    assert english_in("选项：\n  --help  Show this message and exit.") == ["Show this", "message and"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("serve", "--prot", "1"), "错误：没有选项 '--prot'。"),
        (("alert", "show"), "错误：缺少参数 'ALERT'"),
        (("why", "a", "b"), "错误：多余的参数（b）"),
        (("export", "--kind", "cat"), "错误：'--kind' 的值无效：'cat' 不在 "),
        (("alert", "list", "--limit", "0"), "错误：'--limit' 的值无效：0 不在范围 x>=1 内。"),
        (("journal", "restore", "/nowhere"), "'/nowhere' 不存在。"),
        (("incidnet",), "错误：没有命令 'incidnet'；你是否想写 'incident'？"),
        (("serve", "--listen", "no"), "错误：listen 应为 HOST:PORT，端口不超过 65535，而不是 'no'"),
    ],
)
def test_what_was_typed_wrongly_is_told_in_chinese(offline: Run, asked: tuple[str, ...], said: str) -> None:
    text = offline(*asked, code=2, TOCSIN_LANG="zh").stderr
    assert said in text
    assert "查看帮助：'tocsin" in text or "--listen" in asked
    assert english_in(text) == [], text
    assert "rror: " in offline(*asked, code=2).stderr, "in English again"


DEVELOPERS = ("defined twice", "declar", "same flag", "options defined", "Choice(", "colour", "Windows", "Shell comp",
              "Bash version", "Editing failed")  # fmt: skip
"""Sentences of click's for who writes commands, or of what we do not use."""


def test_every_sentence_of_click_is_in_the_catalogues() -> None:
    known = {translator("en")(id_) for id_ in ids("en") if id_.startswith("click.")}
    assert click.__file__ is not None
    found = {
        one.value
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}
        for one in node.args
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) > 1
    }
    assert "Missing option" in found, "the reading of the sources went wrong"
    assert sorted(one for one in found - known if not any(word in one for word in DEVELOPERS)) == []
