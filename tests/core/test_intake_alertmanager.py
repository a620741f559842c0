"""The doors of the Prometheus family. The golden answers were measured on Alertmanager 0.25."""

from __future__ import annotations

import gzip
import json
from random import Random

import msgspec
import pytest
from gates import NOON, error, moment, read, signal, signals, understood
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.intake.events import Content, Signal, SourceSpec
from tocsin.core.intake.rules import alertmanager
from tocsin.core.intake.rules.labels import key_of_labels
from tocsin.core.intake.rules.reading import NAMES_OF_ALERTS_MAX, SIGNALS_MAX, TITLE_MAX, Memo
from tocsin.core.intake.views import Misunderstood, fingerprint
from tocsin.kernel.message import Moment

ALERTS = "/api/v2/alerts"
DISK = {
    "labels": {"alertname": "DiskFull", "instance": "web1:9100", "severity": "page", "empty": ""},
    "annotations": {"summary": "Disk is almost full", "runbook": "https://wiki/disk"},
    "startsAt": "2026-11-24T11:50:00.123456789Z",
    "endsAt": "2026-11-24T12:04:00Z",
    "generatorURL": "http://prom:9090/graph?g0.expr=1",
}
DISK_CONTENT = Content(
    title="Disk is almost full",
    severity="critical",
    labels={"alertname": "DiskFull", "instance": "web1:9100", "severity": "page"},
    annotations={"runbook": "https://wiki/disk", "summary": "Disk is almost full"},
    url="http://prom:9090/graph?g0.expr=1",
    severity_original="page",
)
DISK_KEY = "2d19056a88f05fb6eeb215a52d72a040"


@pytest.mark.parametrize(
    ("labels", "print_"),
    [
        ({"alertname": "A", "cluster": "c1", "severity": "critical"}, "d0b0f9c089b0ac23"),
        ({"alertname": "C"}, "d2beefc389d73779"),
        ({"severity": "warning", "alertname": "B", "cluster": "c1"}, "5287aca26dea31e9"),
        ({"a": "b\0"}, "a033542c1959f8f4"),
        ({"good": "b", "none": ""}, "e7ac083e5fe48a4e"),
    ],
)
def test_fingerprint_is_the_one_alertmanager_gives(labels: dict[str, str], print_: str) -> None:
    assert fingerprint(labels) == print_


def test_posted_alert_is_a_firing_signal() -> None:
    at = moment("2026-11-24T11:50:00.123Z")
    assert signals(read("alertmanager", [DISK])) == (
        Signal(DISK_KEY, "firing", at, DISK_CONTENT, moment("2026-11-24T12:04:00Z")),
    )


def test_alert_that_ended_is_a_recovery_with_its_time() -> None:
    ended = {**DISK, "endsAt": "2026-11-24T12:00:00Z"}
    assert signals(read("alertmanager", [ended])) == (Signal(DISK_KEY, "resolved", NOON, DISK_CONTENT),)


@pytest.mark.parametrize("ends", [None, "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"])
def test_alert_without_an_end_expires_when_its_sender_falls_silent(ends: str | None) -> None:
    found = signal(read("alertmanager", [{**DISK, "endsAt": ends}], spec=SourceSpec(name="P", resolve_after_s=60)))
    assert (found.status, found.expires_at) == ("firing", NOON + 60_000)


@pytest.mark.parametrize("starts", [None, "", "0001-01-01T00:00:00.000Z"])
def test_alert_without_a_start_starts_on_arrival(starts: str | None) -> None:
    assert signal(read("alertmanager", [{**DISK, "startsAt": starts}])).at == NOON


def test_time_without_a_zone_is_utc_as_in_go() -> None:
    assert signal(read("alertmanager", [{**DISK, "startsAt": "2026-11-24T11:00:00"}])).at == NOON - 3_600_000


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        ([{"annotations": {}}], 422, {"code": 602, "message": "0.labels in body is required"}),
        ([{"labels": None}], 422, {"code": 602, "message": "0.labels in body is required"}),
        ([DISK, {}], 422, {"code": 602, "message": "1.labels in body is required"}),
        ([{"labels": {}}], 400, "at least one label pair required"),
        ([{"labels": {"a": ""}}], 400, "at least one label pair required"),
        ([{"labels": {"a": None}}], 400, "at least one label pair required"),
        ([{"labels": {"bad-name": "x"}}], 400, 'invalid label set: invalid name "bad-name"'),
        (
            [{"labels": {"a": "b"}, "annotations": {"bad-name": "x"}}], 400,
            'invalid annotations: invalid name "bad-name"',
        ),
        (
            [{"labels": {"a": "b"}, "generatorURL": "not a url"}], 422,
            {"code": 601, "message": '0.generatorURL in body must be of type uri: "not a url"'},
        ),
        (
            [{"labels": {"a": "b"}, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}], 400,
            "start time must be before end time",
        ),
        (
            [{"labels": {"a": "b"}, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"},
             {"labels": {}}], 400,
            "start time must be before end time; at least one label pair required",
        ),
        (b"", 422, {"code": 602, "message": "alerts in body is required"}),
    ],
)  # fmt: skip
def test_golden_refusals(body: object, status: int, answer: object) -> None:
    reading = read("alertmanager", body)
    assert isinstance(reading, Misunderstood)
    assert (reading.status, json.loads(reading.body)) == (status, answer)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[", "unexpected EOF"),
        (b"{", "unexpected EOF"),
        ({"labels": {"a": "b"}}, "json: cannot unmarshal object into Go value of type models.PostableAlerts"),
        (b'"a"', "json: cannot unmarshal string into Go value of type models.PostableAlerts"),
        (b"5", "json: cannot unmarshal number into Go value of type models.PostableAlerts"),
        ([{"labels": {"a": 1}}], "json: cannot unmarshal number into Go struct field Alert.labels of type string"),
        (
            [{"labels": ["a"]}],
            "json: cannot unmarshal array into Go struct field Alert.labels of type models.LabelSet",
        ),
        (
            [{"labels": {"a": "b"}, "startsAt": "nonsense"}],
            'parsing time "nonsense" as "2006-01-02 15:04:05": cannot parse "nonsense" as "2006"',
        ),
    ],
)
def test_golden_parse_errors(body: object, why: str) -> None:
    reading = read("alertmanager", body)
    assert isinstance(reading, Misunderstood)
    message = f'parsing alerts body from "" failed, because {why}'
    assert (reading.status, json.loads(reading.body)) == (400, {"code": 400, "message": message})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_refused(content_type: str) -> None:
    shown = content_type or "application/octet-stream"
    message = f'unsupported media type "{shown}", only [application/json] are allowed'
    assert error(read("alertmanager", [DISK], content_type=content_type), 415) == message


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        [{"labels": {"a": "b"}, "startsAt": None, "annotations": None, "generatorURL": None, "extra": 1}],
        [{"labels": {"a": "b"}, "generatorURL": "/path"}],
        [{"labels": {"a": "b"}, "generatorURL": ""}],
        [{"labels": {"a": "b"}, "generatorURL": "http://x/ y"}],
        [{"labels": {"a": "b\0"}}],
        b'[{"labels":{"a":"b\xff"}}]',
    ],
)
def test_what_alertmanager_takes_is_taken(body: object) -> None:
    assert len(signals(read("alertmanager", body, content_type="application/json; charset=utf-8"))) <= 1


def test_valid_alerts_of_a_partly_bad_batch_are_kept() -> None:
    found = understood(read("alertmanager", [{"labels": {"good": "b"}}, {"labels": {"bad-name": "b"}}]))
    assert [one.key for one in found.signals] == [key_of_labels({"good": "b"})]
    assert found.problems == ('invalid label set: invalid name "bad-name"',)


def test_old_api_has_its_own_form_of_refusal_and_any_content_type() -> None:
    path = "/api/v1/alerts"
    assert len(signals(read("alertmanager", [DISK], path=path, content_type=""))) == 1
    reading = read("alertmanager", [{"labels": {}}], path=path)
    assert isinstance(reading, Misunderstood)
    answer = {"status": "error", "errorType": "bad_data", "error": "at least one label pair required"}
    assert (reading.status, json.loads(reading.body)) == (400, answer)


def test_repeat_has_the_very_same_content_and_key() -> None:
    memo = Memo()
    one = signal(read("alertmanager", [DISK], memo=memo))
    two = signal(read("alertmanager", [{**DISK, "endsAt": "2026-11-24T12:05:00Z"}], memo=memo))
    assert two.content is one.content
    assert two.key is one.key
    assert two.expires_at == moment("2026-11-24T12:05:00Z")
    assert len(memo.contents) == 1


def test_what_alerts_have_in_common_is_in_memory_once() -> None:
    memo = Memo()
    url = "http://prometheus.example/graph"
    one, two = (
        signal(read("alertmanager", [{"labels": {"alertname": "Down", "job": "node-exporter", "n": n},
                                      "annotations": {"runbook": "https://wiki/down", "z": n},
                                      "generatorURL": url}], memo=memo))
        for n in "12"
    )  # fmt: skip
    assert one.content.labels["job"] is two.content.labels["job"]
    assert one.content.annotations["runbook"] is two.content.annotations["runbook"]
    assert (two.content.labels["n"], two.content.annotations["z"]) == ("2", "2")
    assert one.content.url is two.content.url
    told = signal(read("alertmanager", [{"labels": {"a": "b"}, "annotations": {"summary": "disk is full"}}], memo=memo))
    assert told.content.title is told.content.annotations["summary"]


def test_memo_of_siblings_is_bounded() -> None:
    memo = Memo()
    for start in range(0, 3 * NAMES_OF_ALERTS_MAX, 4_000):
        assert read(
            "alertmanager", [{"labels": {"alertname": f"A{n}"}} for n in range(start, start + 4_000)], memo=memo
        )
        assert 0 < len(memo.siblings) <= NAMES_OF_ALERTS_MAX


def test_texts_are_shared_with_siblings_only_where_they_are_the_same() -> None:
    memo = Memo()
    bodies = [
        {
            "labels": {"alertname": "A", "job": "a", "x": "1"},
            "annotations": {"summary": "s"},
            "generatorURL": "http://u",
        },
        {"labels": {"alertname": "A", "job": "b"}, "annotations": {"summary": "t", "more": "m"}},
        {"labels": {"job": "a"}},
    ]
    found = [signal(read("alertmanager", [body], memo=memo)).content for body in bodies]
    assert [one.labels for one in found] == [body["labels"] for body in bodies]
    assert [one.annotations for one in found] == [{"summary": "s"}, {"more": "m", "summary": "t"}, {}]
    assert [one.url for one in found] == ["http://u", "", ""]


def test_memo_tells_annotations_links_and_nothing_apart() -> None:
    memo = Memo()
    bodies = (
        [{"labels": {"a": "b"}}],
        [{"labels": {"a": "b"}, "annotations": {"a": "b"}}],
        [{"labels": {"a": "b"}, "annotations": {}, "generatorURL": "/x"}],
        [{"annotations": {"a": "b"}}],
    )
    readings = [read("alertmanager", body, memo=memo) for body in bodies]
    assert [signal(one).content.annotations for one in readings[:3]] == [{}, {"a": "b"}, {}]
    assert [signal(one).content.url for one in readings[:3]] == ["", "", "/x"]
    assert error(readings[3], 422) == "0.labels in body is required"


def test_sources_labels_are_added_but_identify_nothing() -> None:
    spec = SourceSpec(name="P", labels={"site": "eu", "severity": "info"}, severity_default="low")
    found = signal(read("alertmanager", [{"labels": {"alertname": "A"}}], spec=spec))
    assert found.key == key_of_labels({"alertname": "A"})
    assert found.content.labels == {"alertname": "A", "severity": "info", "site": "eu"}
    assert (found.content.severity, found.content.severity_original) == ("low", "")


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", "critical"), ("Page", "critical"), ("error", "high"), ("major", "high"), ("high", "high"),
        ("warning", "medium"), ("minor", "low"), ("low", "low"), ("info", "info"), ("none", "info"), ("odd", "medium"),
    ],
)  # fmt: skip
def test_severity_words(word: str, severity: str) -> None:
    content = signal(read("alertmanager", [{"labels": {"severity": word}}])).content
    assert (content.severity, content.severity_original) == (severity, word)


def test_title_is_the_summary_or_the_alertname_on_one_short_line() -> None:
    def title(annotations: dict[str, str], labels: dict[str, str]) -> str:
        return signal(read("alertmanager", [{"labels": labels, "annotations": annotations}])).content.title

    assert title({"summary": "two\n lines"}, {"alertname": "A"}) == "two lines"
    assert title({}, {"alertname": "A"}) == "A"
    assert title({}, {"b": "2", "a": "1"}) == "a=1, b=2"
    long = title({"summary": "x" * 1_000}, {"alertname": "A"})
    assert (len(long), long[-1]) == (TITLE_MAX, "…")


def test_keys_are_short_and_say_the_set_whatever_its_order() -> None:
    sets = [{"a": "x" * 5_000 + "1"}, {"a": "x" * 5_000 + "2"}, {"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": "3"}]
    keys = [signal(read("alertmanager", [{"labels": labels}])).key for labels in sets]
    assert len(set(keys)) == 4 and {len(key) for key in keys} == {32}
    turned = signal(read("alertmanager", [{"labels": {"b": "2", "none": "", "a": "1"}}]))
    assert turned.key == keys[2] and list(turned.content.labels) == ["a", "b"]


def test_more_alerts_than_one_request_may_have_are_refused_as_a_whole() -> None:
    reading = read("alertmanager", [{"labels": {"a": "b"}}] * (SIGNALS_MAX + 1))
    assert "10001 alerts" in error(reading, 413)


def test_compressed_body_is_unpacked() -> None:
    packed = gzip.compress(json.dumps([DISK]).encode())
    assert signal(read("alertmanager", packed, headers={"content-encoding": "gzip"})).key == DISK_KEY
    assert signal(read("alertmanager", packed)).key == DISK_KEY
    assert "ends in the middle" in error(read("alertmanager", packed[:-9]))
    assert "is not the gzip" in error(read("alertmanager", b"no", headers={"content-encoding": "gzip"}))


def test_small_body_cannot_fill_the_memory() -> None:
    bomb = gzip.compress(b" " * 40_000_000)
    assert "unpacks to more" in error(read("alertmanager", bomb), 413)


WEBHOOK = {
    "version": "4",
    "groupKey": '{}:{alertname="DiskFull"}',
    "status": "firing",
    "receiver": "tocsin",
    "alerts": [
        {**DISK, "status": "firing", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "0123456789abcdef"},
        {
            "status": "resolved",
            "labels": {"alertname": "Down", "severity": "warning"},
            "annotations": {},
            "startsAt": "2026-11-24T11:00:00Z",
            "endsAt": "2026-11-24T11:30:00Z",
        },
    ],
}


def test_webhook_gives_each_alert_its_own_status() -> None:
    fired, ended = signals(read("alertmanager_webhook", WEBHOOK))
    assert fired == Signal(DISK_KEY, "firing", moment("2026-11-24T11:50:00.123Z"), DISK_CONTENT, Moment(0))
    assert (ended.key, ended.status) == (key_of_labels({"alertname": "Down", "severity": "warning"}), "resolved")
    assert ended.at == moment("2026-11-24T11:30:00Z")


def test_webhook_and_api_name_an_alert_alike() -> None:
    assert signals(read("alertmanager_webhook", WEBHOOK))[0].key == signal(read("alertmanager", [DISK])).key


def test_two_alerts_of_one_key_are_both_told_in_their_order() -> None:
    labels = {"alertname": "A"}
    body = {"alerts": [{"status": "firing", "labels": labels}, {"status": "resolved", "labels": labels}]}
    assert [one.status for one in signals(read("alertmanager_webhook", body))] == ["firing", "resolved"]


def test_webhook_with_an_unknown_status_never_fires() -> None:
    body = {"alerts": [{"status": "odd", "labels": {"a": "b"}}, {"status": "resolved", "labels": {"c": "d"}}, 7]}
    found = understood(read("alertmanager_webhook", body))
    assert [one.status for one in found.signals] == ["resolved"]
    assert found.problems == (
        "alerts[0].status is 'odd'; it must be 'firing' or 'resolved'",
        "alerts[2] is a number; an object is needed",
    )


@pytest.mark.parametrize("body", [{"alerts": {}}, {}, [], b"{", b"\xff"])
def test_webhook_without_alerts_is_misunderstood(body: object) -> None:
    assert error(read("alertmanager_webhook", body))


LABELS = st.dictionaries(
    st.sampled_from(["alertname", "severity", "instance", "job", "odd name", "z9"]),
    st.sampled_from(
        [
            "",
            "up",
            "critical",
            "x" * 300,
            "\x01" * 250,
            "y" * 1_500,
            " padded ",
            "two  blanks",
            "铃",
            "\u00a0",
            'q"uote',
        ]
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(
    LABELS,
    st.dictionaries(st.sampled_from(["summary", "runbook", "b-d"]), st.sampled_from(["", "said", "a\nb"]), max_size=3),
    st.sampled_from([None, "", "http://x/y", "/graph", "ftp://z", "no url", "https://" + "u" * 3_000]),
)
def test_the_short_way_of_reading_an_alert_says_what_the_long_way_says(
    labels: dict[str, str], annotations: dict[str, str], url: str | None
) -> None:
    posted = alertmanager._Posted(
        msgspec.Raw(msgspec.json.encode(labels)),
        msgspec.Raw(msgspec.json.encode(annotations)) if annotations else alertmanager._ABSENT,
        generatorURL=alertmanager._ABSENT if url is None else msgspec.Raw(msgspec.json.encode(url)),
    )
    spec = SourceSpec(name="prom")
    short = alertmanager._learn_plain(spec, posted, Memo())
    assert short is None or short == alertmanager._learn(spec, 0, posted, Memo())


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12) | st.sampled_from(["up", "é", "e\u0301", "\x00"])
SHARED = Memo()
"""Examples find here what others left."""


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["alertname", "severity", "instance", "job", "Z", "z9"]), TEXTS, min_size=1),
    st.dictionaries(st.sampled_from(["summary", "runbook", "B", "b"]), TEXTS),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_however_a_label_set_is_written_it_is_the_same_alert_at_each_door(
    labels: dict[str, str], annotations: dict[str, str], is_ascii: bool, is_twice: bool, chance: Random
) -> None:
    def written(texts: dict[str, str]) -> bytes:
        names = chance.sample(list(texts), len(texts))
        pairs = [(name, texts[name]) for name in names]
        if is_twice and pairs:
            pairs.insert(0, (names[-1], "said before"))
        raw = ", ".join(f"{json.dumps(name)}: {json.dumps(text, ensure_ascii=is_ascii)}" for name, text in pairs)
        return f"{{{raw}}}".replace("<", "\\u003c").encode()

    posted = alertmanager._Posted(msgspec.Raw(written(labels)), msgspec.Raw(written(annotations)))
    spec = SourceSpec(name="prom")
    short = alertmanager._learn_plain(spec, posted, SHARED)
    assert short is not None and short == alertmanager._learn(spec, 0, posted, Memo())
    assert (short[1].labels, short[1].annotations) == (labels, annotations)
    assert list(short[1].labels) == sorted(labels) and list(short[1].annotations) == sorted(annotations)
    body = {"status": "firing", "alerts": [{"status": "firing", "labels": {**labels, "none": ""}}]}
    assert signal(read("alertmanager_webhook", body)).key == short[0]


def test_an_ordinary_alert_is_read_the_short_way() -> None:
    posted = alertmanager._Posted(msgspec.Raw(b'{"job":"node","alertname":"Down"}'))
    read = alertmanager._learn_plain(SourceSpec(name="prom"), posted, Memo())
    assert read is not None and (read[0], read[1].title) == (
        key_of_labels({"alertname": "Down", "job": "node"}),
        "Down",
    )
