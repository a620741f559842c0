"""No bytes make a door raise, what it says can be stored, and a recovery never becomes a fire."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from gates import FORM, JSON, read
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.events import DOORS, SEVERITIES, MappingSpec, SourceSpec
from tocsin.core.intake.rules.reading import LABELS_MAX, TITLE_MAX
from tocsin.core.intake.views import Misunderstood, Reading, Understood

MAPPING = MappingSpec(
    key="item.key", title="item.title", status="item.status", time="item.time", labels="item.labels", url="item.url"
)
SPEC = SourceSpec(name="F", door="any", every_s=5, mapping=MAPPING, labels={"site": "eu"})
MEDIA = (JSON, FORM, "", "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain")

NAMES = [
    "alerts", "labels", "annotations", "status", "startsAt", "endsAt", "generatorURL", "valueString", "ruleId",
    "ruleName", "state", "evalMatches", "tags", "routing_key", "event_action", "event_type", "dedup_key",
    "incident_key", "payload", "summary", "source", "severity", "timestamp", "custom_details", "links", "images",
    "contexts", "href", "description", "details", "eventid", "eventvalue", "eventupdate", "eventack", "eventtags",
    "event_source", "triggerid", "hostname", "notificationtype", "servicestate", "hoststate", "servicedesc", "cmd",
    "XMLDATA", "JSONDATA", "checkresults", "checkresult", "type", "time", "endpoint", "metric", "specversion", "id",
    "subject", "data", "severitynumber", "key", "title", "url",
]  # fmt: skip
VALUES = [
    "firing", "resolved", "trigger", "resolve", "acknowledge", "1", "0", "1.0", "ok", "alerting", "PROBLEM", "OK",
    "RECOVERY", "DOWN", "critical", "2026-11-24T11:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+14:00", "24:60", "{EVENT.ID}", "com.a.b.resolved", "submitcheck", "<checkresults/>", "\ud800",
    "\x00", "99999999999999999999", "é" * 3_000,
]  # fmt: skip

texts = st.one_of(st.sampled_from(VALUES), st.text(max_size=8))
scalars = st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**300), st.just(1e300))
plain = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=4)), inner, max_size=8),
    ),
    max_leaves=20,
)
objects = st.dictionaries(st.sampled_from(NAMES), st.one_of(texts, plain), max_size=14)
doors = st.sampled_from(DOORS)


def check(reading: Reading) -> None:
    """What every reading keeps."""
    if isinstance(reading, Misunderstood):
        assert 400 <= reading.status < 500
        assert reading.error
        reading.error.encode()
        return
    assert isinstance(reading, Understood)
    for one in reading.signals:
        assert one.status in {"firing", "resolved", "acknowledged"}
        assert one.key
        assert one.content.severity in SEVERITIES
        assert len(one.content.title) <= TITLE_MAX
        assert len(one.content.labels) <= LABELS_MAX
        assert all(isinstance(value, str) for value in one.content.labels.values())
        if one.status == "firing":
            assert one.content.title
    command = ReceiveSignals("f", reading.signals)
    assert msgspec.json.decode(msgspec.json.encode(command), type=ReceiveSignals) == command
    msgspec.json.encode(reading)


@settings(max_examples=300, deadline=None)
@given(doors, st.binary(max_size=60), st.text(max_size=30), st.sampled_from(MEDIA))
def test_no_bytes_make_a_door_raise(door: str, body: bytes, query: str, media: str) -> None:
    check(read(door, body, query=query, content_type=media, spec=SPEC))


@settings(max_examples=300, deadline=None)
@given(doors, st.one_of(objects, st.lists(objects, max_size=3), plain), st.sampled_from(MEDIA), st.booleans())
def test_no_json_makes_a_door_raise(door: str, document: Any, media: str, nested: bool) -> None:
    whole = {"alerts": document, "payload": document, "data": document} if nested else document
    body = json.dumps(whole).encode("utf-8", "surrogatepass")
    check(read(door, body, content_type=media, spec=SPEC, path="/v2/change/enqueue" if nested else "/"))


@settings(max_examples=300, deadline=None)
@given(doors, st.dictionaries(st.sampled_from(NAMES), texts, max_size=12))
def test_no_form_makes_a_door_raise(door: str, form: dict[str, str]) -> None:
    body = urlencode(form, errors="replace")
    check(read(door, body, content_type=FORM, spec=SPEC))
    check(read(door, b"", query=body, content_type="", headers={f"ce-{n}": v for n, v in form.items()}, spec=SPEC))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000, b'{"alerts":' * 5_000, b'{"a":' * 900 + b"1" + b"}" * 900, b"1" * 5_000, b"\xef\xbb\xbf{}",
        b'{"payload":{"custom_details":' + b"[" * 990 + b"]" * 990 + b"}}", b"\x1f\x8b", b"\xff" * 10, b"null",
    ],
)  # fmt: skip
def test_hostile_bodies(door: str, body: bytes) -> None:
    for media in MEDIA:
        check(read(door, body, content_type=media, spec=SPEC))


LABELS = {"alertname": "A", "host": "web1"}
RECOVERIES: dict[str, dict[str, Any]] = {
    "alertmanager_webhook": {"alerts": [{"status": "resolved", "labels": LABELS}]},
    "grafana": {"ruleId": 7, "ruleName": "R", "state": "ok"},
    "pagerduty": {"event_action": "resolve", "dedup_key": "k"},
    "zabbix": {"eventid": "1", "eventvalue": "0"},
    "nagios": {"notificationtype": "RECOVERY", "hostname": "web1"},
    "cloudevents": {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {"status": "resolved"}},
    "generic": {"key": "k", "status": "resolved", "title": "t"},
}
SAYING = (
    "status",
    "state",
    "event_action",
    "event_type",
    "eventvalue",
    "notificationtype",
    "type",
    "event_source",
    "data",
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(RECOVERIES)), objects)
def test_recovery_never_becomes_a_fire_whatever_else_it_says(door: str, more: dict[str, Any]) -> None:
    noise = {name: value for name, value in more.items() if name not in SAYING and name != "alerts"}
    body = {**noise, **RECOVERIES[door]}
    media = "application/cloudevents+json" if door == "cloudevents" else JSON
    reading = read(door, json.dumps(body).encode("utf-8", "surrogatepass"), content_type=media, spec=SourceSpec(
        name="F", mapping=MAPPING if door == "generic" else None
    ))  # fmt: skip
    if isinstance(reading, Understood):
        assert [one.status for one in reading.signals] == ["resolved"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(RECOVERIES)), st.one_of(st.text(max_size=12), st.integers(), st.none(), st.booleans()))
def test_unknown_status_is_never_a_fire(door: str, word: Any) -> None:
    known = {
        "firing", "trigger", "triggered", "alerting", "no_data", "1", "1.0", "true", "problem", "down", "fired",
        "opened", "raised", "failed", "active", "critical", "warning", "unknown", "unreachable", "2", "3", "custom",
        "service", "host", "", "none",
    }  # fmt: skip
    if word is None or word == "" or str(word).strip().lower() in known:
        return
    changed = json.loads(json.dumps(RECOVERIES[door]))
    for place in (changed, *changed.get("alerts", ()), changed.get("data") or {}):
        for name in ("status", "state", "event_action", "eventvalue", "notificationtype"):
            if name in place:
                place[name] = word
    media = "application/cloudevents+json" if door == "cloudevents" else JSON
    spec = SourceSpec(name="F", mapping=MAPPING if door == "generic" else None)
    reading = read(door, json.dumps(changed).encode("utf-8", "surrogatepass"), content_type=media, spec=spec)
    if isinstance(reading, Understood):
        assert all(one.status != "firing" for one in reading.signals), reading
