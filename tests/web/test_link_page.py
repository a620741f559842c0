"""The page at three in the morning: what it says, in whose words, and what it lets its person do."""

from __future__ import annotations

import re

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.incidents.events import HelperCalled
from tocsin.core.intake.commands import NoteChange
from tocsin.core.intake.events import Change, Content, Signal
from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.oncall.commands import SetLadder, SetSchedule
from tocsin.core.oncall.events import LadderSpec, Layer, ScheduleSpec, Step, Target
from tocsin.core.people.commands import AddContact, SetUser, VouchContact
from tocsin.core.people.events import UserSpec
from tocsin.kernel.message import Moment
from tocsin.shell.vault import IncidentLink
from web.harness import Web, told


async def _story(web: Web) -> None:
    """Ada, Bob and Cy are told; Bob's e-mail arrives, Cy's does not; Dan is on call elsewhere."""
    for user, zone, language in (("ada", "UTC", "en"), ("bob", "UTC", "en"), ("cy", "UTC", "en"), ("dan", "UTC", "en")):
        await web.engine.submit(SetUser(user, UserSpec(name=user.title(), zone=zone, language=language)), "user:admin")
    for user in ("bob", "cy"):
        await web.engine.submit(AddContact(user, f"c-{user}", "email", "post", f"{user}@x.org"), "user:admin")
        await web.engine.submit(VouchContact(user, f"c-{user}"), "user:admin")
    steps = (Step(tuple(Target("person", user) for user in ("ada", "bob", "cy"))),)
    await web.engine.submit(SetLadder("default", LadderSpec(name="Default", steps=steps)), "user:admin")
    layer = Layer(name="all", users=("dan",), start="2026-01-01")
    await web.engine.submit(SetSchedule("other", ScheduleSpec(name="Other", layers=(layer,))), "user:admin")
    change = Change("orders 15.1 rolled out", web.clock.now(), {}, "https://ci.example/7")
    await web.engine.submit(NoteChange("default", change), "room")
    web.clock.pass_s(600)
    words = {"dashboard_url": "https://curves.example/d", "runbook_url": "javascript:alert(1)"}
    content = Content(title="The disk is full", severity="high", labels={"a": "b"}, annotations=words)
    await web.engine.submit(ReceiveSignals("default", (Signal("k", "firing", web.clock.now(), content),)), "room")
    for page in list(web.engine.look.notify.pages()):
        if page.channel == "email":
            await web.engine.submit(RecordReceipt(page.id, 1, page.user == "bob", "550", page.user == "bob"), "outbox")


def _link(web: Web, user: str = "ada", lifetime_s: int = 600) -> str:
    expires_at = Moment(web.clock.now() + lifetime_s * 1000)
    return f"/a/{web.services.vault.sign(IncidentLink('INC-1', user, expires_at))}"


def _plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_it_says_what_broke_since_when_how_bad_and_whom_that_reached() -> None:
    async def story(web: Web) -> None:
        await _story(web)
        web.clock.pass_s(180)
        async with web.client() as client:
            page = (await client.get(_link(web))).text
        text = _plain(page)
        assert "High P2 INC-1 The disk is full 3 minutes ago · since 2026-09-21 14:23 (UTC)" in text
        assert "Bob reached by e-mail, 14:23" in text and "Cy not reached by e-mail" in text
        assert "Administrator only in the mailbox" in text
        assert "orders 15.1 rolled out (13 minutes ago)" in text and 'href="https://ci.example/7"' in page
        assert 'href="https://curves.example/d"' in page and "javascript:" not in page

    told(story)


def test_a_helper_is_called_in_the_name_of_the_links_person() -> None:
    async def story(web: Web) -> None:
        await _story(web)
        async with web.client() as client:
            page = (await client.get(_link(web))).text
            assert re.findall(r'value="(help:[^"]+)"', page) == ["help:dan"]
            assert (await client.post(_link(web), data={"act": "help:cy"})).status_code == 404
            called = await client.post(_link(web), data={"act": "help:dan"})
            assert (called.status_code, called.headers["location"][-9:]) == (303, "?did=help")
            assert "Help is being called." in (await client.get(called.headers["location"])).text
        last = [record.event for record in web.engine.journal.latest("INC-1", 20)]
        assert HelperCalled(incident="INC-1", by="ada", users=("dan",)) in last

    told(story)


def test_resolving_takes_two_steps_and_nothing_else_does() -> None:
    async def story(web: Web) -> None:
        await _story(web)
        async with web.client() as client:
            page = (await client.get(_link(web))).text
        outside = re.sub(r"<details.*?</details>", "", page, flags=re.S)
        assert 'value="acknowledge"' in outside and 'value="escalate"' in outside
        assert 'value="resolve"' in page and 'value="resolve"' not in outside

    told(story)


def test_it_is_dark_at_night_where_its_person_is() -> None:
    async def story(web: Web) -> None:
        await _story(web)
        async with web.client() as client:
            assert 'class="night"' not in (await client.get(_link(web))).text
            await web.engine.submit(SetUser("ada", UserSpec(name="Ada", zone="Asia/Shanghai")), "user:admin")
            assert 'class="night"' in (await client.get(_link(web))).text

    told(story)


def test_an_expired_link_says_what_to_do_in_its_persons_language() -> None:
    async def story(web: Web) -> None:
        await _story(web)
        await web.engine.submit(SetUser("ada", UserSpec(name="Ada", language="zh")), "user:admin")
        async with web.client() as client:
            page = await client.get(_link(web, lifetime_s=-1))
            assert (page.status_code, 'lang="zh"' in page.text) == (410, True)
            assert "此链接已过期" in page.text and 'href="/login?next=/i/INC-1"' in page.text
            assert "The disk is full" not in page.text
            assert 'href="/login"' in (await client.get("/a/x")).text

    told(story)
