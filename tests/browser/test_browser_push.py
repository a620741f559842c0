"""The service worker of a real browser: a pushed page is shown, and says which incident it is about."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import CDPSession, Page

from browser.stage import Stage

Enter = Callable[..., Page]
PUSHED = {
    "title": "P1 Checkout is down",
    "body": "12% of charges fail",
    "url": "/i/INC-1",
    "tag": "INC-1",
    "id": "PG-7",
}
DELIVERIES_MAX = 10
"""A worker that has only just begun may miss a push; its tag makes one of many."""
SHOWN = """async () => {
    const worker = await navigator.serviceWorker.ready;
    for (let tries = 0; tries < 200; tries++) {
        const found = await worker.getNotifications();
        if (found.length) return found.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return [];
}"""


def _registration(session: CDPSession, page: Page) -> str:
    """The id by which the browser's tools call our service worker."""
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not found:
        page.evaluate("new Promise(requestAnimationFrame)")
    return found[-1]


def test_a_pushed_page_is_shown_and_knows_its_incident(stage: Stage, enter: Enter) -> None:
    page = enter("/people/admin", service_workers="allow", permissions=["notifications"])
    session = page.context.new_cdp_session(page)
    registration = _registration(session, page)
    asked = {"origin": stage.url, "registrationId": registration, "data": json.dumps(PUSHED)}
    found: list[dict[str, object]] = []
    for _ in range(DELIVERIES_MAX):
        session.send("ServiceWorker.deliverPushMessage", asked)
        found = page.evaluate(SHOWN)
        if found:
            break
    (shown,) = found
    assert (shown["title"], shown["body"], shown["tag"]) == (PUSHED["title"], PUSHED["body"], PUSHED["tag"])
    assert shown["data"] == {"url": "/i/INC-1"}
