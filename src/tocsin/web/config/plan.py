"""What a file would change: the difference between what it asks for and what is there.

Law: a plan is made before anything is written, and is all that `apply` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tocsin.shell.i18n import say
from tocsin.web.config.api import Api, Thing
from tocsin.web.config.documents import Document
from tocsin.web.config.kinds import HIDDEN, KINDS, PERSONAL_RULES, SEALED_CHANNELS, Kind, Things, is_over, named

CREATE, CHANGE, UNCHANGED, DELETE = "create", "change", "unchanged", "delete"
SIGNS = {CREATE: "+", CHANGE: "~", DELETE: "-"}
NOTHING = object()


class Difference(msgspec.Struct, frozen=True):
    """One field that changes; a secret is not shown."""

    field: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True):
    """What becomes of one object."""

    kind: str
    name: str
    action: str
    differences: tuple[Difference, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """A change with what is needed to make it."""

    change: Change
    kind: Kind
    before: Thing | None
    after: Thing | None

    def take(self, api: Api) -> str:
        """Make the change; returns a secret the server made, empty for none. Raises Failure."""
        if self.change.action == DELETE:
            assert self.before is not None, "what is deleted was there"
            self.kind.delete(api, self.change.name, self.before)
            return ""
        assert self.after is not None, "what is written is wanted"
        return self.kind.put(api, self.change.name, self.after, self.before)


def make(api: Api, documents: Sequence[Document], prune: bool) -> list[Step]:
    """The steps in the order they can be taken; unchanged objects are among them. Raises DocumentError, Failure."""
    wanted = _wanted(documents)
    steps: list[Step] = []
    deletions: list[Step] = []
    for name, specs in wanted.items():
        kind = KINDS[name]
        current = kind.current(api, specs)
        steps += [_step(kind, key, current.get(key), specs[key], api.now()) for key in kind.order(specs)]
        if prune:
            gone = kind.prunable(api, current, specs)
            keys = kind.order(gone)[::-1]
            deletions = [Step(Change(name, key, DELETE), kind, gone[key], None) for key in keys] + deletions
    _check_named(documents, wanted, deletions)
    _check_rules(api, documents, wanted)
    return steps + deletions


def _check_named(documents: Sequence[Document], wanted: dict[str, Things], deletions: Sequence[Step]) -> None:
    """Nothing is removed that the files themselves name. Raises DocumentError."""
    gone = {(step.change.kind, step.change.name) for step in deletions}
    for document in documents:
        kind = KINDS[document.kind]
        key = kind.key(document)
        for other, name in named(kind.name, wanted[kind.name][key], key):
            if (other, name) in gone:
                raise document.place.complain(say("cli.named_and_gone", kind=other, name=name))


def _check_rules(api: Api, documents: Sequence[Document], wanted: dict[str, Things]) -> None:
    """Rules of a contact point that nobody makes would end the work half done: an export leaves secret addresses out.
    Raises DocumentError."""
    for document in documents:
        if document.kind == PERSONAL_RULES.name:
            known = PERSONAL_RULES.contacts(api, document.name)
            for number, rule in enumerate(wanted[document.kind][document.name]["rules"]):
                name = rule["contact"]
                if name not in known and f"{document.name}/{name}" not in wanted.get("Contact", {}):
                    what = say("cli.rule_of_no_contact", user=document.name, name=name)
                    raise document.place.complain(what, f"$.rules[{number}]")


def _wanted(documents: Sequence[Document]) -> dict[str, Things]:
    """The specs by kind, in the order of creation. Raises DocumentError where an object stands twice."""
    found: dict[str, Things] = {name: {} for name in KINDS if any(one.kind == name for one in documents)}
    for document in documents:
        kind = KINDS[document.kind]
        key = kind.key(document)
        if key in found[kind.name]:
            raise document.place.complain(say("cli.object_twice", kind=kind.name, name=key))
        found[kind.name][key] = kind.wanted(document)
    return found


def _step(kind: Kind, key: str, before: Thing | None, after: Thing, now: datetime) -> Step:
    if before is None:
        action = UNCHANGED if is_over(kind, after, now) else CREATE
        return Step(Change(kind.name, key, action), kind, before, after)
    differences = tuple(_differences("", before, after, _is_secret(after)))
    return Step(Change(kind.name, key, CHANGE if differences else UNCHANGED, differences), kind, before, after)


def _is_secret(spec: Thing) -> tuple[str, ...]:
    return ("key", "address") if spec.get("channel") in SEALED_CHANNELS else ("key",) if "mapping" in spec else ()


def _differences(path: str, before: Any, after: Any, secret: tuple[str, ...]) -> Iterator[Difference]:
    """The fields that differ, deepest first named; lists are compared place by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            below = f"{path}.{name}" if path else str(name)
            yield from _differences(below, before.get(name, NOTHING), after.get(name, NOTHING), secret)
        return
    if _are_lists_of_things(before, after):
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else NOTHING
            other = after[index] if index < len(after) else NOTHING
            yield from _differences(f"{path}[{index}]", one, other, secret)
        return
    if before != after:
        yield Difference(path, *((HIDDEN, HIDDEN) if path in secret else (_short(before), _short(after))))


def _are_lists_of_things(before: Any, after: Any) -> bool:
    return (
        isinstance(before, list) and isinstance(after, list) and any(isinstance(one, dict) for one in (*before, *after))
    )


def _short(value: Any) -> str:
    return "-" if value is NOTHING else msgspec.json.encode(value).decode()


def count(steps: Sequence[Step], action: str) -> int:
    """How many objects have this lot."""
    return sum(step.change.action == action for step in steps)


def told(steps: Sequence[Step]) -> Iterator[str]:
    """The plan in lines; what stays is only counted."""
    for step in steps:
        change = step.change
        if change.action != UNCHANGED:
            yield f"{SIGNS[change.action]} {change.kind} {change.name}"
        for one in change.differences:
            yield f"    {one.field}: {one.before} → {one.after}"
