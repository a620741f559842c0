"""Copies of the journal, made while it goes on, for administrators."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.response import File

from tocsin.kernel.permission import ADMINISTER
from tocsin.shell.jobs import JobFailed, Progress
from tocsin.shell.journal.protocol import JournalError
from tocsin.web.api.jobs import STARTS, JobShown, Work, begun
from tocsin.web.call import Call, OneCall, required
from tocsin.web.instants import shown
from tocsin.web.problem import READS, WRITES, Refused

NAME = re.compile(r"tocsin-\d{8}T\d{6}Z-\d+\.db")
WATCH_S = 0.2
ORPHANED_MS = 3_600_000
"""When nobody has written to a part of a copy for so long, its process was killed."""


class BackupShown(msgspec.Struct, frozen=True):
    """A copy of the journal up to `seq`."""

    name: str
    size: int
    seq: int
    at: datetime
    url: str


class BackupsShown(msgspec.Struct, frozen=True):
    """Backups, newest first."""

    items: tuple[BackupShown, ...]


@post("/backups", responses=STARTS, opt={"needs": ADMINISTER}, status_code=202)
async def make_backup(call: Call, work: Work) -> Response[JobShown]:
    """Copy the journal while it goes on, as a job; its result is the copy."""
    directory = _directory(call)
    journal, seq = call.house.engine.journal, call.house.engine.seq_dry
    name = f"tocsin-{shown(call.at):%Y%m%dT%H%M%SZ}-{seq}.db"
    total = await asyncio.to_thread(call.house.vitals.journal_bytes)

    def copy() -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in directory.glob("tocsin-*.db.part*"):
            if part.stat().st_mtime * 1000 < call.at - ORPHANED_MS:
                part.unlink()
        journal.backup(directory / name)

    async def do(progress: Progress) -> str:
        copying = asyncio.ensure_future(asyncio.to_thread(copy))
        while not copying.done():
            await asyncio.wait({copying}, timeout=WATCH_S)
            progress.done = min(total, _size(directory / (name + ".part")))
        try:
            copying.result()
        except (JournalError, OSError) as fault:
            raise JobFailed(str(fault)) from fault
        progress.done = progress.total
        return f"/api/v1/backups/{name}"

    return begun(call, work, "backup", total, do)


@get("/backups", responses=READS, opt={"needs": ADMINISTER})
async def list_backups(call: Call) -> BackupsShown:
    """The copies that are there."""
    return BackupsShown(await asyncio.to_thread(_listed, _directory(call)))


@get("/backups/{name:str}", responses=READS, opt={"needs": ADMINISTER}, media_type="application/vnd.sqlite3")
async def get_backup(call: Call, name: str) -> File:
    """Download a copy."""
    path = _path(call, name)
    return File(path, filename=name, media_type="application/vnd.sqlite3", headers={"cache-control": "no-store"})


@delete("/backups/{name:str}", responses=WRITES, opt={"needs": ADMINISTER})
async def delete_backup(call: Call, name: str) -> None:
    """Remove a copy."""
    await asyncio.to_thread(_path(call, name).unlink, missing_ok=True)


def _directory(call: OneCall) -> Path:
    directory = call.house.vitals.backups
    if directory is None:
        raise Refused(409, "no_journal_file", "this journal is in memory; there is nothing to copy")
    return directory


def _path(call: OneCall, name: str) -> Path:
    path = _directory(call) / name
    return required(path if NAME.fullmatch(name) and path.is_file() else None, "backup", name)


def _listed(directory: Path) -> tuple[BackupShown, ...]:
    found = sorted(directory.glob("tocsin-*.db"), reverse=True) if directory.is_dir() else []
    return tuple(_show(path) for path in found if NAME.fullmatch(path.name))


def _show(path: Path) -> BackupShown:
    state = path.stat()
    seq = int(path.stem.rpartition("-")[2])
    return BackupShown(path.name, state.st_size, seq, shown(int(state.st_mtime * 1000)), f"/api/v1/backups/{path.name}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


router = Router("/", route_handlers=[make_backup, list_backups, get_backup, delete_backup], tags=["backups"])
