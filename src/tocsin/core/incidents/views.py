"""What can be seen of incidents: open and recent ones, where an alert went and why, and the routing tree.

Law: every question ends after a bounded look; what left memory is folded from its own events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from heapq import nlargest, nsmallest
from itertools import islice

import msgspec

from tocsin.core.alerts.views import View as Alerts
from tocsin.core.incidents.events import PRIORITIES, IncidentOpened, IncidentsEvent, Route
from tocsin.core.incidents.rules.scale import urgency_of
from tocsin.core.incidents.rules.tree import Leaf, Tree, Trial, compiled
from tocsin.core.incidents.state import Incident, Member, State, evolve
from tocsin.core.intake.events import MEMORY_DAYS, SEVERITIES, Content, MemorySet
from tocsin.core.items.events import ServiceRemoved, ServiceSet
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Event, Moment, Stamp
from tocsin.kernel.moment import DAY_MS

__all__ = [
    "SORTS", "Incident", "Leaf", "Member", "Page", "Place", "Simulation", "Trial", "View", "Wanted", "fold_incident",
    "returning",
]  # fmt: skip

HEARS: tuple[type[Event], ...] = (ServiceSet, ServiceRemoved, MemorySet)

PAGE_MAX = 1_000
"""Incidents in one answer."""
SCAN_MAX = 50_000
"""Incidents looked at for one answer: about 50 ms of the loop all share."""

OPEN = "open"


SORTS = ("newest", "oldest", "priority", "severity", "urgent")
"""Orders of a list. `urgent`: what nobody has answered first, then by priority, the oldest first."""
DETAILS_SEARCHED = 1_000
"""Characters of the details a text is looked for in."""

Place = tuple[int, ...]
"""Where an incident stands in an order."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which incidents are looked for, in which of SORTS. Whatever is empty says nothing; several values mean any of
    them. `statuses` may say `open`; every word of `text` must be in an incident's id, title, service, team, group or
    details."""

    statuses: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    text: str = ""
    sort: str = "newest"


ANY = Wanted()
"""Every incident, the newest first."""


class Page(msgspec.Struct, frozen=True):
    """Incidents in the order asked for, and the place after which the next page begins (None: that is all). Not
    `is_complete`: there are more than one question looks at, and only the newest of them are in this order."""

    incidents: tuple[Incident, ...]
    after: Place | None
    is_complete: bool = True


class Landing(msgspec.Struct, frozen=True):
    """Where a leaf would take an alert: the group it belongs to, and who would be called how."""

    leaf: Leaf
    service: str
    group_key: str
    group_labels: dict[str, str]
    urgency: str


class Simulation(msgspec.Struct, frozen=True):
    """What the routing tree in this revision says about an alert: every node asked, and where it lands (nowhere: it
    would page nobody)."""

    revision: int
    trials: tuple[Trial, ...]
    landings: tuple[Landing, ...]


class View(msgspec.Struct):
    """The room's door for reading. `teams` is who owns a service; closed incidents stay for `memory_ms`."""

    known: State = msgspec.field(default_factory=State)
    teams: dict[str, str] = {}
    memory_ms: int = MEMORY_DAYS * DAY_MS

    def rehearsal(self, root: Route | None = None) -> View:
        """A view in which nothing has happened yet, with the same routing tree, or another one that is not set yet."""
        tree = self.known.tree if root is None else Tree(self.known.tree.revision + 1, root)
        return View(State(tree=tree), dict(self.teams))

    def due(self) -> Moment | None:
        """The next instant at which an incident triggers, wakes or leaves memory."""
        instants = (self.known.timers.next(), self.known.forget_at(self.memory_ms))
        return min((at for at in instants if at is not None), default=None)

    def due_but(self, rows: Collection[str]) -> Moment | None:
        """The same, of all timers but these."""
        instants = (self.known.timers.next(but=rows), self.known.forget_at(self.memory_ms))
        return min((at for at in instants if at is not None), default=None)

    def rows_due(self, at: Moment) -> list[str]:
        """The timers that are due, each of which can be looked at alone."""
        return self.known.timers.due(at)

    def incident(self, incident: str) -> Incident | None:
        """The incident, None when there is none in memory."""
        return self.known.incidents.get(incident)

    def open_incidents(self) -> tuple[Incident, ...]:
        """The incidents that are not resolved, in the order they opened or came back."""
        return tuple(map(self.known.incidents.__getitem__, self.known.open))

    def open_count(self) -> int:
        """How many incidents are open."""
        return len(self.known.open)

    def open_by_status(self) -> dict[str, int]:
        """How many open incidents are `triggered` and `acknowledged`."""
        return {status: self.known.statuses.get(status, 0) for status in ("triggered", "acknowledged")}

    def opened_count(self) -> int:
        """How many incidents were ever opened."""
        return self.known.number_last

    def incidents_of(self, alert: int) -> tuple[str, ...]:
        """The ids of the incidents the alert belongs to, open and closed; none when it was never routed."""
        return self.known.homes.get(alert, ())

    def by_group(self, group_key: str) -> Incident | None:
        """The latest incident of a group."""
        return self.known.incidents.get(self.known.by_key.get(group_key, ""))

    def team_of(self, incident: Incident) -> str:
        """The team that owns the incident's service today, empty for none."""
        return self.teams.get(incident.service, "")

    def find(
        self,
        wanted: Wanted = ANY,
        after: Place | None = None,
        limit: int = 100,
        also: Callable[[Incident], bool] = lambda _: True,
    ) -> Page:
        """Incidents that are wanted and of which `also` holds; `after` goes on from an earlier page. By age a page may
        be short and yet not the last: the look at SCAN_MAX incidents ended first. Any other order is that of the
        SCAN_MAX newest."""
        limit = max(1, min(limit, PAGE_MAX))
        words = tuple(wanted.text.casefold().split())

        def fits(incident: Incident) -> bool:
            return self._fits(incident, wanted, words) and also(incident)

        place = PLACES[wanted.sort]
        if wanted.sort == "newest":
            return _walked(self._newest(wanted.statuses, -after[1] if after else 0), fits, place, limit)
        if wanted.sort == "oldest":
            return _walked(self._oldest(wanted.statuses, after[1] if after else 0), fits, place, limit)
        looked = list(islice(self._newest(wanted.statuses, 0), SCAN_MAX + 1))
        rows = (one for one in looked[:SCAN_MAX] if (after is None or place(one) > after) and fits(one))
        found = nsmallest(limit + 1, rows, key=place)
        end = place(found[limit - 1]) if len(found) > limit else None
        return Page(tuple(found[:limit]), end, len(looked) <= SCAN_MAX)

    def routes(self) -> tuple[int, Route]:
        """The revision (0: none was ever set) and the root of the routing tree."""
        return self.known.tree.revision, self.known.tree.root

    def simulate(self, content: Content, source: str, root: Route | None = None) -> Simulation:
        """What the tree (or another one, not set yet) would do with an alert, node by node."""
        tree = self.known.tree if root is None else Tree(self.known.tree.revision + 1, root)
        routing = compiled(tree)
        landings = []
        for leaf in routing.walk(content, source):
            labels = leaf.group_labels(content)
            urgency = leaf.urgency or urgency_of(content.severity)
            landings.append(Landing(leaf, leaf.service_of(content.labels), leaf.group_key(labels), labels, urgency))
        return Simulation(tree.revision, routing.trials(content, source), tuple(landings))

    def _newest(self, statuses: tuple[str, ...], before: int) -> Iterator[Incident]:
        incidents: Mapping[str, Incident] = self.known.incidents
        if statuses and "resolved" not in statuses:
            numbers: Iterable[int] = (incidents[name].number for name in self.known.open)
            if before:
                numbers = (number for number in numbers if number < before)
            yield from (incidents[numbered("INC", number)] for number in nlargest(SCAN_MAX + 1, numbers))
            return
        for number in range(min(before or self.known.number_last + 1, self.known.number_last + 1) - 1, 0, -1):
            incident = incidents.get(numbered("INC", number))
            if incident is not None:
                yield incident

    def _oldest(self, statuses: tuple[str, ...], after: int) -> Iterator[Incident]:
        incidents: Mapping[str, Incident] = self.known.incidents
        if statuses and "resolved" not in statuses:
            numbers = (number for name in self.known.open if (number := incidents[name].number) > after)
            yield from (incidents[numbered("INC", number)] for number in nsmallest(SCAN_MAX + 1, numbers))
            return
        first = next(iter(incidents.values()), None)
        for number in range(max(after + 1, first.number if first else 0), self.known.number_last + 1):
            incident = incidents.get(numbered("INC", number))
            if incident is not None:
                yield incident

    def _fits(self, incident: Incident, wanted: Wanted, words: tuple[str, ...]) -> bool:
        statuses = wanted.statuses
        if statuses and incident.status not in statuses and not (OPEN in statuses and incident.is_open):
            return False
        return (
            (not wanted.services or incident.service in wanted.services)
            and (not wanted.teams or self.team_of(incident) in wanted.teams)
            and (not wanted.severities or incident.severity in wanted.severities)
            and (not wanted.priorities or incident.priority in wanted.priorities)
            and (not words or self._says(incident, words))
        )

    def _says(self, incident: Incident, words: tuple[str, ...]) -> bool:
        parts = (
            incident.id, incident.title, incident.service, self.team_of(incident), incident.status_text,
            *incident.group_labels.values(), incident.details[:DETAILS_SEARCHED],
        )  # fmt: skip
        text = "\n".join(parts).casefold()
        return all(word in text for word in words)


def _walked(
    incidents: Iterator[Incident], fits: Callable[[Incident], bool], place: Callable[[Incident], Place], limit: int
) -> Page:
    """The first of these that fit, as they come."""
    shown: list[Incident] = []
    for looked, incident in enumerate(incidents, 1):
        if fits(incident):
            shown.append(incident)
        if len(shown) >= limit or looked >= SCAN_MAX:
            is_last = next(incidents, None) is None
            return Page(tuple(shown), None if is_last else place(incident))
    return Page(tuple(shown), None)


def _by_age(incident: Incident) -> Place:
    return (0, -incident.number)


def _urgency(incident: Incident) -> Place:
    answered = ("triggered", "acknowledged", "resolved").index(incident.status)
    return (answered, PRIORITIES.index(incident.priority), incident.number)


PLACES: dict[str, Callable[[Incident], Place]] = {
    "newest": _by_age,
    "oldest": lambda incident: (0, incident.number),
    "priority": lambda incident: (PRIORITIES.index(incident.priority), -incident.number),
    "severity": lambda incident: (SEVERITIES.index(incident.severity), -incident.number),
    "urgent": _urgency,
}


def returning(alerts: Alerts, incident: Incident, ended_at: Moment, at: Moment) -> Iterator[int]:
    """The alerts that ended with the incident at `ended_at` and can fire again at this instant."""
    for number, member in incident.alerts.items():
        if member.is_over and member.ended_at == ended_at:
            alert = alerts.alert(number)
            if alert is not None and alert.closed_at and not alerts.bar_to_reopening(alert, at):
                yield number


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event, own or heard."""
    match event:
        case ServiceSet():
            view.teams[event.service] = event.spec.team
        case ServiceRemoved():
            view.teams.pop(event.service, None)
        case MemorySet():
            view.memory_ms = event.days * DAY_MS
        case _:
            pass


def fold_incident(events: Iterable[tuple[IncidentsEvent, Stamp]]) -> Incident | None:
    """An incident that left memory, from the events whose subject it is; None when they do not begin with its
    opening."""
    state = State()
    name = ""
    for event, stamp in events:
        if not name:
            if not isinstance(event, IncidentOpened):
                return None
            name = event.incident
            state.number_last = (number_of(name, "INC") or 1) - 1
        evolve(state, event, stamp)
    return state.incidents.get(name)
