"""Copies come out whole and go back in only when they are."""

from __future__ import annotations

import io
import json
import resource
import sqlite3
from contextlib import contextmanager

import pytest
from journal_contract import batch, note

from tocsin.core.world import World
from tocsin.shell.journal import snapshot
from tocsin.shell.journal.export import export, restore
from tocsin.shell.journal.protocol import JournalCorrupt, JournalError, JournalExists
from tocsin.shell.journal.sqlite import SqliteJournal, SqliteReader


@pytest.fixture
def journal(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.append(batch(1, note("a"), note("日本"), at=5))
    yield journal
    journal.close()


def test_export_is_one_json_object_a_line(journal):
    out = io.BytesIO()
    assert export(journal, out) == 2
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first == {
        "seq": 1, "at": 5, "type": "NoteAdded", "version": 1, "room": "incidents", "subject": "INC-1",
        "actor": "user:ann", "cause": 0, "correlation": "c",
        "body": {"incident": "INC-1", "by": "user:ann", "text": "a"},
    }  # fmt: skip
    assert second["body"]["text"] == "日本"
    assert export(journal, io.BytesIO(), after_seq=1) == 1


def test_restored_journal_is_the_one_that_was_backed_up(journal, tmp_path):
    journal.backup(tmp_path / "backup.db")
    assert restore(tmp_path / "backup.db", tmp_path / "new" / "journal.db").seq == 2
    restored = SqliteJournal(tmp_path / "new" / "journal.db")
    assert list(restored.rows()) == list(journal.rows())
    restored.append(batch(3, note("c")))
    assert restored.verify().ok
    restored.close()


@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal", "journal.db-journal"])
def test_restore_overwrites_nothing(journal, tmp_path, name):
    journal.backup(tmp_path / "backup.db")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / name).write_text("mine")
    with pytest.raises(JournalExists):
        restore(tmp_path / "backup.db", tmp_path / "new" / "journal.db")
    assert (tmp_path / "new" / name).read_text() == "mine"


def test_damaged_backup_is_not_restored(journal, tmp_path):
    journal.backup(tmp_path / "backup.db")
    with sqlite3.connect(tmp_path / "backup.db") as db:
        db.execute("update event set subject = 'INC-2' where seq = 2")
    db.close()
    with pytest.raises(JournalCorrupt, match="event 2"):
        restore(tmp_path / "backup.db", tmp_path / "new" / "journal.db")
    assert not (tmp_path / "new").exists()


@contextmanager
def disk_with_room_for(size):
    """No file grows beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("copy", [
    lambda journal, path: journal.backup(path),
    lambda journal, path: restore(path.parents[1] / "good.db", path),
    lambda journal, path: snapshot.write(path.parent, World(), journal.head()),
], ids=["backup", "restore", "snapshot"])  # fmt: skip
def test_a_copy_is_its_owners_alone_and_one_that_failed_leaves_nothing(journal, tmp_path, copy):
    journal.append(batch(3, *(note("x" * 2_000, f"INC-{n}") for n in range(50))))
    journal.backup(tmp_path / "good.db")
    (tmp_path / "new").mkdir()
    with disk_with_room_for(200), pytest.raises((JournalError, OSError)):
        copy(journal, tmp_path / "new" / "copy.db")
    assert list((tmp_path / "new").iterdir()) == []
    copy(journal, tmp_path / "new" / "copy.db")
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "new").iterdir()] == [0o600]


def test_an_export_does_not_pass_over_a_missing_event(journal, tmp_path):
    journal.append(batch(3, note("c"), note("d")))
    journal.backup(tmp_path / "holed.db")
    with sqlite3.connect(tmp_path / "holed.db") as db:
        db.execute("delete from event where seq = 3")
    db.close()
    holed = SqliteReader(tmp_path / "holed.db")
    with pytest.raises(JournalCorrupt, match="event 3 is missing"):
        export(holed, io.BytesIO())
    assert export(holed, io.BytesIO(), after_seq=3) == 1
    holed.close()


def test_an_empty_file_is_no_journal(tmp_path):
    (tmp_path / "empty.db").touch()
    with pytest.raises(JournalCorrupt, match="empty"):
        restore(tmp_path / "empty.db", tmp_path / "new" / "journal.db")
