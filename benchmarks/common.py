"""What the benchmarks share: servers as processes, their CPU seconds, a sender that costs little, medians."""

from __future__ import annotations

import http.client
import os
import queue
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
LONG_RUNS = (RUNS + 1) // 2
"""Runs of the measurements that take a quarter of a minute each."""
OPEN_ALERTS = 100_000
PACED_CONNECTIONS = 32
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(process: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


class Server(NamedTuple):
    """A server under load."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    data: Path

    def cpu_s(self) -> float:
        """User and system seconds of the process so far."""
        return cpu_s(self.process.pid)

    def rss_bytes(self) -> int:
        """Resident memory."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until the server says it is ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/-/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the server did not come up")


@contextmanager
def directory() -> Iterator[Path]:
    """A scratch directory."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as path:
        yield Path(path)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """What the servers started inside see beside their own environment."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def running(command: Sequence[str], port: int, path: str, data: Path) -> Iterator[Server]:
    """The command as a server, killed at the end."""
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(port, process)
            yield Server(process, port, path, data)
        finally:
            process.kill()
            process.wait()


@cache
def installation() -> tuple[tempfile.TemporaryDirectory[str], dict[str, str]]:
    """A new Tocsin installation to copy, and its keys: made once, because to make one takes a second."""
    kept = tempfile.TemporaryDirectory(prefix="tocsin-bench-")
    made = subprocess.run(
        [sys.executable, "-m", "tocsin", "init", "--data", f"{kept.name}/data", "--json"],
        check=True,
        capture_output=True,
    )
    return kept, msgspec.json.decode(made.stdout)


def serving(data: Path, port: int) -> list[str]:
    """The command that serves the installation in `data`."""
    return [
        sys.executable, "-m", "tocsin", "serve", "--data", str(data / "data"), "--listen", f"127.0.0.1:{port}",
        "--log-level", "warning",
    ]  # fmt: skip


@contextmanager
def tocsin(data: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    """A fresh Tocsin on a free port, whole: what it makes behind its open doors belongs to no alert."""
    kept, keys = installation()
    shutil.copytree(f"{kept.name}/data", data / "data")
    port = free_port()
    command = serving(data, port)
    with running(command, port, f"/in/{keys['source_key']}/api/v2/alerts", data) as server:
        ask(server, keys["admin_key"], "GET", "/api/v1/me")
        yield server, keys


@contextmanager
def alertmanager(data: Path) -> Iterator[Server]:
    """Debian's Alertmanager, alone, on a free port."""
    program = shutil.which("prometheus-alertmanager")
    assert program is not None
    config = data / "alertmanager.yml"
    config.write_text("route:\n  receiver: none\n  group_by: [alertname]\nreceivers:\n- name: none\n")
    port = free_port()
    command = [
        program, f"--config.file={config}", f"--storage.path={data / 'am'}", f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=", "--log.level=error",
    ]  # fmt: skip
    with running(command, port, "/api/v2/alerts", data) as server:
        yield server


def peer_absent(name: str, program: str) -> bool:
    """Says so when the peer is not installed."""
    if shutil.which(program) is None:
        print(f"{name}: peer absent ({program} is not installed)")
        return True
    return False


class Sender:
    """One keep-alive connection that sends its bodies one after another, each when the last was answered."""

    def __init__(self, server: Server, bodies: Iterator[bytes], latencies: list[float]) -> None:
        self._head = (
            f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._bodies = bodies
        self._latencies = latencies
        self._sent_at = 0.0
        self.connection = socket.create_connection(("127.0.0.1", server.port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> bool:
        """Send the next body; False when there is none left."""
        body = next(self._bodies, None)
        if body is None:
            self.connection.close()
            return False
        self._sent_at = time.perf_counter()
        self.connection.sendall(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        return True

    def receive(self) -> None:
        """Read the answer, which must be 2xx."""
        answer = self.connection.recv(4096)
        self._latencies.append(time.perf_counter() - self._sent_at)
        if answer[9:10] != b"2":
            raise RuntimeError(f"a request failed: {answer.decode('latin-1')[:300]}")


def post(server: Server, bodies: Iterable[bytes], connections: int = 32) -> tuple[float, list[float]]:
    """Send the bodies as POSTs over this many keep-alive connections, all in this thread, so that the sender takes
    little of the machine; the wall seconds, and those of each request."""
    latencies: list[float] = []
    waiting = iter(bodies)
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            sender = Sender(server, waiting, latencies)
            if sender.send():
                selector.register(sender.connection, selectors.EVENT_READ, sender)
        while selector.get_map():
            for key, _ in selector.select():
                key.data.receive()
                selector.unregister(key.fileobj)
                if key.data.send():
                    selector.register(key.fileobj, selectors.EVENT_READ, key.data)
    return time.perf_counter() - began, latencies


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def alert(number: int) -> dict[str, object]:
    """One alert as Prometheus sends it: names in order."""
    return {
        "labels": {
            "alertname": f"HighLatency{number % 50}", "cluster": f"c{number % 7}",
            "instance": f"10.0.{number >> 8 & 255}.{number & 255}:9100", "job": "node", "severity": "warning",
            "shard": str(number),
        },
        "annotations": {"runbook": "https://runbooks.example/latency", "summary": f"latency of shard {number} is high"},
        "startsAt": "2026-11-24T03:12:00.000Z",
        "endsAt": "2099-11-24T03:16:00.000Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=latency",
    }  # fmt: skip


def fill(server: Server, count: int = OPEN_ALERTS, batch: int = 500) -> None:
    """Open this many alerts, all different."""
    post(server, (msgspec.json.encode([alert(n) for n in range(s, s + batch)]) for s in range(0, count, batch)), 8)


def ask(server: Server, key: str, method: str, path: str, body: object = None) -> Any:
    """One request of the API; what it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request(method, path, msgspec.json.encode(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path} was answered {answer.status}: {content.decode()[:300]}")
    return msgspec.json.decode(content) if content else None


def paced(server: Server, bodies: Sequence[bytes], per_second: float) -> list[tuple[float, float]]:
    """Send the bodies at this rate, however slow the answers are; when each was sent and answered (`time.time`)."""
    free: queue.SimpleQueue[http.client.HTTPConnection] = queue.SimpleQueue()
    for _ in range(PACED_CONNECTIONS):
        free.put(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30))
    times: list[tuple[float, float]] = [(0.0, 0.0)] * len(bodies)

    def send(number: int, sent_at: float) -> None:
        connection = free.get()
        connection.request("POST", server.path, bodies[number], {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"a request was answered {answer.status}")
        times[number] = (sent_at, time.time())
        free.put(connection)

    with ThreadPoolExecutor(PACED_CONNECTIONS) as pool:
        began = time.time()
        sending = []
        for number in range(len(bodies)):
            time.sleep(max(0.0, began + number / per_second - time.time()))
            sending.append(pool.submit(send, number, time.time()))
        for one in sending:
            one.result()
    return times


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
