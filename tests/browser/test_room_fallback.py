"""The room of an incident where a proxy lets no WebSocket pass: lines go by post, the live feed tells the rest."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from browser.stage import Stage

Enter = Callable[..., Page]


def _shut(way: WebSocketRoute) -> None:
    way.close()


def test_without_a_socket_people_still_talk_and_act(stage: Stage, enter: Enter) -> None:
    incident = stage.call("POST", "/api/v1/incidents", {"title": "No socket passes", "severity": "high"})["id"]
    shut = enter("/", user="ann")
    shut.context.route_web_socket(re.compile(r"/room\b"), _shut)
    shut.goto(f"/incidents/{incident}")
    expect(shut.get_by_text("Live chat is limited here")).to_be_visible()
    other = enter(f"/incidents/{incident}", user="mei")
    _say(shut, "said by post")
    expect(other.get_by_text("said by post").first).to_be_visible()
    _say(other, "heard by the feed")
    expect(shut.get_by_text("heard by the feed").first).to_be_visible()
    _say(shut, "/ack")
    expect(shut.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert stage.call("GET", f"/api/v1/incidents/{incident}")["acknowledged_by"] == "ann"


def _say(page: Page, text: str) -> None:
    box = page.get_by_label("Write to the room")
    box.fill(text)
    box.press("Control+Enter")
