"""What the audit calls the fields of events."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec

from tocsin.core.world import event_classes

WORDS = Path(__file__).parents[2] / "ui/src/screens/setup/factWords.ts"
SECRETS = ("_hash", "_sealed")
"""How fields end that nobody is shown."""


def fields_of(kind: object) -> set[str]:
    """The fields of a struct, and of all within it."""
    found: set[str] = set()
    waiting, seen = [kind], []
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one not in seen:
            seen.append(one)
            found.update(one.__struct_encode_fields__)
            waiting += get_type_hints(one).values()
    return found


def test_every_field_of_an_event_is_called_by_a_word() -> None:
    known = set(re.findall(r"^ +(\w+): i18n", WORDS.read_text(), re.MULTILINE))
    fields = set().union(*map(fields_of, event_classes()))
    assert {"acknowledged_for_s", "weekdays"} <= fields, "fields within fields are looked at"
    assert sorted(name for name in fields - known if not name.endswith(SECRETS)) == []
    assert sorted(known - fields) == [], "these are of no event any more"
