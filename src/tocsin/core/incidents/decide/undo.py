"""What follows from taking back: ending a snooze before its time, undoing what one has just done, and the end of an
alert that was taken back.

Law: an incident stands again as it stood, and nobody is called for it who was called already. What was not over then
goes on where it was: a snooze, a group wait, the climbing of a ladder.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.alerts.commands import UNDO_MS
from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.commands import EndSnooze, UndoAct
from tocsin.core.incidents.decide.known import (
    Known,
    Look,
    asker,
    caught_up,
    found,
    found_open,
    hushed_by,
    missed,
    stirred,
    triggered,
    why_left,
)
from tocsin.core.incidents.events import (
    ActUndone,
    AlertReturned,
    AlertsJoined,
    IncidentMuted,
    IncidentReopened,
    IncidentsEvent,
    IncidentUnmuted,
    SnoozeEnded,
)
from tocsin.core.incidents.state import ALERTS_RESOLVED, NEVER, Incident, Standing
from tocsin.core.incidents.views import returning
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected
from tocsin.kernel.moment import MINUTE_MS


def end_snooze(known: Known, look: Look, command: EndSnooze, envelope: Envelope) -> Decision:
    """Wake it before its time."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    if not incident.is_asleep(envelope.at):
        return Rejected("incident_not_snoozed", f"{incident.id} is not snoozed")
    ended = SnoozeEnded(incident=incident.id, by=asker(look, envelope), is_calling=_is_calling(incident))
    return Accepted((ended, *_overdue(look, replace(incident, snoozed_until=NEVER), envelope.at)))


def undo_act(known: Known, look: Look, command: UndoAct, envelope: Envelope) -> Decision:
    """Let it stand as before the last act, if that was the asker's own, and nothing has happened to it since. Alerts
    that ended with it fire again."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    at, by, before = envelope.at, asker(look, envelope), incident.last_act
    if before is None or before.by not in (by, envelope.actor):
        return Rejected("nothing_to_undo", f"the last that happened to {incident.id} was no act of {by}")
    if at > before.at + UNDO_MS:
        minutes = UNDO_MS // MINUTE_MS
        return Rejected(
            "undo_too_late", f"{incident.id} can be undone for {minutes} minutes only; do what it needs now"
        )
    after = _restored(incident, before, incident.muted_by)
    if incident.is_open:
        return Accepted(tuple(_stands(look, after, by, before.act, at)))
    back = dict.fromkeys(returning(look.alerts, incident, before.at, at))
    rule = hushed_by(look, incident, at, back)
    again = _reopened(look, incident, by)
    after = _restored(incident, before, rule)
    return Accepted((*again, *_muted(incident, rule), *_stands(look, after, by, before.act, at, before.at)))


def returned(known: Known, look: Look, alert: Alert, by: str, at: Moment) -> Iterator[IncidentsEvent]:
    """An alert fires again whose end `by` took back: what that end did to its incidents is taken back with it."""
    for name in dict.fromkeys(_merged(known, name) for name in known.homes[alert.number]):
        incident = known.incidents[name]
        member = incident.alerts.get(alert.number)
        if member is not None and not member.is_over:
            continue
        if not incident.is_open and (member is None or member.ended_at <= incident.resolved_at):
            yield from _brought_back(look, incident, alert, by, at)
            continue
        yield _place(incident, alert)
        if incident.is_open:
            yield from _heard_again(look, incident, alert, by, at)


def _merged(known: Known, name: str) -> str:
    """The incident, or the one it was merged into."""
    while into := known.incidents[name].merged_into:
        name = into
    return name


def _place(incident: Incident, alert: Alert) -> IncidentsEvent:
    """The alert has its place again; one that was over when its incident was merged moves after it."""
    number, content = alert.number, alert.content
    if number in incident.alerts:
        return AlertReturned(incident=incident.id, alert=number)
    return AlertsJoined(incident=incident.id, alerts=(number,), severities=(content.severity,), titles=(content.title,))


def _brought_back(look: Look, incident: Incident, alert: Alert, by: str, at: Moment) -> Iterator[IncidentsEvent]:
    """A resolved incident stands as before it was: with an alert that fires it would not have been."""
    before, number = incident.before, alert.number
    assert before is not None, f"{incident.id} is resolved, and nobody knows how it stood"
    yield from _reopened(look, incident, by)
    yield _place(incident, alert)
    yield from missed(look, incident, number)
    rule = hushed_by(look, incident, at, (number,))
    yield from _muted(incident, rule)
    yield from _stands(look, _restored(incident, before, rule), by, ALERTS_RESOLVED, at)


def _heard_again(look: Look, incident: Incident, alert: Alert, by: str, at: Moment) -> Iterator[IncidentsEvent]:
    """An open incident falls silent, or calls again where it stood, as if the alert had never been over."""
    held = look.alerts.suppression(alert.number)
    yield from missed(look, incident, alert.number)
    if held is None and not incident.muted_by:
        yield from stirred(look, incident, at, alert.content.severity, (alert.number,))
    if incident.by:
        return
    if held is not None:
        if incident.hushed_count == incident.open_count and not incident.muted_by:
            yield from _muted(incident, held.rule)
    elif incident.muted_by:
        yield IncidentUnmuted(incident=incident.id)
        yield from _stands(look, replace(incident, muted_by=""), by, "muted", at)


def _reopened(look: Look, incident: Incident, by: str) -> Iterator[IncidentsEvent]:
    yield IncidentReopened(incident=incident.id, by=by)
    yield from caught_up(look, incident)


def _muted(incident: Incident, rule: str) -> Iterator[IncidentsEvent]:
    if rule:
        yield IncidentMuted(incident=incident.id, rule=rule)


def _restored(incident: Incident, before: Standing, muted_by: str) -> Incident:
    return replace(
        incident, status=before.status, ladder=before.ladder, user=before.user, muted_by=muted_by,
        acknowledged_at=before.acknowledged_at, acknowledged_by=before.acknowledged_by,
        acknowledged_until=before.acknowledged_until, snoozed_until=before.snoozed_until,
    )  # fmt: skip


def _stands(
    look: Look, after: Incident, by: str, act: str, at: Moment, acted_at: Moment = NEVER
) -> Iterator[IncidentsEvent]:
    """It stands like this now."""
    yield ActUndone(
        incident=after.id, by=by, act=act, status=after.status, ladder=after.ladder, user=after.user,
        is_calling=_is_calling(after) and not after.snoozed_until, acknowledged_at=after.acknowledged_at,
        acknowledged_by=after.acknowledged_by, snoozed_until=after.snoozed_until, acted_at=acted_at,
        acknowledged_until=after.acknowledged_until,
    )  # fmt: skip
    yield from _overdue(look, after, at)


def _is_calling(incident: Incident) -> bool:
    """Whether people are being called for it whenever it does not sleep."""
    return incident.status == "triggered" and not incident.muted_by and not incident.is_waiting


def _overdue(look: Look, incident: Incident, at: Moment) -> Iterator[IncidentsEvent]:
    """What its timers, or the leaving of whoever has it, would have brought meanwhile, had it not been kept still."""
    if incident.muted_by or incident.is_asleep(at):
        return
    if incident.snoozed_until:
        yield triggered(incident, "woken")
    elif why := why_left(look, incident, at):
        yield triggered(incident, why)
    elif incident.status == "triggered" and incident.is_waiting and incident.trigger_at <= at:
        yield triggered(incident, "opened")
