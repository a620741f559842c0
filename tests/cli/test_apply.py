"""Files and the installation: plan, apply, apply again, prune, export."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from conftest import Run, Server

SITE = """\
apiVersion: tocsin/v1
kind: Silence
metadata: {name: staging}
spec: {matchers: ['env="staging"'], end_at: 2999-01-01T00:00:00+08:00, comment: built by day}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: prom}
spec: {name: Prometheus, door: alertmanager, key: src_0123456789abcdef0123456789abcdef}
---
apiVersion: tocsin/v1
kind: Memory
metadata: {name: memory}
spec: {days: 45}
---
apiVersion: tocsin/v1
kind: Routes
metadata: {name: root}
spec:
  name: root
  ladder: default
  routes: [{name: shop, matchers: ['service="shop"'], service: shop, ladder: web, continue: true}]
---
apiVersion: tocsin/v1
kind: Rules
metadata: {name: bob}
spec: {rules: [{contact: mail, urgency: high, start: 22:00, end: 07:00}, {contact: hook, delay_s: 60}]}
---
apiVersion: tocsin/v1
kind: Contact
metadata: {name: mail}
spec: {user: bob, channel: email, address: bob@example.org, verified: true}
---
apiVersion: tocsin/v1
kind: Contact
metadata: {name: hook}
spec: {user: bob, channel: webhook, address: "https://example.org/hook", verified: true}
---
apiVersion: tocsin/v1
kind: Ladder
metadata: {name: web}
spec: {name: Web, steps: [{targets: [{kind: schedule, id: primary}]}, {targets: [{kind: team, id: web}]}]}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: primary}
spec: {name: Primary, team: web, layers: [{name: week, users: [bob], start: 2026-11-02, hand_off: 12:30}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: shop}
spec: {name: Shop, team: web, impact: high, depends_on: [store], calendar: cn}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: store}
spec: {name: Store, team: web}
---
apiVersion: tocsin/v1
kind: Calendar
metadata: {name: cn}
spec: {name: China, hours: [{weekdays: [0, 1, 2, 3, 4], start: 09:00, end: 18:00}], country: CN, years: [2026]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: web}
spec: {name: Web, members: [bob]}
---
apiVersion: tocsin/v1
kind: User
metadata: {name: bob}
spec: {name: Bob, language: zh, zone: Asia/Shanghai}
"""
"""Written backwards: the plan, not the file, knows the order."""
ORDER = (
    "User bob", "Team web", "Calendar cn", "Service store", "Service shop", "Schedule primary", "Ladder web",
    "Contact bob/mail", "Contact bob/hook", "Rules bob", "Routes root", "Memory memory", "Source prom",
    "Silence staging",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, run: Run) -> Path:
    """The file, applied. Each test has a source of its own, because a source never gets an old key again."""
    path = tmp_path / "site.yaml"
    mark = f"{zlib.crc32(str(tmp_path).encode()):08x}"
    path.write_text(SITE.replace("name: prom}", f"name: prom-{mark}}}").replace("89abcdef}", f"{mark}}}"))
    run("apply", "-f", path, "--yes")
    return path


def changed(path: Path, *pairs: tuple[str, str]) -> Path:
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def _source(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in yaml.safe_load_all(path.read_text()) if one["kind"] == "Source")
    return found


def test_a_dry_run_and_a_diff_change_nothing(run: Run, tmp_path: Path) -> None:
    text = SITE.replace("name: bob", "name: ben").replace("user: bob", "user: ben").replace("bob]", "ben]")
    for command in (("apply", "--dry-run"), ("diff",)):
        assert "+ User ben\n" in run(*command, "-f", "-", stdin=text).stdout
    assert "+ User ben\n" in run("diff", "-f", "-", "--exit-code", stdin=text, code=1).stdout


def test_nobody_is_asked_where_there_is_no_terminal(run: Run) -> None:
    assert "--yes" in run("apply", "-f", "-", stdin=SITE.replace("name: Bob", "name: Bobby"), code=2).stderr


def test_objects_are_created_in_the_order_of_their_needs(run: Run, tmp_path: Path) -> None:
    fresh = SITE.replace("prom}", "prom-new}").replace("0123", "4567").replace("staging}", "staging-new}")
    for name in ("bob", "web", "cn", "store", "shop", "primary"):
        fresh = fresh.replace(f"name: {name}}}", f"name: {name}-new}}")
    fresh = fresh.replace("user: bob,", "user: bob-new,")
    lines = run("diff", "-f", "-", stdin=fresh).stdout.splitlines()
    assert [line.split()[1] for line in lines if line[0] == "+"][:7] == [
        "User", "Team", "Calendar", "Service", "Service", "Schedule", "Ladder",
    ]  # fmt: skip


def test_applied_twice_nothing_changes(run: Run, site: Path) -> None:
    again = run("apply", "-f", site, "--yes")
    assert again.stdout == ""
    assert again.stderr == f"Nothing changes; {len(ORDER)} objects are as the files say.\n"
    run("diff", "-f", site, "--exit-code")


def test_a_change_is_shown_field_by_field(run: Run, site: Path) -> None:
    changed(
        site, ("impact: high", "impact: low"), ("delay_s: 60", "delay_s: 90"), ("bob@ex", "bob2@ex"),
        ("continue: true", "group_wait_s: 3"), ("by day", "by night"), ("src_0123", "src_9123"),
    )  # fmt: skip
    assert run("apply", "-f", site, "--yes").stdout.splitlines() == [
        "~ Service shop",
        '    impact: "high" → "low"',
        "~ Contact bob/mail",
        '    address: "bob@example.org" → "bob2@example.org"',
        "~ Rules bob",
        "    rules[1].delay_s: 60 → 90",
        "~ Routes root",
        "    routes[0].continue: true → false",
        "    routes[0].group_wait_s: -1 → 3",
        f"~ Source {_source(site)['metadata']['name']}",
        "    key: ••• → •••",
        "~ Silence staging",
        '    comment: "built by day" → "built by night"',
    ]
    run("diff", "-f", site, "--exit-code")


def test_a_key_of_the_file_opens_the_door(run: Run, site: Path, server: Server) -> None:
    key = _source(site)["spec"]["key"]
    assert httpx2.get(f"{server.url}/in/{key}/api/v2/status", timeout=30).status_code == 200


def test_a_source_without_a_key_gets_one_that_is_shown_once(run: Run, server: Server) -> None:
    text = "apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: made}\nspec: {name: Made}\n"
    key = run("apply", "-f", "-", "--yes", stdin=text).stdout.splitlines()[1]
    assert httpx2.get(f"{server.url}/in/{key}/api/v2/status", timeout=30).status_code == 200
    assert run("apply", "-f", "-", "--yes", stdin=text).stdout == ""


def test_prune_removes_only_kinds_of_the_file_and_never_oneself(run: Run) -> None:
    for name in ("ladder-a", "ladder-b"):
        spec = f"{{name: {name}, steps: [{{targets: [{{kind: person, id: admin}}]}}]}}"
        text = f"apiVersion: tocsin/v1\nkind: Ladder\nmetadata: {{name: {name}}}\nspec: {spec}\n"
        run("apply", "-f", "-", "--yes", stdin=text)
    run("user", "add", "leaver")
    lines = run("diff", "-f", "-", "--prune", stdin=text).stdout.splitlines()
    assert "- Ladder ladder-a" in lines
    assert {line.split()[1] for line in lines} == {"Ladder"}
    users = "apiVersion: tocsin/v1\nkind: User\nmetadata: {name: newcomer}\nspec: {name: New}\n"
    lines = run("diff", "-f", "-", "--prune", stdin=users).stdout.splitlines()
    assert "- User leaver" in lines
    assert "- User admin" not in lines


def _service(name: str, spec: str) -> str:
    return f"apiVersion: tocsin/v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def test_prune_takes_away_in_the_opposite_order(run: Run) -> None:
    for first, second in (("a", "b"), ("c", "a")):
        service = _service(first, f"{{name: x, depends_on: [{second}]}}")
        other = f"---\n{_service(second, '{name: x}')}"
        run("apply", "-f", "-", "--yes", stdin=service + (other if second == "b" else ""))
    keep = "".join(part for part in SITE.split("---\n") if "kind: Service" in part and "name: store" in part)
    out = run("apply", "-f", "-", "--prune", "--yes", stdin=keep.replace("team: web", "team: ''")).stdout
    gone = [line[-1] for line in out.splitlines() if line in {"- Service a", "- Service b", "- Service c"}]
    assert gone == ["c", "a", "b"]


def test_what_the_file_names_is_not_pruned(run: Run) -> None:
    run("user", "add", "eve")
    text = "---\n".join(SITE.split("---\n")[-2:]).replace("members: [bob]", "members: [bob, eve]")
    failed = run("apply", "-f", "-", "--prune", "--yes", stdin=text, code=1)
    assert "this names User eve, which --prune would remove" in failed.stderr


def test_an_export_applied_changes_nothing(run: Run, site: Path, tmp_path: Path) -> None:
    run("silence", "add", 'env="by-hand"')
    text = run("export").stdout
    assert "src_" not in text, "keys are not exported"
    assert "https://example.org/hook" not in text, "secret addresses are not exported"
    assert run("diff", "-f", "-", "--exit-code", stdin=text).stdout == ""


def test_a_refusal_says_what_was_done_before(run: Run, tmp_path: Path) -> None:
    text = "".join(
        f"---\napiVersion: tocsin/v1\nkind: Team\nmetadata: {{name: {name}}}\nspec: {{name: x, members: [{user}]}}\n"
        for name, user in (("team-1", "admin"), ("team-2", "nobody"))
    )
    failed = run("apply", "-f", "-", "--yes", stdin=text, code=1).stderr
    assert "Team team-2 failed; 1 of 2 changes were made and stay" in failed
    assert "no user is called 'nobody'" in failed


@pytest.mark.parametrize("key", ["short", "ü" * 30])
def test_a_weak_key_is_refused_before_it_is_sent(run: Run, key: str) -> None:
    text = f"apiVersion: tocsin/v1\nkind: Source\nmetadata: {{name: weak}}\nspec: {{name: Weak, key: '{key}'}}\n"
    assert "at least 24" in run("apply", "-f", "-", "--yes", stdin=text, code=1).stderr


def test_an_object_described_twice_is_a_mistake(run: Run) -> None:
    text = "apiVersion: tocsin/v1\nkind: Team\nmetadata: {name: twin}\nspec: {name: x}\n"
    assert "Team twin was described before" in run("diff", "-f", "-", stdin=f"{text}---\n{text}", code=1).stderr


def test_a_silence_that_is_over_asks_for_nothing(run: Run) -> None:
    spec = "{matchers: ['a=\"b\"'], end_at: 2001-01-01T00:00:00Z}"
    text = f"apiVersion: tocsin/v1\nkind: Silence\nmetadata: {{name: old}}\nspec: {spec}\n"
    run("diff", "-f", "-", "--exit-code", stdin=text)
