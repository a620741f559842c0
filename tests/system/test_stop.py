"""A real process that is told to stop says so first, takes what still comes, and ends in order."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from system.town import eventually, tocsin
from tocsin import app
from tocsin.shell.settings import Settings

ALERT = [{"labels": {"alertname": "DiskFull"}}]


def test_it_is_not_ready_before_its_door_closes_and_the_log_says_how_it_ended(tmp_path: Path) -> None:
    with tocsin(tmp_path / "data", drain_delay_s="60") as house:
        assert house.process is not None
        house.process.send_signal(signal.SIGTERM)
        eventually(lambda: house.http.get("/-/ready").status_code == 503, "it says that it is stopping")
        assert house.http.get("/-/ready").text == "stopping"
        assert house.http.post(f"/in/{house.keys['source_key']}/api/v2/alerts", json=ALERT).status_code == 200
        assert house.stop() == 0, "a second signal does not wait"
    lines = [msgspec.json.decode(line) for line in (tmp_path / "server.log").read_bytes().splitlines()]
    told = [(line["event"], line.get("delay_s")) for line in lines if line["event"] in ("stopping", "stopped")]
    assert told == [("stopping", 60), ("stopped", None)]


def test_without_a_delay_it_stops_at_once(tmp_path: Path) -> None:
    with tocsin(tmp_path / "data") as house:
        assert house.stop() == 0
    assert b'"stopped"' in (tmp_path / "server.log").read_bytes()


def test_a_ticker_that_ended_ends_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(engine: object, ticked: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(app.ticker, "run", broken)
    assert asyncio.run(ended_by_itself(tmp_path, ZeroDivisionError))


def test_a_web_interface_that_cannot_be_made_ends_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WEB", "tocsin.planted")
    assert asyncio.run(ended_by_itself(tmp_path, ModuleNotFoundError))


DEAF_NAME_SERVER = """
import asyncio, socket, threading
from tocsin import app
from tocsin.shell.channels.guard import Guard
from tocsin.shell.settings import Settings

async def serve(settings):
    socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
    asking = asyncio.ensure_future(Guard(()).addresses("hooks.example", 443))
    await asyncio.wait({asking}, timeout=0.1)
    print("served")

app.serve = serve
app.run(Settings())
"""


def test_a_name_server_that_never_answers_does_not_keep_the_process() -> None:
    ended = subprocess.run([sys.executable, "-c", DEAF_NAME_SERVER], capture_output=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"served\n"), ended.stderr


async def ended_by_itself(data: Path, fault: type[Exception]) -> bool:
    """Whether a server ends, with this fault, though nobody told it to."""
    serving = asyncio.create_task(app.serve(Settings(data_dir=str(data), listen="127.0.0.1:0")))
    done, _ = await asyncio.wait({serving}, timeout=20)
    serving.cancel()
    with pytest.raises(fault):
        await serving
    return bool(done)
