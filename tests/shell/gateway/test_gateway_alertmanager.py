"""Alertmanager's API v2, answer by answer as version 0.25 gave them when it was asked (tests/system compares live)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shell.gateway.front import START_TEXT, Front, told

SILENCE = "d9d5f9a1-0b6f-4c9e-8a55-0c8a0b7a1d11"
LONG = {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
WHO = {"createdBy": "ann", "comment": "c"}
MATCHER = {"name": "alertname", "value": "A", "isRegex": False}
POSTED = {"matchers": [MATCHER], **LONG, **WHO}


def _alert(name: str, **facts: Any) -> dict[str, Any]:
    return {"labels": {"alertname": name, "cluster": "c1", "severity": "critical"}, **facts}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ([], 200, ""),
        ([_alert("A")], 200, ""),
        ([{"labels": {}}], 400, "at least one label pair required"),
        ([{"labels": {"a": ""}}], 400, "at least one label pair required"),
        ([{}], 422, {"code": 602, "message": "0.labels in body is required"}),
        ([{"labels": {"bad-name": "x"}}], 400, 'invalid label set: invalid name "bad-name"'),
        ([_alert("A", startsAt="2026-01-02T00:00:00Z", endsAt="2026-01-01T00:00:00Z")], 400,
         "start time must be before end time"),
        (b"[{", 400, {"code": 400, "message": 'parsing alerts body from "" failed, because unexpected EOF'}),
        (b"", 422, {"code": 602, "message": "alerts in body is required"}),
        ([{"labels": {}}, {"labels": {"x-y": "b"}}], 400,
         'at least one label pair required; invalid label set: invalid name "x-y"'),
    ],
)  # fmt: skip
def test_posting_alerts(body: object, status: int, said: object) -> None:
    async def story(front: Front) -> None:
        assert (await front.post("/api/v2/alerts", body)).facts == (status, said)

    told(story)


def test_a_wrong_content_type_is_refused() -> None:
    async def story(front: Front) -> None:
        answer = await front.post("/api/v2/alerts", [_alert("A")], "text/plain")
        message = 'unsupported media type "text/plain", only [application/json] are allowed'
        assert answer.facts == (415, {"code": 415, "message": message})

    told(story)


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("PUT", "/api/v2/alerts", 405, {"code": 405, "message": "method PUT is not allowed, but [GET,POST] are"}),
        ("HEAD", "/api/v2/alerts", 405, ""),
        ("POST", "/api/v2/status", 405, {"code": 405, "message": "method POST is not allowed, but [GET] are"}),
        ("PUT", f"/api/v2/silence/{SILENCE}", 405,
         {"code": 405, "message": "method PUT is not allowed, but [DELETE,GET] are"}),
        ("GET", "/api/v2/nothing", 404, {"code": 404, "message": "path /api/v2/nothing was not found"}),
        ("GET", "/api/v2/", 404, {"code": 404, "message": "path /api/v2/ was not found"}),
        ("GET", "/api/v2/silence/abc", 422,
         {"code": 601, "message": 'silenceID in path must be of type uuid: "abc"'}),
        ("DELETE", "/api/v2/silence/abc", 422,
         {"code": 601, "message": 'silenceID in path must be of type uuid: "abc"'}),
        ("GET", f"/api/v2/silence/{SILENCE}", 404, ""),
        ("DELETE", f"/api/v2/silence/{SILENCE}", 500, "silence not found"),
        ("GET", "/api/v2/alerts?filter===", 400, "bad matcher format: =="),
        ("GET", "/api/v2/silences?filter==", 400, "bad matcher format: ="),
        ("GET", "/api/v2/alerts?active=maybe", 200, []),
        ("GET", "/api/v2/alerts", 200, []),
        ("GET", "/api/v2/alerts/groups", 200, []),
        ("GET", "/api/v2/silences", 200, []),
        ("GET", "/api/v2/receivers", 200, [{"name": "tocsin"}]),
        ("GET", "/-/healthy", 200, "OK"),
        ("HEAD", "/-/ready", 200, ""),
        ("POST", "/-/reload", 200, ""),
        ("GET", "/-/reload", 405, "Method Not Allowed\n"),
        ("GET", "/-/nothing", 404, "404 page not found\n"),
    ],
)  # fmt: skip
def test_asking(method: str, path: str, status: int, said: object) -> None:
    async def story(front: Front) -> None:
        answer = await front.ask(method, f"/in/{front.made.admin_key}{path}", b"", "")
        assert answer.facts == (status, said)

    told(story)


def test_a_bad_expression_of_a_receiver_or_filter_is_refused() -> None:
    async def story(front: Front) -> None:
        for query in ("receiver=%28", "filter=a%3D~%22%28%22"):
            answer = await front.ask("GET", f"/in/{front.made.admin_key}/api/v2/alerts?{query}")
            assert (answer.status, isinstance(answer.json, str)) == (400, True)

    told(story)


def test_an_alert_is_shown_as_alertmanager_shows_it() -> None:
    async def story(front: Front) -> None:
        url = "http://prometheus:9090/graph"
        await front.post("/api/v2/alerts", [_alert("A", annotations={"summary": "s"}, generatorURL=url)])
        shown = (await front.ask("GET", f"/in/{front.key}/api/v2/alerts")).json
        assert shown == [{
            "annotations": {"summary": "s"}, "startsAt": START_TEXT, "endsAt": "2026-09-21T14:18:20.000Z",
            "updatedAt": START_TEXT, "fingerprint": "d0b0f9c089b0ac23", "generatorURL": url,
            "labels": {"alertname": "A", "cluster": "c1", "severity": "critical"}, "receivers": [{"name": "tocsin"}],
            "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        }]  # fmt: skip

    told(story)


def test_alerts_are_picked_by_filter_receiver_and_state_and_sorted_by_fingerprint() -> None:
    async def story(front: Front) -> None:
        await front.post("/api/v2/alerts", [_alert(name) for name in "ABCDE"])
        silence = await front.ask("POST", f"/in/{front.made.admin_key}/api/v2/silences", POSTED)
        assert silence.status == 200

        async def names(query: str) -> list[str]:
            shown = (await front.ask("GET", f"/in/{front.made.admin_key}/api/v2/alerts?{query}")).json
            assert shown == sorted(shown, key=lambda alert: str(alert["fingerprint"]))
            return sorted(alert["labels"]["alertname"] for alert in shown)

        assert await names("") == list("ABCDE")
        assert await names("silenced=false") == list("BCDE")
        assert await names("active=false") == ["A"]
        assert await names("active=false&silenced=false") == []
        assert await names("filter=alertname%3D~%22B%7CC%22&filter=cluster%3Dc1") == ["B", "C"]
        assert await names("receiver=toc.*") == list("ABCDE")
        assert await names("receiver=toc") == []

    told(story)


def test_a_silenced_alert_names_its_silence() -> None:
    async def story(front: Front) -> None:
        await front.post("/api/v2/alerts", [_alert("A")])
        made = (await front.ask("POST", f"/in/{front.made.admin_key}/api/v2/silences", POSTED)).json["silenceID"]
        shown = (await front.ask("GET", f"/in/{front.made.admin_key}/api/v2/alerts")).json[0]
        assert shown["status"] == {"state": "suppressed", "silencedBy": [made], "inhibitedBy": []}

    told(story)


def test_groups_are_the_alerts_of_an_incident() -> None:
    async def story(front: Front) -> None:
        await front.post("/api/v2/alerts", [_alert("A"), _alert("B")])
        groups = (await front.ask("GET", f"/in/{front.made.admin_key}/api/v2/alerts/groups")).json
        assert {alert["labels"]["alertname"] for group in groups for alert in group["alerts"]} == {"A", "B"}
        assert all(set(group) == {"alerts", "labels", "receiver"} for group in groups)

    told(story)


def test_a_source_sees_its_own_alerts_and_no_silences() -> None:
    async def story(front: Front) -> None:
        other = await front.source("other")
        await front.post("/api/v2/alerts", [_alert("A")])
        await front.ask("POST", f"/in/{other}/api/v2/alerts", [_alert("B")])
        for key, names in ((front.key, ["A"]), (other, ["B"]), (front.made.admin_key, ["A", "B"])):
            for path in ("alerts", "alerts/groups"):
                shown = (await front.ask("GET", f"/in/{key}/api/v2/{path}")).json
                alerts = [alert for group in shown for alert in group.get("alerts", [group])]
                assert sorted(alert["labels"]["alertname"] for alert in alerts) == names
        for method, path in (("GET", "silences"), ("POST", "silences"), ("DELETE", f"silence/{SILENCE}")):
            answer = await front.ask(method, f"/in/{front.key}/api/v2/{path}", POSTED)
            assert (answer.status, "API key of a person" in answer.json["message"]) == (403, True)

    told(story)


def test_who_may_only_read_sets_no_silence() -> None:
    async def story(front: Front) -> None:
        key = await front.person("eve", "stakeholder")
        assert (await front.ask("GET", f"/in/{key}/api/v2/silences")).facts == (200, [])
        answer = await front.ask("POST", f"/in/{key}/api/v2/silences", POSTED)
        assert answer.facts == (403, {"code": 403, "message": "use the API key of a person who may respond"})
        responder = await front.person("bob", "responder")
        assert (await front.ask("POST", f"/in/{responder}/api/v2/silences", POSTED)).status == 200

    told(story)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, {"code": 602, "message": "comment in body is required"}),
        ({**POSTED, "createdBy": None}, 422, {"code": 602, "message": "createdBy in body is required"}),
        ({**LONG, **WHO}, 422, {"code": 602, "message": "matchers in body is required"}),
        ({**POSTED, "matchers": []}, 422, {"code": 612, "message": "matchers in body should have at least 1 items"}),
        ({**POSTED, "matchers": [{"name": "a", "value": "b"}]}, 422,
         {"code": 602, "message": "matchers.0.isRegex in body is required"}),
        ({**POSTED, "matchers": [{"name": "a", "value": "", "isRegex": False}]}, 400,
         "silence invalid: at least one matcher must not match the empty string"),
        (b"", 422, {"code": 602, "message": "silence in body is required"}),
        (b"{", 400, {"code": 400, "message": 'parsing silence body from "" failed, because unexpected EOF'}),
        ({**POSTED, "startsAt": "x"}, 400,
         {"code": 400, "message": 'parsing silence body from "" failed, because parsing time "x" as '
                                  '"2006-01-02 15:04:05": cannot parse "x" as "2006"'}),
        ({**POSTED, "endsAt": "2020-01-02T00:00:00Z", "startsAt": "2020-01-01T00:00:00Z"}, 400,
         "Failed to create silence: end time can't be in the past"),
        ({**POSTED, "endsAt": "2098-01-01T00:00:00Z", "startsAt": "2099-01-01T00:00:00Z"}, 400,
         "Failed to create silence: start time must be before end time"),
        ({**POSTED, "id": SILENCE}, 404, "silence not found"),
    ],
)  # fmt: skip
def test_posting_silences_that_cannot_be(body: object, status: int, said: object) -> None:
    async def story(front: Front) -> None:
        answer = await front.ask("POST", f"/in/{front.made.admin_key}/api/v2/silences", body)
        assert answer.facts == (status, said)

    told(story)


def test_a_silence_from_set_to_ended_twice() -> None:
    async def story(front: Front) -> None:
        api = f"/in/{front.made.admin_key}/api/v2"
        made = (await front.ask("POST", f"{api}/silences", POSTED)).json["silenceID"]
        shown = {
            "id": made, "status": {"state": "active"}, "updatedAt": START_TEXT, "comment": "c", "createdBy": "ann",
            "startsAt": START_TEXT, "endsAt": "2099-01-01T00:00:00.000Z", "matchers": [{**MATCHER, "isEqual": True}],
        }  # fmt: skip
        assert (await front.ask("GET", f"{api}/silence/{made}")).facts == (200, shown)
        assert (await front.ask("GET", f"{api}/silences?filter=alertname%3DA")).json == [shown]
        assert (await front.ask("GET", f"{api}/silences?filter=alertname%3DB")).json == []
        for _ in range(2):
            assert (await front.ask("DELETE", f"{api}/silence/{made}")).facts == (200, "")
        assert (await front.ask("GET", f"{api}/silence/{made}")).json["status"] == {"state": "expired"}

    told(story)


def test_a_silence_is_set_beside_characters_that_are_none() -> None:
    async def story(front: Front) -> None:
        api = f"/in/{front.made.admin_key}/api/v2"
        posted = json.dumps({**POSTED, "comment": "\ud800"}).encode()
        assert (await front.ask("POST", f"{api}/silences", posted)).status == 200
        assert [silence["comment"] for silence in (await front.ask("GET", f"{api}/silences")).json] == ["�"]

    told(story)


def test_silences_are_listed_active_then_pending_then_expired() -> None:
    async def story(front: Front) -> None:
        api = f"/in/{front.made.admin_key}/api/v2"

        async def made(comment: str, start: str, end: str) -> str:
            body = {
                **POSTED,
                "comment": comment,
                "startsAt": f"{start}-01-01T00:00:00Z",
                "endsAt": f"{end}-01-01T00:00:00Z",
            }
            return str((await front.ask("POST", f"{api}/silences", body)).json["silenceID"])

        for comment, start, end in (
            ("4 pending later", "2031", "2040"), ("2 active longer", "2020", "2090"), ("5 ended", "2020", "2092"),
            ("3 pending", "2030", "2050"), ("1 active", "2020", "2080"),
        ):  # fmt: skip
            silence = await made(comment, start, end)
            if "ended" in comment:
                await front.ask("DELETE", f"{api}/silence/{silence}")
        comments = [silence["comment"] for silence in (await front.ask("GET", f"{api}/silences")).json]
        assert comments == sorted(comments)

    told(story)


def test_listing_many_alerts_lets_others_have_their_turn() -> None:
    async def story(front: Front) -> None:
        import asyncio

        for part in range(3):
            await front.post("/api/v2/alerts", [{"labels": {"a": f"{part}-{n}"}} for n in range(500)])
        listing = asyncio.create_task(front.ask("GET", f"/in/{front.made.admin_key}/api/v2/alerts"))
        await asyncio.sleep(0)
        assert (await front.ask("GET", "/-/healthy")).status == 200
        assert not listing.done()
        await front.post("/api/v2/alerts", [{"labels": {"a": "new"}}])
        assert len((await listing).json) == 1500

    told(story)
