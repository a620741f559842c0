"""A CEL condition over alerts, made quick: it is evaluated once for each combination of the values it reads.

Law: what it may cost is judged before it is used; an alert it cannot be evaluated for does not meet it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from tocsin.core.alerts.views import Alert
from tocsin.core.intake.events import Content
from tocsin.kernel.expr import Atom, Expression
from tocsin.kernel.matcher import finder
from tocsin.web.feed.facts import FIELDS, Facts
from tocsin.web.problem import Fault, Refused

Reader = Callable[[Alert], Any]

WHOLES = ("labels", "annotations")
TEXTS = (
    "how", "id", "incident", "key", "service", "severity", "severity_original", "silenced_by", "source", "status",
    "summary", "suppressed_by", "title", "url",
)  # fmt: skip
OF_CONTENT = ("annotations", "labels", "severity", "severity_original", "summary", "title", "url")
"""Fields that are the same as long as an alert's content is."""
REMEMBERED_MAX = 200_000
"""Verdicts of one condition: some have as many as there are alerts. Past it the memory starts anew."""
CONDITIONS_MAX = 8
"""Conditions whose verdicts are kept: those of the views people look at."""
PLACE = re.compile(r"line (\d+), column (\d+): ")
ABSENT = object()


def compiled(text: str) -> Expression:
    """The condition of a query. Raises Refused, with the place of the mistake."""
    found = Expression.compile(text)
    if isinstance(found, str):
        place = PLACE.match(found)
        raise _mistake(found, *((int(place[1]), int(place[2])) if place else (0, 0)))
    read = found.references()
    for path in found.paths():
        unknown = _unknown(path) if path[0] in read else ""
        if unknown:
            place_of = text.find(unknown)
            line = text.count("\n", 0, max(place_of, 0)) + 1
            column = place_of - text.rfind("\n", 0, max(place_of, 0)) if place_of >= 0 else 1
            known = ", ".join((*(f"alert.{name}" for name in FIELDS), "labels.<name>"))
            raise _mistake(f"unknown name {unknown!r}; known are {known}", line, column)
    return found


def _unknown(path: tuple[str, ...]) -> str:
    """The name on this path nobody knows, empty when all are known."""
    head, *rest = path
    if head == "alert":
        return "" if not rest or rest[0] in FIELDS else rest[0]
    return "" if head in FIELDS else head


def _mistake(message: str, line: int, column: int) -> Refused:
    hint = 'write it like alert.severity == "critical" && labels.env == "prod"'
    fault = Fault("?q", message, hint, line, column)
    return Refused(400, "request_invalid", f"?q: {message}", (fault,))


class Verdicts(msgspec.Struct):
    """What a condition said before: by the values it reads, or by an alert and its very content."""

    by_values: dict[tuple[Any, ...], bool] = {}
    by_content: dict[int, tuple[Content, bool]] = {}


@lru_cache(maxsize=CONDITIONS_MAX)
def _verdicts(text: str) -> Verdicts:
    """The verdicts of a condition, kept from one question to the next: they depend on nothing else."""
    return Verdicts()


class Condition:
    """A condition, ready for many alerts. Comparisons of a text with a constant are made here; what is left to be
    evaluated are their combinations, of which there are few."""

    def __init__(self, expression: Expression, facts: Facts) -> None:
        self._readers = facts.readers()
        self._expression, self._paths = expression, _read_by(expression)
        self._is_whole = False
        self._tests: tuple[Reader, ...] = ()
        self._take_out_atoms(expression)
        self._fields = tuple(dict.fromkeys(name for path in self._paths for name in _fields(path)))
        reads = () if self._is_whole else tuple(_reader(path, self._readers) for path in self._paths)
        self._reads = (*reads, *self._tests)
        self._places = (*self._paths, *((f"_{number}", "is") for number in range(len(self._tests))))
        self._verdicts = _verdicts(expression.text)

    def _take_out_atoms(self, expression: Expression) -> None:
        """Leave only the combinations to be evaluated, unless the rest reads alerts as a whole anyway."""
        rest, atoms = expression.without_atoms(_is_text)
        paths = _read_by(rest)
        self._is_whole = any(_is_whole(path) for path in paths)
        if self._is_whole:
            return
        self._tests = tuple(_test(atom, _reader(atom.path, self._readers)) for atom in atoms)
        self._expression, self._paths = rest, paths

    def keep(self, alerts: list[Alert]) -> list[Alert]:
        """Those that meet it."""
        if not self._is_whole:
            return self._keep_by_values(alerts)
        if all(name in OF_CONTENT for name in self._fields):
            return [alert for alert in alerts if self._holds(alert)]
        return [alert for alert in alerts if self._expression.holds(self._everything(alert))]

    def _keep_by_values(self, alerts: list[Alert]) -> list[Alert]:
        verdicts, reads = self._verdicts.by_values, self._reads
        kept = []
        for alert in alerts:
            values = tuple([read(alert) for read in reads])
            verdict = verdicts.get(values)
            if verdict is None:
                verdict = self._judge(values)
            if verdict:
                kept.append(alert)
        return kept

    def _judge(self, values: tuple[Any, ...]) -> bool:
        variables: dict[str, Any] = {"alert": {}}
        for path, value in zip(self._places, values, strict=True):
            place = variables
            for name in path[:-1]:
                place = place.setdefault(name, {})
            if value is not ABSENT:
                place[path[-1]] = value
        verdict = self._expression.holds(variables)
        if len(self._verdicts.by_values) >= REMEMBERED_MAX:
            self._verdicts.by_values.clear()
        self._verdicts.by_values[values] = verdict
        return verdict

    def _holds(self, alert: Alert) -> bool:
        known = self._verdicts.by_content.get(alert.number)
        if known is not None and known[0] is alert.content:
            return known[1]
        verdict = self._expression.holds(self._everything(alert))
        if len(self._verdicts.by_content) >= REMEMBERED_MAX:
            self._verdicts.by_content.clear()
        self._verdicts.by_content[alert.number] = (alert.content, verdict)
        return verdict

    def _everything(self, alert: Alert) -> dict[str, Any]:
        facts = {name: self._readers[name](alert) for name in self._fields}
        return {**facts, "alert": facts}


def _read_by(expression: Expression) -> tuple[tuple[str, ...], ...]:
    return tuple(path for path in expression.paths() if path[0] in ("alert", *FIELDS))


def _is_text(path: tuple[str, ...]) -> bool:
    """Whether a value on this path is a text, where there is one."""
    tail = path[1:] if path[0] == "alert" else path
    return (len(tail) == 1 and tail[0] in TEXTS) or (len(tail) == 2 and tail[0] in WHOLES)


def _test(atom: Atom, read: Reader) -> Reader:
    """A comparison as a reader: true, false, or ABSENT where the value is."""
    test = _compared(atom.op, atom.text)

    def tested(alert: Alert) -> Any:
        value = read(alert)
        return value if value is ABSENT else test(value)

    return tested


def _compared(op: str, text: str) -> Callable[[str], bool]:
    match op:
        case "==":
            return lambda value: value == text
        case "!=":
            return lambda value: value != text
        case "contains":
            return lambda value: text in value
        case "startsWith":
            return lambda value: value.startswith(text)
        case "endsWith":
            return lambda value: value.endswith(text)
        case _:
            found = finder(text)
            assert not isinstance(found, str), f"{text!r} was judged with its expression"
            return found


def _fields(path: tuple[str, ...]) -> tuple[str, ...]:
    """The fields this path leads into: all of them when it is the alert as a whole."""
    tail = path[1:] if path[0] == "alert" else path
    return tail[:1] or FIELDS


def _is_whole(path: tuple[str, ...]) -> bool:
    """Whether this reads more than one plain value."""
    tail = path[1:] if path[0] == "alert" else path
    return len(tail) != (2 if tail and tail[0] in WHOLES else 1)


def _reader(path: tuple[str, ...], readers: Mapping[str, Reader]) -> Reader:
    tail = path[1:] if path[0] == "alert" else path
    if len(tail) == 1:
        return readers[tail[0]]
    name = tail[1]
    if tail[0] == "labels":
        return lambda alert: alert.content.labels.get(name, ABSENT)
    return lambda alert: alert.content.annotations.get(name, ABSENT)
