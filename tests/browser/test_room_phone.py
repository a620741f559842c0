"""The room of an incident on a phone, where the page scrolls and the composer lies over its end."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.stage import Stage

Enter = Callable[..., Page]
PHONE = {"width": 360, "height": 640}
UNCOVERED = """(text) => {
    const leaves = [...document.querySelectorAll("[role=log] *")].filter((one) => !one.children.length);
    const said = leaves.find((one) => one.innerText === text);
    const at = said?.getBoundingClientRect();
    return at && document.elementFromPoint(at.x + 4, at.y + 4) === said;
}"""


def test_what_is_said_below_is_counted_until_it_is_in_sight_and_followed_there(stage: Stage, enter: Enter) -> None:
    incident = stage.call("POST", "/api/v1/incidents", {"title": "Read on a phone", "severity": "high"})["id"]
    for number in range(8):
        stage.call("POST", f"/api/v1/incidents/{incident}/notes", {"text": f"seen so far: {number}"})
    phone = enter(f"/incidents/{incident}", user="ann", viewport=PHONE)
    expect(phone.get_by_text("seen so far: 7").first).to_be_attached()
    assert phone.evaluate("scrollY") == 0, "an incident opens at its head"
    other = enter(f"/incidents/{incident}", user="mei")
    _say(other, "below the fold")
    pill = phone.get_by_role("button", name="1 new")
    expect(pill).to_be_in_viewport()
    assert phone.evaluate("scrollY") == 0, "what is read does not move"
    pill.click()
    expect(phone.get_by_text("below the fold").first).to_be_in_viewport()
    expect(pill).to_have_count(0)
    _say(other, "and one more")
    phone.wait_for_function(UNCOVERED, arg="and one more")  # the composer does not lie over what was just said


def _say(page: Page, text: str) -> None:
    box = page.get_by_label("Write to the room")
    box.fill(text)
    box.press("Control+Enter")
