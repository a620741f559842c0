"""Time becomes ticks: sleeps until the next due instant, never by an interval.

Law: a tick is asked for when something is due, and again only after the last one is durable. A sleep that was longer
than it should be is told: until then nobody was heard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tocsin.shell.engine import Engine

WALL_CHECK_S = 30.0
"""The longest sleep: after it the clock is read again, in case the wall clock was set forward."""

DEAF_MS = 10_000
"""A wake so much too late: the machine slept, or its clock was set. Senders wait ten seconds for an answer; what they
said in a longer absence is lost."""


async def run(engine: Engine, ticked: Callable[[int], None] = lambda lateness_ms: None) -> None:
    """Wake at each due instant for as long as the engine runs; tell `ticked` how many milliseconds late it was."""
    while True:
        engine.moved.clear()
        now, due = engine.clock.now(), engine.due()
        wait_s = WALL_CHECK_S if due is None else min(WALL_CHECK_S, (due - now) / 1000)
        if due is not None and wait_s <= 0:
            await engine.tick()
            ticked(engine.tick_lateness_ms)
        else:
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it swallows a cancellation that meets a wake-up.
                async with asyncio.timeout(wait_s):
                    await engine.moved.wait()
        if engine.clock.now() - now > max(0.0, wait_s) * 1000 + DEAF_MS:
            await engine.tick(was_deaf=True)
            ticked(engine.tick_lateness_ms)
