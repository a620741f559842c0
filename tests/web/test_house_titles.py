"""What the house says of itself is said in its reader's language, wherever a title stands."""

from __future__ import annotations

import re

import pytest

from tocsin.core.intake.commands import KeepDeadLetter
from tocsin.core.people.commands import SetUser
from tocsin.core.people.events import UserSpec
from tocsin.kernel.message import Moment
from tocsin.shell.vault import IncidentLink
from web.harness import Web, told

ENGLISH = "sent something that could not be understood"
CHINESE = "来源 default 发来了无法识别的报文：无法读取正文：JSON 格式有误：无效字符（第 0 字节）"
AS_STORED = re.compile(r'"facts":{.*?},"said"')
"""The audit shows an event as the journal keeps it, beside the sentence that tells it."""
PLACES = (
    "/alerts", "/alerts/ALT-1", "/incidents", "/incidents/INC-1", "/incidents/INC-1/timeline", "/ledger/entries",
    "/search?q=default+sent", "/users/admin/mailbox", "/messages", "/why/INC-1", "/audit",
)  # fmt: skip


async def _letter(web: Web) -> None:
    error = "the body cannot be read: JSON is malformed: invalid character (byte 0)"
    await web.engine.submit(KeepDeadLetter("default", "generic", "x", error, "application/json"), "source:default")


@pytest.mark.parametrize("place", PLACES)
def test_a_title_of_the_house_is_in_the_language_of_the_reader(place: str) -> None:
    async def story(web: Web) -> None:
        await _letter(web)
        assert ENGLISH in (await web.ask("GET", place)).text
        chinese = (await web.ask("GET", place, accept_language="zh")).text
        assert CHINESE in chinese
        assert ENGLISH not in AS_STORED.sub("", chinese)

    told(story)


def test_so_it_is_on_pages_without_scripts() -> None:
    async def story(web: Web) -> None:
        await _letter(web)
        await web.engine.submit(SetUser("admin", UserSpec(name="Ada", role="admin", language="zh")), "user:admin")
        link = IncidentLink("INC-1", "admin", Moment(web.clock.now() + 600_000))
        async with web.client() as client:
            link_page = (await client.get(f"/a/{web.services.vault.sign(link)}")).text
            await client.post(web.made.setup_path, data={"password": "a whole sentence"})
            pages = [link_page, *[(await client.get(path)).text for path in ("/plain", "/plain/i/INC-1")]]
        for page in pages:
            assert CHINESE in page
            assert ENGLISH not in page

    told(story)
