"""Foreign JSON with what is no Unicode in it: read as Go reads it, so that one bad character loses no fire."""

from __future__ import annotations

import json
import re

import pytest
from gates import read, signals, understood
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.core.intake.rules.plain import Flaw, decode_plain

HALF = re.compile("[\ud800-\udfff]")

PIECES = [
    r"\ud83d", r"\ude00", r"\uD800", r"\udFFF", r"\ud83d\ude00", r"\\", r"\"", r"\n", r"\u0041", r"\ufffd", r"\u005c",
    "u", "d800", "ud83d", "é", "😀", "x",
]  # fmt: skip


@pytest.mark.parametrize(
    ("escapes", "text"),
    [
        (r"\ud800", "�"),
        (r"\udc00", "�"),
        (r"a\ud800b", "a�b"),
        (r"\uD83D\uDE00", "😀"),
        (r"\ud800\u0041", "�A"),
        (r"\ud800\ud83d\ude00\ude00", "�😀�"),
        (r"\udc00\ud800", "��"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", r"\�"),
        (r"\\ud83d\ude00", r"\ud83d�"),
        (r"\ud83d\\ude00", r"�\ude00"),
    ],
)
def test_half_a_surrogate_pair_is_the_replacement_character(escapes: str, text: str) -> None:
    # The second one makes the text as a whole one that has to be mended.
    assert decode_plain(rf'["{escapes}","\ud800"]'.encode()) == [text, "�"]
    assert decode_plain(rf'{{"{escapes}":1,"n":"\ud800"}}'.encode()) == {text: 1, "n": "�"}


@example(["\\\\", "ud83d", r"\ude00"])
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_escapes_are_read_as_pythons_own_reader_reads_them(pieces: list[str]) -> None:
    body = f'"{"".join(pieces)}"'
    assert decode_plain(body.encode()) == HALF.sub("�", json.loads(body))


@pytest.mark.parametrize(
    "body", [rb'["\ud800"', rb'["\ud800",]', rb'"\ud8zz"', rb'"\ud800\x"', rb'"\ud800\"', b'"\\ud800\xff']
)
def test_what_is_no_json_besides_stays_refused(body: bytes) -> None:
    assert isinstance(decode_plain(body), Flaw)


BAD = r"bad \ud83d\ud800 \\ud800"
READ = r"bad �� \ud800"


@pytest.mark.parametrize(
    ("door", "path", "body"),
    [
        ("alertmanager", "/api/v2/alerts", f'[{{"labels":{{"alertname":"{BAD}"}}}},{{"labels":{{"a":"b"}}}}]'),
        ("alertmanager", "/api/v1/alerts", f'[{{"labels":{{"a":"b"}},"annotations":{{"summary":"{BAD}"}}}}]'),
        ("alertmanager_webhook", "/", f'{{"alerts":[{{"status":"firing","labels":{{"alertname":"{BAD}"}}}}]}}'),
        ("grafana", "/", f'{{"state":"alerting","ruleName":"{BAD}","ruleId":1}}'),
        (
            "pagerduty",
            "/v2/enqueue",
            f'{{"event_action":"trigger","payload":{{"summary":"{BAD}","source":"s","severity":"error"}}}}',
        ),
        ("nagios", "/", f'{{"NOTIFICATIONTYPE":"PROBLEM","HOSTSTATE":"DOWN","HOSTNAME":"{BAD}"}}'),
    ],
)
def test_bad_characters_lose_no_fire(door: str, path: str, body: str) -> None:
    found = signals(read(door, body, path=path))
    assert {one.status for one in found} == {"firing"}
    assert READ in found[0].content.title


def test_bad_bytes_of_an_alert_are_read_too() -> None:
    (found,) = understood(read("alertmanager", b'[{"labels":{"alertname":"b\xff\\udc00"}}]')).signals
    assert found.content.labels == {"alertname": "b��"}
