"""The built interface is served from every path nobody else answers, and nothing outside the build is."""

from __future__ import annotations

import gzip
import html
import json
import re
from pathlib import Path

import httpx
import pytest

from tocsin.web.app import make_app
from tocsin.web.pages.spa import Build
from web.harness import Web, told

PAGE = (
    '<!doctype html><html lang="en"><meta name="csp-nonce" content="__NONCE__">'
    '<script type="module" src="/assets/index-1.js"></script>'
)
SCRIPT = "console.log('tocsin');" * 100
HTML = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build, beside a file that is none of it."""
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    (root / "assets" / "index-1.js").write_text(SCRIPT)
    (root / "manifest.webmanifest").write_text("{}")
    (root / "sw.js").write_text("self")
    (tmp_path / "secret.txt").write_text("secret")
    return root


def _client(web: Web, dist: Path) -> httpx.AsyncClient:
    web.app = make_app(web.services, dist)
    return web.client()


def test_every_path_of_the_interface_is_its_page_with_a_nonce_of_its_own(dist: Path) -> None:
    async def story(web: Web) -> None:
        async with _client(web, dist) as client:
            nonces = []
            for path in ("/", "/incidents/INC-1", "/alerts?q=x", "/assetsx"):
                answer = await client.get(path, headers=HTML)
                assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
                found = re.search(r'content="([^"]+)"', answer.text)
                assert found is not None
                assert f"style-src 'self' 'nonce-{found[1]}'" in answer.headers["content-security-policy"]
                assert "script-src 'self';" in answer.headers["content-security-policy"]
                assert answer.headers["cache-control"] == "no-store"
                nonces.append(found[1])
            assert len(dict.fromkeys(nonces)) == 4 and "__NONCE__" not in nonces

    told(story)


def test_the_page_wears_what_its_person_wished_for(dist: Path) -> None:
    """Before any script runs: the wish came from another browser, so nothing is kept in this one."""

    async def story(web: Web) -> None:
        await web.key_of("ann", "responder")
        await web.ask("PUT", "/users/ann/password", {"password": "correct horse battery staple"})
        async with _client(web, dist) as client:
            assert '<html lang="en">' in (await client.get("/", headers=HTML)).text
            await client.post("/login", data={"user": "ann", "password": "correct horse battery staple"})
            me = (await client.get("/api/v1/me")).json()
            wish = {"theme": "dark", "density": '">', "language": "zh", "language_chosen": True, "columns": "many"}
            await client.put("/api/v1/me/preferences", json=wish, headers={"x-csrf-token": me["csrf"]})
            page = (await client.get("/alerts", headers=HTML)).text
            tag = r'<html lang="zh-CN" data-mantine-color-scheme="dark" data-own="([^"]*)" data-seq="(\d+)">'
            found = re.search(tag, page)
            assert found is not None, page
            told_there = {name: wish[name] for name in wish if name != "columns"}
            assert json.loads(html.unescape(found[1])) == told_there
            assert int(found[2]) == web.engine.seq_dry
            for theme in ("auto", "pink", ["dark"]):
                await client.put("/api/v1/me/preferences", json={"theme": theme}, headers={"x-csrf-token": me["csrf"]})
                assert '<html lang="zh-CN" data-own=' in (await client.get("/", headers=HTML)).text

    told(story)


def test_head_tells_what_get_would_without_its_body(dist: Path) -> None:
    async def story(web: Web) -> None:
        async with _client(web, dist) as client:
            for path in ("/", "/assets/index-1.js", "/login", "/api/v1/me"):
                seen, told_only = await client.get(path, headers=HTML), await client.head(path, headers=HTML)
                assert (told_only.status_code, told_only.content) == (seen.status_code, b"")
                for name in ("content-type", "content-length", "cache-control"):
                    assert told_only.headers.get(name) == seen.headers.get(name), (path, name)
        async with _client(web, dist) as client:
            client.headers["authorization"] = f"Bearer {web.key}"
            live = await client.head("/api/v1/live")
            assert (live.status_code, live.headers["content-type"][:17]) == (200, "text/event-stream")

    told(story)


def test_files_of_the_build_have_their_types_and_lifetimes(dist: Path) -> None:
    async def story(web: Web) -> None:
        async with _client(web, dist) as client:
            script = await client.get("/assets/index-1.js", headers={"accept-encoding": "br, gzip"})
            assert script.text == SCRIPT
            assert script.headers["content-encoding"] == "gzip"
            assert int(script.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), 9))
            assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
            plain = await client.get("/assets/index-1.js", headers={"accept-encoding": "gzip;q=0"})
            assert ("content-encoding" in plain.headers, plain.text) == (False, SCRIPT)
            worker = await client.get("/sw.js")
            assert worker.headers["content-type"] == "text/javascript; charset=utf-8"
            assert worker.headers["cache-control"] == "no-cache"
            again = await client.get("/sw.js", headers={"if-none-match": worker.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            manifest = await client.get("/manifest.webmanifest")
            assert manifest.headers["content-type"] == "application/manifest+json"

    told(story)


def test_a_file_is_kept_once_however_it_is_called(dist: Path) -> None:
    build = Build(dist)
    names = ["assets/index-1.js", "assets/./index-1.js", "assets//index-1.js", "assets/../assets/index-1.js"]
    found = [build._file(name) for name in names]
    assert found[0] is not None and all(one is found[0] for one in found)


def test_nothing_else_is_the_interface(dist: Path) -> None:
    async def story(web: Web) -> None:
        async with _client(web, dist) as client:
            unknown = await client.get("/api/v1/nothing", headers=HTML)
            assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
            for path in ("/assets/gone.js", "/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"):
                answer = await client.get(path, headers={"accept": "*/*"})
                assert (answer.status_code, "secret" in answer.text) == (404, False), path
            assert (await client.get("/nowhere", headers={"accept": "application/json"})).status_code == 404
            assert "__NONCE__" not in (await client.get("/index.html", headers=HTML)).text
            assert (await client.post("/incidents", headers=HTML)).status_code == 405
            assert (await client.get("/i/inc-7")).headers["location"] == "/incidents/INC-7"
            assert (await client.get("/plain")).headers["location"] == "/login?next=/plain"

    told(story)


def test_where_nothing_is_built_the_plain_pages_take_its_place() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            assert (await client.get("/")).headers["location"] == "/plain"
            assert (await client.get("/i/7")).headers["location"] == "/plain/i/INC-7"
            assert (await client.get("/alerts", headers=HTML)).status_code == 404

    told(story)


def test_a_new_build_is_served_without_a_restart(dist: Path) -> None:
    async def story(web: Web) -> None:
        async with _client(web, dist) as client:
            assert (await client.get("/sw.js")).text == "self"
            (dist / "new.js").write_text("new")
            (dist / "new.js").replace(dist / "sw.js")
            assert (await client.get("/sw.js")).text == "new"

    told(story)
