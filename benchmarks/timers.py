"""How late timers are: escalation steps that fall due at instants spread over ten seconds, in the journal's words."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import msgspec

from benchmarks.common import LONG_RUNS, ask, directory, median, paced, percentile, tocsin

TIMERS = 2_000
SECONDS = 10
STEP_S = 5
STEPS = (
    "SELECT json_extract(body, '$.late_ms') FROM event WHERE type = 'StepReached' AND json_extract(body, '$.step') = 1"
)


def measure(data: Path) -> list[int]:
    """Milliseconds each second step was late."""
    with tocsin(data) as (server, keys):
        key = keys["admin_key"]
        steps = []
        for user in ("first", "second"):
            ask(server, key, "PUT", f"/api/v1/users/{user}", {"name": user})
            steps.append({"targets": [{"kind": "person", "id": user}], "delay_s": STEP_S})
        ask(server, key, "PUT", "/api/v1/ladders/default", {"name": "default", "steps": steps, "repeats": 0})
        troubles = [{"labels": {"alertname": f"Trouble{n}", "severity": "critical"}} for n in range(TIMERS)]
        paced(server, [msgspec.json.encode([trouble]) for trouble in troubles], TIMERS / SECONDS)
        end = time.monotonic() + 2 * STEP_S + 20
        late: list[int] = []
        while len(late) < TIMERS and time.monotonic() < end:
            time.sleep(0.5)
            with sqlite3.connect(f"file:{data}/data/journal.db?mode=ro", uri=True) as journal:
                late = [row[0] or 0 for row in journal.execute(STEPS)]
        assert len(late) == TIMERS, f"{TIMERS - len(late)} timers did not fire"
        return late


def run() -> None:
    """Print the medians of the runs."""
    results = []
    for _ in range(LONG_RUNS):
        with directory() as data:
            results.append(measure(data))
    p50, p99, worst = (median([percentile(late, share) for late in results]) for share in (0.5, 0.99, 1.0))
    print(f"timers: {TIMERS} escalation steps due within {SECONDS} s, median of {LONG_RUNS}")
    print(f"  lateness p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms (goal: p99 100 ms; GoAlert: a minute)")
