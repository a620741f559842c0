"""The default journal: one SQLite file, in WAL mode, `synchronous=FULL`, one row an event, one row a batch.

Law: one writer appends, in the journal's thread; readers have a connection of their own and see whole batches.
`sqlite3 journal.db "select * from event"` shows everything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import msgspec

import tocsin
from tocsin.core.world import codec as world_codec
from tocsin.kernel.codec import Codec, UnknownEvent
from tocsin.kernel.message import Moment, Stamp
from tocsin.shell.journal import chain, tables
from tocsin.shell.journal.copying import copy_database
from tocsin.shell.journal.protocol import (
    ANSWERS_KEPT_MS,
    Batch,
    Head,
    JournalCorrupt,
    JournalError,
    JournalFull,
    JournalNewer,
    Recorded,
    Row,
    Verdict,
)

PAGE_ROWS = 250
"""Rows read at a time, each of which may tell of a thousand alerts. A reader never holds the file's older state for
long, so that checkpoints get through."""
CHECKPOINT_PAGES = 4_000
"""16 MB of WAL between checkpoints: measured fastest with the indexes; a checkpoint takes about 25 ms."""
PRUNE_EVERY_MS = 3_600_000
BUSY_TIMEOUT_MS = 10_000
"""How long a reader waits for the rare moments in which SQLite locks the whole file."""


class SqliteReader:
    """Reads a journal. Every method may be called from any thread."""

    def __init__(self, path: str | Path, codec: Codec | None = None, vfs: str = "") -> None:
        with _worded(f"the journal {path}"):
            db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=vfs or None)
            db.set_busy_timeout(BUSY_TIMEOUT_MS)
            if not tables.check(db, str(path)):
                raise JournalCorrupt(f"{path} is empty; choose another file")
        self._begin(str(path), db, codec, vfs)

    def _begin(self, path: str, db: apsw.Connection, codec: Codec | None, vfs: str) -> None:
        self.path = path
        self.vfs = vfs
        self.codec = codec or world_codec()
        self._db = db
        self._lock = threading.Lock()

    def last_seq(self) -> int:
        """The sequence of the last event, 0 when there is none."""
        return self.head().seq

    def last_at(self) -> Moment:
        """When the last batch was decided, 0 when there is none."""
        rows = self._all(tables.LAST_AT)
        return Moment(rows[0][0] if rows else 0)

    def head(self) -> Head:
        """The last batch; batch 0 before the first."""
        rows = self._all(tables.HEAD)
        return Head(*rows[0]) if rows else Head(0, 0, chain.GENESIS)

    def mark(self, batch: int) -> Head | None:
        """The batch of this number, None when there is none."""
        rows = self._all(tables.MARK, (batch,))
        return Head(*rows[0]) if rows else None

    def rows(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stored rows after this sequence, in order."""
        while page := self._all(tables.ROWS, (after_seq, _page(limit))):
            yield from page
            after_seq = page[-1][0]
            if limit is not None and (limit := limit - len(page)) <= 0:
                return

    def read(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """Events after this sequence, in order. Raises JournalCorrupt where one is missing or unreadable."""
        for row in self.rows(after_seq, limit):
            if row[0] != after_seq + 1:
                raise JournalCorrupt(f"event {after_seq + 1} is missing in {self.path}: restore a backup")
            after_seq = row[0]
            yield recorded(self.codec, row)

    def event(self, seq: int) -> Recorded | None:
        """The event of this sequence, None when there is none."""
        rows = self._all(tables.ROWS, (seq - 1, 1))
        return recorded(self.codec, rows[0]) if rows and rows[0][0] == seq else None

    def by_subject(self, subject: str, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """The events of one record, in order."""
        while page := self._all(tables.BY_SUBJECT, (subject, after_seq, _page(limit))):
            yield from (recorded(self.codec, row) for row in page)
            after_seq = page[-1][0]
            if limit is not None and (limit := limit - len(page)) <= 0:
                return

    def latest(self, subject: str, limit: int) -> list[Recorded]:
        """The last events of one record, in order."""
        return [recorded(self.codec, row) for row in reversed(self._all(tables.LATEST, (subject, limit)))]

    def by_type(
        self, name: str, start_at: int = 0, end_at: int | None = None, limit: int | None = None
    ) -> Iterator[Recorded]:
        """The events of one class from `start_at` until before `end_at`, in the order of time."""
        end_at = 1 << 62 if end_at is None else end_at
        at, seq = start_at, 0
        while page := self._all(tables.BY_TYPE, (name, at, seq, end_at, _page(limit))):
            yield from (recorded(self.codec, row) for row in page)
            seq, at = page[-1][:2]
            if limit is not None and (limit := limit - len(page)) <= 0:
                return

    def by_cause(self, seq: int) -> Iterator[Recorded]:
        """The events this event caused, directly, in order."""
        after_seq = 0
        while page := self._all(tables.BY_CAUSE, (seq, after_seq, PAGE_ROWS)):
            yield from (recorded(self.codec, row) for row in page)
            after_seq = page[-1][0]

    def answers_since(self, at: Moment) -> list[tuple[str, bytes]]:
        """Ids and outcomes of the answers given at or after this instant, oldest first."""
        return self._all(tables.ANSWERS_SINCE, (at,))

    def verify(self) -> Verdict:
        """Read everything and compare it with the chain."""
        with self._spare() as spare:
            return tables.verify(spare._all)

    def backup(self, path: Path) -> None:
        """Write a whole copy to a new file; appending may go on. Raises JournalExists, JournalFull."""
        with self._spare() as spare, spare._lock, _worded(f"the copy {path}"):
            copy_database(spare._db, path)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _spare(self) -> Iterator[SqliteReader]:
        """A reader for long work, so that short questions need not wait for it."""
        spare = SqliteReader(self.path, self.codec, self.vfs)
        try:
            yield spare
        finally:
            spare.close()

    def _all(self, query: str, bindings: tuple[Any, ...] = ()) -> list[Any]:
        with self._lock, _worded(f"the journal {self.path}"):
            return self._db.execute(query, bindings).fetchall()


class SqliteJournal(SqliteReader):
    """The one writer. A simulator passes the name of its own `vfs`; `exclusive` needs no shared memory, but lets
    nobody else open the file, and reads wait for writes."""

    def __init__(self, path: str | Path, codec: Codec | None = None, *, vfs: str = "", exclusive: bool = False) -> None:
        if not vfs:
            _make_private(path)
        with _worded(f"the journal {path}"):
            self._writer = apsw.Connection(str(path), vfs=vfs or None)
            self._writer.set_busy_timeout(BUSY_TIMEOUT_MS)
            tables.prepare(self._writer, str(path), exclusive, CHECKPOINT_PAGES, tocsin.__version__)
        if exclusive:
            self._begin(str(path), self._writer, codec, vfs)
        else:
            super().__init__(path, codec, vfs)
        self._is_exclusive = exclusive
        self._writing = self._lock if exclusive else threading.Lock()
        self._head = self.head()
        self._pruned_at = 0

    def last_seq(self) -> int:
        """The sequence of the last event, 0 when there is none."""
        return self._head.seq

    def append(self, batch: Batch) -> None:
        """Keep the batch; durable on return. Raises JournalFull, JournalCorrupt, JournalError."""
        before = self._head
        assert batch.first_seq == before.seq + 1, f"batch begins at {batch.first_seq}, expected {before.seq + 1}"
        assert not batch.records or batch.records[-1][0] == before.seq + len(batch.records), "sequences have a gap"
        link = chain.link(before.hash, before.batch + 1, batch.at, batch.first_seq, batch.records, batch.answers)
        with self._writing, _worded(f"the journal {self.path}"), _transaction(self._writer):
            tables.insert(self._writer, link, batch)
            if batch.answers and batch.at >= self._pruned_at + PRUNE_EVERY_MS:
                tables.prune_answers(self._writer, batch.at - ANSWERS_KEPT_MS)
                self._pruned_at = batch.at
        self._head = Head(link.number, link.seq_last, link.hash)

    @contextmanager
    def _spare(self) -> Iterator[SqliteReader]:
        if self._is_exclusive:
            yield self
            return
        with super()._spare() as spare:
            yield spare

    def close(self) -> None:
        """Let go of the file, after what is in the WAL was brought home."""
        super().close()
        self._writer.close()


def _make_private(path: str | Path) -> None:
    """A new journal is its owner's alone, and so is all SQLite puts beside it: it holds addresses and the hashes of
    passwords, and its directory may be older than we are, and open to others. What fails here, SQLite says better."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@contextmanager
def _transaction(db: apsw.Connection) -> Iterator[None]:
    """All or nothing. SQLite itself has rolled back already after some errors, such as a full disk."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def recorded(codec: Codec, row: Row) -> Recorded:
    """The event of a stored row. Raises JournalCorrupt, JournalNewer."""
    seq, at, name, version, _room, _subject, actor, cause, correlation, body = row
    try:
        event = codec.decode(name, version, body)
    except UnknownEvent as fault:
        raise JournalNewer(f"event {seq}: {fault}") from fault
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise JournalCorrupt(f"event {seq} ({name} v{version}) cannot be read: {fault}; restore a backup") from fault
    return Recorded(Stamp(seq, Moment(at), actor, cause, correlation), event)


def _page(limit: int | None) -> int:
    return PAGE_ROWS if limit is None else min(limit, PAGE_ROWS)


class _worded:  # noqa: N801 - used like a function
    """SQLite's errors in the journal's words."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        match fault:
            case apsw.FullError():
                raise JournalFull(f"{self.what}: the disk is full; free some space and start again") from fault
            case apsw.CorruptError() | apsw.NotADBError() | apsw.ConstraintError() | UnicodeDecodeError():
                raise JournalCorrupt(f"{self.what} is damaged ({fault}); restore a backup") from fault
            case apsw.Error():
                raise JournalError(f"{self.what}: {fault}") from fault
