"""How soon 1,000 browsers know: from an event's decision in the server to its arrival at every follower."""

from __future__ import annotations

import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.common import LONG_RUNS, Server, ask, directory, free_port, median, percentile, running, tocsin
from tocsin.kernel.moment import parse_rfc3339

FOLLOWERS = 1_000
RATES = (5, 20)
SECONDS = 5
GOAL_MS = 150
SETTLE_S = 3.0
STREAM_START = b"retry: "


class Heard(msgspec.Struct, frozen=True):
    """What the followers heard: how many events altogether, and how late, in milliseconds."""

    events: int
    p50: float
    p99: float
    worst: float


class Result(NamedTuple):
    """One measurement: what was heard, events that somebody missed, the server's CPU share and resident memory."""

    heard: Heard
    missing: int
    cpu: float
    rss_mb: float


class Told(msgspec.Struct, frozen=True):
    """What is read of an event."""

    at: str
    type: str


def measure(server: Server, key: str, rate: int) -> Result:
    """Tell this many events a second while everybody follows."""
    incident = ask(server, key, "POST", "/api/v1/incidents", {"title": "the benchmark"}).get("id", "INC-1")
    with followers(server.port, key) as process:
        began, cpu = time.monotonic(), server.cpu_s()
        count = rate * SECONDS
        for number in range(count):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            text = f"note number {number} of the benchmark of the live feed"
            ask(server, key, "POST", f"/api/v1/incidents/{incident}/notes", {"text": text})
        spent = (server.cpu_s() - cpu) / (time.monotonic() - began)
        time.sleep(1.0)
        rss = server.rss_bytes() / 1e6
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        heard = msgspec.json.decode(process.stdout.read(), type=Heard)
    return Result(heard, count * FOLLOWERS - heard.events, spent, rss)


@contextmanager
def followers(port: int, key: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that follows over as many connections; it ends, and says what it heard, when its input ends."""
    command = [sys.executable, "-m", "benchmarks.live", str(port), key]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError("the followers did not all connect")
        time.sleep(SETTLE_S)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def peer(data: Path) -> Iterator[Server]:
    """The least ASGI application that broadcasts, on the same server."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "benchmarks.sse_peer:app", "--port", str(port), "--log-level", "warning",
        "--loop", "uvloop", "--http", "httptools", "--lifespan", "off",
    ]  # fmt: skip
    with running(command, port, "", data) as server:
        yield server


def run() -> None:
    """Print the medians of the runs, Tocsin and the peer in turns."""
    print(f"live: {FOLLOWERS} followers, from the decision (before the fsync) to each of them, median of {LONG_RUNS}")
    for rate in RATES:
        own, other = [], []
        for _ in range(LONG_RUNS):
            with directory() as data, tocsin(data) as (server, keys):
                own.append(measure(server, keys["admin_key"], rate))
            with directory() as data, peer(data) as server:
                other.append(measure(server, "none", rate))
        for name, results in (("tocsin", own), ("raw ASGI", other)):
            heard = [one.heard for one in results]
            p50, p99, worst = (median([getattr(one, part) for one in heard]) for part in ("p50", "p99", "worst"))
            cpu, rss = median([one.cpu for one in results]), median([one.rss_mb for one in results])
            missing = sum(one.missing for one in results)
            print(
                f"  {rate:>2} events/s, {name:<8}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms; "
                f"{cpu:.0%} CPU, {rss:.0f} MB; {missing} missing"
            )
        ratio = median([a.cpu / b.cpu for a, b in zip(own, other, strict=True)])
        print(f"  {rate:>2} events/s, CPU {ratio:.2f}x of the raw ASGI broadcast (goal: p99 {GOAL_MS} ms)")


def follow(port: int, key: str) -> None:
    """Follow over as many connections until the input ends. What comes is read at once and understood afterwards, so
    that reading is not late itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard) if soft < hard else (soft, hard))
    head = f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    came: list[tuple[float, int, bytes]] = []
    with selectors.DefaultSelector() as selector:
        for number in range(FOLLOWERS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(head)
            start = b""
            while STREAM_START not in start:
                chunk = connection.recv(65_536)
                if not chunk:
                    raise RuntimeError(f"refused: {start.decode('latin-1')[:300]}")
                start += chunk
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, number)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ, -1)
        print("ready", flush=True)
        while True:
            for found, _ in selector.select():
                if found.data < 0:
                    print(msgspec.json.encode(_understood(came)).decode(), flush=True)
                    return
                connection = found.fileobj  # type: ignore[assignment]
                came.append((time.time(), found.data, connection.recv(262_144)))


def _understood(came: list[tuple[float, int, bytes]]) -> Heard:
    """How late each event was at each follower; a chunk may end within an event."""
    late: list[float] = []
    rests: dict[int, bytes] = {}
    for at, number, chunk in came:
        *lines, rests[number] = (rests.get(number, b"") + chunk).split(b"\n")
        for line in lines:
            if not line.startswith(b"data: "):
                continue
            told = msgspec.json.decode(line[6:], type=Told)
            if told.type == "NoteAdded":
                late.append(at * 1000 - (parse_rfc3339(told.at) or 0))
    if not late:
        return Heard(0, 0, 0, 0)
    return Heard(len(late), percentile(late, 0.5), percentile(late, 0.99), max(late))


if __name__ == "__main__":
    follow(int(sys.argv[1]), sys.argv[2])
