"""A start from a snapshot is a start from everything; a snapshot that is not perfect is not used."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from journal_contract import batch

from tocsin.core.people.events import TeamSet, TeamSpec, UserSet, UserSpec
from tocsin.core.world import World
from tocsin.shell.journal import follower, snapshot
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.journal.sqlite import SqliteJournal


def user(number):
    """A user was set."""
    return UserSet(user=f"user{number}", spec=UserSpec(name=f"User {number}", email=f"u{number}@example.org"))


def team(number):
    """A team of one was set."""
    return TeamSet(team=f"team{number}", spec=TeamSpec(name=f"Team {number}", members=(f"user{number}",)))


def people(journal, count):
    """Append so many batches of a user and a team."""
    for _ in range(count):
        seq = journal.last_seq() + 1
        journal.append(batch(seq, user(seq), team(seq), at=seq))


def replayed(journal):
    """The world by full replay."""
    world = World()
    assert snapshot.fold(world, journal, 0) == journal.last_seq()
    return world.dump()


@pytest.fixture
def journal():
    journal = MemoryJournal()
    people(journal, 20)
    return journal


def test_snapshot_and_tail_give_the_world_of_a_full_replay(journal, tmp_path):
    follower.follow(journal, tmp_path)
    people(journal, 5)
    ignored = []
    world, seq = snapshot.recover(journal, tmp_path, ignored.append)
    assert seq == 50
    assert world.dump() == replayed(journal) != World().dump()
    assert ignored == []


def test_without_snapshots_everything_is_replayed(journal, tmp_path):
    for directory in (None, tmp_path / "none"):
        world, seq = snapshot.recover(journal, directory)
        assert (world.dump(), seq) == (replayed(journal), 40)


def test_start_uses_the_snapshot(journal, tmp_path):
    other = World()
    snapshot.write(tmp_path, other, journal.head())
    world, seq = snapshot.recover(journal, tmp_path)
    assert (world.dump(), seq) == (other.dump(), 40)


def test_snapshots_follow_one_another_and_the_newest_are_kept(journal, tmp_path):
    for _ in range(5):
        people(journal, 1)
        follower.follow(journal, tmp_path)
    seqs = [int(path.name.removeprefix("snapshot-")) for path in snapshot.found(tmp_path)]
    assert seqs == [50, 48, 46]
    assert follower.follow(journal, tmp_path) is None
    assert snapshot.recover(journal, tmp_path)[0].dump() == replayed(journal)


@pytest.mark.parametrize(("damage", "why"), [
    (lambda content: b"", "not a snapshot"),
    (lambda content: b"garbage" * 100, "not a snapshot"),
    (lambda content: content[:-1], "damaged"),
    (lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:], "damaged"),
    (lambda content: content[:50], "damaged"),
])  # fmt: skip
def test_damaged_snapshot_is_passed_over_for_an_older_one(journal, tmp_path, damage, why):
    follower.follow(journal, tmp_path)
    people(journal, 2)
    newest = follower.follow(journal, tmp_path)
    newest.write_bytes(damage(newest.read_bytes()))
    ignored = []
    world, seq = snapshot.recover(journal, tmp_path, ignored.append)
    assert (world.dump(), seq) == (replayed(journal), 44)
    assert len(ignored) == 1
    assert why in ignored[0]


def test_snapshot_of_another_shape_is_ignored(journal, tmp_path, monkeypatch):
    follower.follow(journal, tmp_path)
    monkeypatch.setattr(snapshot, "FOLD_REVISION", snapshot.FOLD_REVISION + 1)
    ignored = []
    world, seq = snapshot.recover(journal, tmp_path, ignored.append)
    assert (world.dump(), seq) == (replayed(journal), 40)
    assert "another shape" in ignored[0]


def test_snapshot_of_another_history_is_ignored(journal, tmp_path):
    follower.follow(journal, tmp_path)
    for other in (MemoryJournal(), MemoryJournal()):
        people(other, 3)
        other.append(batch(7, *(user(n) for n in range(7, 60))))
        ignored = []
        world, seq = snapshot.recover(other, tmp_path, ignored.append)
        assert (world.dump(), seq) == (replayed(other), 59)
        assert "another history" in ignored[0]


def test_snapshot_ahead_of_the_journal_is_ignored(journal, tmp_path):
    follower.follow(journal, tmp_path)
    shorter = MemoryJournal()
    people(shorter, 3)
    world, seq = snapshot.recover(shorter, tmp_path)
    assert (world.dump(), seq) == (replayed(shorter), 6)


def test_snapshots_of_a_lost_future_do_not_push_out_those_of_a_restored_journal(journal, tmp_path):
    for _ in range(snapshot.KEPT):
        people(journal, 1)
        follower.follow(journal, tmp_path)
    restored = MemoryJournal()
    for each in journal.batches[:20]:
        restored.append(each)
    written = follower.follow(restored, tmp_path)
    assert snapshot.found(tmp_path) == [written]
    assert follower.follow(restored, tmp_path) is None


def test_snapshot_that_cannot_be_read_is_passed_over(journal, tmp_path):
    follower.follow(journal, tmp_path)
    (tmp_path / f"snapshot-{99:020d}").mkdir()
    ignored = []
    world, seq = snapshot.recover(journal, tmp_path, ignored.append)
    assert (world.dump(), seq) == (replayed(journal), 40)
    assert "cannot be read" in ignored[0]


def test_a_crash_while_writing_leaves_nothing_that_is_read(journal, tmp_path):
    path = follower.follow(journal, tmp_path)
    path.rename(path.with_name(path.name + ".part"))
    assert snapshot.found(tmp_path) == []
    assert follower.follow(journal, tmp_path) == path


def test_follower_process_writes_a_snapshot_beside_a_running_writer(tmp_path):
    journal = SqliteJournal(tmp_path / "journal.db")
    people(journal, 10)
    command = [sys.executable, "-m", "tocsin.shell.journal.follower", tmp_path / "journal.db", tmp_path / "snapshots"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    people(journal, 1)
    ignored = []
    world, seq = snapshot.recover(journal, tmp_path / "snapshots", ignored.append)
    assert (world.dump(), seq, ignored) == (replayed(journal), 22, [])
    journal.close()


def test_follower_says_in_one_line_why_it_could_not(tmp_path, capsys):
    assert follower.main([]) == 2
    assert follower.main([str(tmp_path / "missing.db"), str(tmp_path)]) == 1
    assert "no snapshot was written" in capsys.readouterr().err
