"""What /metrics tells, read by Prometheus' own parser."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import msgspec
import yaml
from prometheus_client.parser import text_string_to_metric_families

from shell.gateway.front import Front, told
from tocsin.shell import ticker

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\btocsin_[a-z_]+")


async def _scraped(front: Front) -> dict[str, float]:
    """Every sample by its name and labels."""
    answer = await front.ask("GET", "/metrics", authorization=f"Bearer {front.made.admin_key}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found = {}
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_metrics_tell_what_came_in_and_what_became_of_it() -> None:
    async def story(front: Front) -> None:
        await front.post("/api/v2/alerts", [{"labels": {"alertname": "A", "severity": "critical"}}])
        await front.post("/api/v2/alerts", [{"labels": {"alertname": "A", "severity": "critical"}}])
        await front.post("/grafana", b"nonsense")
        metrics = await _scraped(front)
        assert metrics["tocsin_signals_received_total{door=alertmanager,outcome=understood}"] == 2
        assert metrics["tocsin_signals_received_total{door=grafana,outcome=dead_lettered}"] == 1
        assert metrics["tocsin_http_requests_total{code=200,door=alertmanager}"] == 2
        assert metrics["tocsin_http_requests_total{code=400,door=grafana}"] == 1
        assert metrics["tocsin_signals_fate{fate=dead_lettered}"] == 1
        assert metrics["tocsin_signals_fate{fate=merged}"] == 1
        assert metrics["tocsin_dead_letters_open"] == 1
        assert metrics["tocsin_alerts_open{severity=critical}"] == 1
        assert metrics["tocsin_inbox_depth"] == 0
        assert metrics["tocsin_commands_quarantined_total"] == 0
        assert metrics["tocsin_journal_seq"] == front.engine.seq
        incidents = front.look.incidents.open_by_status()
        assert metrics["tocsin_incidents_open{status=triggered}"] == incidents["triggered"]
        assert sum(metrics[f"tocsin_signals_fate{{fate={fate}}}"] for fate in
                   ("paged", "merged", "suppressed", "dead_lettered", "pending")) == 4  # fmt: skip

    told(story)


def test_appends_and_late_timers_are_measured() -> None:
    async def story(front: Front) -> None:
        front.engine.disk = front.telemetry.timed(front.disk)
        key = await front.source("backup", door="heartbeat", every_s=60, grace_s=0)
        await front.ask("GET", f"/in/{key}")
        front.clock.pass_s(61)
        decided = asyncio.Event()

        def ticked(lateness_ms: int) -> None:
            front.telemetry.ticked(lateness_ms)
            decided.set()

        ticking = asyncio.create_task(ticker.run(front.engine, ticked))
        await decided.wait()
        ticking.cancel()
        assert front.look.intake.source("backup").missed
        metrics = await _scraped(front)
        assert metrics["tocsin_journal_append_seconds_count"] == 3
        assert metrics["tocsin_timer_lateness_seconds_count"] >= 1
        assert metrics["tocsin_timer_lateness_seconds_sum"] == 1.0

    told(story)


def test_metrics_are_for_those_who_may_read() -> None:
    async def story(front: Front) -> None:
        assert (await front.ask("GET", "/metrics")).status == 401
        assert (await front.ask("GET", "/metrics", authorization=f"Bearer {front.key}")).status == 401
        front.gateway._house._settings = msgspec.structs.replace(front.settings, metrics_public=True)
        assert (await front.ask("GET", "/metrics")).status == 200
        assert (await front.ask("HEAD", "/metrics")).body == b""
        assert (await front.ask("POST", "/metrics")).status == 405

    told(story)


def test_health_and_readiness() -> None:
    async def story(front: Front) -> None:
        for path in ("/-/healthy", "/-/ready"):
            assert (await front.ask("GET", path)).facts == (200, "OK")
            assert (await front.ask("HEAD", path)).facts == (200, "")
        assert (await front.ask("GET", "/-/nothing")).status == 404

    told(story)


def test_the_shipped_rules_and_dashboard_ask_only_for_metrics_there_are() -> None:
    async def story(front: Front) -> None:
        answer = await front.ask("GET", "/metrics", authorization=f"Bearer {front.made.admin_key}")
        families = list(text_string_to_metric_families(answer.body.decode()))
        suffixes = ("", "_total", "_bucket", "_count", "_sum")
        there = {f"{family.name}{suffix}" for family in families for suffix in suffixes}
        rules = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text("utf-8"))
        dashboard = msgspec.json.decode((DEPLOY / "grafana-dashboard.json").read_bytes())
        asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
        asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        names = {name for expression in asked for name in NAME.findall(expression)}
        assert names, "the rules ask for something"
        assert names <= there, sorted(names - there)
        severities = {rule["labels"]["severity"] for group in rules["groups"] for rule in group["rules"]}
        assert severities <= {"critical", "warning", "info"}

    told(story)


def test_who_is_about_to_stop_is_not_ready_and_still_takes_alerts() -> None:
    async def story(front: Front) -> None:
        front.gateway.leave()
        assert (await front.ask("GET", "/-/ready")).facts == (503, "stopping")
        assert (await front.ask("GET", "/-/healthy")).status == 200
        alert = [{"labels": {"alertname": "DiskFull"}}]
        assert (await front.post("/api/v2/alerts", alert)).status == 200

    told(story)
