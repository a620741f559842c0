"""Timers as rows: what is due when, in buckets of a second.

Law: an agenda is plain tables, so it is folded, compared and stored like all state. Setting and dropping are O(1);
one heap entry per bucket, never per timer, keeps a million timers cheap.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush

import msgspec

from tocsin.kernel.message import Moment

BUCKET_MS = 1_000


class Agenda(msgspec.Struct):
    """Keys and the instant each is due."""

    rows: dict[str, Moment] = {}
    buckets: dict[int, dict[str, None]] = {}
    heap: list[int] = []

    def set(self, key: str, at: Moment) -> None:
        """Let the key be due at this instant, instead of any other."""
        self.drop(key)
        self.rows[key] = at
        bucket = at // BUCKET_MS
        keys = self.buckets.get(bucket)
        if keys is None:
            self.buckets[bucket] = {key: None}
            heappush(self.heap, bucket)
        else:
            keys[key] = None

    def drop(self, key: str) -> None:
        """Forget the key, if it is there."""
        at = self.rows.pop(key, None)
        if at is None:
            return
        del self.buckets[at // BUCKET_MS][key]
        while self.heap and not self.buckets[self.heap[0]]:
            del self.buckets[heappop(self.heap)]

    def next(self, but: Collection[str] = ()) -> Moment | None:
        """The earliest instant at which something is due `but` these keys, None for never. Read-only."""
        if but:
            return min((at for key, at in self.rows.items() if key not in but), default=None)
        if not self.heap:
            return None
        return min(self.rows[key] for key in self.buckets[self.heap[0]])

    def due(self, at: Moment) -> list[str]:
        """The keys due at or before this instant, earliest first (then in the order they were set). Read-only."""
        found = [
            (self.rows[key], key)
            for bucket in sorted(b for b in self.buckets if b <= at // BUCKET_MS)
            for key in self.buckets[bucket]
            if self.rows[key] <= at
        ]
        found.sort(key=lambda row: row[0])
        return [key for _, key in found]
