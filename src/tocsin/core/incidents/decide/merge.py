"""What follows from merging incidents."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.incidents.commands import MergeIncident
from tocsin.core.incidents.decide.known import ALERTS_MAX, Known, Look, asker, found_open, stirred
from tocsin.core.incidents.events import (
    AlertHushed,
    AlertsJoined,
    IncidentMerged,
    IncidentResolved,
    IncidentsEvent,
)
from tocsin.core.incidents.state import Incident, Member
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected


def merge_incident(known: Known, look: Look, command: MergeIncident, envelope: Envelope) -> Decision:
    """Move the open alerts of an incident into another open one and end it. Later alerts of its group follow."""
    incident, into = found_open(known, command.incident), found_open(known, command.into)
    if isinstance(incident, Rejected):
        return incident
    if isinstance(into, Rejected):
        return into
    by = asker(look, envelope)
    if incident.id == into.id:
        return Rejected("incident_is_itself", f"{incident.id} cannot be merged into itself; name another")
    moving = {number: member for number, member in incident.alerts.items() if not member.is_over}
    if len(into.alerts) + len(moving) > ALERTS_MAX:
        return Rejected("incident_full", f"{into.id} would hold more than {ALERTS_MAX} alerts; leave them apart")
    return Accepted(
        (
            *_moved(look, into, moving, envelope.at),
            IncidentMerged(incident=incident.id, into=into.id, by=by),
            IncidentResolved(incident=incident.id, by=by, how="merged"),
        )
    )


def _moved(look: Look, into: Incident, moving: dict[int, Member], at: Moment) -> Iterator[IncidentsEvent]:
    moved = {number: member for number, member in moving.items() if _is_missing(into, number)}
    if not moved:
        return
    severities = {number: _severity(look, number, member) for number, member in moved.items()}
    yield AlertsJoined(
        incident=into.id, alerts=tuple(moved), severities=tuple(severities.values()),
        titles=tuple(member.title for member in moved.values()),
    )  # fmt: skip
    for number, member in moved.items():
        if member.rule:
            yield AlertHushed(incident=into.id, alert=number, rule=member.rule, revision=member.revision)
    loud = {number: severities[number] for number, member in moved.items() if not member.rule}
    if loud:
        yield from stirred(look, into, at, min(loud.values(), key=SEVERITIES.index), loud)


def _is_missing(into: Incident, number: int) -> bool:
    mine = into.alerts.get(number)
    return mine is None or mine.is_over


def _severity(look: Look, number: int, member: Member) -> str:
    alert = look.alerts.alert(number)
    return alert.content.severity if alert is not None else member.severity
