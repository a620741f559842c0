"""A first installation pages somebody from the first minute; its keys are shown once and kept as hashes."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable

import pytest

from shell.bell import Bell, InlineDisk
from tocsin.core.incidents.commands import OpenIncident
from tocsin.core.notify.events import PageDelivered, PagePlanned
from tocsin.kernel.moment import DAY_MS
from tocsin.shell.install import ADMIN, SOURCE, Installation, hash_key, install, is_new, make_key
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.vault import SetupLink
from tocsin.sim.loop import VirtualLoop


def first_run(story: Callable[[Bell, Installation], Awaitable[None]]) -> None:
    """Tell a story of an installation just made."""

    async def tell() -> None:
        bell = Bell(MemoryJournal(), InlineDisk())
        assert is_new(bell.engine)
        await story(bell, await install(bell.engine, bell.vault, bell.entropy))

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(tell())


def test_an_incident_of_the_first_minute_pages_the_administrator() -> None:
    async def story(bell: Bell, made: Installation) -> None:
        await bell.ask(OpenIncident("the first"))
        assert [(page.user, page.channel) for page in bell.events(PagePlanned)] == [("admin", "mailbox")]
        assert len(bell.events(PageDelivered)) == 1

    first_run(story)


def test_the_keys_open_what_they_are_for_and_are_kept_as_hashes() -> None:
    async def story(bell: Bell, made: Installation) -> None:
        look, at = bell.engine.look, bell.engine.clock.now()
        key = look.people.key_by_hash(hash_key(made.admin_key), at)
        assert key is not None and key.user == made.admin_user == ADMIN
        assert "administer" in look.people.permissions_of(f"key:{key.id}")
        source = look.intake.source_by_key(hash_key(made.source_key), at)
        assert source is not None and source.id == made.source == SOURCE
        stored = b"".join(row[9] for row in bell.journal.rows())
        assert made.admin_key.encode() not in stored
        assert made.source_key.encode() not in stored

    first_run(story)


def test_the_set_up_link_is_the_administrators_for_a_week() -> None:
    async def story(bell: Bell, made: Installation) -> None:
        link = bell.vault.verify(made.setup_path.removeprefix("/setup/"), SetupLink)
        assert link is not None and link.user == ADMIN
        assert link.expires_at == bell.engine.clock.now() + 7 * DAY_MS

    first_run(story)


def test_a_second_installation_is_not_made_over_the_first() -> None:
    async def story(bell: Bell, made: Installation) -> None:
        assert not is_new(bell.engine)
        with pytest.raises(AssertionError, match="there is an installation already"):
            await install(bell.engine, bell.vault, bell.entropy)

    first_run(story)


def test_a_key_says_what_it_is_and_carries_its_checksum() -> None:
    async def story(bell: Bell, made: Installation) -> None:
        key = make_key("src", bell.entropy)
        prefix, chance, crc = key.split("_")
        assert prefix == "src"
        assert len(chance) >= 43
        assert crc == f"{zlib.crc32(f'src_{chance}'.encode()):08x}"
        assert make_key("src", bell.entropy) != key

    first_run(story)
