"""A slow, huge or hasty sender holds up nobody else, and nothing is answered before it is durable."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

import msgspec

from shell.gateway.front import Front, told
from tocsin.shell.gateway import door
from tocsin.shell.inbox import Asked, Inbox, InboxFull

ALERT = [{"labels": {"alertname": "DiskFull"}}]
SILENCE = "d9d5f9a1-0b6f-4c9e-8a55-0c8a0b7a1d11"
RAW = msgspec.json.encode(ALERT)


def test_success_is_answered_only_after_the_append_is_durable() -> None:
    async def story(front: Front) -> None:
        front.disk.gate.clear()
        asked = asyncio.create_task(front.post("/api/v2/alerts", ALERT))
        for _ in range(50):
            await asyncio.sleep(0)
        assert front.open_titles() == ["DiskFull"]
        assert not asked.done()
        front.disk.gate.set()
        assert (await asked).status == 200

    told(story)


def test_a_read_waits_for_the_ink_of_what_it_shows() -> None:
    async def story(front: Front) -> None:
        front.disk.gate.clear()
        posted = asyncio.create_task(front.post("/api/v2/alerts", ALERT))
        for _ in range(50):
            await asyncio.sleep(0)
        read = asyncio.create_task(front.ask("GET", f"/in/{front.key}/api/v2/alerts"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not read.done()
        front.disk.gate.set()
        assert [alert["labels"] for alert in (await read).json] == [{"alertname": "DiskFull"}]
        await posted

    told(story)


def test_a_failed_disk_is_no_success_and_stops_the_doors() -> None:
    async def story(front: Front) -> None:
        front.disk.fault = OSError("no space left on device")
        first = await front.post("/api/v2/alerts", ALERT)
        second = await front.post("/grafana", {"alerts": []})
        assert (first.status, second.status) == (503, 503)
        assert first.headers["retry-after"] == "5"
        assert (await front.ask("GET", "/-/ready")).status == 503
        assert (await front.ask("GET", "/-/healthy")).status == 200

    told(story)


def test_a_body_that_is_too_large_is_refused_and_the_connection_closed() -> None:
    async def story(front: Front) -> None:
        async def endless() -> dict[str, Any]:
            return {"type": "http.request", "body": b"x" * 40_000, "more_body": True}

        async def never() -> dict[str, Any]:
            raise AssertionError("the length was announced; there is no need to read")

        for answer in (
            await front.post("/api/v2/alerts", b"[" + b" " * 100_000 + b"]"),
            await front.call("POST", f"/in/{front.key}/api/v2/alerts", endless),
            await front.call("POST", f"/in/{front.key}/api/v2/alerts", never, content_length="100001"),
        ):
            assert answer.status == 413
            assert answer.headers["connection"] == "close"
            assert "100000 bytes" in answer.json["message"]
        assert (await front.post("/grafana", b"x" * 100_001)).json["title"] == "body too large"
        assert (await front.post("/nrdp/", b"x" * 100_001)).status == 413

    told(story)


def test_a_body_may_come_in_parts() -> None:
    async def story(front: Front) -> None:
        answer = await front.request("POST", f"/in/{front.key}/api/v2/alerts", [RAW[:7], RAW[7:20], RAW[20:]])
        assert answer.status == 200
        assert front.open_titles() == ["DiskFull"]

    told(story)


def test_bodies_that_never_end_time_out_and_hold_up_nobody() -> None:
    async def story(front: Front) -> None:
        path = f"/in/{front.key}/api/v2/alerts"
        slow = [asyncio.create_task(front.request("POST", path, [RAW[:9], b""])) for _ in range(5)]
        silent = asyncio.create_task(front.request("POST", "/v2/enqueue", [b"", b""]))
        await asyncio.sleep(0)
        assert (await front.post("/api/v2/alerts", ALERT)).status == 200
        assert not any(task.done() for task in slow)
        answers = await asyncio.gather(*slow, silent)
        assert [answer.status for answer in answers] == [408] * 6
        assert answers[0].headers["connection"] == "close"
        assert answers[5].json["message"] == "body too slow"

    told(story)


def test_a_sender_that_goes_away_leaves_nothing() -> None:
    async def story(front: Front) -> None:
        messages = [{"type": "http.request", "body": RAW[:9], "more_body": True}, {"type": "http.disconnect"}]

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        seq = front.engine.seq
        assert (await front.call("POST", f"/in/{front.key}/api/v2/alerts", receive)).status == 408
        assert front.engine.seq == seq

    told(story)


def test_somebody_elses_cancellation_is_not_taken_for_slowness() -> None:
    async def story(front: Front) -> None:
        path = f"/in/{front.key}/api/v2/alerts"
        slow = asyncio.create_task(front.request("POST", path, [RAW[:9], b""]))
        await asyncio.sleep(0)
        slow.cancel()
        assert isinstance((await asyncio.gather(slow, return_exceptions=True))[0], asyncio.CancelledError)
        assert (await front.post("/api/v2/alerts", ALERT)).status == 200

    told(story)


def test_one_source_may_have_so_many_requests_under_way_and_others_still_get_in() -> None:
    async def story(front: Front) -> None:
        other = await front.source("other")
        front.disk.gate.clear()
        many = [asyncio.create_task(front.post("/api/v2/alerts", ALERT)) for _ in range(door.AT_ONCE_MAX)]
        await asyncio.sleep(0)
        one_more = await front.post("/api/v2/alerts", ALERT)
        assert (one_more.status, one_more.headers["retry-after"]) == (503, "1")
        assert (await front.post("/zabbix", {})).status == 429
        theirs = asyncio.create_task(front.ask("POST", f"/in/{other}/api/v2/alerts", ALERT))
        await asyncio.sleep(0)
        front.disk.gate.set()
        assert (await theirs).status == 200
        assert {answer.status for answer in await asyncio.gather(*many)} == {200}
        assert (await front.post("/api/v2/alerts", ALERT)).status == 200
        assert front.look.alerts.repeats(1) == door.AT_ONCE_MAX

    told(story)


def test_hosts_that_show_no_key_yet_have_a_limit_of_their_own() -> None:
    async def story(front: Front) -> None:
        hung = [
            asyncio.create_task(front.request("POST", "/v2/enqueue", [b"{", b""]))
            for _ in range(door.STRANGERS_AT_ONCE_MAX)
        ]
        await asyncio.sleep(0)
        busy = await front.ask("POST", "/v2/enqueue", {"routing_key": front.key})
        assert busy.facts == (429, {
            "status": "throttle exceeded", "message": "busy",
            "errors": ["too much waits already; nothing of this request was taken"],
        })  # fmt: skip
        assert (await front.post("/api/v2/alerts", ALERT)).status == 200
        assert {answer.status for answer in await asyncio.gather(*hung)} == {408}

    told(story)


class FullInbox(Inbox):
    """Nobody gets in."""

    def put(self, asked: Asked) -> None:
        raise InboxFull


def test_what_does_not_fit_into_the_inbox_is_refused_and_the_rest_is_taken() -> None:
    async def story(front: Front) -> None:
        front.engine.inbox.weight_max = 2
        waiting = [asyncio.create_task(front.post("/api/v2/alerts", ALERT)) for _ in range(6)]
        answers = await asyncio.gather(*waiting)
        refused = [answer for answer in answers if answer.status != 200]
        assert {(answer.status, answer.headers["retry-after"]) for answer in refused} == {(503, "1")}
        assert front.look.notify.ledger().received == 6 - len(refused) == 2

    told(story)


def test_a_full_inbox_is_told_so_that_each_client_comes_back() -> None:
    async def story(front: Front) -> None:
        front.engine.inbox = FullInbox({})
        webhook = {"alerts": [{"labels": {"a": "b"}, "status": "firing"}]}
        v1 = {"event_type": "trigger", "description": "d", "incident_key": "k"}
        for path, body, status in (
            ("/grafana", webhook, 429),
            ("/alertmanager", webhook, 503),
            ("/generic/2010-04-15/create_event.json", v1, 503),
            ("/pagerduty/v2/enqueue", b"nonsense", 429),
            ("/nrdp/?cmd=submitcheck", b"nonsense", 503),
        ):
            answer = await front.post(path, body)
            assert (answer.status, answer.headers["retry-after"]) == (status, "1"), path
        silence = await front.ask("DELETE", f"/in/{front.made.admin_key}/api/v2/silence/{SILENCE}")
        assert (silence.status, silence.headers["retry-after"]) == (503, "1")

    told(story)


def test_compressed_bodies_are_unpacked_within_bounds() -> None:
    async def story(front: Front) -> None:
        packed = gzip.compress(RAW)
        assert (await front.post("/api/v2/alerts", packed, content_encoding="gzip")).status == 200
        assert (await front.post("/api/v2/alerts", zlib.compress(RAW), content_encoding="deflate")).status == 200
        event = {
            "routing_key": front.key, "event_action": "trigger", "dedup_key": "k",
            "payload": {"summary": "s", "source": "h", "severity": "info"},
        }  # fmt: skip
        packed = gzip.compress(msgspec.json.encode(event))
        assert (await front.ask("POST", "/v2/enqueue", packed, content_encoding="gzip")).status == 202
        bomb = gzip.compress(b"[" + b" " * 40_000_000 + b"]")
        assert (await front.post("/api/v2/alerts", bomb, content_encoding="gzip")).status == 413
        assert (await front.post("/api/v2/alerts", b"\x1f\x8bxx", content_encoding="gzip")).status == 400
        unknown = await front.post("/api/v2/alerts", b"\x28\xb5\x2f\xfd", content_encoding="zstd")
        assert unknown.status == 415, unknown
        assert len(front.letters()) == 3

    told(story)
