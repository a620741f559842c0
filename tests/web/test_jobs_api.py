"""Bulk acts, jobs and backups over HTTP."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import msgspec

from tocsin.core.alerts.commands import UNDO_MS
from tocsin.core.world import codec
from tocsin.kernel.message import Moment
from tocsin.shell.journal.sqlite import SqliteJournal
from tocsin.shell.vitals import Vitals
from tocsin.web.api.backups import ORPHANED_MS
from tocsin.web.instants import shown
from web.harness import Web, told
from web.test_alert_feed import fire, titles


async def open_incidents(web: Web, count: int) -> list[str]:
    made = [await web.ask("POST", "/incidents", {"title": f"fire {number}"}) for number in range(count)]
    return [one.json()["id"] for one in made]


def test_few_are_answered_at_once_each_with_its_result() -> None:
    async def story(web: Web) -> None:
        ids = await open_incidents(web, 2)
        answer = await web.ask("POST", "/incidents/bulk", {"ids": [*ids, "INC-99"], "act": "acknowledge"})
        assert answer.status_code == 200
        found = answer.json()
        assert (found["done"], found["failed"]) == (2, 1)
        assert [(one["id"], one["ok"], one["reason"]) for one in found["items"]] == [
            ("INC-1", True, ""), ("INC-2", True, ""), ("INC-99", False, "incident_unknown"),
        ]  # fmt: skip
        late = await web.ask("POST", "/incidents/bulk", {"ids": ids, "act": "snooze"})
        assert late.json()["errors"][0]["pointer"] == "/until"
        undone = (await web.ask("POST", "/incidents/bulk", {"ids": ids[:2], "act": "undo"})).json()
        assert undone["done"] == 2
        awake = (await web.ask("POST", "/incidents/bulk", {"ids": ids[:2], "act": "unsnooze"})).json()
        assert [one["reason"] for one in awake["items"]] == ["incident_not_snoozed"] * 2
        sue = await web.key_of("sue", "stakeholder")
        refused = (await web.ask("POST", "/incidents/bulk", {"ids": ids, "act": "resolve"}, key=sue)).json()
        assert [one["reason"] for one in refused["items"]] == ["permission_denied"] * 2
        assert (await web.ask("POST", "/alerts/bulk", {"ids": ["x", "ALT-5"]})).json()["failed"] == 2

    told(story)


def test_a_full_house_asks_whoever_acts_on_few_to_come_back() -> None:
    async def story(web: Web) -> None:
        ids = await open_incidents(web, 2)
        web.engine.inbox.weight_max = 0
        answer = await web.ask("POST", "/incidents/bulk", {"ids": ids, "act": "acknowledge"})
        assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0

    told(story)


def test_many_become_a_job_one_can_look_at() -> None:
    async def story(web: Web) -> None:
        ids = await open_incidents(web, 60)
        asked = ("POST", "/incidents/bulk", {"ids": ids, "act": "resolve"})
        begun = await web.ask(*asked, idempotency_key="k")
        assert (await web.ask(*asked, idempotency_key="k")).json()["id"] == begun.json()["id"]
        assert (begun.status_code, begun.json()["total"], begun.json()["state"]) == (202, 60, "running")
        job = begun.json()["id"]
        assert begun.headers["location"] == f"/api/v1/jobs/{job}"
        await web.app.state.jobs.ended(job)
        end = (await web.ask("GET", f"/jobs/{job}")).json()
        assert (end["state"], end["done"], end["failed"], len(end["items"])) == ("done", 60, 0, 60)
        assert (await web.ask("GET", f"/jobs/{job}?items=false")).json() == end | {"items": []}
        assert [one["id"] for one in (await web.ask("GET", "/jobs")).json()["items"]] == [job]
        sue = await web.key_of("sue", "stakeholder")
        assert (await web.ask("GET", "/jobs", key=sue)).json()["items"] == []
        assert (await web.ask("GET", f"/jobs/{job}", key=sue)).status_code == 404
        assert (await web.ask("POST", f"/jobs/{job}/cancel")).json()["state"] == "done"

    told(story)


def test_an_act_on_all_that_match_reaches_them_and_nothing_that_came_since() -> None:
    async def story(web: Web) -> None:
        ids = await open_incidents(web, 3)
        await web.ask("POST", f"/incidents/{ids[0]}/acknowledge")
        count = (await web.ask("GET", "/incidents/count?q=fire")).json()
        assert count["total"] == 3
        web.clock.pass_s(1)
        await open_incidents(web, 1)
        asked = {"act": "acknowledge", "where": {"q": "fire"}, "seen_at": count["at"]}
        answer = (await web.ask("POST", "/incidents/bulk", asked)).json()
        assert [(one["id"], one["ok"]) for one in answer["items"]] == [("INC-3", True), ("INC-2", True)]
        assert (await web.ask("GET", "/incidents/count?status=triggered")).json()["total"] == 1
        for fields, pointer in (
            ({"ids": ids, "where": {}}, "/where"),
            ({}, "/ids"),
            ({"where": {"status": "burning"}}, "/where/status"),
        ):
            refused = await web.ask("POST", "/incidents/bulk", {"act": "resolve", **fields})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)

    told(story)


def test_all_alerts_that_match_are_resolved_as_a_job_that_can_be_cancelled() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"db{number}" for number in range(300)))
        await fire(web, "web1")
        asked = ("POST", "/alerts/bulk", {"where": {"filter": ['job="db"']}})
        begun = await web.ask(*asked)
        assert (begun.status_code, begun.json()["total"], begun.json()["kind"]) == (202, 300, "alerts_resolve")
        job = begun.json()["id"]
        end = (await web.ask("POST", f"/jobs/{job}/cancel")).json()
        open_now = (await web.ask("GET", "/alerts/facets?status=firing")).json()["total"]
        assert end["state"] == "cancelled"
        assert open_now == 301 - sum(one["ok"] for one in end["items"])
        begun = await web.ask(*asked)
        await web.app.state.jobs.ended(begun.json()["id"])
        assert await titles(web) == ["web1"]
        refused = (await web.ask("POST", "/alerts/bulk", {"where": {"q": "alert.colour == 1"}})).json()
        assert refused["errors"][0]["pointer"] == "/where/q"

    told(story)


def test_what_a_job_did_to_many_is_undone_by_another_and_only_what_it_changed() -> None:
    async def story(web: Web) -> None:
        ids = await open_incidents(web, 60)
        await web.ask("POST", f"/incidents/{ids[0]}/acknowledge")
        job = (await web.ask("POST", "/incidents/bulk", {"ids": ids, "act": "acknowledge"})).json()["id"]
        await web.app.state.jobs.ended(job)
        end = (await web.ask("GET", f"/jobs/{job}")).json()
        until = shown(Moment(web.clock.now() + UNDO_MS)).isoformat().replace("+00:00", "Z")
        assert (end["undo_until"], end["done"], end["items"][0]["changed"]) == (until, 60, False)
        again = (await web.ask("POST", f"/jobs/{job}/undo")).json()
        assert (again["kind"], again["total"], again["undo_until"]) == ("incidents_undo", 59, None)
        await web.app.state.jobs.ended(again["id"])
        assert (await web.ask("GET", "/incidents/count?status=acknowledged")).json()["total"] == 1
        assert (await web.ask("POST", f"/jobs/{again['id']}/undo")).json()["reason"] == "nothing_to_undo"
        sue = await web.key_of("sue", "stakeholder")
        assert (await web.ask("POST", f"/jobs/{job}/undo", key=sue)).status_code == 404

    told(story)


def test_alerts_resolved_by_a_job_fire_again_for_two_minutes() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"db{number}" for number in range(70)))
        asked = ("POST", "/alerts/bulk", {"where": {}})
        job = (await web.ask(*asked)).json()["id"]
        await web.app.state.jobs.ended(job)
        assert await titles(web) == []
        undone = (await web.ask("POST", f"/jobs/{job}/undo")).json()
        end = await web.app.state.jobs.ended(undone["id"])
        assert (undone["kind"], end.done, end.failed) == ("alerts_undo", 70, 0)
        assert len(await titles(web)) == 70
        assert (await web.ask("GET", "/incidents/count?status=triggered")).json()["total"] == 70
        few = (await web.ask("POST", "/alerts/bulk", {"ids": ["ALT-1", "ALT-2"]})).json()
        assert [one["changed"] for one in few["items"]] == [True, True]
        back = (await web.ask("POST", "/alerts/bulk", {"where": {"status": ""}, "act": "reopen"})).json()
        assert (back["done"], [one["id"] for one in back["items"]]) == (2, ["ALT-2", "ALT-1"])
        job = (await web.ask(*asked)).json()["id"]
        await web.app.state.jobs.ended(job)
        web.clock.pass_s(121)
        assert (await web.ask("POST", f"/jobs/{job}/undo")).json()["reason"] == "nothing_to_undo"

    told(story)


def test_a_backup_is_made_listed_and_downloaded(tmp_path: Path) -> None:
    async def story(web: Web) -> None:
        assert (await web.ask("POST", "/backups")).json()["reason"] == "no_journal_file"
        web.engine.journal.backup(tmp_path / "journal.db")
        web.engine.journal = SqliteJournal(tmp_path / "journal.db", codec())
        web.services = msgspec.structs.replace(web.services, vitals=Vitals(1, tmp_path / "journal.db"))
        web.remake()
        orphan, growing = (tmp_path / "backups" / f"tocsin-{name}.db.part" for name in ("dead", "alive"))
        orphan.parent.mkdir()
        for part, age_ms in ((orphan, ORPHANED_MS + 1_000), (growing, 0)):
            part.touch()
            os.utime(part, times=(web.engine.clock.now() / 1000 - age_ms / 1000,) * 2)
        begun = await web.ask("POST", "/backups")
        assert begun.status_code == 202, begun.text
        await web.app.state.jobs.ended(begun.json()["id"])
        assert (orphan.exists(), growing.exists()) == (False, True)
        job = (await web.ask("GET", f"/jobs/{begun.json()['id']}")).json()
        (backup,) = (await web.ask("GET", "/backups")).json()["items"]
        assert (job["state"], job["result_url"], backup["seq"]) == ("done", backup["url"], web.engine.seq_dry)
        async with web.client(web.key) as client:
            copy = await client.get(backup["url"])
        (tmp_path / "copy.db").write_bytes(copy.content)
        (count,) = sqlite3.connect(tmp_path / "copy.db").execute("select count(*) from event").fetchone()
        assert (count, backup["size"]) == (web.engine.seq_dry, len(copy.content))
        bob = await web.key_of("bob", "responder")
        assert (await web.ask("GET", "/backups", key=bob)).status_code == 403
        assert (await web.ask("GET", "/backups/..%2Fjournal.db")).status_code == 404
        assert (await web.ask("DELETE", f"/backups/{backup['name']}")).status_code == 204
        assert (await web.ask("GET", "/backups")).json()["items"] == []
        web.engine.journal.close()

    told(story)
