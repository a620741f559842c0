"""The API as files need it, whoever carries the requests."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import quote

Thing: TypeAlias = dict[str, Any]
"""One JSON object of the API."""

PAGE_LIMIT = 500


class Failure(Exception):
    """It did not work; its text says why. `status` is HTTP's, 0 for none; `reason` the stable word of a refusal."""

    status = 0
    reason = ""


class Api(ABC):
    """Questions and requests to one server, as one person."""

    @abstractmethod
    def ask(self, method: str, path: str, body: object = None, params: Thing | None = None) -> Thing:
        """One request to a path under `/api/v1`, and its JSON answer, empty for none. Raises Failure."""

    def now(self) -> datetime:
        """The time of day, with its zone."""
        return datetime.now(UTC)

    def get(self, path: str, **params: object) -> Thing:
        """One thing. Raises Failure."""
        return self.ask("GET", path, params=params)

    def pages(self, path: str, most: int | None = None, **params: object) -> Iterator[Thing]:
        """The items of a list, page by page; `most` is how many at most. Raises Failure."""
        cursor, left = "", most
        while left is None or left > 0:
            wanted = PAGE_LIMIT if left is None else min(left, PAGE_LIMIT)
            page = self.get(path, **params, limit=wanted, **({"cursor": cursor} if cursor else {}))
            yield from page["items"][:left]
            left = None if left is None else left - len(page["items"])
            cursor = page["next_cursor"]
            if not cursor:
                return

    def post(self, path: str, body: object = None) -> Thing:
        """Ask for something. Raises Failure."""
        return self.ask("POST", path, body)

    def put(self, path: str, body: object, *, is_new: bool = False) -> Thing:
        """Create a thing or bring one to a description; `is_new`: only create. Raises Failure."""
        return self.ask("PUT", path, body)

    def delete(self, path: str) -> None:
        """Remove a thing. Raises Failure."""
        self.ask("DELETE", path)


def at(*parts: str) -> str:
    """A path of these parts, each quoted."""
    return "".join("/" + quote(part, safe="") for part in parts)
