"""Raw ASGI, as little as the doors need: read a bounded body in bounded time, answer bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_TIMEOUT_S = 20.0
"""A sender that has not sent its body by then is slow or hostile."""
JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"


class BodyTooLarge(Exception):
    """The body is larger than it may be."""


class BodyTooSlow(Exception):
    """The body did not come in time, or the sender went away."""


class Reply(NamedTuple):
    """What a door answers."""

    status: int
    body: bytes = b""
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


def json_reply(status: int, value: object, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """A JSON answer."""
    return Reply(status, msgspec.json.encode(value), JSON, headers)


async def read_body(receive: Receive, bytes_max: int) -> bytes:
    """The whole body. Raises BodyTooLarge, BodyTooSlow."""
    message = await receive()
    if message["type"] != "http.request":
        raise BodyTooSlow
    body: bytes = message.get("body", b"")
    if len(body) > bytes_max:
        raise BodyTooLarge
    if not message.get("more_body"):
        return body
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _read_rest(receive, bytearray(body), bytes_max)
    except TimeoutError:
        raise BodyTooSlow from None


async def _read_rest(receive: Receive, body: bytearray, bytes_max: int) -> bytes:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyTooSlow
        body += message.get("body", b"")
        if len(body) > bytes_max:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


async def answer(send: Send, reply: Reply, with_body: bool = True) -> None:
    """Send the reply; HEAD sends no body."""
    headers = [(b"content-length", str(len(reply.body)).encode()), *reply.headers]
    if reply.body:
        headers.append((b"content-type", reply.content_type))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body if with_body else b""})
