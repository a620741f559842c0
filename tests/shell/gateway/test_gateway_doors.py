"""Every door: what it answers when all is well, when it is not, and what becomes of what nobody understood."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from shell.gateway.front import Front, told
from tocsin.core.intake.events import MappingSpec

FORM = "application/x-www-form-urlencoded"
EVENTS = "application/cloudevents+json"
TRIGGER = {
    "event_action": "trigger",
    "dedup_key": "disk",
    "payload": {"summary": "disk full", "source": "db1", "severity": "critical"},
}
WEBHOOK = {
    "version": "4",
    "status": "firing",
    "alerts": [{"status": "firing", "labels": {"alertname": "DiskFull"}, "startsAt": "2026-09-21T13:00:00Z"}],
}
ZABBIX = {
    "eventid": "71", "eventvalue": "1", "eventname": "Disk full", "severity": "4", "hostname": "db1", "triggerid": "9",
}  # fmt: skip
NAGIOS = {"NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "db1", "SERVICEDESC": "disk", "SERVICESTATE": "CRITICAL"}
FALCON = (
    "endpoint=db1&metric=df&status=PROBLEM&step=1&priority=0&time=2026-09-21%2014:00:00&tpl_id=1&exp_id=0&stra_id=2"
    "&left_value=99&tags=a:b"
)
CLOUD = {
    "specversion": "1.0", "id": "1", "source": "/db1", "type": "disk.problem.fired", "data": {"title": "Disk full"},
}  # fmt: skip
CHECKS = {"checkresults": [{"checkresult": {"type": "host"}, "hostname": "db1", "state": "1", "output": "down"}]}
XML = (
    b"cmd=submitcheck&XMLDATA=<checkresults><checkresult type='host'><hostname>db1</hostname><state>1</state>"
    b"<output>down</output></checkresult></checkresults>"
)
OK = "<status>0</status>\n  <message>OK</message>\n  <meta><output>1 checks processed.</output></meta>"


def _jsondata() -> bytes:
    import json
    from urllib.parse import quote

    return b"cmd=submitcheck&JSONDATA=" + quote(json.dumps(CHECKS)).encode()


@pytest.mark.parametrize(
    ("method", "path", "body", "type_", "facts"),
    [
        ("POST", "/alertmanager", WEBHOOK, "application/json", (200, {"status": "ok", "signals": 1})),
        ("POST", "/grafana", WEBHOOK, "application/json", (200, {"status": "ok", "signals": 1})),
        ("PUT", "/grafana/", WEBHOOK, "application/json", (200, {"status": "ok", "signals": 1})),
        ("POST", "/v2/enqueue", TRIGGER, "application/json",
         (202, {"status": "success", "message": "Event processed", "dedup_key": "disk"})),
        ("POST", "/pagerduty/v2/enqueue", TRIGGER, "application/json",
         (202, {"status": "success", "message": "Event processed", "dedup_key": "disk"})),
        ("POST", "/pagerduty", TRIGGER, "application/json",
         (202, {"status": "success", "message": "Event processed", "dedup_key": "disk"})),
        ("POST", "/generic/2010-04-15/create_event.json",
         {"event_type": "trigger", "description": "d", "incident_key": "k"}, "application/json",
         (200, {"status": "success", "message": "Event processed", "incident_key": "k"})),
        ("POST", "/zabbix", ZABBIX, "application/json", (202, {"status": "accepted", "signals": 1})),
        ("POST", "/nagios", NAGIOS, "application/json", (202, {"status": "accepted", "signals": 1})),
        ("POST", "/icinga", b"HOSTNAME=db1&HOSTSTATE=DOWN", FORM, (202, {"status": "accepted", "signals": 1})),
        ("GET", f"/openfalcon?{FALCON}", b"", "", (200, "ok")),
        ("GET", f"/open-falcon/cb?{FALCON}", b"", "", (200, "ok")),
        ("POST", "/cloudevents", CLOUD, EVENTS, (202, {"status": "accepted", "signals": 1})),
        ("POST", "/nrdp/", _jsondata(), FORM,
         (200, {"result": {"status": 0, "message": "OK", "meta": {"output": "1 checks processed."}}})),
    ],
)  # fmt: skip
def test_what_a_door_understands_opens_an_alert(
    method: str, path: str, body: object, type_: str, facts: tuple[int, Any]
) -> None:
    async def story(front: Front) -> None:
        answer = await front.ask(method, f"/in/{front.key}{path}", body, type_)
        assert answer.facts == facts
        assert len(front.open_titles()) == front.look.notify.ledger().received == 1
        assert front.telemetry.received.total() == 1

    told(story)


def test_nrdp_is_answered_in_xml_when_it_sent_xml() -> None:
    async def story(front: Front) -> None:
        answer = await front.post("/nrdp/", XML, FORM)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert OK in answer.body.decode()
        assert "<status>0</status>" in (await front.post("/nrdp", b"cmd=hello", FORM)).body.decode()

    told(story)


def test_a_heartbeat_is_any_request() -> None:
    async def story(front: Front) -> None:
        key = await front.source("backup", door="heartbeat", every_s=60)
        for method in ("GET", "HEAD", "POST", "PUT"):
            for path in ("", "/", "/heartbeat"):
                front.clock.pass_s(1)
                answer = await front.ask(method, f"/in/{key}{path}", b"", "")
                assert (answer.status, answer.body) == (200, b"" if method == "HEAD" else b'{"status":"ok"}')
                assert front.look.intake.source("backup").beat_at == front.clock.at
        assert (await front.ask("DELETE", f"/in/{key}")).status == 405
        assert (await front.post("/heartbeat", b"")).status == 409

    told(story)


def test_a_missed_heartbeat_opens_an_alert_and_the_next_one_closes_it() -> None:
    async def story(front: Front) -> None:
        key = await front.source("backup", door="heartbeat", every_s=60, grace_s=5)
        await front.ask("GET", f"/in/{key}")
        front.clock.pass_s(66)
        await front.engine.tick()
        assert front.open_titles("backup") == ["Heartbeat backup was missed"]
        await front.ask("GET", f"/in/{key}")
        assert front.open_titles("backup") == []

    told(story)


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/api/v2/alerts", b"[{", 400, "unexpected EOF"),
        ("/api/v1/alerts", b"[{", 400, '"errorType":"bad_data"'),
        ("/alertmanager", b"{}", 400, "array of alerts"),
        ("/grafana", b"nonsense", 400, '"title":"not understood"'),
        ("/v2/enqueue", {"event_action": "explode"}, 400, '"message":"Event object is invalid","errors":["'),
        ("/v2/enqueue", b"nonsense", 400, '"status":"invalid event"'),
        ("/v2/change/enqueue", {"payload": {}}, 400, "payload.summary"),
        ("/generic/2010-04-15/create_event.json", {}, 400, "event_type"),
        ("/zabbix", {"eventid": "{EVENT.ID}"}, 400, "was not expanded"),
        ("/nagios", {"HOSTNAME": "db1", "NOTIFICATIONTYPE": "PARTY"}, 400, "PARTY"),
        ("/openfalcon?endpoint=db1", b"", 400, "metric"),
        ("/cloudevents", b"{}", 400, "no CloudEvent"),
        ("/generic", b"{}", 409, "no mapping"),
        ("/nrdp/", b"cmd=submitcheck&XMLDATA=<a", 200, "<status>-1</status>\n  <message>BAD XML"),
        ("/nrdp/", b"cmd=submitcheck", 200, "<message>NO DATA"),
        ("/nrdp/", b"cmd=submitcheck&JSONDATA={", 200, '"message":"BAD JSON'),
        ("/nothing", b"{}", 404, "the address must name the protocol"),
        ("/", b"{}", 404, "the address must name the protocol"),
    ],
)
def test_what_nobody_understands_is_kept_and_worries_somebody(path: str, body: object, status: int, said: str) -> None:
    async def story(front: Front) -> None:
        answer = await front.post(path, body)
        assert (answer.status, said in answer.body.decode()) == (status, True), answer
        assert answer.headers["x-tocsin-dead-letter"] == "DL-1"
        letter = front.look.intake.dead_letter("DL-1")
        sent = body if isinstance(body, bytes) else b""
        assert letter.body == sent.decode() or not sent
        assert front.open_titles("tocsin")[0].startswith("Source default sent something that could not be understood")
        assert front.open_titles() == []

    told(story)


def test_a_dead_letter_is_named_in_a_problem_document_and_keeps_bytes_and_no_key() -> None:
    async def story(front: Front) -> None:
        answer = await front.ask("POST", f"/in/x/grafana?key={front.key}&a=b", b"\xff\xfe")
        assert answer.status == 401
        path = f"/in/{front.key}/grafana?a=b&key={front.key}&token={front.key}&c=d"
        answer = await front.ask("POST", path, b"\xff\xfe")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["dead_letter"] == "DL-1"
        letter = front.look.intake.dead_letter("DL-1")
        assert (letter.encoded, base64.b64decode(letter.body), letter.query) == (True, b"\xff\xfe", "a=b&c=d")
        assert front.key not in repr(letter)

    told(story)


def test_a_dead_letter_keeps_no_key_that_was_in_the_body() -> None:
    async def story(front: Front) -> None:
        body = b'{"routing_key": "%s", "event_action": "explode", "payload": {}}' % front.key.encode()
        assert (await front.ask("POST", "/v2/enqueue", body)).status == 400
        form = b"cmd=submitcheck&token=%s&json=nonsense" % front.key.encode()
        answer = await front.ask("POST", "/nrdp/", form, "application/x-www-form-urlencoded")
        assert answer.headers["x-tocsin-dead-letter"] == "DL-2"
        letters = [front.look.intake.dead_letter(one) for one in ("DL-1", "DL-2")]
        assert [len(one.body) for one in letters] == [len(body), len(form)], "where the mistake is stays the same"
        assert front.key not in repr(letters)

    told(story)


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_dead_letter_keeps_no_key_that_was_in_a_packed_body(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    async def story(front: Front) -> None:
        body = b'{"routing_key": "%s", "event_action": "explode", "payload": {}}' % front.key.encode()
        answer = await front.ask("POST", "/v2/enqueue", pack(body), content_encoding=encoding)
        assert answer.status == 400
        letter = front.look.intake.dead_letter("DL-1")
        assert letter.body == body.decode().replace(front.key, "*" * len(front.key))

    told(story)


def test_a_packed_body_that_holds_no_key_is_kept_so_that_it_can_be_read_again() -> None:
    async def story(front: Front) -> None:
        for number, (encoding, sent) in enumerate(
            (("gzip", gzip.compress(b"x", mtime=0)), ("deflate", zlib.compress(b"x")), ("gzip", b"\x1f\x8bxx")), 1
        ):
            await front.post("/api/v2/alerts", sent, content_encoding=encoding)
            letter = front.look.intake.dead_letter(f"DL-{number}")
            kept = base64.b64decode(letter.body) if letter.encoded else letter.body.encode()
            assert kept == (sent if encoding == "gzip" else b"x")

    told(story)


def test_a_mere_look_at_an_address_is_no_dead_letter() -> None:
    async def story(front: Front) -> None:
        for path in ("/", "/nagios", "/nothing", "/generic"):
            answer = await front.ask("GET", f"/in/{front.key}{path}", b"", "")
            assert answer.status in {400, 404, 405, 409}, path
        assert front.letters() == []

    told(story)


def test_the_good_part_of_a_batch_is_taken_and_all_of_it_is_kept() -> None:
    async def story(front: Front) -> None:
        batch = {"alerts": [{"status": "firing", "labels": {"a": "b"}}, {"status": "burning", "labels": {"a": "c"}}]}
        answer = await front.post("/alertmanager", batch)
        assert (answer.status, answer.json["title"]) == (400, "partly understood")
        assert "burning" in answer.json["detail"]
        posted = await front.post("/api/v2/alerts", [{"labels": {}}, {"labels": {"a": "d"}}])
        assert posted.facts == (400, "at least one label pair required")
        old = await front.post("/api/v1/alerts", [{"labels": {}}, {"labels": {"a": "e"}}])
        error = {"status": "error", "errorType": "bad_data", "error": "at least one label pair required"}
        assert old.facts == (400, error)
        assert len(front.open_titles()) == 3
        assert front.letters() == ["DL-3", "DL-2", "DL-1"]

    told(story)


def test_a_source_for_one_protocol_refuses_the_others_and_keeps_what_came() -> None:
    async def story(front: Front) -> None:
        key = await front.source("falcon", door="openfalcon")
        answer = await front.ask("POST", f"/in/{key}/grafana", WEBHOOK)
        assert answer.status == 404
        assert answer.json["detail"].startswith("this source takes 'openfalcon', not 'grafana'")
        assert answer.json["dead_letter"] == "DL-1"
        nrdp = await front.ask("POST", f"/in/{key}/nrdp/", XML, FORM)
        assert (nrdp.status, "<status>-1</status>" in nrdp.body.decode()) == (200, True)
        assert (await front.ask("GET", f"/in/{key}/?{FALCON}", b"", "")).facts == (200, "ok")

    told(story)


def test_a_generic_source_reads_by_its_mapping_at_its_own_address() -> None:
    async def story(front: Front) -> None:
        mapping = MappingSpec(key="body.id", title="body.what", status="body.state")
        key = await front.source("own", door="generic", mapping=mapping)
        body = {"id": "7", "what": "Pump stopped", "state": "down"}
        assert (await front.ask("POST", f"/in/{key}", body)).facts == (202, {"status": "accepted", "signals": 1})
        assert front.open_titles("own") == ["Pump stopped"]
        unknown = await front.ask("POST", f"/in/{key}/generic", {**body, "state": "purple"})
        assert unknown.status == 400
        assert front.open_titles("own") == ["Pump stopped"]

    told(story)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/grafana", "POST, PUT"),
        ("GET", "/v2/enqueue", "POST"),
        ("GET", "/cloudevents", "POST"),
        ("OPTIONS", "/zabbix", "GET, POST, PUT"),
        ("OPTIONS", "/cloudevents", "POST"),
        ("HEAD", "/grafana", "POST, PUT"),
    ],
)
def test_other_methods_are_refused_with_those_that_are_allowed(method: str, path: str, allow: str) -> None:
    async def story(front: Front) -> None:
        answer = await front.ask(method, f"/in/{front.key}{path}", b"", "")
        assert (answer.status, answer.headers["allow"]) == (405, allow)
        assert bool(answer.body) == (method != "HEAD")

    told(story)


def test_nrdp_says_with_200_that_a_method_is_not_taken() -> None:
    async def story(front: Front) -> None:
        answer = await front.ask("DELETE", f"/in/{front.key}/nrdp/")
        assert (answer.status, "<status>-1</status>" in answer.body.decode()) == (200, True)

    told(story)


def test_a_change_is_noted_and_pages_nobody() -> None:
    async def story(front: Front) -> None:
        change = {"routing_key": front.key, "payload": {"summary": "Deployed 1.2", "source": "ci"}}
        answer = await front.ask("POST", "/v2/change/enqueue", change)
        assert answer.facts == (202, {"status": "success", "message": "Event processed"})
        assert [noted.change.title for noted in front.look.intake.changes()] == ["Deployed 1.2"]
        assert front.open_titles() == []

    told(story)


def test_senders_of_cloudevents_are_given_permission() -> None:
    async def story(front: Front) -> None:
        answer = await front.ask(
            "OPTIONS", f"/in/{front.key}/cloudevents", b"", "",
            webhook_request_origin="eventemitter.example.com", webhook_request_rate="120",
        )  # fmt: skip
        assert answer.status == 200
        assert answer.headers["webhook-allowed-origin"] == "eventemitter.example.com"
        assert (answer.headers["webhook-allowed-rate"], answer.headers["allow"]) == ("*", "POST")
        stranger = await front.ask("OPTIONS", "/in/nobody/cloudevents", b"", "", webhook_request_origin="x")
        assert (stranger.status, "webhook-allowed-origin" in stranger.headers) == (401, False)

    told(story)


def test_a_cloudevent_delivered_again_is_decided_once() -> None:
    async def story(front: Front) -> None:
        for _ in range(3):
            assert (await front.post("/cloudevents", CLOUD, EVENTS)).status == 202
        binary = {"ce_id": "1", "ce_source": "/db1", "ce_type": "disk.problem.fired", "ce_specversion": "1.0"}
        assert (await front.post("/cloudevents", b'{"title":"Disk full"}', **binary)).status == 202
        assert front.look.notify.ledger().received == 1
        assert (await front.post("/cloudevents", {**CLOUD, "id": "2"}, EVENTS)).status == 202
        assert front.look.alerts.repeats(1) == 1

    told(story)


def test_an_idempotency_key_is_honoured_at_every_door() -> None:
    async def story(front: Front) -> None:
        trigger = {key: value for key, value in TRIGGER.items() if key != "dedup_key"}
        first = await front.post("/v2/enqueue", trigger, idempotency_key="a")
        front.clock.pass_s(5)
        again = await front.post("/v2/enqueue", trigger, idempotency_key="a")
        assert first.facts == again.facts
        assert front.look.notify.ledger().received == 1
        other = await front.post("/v2/enqueue", TRIGGER, idempotency_key="a")
        assert (other.status, other.json["message"]) == (422, "idempotency_key_reused")
        key = await front.source("other")
        assert (await front.ask("POST", f"/in/{key}/v2/enqueue", TRIGGER, idempotency_key="a")).status == 202
        assert front.look.notify.ledger().received == 2

    told(story)


def test_nonsense_sent_again_under_its_key_is_one_dead_letter() -> None:
    async def story(front: Front) -> None:
        for _ in range(2):
            answer = await front.post("/grafana", b"nonsense", idempotency_key="b")
            assert answer.json["dead_letter"] == "DL-1"
        for _ in range(2):
            change = {"payload": {"summary": "Deployed"}}
            assert (await front.post("/v2/change/enqueue", change, idempotency_key="c")).status == 202
        assert (front.letters(), len(front.look.intake.changes())) == (["DL-1"], 1)

    told(story)
