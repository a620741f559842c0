"""The room of an incident in the real process: through its front door, and to its end."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from system.town import tocsin


def _hears(socket: ClientConnection, kind: str) -> dict[str, object]:
    while True:
        frame: dict[str, object] = msgspec.json.decode(socket.recv(timeout=20))
        if frame["type"] == kind:
            return frame


def test_what_was_said_outlives_the_process_and_a_stop_sends_everybody_away(tmp_path: Path) -> None:
    with tocsin(tmp_path / "data") as house:
        house.post("/incidents", {"title": "db is down"})
        url = f"ws://127.0.0.1:{house.port}/api/v1/incidents/INC-1/room"
        headers = {"authorization": f"Bearer {house.keys['admin_key']}"}
        with connect(url, additional_headers=headers, proxy=None) as socket:
            assert _hears(socket, "hello")["me"] == "admin"
            socket.send('{"type":"say","text":"looking","id":"m1"}')
            assert _hears(socket, "said")["text"] == "looking"
            house.kill()
        house.start()
        (line,) = house.get("/incidents/INC-1/timeline?kind=message")["items"]
        assert (line["body"], line["id"]) == ("looking", "m1")
        with connect(url, additional_headers=headers, proxy=None) as socket:
            _hears(socket, "hello")
            socket.send('{"type":"say","text":"looking","id":"m1"}')
            assert _hears(socket, "done")["id"] == "m1", "asked again after a crash, it is not said again"
            assert house.stop() == 0
            with pytest.raises(ConnectionClosed) as ended:
                socket.recv(timeout=20)
            assert ended.value.rcvd is not None and ended.value.rcvd.code == 1012
