"""The web interface in a real browser: what an on-call engineer does with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browser.conftest import PATIENCE_MS
from browser.stage import Stage, staged
from system.town import free_port

Enter = Callable[..., Page]
BERLIN = ZoneInfo("Europe/Berlin")
AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
FIRST_LOAD_BYTES_MAX = 300_000
"""Compressed, with the words of one language."""
SEARCH = re.compile("/api/v1/search")
TWICE = "one => { one.click(); one.click(); }"
PRESS = """([keys, isComposing]) => [...keys].forEach((key) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, isComposing, bubbles: true, cancelable: true })))"""
SCREENS = (
    "/", "/incidents", "/incidents/new", "/alerts", "/messages", "/silences", "/silences/new", "/schedules",
    "/schedules/primary", "/ladders", "/ladders/shop", "/routes", "/services", "/services/checkout", "/teams",
    "/teams/shop", "/people", "/people/admin", "/sources", "/sources/new", "/dead-letters", "/ledger", "/welcome",
    "/config", "/keys", "/roles", "/audit", "/system",
)  # fmt: skip


def _incident(stage: Stage, title: str, service: str = "checkout") -> str:
    """An incident of its own, from an alert sent by the door; its id."""
    stage.fire(title, alertname=re.sub(r"\W", "", title), service=service, severity="critical")
    rows = stage.call("GET", f"/api/v1/incidents?q={title}")["items"]
    assert len(rows) == 1, rows
    return str(rows[0]["id"])


def test_from_the_first_link_to_an_acknowledged_page(browser: Browser, tmp_path: Path) -> None:
    """A stranger opens the link, follows the wizard, sends an alert with the copied line, and is paged."""
    with staged(tmp_path / "data", free_port()) as empty:
        context = browser.new_context(base_url=empty.url, locale="en-US", service_workers="block")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(empty.keys["setup_path"])
        page.fill("input[name=password]", "correct horse battery staple")
        page.press("input[name=password]", "Enter")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_text("You are in the team Operations.")).to_be_visible()
        page.get_by_role("button", name="Go on", exact=True).click()
        page.get_by_role("button", name="Make a source").click()
        line = page.get_by_test_id("snippet").inner_text()
        expect(page.get_by_text("Waiting for the first event")).to_be_visible()
        where = re.search(r"http\S+", line)
        assert where is not None, line
        alert = {"labels": {"alertname": "FirstAlert"}, "annotations": {"summary": "My first alert"}}
        assert httpx2.post(where.group(), json=[alert], timeout=30, trust_env=False).status_code == 200
        expect(page.get_by_text("It is connected.")).to_be_visible()
        page.get_by_role("button", name="Go on", exact=True).click()
        page.get_by_role("button", name="The mailbox is enough for now").click()
        page.get_by_role("button", name="Send me a test page").click()
        expect(page.get_by_role("status").filter(has_text=re.compile("test.*delivered", re.I))).to_be_visible()
        messages = empty.call("GET", "/api/v1/messages")["items"]
        assert [(one["channel"], one["state"]) for one in messages if one["is_test"]] == [("mailbox", "delivered")]
        page.get_by_role("link", name="INC-1").first.click()
        page.get_by_role("button", name="Acknowledge").first.click()
        expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
        expect(page.get_by_text("you have it")).to_be_visible()  # the button goes at once, the server answers later
        assert empty.call("GET", "/api/v1/incidents/INC-1")["status"] == "acknowledged"
        context.close()


def test_an_incident_is_acknowledged_by_keyboard_and_the_act_undone(stage: Stage, enter: Enter) -> None:
    incident = _incident(stage, "Keyboard answers")
    page = enter("/incidents?q=Keyboard")
    expect(page.get_by_role("row").filter(has_text="Keyboard answers")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("row").filter(has_text="Keyboard answers")).to_contain_text("Acknowledged")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()  # the row says it at once, the server answers later
    assert stage.call("GET", f"/api/v1/incidents/{incident}")["status"] == "acknowledged"
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    page.get_by_role("button", name="Undo").evaluate(TWICE)
    expect(page.get_by_text("Undone")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Keyboard answers")).to_contain_text("Triggered")
    assert len(asked) == 1, "a toast on its way out does nothing more"


def test_keys_sleep_while_somebody_types_or_composes(stage: Stage, enter: Enter) -> None:
    page = enter("/incidents")
    box = page.get_by_placeholder("Words of the title, a service, an id")
    box.press_sequentially("ga")
    expect(box).to_have_value("ga")
    assert "/incidents" in page.url
    page.get_by_role("heading", level=1).click()
    for composing in (True, False):
        page.evaluate(PRESS, ["ga", composing])
        page.wait_for_url("**/incidents**" if composing else "**/alerts**")


def test_the_question_mark_lists_the_keys_and_the_switch_turns_them_off(stage: Stage, enter: Enter) -> None:
    page = enter("/incidents")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("Acknowledge")
    keys.get_by_role("switch", name="Single keys act").press("Space")
    expect(keys.get_by_role("switch", name="Single keys act")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.type("ga")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert "/incidents" in page.url
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("menuitem", name="Keys (?)").click()
    keys.get_by_role("switch", name="Single keys act").press("Space")
    expect(keys.get_by_role("switch", name="Single keys act")).to_be_checked()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.type("ga")
    page.wait_for_url("**/alerts**")


def test_a_key_of_the_screen_goes_before_that_of_the_frame(stage: Stage, enter: Enter) -> None:
    page = enter("/keys")
    expect(page.get_by_role("button", name="Make a key")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("dialog", name="Make a key")).to_be_visible()


def test_who_is_lost_finds_the_search(stage: Stage, enter: Enter) -> None:
    page = enter("/no-such-page", viewport={"width": 360, "height": 740})
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()


def test_the_palette_finds_by_id_and_by_pinyin(stage: Stage, enter: Enter) -> None:
    page = enter("/")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("textbox").fill("zfwg")
    page.get_by_role("dialog").get_by_text("支付网关").first.click()
    page.wait_for_url("**/services/payments")


def test_enter_in_the_palette_goes_to_what_was_typed(stage: Stage, enter: Enter) -> None:
    """Whether its answer has come, or is on its way while that to less is there."""
    page = enter("/")
    found = page.get_by_role("dialog")
    box = found.get_by_role("textbox")
    held: list[Route] = []

    def hold(one: Route) -> None:
        held.append(one)

    def release() -> None:
        while not held:
            page.evaluate("new Promise(requestAnimationFrame)")
        held.pop().continue_()

    page.route(SEARCH, hold)
    page.keyboard.press("Control+k")
    with page.expect_request(SEARCH):
        box.fill("zfwg")
    expect(found.get_by_text("Nothing has this id or name")).to_have_count(0)
    release()
    expect(found.get_by_text("支付网关").first).to_be_visible()
    box.press("Enter")
    page.wait_for_url("**/services/payments")
    expect(found).to_be_hidden()
    page.keyboard.press("Control+k")
    with page.expect_request(SEARCH):
        box.fill("checkou")
    release()
    expect(found.get_by_text("Checkout").first).to_be_visible()
    with page.expect_request(SEARCH):
        box.fill("postgres")
    box.press("Enter")
    expect(found).to_be_visible()
    release()
    page.wait_for_url("**/services/postgres")


def test_a_new_row_comes_by_itself_and_moves_nothing_under_the_cursor(stage: Stage, enter: Enter) -> None:
    _incident(stage, "Steady one")
    page = enter("/incidents?q=Steady&sort=newest")
    row = page.get_by_role("row").filter(has_text="Steady one")
    expect(row).to_be_visible()
    row.hover()
    page.keyboard.press("j")
    before = row.bounding_box()
    _incident(stage, "Steady two")
    expect(page.get_by_role("button", name="1 new ↑")).to_be_visible()
    assert row.bounding_box() == before
    page.get_by_role("button", name="1 new ↑").click()
    expect(page.get_by_role("row").filter(has_text="Steady two")).to_be_visible()


def test_what_happens_between_the_page_and_its_feed_is_shown(stage: Stage, enter: Enter) -> None:
    """On a slow way the live feed is opened long after the rows were read."""
    _incident(stage, "Gap before")
    page, held, is_open = enter("/"), list[Route](), False

    def hold(one: Route) -> None:
        if is_open:
            one.continue_()
        else:
            held.append(one)

    page.route(re.compile(r"/api/v1/live\b"), hold)
    page.goto("/incidents?q=Gap")
    expect(page.get_by_role("row").filter(has_text="Gap before")).to_be_visible()
    _incident(stage, "Gap between")
    is_open = True
    for one in held:
        one.continue_()
    expect(page.get_by_role("row").filter(has_text="Gap between")).to_be_visible()


def test_two_browsers_talk_in_an_incidents_room(stage: Stage, enter: Enter) -> None:
    incident = _incident(stage, "Room to talk")
    ann, mei = enter(f"/incidents/{incident}", user="ann"), enter(f"/incidents/{incident}", user="mei")
    _say(ann, "I look at the database")
    expect(mei.get_by_text("I look at the database").first).to_be_visible()
    expect(ann.get_by_role("button", name="Acknowledge")).to_be_visible()
    _say(mei, "/ack")
    expect(ann.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert stage.call("GET", f"/api/v1/incidents/{incident}")["status"] == "acknowledged"
    kinds = {entry["kind"] for entry in stage.call("GET", f"/api/v1/incidents/{incident}/timeline")["items"]}
    assert {"message", "page", "alert"} <= kinds


def _say(page: Page, text: str) -> None:
    box = page.get_by_label("Write to the room")
    box.fill(text)
    box.press("Control+Enter")


def test_on_call_is_changed_by_dragging(stage: Stage, enter: Enter) -> None:
    """Next week, so that it lies ahead on whatever day this runs."""
    page = enter("/schedules/primary")
    lane = page.get_by_test_id("lane-final")
    expect(lane).to_be_visible()
    expect(page.get_by_text("On call now:")).to_be_visible()
    today = datetime.now(BERLIN).date()
    monday = today + timedelta(days=7 - today.weekday())
    with page.expect_response(re.compile(r"/lanes\?")):
        page.keyboard.press("]")
    expect(page.get_by_text(re.compile(f"^{monday} ")).first).to_be_visible()
    box = lane.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.30, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.36, y, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.42, y, steps=4)
    page.mouse.up()
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    form.get_by_role("combobox").or_(form.get_by_role("textbox")).first.click()
    page.get_by_role("option", name=re.compile("Bo Larsen")).click()
    form.get_by_role("button", name="Put on call").click()
    expect(form).to_be_hidden()
    (made,) = stage.call("GET", "/api/v1/schedules/primary/overrides")["items"]
    start, end = (datetime.fromisoformat(made[name]).astimezone(BERLIN) for name in ("start_at", "end_at"))
    assert made["user"] == "bo"
    assert monday + timedelta(days=2) == start.date() <= end.date() <= monday + timedelta(days=3), made
    middle = (start + (end - start) / 2).astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert "bo" in str(stage.call("GET", f"/api/v1/schedules/primary/who?at={middle}"))


def test_a_test_page_shows_its_receipt_as_it_comes(stage: Stage, enter: Enter) -> None:
    page = enter("/people/ann", user="ann")
    page.get_by_role("button", name="Send a test to Mailbox").click()
    expect(page.get_by_role("status").filter(has_text="Delivered")).to_be_visible()
    (sent,) = [one for one in stage.call("GET", "/api/v1/messages?user=ann")["items"] if one["is_test"]]
    assert (sent["channel"], sent["state"]) == ("mailbox", "delivered")


def test_chinese_dark_and_phone(stage: Stage, enter: Enter) -> None:
    incident = _incident(stage, "Small screen")
    page = enter(
        f"/incidents/{incident}", locale="zh-CN", color_scheme="dark", viewport={"width": 360, "height": 740}
    )  # fmt: skip
    expect(page.get_by_role("button", name="认领").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 17, 19)"


def test_stale_data_says_so(stage: Stage, enter: Enter) -> None:
    page = enter("/incidents")
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("Live data stopped at")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text="Live")).to_be_visible()


def test_the_first_load_is_light_and_comes_from_here(stage: Stage, enter: Enter) -> None:
    page = enter("/")
    page.wait_for_load_state("load")
    entries = page.evaluate("performance.getEntriesByType('resource').map((one) => [one.name, one.encodedBodySize])")
    assert all(name.startswith(stage.url) for name, _ in entries)
    assets = {name: size for name, size in entries if "/assets/" in name}
    assert 100_000 < sum(assets.values()) < FIRST_LOAD_BYTES_MAX, assets


@pytest.mark.parametrize("path", SCREENS)
def test_no_screen_is_hard_to_use(stage: Stage, enter: Enter, path: str) -> None:
    """axe finds nothing serious or critical, and nothing scrolls sideways on a phone."""
    page = enter(path)
    page.wait_for_load_state("load")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))")
    assert [one for one in found if one[1] in {"serious", "critical"}] == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("path", "keys"), [("/", "Control+k"), ("/keys", "n"), ("/audit", "j Enter")])
def test_nothing_that_opens_over_a_screen_is_hard_to_use(stage: Stage, enter: Enter, path: str, keys: str) -> None:
    page = enter(path, reduced_motion="reduce")  # what fades in has not its colours yet
    expect(page.get_by_role("row").nth(1) if path == "/audit" else page.locator("#main h1")).to_be_visible()
    for key in keys.split():
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))")
    assert [one for one in found if one[1] in {"serious", "critical"}] == []
