"""The tables of the SQLite journal, the statements on them, and their check against the chain.

Law: SCHEMA grows with every change of these tables; a newer file is refused, before anything in it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import apsw

from tocsin.shell.journal import chain
from tocsin.shell.journal.chain import Link
from tocsin.shell.journal.protocol import Batch, JournalCorrupt, JournalNewer, Row, Verdict

SCHEMA = 1
APPLICATION_ID = 0x546F6373
"""`Tocs`: how `file` and this module know a journal."""
CACHE_KIB = 4_096
"""Appending touches the ends of the indexes only; more is no faster, and counts as memory of the process."""
VERIFY_ROWS = 5_000
"""Events checked at a time."""

_CREATE = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, room TEXT NOT NULL,
  subject TEXT NOT NULL, actor TEXT NOT NULL, cause INTEGER NOT NULL, correlation TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE batch (
  number INTEGER PRIMARY KEY, seq_first INTEGER NOT NULL, seq_last INTEGER NOT NULL, at INTEGER NOT NULL,
  answers BLOB NOT NULL, sums BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE answer (
  batch INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (batch, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subject ON event (subject);
CREATE INDEX event_type ON event (type, at);
CREATE INDEX event_cause ON event (cause) WHERE cause > 0;
"""

_COLUMNS = "seq, at, type, version, room, subject, actor, cause, correlation, CAST(body AS BLOB)"
ROWS = f"SELECT {_COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
BY_SUBJECT = f"SELECT {_COLUMNS} FROM event WHERE subject = ? AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
LATEST = f"SELECT {_COLUMNS} FROM event WHERE subject = ? ORDER BY seq DESC LIMIT ?"  # noqa: S608
BY_TYPE = (
    f"SELECT {_COLUMNS} FROM event INDEXED BY event_type "  # noqa: S608
    "WHERE type = ?1 AND at >= ?2 AND (at, seq) > (?2, ?3) AND at < ?4 ORDER BY at, seq LIMIT ?5"
)
BY_CAUSE = f"SELECT {_COLUMNS} FROM event WHERE cause = ? AND cause > 0 AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
HEAD = "SELECT number, seq_last, hash FROM batch ORDER BY number DESC LIMIT 1"
LAST_AT = "SELECT at FROM batch ORDER BY number DESC LIMIT 1"
MARK = "SELECT number, seq_last, hash FROM batch WHERE number = ?"
ANSWERS_SINCE = """
SELECT id, CAST(outcome AS BLOB) FROM answer
WHERE batch > coalesce((SELECT number FROM batch WHERE at < ?1 ORDER BY number DESC LIMIT 1), 0) AND at >= ?1
ORDER BY batch, id
"""
_INSERT_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT))"
_INSERT_BATCH = "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_ANSWER = "INSERT INTO answer VALUES (?, ?, ?, CAST(? AS TEXT))"
_LINKS = (
    "SELECT number, seq_first, seq_last, at, answers, sums, hash FROM batch WHERE number > ? ORDER BY number LIMIT 1000"
)
_EVENTS = f"SELECT {_COLUMNS}, typeof(body) FROM event WHERE seq > ? AND seq <= ? ORDER BY seq"  # noqa: S608
_ANSWERS = "SELECT id, at, CAST(outcome AS BLOB) FROM answer WHERE batch = ? ORDER BY id"
_LAST_BEFORE = "SELECT number FROM batch WHERE at < ? ORDER BY number DESC LIMIT 1"
_ANSWERS_FROM = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'answers_from'"
_STRAY = """
SELECT (SELECT min(seq) FROM event WHERE seq < 1 OR seq > (SELECT coalesce(max(seq_last), 0) FROM batch)),
       (SELECT coalesce(max(number), 0) FROM batch)
"""

Ask = Callable[..., list[Any]]
"""Runs a statement with bindings and returns all rows."""


def check(db: apsw.Connection, path: str) -> int:
    """The schema's version, 0 for an empty file. Raises JournalCorrupt, JournalNewer."""
    version, kind = int(db.pragma("user_version")), int(db.pragma("application_id"))
    if kind not in {0, APPLICATION_ID} or (kind == 0 and db.execute("SELECT 1 FROM sqlite_schema").fetchall()):
        raise JournalCorrupt(f"{path} is not a journal of Tocsin; choose another file")
    if version > SCHEMA:
        raise JournalNewer(
            f"the journal {path} has schema {version}, this release reads up to {SCHEMA}: install the newer Tocsin "
            "that wrote it, or restore a backup made by this release"
        )
    return version


def prepare(db: apsw.Connection, path: str, exclusive: bool, checkpoint_pages: int, release: str) -> None:
    """Set the connection up for writing and create what is missing."""
    if exclusive:
        db.pragma("locking_mode", "exclusive")
    version = check(db, path)
    mode = db.pragma("journal_mode", "wal")
    assert mode == "wal", f"the file system of {path} cannot keep a write-ahead log (journal_mode is {mode})"
    db.pragma("synchronous", "full")
    db.pragma("cache_size", -CACHE_KIB)
    db.wal_autocheckpoint(checkpoint_pages)
    if version == 0:
        with db:
            db.execute(_CREATE)
            db.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [("schema", str(SCHEMA)), ("codec", "json"), ("hash", "blake2b-256"), ("created_by", release)],
            )
            db.pragma("application_id", APPLICATION_ID)
            db.pragma("user_version", SCHEMA)


def insert(db: apsw.Connection, link: Link, batch: Batch) -> None:
    """Add the rows of a batch, in the transaction under way."""
    db.executemany(_INSERT_EVENT, batch.records)
    db.execute(_INSERT_BATCH, (link.number, link.seq_first, link.seq_last, link.at, link.answers, link.sums, link.hash))
    if batch.answers:
        db.executemany(_INSERT_ANSWER, [(link.number, *answer) for answer in batch.answers])


def prune_answers(db: apsw.Connection, before: int) -> None:
    """Drop the answers of batches before this instant, and remember from which batch on they are complete."""
    found: list[Any] = db.execute(_LAST_BEFORE, (before,)).fetchall()
    if found:
        db.execute("DELETE FROM answer WHERE batch <= ?", found[0])
        db.execute("INSERT OR REPLACE INTO meta VALUES ('answers_from', ?)", (str(found[0][0] + 1),))


def verify(ask: Ask) -> Verdict:
    """Compare every row with the chain; then let SQLite compare its indexes with the rows."""
    last = chain.BEFORE
    try:
        while True:
            for links in _groups(ask, last.number):
                last, wrong = _check_group(ask, last, links)
                if wrong is not None:
                    return _bad(last, *wrong)
            stray, number = ask(_STRAY)[0]
            if number == last.number:
                break
        if stray is not None:
            return _bad(last, stray, f"event {stray} belongs to no batch")
        (complaint,) = ask("PRAGMA integrity_check(1)")[0]
    except JournalCorrupt as fault:
        return _bad(last, last.seq_last + 1, str(fault))
    if complaint != "ok":
        return _bad(last, last.seq_last, f"the file is damaged outside the events: {complaint}")
    return Verdict(True, 0, "", last.seq_last, last.head())


def _groups(ask: Ask, after: int) -> Iterator[list[Link]]:
    """Links after a batch, some at a time: about VERIFY_ROWS events."""
    group: list[Link] = []
    while page := ask(_LINKS, (after,)):
        for row in page:
            if [type(value) for value in row] != [int, int, int, int, bytes, bytes, bytes]:
                raise JournalCorrupt(f"the row of batch {row[0]} was changed")
            group.append(Link(*row))
            if group[-1].seq_last - group[0].seq_first >= VERIFY_ROWS:
                yield group
                group = []
        after = page[-1][0]
    if group:
        yield group


def _check_group(ask: Ask, last: Link, links: list[Link]) -> tuple[Link, tuple[int, str] | None]:
    """The last good link, and the first difference after it."""
    start = last.seq_last
    answers_from = (ask(_ANSWERS_FROM) or [(1,)])[0][0]
    rows, unreadable = _rows(ask, start, max(link.seq_last for link in links))
    for link in links:
        digest = None
        if link.number >= answers_from:
            digest = chain.answers_digest(ask(_ANSWERS, (link.number,)))
        own = rows[last.seq_last - start : max(link.seq_last - start, 0)]
        wrong = chain.difference(link, last, own, digest)
        if wrong is not None and unreadable and wrong[0] == start + len(rows) + 1:
            wrong = wrong[0], f"event {wrong[0]} cannot be read: {unreadable}"
        if wrong is not None:
            return last, wrong
        last = link
    return last, None


def _rows(ask: Ask, after: int, up_to: int) -> tuple[list[Row], str]:
    """The rows of a stretch up to the first one that cannot be read, and why it cannot."""
    try:
        return [_strict(row) for row in ask(_EVENTS, (after, up_to))], ""
    except JournalCorrupt:
        rows: list[Row] = []
        for seq in range(after + 1, up_to + 1):
            try:
                rows += [_strict(row) for row in ask(_EVENTS, (seq - 1, seq))]
            except JournalCorrupt as fault:
                return rows, str(fault)
        return rows, ""


def _strict(row: Any) -> Row:
    """The row without its last column, the type of the body; a body that is no text counts as changed."""
    return row[:10] if row[10] == "text" else (*row[:9], b"")


def _bad(last: Link, seq: int, why: str) -> Verdict:
    return Verdict(False, seq, why, last.seq_last, last.head())
