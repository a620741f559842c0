"""Files that are there whole or not at all: written under another name, made durable, then renamed.

Law: a name that exists is never overwritten by a copy; what could not be finished is removed again, because a full
disk must not stay full of it; a crash leaves at most a `.part` file, which nobody reads. All of it is its owner's
alone: it holds addresses and the hashes of passwords.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from tocsin.shell.journal.protocol import JournalExists


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """A new empty file that gets this name when it was written to its end, and is removed when it was not."""
    part = path.with_name(path.name + ".part")
    _remove(part)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield part
        _sync(part)
        part.replace(path)
        _sync(path.parent)
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    """The file and what SQLite keeps beside it while it writes."""
    for name in (part.name, f"{part.name}-journal"):
        part.with_name(name).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Make a file's bytes, or a directory's names, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_existing(path: Path) -> None:
    """Raises JournalExists when the place is taken."""
    if path.exists():
        raise JournalExists(f"{path} exists; a copy never overwrites, choose another name or move it away")


def copy_database(source: apsw.Connection, path: Path) -> None:
    """A whole copy of a database as of now, in one read transaction."""
    refuse_existing(path)
    with part_of(path) as part:
        target = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            with target.backup("main", source, "main") as copying:
                copying.step(-1)
            target.pragma("journal_mode", "delete")
        finally:
            target.close()
