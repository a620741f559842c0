"""The journal from the command line, beside a running server."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from conftest import Run, Server

from tocsin import app
from tocsin.cli import journal


@pytest.fixture
def copy(run: Run, server: Server, tmp_path: Path) -> Path:
    """A backup of the running server's journal."""
    run("journal", "backup", tmp_path / "copy.db", "--data", server.data)
    return tmp_path / "copy.db"


def test_the_file_names_are_those_of_the_server() -> None:
    ours = (journal.JOURNAL_FILE, journal.SNAPSHOT_DIR, journal.KEY_FILE)
    assert ours == (app.JOURNAL_FILE, app.SNAPSHOT_DIR, app.KEY_FILE)


def test_a_whole_journal_is_called_whole(offline: Run, server: Server) -> None:
    seq, head = offline("journal", "verify", "--data", server.data).stdout.split()
    assert int(seq) >= 5
    assert len(head) == 64


def test_a_changed_event_is_named(offline: Run, copy: Path) -> None:
    with sqlite3.connect(copy) as db:
        db.execute("update event set body = replace(body, 'Operations', 'Operationz') where type = 'TeamSet'")
        (seq,) = db.execute("select min(seq) from event where type = 'TeamSet'").fetchone()
    db.close()
    assert f"event {seq}" in offline("journal", "verify", "--file", copy, code=1).stderr


def test_a_backup_becomes_a_journal_and_overwrites_nothing(offline: Run, copy: Path, tmp_path: Path) -> None:
    data = tmp_path / "restored"
    assert "was made" in offline("journal", "restore", copy, "--data", data).stderr
    offline("journal", "verify", "--data", data)
    offline("journal", "restore", copy, "--data", data, code=4)
    offline("journal", "backup", copy, "--data", data, code=4)


def test_events_come_out_as_json_lines(offline: Run, server: Server, tmp_path: Path) -> None:
    lines = offline("journal", "export", "--data", server.data).stdout.splitlines()
    assert [msgspec.json.decode(line)["seq"] for line in lines[:3]] == [1, 2, 3]
    offline("journal", "export", tmp_path / "tail.jsonl", "--after", "3", "--data", server.data)
    assert msgspec.json.decode((tmp_path / "tail.jsonl").read_text().splitlines()[0])["seq"] == 4


def test_a_snapshot_is_written_once(offline: Run, copy: Path, tmp_path: Path) -> None:
    data = tmp_path / "restored"
    offline("journal", "restore", copy, "--data", data)
    assert Path(offline("journal", "snapshot", "--data", data).stdout.strip()).is_file()
    assert "already" in offline("journal", "snapshot", "--data", data).stderr


def test_what_is_no_journal_is_said(offline: Run, tmp_path: Path) -> None:
    assert "there is no journal" in offline("journal", "verify", "--data", tmp_path, code=3).stderr
    (tmp_path / "text").write_text("no journal")
    assert "damaged" in offline("journal", "verify", "--file", tmp_path / "text", code=1).stderr


@pytest.mark.parametrize("command", [("journal", "export", "-"), ("journal", "export", "/dev/full"), ("--help",)])
def test_a_full_disk_is_one_sentence_and_a_reader_who_left_is_none(server: Server, command: tuple[str, ...]) -> None:
    environment = {**os.environ, "TOCSIN_DATA_DIR": str(server.data), "TOCSIN_LANG": "en"}
    tocsin = (sys.executable, "-m", "tocsin", *command)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(tocsin, stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert done.returncode == 1
    assert done.stderr == b"Error: [Errno 28] No space left on device\n"
    reading, writing = os.pipe()
    os.close(reading)
    left = subprocess.run(tocsin, stdout=writing, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writing)
    assert (left.returncode, left.stderr) == (1, b"") or "/dev/full" in command
