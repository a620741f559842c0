"""The time from the start of the process to readiness, with 100,000 open alerts; and how fast a journal is replayed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.common import OPEN_ALERTS, RUNS, cpu_s, directory, fill, free_port, median, serving, tocsin, wait_for

WAIT_S = 60


@contextmanager
def filled(count: int = OPEN_ALERTS) -> Iterator[Path]:
    """An installation that was stopped in order, with this many open alerts."""
    with directory() as data:
        with tocsin(data) as (server, _):
            fill(server, count)
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(WAIT_S)
        yield data


def start(data: Path) -> tuple[float, float]:
    """Wall and CPU seconds until /-/ready answers 200: the doors are opened when all is in memory."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(serving(data, port), stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process, WAIT_S)
        return time.perf_counter() - began, cpu_s(process.pid)
    finally:
        process.kill()
        process.wait()


def run() -> None:
    """Print the medians of the runs."""
    with filled() as data:
        folder = data / "data"
        follower = [sys.executable, "-m", "tocsin.shell.journal.follower"]
        subprocess.run([*follower, str(folder / "journal.db"), str(folder / "snapshots")], check=True)
        results = [start(data) for _ in range(RUNS)]
    wall, cpu = (median([result[i] for result in results]) for i in (0, 1))
    print(f"start: {OPEN_ALERTS} open alerts, with a snapshot as the follower writes it, median of {RUNS}")
    print(f"  ready after {wall:.2f} s ({cpu:.2f} s CPU; goal: 2 s)")
    print("  Alertmanager forgets its alerts at a stop and has none to load")
