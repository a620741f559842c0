"""One request: who asks, what is to be seen, and the way to ask for a change.

Law: an answer is computed first and sent when everything it shows is durable; conditional writes stand in one line, so
that between the comparison of an ETag and the decision nobody else writes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from litestar import Request, Response
from litestar.params import Dependency

from tocsin.core.world import Views
from tocsin.kernel.message import Accepted, Command, Moment, Rejected
from tocsin.kernel.permission import READ, SELF
from tocsin.web.gate import Caller
from tocsin.web.problem import Fault, Refused, refused
from tocsin.web.services import Services

T = TypeVar("T")

IDEMPOTENCY_KEY_MAX = 255


class OneCall:
    """What a handler works with."""

    def __init__(self, services: Services, request: Request[Any, Any, Any], writing: asyncio.Lock) -> None:
        self.house = services
        self.request = request
        self._writing = writing

    @property
    def look(self) -> Views:
        """The views of every room."""
        return self.house.engine.look

    @property
    def at(self) -> Moment:
        """Now."""
        return self.house.engine.clock.now()

    @property
    def caller(self) -> Caller:
        """Who asks; only on routes that are not open."""
        caller = self.request.scope["state"].get("caller")
        assert isinstance(caller, Caller), "this route is open: there may be no caller"
        return caller

    def require(self, permission: str, user: str = "") -> None:
        """The caller holds the permission, or it is about their own things, which a key made for something else may not
        even see. Raises Refused."""
        caller = self.caller
        is_own = user != "" and caller.owns(user) and (caller.may(SELF) or caller.may(READ))
        if not caller.may(permission) and not is_own:
            raise Refused(403, "permission_denied", f"{self.caller.actor} needs the permission {permission!r}")

    async def shown(self, answer: T) -> T:
        """The answer, once everything in it is durable."""
        await self.house.engine.dry()
        return answer

    async def tagged(self, answer: T) -> Response[T]:
        """The answer with its ETag; 304 without a body when the client has it."""
        await self.house.engine.dry()
        tag = etag(answer)
        status = 304 if tag in self.request.headers.get("if-none-match", "") else 200
        return Response(answer if status == 200 else None, status_code=status, headers={"etag": tag})  # type: ignore[arg-type]

    async def created(self, answer: T, location: str) -> Response[T]:
        """The answer to a POST that made something."""
        await self.house.engine.dry()
        return Response(answer, status_code=201, headers={"location": location, "etag": etag(answer)})

    async def ask(self, command: Command) -> Accepted:
        """Have the command decided, once for each Idempotency-Key. Raises Refused."""
        engine, actor = self.house.engine, self.caller.actor
        key = self.request.headers.get("idempotency-key", "")
        if self.request.method != "POST" or not key:
            return accepted(await engine.submit(command, actor))
        if len(key) > IDEMPOTENCY_KEY_MAX:
            fault = Fault("Idempotency-Key", f"longer than {IDEMPOTENCY_KEY_MAX} characters", "a UUID is enough")
            raise Refused(400, "request_invalid", fault.message, (fault,))
        parts = (self.request.method, str(self.request.url.path), self.request.url.query)
        asked = hashlib.sha256("\0".join(parts).encode() + b"\0" + await self.request.body()).hexdigest()
        return accepted(await engine.submit_once(command, actor, f"{actor}:{key}", asked))

    async def put(self, command: Command, show: Callable[[], T | None], location: str) -> Response[T]:
        """Create or change a thing by its id if it is as If-Match says: 201 or 200, with its ETag. Raises Refused."""

        async def ask() -> None:
            await self.ask(command)

        return await self.put_by(ask, show, location)

    async def put_by(
        self, ask: Callable[[], Awaitable[None]], show: Callable[[], T | None], location: str
    ) -> Response[T]:
        """As `put`, for what needs more than one command. Raises Refused."""
        before, after = await self._write(ask, show)
        assert after is not None, f"a PUT to {self.request.url.path} was accepted and left nothing"
        await self.house.engine.dry()
        headers = {"etag": etag(after)} | ({"location": location} if before is None else {})
        return Response(after, status_code=201 if before is None else 200, headers=headers)

    async def remove(self, command: Command, show: Callable[[], object | None]) -> None:
        """Remove a thing by its id if it is as If-Match says. Raises Refused."""

        async def ask() -> None:
            await self.ask(command)

        await self._write(ask, show)

    async def _write(
        self, ask: Callable[[], Awaitable[None]], show: Callable[[], T | None]
    ) -> tuple[T | None, T | None]:
        async with self._writing:
            before = show()
            self._compare(before)
            await ask()
            return before, show()

    def _compare(self, before: object | None) -> None:
        wanted = self.request.headers.get("if-match", "")
        if wanted and (before is None or (wanted != "*" and etag(before) not in wanted)):
            raise Refused(412, "changed_meanwhile", "read it again, look at the difference, and send the new ETag")
        if before is not None and self.request.headers.get("if-none-match", "") == "*":
            raise Refused(412, "exists_already", "If-None-Match: * asks for a new one, and this exists")


Call: TypeAlias = Annotated[OneCall, Dependency(skip_validation=True)]
"""How a handler asks for its request."""


def accepted(decision: Accepted | Rejected) -> Accepted:
    """The acceptance. Raises Refused."""
    if isinstance(decision, Rejected):
        raise refused(decision)
    return decision


def etag(thing: object) -> str:
    """A strong ETag of what is shown."""
    return f'"{hashlib.sha256(msgspec.json.encode(thing)).hexdigest()[:20]}"'


def required(thing: T | None, kind: str, id_: str) -> T:
    """The thing. Raises Refused with 404 where there is none."""
    if thing is None:
        raise Refused(404, "not_found", f"there is no {kind} {id_!r}")
    return thing
