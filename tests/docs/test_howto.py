"""The commands of the how-to and explanation pages, run against a real server."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.console import run, steps
from system.town import Tocsin, tocsin

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted([*(DOCS / "howto").glob("*.md"), *(DOCS / "explanation").glob("*.md")])
RUN = [page for page in PAGES if steps(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tocsin]:
    with tocsin(tmp_path_factory.mktemp("howto") / "data") as running:
        yield running


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_the_page_does_what_it_says(page: Path, house: Tocsin, tmp_path: Path) -> None:
    if page.stem == "amtool" and shutil.which("amtool") is None:
        pytest.skip("amtool is not installed")
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TOCSIN_URL": house.url,
        "TOCSIN_KEY": house.keys["admin_key"],
        "SOURCE_KEY": house.keys["source_key"],
        "TOCSIN_DATA_DIR": str(house.data),
    }
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    run(page, tmp_path, environment, {})
