"""Snapshots: the whole world at the end of a batch, so that a start reads only what came after.

Law: a snapshot is a cache. It is used only when every byte is as written, the shape of the state is that of the
running code, and the journal's chain has the same hash at the same batch; otherwise an older one or the whole
journal is read. The file: MAGIC, the BLAKE2b-256 of all that follows, the header's length, the header (msgpack),
the world (msgpack, zstd).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import msgspec
import zstandard

import tocsin
from tocsin.core.world import ROOMS, World, event_classes, furnish
from tocsin.shell.journal.copying import part_of
from tocsin.shell.journal.protocol import Head, Readable

MAGIC = b"tocsin snapshot\n"
FOLD_REVISION = 1
"""Raise it when a fold changes its meaning but not the shape of the state: older snapshots are then ignored."""
KEPT = 3
"""Snapshots left on disk: one may be damaged, one may be half a day old."""
COMPRESSION = 3
_CHECK_BYTES = 32
_LENGTH_BYTES = 4


class Header(msgspec.Struct, frozen=True):
    """What a snapshot is of. `release` is for people; `shape` decides whether the running code can use it."""

    release: str
    shape: str
    batch: int
    seq: int
    hash: bytes


class SnapshotUnusable(Exception):
    """A snapshot that must not be used; the text says why."""


def shape() -> str:
    """A fingerprint of everything a dump consists of and of the events folded into it."""
    views = [furnish(name, room).view for name, room in ROOMS]
    schemas, components = msgspec.json.schema_components(views)
    events = [(cls.__name__, cls.version) for cls in event_classes()]
    text = msgspec.json.encode(_without_words([FOLD_REVISION, schemas, components, events]), order="sorted")
    return blake2b(text, digest_size=16).hexdigest()


def _without_words(schema: object) -> object:
    """A schema without the docstrings in it; a property may well be called `description`, but is no text."""
    match schema:
        case dict():
            return {
                key: _without_words(part)
                for key, part in schema.items()
                if not (key == "description" and isinstance(part, str))
            }
        case list() | tuple():
            return [_without_words(part) for part in schema]
        case _:
            return schema


def write(directory: Path, world: World, head: Head) -> Path:
    """Write the world as it is at the end of this batch; drop all but the newest snapshots, and those of a future that
    a restored journal does not have: they would outrank every new one."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    header = msgspec.msgpack.encode(Header(tocsin.__version__, shape(), head.batch, head.seq, head.hash))
    body = zstandard.ZstdCompressor(level=COMPRESSION).compress(world.dump())
    rest = len(header).to_bytes(_LENGTH_BYTES) + header + body
    path = directory / f"snapshot-{head.seq:020d}"
    with part_of(path) as part:
        part.write_bytes(MAGIC + blake2b(rest, digest_size=_CHECK_BYTES).digest() + rest)
    there = found(directory)
    newest = there.index(path)
    for old in there[:newest] + there[newest + KEPT :]:
        old.unlink()
    return path


def found(directory: Path) -> list[Path]:
    """The snapshots of a directory, newest first."""
    return sorted((path for path in directory.glob("snapshot-*") if path.suffix != ".part"), reverse=True)


def load(path: Path, journal: Readable) -> tuple[World, int]:
    """The world of a snapshot and its sequence. Raises SnapshotUnusable."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise SnapshotUnusable(f"it cannot be read ({fault})") from fault
    check, rest = content[len(MAGIC) : len(MAGIC) + _CHECK_BYTES], content[len(MAGIC) + _CHECK_BYTES :]
    if not content.startswith(MAGIC):
        raise SnapshotUnusable("it is not a snapshot")
    if blake2b(rest, digest_size=_CHECK_BYTES).digest() != check:
        raise SnapshotUnusable("it is damaged or was not written to its end")
    end = _LENGTH_BYTES + int.from_bytes(rest[:_LENGTH_BYTES])
    try:
        header = msgspec.msgpack.decode(rest[_LENGTH_BYTES:end], type=Header)
    except msgspec.MsgspecError as fault:
        raise SnapshotUnusable(f"its header has another form ({fault})") from fault
    if header.shape != shape():
        raise SnapshotUnusable(f"it was written by another release ({header.release}), whose state has another shape")
    if journal.mark(header.batch) != Head(header.batch, header.seq, header.hash):
        raise SnapshotUnusable(f"the journal has another history up to event {header.seq}")
    try:
        return World.load(zstandard.ZstdDecompressor().decompress(rest[end:])), header.seq
    except (msgspec.MsgspecError, zstandard.ZstdError, KeyError) as fault:
        raise SnapshotUnusable(f"its content has another form ({fault})") from fault


def resumed(
    journal: Readable, directory: Path | None, ignored: Callable[[str], None] = lambda why: None
) -> tuple[World, int]:
    """The world of the newest usable snapshot and its sequence; an empty one and 0 where there is none.

    `ignored` is told of each snapshot that was passed over.
    """
    for path in found(directory) if directory else ():
        try:
            return load(path, journal)
        except SnapshotUnusable as fault:
            ignored(f"snapshot {path} is ignored: {fault}")
    return World(), 0


def recover(
    journal: Readable, directory: Path | None, ignored: Callable[[str], None] = lambda why: None
) -> tuple[World, int]:
    """The world as of the journal's last event, and that event's sequence: newest usable snapshot and what came after.
    Raises JournalCorrupt, JournalNewer."""
    world, seq = resumed(journal, directory, ignored)
    return world, fold(world, journal, seq)


def fold(world: World, journal: Readable, after_seq: int, limit: int | None = None) -> int:
    """Fold the events after this sequence into the world; returns the sequence it stands at then."""
    for record in journal.read(after_seq, limit):
        world.evolve(record.event, record.stamp)
        after_seq = record.stamp.seq
    return after_seq
