"""Both languages say everything the code can ask them to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tocsin.core.alerts.events import AlertsFired
from tocsin.core.incidents.events import AlertsJoined
from tocsin.core.world import event_classes
from tocsin.shell.i18n import LANGUAGES, ids, preferred, translator
from tocsin.shell.journal.why_not import REASONS

SRC = Path(__file__).parent.parent.parent / "src" / "tocsin"
SAID = re.compile(r"""\bsay\(\s*f?"([a-z_.]+)(\{|")""")
REFUSED = re.compile(r'''\b(?:Rejected|Refused)\(\s*(?:\d+,\s*)?"([a-z_]+)"''')
SAID_IN_TEMPLATES = re.compile(r"""\bsay\("([a-z_.]+)"( ~)?""")


def _said() -> Iterator[tuple[str, bool, str]]:
    """Every id in the sources: the text, whether it is only a beginning, and where."""
    for path in sorted(SRC.rglob("*.py")):
        for found in SAID.finditer(path.read_text("utf-8")):
            yield found[1], found[2] == "{", path.name
    for path in sorted(SRC.rglob("*.html")):
        for found in SAID_IN_TEMPLATES.finditer(path.read_text("utf-8")):
            yield found[1], bool(found[2]), path.name


def _reasons() -> Iterator[tuple[str, str]]:
    """Every reason of a refusal in the sources, and where."""
    for path in sorted(SRC.rglob("*.py")):
        for found in REFUSED.finditer(path.read_text("utf-8")):
            yield found[1], path.relative_to(SRC).as_posix()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_ids() -> None:
    english, chinese = (ids(language) for language in LANGUAGES)
    assert english == chinese


def test_every_id_that_is_said_exists() -> None:
    known = sorted(ids("en"))
    for id_, is_beginning, where in _said():
        if is_beginning:
            assert any(one.startswith(id_) for one in known), f"{where} says {id_}…"
        else:
            assert id_ in known, f"{where} says {id_}"


def test_every_refusal_has_words() -> None:
    known = ids("en")
    missing = {reason: where for reason, where in _reasons() if f"refusal.{reason}" not in known}
    assert missing == {}, "add refusal.<reason> to library/locale/*/tocsin.po"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_words_that_its_fields_fill(language: str) -> None:
    say = translator(language)
    for cls in event_classes():
        text = say(f"why.{cls.__name__}")
        assert not text.startswith("why."), f"add why.{cls.__name__} to library/locale/*/tocsin.po"
        assert _fields(text) <= {*cls.__struct_fields__, "title", "name", "alert"}, cls


@pytest.mark.parametrize("language", LANGUAGES)
def test_events_that_tell_of_many_alerts_have_words_for_it(language: str) -> None:
    say = translator(language)
    for cls in (AlertsFired, AlertsJoined):
        assert _fields(say(f"why.{cls.__name__}.many")) <= {"alert", "count", "incident", "source", "title"}
        assert "{count}" in say(f"why.{cls.__name__}.many")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_why_nobody_was_paged_has_words(language: str) -> None:
    say = translator(language)
    assert [reason for reason in REASONS if say(f"why_not.{reason}").startswith("why_not.")] == []


def test_one_and_many() -> None:
    say = translator("en")
    assert [say("incident.alert_count", count=count) for count in (1, 2)] == ["1 alert", "2 alerts"]
    assert translator("zh")("incident.alert_count", count=1) == "1 个告警"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,zh;q=0.4", "en"),
        ("fr,de", "en"),
        ("zh;q=0", "en"),
        ("", "en"),
        ("zh;q=oops,*", "en"),
    ],
)
def test_the_language_a_client_likes_best(header: str, language: str) -> None:
    assert preferred(header) == language


def test_a_value_in_a_chinese_sentence_stands_apart_only_from_latin() -> None:
    def planned(channel: str, user: str) -> str:
        return translator("zh")("why.PagePlanned", channel=channel, user=user, page="PG-1", rule="night")

    assert planned("站内信箱", "李梅") == "计划通过站内信箱通知李梅（PG-1，night）"
    assert planned("Slack", "Bo") == "计划通过 Slack 通知 Bo（PG-1，night）"
    assert "磁盘 已满" in planned("磁盘 已满", "Bo")
