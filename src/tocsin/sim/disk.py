"""A disk in memory that forgets what was not fsynced: a SQLite VFS under the real journal, and the port `Disk`.

Faults: a crash keeps any part of the unsynced writes, the last one torn; the disk fills up; a bit flips at rest.
Rule: a write is safe once `xSync` of its file returned (what SQLite itself relies on).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import TypeVar

import apsw

T = TypeVar("T")

SECTOR = 4096
STALL_MS = 400
"""A slow fsync, as spinning or shared disks have now and then."""


class SimFile:
    """The durable bytes of a file and the writes since its last sync."""

    def __init__(self) -> None:
        self.durable = bytearray()
        self.current = bytearray()
        self.pending: list[tuple[int, bytes]] = []

    def write(self, data: bytes, offset: int) -> None:
        """Write; only `current` knows until the sync."""
        _put(self.current, data, offset)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        """Cut; recorded as a write of the whole, so that a crash may or may not see it."""
        del self.current[size:]
        self.pending.append((-1, bytes(self.current)))

    def sync(self) -> None:
        """Everything written is safe now."""
        self.durable = bytearray(self.current)
        self.pending.clear()

    def crashed(self, chance: Random) -> SimFile:
        """The file after a crash: some of the unsynced writes in their order, the last of them torn."""
        after = SimFile()
        after.durable = bytearray(self.durable)
        kept = self.pending[: chance.randint(0, len(self.pending))]
        for index, (offset, data) in enumerate(kept):
            if offset < 0:
                after.durable = bytearray(data)
                continue
            torn = index == len(kept) - 1 and len(data) > 1 and chance.random() < 0.5
            _put(after.durable, data[: chance.randint(1, len(data) - 1)] if torn else data, offset)
        after.current = bytearray(after.durable)
        return after


def _put(body: bytearray, data: bytes, offset: int) -> None:
    if len(body) < offset:
        body.extend(bytes(offset - len(body)))
    body[offset : offset + len(data)] = data


class SimDisk:
    """Files by name, and the journal's one worker."""

    def __init__(self, name: str, chance: Random, stalls: bool = False) -> None:
        self.name = name
        self.files: dict[str, SimFile] = {}
        self.chance = chance
        self.stalls = stalls
        self.is_full = False
        self._boots = 0
        self._free = asyncio.Lock()
        self._vfs = self._mount()

    @property
    def vfs(self) -> str:
        """The name of the VFS of this boot."""
        return f"{self.name}-{self._boots}"

    def _mount(self) -> _Vfs:
        return _Vfs(self, self.files)

    async def work(self, job: Callable[[], T]) -> T:
        """Run the job after a while, one at a time, as a thread on a disk would."""
        async with self._free:
            slow = self.stalls and self.chance.random() < 0.002
            await asyncio.sleep(self.chance.uniform(0.0003, 0.004) + (STALL_MS / 1000 if slow else 0))
            return job()

    def crash(self) -> None:
        """The power goes: every file keeps what was synced and a chance part of the rest.

        Connections of before write on into files that nobody will see again."""
        self.files = {name: self.files[name].crashed(self.chance) for name in sorted(self.files)}
        self._boots += 1
        self._free = asyncio.Lock()
        self._vfs = self._mount()

    def flip_bit(self, name: str, at: int) -> None:
        """One bit rots at rest."""
        body = self.files[name].durable
        body[at // 8] ^= 1 << (at % 8)
        self.files[name].current = bytearray(body)


class _Vfs(apsw.VFS):
    """SQLite's view of the disk."""

    def __init__(self, disk: SimDisk, files: dict[str, SimFile]) -> None:
        self._disk = disk
        self._files = files
        super().__init__(disk.vfs, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _VfsFile:  # type: ignore[override]  # noqa: N802
        text = name.filename() if isinstance(name, apsw.URIFilename) else (name or "temp")
        file = self._files.setdefault(text, SimFile())
        flags[1] = flags[0]
        return _VfsFile(self._disk, file)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        if self._files.pop(name, None) is None:
            raise apsw.IOError("no such file")

    def xAccess(self, name: str, flags: int) -> bool:  # noqa: N802
        return name in self._files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


class _VfsFile:
    """One open file. Locks are granted: the journal is opened exclusively."""

    def __init__(self, disk: SimDisk, file: SimFile) -> None:
        self._disk = disk
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.current[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._disk.is_full:
            raise apsw.FullError("the disk is full")
        self._file.write(bytes(data), offset)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.current)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._file.sync()

    def xClose(self) -> None:  # noqa: N802
        return None

    def xLock(self, level: int) -> None:  # noqa: N802
        return None

    def xUnlock(self, level: int) -> None:  # noqa: N802
        return None

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0
