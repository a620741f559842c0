"""Raw ASGI, as little as the doors need: read a bounded body in bounded time, answer bytes.

Law: one timer waits for all bodies; what is too slow or too large loses its connection, so that others keep theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

BODY_TIMEOUT_S = 20.0
"""A sender that has not sent its body by then is slow or hostile."""
CALLERS_MAX = 20_000
"""Connections at once: each costs some ten kilobytes."""
LENGTH_DIGITS_MAX = 18
"""Digits of a length anybody means."""
JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"
CLOSE: Headers = ((b"connection", b"close"),)
"""What is still to come of the request is not read."""


class BodyTooLarge(Exception):
    """The body is larger than it may be."""


class BodyTooSlow(Exception):
    """The body did not come in time, or the sender went away."""


class Reply(NamedTuple):
    """What a door answers."""

    status: int
    body: bytes = b""
    content_type: bytes = JSON
    headers: Headers = ()


def json_reply(status: int, value: object, headers: Headers = ()) -> Reply:
    """A JSON answer."""
    return Reply(status, msgspec.json.encode(value), JSON, headers)


class Reader:
    """Reads bodies, each within `bytes_max` and `timeout_s`.

    `asyncio.timeout` costs as much as all the rest of a small request, so one timer looks after everybody who waits:
    readers stand in the order in which their time is up.
    """

    def __init__(self, bytes_max: int, timeout_s: float) -> None:
        self._bytes_max = bytes_max
        self._timeout_s = timeout_s
        self._until: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def body(self, receive: Receive, announced: str) -> bytes:
        """The whole body. `announced` is its length as its head has it, if so. Raises BodyTooLarge, BodyTooSlow."""
        if is_too_long(announced, self._bytes_max):
            raise BodyTooLarge
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._until[task] = loop.time() + self._timeout_s
        if self._timer is None:
            self._timer = loop.call_later(self._timeout_s, self._give_up)
        try:
            return await self._read(receive)
        except asyncio.CancelledError:
            if task in self._until:
                raise  # somebody else cancelled it
            task.uncancel()
            raise BodyTooSlow from None
        finally:
            self._until.pop(task, None)

    async def _read(self, receive: Receive) -> bytes:
        body: bytes | bytearray = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise BodyTooSlow
            part: bytes = message.get("body", b"")
            if len(body) + len(part) > self._bytes_max:
                raise BodyTooLarge
            if not message.get("more_body"):
                return bytes(body) + part if body else part
            body = bytearray(body) if isinstance(body, bytes) else body
            body += part

    def _give_up(self) -> None:
        """Wake those whose time is up, and come back for the next."""
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        for task, until in list(self._until.items()):
            if until > now:
                self._timer = loop.call_at(until, self._give_up)
                return
            del self._until[task]
            task.cancel()


def is_too_long(announced: str, bytes_max: int) -> bool:
    """Whether a body is too large by its announced length; no length says nothing."""
    return announced.isdecimal() and int(announced[:LENGTH_DIGITS_MAX]) > bytes_max


def headers_of(reply: Reply) -> list[tuple[bytes, bytes]]:
    """All headers of a reply."""
    headers = [(b"content-length", b"%d" % len(reply.body)), *reply.headers]
    if reply.body:
        headers.append((b"content-type", reply.content_type))
    return headers


async def answer(send: Send, reply: Reply, with_body: bool = True) -> None:
    """Send the reply; HEAD sends no body."""
    await send({"type": "http.response.start", "status": reply.status, "headers": headers_of(reply)})
    await send({"type": "http.response.body", "body": reply.body if with_body else b""})
