"""A recorded stream goes through the real doors at its own times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.cli.sim import sim
from tocsin.core.oncall.commands import SetLadder
from tocsin.core.oncall.events import LadderSpec, Step, Target
from tocsin.core.people.commands import AddContact, SetUser, VouchContact
from tocsin.core.people.events import UserSpec
from tocsin.sim.feed import FeedError, feed, read

FILE = Path(__file__).parent / "feed.jsonl"
BO = (
    SetUser("bo", UserSpec(name="Bo")),
    AddContact("bo", "bo-mail", "email", "Mail", "bo@example.com"),
    VouchContact("bo", "bo-mail"),
    SetLadder("default", LadderSpec(name="Default", steps=(Step((Target("person", "bo"),), 300),), repeats=0)),
)


def told(kind: str, commands: tuple = BO) -> list[dict]:
    found = [json.loads(line) for line in feed(read(FILE.read_text()), 3600.0, commands)]
    return [one for one in found if one["kind"] == kind]


def test_storms_are_merged_and_recoveries_resolve() -> None:
    incidents = [(one["title"], len(one["alerts"]), one["status"]) for one in told("incident")]
    assert incidents[:2] == [("Disk of db1 is full", 2, "resolved"), ("Payments are slow", 1, "resolved")]
    assert incidents[3][1:] == (1, "triggered")


def test_a_page_leaves_within_a_moment_of_its_line() -> None:
    pages = [one for one in told("page") if one["channel"] == "email"]
    assert pages[0]["user"] == "bo"
    assert pages[0]["sent_at"].startswith("2026-11-24T03:00:00.0")
    assert pages[0]["state"] == "delivered"


def test_every_alert_has_one_fate_and_the_ledger_balances() -> None:
    fates = [one["fate"] for one in told("fate")]
    (ledger,) = told("ledger")
    assert fates == ["paged", "merged", "paged", "paged", "paged"]
    assert ledger["received"] == sum(
        ledger[name] for name in ("paged", "merged", "suppressed", "dead_lettered", "pending")
    )


def test_what_no_door_understands_is_told_with_its_line() -> None:
    (refused,) = told("refused")
    assert (refused["line"], refused["status"]) == (4, 400)


def test_the_same_file_gives_the_same_lines() -> None:
    assert told("page") == told("page")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"at":1,"door":"zabbix"}\n{"at":"yesterday","door":"zabbix"}', "line 2: at is 'yesterday'"),
        ('{"at":1}', "line 1: .*door"),
        ('\n{"at":1,"door":"zabbix","colour":"red"}', "line 2: .*colour"),
        ("nonsense", "line 1: "),
    ],
)
def test_a_bad_line_is_refused_by_its_number(text: str, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        read(text)


def test_a_source_nobody_configured_is_refused_by_its_line() -> None:
    lines = read('{"at":1,"door":"zabbix","source":"berlin"}')
    with pytest.raises(FeedError, match="line 1: there is no source 'berlin'"):
        list(feed(lines, 1.0))


def test_the_command_prints_json_lines_and_ends_with_one_for_a_bad_file() -> None:
    runner = CliRunner()
    good = runner.invoke(sim, ["feed", str(FILE)])
    assert good.exit_code == 0
    assert json.loads(good.stdout.splitlines()[-1])["kind"] == "ledger"
    bad = runner.invoke(sim, ["feed", "-"], input="{}")
    assert bad.exit_code == 1
    assert "line 1" in bad.stderr


def test_the_command_takes_the_documents_of_apply(tmp_path: Path) -> None:
    config = tmp_path / "town.yaml"
    config.write_text(
        "apiVersion: tocsin/v1\nkind: User\nmetadata: {name: bo}\nspec: {name: Bo}\n---\n"
        "apiVersion: tocsin/v1\nkind: Ladder\nmetadata: {name: default}\n"
        "spec: {name: Default, steps: [{targets: [{kind: person, id: bo}]}]}\n"
    )
    result = CliRunner().invoke(sim, ["feed", str(FILE), "--config", str(config)])
    assert result.exit_code == 0, result.output
    pages = [json.loads(line) for line in result.stdout.splitlines() if '"kind":"page"' in line]
    assert {page["user"] for page in pages} == {"bo", "admin"}
