"""Any JSON, by a mapping of CEL expressions.

Law: what says which alert it is, and whether it is on or over, must be understood, or the item is a problem and
nothing is guessed: an unknown status is never a fire. What only describes it may be missing; the alert then says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from tocsin.core.intake.events import SEVERITIES, MappingSpec, Signal, SourceSpec
from tocsin.core.intake.rules.batch import PROBLEMS_MAX, Batch, content
from tocsin.core.intake.rules.plain import Flaw, decode_plain, fields, kind, media_type, not_json, text_of, texts_of
from tocsin.core.intake.rules.reading import SIGNALS_MAX, Misunderstood, Reading, Request, bad, cut, shown, too_many
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.expr import Expression, Failure, Scope, Size
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import EPOCH, SECOND_MS, rfc3339

VALUE_SHOWN_MAX = 200
"""Characters of a value in the account of a trial."""
TRIAL_ITEMS_MAX = 20
"""Items of a sample whose steps are told."""
EFFORT_MAX = 5_000_000
"""Values the expressions of a mapping may look at beyond one reading of a document, by its size: about two seconds, in
which nobody else is served. Loops over long lists, above all within each other, would take minutes."""
COPY = 4
"""Values looked at in the time that one takes to be given to an expression."""
TOO_LARGE = (
    "so much data would keep the mapping busy for too long, its loops go through it again and again: send less at a "
    "time, or use fewer loops"
)
ITEM_FIELDS = ("key", "status", "title", "severity", "labels", "url", "time")
"""The expressions of a mapping that are evaluated for each item."""

Path: TypeAlias = tuple[str, ...]


class Step(msgspec.Struct, frozen=True):
    """One step of a trial: what an expression gave and what was made of it. `item` counts from 1, 0 for the document;
    `problem` is empty when all is well."""

    item: int
    field: str
    expression: str
    value: str
    became: str
    problem: str = ""


class Trial(msgspec.Struct, frozen=True):
    """How a mapping reads a sample: every step, and what would be received."""

    steps: tuple[Step, ...]
    signals: tuple[Signal, ...]
    problems: tuple[str, ...]


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the request says by the source's mapping."""
    if spec.mapping is None:
        return bad("the source has no mapping; give it one, or use the address of a protocol", 409)
    document = _document(request)
    if isinstance(document, Misunderstood):
        return document
    batch = Mapper(spec, spec.mapping, at).read(document)
    return batch if isinstance(batch, Misunderstood) else batch.reading()


def try_mapping(spec: SourceSpec, mapping: MappingSpec, sample: bytes, at: Moment) -> Trial:
    """What the mapping makes of a sample, step by step."""
    document = decode_plain(sample)
    if isinstance(document, Flaw):
        return Trial((), (), (f"the sample is no JSON: {document.error}",))
    mapper = Mapper(spec, mapping, at, [])
    batch = mapper.read(document)
    steps = tuple(mapper.steps or ())
    if isinstance(batch, Misunderstood):
        return Trial(steps, (), (batch.error,))
    return Trial(steps, tuple(batch.signals), tuple(batch.problems[:PROBLEMS_MAX]))


def _document(request: Request) -> object | Misunderstood:
    """JSON; or a form, or a query alone, as an object of texts."""
    if not request.body.strip():
        return dict(fields(request.query))
    if media_type(request) == "application/x-www-form-urlencoded":
        return dict(fields(request.body.decode("utf-8", "replace")))
    document = decode_plain(request.body)
    return not_json(document) if isinstance(document, Flaw) else document


class Mapper:
    """Reads documents by one mapping; `steps` collects the account of a trial."""

    def __init__(self, spec: SourceSpec, mapping: MappingSpec, at: Moment, steps: list[Step] | None = None) -> None:
        self.spec = spec
        self.mapping = mapping
        self.at = at
        self.steps = steps
        self.words: dict[str, str] = {
            word.lower(): status
            for status, words in (
                ("acknowledged", mapping.acknowledged), ("firing", mapping.firing), ("resolved", mapping.resolved),
            )
            for word in words
        }  # fmt: skip
        self.severities = {word.lower(): severity for word, severity in mapping.severities.items()}

    def read(self, document: object) -> Batch | Misunderstood:
        """The signals of a document."""
        if self._effort_of(("split",), Size.of(document)) > EFFORT_MAX:
            return _too_large()
        items = self._split(document)
        if isinstance(items, Failure):
            return bad(items.why)
        if len(items) > SIGNALS_MAX:
            return too_many(len(items))
        batch = Batch()
        seen = _part(document, self._body_paths()) if self.mapping.split else document
        if self._effort_of_items(seen, items) > EFFORT_MAX:
            return _too_large()
        for number, item in enumerate(items, 1):
            scope = _scope(seen, item)
            if isinstance(scope, Failure):
                batch.problem(f"item {number}: {scope.why}")
            else:
                self._read_item(batch, number, scope)
        return batch

    def _effort_of_items(self, seen: object, items: list[object]) -> int:
        """What all items may cost. `seen` is what their expressions see of the document, and copied for each."""
        if not self.mapping.split:
            return self._effort_of(ITEM_FIELDS, Size.of(seen))
        expressions = [(one.effort, "body" in one.references()) for one in self._compiled(ITEM_FIELDS)]
        around = Size.of(seen)
        effort = COPY * around.values * len(items)
        for item in items:
            own = Size.of(item)
            both = around.beside(own)
            effort += sum(one.over(both if sees_body else own) for one, sees_body in expressions)
        return effort

    def _effort_of(self, fields_: Sequence[str], size: Size) -> int:
        return sum(one.effort.over(size) for one in self._compiled(fields_))

    def _compiled(self, fields_: Sequence[str]) -> Iterator[Expression]:
        for text in (getattr(self.mapping, field) for field in fields_):
            found = Expression.compile(text) if text else ""
            if isinstance(found, Expression):
                yield found

    def _body_paths(self) -> list[Path]:
        """What the expressions of an item read of the document around it."""
        paths = (path for one in self._compiled(ITEM_FIELDS) for path in one.paths())
        return [path[1:] for path in paths if path[0] == "body"]

    def _split(self, document: object) -> list[object] | Failure:
        if not self.mapping.split:
            return [document]
        scope = _scope(document, document)
        items = scope if isinstance(scope, Failure) else self._value("split", 0, scope)
        if isinstance(items, list):
            return items
        why = items.why if isinstance(items, Failure) else f"it gave a {kind(items)}"
        return Failure(f"mapping.split ({cut(self.mapping.split, 80)}) gave no list: {why}")

    def _read_item(self, batch: Batch, number: int, scope: Scope) -> None:
        key = self._text("key", number, scope)
        if isinstance(key, Failure) or not key:
            why = key.why if isinstance(key, Failure) else "it is empty"
            batch.problem(f"item {number}: mapping.key gave nothing: {why}")
            return
        status = self._status(number, scope)
        if isinstance(status, Failure):
            batch.problem(f"item {number}: {status.why}")
            return
        missing: list[str] = []
        title = self._described("title", number, scope, missing) or key
        word = self._described("severity", number, scope, missing)
        labels = self._labels(number, scope, missing)
        url = self._described("url", number, scope, missing)
        told_at = self._time(number, scope, missing) or self.at
        annotations = {"mapping": "; ".join(missing)} if missing else {}
        told = content(self.spec, title, self._severity(word), labels, annotations, url, word)
        # Without a status nothing would ever end the alert.
        ends = Moment(self.at + self.spec.resolve_after_s * SECOND_MS) if not self.mapping.status else Moment(0)
        batch.add(key, status, told_at, told, ends)

    def _status(self, number: int, scope: Scope) -> str | Failure:
        if not self.mapping.status:
            return "firing"
        value = self._text("status", number, scope)
        if isinstance(value, Failure):
            return Failure(f"mapping.status gave nothing: {value.why}")
        found = self.words.get(value.strip().lower())
        if found is None:
            return Failure(f"status is {shown(value)}; the mapping has it in none of firing, resolved, acknowledged")
        return found

    def _severity(self, word: str) -> str:
        plain = word.strip().lower()
        return self.severities.get(plain) or (plain if plain in SEVERITIES else self.mapping.severity_default)

    def _labels(self, number: int, scope: Scope, missing: list[str]) -> dict[str, str]:
        if not self.mapping.labels:
            return {}
        value = self._value("labels", number, scope)
        if isinstance(value, Mapping):
            return texts_of(value)
        missing.append(f"labels: {value.why if isinstance(value, Failure) else f'it gave a {kind(value)}'}")
        return {}

    def _time(self, number: int, scope: Scope, missing: list[str]) -> Moment | None:
        if not self.mapping.time:
            return None
        value = self._value("time", number, scope)
        if isinstance(value, datetime):
            return Moment(int((value - EPOCH).total_seconds() * 1_000)) if value.tzinfo else None
        found = None if isinstance(value, Failure) else parse_time(text_of(value), self.mapping.zone)
        if found is None:
            why = value.why if isinstance(value, Failure) else f"{shown(text_of(value))} is no time"
            missing.append(f"time: {why}")
        return found

    def _described(self, field: str, number: int, scope: Scope, missing: list[str]) -> str:
        value = self._text(field, number, scope)
        if isinstance(value, Failure):
            missing.append(f"{field}: {value.why}")
            return ""
        return value

    def _text(self, field: str, number: int, scope: Scope) -> str | Failure:
        """The text an expression gives, empty when the mapping has none for this field."""
        if not getattr(self.mapping, field):
            return ""
        value = self._value(field, number, scope)
        return value if isinstance(value, Failure) else text_of(value)

    def _value(self, field: str, number: int, scope: Scope) -> object:
        text: str = getattr(self.mapping, field)
        expression = Expression.compile(text)
        value = Failure(expression) if isinstance(expression, str) else expression.evaluate(scope)
        if self.steps is not None and number <= TRIAL_ITEMS_MAX:
            problem = value.why if isinstance(value, Failure) else ""
            plain = "" if isinstance(value, Failure) else _shown_value(value)
            self.steps.append(Step(number, field, text, plain, self._became(field, value), problem))
        return value

    def _became(self, field: str, value: object) -> str:
        """What is made of a value, for the account of a trial."""
        if isinstance(value, Failure):
            return ""
        match field:
            case "split":
                return f"{len(value)} items" if isinstance(value, list) else ""
            case "status":
                return self.words.get(text_of(value).strip().lower(), "unknown: nothing would be received")
            case "severity":
                return self._severity(text_of(value))
            case "time":
                found = parse_time(text_of(value), self.mapping.zone) if not isinstance(value, datetime) else None
                return rfc3339(found) if found is not None else _shown_value(value)
            case _:
                return cut(_shown_value(value), VALUE_SHOWN_MAX)


def _too_large() -> Misunderstood:
    """More than the mapping can be allowed to work through."""
    return bad(TOO_LARGE, 413)


def _part(value: object, paths: Sequence[Path]) -> object:
    """What these paths lead to. The engine copies what it is given, for every item: a long list around the items must
    not be copied as often as it is long."""
    if not isinstance(value, Mapping) or not all(paths):
        return value
    names = [name for name in dict.fromkeys(path[0] for path in paths) if name in value]
    return {name: _part(value[name], [path[1:] for path in paths if path[0] == name]) for name in names}


def _scope(document: object, item: object) -> Scope | Failure:
    """The variables of the expressions. JSON can hold what the engine cannot: numbers without end, bottomless depth."""
    try:
        return Scope({"body": document, "item": item})
    except (ArithmeticError, RecursionError, RuntimeError, TypeError, ValueError) as error:
        return Failure(f"the document cannot be read by expressions: {error}")


def _shown_value(value: object) -> str:
    return cut(value.isoformat() if isinstance(value, datetime) else text_of(value), VALUE_SHOWN_MAX)
