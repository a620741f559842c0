"""The API asked from inside the server, on behalf of whoever asked the server: by the same way, with the same rights.

Law: it is used in a thread; the requests themselves are answered by the loop, like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx2
import msgspec

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import rfc3339
from tocsin.shell.ports import Clock
from tocsin.web.config.api import Api, Failure, Thing

CARRIED = ("authorization", "cookie", "x-csrf-token", "accept-language")
"""The headers by which one is known."""
PATIENCE_S = 60.0


class Refusal(Failure):
    """What the API answered instead."""

    def __init__(self, message: str, status: int, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Inside(Api):
    """Questions to one's own server. To be made in the loop, to be used in a thread."""

    def __init__(self, app: Any, headers: Mapping[str, str], clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        carried = {name: headers[name] for name in CARRIED if name in headers}
        transport = httpx2.ASGITransport(app=app)
        self._http = httpx2.AsyncClient(transport=transport, base_url="http://inside", headers=carried)

    def now(self) -> datetime:
        """The server's time."""
        return datetime.fromisoformat(rfc3339(Moment(self._clock.now())))

    def ask(self, method: str, path: str, body: object = None, params: Thing | None = None) -> Thing:
        """One request. Raises Failure."""
        future = asyncio.run_coroutine_threadsafe(self._ask(method, path, body, params), self._loop)
        return future.result(PATIENCE_S)

    async def answer(self, path: str, query: str) -> tuple[int, Any]:
        """A question in the loop: the status and the JSON of the answer."""
        answer = await self._http.get(f"/api/v1{path}?{query}")
        return answer.status_code, msgspec.json.decode(answer.content)

    async def _ask(self, method: str, path: str, body: object, params: Thing | None) -> Thing:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if content is None else {"content-type": "application/json"}
        query = {name: _text(value) for name, value in (params or {}).items() if value is not None}
        answer = await self._http.request(
            method, f"/api/v1{path}", params=query, content=content, headers=headers
        )  # fmt: skip
        found: Thing = msgspec.json.decode(answer.content, type=dict[str, Any]) if answer.content else {}
        if not answer.is_success:
            raise Refusal(str(found.get("detail", "")), answer.status_code, str(found.get("reason", "")))
        return found


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
