"""Passwords are checked slowly, and only so many at a time."""

from __future__ import annotations

import asyncio

import pytest

from tocsin.shell import passwords as module
from tocsin.shell.passwords import Passwords, PasswordsBusy


def test_only_the_password_belongs_to_its_hash() -> None:
    async def story() -> None:
        passwords = Passwords(time_cost=1, memory_kib=64)
        hashed = await passwords.hash("a whole sentence")
        assert hashed.startswith("$argon2id$")
        assert await passwords.verify(hashed, "a whole sentence")
        assert not await passwords.verify(hashed, "another sentence")
        assert not await passwords.verify("", "nobody has this password")
        assert not await passwords.verify("no hash at all", "a whole sentence")
        passwords.close()

    asyncio.run(story())


def test_more_than_may_wait_is_refused() -> None:
    async def story() -> None:
        passwords = Passwords(time_cost=1, memory_kib=64)
        waiting = [asyncio.create_task(passwords.hash(str(n))) for n in range(module.WAITING_MAX)]
        await asyncio.sleep(0)
        with pytest.raises(PasswordsBusy):
            await passwords.hash("one too many")
        assert len(set(await asyncio.gather(*waiting))) == module.WAITING_MAX
        passwords.close()

    asyncio.run(story())
