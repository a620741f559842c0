"""Whose key opens which door, however it is shown."""

from __future__ import annotations

import base64
import gzip
import json
from time import process_time

import pytest

from shell.gateway.front import Front, told
from tocsin.core.intake.commands import RotateSourceKey
from tocsin.core.intake.views import Request
from tocsin.shell.gateway.replies import key_in_body
from tocsin.shell.install import hash_key

ALERT = [{"labels": {"alertname": "DiskFull", "host": "db1"}}]
EVENT = {
    "event_action": "trigger",
    "dedup_key": "disk",
    "payload": {"summary": "disk full", "source": "db1", "severity": "critical"},
}
NRDP = b"cmd=submitcheck&XMLDATA=<checkresults><checkresult type='service'><hostname>db1</hostname>" \
       b"<servicename>disk</servicename><state>2</state><output>full</output></checkresult></checkresults>"  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_key_may_be_shown_in_many_ways() -> None:
    async def story(front: Front) -> None:
        key = front.key
        for path, headers in (
            (f"/in/{key}/api/v2/alerts", {}),
            (f"/in/{key}/alertmanager/api/v2/alerts", {}),
            ("/api/v2/alerts", {"authorization": f"Bearer {key}"}),
            ("/api/v2/alerts", {"authorization": f"bearer  {key}"}),
            ("/api/v2/alerts", {"authorization": f"Token token={key}"}),
            ("/api/v2/alerts", {"authorization": _basic("prometheus", key)}),
            ("/api/v2/alerts", {"authorization": _basic(key, "")}),
            ("/api/v2/alerts", {"x_api_key": key}),
            (f"/api/v2/alerts?key={key}", {}),
            (f"/api/v2/alerts?a=b&integration_key={key}", {}),
            ("/api/v1/alerts", {"authorization": f"Bearer {key}"}),
        ):
            assert (await front.ask("POST", path, ALERT, **headers)).status == 200, (path, headers)
        assert front.look.alerts.repeats(1) == 10

    told(story)


def test_a_format_with_a_key_of_its_own_needs_no_other() -> None:
    async def story(front: Front) -> None:
        key = front.key
        event = {**EVENT, "routing_key": key}
        assert (await front.ask("POST", "/v2/enqueue", event)).status == 202
        old = {"service_key": key, "event_type": "trigger", "description": "old", "incident_key": "k"}
        assert (await front.ask("POST", "/generic/2010-04-15/create_event.json", old)).status == 200
        answer = await front.ask("POST", "/nrdp/", NRDP + b"&token=" + key.encode(), FORM)
        assert "<message>OK</message>" in answer.body.decode()
        assert sorted(front.open_titles()) == ["db1 / disk: full", "disk full", "old"] or len(front.open_titles()) == 3

    told(story)


def test_a_key_is_found_beside_characters_that_are_none() -> None:
    async def story(front: Front) -> None:
        event = json.dumps({**EVENT, "routing_key": front.key, "client": "\ud800"}).encode()
        assert (await front.ask("POST", "/v2/enqueue", event)).status == 202
        assert front.open_titles() == ["disk full"]

    told(story)


@pytest.mark.parametrize(
    ("path", "body", "type_", "facts"),
    [
        ("/v2/enqueue", {**EVENT, "routing_key": "nobody"}, "application/json", (400, "Invalid routing key")),
        ("/v2/enqueue", EVENT, "application/json", (400, "Invalid routing key")),
        ("/nrdp/", NRDP + b"&token=nobody", FORM, (200, "<message>BAD TOKEN</message>")),
        ("/nrdp/", NRDP, FORM, (200, "<message>NO TOKEN</message>")),
        ("/nrdp/?JSONDATA=x", b"token=nobody", FORM, (200, '"message":"BAD TOKEN"')),
        ("/api/v2/alerts", ALERT, "application/json", (401, '{"code":401,')),
        ("/in/nobody/api/v2/alerts", ALERT, "application/json", (401, "tocsin source list")),
        ("/in/nobody/grafana", {}, "application/json", (401, '"title":"unknown key"')),
        ("/in/nobody/heartbeat", b"", "", (401, '"title":"unknown key"')),
        ("/in//grafana", {}, "application/json", (401, "show the source")),
    ],
)
def test_an_unknown_key_is_refused_in_the_words_of_the_protocol(
    path: str, body: object, type_: str, facts: tuple[int, str]
) -> None:
    async def story(front: Front) -> None:
        seq = front.engine.seq
        answer = await front.ask("POST", path, body, type_)
        assert (answer.status, facts[1] in answer.body.decode()) == (facts[0], True), answer
        assert front.engine.seq == seq, "a stranger leaves no trace in the journal"

    told(story)


def test_the_body_of_a_stranger_is_not_read() -> None:
    async def story(front: Front) -> None:
        async def receive() -> dict[str, object]:
            raise AssertionError("somebody read the body of a stranger")

        assert (await front.call("POST", "/in/nobody/grafana", receive)).status == 401

    told(story)


def test_the_old_key_of_a_source_is_good_as_long_as_it_was_promised() -> None:
    async def story(front: Front) -> None:
        await front.do(RotateSourceKey("default", hash_key("new"), overlap_s=60))
        assert (await front.post("/api/v2/alerts", ALERT)).status == 200
        assert (await front.ask("POST", "/in/new/api/v2/alerts", ALERT)).status == 200
        front.clock.pass_s(61)
        assert (await front.post("/api/v2/alerts", ALERT)).status == 401
        assert (await front.ask("POST", "/in/new/api/v2/alerts", ALERT)).status == 200

    told(story)


def test_a_persons_key_posts_no_alerts() -> None:
    async def story(front: Front) -> None:
        answer = await front.ask("POST", f"/in/{front.made.admin_key}/api/v2/alerts", ALERT)
        assert answer.status == 403
        assert "key of a source" in answer.json["message"]

    told(story)


def test_the_houses_own_api_keeps_its_path_beside_the_old_one_of_prometheus() -> None:
    async def story(front: Front) -> None:
        assert (await front.ask("GET", "/api/v1/alerts")).body == b"the web"
        assert (await front.ask("POST", "/api/v1/alerts", ALERT)).status == 401
        assert (await front.ask("GET", "/")).body == b"the web"

    told(story)


def test_a_source_remembers_its_answers_and_the_keys_it_refused() -> None:
    async def story(front: Front) -> None:
        await front.post("/api/v2/alerts", [{"labels": {"alertname": "A"}}, {"labels": {"alertname": "B"}}])
        await front.post("/grafana", b"nonsense")
        heard = front.telemetry.heard["default"]
        assert [status for _, status in heard.answers] == [200, 400]
        assert heard.per_minute(front.clock.now()) == 2
        assert heard.per_minute(front.clock.now() + 120_000) == 0
        await front.ask("POST", "/api/v2/alerts", b"[]", authorization="Bearer src_nobodys")
        assert front.telemetry.refused == {"": 1}

    told(story)


def test_a_stranger_has_nothing_large_unpacked_or_parsed() -> None:
    async def story(front: Front) -> None:
        key = front.key.encode()
        form = b"cmd=submitcheck&token=" + key + b"&" + b"a=b&" * 7_000_000
        event = b'{"routing_key": "' + key + b'", "more": "' + b" " * 30_000_000 + b'"}'
        for path, sent, kind in (("/nrdp/", form, FORM), ("/v2/enqueue", event, "application/json")):
            answer = await front.ask("POST", path, gzip.compress(sent), kind, content_encoding="gzip")
            assert b"NO TOKEN" in answer.body or b"Invalid routing key" in answer.body, answer

    told(story)


def test_the_key_is_found_in_a_large_form_without_reading_the_form() -> None:
    form = Request("POST", "/nrdp/", "", FORM, {}, b"a=b&" * 1_000_000 + b"token=x%2Dy&cmd=submitcheck")
    begun = process_time()
    assert key_in_body("nrdp", form) == "x-y"
    assert process_time() < begun + 0.5, "it took a second once, and takes a fiftieth"
