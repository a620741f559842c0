"""What a list of incidents, an incident, its timeline and the frame around them need, in one answer each."""

from __future__ import annotations

from typing import Any

from web.harness import Web, told
from web.test_api import SCHEDULE, _fire, _incident


async def _ids(web: Web, query: str, key: str = "") -> list[str]:
    answer = await web.ask("GET", f"/incidents?{query}", key=key)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


def test_incidents_are_filtered_sorted_and_searched() -> None:
    async def story(web: Web) -> None:
        ada = await web.key_of("ada", "responder")
        await web.ask("PUT", "/services/db", {"name": "Database", "impact": "high", "team": "operations"})
        for title, severity, service in (("db is slow", "low", "db"), ("Web down", "critical", ""), ("x", "high", "")):
            await web.ask("POST", "/incidents", {"title": title, "severity": severity, "service": service})
        await web.ask("POST", "/incidents/INC-2/acknowledge", key=ada)
        assert await _ids(web, "") == ["INC-3", "INC-2", "INC-1"]
        assert await _ids(web, "status=acknowledged,resolved") == ["INC-2"]
        assert await _ids(web, "severity=critical,low&sort=severity") == ["INC-2", "INC-1"]
        assert await _ids(web, "q=DB+slow") == await _ids(web, "team=operations") == ["INC-1"]
        assert await _ids(web, "mine=true", ada) == ["INC-2"]
        first = (await web.ask("GET", "/incidents?sort=urgent&limit=2")).json()
        rest = await _ids(web, f"sort=urgent&limit=2&cursor={first['next_cursor']}")
        assert ([row["id"] for row in first["items"]], rest) == (["INC-3", "INC-1"], ["INC-2"])
        other = await web.ask("GET", f"/incidents?sort=newest&cursor={first['next_cursor']}")
        assert (other.status_code, other.json()["errors"][0]["pointer"]) == (400, "?cursor")
        assert (await web.ask("GET", "/incidents?status=asleep")).status_code == 400

    told(story)


def test_a_row_says_who_has_it_and_the_whole_who_was_told() -> None:
    async def story(web: Web) -> None:
        await web.key_of("ada", "responder")
        await web.ask("PUT", "/services/db", {"name": "Database", "team": "operations"})
        await web.ask("POST", "/incidents", {"title": "db", "severity": "high", "service": "db"})
        (row,) = (await web.ask("GET", "/incidents")).json()["items"]
        assert (row["service_name"], row["team_name"], row["state"]) == ("Database", "Operations", "triggered")
        assert row["assignees"] == [{"user": "admin", "name": "Administrator"}]
        assert "alerts" not in row
        await web.ask("POST", "/incidents/INC-1/reassign", {"user": "ada"})
        await web.ask("POST", "/incidents/INC-1/status", {"text": "restarting"})
        whole = (await web.ask("GET", "/incidents/INC-1")).json()
        assert whole["assignees"] == [{"user": "ada", "name": "Ada"}]
        told_ = {one["user"]: (one["state"], one["channel"], one["is_reachable"]) for one in whole["responders"]}
        assert told_["ada"] == ("delivered", "mailbox", False)
        assert (whole["status_text"], whole["status_by_name"]) == ("restarting", "Administrator")

    told(story)


async def _timeline(web: Web, query: str = "") -> list[dict[str, Any]]:
    answer = await web.ask("GET", f"/incidents/INC-2/timeline{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_timeline_has_one_entry_for_each_thing_that_happened() -> None:
    async def story(web: Web) -> None:
        await _fire(web)
        await web.ask("POST", "/incidents/INC-2/notes", {"text": "a note"})
        await web.ask("POST", "/incidents/INC-2/messages", {"text": "hello", "id": "m1"})
        await web.ask("POST", "/incidents/INC-2/acknowledge")
        lines = await _timeline(web)
        kinds = list(dict.fromkeys(line["kind"] for line in lines))
        assert kinds == ["opened", "alert", "act", "escalation", "page", "note", "message"]
        assert "escalation began: Default" in [line["text"] for line in lines]
        page = next(line for line in lines if line["kind"] == "page")
        assert (page["page"]["state"], page["page"]["name"]) == ("delivered", "Administrator")
        assert page["text"] == "page to Administrator by mailbox: delivered"
        assert not any(line["type"] == "PageDelivered" for line in lines)
        said = next(line for line in lines if line["kind"] == "message")
        assert (said["body"], said["id"], said["user"], said["name"]) == ("hello", "m1", "admin", "Administrator")
        assert next(line["alert"] for line in lines if line["kind"] == "alert") == "ALT-2"
        assert [line["body"] for line in await _timeline(web, "?kind=note,message")] == ["a note", "hello"]
        first = (await web.ask("GET", "/incidents/INC-2/timeline?limit=2")).json()
        rest = await _timeline(web, f"?cursor={first['next_cursor']}")
        assert [line["seq"] for line in first["items"] + rest] == [line["seq"] for line in lines]

    told(story)


def test_a_merge_is_told_in_both_timelines_and_once() -> None:
    async def story(web: Web) -> None:
        for title in ("one", "two", "three"):
            await web.ask("POST", "/incidents", {"title": title})
        await web.ask("POST", "/incidents/INC-1/merge", {"into": "INC-2"})
        await web.ask("POST", "/incidents/INC-3/notes", {"text": "later"})

        async def acts(incident: str, query: str = "", language: str = "en") -> list[str]:
            path = f"/incidents/{incident}/timeline?{query}"
            lines = (await web.ask("GET", path, accept_language=language)).json()["items"]
            return [line["text"] for line in lines if line["type"] == "IncidentMerged"]

        assert await acts("INC-1") == ["merged into INC-2"]
        assert await acts("INC-2") == ["INC-1 was merged into this incident by Administrator"]
        assert await acts("INC-2", language="zh") == ["Administrator 将 INC-1 合并到此故障"]
        assert await acts("INC-3") == []
        paged, cursor = [], "limit=1"
        while cursor:
            page = (await web.ask("GET", f"/incidents/INC-2/timeline?{cursor}")).json()
            paged += [line["seq"] for line in page["items"]]
            cursor = f"limit=1&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        assert paged == [line["seq"] for line in await _timeline(web)] == sorted(set(paged))

    told(story)


def test_what_the_house_did_is_told_under_its_name() -> None:
    async def story(web: Web) -> None:
        await _fire(web)
        await web.ask("POST", "/incidents", {"title": "calls from customers", "severity": "low"})
        await web.ask("POST", "/incidents/INC-2/merge", {"into": "INC-3"})
        lines = (await web.ask("GET", "/incidents/INC-3/timeline")).json()["items"]
        assert [line["text"] for line in lines if line["type"] == "PrioritySet"] == ["priority P2, by Tocsin"]

    told(story)


def test_the_frame_knows_the_person_and_their_duty() -> None:
    async def story(web: Web) -> None:
        await web.key_of("ada", "responder")
        layer = {"name": "week", "users": ["admin", "ada"], "start": "2026-01-05"}
        assert (await web.ask("PUT", "/schedules/primary", {**SCHEDULE, "layers": [layer]})).status_code == 201
        steps = [{"targets": [{"kind": "person", "id": "ada"}]}, {"targets": [{"kind": "schedule", "id": "primary"}]}]
        assert (await web.ask("PUT", "/ladders/db", {"name": "DB", "steps": steps})).status_code == 201
        me = (await web.ask("GET", "/me")).json()
        duty = me["oncall"][0] if me["oncall"] else me["next_oncall"]
        assert (duty["schedule"], duty["name"], duty["level"]) == ("primary", "Primary", 2)
        assert (duty["next"]["user"], duty["next"]["name"], duty["next"]["at"]) == ("ada", "Ada", duty["until"])
        assert (me["user"]["teams"], me["user"]["spec"]["language"]) == (["operations"], "en")
        assert me["version"] and me["at"].startswith("2026-09-2")

    told(story)


def test_helpers_can_be_asked_for_by_name_only() -> None:
    async def story(web: Web) -> None:
        await _incident(web)
        nobody = await web.ask("POST", "/incidents/INC-1/page", {"user": "nobody"})
        assert (nobody.status_code, nobody.json()["reason"]) == (422, "user_unknown")
        both = await web.ask("POST", "/incidents/INC-1/page", {"user": "admin", "team": "operations"})
        assert both.json()["reason"] == "one_target_needed"
        alone = await web.ask("POST", "/incidents/INC-1/page", {"team": "operations"})
        assert alone.json()["reason"] == "team_empty"
        assert (await web.ask("POST", "/incidents/INC-1/messages", {"text": " "})).json()["reason"] == "message_empty"

    told(story)
