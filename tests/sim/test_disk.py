"""The simulator's disk as SQLite sees it."""

from __future__ import annotations

from contextlib import closing
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


def test_two_disks_of_one_name_do_not_see_each_other() -> None:
    left, right = SimDisk("same", Random(1)), SimDisk("same", Random(1))
    try:
        with closing(apsw.Connection("/journal.db", vfs=left.vfs)) as written:
            written.execute("create table of_the_left (id)")
        assert (list(left.files), list(right.files)) == (["/journal.db"], [])
        with closing(apsw.Connection("/journal.db", vfs=right.vfs)) as empty:
            assert list(empty.execute("select name from sqlite_schema")) == []
        left.kill()
        left.boot()
        with closing(apsw.Connection("/journal.db", vfs=left.vfs)) as again:
            assert list(again.execute("select name from sqlite_schema")) == [("of_the_left",)]
    finally:
        left.close()
        right.close()


def test_what_is_asked_of_a_disk_that_is_gone_is_known_to_no_other() -> None:
    gone = [SimDisk(name, Random(1))._mounted[0] for name in ("gone too", "gone as well")]
    for mounted in gone:
        vars(mounted).clear()
    with pytest.raises(AssertionError):
        gone[0].xOpen("/journal.db", [apsw.SQLITE_OPEN_MAIN_DB, 0])
    assert not gone[1].xAccess("/journal.db", 0)
