"""Run all benchmarks, or those named."""

from __future__ import annotations

import os
import platform
import sys
import time

from benchmarks import feed, intake, latency, live, memory, replay, start, timers

ALL = {
    "intake": intake.run,
    "latency": latency.run,
    "timers": timers.run,
    "live": live.run,
    "feed": feed.run,
    "start": start.run,
    "memory": memory.run,
    "replay": replay.run,
}


def main() -> None:
    """Say what the machine is, then measure."""
    print(f"machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    for name in sys.argv[1:] or list(ALL):
        began = time.monotonic()
        ALL[name]()
        print(f"  ({name} took {time.monotonic() - began:.0f} s)", flush=True)


main()
