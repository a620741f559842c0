"""What the benchmarks share: servers as processes, their CPU seconds, a sender that costs little, medians."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    """A server under load."""

    process: subprocess.Popen[bytes]
    port: int
    path: str
    data: Path

    def cpu_s(self) -> float:
        """User and system seconds of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

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
    """Until the port answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not come up")


@contextmanager
def directory() -> Iterator[Path]:
    """A scratch directory."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as path:
        yield Path(path)


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


def installed(data: Path) -> dict[str, str]:
    """A new Tocsin installation; its keys."""
    made = subprocess.run(
        [sys.executable, "-m", "tocsin", "init", "--data", str(data), "--json"], check=True, capture_output=True
    )
    found: dict[str, str] = msgspec.json.decode(made.stdout)
    return found


@contextmanager
def tocsin(data: Path, *flags: str) -> Iterator[tuple[Server, dict[str, str]]]:
    """A fresh Tocsin on a free port."""
    keys = installed(data / "data")
    port = free_port()
    command = [
        sys.executable, "-m", "tocsin", "serve", "--data", str(data / "data"), "--listen", f"127.0.0.1:{port}",
        "--log-level", "warning", *flags,
    ]  # fmt: skip
    with running(command, port, f"/in/{keys['source_key']}/api/v2/alerts", data) as server:
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


def post(server: Server, bodies: Sequence[bytes], senders: int = 4) -> float:
    """Send each body as a POST over keep-alive connections; the wall seconds. Every answer must be 2xx."""
    failures: list[str] = []

    def work(mine: Sequence[bytes]) -> None:
        head = (
            f"POST {server.path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for body in mine:
                connection.sendall(head + str(len(body)).encode() + b"\r\n\r\n" + body)
                answer = connection.recv(4096)
                if answer[9:10] != b"2":
                    failures.append(answer.decode("latin-1")[:300])
                    return

    threads = [threading.Thread(target=work, args=(bodies[i::senders],)) for i in range(senders)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"a request failed: {failures[0]}")
    return time.perf_counter() - began


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
