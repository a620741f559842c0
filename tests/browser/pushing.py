"""Pushes a page to the service worker of a real browser, by the browser's own tools instead of a push service."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import CDPSession, Page

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


def push(page: Page, origin: str, told: dict[str, str]) -> list[dict[str, Any]]:
    """Let the worker of the page hear this; the notifications that it shows then."""
    session = page.context.new_cdp_session(page)
    asked = {"origin": origin, "registrationId": _registration(session, page), "data": json.dumps(told)}
    found: list[dict[str, Any]] = []
    for _ in range(DELIVERIES_MAX):
        session.send("ServiceWorker.deliverPushMessage", asked)
        found = page.evaluate(SHOWN)
        if found:
            break
    return found


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
