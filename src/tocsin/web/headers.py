"""Headers of every answer: a request id, and what browsers may do with a page: nothing it does not need.

Law: no inline script or style anywhere; pages carry only what comes from /static.
"""

from __future__ import annotations

import re
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from tocsin.shell.ports import Entropy

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
HSTS = "max-age=31536000"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(scope: Scope, entropy: Entropy) -> str:
    """The request's id: the client's `X-Request-Id` when it is a plain one, else a new one; always the same."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if "request_id" not in state:
        given = dict(scope.get("headers", ())).get(b"x-request-id", b"").decode("latin-1")
        state["request_id"] = given if _REQUEST_ID.fullmatch(given) else entropy.id()
    return str(state["request_id"])


class Sealer:
    """Adds the headers to every answer, the router's own errors included."""

    def __init__(self, is_secure: bool, entropy: Entropy) -> None:
        self._headers = SECURITY | ({"strict-transport-security": HSTS} if is_secure else {})
        self._entropy = entropy

    async def __call__(self, message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        headers["x-request-id"] = request_id(scope, self._entropy)
