"""Known heads change nothing but the time it takes: whatever comes, in whatever pieces, the answers and the journal are
those of a house that knows no head."""

from __future__ import annotations

import asyncio
import gzip
from random import Random
from typing import Any

import msgspec
import pytest

from shell.gateway import front as house
from shell.gateway.front import opened
from shell.gateway.test_gateway_front import RAW, called, settle
from tocsin.core.intake.commands import RemoveSource, RotateSourceKey
from tocsin.shell import engine
from tocsin.shell.gateway.door import Head
from tocsin.shell.gateway.front import HEAD_END, HEAD_TIMEOUT_S, KNOWN_HEAD_BYTES_MAX
from tocsin.shell.gateway.wire import Reader
from tocsin.shell.install import hash_key

OTHER = RAW.replace(b"DiskFull", b"DiskGone")
"""As long as RAW."""
TWICE = RAW[:-1] + b"\r\n\r\n]"
PATIENCE_S = 20.0
SEEDS = 40
ACTS = 80
RARE = ("later", "rotate", "remove", "leave", "stop", "wait", "wait long")
CALLS = 3
"""Connections at once."""
EVENTS = msgspec.json.encode({"routing_key": "key-of-duty", "event_action": "trigger", "payload": {
    "summary": "s", "source": "h", "severity": "info"}})  # fmt: skip
NOBODYS = EVENTS.replace(b"key-of-duty", b"key-of-none")


class Forgetful(dict[tuple[bytes, int], Head]):
    """Known heads of which none is ever remembered."""

    def get(self, *_: Any) -> Any:
        return None


def post(path: str, body: bytes = RAW, *more: str, line: str = "POST {} HTTP/1.1") -> bytes:
    head = [line.format(path), "Host: house", "Content-Type: application/json", f"Content-Length: {len(body)}", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


def requests_of(key: str, person: str) -> tuple[bytes, ...]:
    """What may come, whole and odd, good and bad."""
    path = f"/in/{key}/api/v2/alerts"
    ordinary = post(path)
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(RAW), RAW)
    fill = KNOWN_HEAD_BYTES_MAX - len(ordinary) + len(RAW) - len("X: \r\n")
    return (
        ordinary, post(path, OTHER), post(path, b"x" * len(RAW)), post(path, TWICE), post(path, RAW + b"\r\n\r\n"),
        post(path, b""), post(path, b"\r\n\r\n"), post(path, gzip.compress(RAW, mtime=0)), post(path, ordinary),
        post(path, RAW, "Connection: close"), post(path, RAW, "Expect: 100-continue"), post(path, b"[]" * 60_000),
        post(path, RAW, "Idempotency-Key: a"), post(path, OTHER, "Idempotency-Key: a"), post(path, b"!!", "ce-id: 1"),
        post("/api/v2/alerts", RAW, f"Authorization: Bearer {key}"), post(f"/api/v2/alerts?key={key}"),
        post("/api/v2/alerts", RAW, f"X-API-Key: {person}"), post("/api/v2/alerts"), post("/in/nobody/api/v2/alerts"),
        post("/in/nobody/api/v2/alerts"), post("/in/nobody/api/v2/alerts", ordinary), post("/api/v2/alerts", ordinary),
        post("/v2/enqueue", EVENTS), post("/v2/enqueue", NOBODYS), post(f"/in/{key}/unknown"), post("/elsewhere"),
        post(path, RAW, "X: " + "x" * (fill - 1)), post(path, RAW, "X: " + "x" * fill),
        post(path, RAW, "X: " + "x" * (fill + 1)), b"\r\n" + ordinary, b"\r\n\r\n" + ordinary, b"\n" + ordinary,
        ordinary.replace(b"\r\n", b"\n"), ordinary.replace(b"\r\n\r\n", b"\r\n\r\n\r\n\r\n"),
        post(path, chunks, "Transfer-Encoding: chunked"), post(path, RAW, "Content-Length: 3"),
        post(path, chunks, "Transfer-Encoding: chunked").replace(b"Content-Length", b"X-Length"),
        post(path, RAW, "Connection: upgrade", "Upgrade: h2c"), post(path, RAW, line="POST {} HTTP/1.0"),
        post(path, RAW, line="PUT {} HTTP/1.1"), post(path, RAW, line="post {} HTTP/1.1"),
        post(path, RAW, line="POST http://house{} HTTP/1.1"), b"GET /x HTTP/1.1\r\nHost: house\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: house\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    )  # fmt: skip


class Side:
    """One of two houses with the same history."""

    def __init__(self, front: house.Front, is_forgetful: bool) -> None:
        self.front = front
        front.gateway.body_timeout_s = PATIENCE_S
        front.gateway._reader = Reader(front.gateway.body_bytes_max, PATIENCE_S)
        if is_forgetful:
            front.gateway.known_heads = Forgetful()
        self.calls = [called(front) for _ in range(CALLS)]
        self.waiting: list[list[bytes]] = [[] for _ in range(CALLS)]
        self.said: list[Any] = []
        self.told = 0

    def bring(self, number: int, data: bytes) -> None:
        """Let bytes come, as a loop would: none to a line that is not read. Whoever was let go calls again."""
        if self.calls[number][1].is_closed:
            self.leave(number)
        self.waiting[number].append(data)
        (connection, line), waiting = self.calls[number], self.waiting[number]
        while waiting and not line.is_closed and not line.is_paused:
            connection.data_received(waiting.pop(0))

    def leave(self, number: int) -> None:
        """A connection ends, and the next begins."""
        connection, line = self.calls[number]
        self.said.append(self.facts_of(number))
        line.is_closed = True
        connection.connection_lost(None)
        self.calls[number], self.waiting[number] = called(self.front), []

    def facts_of(self, number: int) -> Any:
        """What was said on a line, and how it is."""
        connection, line = self.calls[number]
        is_timed = connection.timeout_keep_alive_task is not None
        return line.said, line.is_closed, line.is_paused, is_timed, connection.server_state.total_requests

    def facts(self) -> Any:
        """All that must be the same, as far as it is new."""
        new = [msgspec.json.encode(row) for row in self.front.journal.rows(self.told)]
        self.told += len(new)
        said, self.said = self.said, []
        lines = [self.facts_of(number) for number in range(CALLS)]
        telemetry, gateway = self.front.telemetry, self.front.gateway
        counts = [list(tally.items()) for tally in (telemetry.requests, telemetry.received, telemetry.refused)]
        return said, lines, new, counts, len(gateway.callers), dict(gateway._under_way)

    def happen(self, what: str, number: int) -> None:
        """Something happens to a connection."""
        connection, _ = self.calls[number]
        match what:
            case "leave":
                self.leave(number)
            case "stop":
                connection.shutdown()
            case "full":
                connection.pause_writing()
            case "empty":
                connection.resume_writing()
            case "wait":
                connection.expire(connection.loop.time() + 1.5 * HEAD_TIMEOUT_S)
            case "wait long":
                connection.expire(connection.loop.time() + 9 * HEAD_TIMEOUT_S)

    async def befall(self, what: str) -> None:
        """Something happens to the house."""
        front = self.front
        if what in {"remove", "rotate"}:
            front.disk.gate.set()
            command = RemoveSource("default") if what == "remove" else RotateSourceKey("default", hash_key("new"), 300)
            await front.engine.submit(command, "init")
        elif what == "shut":
            front.disk.gate.clear()
        elif what == "open":
            front.disk.gate.set()
        elif what == "later":
            front.clock.pass_s(400)
        await settle()


def story_of(chance: Random, count: int) -> list[tuple[str, int, int, int]]:
    """What happens: mostly whole requests of a few kinds, on a few lines, in whole and odd pieces."""
    kinds = [0, 0, chance.randrange(count), chance.randrange(count), chance.randrange(count)]
    acts = []
    for _ in range(ACTS):
        line = chance.randrange(CALLS)
        what = chance.choice(("whole", "whole", "whole", "whole", "held", "body", "settle", "settle", "other"))
        if what == "other":
            what = chance.choice(("cut", "slow", "shut", "open", "open", "full", "empty", "empty", *RARE))
        acts.append((what, line, chance.choice(kinds), chance.choice((chance.randrange(4), chance.randrange(500)))))
    return acts


async def played(side: Side, chance: Random) -> list[Any]:
    """What a house says and keeps while a story happens."""
    front = side.front
    pool = requests_of(front.key, await front.person("ann", "admin"))
    await front.source("duty", door="pagerduty")
    held = [b""] * CALLS
    seen = []
    for what, number, kind, back in story_of(chance, len(pool)):
        if what in {"held", "whole", "cut", "slow", "body"}:
            data, held[number] = held[number] + pool[kind], b""
            places = {"whole": len(data), "held": 0, "body": data.find(HEAD_END) + len(HEAD_END)}
            place = places.get(what, max(0, len(data) - back))
            if data[:place]:
                side.bring(number, data[:place])
            if what in {"slow", "body"}:
                await settle()
                side.bring(number, data[place:])
            else:
                held[number] = data[place:]
        elif what in {"leave", "stop", "full", "empty", "wait", "wait long"}:
            side.happen(what, number)
        else:
            await side.befall(what)
        seen.append(side.facts())
    front.disk.gate.set()
    await settle()
    for number in range(CALLS):
        side.leave(number)
    await settle()
    assert not front.gateway._under_way
    return [*seen, side.facts()]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_house_that_knows_heads_answers_as_one_that_knows_none(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "GATHER_S", 0.0)  # it waits by the real clock

    async def run() -> None:
        async with opened() as one, opened() as other:
            knowing = await played(Side(one, False), Random(seed))
            forgetful = await played(Side(other, True), Random(seed))
            for step, (known, forgotten) in enumerate(zip(knowing, forgetful, strict=True)):
                assert known == forgotten, step

    asyncio.run(run())
