"""Files that are there whole or not at all: written under another name, made durable, then renamed.

Law: a name that exists is never overwritten by a copy; a crash leaves at most a `.part` file, which nobody reads.
"""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from tocsin.shell.journal.protocol import JournalExists


def part_of(path: Path) -> Path:
    """The name a file has until it is whole; whatever an earlier crash left there is removed."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    return part


def settle(part: Path, path: Path) -> None:
    """Make the written file durable and give it its name."""
    sync(part)
    part.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
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
    part = part_of(path)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))  # whoever reads it has everybody's hashes
    target = apsw.Connection(str(part), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        with target.backup("main", source, "main") as copying:
            copying.step(-1)
        target.pragma("journal_mode", "delete")
    finally:
        target.close()
    settle(part, path)
