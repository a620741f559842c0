"""What follows from taking back: ending a snooze before its time, and undoing what one has just done.

Law: an incident stands again as it stood, and nobody is called for it who was called already. What was not over then
goes on where it was: a snooze, a group wait, the climbing of a ladder.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.incidents.commands import EndSnooze, UndoAct
from tocsin.core.incidents.decide.known import Known, Look, asker, caught_up, found, found_open, hushed_by, triggered
from tocsin.core.incidents.events import ActUndone, IncidentMuted, IncidentReopened, IncidentsEvent, SnoozeEnded
from tocsin.core.incidents.state import NEVER, Incident, Standing
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected
from tocsin.kernel.moment import MINUTE_MS

UNDO_MS = 2 * MINUTE_MS
"""Undo is for a slip of the hand, seen at once; later on others have begun to rely on what they see."""


def end_snooze(known: Known, look: Look, command: EndSnooze, envelope: Envelope) -> Decision:
    """Wake it before its time."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    if not incident.is_asleep(envelope.at):
        return Rejected("incident_not_snoozed", f"{incident.id} is not snoozed")
    ended = SnoozeEnded(incident=incident.id, by=asker(look, envelope), is_calling=_is_calling(incident))
    return Accepted((ended, *_overdue(replace(incident, snoozed_until=NEVER), envelope.at)))


def undo_act(known: Known, look: Look, command: UndoAct, envelope: Envelope) -> Decision:
    """Let it stand as before the last act, if that was the asker's own, and nothing has happened to it since."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by, before = asker(look, envelope), incident.before
    if before is None or before.by not in (by, envelope.actor):
        return Rejected("nothing_to_undo", f"the last that happened to {incident.id} was no act of {by}")
    if envelope.at > before.at + UNDO_MS:
        minutes = UNDO_MS // MINUTE_MS
        return Rejected(
            "undo_too_late", f"{incident.id} can be undone for {minutes} minutes only; do what it needs now"
        )
    back = () if incident.is_open else tuple(_reopened(look, incident, by))
    rule = "" if incident.is_open else hushed_by(look, incident)
    after = _restored(incident, before, rule or incident.muted_by)
    undone = ActUndone(
        incident=incident.id, by=by, act=before.act, status=after.status, ladder=after.ladder, user=after.user,
        is_calling=_is_calling(after) and not after.snoozed_until, acknowledged_at=after.acknowledged_at,
        acknowledged_by=after.acknowledged_by, snoozed_until=after.snoozed_until,
    )  # fmt: skip
    muted = (IncidentMuted(incident=incident.id, rule=rule),) if rule else ()
    return Accepted((*back, *muted, undone, *_overdue(after, envelope.at)))


def _reopened(look: Look, incident: Incident, by: str) -> Iterator[IncidentsEvent]:
    yield IncidentReopened(incident=incident.id, by=by)
    yield from caught_up(look, incident)


def _restored(incident: Incident, before: Standing, muted_by: str) -> Incident:
    return replace(
        incident, status=before.status, ladder=before.ladder, user=before.user, muted_by=muted_by,
        acknowledged_at=before.acknowledged_at, acknowledged_by=before.acknowledged_by,
        snoozed_until=before.snoozed_until,
    )  # fmt: skip


def _is_calling(incident: Incident) -> bool:
    """Whether people are being called for it whenever it does not sleep."""
    return incident.status == "triggered" and not incident.muted_by and not incident.is_waiting


def _overdue(incident: Incident, at: Moment) -> Iterator[IncidentsEvent]:
    """What its timers would have brought meanwhile, had they not been stopped."""
    if incident.muted_by or incident.is_asleep(at):
        return
    if incident.snoozed_until:
        yield triggered(incident, "woken")
    elif incident.status == "triggered" and incident.is_waiting and incident.trigger_at <= at:
        yield triggered(incident, "opened")
