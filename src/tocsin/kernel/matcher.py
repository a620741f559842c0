"""Prometheus label matchers: `severity="warning"`, `alertname=~"Disk.*|Inode.*"`.

Law: a matcher means here what it means in Alertmanager: regular expressions are RE2 and match the whole value, a
missing label is the empty string, `.` does not match a line feed. Texts are compiled once, then only matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import eq, ne

import msgspec
import re2

TEXT_MAX = 4_096
"""Characters of one matcher: longer alternations belong into a label."""
MATCHERS_MAX = 64
"""Matchers in one list: each costs time on every alert."""
REGEX_MEM_MAX = 1 << 20
"""Bytes a compiled expression may take."""
COMPILED_MAX = 65_536
"""Lists kept compiled: about the largest number of silences and routes anybody has at once."""

OPERATORS = ("=", "!=", "=~", "!~")

_PLAIN_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_MATCHER = re.compile(
    r"""\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<name>[^\s{}!=~,\\"'`]+))\s*(?P<op>=~|!=|!~|=)\s*(?P<value>.*)""",
    re.DOTALL,
)
_LITERALS = re.compile(r"[A-Za-z0-9_ /:@%,;<>=!~'\"&#-]*(?:\|[A-Za-z0-9_ /:@%,;<>=!~'\"&#-]*)*")
"""An alternation of plain words needs no regular expression."""

Test = Callable[[str], bool]


class Matcher(msgspec.Struct, frozen=True):
    """One condition on one label. `op` is one of OPERATORS."""

    name: str
    op: str
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels meet the condition; a missing label is the empty string."""
        return self.test(labels.get(self.name, ""))

    @property
    def test(self) -> Test:
        """The condition on the value of the label."""
        return _test(self.op, self.value)

    @property
    def is_regex(self) -> bool:
        """Whether the value is a regular expression."""
        return self.op in ("=~", "!~")

    @property
    def is_equal(self) -> bool:
        """Whether the label must (not: must not) be like the value."""
        return self.op in ("=", "=~")

    @property
    def matches_empty(self) -> bool:
        """Whether the condition holds for a label that is not there."""
        return self.test("")

    def __str__(self) -> str:
        """`name="value"`, which parses to the same matcher."""
        name = self.name if _PLAIN_NAME.fullmatch(self.name) else f'"{_escape(self.name)}"'
        return f'{name}{self.op}"{_escape(self.value)}"'


class Matchers:
    """Matchers that must all hold, ready for the hot path."""

    __slots__ = ("_tests", "equals", "items")

    def __init__(self, items: Sequence[Matcher]) -> None:
        self.items = tuple(items)
        self.equals = {m.name: m.value for m in self.items if m.op == "="}
        """What `=` demands, name to value: what an index may look at first."""
        # Equality first, as dict look-ups. A second `=` on one name stays among the tests, so both must hold.
        self._tests: tuple[tuple[str, Test], ...] = tuple(
            (m.name, m.test) for m in self.items if m.op != "=" or self.equals[m.name] != m.value
        )

    @staticmethod
    def compile(texts: Sequence[str]) -> Matchers | str:
        """The matchers of these texts, or what is wrong with the first bad one. Remembered by text, so views may ask
        again at every alert."""
        return _compile(tuple(texts))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether all hold. No matcher at all holds for everything."""
        get = labels.get
        for name, value in self.equals.items():
            if get(name, "") != value:
                return False
        for name, test in self._tests:  # noqa: SIM110 (`all` of a generator takes twice as long)
            if not test(get(name, "")):
                return False
        return True

    @property
    def matches_empty(self) -> bool:
        """Whether all hold for an alert without labels. Alertmanager refuses such a silence: it silences all."""
        return all(matcher.matches_empty for matcher in self.items)

    def __str__(self) -> str:
        """`{a="b", c=~"d"}`."""
        return "{" + ", ".join(str(matcher) for matcher in self.items) + "}"


def parse_matcher(text: str) -> Matcher | str:
    """The one matcher of the text, or what is wrong with it. The value may be unquoted."""
    if len(text) > TEXT_MAX:
        return f"matcher of {len(text)} characters; at most {TEXT_MAX} are allowed"
    found = _MATCHER.fullmatch(text)
    if found is None:
        return f'bad matcher format: {text}; write name="value", name!="value", name=~"regex" or name!~"regex"'
    said = found["value"].rstrip()
    value = _unquote(said)
    if value is None:
        return f"matcher value contains unescaped double quote: {said}"
    quoted = found["quoted"]
    return make_matcher(found["name"] if quoted is None else _unescape(quoted), found["op"], value)


def make_matcher(name: str, op: str, value: str) -> Matcher | str:
    """The matcher of these parts, or what is wrong with them."""
    assert op in OPERATORS, op
    if not name:
        return "bad matcher: the label name is empty"
    if not (name + value).isascii() and not _is_utf8(name + value):
        return "bad matcher: it has half a surrogate pair, which is not UTF-8"
    matcher = Matcher(name, op, value)
    if not matcher.is_regex:
        return matcher
    try:
        _test(op, value)
    except re2.error as error:
        return f"bad regular expression in {matcher}: {_words(error)}"
    return matcher


def parse_matchers(text: str) -> tuple[Matcher, ...] | str:
    """The matchers of `{a="b",c=~"d"}` with or without braces, or what is wrong. An empty text has none."""
    if len(text) > TEXT_MAX * MATCHERS_MAX:
        return f"matchers of {len(text)} characters; at most {TEXT_MAX} each are allowed"
    inner = text.strip()
    if inner.startswith("{"):
        if not inner.endswith("}"):
            return f"bad matcher format: {text}; the brace is not closed"
        inner = inner[1:-1]
    parts = _split(inner)
    if len(parts) > MATCHERS_MAX:
        return f"{len(parts)} matchers; at most {MATCHERS_MAX} are allowed"
    matchers: list[Matcher] = []
    for part in parts:
        matcher = parse_matcher(part)
        if isinstance(matcher, str):
            return matcher
        matchers.append(matcher)
    return tuple(matchers)


def _split(text: str) -> list[str]:
    """The text cut at the commas outside quotes; a last empty part is dropped, as Alertmanager does."""
    parts: list[str] = []
    start = 0
    inside = escaped = False
    for place, letter in enumerate(text):
        if letter == "," and not inside:
            parts.append(text[start:place])
            start = place + 1
        elif letter == '"' and not escaped:
            inside = not inside
        escaped = letter == "\\" and not escaped
    return [*parts, text[start:]] if text[start:].strip() else parts


def _unquote(text: str) -> str | None:
    """The value of a quoted or bare text; None when a quote is missing or too many."""
    if not text.startswith('"'):
        return None if re.search(r'(?<!\\)(?:\\\\)*"', text) else _unescape(text)
    if re.fullmatch(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL) is None:
        return None
    return _unescape(text[1:-1])


_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    """Escapes undone. An unknown one (`\\d` of an expression) is left as it is."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text, flags=re.DOTALL)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _words(error: re2.error) -> str:
    """What RE2 says, as text: it speaks in bytes."""
    said = error.args[0] if error.args else "not an expression"
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


@lru_cache(maxsize=COMPILED_MAX)
def _compile(texts: tuple[str, ...]) -> Matchers | str:
    matchers: list[Matcher] = []
    for text in texts:
        parsed = parse_matchers(text)
        if isinstance(parsed, str):
            return parsed
        matchers.extend(parsed)
    if len(matchers) > MATCHERS_MAX:
        return f"{len(matchers)} matchers; at most {MATCHERS_MAX} are allowed"
    return Matchers(matchers)


@lru_cache(maxsize=COMPILED_MAX)
def _test(op: str, value: str) -> Test:
    """The condition on a value as a function. Raises re2.error for a bad expression."""
    if op in ("=", "!="):
        compare = eq if op == "=" else ne
        return lambda text: bool(compare(text, value))
    if _LITERALS.fullmatch(value):
        words = dict.fromkeys(value.split("|"))
        return (lambda text: text in words) if op == "=~" else (lambda text: text not in words)
    fullmatch = _pattern(value).fullmatch
    if op == "=~":
        return lambda text: fullmatch(text.encode()) is not None
    return lambda text: fullmatch(text.encode()) is None


@lru_cache(maxsize=COMPILED_MAX)
def finder(pattern: str) -> Test | str:
    """Whether the expression is found anywhere in a text, as a function, or what is wrong with it."""
    try:
        search = _pattern(pattern).search
    except re2.error as error:
        return _words(error)
    return lambda text: search(text.encode()) is not None


def _pattern(text: str) -> re2._Regexp[bytes]:
    """Bytes spare the wrapper its offset tables: twice as fast as text, with the same meaning. Raises re2.error."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = REGEX_MEM_MAX
    options.never_capture = True  # groups only group here; to find them costs a hundred times as much
    return re2.compile(text.encode(), options)
