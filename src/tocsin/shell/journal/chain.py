"""The arithmetic of the chain: what a batch's hash is made of.

Law: hash = BLAKE2b-256(previous hash ‖ heading ‖ answers' digest ‖ rows), the rest as msgpack, so that no two different
batches give the same bytes. A CRC-32 a row, kept with the batch, names the row when the hash does not agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

import msgspec

from tocsin.shell.journal.protocol import Row, Stored

GENESIS = bytes(32)
"""The hash before the first batch."""
SUM_BYTES = 4


class Link(msgspec.Struct, frozen=True):
    """A batch row: `sums` holds one big-endian CRC-32 for each event, `answers` the digest of the answers (empty when
    there are none)."""

    number: int
    seq_first: int
    seq_last: int
    at: int
    answers: bytes
    sums: bytes
    hash: bytes

    def head(self) -> str:
        """The hash as people write it down."""
        return self.hash.hex()


def link(previous: bytes, number: int, at: int, first_seq: int, rows: Sequence[Row], answers: Sequence[Stored]) -> Link:
    """The link of a batch that follows the one with the hash `previous`."""
    parts = _parts(rows)
    seq_last = first_seq + len(rows) - 1
    digest = answers_digest(answers)
    return Link(
        number, first_seq, seq_last, at, digest, _sums(parts),
        _hash(previous, (number, first_seq, seq_last, at, digest), parts),
    )  # fmt: skip


def answers_digest(answers: Sequence[Stored]) -> bytes:
    """The digest of a batch's answers, in the order of their ids."""
    return blake2b(msgspec.msgpack.encode(sorted(answers)), digest_size=32).digest() if answers else b""


def difference(kept: Link, previous: Link, rows: Sequence[Row], found: bytes | None) -> tuple[int, str] | None:
    """Where a stored batch differs from what was written: the first sequence that is wrong, and how. None: nowhere.

    `found` is the digest of the answers found, None when they may have been dropped.
    """
    first = previous.seq_last + 1
    if kept.number != previous.number + 1:
        return first, f"batch {previous.number + 1} is missing"
    if kept.seq_first != first or kept.seq_last < previous.seq_last:
        return first, f"batch {kept.number} says that it begins at {kept.seq_first} and ends at {kept.seq_last}"
    for expected, row in enumerate(rows, first):
        if row[0] != expected:
            return expected, f"event {expected} is missing"
    if len(rows) != kept.seq_last - previous.seq_last:
        return first + len(rows), f"event {first + len(rows)} is missing"
    parts = _parts(rows)
    hash_ = _hash(previous.hash, (kept.number, kept.seq_first, kept.seq_last, kept.at, kept.answers), parts)
    sums = _sums(parts)
    if hash_ != kept.hash:
        return _changed_row(kept, sums) or (first, f"the row of batch {kept.number} was changed")
    if sums != kept.sums:
        return first, f"the sums of batch {kept.number} were changed"
    if found is not None and found != kept.answers:
        return first, f"the remembered answers of batch {kept.number} were changed"
    return None


def _changed_row(kept: Link, sums: bytes) -> tuple[int, str] | None:
    for seq in range(kept.seq_first, kept.seq_last + 1):
        place = (seq - kept.seq_first) * SUM_BYTES
        if sums[place : place + SUM_BYTES] != kept.sums[place : place + SUM_BYTES]:
            return seq, f"event {seq} was changed"
    return None


def _parts(rows: Sequence[Row]) -> list[bytes]:
    encode = msgspec.msgpack.Encoder().encode
    return [encode(row) for row in rows]


def _sums(parts: Sequence[bytes]) -> bytes:
    return b"".join([crc32(part).to_bytes(SUM_BYTES) for part in parts])


def _hash(previous: bytes, heading: tuple[int, int, int, int, bytes], parts: Sequence[bytes]) -> bytes:
    hash_ = blake2b(previous + msgspec.msgpack.encode(heading), digest_size=32)
    hash_.update(b"".join(parts))
    return hash_.digest()


BEFORE = Link(0, 1, 0, 0, b"", b"", GENESIS)
"""The link before the first batch."""
