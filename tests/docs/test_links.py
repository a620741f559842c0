"""Every relative link in the documentation leads to a file, and to a heading where it names one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    text = FENCE.sub("", page.read_text("utf-8"))
    return [link for link in LINK.findall(CODE.sub("", text)) if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    if "://" in link or link.startswith("mailto:"):
        return True
    path, _, anchor = link.partition("#")
    target = (page.parent / unquote(path)).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or (target.suffix == ".md" and anchor in anchors(target.read_text("utf-8")))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them; a second of the same name gets `-1`."""
    found: dict[str, int] = {}
    names = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        name = NOT_IN_ANCHORS.sub("", heading.lower()).replace(" ", "-")
        count = found[name] = found.get(name, -1) + 1
        names.add(f"{name}-{count}" if count else name)
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_the_page_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_to_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# One heading: `x`\n\n# One heading: `x`\n")
    page = tmp_path / "a.md"
    page.write_text("[1](b.md#one-heading-x) [2](b.md#one-heading-x-1) [3](c.md) [4](b.md#two)\n```\n[5](d.md)\n```\n")
    assert broken(page) == ["c.md", "b.md#two"]
