"""A disk in memory that forgets what was not fsynced: a SQLite VFS under the real journal, and the port `Disk`.

Faults: the power goes (also between two writes of one append) and any part of the unsynced writes is lost, the last
one kept is torn; the process is killed; the disk fills up; a write is slow; a bit flips at rest.
Rule: a write is safe once `xSync` of its file returned (what SQLite itself relies on).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from random import Random
from typing import TypeVar

import apsw

T = TypeVar("T")

SECTOR = 4096
STALL_MS = 400
"""A slow fsync, as spinning or shared disks have now and then."""
STALL_CHANCE = 0.002
FRAME_BYTES = SECTOR + 24
"""A page in the write-ahead log, with its header."""
WHOLE = -1
"""The offset of a pending write that replaces the whole file."""


class PowerLost(Exception):
    """The machine is off: nothing happens any more until it boots."""


class SimFile:
    """The durable bytes of a file and the writes since its last sync."""

    def __init__(self, durable: bytes | bytearray = b"") -> None:
        self.durable = bytearray(durable)
        self.current = bytearray(durable)
        self.pending: list[tuple[int, bytes]] = []

    def write(self, data: bytes, offset: int) -> None:
        """Write; only `current` knows until the sync."""
        _put(self.current, data, offset)
        self.pending.append((offset, data))

    def truncate(self, size: int) -> None:
        """Cut; recorded as a write of the whole, so that a crash may or may not see it."""
        del self.current[size:]
        self.pending.append((WHOLE, bytes(self.current)))

    def sync(self) -> None:
        """Everything written is safe now."""
        for offset, data in self.pending:
            _apply(self.durable, data, offset)
        self.pending.clear()

    def copied(self) -> SimFile:
        """The file as it is, unsynced writes included: what a killed process leaves."""
        after = SimFile(self.durable)
        after.current = bytearray(self.current)
        after.pending = list(self.pending)
        return after

    def crashed(self, chance: Random) -> SimFile:
        """The file after a crash: some of the unsynced writes, the last of them perhaps torn."""
        after = SimFile(self.durable)
        share = chance.choice((0.0, 0.5, 1.0))
        kept = [write for write in self.pending if chance.random() < share]
        torn = chance.random() < 0.5
        for index, (offset, data) in enumerate(kept):
            is_torn = torn and index == len(kept) - 1 and offset != WHOLE and len(data) > 1
            _apply(after.durable, data[: chance.randint(1, len(data) - 1)] if is_torn else data, offset)
        after.current = bytearray(after.durable)
        return after


def _apply(body: bytearray, data: bytes, offset: int) -> None:
    if offset == WHOLE:
        body[:] = data
    else:
        _put(body, data, offset)


def _put(body: bytearray, data: bytes, offset: int) -> None:
    if len(body) < offset:
        body.extend(bytes(offset - len(body)))
    body[offset : offset + len(data)] = data


class SimDisk:
    """Files by name, and the journal's one worker. `written` is called after each job of the worker."""

    def __init__(self, name: str, chance: Random, stalls: bool = False) -> None:
        self.name = name
        self.files: dict[str, SimFile] = {}
        self.chance = chance
        self.stalls = stalls
        self.is_full = False
        self.is_off = False
        self.synced = False
        self.written: Callable[[], None] = lambda: None
        self._writes_left = 0
        self._boots = 0
        self._free = asyncio.Lock()
        self._mounted = [_Vfs(self, self.files)]

    @property
    def vfs(self) -> str:
        """The name of the VFS of this boot."""
        return self._mounted[-1].mount

    async def work(self, job: Callable[[], T]) -> T:
        """Run the job after a while, one at a time, as a thread on a disk would."""
        boot = self._boots
        async with self._free:
            slow = self.stalls and self.chance.random() < STALL_CHANCE
            await asyncio.sleep(self.chance.uniform(0.0003, 0.004) + (STALL_MS / 1000 if slow else 0))
            if self.is_off or boot != self._boots:
                raise PowerLost
            self.synced = False
            result = job()
            self.written()
            return result

    def is_synced(self) -> bool:
        """Whether the last job's work is safe. SQLite pads the sector behind a commit; that frame may be lost."""
        pending = sum(len(data) for file in self.files.values() for _, data in file.pending)
        return self.synced and pending <= FRAME_BYTES

    def crash(self) -> None:
        """The power goes: every file keeps what was synced and a chance part of the rest."""
        self.files = {name: file.crashed(self.chance) for name, file in sorted(self.files.items())}
        self.is_off = True

    def crash_within(self, writes: int) -> None:
        """The power will go in the middle of the writes to come, at this one."""
        self._writes_left = writes

    def kill(self) -> None:
        """The process ends at once; what it wrote stays with the operating system."""
        self.files = {name: file.copied() for name, file in sorted(self.files.items())}
        self.is_off = True

    def boot(self) -> None:
        """Mount the files anew. Connections of before write on into files that nobody will see again."""
        self.is_off = False
        self._writes_left = 0
        self._boots += 1
        self._free = asyncio.Lock()
        self._mounted.append(_Vfs(self, self.files))

    def flip_bit(self, name: str, at: int) -> None:
        """One bit rots at rest."""
        body = self.files[name].durable
        body[at // 8] ^= 1 << (at % 8)
        self.files[name].current = bytearray(body)

    def close(self) -> None:
        """Let SQLite forget the mounts. Connections must be closed before."""
        for mount in self._mounted:
            mount.unregister()
        self._mounted.clear()

    def may_write(self, files: dict[str, SimFile]) -> None:
        """Called before each write: the disk may be full, or the power go just now."""
        if files is not self.files:
            return
        if self.is_full:
            raise apsw.FullError("the disk is full")
        if self._writes_left:
            self._writes_left -= 1
            if not self._writes_left:
                self.crash()
                raise apsw.IOError("the power went")


class _Vfs(apsw.VFS):
    """SQLite's view of the disk.

    A test that ends in the middle leaves a connection behind that still looks at its disk when the collector has taken
    this object apart: then the disk is empty, and nothing is wrong with that."""

    _disk: SimDisk | None = None
    _files: dict[str, SimFile]

    def __init__(self, disk: SimDisk, files: dict[str, SimFile]) -> None:
        self._disk = disk
        self._files = files
        taken = apsw.vfs_names()
        names = (f"{disk.name}-{number}" for number in count())
        self.mount = next(name for name in names if name not in taken)
        super().__init__(self.mount, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _VfsFile:  # type: ignore[override]  # noqa: N802
        assert self._disk is not None, "a disk that is gone is not opened"
        text = name.filename() if isinstance(name, apsw.URIFilename) else (name or "temp")
        file = self._files.setdefault(text, SimFile())
        flags[1] = flags[0]
        return _VfsFile(self._disk, self._files, file)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        if self._disk is not None and self._files.pop(name, None) is None:
            raise apsw.IOError("no such file")

    def xAccess(self, name: str, flags: int) -> bool:  # noqa: N802
        return self._disk is not None and name in self._files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


class _VfsFile:
    """One open file. Locks are granted: the journal is opened exclusively."""

    def __init__(self, disk: SimDisk, files: dict[str, SimFile], file: SimFile) -> None:
        self._disk = disk
        self._files = files
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.current[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.may_write(self._files)
        self._file.write(bytes(data), offset)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.current)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._file.truncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.synced = True
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
