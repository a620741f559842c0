"""`make screenshots`: every screen in both languages, light and dark, wide and on a phone, into docs/screenshots."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from browser.stage import CHROMIUM, FLAGS, PASSWORD, Stage, staged
from system.town import free_port

SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
SCREENS = {
    "home": "/", "incidents": "/incidents", "incident": "/incidents/{incident}", "alerts": "/alerts",
    "messages": "/messages", "silences": "/silences", "schedules": "/schedules", "schedule": "/schedules/primary",
    "ladder": "/ladders/shop", "routes": "/routes", "services": "/services", "team": "/teams/shop",
    "people": "/people", "person": "/people/admin", "sources": "/sources", "source": "/sources/default",
    "dead-letters": "/dead-letters", "ledger": "/ledger", "welcome": "/welcome", "config": "/config", "keys": "/keys",
    "roles": "/roles", "audit": "/audit", "system": "/system",
}  # fmt: skip
WIDE, PHONE = {"width": 1360, "height": 860}, {"width": 360, "height": 740}
LOOKS = (
    ("en", "en-US", "light", WIDE), ("zh", "zh-CN", "light", WIDE), ("en-dark", "en-US", "dark", WIDE),
    ("zh-dark-phone", "zh-CN", "dark", PHONE), ("en-phone", "en-US", "light", PHONE),
)  # fmt: skip
KEPT = ("en", "zh")
"""The looks that go into docs; the others are for the eye of whoever changes the interface (build/screenshots)."""
SETTLED_MS = 900


def main() -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as directory, staged(Path(directory) / "data", free_port()) as stage:
        stage.settle()
        stage.tocsin("demo", "--speed", "60", "--leave-burning")
        stage.fire("Payments: 12% of charges fail", alertname="PaymentErrors", service="payments", severity="critical")
        stage.fire("Checkout p99 is 4.1 s", alertname="CheckoutSlow", service="checkout", severity="warning")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
            for look in LOOKS:
                _shoot(browser, stage, *look)
            browser.close()


def _shoot(browser: Browser, stage: Stage, look: str, locale: str, scheme: str, size: dict[str, int]) -> None:
    place = SHOTS / look if look in KEPT else SHOTS.parents[1] / "build" / "screenshots" / look
    place.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        base_url=stage.url, locale=locale, color_scheme=scheme, viewport=size, service_workers="block",  # type: ignore[arg-type]
        timezone_id="Europe/Berlin",
    )  # fmt: skip
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=user]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#main")
    rows = stage.call("GET", "/api/v1/incidents?q=Payments")["items"]
    for name, path in SCREENS.items():
        page.goto(path.format(incident=rows[0]["id"]))
        page.wait_for_selector("h1")
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=str(place / f"{name}.png"))
    context.close()


if __name__ == "__main__":
    main()
