"""One real server for all tests of the command line, and a way to run commands against it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import msgspec
import pytest
from click.testing import CliRunner, Result

from tocsin.cli import main

PATIENCE_S = 180.0
UNTRANSLATED = re.compile(r"\bcli\.[a-z_]+\.?[a-z_]*")
Run = Callable[..., Result]


class Server(NamedTuple):
    """A running installation."""

    url: str
    key: str
    source_key: str
    data: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process of its own, as people run it."""
    data = tmp_path_factory.mktemp("cli") / "data"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    tocsin = (sys.executable, "-m", "tocsin")
    made = subprocess.run((*tocsin, "init", "--data", data, "--json"), check=True, capture_output=True, env=bare)
    keys = msgspec.json.decode(made.stdout)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    with (data.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            (*tocsin, "serve", "--data", data, "--listen", listen), stdout=log, stderr=subprocess.STDOUT, env=bare
        )
    try:
        _wait(f"http://{listen}/-/ready", process)
        yield Server(f"http://{listen}", keys["admin_key"], keys["source_key"], data)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server was not ready in time")


@pytest.fixture
def offline() -> Run:
    """Run a command without a server in reach; what it prints has words in it, not ids of words."""

    def run(*args: object, code: int = 0, stdin: str | None = None, **environment: str) -> Result:
        base = {"TOCSIN_URL": "http://127.0.0.1:1", "TOCSIN_KEY": "", "TOCSIN_LANG": "en", "TOCSIN_OUTPUT": ""}
        environment = {name: value for name, value in (base | environment).items() if value}
        result = CliRunner().invoke(main, [str(arg) for arg in args], input=stdin, env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        assert not UNTRANSLATED.search(result.output), result.output
        return result

    return run


@pytest.fixture
def run(server: Server, offline: Run) -> Run:
    """Run a command as the administrator of the server."""

    def against(*args: object, **more: object) -> Result:
        return offline(*args, **{"TOCSIN_URL": server.url, "TOCSIN_KEY": server.key, **more})

    return against
