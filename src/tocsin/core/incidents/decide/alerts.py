"""What follows from alerts: incidents that open, grow, fall silent and end.

Law: reactions come after all events of a decision, so an alert may be over or silenced by the time it is routed; what
is known of it now counts. Every decision here only brings incidents to what alerts say, so to say it twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.commands import FollowAlert, RouteAlert
from tocsin.core.incidents.decide.known import (
    ALERTS_MAX,
    Known,
    Look,
    caught_up,
    homes_of,
    impact_of,
    stirred,
    triggered,
)
from tocsin.core.incidents.events import (
    NO_ROUTE,
    AlertEnded,
    AlertHeard,
    AlertHushed,
    AlertJoined,
    AlertUnrouted,
    IncidentAcknowledged,
    IncidentMuted,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentsEvent,
    IncidentTriggered,
    PrioritySet,
)
from tocsin.core.incidents.rules.scale import is_worse, priority_of, urgency_of
from tocsin.core.incidents.rules.tree import Leaf, compiled
from tocsin.core.incidents.state import Incident
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Decision, Moment, Rejected
from tocsin.kernel.moment import MINUTE_MS, SECOND_MS

REOPEN_MS = 15 * MINUTE_MS
"""An alert of the same group within this time after the end is the same trouble again."""


def route_alert(known: Known, look: Look, command: RouteAlert, at: Moment) -> Decision:
    """Find the alert's incidents. One that is in an open incident already is only heard there again."""
    alert = look.alerts.alert(command.alert)
    if alert is None or look.alerts.is_suppressed(command.alert):
        return Accepted()
    homes = list(homes_of(known, command.alert))
    if homes:
        return Accepted(tuple(_heard(look, homes, alert, at)))
    events = _routed(known, look, alert, at)
    if not events:
        events = [AlertUnrouted(alert=command.alert, rule=NO_ROUTE, revision=known.tree.revision)]
    return Accepted(tuple(events))


def follow_alert(known: Known, look: Look, command: FollowAlert, at: Moment) -> Decision:
    """Let the alert's incidents know what happened to it."""
    alert = look.alerts.alert(command.alert)
    if alert is None:
        return Accepted()
    homes = list(homes_of(known, command.alert))
    match command.what:
        case "ended":
            return Accepted(tuple(_ended(known, command.alert)))
        case "changed":
            return Accepted(tuple(_changed(known, look, homes, alert, at)))
        case "acknowledged":
            return Accepted(tuple(_acknowledged(homes, alert, at)))
        case "hushed":
            return Accepted(tuple(_hushed(look, homes, command)))
        case "heard":
            return Accepted(tuple(_heard(look, homes, alert, at)))
        case _:
            return Rejected("change_unknown", f"{command.what!r} is nothing that happens to an alert")


def _routed(known: Known, look: Look, alert: Alert, at: Moment) -> list[IncidentsEvent]:
    """The alert joins an incident of every leaf that takes it; nothing when none does."""
    events: list[IncidentsEvent] = []
    joined: list[str] = []
    number_last = known.number_last
    for leaf in compiled(known.tree).walk(alert.content, alert.source):
        group_labels = leaf.group_labels(alert.content)
        group_key = leaf.group_key(group_labels)
        incident = _taking(known, group_key, at)
        if incident is None:
            number_last += 1
            events += _opened(known, look, leaf, group_labels, group_key, numbered("INC", number_last), alert, at)
        elif incident.id not in joined:
            joined.append(incident.id)
            events += _joined(look, incident, alert, at)
    return events


def _taking(known: Known, group_key: str, at: Moment) -> Incident | None:
    """The incident that takes alerts of this group now: an open one, or one that ended a moment ago."""
    name = known.by_key.get(group_key)
    incident = known.incidents.get(name) if name is not None else None
    while incident is not None and incident.merged_into:
        incident = known.incidents.get(incident.merged_into)
    if incident is None or len(incident.alerts) >= ALERTS_MAX:
        return None
    return incident if incident.is_open or at - incident.resolved_at <= REOPEN_MS else None


def _opened(
    known: Known,
    look: Look,
    leaf: Leaf,
    group_labels: Mapping[str, str],
    group_key: str,
    incident: str,
    alert: Alert,
    at: Moment,
) -> list[IncidentsEvent]:
    content = alert.content
    severity = content.severity
    service = leaf.service_of(content.labels)
    urgency = leaf.urgency or urgency_of(severity)
    is_over = alert.status != "firing"
    # Nobody is woken for what is over already: its end is about to be told here, in this batch.
    trigger_at = Moment(at + leaf.group_wait_s * SECOND_MS + is_over)
    events: list[IncidentsEvent] = [
        IncidentOpened(
            incident=incident, title=content.title, severity=severity, service=service, ladder=leaf.ladder,
            urgency=urgency, priority=priority_of(impact_of(look, service), severity), trigger_at=trigger_at,
            route=leaf.path, routes_revision=known.tree.revision, group_key=group_key, group_labels=dict(group_labels),
            urgency_fixed=bool(leaf.urgency),
        ),
        AlertJoined(incident=incident, alert=alert.number, severity=severity, title=content.title),
    ]  # fmt: skip
    if trigger_at <= at:
        events.append(IncidentTriggered(incident=incident, ladder=leaf.ladder, urgency=urgency, why="opened"))
    return events


def _joined(look: Look, incident: Incident, alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    severity = alert.content.severity
    join = AlertJoined(incident=incident.id, alert=alert.number, severity=severity, title=alert.content.title)
    if alert.status != "firing":
        yield join
    elif incident.is_open:
        yield join
        yield from stirred(look, incident, at, severity)
    else:
        yield IncidentReopened(incident=incident.id, by="alerts")
        yield from caught_up(look, incident)
        yield join
        yield from _returned(look, incident, severity)


def _returned(look: Look, incident: Incident, severity: str) -> Iterator[IncidentsEvent]:
    """A reopened incident triggers anew, as urgent as its new alert makes it."""
    urgency = incident.urgency
    if is_worse(severity, incident.severity):
        priority = min(incident.priority, priority_of(impact_of(look, incident.service), severity))
        if not incident.urgency_fixed:
            urgency = urgency_of(severity)
        yield PrioritySet(
            incident=incident.id, priority=priority, severity=severity, urgency=incident.urgency, by="room"
        )
    yield triggered(incident, "reopened", urgency)


def _ended(known: Known, number: int) -> Iterator[IncidentsEvent]:
    """Also incidents that are over learn that their alert is."""
    for name in known.homes.get(number, ()):
        incident = known.incidents[name]
        member = incident.alerts[number]
        if member.is_over:
            continue
        yield AlertEnded(incident=name, alert=number)
        if not incident.is_open or incident.by:
            continue
        open_count = incident.open_count - 1
        hushed_count = incident.hushed_count - bool(member.rule)
        if not open_count:
            yield IncidentResolved(incident=name, by="alerts", how="alerts_resolved")
        elif hushed_count == open_count and not incident.muted_by:
            rule = next(other.rule for other in incident.alerts.values() if other.rule and not other.is_over)
            yield IncidentMuted(incident=name, rule=rule)


def _changed(known: Known, look: Look, homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    """A worse alert raises its incidents. One that no route took may find one now, by its new labels or severity."""
    if look.alerts.is_suppressed(alert.number) or alert.status != "firing":
        return
    if not homes:
        yield from _routed(known, look, alert, at)
    for incident in homes:
        if not incident.alerts[alert.number].rule:
            yield from stirred(look, incident, at, alert.content.severity, is_heard=False)


def _acknowledged(homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    for incident in homes:
        if incident.status == "triggered" and not incident.is_asleep(at):
            yield IncidentAcknowledged(incident=incident.id, by=f"source:{alert.source}")


def _hushed(look: Look, homes: list[Incident], command: FollowAlert) -> Iterator[IncidentsEvent]:
    number = command.alert
    if not look.alerts.is_suppressed(number):
        return
    for incident in homes:
        old = incident.alerts[number].rule
        if old == command.rule:
            continue
        yield AlertHushed(incident=incident.id, alert=number, rule=command.rule, revision=command.revision)
        hushed_count = incident.hushed_count + (not old)
        if hushed_count == incident.open_count and not incident.muted_by and not incident.by:
            yield IncidentMuted(incident=incident.id, rule=command.rule)


def _heard(look: Look, homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    if look.alerts.is_suppressed(alert.number):
        return
    for incident in homes:
        if incident.alerts[alert.number].rule:
            yield AlertHeard(incident=incident.id, alert=alert.number)
            yield from stirred(look, incident, at, alert.content.severity)
