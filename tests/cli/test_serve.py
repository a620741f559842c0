"""What keeps an installation from running is said in words, by every command that opens one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from conftest import Run


@pytest.mark.parametrize("command", ["init", "serve", "setup-link"])
def test_a_key_file_cut_short_is_refused_in_words(offline: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "key").write_bytes(b"")
    result = offline(command, "--data", tmp_path, code=1)
    assert "does not hold a key; restore it from the backup it belongs to" in result.output
    assert (tmp_path / "key").read_bytes() == b""


def test_a_journal_of_a_newer_release_is_refused_in_words(offline: Run, tmp_path: Path) -> None:
    offline("init", "--data", tmp_path)
    with sqlite3.connect(tmp_path / "journal.db") as journal:
        journal.execute("PRAGMA user_version = 99")
    result = offline("serve", "--data", tmp_path, code=1)
    assert "newer" in result.output
    assert "Traceback" not in result.output


def test_an_installation_is_not_made_twice(offline: Run, tmp_path: Path) -> None:
    offline("init", "--data", tmp_path)
    assert "holds an installation already; nothing was changed" in offline("init", "--data", tmp_path, code=4).output
