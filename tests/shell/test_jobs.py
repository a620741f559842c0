"""Jobs: watched, cancelled, bounded, and told as interrupted after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tocsin.shell.jobs import KEPT_MAX, RUNNING_MAX, Item, Job, JobFailed, Jobs, JobsFull, Progress
from web.harness import CountingEntropy, StandingClock


def told(story: Callable[[Jobs, StandingClock], Awaitable[None]], path: Path | None = None) -> None:
    """Run a story with new jobs."""

    async def run() -> None:
        clock = StandingClock()
        jobs = Jobs(clock, CountingEntropy(), path)
        await story(jobs, clock)
        await jobs.close()

    asyncio.run(run())


async def settled(jobs: Jobs, job: Job) -> Job:
    found = await jobs.ended(job.id)
    assert found is not None
    return found


def test_a_job_tells_how_far_it_is_and_how_long_it_may_take() -> None:
    async def story(jobs: Jobs, clock: StandingClock) -> None:
        go = asyncio.Event()

        async def work(progress: Progress) -> str:
            progress.note(Item("a", True))
            progress.note(Item("b", False, "not_found", "gone"))
            await go.wait()
            progress.advance(8)
            return "/api/v1/there"

        job = jobs.start("bulk", "user:ann", 10, work)
        await asyncio.sleep(0)
        clock.pass_s(4)
        now = jobs.job(job.id)
        assert now is not None
        assert (now.state, now.done, now.rate(clock.now()), now.eta_s(clock.now())) == ("running", 2, 0.5, 16)
        go.set()
        end = await settled(jobs, job)
        assert (end.state, end.done, end.failed, end.result_url, [one.ok for one in end.items]) == (
            "done", 10, 1, "/api/v1/there", [True, False],
        )  # fmt: skip
        assert [one.id for one in jobs.jobs("user:ann")] == [job.id]
        assert jobs.jobs("user:bob") == ()

    told(story)


def test_a_job_fails_in_words_or_is_cancelled() -> None:
    async def story(jobs: Jobs, clock: StandingClock) -> None:
        async def fail(progress: Progress) -> str:
            raise JobFailed("the disk is full")

        async def hang(progress: Progress) -> str:
            await asyncio.Event().wait()
            return ""

        failed = await settled(jobs, jobs.start("backup", "user:ann", 0, fail))
        assert (failed.state, failed.error) == ("failed", "the disk is full")
        job = jobs.start("backup", "user:ann", 0, hang)
        jobs.cancel(job.id)
        assert (await settled(jobs, job)).state == "cancelled"
        jobs.cancel("job-nobody")

    told(story)


def test_jobs_are_bounded() -> None:
    async def story(jobs: Jobs, clock: StandingClock) -> None:
        async def hang(progress: Progress) -> str:
            await asyncio.Event().wait()
            return ""

        async def nothing(progress: Progress) -> str:
            return ""

        for _ in range(KEPT_MAX + 5):
            await settled(jobs, jobs.start("export", "user:ann", 0, nothing))
        for _ in range(RUNNING_MAX):
            jobs.start("export", "user:ann", 0, hang)
        with pytest.raises(JobsFull):
            jobs.start("export", "user:ann", 0, hang)
        assert len(jobs.jobs()) == KEPT_MAX

    told(story)


def test_a_restart_tells_what_was_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "jobs.json"

    async def before(jobs: Jobs, clock: StandingClock) -> None:
        async def hang(progress: Progress) -> str:
            await asyncio.Event().wait()
            return ""

        jobs.start("config", "user:ann", 0, hang)

    async def after(jobs: Jobs, clock: StandingClock) -> None:
        (job,) = jobs.jobs()
        assert (job.kind, job.state, job.error.partition(":")[0]) == ("config", "failed", "interrupted")

    told(before, path)
    told(after, path)
    path.write_text("{")
    assert Jobs(StandingClock(), CountingEntropy(), path).jobs() == ()


def test_a_disk_that_keeps_no_jobs_stops_none(tmp_path: Path) -> None:
    async def story(jobs: Jobs, clock: StandingClock) -> None:
        async def nothing(progress: Progress) -> str:
            return "/there"

        job = await settled(jobs, jobs.start("export", "user:ann", 0, nothing))
        assert (job.state, job.result_url) == ("done", "/there")

    (tmp_path / "jobs.json").write_text("[]")
    (tmp_path / "jobs.json.part").mkdir()
    told(story, tmp_path / "jobs.json")
