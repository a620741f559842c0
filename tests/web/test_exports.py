"""Lists as files: whole, in both forms, safe for spreadsheets."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.events import Content, Signal
from tocsin.shell.jobs import Progress
from tocsin.shell.vitals import Vitals
from tocsin.web.api.exports import AT_ONCE, pages
from tocsin.web.table import guarded
from web.harness import Web, told

NOBODY: Any = None
"""Whoever asks is asked nothing while there is no further page."""


async def fire(web: Web, *titles: str) -> None:
    signals = tuple(Signal(title, "firing", web.clock.now(), Content(title, "high", {"job": "db"})) for title in titles)
    await web.engine.submit(ReceiveSignals("default", signals), "source:default")


async def rows(web: Web, path: str) -> list[dict[str, str]]:
    answer = await web.ask("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_alerts_are_exported_whole_by_the_filters_of_the_list() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"alert {number}" for number in range(1_100)), '=cmd|" /C calc"!A0', "支付, 网关")
        found = await rows(web, "/exports/alerts")
        assert (len(found), found[0]["title"], found[1]["title"]) == (1_102, "支付, 网关", '\'=cmd|" /C calc"!A0')
        assert (found[0]["count"], found[0]["labels"]) == ("1", '{"job":"db"}')
        assert len(await rows(web, '/exports/alerts?q=alert.title == "alert 7"')) == 1
        as_json = await web.ask("GET", "/exports/alerts?format=json&severity=high")
        assert (as_json.json()["complete"], len(as_json.json()["items"])) == (True, 1_102)
        assert as_json.headers["content-disposition"].endswith('.json"')
        wrong = await web.ask("GET", "/exports/alerts?severity=loud")
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "?severity")

    told(story)


def test_others_get_their_turn_while_a_page_is_written() -> None:
    order: list[object] = []
    page = {"items": [{}] * (2 * AT_ONCE + 5), "next_cursor": ""}

    async def other() -> None:
        for _ in range(2):
            order.append("other")
            await asyncio.sleep(0)

    async def story() -> None:
        task = asyncio.create_task(other())
        async for some in pages(NOBODY, "alerts", page, Progress(0)):
            order.append(len(some))
        await task

    asyncio.run(story())
    assert order == [AT_ONCE, "other", AT_ONCE, "other", 5]


def test_every_list_can_be_exported_with_its_own_rights() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db is down")
        for what in ("incidents", "messages", "audit", "ledger"):
            assert await rows(web, f"/exports/{what}") != [], what
        sue = await web.key_of("sue", "stakeholder")
        assert (await web.ask("GET", "/exports/audit", key=sue)).status_code == 403
        assert (await web.ask("GET", "/exports/passwords")).status_code in (400, 404)

    told(story)


def test_a_large_export_is_a_job_with_a_file(tmp_path: Path) -> None:
    async def story(web: Web) -> None:
        await fire(web, "db is down")
        assert (await web.ask("POST", "/exports/alerts")).json()["reason"] == "no_journal_file"
        web.services = msgspec.structs.replace(web.services, vitals=Vitals(1, tmp_path / "journal.db"))
        web.remake()
        begun = await web.ask("POST", "/exports/alerts?format=json")
        job = await web.app.state.jobs.ended(begun.json()["id"])
        assert (job.state, job.done) == ("done", 1), job.error
        async with web.client(web.key) as client:
            assert len((await client.get(job.result_url)).json()["items"]) == 1
        sue = await web.key_of("sue", "stakeholder")
        async with web.client(sue) as client:
            assert (await client.get(job.result_url)).status_code == 404

    told(story)


def test_a_narrow_key_does_not_read_what_its_person_exported(tmp_path: Path) -> None:
    async def story(web: Web) -> None:
        web.services = msgspec.structs.replace(web.services, vitals=Vitals(1, tmp_path / "journal.db"))
        web.remake()
        sue = await web.key_of("sue", "stakeholder")
        asked = (("audit", web.key), ("alerts", web.key), ("audit?actor=sue", sue))
        begun = [(await web.ask("POST", f"/exports/{what}", key=key)).json()["id"] for what, key in asked]
        urls = [(await web.app.state.jobs.ended(id_)).result_url for id_ in begun]
        keys = {"sue": sue, "admin": web.key}
        for scope in ("signal", "read"):
            made = await web.ask("POST", "/users/admin/keys", {"label": "x", "scopes": [scope]})
            keys[scope] = made.json()["token"]
        found = {}
        for name, key in keys.items():
            async with web.client(key) as client:
                found[name] = [(await client.get(url)).status_code for url in urls]
        assert found == {
            "sue": [404, 404, 200], "admin": [200, 200, 200], "signal": [404, 404, 404], "read": [404, 200, 404],
        }  # fmt: skip

    told(story)


def test_things_are_exported_with_a_column_for_each_field() -> None:
    async def story(web: Web) -> None:
        for service, team in (("shop", "web"), ("stock", "")):
            if team:
                await web.ask("PUT", f"/teams/{team}", {"name": "Web"})
            await web.ask("PUT", f"/services/{service}", {"name": f"The {service}", "team": team})
        found = await rows(web, "/exports/services?q=WEB")
        assert [(one["id"], one["name"], one["team"]) for one in found] == [("shop", "The shop", "web")]
        assert "spec" not in found[0]
        assert len(await rows(web, "/exports/services?team=web")) == 1
        assert [one["id"] for one in await rows(web, "/exports/teams?q=we")] == ["web"]
        await web.key_of("sue", "stakeholder")
        assert [one["id"] for one in await rows(web, "/exports/people?role=stakeholder&who=active")] == ["sue"]
        assert await rows(web, "/exports/people?who=deactivated") == []
        for what in ("schedules", "ladders"):
            assert (await web.ask("GET", f"/exports/{what}?format=json")).json()["complete"], what

    told(story)


def test_the_document_names_the_filters_of_every_list() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            paths = msgspec.json.decode((await client.get("/api/openapi.json")).content)["paths"]
        for verb in ("get", "post"):
            found = {one["name"]: one for one in paths["/api/v1/exports/{what}"][verb]["parameters"]}
            assert {"what", "format", "status", "filter", "fate", "actor", "who"} <= set(found)
            assert {"limit", "cursor"} & set(found) == set()
            assert found["fate"]["description"] == "Of ledger."
            assert found["q"]["schema"] == {"type": "string"}, "alerts ask in CEL, services by a word"

    told(story)
