"""What is made behind the open doors: who comes early waits, and is not left waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tocsin.shell.gateway.late import SERVICE_RESTART, Late
from tocsin.shell.gateway.wire import answer, json_reply

HTTP = {"type": "http", "method": "GET", "path": "/"}


class Made:
    """An application that says where it was asked; its state has the way to close it, as Litestar's."""

    def __init__(self) -> None:
        self.closed = 0
        self.state = SimpleNamespace(close=self._close)

    def _close(self) -> None:
        self.closed += 1

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await answer(send, json_reply(200, scope["path"]))


class Held:
    """A way to make an application that waits, in its thread, until it may."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self.may = threading.Event()

    def __call__(self) -> Any:
        assert self.may.wait(20)
        return self._make()


async def ask(late: Late, scope: dict[str, Any]) -> list[dict[str, Any]]:
    """What is sent to somebody who asks."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is read here")

    await late(scope, receive, send)
    return sent


def test_who_comes_early_waits_and_holds_nobody_up() -> None:
    async def story() -> None:
        held = Held(Made)
        late = Late(held)
        making = asyncio.create_task(late.make())
        early = asyncio.create_task(ask(late, HTTP))
        await asyncio.sleep(0)  # the loop turns while it is made
        assert not early.done()
        held.may.set()
        await making
        assert [one["status"] for one in await early if "status" in one] == [200]
        assert (await ask(late, HTTP))[1]["body"] == b'"/"'

    asyncio.run(story())


@pytest.mark.parametrize("ends_by", ["close", "fault"])
def test_who_waits_for_what_will_not_be_made_is_told_to_come_back(ends_by: str) -> None:
    async def story() -> None:
        def broken() -> Any:
            raise ZeroDivisionError("planted")

        held = Held(broken if ends_by == "fault" else Made)
        late = Late(held)
        making = asyncio.create_task(late.make())
        asked = [
            asyncio.create_task(ask(late, scope)) for scope in (HTTP, {"type": "websocket"}, HTTP | {"method": "HEAD"})
        ]
        await asyncio.sleep(0)
        if ends_by == "close":
            late.close()
        held.may.set()
        page, socket, head = [await one for one in asked]
        assert page[0]["status"] == 503
        assert (b"retry-after", b"5") in page[0]["headers"]
        assert head == page
        assert socket == [{"type": "websocket.close", "code": SERVICE_RESTART}]
        if ends_by == "fault":
            with pytest.raises(ZeroDivisionError):
                await making
        else:
            await making
        late.close()

    asyncio.run(story())


def test_its_followers_are_let_go_when_it_is_closed() -> None:
    async def story() -> None:
        made = Made()
        late = Late(lambda: made)
        await late.make()
        late.close()
        assert made.closed == 1

    asyncio.run(story())
