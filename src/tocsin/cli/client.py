"""A small synchronous client of the HTTP API.

Law: every refusal becomes words and an exit code; every POST carries an Idempotency-Key, so that trying again is safe.
"""

from __future__ import annotations

import time
import uuid
from types import TracebackType
from typing import Any

import click
import httpx2
import msgspec

import tocsin
from tocsin.cli.words import harmless, say, spoken
from tocsin.web.config import api as config
from tocsin.web.config.api import Thing, at

__all__ = ["Api", "Conflict", "Failure", "NotFound", "Thing", "at", "failure"]

URL_DEFAULT = "http://127.0.0.1:8080"
TIMEOUT_S = 30.0
TRIES = 3
"""How often a busy server is asked."""
PATIENCE_S = 5.0
"""The longest Retry-After that is waited for."""
EXISTS = "exists_already"
"""The refusal of a PUT that was only to create."""


class Failure(click.ClickException, config.Failure):
    """It did not work; the text says why. `status` is HTTP's, 0 for none; `reason` the stable word of a refusal."""

    exit_code = 1

    def __init__(self, message: str, status: int = 0, reason: str = "") -> None:
        super().__init__(harmless(message))
        self.status = status
        self.reason = reason


class NotFound(Failure):
    """There is no such thing."""

    exit_code = 3


class Conflict(Failure):
    """Not as things stand now."""

    exit_code = 4


KINDS: dict[int, type[Failure]] = {404: NotFound, 409: Conflict, 412: Conflict}
"""What kind of failure a status is, where it is a special one."""


class Api(config.Api):
    """The API of one server, with one key."""

    def __init__(self, url: str, key: str = "", transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"accept-language": spoken(), "user-agent": f"tocsin/{tocsin.__version__}"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        self._http = httpx2.Client(base_url=self.url, headers=headers, timeout=TIMEOUT_S, transport=transport)

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: object = None, params: Thing | None = None) -> Thing:
        """One request; a POST is done once, however often it is tried. Raises Failure."""
        headers = {"idempotency-key": str(uuid.uuid4())} if method == "POST" else {}
        return self._json(method, path, body, headers, params)

    def put(self, path: str, body: object, *, is_new: bool = False) -> Thing:
        """Create a thing or bring one to a description; `is_new`: only create. Raises Failure."""
        try:
            return self._json("PUT", path, body, {"if-none-match": "*"} if is_new else {})
        except Conflict as fault:
            if not is_new or fault.reason != EXISTS:
                raise
            raise Conflict(say("cli.exists", name=path.rpartition("/")[2]), fault.status, EXISTS) from None

    def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Any request to the server, at a path from its root; busy answers are waited for. Raises Failure."""
        content = None if body is None else msgspec.json.encode(body)
        typed = {"content-type": "application/json"} if content is not None else {}
        for again in reversed(range(TRIES)):
            try:
                answer = self._http.request(method, path, content=content, headers={**typed, **(headers or {})})
            except httpx2.RequestError as fault:
                raise Failure(say("cli.no_server", url=self.url, fault=str(fault) or type(fault).__name__)) from None
            pause = _retry_after(answer)
            if pause is None or not again:
                break
            time.sleep(pause)
        return answer

    def _json(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        params: Thing | None = None,
    ) -> Thing:
        query = str(httpx2.QueryParams({k: _text(v) for k, v in (params or {}).items() if v is not None}))
        answer = self.send(method, f"/api/v1{path}{'?' if query else ''}{query}", body, headers)
        if not answer.is_success:
            raise failure(answer)
        try:
            return msgspec.json.decode(answer.content, type=dict[str, Any]) if answer.content else {}
        except msgspec.MsgspecError:
            raise Failure(say("cli.not_tocsin", url=self.url)) from None


def failure(answer: httpx2.Response) -> Failure:
    """The words of a refusal: problem details, or whatever else the server said."""
    kind = KINDS.get(answer.status_code, Failure)
    try:
        problem = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return kind(say("cli.refused_plainly", status=answer.status_code, text=answer.text[:300]), answer.status_code)
    title, detail = str(problem.get("title", answer.status_code)), str(problem.get("detail", ""))
    errors = [error for error in problem.get("errors", ()) if isinstance(error, dict)]
    lines = [
        title if detail in {"", title} or errors else say("cli.refused", title=title, detail=detail),
        *map(_line, errors),
    ]
    if answer.status_code == 401:
        lines.append(say("cli.key_hint"))
    return kind("\n".join(lines), answer.status_code, str(problem.get("reason", "")))


def _line(error: Thing) -> str:
    where = error.get("pointer") or "body"
    hint = f" ({error['hint']})" if error.get("hint") else ""
    return f"  {where}: {error.get('message', '')}{hint}"


def _retry_after(answer: httpx2.Response) -> float | None:
    """How long to wait before asking again, None for not at all."""
    if answer.status_code not in {429, 503}:
        return None
    wish = answer.headers.get("retry-after", "1")
    return min(float(wish), PATIENCE_S) if wish.isdecimal() else None


def _text(value: object) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
