"""The simulator's disk as SQLite sees it."""

from __future__ import annotations

from random import Random

import apsw
import pytest

from tocsin.sim.disk import SimDisk


def test_a_file_that_is_not_there_is_a_fault_of_the_disk() -> None:
    disk = SimDisk("there", Random(1))
    with pytest.raises(apsw.IOError):
        disk._mounted[0].xDelete("/journal.db-wal", False)


def test_a_disk_the_collector_took_apart_is_empty_and_no_fault() -> None:
    disk = SimDisk("gone", Random(1))
    mounted = disk._mounted[0]
    disk.files["/journal.db"] = None  # type: ignore[assignment]
    assert mounted.xAccess("/journal.db", 0)
    vars(mounted).clear()  # as the collector does, while a connection still looks at it
    assert not mounted.xAccess("/journal.db", 0)
    mounted.xDelete("/journal.db", False)
