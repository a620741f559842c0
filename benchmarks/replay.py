"""How fast a whole journal is folded again, without any snapshot."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.common import LONG_RUNS, OPEN_ALERTS, median
from benchmarks.start import filled

FOLD = """
import sys, time
from pathlib import Path
from tocsin.shell.journal.snapshot import recover
from tocsin.shell.journal.sqlite import SqliteReader
journal = SqliteReader(sys.argv[1])
wall, cpu = time.perf_counter(), time.process_time()
_, seq = recover(journal, None)
print(seq / (time.process_time() - cpu), seq / (time.perf_counter() - wall))
"""


def run() -> None:
    """Print the medians of the runs."""
    with filled() as data:
        command = [sys.executable, "-c", FOLD, str(data / "data" / "journal.db")]
        rates = [
            [float(word) for word in subprocess.run(command, check=True, capture_output=True).stdout.split()]
            for _ in range(LONG_RUNS)
        ]
    cpu, wall = (median([rate[i] for rate in rates]) for i in (0, 1))
    print(f"replay: the journal of {OPEN_ALERTS} different alerts, median of {LONG_RUNS}")
    print(f"  {cpu:,.0f} events per CPU-second ({wall:,.0f} a wall second); pyeventsourcing: peer absent")
