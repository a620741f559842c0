"""Time becomes ticks: sleeps until the next due instant, never by an interval.

Law: a tick is asked for when something is due, and again only after the last one is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tocsin.shell.engine import Engine

WALL_CHECK_S = 30.0
"""The longest sleep: after it the clock is read again, in case the wall clock was set forward."""


async def run(engine: Engine, ticked: Callable[[int], None] = lambda lateness_ms: None) -> None:
    """Wake at each due instant for as long as the engine runs; tell `ticked` how many milliseconds late it was."""
    while True:
        engine.moved.clear()
        due = engine.world.due()
        wait_s = WALL_CHECK_S if due is None else min(WALL_CHECK_S, (due - engine.clock.now()) / 1000)
        if due is not None and wait_s <= 0:
            await engine.tick()
            ticked(engine.tick_lateness_ms)
            continue
        with suppress(TimeoutError):
            # Not wait_for: before Python 3.12 it swallows a cancellation that meets a wake-up.
            async with asyncio.timeout(wait_s):
                await engine.moved.wait()
