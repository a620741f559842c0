"""Whether a source can work as described."""

from __future__ import annotations

import re

from tocsin.core.intake.events import DOORS, SEVERITIES, MappingSpec, SourceSpec
from tocsin.core.intake.rules.reading import LABEL_TEXT_MAX, LABELS_MAX, NAME_TEXT_MAX, SHOWN_MAX
from tocsin.kernel.expr import Expression
from tocsin.kernel.ids import NAME_MAX, is_name
from tocsin.kernel.message import Rejected
from tocsin.kernel.moment import DAY_MS, SECOND_MS
from tocsin.kernel.zone import is_zone

SECONDS_MAX = 400 * DAY_MS // SECOND_MS
"""A yearly job is the slowest thing anybody waits for."""
WORDS_MAX = 100
"""Status or severity words of a mapping."""
EXPRESSIONS = ("split", "key", "title", "status", "severity", "time", "labels", "url")
"""The fields of a mapping that are CEL."""
VARIABLES = ("body", "item")
BEATING = ("heartbeat", "any")
"""Doors through which a heartbeat comes."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Whether the text is a SHA-256 in lower-case hex."""
    return _SHA256.fullmatch(text) is not None


def flaw_of_spec(spec: SourceSpec) -> Rejected | None:
    """What keeps the source from working, None for nothing."""
    if what := _flaw(spec):
        return Rejected("bad_source", what)
    if spec.mapping is not None and (what := flaw_of_mapping(spec.mapping)):
        return Rejected("bad_mapping", what)
    return None


def _flaw(spec: SourceSpec) -> str:
    if not is_name(spec.name):
        return f"name {spec.name[:40]!r}: one line of 1 to {NAME_MAX} characters is needed"
    if spec.door not in DOORS:
        return f"door {spec.door[:40]!r} is none of {', '.join(DOORS)}"
    if not is_zone(spec.zone):
        return f"zone {spec.zone[:40]!r} is no zone of the IANA database; write it like Europe/Berlin"
    if spec.severity_default not in SEVERITIES:
        return f"severity_default {spec.severity_default[:40]!r} is none of {', '.join(SEVERITIES)}"
    if not 1 <= spec.resolve_after_s <= SECONDS_MAX:
        return f"resolve_after_s {spec.resolve_after_s}: give 1 to {SECONDS_MAX} seconds"
    if what := _flaw_of_labels(spec.labels):
        return what
    if spec.door == "generic" and spec.mapping is None:
        return "the door generic needs a mapping"
    if spec.mapping is not None and spec.door not in {"generic", "cloudevents", "any"}:
        return f"a mapping is for the doors generic and cloudevents, not for {spec.door}"
    return _flaw_of_beat(spec)


def _flaw_of_labels(labels: dict[str, str]) -> str:
    if len(labels) > LABELS_MAX:
        return f"{len(labels)} labels; at most {LABELS_MAX} are allowed"
    for name, value in labels.items():
        if not name or not value or len(name) > NAME_TEXT_MAX or len(value) > LABEL_TEXT_MAX:
            return f"label {name[:40]!r}: a name and a value are needed, of at most {LABEL_TEXT_MAX} characters"
    return ""


def _flaw_of_beat(spec: SourceSpec) -> str:
    if spec.door == "heartbeat" and not spec.every_s:
        return "the door heartbeat needs every_s, how often it beats"
    if spec.every_s and spec.door not in BEATING:
        return f"every_s is for heartbeats; the door {spec.door} has none"
    if not 0 <= spec.every_s <= SECONDS_MAX or not 0 <= spec.grace_s <= SECONDS_MAX:
        return f"every_s {spec.every_s} and grace_s {spec.grace_s}: give 0 to {SECONDS_MAX} seconds"
    return ""


def flaw_of_mapping(mapping: MappingSpec) -> str:
    """What is wrong with a mapping, where, and how to mend it; empty for nothing."""
    for field in EXPRESSIONS:
        text: str = getattr(mapping, field)
        if not text:
            continue
        expression = Expression.compile(text)
        if isinstance(expression, str):
            return f"mapping.{field}: {expression}"
        strange = [name for name in expression.references() if name not in VARIABLES]
        if strange:
            return f"mapping.{field} reads {strange[0]!r}; only {' and '.join(VARIABLES)} are there"
    if not mapping.key or not mapping.title:
        return "mapping.key and mapping.title are needed"
    if mapping.split and "item" in _references(mapping.split):
        return "mapping.split reads 'item'; it makes the items, so only body is there"
    return _flaw_of_words(mapping)


def _references(text: str) -> tuple[str, ...]:
    expression = Expression.compile(text)
    return () if isinstance(expression, str) else expression.references()


def _flaw_of_words(mapping: MappingSpec) -> str:
    owner: dict[str, str] = {}
    for name, words in (
        ("firing", mapping.firing), ("resolved", mapping.resolved), ("acknowledged", mapping.acknowledged),
    ):  # fmt: skip
        if len(words) > WORDS_MAX or any(len(word) > SHOWN_MAX for word in words):
            return f"mapping.{name}: at most {WORDS_MAX} words of {SHOWN_MAX} characters"
        for word in words:
            if owner.setdefault(word.lower(), name) != name:
                return f"mapping: {word!r} is in {owner[word.lower()]} and in {name}; a word has one meaning"
    if mapping.status and not mapping.firing:
        return "mapping.firing is empty: no value of status would ever be an alert"
    if len(mapping.severities) > WORDS_MAX:
        return f"mapping.severities: at most {WORDS_MAX} words"
    for word in (*mapping.severities.values(), mapping.severity_default):
        if word not in SEVERITIES:
            return f"mapping: severity {word[:40]!r} is none of {', '.join(SEVERITIES)}"
    if not is_zone(mapping.zone):
        return f"mapping.zone {mapping.zone[:40]!r} is no zone of the IANA database; write it like Europe/Berlin"
    return ""
