"""Health of the house, roles, the ledger's entries, audit and dead letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.commands import KeepDeadLetter
from tocsin.core.intake.events import Content, Signal
from tocsin.shell.vitals import Commits, Vitals, commits
from tocsin.web.paging import sealed
from web.harness import START, Web, told


async def send(web: Web, key: str, status: str = "firing") -> None:
    signal = Signal(key, status, web.clock.now(), Content(f"{key} is down", "high", {"alertname": key}))
    await web.engine.submit(ReceiveSignals("default", (signal,)), "source:default")


def test_commits_are_told_in_milliseconds() -> None:
    assert commits(()) == Commits(0.0, 0.0, 0.0)
    assert commits([0.009, *(0.001,) * 98, 0.002]) == Commits(2.0, 1.0, 2.0)


def test_files_are_measured_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"x" * 10)
    (tmp_path / "journal.db-wal").write_bytes(b"x" * 5)
    (tmp_path / "snapshots").mkdir()
    vitals = Vitals(1, tmp_path / "journal.db", tmp_path / "snapshots")
    assert (vitals.journal_bytes(), vitals.snapshot()) == (15, None)
    (tmp_path / "snapshots" / f"snapshot-{7:020d}").write_bytes(b"")
    snapshot, room = vitals.snapshot(), vitals.room()
    assert snapshot is not None
    assert room is not None
    assert (snapshot.seq, room.total > room.free > 0) == (7, True)


def test_the_system_says_how_it_is_and_what_is_wrong() -> None:
    async def story(web: Web) -> None:
        await send(web, "db")
        fine = (await web.ask("GET", "/system")).json()
        assert (fine["alerts_open"], fine["incidents_open"], fine["problems"]) == (1, 1, [])
        assert (fine["journal_seq"], fine["queue_depth"], fine["started_at"]) == (web.engine.seq_dry, 0, None)
        letter = KeepDeadLetter("default", "generic", "{", "JSON is malformed (byte 1) - at `$.a`", "application/json")
        await web.engine.submit(letter, "source:default")
        vitals = Vitals(START - 5_000, clock_behind_ms=lambda: 61_000)
        web.services = msgspec.structs.replace(web.services, vitals=vitals)
        web.remake()
        ill = (await web.ask("GET", "/system", accept_language="zh")).json()
        assert ([one["reason"] for one in ill["problems"]], ill["uptime_s"]) == (
            ["clock_went_back", "dead_letters_wait"], 5,
        )  # fmt: skip
        assert "61" in ill["problems"][0]["text"]
        bob = await web.key_of("bob", "responder")
        assert (await web.ask("GET", "/system", key=bob)).status_code == 403

    told(story)


def test_events_that_nobody_made_a_snapshot_of_are_a_problem(tmp_path: Path) -> None:
    async def story(web: Web) -> None:
        settings = msgspec.structs.replace(web.services.settings, snapshot_every_events=1)
        vitals = Vitals(START, tmp_path / "journal.db", tmp_path / "snapshots")
        web.services = msgspec.structs.replace(web.services, settings=settings, vitals=vitals)
        web.remake()
        for language, words in (
            ("en", "the log says why at snapshot_failed"),
            ("zh", "原因见日志中的 snapshot_failed"),
        ):
            found = (await web.ask("GET", "/system", accept_language=language)).json()["problems"]
            texts = {one["reason"]: one["text"] for one in found}
            assert words in texts["no_snapshot"]

    told(story)


def test_roles_say_what_they_may() -> None:
    async def story(web: Web) -> None:
        found = (await web.ask("GET", "/roles")).json()
        meanings = {one["name"]: one for one in found["permissions"]}
        assert found["roles"] == ["admin", "responder", "stakeholder"]
        assert meanings["respond"]["roles"] == ["admin", "responder"]
        assert "acknowledge" in meanings["respond"]["meaning"]

    told(story)


def test_every_signal_is_an_entry_with_its_fate() -> None:
    async def story(web: Web) -> None:
        await send(web, "db")
        await send(web, "db")
        await send(web, "web", "resolved")
        letter = KeepDeadLetter("default", "generic", "{", "no JSON", "application/json")
        await web.engine.submit(letter, "source:default")
        rows = (await web.ask("GET", "/ledger/entries")).json()["items"]
        assert [(row["signal"], row["fate"], row["alert"]) for row in rows] == [
            ("fired", "paged", "ALT-2"), ("dead_letter", "dead_lettered", ""), ("dropped", "suppressed", ""),
            ("repeated", "merged", "ALT-1"), ("fired", "paged", "ALT-1"),
        ]  # fmt: skip
        assert rows[2]["title"] == rows[4]["title"].replace("db", "web") != rows[2]["key"], "a key may say nothing"
        links = [(row["incident"], row["link"]) for row in rows]
        assert (links[4], links[1]) == (("INC-1", "/alerts/ALT-1"), ("", "/dead-letters/DL-1"))
        received = (await web.ask("GET", "/ledger")).json()["received"]
        assert received == len(rows)
        merged = (await web.ask("GET", "/ledger/entries?fate=merged&source=default")).json()["items"]
        assert [row["signal"] for row in merged] == ["repeated"]
        assert (await web.ask("GET", "/ledger/entries?source=other")).json()["items"] == []

    told(story)


def test_entries_go_on_within_one_delivery() -> None:
    async def story(web: Web) -> None:
        content = Content("down", "high", {})
        for _ in range(2):
            signals = tuple(Signal(f"k{number}", "firing", web.clock.now(), content) for number in range(5))
            await web.engine.submit(ReceiveSignals("default", signals), "source:default")
        seen, cursor = [], ""
        for _ in range(4):
            page = (await web.ask("GET", f"/ledger/entries?limit=3&cursor={cursor}")).json()
            seen += [(row["signal"], row["key"]) for row in page["items"]]
            cursor = page["next_cursor"]
        keys = [f"k{number}" for number in reversed(range(5))]
        assert seen == [*(("repeated", key) for key in keys), *(("fired", key) for key in keys)]

    told(story)


def test_audit_is_found_by_person_subject_and_time() -> None:
    async def story(web: Web) -> None:
        await web.ask("PUT", "/services/db", {"name": "Database"})
        web.clock.pass_s(60)
        await web.ask("PUT", "/services/web", {"name": "Web"})

        async def subjects(query: str) -> list[str]:
            answer = await web.ask("GET", f"/audit?type=ServiceSet&{query}")
            return [row["subject"] for row in answer.json()["items"]]

        assert await subjects("actor=admin") == ["web", "db"]
        assert await subjects("actor=*") == ["web", "db"]
        everything = (await web.ask("GET", "/audit?limit=500")).json()["items"]
        people = (await web.ask("GET", "/audit?limit=500&actor=*")).json()["items"]
        assert people == [row for row in everything if row["actor"].startswith(("user:", "key:"))]
        assert 0 < len(people) < len(everything)
        assert await subjects("subject=db") == ["db"]
        assert await subjects("since=2026-09-21T14:14:00Z") == ["web"]
        assert await subjects("until=2026-09-21T14:14:00Z") == ["db"]
        row = (await web.ask("GET", "/audit?subject=db")).json()["items"][0]
        assert (row["actor"][:4], row["actor_name"]) == ("key:", web.engine.look.people.users()[0].spec.name)
        assert (await web.ask("GET", "/audit?since=yesterday")).status_code == 400

    told(story)


def test_a_place_far_beyond_the_journal_is_its_end() -> None:
    async def story(web: Web) -> None:
        await send(web, "db")
        far, seq = sealed("999999999999999"), web.engine.seq_dry
        (newest,) = (await web.ask("GET", f"/audit?limit=1&cursor={far}")).json()["items"]
        assert newest["seq"] >= seq
        told_ = (await web.ask("GET", f"/ledger/entries?cursor={sealed('999999999999999.0')}")).json()["items"]
        assert [row["signal"] for row in told_] == ["fired"]

    told(story)


def test_a_dead_letter_says_where_and_can_be_tried_with_another_mapping() -> None:
    async def story(web: Web) -> None:
        body = '[{"labels": {"alertname": "Late"}}]'
        letter = KeepDeadLetter(
            "default", "generic", body, "`$.title` is missing (byte 3) - at `$.title`", "application/json"
        )
        await web.engine.submit(letter, "source:default")
        row = (await web.ask("GET", "/dead-letters")).json()["items"][0]
        assert (row["byte"], row["path"], row["received_at"], row["body"]) == (3, "$.title", row["kept_at"], body)
        tried = (await web.ask("POST", "/sources/test", {"letter": "DL-1", "door": "alertmanager"})).json()
        assert (tried["understood"], tried["signals"][0]["title"]) == (True, "Late")

    told(story)


def test_a_dead_letter_is_explained_in_chinese_where_a_person_reads_it() -> None:
    async def story(web: Web) -> None:
        error = "the body cannot be read: JSON is malformed: invalid character (byte 0)"
        await web.engine.submit(KeepDeadLetter("default", "generic", "x", error, "application/json"), "source:default")
        wanted = "无法读取正文：JSON 格式有误：无效字符（第 0 字节）"

        async def asked(method: str, path: str, body: object = None) -> dict[str, Any]:
            return (await web.ask(method, path, body, accept_language="zh")).json()  # type: ignore[no-any-return]

        row = (await asked("GET", "/dead-letters"))["items"][0]
        assert (row["error"], row["byte"]) == (wanted, 0)
        assert (await web.ask("GET", "/dead-letters")).json()["items"][0]["error"] == error
        assert (await asked("GET", "/ledger/entries"))["items"][1]["title"] == wanted
        sample = {"source": "default", "door": "pagerduty", "body": "x"}
        assert (await asked("POST", "/sources/test", sample))["error"] == wanted
        assert (await asked("POST", "/routes/simulate", {"payload": "x", "door": "pagerduty"}))["error"] == wanted
        assert (await asked("POST", "/dead-letters/DL-1/replay"))["reason"] == "letter_not_understood"
        await web.ask("POST", "/dead-letters/DL-1/discard")
        assert (await asked("GET", "/dead-letters/DL-1"))["error"] == wanted

    told(story)
