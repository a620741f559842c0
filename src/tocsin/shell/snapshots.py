"""When a snapshot is written: each time enough has happened, by the follower in a process of its own.

Law: a snapshot that could not be written is told and tried again, less and less often; nothing ends the trying. The
engine does not notice any of it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from tocsin.shell.engine import Engine

CHECK_S = 10.0
RETRY_S_MAX = 900.0
"""The longest pause after a failure: a full disk is not helped by a try every ten seconds, nor by one a day."""
FOLLOWER_S_MAX = 4 * 3_600.0
"""What a follower may take: many times what the largest journal takes to be read from its beginning."""


async def run(
    engine: Engine, last: int, every: int, write: Callable[[], Awaitable[str]], failed: Callable[[str], None]
) -> None:
    """Have one written whenever `every` events came since the last, which may be one of an earlier process; `write`
    says why it could not, or nothing."""
    pause_s = CHECK_S
    while True:
        await asyncio.sleep(pause_s)
        if engine.seq_dry - last < every:
            continue
        reached = engine.seq_dry
        fault = await write()
        if fault:
            pause_s = min(2 * pause_s, RETRY_S_MAX)
            failed(fault)
        else:
            last, pause_s = reached, CHECK_S


async def write(journal: Path, directory: Path, limit_s: float = FOLLOWER_S_MAX) -> str:
    """Let the follower write one; why it could not, empty when it did. One that hangs is killed."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tocsin.shell.journal.follower", str(journal), str(directory)
        )
    except OSError as fault:
        return str(fault)
    try:
        async with asyncio.timeout(limit_s):
            code = await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):  # it ended just now
            process.kill()
        await process.wait()
        return f"the follower was killed after {limit_s:.0f} s"
    return f"the follower ended with {code}" if code else ""
