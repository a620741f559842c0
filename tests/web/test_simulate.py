"""The simulator over HTTP: a payload, labels or an alert in, who would be told out; and nothing happens."""

from __future__ import annotations

import re
from typing import Any

from web.harness import Web, told

PAYLOAD = {
    "version": "4",
    "status": "firing",
    "groupKey": "g",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "team": "db", "severity": "critical"},
            "annotations": {"summary": "db is down"},
            "startsAt": "2026-09-21T14:00:00Z",
        }
    ],
}


async def _town(web: Web) -> str:
    """Ada first, then the schedule `none` that has nobody, then the administrator; returns Ada's contact."""
    await web.key_of("ada", "responder")
    made = await web.ask("POST", "/users/ada/contacts", {"channel": "email", "address": "a@x.org", "label": "post"})
    contact = str(made.json()["id"])
    await web.ask("POST", f"/users/ada/contacts/{contact}/vouch")
    await web.ask("PUT", "/schedules/none", {"name": "None"})
    steps = [
        {"targets": [{"kind": "person", "id": "ada"}], "delay_s": 120},
        {"targets": [{"kind": "schedule", "id": "none"}], "delay_s": 60},
    ]
    ladder = await web.ask("PUT", "/ladders/db", {"name": "Db", "steps": steps, "repeats": 0})
    assert ladder.status_code == 201, ladder.text
    tree = {"name": "root", "ladder": "default", "routes": [{"name": "db", "matchers": ['team="db"'], "ladder": "db"}]}
    assert (await web.ask("PUT", "/routes", tree)).status_code in (200, 201)
    return contact


async def _try(web: Web, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    tried = await web.ask("POST", "/routes/simulate", body, **headers)
    assert tried.status_code == 200, tried.text
    found: dict[str, Any] = tried.json()
    return found


def test_a_payload_is_read_routed_and_planned_person_by_person() -> None:
    async def story(web: Web) -> None:
        contact = await _town(web)
        seq = web.engine.seq
        found = await _try(web, {"door": "alertmanager_webhook", "payload": PAYLOAD})
        [signal] = found["signals"]
        [route] = signal["routes"]
        assert (signal["title"], signal["silenced_by"], route["id"]) == ("db is down", "", "root/db")
        assert [node["path"] for node in route["path"]] == ["root", "root/db"]
        assert (route["ladder"], route["urgency"], route["joins"]) == ("db", "high", "")
        mail = next(one for one in found["plan"] if one["contact"] == contact)
        assert (mail["offset_ms"], mail["step"], mail["target"], mail["rule"]) == (0, 0, "person:ada", "default:high")
        assert (mail["name"], mail["contact_label"], mail["group_key"]) == ("Ada", "post", route["group_key"])
        assert {one["reason"]: one["step"] for one in found["problems"]}["nobody_on_call"] == 1
        assert web.engine.seq == seq

    told(story)


def test_labels_are_tried_at_another_hour_and_in_ones_own_language() -> None:
    async def story(web: Web) -> None:
        await _town(web)
        night = {"labels": {"team": "db"}, "severity": "info", "at": "2026-09-21T02:00:00Z"}
        found = await _try(web, night, accept_language="zh")
        mail = next(one for one in found["plan"] if one["channel"] == "email")
        assert (mail["at"], mail["offset_ms"]) == ("2026-09-21T08:00:00Z", 6 * 3_600_000)
        assert mail["why"] == "升级阶梯直接指定 · 默认规则：在送达时段发邮件"
        whys = [one["why"] for one in found["signals"][0]["trials"]]
        assert whys and not any(re.search("hold|condition", why) for why in whys), whys

    told(story)


def test_an_alert_that_is_silenced_says_by_what() -> None:
    async def story(web: Web) -> None:
        await _town(web)
        silence = {"matchers": ['team="db"'], "start_at": "2026-01-01T00:00:00Z", "end_at": "2027-01-01T00:00:00Z"}
        made = await web.ask("POST", "/silences", silence | {"comment": "work"})
        assert made.status_code == 201, made.text
        found = await _try(web, {"labels": {"team": "db"}})
        assert found["signals"][0]["silenced_by"] == made.json()["id"]
        assert (found["plan"], [one["reason"] for one in found["problems"]]) == ([], ["silenced"])

    told(story)


def test_what_cannot_be_tried_is_said() -> None:
    async def story(web: Web) -> None:
        nonsense = await _try(web, {"door": "alertmanager_webhook", "payload": "{"})
        assert nonsense["error"] and [one["reason"] for one in nonsense["problems"]] == ["not_understood"]
        for body, status in (
            ({}, 422),
            ({"labels": {}, "severity": "loud"}, 422),
            ({"alert": "ALT-7"}, 404),
            ({"source": "none", "payload": "x"}, 404),
        ):
            assert (await web.ask("POST", "/routes/simulate", body)).status_code == status

    told(story)
