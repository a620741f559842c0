"""The journal's twin in memory, for tests and trials: the same promises, except that nothing outlives the process."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tocsin.core.world import codec as world_codec
from tocsin.kernel.codec import Codec
from tocsin.kernel.message import Moment
from tocsin.shell.journal import chain
from tocsin.shell.journal.chain import Link
from tocsin.shell.journal.copying import refuse_existing
from tocsin.shell.journal.protocol import Batch, Head, Recorded, Row, Verdict
from tocsin.shell.journal.sqlite import SqliteJournal, recorded


class MemoryJournal:
    """Batches in a list. Not for several threads."""

    def __init__(self, codec: Codec | None = None) -> None:
        self.codec = codec or world_codec()
        self.batches: list[Batch] = []
        self.links: list[Link] = []
        self._rows: list[Row] = []

    def append(self, batch: Batch) -> None:
        """Keep the batch."""
        last = self.links[-1] if self.links else chain.BEFORE
        assert batch.first_seq == last.seq_last + 1, f"batch begins at {batch.first_seq}, not {last.seq_last + 1}"
        self.links.append(
            chain.link(last.hash, last.number + 1, batch.at, batch.first_seq, batch.records, batch.answers)
        )
        self.batches.append(batch)
        self._rows += batch.records

    def last_seq(self) -> int:
        """The sequence of the last event, 0 when there is none."""
        return len(self._rows)

    def last_at(self) -> Moment:
        """When the last batch was decided, 0 when there is none."""
        return self.batches[-1].at if self.batches else Moment(0)

    def head(self) -> Head:
        """The last batch; batch 0 before the first."""
        return self.mark(len(self.links)) or Head(0, 0, chain.GENESIS)

    def mark(self, batch: int) -> Head | None:
        """The batch of this number, None when there is none."""
        if not 0 < batch <= len(self.links):
            return None
        link = self.links[batch - 1]
        return Head(link.number, link.seq_last, link.hash)

    def rows(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Row]:
        """Stored rows after this sequence, in order."""
        return islice(self._rows, after_seq, None if limit is None else after_seq + limit)

    def read(self, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """Events after this sequence, in order."""
        return (recorded(self.codec, row) for row in self.rows(after_seq, limit))

    def event(self, seq: int) -> Recorded | None:
        """The event of this sequence, None when there is none."""
        return recorded(self.codec, self._rows[seq - 1]) if 0 < seq <= len(self._rows) else None

    def by_subject(self, subject: str, after_seq: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """The events of one record, in order."""
        found = (row for row in self.rows(after_seq) if row[5] == subject)
        return (recorded(self.codec, row) for row in islice(found, limit))

    def latest(self, subject: str, limit: int) -> list[Recorded]:
        """The last events of one record, in order."""
        return list(self.by_subject(subject))[-limit:]

    def by_type(
        self, name: str, start_at: int = 0, end_at: int | None = None, limit: int | None = None
    ) -> Iterator[Recorded]:
        """The events of one class from `start_at` until before `end_at`, in the order of time."""
        found = (row for row in self._rows if row[2] == name and row[1] >= start_at)
        found = (row for row in found if end_at is None or row[1] < end_at)
        return (recorded(self.codec, row) for row in islice(sorted(found, key=lambda row: row[1]), limit))

    def by_cause(self, seq: int) -> Iterator[Recorded]:
        """The events this event caused, directly, in order."""
        return (recorded(self.codec, row) for row in self._rows if row[7] == seq > 0)

    def answers_since(self, at: Moment) -> list[tuple[str, bytes]]:
        """Ids and outcomes of the answers given at or after this instant, oldest first."""
        kept = (answer for batch in self.batches for answer in sorted(batch.answers) if answer[1] >= at)
        return [(id_, outcome) for id_, _, outcome in kept]

    def verify(self) -> Verdict:
        """Compare the rows with the chain."""
        last, start = chain.BEFORE, 0
        for link, batch in zip(self.links, self.batches, strict=True):
            end = start + len(batch.records)
            wrong = chain.difference(link, last, self._rows[start:end], chain.answers_digest(batch.answers))
            if wrong is not None:
                return Verdict(False, *wrong, last.seq_last, last.head())
            last, start = link, end
        return Verdict(True, 0, "", last.seq_last, last.head())

    def backup(self, path: Path) -> None:
        """Write a whole copy as an SQLite journal. Raises JournalExists."""
        refuse_existing(path)
        copy = SqliteJournal(path, self.codec)
        for batch in self.batches:
            copy.append(batch)
        copy.close()

    def close(self) -> None:
        """Nothing to let go of."""
