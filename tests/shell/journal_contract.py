"""What every journal promises. A test module for one journal subclasses `JournalContract` and gives `journal`."""

from __future__ import annotations

import pytest

from tocsin.core.incidents.events import IncidentAcknowledged, NoteAdded
from tocsin.core.world import codec
from tocsin.kernel.message import Event, Moment, Stamp
from tocsin.shell.journal.protocol import Batch, Journal, JournalExists, Recorded, Row, Stored
from tocsin.shell.journal.sqlite import SqliteJournal

CODEC = codec()


def note(text: str, incident: str = "INC-1") -> NoteAdded:
    """An event about an incident."""
    return NoteAdded(incident=incident, by="user:ann", text=text)


def row(seq: int, event: Event, at: int = 0, actor: str = "user:ann", cause: int = 0, correlation: str = "c") -> Row:
    """The event as the engine stores it."""
    name, version = type(event).__name__, event.version
    return (seq, at, name, version, event.room, event.subject(), actor, cause, correlation, CODEC.encode(event))


def batch(first_seq: int, *events: Event, at: int = 0, answers: tuple[Stored, ...] = ()) -> Batch:
    """Events of one commit."""
    return Batch(first_seq, Moment(at), [row(seq, event, at) for seq, event in enumerate(events, first_seq)], answers)


def record(seq: int, event: Event, at: int = 0, cause: int = 0, correlation: str = "c") -> Recorded:
    """The event as a reader gets it back."""
    return Recorded(Stamp(seq, Moment(at), "user:ann", cause, correlation), event)


class JournalContract:
    """The contract suite."""

    @pytest.fixture
    def journal(self) -> Journal:
        """An empty journal."""
        raise NotImplementedError

    def test_empty_journal_has_no_events(self, journal):
        assert (journal.last_seq(), journal.last_at(), journal.head().batch) == (0, 0, 0)
        assert list(journal.read()) == []
        assert journal.event(1) is None
        assert journal.verify().ok

    def test_what_was_appended_is_read_back_in_order(self, journal):
        journal.append(batch(1, note("a"), note("b"), at=5))
        journal.append(batch(3, note("c"), at=6))
        assert list(journal.read()) == [record(1, note("a"), 5), record(2, note("b"), 5), record(3, note("c"), 6)]
        assert (journal.last_seq(), journal.last_at()) == (3, 6)

    def test_reading_begins_after_a_sequence_and_ends_at_a_limit(self, journal):
        journal.append(batch(1, *(note(str(n)) for n in range(1, 8))))
        assert [each.stamp.seq for each in journal.read(2, 3)] == [3, 4, 5]
        assert [each.stamp.seq for each in journal.read(5)] == [6, 7]

    def test_a_batch_that_leaves_a_gap_is_a_defect(self, journal):
        with pytest.raises(AssertionError):
            journal.append(batch(2, note("a")))
        assert journal.last_seq() == 0

    def test_rows_keep_body_bytes_and_version(self, journal):
        given = row(1, note("日本 \u0000 ü"), at=7)
        journal.append(Batch(1, Moment(7), [given]))
        assert list(journal.rows()) == [given]

    def test_events_are_found_by_subject(self, journal):
        journal.append(batch(1, note("a"), note("b", "INC-2"), note("c")))
        assert list(journal.by_subject("INC-1")) == [record(1, note("a")), record(3, note("c"))]
        assert list(journal.by_subject("INC-1", after_seq=1)) == [record(3, note("c"))]
        assert journal.latest("INC-1", 1) == [record(3, note("c"))]
        assert journal.latest("INC-1", 9) == [record(1, note("a")), record(3, note("c"))]
        assert list(journal.by_subject("INC-1", limit=1)) == [record(1, note("a"))]
        assert list(journal.by_subject("INC-9")) == []

    def test_events_are_found_by_type_and_time(self, journal):
        taken = IncidentAcknowledged(incident="INC-1", by="user:ann")
        for seq, at in ((1, 10), (3, 20), (5, 30)):
            journal.append(batch(seq, note("x"), taken, at=at))
        assert [each.stamp.seq for each in journal.by_type("IncidentAcknowledged")] == [2, 4, 6]
        assert [each.stamp.seq for each in journal.by_type("IncidentAcknowledged", 20, 30)] == [4]
        assert [each.stamp.seq for each in journal.by_type("NoteAdded", 20)] == [3, 5]

    def test_events_are_found_by_cause(self, journal):
        rows = [row(1, note("a")), row(2, note("b"), cause=1), row(3, note("c"), cause=1)]
        journal.append(Batch(1, Moment(0), rows))
        assert [each.stamp.seq for each in journal.by_cause(1)] == [2, 3]
        assert list(journal.by_cause(0)) == []

    def test_answers_are_kept_with_or_without_events(self, journal):
        journal.append(batch(1, note("a"), at=10, answers=(("k1", Moment(10), b'{"answer":"1"}'),)))
        journal.append(batch(2, at=20, answers=(("k3", Moment(20), b"{}"), ("k2", Moment(20), b"{}"))))
        assert journal.answers_since(Moment(0)) == [("k1", b'{"answer":"1"}'), ("k2", b"{}"), ("k3", b"{}")]
        assert journal.answers_since(Moment(11)) == [("k2", b"{}"), ("k3", b"{}")]
        assert journal.last_seq() == 1
        assert journal.verify().ok

    def test_each_batch_has_a_mark_that_depends_on_all_before(self, journal):
        journal.append(batch(1, note("a")))
        journal.append(batch(2, note("b")))
        first, second = journal.mark(1), journal.mark(2)
        assert second == journal.head()
        assert (first.seq, second.seq) == (1, 2)
        assert first.hash != second.hash
        assert journal.mark(3) is None

    def test_a_whole_journal_is_verified(self, journal):
        for seq in range(1, 20):
            journal.append(batch(seq, note(str(seq))))
        verdict = journal.verify()
        assert (verdict.ok, verdict.broken_seq, verdict.seq) == (True, 0, 19)
        assert verdict.head == journal.head().hash.hex()

    def test_a_backup_is_a_whole_journal_and_overwrites_nothing(self, journal, tmp_path):
        journal.append(batch(1, note("a"), answers=(("k", Moment(0), b"{}"),)))
        journal.backup(tmp_path / "copy.db")
        with pytest.raises(JournalExists):
            journal.backup(tmp_path / "copy.db")
        copy = SqliteJournal(tmp_path / "copy.db")
        assert copy.head() == journal.head()
        assert list(copy.rows()) == list(journal.rows())
        copy.append(batch(2, note("b")))
        assert copy.verify().ok
        copy.close()
