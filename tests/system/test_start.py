"""The doors open before the house is whole: signals are taken, and pages leave, while the web interface is made."""

from __future__ import annotations

import asyncio
import importlib
import signal
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from system.town import Tocsin
from tocsin import app
from tocsin.shell.settings import Settings

ALERT = [{"labels": {"alertname": "DiskFull"}}]


async def until_open(client: httpx2.AsyncClient) -> None:
    """Wait for the doors."""
    while True:
        try:
            if (await client.get("/-/ready")).status_code == 200:
                return
        except httpx2.HTTPError:
            await asyncio.sleep(0.02)


def test_signals_are_taken_and_journaled_while_the_web_interface_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = Tocsin(tmp_path / "data")
    may = threading.Event()

    def made(services: Any) -> Any:
        assert may.wait(30)
        return importlib.import_module(web).make_app(services)

    web = app.WEB
    monkeypatch.setattr(app, "import_module", lambda name: SimpleNamespace(make_app=made))

    async def story() -> tuple[int, bool, int, list[str]]:
        serving = asyncio.create_task(app.serve(Settings(data_dir=str(house.data), listen=f"127.0.0.1:{house.port}")))
        async with httpx2.AsyncClient(base_url=house.url, headers=house.http.headers, timeout=30) as client:
            await asyncio.wait_for(until_open(client), 20)
            taken = await client.post(f"/in/{house.keys['source_key']}/api/v2/alerts", json=ALERT)
            early = asyncio.create_task(client.get("/api/v1/incidents"))
            await client.get("/-/healthy")
            is_waiting = not early.done()
            may.set()
            shown = await early
        signal.raise_signal(signal.SIGTERM)
        await serving
        return taken.status_code, is_waiting, shown.status_code, [one["title"] for one in shown.json()["items"]]

    assert asyncio.run(story()) == (200, True, 200, ["DiskFull"])
    house.http.close()
