"""Documents of `tocsin apply` as commands, for a house that has no server: the simulator's.

Law: what a file says is read as `apply` reads it; only the way in is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from tocsin.cli.client import Thing
from tocsin.core.alerts.commands import SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.calendars.commands import SetCalendar
from tocsin.core.calendars.events import CalendarSpec
from tocsin.core.incidents.commands import SetRoutes
from tocsin.core.incidents.events import Route
from tocsin.core.intake.commands import SetMemory, SetSource
from tocsin.core.intake.events import SourceSpec
from tocsin.core.items.commands import SetService
from tocsin.core.items.events import ServiceSpec
from tocsin.core.notify.commands import SetRules
from tocsin.core.notify.events import Rule
from tocsin.core.oncall.commands import SetLadder, SetSchedule
from tocsin.core.oncall.events import LadderSpec, ScheduleSpec
from tocsin.core.people.commands import AddContact, SetTeam, SetUser, VouchContact
from tocsin.core.people.events import TeamSpec, UserSpec
from tocsin.kernel.message import Command, Moment
from tocsin.shell.install import hash_key
from tocsin.web.config.documents import read
from tocsin.web.config.kinds import KINDS, SEALED_CHANNELS, Kind

PLAIN: dict[str, tuple[Any, type[Any]]] = {
    "User": (SetUser, UserSpec),
    "Team": (SetTeam, TeamSpec),
    "Calendar": (SetCalendar, CalendarSpec),
    "Service": (SetService, ServiceSpec),
    "Schedule": (SetSchedule, ScheduleSpec),
    "Ladder": (SetLadder, LadderSpec),
}


def orders(file: str, text: str) -> tuple[list[Command], dict[str, str]]:
    """The commands of a file in the order they can be decided, and the keys of its sources. Raises DocumentError."""
    documents = read(file, text, tuple(KINDS))
    commands: list[Command] = []
    keys: dict[str, str] = {}
    contacts: dict[tuple[str, str], str] = {}
    for kind in KINDS.values():
        specs = {kind.key(one): kind.wanted(one) for one in documents if one.kind == kind.name}
        for name in kind.order(specs):
            commands += _orders(kind, name, specs[name], keys, contacts)
    return commands, keys


def _orders(
    kind: Kind, name: str, spec: Thing, keys: dict[str, str], contacts: dict[tuple[str, str], str]
) -> Iterator[Command]:
    match kind.name:
        case "Contact":
            yield from _contact(name, spec, contacts)
        case "Rules":
            rules = [{**one, "contact": contacts.get((name, one["contact"]), one["contact"])} for one in spec["rules"]]
            yield SetRules(name, msgspec.convert(rules, tuple[Rule, ...]))
        case "Routes":
            yield SetRoutes(msgspec.convert(spec.get("root", spec), Route))
        case "Memory":
            yield SetMemory(spec["days"])
        case "Source":
            keys[name] = spec.get("key") or f"sim_{name}"
            rest = {field: value for field, value in spec.items() if field != "key"}
            yield SetSource(name, msgspec.convert(rest, SourceSpec), hash_key(keys[name]))
        case "Silence":
            yield SetSilence("", name, _silence(name, spec))
        case _:
            command, type_ = PLAIN[kind.name]
            yield command(name, msgspec.convert(spec, type_))


def _contact(name: str, spec: Thing, contacts: dict[tuple[str, str], str]) -> Iterator[Command]:
    """A contact point is known by user and label; its id is counted."""
    user, _, label = name.partition("/")
    contact = contacts[user, label] = f"contact-{len(contacts) + 1}"
    sealed = "sealed:" if spec["channel"] in SEALED_CHANNELS else ""
    yield AddContact(user, contact, spec["channel"], label, sealed + spec["address"])
    if spec["verified"]:
        yield VouchContact(user, contact)


def _silence(name: str, spec: Thing) -> SilenceSpec:
    return SilenceSpec(
        matchers=tuple(spec["matchers"]), start_at=_moment(spec["start_at"]), end_at=_moment(spec["end_at"]),
        created_by="file", comment=spec["comment"],
    )  # fmt: skip


def _moment(text: str | None) -> Moment:
    """No start: from the beginning."""
    return Moment(int(datetime.fromisoformat(text).timestamp() * 1000)) if text else Moment(0)
