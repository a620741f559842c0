"""The real clock, disk and chance behind the ports."""

from __future__ import annotations

import asyncio
import resource
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tocsin.kernel.message import Moment

FILES_WANTED = 65_536
"""Open files: the limit of a shell is often 1,024, and every connection is one."""
FILES_KEPT = 200
"""Of them for the journal, snapshots, backups and messages that go out."""

T = TypeVar("T")


def connections_max() -> int:
    """How many connections there are files for, once this process may have as many as it is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return FILES_WANTED if soft == resource.RLIM_INFINITY else max(soft // 2, soft - FILES_KEPT)


class SteadyClock:
    """The wall clock, made steady: it follows a clock set forward at once, and goes on by the monotonic clock where
    the wall clock was set back, so that no timer ever waits for an hour to come twice."""

    def __init__(
        self,
        not_before: int = 0,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`wall` and `steady` give seconds; `not_before` is the last instant of an earlier run, in milliseconds."""
        self._wall = wall
        self._steady = steady
        self._last_ms = float(not_before)
        self._steady_ms = steady() * 1000
        self.behind_ms = 0
        """By how much the wall clock was behind this one when it was last asked: it was set back."""

    def now(self) -> Moment:
        """Milliseconds since 1970 UTC, never backwards."""
        steady_ms, now_ms = self._steady() * 1000, self._wall() * 1000
        counted_ms = self._last_ms + steady_ms - self._steady_ms
        self.behind_ms = 0
        if counted_ms > now_ms:
            self.behind_ms = int(counted_ms - now_ms)
            now_ms = counted_ms
        self._steady_ms, self._last_ms = steady_ms, now_ms
        return Moment(int(now_ms))


class ThreadDisk:
    """One thread for the journal: jobs run in the order they were given."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "journal")

    async def work(self, job: Callable[[], T]) -> T:
        """Run the job in the journal's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    def close(self) -> None:
        """Wait for the job under way and end the thread."""
        self._thread.shutdown(wait=True)


class SystemEntropy:
    """The operating system's chance; ids are counted under a random start, because they need only be unique."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(8)
        self._count = 0

    def token(self) -> str:
        """256 bits, URL-safe."""
        return secrets.token_urlsafe(32)

    def bytes(self, count: int) -> bytes:
        """That many bytes of the operating system's chance."""
        return secrets.token_bytes(count)

    def id(self) -> str:
        """Unique across processes; cheap."""
        self._count += 1
        return f"{self._prefix}-{self._count}"
