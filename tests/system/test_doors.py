"""The doors of the real process, asked by the real programs: amtool, Alertmanager as a sender and as a peer, curl."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import yaml

from system.town import Tocsin, eventually, free_port, tocsin

AMTOOL = shutil.which("amtool")
ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CURL = shutil.which("curl")
needs_amtool = pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed")
needs_alertmanager = pytest.mark.skipif(ALERTMANAGER is None, reason="prometheus-alertmanager is not installed")
needs_curl = pytest.mark.skipif(CURL is None, reason="curl is not installed")

SILENCE = "d9d5f9a1-0b6f-4c9e-8a55-0c8a0b7a1d11"
MATCHER = {"name": "a", "value": "b", "isRegex": False}
LONG = {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
POSTED = {"matchers": [MATCHER], **LONG, "createdBy": "ann", "comment": "c"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tocsin]:
    """One installation for all stories of this file; each has a source of its own."""
    with tocsin(tmp_path_factory.mktemp("doors") / "data") as running:
        yield running


def _source(house: Tocsin, name: str, **facts: Any) -> str:
    """A new source; its key."""
    made = house.put(f"/sources/{name}", {"name": name, **facts})
    return str(made["key"])


def _open_titles(house: Tocsin, source: str) -> list[str]:
    alerts = house.get(f"/alerts?status=firing&source={source}")["items"]
    return sorted(alert["title"] for alert in alerts)


def _amtool(house: Tocsin, key: str, *arguments: str, given: str = "") -> str:
    assert AMTOOL is not None
    done = subprocess.run(
        [AMTOOL, f"--alertmanager.url={house.url}/in/{key}", *arguments],
        capture_output=True, text=True, check=False, input=given, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_amtool
def test_amtool_adds_and_queries_alerts(house: Tocsin) -> None:
    key, admin = _source(house, "amtool"), house.keys["admin_key"]
    _amtool(house, key, "alert", "add", "alertname=DiskFull", "host=db1", "severity=critical", "--annotation=summary=x")
    _amtool(house, key, "alert", "add", "alertname=LoadHigh", "host=db2")
    assert len(json.loads(_amtool(house, key, "alert", "query", "-o", "json"))) == 2
    picked = json.loads(_amtool(house, admin, "alert", "query", "-o", "json", "alertname=~Disk.*", "host=db1"))
    assert [alert["labels"]["alertname"] for alert in picked] == ["DiskFull"]
    assert "DiskFull" in _amtool(house, admin, "alert", "query", "-o", "extended", "alertname=DiskFull")
    ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    _amtool(house, key, "alert", "add", "alertname=LoadHigh", "host=db2", f"--start={start}", f"--end={ended}")
    assert _open_titles(house, "amtool") in (["x"], ["LoadHigh", "x"])


@needs_amtool
def test_amtool_lives_the_life_of_a_silence(house: Tocsin) -> None:
    admin = house.keys["admin_key"]
    key = _source(house, "silenced")
    _amtool(house, key, "alert", "add", "alertname=Quiet")
    made = _amtool(house, admin, "silence", "add", "alertname=Quiet", "team=~a|b|", "-c", "work", "-a", "ann").strip()
    assert made in _amtool(house, admin, "silence", "query", "alertname=Quiet")
    shown = json.loads(_amtool(house, admin, "silence", "query", "-o", "json", "--created-by=ann"))
    assert [(one["id"], one["comment"], one["status"]["state"]) for one in shown] == [(made, "work", "active")]
    assert json.loads(_amtool(house, key, "alert", "query", "-o", "json", "-a")) == []
    alerts = json.loads(_amtool(house, key, "alert", "query", "-o", "json", "-s"))
    assert [alert["status"] for alert in alerts] == [{"inhibitedBy": [], "silencedBy": [made], "state": "suppressed"}]
    _amtool(house, admin, "silence", "update", "-d", "5h", "-c", "longer", made)
    kept = json.loads(_amtool(house, admin, "silence", "query", "-o", "json", "--created-by=ann"))
    assert [(one["id"], one["comment"]) for one in kept] == [(made, "longer")], "lasting longer, it keeps its id"
    exported = _amtool(house, admin, "silence", "query", "-o", "json")
    _amtool(house, admin, "silence", "expire", made)
    assert made not in _amtool(house, admin, "silence", "query", "-q")
    assert made in _amtool(house, admin, "silence", "query", "-q", "--expired", "--within=1h")
    _amtool(house, admin, "silence", "import", "--force", given=exported)
    imported = _amtool(house, admin, "silence", "query", "-q", "alertname=Quiet").split()
    assert len(imported) == 1
    assert imported != [made], "an expired silence never acts again"
    for silence in imported:
        _amtool(house, admin, "silence", "expire", silence)


@needs_amtool
def test_amtool_reads_the_configuration_and_the_cluster(house: Tocsin) -> None:
    admin = house.keys["admin_key"]
    shown = _amtool(house, admin, "config", "show")
    assert yaml.safe_load(shown)["receivers"] == [{"name": "tocsin"}]
    assert "tocsin" in _amtool(house, admin, "config", "routes", "show")
    assert "disabled" in _amtool(house, admin, "cluster", "show")


@needs_amtool
def test_amtool_with_a_sources_key_is_told_that_silences_are_for_people(house: Tocsin) -> None:
    assert AMTOOL is not None
    key = _source(house, "mute")
    done = subprocess.run(
        [AMTOOL, f"--alertmanager.url={house.url}/in/{key}", "silence", "add", "a=b", "-c", "x"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "403" in done.stderr


@contextmanager
def _alertmanager(directory: Path, config: object) -> Iterator[str]:
    """A real Alertmanager; its address."""
    assert ALERTMANAGER is not None
    directory.mkdir()
    (directory / "am.yml").write_text(yaml.safe_dump(config), "utf-8")
    port = free_port()
    with (directory / "am.log").open("wb") as log:
        process = subprocess.Popen(
            [ALERTMANAGER, f"--config.file={directory}/am.yml", f"--storage.path={directory}/data",
             f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _is_up(url), "Alertmanager is ready")
        yield url
    finally:
        process.kill()
        process.wait()


def _is_up(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/-/ready").status_code == 200
    except httpx2.HTTPError:
        return False


@needs_alertmanager
def test_a_real_alertmanager_sends_by_webhook_and_by_pagerduty(house: Tocsin, tmp_path: Path) -> None:
    by_webhook, by_pagerduty = _source(house, "am-webhook"), _source(house, "am-pagerduty")
    receiver = {
        "name": "tocsin",
        "webhook_configs": [{"url": f"{house.url}/in/{by_webhook}/alertmanager", "send_resolved": True}],
        "pagerduty_configs": [{
            "routing_key": by_pagerduty, "url": f"{house.url}/v2/enqueue", "send_resolved": True,
            "severity": "critical", "description": "{{ .CommonLabels.alertname }}",
        }],
    }  # fmt: skip
    route = {"receiver": "tocsin", "group_by": ["alertname"], "group_wait": "0s", "group_interval": "1s"}
    with _alertmanager(tmp_path / "am", {"route": route, "receivers": [receiver]}) as url:
        start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        labels, words = {"alertname": "PumpStopped", "severity": "critical"}, {"summary": "Pump"}
        alert = {"labels": labels, "annotations": words, "startsAt": start}
        httpx2.post(f"{url}/api/v2/alerts", json=[alert], timeout=30).raise_for_status()
        eventually(lambda: _open_titles(house, "am-webhook") == ["Pump"], "the webhook fired")
        eventually(lambda: _open_titles(house, "am-pagerduty") == ["PumpStopped"], "the PagerDuty event fired")
        ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
        httpx2.post(f"{url}/api/v2/alerts", json=[{**alert, "endsAt": ended}], timeout=30).raise_for_status()
        eventually(lambda: _open_titles(house, "am-webhook") == [], "the webhook resolved")
        eventually(lambda: _open_titles(house, "am-pagerduty") == [], "the PagerDuty event resolved")
    for source in ("am-webhook", "am-pagerduty"):
        assert house.get(f"/dead-letters?source={source}")["items"] == []


class Asked(NamedTuple):
    """A request to both."""

    method: str
    path: str
    body: object = None
    type_: str = "application/json"


def _labels(**labels: object) -> list[dict[str, object]]:
    return [{"labels": labels}]


ASKED = (
    Asked("POST", "/api/v2/alerts", []),
    Asked("POST", "/api/v2/alerts", _labels(a="b")),
    Asked("POST", "/api/v2/alerts", [{"labels": {}}]),
    Asked("POST", "/api/v2/alerts", [{}]),
    Asked("POST", "/api/v2/alerts", [{"annotations": {"a": "b"}}]),
    Asked("POST", "/api/v2/alerts", [{"labels": {"bad-name": "b"}}]),
    Asked("POST", "/api/v2/alerts", [{"labels": {"a": "b"}, "generatorURL": "not a uri"}]),
    Asked("POST", "/api/v2/alerts", [{"labels": {"a": "b"}, "startsAt": "yesterday"}]),
    Asked("POST", "/api/v2/alerts", [{"labels": {"a": "b"}, **LONG, "endsAt": "2025-01-01T00:00:00Z"}]),
    Asked("POST", "/api/v2/alerts", [{"labels": {}}, {"labels": {"x-y": "b"}}]),
    Asked("POST", "/api/v2/alerts", b"[{"),
    Asked("POST", "/api/v2/alerts", b""),
    Asked("POST", "/api/v2/alerts", b"null"),
    Asked("POST", "/api/v2/alerts", [], "text/plain"),
    Asked("PUT", "/api/v2/alerts"),
    Asked("HEAD", "/api/v2/alerts"),
    Asked("POST", "/api/v1/alerts", _labels(a="b")),
    Asked("POST", "/api/v1/alerts", [{"labels": {}}]),
    Asked("POST", "/api/v1/alerts", b"{"),
    Asked("GET", "/api/v2/alerts?filter===", None),
    Asked("GET", "/api/v2/alerts?active=maybe&silenced=maybe", None),
    Asked("GET", "/api/v2/nothing", None),
    Asked("POST", "/api/v2/status", None),
    Asked("POST", "/api/v2/alerts/groups", None),
    Asked("GET", "/api/v2/silence/abc", None),
    Asked("DELETE", "/api/v2/silence/abc", None),
    Asked("GET", f"/api/v2/silence/{SILENCE}", None),
    Asked("DELETE", f"/api/v2/silence/{SILENCE}", None),
    Asked("GET", "/api/v2/silences?filter==", None),
    Asked("POST", "/api/v2/silences", {}),
    Asked("POST", "/api/v2/silences", b"{"),
    Asked("POST", "/api/v2/silences", b""),
    Asked("POST", "/api/v2/silences", {}, "text/plain"),
    Asked("POST", "/api/v2/silences", {**POSTED, "matchers": []}),
    Asked("POST", "/api/v2/silences", {**POSTED, "matchers": [{"name": "a", "value": "b"}]}),
    Asked("POST", "/api/v2/silences", {**POSTED, "matchers": [{**MATCHER, "value": ""}]}),
    Asked("POST", "/api/v2/silences", {**POSTED, "startsAt": "x"}),
    Asked("POST", "/api/v2/silences", {**POSTED, "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2021-01-01T00:00:00Z"}),
    Asked("POST", "/api/v2/silences", {**POSTED, "startsAt": "2099-02-01T00:00:00Z"}),
    Asked("POST", "/api/v2/silences", {**POSTED, "id": SILENCE}),
    Asked("GET", "/-/healthy", None),
    Asked("GET", "/-/ready", None),
    Asked("HEAD", "/-/healthy", None),
    Asked("POST", "/-/reload", None),
    Asked("POST", "/-/healthy", None),
)  # fmt: skip


def _answer(http: httpx2.Client, base: str, asked: Asked) -> tuple[int, str, str]:
    """Status, content type and body; Go names the methods of a path in a random order."""
    body = asked.body if isinstance(asked.body, bytes) else b"" if asked.body is None else json.dumps(asked.body)
    answer = http.request(asked.method, base + asked.path, content=body, headers={"content-type": asked.type_})
    text = answer.text.strip().replace("[POST,GET]", "[GET,POST]").replace("[GET,DELETE]", "[DELETE,GET]")
    return answer.status_code, answer.headers.get("content-type", "") if text else "", text


@needs_alertmanager
def test_every_answer_is_that_of_the_real_alertmanager(house: Tocsin, tmp_path: Path) -> None:
    key, admin = _source(house, "peer"), house.keys["admin_key"]
    config = {"route": {"receiver": "x"}, "receivers": [{"name": "x"}]}
    different = []
    with _alertmanager(tmp_path / "peer", config) as url, httpx2.Client(timeout=30) as http:
        for asked in ASKED:
            is_intake = asked.method == "POST" and asked.path.endswith("/alerts")
            ours = _answer(http, f"{house.url}/in/{key if is_intake else admin}", asked)
            theirs = _answer(http, url, asked)
            if asked.path.startswith("/api/v2/alerts?active"):
                theirs = ours if theirs[0] == ours[0] else theirs
            if ours != theirs:
                different.append(f"{asked.method} {asked.path} {asked.body!r}\n  ours   {ours}\n  theirs {theirs}")
    assert not different, "\n".join(different)


@needs_alertmanager
def test_alerts_are_shown_as_the_real_alertmanager_shows_them(house: Tocsin, tmp_path: Path) -> None:
    key = _source(house, "mirror")
    posted = [
        {"labels": {"alertname": "A", "empty": "", "cluster": "c1"}, **LONG, "annotations": {"summary": "s"}},
        {"labels": {"alertname": "B", "utf": "磁盘"}, **LONG, "startsAt": "2026-01-01T00:00:00.123456789Z"},
        {"labels": {"alertname": "C"}, **LONG, "generatorURL": "http://prometheus/graph?a=b&c=d"},
    ]  # fmt: skip
    config = {"route": {"receiver": "tocsin"}, "receivers": [{"name": "tocsin"}]}
    with _alertmanager(tmp_path / "mirror", config) as url:
        shown = []
        for base in (f"{house.url}/in/{key}", url):
            httpx2.post(f"{base}/api/v2/alerts", json=posted, timeout=30).raise_for_status()
            alerts = httpx2.get(f"{base}/api/v2/alerts", timeout=30).json()
            shown.append([{**alert, "updatedAt": ""} for alert in alerts])
    assert shown[0] == shown[1]


@needs_curl
def test_curl_posts_in_every_way_it_knows(house: Tocsin, tmp_path: Path) -> None:
    assert CURL is not None
    key = _source(house, "curl")
    body = json.dumps(_labels(alertname="Curled")).encode()
    (tmp_path / "plain").write_bytes(body)
    (tmp_path / "packed").write_bytes(gzip.compress(body))
    (tmp_path / "big").write_bytes(b"[" + b" " * 4_300_000 + b"]")
    json_ = ["-H", "content-type: application/json"]

    def curl(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [CURL or "", "-sS", "-w", "\n%{http_code}", *arguments],
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        text, _, code = done.stdout.rpartition("\n")
        return int(code), text

    alerts = f"{house.url}/api/v2/alerts"
    assert curl(*json_, "-u", f"x:{key}", "-d", f"@{tmp_path}/plain", alerts) == (200, "")
    assert curl(*json_, "--oauth2-bearer", key, "-d", f"@{tmp_path}/plain", alerts) == (200, "")
    assert curl(*json_, "-H", "transfer-encoding: chunked", "-d", f"@{tmp_path}/plain", f"{alerts}?key={key}")[0] == 200
    packed = ["-H", "content-encoding: gzip", "--data-binary", f"@{tmp_path}/packed"]
    assert curl(*json_, *packed, f"{house.url}/in/{key}/api/v2/alerts") == (200, "")
    assert (
        curl(*json_, "-H", "expect: 100-continue", "-d", f"@{tmp_path}/plain", f"{house.url}/in/{key}/api/v2/alerts")[0]
        == 200
    )
    assert curl(*json_, "--http1.0", "-d", f"@{tmp_path}/plain", f"{house.url}/in/{key}/api/v2/alerts") == (200, "")
    code, text = curl(*json_, "--data-binary", f"@{tmp_path}/big", f"{house.url}/in/{key}/grafana")
    assert (code, json.loads(text)["title"]) == (413, "body too large")
    assert curl(*json_, "-d", "x", f"{house.url}/in/nobody/grafana")[0] == 401
    assert curl("-I", f"{house.url}/in/{key}/grafana")[0] == 405
    assert curl(f"{house.url}/-/healthy") == (200, "OK")
    falcon = f"{house.url}/in/{key}/openfalcon?endpoint=db1&metric=df&status=PROBLEM&step=1&priority=0&stra_id=1"
    assert curl(falcon) == (200, "ok")
    assert _open_titles(house, "curl") == ["Curled", "db1 df"]


def test_metrics_are_scraped(house: Tocsin) -> None:
    text = house.http.get("/metrics").text
    for name in (
        "tocsin_journal_append_seconds_count", "tocsin_timer_lateness_seconds_count", "tocsin_page_delay_seconds_count",
        "tocsin_signals_fate", "tocsin_inbox_depth", "process_resident_memory_bytes",
    ):  # fmt: skip
        assert f"\n{name}" in text, name
    count = next(line for line in text.splitlines() if line.startswith("tocsin_journal_append_seconds_count"))
    assert float(count.split()[1]) > 0


def _guessed(house: Tocsin, place: str) -> int:
    form = {"user": "admin", "password": "wrong"}
    return house.http.post("/login", data=form, headers={"x-forwarded-for": place}).status_code


def test_nobody_is_believed_to_call_from_elsewhere_but_a_trusted_proxy(house: Tocsin, tmp_path: Path) -> None:
    assert [_guessed(house, f"203.0.113.{number}") for number in range(6)] == [422] * 5 + [429]
    with tocsin(tmp_path / "data", trusted_proxies="10.1.0.0/16,127.0.0.1/8") as behind:
        assert [_guessed(behind, "203.0.113.1") for _ in range(6)] == [422] * 5 + [429]
        assert _guessed(behind, "198.51.100.7, 203.0.113.1") == 429, "what a caller says itself counts for nothing"
        assert _guessed(behind, "203.0.113.1, 10.1.2.3") == 429, "a second proxy before the first"
        assert _guessed(behind, "203.0.113.2") == 422, "somebody else at the same proxy"
