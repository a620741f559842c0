"""The tutorial, run as it is written, in both languages, against a real server on a free port."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from docs.console import run, steps
from system.town import free_port

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"
PORT = "127.0.0.1:8080"


@pytest.mark.parametrize("name", ["first-page.md", "first-page.zh.md"])
def test_the_tutorial_does_what_it_says(name: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PYTHONPATH"}}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
    run(TUTORIAL / name, tmp_path, environment, {PORT: f"127.0.0.1:{free_port()}"})


def test_both_languages_have_the_same_commands() -> None:
    english, chinese = ((TUTORIAL / name).read_text("utf-8") for name in ("first-page.md", "first-page.zh.md"))
    assert steps(english) == steps(chinese)
