"""Matchers mean what they mean in Alertmanager."""

from __future__ import annotations

from time import process_time

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.matcher import MATCHERS_MAX, TEXT_MAX, Matcher, Matchers, parse_matcher, parse_matchers


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("a=b", Matcher("a", "=", "b")),
        (" a = b ", Matcher("a", "=", "b")),
        ("a=", Matcher("a", "=", "")),
        ('a=""', Matcher("a", "=", "")),
        ('a!="b"', Matcher("a", "!=", "b")),
        ('a=~"b|c"', Matcher("a", "=~", "b|c")),
        ("a!~b.*", Matcher("a", "!~", "b.*")),
        (r'a="x\"y\\z\n"', Matcher("a", "=", 'x"y\\z\n')),
        (r'a=~"\d+\.\w"', Matcher("a", "=~", r"\d+\.\w")),
        (r"a=b\"", Matcher("a", "=", 'b"')),
        ("a=\\", Matcher("a", "=", "\\")),
        ("a==~b", Matcher("a", "=", "=~b")),
        ('"with space"="b"', Matcher("with space", "=", "b")),
        ('告警="磁盘"', Matcher("告警", "=", "磁盘")),
        ("bad-name=x", Matcher("bad-name", "=", "x")),
        ("job:rate5m=x", Matcher("job:rate5m", "=", "x")),
    ],
)
def test_one_matcher_is_read(text: str, matcher: Matcher) -> None:
    assert parse_matcher(text) == matcher


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "bad matcher format"),
        ("a", "bad matcher format"),
        ("=b", "bad matcher format"),
        ("a b=c", "bad matcher format"),
        ('a="b', "unescaped double quote"),
        ('a=b"', "unescaped double quote"),
        ('a="b"c"', "unescaped double quote"),
        ('a="b"c', "unescaped double quote"),
        ('""="b"', "label name is empty"),
        ("a=~(", "missing )"),
        ("a=~(?=b)", "bad regular expression"),
        (r"a=~\1", "bad regular expression"),
        ("a=~\ud800", "surrogate"),
        ("a=" + "b" * TEXT_MAX, "at most"),
    ],
)
def test_a_bad_matcher_is_refused_with_words(text: str, complaint: str) -> None:
    answer = parse_matcher(text)
    assert isinstance(answer, str)
    assert complaint in answer


@pytest.mark.parametrize(
    ("text", "matchers"),
    [
        ("", ()),
        ("{}", ()),
        ("a=b", (Matcher("a", "=", "b"),)),
        ("a=b,", (Matcher("a", "=", "b"),)),
        ('{a="b", c=~"d,e|f"}', (Matcher("a", "=", "b"), Matcher("c", "=~", "d,e|f"))),
        (r'a="\",",b=c', (Matcher("a", "=", '",'), Matcher("b", "=", "c"))),
        ("a=~x{2}", (Matcher("a", "=~", "x{2}"),)),
        ("{a=~x{2}}", (Matcher("a", "=~", "x{2}"),)),
    ],
)
def test_a_list_is_read_with_and_without_braces(text: str, matchers: tuple[Matcher, ...]) -> None:
    assert parse_matchers(text) == matchers


@pytest.mark.parametrize("text", ["a=b,,c=d", "{a=b", ",", ",".join(["a=b"] * (MATCHERS_MAX + 1))])
def test_a_bad_list_is_refused(text: str) -> None:
    assert isinstance(parse_matchers(text), str)


@pytest.mark.parametrize(
    ("text", "labels", "holds"),
    [
        ("a=b", {"a": "b"}, True),
        ("a=b", {}, False),
        ("a=", {}, True),
        ("a!=b", {}, True),
        ("a=~b", {"a": "xb"}, False),
        ("a=~b|c", {"a": "c"}, True),
        ("a=~b|c.*", {"a": "bx"}, False),
        ("a=~.*", {"a": "x\ny"}, False),
        ("a=~(?s:.*)", {"a": "x\ny"}, True),
        ("a=~x$", {"a": "x\n"}, False),
        ("a=~.+", {}, False),
        ("a!~.+", {}, True),
        ("a!~b|c", {"a": "c"}, False),
        ("a=~磁.", {"a": "磁盘"}, True),
        ("a=b,a=c", {"a": "c"}, False),
    ],
)
def test_matching_is_anchored_and_a_missing_label_is_empty(text: str, labels: dict[str, str], holds: bool) -> None:
    compiled = Matchers.compile((text,))
    assert isinstance(compiled, Matchers)
    assert compiled.matches(labels) is holds
    assert all(matcher.matches(labels) for matcher in compiled.items) is holds


@pytest.mark.parametrize(
    ("texts", "empty"), [(("a=b",), False), (("a=~.*",), True), (("a!=b", "c="), True), (("a!=b", "c=d"), False)]
)
def test_matchers_that_match_an_alert_without_labels_are_known(texts: tuple[str, ...], empty: bool) -> None:
    compiled = Matchers.compile(texts)
    assert isinstance(compiled, Matchers)
    assert compiled.matches_empty is empty


def test_no_matcher_matches_everything() -> None:
    compiled = Matchers.compile(())
    assert isinstance(compiled, Matchers)
    assert compiled.matches({"a": "b"})
    assert str(compiled) == "{}"


def test_a_value_full_of_blanks_does_not_hold_up_the_house() -> None:
    value = "x" + " " * (TEXT_MAX - 16) + "y"
    begun = process_time()
    found = parse_matchers(",".join([f" a = {value}  "] * MATCHERS_MAX))
    assert found == (Matcher("a", "=", value),) * MATCHERS_MAX
    assert process_time() < begun + 10, "it took half a minute once, and takes less than a tenth of a second"


def test_groups_of_an_expression_cost_nothing() -> None:
    matchers = Matchers((Matcher("a", "=~", "(.*)*" * 200),) * MATCHERS_MAX)
    begun = process_time()
    assert all(matchers.matches({"a": f"{number} " + "a" * 200}) for number in range(50))
    assert process_time() < begun + 10, "it took minutes"


def test_the_first_bad_text_of_many_is_told() -> None:
    assert Matchers.compile(("a=b", "nonsense")) == (
        'bad matcher format: nonsense; write name="value", name!="value", name=~"regex" or name!~"regex"'
    )


@given(name=st.text(min_size=1, max_size=9).filter(str.isprintable), op=st.sampled_from(["=", "!="]), value=st.text())
@settings(max_examples=200, deadline=None)
def test_the_text_form_reads_back(name: str, op: str, value: str) -> None:
    matcher = Matcher(name, op, value)
    assert parse_matcher(str(matcher)) == matcher
    assert parse_matchers(f"{{{matcher},x=y}}") == (matcher, Matcher("x", "=", "y"))


@given(pattern=st.text("ab|.*+?(){}[]1-/ <>=#&\"'~", max_size=8), value=st.text("ab|.1-/ <>=#&\"'~\n", max_size=6))
@settings(max_examples=500, deadline=None)
def test_the_short_cuts_agree_with_re2(pattern: str, value: str) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        expected = re2.compile(pattern, options).fullmatch(value) is not None
    except re2.error:
        assert isinstance(parse_matcher(str(Matcher("a", "=~", pattern))), str)
        return
    assert Matcher("a", "=~", pattern).matches({"a": value}) is expected
    assert Matcher("a", "!~", pattern).matches({"a": value}) is not expected


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    answer = parse_matchers(text)
    assert isinstance(answer, str | tuple)
