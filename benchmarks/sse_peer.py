"""The peer of the live feed: the least ASGI application that broadcasts server-sent events. It keeps nothing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tocsin.kernel.moment import rfc3339

PAYLOAD = b'{"seq":%d,"at":"%b","type":"NoteAdded","room":"incidents","subject":"INC-1","actor":"key:first","facts":%b}'
FACTS = b'{"incident":"INC-1","by":"admin","text":"note number 1000 of the benchmark of the live feed"}'

_queues: list[asyncio.Queue[bytes]] = []
_told: list[int] = []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`GET /api/v1/live` follows, any POST tells everybody."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/api/v1/live":
        await _follow(send)
    else:
        if scope["method"] == "POST":
            _tell()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


def _tell() -> None:
    _told.append(len(_told) + 1)
    data = PAYLOAD % (_told[-1], rfc3339(time.time_ns() // 1_000_000).encode(), FACTS)
    for queue in _queues:
        queue.put_nowait(b"id: %d\ndata: %b\n\n" % (_told[-1], data))


async def _follow(send: Any) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    _queues.append(queue)
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    while True:
        await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
