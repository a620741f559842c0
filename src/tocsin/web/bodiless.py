"""HEAD: the headers of GET."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.types import Message, Receive, Send


class Bodiless:
    """An answer without its body, and without waiting for the end of one that has none."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_over = False

    async def receive(self) -> Any:
        """What the client says; once it has its answer it is as good as gone."""
        return {"type": "http.disconnect"} if self._is_over else await self._receive()

    async def send(self, message: Message) -> None:
        """Let the headers through, and nothing of the body."""
        if message["type"] == "http.response.start":
            await self._send(message)
            self._is_over = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


class Web(Litestar):
    """The application; what answers GET answers HEAD the same, without the body (RFC 9110, 9.3.2)."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            answer = Bodiless(receive, send)
            asked: Any = {**scope, "method": "GET"}
            await super().__call__(asked, answer.receive, answer.send)
        else:
            await super().__call__(scope, receive, send)
