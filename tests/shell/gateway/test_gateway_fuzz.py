"""Whatever comes to whatever door: no fault, no exception, and nothing that was answered is lost."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shell.gateway.front import Answer, Front, opened
from tocsin.core.intake.events import MappingSpec
from tocsin.core.intake.views import Memo, Request, Understood
from tocsin.shell.gateway import address
from tocsin.shell.gateway.address import FIXED, NAMES
from tocsin.shell.install import hash_key

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")
DOORS = (
    "", "/", "/api/v2/alerts", "/api/v1/alerts", "/api/v2/alerts/groups", "/api/v2/silences", "/api/v2/silence/x",
    "/api/v2/status", "/-/ready", "/nothing", *FIXED, *(f"/{name}" for name in NAMES),
)  # fmt: skip
TYPES = (
    "application/json", "application/x-www-form-urlencoded", "application/cloudevents+json",
    "application/cloudevents-batch+json", "text/plain", "",
)  # fmt: skip
SAMPLES: tuple[Any, ...] = (
    [{"labels": {"alertname": "A"}, "startsAt": "2026-01-01T00:00:00Z", "generatorURL": "http://x"}],
    [{"labels": {"alertname": "B"}}, {"labels": {}}],
    {"status": "firing", "alerts": [{"labels": {"a": "b"}}, {"labels": {"a": "c"}, "status": "burning"}]},
    {"version": "4", "status": "firing", "alerts": [{"status": "firing", "labels": {"a": "b"}}]},
    {"title": "t", "ruleId": 1, "ruleName": "r", "state": "alerting", "evalMatches": [{"value": 1}]},
    {"event_action": "trigger", "payload": {"summary": "s", "source": "h", "severity": "info", "timestamp": "x"}},
    {"payload": {"summary": "s", "timestamp": "2026-01-01T00:00:00Z"}},
    {"event_type": "trigger", "incident_key": "k", "description": "d", "contexts": [{"type": "link", "href": "h"}]},
    {"eventid": "1", "eventvalue": "1", "eventtags": '[{"tag":"a","value":"b"}]', "eventdate": "2026.01.01"},
    {"NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "h", "HOSTSTATE": "DOWN", "TIMET": "1790000000"},
    {"specversion": "1.0", "id": "1", "source": "/a", "type": "x.fired", "time": "2026-01-01T00:00:00Z", "data": {}},
    [{"specversion": "1.0", "id": "1", "source": "/a", "type": "x.resolved"}],
    {"id": "7", "what": "w", "state": "down"},
    {"matchers": [{"name": "a", "value": "b", "isRegex": True}], "startsAt": "2026-01-01T00:00:00Z", "comment": "c"},
)
FORMS = (
    b"cmd=submitcheck&XMLDATA=<checkresults><checkresult type='host'><hostname>h</hostname><state>1</state>"
    b"</checkresult></checkresults>",
    b'cmd=submitcheck&JSONDATA={"checkresults":[{"hostname":"h","servicename":"s","state":"2"}]}',
    b"endpoint=e&metric=m&status=PROBLEM&tags=a:b,c:d&priority=1&time=2026-01-01 00:00:00",
)

SOURCES = 4
"""The first keys of the town are those of sources."""
CLOUD = 3
"""The one for CloudEvents, whose events may come again."""

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


AIMS = (
    "/api/v2/alerts /api/v1/alerts", "/api/v2/alerts", "/alertmanager /grafana", "/alertmanager /grafana", "/grafana",
    "/v2/enqueue /pagerduty", "/v2/change/enqueue", "/generic/2010-04-15/create_event.json", "/zabbix",
    "/nagios /icinga", "/cloudevents", "/cloudevents", "/generic", "/api/v2/silences",
)  # fmt: skip
"""The doors each sample is for."""


def _mutated(draw: st.DrawFn, sample: Any) -> bytes:
    """A sample with up to two of its values replaced by anything."""
    sample = json.loads(json.dumps(sample))
    places: list[tuple[Any, Any]] = []
    todo = [sample]
    while todo:
        node = todo.pop()
        inside = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        places += [(node, name) for name, _ in inside]
        todo += [value for _, value in inside if isinstance(value, dict | list)]
    for _ in range(draw(st.integers(0, 2))):
        node, name = draw(st.sampled_from(places))
        node[name] = draw(plain)
    return json.dumps(sample).encode("utf-8", "surrogatepass")


def _damaged(draw: st.DrawFn, body: bytes) -> bytes:
    """A body with bytes cut out, put in or cut off, perhaps packed."""
    start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
    body = draw(st.sampled_from((body, body[:start], body[:start] + body[end:])))
    body = draw(st.sampled_from((body, body[:start] + draw(st.binary(max_size=4)) + body[start:])))
    return draw(st.sampled_from((body, body, gzip.compress(body), gzip.compress(body)[:-3])))


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A door, a content type and a body: half of them fit each other before they are changed."""
    number = draw(st.integers(0, len(SAMPLES) - 1))
    if draw(st.booleans()):
        door = draw(st.sampled_from(AIMS[number].split()))
        type_ = "application/cloudevents+json" if door == "/cloudevents" else "application/json"
        return door, type_, _mutated(draw, SAMPLES[number])
    whole = draw(st.sampled_from(FORMS) | st.binary(max_size=200) | st.just(json.dumps(SAMPLES[number]).encode()))
    return draw(st.sampled_from(DOORS)), draw(st.sampled_from(TYPES)), _damaged(draw, whole)


class Town:
    """One front door, several sources, a loop of its own: the examples share them, so states are met as they come."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.front: Front = self.runner.run(self._open())
        mapping = MappingSpec(key="body.id", title="body.what", status="body.state", labels="body.labels")
        self.keys = (
            self.front.key,
            self.runner.run(self.front.source("own", door="generic", mapping=mapping)),
            self.runner.run(self.front.source("beat", door="heartbeat", every_s=3600)),
            self.runner.run(self.front.source("cloud", door="cloudevents", mapping=mapping)),
            self.front.made.admin_key,
            "nobody",
        )

    async def _open(self) -> Front:
        return await self.stack.enter_async_context(opened())

    def ask(self, method: str, path: str, body: bytes, type_: str, **headers: str) -> Answer:
        """One request, a second after the last."""
        self.front.clock.pass_s(1)
        return self.runner.run(self.front.ask(method, path, body, type_, **headers))

    def close(self) -> None:
        """Stop the engine."""
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.close()


def _taken(front: Front) -> tuple[int, int, int]:
    """Signals counted as understood, dead letters in the journal, signals with a fate."""
    tallies = front.telemetry.received.items()
    understood = sum(count for (_, outcome), count in tallies if outcome == "understood")
    letters = sum(count for (_, outcome), count in tallies if outcome == "dead_lettered")
    assert letters == front.look.intake.known.letter_last
    front.look.notify.book.balance()
    return understood, letters, front.look.notify.ledger().received


def _signals_in(front: Front, key: str, path: str, body: bytes, type_: str, packed: str) -> int:
    """How many signals the parsers find in a POST, asked without the gateway."""
    plain_path, _, query = path.partition("?")
    found = address.find("POST", plain_path)
    source = front.look.intake.source_by_key(hash_key(key), front.clock.at)
    if found is None or source is None:
        return 0
    door = found.door or source.spec.door
    if source.spec.door not in {"any", door} or (door == "alertmanager" and not found.path.endswith("/alerts")):
        return 0
    headers = {"content-type": type_, "content-encoding": packed}
    request = Request("POST", found.path, query, type_, {n: v for n, v in headers.items() if v}, body)
    reading = front.look.intake.read(source, door, request, front.clock.at, Memo())
    return len(reading.signals) if isinstance(reading, Understood) else 0


def _is_refused(door: str, answer: Answer) -> bool:
    """Whether the sender was told that this makes no sense."""
    if "nrdp" in door:
        return b"<status>-1<" in answer.body or b'"status":-1' in answer.body
    return answer.status in {400, 404, 409, 413, 415, 422}


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(METHODS) | st.just("POST"),
    delivery=deliveries(),
    who=st.integers(0, 5) | st.just(0),
    query=st.sampled_from(("", "?endpoint=e&metric=m&status=OK", "?filter=%3D", "?cmd=hello", "?%ff=%00")),
    packed=st.sampled_from(("", "", "", "gzip", "br")),
    once=st.sampled_from(("", "", "", "k1", "é")),
)
def test_no_request_is_a_fault_and_none_is_lost(
    town: Town, method: str, delivery: tuple[str, str, bytes], who: int, query: str, packed: str, once: str
) -> None:
    front = town.front
    door, type_, body = delivery
    understood, letters, fates = _taken(front)
    path = f"/in/{town.keys[who]}{door}{query}"
    answer = town.ask(method, path, body, type_, content_encoding=packed, idempotency_key=once)
    assert answer.status < 500 or b"silence not found" in answer.body, answer
    new_understood, new_letters, new_fates = (
        now - before for now, before in zip(_taken(front), (understood, letters, fates), strict=True)
    )
    # A dead letter is one fate, and the alert about its source another.
    assert new_fates == new_understood + 2 * new_letters, answer
    if method == "POST" and not once and "cloudevents" not in door and who != CLOUD:
        assert new_understood == _signals_in(front, town.keys[who], path, body, type_, packed), answer
    named = answer.headers.get("x-tocsin-dead-letter", "")
    assert not new_letters or named == f"DL-{letters + 1}", answer
    is_source, is_look = who < SOURCES, method in {"GET", "HEAD"} and not query and not body
    is_asking = door.startswith(("/api/v", "/-/")) and (method != "POST" or not door.endswith("/alerts"))
    if is_source and not is_look and not is_asking and answer.status != 405 and _is_refused(door, answer):
        is_reuse = once and (answer.status == 409 or b"this Idempotency-Key" in answer.body)
        assert named or is_reuse or b"is not allowed, but" in answer.body, answer


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.text(st.characters(codec="utf-8", exclude_characters="?"), max_size=40),
    prefix=st.sampled_from(("/in/", "/api/v2/", "/-/", "/v2/enqueue", "/in/%", "/")),
    headers=st.dictionaries(
        st.sampled_from(("authorization", "x_api_key", "content_encoding", "ce_id", "webhook_request_origin")),
        st.text(st.characters(codec="latin-1"), max_size=20) | st.sampled_from(("Basic !!!", "Basic", "Bearer ")),
    ),
    body=st.binary(max_size=40),
    query=st.text(st.characters(codec="ascii"), max_size=30),
)
def test_no_address_or_header_is_a_fault(
    town: Town, path: str, prefix: str, headers: dict[str, str], body: bytes, query: str
) -> None:
    for method in ("POST", "GET", "OPTIONS"):
        assert town.ask(method, f"{prefix}{path}?{query}", body, "application/json", **headers).status < 500
