"""A process of its own that writes a snapshot without stopping the engine, and ends:
`python -m tocsin.shell.journal.follower JOURNAL SNAPSHOT_DIR`.

Law: it only reads the journal, and yields the processor to the engine.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tocsin.core.world import World
from tocsin.shell.journal import snapshot
from tocsin.shell.journal.protocol import JournalError, Readable
from tocsin.shell.journal.sqlite import SqliteReader

NICENESS = 10


def follow(journal: Readable, directory: Path) -> Path | None:
    """Write a snapshot of the journal's last batch; None when there is one already."""
    head = journal.head()
    for path in snapshot.found(directory):
        try:
            world, seq = snapshot.load(path, journal)
        except snapshot.SnapshotUnusable:
            continue
        if seq >= head.seq:
            return None
        break
    else:
        world, seq = World(), 0
    reached = snapshot.fold(world, journal, seq, limit=head.seq - seq)
    assert reached == head.seq, f"the journal ends at {head.seq}, folded up to {reached}"
    return snapshot.write(directory, world, head)


def main(argv: list[str]) -> int:
    """Returns 0 when a usable snapshot of the last batch is there, 1 with a line on stderr when not."""
    if len(argv) != 2:
        sys.stderr.write("usage: python -m tocsin.shell.journal.follower JOURNAL SNAPSHOT_DIR\n")
        return 2
    os.nice(NICENESS)
    try:
        journal = SqliteReader(argv[0])
        follow(journal, Path(argv[1]))
        journal.close()
    except (JournalError, OSError) as fault:
        sys.stderr.write(f"no snapshot was written: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
