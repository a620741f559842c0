"""What can be seen of items."""

from __future__ import annotations

import msgspec

from tocsin.core.items.rules import reach
from tocsin.core.items.state import Service, State
from tocsin.kernel.message import Event, Moment, Stamp

HEARS: tuple[type[Event], ...] = ()


class View(msgspec.Struct):
    """The room's door for reading."""

    known: State = msgspec.field(default_factory=State)

    def due(self) -> Moment | None:
        """Never: time changes nothing here."""
        return None

    def service(self, service: str) -> Service | None:
        """The service."""
        return self.known.services.get(service)

    def services(self) -> tuple[Service, ...]:
        """Every service, by id."""
        return tuple(self.known.services[id_] for id_ in sorted(self.known.services))

    def services_of(self, team: str) -> tuple[Service, ...]:
        """The services a team owns, by id."""
        return tuple(service for service in self.services() if service.spec.team == team)

    def owner(self, service: str) -> str:
        """The id of the owning team as configured, empty for none; the team may have been removed since."""
        found = self.known.services.get(service)
        return found.spec.team if found is not None else ""

    def dependents(self, service: str) -> tuple[str, ...]:
        """The ids of the services that need this one directly, sorted."""
        return tuple(sorted(self.known.dependents.get(service, ())))

    def impacted(self, service: str) -> tuple[str, ...]:
        """The ids of all services that fail with this one, nearest first, then by id; without itself."""
        return reach(service, self.dependents)

    def needed(self, service: str) -> tuple[str, ...]:
        """The ids of all services this one cannot do without, nearest first; without itself."""
        return reach(service, self._depends_on)

    def _depends_on(self, service: str) -> tuple[str, ...]:
        found = self.known.services.get(service)
        return found.spec.depends_on if found is not None else ()


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event: everything is in State already."""
