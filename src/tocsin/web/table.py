"""Rows as CSV or JSON, piece by piece.

Law: CSV begins with a byte-order mark, so that spreadsheets read it as UTF-8, and no text of a cell is ever taken for a
formula by them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

Row = dict[str, Any]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width forms included."""
BOM = "\ufeff"


async def as_csv(pages: AsyncIterator[Sequence[Row]], cut: str) -> AsyncIterator[bytes]:
    """The rows of all pages; the first row names the columns. `cut` is said in a last line when not all are there."""
    columns: list[str] = []
    yield BOM.encode()
    async for page in pages:
        rows = [_flat(row) for row in page]
        text = io.StringIO()
        writer = csv.writer(text)
        if not columns and rows:
            columns = list(rows[0])
            writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(name)) for name in columns] if row else [cut])
        yield text.getvalue().encode()


async def as_json(pages: AsyncIterator[Sequence[Row]], cut: str) -> AsyncIterator[bytes]:
    """An object with the rows as `items`, and whether all are there."""
    yield b'{"items":['
    start, is_whole = b"\n", True
    async for page in pages:
        rows = [msgspec.json.encode(row) for row in page if row]
        is_whole = is_whole and len(rows) == len(page)
        if rows:
            yield start + b",\n".join(rows)
            start = b",\n"
    yield b'\n],"complete":' + (b"true" if is_whole else b"false") + b"}\n"


FORMS = {"csv": (as_csv, "text/csv; charset=utf-8"), "json": (as_json, "application/json")}


def _flat(row: Row) -> Row:
    """The fields of a thing's description are columns of their own, behind its id."""
    spec = row.get("spec")
    if not isinstance(spec, dict):
        return row
    own = {name: value for name, value in row.items() if name != "spec"}
    return {"id": own.get("id", "")} | spec | own


def _cell(value: Any) -> Any:
    match value:
        case str():  # the commonest come first
            return guarded(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case list() if all(isinstance(one, str) for one in value):
            return guarded(", ".join(value))
        case _:
            return guarded(msgspec.json.encode(value).decode())


def guarded(text: str) -> str:
    """The text with a quote before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
