"""Pages work without JavaScript, and forms only from here."""

from __future__ import annotations

import asyncio
import re
from hashlib import blake2b
from html import unescape

import httpx
import pytest

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.incidents.commands import OpenIncident, ResolveIncident
from tocsin.core.intake.events import Content, Signal
from tocsin.core.items.commands import SetService
from tocsin.core.items.events import ServiceSpec
from tocsin.core.people.commands import SetUser
from tocsin.core.people.events import UserSpec
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS
from tocsin.shell.install import make_setup_path
from tocsin.shell.passwords import LENGTH_MAX
from tocsin.shell.vault import IncidentLink
from tocsin.web.brake import FAILURES_MAX, NAME_FACTOR, LoginBrake, Place
from tocsin.web.problem import Refused
from web.harness import Web, told

PASSWORD = {"password": "a whole sentence"}


async def _logged_in(web: Web, client: httpx.AsyncClient) -> str:
    """Set the first password through the one-time link; the CSRF token of the session."""
    answer = await client.post(web.made.setup_path, data=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome"), answer.text
    assert "httponly" in answer.headers["set-cookie"].lower()
    return _csrf((await client.get("/plain")).text)


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return unescape(found[1])


async def _open(web: Web, title: str = "db <is> down") -> None:
    await web.engine.submit(SetService("db", ServiceSpec(name="DB")), "user:admin")
    await web.engine.submit(OpenIncident(title, "critical", "db"), "user:admin")


def _link(web: Web, user: str = "admin", lifetime_s: int = 600) -> str:
    expires_at = Moment(web.clock.now() + lifetime_s * 1000)
    return f"/a/{web.services.vault.sign(IncidentLink('INC-1', user, expires_at))}"


def test_the_setup_link_works_once() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            assert "Choose a password" in (await client.get(web.made.setup_path)).text
            short = await client.post(web.made.setup_path, data={"password": "short"})
            assert (short.status_code, "too short" in short.text) == (422, True)
            await _logged_in(web, client)
        async with web.client() as other:
            assert (await other.get(web.made.setup_path)).status_code == 410
            assert (await other.post(web.made.setup_path, data=PASSWORD)).status_code == 410
            assert (await other.get("/setup/eyJ9.AAAA")).status_code == 410

    told(story)


def test_who_lost_a_password_gets_in_by_a_new_link_once() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            await _logged_in(web, client)
        web.clock.pass_s(60)
        house = web.services
        link = make_setup_path("admin", house.vault, house.entropy, web.clock.now(), HOUR_MS)
        late = make_setup_path("admin", house.vault, house.entropy, web.clock.now(), HOUR_MS)
        async with web.client() as client:
            assert (await client.get(link)).status_code == 200
            web.clock.pass_s(1)
            assert (await client.post(link, data={"password": "a new one, longer"})).status_code == 303
            assert [(await client.get(one)).status_code for one in (link, late, web.made.setup_path)] == [410] * 3
            assert (await client.post("/login", data={"user": "admin", **PASSWORD})).status_code == 422

    told(story)


def test_a_link_for_a_lost_password_is_good_for_an_hour() -> None:
    async def story(web: Web) -> None:
        link = make_setup_path("admin", web.services.vault, web.services.entropy, web.clock.now(), HOUR_MS)
        web.clock.pass_s(3600)
        async with web.client() as client:
            assert (await client.get(link)).status_code == 410

    told(story)


def test_a_log_in_lasts_until_the_log_out() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            csrf = await _logged_in(web, client)
            assert (await client.post("/logout", data={"csrf": "no"})).status_code == 403
            assert (await client.post("/logout", data={"csrf": csrf})).headers["location"] == "/login"
            assert (await client.get("/plain")).headers["location"] == "/login?next=/plain"
            wrong = await client.post("/login", data={"user": "admin", "password": "no"})
            assert (wrong.status_code, "wrong" in wrong.text) == (422, True)
            assert (await client.post("/login", data={"user": "admin", **PASSWORD})).headers["location"] == "/"
            web.clock.pass_s(13 * 3600)
            assert (await client.get("/plain")).status_code == 303

    told(story)


def test_a_log_in_leads_on_to_the_page_that_was_wanted_and_nowhere_else() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            await client.post(web.made.setup_path, data=PASSWORD)
        async with web.client() as client:
            door = (await client.get("/plain/i/INC-1")).headers["location"]
            assert door == "/login?next=/plain/i/INC-1"
            assert 'name="next" value="/plain/i/INC-1"' in (await client.get(door)).text
            own = "/alerts?filter=severity%3Dhigh&sort=newest#x"
            foreign = (
                "//evil.example",
                "https://evil.example",
                "/\\evil.example",
                "/\t/evil.example",
                "/%s" % ("x" * 2_000),
            )
            for wanted, led in ((own, own), *((one, "/") for one in foreign)):
                answer = await client.post("/login", data={"user": "admin", "next": wanted, **PASSWORD})
                assert answer.headers["location"] == led

    told(story)


def test_who_guesses_passwords_is_slowed_down() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            await client.post(web.made.setup_path, data=PASSWORD)
        async with web.client() as guesser:
            answers = [await guesser.post("/login", data={"user": "admin", "password": f"{n}"}) for n in range(6)]
            assert [answer.status_code for answer in answers] == [422] * 5 + [429]
            assert (await guesser.post("/login", data={"user": "admin", **PASSWORD})).status_code == 429
            web.clock.pass_s(301)
            assert (await guesser.post("/login", data={"user": "admin", **PASSWORD})).status_code == 303

    told(story)


def test_guesses_at_once_are_no_more_than_guesses_one_by_one() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            await client.post(web.made.setup_path, data=PASSWORD)
        async with web.client() as guesser:
            asked = (guesser.post("/login", data={"user": "admin", "password": f"{n}"}) for n in range(20))
            answers = [answer.status_code for answer in await asyncio.gather(*asked)]
            assert (answers.count(422), answers.count(429)) == (5, 15)

    told(story)


def test_who_logs_in_rightly_leaves_no_trace_on_the_brake() -> None:
    brake, at, place = LoginBrake(), Moment(0), Place("10.0.0.1")
    for _ in range(NAME_FACTOR * FAILURES_MAX + 1):
        brake.check("ada", place, at)
        brake.tried("ada", place, at)
        brake.succeeded("ada", place)


def test_a_stranger_who_guesses_does_not_keep_the_person_out_of_their_browser() -> None:
    async def story(web: Web) -> None:
        async with web.client() as owner, web.client() as stranger:
            await owner.post(web.made.setup_path, data=PASSWORD)
            for number in range(6):
                await stranger.post("/login", data={"user": "admin", "password": f"{number}"})
            assert (await stranger.post("/login", data={"user": "admin", **PASSWORD})).status_code == 429
            owner.cookies.delete("tocsin_session")
            assert (await owner.post("/login", data={"user": "admin", **PASSWORD})).status_code == 303
            wrong = [await owner.post("/login", data={"user": "admin", "password": f"{n}"}) for n in range(6)]
            assert [answer.status_code for answer in wrong] == [422] * 5 + [429], "a known browser has limits too"
            other = await owner.post("/login", data={"user": "bo", "password": "0"})
            assert other.status_code == 422, "it is known for its own person only"

    told(story)


def test_one_name_is_not_guessed_from_many_addresses_without_end() -> None:
    brake, at = LoginBrake(), Moment(0)
    for number in range(NAME_FACTOR):
        for _ in range(FAILURES_MAX):
            brake.tried("ada", Place(f"10.0.0.{number}"), at)
    with pytest.raises(Refused):
        brake.check("ada", Place("10.9.9.9"), at)
    brake.check("ada", Place("10.9.9.9", browser="known"), at)
    brake.check("bo", Place("10.9.9.9"), at)


def test_who_guesses_the_present_password_in_a_stolen_session_is_slowed_down() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        new = {"password": "a sentence is good"}
        assert (await web.ask("PUT", "/users/ada/password", new, key)).status_code == 204
        wrong = [await web.ask("PUT", "/users/ada/password", {**new, "current": f"{n}"}, key) for n in range(6)]
        assert [answer.status_code for answer in wrong] == [422] * 5 + [429]
        assert wrong[-1].headers["retry-after"] == "301"
        right = {"password": "another sentence", "current": new["password"]}
        assert (await web.ask("PUT", "/users/ada/password", right, key)).status_code == 429
        web.clock.pass_s(301)
        assert (await web.ask("PUT", "/users/ada/password", right, key)).status_code == 204

    told(story)


def test_a_stranger_has_no_large_form_read() -> None:
    async def story(web: Web) -> None:
        form, kind = b"a=b&" * 20_000 + b"user=admin&password=x", {"content-type": "application/x-www-form-urlencoded"}
        async with web.client() as client:
            for path in ("/login", web.made.setup_path, _link(web)):
                assert (await client.post(path, content=form, headers=kind)).status_code == 413, path
            longest = {"password": "\U0001f514" * LENGTH_MAX}
            assert (await client.post(web.made.setup_path, data=longest)).status_code == 303

    told(story)


def test_a_path_with_a_nul_is_not_found() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            for path in ("/static/%00", "/assets/%00", "/plain/i/%00", "/a/%00", "/api/v1/meta%00"):
                assert (await client.get(path)).status_code in (303, 401, 404, 410), path

    told(story)


def test_a_form_from_another_site_is_refused() -> None:
    async def story(web: Web) -> None:
        async with web.client(origin="https://evil.example") as client:
            assert (await client.post("/login", data={"user": "admin", **PASSWORD})).status_code == 403
        async with web.client(**{"sec-fetch-site": "cross-site"}) as client:
            assert (await client.post("/login", data={"user": "admin", **PASSWORD})).status_code == 403
        async with web.client(origin="http://127.0.0.1:8080") as client:
            assert (await client.post("/login", data={"user": "admin", **PASSWORD})).status_code == 422

    told(story)


def test_a_browser_needs_the_csrf_token_at_the_api_too() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            csrf = await _logged_in(web, client)
            without = await client.post("/api/v1/incidents", json={"title": "x"})
            assert (without.status_code, without.json()["reason"]) == (403, "csrf_token_missing")
            assert (await client.get("/api/v1/me")).json()["csrf"] == csrf
            made = await client.post("/api/v1/incidents", json={"title": "x"}, headers={"x-csrf-token": csrf})
            assert made.status_code == 201

    told(story)


def test_the_board_shows_and_acts() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            csrf = await _logged_in(web, client)
            assert "All quiet" in (await client.get("/plain")).text
            await _open(web)
            page = (await client.get("/plain")).text
            assert "db &lt;is&gt; down" in page
            assert "<script>" not in page and "style=" not in page
            form = {"csrf": csrf, "back": "board"}
            assert (await client.post("/plain/i/INC-1/acknowledge", data=form)).headers["location"] == "/plain"
            assert (await client.post("/plain/i/INC-1/note", data={"csrf": csrf, "text": "hm"})).headers[
                "location"
            ] == "/plain/i/INC-1"
            page = (await client.get("/plain/i/INC-1")).text
            assert "2026-09-21 14:13" in page
            assert "Administrator took it on" in page and "Administrator: hm" in page
            assert "javascript:" not in page
            assert (await client.post("/plain/i/INC-1/acknowledge", data={"text": "x"})).status_code == 403
            assert (await client.post("/plain/i/INC-1/explode", data={"csrf": csrf})).status_code == 404
            assert (await client.get("/plain/i/INC-9")).status_code == 404

    told(story)


def test_a_signed_link_shows_on_get_and_acts_on_post() -> None:
    async def story(web: Web) -> None:
        await _open(web)
        path = _link(web)
        async with web.client() as client:
            page = await client.get(path)
            paths = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
            parts = [page, *[await client.get(one) for one in paths]]
            assert len(parts) == 3 and sum(len(part.content) for part in parts) < 30_000
            assert "<script" not in page.text and "javascript:" not in page.text
            assert web.engine.look.incidents.incident("INC-1").status == "triggered"  # type: ignore[union-attr]
            done = await client.post(path, data={"act": "acknowledge"})
            assert (done.status_code, done.headers["location"]) == (303, f"{path}?did=acknowledge")
            owned = (await client.get(done.headers["location"])).text
            assert "You own this." in owned and 'value="resolve"' in owned
            assert (await client.post(path, data={"act": "escalate"})).status_code == 303
            assert (await client.post(path, data={"act": "nonsense"})).status_code == 404
            assert (await client.post(path, data={"act": "resolve"})).status_code == 303
            over = (await client.get(path)).text
            assert "This is over." in over and "<button" not in over

    told(story)


def test_a_signed_link_speaks_for_its_person_alone() -> None:
    async def story(web: Web) -> None:
        await web.engine.submit(SetUser("ada", UserSpec(name="阿达", language="zh", role="stakeholder")), "user:admin")
        await _open(web)
        async with web.client() as client:
            await client.post(_link(web), data={"act": "acknowledge"})
            theirs = await client.get(_link(web, "ada"))
            assert 'lang="zh"' in theirs.text and "已由 Administrator 认领。" in theirs.text
            late = await client.post(_link(web, "ada"), data={"act": "acknowledge"})
            assert (late.status_code, "操作未成功" in late.text) == (409, True)

    told(story)


def test_plain_pages_speak_the_language_that_was_chosen_else_the_browsers() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            csrf = await _logged_in(web, client)

            async def spoken(accepted: str) -> str:
                page = (await client.get("/plain", headers={"accept-language": accepted})).text
                return re.findall(r'lang="([a-z]+)', page)[0]

            assert [await spoken("zh-CN,en;q=0.5"), await spoken("en-US"), await spoken("fr")] == ["zh", "en", "en"]
            chosen = {"language": "zh", "language_chosen": True}
            headers = {"x-csrf-token": csrf}
            assert (await client.put("/api/v1/me/preferences", json=chosen, headers=headers)).status_code == 200
            assert await spoken("en-US") == "zh"

    told(story)


def test_an_old_or_foreign_link_does_nothing() -> None:
    async def story(web: Web) -> None:
        await _open(web)
        path = _link(web, lifetime_s=60)
        web.clock.pass_s(61)
        async with web.client() as client:
            for dead in (path, _link(web, "nobody"), "/a/eyJ9.AAAA", "/a/x"):
                assert (await client.get(dead)).status_code == 410, dead
                answer = await client.post(dead, data={"act": "acknowledge"})
                assert (answer.status_code, "expired" in answer.text) == (410, True)
        assert web.engine.look.incidents.incident("INC-1").status == "triggered"  # type: ignore[union-attr]

    told(story)


def test_every_page_carries_the_strict_headers() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            for path in ("/login", "/nothing", "/static/tocsin.css", "/a/x", "/api/problems"):
                headers = (await client.get(path)).headers
                assert "'unsafe" not in headers["content-security-policy"]
                assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
                assert headers["x-request-id"]
            assert "Page" not in (await client.get("/nothing")).text
            assert (await client.get("/static/../app.py")).status_code == 404
            given = await client.get("/login", headers={"x-request-id": "mine-1"})
            assert given.headers["x-request-id"] == "mine-1"

    told(story)


def test_an_old_incident_is_read_from_the_journal() -> None:
    async def story(web: Web) -> None:
        await _open(web)
        await web.engine.submit(ResolveIncident("INC-1"), "user:admin")
        web.clock.pass_s(32 * 86_400)
        await web.engine.tick()
        assert web.engine.look.incidents.incident("INC-1") is None
        assert (await web.ask("GET", "/incidents/inc-1")).json()["status"] == "resolved"
        assert (await web.ask("GET", "/incidents/INC-2")).status_code == 404
        link = make_setup_path("admin", web.services.vault, web.services.entropy, web.clock.now(), HOUR_MS)
        async with web.client() as client:
            await client.post(link, data=PASSWORD)
            page = await client.get("/plain/i/INC-1")
            assert (page.status_code, "db &lt;is&gt; down" in page.text) == (200, True)
            assert "/i/INC-1/" not in page.text, "what memory does not hold cannot be acted on"
            assert (await client.get("/plain/i/INC-2")).status_code == 404

    told(story)


def test_the_board_comes_anew_where_there_is_no_script() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            await _logged_in(web, client)
            page = (await client.get("/plain")).text
            assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
            assert "<style" not in page and "onclick" not in page and "style=" not in page

    told(story)


def test_who_is_woken_reads_what_the_alert_says_and_what_to_do() -> None:
    async def story(web: Web) -> None:
        words = {"description": "<b>97 %</b> used", "runbook_url": "https://wiki.example/disk"}
        content = Content(title="Disk full", severity="critical", labels={"host": "db1"}, annotations=words)
        await web.engine.submit(ReceiveSignals("default", (Signal("a", "firing", web.clock.now(), content),)), "room")
        async with web.client() as client:
            page = (await client.get(_link(web))).text
            assert "&lt;b&gt;97 %&lt;/b&gt; used" in page
            assert 'href="https://wiki.example/disk"' in page

    told(story)


def test_a_runbook_that_is_a_script_is_no_link() -> None:
    async def story(web: Web) -> None:
        content = Content(title="x", severity="low", labels={}, annotations={"runbook_url": "javascript:alert(1)"})
        await web.engine.submit(ReceiveSignals("default", (Signal("a", "firing", web.clock.now(), content),)), "room")
        async with web.client() as client:
            assert "javascript:" not in (await client.get(_link(web))).text

    told(story)


def test_a_page_asks_for_its_files_as_they_are_in_this_release() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            page = (await client.get("/login")).text
            addresses = re.findall(r'"(/static/[^"]+)"', page)
            assert addresses
            for address in addresses:
                name, _, version = address.partition("?v=")
                answer = await client.get(address)
                assert answer.status_code == 200
                assert version == blake2b(answer.content, digest_size=4).hexdigest(), name
                assert "max-age" in answer.headers["cache-control"]

    told(story)


def test_an_invitation_lets_a_new_person_set_a_password_once() -> None:
    async def story(web: Web) -> None:
        await web.ask("PUT", "/users/nora", {"name": "Nora"})
        made = await web.ask("POST", "/users/nora/invite", {"lifetime_s": 3_600})
        assert made.status_code == 201, made.text
        path = httpx.URL(made.json()["url"]).path
        async with web.client() as nora, web.client() as thief:
            assert (await nora.get(path)).status_code == 200
            assert (await nora.post(path, data=PASSWORD)).headers["location"] == "/"
            assert (await thief.get(path)).status_code == 410
            assert (await thief.post(path, data={"password": "another one, long"})).status_code == 410
        late = (await web.ask("POST", "/users/nora/invite", {})).json()
        web.clock.pass_s(7 * 86_400)
        async with web.client() as nora:
            assert (await nora.get(httpx.URL(late["url"]).path)).status_code == 410

    told(story)


def test_who_may_not_administer_invites_nobody() -> None:
    async def story(web: Web) -> None:
        rita = await web.key_of("rita", "responder")
        for user in ("admin", "rita"):
            assert (await web.ask("POST", f"/users/{user}/invite", {}, key=rita)).status_code == 403
        assert (await web.ask("POST", "/users/none/invite", {})).status_code == 404
        too_long = await web.ask("POST", "/users/rita/invite", {"lifetime_s": 31 * 86_400})
        assert (too_long.status_code, too_long.json()["reason"]) == (422, "invitation_expired")
        await web.ask("DELETE", "/users/rita")
        assert (await web.ask("POST", "/users/rita/invite", {})).json()["reason"] == "user_removed"

    told(story)


def test_an_incident_tells_which_other_was_merged_into_it() -> None:
    async def story(web: Web) -> None:
        for title in ("one", "two"):
            await _open(web, title)
        async with web.client() as client:
            await _logged_in(web, client)
            await web.ask("POST", "/incidents/INC-1/merge", {"into": "INC-2"})
            assert "INC-1 was merged into this incident by Administrator" in (await client.get("/plain/i/INC-2")).text
            assert "Merged into INC-2" in (await client.get("/plain/i/INC-1")).text

    told(story)
