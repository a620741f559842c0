"""The OpenAPI document: what the handlers say of themselves, and what they leave to others to say.

Law: nothing is written down twice. The filters of an export are those of its list. The document is made once, when
somebody asks for it, in a thread: it takes a good part of a second, in which a page may be due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields
from functools import cached_property
from typing import Any

from litestar import Litestar, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import OpenAPI

from tocsin.web.api.exports import LISTS, OWN

EXPORTS = "/api/v1/exports/{what}"


class Document(OpenAPI):
    """The document of an application."""

    def to_schema(self) -> dict[str, Any]:
        """The document as JSON has it."""
        return self._schema

    @cached_property
    def _schema(self) -> dict[str, Any]:
        found = super().to_schema()
        paths = found["paths"]
        for operation in paths[EXPORTS].values():
            operation["parameters"] += _filters(paths)
        return found


def maker() -> Callable[[Request[Any, Any, Any]], Awaitable[None]]:
    """What makes the document of an application before the first who asks for it is answered."""
    lock = asyncio.Lock()

    async def make(request: Request[Any, Any, Any]) -> None:
        async with lock:
            await asyncio.to_thread(_make, request.app)

    return make


def _make(app: Litestar) -> None:
    app.openapi_schema.to_schema()


class DocumentConfig(OpenAPIConfig):
    """What the document says of all of it."""

    def to_openapi_schema(self) -> OpenAPI:
        """The document, still without paths."""
        plain = super().to_openapi_schema()
        return Document(**{field.name: getattr(plain, field.name) for field in fields(plain)})


def _filters(paths: dict[str, Any]) -> list[dict[str, Any]]:
    """The filters of every list that can be exported."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for what, (path, _) in LISTS.items():
        for one in paths[f"/api/v1{path}"]["get"].get("parameters", ()):
            if one["in"] == "query" and one["name"] not in OWN:
                found.setdefault(one["name"], {})[what] = one
    return [_filter(of) for of in found.values()]


def _filter(of: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One filter, with what it means in which lists. Where they differ, it is a text."""
    one, *others = of.values()
    is_same = all(other["schema"] == one["schema"] for other in others)
    lists: dict[str, list[str]] = {}
    for what, other in of.items():
        lists.setdefault(other.get("description", ""), []).append(what)
    words = " ".join(f"Of {', '.join(whats)}. {text}".strip() for text, whats in lists.items())
    schema = one["schema"] if is_same else {"type": "string"}
    return one | {"required": False, "description": words, "schema": schema}
