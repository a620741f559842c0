"""The architecture's contracts hold, and each is seen to break on a planted violation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLANTED = {
    "storeys": ("kernel/ids.py", "import tocsin.shell.ports"),
    "rooms": ("core/people/state.py", "import tocsin.core.alerts.events"),
    "furniture": ("core/items/events.py", "import tocsin.core.items.decide"),
    "pure": ("core/calendars/decide.py", "import time"),
    "acyclic siblings": ("shell/ports.py", "import tocsin.shell.engine"),
    **{
        f"doors of {room}": ("web/__init__.py", f"import tocsin.core.{room}.state")
        for room in ("people", "calendars", "items", "oncall", "intake", "alerts", "incidents", "notify")
    },
}


def contracts(tree: Path) -> dict[str, str]:
    """KEPT or BROKEN by contract, as import-linter says of this tree."""
    shutil.copy(ROOT / "pyproject.toml", tree / "pyproject.toml")
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"],
        cwd=tree,
        env={"PYTHONPATH": str(tree / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", ran.stdout, re.MULTILINE))
    assert found, ran.stdout + ran.stderr
    return found


def test_every_contract_is_kept(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    assert set(contracts(tmp_path).values()) == {"KEPT"}


def test_every_contract_breaks_on_a_planted_violation(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for path, statement in PLANTED.values():
        planted = tmp_path / "src" / "tocsin" / path
        planted.write_text(planted.read_text("utf-8") + f"\n{statement}\n", "utf-8")
    found = contracts(tmp_path)
    assert set(found) == set(PLANTED)
    assert set(found.values()) == {"BROKEN"}
