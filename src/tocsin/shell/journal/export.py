"""Copies out of a journal and back in: JSON lines for other programs, whole files for the day after the disk died.

Law: a restored journal was verified first, and nothing that exists is overwritten.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import IO

import msgspec

from tocsin.shell.journal.copying import refuse_existing
from tocsin.shell.journal.protocol import JournalCorrupt, Readable, Row, Verdict
from tocsin.shell.journal.sqlite import SqliteReader

_FIELDS = ("seq", "at", "type", "version", "room", "subject", "actor", "cause", "correlation")


def export(journal: Readable, out: IO[bytes], after_seq: int = 0) -> int:
    """Write events after this sequence as JSON lines, bodies as they are stored; returns how many. Raises
    JournalCorrupt where one is missing."""
    last = after_seq
    for row in journal.rows(after_seq):
        if row[0] != last + 1:
            raise JournalCorrupt(f"event {last + 1} is missing: restore a backup")
        out.write(line(row) + b"\n")
        last = row[0]
    out.flush()  # before anybody says that it is done
    return last - after_seq


def line(row: Row) -> bytes:
    """An event as one JSON object, its body inside."""
    named = dict(zip(_FIELDS, row, strict=False))
    return msgspec.json.encode({**named, "body": msgspec.Raw(row[-1])})


def restore(backup: Path, journal: Path) -> Verdict:
    """Make a verified copy of a backup the journal of a data directory that has none. Raises JournalExists,
    JournalCorrupt, JournalNewer."""
    for name in (journal.name, f"{journal.name}-wal", f"{journal.name}-journal"):
        # SQLite would play what is orphaned into the new file.
        refuse_existing(journal.with_name(name))
    with closing(SqliteReader(backup)) as reader:
        verdict = reader.verify()
        if not verdict.ok:
            raise JournalCorrupt(
                f"{backup} is not restored: {verdict.why} (event {verdict.broken_seq}); take another backup"
            )
        journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        reader.backup(journal)
    return verdict
