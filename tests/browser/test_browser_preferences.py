"""How the interface looks follows its person to another browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.stage import Stage

Enter = Callable[..., Page]
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
NIGHT = "rgb(16, 17, 19)"
FIRST_COLOUR = f"""
    new MutationObserver((_, watcher) => {{
        if (!document.body || !document.styleSheets.length) return;
        window.first = {BACKGROUND};
        watcher.disconnect();
    }}).observe(document, {{ childList: true, subtree: true }});
"""


def test_preferences_follow_their_person_to_another_browser(stage: Stage, enter: Enter) -> None:
    here = enter("/incidents", user="mei")
    other = enter("/incidents", user="mei", color_scheme="light")
    here.get_by_role("button", name="Your menu").click()
    here.get_by_role("menuitem", name="Language, theme, keys").click()
    wishes = here.get_by_role("dialog")
    for wish in ("Dark", "Roomy", "Off", "中文"):
        with here.expect_response(lambda answer: answer.request.method == "PUT"):
            wishes.get_by_text(wish, exact=True).click()
    expect(here.get_by_role("heading", level=1)).to_have_text("故障")
    expect(other.get_by_role("heading", level=1)).to_have_text("故障")
    expect(other.locator("body")).to_have_css("background-color", NIGHT)
    other.keyboard.type("ga")
    third = enter("/teams", user="mei", color_scheme="light")
    expect(third.get_by_role("heading", level=1)).to_have_text("团队")
    expect(third.locator("html")).to_have_attribute("data-density", "roomy")
    assert "/incidents" in other.url
    third.add_init_script(FIRST_COLOUR)
    third.reload()
    expect(third.get_by_role("heading", level=1)).to_have_text("团队")
    assert third.evaluate("window.first") == NIGHT
    back = {"theme": None, "density": None, "keys_enabled": None, "language_chosen": None, "language": "en"}
    csrf = here.evaluate("fetch('/api/v1/me').then((it) => it.json()).then((me) => me.csrf)")
    answer = here.request.put("/api/v1/me/preferences", data=back, headers={"x-csrf-token": csrf})
    assert answer.ok, answer.text()
    expect(third.get_by_role("heading", level=1)).to_have_text("Teams")
