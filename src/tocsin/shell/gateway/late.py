"""An ASGI application that is made behind open doors.

Law: making it holds nobody else up; whoever asks for it early waits for it, and is told to come back when it will not
be made any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tocsin.shell.gateway.wire import Receive, Reply, Scope, Send, answer

TRY_LATER = Reply(503, headers=((b"retry-after", b"5"),))
"""Without words: a browser has its own, in its person's language."""
SERVICE_RESTART = 1012
"""The close code of a WebSocket whose server is starting again (IANA's registry)."""


class Late:
    """Stands where the application will be. To be made within a running loop."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def make(self) -> None:
        """Make it, in a thread of its own. Raises whatever stood in the way."""
        try:
            made = await asyncio.to_thread(self._make)
            if not self._made.done():
                self._made.set_result(made)
        finally:
            self._made.cancel()  # whoever waits for what was not made need not wait; nothing happens to what was

    def close(self) -> None:
        """Let its followers go, or those who still wait for it."""
        if not self._made.cancel() and not self._made.cancelled():
            self._made.result().state.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._made.done():
            await asyncio.wait({self._made})
        if not self._made.cancelled():
            await self._made.result()(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": SERVICE_RESTART})
        else:
            await answer(send, TRY_LATER)
