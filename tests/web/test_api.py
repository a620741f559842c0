"""The API does what it says: conventions first, then a walk through every room."""

from __future__ import annotations

import asyncio
from typing import Any

from tocsin.core.intake.commands import KeepDeadLetter
from tocsin.core.people.commands import SetPreferences
from tocsin.shell.inbox import WEIGHT_MAX, Asked
from web.harness import CountingEntropy, Web, told

SCHEDULE = {
    "name": "Primary",
    "zone": "Europe/Berlin",
    "layers": [{"name": "week", "users": ["admin"], "start": "2026-01-05"}],
}


async def _incident(web: Web, title: str = "db is down") -> str:
    made = await web.ask("POST", "/incidents", {"title": title, "severity": "critical"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def _fire(web: Web, body: Any = None) -> None:
    """A signal through the door of the default source, as the engine gets it from the gateway."""
    sample = body or '[{"labels": {"alertname": "DbDown", "severity": "critical"}}]'
    letter = KeepDeadLetter("default", "alertmanager", sample, "kept for the test", "application/json")
    decision = await web.engine.submit(letter, "source:default")
    answer = await web.ask("POST", f"/dead-letters/{decision.answer}/replay")  # type: ignore[union-attr]
    assert answer.status_code == 200, answer.text
    assert answer.json()["signals"][0]["title"] == "DbDown"


def test_a_repeated_request_is_done_once() -> None:
    async def story(web: Web) -> None:
        one, two = await asyncio.gather(
            *(web.ask("POST", "/incidents", {"title": "fire"}, idempotency_key="k1") for _ in range(2))
        )
        assert one.status_code == two.status_code == 201
        assert one.json()["id"] == two.json()["id"]
        other = await web.ask("POST", "/incidents", {"title": "flood"}, idempotency_key="k1")
        assert (other.status_code, other.json()["reason"]) == (422, "idempotency_key_reused")
        assert len((await web.ask("GET", "/incidents")).json()["items"]) == 1

    told(story)


def test_a_key_is_shown_once_even_to_a_repeated_request() -> None:
    async def story(web: Web) -> None:
        asked = ("POST", "/users/admin/keys", {"label": "ci", "scopes": ["read"]})
        first = (await web.ask(*asked, idempotency_key="k")).json()
        again = (await web.ask(*asked, idempotency_key="k")).json()
        assert first["id"] == again["id"]
        assert (first["token"][:7], again["token"]) == ("tocsin_", "")
        assert (await web.ask("GET", "/me", key=first["token"])).json()["permissions"] == ["read"]

    told(story)


def test_a_write_on_an_old_reading_is_refused() -> None:
    async def story(web: Web) -> None:
        made = await web.ask("PUT", "/services/db", {"name": "Database"})
        assert (made.status_code, made.headers["location"]) == (201, "/api/v1/services/db")
        tag = made.headers["etag"]
        assert (await web.ask("GET", "/services/db", if_none_match=tag)).status_code == 304
        changed = await web.ask("PUT", "/services/db", {"name": "Postgres"}, if_match=tag)
        assert (changed.status_code, changed.json()["spec"]["name"]) == (200, "Postgres")
        late = await web.ask("PUT", "/services/db", {"name": "MySQL"}, if_match=tag)
        assert (late.status_code, late.json()["reason"]) == (412, "changed_meanwhile")
        assert (await web.ask("PUT", "/services/db", {"name": "x"}, if_none_match="*")).status_code == 412
        assert (await web.ask("DELETE", "/services/db", if_match=tag)).status_code == 412
        assert (await web.ask("DELETE", "/services/db", if_match=changed.headers["etag"])).status_code == 204
        assert (await web.ask("GET", "/services/db")).status_code == 404

    told(story)


def test_lists_go_on_by_cursor() -> None:
    async def story(web: Web) -> None:
        for number in range(5):
            await web.ask("PUT", f"/teams/t{number}", {"name": f"Team {number}"})
        seen, cursor = [], ""
        while True:
            page = (await web.ask("GET", f"/teams?limit=2&cursor={cursor}")).json()
            seen += [row["id"] for row in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert seen == ["operations", "t0", "t1", "t2", "t3", "t4"]
        for number in range(3):
            await _incident(web, f"fire {number}")
        first = (await web.ask("GET", "/incidents?limit=2")).json()
        rest = (await web.ask("GET", f"/incidents?limit=2&cursor={first['next_cursor']}")).json()
        assert [row["id"] for row in first["items"] + rest["items"]] == ["INC-3", "INC-2", "INC-1"]

    told(story)


def test_people_and_their_contact_points() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        made = await web.ask("POST", "/users/ada/contacts", {"channel": "email", "address": "ada@example.org"}, key)
        contact = made.json()
        assert (made.status_code, contact["verified"]) == (201, False)
        wrong = await web.ask("POST", f"/users/ada/contacts/{contact['id']}/verify", {"code": "nope"}, key)
        assert (wrong.status_code, wrong.json()["reason"]) == (422, "code_wrong")
        assert (await web.ask("POST", f"/users/ada/contacts/{contact['id']}/vouch", key=key)).status_code == 403
        vouched = await web.ask("POST", f"/users/ada/contacts/{contact['id']}/vouch")
        assert vouched.json()["verified"] is True
        hook = await web.ask("POST", "/users/ada/contacts", {"channel": "webhook", "address": "https://x.org/1"}, key)
        assert hook.json()["address"] == "•••"
        rules = {"rules": [{"contact": contact["id"], "urgency": "high"}]}
        assert (await web.ask("PUT", "/users/ada/rules", rules, key)).json()["is_default"] is False
        assert (await web.ask("POST", "/users/ada/contacts/mailbox/test", key=key)).status_code == 202
        assert len((await web.ask("GET", "/users/ada/mailbox", key=key)).json()["items"]) == 1
        assert (await web.ask("GET", "/users/admin/mailbox", key=key)).status_code == 403
        preferences = {"name": "Ada L.", "language": "zh", "zone": "Asia/Shanghai"}
        assert (await web.ask("PUT", "/users/ada/preferences", preferences, key)).json()["spec"]["language"] == "zh"
        assert (await web.ask("PUT", "/users/ada/password", {"password": "short"}, key)).status_code == 422
        long = {"password": "a sentence is good"}
        assert (await web.ask("PUT", "/users/ada/password", long, key)).status_code == 204
        unknown = await web.ask("PUT", "/users/ada/password", {"password": "another sentence"}, key)
        assert (unknown.status_code, unknown.json()["reason"]) == (422, "password_wrong")

    told(story)


def test_schedules_say_who_and_when() -> None:
    async def story(web: Web) -> None:
        await web.key_of("ada", "responder")
        assert (await web.ask("PUT", "/schedules/primary", SCHEDULE)).status_code == 201
        assert (await web.ask("GET", "/schedules/primary/who")).json()["users"] == ["admin"]
        span = {"user": "ada", "start_at": "2026-12-24T00:00:00Z", "end_at": "2026-12-26T00:00:00Z"}
        made = await web.ask("POST", "/schedules/primary/overrides", span)
        assert made.status_code == 201, made.text
        who = await web.ask("GET", "/schedules/primary/who?at=2026-12-25T12:00:00Z")
        assert who.json()["users"] == ["ada"]
        query = "start_at=2026-12-23T00:00:00Z&end_at=2026-12-27T00:00:00Z"
        shifts = (await web.ask("GET", f"/schedules/primary/shifts?{query}")).json()["items"]
        assert [shift["user"] for shift in shifts] == ["admin", "ada", "admin"]
        assert (await web.ask("GET", f"/schedules/primary/gaps?{query}")).json()["items"] == []
        assert (await web.ask("DELETE", made.headers["location"].removeprefix("/api/v1"))).status_code == 204
        asked = {"spec": SCHEDULE, "start_at": "2026-01-05T00:00:00Z", "end_at": "2026-01-12T00:00:00Z"}
        preview = (await web.ask("POST", "/schedules/preview", asked)).json()
        assert preview["hours"]["admin"] > 150
        assert (await web.ask("GET", "/oncall")).json()["items"][0]["schedule"] == "primary"
        reverse = await web.ask(
            "GET", "/schedules/primary/shifts?start_at=2026-02-01T00:00:00Z&end_at=2026-01-01T00:00:00Z"
        )
        assert reverse.status_code == 422
        naive = await web.ask("GET", "/schedules/primary/who?at=2026-01-01T00:00:00")
        assert (naive.status_code, naive.json()["errors"][0]["pointer"]) == (400, "?at")

    told(story)


def test_what_one_did_to_an_incident_is_undone() -> None:
    async def story(web: Web) -> None:
        id_ = await _incident(web)
        await web.ask("POST", f"/incidents/{id_}/acknowledge")
        await web.ask("POST", f"/incidents/{id_}/snooze", {"until": "2026-09-22T00:00:00Z"})
        woken = (await web.ask("POST", f"/incidents/{id_}/unsnooze")).json()
        assert (woken["state"], woken["acknowledged_by"], woken["snoozed_until"]) == ("acknowledged", "admin", None)
        assert (await web.ask("POST", f"/incidents/{id_}/undo")).json()["reason"] == "nothing_to_undo"
        await web.ask("POST", f"/incidents/{id_}/resolve")
        undone = (await web.ask("POST", f"/incidents/{id_}/undo")).json()
        assert (undone["state"], undone["acknowledged_by"]) == ("acknowledged", "admin")
        lines = (await web.ask("GET", f"/incidents/{id_}/timeline")).json()["items"]
        texts = [line["text"] for line in lines]
        assert "Administrator ended the snooze" in texts and "Administrator took it back (resolved)" in texts
        assert [line["type"] for line in lines].count("RunStarted") == 1, "nobody was called again"

    told(story)


def test_an_incident_is_worked_on() -> None:
    async def story(web: Web) -> None:
        id_ = await _incident(web)
        note = await web.ask("POST", f"/incidents/{id_}/notes", {"text": "looking"})
        assert note.status_code == 200, note.text
        taken = await web.ask("POST", f"/incidents/{id_.lower()}/acknowledge")
        assert (taken.json()["status"], taken.json()["acknowledged_by"]) == ("acknowledged", "admin")
        late = await web.ask("POST", f"/incidents/{id_}/snooze", {"until": "2020-01-01T00:00:00Z"})
        assert late.json()["reason"] == "snooze_out_of_range"
        assert (await web.ask("POST", f"/incidents/{id_}/priority", {"priority": "P4"})).json()["priority"] == "P4"
        assert (await web.ask("POST", f"/incidents/{id_}/resolve")).json()["status"] == "resolved"
        again = await web.ask("POST", f"/incidents/{id_}/acknowledge")
        assert (again.status_code, again.json()["reason"]) == (409, "incident_already_resolved")
        lines = (await web.ask("GET", f"/incidents/{id_}/timeline")).json()["items"]
        assert any(line["text"] == "Administrator: looking" for line in lines)
        chinese = (await web.ask("GET", f"/incidents/{id_}/timeline", accept_language="zh")).json()["items"]
        assert any(line["text"] == "Administrator 已认领" for line in chinese)
        assert (await web.ask("GET", f"/incidents/{id_}/escalation")).json()["run"]["ended"] == "acknowledged"
        assert (await web.ask("POST", "/incidents/INC-99/acknowledge")).status_code == 404

    told(story)


def test_an_alert_is_found_explained_and_silenced() -> None:
    async def story(web: Web) -> None:
        await _fire(web)
        (alert,) = (await web.ask("GET", '/alerts?filter=alertname="DbDown"')).json()["items"]
        assert (alert["severity"], alert["incidents"]) == ("critical", ["INC-2"])
        assert (await web.ask("GET", '/alerts?filter=alertname!="DbDown"')).json()["items"] == []
        bad = await web.ask("GET", "/alerts?filter=%7B%7B")
        assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "?filter")
        why = (await web.ask("GET", "/why/INC-2")).json()
        assert (why["root"], why["steps"][0]["type"]) == ("signal", "AlertsFired")
        why_not = (await web.ask("GET", f"/why-not/{alert['id']}")).json()
        assert why_not["reasons"][0]["text"]
        span = {"start_at": "2026-09-21T00:00:00Z", "end_at": "2030-01-01T00:00:00Z"}
        made = await web.ask("POST", "/silences", {"matchers": ['alertname="DbDown"'], "comment": "known", **span})
        assert (made.status_code, made.json()["suppressing"]) == (201, 1)
        path = made.headers["location"].removeprefix("/api/v1")
        assert (await web.ask("DELETE", path)).status_code == 204
        assert (await web.ask("GET", path)).json()["status"] == "expired"
        assert (await web.ask("POST", f"/alerts/{alert['id']}/resolve")).json()["status"] == "resolved"
        assert (await web.ask("GET", "/incidents/INC-2")).json()["status"] == "resolved"
        assert (await web.ask("POST", f"/alerts/{alert['id']}/reopen")).json()["status"] == "firing"
        assert (await web.ask("GET", "/incidents/INC-2")).json()["status"] == "triggered"
        texts = [one["text"] for one in (await web.ask("GET", "/incidents/INC-2/timeline")).json()["items"]]
        assert "alert ALT-2 fires again: its end was taken back" in texts
        assert "Administrator took it back (its alerts are over)" in texts
        await web.ask("POST", f"/alerts/{alert['id']}/resolve")
        web.clock.pass_s(121)
        late = await web.ask("POST", f"/alerts/{alert['id']}/reopen", accept_language="zh")
        assert (late.status_code, late.json()["reason"]) == (409, "undo_too_late")
        assert "只能在 2 分钟内重新打开" in late.json()["detail"]
        ledger = (await web.ask("GET", "/ledger")).json()
        assert (ledger["balanced"], ledger["dead_lettered"]) == (True, 1)

    told(story)


def test_sources_show_their_key_once_and_dead_letters_wait() -> None:
    async def story(web: Web) -> None:
        made = (await web.ask("PUT", "/sources/zabbix", {"name": "Zabbix", "door": "zabbix"})).json()
        assert made["key"].startswith("src_")
        assert (await web.ask("GET", "/sources/zabbix")).json()["key"] == ""
        rotated = (await web.ask("POST", "/sources/zabbix/rotate", {"overlap_s": 60})).json()
        assert rotated["key"] not in {"", made["key"]}
        sample = {"source": "default", "door": "alertmanager", "body": "[]"}
        assert (await web.ask("POST", "/sources/test", sample)).status_code == 200
        reader = await web.key_of("eve", "stakeholder")
        assert (await web.ask("POST", "/sources/test", sample, key=reader)).status_code == 200
        own = {"spec": {"name": "x", "door": "generic"}, "body": "[]"}
        assert (await web.ask("POST", "/sources/test", own)).status_code == 200
        assert (await web.ask("POST", "/sources/test", own, key=reader)).status_code == 403
        await web.engine.submit(KeepDeadLetter("default", "any", "{", "not JSON"), "source:default")
        (letter,) = (await web.ask("GET", "/dead-letters")).json()["items"]
        assert (letter["body"], letter["error"]) == ("{", "not JSON")
        assert (await web.ask("POST", f"/dead-letters/{letter['id']}/discard")).status_code == 204
        closed = (await web.ask("GET", f"/dead-letters/{letter['id']}")).json()
        assert (closed["error"], closed["body"], closed["closed"]["how"]) == (letter["error"], "", "discarded")
        assert closed["closed"]["by_name"] == "Administrator"
        assert (await web.ask("GET", "/dead-letters/DL-99")).status_code == 404
        health = (await web.ask("GET", "/sources/default/health")).json()
        assert (health["dead_letters"], health["dead_letters_ever"]) == (0, 1)

    told(story)


def test_routes_are_set_and_tried() -> None:
    async def story(web: Web) -> None:
        tree = {
            "name": "root",
            "ladder": "default",
            "routes": [{"name": "db", "matchers": ['team="db"'], "urgency": "low"}],
        }
        assert (await web.ask("PUT", "/routes", tree)).json()["revision"] == 1
        tried = (await web.ask("POST", "/routes/simulate", {"labels": {"team": "db"}})).json()
        assert [route["id"] for route in tried["signals"][0]["routes"]] == ["root/db"]
        nowhere = await web.ask(
            "POST", "/routes/simulate", {"labels": {}, "root": {"name": "r", "matchers": ['a="b"']}}
        )
        assert (nowhere.json()["revision"], nowhere.json()["signals"][0]["routes"]) == (2, [])

    told(story)


def test_calendars_and_meta() -> None:
    async def story(web: Web) -> None:
        calendar = {
            "name": "Office",
            "zone": "Asia/Shanghai",
            "hours": [{"weekdays": [0], "start": "09:00", "end": "18:00"}],
        }
        assert (await web.ask("PUT", "/calendars/office", calendar)).status_code == 201
        assert (await web.ask("DELETE", "/calendars/office")).status_code == 204
        meta = (await web.ask("GET", "/meta")).json()
        assert meta["features"]["live_sse"] is True
        me = (await web.ask("GET", "/me")).json()
        assert (me["user"]["id"], me["csrf"]) == ("admin", "")

    told(story)


def test_the_audit_tells_who_did_what_without_secrets() -> None:
    async def story(web: Web) -> None:
        await web.key_of("ada", "responder")
        page = (await web.ask("GET", "/audit?limit=2")).json()
        assert [row["type"] for row in page["items"]] == ["KeyAdded", "UserSet"]
        assert "token_hash" not in page["items"][0]["facts"]
        older = (await web.ask("GET", f"/audit?limit=500&cursor={page['next_cursor']}")).json()
        assert (older["items"][-1]["seq"], older["next_cursor"]) == (1, "")
        (only,) = (await web.ask("GET", "/audit?type=UserSet&actor=key:first")).json()["items"]
        assert (only["subject"], only["text"]) == ("ada", "user Ada set")
        zh = await web.ask("GET", "/audit?type=UserSet&actor=key:first", accept_language="zh")
        assert zh.json()["items"][0]["text"] == "设置用户 Ada"
        begun = await web.ask("POST", "/incidents", {"title": "Down", "severity": "high"})
        await web.ask("POST", f"/incidents/{begun.json()['id']}/resolve", {})
        (ended,) = (await web.ask("GET", "/audit?type=IncidentResolved", accept_language="zh")).json()["items"]
        assert (ended["facts"]["how"], ended["said"]["how"]) == ("manual", "人工")

    told(story)


def test_the_memory_is_shown_and_set() -> None:
    async def story(web: Web) -> None:
        shown = await web.ask("GET", "/memory")
        assert shown.json() == {"days": 30}
        put = await web.ask("PUT", "/memory", {"days": 60}, if_match=shown.headers["etag"])
        assert (put.status_code, put.json()) == (200, {"days": 60})
        stale = await web.ask("PUT", "/memory", {"days": 90}, if_match=shown.headers["etag"])
        assert stale.status_code == 412
        wrong = await web.ask("PUT", "/memory", {"days": 0})
        assert (wrong.status_code, wrong.json()["reason"]) == (422, "memory_invalid")
        reader = await web.key_of("rita", "stakeholder")
        assert (await web.ask("GET", "/memory", key=reader)).json() == {"days": 60}
        assert (await web.ask("PUT", "/memory", {"days": 5}, key=reader)).status_code == 403

    told(story)


def test_a_refusal_is_told_in_the_readers_language() -> None:
    async def story(web: Web) -> None:
        asked = ("POST", "/incidents", {"title": "", "severity": "high"})
        chinese = (await web.ask(*asked, accept_language="zh-CN")).json()
        assert chinese["detail"] == "标题应为 1 到 500 个字符"
        english = (await web.ask(*asked)).json()
        assert english["detail"] == "the title must have 1 to 500 characters"
        gone = (await web.ask("GET", "/silences/none", accept_language="zh")).json()
        assert gone["detail"] == "没有这个静默：'none'"

    told(story)


def test_a_webhook_that_could_not_be_called_as_it_stands_is_refused() -> None:
    async def story(web: Web) -> None:
        for address, words in (
            ("https://me:secret@hooks.example/x", "a name and password in the URL are not sent"),
            ("ftp://hooks.example/x", "only http:// and https:// URLs"),
            ("https://hooks.example:99999/", "is the port a number below 65536?"),
        ):
            contact = {"channel": "webhook", "address": address}
            answer = await web.ask("POST", "/users/admin/contacts", contact)
            assert (answer.status_code, answer.json()["reason"]) == (422, "address_invalid")
            assert words in answer.json()["detail"]
            assert answer.json()["errors"][0]["pointer"] == "/address"
        good = {"channel": "webhook", "address": "https://hooks.example/@me?x=a@b"}
        assert (await web.ask("POST", "/users/admin/contacts", good)).status_code == 201

    told(story)


class CrowdedEntropy(CountingEntropy):
    """Chance that lets a crowd into the inbox before the next request gets its id."""

    def __init__(self, web: Web) -> None:
        super().__init__()
        self.web = web

    def id(self) -> str:
        crowd = SetPreferences("admin", "Administrator", "en", "UTC")
        answer = asyncio.get_running_loop().create_future()
        self.web.engine.inbox.put(Asked(crowd, "init", "crowd", WEIGHT_MAX, answer))
        return super().id()


def test_a_full_inbox_is_answered_503_with_the_time_to_come_back() -> None:
    async def story(web: Web) -> None:
        calm = web.engine.entropy
        web.engine.entropy = CrowdedEntropy(web)
        answer = await web.ask("PUT", "/memory", {"days": 60})
        assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
        assert answer.headers["retry-after"] == "1"
        web.engine.entropy = calm
        await asyncio.sleep(0)  # the crowd is decided
        assert (await web.ask("GET", "/memory")).json() == {"days": 30}
        assert (await web.ask("PUT", "/memory", {"days": 60})).status_code == 200

    told(story)


def test_an_idempotency_key_used_for_another_request_is_refused_wherever_it_is() -> None:
    async def story(web: Web) -> None:
        incident = await _incident(web)
        requests = (
            ("POST", f"/incidents/{incident}/notes", {"text": "one"}, {"text": "two"}),
            ("POST", "/users/admin/keys", {"label": "one"}, {"label": "two"}),
            (
                "POST",
                f"/incidents/{incident}/snooze",
                {"until": "2026-09-22T00:00:00Z"},
                {"until": "2026-09-23T00:00:00Z"},
            ),
            ("POST", "/users/admin/invite", {}, {"lifetime_s": 60}),
            ("POST", "/sources/default/rotate", {}, {"overlap_s": 60}),
        )
        for number, (method, path, first, second) in enumerate(requests):
            one = await web.ask(method, path, first, idempotency_key=f"key-{number}")
            assert one.is_success, one.text
            again = await web.ask(method, path, first, idempotency_key=f"key-{number}")
            assert again.is_success, again.text
            other = await web.ask(method, path, second, idempotency_key=f"key-{number}")
            assert (other.status_code, other.json()["reason"]) == (422, "idempotency_key_reused"), path

    told(story)


def test_what_one_of_many_is_refused_with_is_told_in_the_readers_language() -> None:
    async def story(web: Web) -> None:
        many = {"act": "resolve", "ids": ["INC-77"]}
        answer = await web.ask("POST", "/incidents/bulk", many, accept_language="zh")
        assert answer.status_code == 200, answer.text
        one = answer.json()["items"][0]
        assert (one["reason"], one["detail"]) == (
            "incident_unknown", "内存中没有故障 INC-77；请检查编号（较早的只在日志中）",
        )  # fmt: skip

    told(story)
