"""The live feed misses nothing and waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from tocsin.core.incidents.commands import OpenIncident
from tocsin.core.people.commands import RevokeKey
from tocsin.web import live
from tocsin.web.live import PING, Live, Told
from web.harness import Web, told


async def _told(feed: AsyncIterator[bytes], count: int) -> list[Told]:
    """The next events, without pings."""
    found: list[Told] = []
    while len(found) < count:
        for block in (await anext(feed)).decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in lines and "id" in lines:
                one = msgspec.json.decode(lines["data"], type=Told)
                assert int(lines["id"]) == one.seq
                found.append(one)
    return found


async def _fire(web: Web, title: str = "fire") -> None:
    await web.engine.submit(OpenIncident(title), "user:admin")


def test_what_happens_is_told_as_it_comes() -> None:
    async def story(web: Web) -> None:
        feed = Live(web.engine).follow(None, ())
        assert await anext(feed) == b"retry: 2000\n\n"
        await _fire(web)
        first, *_ = await _told(feed, 3)
        assert (first.type, first.subject, first.facts["title"]) == ("IncidentOpened", "INC-1", "fire")

    told(story)


def test_who_comes_back_misses_nothing() -> None:
    async def story(web: Web) -> None:
        last = web.engine.seq_dry
        await _fire(web, "one")
        seen = web.engine.seq_dry
        feed = Live(web.engine).follow(last, ())
        await anext(feed)
        replayed = await _told(feed, seen - last)
        await _fire(web, "two")
        await _told(feed, 1)
        assert [one.seq for one in replayed] == list(range(last + 1, seen + 1))

    told(story)


def test_only_the_rooms_asked_for_and_no_secrets() -> None:
    async def story(web: Web) -> None:
        feed = Live(web.engine).follow(0, ("people", "intake"))
        await anext(feed)
        found = await _told(feed, 3)
        assert {one.room for one in found} == {"people", "intake"}
        assert all(one.facts == {} for one in found if one.room == "people")
        assert all("key_hash" not in one.facts for one in found)

    told(story)


def test_what_a_person_has_set_for_themselves_is_told_to_nobody() -> None:
    async def story(web: Web) -> None:
        mail = (await web.ask("POST", "/users/admin/contacts", {"channel": "email", "address": "a@example.org"})).json()
        rules = {"rules": [{"contact": mail["id"], "start": "09:00", "end": "17:00"}]}
        assert (await web.ask("PUT", "/users/admin/rules", rules)).status_code == 200
        feed = Live(web.engine).follow(0, ("notify",))
        await anext(feed)
        (found,) = await _told(feed, 1)
        assert (found.type, found.subject, found.facts) == ("RulesSet", "admin", {})

    told(story)


def test_who_is_too_slow_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WAITING_MAX", 2)

    async def story(web: Web) -> None:
        hub = Live(web.engine)
        feed = hub.follow(None, ())
        await anext(feed)
        for number in range(4):
            await _fire(web, f"fire {number}")
        assert [chunk async for chunk in feed] == []
        assert hub.client_count == 0
        await _fire(web, "after")

    told(story)


def test_who_is_too_far_behind_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RESUME_MAX", 1)

    async def story(web: Web) -> None:
        feed = Live(web.engine).follow(0, ())
        await anext(feed)
        assert await anext(feed) == b"event: reset\ndata: {}\n\n"

    told(story)


def test_who_comes_back_to_an_older_journal_begins_anew() -> None:
    async def story(web: Web) -> None:
        feed = Live(web.engine).follow(web.engine.seq_dry + 1_000, ())
        await anext(feed)
        assert await anext(feed) == b"event: reset\ndata: {}\n\n"
        await _fire(web, "a backup was restored")
        assert len(await _told(feed, 1)) > 0

    told(story)


def test_a_silent_feed_is_kept_open_and_a_stopping_server_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PING_S", 0.01)

    async def story(web: Web) -> None:
        hub = Live(web.engine)
        feed = hub.follow(None, ())
        await anext(feed)
        assert await anext(feed) == PING
        hub.close()
        assert [chunk async for chunk in feed if chunk != PING] == []

    told(story)


def test_the_feed_is_served_as_server_sent_events() -> None:
    async def story(web: Web) -> None:
        sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        left = asyncio.Event()

        async def receive() -> dict[str, object]:
            await left.wait()
            return {"type": "http.disconnect"}

        scope = {
            "type": "http", "method": "GET", "path": "/api/v1/live", "raw_path": b"/api/v1/live", "query_string": b"",
            "headers": [(b"authorization", f"Bearer {web.key}".encode())], "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080), "scheme": "http", "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        serving = asyncio.create_task(web.app(scope, receive, sent.put))  # type: ignore[arg-type]
        async with asyncio.timeout(5):
            start = await sent.get()
            assert dict(start["headers"])[b"content-type"].startswith(b"text/event-stream")
            assert (await sent.get())["body"] == b"retry: 2000\n\n"
            await _fire(web)
            assert b"IncidentOpened" in (await sent.get())["body"]
            left.set()
            await serving
        assert web.app.state.live.client_count == 0

    told(story)


def test_who_lost_their_key_follows_no_longer() -> None:
    async def story(web: Web) -> None:
        await web.key_of("ada", "responder")
        (key,) = web.engine.look.people.keys("ada")

        def is_welcome() -> bool:
            return bool(web.engine.look.people.keys("ada"))

        feed = Live(web.engine).follow(None, (), is_welcome)
        await anext(feed)
        await _fire(web, "one")
        await _told(feed, 1)
        await web.engine.submit(RevokeKey("ada", key.id), "user:admin")
        await _fire(web, "two")
        with pytest.raises(StopAsyncIteration):
            while True:
                assert b"two" not in await anext(feed)

    told(story)


def test_who_was_welcome_a_while_ago_is_looked_at_again() -> None:
    async def story(web: Web) -> None:
        welcome = [True]
        feed = Live(web.engine).follow(None, (), lambda: welcome[0])
        await anext(feed)
        welcome[0] = False
        await _fire(web, "one")
        await _told(feed, 1)
        web.clock.pass_s(31)
        await _fire(web, "two")
        assert [chunk async for chunk in feed if b"two" in chunk] == []

    told(story)


def test_what_happens_is_put_into_words_once_for_all_who_want_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(web: Web) -> None:
        hub = Live(web.engine)
        feeds = [hub.follow(None, rooms) for rooms in ((), (), ("incidents",), ("incidents",), ("calendars",))]
        for feed in feeds:
            await anext(feed)
        await _fire(web)
        one, two, three, four = [await anext(feed) for feed in feeds[:4]]
        assert one is two and three is four
        assert b'"room":"notify"' in one and b'"room":"notify"' not in three
        hub.close()
        assert [chunk async for chunk in feeds[4]] == []

    told(story)
