"""The connections: what is posted to a door takes the short way, everything else is uvicorn's, nobody keeps the house
waiting."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import msgspec
import pytest
import uvicorn
from uvicorn.server import ServerState

from shell.gateway import front as house
from shell.gateway.front import told
from tocsin.core.intake.commands import RemoveSource
from tocsin.shell.gateway.door import AT_ONCE_MAX, HEADS_MAX
from tocsin.shell.gateway.front import ASGI_GRACE_S, HEAD_BYTES_MAX, HEAD_TIMEOUT_S, SEND_TIMEOUT_S, Exchange, Front
from tocsin.shell.gateway.wire import Receive, Scope, Send

RAW = msgspec.json.encode([{"labels": {"alertname": "DiskFull"}}])
KEEP_ALIVE_S = 75


class Line(asyncio.Transport):
    """The other end of a connection."""

    def __init__(self) -> None:
        super().__init__()
        self.said = b""
        self.is_closed = self.is_aborted = False
        self.is_paused = False

    def write(self, data: Any) -> None:
        self.said += data

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def statuses(self) -> list[int]:
        return [int(part[:3]) for part in self.said.split(b"HTTP/1.1 ")[1:]]


class Upgraded:
    """What uvicorn hands a WebSocket to."""

    asked = b""

    def __init__(self, **_: object) -> None: ...

    def connection_made(self, transport: object) -> None: ...

    def data_received(self, data: bytes) -> None:
        Upgraded.asked += data


def called(front: house.Front, others: set[Any] | None = None) -> tuple[Front, Line]:
    """A new connection, beside others."""
    config = uvicorn.Config(
        front.gateway, http=Front, ws=Upgraded, log_config=None, lifespan="off", timeout_keep_alive=KEEP_ALIVE_S
    )
    config.load()
    state = ServerState()
    state.default_headers = [(b"date", b"Tue, 24 Nov 2026 03:12:00 GMT")]
    line = Line()
    state.connections = others if others is not None else state.connections
    connection = Front(config, state, {})
    connection.connection_made(line)
    line.set_protocol = lambda protocol: None
    return connection, line


def post(path: str, body: bytes = RAW, *headers: str) -> bytes:
    """A request."""
    lines = [f"POST {path} HTTP/1.1", "Host: house", "Content-Type: application/json", *headers]
    if not any("chunked" in line for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def settle() -> None:
    """Let everybody do what they have to do."""
    for _ in range(60):
        await asyncio.sleep(0)


def alerts(front: house.Front) -> str:
    return f"/in/{front.key}/api/v2/alerts"


def test_an_alert_is_answered_without_a_task_once_it_is_durable() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        front.disk.gate.clear()
        connection.data_received(post(alerts(front)))
        assert isinstance(connection.cycle, Exchange) and not connection.tasks
        await settle()
        assert front.open_titles() == ["DiskFull"] and line.said == b""
        front.disk.gate.set()
        await settle()
        assert line.said == b"HTTP/1.1 200 OK\r\ndate: Tue, 24 Nov 2026 03:12:00 GMT\r\ncontent-length: 0\r\n\r\n"
        assert not line.is_closed and connection.server_state.total_requests == 1
        assert front.telemetry.requests["alertmanager", 200] == front.telemetry.received["alertmanager", "understood"]

    told(story)


class Deaf:
    """A parser nobody may feed."""

    def feed_data(self, data: bytes) -> None:
        raise AssertionError(f"parsed again: {data!r}")


def test_a_head_that_came_before_is_not_parsed_again() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(post(alerts(front)))
        await settle()
        other, other_line = called(front)
        for each in (connection, other):
            each.parser = Deaf()
            each.data_received(post(alerts(front)))
            await settle()
        assert (line.statuses(), other_line.statuses()) == ([200, 200], [200])
        assert front.look.alerts.source_tally("default").received == 3
        assert connection.server_state.total_requests == 2 and not front.gateway._under_way
        await front.do(RemoveSource("default"))
        connection.data_received(post(alerts(front)))
        assert line.statuses() == [200, 200, 401], "its key is looked at each time"

    told(story)


def test_what_is_not_all_of_a_known_request_is_parsed() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        whole = post(alerts(front))
        connection.data_received(whole)
        await settle()
        for parts in (
            (whole[:-1], whole[-1:]),
            (whole[:9], whole[9:]),
            (whole + whole,),
            (whole + whole[:9], whole[9:]),
        ):
            for part in parts:
                connection.data_received(part)
            await settle()
        front.disk.gate.clear()
        connection.data_received(whole)
        connection.data_received(whole)
        await settle()
        front.disk.gate.set()
        await settle()
        assert line.statuses() == [200] * 9 and len(front.gateway.known_heads) == 1
        assert front.look.alerts.source_tally("default").received == 9

    told(story)


def test_a_known_request_waits_for_its_turn_and_is_none_inside_another() -> None:
    async def story(front: house.Front) -> None:
        answered = asyncio.Event()

        async def web(scope: Scope, receive: Receive, send: Send) -> None:
            await answered.wait()
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        front.gateway._web = web
        connection, line = called(front)
        whole = post(alerts(front))
        connection.data_received(whole)
        await settle()
        connection.data_received(b"GET /slow HTTP/1.1\r\nHost: house\r\n\r\n")
        connection.data_received(whole)
        await settle()
        assert line.statuses() == [200]
        answered.set()
        await settle()
        assert line.statuses() == [200, 404, 200]
        connection.data_received(post("/in/nobody/api/v2/alerts", whole)[: -len(whole)])
        connection.data_received(whole)
        await settle()
        assert line.statuses() == [200, 404, 200, 401], "it was the body of the one refused"
        connection.data_received(whole)
        await settle()
        assert line.statuses() == [200, 404, 200, 401, 200]

    told(story)


def test_only_whoever_has_a_good_key_makes_heads_known() -> None:
    async def story(front: house.Front) -> None:
        key = await front.source("duty", door="pagerduty")
        for shown, known in (("nobody", 0), (key, 1)):
            event = {"routing_key": shown, "event_action": "trigger", "dedup_key": "k",
                     "payload": {"summary": "s", "source": "h", "severity": "info"}}  # fmt: skip
            called(front)[0].data_received(post("/v2/enqueue", msgspec.json.encode(event)))
            await settle()
            assert len(front.gateway.known_heads) == known

    told(story)


def test_nothing_is_kept_of_a_known_request_that_is_refused() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(post(alerts(front)))
        await settle()
        await front.do(RemoveSource("default"))
        connection.data_received(post(alerts(front)))
        assert line.statuses() == [200, 401]
        assert isinstance(connection.cycle, Exchange) and connection.cycle.body == b""

    told(story)


def test_few_and_ordinary_heads_are_known() -> None:
    async def story(front: house.Front) -> None:
        chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(RAW), RAW)
        for request in (
            post(alerts(front), RAW, "Connection: close"),
            post(alerts(front), RAW, "X-Long: " + "x" * 3_000),
            post(alerts(front), chunks, "Transfer-Encoding: chunked"),
            post("/in/nobody/api/v2/alerts"),
            b"\r\n\r\n" + post(alerts(front)),
            post("/elsewhere"),
        ):
            called(front)[0].data_received(request)
            await settle()
            assert not front.gateway.known_heads
        connection, _ = called(front)
        for number in range(HEADS_MAX + 5):
            connection.data_received(post(alerts(front), b"[]", f"X-Number: {number}"))
            await settle() if number % 50 == 0 else await asyncio.sleep(0)
        assert 0 < len(front.gateway.known_heads) <= HEADS_MAX

    told(story)


def test_a_websocket_asked_for_behind_a_request_under_way_is_an_ordinary_request() -> None:
    async def story(front: house.Front) -> None:
        Upgraded.asked = b""
        asked = b"GET /live HTTP/1.1\r\nHost: house\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        front.disk.gate.clear()
        kept, kept_line = called(front)
        kept.data_received(post(alerts(front)))
        for request in (
            post(alerts(front), RAW, "Idempotency-Key: a"),  # takes a task
            post(alerts(front)),
            post(alerts(front), b"[]"),
            b"GET /slow HTTP/1.1\r\nHost: house\r\n\r\n",
        ):
            for parts in ((request, asked), (request + asked,)):
                connection, line = called(front)
                for part in parts:
                    connection.data_received(part)
                front.disk.gate.set()
                await settle()
                assert line.statuses() == [404 if request.startswith(b"GET") else 200, 404] and not Upgraded.asked
                front.disk.gate.clear()
        assert kept_line.statuses() == [200] and not front.gateway._under_way
        assert front.look.alerts.source_tally("default").received == 4, "each was taken once"

    told(story)


def test_the_body_of_who_would_rather_speak_http_2_is_taken() -> None:
    """As the HTTP client of Java asks, with every request on a line without TLS."""

    async def story(front: house.Front) -> None:
        wish = ("Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAEAAEAAAAIAAAAB", "Upgrade: h2c")
        chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(RAW), RAW)
        whole = post(alerts(front), RAW, *wish)
        end = len(whole) - len(RAW)
        look = b"GET /x HTTP/1.1\r\nHost: house\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
        for parts, statuses in (
            ((whole,), [200]),
            ((whole,), [200]),
            ((whole[:end], whole[end:]), [200]),
            ([whole[at : at + 1] for at in range(len(whole))], [200]),
            ((whole * 3,), [200] * 3),
            ((post(alerts(front), chunks, *wish, "Transfer-Encoding: chunked"), whole), [200, 200]),
            ((look + whole + look,), [404, 200, 404]),
            ((look * 2_000,), [404] * 2_000),
            ((post(alerts(front), RAW, "Connection: upgrade, close", "Upgrade: h2c"),), [200]),
            ((b"CONNECT house:80 HTTP/1.1\r\n\r\n" + whole,), [400]),
        ):
            connection, line = called(front)
            for part in parts:
                connection.data_received(part)
            for _ in range(len(statuses)):
                await settle()
            assert line.statuses() == statuses
            assert line.is_closed == (b"close" in parts[0] or statuses == [400])
        assert front.look.alerts.source_tally("default").received == 11

    told(story)


def test_whoever_has_said_all_and_only_listens_is_answered() -> None:
    async def story(front: house.Front) -> None:
        for _ in range(2):
            connection, line = called(front)
            assert not connection.eof_received(), "who says nothing hears nothing"
            front.disk.gate.clear()
            connection.data_received(post(alerts(front)))
            assert connection.eof_received()
            front.disk.gate.set()
            await settle()
            assert line.statuses() == [200] and line.is_closed and b"connection: close" in line.said
        connection, line = called(front)
        connection.data_received(post(alerts(front))[:-1])
        assert not connection.eof_received()

    told(story)


def test_a_request_may_come_byte_by_byte_or_in_chunks() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        for byte in post(alerts(front)):
            connection.data_received(bytes([byte]))
        await settle()
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (RAW[:5], RAW[5:9], RAW[9:]))
        connection.data_received(post(alerts(front), chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
        await settle()
        assert line.statuses() == [200, 200]
        assert front.look.alerts.source_tally("default").received == 2

    told(story)


def test_pipelined_requests_are_answered_in_their_order() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        front.disk.gate.clear()
        look = f"GET {alerts(front)} HTTP/1.1\r\nHost: house\r\n\r\n".encode()
        connection.data_received(post(alerts(front)) + look + post("/elsewhere") + post(alerts(front)))
        await settle()
        assert line.said == b"" and line.is_paused
        front.disk.gate.set()
        await settle()
        assert line.statuses() == [200, 200, 404, 200]
        assert b"DiskFull" in line.said and not line.is_paused

    told(story)


@pytest.mark.parametrize("request_", [
    b"GET /-/healthy HTTP/1.1\r\nHost: house\r\n\r\n",
    b"POST /elsewhere HTTP/1.1\r\nHost: house\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /api/v2/silences%20 HTTP/1.1\r\nHost: house\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /in/x/grafana HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /in/x/grafana HTTP/1.1\r\nHost: house\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
])  # fmt: skip
def test_whatever_is_unusual_or_for_no_door_goes_the_asgi_way(request_: bytes) -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(request_)
        assert not isinstance(connection.cycle, Exchange)
        await settle()
        assert len(line.statuses()) == 1

    told(story)


def test_a_websocket_is_handed_to_uvicorn() -> None:
    async def story(front: house.Front) -> None:
        connection, _ = called(front)
        Upgraded.asked = b""
        connection.data_received(
            b"GET /api/v1/live HTTP/1.1\r\nHost: house\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert Upgraded.asked.startswith(b"GET /api/v1/live HTTP/1.1\r\nhost: house\r\nconnection: Upgrade\r\n")
        assert front.gateway.callers == {}, "the line is another protocol's now"

    told(story)


def test_malformed_heads_are_bad_requests() -> None:
    async def story(front: house.Front) -> None:
        for nonsense in (
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"POST /in/x HTTP/9\r\n\r\n",
            b"POST /in/x HTTP/1.1\r\nno colon",
        ):
            connection, line = called(front)
            connection.data_received(nonsense + b"\r\n\r\n")
            assert line.statuses() == [400] and line.is_closed

    told(story)


def test_a_head_without_end_is_refused() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(b"POST /in/x/grafana HTTP/1.1\r\nX-Long: ")
        while not line.is_closed:
            connection.data_received(b"x" * 4_096)
        assert line.statuses() == [431]
        assert connection._head_size <= HEAD_BYTES_MAX + 4_096

    told(story)


def test_whoever_keeps_the_house_waiting_is_let_go() -> None:
    async def story(front: house.Front) -> None:
        now = asyncio.get_running_loop().time()
        halves = {
            b"POST /in/x/gra": (HEAD_TIMEOUT_S, [408]),
            post(alerts(front))[:-5]: (front.gateway.body_timeout_s, [408]),
            b"": (HEAD_TIMEOUT_S, []),
        }
        for sent, (patience_s, statuses) in halves.items():
            connection, line = called(front)
            if sent:
                connection.data_received(sent)
            connection.expire(now + patience_s - 1)
            assert not line.is_closed or patience_s < 1
            connection.expire(now + patience_s + 1)
            assert line.is_closed and line.statuses() == statuses
        assert not front.gateway._under_way

    told(story)


def test_a_body_that_no_door_waits_for_is_not_waited_for_for_ever() -> None:
    async def story(front: house.Front) -> None:
        now = asyncio.get_running_loop().time()
        waits = asyncio.Event()

        async def web(scope: Scope, receive: Receive, send: Send) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            waits.set()

        front.gateway._web = web
        connection, line = called(front)
        connection.data_received(post("/login")[:-5])
        await settle()
        connection.expire(now + front.gateway.body_timeout_s + ASGI_GRACE_S / 2)
        assert not line.is_closed
        connection.expire(now + front.gateway.body_timeout_s + ASGI_GRACE_S + 1)
        assert line.is_closed and line.statuses() == [408]
        connection.connection_lost(None)
        await settle()
        assert waits.is_set()

    told(story)


def test_where_there_is_no_room_whoever_waits_longest_makes_some() -> None:
    async def story(front: house.Front) -> None:
        front.gateway.callers_max = 3
        front.disk.gate.clear()
        all_: set[Any] = set()
        served, *slow = [called(front, all_) for _ in range(3)]
        served[0].data_received(post(alerts(front)))
        for connection, _ in reversed(slow):
            connection.data_received(b"POST /in/x/gra")
        slow[1][0].data_received(b"fana HTTP/1.1")
        for connection, line in reversed(slow):
            assert not line.is_aborted
            late, late_line = called(front, all_)
            assert line.is_aborted and not late_line.is_closed
            connection.connection_lost(None)
            late.data_received(post(alerts(front)))
        assert called(front, all_)[1].is_aborted, "all others are being served"
        assert not served[1].is_aborted
        front.disk.gate.set()
        await settle()
        assert served[1].statuses() == [200]

    told(story)


def test_whoever_takes_nothing_of_an_answer_is_let_go() -> None:
    async def story(front: house.Front) -> None:
        now = asyncio.get_running_loop().time()
        connection, line = called(front)
        connection.pause_writing()
        connection.expire(now + HEAD_TIMEOUT_S - 1)
        connection.resume_writing()
        connection.data_received(post(alerts(front)))
        await settle()
        connection.pause_writing()
        connection.resume_writing()
        connection.expire(now + KEEP_ALIVE_S + 5)
        assert line.is_closed and not line.is_aborted, "it was only idle"
        connection.expire(now + KEEP_ALIVE_S + SEND_TIMEOUT_S + 5)
        assert line.is_aborted, "what it was told last was never taken"
        connection, line = called(front)
        connection.pause_writing()
        connection.expire(now + SEND_TIMEOUT_S + 1)
        assert line.is_aborted

    told(story)


def test_an_idle_connection_is_kept_for_a_while_and_one_that_is_served_for_ever() -> None:
    async def story(front: house.Front) -> None:
        now = asyncio.get_running_loop().time()
        connection, line = called(front)
        front.disk.gate.clear()
        connection.data_received(post(alerts(front)))
        await settle()
        connection.expire(now + 1e9)
        assert connection._until == math.inf and not line.is_closed
        front.disk.gate.set()
        await settle()
        connection.expire(now + KEEP_ALIVE_S - 1)
        assert not line.is_closed
        connection.expire(now + KEEP_ALIVE_S + 5)
        assert line.is_closed and line.statuses() == [200]

    told(story)


def test_a_body_that_is_too_large_costs_the_connection() -> None:
    async def story(front: house.Front) -> None:
        announced = post(alerts(front), b"", "Content-Length: 100001").replace(b"Content-Length: 0\r\n", b"")
        chunk = b"%x\r\n%b\r\n" % (60_000, b" " * 60_000)
        for request in (announced, post(alerts(front), chunk + chunk, "Transfer-Encoding: chunked")):
            connection, line = called(front)
            connection.data_received(request)
            assert line.statuses() == [413] and line.is_closed
            assert line.said.count(b"connection: close") == 1
        assert not front.gateway._under_way

    told(story)


def test_nothing_is_taken_of_what_comes_behind_the_last_answer() -> None:
    async def story(front: house.Front) -> None:
        asked: list[str] = []

        async def web(scope: Scope, receive: Receive, send: Send) -> None:
            asked.append(scope["path"])

        front.gateway._web = web
        wish = b"GET /socket HTTP/1.1\r\nHost: house\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        Upgraded.asked = b""
        chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (100_001, b" " * 100_001)
        refused = post(alerts(front), chunks, "Transfer-Encoding: chunked")
        for behind in (post(alerts(front)), post("/elsewhere"), wish, post(alerts(front)) + post("/elsewhere")):
            connection, line = called(front)
            connection.data_received(refused + behind)
            await settle()
            assert line.statuses() == [413] and line.is_closed
            assert (front.open_titles(), asked, Upgraded.asked) == ([], [], b"")
        assert not front.gateway._under_way

    told(story)


def test_a_connection_ends_after_the_answer_when_the_sender_says_so() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(post(alerts(front), RAW, "Connection: close"))
        await settle()
        assert line.statuses() == [200] and b"connection: close" in line.said and line.is_closed

    told(story)


def test_each_answer_has_the_hour_of_its_second() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        for second in ("00", "00", "01"):
            connection.server_state.default_headers = [(b"date", b"Tue, 24 Nov 2026 03:12:%b GMT" % second.encode())]
            connection.data_received(post(alerts(front)))
            await settle()
        assert [line.said.count(second) for second in (b"03:12:00", b"03:12:01")] == [2, 1]

    told(story)


def test_an_early_refusal_leaves_the_connection_in_use() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(post("/in/nobody/api/v2/alerts") + post(alerts(front)))
        await settle()
        assert line.statuses() == [401, 200] and not line.is_closed
        assert front.telemetry.requests["alertmanager", 401] == 1

    told(story)


def test_what_needs_more_than_one_decision_gets_a_task() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        connection.data_received(post(alerts(front), b"[{"))
        assert len(connection.tasks) == 1
        await settle()
        connection.data_received(post(alerts(front), RAW, "Idempotency-Key: once"))
        await settle()
        assert line.statuses() == [400, 200] and not connection.tasks
        assert b"x-tocsin-dead-letter: DL-1" in line.said and front.letters() == ["DL-1"]

    told(story)


def test_a_defect_is_an_internal_error_and_the_door_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(front: house.Front) -> None:
        async def defect(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(front.gateway, "judge", defect)
        connection, line = called(front)
        connection.data_received(post(alerts(front), b"[{"))
        await settle()
        assert line.statuses() == [500] and not connection.tasks and not front.gateway._under_way

    told(story)


def test_the_engines_end_and_a_full_inbox_are_told() -> None:
    async def story(front: house.Front) -> None:
        connection, line = called(front)
        front.engine.inbox.weight_max = -1
        front.engine.inbox.waiting.append(None)  # somebody waits already
        connection.data_received(post(alerts(front)))
        front.engine.inbox.waiting.clear()
        front.engine.inbox.weight_max = 10
        front.disk.fault = OSError("no space left on device")
        connection.data_received(post(alerts(front)))
        await settle()
        connection.data_received(post(alerts(front)))
        assert line.statuses() == [503, 503, 503]
        assert [line.said.count(b"retry-after: %d" % seconds) for seconds in (1, 5)] == [1, 2]

    told(story)


def test_a_sender_that_goes_away_leaves_its_place_and_what_it_handed_in() -> None:
    async def story(front: house.Front) -> None:
        connection, _ = called(front)
        connection.data_received(post(alerts(front))[:-5])
        assert front.gateway._under_way == {"default": 1}
        connection.connection_lost(None)
        assert not front.gateway._under_way
        connection, line = called(front)
        connection.data_received(post(alerts(front)))
        connection.connection_lost(None)
        await settle()
        assert front.open_titles() == ["DiskFull"] and line.said == b"" and not front.gateway._under_way

    told(story)


def test_one_source_may_have_so_many_requests_under_way() -> None:
    async def story(front: house.Front) -> None:
        front.disk.gate.clear()
        lines = []
        for _ in range(AT_ONCE_MAX + 1):
            connection, line = called(front)
            connection.data_received(post(alerts(front)))
            lines.append(line)
        assert lines[-1].statuses() == [503]
        front.disk.gate.set()
        await settle()
        assert all(line.statuses() == [200] for line in lines[:-1])

    told(story)


def test_the_servers_end_waits_for_what_was_handed_in() -> None:
    async def story(front: house.Front) -> None:
        idle, idle_line = called(front)
        busy, busy_line = called(front)
        front.disk.gate.clear()
        busy.data_received(post(alerts(front)))
        idle.shutdown()
        busy.shutdown()
        assert idle_line.is_closed and not busy_line.is_closed
        front.disk.gate.set()
        await settle()
        assert busy_line.statuses() == [200] and busy_line.is_closed

    told(story)
