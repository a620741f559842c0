"""Lists as files: what a list shows, whole, for spreadsheets and programs.

Law: an export is read page by page through the list's own address, with the same filters and the same rights.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from litestar import Response, Router, get, post
from litestar.params import Parameter
from litestar.response import File, Stream

from tocsin.kernel.permission import ADMINISTER, READ
from tocsin.shell.i18n import preferred, translator
from tocsin.shell.jobs import JobFailed, Progress
from tocsin.web.api.jobs import STARTS, JobShown, Work, begun
from tocsin.web.call import Call, OneCall, required
from tocsin.web.config.inside import Inside
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown
from tocsin.web.problem import READS, Fault, Refused
from tocsin.web.table import FORMS, Row

ROWS_MAX = 200_000
"""Rows of one export; a spreadsheet takes a million, patience less."""
PAGE_ROWS = 500
AT_ONCE = 100
"""Rows written in one go, some milliseconds of the loop all share: nobody's page waits for a file of 200,000."""
PAGES_MAX = 5_000
"""Pages looked at: those of a scan may be short or empty."""
FILES_KEPT = 20
LISTS = {
    "alerts": ("/alerts", {"sort": "-first_at"}),
    "incidents": ("/incidents", {}),
    "messages": ("/messages", {}),
    "audit": ("/audit", {}),
    "ledger": ("/ledger/entries", {}),
    "services": ("/services", {}),
    "teams": ("/teams", {}),
    "schedules": ("/schedules", {}),
    "ladders": ("/ladders", {}),
    "people": ("/users", {}),
}
"""Which list is exported, and how it is asked when nothing else is said: in an order that does not move meanwhile."""
NAME = re.compile(rf"(?:{'|'.join(LISTS)})-[0-9TZ]+-[0-9a-z._-]{{1,80}}\.(?:csv|json)")

What = Literal[
    "alerts", "incidents", "messages", "audit", "ledger", "services", "teams", "schedules", "ladders", "people"
]
Form = Annotated[Literal["csv", "json"], Parameter(query="format", description="The form of the file.")]


@get("/exports/{what:str}", responses=READS, opt={"needs": KNOWN}, media_type="text/csv")
async def export(call: Call, what: What, form: Form = "csv") -> Stream:
    """A list as a file, with the filters of the list."""
    first = await _page(call, what, "")
    write, media_type = FORMS[form]
    chunks = write(pages(call, what, first, Progress(0)), _cut(call))
    name = f"tocsin-{what}-{shown(call.at):%Y%m%dT%H%M%SZ}.{form}"
    return Stream(
        chunks,
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


@post("/exports/{what:str}", responses=STARTS, opt={"needs": KNOWN}, status_code=202)
async def begin_export(call: Call, work: Work, what: What, form: Form = "csv") -> Response[JobShown]:
    """The same as a job, for what takes long; its result is the file, kept for a while."""
    directory = _directory(call)
    first = await _page(call, what, "")
    name = f"{what}-{shown(call.at):%Y%m%dT%H%M%SZ}-{call.caller.user}.{form}"

    async def do(progress: Progress) -> str:
        chunks = FORMS[form][0](pages(call, what, first, progress), _cut(call))
        try:
            await _write(directory, name, chunks)
        except OSError as fault:
            raise JobFailed(str(fault)) from fault
        return f"/api/v1/exports/files/{name}"

    return begun(call, work, f"export_{what}", 0, do)


@get("/exports/files/{name:str}", responses=READS, opt={"needs": KNOWN}, media_type="application/octet-stream")
async def get_export(call: Call, name: str) -> File:
    """Download what a job exported: one's own, or as an administrator anybody's. A key made for less than its person
    may do does not read what they exported with more."""
    is_own = bool(NAME.fullmatch(name)) and name.rpartition(".")[0].split("-", 2)[-1] == call.caller.user
    is_wide = name.startswith("audit-") and ADMINISTER in call.look.people.permissions_of(f"user:{call.caller.user}")
    is_own = is_own and call.caller.may(ADMINISTER if is_wide else READ)
    path = _directory(call) / name
    is_there = NAME.fullmatch(name) is not None and path.is_file() and (is_own or call.caller.may(ADMINISTER))
    media_type = FORMS[name.rpartition(".")[2]][1] if is_there else ""
    return File(required(path if is_there else None, "export", name), filename=f"tocsin-{name}", media_type=media_type)


async def pages(call: OneCall, what: str, first: dict[str, Any], progress: Progress) -> AsyncIterator[Sequence[Row]]:
    """The rows, a few at a time, others getting their turn in between; an empty row at the end says that there are
    more. Raises JobFailed."""
    page, count = first, 0
    for _ in range(PAGES_MAX):
        rows = page["items"][: ROWS_MAX - count]
        count += len(rows)
        progress.advance(len(rows))
        for start in range(0, len(rows), AT_ONCE):
            yield rows[start : start + AT_ONCE]
            await asyncio.sleep(0)
        cursor = page["next_cursor"]
        if not cursor:
            return
        if count >= ROWS_MAX:
            break
        try:
            page = await _page(call, what, cursor)
        except Refused as fault:
            raise JobFailed(fault.detail or fault.reason) from fault
    yield [{}]


async def _page(call: OneCall, what: str, cursor: str) -> dict[str, Any]:
    """One page of the list. Raises Refused, as the list itself would."""
    path, defaults = LISTS[what]
    asked = [pair for pair in parse_qsl(call.request.url.query, keep_blank_values=True) if pair[0] not in OWN]
    given = {name for name, _ in asked}
    query = [*asked, *((name, value) for name, value in defaults.items() if name not in given)]
    query += [("limit", str(PAGE_ROWS)), *([("cursor", cursor)] if cursor else [])]
    app: Any = call.request.app
    status, found = await Inside(app, call.request.headers, call.house.engine.clock).answer(path, urlencode(query))
    if status != 200:
        faults = tuple(
            Fault(one.get("pointer", ""), one.get("message", ""), one.get("hint", ""))
            for one in found.get("errors", ())
        )
        raise Refused(status, str(found.get("reason", "")), str(found.get("detail", "")), faults)
    page: dict[str, Any] = found
    return page


OWN = ("format", "limit", "cursor")
"""Parameters that are not the list's."""


async def _write(directory: Path, name: str, chunks: AsyncIterator[bytes]) -> None:
    """The chunks as a file; old ones leave."""
    await asyncio.to_thread(_prepare, directory)
    part = directory / f"{name}.part"
    with await asyncio.to_thread(part.open, "wb") as file:
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)
    await asyncio.to_thread(part.replace, directory / name)


def _prepare(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = sorted((path for path in directory.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime)
    for old in files[: max(0, len(files) - FILES_KEPT + 1)]:
        old.unlink(missing_ok=True)


def _directory(call: OneCall) -> Path:
    directory = call.house.vitals.exports
    if directory is None:
        raise Refused(409, "no_journal_file", "this journal is in memory; download the export at once instead")
    return directory


def _cut(call: OneCall) -> str:
    say = translator(preferred(call.request.headers.get("accept-language", "")))
    return say("export.cut", count=ROWS_MAX)


router = Router("/", route_handlers=[export, begin_export, get_export], tags=["exports"])
