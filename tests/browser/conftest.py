"""Fixtures of the browser tests: Debian's chromium, headless, driven by Playwright against a real installation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from browser.stage import CHROMIUM, FLAGS, PASSWORD, Stage, staged
from system.town import free_port

DIST = Path(__file__).parents[2] / "src" / "tocsin" / "web" / "dist" / "index.html"
PATIENCE_MS = 30_000
"""How long is waited for what must come: a slow machine is no fault, and what comes at once costs nothing."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One chromium for all tests of a module, and not longer: Playwright's loop runs in this thread while it lives."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    if not DIST.exists():
        pytest.skip("the web interface is not built: make ui")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The town, running."""
    with staged(tmp_path_factory.mktemp("town") / "data", free_port()) as made:
        made.settle()
        yield made


@pytest.fixture
def enter(browser: Browser, stage: Stage) -> Iterator[Callable[..., Page]]:
    """Log somebody in with a browser of their own and open a page. A page that throws, or that its own security policy
    stops, fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def come(path: str = "/", user: str = "admin", **options: object) -> Page:
        usual = {"locale": "en-US", "timezone_id": "Europe/Berlin", "viewport": {"width": 1280, "height": 800}}
        context = browser.new_context(base_url=stage.url, **{"service_workers": "block"} | usual | options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"/login?next={quote(path)}")
        page.fill("input[name=user]", user)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(re.compile(re.escape(path.partition("?")[0])))
        page.wait_for_selector("#main")
        return page

    yield come
    for context in opened:
        context.close()
    assert faults == []
