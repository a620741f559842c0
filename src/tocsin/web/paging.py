"""Lists by cursor: `?limit=&cursor=` and `{items, next_cursor}`; never by offset."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Generic, TypeAlias, TypeVar

import msgspec
from litestar.params import Parameter

from tocsin.web.problem import Fault, Refused

T = TypeVar("T")
R = TypeVar("R")

LIMIT_MAX = 500
"""Items in one answer: a screen shows fewer, and an answer stays below a megabyte."""

Limit: TypeAlias = Annotated[int, Parameter(ge=1, le=LIMIT_MAX, description="How many items at most.")]
Cursor: TypeAlias = Annotated[str, Parameter(max_length=400, description="`next_cursor` of the page before.")]

Sought: TypeAlias = Annotated[str, Parameter(max_length=200, description="Only what has this in its id or name.")]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items, and the cursor with which the list goes on; empty for the end."""

    items: tuple[T, ...]
    next_cursor: str = ""


def page(rows: Iterable[R], key: Callable[[R], str], limit: int, cursor: str, show: Callable[[R], T]) -> Page[T]:
    """The rows after the cursor. Rows come in the order of their keys."""
    after = opened(cursor) if cursor else ""
    rest = (row for row in rows if not after or key(row) > after)
    found = list(islice(rest, limit + 1))
    items = tuple(show(row) for row in found[:limit])
    return Page(items, sealed(key(found[limit - 1])) if len(found) > limit else "")


def sought(rows: Iterable[R], text: str, words: Callable[[R], Iterable[str]]) -> Iterable[R]:
    """The rows with a word that has the text in it, in whatever case; all without a text."""
    wanted = text.strip().casefold()
    return (row for row in rows if not wanted or any(wanted in word.casefold() for word in words(row)))


def sealed(key: str) -> str:
    """A cursor: opaque to clients, not secret."""
    return base64.urlsafe_b64encode(key.encode()).rstrip(b"=").decode()


def opened(cursor: str) -> str:
    """The key in a cursor. Raises Refused."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise unreadable(cursor) from None


def opened_number(cursor: str) -> int:
    """The number in a cursor, 0 for the first page. Raises Refused."""
    text = opened(cursor) if cursor else "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise unreadable(cursor)
    return int(text)


def unreadable(cursor: str) -> Refused:
    """What to say of a cursor that is none of ours."""
    fault = Fault("?cursor", f"{cursor!r} is no cursor of ours", "take next_cursor of the page before, unchanged")
    return Refused(400, "request_invalid", f"?cursor: {fault.message}", (fault,))
