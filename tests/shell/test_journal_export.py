"""Copies come out whole and go back in only when they are."""

from __future__ import annotations

import io
import json
import sqlite3

import pytest
from journal_contract import batch, note

from tocsin.shell.journal.export import export, restore
from tocsin.shell.journal.protocol import JournalCorrupt, JournalExists
from tocsin.shell.journal.sqlite import SqliteJournal


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


@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
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
