"""Who may ask what, and how refusals are said."""

from __future__ import annotations

import asyncio

import msgspec
from litestar.handlers import HTTPRouteHandler

from tocsin.core.people.events import KeyUsed
from tocsin.kernel.permission import PERMISSIONS
from tocsin.shell.i18n import ids
from tocsin.web.gate import KNOWN, OPEN
from tocsin.web.problem import STATUSES
from web.harness import Web, told

OPEN_ROUTES = {
    ("GET", "/login"), ("POST", "/login"), ("GET", "/setup/{token:str}"), ("POST", "/setup/{token:str}"),
    ("GET", "/a/{token:str}"), ("POST", "/a/{token:str}"), ("GET", "/api/problems"),
    ("GET", "/api"), ("GET", "/api/{path:str}"), ("GET", "/api/openapi.json"),
    ("GET", "/static/{file_path:path}"), ("HEAD", "/static/{file_path:path}"),
    ("GET", "/"), ("GET", "/i/{incident_id:str}"), ("GET", "/ical/{file:str}"), ("GET", "/{path:path}"),
}  # fmt: skip
"""Everything that answers a stranger. A route joins this list by a decision, not by accident."""

HOUR_S = 3_600


def _routes(web: Web) -> list[tuple[str, str, str]]:
    found = []
    for route in web.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            assert isinstance(handler, HTTPRouteHandler)
            for method in sorted(str(method) for method in handler.http_methods):
                if method != "OPTIONS":
                    found.append((method, route.path, str(handler.opt.get("needs", "read"))))
    return found


def test_no_route_is_open_except_those_listed() -> None:
    async def story(web: Web) -> None:
        routes = _routes(web)
        assert {(method, path) for method, path, needs in routes if needs == OPEN} == OPEN_ROUTES
        assert {needs for _, _, needs in routes} <= {OPEN, KNOWN, *PERMISSIONS}
        async with web.client() as stranger:
            for method, path, needs in routes:
                answer = await stranger.request(method, path.replace("{", "").replace(":str}", ""))
                if needs != OPEN:
                    assert answer.status_code == (303 if method == "GET" and not path.startswith("/api") else 401), path

    told(story)


def test_a_stakeholder_reads_and_changes_nothing() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("eve", "stakeholder")
        assert (await web.ask("GET", "/incidents", key=key)).status_code == 200
        refused = await web.ask("POST", "/incidents", {"title": "fire"}, key=key)
        assert (refused.status_code, refused.json()["reason"]) == (403, "permission_denied")
        assert (await web.ask("GET", "/users/admin/keys", key=key)).status_code == 403
        assert (await web.ask("GET", "/audit", key=key)).status_code == 403
        assert (await web.ask("GET", "/audit?actor=user:eve", key=key)).status_code == 200
        assert (await web.ask("GET", "/dead-letters", key=key)).status_code == 403

    told(story)


def test_a_revoked_key_opens_nothing() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("bob", "responder")
        (shown,) = (await web.ask("GET", "/users/bob/keys", key=key)).json()["items"]
        assert "token" not in shown or shown["token"] == ""
        assert (await web.ask("DELETE", f"/users/bob/keys/{shown['id']}", key=key)).status_code == 204
        answer = await web.ask("GET", "/me", key=key)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")

    told(story)


def test_problems_name_what_is_wrong_and_where() -> None:
    async def story(web: Web) -> None:
        wrong = await web.ask("PUT", "/ladders/x", {"name": "x", "steps": [{"targets": [], "delay_s": "soon"}]})
        problem = wrong.json()
        assert wrong.headers["content-type"] == "application/problem+json"
        assert (wrong.status_code, problem["reason"]) == (422, "request_invalid")
        assert problem["errors"][0]["pointer"] == "/steps/0/delay_s"
        assert problem["request_id"] == wrong.headers["x-request-id"]
        typo = await web.ask("PUT", "/teams/x", {"nmae": "x"})
        assert typo.status_code == 422, typo.text
        assert (await web.ask("GET", "/users?limit=0")).json()["errors"][0]["pointer"] == "?limit"
        assert (await web.ask("GET", "/users?cursor=%C3")).status_code == 400

    told(story)


def test_the_routers_own_refusals_are_problems_too() -> None:
    async def story(web: Web) -> None:
        async with web.client(web.key) as client:
            for method, path, status in (("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/users", 405)):
                answer = await client.request(method, path)
                assert (answer.status_code, answer.json()["status"]) == (status, status)
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            text = await client.put("/api/v1/teams/x", content="name=x", headers={"content-type": "text/plain"})
            assert text.status_code == 415, text.text
            huge = await client.put(
                "/api/v1/teams/x", content=b" " * 5_000_000, headers={"content-type": "application/json"}
            )
            assert huge.status_code == 413, huge.text
            broken = await client.put("/api/v1/teams/x", content=b"{", headers={"content-type": "application/json"})
            assert broken.status_code == 400, broken.text

    told(story)


def test_refusals_speak_the_clients_language() -> None:
    async def story(web: Web) -> None:
        answer = await web.ask("GET", "/teams/none", accept_language="zh-CN, en;q=0.5")
        assert answer.json()["title"] == "没有找到"
        assert (await web.ask("GET", "/teams/none", accept_language="fr")).json()["title"] == "There is no such thing"

    told(story)


def test_every_reason_with_a_status_of_its_own_is_a_reason() -> None:
    assert [reason for reason in STATUSES if f"refusal.{reason}" not in ids("en")] == []


def test_others_get_their_turn_while_the_openapi_document_is_made() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            asked = asyncio.gather(*(client.get("/api/openapi.json") for _ in range(3)))
            turns = 0
            while not asked.done():
                await asyncio.sleep(0)
                turns += 1
        assert len({answer.content for answer in asked.result()}) == 1
        assert turns > 1_000, "the loop stood still"

    told(story)


def test_the_openapi_document_is_whole() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            document = msgspec.json.decode((await client.get("/api/openapi.json")).content)
        assert document["openapi"] == "3.1.0"
        assert len(document["paths"]) > 60
        for path, operations in document["paths"].items():
            assert path.startswith("/api/v1/"), path
            for operation in operations.values():
                assert {"401", "403", "503"} <= set(operation["responses"]), path
                assert operation["description"], path

    told(story)


def test_a_key_for_something_else_does_not_see_its_persons_things() -> None:
    async def story(web: Web) -> None:
        whole = await web.key_of("bob", "responder")
        hook = {"channel": "webhook", "address": "https://example.org/hook"}
        contact = (await web.ask("POST", "/users/bob/contacts", hook, key=whole)).json()["id"]
        found = {}
        for scopes in (["respond"], ["read"], ["self"]):
            made = await web.ask("POST", "/users/bob/keys", {"label": "x", "scopes": scopes}, key=whole)
            asked = ("/users/bob/mailbox", "/users/bob/keys", f"/users/bob/contacts/{contact}/secret")
            answers = [await web.ask("GET", path, key=made.json()["token"]) for path in asked]
            found[scopes[0]] = [answer.status_code for answer in answers]
        assert found == {"respond": [403, 403, 403], "read": [200, 200, 403], "self": [200, 200, 200]}

    told(story)


def test_the_last_use_of_a_key_is_noted_once_an_hour_and_seen() -> None:
    async def story(web: Web) -> None:
        spare = await web.key_of("eve", "stakeholder")

        async def used() -> object:
            await web.engine.tick()  # nobody waits for the note; what is asked later is decided later
            (key,) = (await web.ask("GET", "/users/eve/keys")).json()["items"]
            return key["used_at"]

        assert await used() is None
        for _ in range(3):
            assert (await web.ask("GET", "/me", key=spare)).status_code == 200
        first = await used()
        web.clock.pass_s(HOUR_S - 1)
        await web.ask("GET", "/me", key=spare)
        assert await used() == first is not None
        web.clock.pass_s(1)
        await web.ask("GET", "/me", key=spare)
        assert await used() not in (first, None)
        noted = [one.event for one in web.engine.journal.read() if isinstance(one.event, KeyUsed)]
        assert sum(event.user == "eve" for event in noted) == 2

    told(story)
