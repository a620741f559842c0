"""The SQLite journal keeps the contract, survives, and notices every change of its file."""

from __future__ import annotations

import sqlite3
import subprocess
import threading

import apsw
import pytest
from journal_contract import JournalContract, batch, note, row

from tocsin.kernel.message import Moment
from tocsin.shell.journal import protocol, sqlite, tables
from tocsin.shell.journal.protocol import Batch, JournalCorrupt, JournalError, JournalFull, JournalNewer
from tocsin.shell.journal.sqlite import SqliteJournal, SqliteReader


class TestSqliteJournal(JournalContract):
    """The contract on a real file."""

    @pytest.fixture
    def journal(self, tmp_path):
        journal = SqliteJournal(tmp_path / "journal.db")
        yield journal
        journal.close()


class TestExclusiveJournal(JournalContract):
    """The contract without shared memory, as under a simulated disk."""

    @pytest.fixture
    def journal(self, tmp_path):
        journal = SqliteJournal(tmp_path / "journal.db", exclusive=True)
        yield journal
        journal.close()


class TestReopenedJournal(JournalContract):
    """The contract on a file that existed."""

    @pytest.fixture
    def journal(self, tmp_path):
        SqliteJournal(tmp_path / "journal.db").close()
        journal = SqliteJournal(tmp_path / "journal.db")
        yield journal
        journal.close()


@pytest.fixture
def path(tmp_path):
    """A journal of seven events in three batches, closed."""
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.append(batch(1, note("a"), note("b"), at=1, answers=(("k", Moment(1), b'{"answer":"x"}'),)))
    journal.append(batch(3, note("c"), note("d"), note("e"), at=2))
    journal.append(Batch(6, Moment(3), [row(6, note("f"), 3, cause=3), row(7, note("g"), 3)]))
    journal.close()
    return tmp_path / "journal.db"


def edit(path, *statements):
    """Change the file behind the journal's back."""
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def verified(path):
    """What a fresh reader finds."""
    reader = SqliteReader(path)
    verdict = reader.verify()
    reader.close()
    return verdict


def test_a_new_journal_is_its_owners_alone_in_a_directory_open_to_all(tmp_path):
    tmp_path.chmod(0o755)
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.append(batch(1, note("a")))
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == dict.fromkeys(
        ("journal.db", "journal.db-wal", "journal.db-shm"), 0o600
    )
    journal.close()


def test_a_copy_is_its_owners_alone(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.append(batch(1, note("a")))
    journal.backup(tmp_path / "copy.db")
    journal.close()
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_journal_goes_on_where_it_ended(path):
    journal = SqliteJournal(path)
    journal.append(batch(8, note("h"), at=4))
    assert [each.stamp.seq for each in journal.read()] == list(range(1, 9))
    assert journal.verify().ok
    journal.close()


def test_rows_are_plain_text_for_other_programs(path):
    shown = subprocess.run(
        ["sqlite3", path, "select seq, type, subject, json_extract(body, '$.text') from event where seq = 4"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == "4|NoteAdded|INC-1|d\n"


@pytest.mark.parametrize("change", [
    "at = at + 1", "type = 'NoteAddee'", "version = version + 2", "room = 'incidentr'", "subject = 'INC-0'",
    "actor = 'user:anm'", "cause = 1", "correlation = 'b'", "body = replace(body, 'd', 'e')",
])  # fmt: skip
def test_changed_column_is_found_and_named(path, change):
    edit(path, f"update event set {change} where seq = 4")
    verdict = verified(path)
    assert (verdict.ok, verdict.broken_seq) == (False, 4)
    assert "4" in verdict.why


@pytest.mark.parametrize(("statement", "seq"), [
    ("delete from event where seq = 4", 4),
    ("delete from event where seq = 7", 7),
    ("delete from event", 1),
    ("update event set seq = 40 where seq = 4", 4),
    ("insert into event select 8, at, type, version, room, subject, actor, cause, correlation, body from event"
     " where seq = 1", 8),
    ("insert into event select 0, at, type, version, room, subject, actor, cause, correlation, body from event"
     " where seq = 1", 0),
    ("delete from batch where number = 2", 3),
    ("delete from batch where number = 3", 6),
    ("update batch set at = 9 where number = 2", 3),
    ("update batch set seq_last = 6 where number = 2", 6),
    ("update batch set hash = zeroblob(32) where number = 2", 3),
    ("update batch set sums = zeroblob(12) where number = 2", 3),
    ("update batch set answers = x'00' where number = 1", 1),
    ("update answer set outcome = '{}'", 1),
    ("delete from answer", 1),
    ("insert into answer values (2, 'z', 2, '{}')", 3),
])  # fmt: skip
def test_missing_extra_or_changed_row_is_found_and_named(path, statement, seq):
    edit(path, statement)
    verdict = verified(path)
    assert (verdict.ok, verdict.broken_seq) == (False, seq), verdict.why


def test_every_flipped_bit_of_the_events_is_found(path):
    content = path.read_bytes()
    start = content.index(b'{"incident":"INC-1","by":"user:ann","text":"d"}')
    for place in range(start - 60, start + 47):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert not verified(path).ok, f"byte {place - start}"


def test_a_later_fault_does_not_hide_behind_a_large_group(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "VERIFY_ROWS", 4)
    journal = SqliteJournal(tmp_path / "j.db")
    for seq in range(1, 30):
        journal.append(batch(seq, note(str(seq))))
    journal.close()
    assert verified(tmp_path / "j.db").ok
    edit(tmp_path / "j.db", "update event set actor = 'user:eve' where seq = 23")
    assert verified(tmp_path / "j.db").broken_seq == 23


def test_many_pages_are_read_as_one_stream(path, monkeypatch):
    monkeypatch.setattr(sqlite, "PAGE_ROWS", 2)
    reader = SqliteReader(path)
    assert [each.stamp.seq for each in reader.read()] == [1, 2, 3, 4, 5, 6, 7]
    assert [each.stamp.seq for each in reader.read(1, 5)] == [2, 3, 4, 5, 6]
    assert [each.stamp.seq for each in reader.by_type("NoteAdded", 2)] == [3, 4, 5, 6, 7]
    assert [each.stamp.seq for each in reader.by_subject("INC-1", 1, 3)] == [2, 3, 4]
    reader.close()


def test_reading_over_a_missing_event_is_refused(path):
    edit(path, "delete from event where seq = 4")
    reader = SqliteReader(path)
    with pytest.raises(JournalCorrupt, match="event 4 is missing"):
        list(reader.read())
    reader.close()


def test_body_that_is_no_json_is_refused(path):
    edit(path, "update event set body = '{' where seq = 4")
    reader = SqliteReader(path)
    with pytest.raises(JournalCorrupt, match="event 4"):
        list(reader.read())
    reader.close()


def test_event_of_a_newer_release_is_refused(path):
    edit(path, "update event set version = 9 where seq = 4")
    reader = SqliteReader(path)
    with pytest.raises(JournalNewer, match="install a newer Tocsin"):
        list(reader.read())
    reader.close()


@pytest.mark.parametrize("door", [SqliteJournal, SqliteReader])
def test_newer_schema_is_refused_with_words(path, door):
    edit(path, f"pragma user_version = {tables.SCHEMA + 1}")
    with pytest.raises(JournalNewer, match="install the newer Tocsin"):
        door(path)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text").write_text("no journal, " * 100)
    with pytest.raises(JournalCorrupt):
        SqliteJournal(tmp_path / "text")
    edit(tmp_path / "other.db", "create table song (title)")
    with pytest.raises(JournalCorrupt, match="not a journal"):
        SqliteJournal(tmp_path / "other.db")
    with pytest.raises(JournalError):
        SqliteReader(tmp_path / "missing.db")


def test_a_second_writer_stops_instead_of_forking_the_chain(path):
    first, second = SqliteJournal(path), SqliteJournal(path)
    first.append(batch(8, note("h")))
    with pytest.raises(JournalCorrupt):
        second.append(batch(8, note("i")))
    assert first.verify().ok
    second.close()
    first.close()


def test_old_answers_are_dropped_and_the_rest_is_still_verified(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    late = protocol.ANSWERS_KEPT_MS + 5
    for seq, at in ((1, 1), (2, 2), (3, late)):
        journal.append(batch(seq, note("a"), at=at, answers=((f"k{seq}", Moment(at), b"{}"),)))
    assert journal.answers_since(Moment(0)) == [("k3", b"{}")]
    assert journal.verify().ok
    journal.close()
    edit(tmp_path / "journal.db", "update answer set outcome = '[]'")
    assert verified(tmp_path / "journal.db").broken_seq == 3


def test_backup_while_appending_is_whole(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    journal.append(batch(1, note("a")))
    stop = threading.Event()

    def append_until_stopped():
        while not stop.is_set():
            seq = journal.last_seq() + 1
            journal.append(batch(seq, *(note(str(n)) for n in range(20)), at=seq))

    writer = threading.Thread(target=append_until_stopped)
    writer.start()
    try:
        for n in range(5):
            journal.backup(tmp_path / f"copy{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        verdict = verified(tmp_path / f"copy{n}.db")
        assert verdict.ok
        assert verdict.seq % 20 == 1
    assert journal.verify().ok
    journal.close()


class FullDisk(apsw.VFS):
    """A disk that has no room for new bytes while `is_full`."""

    def __init__(self):
        self.is_full = False
        super().__init__("full", "")

    def xOpen(self, name, flags):
        return FullFile(self, name, flags)


class FullFile(apsw.VFSFile):
    """A file on that disk."""

    def __init__(self, disk, name, flags):
        self.disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data, offset):
        if self.disk.is_full:
            raise apsw.FullError("no space left")
        super().xWrite(data, offset)


def test_full_disk_keeps_nothing_of_the_batch(tmp_path):
    disk = FullDisk()
    journal = SqliteJournal(tmp_path / "journal.db", vfs="full", exclusive=True)
    journal.append(batch(1, note("a")))
    disk.is_full = True
    with pytest.raises(JournalFull, match="free some space"):
        journal.append(batch(2, note("b"), note("c" * 100_000)))
    disk.is_full = False
    assert [each.stamp.seq for each in journal.read()] == [1]
    journal.append(batch(2, note("b")))
    assert journal.verify().seq == 2
    journal.close()
    disk.unregister()
