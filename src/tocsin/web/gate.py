"""The one gate of the web: who asks, and whether a reader may read.

Law: every route needs the permission `read` unless it names another in `opt={"needs": …}`: `OPEN` for everybody,
`KNOWN` for anybody who is logged in. What a command needs is judged once more, by the world that decides it.
A browser's request that changes something must carry the session's CSRF token: pages in the field `csrf` of their form
(`opt={"form": True}`), programs in the header `X-CSRF-Token`.
"""

from __future__ import annotations

import hmac
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from tocsin.kernel.permission import PERMISSIONS, READ
from tocsin.shell.keys import TOKEN_LENGTH_MAX, Keys, digest
from tocsin.web.problem import Refused
from tocsin.web.services import Services

OPEN: Final = "open"
KNOWN: Final = "known"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Connection = ASGIConnection[Any, Any, Any, Any]


class Caller(msgspec.Struct, frozen=True):
    """Who asks. `session` is the SHA-256 of the cookie, empty for an API key; `csrf` the token its forms carry."""

    actor: str
    user: str
    permissions: tuple[str, ...]
    session: str = ""
    csrf: str = ""

    def may(self, permission: str) -> bool:
        """Whether the caller holds the permission."""
        return permission in self.permissions

    def owns(self, user: str) -> bool:
        """Whether the caller acts for this user."""
        return self.user == user


class CsrfFact(msgspec.Struct, frozen=True):
    """What a CSRF token is the signature of."""

    session: str


class Gate:
    """Knows callers by key or cookie."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._keys = Keys(services.engine)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; browsers accept the prefix only over TLS."""
        return "__Host-tocsin" if self._services.is_secure else "tocsin"

    async def check(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Litestar's guard for every route. Raises Refused."""
        needs = handler.opt.get("needs", READ)
        assert needs in {OPEN, KNOWN, *PERMISSIONS}, f"{handler} needs {needs!r}, which is no permission"
        caller = self.caller(connection)
        connection.scope["state"]["caller"] = caller
        if needs == OPEN:
            return
        if caller is None:
            raise Refused(401, "not_authenticated", www_authenticate="Bearer")
        if needs != KNOWN and not caller.may(needs):
            raise Refused(403, "permission_denied", f"{caller.actor} needs the permission {needs!r}")
        if caller.session and connection.scope.get("method", "") not in SAFE_METHODS:
            require_csrf(caller, await _shown_csrf(connection, bool(handler.opt.get("form"))))
        if not handler.opt.get("form"):
            _require_json(connection)

    def caller(self, connection: Connection) -> Caller | None:
        """Who asks, None for nobody we know."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme:
            return self._by_key(token.strip()) if scheme.lower() == "bearer" else None
        cookie = connection.cookies.get(self.cookie, "")
        return self._by_session(cookie) if cookie else None

    def csrf(self, session: str) -> str:
        """The CSRF token of a session."""
        return self._services.vault.sign(CsrfFact(session)).rpartition(".")[2]

    def _by_key(self, token: str) -> Caller | None:
        engine = self._services.engine
        key = self._keys.shown(token)
        if key is None:
            return None
        actor = f"key:{key.id}"
        return Caller(actor, key.user, tuple(engine.look.people.permissions_of(actor)))

    def _by_session(self, cookie: str) -> Caller | None:
        engine = self._services.engine
        hashed = digest(cookie)
        session = engine.look.people.session_by_hash(hashed, engine.clock.now())
        if session is None:
            return None
        actor = f"user:{session.user}"
        return Caller(actor, session.user, tuple(engine.look.people.permissions_of(actor)), hashed, self.csrf(hashed))


def _require_json(connection: Connection) -> None:
    """A body is JSON, and says so: a form that a foreign page sends can not. Raises Refused."""
    headers = connection.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json" and not kind.endswith("+json"):
        raise Refused(415, "media_type_unsupported", f"send application/json, not {kind or 'a body without a type'}")


def is_from_here(connection: Connection, url: str) -> bool:
    """Whether a page of ours opened the connection: a browser always says which one did. WebSockets have no CSRF token,
    and a foreign page may open them with the person's cookie."""
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return connection.headers.get("origin", "") in (url, f"{scheme}://{connection.headers.get('host', '')}")


async def _shown_csrf(connection: Connection, is_form: bool) -> str:
    if is_form and isinstance(connection, Request):
        return str((await connection.form()).get("csrf", ""))
    return connection.headers.get("x-csrf-token", "")


def require_csrf(caller: Caller, shown: str) -> None:
    """Refuse what a foreign page made the browser send. Raises Refused."""
    if not hmac.compare_digest(shown.encode()[:TOKEN_LENGTH_MAX], caller.csrf.encode()):
        raise Refused(403, "csrf_token_missing", "send the session's CSRF token (/api/v1/me) as X-CSRF-Token")
