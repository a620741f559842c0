"""The service worker of a real browser: a pushed page is shown, and says which incident it is about."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from browser.pushing import push
from browser.stage import Stage

Enter = Callable[..., Page]
PUSHED = {
    "title": "P1 Checkout is down",
    "body": "12% of charges fail",
    "url": "/i/INC-1",
    "tag": "INC-1",
    "id": "PG-7",
}


def test_a_pushed_page_is_shown_and_knows_its_incident(stage: Stage, enter: Enter) -> None:
    page = enter("/people/admin", service_workers="allow", permissions=["notifications"])
    (shown,) = push(page, stage.url, PUSHED)
    assert (shown["title"], shown["body"], shown["tag"]) == (PUSHED["title"], PUSHED["body"], PUSHED["tag"])
    assert shown["data"] == {"url": "/i/INC-1"}
