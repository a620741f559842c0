"""What follows from a command to items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, assert_never

from tocsin.core.items.commands import ItemsCommand, RemoveService, SetService
from tocsin.core.items.events import IMPACTS, ServiceRemoved, ServiceSet, ServiceSpec
from tocsin.core.items.rules import DEPENDS_MAX, DESCRIPTION_MAX, RUNBOOK_MAX, RUNBOOK_SCHEMES, path
from tocsin.core.items.state import Service
from tocsin.core.people.views import View as People
from tocsin.kernel.ids import NAME_MAX, SLUG_HINT, is_name, is_slug
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected, Tick


class Known(Protocol):
    """The room's tables, read-only."""

    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def dependents(self) -> Mapping[str, Mapping[str, None]]: ...


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def people(self) -> People: ...


def decide(known: Known, look: Look, command: ItemsCommand | Tick, envelope: Envelope) -> Decision:
    """Hand the command to its function."""
    match command:
        case SetService():
            return set_service(known, look, command)
        case RemoveService():
            return remove_service(known, command)
        case Tick():
            return Accepted()
        case _:
            assert_never(command)


def set_service(known: Known, look: Look, command: SetService) -> Decision:
    """Refused: service_id_invalid, name_invalid, description_too_long, runbook_too_long, runbook_no_link,
    impact_unknown, calendar_id_invalid, team_unknown, too_many_dependencies, dependency_twice, dependency_unknown,
    dependency_circular."""
    service, spec = command.service, command.spec
    old = known.services.get(service)
    if old is None and not is_slug(service):
        return Rejected("service_id_invalid", f"{service[:80]!r} cannot be the id of a service: {SLUG_HINT}")
    flaw = _flaw_of_words(spec) or _flaw_of_dependencies(known, service, spec)
    if flaw is not None:
        return flaw
    if spec.team and look.people.team(spec.team) is None:
        return Rejected("team_unknown", f"no team is called {spec.team[:80]!r}; set the team first, or leave it empty")
    if old is not None and old.spec == spec:
        return Accepted(answer=service)
    return Accepted((ServiceSet(service=service, spec=spec),), service)


def remove_service(known: Known, command: RemoveService) -> Decision:
    """Refused: service_unknown, service_still_needed."""
    if command.service not in known.services:
        return Rejected("service_unknown", f"no service is called {command.service[:80]!r}")
    dependents = known.dependents.get(command.service)
    if dependents:
        names = ", ".join(sorted(dependents)[:5])
        return Rejected("service_still_needed", f"{command.service!r} is needed by {names}; change them first")
    return Accepted((ServiceRemoved(service=command.service),))


def _flaw_of_words(spec: ServiceSpec) -> Rejected | None:
    if not is_name(spec.name):
        return Rejected("name_invalid", f"name {spec.name[:40]!r}: one line of 1 to {NAME_MAX} characters is needed")
    if len(spec.description) > DESCRIPTION_MAX:
        return Rejected("description_too_long", f"a description has at most {DESCRIPTION_MAX} characters")
    if len(spec.runbook) > RUNBOOK_MAX:
        return Rejected("runbook_too_long", f"the address of a runbook has at most {RUNBOOK_MAX} characters")
    if spec.runbook and not spec.runbook.startswith(RUNBOOK_SCHEMES):
        shown = repr(spec.runbook[:80])
        return Rejected("runbook_no_link", f"a runbook is a link that begins with http:// or https://, not {shown}")
    if spec.impact not in IMPACTS:
        return Rejected("impact_unknown", f"{spec.impact[:40]!r} is no impact; impacts are {', '.join(IMPACTS)}")
    if spec.calendar and not is_slug(spec.calendar):
        # Whether it exists is not asked: calendars are next door on the same storey.
        return Rejected("calendar_id_invalid", f"{spec.calendar[:80]!r} cannot be the id of a calendar: {SLUG_HINT}")
    return None


def _flaw_of_dependencies(known: Known, service: str, spec: ServiceSpec) -> Rejected | None:
    needs = spec.depends_on
    if len(needs) > DEPENDS_MAX:
        return Rejected("too_many_dependencies", f"{len(needs)} dependencies; a service has at most {DEPENDS_MAX}")
    if len(dict.fromkeys(needs)) < len(needs):
        return Rejected("dependency_twice", f"{service!r} names a dependency twice")
    unknown = [one for one in needs if one not in known.services and one != service]
    if unknown:
        return Rejected("dependency_unknown", f"no service is called {unknown[0][:80]!r}; set it first")
    circle = path(service, service, lambda one: needs if one == service else known.services[one].spec.depends_on)
    if circle:
        return Rejected("dependency_circular", f"{' needs '.join(circle)}; leave one of them out")
    return None
