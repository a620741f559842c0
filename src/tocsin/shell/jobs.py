"""Long work that people wait for: it goes on without them, can be watched and cancelled, and is remembered for a while.

Law: a job changes nothing by itself, it only asks as its person would have asked. How many run is bounded. What was
running when the process ended is told as interrupted by the next one; it is not begun again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from tocsin.kernel.message import Moment
from tocsin.shell.ports import Clock, Entropy

RUNNING_MAX = 8
"""Jobs at once: each may take a thread and disk."""
KEPT_MAX = 200
"""Jobs remembered, the oldest ended ones leave first."""
ITEMS_MAX = 10_000
"""Single results of a job that are kept."""
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
INTERRUPTED = "interrupted: the server stopped while it ran; what was done by then stays"


class JobsFull(Exception):
    """As many jobs run as may."""

    retry_after_s = 10


class JobFailed(Exception):
    """The work cannot go on; the text says why, for people."""


class Item(msgspec.Struct, frozen=True):
    """What became of one thing. `reason` is the stable word of a refusal, empty for done; `detail` says more. Not
    `changed`: it was so already."""

    id: str
    ok: bool
    reason: str = ""
    detail: str = ""
    changed: bool = False


class Job(msgspec.Struct, frozen=True):
    """A job as it stands. `total` 0: nobody knows. Of those done, `failed` were refused. `result_url`: where to get
    what it made. `items` are single results; of many the first are kept. Until `undo_until` what it changed can be
    undone; 0: it cannot."""

    id: str
    kind: str
    by: str
    state: str
    done: int
    total: int
    started_at: Moment
    ended_at: Moment = Moment(0)
    result_url: str = ""
    error: str = ""
    items: tuple[Item, ...] = ()
    failed: int = 0
    undo_until: Moment = Moment(0)

    def rate(self, at: Moment) -> float:
        """Things a second so far."""
        seconds = ((self.ended_at or at) - self.started_at) / 1000
        return round(self.done / seconds, 1) if seconds > 0 else 0.0

    def eta_s(self, at: Moment) -> int | None:
        """How many seconds it may still take; None when nobody can say."""
        rate = self.rate(at)
        if self.state != RUNNING or not self.total or not rate:
            return None
        return max(0, round((self.total - self.done) / rate))


class Progress:
    """What the work says while it goes on."""

    def __init__(self, total: int) -> None:
        self.done = 0
        self.failed = 0
        self.total = total
        self.items: list[Item] = []
        self.changed: list[str] = []
        self.is_cancelled = False

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self.done += count

    def note(self, item: Item) -> None:
        """One thing is done, well or not."""
        self.done += 1
        self.failed += not item.ok
        if item.changed:
            self.changed.append(item.id)
        if len(self.items) < ITEMS_MAX:
            self.items.append(item)


Work = Callable[[Progress], Awaitable[str]]
"""Does it and returns where the result is, empty for none. Raises JobFailed."""


class Jobs:
    """The jobs of this process, and what is remembered of earlier ones."""

    def __init__(self, clock: Clock, entropy: Entropy, path: Path | None = None) -> None:
        """`path` is the file in which they are remembered; None: nowhere."""
        self._clock = clock
        self._entropy = entropy
        self._path = path
        self._jobs: dict[str, Job] = {job.id: _interrupted(job) for job in _load(path)}
        self._begun: dict[str, str] = {}
        self._running: dict[str, tuple[asyncio.Task[str], Progress]] = {}
        self._changed: dict[str, tuple[str, ...]] = {}
        if self._jobs:
            self._save()

    def start(self, kind: str, by: str, total: int, work: Work, once: str = "", undo_ms: int = 0) -> Job:
        """Begin the work; a job begun under the same `once` is that job. What it changes can be undone for `undo_ms`
        from now. Raises JobsFull."""
        known = self.job(self._begun.get(once, "")) if once else None
        if known is not None:
            return known
        if len(self._running) >= RUNNING_MAX:
            raise JobsFull
        id_ = f"job-{self._entropy.bytes(6).hex()}"
        job = self._jobs[id_] = Job(id_, kind, by, RUNNING, 0, total, self._clock.now())
        if once:
            self._begun[once] = id_
        progress = Progress(total)
        task = asyncio.ensure_future(work(progress))
        self._running[id_] = (task, progress)
        until = Moment(job.started_at + undo_ms if undo_ms else 0)
        task.add_done_callback(lambda ended: self._end(id_, progress, ended, until))
        self._forget()
        self._save()
        return job

    def job(self, id_: str) -> Job | None:
        """The job as it stands now."""
        job, running = self._jobs.get(id_), self._running.get(id_)
        if job is None or running is None:
            return job
        progress = running[1]
        return msgspec.structs.replace(job, **_progress(progress))

    def jobs(self, by: str = "") -> tuple[Job, ...]:
        """All that are remembered (of one person), newest first, without their single results."""
        found = (self.job(id_) for id_ in reversed(self._jobs))
        return tuple(
            msgspec.structs.replace(job, items=()) for job in found if job is not None and (not by or job.by == by)
        )

    def changed(self, id_: str) -> tuple[str, ...]:
        """What the job changed, as long as that can be undone."""
        job = self._jobs.get(id_)
        return self._changed.get(id_, ()) if job is not None and self._clock.now() <= job.undo_until else ()

    def cancel(self, id_: str) -> None:
        """End a job that runs; what it did stays."""
        running = self._running.get(id_)
        if running is not None:
            running[1].is_cancelled = True
            running[0].cancel()

    async def ended(self, id_: str) -> Job | None:
        """The job when it does not run any more."""
        running = self._running.get(id_)
        if running is not None:
            await asyncio.wait({running[0]})
        return self.job(id_)

    async def close(self) -> None:
        """End every job, because the process ends: they count as interrupted."""
        tasks = [task for task, _ in self._running.values()]
        running, self._running = self._running, {}
        for id_ in running:
            self._jobs[id_] = _interrupted(self._jobs[id_])
        self._save()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, id_: str, progress: Progress, task: asyncio.Task[str], undo_until: Moment) -> None:
        state, error, url = DONE, "", ""
        fault = None if task.cancelled() else task.exception()
        if task.cancelled():
            state = CANCELLED
        elif fault is not None:
            state, error = FAILED, str(fault) or type(fault).__name__
            if not isinstance(fault, JobFailed):
                structlog.get_logger().error("job_defect", job=id_, exc_info=fault)
        else:
            url = task.result()
        if self._running.pop(id_, None) is None:
            return
        now = self._clock.now()
        if now > undo_until or not progress.changed:
            undo_until = Moment(0)
        else:
            self._changed[id_] = tuple(progress.changed)
        self._jobs[id_] = msgspec.structs.replace(
            self._jobs[id_], state=state, ended_at=now, result_url=url, error=error, undo_until=undo_until,
            **_progress(progress),
        )  # fmt: skip
        self._save()

    def _forget(self) -> None:
        self._changed = {id_: ids for id_, ids in self._changed.items() if self.changed(id_)}
        ended = [id_ for id_ in self._jobs if id_ not in self._running]
        for id_ in ended[: max(0, len(self._jobs) - KEPT_MAX)]:
            del self._jobs[id_]
        self._begun = {once: id_ for once, id_ in self._begun.items() if id_ in self._jobs}

    def _save(self) -> None:
        if self._path is None:
            return
        part = self._path.with_name(self._path.name + ".part")
        try:
            part.write_bytes(
                msgspec.json.encode([msgspec.structs.replace(job, items=()) for job in self._jobs.values()])
            )
            part.replace(self._path)
        except OSError as fault:  # a job is not worth the house
            structlog.get_logger().warning("jobs_not_saved", fault=str(fault))


def _progress(said: Progress) -> dict[str, Any]:
    """What a job shows of its progress."""
    return {"done": said.done, "failed": said.failed, "total": said.total, "items": tuple(said.items)}


def _load(path: Path | None) -> list[Job]:
    """What is remembered; a file nobody can read is as good as none."""
    if path is None or not path.exists():
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Job])
    except msgspec.MsgspecError:
        return []


def _interrupted(job: Job) -> Job:
    """A job of an earlier process: which things it changed is not known any more."""
    job = msgspec.structs.replace(job, undo_until=Moment(0))
    if job.state != RUNNING:
        return job
    return msgspec.structs.replace(job, state=FAILED, error=INTERRUPTED, ended_at=job.ended_at or job.started_at)
