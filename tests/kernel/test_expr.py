"""Expressions: what they say, what they may cost, what happens when they cannot be evaluated."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.expr import MACROS_MAX, PARTS_MAX, TEXT_MAX, Atom, Expression, Failure, Scope
from tocsin.kernel.matcher import finder

ALERT = {"labels": {"severity": "critical", "env": "Prod", "tags": ["a", "b"]}, "summary": "Disk full", "count": 3}


def compiled(text: str) -> Expression:
    expression = Expression.compile(text)
    assert isinstance(expression, Expression), expression
    return expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('labels.severity == "critical" && count > 2', True),
        ("count + 1", 4),
        ('labels.env.lowerAscii() == "prod"', True),
        ('summary.split(" ")[0].upperAscii()', "DISK"),
        ('labels.tags.exists(tag, tag == "b")', True),
        ('summary.matches("^Disk.*$")', True),
        ('summary.matches(r"\\d+")', False),
        ("has(labels.team)", False),
        ('"map(map(map(" == ".map(.map(.map("', False),
        ("1 // .map( a comment", 1),
        ("null", None),
        ("labels.tags.map(t, labels.tags.exists(u, u == t)).size() == 2", True),
        ('labels.tags.map(t, t + "!").join(",")', "a!,b!"),
    ],
)
def test_expressions_are_evaluated(text: str, value: object) -> None:
    assert compiled(text).evaluate(ALERT) == value
    assert compiled(text).evaluate(Scope(ALERT)) == value


@pytest.mark.parametrize(
    "text",
    [
        "labels.team == 'x'",
        "count == 'x' + 1",
        "count > 'x'",
        "nobody.knows",
        "1 / 0 == 1",
        "9223372036854775807 + 1 > 0",
    ],
)
def test_what_cannot_be_evaluated_does_not_hold(text: str) -> None:
    assert isinstance(compiled(text).evaluate(ALERT), Failure)
    assert not compiled(text).holds(ALERT)


@pytest.mark.parametrize("text", ["count", "summary", "labels"])
def test_only_true_holds(text: str) -> None:
    assert not compiled(text).holds(ALERT)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1, column 1"),
        ("1 +", "line 1, column 4"),
        ("a == 'x' &&\n && b", "line 2, column 2"),
        ("'" + "x" * TEXT_MAX + "'", "at most 4000"),
        ("a.all(x, a.all(y, a.all(z, true)))", "nested deeper than 2"),
        ("a . exists ( x , a.filter(y, [a.all(z, true)] == [])==[] )", "nested deeper than 2"),
        ("true" + " && a.all(x, x)" * (MACROS_MAX + 1), "at most 8"),
        ("a.map(x, x + x).map(x, x + x)", "at most 1 is allowed"),
        ("a.all(x, b.all(y, " + " && ".join(["x == y"] * 16) + "))", "at most 64"),
        ("a.all(x, b.all(y, x + x + y + y == x))", "at most 2"),
        ("a.all(x, b.all(y, x.matches('1') || x.matches('2') || x.trim() == y))", "at most 2"),
        ("a" + " + a" * 33, "at most 32"),
        ("a.matches(b)", "must be a text in quotes"),
        ("a.matches('x' + b)", "must be a text in quotes"),
        ("matches(a, 'x')", "must be a text in quotes"),
        ("a.matches('(')", "bad regular expression '('"),
        ("a.matches('(a{1000}){1000}')", "bad regular expression"),
        ("a.matches('" + "x" * 512 + "')", "at most 512"),
        ("a.replace('', a)", "unknown function replace"),
        ("lists.range(10)", "unknown function"),
        ("now() > 1", "unknown function now"),
    ],
)
def test_bad_or_costly_expressions_are_refused_when_saved(text: str, complaint: str) -> None:
    answer = Expression.compile(text)
    assert isinstance(answer, str)
    assert complaint in answer


def test_a_long_text_makes_no_endless_list() -> None:
    parts = compiled('summary.split("")').evaluate({"summary": "x" * 8_192})
    assert isinstance(parts, list)
    assert [len(part) for part in parts] == [1] * (PARTS_MAX - 1) + [8_192 - PARTS_MAX + 1]
    assert compiled('summary.split(",", 2)').evaluate({"summary": "a,b,c"}) == ["a", "b,c"]


def test_patterns_are_re2_and_made_once() -> None:
    say = '"matches(" != x && x.matches(r"^\\w{1,50}$") && !x.matches("(?i)DISK \\\\d") // .matches("'
    rows = [compiled(say).evaluate({"x": text}) for text in ("disk", "磁盘", "disk 1")]
    assert rows == [True, False, False]
    before = finder.cache_info()
    compiled(say).evaluate({"x": "again"})
    assert finder.cache_info().misses == before.misses
    assert isinstance(compiled('x.matches("a")').evaluate({"x": 5}), Failure)


def test_references_are_the_variables_without_those_of_macros() -> None:
    assert compiled("labels.tags.exists(t, t == team) && size(summary) > 1").references() == (
        "labels",
        "summary",
        "team",
    )


def test_evaluating_leaves_the_variables_alone() -> None:
    variables = {"a": [1, 2]}
    assert compiled("a.map(x, x + 1)").evaluate(variables) == [2, 3]
    assert variables == {"a": [1, 2]}


@given(st.text("ab.()[]{}'\"\\+-!&|?:, 1map\n", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_compiled_or_refused(text: str) -> None:
    answer = Expression.compile(text)
    if isinstance(answer, Expression):
        answer.evaluate({"a": {"b": "x"}, "b": [1]})


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('alert.labels.env == "x" && severity == "high"', (("alert", "labels", "env"), ("severity",))),
        ('labels["a b"].startsWith("x") || has(labels.team)', (("labels", "a b"), ("labels", "team"))),
        ('"job" in labels && labels[alert.key] == "alert.x"', (("labels",), ("alert", "key"))),
        ('labels.all(labels, labels == "x")', (("labels",),)),
        ('labels.exists(name, name == "env" && labels[name] == "x")', (("name",), ("labels",))),
    ],
)
def test_an_expression_says_what_it_reads(text: str, paths: tuple[tuple[str, ...], ...]) -> None:
    assert compiled(text).paths() == paths


@pytest.mark.parametrize(
    ("text", "rest", "atoms"),
    [
        ('a.x == "1" && !b.contains("2")', "_0.is && !_1.is", (("a.x", "==", "1"), ("b", "contains", "2"))),
        ('a.x != "1" || a.x != "1"', "_0.is || _0.is", (("a.x", "!=", "1"),)),
        (
            'a["x y"].matches("(?i)disk (?:full|\\\\.)") ? n : 2',
            "_0.is ? n : 2",
            (("a.x y", "matches", "(?i)disk (?:full|\\.)"),),
        ),
        ('a.x.matches("[a-c&&b]") || a.x.matches("\\\\w")', 'a.x.matches("[a-c&&b]") || a.x.matches("\\\\w")', ()),
        (
            '!a.x == "1" || a.x + "b" == "1" || a.x == "1" + "2"',
            '!a.x == "1" || a.x + "b" == "1" || a.x == "1" + "2"',
            (),
        ),
        ('l.exists(b, b == "1") && b == "1"', 'l.exists(b, b == "1") && b == "1"', ()),
        ('n == "1" && a.x == n', 'n == "1" && a.x == n', ()),
    ],
)
def test_comparisons_of_texts_are_taken_out(text: str, rest: str, atoms: tuple[tuple[str, str, str], ...]) -> None:
    found, taken = compiled(text).without_atoms(lambda path: path[0] != "n")
    assert found.text == rest
    assert [(".".join(one.path), one.op, one.text) for one in taken] == list(atoms)
    assert all(isinstance(one, Atom) for one in taken)
