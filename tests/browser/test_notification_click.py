"""A click on the notification of a page leads to its incident: one real browser, one real desktop bus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from browser.conftest import DIST, PATIENCE_MS
from browser.desktop import DAEMON, Desktop, desktop
from browser.pushing import push
from browser.stage import CHROMIUM, FLAGS, PASSWORD, Stage


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    """A desktop, where there is a bus to make it of."""
    if DAEMON is None:
        pytest.skip("dbus-daemon is not installed")
    with desktop(tmp_path) as found:
        yield found


@pytest.fixture
def person(screen: Desktop, stage: Stage, tmp_path: Path) -> Iterator[BrowserContext]:
    """The browser of somebody who has allowed notifications and is logged in. It has a profile: a window that a click
    opens belongs to one."""
    if not CHROMIUM.exists() or not DIST.exists():
        pytest.skip("chromium is not installed, or the web interface is not built: make ui")
    environment: dict[str, Any] = screen.environment
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=str(CHROMIUM), args=list(FLAGS), env=environment,
            base_url=stage.url, permissions=["notifications"], locale="en-US",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        page = context.pages[0]
        page.goto("/login")
        page.fill("input[name=user]", "admin")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("#main")
        yield context
        context.close()


def _incident(stage: Stage, title: str) -> str:
    return str(stage.call("POST", "/api/v1/incidents", {"title": title, "severity": "critical"})["id"])


def _pushed(screen: Desktop, page: Page, stage: Stage, incident: str) -> None:
    told = {"title": f"P1 {incident}", "body": "", "url": f"{stage.url}/i/{incident}", "tag": incident, "id": "PG-7"}
    assert push(page, stage.url, told)
    screen.sees(f"P1 {incident}")


def test_a_click_opens_the_incident_and_takes_the_notification_away(
    stage: Stage, screen: Desktop, person: BrowserContext
) -> None:
    incident = _incident(stage, "Clicked from a notification")
    (page,) = person.pages
    _pushed(screen, page, stage, incident)
    with person.expect_page() as opened:
        screen.click()
    opened.value.wait_for_url(f"**/incidents/{incident}")
    expect(opened.value.get_by_role("heading", name="Clicked from a notification")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.ready.then((one) => one.getNotifications())") == []


def test_a_click_goes_to_the_window_that_shows_the_incident_already(
    stage: Stage, screen: Desktop, person: BrowserContext
) -> None:
    first, second = (_incident(stage, title) for title in ("Open in a window", "Open in no window"))
    (page,) = person.pages
    page.goto(f"/incidents/{first}")
    expect(page.get_by_role("heading", name="Open in a window")).to_be_visible()
    _pushed(screen, page, stage, first)
    screen.click()
    _pushed(screen, page, stage, second)
    with person.expect_page() as opened:
        screen.click()
    opened.value.wait_for_url(f"**/incidents/{second}")
    assert [one.url.rpartition("/")[2] for one in person.pages] == [first, second]
