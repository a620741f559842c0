"""The reference is made from the code, and is as the code says now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_reference_is_what_the_code_says() -> None:
    assert sorted(_maker().differences()) == [], "out of date: run `make docs` and commit the pages"


def test_no_page_of_the_reference_is_left_over() -> None:
    made = set(_maker().pages())
    found = {file.relative_to(DOCS / "reference").as_posix() for file in (DOCS / "reference").rglob("*.md")}
    assert found == made
