"""The web interface on a bad way, and with a session that ended: nothing is lost, nothing is said that is not so."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from browser.stage import PASSWORD, Stage

Enter = Callable[..., Page]
TWICE = "one => { one.click(); one.click(); }"
SEARCH = "**/api/v1/search**"
GONE = """() => new Promise((say) => requestAnimationFrame(() => requestAnimationFrame(() =>
    say(document.querySelector("[role=dialog]") === null))))"""
"""Whether no dialog is left two frames from now: one that fades takes twelve."""


def test_what_is_typed_outlives_the_session(stage: Stage, enter: Enter) -> None:
    page = enter("/incidents/new", user="mei")
    words = page.get_by_label("What is wrong")
    words.fill("Written at three in the morning")
    page.context.clear_cookies()
    page.get_by_role("button", name="Open it and call").click()
    banner = page.get_by_role("alert").filter(has_text="what you have typed is still here")
    expect(banner).to_be_visible()
    with page.context.expect_page() as opened:
        banner.get_by_role("link", name="Log in").click()
    door = opened.value
    door.fill("input[name=user]", "mei")
    door.fill("input[name=password]", PASSWORD)
    door.press("input[name=password]", "Enter")
    expect(door.locator("#main")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(banner).to_have_count(0)
    expect(words).to_have_value("Written at three in the morning")
    page.get_by_role("button", name="Open it and call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Written at three in the morning")


def test_whoever_comes_back_to_a_page_logged_out_elsewhere_is_led_to_the_log_in(enter: Enter) -> None:
    page = enter("/teams?q=shop", user="mei")
    expect(page.get_by_role("heading", level=1)).to_have_text("Teams")
    page.context.clear_cookies()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_url("**/login?next=%2Fteams%3Fq%3Dshop")


def test_the_palette_goes_to_screens_without_the_server_and_says_when_its_search_failed(enter: Enter) -> None:
    page = enter("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    held: list[Route] = []

    def hold(one: Route) -> None:
        held.append(one)

    page.route(SEARCH, hold)
    page.keyboard.press("Control+k")
    box = page.get_by_label("Search or do…")
    box.fill("team")
    box.press("Enter")
    page.wait_for_url("**/teams")
    page.unroute(SEARCH)
    page.route(SEARCH, lambda one: one.abort())
    page.keyboard.press("Control+k")
    box.fill("checkout")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("The search failed")
    expect(page.get_by_text("Nothing has this id or name")).to_have_count(0)


def test_a_key_pressed_as_a_dialog_closes_acts(enter: Enter) -> None:
    page = enter("/teams")
    expect(page.get_by_role("heading", level=1)).to_have_text("Teams")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(GONE), "keys pressed while it fades would be lost"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_an_act_pressed_twice_is_asked_for_once(stage: Stage, enter: Enter) -> None:
    stage.fire("Pressed twice", alertname="PressedTwice", service="checkout", severity="critical")
    page = enter(f"/incidents/{stage.call('GET', '/api/v1/incidents?q=Pressed')['items'][0]['id']}")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    page.get_by_role("button", name="Acknowledge").first.evaluate(TWICE)
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    assert len(asked) == 1, asked
