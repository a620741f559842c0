"""Rows moved by a finger, and a silence for what was chosen, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.stage import Stage

Enter = Callable[..., Page]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
STEPS = 8


def _opened(stage: Stage, title: str) -> str:
    return str(stage.call("POST", "/api/v1/incidents", {"title": title, "severity": "high"})["id"])


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
    expect(page.get_by_text("Undone")).to_be_visible()
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


def _alert(stage: Stage, title: str) -> str:
    found = stage.call("GET", "/api/v1/alerts")["items"]
    return next(str(row["id"]) for row in found if row["title"] == title)


def test_an_alert_swiped_away_comes_back_with_its_incident_as_it_was(stage: Stage, enter: Enter) -> None:
    stage.fire("Swiped by mistake", alertname="SwipedAlert", service="checkout", severity="critical")
    alert = _alert(stage, "Swiped by mistake")
    incident = stage.call("GET", f"/api/v1/alerts/{alert}")["incident"]
    stage.call("POST", f"/api/v1/incidents/{incident}/acknowledge")
    page = enter("/alerts?q=" + 'alertname%3D"SwipedAlert"', user="ann", **PHONE)
    expect(page.locator(f'[data-id="{alert}"]')).to_be_visible()
    _swipe(page, alert, 170, 4)
    expect(page.get_by_text("1 alert resolved")).to_be_visible()
    assert _status(stage, incident) == "resolved"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert _status(stage, incident) == "acknowledged"
    page.goto(f"/alerts/{alert}")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_text("fires again. Nobody is called again.")).to_be_visible()
    assert stage.call("GET", f"/api/v1/alerts/{alert}")["status"] == "firing"


def test_what_was_done_to_all_that_match_is_undone_by_the_toast_and_on_the_page_of_the_job(
    stage: Stage, enter: Enter
) -> None:
    labels = {"alertname": "ManyAlerts", "severity": "warning"}
    stage.fire_all([({**labels, "host": f"h{number}"}, f"Many {number}") for number in range(60)])
    query = 'q=alertname%3D"ManyAlerts"'
    firing = "/api/v1/alerts/facets?filter=alertname%3D%22ManyAlerts%22"
    page = enter(f"/alerts?{query}")
    undone: list[str] = []
    page.on("request", lambda one: undone.append(one.url) if one.url.endswith("/undo") else None)
    for undo_on_the_page in (False, True):
        page.goto(f"/alerts?{query}")
        expect(page.get_by_text("Many 59")).to_be_visible()
        page.keyboard.press("Control+a")
        page.get_by_role("toolbar", name="Act on the selected").get_by_role("button", name="Resolve").click()
        expect(page.get_by_text("60 done")).to_be_visible()
        assert stage.call("GET", firing)["total"] == 0
        if undo_on_the_page:
            page.get_by_role("link", name="See each").click()
            page.wait_for_selector("h1:has-text('Resolve alerts')")
            page.locator("main").get_by_role("button", name="Undo").click()
        else:
            page.get_by_role("button", name="Undo").evaluate("one => { one.click(); one.click(); }")
        toast = page.get_by_text("Undo: 60 things").locator("..")  # the one before may still be on its way out
        expect(toast).to_contain_text("60 done")
        assert stage.call("GET", firing)["total"] == 60
    assert len(undone) == 2, "each job once, however often the toast was pressed"
