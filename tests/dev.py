"""`make dev`: the server on :8080, started anew when its code changes, and Vite on :5173, which reloads the browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "tocsin"
LOOK_S = 1.0


def main() -> None:
    """Run both until one ends or the reader interrupts."""
    sys.path.insert(0, str(ROOT))
    from hatch_build import UI, prepared

    vite = subprocess.Popen([*prepared(), "node_modules/vite/bin/vite.js"], cwd=UI)
    try:
        for _ in _served(vite):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        vite.terminate()


def _served(vite: subprocess.Popen[bytes]) -> Iterator[None]:
    while vite.poll() is None:
        seen = _newest()
        server = subprocess.Popen([sys.executable, "-m", "tocsin", "serve", "--data", "data"], cwd=ROOT)
        try:
            while vite.poll() is None and _newest() == seen:
                try:
                    vite.wait(LOOK_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            server.terminate()
            server.wait()
        yield


def _newest() -> float:
    return max(path.stat().st_mtime for path in SOURCES.rglob("*") if path.suffix in {".py", ".html", ".po"})


if __name__ == "__main__":
    main()
