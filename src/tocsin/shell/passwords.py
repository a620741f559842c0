"""Passwords: hashed with argon2id, in threads of their own, because one hash takes a quarter of a second.

Law: a wrong user name costs as much time as a wrong password; more waits than may wait is refused, never queued.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

LENGTH_MIN = 10
"""Characters: NIST SP 800-63B asks for 8; we wake people, so a little more."""
LENGTH_MAX = 1_000
"""Characters: argon2 reads them all."""
THREADS = 2
WAITING_MAX = 32
"""Hashes that may wait: about four seconds of work for two threads."""


class PasswordsBusy(Exception):
    """Too many passwords are being checked; come back later."""

    retry_after_s = 5


class Passwords:
    """Hashes and verifies. `time_cost` and `memory_kib` are argon2's; the defaults are RFC 9106's low-memory choice."""

    def __init__(self, time_cost: int = 3, memory_kib: int = 65_536) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib)
        self._threads = ThreadPoolExecutor(THREADS, "passwords")
        self._waiting = 0
        # In a thread: nobody should wait for it at the start. It is ahead of every check, so none waits for itself.
        self._decoy = self._threads.submit(self._hasher.hash, "nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep. Raises PasswordsBusy."""
        return await self._work(lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str, password: str) -> bool:
        """Whether the password belongs to the hash; an empty hash belongs to none. Raises PasswordsBusy."""
        return await self._work(lambda: self._verify(password_hash, password))

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash or self._decoy.result(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False

    async def _work(self, job: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise PasswordsBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, job)
        finally:
            self._waiting -= 1
