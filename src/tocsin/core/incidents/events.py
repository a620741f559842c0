"""What has happened to incidents and routes. The storage format. Incident ids look like `INC-1042`."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Event, Moment

URGENCIES = ("high", "low")
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
NO_ROUTE = "no_route"
"""The rule of an alert that no route takes."""


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"go_on": "continue"}):
    """A node of the routing tree, Prometheus words. An alert enters a node when all `matchers` and the CEL `when`
    (over `labels`, `annotations`, `severity`, `title`, `source`) hold; the deepest first match decides, unless
    `continue` lets its siblings look too. Empty `service`, `ladder`, `urgency`, `group_by`, and a `group_wait_s` of -1
    are taken from the parent; what even the root leaves out is: ladder `default`, `group_by` (`alertname`,), no wait,
    urgency high for critical and high, else low. `service` may come from a label: `{{label}}`; then that label groups
    too. `group_by` (`...`) groups by all labels; an alert that has none of the labels is grouped by its title."""

    name: str
    matchers: tuple[str, ...] = ()
    when: str = ""
    go_on: bool = False
    group_by: tuple[str, ...] = ()
    group_wait_s: int = -1
    service: str = ""
    ladder: str = ""
    urgency: str = ""
    routes: tuple[Route, ...] = ()


class _IncidentEvent(Event, frozen=True):
    room: ClassVar[str] = "incidents"
    about: ClassVar[str] = "incident"
    incident: str

    def subject(self) -> str:  # said outright: a delivery may lead to one of these for each of its alerts
        return self.incident


class RoutesSet(Event, frozen=True):
    """The routing tree was changed; `revision` counts its changes from 1. Open incidents stay as they are."""

    room: ClassVar[str] = "incidents"
    revision: int
    root: Route

    def subject(self) -> str:
        return "routes"


class IncidentOpened(_IncidentEvent, frozen=True):
    """An incident is open; it triggers at `trigger_at` (group_wait) unless it resolves before. `route` is the path
    of the deciding node, `routes_revision` the tree's; both empty when a person opened it (`by`). `urgency_fixed`: the
    route or the person chose the urgency, so a worse alert does not raise it."""

    incident: str
    title: str
    severity: str
    service: str
    ladder: str
    urgency: str
    priority: str
    trigger_at: Moment
    route: str = ""
    routes_revision: int = 0
    group_key: str = ""
    group_labels: dict[str, str] = {}
    by: str = ""
    details: str = ""
    urgency_fixed: bool = False


class AlertsJoined(_IncidentEvent, frozen=True):
    """Alerts belong to an incident: their numbers, severities and titles, in step."""

    incident: str
    alerts: tuple[int, ...]
    severities: tuple[str, ...]
    titles: tuple[str, ...]


class AlertEnded(_IncidentEvent, frozen=True):
    """An alert of an incident is over."""

    incident: str
    alert: int


class AlertReturned(_IncidentEvent, frozen=True):
    """An alert of an incident fires again: that it was closed by hand was taken back."""

    incident: str
    alert: int


class AlertHushed(_IncidentEvent, frozen=True):
    """An alert of an incident is kept from paging by a rule."""

    incident: str
    alert: int
    rule: str
    revision: int


class AlertHeard(_IncidentEvent, frozen=True):
    """An alert of an incident may page again."""

    incident: str
    alert: int


class AlertUnrouted(Event, frozen=True):
    """No route takes this alert: it pages nobody. `rule` says why (`no_route`), `revision` the tree's."""

    room: ClassVar[str] = "incidents"
    alert: int
    rule: str
    revision: int

    def subject(self) -> str:
        return numbered("ALT", self.alert)


class IncidentTriggered(_IncidentEvent, frozen=True):
    """The incident needs a human now: escalation begins with this ladder (or this person) and urgency. `why`: `opened`,
    `reopened`, `woken`, `reassigned`, `unmuted`, `escalated`, `unacknowledged`, `unanswered`, `lapsed`."""

    incident: str
    ladder: str
    urgency: str
    why: str
    user: str = ""


class IncidentAcknowledged(_IncidentEvent, frozen=True):
    """A person took the incident on (`by`), or all its alerts that may page were acknowledged at their senders; nobody
    else is paged for it, before `until` (0: for ever)."""

    incident: str
    by: str
    until: Moment = Moment(0)


class IncidentResolved(_IncidentEvent, frozen=True):
    """The incident is over. `how`: `alerts_resolved`, `manual`, `merged`."""

    incident: str
    by: str
    how: str


class IncidentReopened(_IncidentEvent, frozen=True):
    """The incident came back within its reopen window, or a person reopened it."""

    incident: str
    by: str


class IncidentMerged(_IncidentEvent, frozen=True):
    """The incident was merged into another; its alerts moved there."""

    incident: str
    into: str
    by: str


class IncidentSnoozed(_IncidentEvent, frozen=True):
    """The incident sleeps until this instant, then triggers again if it is still open."""

    incident: str
    until: Moment
    by: str


class SnoozeEnded(_IncidentEvent, frozen=True):
    """A person ended the snooze before its time. `is_calling`: nobody has it, so calling goes on where it stood."""

    incident: str
    by: str
    is_calling: bool


class ActUndone(_IncidentEvent, frozen=True):
    """A person undid what they had done last (`act`: `acknowledged`, `given_back`, `resolved`, `snoozed`,
    `reassigned`), or the end of an alert by which it ended (`alerts_resolved`) or fell silent (`muted`): the incident
    stands as it did before. `is_calling`: calling goes on where it stood then. `acted_at`: when it was resolved, so
    that the alerts which ended with it fire again."""

    incident: str
    by: str
    act: str
    status: str
    ladder: str
    user: str
    is_calling: bool
    acknowledged_at: Moment = Moment(0)
    acknowledged_by: str = ""
    snoozed_until: Moment = Moment(0)
    acted_at: Moment = Moment(0)
    acknowledged_until: Moment = Moment(0)


class IncidentReassigned(_IncidentEvent, frozen=True):
    """The incident was given to another ladder or person."""

    incident: str
    by: str
    ladder: str = ""
    user: str = ""


class IncidentEscalated(_IncidentEvent, frozen=True):
    """A person asked for the next rung now."""

    incident: str
    by: str


class IncidentMuted(_IncidentEvent, frozen=True):
    """Every open alert of the incident is suppressed: nobody is paged for it while that lasts."""

    incident: str
    rule: str


class IncidentUnmuted(_IncidentEvent, frozen=True):
    """An alert of the incident may page again."""

    incident: str


class PrioritySet(_IncidentEvent, frozen=True):
    """The priority, and with it the severity or urgency, was changed."""

    incident: str
    priority: str
    severity: str
    urgency: str
    by: str


class NoteAdded(_IncidentEvent, frozen=True):
    """A person wrote a note on the timeline."""

    incident: str
    by: str
    text: str


class MessagePosted(_IncidentEvent, frozen=True):
    """A person said something in the incident's room. `id` is the sender's own id of the message."""

    incident: str
    by: str
    text: str
    id: str = ""


class StatusUpdated(_IncidentEvent, frozen=True):
    """A person said how the incident stands; an empty text takes back what was said before."""

    incident: str
    by: str
    text: str


class HelperCalled(_IncidentEvent, frozen=True):
    """A person called others to help: these users, who were the members of `team` if one was named."""

    incident: str
    by: str
    users: tuple[str, ...]
    team: str = ""
    text: str = ""


class IncidentsForgotten(Event, frozen=True):
    """Closed incidents older than the memory's span left memory; the journal keeps them."""

    room: ClassVar[str] = "incidents"
    incidents: tuple[str, ...]

    def subject(self) -> str:
        return "memory"


IncidentsEvent: TypeAlias = (
    RoutesSet | IncidentOpened | AlertsJoined | AlertEnded | AlertReturned | AlertHushed | AlertHeard
    | AlertUnrouted | IncidentTriggered | IncidentAcknowledged | IncidentResolved | IncidentReopened | IncidentMerged
    | IncidentSnoozed | SnoozeEnded | ActUndone | IncidentReassigned | IncidentEscalated | IncidentMuted
    | IncidentUnmuted | PrioritySet | NoteAdded | MessagePosted | StatusUpdated | HelperCalled | IncidentsForgotten
)  # fmt: skip
