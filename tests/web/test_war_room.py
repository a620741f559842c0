"""People in the room of an incident, over real sockets: what is said is heard by all and kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tocsin.core.incidents.commands import OpenIncident
from tocsin.core.incidents.events import MessagePosted
from tocsin.core.people.commands import EndSession, RevokeKey, StartSession
from tocsin.core.world import World
from tocsin.kernel.message import Moment
from tocsin.shell.keys import digest
from tocsin.web import room
from web.harness import Web, told

MAILBOX_ONLY = "Administrator 没有已验证的联系方式，只送达了站内信箱。"


class Client:
    """One person's connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, text: str, id_: str = "") -> None:
        """Say something."""
        await self.socket.send(msgspec.json.encode({"type": "say", "text": text, "id": id_}).decode())

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next frame of this kind; others are passed over."""
        while True:
            async with asyncio.timeout(10):
                frame: dict[str, Any] = msgspec.json.decode(await self.socket.recv())
            if frame["type"] == kind:
                return frame

    async def closed(self) -> int:
        """The code with which the connection ends; frames before it are passed over."""
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                async with asyncio.timeout(10):
                    await self.socket.recv()
        assert ended.value.rcvd is not None
        return ended.value.rcvd.code


class Front:
    """The web of an installation behind a real port."""

    def __init__(self, web: Web, port: int) -> None:
        self.web = web
        self.port = port

    @asynccontextmanager
    async def enter(
        self, key: str = "", incident: str = "INC-1", language: str = "", **headers: str
    ) -> AsyncIterator[Client]:
        """A connection to the room, by key or with these headers."""
        shown = {"authorization": f"Bearer {key}"} if key else {}
        url = f"ws://127.0.0.1:{self.port}/api/v1/incidents/{incident}/room?language={language}"
        async with connect(url, additional_headers=shown | headers, proxy=None) as socket:
            yield Client(socket)

    async def cookie(self, user: str) -> str:
        """A session of the person; its cookie."""
        cookie = f"session-of-{user}"
        until = Moment(self.web.clock.now() + 3_600_000)
        await self.web.engine.submit(StartSession(user, digest(cookie), until), "room")
        return f"tocsin={cookie}"


def served(story: Callable[[Front], Awaitable[None]]) -> None:
    """Run a story against a real server with an incident in it."""

    async def inner(web: Web) -> None:
        config = uvicorn.Config(web.app, port=0, log_config=None, lifespan="on", ws_per_message_deflate=False)
        server = uvicorn.Server(config)
        started = asyncio.Event()
        startup = server.startup

        async def start(sockets: Any = None) -> None:
            await startup(sockets)
            started.set()

        server.startup = start  # type: ignore[method-assign]
        serving = asyncio.create_task(server._serve())
        await started.wait()
        try:
            await web.engine.submit(OpenIncident("db is down"), "user:admin")
            await story(Front(web, server.servers[0].sockets[0].getsockname()[1]))
        finally:
            web.app.state.close()
            server.should_exit = True
            await serving
            assert web.app.state.rooms.seat_count == 0, "nobody is left behind"

    told(inner)


def test_two_people_see_each_other_and_talk() -> None:
    async def story(front: Front) -> None:
        ada = await front.web.key_of("ada", "responder")
        async with front.enter(front.web.key) as admin:
            hello = await admin.hears("hello")
            assert (hello["me"], hello["present"]) == ("admin", [{"user": "admin", "name": "Administrator"}])
            async with front.enter(ada, "inc-1") as other:
                assert [one["user"] for one in (await other.hears("hello"))["present"]] == ["admin", "ada"]
                assert [one["name"] for one in (await admin.hears("present"))["present"]] == ["Administrator", "Ada"]
                await other.socket.send('{"type":"typing"}')
                assert await admin.hears("typing") == {"type": "typing", "user": "ada"}
                await other.say("looking at db1", "m1")
                heard = await admin.hears("said")
                assert heard == await other.hears("said")
                assert (heard["user"], heard["name"], heard["text"]) == ("ada", "Ada", "looking at db1")
                assert heard["id"] == "m1"
                assert (await other.hears("done"))["id"] == "m1"
            assert [one["user"] for one in (await admin.hears("present"))["present"]] == ["admin"]

    served(story)


def test_what_is_said_is_kept_once_and_read_again_from_the_journal() -> None:
    async def story(front: Front) -> None:
        async with front.enter(front.web.key) as admin:
            await admin.say("one", "m1")
            await admin.hears("done")
            await admin.say("one", "m1")
            await admin.hears("done")
            await admin.say("//tmp is full", "m2")
            await admin.hears("done")
        records = list(front.web.engine.journal.by_subject("INC-1"))
        kept = [record.event.text for record in records if isinstance(record.event, MessagePosted)]
        assert kept == ["one", "/tmp is full"]
        lines = (await front.web.ask("GET", "/incidents/INC-1/timeline?kind=message")).json()["items"]
        assert [(line["body"], line["id"], line["name"]) for line in lines] == [
            ("one", "m1", "Administrator"), ("/tmp is full", "m2", "Administrator")
        ]  # fmt: skip
        again = World()
        for record in front.web.engine.journal.read(0):
            again.evolve(record.event, record.stamp)
        found = again.look.incidents.incident("INC-1")
        assert found is not None and found.messages == 2
        assert again.dump() == front.web.engine.world.dump()

    served(story)


def test_a_message_by_the_api_is_heard_in_the_room() -> None:
    async def story(front: Front) -> None:
        async with front.enter(front.web.key) as admin:
            await admin.hears("hello")
            await front.web.ask("POST", "/incidents/INC-1/messages", {"text": "from a script", "id": "s1"})
            assert (await admin.hears("said"))["id"] == "s1"

    served(story)


def test_where_no_socket_passes_lines_are_said_one_by_one() -> None:
    async def story(front: Front) -> None:
        async def says(line: str, id_: str, key: str = "", language: str = "en") -> Any:
            body = {"text": line, "id": id_}
            return await front.web.ask("POST", "/incidents/inc-1/room", body, key, accept_language=language)

        async with front.enter(front.web.key) as admin:
            said = await says("by post", "p1")
            assert (said.status_code, said.json()) == (200, {"command": "", "text": ""})
            assert (await admin.hears("said"))["id"] == "p1"
            await admin.say("by post", "p1")
            await admin.hears("done")
            assert (await says("by post", "p1")).is_success
        assert (await says("/ack", "p2", language="zh")).json() == {"command": "/ack", "text": "已由你认领"}
        assert (await says("/help", "p3")).json()["command"] == "/help"
        shown = (await front.web.ask("GET", "/incidents/INC-1")).json()
        assert (shown["message_count"], shown["status"]) == (1, "acknowledged"), "said once, by whichever way"
        refused = await says("/dance", "p4")
        assert (refused.status_code, refused.json()["reason"]) == (422, "command_unknown")
        eve = await front.web.key_of("eve", "stakeholder")
        assert (await says("hello", "e1", eve)).json()["reason"] == "permission_denied"
        assert (await front.web.ask("POST", "/incidents/INC-9/room", {"text": "x"})).status_code == 404

    served(story)


def test_lines_with_a_slash_act_as_the_person() -> None:
    async def story(front: Front) -> None:
        ada = await front.web.key_of("ada", "responder")
        await front.web.ask("PUT", "/users/ada/preferences", {"name": "Ada", "language": "zh", "zone": "UTC"}, ada)
        async with front.enter(ada) as client:
            for line, text in (
                ("/ack", "已由你认领"), ("/sev 2", "优先级 P2"), ("/status restarting db1", "进展已更新"),
                ("/note see the wiki", "备注已写入"), ("/snooze 30m", "已暂缓 30m"),
                ("/page @Administrator come", f"正在呼叫 Administrator\n{MAILBOX_ONLY}"),
                ("/reassign @admin", "已转交 Administrator"), ("/RESOLVE", "已恢复"), ("/undo", "已撤销，恢复原状"),
                ("/snooze 1h", "已暂缓 1h"), ("/unsnooze", "已结束暂缓"), ("/RESOLVE", "已恢复"),
                ("/reopen", "已重新打开"),
            ):  # fmt: skip
                await client.say(line, line)
                done = await client.hears("done")
                assert (done["id"], done["command"], done["text"]) == (line, line.split()[0].lower(), text)
            await client.say("/help")
            assert "/snooze 30m" in (await client.hears("done"))["text"]
        shown = (await front.web.ask("GET", "/incidents/INC-1")).json()
        assert (shown["priority"], shown["status_text"], shown["status_by"]) == ("P2", "restarting db1", "ada")
        kinds = [line["type"] for line in (await front.web.ask("GET", "/incidents/INC-1/timeline")).json()["items"]]
        assert "HelperCalled" in kinds and "IncidentAcknowledged" in kinds and "NoteAdded" in kinds

    served(story)


def test_the_room_answers_in_the_language_of_the_page() -> None:
    async def story(front: Front) -> None:
        for language, title in (
            ("zh", "没有这个用户"),
            ("", "There is no such user"),
            ("tlh", "There is no such user"),
        ):
            async with front.enter(front.web.key, language=language) as admin:
                await admin.say("/page @nobody", "p1")
                assert (await admin.hears("refused"))["title"] == title

    served(story)


def test_what_cannot_be_done_is_refused_in_words() -> None:
    async def story(front: Front) -> None:
        eve = await front.web.key_of("eve", "stakeholder")
        async with front.enter(front.web.key) as admin:
            for line, reason in (
                ("/dance", "command_unknown"), ("/page", "command_incomplete"), ("/page @nobody", "user_unknown"),
                ("/snooze soon", "command_incomplete"), ("/sev 9", "priority_unknown"), ("  ", "message_empty"),
                ("x" * 5_000, "message_too_long"), ("/unack", "incident_not_acknowledged"),
                ("/unsnooze", "incident_not_snoozed"), ("/undo", "nothing_to_undo"),
            ):  # fmt: skip
                await admin.say(line, line[:20])
                refused = await admin.hears("refused")
                assert (refused["reason"], refused["id"]) == (reason, line[:20])
                assert refused["title"] and refused["detail"]
            await admin.socket.send("{")
            assert (await admin.hears("refused"))["reason"] == "request_invalid"
            async with front.enter(eve) as reader:
                assert (await reader.hears("hello"))["may_speak"] is False
                await reader.say("hello", "e1")
                assert (await reader.hears("refused"))["reason"] == "permission_denied"
                await admin.say("still here")
                assert (await reader.hears("said"))["text"] == "still here"

    served(story)


def test_only_our_own_pages_may_use_a_cookie() -> None:
    async def story(front: Front) -> None:
        cookie = await front.cookie("admin")
        own = f"http://127.0.0.1:{front.port}"
        async with front.enter(cookie=cookie, origin=own) as browser:
            assert (await browser.hears("hello"))["me"] == "admin"
        for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {}):
            with pytest.raises(InvalidStatus) as refused:
                async with front.enter(cookie=cookie, **headers):
                    pass
            assert refused.value.response.status_code == 403

    served(story)


def test_strangers_and_unknown_incidents_are_told_so() -> None:
    async def story(front: Front) -> None:
        async with front.enter("no-key") as stranger:
            assert await stranger.closed() == room.LOG_IN
        async with front.enter(front.web.key, "INC-99") as lost:
            assert await lost.closed() == room.GONE

    served(story)


def test_who_loses_the_session_leaves_the_room() -> None:
    async def story(front: Front) -> None:
        cookie = await front.cookie("admin")
        own = f"http://127.0.0.1:{front.port}"
        token = await front.web.key_of("ada", "responder")
        async with front.enter(cookie=cookie, origin=own) as browser, front.enter(token) as program:
            await browser.hears("present")
            await front.web.engine.submit(EndSession("admin", digest(cookie.partition("=")[2])), "user:admin")
            assert await browser.closed() == room.LOG_IN
            await program.hears("present")
            (key,) = front.web.engine.look.people.keys("ada")
            await front.web.engine.submit(RevokeKey("ada", key.id), "user:admin")
            assert await program.closed() == room.LOG_IN

    served(story)


def test_a_session_that_runs_out_speaks_no_more() -> None:
    async def story(front: Front) -> None:
        cookie = await front.cookie("admin")
        async with front.enter(cookie=cookie, origin=f"http://127.0.0.1:{front.port}") as browser:
            await browser.hears("hello")
            front.web.clock.pass_s(3_601)
            await browser.say("am I still here?")
            assert await browser.closed() == room.LOG_IN
        found = front.web.engine.look.incidents.incident("INC-1")
        assert found is not None and found.messages == 0

    served(story)


def test_haste_is_refused_and_a_flood_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FLOOD_MAX", room.RATE_MAX + 2)

    async def story(front: Front) -> None:
        async with front.enter(front.web.key) as hasty:
            for number in range(room.RATE_MAX + 1):
                await hasty.say(f"{number}", f"{number}")
            assert (await hasty.hears("refused"))["reason"] == "too_many_requests"
            await hasty.say("more")
            await hasty.say("and more")
            assert await hasty.closed() == room.POLICY
        async with front.enter(front.web.key) as long:
            await long.say("x" * (room.LINE_LENGTH_MAX + 1))
            assert await long.closed() == room.TOO_LARGE

    served(story)


def test_a_full_room_and_a_slow_listener_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SEATS_MAX", 2)
    monkeypatch.setattr(room, "WAITING_MAX", 1)

    async def story(front: Front) -> None:
        async with front.enter(front.web.key) as first, front.enter(front.web.key) as second:
            await first.hears("hello")
            await second.hears("hello")
            async with front.enter(front.web.key) as third:
                assert await third.closed() == room.TRY_LATER
            (seat, _) = front.web.app.state.rooms._rooms["INC-1"]
            for number in range(3):
                seat.tell(f'{{"type":"test","n":{number}}}')
            assert await first.closed() == room.TRY_LATER
            await second.say("only me")
            assert (await second.hears("said"))["text"] == "only me"

    served(story)


def test_a_stopping_server_sends_everybody_away() -> None:
    async def story(front: Front) -> None:
        async with front.enter(front.web.key) as admin:
            await admin.hears("hello")
            front.web.app.state.close()
            assert await admin.closed() == room.RESTARTING

    served(story)
