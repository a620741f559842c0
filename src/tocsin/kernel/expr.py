"""Expressions people write into routes and mappings: CEL, `alert.labels.env == "prod" && size(alert.summary) > 3`.

Law: an expression reads plain data and has no side effect. The engine below has no cost limit, so what could cost
too much is refused when it is saved: long texts, nested or many macros and much work within nested ones, many sums,
patterns that are not literals, and more than one `map` (the only macro whose result can be larger than its input).
Patterns are RE2, as the language has it. What cannot be evaluated does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import cel
import msgspec
from cel.stdlib import EXTENSIONS

from tocsin.kernel.matcher import finder

TEXT_MAX = 4_000
"""Characters: six nested macros fit into much less, but nobody reads more than this in a rule."""
MACROS_MAX = 8
"""Macros in one expression: each walks a list."""
MACRO_DEPTH_MAX = 2
"""Macros within macros: two over 100 entries are 10,000 steps; six over 10 took 12 s."""
MAPS_MAX = 1
"""Maps in one expression: `[s].map(x, x + x).map(x, x + x)…` doubles at every step."""
INNER_TOKENS_MAX = 64
"""Words and signs within a macro within a macro: they are gone through 16,384 times for 128 labels."""
INNER_CALLS_MAX = 2
"""Calls among them that make or search a text."""
SUMS_MAX = 32
"""Sums in one expression: `text + text + …` copies what it has at every step."""
PARTS_MAX = 128
"""Parts a text is split into, as many as an alert has labels; the last has the rest. `split("")` of a long text fed
macros for minutes."""
REGEX_TEXT_MAX = 512
"""Characters of a pattern of `matches`."""
NATIVE_PER_VALUE = 1_024
"""Characters the engine copies as fast as one value; a text of 100 KB in a loop is as many values."""
CALLED_PER_VALUE = 8
"""Characters a call on a text goes through as fast; they are in Python."""
CALL = 16
"""Such a call by itself, in values."""
COMPILED_MAX = 16_384
"""Expressions kept compiled: more than an installation has routes and mappings."""

MACROS = ("all", "exists", "exists_one", "existsOne", "filter", "map")
GATHERING = ("filter", "map")
"""Those that make a list, which the engine copies whenever something is added to it."""
STRING_FUNCTIONS = (
    "charAt", "indexOf", "join", "lastIndexOf", "lowerAscii", "split", "substring", "trim", "upperAscii",
)  # fmt: skip
"""Of cel-go's string library. Not `replace`: replacing "" squares the length of a text, again and again."""
NATIVE_FUNCTIONS = (
    "bytes", "contains", "double", "duration", "dyn", "endsWith", "getDate", "getDayOfMonth", "getDayOfWeek",
    "getDayOfYear", "getFullYear", "getHours", "getMilliseconds", "getMinutes", "getMonth", "getSeconds", "has", "int",
    "matches", "size", "startsWith", "string", "timestamp", "type", "uint",
)  # fmt: skip

TEXT_CALLS = ("matches", *STRING_FUNCTIONS)
INNER_COSTLY = ("+", *TEXT_CALLS)

TEXT_TESTS = ("contains", "endsWith", "matches", "startsWith")
"""Methods that compare a text with another."""

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<text>[bB]?(?:[rR][bB]?(?:'{3}.*?'{3}|"{3}.*?"{3}|'[^'\n]*'|"[^"\n]*")
        |(?:'{3}(?:\\.|[^\\])*?'{3}|"{3}(?:\\.|[^\\])*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_TEXT = re.compile(r"""'[^'\\\n]*'|"[^"\\\n]*\"""")
_PLAIN_PATTERN = re.compile(r"(?:\(\?i\))?(?:\(\?:|\((?!\?)|\\[^A-Za-z0-9]|[^\\\[\](])*", re.DOTALL)
"""Patterns every engine reads alike: without classes, named groups and flags within."""
_FUNCTION = re.compile(r"[A-Za-z]\w*")
_FAULTS: Final = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What the engine raises for missing keys, wrong types, overflow, unknown names and bad patterns."""


class Failure(msgspec.Struct, frozen=True):
    """The value of an expression that has none for these variables, and why."""

    why: str


class Size(msgspec.Struct, frozen=True):
    """How large what an expression reads is: its values with the texts among them, its longest list or mapping, and
    the characters of its longest text."""

    values: int
    width: int
    longest: int

    @classmethod
    def of(cls, value: object) -> Size:
        """The size of plain data, however deep."""
        values, width, longest = 0, 1, 0
        waiting = [value]
        while waiting:
            one = waiting.pop()
            values += 1
            if isinstance(one, str):
                longest = max(longest, len(one))
                values += len(one) // NATIVE_PER_VALUE
            elif isinstance(one, Mapping):
                width = max(width, len(one))
                waiting += one.values()
            elif isinstance(one, list):
                width = max(width, len(one))
                waiting += one
        return cls(values, width, longest)

    def beside(self, other: Size) -> Size:
        """The size of both together."""
        return Size(
            self.values + other.values, max(self.width, other.width), max(self.longest, other.longest)
        )  # fmt: skip


class Effort(msgspec.Struct, frozen=True):
    """What grows faster than what an expression reads: how often it goes through everything (`values`), makes a step
    (`steps`) or a call on a text (`calls`), by how many loops are around it."""

    values: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    own_width: int = 1
    """The longest list the expression itself may make: of its own values, or of the parts of a text."""

    def over(self, size: Size) -> int:
        """An upper bound for data of this size, in values looked at: a million are a third of a second."""
        width = max(size.width, self.own_width)
        values, steps, calls = (
            sum(int(width**loops) for loops in group) for group in (self.values, self.steps, self.calls)
        )
        return size.values * values + steps + (CALL + size.longest // CALLED_PER_VALUE) * calls


class Atom(msgspec.Struct, frozen=True):
    """A comparison of one value with a constant text. `op` is `==`, `!=`, or a method of TEXT_TESTS."""

    path: tuple[str, ...]
    op: str
    text: str


def _split(text: str, separator: str, limit: int | None = None) -> list[str]:
    """As the string library's, which keeps what is beyond a limit in the last part."""
    most = PARTS_MAX if limit is None or limit < 0 else min(limit, PARTS_MAX)
    parts: list[str] = EXTENSIONS["strings"]["split"](text, separator, most)
    return parts


def _matches(text: str, pattern: str) -> bool:
    """Whether RE2 finds the pattern in the text."""
    found = finder(pattern)
    assert not isinstance(found, str), f"{pattern!r} was judged when the expression was saved"
    return found(text)


OWN_MATCHES = "_matches"
"""What `matches` is called below: the engine's own compiles its pattern at every call, which may take 50 ms."""
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **{name: EXTENSIONS["strings"][name] for name in STRING_FUNCTIONS}, "split": _split, OWN_MATCHES: _matches,
}  # fmt: skip


class Scope:
    """Variables made ready once for many expressions: ten times faster than a mapping each time."""

    __slots__ = ("context",)

    def __init__(self, variables: Mapping[str, object]) -> None:
        self.context = cel.Context(dict(variables))
        for name, function in FUNCTIONS.items():
            self.context.add_function(name, function)


class Expression:
    """A compiled expression."""

    __slots__ = ("_names", "_needs_functions", "_program", "effort", "text")

    def __init__(self, text: str, program: cel.Program, names: tuple[str, ...], effort: Effort) -> None:
        self.text = text
        self.effort = effort
        """What it may cost beyond what reading its data once does. The engine can not be stopped once it runs: whoever
        gives it data of others asks first."""
        self._program = program
        self._names = names
        self._needs_functions = any(name in FUNCTIONS for name in program.functions())

    @staticmethod
    def compile(text: str) -> Expression | str:
        """The expression, or what is wrong with it. Remembered by text, so views may ask again every time."""
        return _compile(text)

    def evaluate(self, variables: Mapping[str, object] | Scope) -> object:
        """The value for these variables (plain data: None, bool, int, float, str, list, dict, datetime), a Failure
        when there is none."""
        try:
            return self._program.execute(self._context(variables))
        except KeyError as fault:
            return Failure(f"there is no {fault}")
        except _FAULTS as fault:
            return Failure(f"{type(fault).__name__}: {fault}")

    def holds(self, variables: Mapping[str, object] | Scope) -> bool:
        """Whether the value is exactly true. A missing key or a wrong type does not hold."""
        return self.evaluate(variables) is True

    def references(self) -> tuple[str, ...]:
        """The variables the expression reads, sorted; without those its macros bind."""
        return self._names

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Which values the expression reads, as the names on the way: `alert.labels.env == "x"` reads
        `("alert", "labels", "env")`. What it looks up by a computed name, it reads as a whole."""
        return _paths(_tokens(self.text), self._names)

    def without_atoms(self, is_text: Callable[[tuple[str, ...]], bool]) -> tuple[Expression, tuple[Atom, ...]]:
        """The expression with the comparisons of a text with a constant taken out, for those who can make them faster.
        In place of the first stands `_0.is`, true or false, absent where the value is; `is_text` says which are texts.
        """
        return _without_atoms(self.text, self._names, is_text)

    def _context(self, variables: Mapping[str, object] | Scope) -> cel.Context | dict[str, object]:
        if isinstance(variables, Scope):
            return variables.context
        return Scope(variables).context if self._needs_functions else dict(variables)


@lru_cache(maxsize=COMPILED_MAX)
def _compile(text: str) -> Expression | str:
    if len(text) > TEXT_MAX:
        return f"expression of {len(text)} characters; at most {TEXT_MAX} are allowed"
    try:
        program = cel.compile(text)
    except ValueError as error:
        return _words(error)
    tokens = _tokens(text)
    unknown = [name for name in program.functions() if not _is_known(name)]
    if unknown:
        known = ", ".join(sorted((*NATIVE_FUNCTIONS, *MACROS, *STRING_FUNCTIONS)))
        return f"unknown function {unknown[0]}; known are {known}"
    bound = _bound(tokens)
    names = tuple(name for name in program.variables() if name not in bound)
    flaw = _cost(tokens) or _patterns(tokens)
    return flaw or Expression(text, cel.compile(_with_own_matches(text)), names, _effort(tokens, names))


def _with_own_matches(text: str) -> str:
    """The expression with the calls of `matches` led to RE2."""
    found = [match for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    pieces, done = [], 0
    for before, match, after in zip(found, found[1:], found[2:], strict=False):
        if (before.group(), match.group(), after.group()) == (".", "matches", "("):
            pieces += [text[done : match.start()], OWN_MATCHES]
            done = match.end()
    return "".join((*pieces, text[done:]))


def _is_known(name: str) -> bool:
    """Operators are called `_+_`, `@in`, `-_`…"""
    return _FUNCTION.fullmatch(name) is None or name in NATIVE_FUNCTIONS or name in STRING_FUNCTIONS


def _words(error: ValueError) -> str:
    """The first complaint of the parser, without the text it repeats."""
    lines = [line for line in str(error).splitlines() if "ERROR: <input>:" in line]
    if not lines:
        return "the expression cannot be parsed"
    place, _, what = lines[0].partition("ERROR: <input>:")[2].partition(" ")
    line, _, column = place.strip(":").partition(":")
    return f"line {line}, column {column}: {what.partition(' expecting {')[0]}"


def _tokens(text: str) -> list[str]:
    """The words and signs of an expression; texts stay whole with their quotes, comments are gone."""
    return [found.group() for found in _TOKEN.finditer(text) if found.lastgroup != "space"]


def _is_macro(tokens: list[str], place: int) -> bool:
    return tokens[place] in MACROS and tokens[place - 1 : place] == ["."] and tokens[place + 1 : place + 2] == ["("]


def _effort(tokens: list[str], names: tuple[str, ...]) -> Effort:
    """A variable in a loop is copied at every turn; so is what `filter` and `map` have gathered until then. What a loop
    within a loop binds is at most everything at each turn of the outer one."""
    bound = _bound(tokens)
    values, steps, calls = [], [], []
    loops: list[bool] = []
    for place, token in enumerate(tokens):
        depth = sum(loops)
        if token in ("(", "[", "{"):
            loops.append(place > 0 and _is_macro(tokens, place - 1))
        elif token in (")", "]", "}") and loops:
            loops.pop()
        elif _is_macro(tokens, place):
            if token in GATHERING:
                values.append(depth + 1)
            if depth:
                steps.append(depth + 1)
        elif token in (TEXT_CALLS if depth else STRING_FUNCTIONS):
            calls.append(depth)
        elif token in names and token not in bound and tokens[place - 1 : place] != ["."] and depth:
            values.append(depth)
        elif token in bound and depth > 1:
            values.append(depth - 1)
    own_width = max(tokens.count(",") + 1, PARTS_MAX if "split" in tokens else 1)
    return Effort(tuple(values), tuple(steps), tuple(calls), own_width)


def _bound(tokens: list[str]) -> tuple[str, ...]:
    """The names macros bind: `x` of `list.all(x, …)`."""
    return tuple(tokens[place + 2] for place in range(len(tokens) - 2) if _is_macro(tokens, place))


def _paths(tokens: list[str], names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    # A name that a macro binds may be a variable outside of it, too.
    found: dict[tuple[str, ...], None] = {(name,): None for name in _bound(tokens)}
    for place, token in enumerate(tokens):
        if token in names and tokens[place - 1 : place] != ["."]:
            found[_path(tokens, place)] = None
    return tuple(found)


def _path(tokens: list[str], place: int) -> tuple[str, ...]:
    """The variable at this place and the names after it; a name that is called is none of them."""
    path = [tokens[place]]
    place += 1
    while True:
        match tokens[place : place + 4]:
            case [".", name, *rest] if name.isidentifier() and rest[:1] != ["("]:
                path.append(name)
                place += 2
            case ["[", text, "]", *_] if _PLAIN_TEXT.fullmatch(text):
                path.append(text[1:-1])
                place += 3
            case _:
                return tuple(path)


def _without_atoms(
    text: str, names: tuple[str, ...], is_text: Callable[[tuple[str, ...]], bool]
) -> tuple[Expression, tuple[Atom, ...]]:
    found = [match for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
    tokens = [match.group() for match in found]
    free = [name for name in names if name not in _bound(tokens)]
    atoms: dict[Atom, None] = {}
    pieces, done, place = [], 0, 0
    while place < len(tokens):
        atom, end = None, place + 1
        if tokens[place] in free and tokens[place - 1 : place] != ["."]:
            atom, end = _atom(tokens, place, is_text)
        if atom is not None:
            atoms[atom] = None
            pieces += [text[done : found[place].start()], f"_{list(atoms).index(atom)}.is"]
            done = found[end - 1].end()
        place = end
    rest = _compile("".join((*pieces, text[done:])))
    assert isinstance(rest, Expression), f"without its atoms {text!r} is {rest}"
    return rest, tuple(atoms)


def _atom(tokens: list[str], place: int, is_text: Callable[[tuple[str, ...]], bool]) -> tuple[Atom | None, int]:
    """The comparison that begins at this place and the place after it; none where it is part of something else."""
    path = _path(tokens, place)
    end = place + _length(tokens, place, path)
    before, rest = tokens[place - 1 : place], tokens[end : end + 6]
    match rest:
        case [".", op, "(", constant, ")", *after] if op in TEXT_TESTS and after[:1] not in (
            [
                ".",
            ],
            ["["],
        ):
            length = 5
        case ["=", "=", constant, *after] if _stands_alone(before, after):
            op, length = "==", 3
        case ["!", "=", constant, *after] if _stands_alone(before, after):
            op, length = "!=", 3
        case _:
            return None, end
    said = _said(constant)
    if said is None or not is_text(path) or (op == "matches" and not _PLAIN_PATTERN.fullmatch(said)):
        return None, end
    return Atom(path, op, said), end + length


def _stands_alone(before: list[str], after: list[str]) -> bool:
    """Whether nothing binds tighter than a comparison here."""
    return (not before or before[0] in ("(", "[", ",", "&", "|", "?", ":")) and (
        not after or after[0] in (")", "]", ",", "&", "|", "?", ":")
    )


def _length(tokens: list[str], place: int, path: tuple[str, ...]) -> int:
    """How many tokens a path takes."""
    length = 1
    for _ in path[1:]:
        length += 2 if tokens[place + length] == "." else 3
    return length


def _said(token: str) -> str | None:
    """The text a token in quotes stands for; None for what is none, or has escapes."""
    if _PLAIN_TEXT.fullmatch(token):
        return token[1:-1]
    if token[:1] == '"' and token[:3] != '"""':
        try:
            return msgspec.json.decode(token, type=str)
        except msgspec.MsgspecError:
            return None
    return None


def _cost(tokens: list[str]) -> str:
    """What makes the expression too expensive, empty when nothing does."""
    open_calls: list[bool] = []
    macros = [name for place, name in enumerate(tokens) if _is_macro(tokens, place)]
    if len(macros) > MACROS_MAX:
        return f"{len(macros)} macros ({', '.join(MACROS)}); at most {MACROS_MAX} are allowed"
    if macros.count("map") > MAPS_MAX:
        return f"{macros.count('map')} calls of map; at most {MAPS_MAX} is allowed"
    if tokens.count("+") > SUMS_MAX:
        return f"{tokens.count('+')} sums; at most {SUMS_MAX} are allowed"
    inner: list[str] = []
    for place, token in enumerate(tokens):
        if token in ("(", "[", "{"):
            open_calls.append(place > 0 and _is_macro(tokens, place - 1))
            if sum(open_calls) > MACRO_DEPTH_MAX:
                return f"macros nested deeper than {MACRO_DEPTH_MAX}"
        elif token in (")", "]", "}") and open_calls:
            open_calls.pop()
        if sum(open_calls) == MACRO_DEPTH_MAX:
            inner.append(token)
    if len(inner) > INNER_TOKENS_MAX:
        return f"{len(inner)} words and signs within nested macros; at most {INNER_TOKENS_MAX} are allowed"
    calls = sum(token in INNER_COSTLY for token in inner)
    if calls > INNER_CALLS_MAX:
        return f"{calls} sums, patterns and calls on texts within nested macros; at most {INNER_CALLS_MAX} are allowed"
    return ""


def _patterns(tokens: list[str]) -> str:
    """What is wrong with the pattern of a `matches`, empty when nothing is."""
    for place, word in enumerate(tokens):
        if word != "matches" or tokens[place + 1 : place + 2] != ["("]:
            continue
        literal = tokens[place + 2] if tokens[place + 3 : place + 4] == [")"] else ""
        if literal[-1:] not in ('"', "'"):
            return 'the pattern of matches must be a text in quotes, like summary.matches("a.*")'
        if len(literal) > REGEX_TEXT_MAX:
            return f"pattern of {len(literal)} characters; at most {REGEX_TEXT_MAX} are allowed"
        error = _regex_error(literal)
        if error:
            return error
    return ""


def _regex_error(literal: str) -> str:
    """What is wrong with a pattern as written in quotes, empty when it compiles."""
    pattern = cel.evaluate(literal)
    is_good = isinstance(pattern, str) and not isinstance(finder(pattern), str)
    return "" if is_good else f"bad regular expression {literal}"
