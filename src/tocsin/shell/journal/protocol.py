"""What a journal is, whatever keeps it; one contract suite (tests/shell/journal_contract.py) runs for all of them.

Law: `append` returns when the batch is durable and has no other effect when it raises; sequences run from 1 without
gaps; reading never waits for writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from tocsin.kernel.message import Event, Moment, Stamp

Row: TypeAlias = tuple[int, int, str, int, str, str, str, int, str, bytes]
"""An event as it is stored: seq, at, type, version, room, subject, actor, cause, correlation, body (JSON, UTF-8)."""

Stored: TypeAlias = tuple[str, Moment, bytes]
"""A remembered answer as it is stored: the command's id, when it was given, the outcome (JSON, UTF-8)."""

ANSWERS_KEPT_MS = 7 * 86_400_000
"""Answers older than this may be dropped from the journal; those who repeat a request do it within a day."""


class JournalError(Exception):
    """The journal cannot do what was asked; the text says what happened and how to go on."""


class JournalCorrupt(JournalError):
    """What is on disk is not what was written."""


class JournalNewer(JournalError):
    """A newer release wrote this journal."""


class JournalFull(JournalError):
    """There is no space left on the disk; nothing of the batch was kept."""


class JournalExists(JournalError):
    """The place of a copy is taken; copies never overwrite."""


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """An event and where it stands."""

    stamp: Stamp
    event: Event


class Batch(msgspec.Struct, frozen=True):
    """What becomes durable together. Without records, `first_seq` is the sequence the next event will get."""

    first_seq: int
    at: Moment
    records: Sequence[Row]
    answers: Sequence[Stored] = ()


class Head(msgspec.Struct, frozen=True):
    """A batch as the chain knows it: its number from 1, its last sequence, its hash. Batch 0 is before the first."""

    batch: int
    seq: int
    hash: bytes


class Verdict(msgspec.Struct, frozen=True):
    """Whether the journal is whole. `broken_seq` is the first sequence that is not (0: none), `why` says what is wrong
    with it. `seq` and `head` (hex) are the last event and hash that were found good: kept elsewhere, they show a
    tail that was cut off, which the chain alone cannot."""

    ok: bool
    broken_seq: int
    why: str
    seq: int
    head: str


class Readable(Protocol):
    """Events in order, for reading. Readers get `Recorded`, except where rows are asked for."""

    def last_seq(self) -> int:
        """The sequence of the last event, 0 when there is none."""
        ...

    def last_at(self) -> Moment:
        """When the last batch was decided, 0 when there is none."""
        ...

    def head(self) -> Head:
        """The last batch."""
        ...

    def mark(self, batch: int) -> Head | None:
        """The batch of this number, None when there is none."""
        ...

    def rows(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stored rows after this sequence, in order, old versions as they are."""
        ...

    def read(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """Events after this sequence, in order, brought to today's version. Raises JournalCorrupt, JournalNewer."""
        ...

    def event(self, seq: int) -> Recorded | None:
        """The event of this sequence, None when there is none."""
        ...

    def by_subject(self, subject: str, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """The events of one record, in order."""
        ...

    def latest(self, subject: str, limit: int) -> list[Recorded]:
        """The last events of one record, in order."""
        ...

    def by_type(
        self, name: str, start_at: int = 0, end_at: int | None = None, limit: int | None = None
    ) -> Iterator[Recorded]:
        """The events of one class from `start_at` until before `end_at`, in the order of time."""
        ...

    def by_cause(self, seq: int) -> Iterator[Recorded]:
        """The events this event caused, directly, in order."""
        ...

    def answers_since(self, at: Moment) -> list[tuple[str, bytes]]:
        """Ids and outcomes of the answers given at or after this instant, oldest first."""
        ...

    def verify(self) -> Verdict:
        """Read everything and compare it with the chain. Slow; appending may go on."""
        ...

    def backup(self, path: Path) -> None:
        """Write a whole copy (an SQLite file) to a new file while appending may go on. Raises JournalExists."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


class Journal(Readable, Protocol):
    """Events in order, for the one writer."""

    def append(self, batch: Batch) -> None:
        """Keep the batch; durable on return. Raises JournalFull, JournalCorrupt, JournalError."""
        ...
