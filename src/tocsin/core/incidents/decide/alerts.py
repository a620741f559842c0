"""What follows from alerts: incidents that open, grow, fall silent and end.

Law: reactions come after all events of a decision, so an alert may be over or silenced by the time it is routed; what
is known of it now counts. Every decision here only brings incidents to what alerts say, so to say it twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.commands import FollowAlert, RouteAlerts
from tocsin.core.incidents.decide.known import (
    ALERTS_MAX,
    Known,
    Look,
    acknowledged,
    caught_up,
    homes_of,
    impact_of,
    is_answered,
    raised,
    stirred,
    triggered,
)
from tocsin.core.incidents.decide.undo import returned
from tocsin.core.incidents.events import (
    NO_ROUTE,
    AlertEnded,
    AlertHeard,
    AlertHushed,
    AlertsJoined,
    AlertUnrouted,
    IncidentMuted,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    IncidentsEvent,
    IncidentTriggered,
    PrioritySet,
)
from tocsin.core.incidents.rules.scale import is_worse, priority_of, urgency_of
from tocsin.core.incidents.rules.tree import Group, compiled
from tocsin.core.incidents.state import Incident
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Decision, Moment, Rejected
from tocsin.kernel.moment import MINUTE_MS, SECOND_MS

REOPEN_MS = 15 * MINUTE_MS
"""An alert of the same group within this time after the end is the same trouble again."""


Joining: TypeAlias = tuple[Group, list[Alert]]
"""A group and those of its alerts that look for an incident."""


def route_alerts(known: Known, look: Look, command: RouteAlerts, at: Moment) -> Accepted:
    """Find the alerts' incidents. One that is in an open incident already is only heard there again."""
    heard: list[IncidentsEvent] = []
    numbers = list(dict.fromkeys(command.alerts))  # no alert joins an incident twice
    homeless = look.alerts.unsuppressed(numbers)
    if not known.homes.keys().isdisjoint(numbers):
        alerts, homeless = homeless, []
        for alert in alerts:
            homes = list(homes_of(known, alert.number))
            heard += _heard(look, homes, alert, at)
            if not homes:
                homeless.append(alert)
    if not homeless:  # as where a silence lets go of alerts, which are at home already
        return Accepted(tuple(heard))
    groups, unrouted = _grouped(known, homeless)
    left = [AlertUnrouted(alert=one.number, rule=NO_ROUTE, revision=known.tree.revision) for one in unrouted]
    return Accepted((*heard, *_routed(known, look, groups, at), *left))


def follow_alert(known: Known, look: Look, command: FollowAlert, at: Moment) -> Decision:
    """Let the alert's incidents know what happened to it."""
    alert = look.alerts.alert(command.alert)
    if alert is None:
        return Accepted()
    homes = list(homes_of(known, command.alert))
    match command.what:
        case "ended":
            return Accepted(tuple(_ended(known, command.alert)))
        case "reopened":
            return Accepted(tuple(_reopened(known, look, alert, command.by, at)))
        case "changed":
            return Accepted(tuple(_changed(known, look, homes, alert, at)))
        case "acknowledged":
            return Accepted(tuple(_acknowledged(look, homes, alert, at)))
        case "hushed":
            return Accepted(tuple(_hushed(look, homes, command)))
        case "heard":
            return Accepted(tuple(_heard(look, homes, alert, at)))
        case _:
            return Rejected("change_unknown", f"{command.what!r} is nothing that happens to an alert")


def _grouped(known: Known, alerts: Iterable[Alert]) -> tuple[list[Joining], list[Alert]]:
    """The alerts by the groups they belong to, in the order they came; and those that no leaf takes."""
    joining: dict[str, Joining] = {}
    unrouted: list[Alert] = []
    groups_of = compiled(known.tree).groups
    for alert in alerts:
        groups = groups_of(alert.content, alert.source)
        for group in groups:
            found = joining.get(group.key)
            if found is None:
                joining[group.key] = (group, [alert])
            else:
                found[1].append(alert)
        if not groups:
            unrouted.append(alert)
    return list(joining.values()), unrouted


def _routed(known: Known, look: Look, groups: Iterable[Joining], at: Moment) -> list[IncidentsEvent]:
    """Each group joins the incident that takes it, or opens one. Groups that a merge brought together join at once, so
    that their incident reopens and calls once; no alert joins an incident twice."""
    joining: dict[str, tuple[Incident, list[Alert]]] = {}
    opening: list[tuple[Group, Sequence[Alert]]] = []
    for group, alerts in groups:
        left: Sequence[Alert] = alerts
        incident = _taking(known, group.key, at)
        if incident is not None:
            _, there = joining.setdefault(incident.id, (incident, []))
            if there:
                numbers = {alert.number for alert in there}
                left = [alert for alert in alerts if alert.number not in numbers]
            room = ALERTS_MAX - len(incident.alerts) - len(there)
            there += left[:room]
            left = left[room:]
        opening += [(group, left[start : start + ALERTS_MAX]) for start in range(0, len(left), ALERTS_MAX)]
    events: list[IncidentsEvent] = []
    for incident, alerts in joining.values():
        if alerts:
            events += _joined(look, incident, alerts, at)
    for number, (group, some) in enumerate(opening, known.number_last + 1):
        events += _opened(known, look, group, numbered("INC", number), some, at)
    return events


def _join(incident: str, alerts: Sequence[Alert]) -> AlertsJoined:
    if len(alerts) == 1:  # as most are where deliveries are small: half the time
        (alert,) = alerts
        content = alert.content
        return AlertsJoined(
            incident=incident, alerts=(alert.number,), severities=(content.severity,), titles=(content.title,)
        )
    said = [(alert.number, alert.content.severity, alert.content.title) for alert in alerts]
    numbers, severities, titles = zip(*said, strict=True)
    return AlertsJoined(incident=incident, alerts=numbers, severities=severities, titles=titles)


def _worst(alerts: Sequence[Alert]) -> Alert:
    """The first of the worst of those that fire still; the first of all when none does."""
    if len(alerts) == 1:
        return alerts[0]
    firing = [alert for alert in alerts if alert.status == "firing"] or alerts
    severities = [alert.content.severity for alert in firing]
    return firing[severities.index(min(set(severities), key=SEVERITIES.index))]


def _taking(known: Known, group_key: str, at: Moment) -> Incident | None:
    """The incident that takes alerts of this group now: an open one, or one that ended a moment ago."""
    name = known.by_key.get(group_key)
    incident = known.incidents.get(name) if name is not None else None
    while incident is not None and incident.merged_into:
        incident = known.incidents.get(incident.merged_into)
    if incident is None or len(incident.alerts) >= ALERTS_MAX:
        return None
    return incident if incident.status != "resolved" or at - incident.resolved_at <= REOPEN_MS else None


def _opened(
    known: Known, look: Look, group: Group, incident: str, alerts: Sequence[Alert], at: Moment
) -> Iterator[IncidentsEvent]:
    """A new incident, as bad as the worst of its alerts, so that whoever is woken is woken once."""
    leaf, worst = group.leaf, _worst(alerts)
    content = worst.content
    severity = content.severity
    service = leaf.service_of(content.labels)
    urgency = leaf.urgency or urgency_of(severity)
    # Nobody is woken for what is over already: its end is about to be told here, in this batch.
    trigger_at = Moment(at + leaf.group_wait_s * SECOND_MS + (worst.status != "firing"))
    yield IncidentOpened(
        incident=incident, title=content.title, severity=severity, service=service, ladder=leaf.ladder,
        urgency=urgency, priority=priority_of(impact_of(look, service), severity), trigger_at=trigger_at,
        route=leaf.path, routes_revision=known.tree.revision, group_key=group.key, group_labels=group.labels,
        urgency_fixed=bool(leaf.urgency),
    )  # fmt: skip
    yield _join(incident, alerts)
    if trigger_at <= at:
        yield IncidentTriggered(incident=incident, ladder=leaf.ladder, urgency=urgency, why="opened")


def _joined(look: Look, incident: Incident, alerts: Sequence[Alert], at: Moment) -> Sequence[IncidentsEvent]:
    worst = _worst(alerts)
    severity = worst.content.severity
    join = _join(incident.id, alerts)
    if worst.status != "firing":
        return (join,)
    if incident.is_open:
        return (join, *stirred(look, incident, at, severity, join.alerts))
    reopened = IncidentReopened(incident=incident.id, by="alerts")
    return (reopened, *caught_up(look, incident), join, *_returned(look, incident, severity, at))


def _returned(look: Look, incident: Incident, severity: str, at: Moment) -> Iterator[IncidentsEvent]:
    """A reopened incident triggers anew, as urgent as its new alert makes it; within its group wait it waits on."""
    priority, urgency = raised(look, incident, severity)
    waits = incident.is_waiting and incident.trigger_at > at
    if is_worse(severity, incident.severity):
        shown = urgency if waits else incident.urgency
        yield PrioritySet(incident=incident.id, priority=priority, severity=severity, urgency=shown, by="room")
    if not waits:
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


def _reopened(known: Known, look: Look, alert: Alert, by: str, at: Moment) -> Iterator[IncidentsEvent]:
    """It takes its place in its incidents again. One that was silenced when it fired, and is not now, finds its first:
    nobody was ever called for it."""
    if alert.number in known.homes:
        yield from returned(known, look, alert, look.people.user_of(by) or by, at)
    elif not look.alerts.is_suppressed(alert.number):
        groups, _ = _grouped(known, (alert,))
        yield from _routed(known, look, groups, at)


def _changed(known: Known, look: Look, homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    """A worse alert raises its incidents. One that no route took may find one now, by its new labels or severity."""
    if look.alerts.is_suppressed(alert.number) or alert.status != "firing":
        return
    if not homes:
        groups, _ = _grouped(known, (alert,))
        yield from _routed(known, look, groups, at)
    for incident in homes:
        if not incident.alerts[alert.number].rule:
            yield from stirred(look, incident, at, alert.content.severity)


def _acknowledged(look: Look, homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    """Whoever answered one alert at its sender may know nothing of the others of its incident."""
    for incident in homes:
        is_calling = incident.status == "triggered" and not incident.is_asleep(at)
        if is_calling and not incident.by and is_answered(look, incident):
            yield acknowledged(look, incident, f"source:{alert.source}", at)


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
        # One that another rule muted is said to be muted by a rule that still holds.
        if hushed_count == incident.open_count and incident.muted_by in ("", old) and not incident.by:
            yield IncidentMuted(incident=incident.id, rule=command.rule)


def _heard(look: Look, homes: list[Incident], alert: Alert, at: Moment) -> Iterator[IncidentsEvent]:
    if look.alerts.is_suppressed(alert.number):
        return
    for incident in homes:
        if incident.alerts[alert.number].rule:
            yield AlertHeard(incident=incident.id, alert=alert.number)
            yield from stirred(look, incident, at, alert.content.severity, (alert.number,))
