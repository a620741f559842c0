"""Any JSON by a mapping, its trial, and the times senders write."""

from __future__ import annotations

import json
from time import process_time

import pytest
from gates import FORM, NOON, error, moment, read, signal, understood

from tocsin.core.intake.events import Content, MappingSpec, Signal, SourceSpec
from tocsin.core.intake.rules import times
from tocsin.core.intake.rules.generic import Trial
from tocsin.core.intake.rules.times import parse_time
from tocsin.core.intake.views import try_mapping
from tocsin.kernel.message import Moment

MAPPING = MappingSpec(
    split="body.events",
    key="item.host + '/' + item.check",
    title="item.text",
    status="item.state",
    firing=("BAD",),
    resolved=("GOOD",),
    severity="item.level",
    severities={"Schlimm": "critical"},
    severity_default="low",
    time="item.at",
    zone="Europe/Berlin",
    labels='{"host": item.host, "site": body.site}',
    url="item.link",
)
SPEC = SourceSpec(name="Own", door="generic", mapping=MAPPING, labels={"env": "prod"})
BAD = {
    "host": "web1", "check": "disk", "text": "Disk is full", "state": "bad", "level": "schlimm",
    "at": "2026-11-24 12:59:00", "link": "https://x/1",
}  # fmt: skip


def told(*items: object, spec: SourceSpec = SPEC) -> object:
    return read("generic", {"site": "eu", "events": list(items)}, spec=spec)


def test_mapped_item_is_a_signal() -> None:
    assert signal(told(BAD)) == Signal(  # type: ignore[arg-type]
        "web1/disk",
        "firing",
        moment("2026-11-24T11:59:00Z"),
        Content(
            title="Disk is full",
            severity="critical",
            labels={"env": "prod", "host": "web1", "site": "eu"},
            url="https://x/1",
            severity_original="schlimm",
        ),
    )


def test_unknown_status_is_a_problem_and_never_a_fire() -> None:
    found = understood(told(BAD, {**BAD, "state": "ugly"}, {**BAD, "state": "good"}))  # type: ignore[arg-type]
    assert [one.status for one in found.signals] == ["firing", "resolved"]
    assert found.problems == ("item 2: status is 'ugly'; the mapping has it in none of firing, resolved, acknowledged",)


def test_what_only_describes_an_alert_may_be_missing_and_the_alert_says_so() -> None:
    content = signal(told({"host": "web1", "check": "disk", "state": "bad"})).content  # type: ignore[arg-type]
    assert (content.title, content.severity) == ("web1/disk", "low")
    assert "title: " in content.annotations["mapping"]
    assert "time: " in content.annotations["mapping"]


def test_item_without_a_key_is_a_problem() -> None:
    assert "item 1: mapping.key gave nothing" in error(told({"text": "x"}))  # type: ignore[arg-type]
    assert "mapping.split (body.events) gave no list" in error(read("generic", {"events": 5}, spec=SPEC))
    assert error(read("generic", {"alarms": []}, spec=SPEC)).endswith("gave no list: there is no 'events'")
    assert "the body cannot be read" in error(read("generic", b"{", spec=SPEC))


def test_alert_without_a_status_expires() -> None:
    spec = SourceSpec(name="O", door="generic", mapping=MappingSpec(key="item.id", title="item.id"), resolve_after_s=9)
    found = signal(read("generic", {"id": 7.0}, spec=spec))
    assert (found.key, found.status, found.at, found.expires_at) == ("7", "firing", NOON, NOON + 9_000)


@pytest.mark.parametrize("place", ["form", "query"])
def test_form_and_query_are_objects_of_texts(place: str) -> None:
    spec = SourceSpec(name="O", door="generic", mapping=MappingSpec(key="item.id", title="body.t"))
    reading = (
        read("generic", "id=a&t=b%20c", content_type=FORM, spec=spec)
        if place == "form"
        else read("generic", query="id=a&t=b%20c", spec=spec)
    )
    assert (signal(reading).key, signal(reading).content.title) == ("a", "b c")


def test_time_may_be_a_unix_time_or_one_made_by_the_mapping() -> None:
    for time in ("item.at", "timestamp(item.text)"):
        mapping = MappingSpec(key="item.id", title="item.id", time=time)
        spec = SourceSpec(name="O", door="generic", mapping=mapping)
        body = {"id": "a", "at": 1_795_519_800, "text": "2026-11-24T11:30:00Z"}
        assert signal(read("generic", body, spec=spec)).at == moment("2026-11-24T11:30:00Z")


def test_trial_explains_each_step() -> None:
    sample = json.dumps({"site": "eu", "events": [{**BAD, "state": "ugly", "link": None}]}).encode()
    trial = try_mapping(SPEC, MAPPING, sample, NOON)
    assert [(step.item, step.field, step.value, step.became) for step in trial.steps] == [
        (0, "split", trial.steps[0].value, "1 items"),
        (1, "key", "web1/disk", "web1/disk"),
        (1, "status", "ugly", "unknown: nothing would be received"),
    ]
    assert trial.signals == ()
    assert len(trial.problems) == 1
    good = try_mapping(SPEC, MAPPING, json.dumps({"site": "eu", "events": [BAD]}).encode(), NOON)
    assert good.signals == (signal(told(BAD)),)  # type: ignore[arg-type]
    by_field = {step.field: step for step in good.steps}
    assert by_field["time"].became == "2026-11-24T11:59:00.000Z"
    assert by_field["severity"].became == "critical"
    assert all(step.problem == "" for step in good.steps)


def test_trial_of_no_json_says_so() -> None:
    trial = try_mapping(SPEC, MAPPING, b"{", NOON)
    assert trial == Trial((), (), ("the sample is no JSON: Input data was truncated",))


@pytest.mark.parametrize(
    ("text", "zone", "at"),
    [
        ("2026-11-24T12:00:00Z", "UTC", NOON),
        ("2026-11-24T12:00:00.123456789Z", "UTC", NOON + 123),
        ("2026-11-24T13:00:00+01:00", "UTC", NOON),
        ("2026-11-24T12:00:00.000+0000", "UTC", NOON),
        ("2026-11-24 13:00:00", "Europe/Berlin", NOON),
        ("2026.11.24 20:00:00", "Asia/Shanghai", NOON),
        ("1795521600", "UTC", NOON),
        ("1795521600123", "UTC", NOON + 123),
        ("1795521600123456", "UTC", NOON + 123),
        ("1795521600.5", "UTC", NOON + 500),
        ("yesterday", "UTC", None),
        ("2026-13-24 13:00:00", "UTC", None),
        ("2026-11-24T25:00:00", "UTC", None),
        ("12", "UTC", None),
        ("٢٠٢٦-11-24 13:00:00", "UTC", None),
        ("", "UTC", None),
    ],
)
def test_times_senders_write(text: str, zone: str, at: Moment | None) -> None:
    assert parse_time(text, zone) == at


def test_a_text_too_long_for_a_time_is_not_remembered() -> None:
    kept = times._parsed.cache_info().currsize
    assert parse_time("2026-11-24T12:00:00Z" + " " * times.TEXT_MAX) is None
    assert times._parsed.cache_info().currsize == kept


def test_items_read_the_document_around_them() -> None:
    spec = SourceSpec(
        name="Own",
        mapping=MappingSpec(
            split="body.events",
            key="item.id",
            title='body.head.who + " " + body.head["a b"][0] + string(body.events.size()) + (has(body.x) ? "!" : "?")',
            labels="body.head.labels",
            severity="body.nothing",
        ),
    )
    head = {"who": "eu", "a b": ["x"], "labels": {"rack": "7"}, "more": "unread"}
    found = understood(read("generic", {"head": head, "events": [{"id": "a"}, {"id": "b"}]}, spec=spec))
    assert [(one.key, one.content.title, one.content.labels) for one in found.signals] == [
        (key, "eu x2?", {"rack": "7"}) for key in ("a", "b")
    ]
    assert "severity" in found.signals[0].content.annotations["mapping"]


def test_a_long_list_is_not_copied_for_each_of_its_items() -> None:
    items = [{**BAD, "check": str(number), "more": list(range(20))} for number in range(1_000)]
    begun = process_time()
    assert len(understood(told(*items)).signals) == 1_000  # type: ignore[arg-type]
    assert process_time() < begun + 10, "it took most of a minute once, and takes less than a second"


MANY = [{"id": str(number), "peers": ["a", "b"]} for number in range(1_000)]


def _mapping(split: str, key: str) -> MappingSpec:
    return MappingSpec(split=split, key=key, title="'x'")


@pytest.mark.parametrize(
    ("split", "key", "document"),
    [
        ("body.events", "body.events.filter(e, body.events.exists(o, o.id == e.id))[0].id", {"events": MANY}),
        ("body.events.filter(e, true)", "item.id", {"events": MANY}),
        ("[body]", "body.events.map(e, body.text)[0]", {"events": MANY, "text": "x" * 100_000}),
        ("body.events", "body.text.lowerAscii()", {"events": MANY, "text": "x" * 100_000}),
        ("body.events", "body.all[0].id + item.id", {"events": MANY, "all": MANY}),
        ("[1, 2]", "body.events.all(e, e.peers.all(p, body.events.size() > 0)) ? 'a' : 'b'", {"events": MANY}),
    ],
)
def test_a_document_that_would_keep_the_mapping_busy_for_minutes_is_refused(
    split: str, key: str, document: object
) -> None:
    spec = SourceSpec(name="Own", mapping=_mapping(split, key))
    assert "so much data would keep the mapping busy for too long" in error(read("generic", document, spec=spec), 413)
    trial = try_mapping(spec, _mapping(split, key), json.dumps(document).encode(), NOON)
    assert not trial.signals and "too long" in trial.problems[0]


@pytest.mark.parametrize(
    ("split", "key"),
    [
        ("body.events", "item.id.lowerAscii() + item.peers.filter(p, p != 'a').join(',')"),
        ("body.events", "item.peers.exists(p, p == 'b') ? item.id : 'none'"),
        ("body.events.size() > 1 && body.events.exists(e, e.id == '7') ? body.events : []", "item.id"),
    ],
)
def test_loops_over_what_belongs_to_an_item_are_taken_whatever_their_number(split: str, key: str) -> None:
    spec = SourceSpec(name="Own", mapping=_mapping(split, key))
    assert len(understood(read("generic", {"events": MANY}, spec=spec)).signals) == len(MANY)


def test_a_list_of_two_hundred_is_filtered() -> None:
    spec = SourceSpec(name="Own", mapping=_mapping("body.events.filter(e, e.id != '7')", "item.id"))
    found = [{**one, **{f"f{number}": "x" for number in range(20)}} for one in MANY[:200]]
    assert len(understood(read("generic", {"events": found}, spec=spec)).signals) == 199
