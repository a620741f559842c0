"""What the decisions of this room may know, and what they ask of incidents again and again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from tocsin.core.alerts.views import View as Alerts
from tocsin.core.incidents.events import (
    AlertHeard,
    AlertHushed,
    IncidentAcknowledged,
    IncidentsEvent,
    IncidentTriggered,
    IncidentUnmuted,
    PrioritySet,
)
from tocsin.core.incidents.rules.scale import is_worse, priority_of, urgency_of
from tocsin.core.incidents.rules.tree import Tree
from tocsin.core.incidents.state import Incident
from tocsin.core.incidents.views import View
from tocsin.core.items.views import View as Items
from tocsin.core.oncall.views import View as Oncall
from tocsin.core.people.views import View as People
from tocsin.kernel.message import Envelope, Moment, Rejected
from tocsin.kernel.moment import SECOND_MS

ALERTS_MAX = 10_000
"""Alerts of one incident: nobody reads more; the next ones open another."""
IMPACT_DEFAULT = "medium"
"""Of an incident without a known service."""


class Timers(Protocol):
    """An agenda that cannot be changed."""

    def next(self) -> Moment | None: ...
    def due(self, at: Moment) -> list[str]: ...


class Known(Protocol):
    """The tables of `state.State` as deciding may see them."""

    @property
    def number_last(self) -> int: ...
    @property
    def tree(self) -> Tree: ...
    @property
    def incidents(self) -> Mapping[str, Incident]: ...
    @property
    def closed(self) -> Mapping[str, None]: ...
    @property
    def by_key(self) -> Mapping[str, str]: ...
    @property
    def homes(self) -> Mapping[int, tuple[str, ...]]: ...
    @property
    def timers(self) -> Timers: ...
    def forget_at(self, memory_ms: int) -> Moment | None: ...


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def people(self) -> People: ...
    @property
    def items(self) -> Items: ...
    @property
    def oncall(self) -> Oncall: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def incidents(self) -> View: ...


def found(known: Known, incident: str) -> Incident | Rejected:
    """The incident in memory."""
    return known.incidents.get(incident) or Rejected(
        "incident_unknown",
        f"there is no incident {incident} in memory; check its id (old ones are in the journal only)",
    )


def found_open(known: Known, incident: str) -> Incident | Rejected:
    """The open incident."""
    one = found(known, incident)
    if isinstance(one, Rejected) or one.is_open:
        return one
    if one.merged_into:
        return Rejected("incident_merged", f"{incident} was merged into {one.merged_into}; use that one")
    return Rejected("incident_already_resolved", f"{incident} was resolved by {one.resolved_by}; reopen it first")


def homes_of(known: Known, alert: int) -> Iterator[Incident]:
    """The open incidents that hold the alert while it is open."""
    for name in known.homes.get(alert, ()):
        incident = known.incidents[name]
        if incident.is_open and not incident.alerts[alert].is_over:
            yield incident


def asker(look: Look, envelope: Envelope) -> str:
    """Who asks: a user's id, or the actor when it is no person."""
    return look.people.user_of(envelope.actor) or envelope.actor


def person(look: Look, envelope: Envelope, user: str) -> str | Rejected:
    """Who acts: the person the house itself names (a signed link), else the asker. Nobody acts in another's name."""
    own = asker(look, envelope)
    if not user or user == own:
        return own
    if envelope.actor != "room":
        return Rejected("not_yourself", f"{own} cannot act as {user!r}; leave user empty")
    if look.people.user(user) is None:
        return Rejected("user_unknown", f"user {user!r} does not exist")
    return user


def impact_of(look: Look, service: str) -> str:
    """How much the business feels the loss of the service."""
    known = look.items.service(service) if service else None
    return known.spec.impact if known is not None else IMPACT_DEFAULT


def caught_up(look: Look, incident: Incident) -> list[AlertHushed | AlertHeard]:
    """What an incident that comes back missed of the alerts that another incident held open meanwhile."""
    events: list[AlertHushed | AlertHeard] = []
    for number, member in incident.alerts.items():
        if not member.is_over:
            events += missed(look, incident, number)
    return events


def missed(look: Look, incident: Incident, number: int) -> list[AlertHushed | AlertHeard]:
    """What an incident does not know yet of the rule that keeps its alert from paging."""
    member, held = incident.alerts.get(number), look.alerts.suppression(number)
    rule = member.rule if member is not None else ""
    if held is None:
        return [AlertHeard(incident=incident.id, alert=number)] if rule else []
    if held.rule == rule:
        return []
    return [AlertHushed(incident=incident.id, alert=number, rule=held.rule, revision=held.revision)]


def hushed_by(look: Look, incident: Incident, at: Moment, back: Collection[int] = ()) -> str:
    """The rule that keeps every open alert of an incident, and those that come `back`, from paging now; empty while one
    may page. What a person opened is not muted."""
    rule = ""
    if incident.by:
        return rule
    still = [number for number, one in incident.alerts.items() if not one.is_over]
    for number in dict.fromkeys((*still, *back)):
        held = look.alerts.suppression_at(number, at)
        if held is None:
            return ""
        rule = held.rule
    return rule


def triggered(incident: Incident, why: str, urgency: str = "") -> IncidentTriggered:
    """The incident needs a human now, by the ladder or person it was given to."""
    return IncidentTriggered(
        incident=incident.id, ladder=incident.ladder, urgency=urgency or incident.urgency, why=why, user=incident.user
    )


def raised(look: Look, incident: Incident, severity: str) -> tuple[str, str]:
    """The priority and urgency of an incident with an alert of this severity in it: never less than before."""
    if not is_worse(severity, incident.severity):
        return incident.priority, incident.urgency
    is_urgent = urgency_of(severity) == "high" and not incident.urgency_fixed
    priority = min(incident.priority, priority_of(impact_of(look, incident.service), severity))
    return priority, "high" if is_urgent else incident.urgency


def stirred(
    look: Look, incident: Incident, at: Moment, severity: str, heard: Collection[int] = ()
) -> Iterator[IncidentsEvent]:
    """What an alert of this severity that may page means for an open incident: it is unmuted or called for again
    (`heard`: these were not counted before), its severity rises, it triggers. It triggers once, and not before its
    group wait is over, unless it was answered within that and is not any more: nothing waits then to call later."""
    may_wake = heard and (incident.muted_by or incident.status == "acknowledged")
    if not is_worse(severity, incident.severity) and not may_wake:
        return
    priority, urgency = raised(look, incident, severity)
    wakes = bool(heard and incident.muted_by)
    why = _why_heard(look, incident, heard, at) if may_wake else ""
    if urgency != incident.urgency and not incident.is_waiting and (wakes or not incident.muted_by):
        why = why or "escalated"
    if wakes:
        yield IncidentUnmuted(incident=incident.id)
    if is_worse(severity, incident.severity):
        # The trigger carries the new urgency itself: who hears both would page twice.
        shown = incident.urgency if why else urgency
        yield PrioritySet(incident=incident.id, priority=priority, severity=severity, urgency=shown, by="room")
    if why:
        yield triggered(incident, why, urgency)


def is_answered(look: Look, incident: Incident, heard: Collection[int] = ()) -> bool:
    """Whether each of its alerts that may page was acknowledged at its sender; those that are `heard` now, too."""
    if look.alerts.answered_count() < incident.open_count - incident.hushed_count:
        return False  # as in a storm, where looking at all of them each time would take too long
    still = (number for number, member in incident.alerts.items() if not (member.is_over or member.rule))
    alerts = map(look.alerts.alert, (*heard, *still))
    return all(alert is not None and (alert.acknowledged_at or alert.status != "firing") for alert in alerts)


def acknowledged(look: Look, incident: Incident, by: str, at: Moment) -> IncidentAcknowledged:
    """Somebody has it now, for as long as its ladder lets an acknowledgement hold."""
    ladder = look.oncall.ladder(incident.ladder)
    lasting = ladder.spec.acknowledged_for_s if ladder is not None else 0
    until = Moment(at + lasting * SECOND_MS) if lasting else Moment(0)
    return IncidentAcknowledged(incident=incident.id, by=by, until=until)


def why_left(look: Look, incident: Incident, at: Moment, heard: Collection[int] = ()) -> str:
    """Why nobody has what was acknowledged, empty where somebody does: that has lapsed, the person who had it is gone,
    or it was acknowledged at the senders of its alerts, and one that may page, or is `heard` now, was not."""
    if incident.status != "acknowledged":
        return ""
    if 0 < incident.acknowledged_until <= at:
        return "lapsed"
    if incident.is_senders:
        return "" if is_answered(look, incident, heard) else "unanswered"
    user = look.people.user(incident.acknowledged_by)
    return "unacknowledged" if user is not None and not user.active else ""


def _why_heard(look: Look, incident: Incident, heard: Collection[int], at: Moment) -> str:
    """Why an incident triggers at the moment alerts of it are heard, empty when it does not (yet)."""
    if incident.is_asleep(at):
        return ""
    if incident.snoozed_until:
        return "woken"
    if why := why_left(look, incident, at, heard):
        return why
    if not incident.muted_by or incident.status != "triggered" or (incident.is_waiting and incident.trigger_at > at):
        return ""
    return "unmuted"
