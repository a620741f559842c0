"""Rows moved by a finger, and a silence for what was chosen, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.stage import Stage

Enter = Callable[..., Page]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
STEPS = 8


def _opened(stage: Stage, title: str) -> str:
    stage.call("POST", "/api/v1/incidents", {"title": title, "severity": "high"})
    found = stage.call("GET", "/api/v1/incidents")["items"]
    return next(str(row["id"]) for row in found if row["title"] == title)


def _swipe(page: Page, row: str, dx: int, dy: int) -> None:
    """Put a finger on a row, move it so far, lift it."""
    box = page.locator(f'[data-id="{row}"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, STEPS + 1):
        points = [{"x": x + dx * step / STEPS, "y": y + dy * step / STEPS}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _status(stage: Stage, incident: str) -> str:
    return str(stage.call("GET", f"/api/v1/incidents/{incident}")["status"])


def test_a_row_swiped_to_the_right_is_acknowledged_and_can_be_undone(stage: Stage, enter: Enter) -> None:
    incident = _opened(stage, "Swiped by a thumb")
    page = enter("/incidents", user="ann", **PHONE)
    expect(page.locator(f'[data-id="{incident}"]')).to_be_visible()
    _swipe(page, incident, 30, 0)
    _swipe(page, incident, 20, 150)
    assert _status(stage, incident) == "triggered"
    _swipe(page, incident, 170, 4)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert _status(stage, incident) == "acknowledged"
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert _status(stage, incident) == "triggered"


def test_a_silence_for_all_that_match_says_whom_it_reaches(stage: Stage, enter: Enter) -> None:
    for host in ("a", "b"):
        stage.fire("Bulk disk full", alertname="BulkDisk", host=host, rack="r1")
    stage.fire("Bulk load", alertname="BulkLoad", host="c", rack="r1")
    page = enter("/alerts?q=" + 'alertname%3D"BulkDisk"')
    page.goto("/silences/new?of=all&q=" + 'alertname%3D"BulkDisk"')
    expect(page.get_by_text("2 of the 2 chosen that fire")).to_be_visible()
    expect(page.get_by_text("nobody else")).to_be_visible()
    page.get_by_label("Label", exact=True).first.fill("rack")
    page.get_by_label("Value", exact=True).first.fill("r1")
    expect(page.get_by_text("1 that was not chosen")).to_be_visible()
