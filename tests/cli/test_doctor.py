"""The doctor finds what would keep a page from arriving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import msgspec
from conftest import Run, Server


def findings(text: str) -> dict[tuple[str, str], str]:
    found: list[dict[str, Any]] = msgspec.json.decode(text)
    return {(row["status"], row["subject"]): row["detail"] for row in found}


def test_a_healthy_house_has_no_failures(run: Run, server: Server) -> None:
    found = findings(run("doctor", "--data", server.data, "--full", "-o", "json").stdout)
    assert {subject for status, subject in found if status == "fail"} == set()
    assert {"data", "key", "journal", "server", "clock", "ledger"} <= {s for status, s in found if status == "ok"}
    assert "smtp_host is not set" in found["warn", "smtp"]
    assert "only the mailbox" in found["warn", "contact"]


def test_what_would_hurt_is_a_failure(offline: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"secret")
    (tmp_path / "key").chmod(0o644)
    (tmp_path / "journal.db").write_text("no journal")
    tmp_path.chmod(0o755)
    result = offline(
        "doctor", "--data", tmp_path, "-o", "json", code=1,
        TOCSIN_SMTP_HOST="127.0.0.1", TOCSIN_SMTP_PORT="1", TOCSIN_SMTP_PASSWORD="hush",
    )  # fmt: skip
    found = findings(result.stdout)
    assert {subject for status, subject in found if status == "fail"} == {"key", "journal", "smtp", "server"}
    assert "chmod 600" in found["fail", "key"]
    assert "hush" not in result.output


def test_a_wrong_setting_is_named(offline: Run, tmp_path: Path) -> None:
    (tmp_path / "tocsin.toml").write_text('lisen = "0.0.0.0:80"\n')
    found = findings(offline("doctor", "--data", tmp_path, "--offline", "-o", "json", code=1).stdout)
    assert "did you mean 'listen'?" in found["fail", "settings"]


def test_a_ladder_that_leads_to_nobody_is_a_failure(run: Run) -> None:
    team = "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: empty}\nspec: {name: Empty}\n"
    spec = "{name: Void, steps: [{targets: [{kind: team, id: empty}]}]}"
    ladder = f"apiVersion: tocsin/v1\nkind: Ladder\nmetadata: {{name: void}}\nspec: {spec}\n"
    run("apply", "-f", "-", "--yes", stdin=f"{team}---\n{ladder}")
    found = findings(run("doctor", "-o", "json", code=1).stdout)
    assert found["fail", "ladder"] == "nobody is behind the ladder void now"
    run("apply", "-f", "-", "--yes", stdin=ladder.replace("team, id: empty", "person, id: admin"))


def test_what_the_server_says_of_itself_is_a_finding(run: Run, server: Server) -> None:
    httpx2.post(f"{server.url}/in/{server.source_key}/grafana", content="nonsense", timeout=30)
    assert "could not be understood" in findings(run("doctor", "-o", "json").stdout)["warn", "system"]
    letter = run("source", "letters", "default", "-o", "name").stdout.split()
    run("source", "discard", *letter)
