"""Snapshots go on being written, whatever became of the last one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from shell.bell import Bell, told
from tocsin.shell import snapshots
from tocsin.shell.snapshots import CHECK_S, RETRY_S_MAX


class Follower:
    """Fails as often as it is told to; notes when it was asked."""

    def __init__(self, faults: int) -> None:
        self.faults = faults
        self.asked: list[float] = []

    async def write(self) -> str:
        self.asked.append(asyncio.get_running_loop().time())
        if len(self.asked) > self.faults:
            return ""
        return "no room"


def test_a_snapshot_is_written_each_time_enough_has_happened() -> None:
    async def story(bell: Bell) -> None:
        follower = Follower(faults=0)
        task = asyncio.create_task(snapshots.run(bell.engine, bell.engine.seq_dry, 2, follower.write, pytest.fail))
        await asyncio.sleep(10 * CHECK_S)
        assert follower.asked == []
        await bell.person("ben")
        await asyncio.sleep(10 * CHECK_S)
        assert len(follower.asked) == 1
        task.cancel()

    told(story)


def test_what_an_earlier_process_left_without_one_counts() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("ben")
        follower = Follower(faults=0)
        task = asyncio.create_task(snapshots.run(bell.engine, bell.engine.seq_dry - 2, 2, follower.write, pytest.fail))
        await asyncio.sleep(10 * CHECK_S)
        assert len(follower.asked) == 1
        task.cancel()

    told(story)


def test_one_that_could_not_be_written_is_told_and_tried_again_less_and_less_often() -> None:
    async def story(bell: Bell) -> None:
        follower, faults = Follower(faults=9), list[str]()
        task = asyncio.create_task(snapshots.run(bell.engine, bell.engine.seq_dry, 2, follower.write, faults.append))
        await bell.person("ben")
        await asyncio.sleep(86_400)
        pauses = [after - before for before, after in zip(follower.asked, follower.asked[1:], strict=False)]
        assert pauses[:3] == [2 * CHECK_S, 4 * CHECK_S, 8 * CHECK_S]
        assert pauses[-1] == RETRY_S_MAX
        assert (len(follower.asked), faults) == (10, ["no room"] * 9)
        task.cancel()

    told(story)


def test_a_process_that_cannot_be_started_is_a_reason_not_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "gone"))
    assert "No such file" in asyncio.run(snapshots.write(tmp_path / "journal.db", tmp_path))


def test_a_follower_that_fails_is_a_reason(tmp_path: Path) -> None:
    assert asyncio.run(snapshots.write(tmp_path / "none" / "journal.db", tmp_path)) == "the follower ended with 1"


def test_a_follower_that_hangs_is_killed_and_is_a_reason(tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    os.mkfifo(journal)  # whoever opens it waits for ever
    said = asyncio.run(snapshots.write(journal, tmp_path, limit_s=0))
    assert said == "the follower was killed after 0 s"
