"""Every noun against a real server: what people do, what they read, and how commands end."""

from __future__ import annotations

import httpx2
import msgspec
import pytest
import yaml
from conftest import Run, Server


def fire(server: Server, **labels: str) -> None:
    answer = httpx2.post(f"{server.url}/in/{server.source_key}/api/v2/alerts", json=[{"labels": labels}], timeout=30)
    assert answer.status_code == 200, answer.text


def data(result: object) -> object:
    return msgspec.json.decode(result.stdout)  # type: ignore[attr-defined]


def test_an_incident_is_opened_answered_and_ended(run: Run) -> None:
    id_ = run("incident", "open", "The shop is slow", "--severity", "critical", "-o", "name").stdout.strip()
    assert id_ in run("incident", "list").stdout
    assert f"{id_} is acknowledged: The shop is slow" in run("incident", "ack", id_).stderr
    run("incident", "note", id_, "-", stdin="looking at it\n")
    run("incident", "priority", id_, "p1")
    run("incident", "snooze", id_, "2h")
    assert f"{id_} sleeps no more" in run("incident", "unsnooze", id_).stderr
    run("incident", "resolve", id_)
    assert f"{id_} stands as before (acknowledged)" in run("incident", "undo", id_).stderr
    run("incident", "reassign", id_, "--user", "admin")
    run("incident", "escalate", id_)
    shown = run("incident", "show", id_).stdout
    assert "looking at it" in shown
    assert {"Tocsin", "Administrator"} <= set(shown.split()) and not {"room", "user:admin"} & set(shown.split())
    assert "P1" in shown
    run("incident", "resolve", id_)
    assert data(run("incident", "show", id_, "-o", "json"))["status"] == "resolved"  # type: ignore[index]
    assert id_ not in run("incident", "list").stdout
    assert id_ in run("incident", "list", "--status", "any").stdout


def test_one_incident_is_merged_into_another(run: Run) -> None:
    first, second = (run("incident", "open", title, "-o", "name").stdout.strip() for title in ("One", "Two"))
    assert f"{second} is part of {first} now" in run("incident", "merge", second, first).stderr


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (("incident", "ack", "INC-999"), 3, "there is no incident 'INC-999'"),
        (("incident", "reassign", "INC-1"), 2, "either --ladder or --user"),
        (("incident", "snooze", "INC-1", "someday"), 2, "'someday' is no instant"),
        (("source", "add", "default"), 4, "default exists already"),
        (("user", "add", "admin"), 4, "admin exists already"),
        (("user", "rules", "--set", "mail,when=now"), 2, "'when=now' is no part of a rule"),
        (("source", "add", "x", "--label", "prod"), 2, "write name=value"),
        (("silence", "add", "env"), 1, 'write name="value"'),
        (("why", "INC-999"), 3, "there is no event"),
        (("source", "replay", "DL-999"), 3, "DL-999"),
    ],
)
def test_a_command_that_cannot_be_done_says_so_and_ends_with_its_code(
    run: Run, command: tuple[str, ...], code: int, words: str
) -> None:
    assert words in run(*command, code=code).stderr


def test_without_a_key_the_way_to_give_one_is_told(run: Run) -> None:
    assert "TOCSIN_KEY" in run("incident", "list", code=1, TOCSIN_KEY="").stderr


def test_without_a_server_the_way_to_find_one_is_told(offline: Run) -> None:
    assert "no Tocsin answers at http://127.0.0.1:1" in offline("incident", "list", code=1).stderr


def test_refusals_are_in_the_readers_language(run: Run) -> None:
    assert "没有找到" in run("incident", "ack", "INC-999", code=3, TOCSIN_LANG="zh").stderr


def test_alerts_are_found_by_matchers_and_explained(run: Run, server: Server) -> None:
    fire(server, alertname="DiskFull", severity="critical", service="store")
    fire(server, alertname="DiskFull", severity="warning", service="shop")
    found = data(run("alert", "list", 'service="store"', "alertname=~Disk.*", "-o", "json"))
    assert [row["labels"]["service"] for row in found] == ["store"]  # type: ignore[attr-defined]
    alert = run("alert", "list", 'service="store"', "-o", "name").stdout.strip()
    assert "critical" in run("alert", "show", alert).stdout
    assert "It began with a signal." in run("why", alert).stderr
    assert "mailbox" in run("why-not", alert).stdout
    run("alert", "resolve", alert)
    assert run("alert", "list", 'service="store"').stderr == "nothing\n"
    assert f"{alert} fires again" in run("alert", "reopen", alert).stderr
    assert alert in run("alert", "list", 'service="store"').stdout
    run("alert", "resolve", alert)
    assert alert in run("alert", "list", "--status", "resolved", 'service="store"').stdout


def test_a_silence_keeps_back_what_it_matches_until_it_is_ended(run: Run, server: Server) -> None:
    added = run("silence", "add", 'env="lab"', "--for", "2h", "--comment", "tests")
    fire(server, alertname="Noise", env="lab")
    id_ = added.stdout.strip()
    assert id_ in run("silence", "list", "--status", "active").stdout
    assert data(run("silence", "show", id_, "-o", "json"))["suppressing"] == 1  # type: ignore[index]
    assert "silence:" in run("alert", "list", "--suppressed", 'env="lab"').stdout
    run("silence", "expire", id_)
    assert run("alert", "list", "--suppressed", 'env="lab"').stdout == ""


SCHEDULE = """
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: nights}
spec: {name: Nights, layers: [{name: week, users: [admin], start: 2026-01-05}]}
"""


def test_who_is_on_call_now_and_then(run: Run) -> None:
    run("apply", "-f", "-", "--yes", stdin=SCHEDULE)
    run("user", "add", "ann")
    assert "admin" in run("oncall", "who", "nights").stdout
    added = run("oncall", "override", "nights", "ann", "--from", "1h", "--to", "8h", "-o", "name")
    assert data(run("oncall", "who", "nights", "--at", "2h", "-o", "json"))[0]["users"] == ["ann"]  # type: ignore[index]
    late = run("oncall", "who", "nights", "--at", "8h30m", "-o", "json")
    assert data(late)[0]["users"] == ["ann"], "eight hours from the start"  # type: ignore[index]
    assert "ann" in run("oncall", "shifts", "nights").stdout
    assert added.stdout.strip() in run("oncall", "override", "nights").stdout
    run("oncall", "override", "nights", "--remove", added.stdout.strip())
    assert "ann" not in run("oncall", "shifts", "nights").stdout
    assert run("oncall", "gaps", "nights").stderr == "nothing\n"
    assert "--to 8h" in run("oncall", "override", "nights", "ann", code=2).stderr


def test_a_sources_key_is_printed_once_and_rotated(run: Run, server: Server) -> None:
    key = run("source", "add", "probe", "--label", "env=prod").stdout.strip()
    fresh = run("source", "rotate", "probe", "--overlap", "0").stdout.strip()
    status = [httpx2.get(f"{server.url}/in/{one}/api/v2/status", timeout=30).status_code for one in (key, fresh)]
    assert status == [401, 200]
    assert "env=prod" in run("source", "show", "probe").stdout
    assert "probe" in run("source", "list").stdout
    run("source", "remove", "probe")
    assert "probe" not in run("source", "list").stdout


def test_a_mapping_is_tried_on_a_sample(run: Run, tmp_path: object) -> None:
    mapping = tmp_path / "mapping.yaml"  # type: ignore[operator]
    mapping.write_text("key: item.id\ntitle: item.name\nstatus: item.state\n")
    assert "Disk" in run("source", "test", mapping, "-", stdin='{"id": "1", "name": "Disk", "state": "down"}').stdout
    failed = run("source", "test", mapping, "-", stdin='{"id": "1", "name": "Disk", "state": "?"}', code=1)
    assert "status is '?'" in failed.stderr
    sample = '[{"labels": {"alertname": "Up"}}]'
    assert "Up" in run("source", "test", "default", "-", "--door", "alertmanager", stdin=sample).stdout


def test_a_payload_nobody_understands_waits_as_a_letter(run: Run, server: Server) -> None:
    httpx2.post(
        f"{server.url}/in/{server.source_key}/grafana", content=b"{", headers={"content-type": "text/json"}, timeout=30
    )
    letter = run("source", "letters", "default", "-o", "name").stdout.split()[0]
    assert run("source", "replay", letter, code=1).stderr.startswith("Error: ")
    run("source", "discard", letter)
    assert letter not in run("source", "letters").stdout


def test_a_person_is_added_reached_and_removed(run: Run) -> None:
    run("user", "add", "bea", "--email", "bea@example.org", "--zone", "Asia/Shanghai")
    run("user", "contact", "add", "email", "bea@example.org", "--user", "bea", "--label", "mail", "--vouch")
    assert "mail" in run("user", "contact", "list", "--user", "bea").stdout
    assert "no rules of their own" in run("user", "rules", "--user", "bea").stderr
    run("user", "rules", "--user", "bea", "--set", "mail,urgency=high,from=22:00,to=07:00,delay=2m")
    rule = data(run("user", "rules", "--user", "bea", "-o", "json"))["rules"][0]  # type: ignore[index]
    assert (rule["urgency"], rule["start"], rule["end"], rule["delay_s"]) == ("high", "22:00", "07:00", 120)
    run("user", "rules", "--user", "bea", "--default")
    run("user", "password", "bea", stdin="correct horse battery\n")
    run("user", "contact", "test", "mailbox", "--user", "bea")
    assert "PG-" in run("user", "mailbox", "--user", "bea").stdout
    run("user", "remove", "bea")
    assert "bea" not in run("user", "list").stdout
    run("user", "add", "bea")
    assert "bea" in run("user", "list").stdout


def test_rules_that_cannot_be_or_are_the_houses_are_told_in_the_readers_language(run: Run) -> None:
    run("user", "add", "rita")
    refused = run("user", "rules", "--user", "rita", "--set", "x", code=1, TOCSIN_LANG="zh")
    assert (refused.stdout, "没有联系方式 'x'；'rita' 的联系方式：尚无" in refused.stderr) == ("", True)
    assert run("user", "rules", "--user", "rita").stderr == "rita has no rules of their own; the house's hold\n"


def test_a_key_may_no_more_than_its_scopes_and_ends_when_revoked(run: Run) -> None:
    added = data(run("key", "add", "board", "--scope", "read", "--expires", "90d", "-o", "json"))
    token, id_ = added["token"], added["id"]  # type: ignore[index]
    run("incident", "list", TOCSIN_KEY=token)
    assert "respond" in run("incident", "open", "x", TOCSIN_KEY=token, code=1).stderr
    assert id_ in run("key", "list").stdout
    run("key", "revoke", id_)
    run("incident", "list", TOCSIN_KEY=token, code=1)


def test_the_same_list_for_people_and_for_programs(run: Run) -> None:
    run("incident", "open", "中文标题")
    table = run("incident", "list", TOCSIN_LANG="zh").stdout
    assert table.splitlines()[0].split()[:2] == ["ID", "状态"]
    assert "中文标题" in table
    assert "\x1b" not in table, "a pipe gets no colours"
    ids = run("incident", "list", "-o", "name").stdout.split()
    assert ids == [row["id"] for row in data(run("incident", "list", "-o", "json"))]  # type: ignore[attr-defined]
    assert ids == [row["id"] for row in yaml.safe_load(run("incident", "list", TOCSIN_OUTPUT="yaml").stdout)]


def test_words_of_the_api_are_said_in_the_language_of_a_table_alone(run: Run, server: Server) -> None:
    fire(server, alertname="Words", severity="critical", service="words")
    incident = run("incident", "open", "Worded", "--severity", "low", "--urgency", "high", "-o", "name").stdout.strip()
    shown = run("incident", "show", incident, TOCSIN_LANG="zh").stdout
    assert "待认领" in shown and "次要" in shown and "紧急程度" in shown
    assert not {"triggered", "low", "high"} & set(shown.split())
    alerts = run("alert", "list", 'service="words"', TOCSIN_LANG="zh").stdout
    assert "告警中" in alerts and "紧急" in alerts
    assert {"firing", "critical"} <= set(run("alert", "list", 'service="words"').stdout.split())
    assert '"status": "firing"' in run("alert", "list", 'service="words"', "-o", "json", TOCSIN_LANG="zh").stdout
    assert "管理员" in run("user", "list", TOCSIN_LANG="zh").stdout
    run("incident", "snooze", incident, "2h")
    assert "待认领，暂缓至 " in run("incident", "show", incident, TOCSIN_LANG="zh").stdout
    assert "triggered, sleeps until " in run("incident", "show", incident).stdout


def test_a_long_line_is_not_cut_in_a_pipe(run: Run) -> None:
    run("incident", "open", "long " * 30)
    assert ("long " * 30).strip() in run("incident", "list").stdout


def test_the_demo_becomes_few_incidents_and_ends_quiet(run: Run) -> None:
    played = run("demo", "--speed", "1000", "-o", "json")
    found = msgspec.json.decode(played.stdout)
    assert "108 signals became" in played.stderr
    assert 3 <= len(found) <= 8, "a storm of thirty pods is no storm of incidents"
    assert {row["status"] for row in found} == {"resolved"}
    again = run("demo", "--speed", "1000", "--leave-burning", "-o", "json")
    assert "triggered" in {row["status"] for row in msgspec.json.decode(again.stdout)}
    assert run("source", "letters", "demo").stdout == ""


def test_the_demo_needs_only_a_source_key(run: Run, server: Server) -> None:
    played = run("demo", "--speed", "1000", "--source-key", server.source_key, TOCSIN_KEY="")
    assert "108 signals were sent" in played.stderr
