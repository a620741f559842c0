"""Every sentence a room may refuse with is said in both languages, with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tocsin.core.intake.rules.alertmanager import UNPARSABLE
from tocsin.shell.detail import said_again, titled
from tocsin.shell.i18n import ids, translator
from tocsin.shell.jobs import INTERRUPTED

SRC = Path(__file__).parent.parent.parent / "src" / "tocsin"
ROOMS = sorted((SRC / "core").rglob("*.py"))
FAULTS = {
    "core/alerts/rules.py": "silence_invalid",
    "core/intake/rules/specs.py": "bad_source",
    "core/incidents/rules/flaws.py": "within_a_route",
}
"""Files whose functions return what is wrong as text, and the reason it is refused with."""
WITHIN_A_ROUTE = "within_a_route"
OTHERS = {"bad_source": "bad_mapping"}
ENGLISH = re.compile("[a-z]{2,} [a-z]{2,}")
UNREAD = {"request_invalid", "letter_not_understood"}
"""Reasons whose detail is made elsewhere, by the parser of a format."""


def example(node: ast.expr) -> Iterator[str]:
    """The sentences an expression may be, with «1», «2»… where its values stand; nothing when it is no sentence."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=values):
            texts = [piece.value if isinstance(piece, ast.Constant) else f"«{n}»" for n, piece in enumerate(values)]
            yield "".join(map(str, texts))
        case ast.IfExp(body=body, orelse=orelse):
            yield from example(body)
            yield from example(orelse)


def refusals(path: Path) -> Iterator[tuple[str, str]]:
    """Reason and example of every refusal of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Rejected"), args=[reason, detail, *_]):
                named = next(example(reason), "") if isinstance(reason, ast.Constant) else "any"
                yield from ((named, text) for text in example(detail))
            case ast.Return(value=ast.expr() as value) if reason := FAULTS.get(path.relative_to(SRC).as_posix(), ""):
                yield from ((reason, text) for text in example(value) if " " in text)


WORLD = [
    SRC / "app.py",
    SRC / "sim" / "feed.py",
    *sorted((SRC / "shell").rglob("*.py")),
    *sorted((SRC / "web").rglob("*.py")),
]
FAULTS_OF_THE_WORLD = {
    "DataDirBusy", "FeedError", "JobFailed", "JournalCorrupt", "JournalError", "JournalExists", "JournalFull",
    "JournalNewer", "SettingsError", "VaultBroken",
}  # fmt: skip
"""Exceptions whose words a person reads."""


def faults(path: Path) -> Iterator[str]:
    """An example of what each fault of the world says that is raised in a file, and of what a broken chain is said to
    be."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[words, *_])) if name in FAULTS_OF_THE_WORLD:
                yield from example(words)
            case ast.Return(value=ast.Tuple(elts=[_, words])) if path.name == "chain.py":
                yield from example(words)


def test_every_fault_of_the_world_is_said_in_chinese() -> None:
    found = [(path.name, one) for path in WORLD for one in faults(path)]
    assert len(found) > 25, "the reading of the sources went wrong"
    found += [("jobs.py", INTERRUPTED)]
    own = [one for one in found if re.search("[a-z]{2,}", one[1])]
    assert [one for one in own if said_again("zh", "world", one[1]) == one[1]] == []


def is_said(reason: str, text: str) -> bool:
    """Whether Chinese has words of its own for the whole of it."""
    if reason == WITHIN_A_ROUTE:
        said = said_again("zh", "route_invalid", f"route a: {text}")
        return said.startswith("路由 a：") and not ENGLISH.search(said)
    ways = (said_again("zh", way, text) for way in (reason, OTHERS.get(reason, reason)))
    return any(said != text and not ENGLISH.search(said) for said in ways)


def test_every_refusal_of_a_room_is_said_in_chinese() -> None:
    found = [(path.name, *one) for path in ROOMS for one in refusals(path) if one[0] not in UNREAD]
    assert len(found) > 200, "the reading of the sources went wrong"
    assert [one for one in found if not is_said(one[1], one[2])] == [], (
        "add detail.<reason> to library/locale/*/tocsin.po"
    )


def test_what_is_wrong_with_a_matcher_or_an_expression_is_said_in_chinese() -> None:
    found = [
        text
        for name in ("matcher", "expr")
        for node in ast.walk(ast.parse((SRC / "kernel" / f"{name}.py").read_text("utf-8")))
        if isinstance(node, ast.Return) and node.value is not None
        for text in example(node.value)
        if ENGLISH.search(text)
    ]
    assert len(found) > 15, "the reading of the sources went wrong"
    said = [said_again("zh", "request_invalid", text).replace("regex", "") for text in found]
    assert [text for text in said if ENGLISH.search(text)] == []


READERS = sorted((SRC / "core" / "intake" / "rules").glob("*.py"))
SAYS = {"bad": 0, "problem": 0, "_unparsable": 0, "Failure": 0, "Flaw": 0, "Misunderstood": 1, "_Invalid": 2}
"""What the readers of payloads say that something is wrong with, and which argument says it."""
INNER = {
    "Failure": "item 1: ",
    "Flaw": "the body cannot be read: ",
    "_unparsable": UNPARSABLE,
}
"""Words that are only said inside of others."""


def misunderstandings(path: Path) -> Iterator[str]:
    """An example of each sentence about a payload that a file may say."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in SAYS:
                for text in example(args[SAYS[name]]) if len(args) > SAYS[name] else ():
                    yield text if text.startswith("mapping.split") else INNER.get(name, "") + text
            case ast.AugAssign(value=ast.ListComp(elt=elt)) | ast.Call(func=ast.Attribute(attr="append"), args=[elt]):
                if path.name == "pagerduty.py":
                    yield from (text for text in example(elt) if " " in text)


def test_every_misunderstanding_is_said_in_chinese() -> None:
    found = [(path.name, text) for path in READERS for text in misunderstandings(path)]
    own = [one for one in found if re.search("[a-z]{2,} [a-z]{2,}", one[1])]
    assert len(own) > 45, "the reading of the sources went wrong"
    assert [one for one in own if ENGLISH.search(said_again("zh", "letter_not_understood", one[1]))] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the body cannot be read: JSON is malformed: invalid character (byte 3)",
         "无法读取正文：JSON 格式有误：无效字符（第 3 字节）"),
        ("zabbix: eventvalue ({EVENT.VALUE}) is '7'; it must be one of 1 (problem), 0 (recovery)",
         "zabbix：eventvalue ({EVENT.VALUE}) 为 '7'；应为 1 (problem), 0 (recovery) 之一"),
        ("item 1: mapping.key gave nothing: it is empty; item 2: status is 'x'; the mapping has it in none of firing, "
         "resolved, acknowledged; item 3: mapping.key gave nothing: no such key",
         "第 1 项：mapping.key 没有得到值：结果为空；第 2 项：status 为 'x'；"
         "映射的 firing、resolved、acknowledged 中都没有它；第 3 项：mapping.key 没有得到值：no such key"),
        ("event 2: specversion is '0.3'; 1.0 is needed (of 70000 characters the first 65536 are kept)",
         "第 2 个事件：specversion 为 '0.3'；需要 1.0（共 70000 个字符，只保留前 65536 个）"),
        ("eventid is missing; give the media type the parameter eventid = {EVENT.ID}",
         "缺少 eventid；请为媒介类型添加参数 eventid = {EVENT.ID}"),
        ("a sender's words; nobody knows them", "a sender's words；nobody knows them"),
    ],
)  # fmt: skip
def test_why_a_payload_was_not_understood_is_said_in_chinese(english: str, chinese: str) -> None:
    assert said_again("zh", "letter_not_understood", english) == chinese
    assert said_again("en", "letter_not_understood", english) == english


def test_every_title_of_the_house_is_said_in_chinese() -> None:
    tree = ast.parse((SRC / "core" / "alerts" / "react.py").read_text("utf-8"))
    titles = [
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "title"
        for text in example(node.value)
    ]
    assert len(titles) == 3, "the reading of the sources went wrong"
    assert [one for one in titles if titled("zh", one) == one] == [], "add detail.house to library/locale/*/tocsin.po"


def test_a_title_of_a_sender_is_not_touched() -> None:
    for title in ("", "Source of all evil", "db is down", "Heartbeat of the city was missed by all"):
        assert titled("zh", title) == title


def test_a_title_of_the_house_names_its_source() -> None:
    assert titled("zh", "Heartbeat backup was missed") == "backup 的心跳缺失"
    assert titled("en", "Heartbeat backup was missed") == "Heartbeat backup was missed"


def test_a_sentence_without_a_translation_is_missed() -> None:
    assert not is_said("user_unknown", "«0» has been seen nowhere")


def test_both_languages_fill_in_the_same_values() -> None:
    english, chinese = translator("en"), translator("zh")
    for id_ in sorted(one for one in ids("en") if one.startswith("detail.")):
        values, known = (
            sorted({name for _, name, _, _ in Formatter().parse(say(id_)) if name}) for say in (chinese, english)
        )
        assert set(values) <= set(known), id_
        assert set(known) - set(values) <= {"slug_hint", "rest"}, id_


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [
        ("user_unknown", "no user is called 'ada'", "没有名为 'ada' 的用户"),
        ("not_found", "there is no silence 's1'", "没有这个静默：'s1'"),
        ("not_found", "there is no job 'JOB-9'", "没有这个任务：'JOB-9'"),
        ("not_found", "there is no dead letter 'DL-9'", "没有这个死信：'DL-9'"),
        ("not_found", "there is no alert in memory 'ALT-9'", "没有这个内存中的告警：'ALT-9'"),
        ("silence_invalid", "silence invalid: invalid label matcher: bad matcher format: {a; the brace is not closed",
         "静默无效：标签匹配条件有误：匹配条件格式有误：{a；缺少右花括号"),
        ("bad_every", "layer 'day': every is 0; for the unit day it is 1 to 366",
         "班次层 'day'：every 为 0；单位为 day 时应为 1 到 366"),
        ("service_unknown", "step 2: service 'x' does not exist; create it first",
         "第 2 级：服务 'x' 不存在；请先创建"),
        ("route_invalid", "route root/shop: service 'x' does not exist; create it first",
         "路由 root/shop：服务 'x' 不存在；请先创建"),
        ("user_unknown", "a sentence nobody knows: 'ada'", "a sentence nobody knows: 'ada'"),
        ("note_empty", "", ""),
        ("request_invalid", "/days: Expected `int`, got `str`", "/days：应为 `int`，实际为 `str`"),
        ("request_invalid", "write 2026-11-24T03:12:00Z", "请写成 2026-11-24T03:12:00Z 的形式"),
    ],
)  # fmt: skip
def test_it_is_said_again_in_chinese(reason: str, english: str, chinese: str) -> None:
    assert said_again("zh", reason, english) == chinese
    assert said_again("en", reason, english) == english
    assert said_again("xx", reason, english) == english


def test_what_a_person_wrote_is_not_read_as_a_form() -> None:
    said = said_again("zh", "user_unknown", "no user is called '{user} {0} no team'")
    assert said == "没有名为 '{user} {0} no team' 的用户"
