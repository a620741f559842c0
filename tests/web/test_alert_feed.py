"""The alert feed: filters, order, cursors, counts, rate and sparklines."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.core.alerts.commands import ReceiveSignals, ResolveAlert
from tocsin.core.intake.events import Content, Signal
from tocsin.web.feed import sieve
from tocsin.web.feed.sieve import FIRST_STEP, Asked, Sieve, Verdicts
from web.harness import Web, told


async def fire(web: Web, *names: str, severity: str = "high", **labels: str) -> None:
    """New alerts, or repeats of them, each a second after the one before."""
    for name in names:
        content = Content(name, severity, {"alertname": name, "job": name[:2], **labels})
        web.clock.pass_s(1)
        await web.engine.submit(
            ReceiveSignals("default", (Signal(name, "firing", web.clock.now(), content),)), "source:default"
        )


async def titles(web: Web, query: str = "") -> list[str]:
    answer = await web.ask("GET", f"/alerts{query}")
    assert answer.status_code == 200, answer.text
    return [row["title"] for row in answer.json()["items"]]


async def facet(web: Web, name: str, query: str = "") -> dict[str, int]:
    answer = (await web.ask("GET", f"/alerts/facets{query}")).json()
    found = next(one for one in answer["facets"] if one["name"] == name)
    return {one["value"]: one["count"] for one in found["values"]}


def test_alerts_heard_last_come_first_and_every_order_has_a_way_back() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2")
        await fire(web, "web1", severity="critical")
        await fire(web, "db1")
        assert await titles(web) == ["db1", "web1", "db2"]
        assert await titles(web, "?sort=first_at") == ["db1", "db2", "web1"]
        assert await titles(web, "?sort=-first_at") == ["web1", "db2", "db1"]
        assert await titles(web, "?sort=severity") == ["web1", "db2", "db1"]
        assert (await titles(web, "?sort=-count"))[0] == "db1"
        row = (await web.ask("GET", "/alerts")).json()["items"][0]
        assert (row["count"], row["suppressed"], row["source"]) == (2, False, "default")
        assert row["first_at"] < row["last_at"]
        assert (await web.ask("GET", "/alerts?sort=colour")).status_code == 400

    told(story)


def test_a_cursor_goes_on_in_every_order() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"db{number}" for number in range(5)))
        for sort in ("-last_at", "first_at", "-first_at", "severity", "count"):
            cursor, seen = "", []
            for _ in range(3):
                answer = (await web.ask("GET", f"/alerts?limit=2&sort={sort}&cursor={cursor}")).json()
                seen += [row["title"] for row in answer["items"]]
                cursor = answer["next_cursor"]
            assert (sorted(seen), cursor) == ([f"db{number}" for number in range(5)], ""), sort
        for number in range(1, 6):
            await web.engine.submit(ResolveAlert(number), "room")
        cursor, seen = "", []
        for _ in range(3):
            answer = (await web.ask("GET", f"/alerts?status=resolved&limit=2&cursor={cursor}")).json()
            seen += [row["title"] for row in answer["items"]]
            cursor = answer["next_cursor"]
        assert (sorted(seen), cursor) == ([f"db{number}" for number in range(5)], "")

    told(story)


def test_rows_that_move_up_do_not_move_the_others() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"db{number}" for number in range(5)))
        first = (await web.ask("GET", "/alerts?limit=2")).json()
        assert [row["title"] for row in first["items"]] == ["db4", "db3"]
        await fire(web, "db0")
        rest = await titles(web, f"?limit=2&cursor={first['next_cursor']}")
        assert rest == ["db2", "db1"]
        foreign = await web.ask("GET", f"/alerts?sort=count&cursor={first['next_cursor']}")
        assert foreign.json()["errors"][0]["pointer"] == "?cursor"

    told(story)


def test_filters_take_lists_and_closed_alerts_are_found_too() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", severity="low")
        await fire(web, "web1", severity="critical")
        await web.engine.submit(ResolveAlert(1), "room")
        assert await titles(web, "?severity=low,critical") == ["web1", "db2"]
        assert await titles(web, "?status=firing,resolved&severity=low") == ["db1", "db2"]
        assert await titles(web, "?status=resolved") == ["db1"]
        assert await titles(web, "?source=other") == []
        incident = (await web.ask("GET", "/alerts")).json()["items"][0]["incident"]
        assert await titles(web, f"?incident={incident}&status=") == ["web1"]
        wrong = await web.ask("GET", "/alerts?status=open")
        assert wrong.json()["errors"][0]["pointer"] == "?status"

    told(story)


def test_a_condition_filters_by_what_alerts_say() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", env="prod")
        await fire(web, "web1", severity="critical")
        for q, found in (
            ('alert.severity == "high" && labels.env == "prod"', ["db2", "db1"]),
            ('alert.labels["job"] == "we"', ["web1"]),
            ('"env" in labels && labels.job.startsWith("d")', ["db2", "db1"]),
            ("!has(labels.env)", ["web1"]),
            ('severity in ["critical"]', ["web1"]),
            ('alert.first_at > timestamp("2099-01-01T00:00:00Z")', []),
            ("alert.count > 1", []),
            ('labels.env == "prod" && labels.exists(name, name == "job")', ["db2", "db1"]),
            ("labels.nobody == 5", []),
        ):
            answer = await _asked(web, q)
            assert [row["title"] for row in answer["items"]] == found, q

    told(story)


async def _asked(web: Web, q: str) -> Any:
    async with web.client(web.key) as client:
        return (await client.get("/api/v1/alerts", params={"q": q})).json()


def test_a_mistake_in_a_condition_is_shown_where_it_is() -> None:
    async def story(web: Web) -> None:
        for q, line, column in (
            ('alert.severity = "x"', 1, 16),
            ('labels.env == "a" &&\n labls.job == "b"', 2, 2),
            ("alert.colour == 3", 1, 7),
        ):
            problem = await _asked(web, q)
            fault = problem["errors"][0]
            assert (problem["status"], fault["pointer"], fault["line"], fault["column"]) == (400, "?q", line, column), q

    told(story)


def test_filters_are_prometheus_matchers_and_all_must_hold() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", env="prod")
        await fire(web, "web1")
        for filters, found in (
            (['job="db"'], ["db2", "db1"]),
            (['job=~"d.+|x"'], ["db2", "db1"]),
            (['job!~"d.+"'], ["web1"]),
            (['env=~".+"', 'alertname!~".*2"'], ["db1"]),
            (['{env=~"p.*", alertname="db2"}'], ["db2"]),
            (['env=~"|test.*"'], ["web1"]),
            (['job=~"d"'], []),
        ):
            for _ in range(2):  # the second time from memory
                async with web.client(web.key) as client:
                    answer = (await client.get("/api/v1/alerts", params={"filter": filters})).json()
                assert [row["title"] for row in answer["items"]] == found, filters

    told(story)


def test_an_expression_is_asked_once_about_each_value() -> None:
    asked: list[str] = []
    verdicts = Verdicts(lambda value: bool(asked.append(value)) or value == "a")
    assert [verdicts[value] for value in ("a", "b", "a", "b")] == [True, False, True, False]
    assert asked == ["a", "b"]


def test_what_is_remembered_of_an_expression_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "REMEMBERED_MAX", 2)
    verdicts = Verdicts(str.isalpha)
    assert [verdicts[value] for value in ("a", "1", "b", "2", "a")] == [True, False, True, False, True]
    assert len(verdicts) <= 2


def test_facets_count_what_another_choice_would_show() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", severity="low")
        await fire(web, "web1", severity="critical")
        assert await facet(web, "severity") == {"critical": 1, "low": 2}
        assert await facet(web, "severity", "?severity=critical") == {"critical": 1, "low": 2}
        assert await facet(web, "job", "?severity=critical&labels=job") == {"we": 1}
        assert await facet(web, "job", '?labels=job&filter=job="db"') == {"db": 2, "we": 1}
        assert await facet(web, "suppressed") == {"false": 3}
        await web.engine.submit(ResolveAlert(1), "room")
        assert await facet(web, "status") == {"firing": 2, "resolved": 1}
        assert await facet(web, "status", "?severity=low") == {"firing": 1, "resolved": 1}
        assert (await web.ask("GET", "/alerts/facets?status=")).json()["total"] == 3

    told(story)


def test_labels_are_named_with_their_values() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", env="prod")
        await fire(web, "web1")
        names = (await web.ask("GET", "/alerts/labels")).json()["labels"]
        found = {one["name"]: one for one in names}
        assert (found["env"]["count"], found["env"]["values"]) == (2, [{"value": "prod", "count": 2}])
        assert found["job"]["values"][0] == {"value": "db", "count": 2}

    told(story)


def test_the_rate_tells_a_storm_from_a_usual_minute() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1")
        web.clock.pass_s(600)
        calm = (await web.ask("GET", "/alerts/rate?minutes=15")).json()
        assert (len(calm["buckets"]), sum(one["count"] for one in calm["buckets"])) == (15, 1)
        assert (calm["per_minute"], calm["is_storm"]) == (0, False)
        await fire(web, *(f"web{number}" for number in range(40)), rack="r1")
        storm = (await web.ask("GET", "/alerts/rate")).json()
        assert (storm["per_minute"], storm["is_storm"]) == (40, True)
        assert {"label": "rack", "value": "r1", "count": 40} in storm["top"]

    told(story)


def test_a_sparkline_counts_what_was_said() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1")
        for _ in range(5):
            web.clock.pass_s(3600)
            await fire(web, "db1")
        answer = (await web.ask("GET", "/alerts/sparks?ids=ALT-1,ALT-99")).json()
        spark = answer["sparks"]["ALT-1"]
        assert list(answer["sparks"]) == ["ALT-1"]
        assert (len(spark["counts"]), sum(spark["counts"])) == (24, 6)
        assert (spark["counts"][0], spark["counts"][-1]) == (1, 1)
        assert answer["complete_from"] == spark["start_at"]

    told(story)


def test_a_walk_begins_with_few_alerts_for_nobody_knows_what_they_cost() -> None:
    async def story(web: Web) -> None:
        await fire(web, *(f"n{number}" for number in range(40)))
        sieve = Sieve(web.engine.look, Asked(matchers=('alertname=~"n.*"',)))
        steps = [len(rows) async for rows in sieve.walk(sieve.open())]
        assert steps[0] == FIRST_STEP
        assert (sum(steps), sieve.is_complete) == (40, True)

    told(story)
