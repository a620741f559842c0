"""How the installation is: its files, its commits, its clock. What the page of system health shows.

Law: everything is looked at when asked; nothing here is remembered but when the process started.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tocsin.kernel.message import Moment
from tocsin.shell.journal.snapshot import found


class Snapshot(msgspec.Struct, frozen=True):
    """The newest snapshot: up to which sequence, written when."""

    seq: int
    at: Moment


class Room(msgspec.Struct, frozen=True):
    """Bytes on the disk the journal is on."""

    free: int
    total: int


class Commits(msgspec.Struct, frozen=True):
    """How long the last durable appends took, in milliseconds; zeros when there was none."""

    last_ms: float
    p50_ms: float
    p99_ms: float


class Vitals:
    """What can be asked about the process and its files. Without a journal file it lives in memory."""

    def __init__(
        self,
        started_at: int = 0,
        journal: Path | None = None,
        snapshots: Path | None = None,
        clock_behind_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        self.started_at = started_at
        self.clock_behind_ms = clock_behind_ms
        self._journal = journal
        self._snapshots = snapshots

    @property
    def backups(self) -> Path | None:
        """Where backups are kept, None for a journal in memory."""
        return None if self._journal is None else self._journal.with_name("backups")

    @property
    def exports(self) -> Path | None:
        """Where exported files are kept for a while, None for a journal in memory."""
        return None if self._journal is None else self._journal.with_name("exports")

    def journal_bytes(self) -> int:
        """The size of the journal and of what is not merged into it yet. Blocking."""
        if self._journal is None:
            return 0
        files = (self._journal, self._journal.with_name(self._journal.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def snapshot(self) -> Snapshot | None:
        """The newest snapshot, None when there is none. Blocking."""
        paths = found(self._snapshots) if self._snapshots is not None and self._snapshots.exists() else []
        if not paths:
            return None
        return Snapshot(int(paths[0].name.rpartition("-")[2]), Moment(int(paths[0].stat().st_mtime * 1000)))

    def room(self) -> Room | None:
        """What is free on the journal's disk, None for a journal in memory. Blocking."""
        if self._journal is None:
            return None
        usage = shutil.disk_usage(self._journal.parent)
        return Room(usage.free, usage.total)


def commits(seconds: Sequence[float]) -> Commits:
    """The figures of these appends, the last one last."""
    if not seconds:
        return Commits(0.0, 0.0, 0.0)
    ordered = sorted(seconds)
    at = len(ordered) - 1
    return Commits(*(round(one * 1000, 3) for one in (seconds[-1], ordered[at // 2], ordered[at * 99 // 100])))
