"""What follows from what people do to incidents.

Law: a muted incident is not made to page by hand: end the rule that mutes it instead. To ask for what is so already
changes nothing.
"""

from __future__ import annotations

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EscalateIncident,
    OpenIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
)
from tocsin.core.incidents.decide.known import (
    Known,
    Look,
    acknowledged,
    asker,
    caught_up,
    found,
    found_open,
    hushed_by,
    impact_of,
    person,
    triggered,
)
from tocsin.core.incidents.events import (
    PRIORITIES,
    URGENCIES,
    IncidentEscalated,
    IncidentMuted,
    IncidentOpened,
    IncidentReassigned,
    IncidentReopened,
    IncidentResolved,
    IncidentSnoozed,
    IncidentTriggered,
    NoteAdded,
    PrioritySet,
)
from tocsin.core.incidents.rules.scale import priority_of, urgency_of, urgency_of_priority
from tocsin.core.incidents.rules.tree import DEFAULT_ROOT
from tocsin.core.incidents.state import Incident
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected
from tocsin.kernel.moment import DAY_MS

TITLE_LENGTH_MAX = 500
TEXT_LENGTH_MAX = 10_000
"""Characters of a note or of details: five pages."""
NOTES_MAX = 1_000
"""Notes of one incident: a timeline nobody reads is none."""
SNOOZE_MS_MAX = 30 * DAY_MS
"""Who wants to sleep longer has resolved it."""


def open_incident(known: Known, look: Look, command: OpenIncident, envelope: Envelope) -> Decision:
    """Open an incident by hand; it triggers at once. The answer is its id."""
    if flaw := _flaw_of_opening(look, command):
        return flaw
    by = asker(look, envelope)
    incident = numbered("INC", known.number_last + 1)
    ladder = command.ladder or known.tree.root.ladder or DEFAULT_ROOT.ladder
    urgency = command.urgency or known.tree.root.urgency or urgency_of(command.severity)
    opened = IncidentOpened(
        incident=incident, title=command.title.strip(), severity=command.severity, service=command.service,
        ladder=ladder, urgency=urgency, priority=priority_of(impact_of(look, command.service), command.severity),
        trigger_at=envelope.at, by=by, details=command.details,
        urgency_fixed=bool(command.urgency or known.tree.root.urgency),
    )  # fmt: skip
    return Accepted(
        (opened, IncidentTriggered(incident=incident, ladder=ladder, urgency=urgency, why="opened")), incident
    )


def acknowledge_incident(known: Known, look: Look, command: AcknowledgeIncident, envelope: Envelope) -> Decision:
    """Take it on. What a source acknowledged a person may take over; what a person has another cannot take. Who has it
    may do so again, where an acknowledgement lapses."""
    incident = found_open(known, command.incident)
    by = person(look, envelope, command.user)
    if isinstance(incident, Rejected):
        return incident
    if isinstance(by, Rejected):
        return by
    if incident.status == "acknowledged" and incident.acknowledged_by == by and not incident.acknowledged_until:
        return Accepted()
    if incident.status == "acknowledged" and not (incident.is_senders or incident.acknowledged_by == by):
        return Rejected(
            "incident_already_acknowledged",
            f"{incident.id} was acknowledged by {incident.acknowledged_by}; reassign it to take it over",
        )
    return Accepted((acknowledged(look, incident, by, envelope.at),))


def unacknowledge_incident(known: Known, command: UnacknowledgeIncident) -> Decision:
    """Give it back: it triggers again."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    if incident.status != "acknowledged":
        return Rejected("incident_not_acknowledged", f"nobody has acknowledged {incident.id}")
    return _muted(incident) or Accepted((triggered(incident, "unacknowledged"),))


def resolve_incident(known: Known, look: Look, command: ResolveIncident, envelope: Envelope) -> Decision:
    """End it; its alerts end by reaction. What is resolved already stays as it is: two people may press at once."""
    incident = found(known, command.incident)
    by = person(look, envelope, command.user)
    if isinstance(incident, Rejected):
        return incident
    if isinstance(by, Rejected):
        return by
    if not incident.is_open:
        return Accepted()
    return Accepted((IncidentResolved(incident=incident.id, by=by, how="manual"),))


def reopen_incident(known: Known, look: Look, command: ReopenIncident, envelope: Envelope) -> Decision:
    """Open it again: it triggers, unless a rule keeps all its open alerts from paging."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if incident.is_open:
        return Accepted()
    if incident.merged_into:
        return Rejected("incident_merged", f"{incident.id} was merged into {incident.merged_into}; reopen that one")
    back = (IncidentReopened(incident=incident.id, by=by), *caught_up(look, incident))
    if rule := hushed_by(look, incident, envelope.at):
        return Accepted((*back, IncidentMuted(incident=incident.id, rule=rule)))
    return Accepted((*back, triggered(incident, "reopened")))


def snooze_incident(known: Known, look: Look, command: SnoozeIncident, envelope: Envelope) -> Decision:
    """Let it sleep."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if not envelope.at < command.until <= envelope.at + SNOOZE_MS_MAX:
        days = SNOOZE_MS_MAX // DAY_MS
        return Rejected("snooze_out_of_range", f"until is {command.until}; it must lie ahead, within {days} days")
    if incident.snoozed_until == command.until:
        return Accepted()
    return Accepted((IncidentSnoozed(incident=incident.id, until=command.until, by=by),))


def reassign_incident(known: Known, look: Look, command: ReassignIncident, envelope: Envelope) -> Decision:
    """Give it to another ladder or person, who is paged now (a muted one: when it may page)."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if bool(command.ladder) == bool(command.user):
        return Rejected("one_target_needed", "name either a ladder or a user")
    if command.ladder and look.oncall.ladder(command.ladder) is None:
        return Rejected("ladder_unknown", f"ladder {command.ladder!r} does not exist")
    if command.user and not _is_active(look, command.user):
        return Rejected("user_unknown", f"user {command.user!r} does not exist or is not active")
    given = IncidentReassigned(incident=incident.id, by=by, ladder=command.ladder, user=command.user)
    if incident.muted_by:
        return Accepted((given,))
    ladder = command.ladder or incident.ladder
    call = IncidentTriggered(
        incident=incident.id, ladder=ladder, urgency=incident.urgency, why="reassigned", user=command.user
    )
    return Accepted((given, call))


def escalate_incident(known: Known, look: Look, command: EscalateIncident, envelope: Envelope) -> Decision:
    """Ask for the next rung now. Where nobody is being called (acknowledged, asleep, waiting), calling begins, with the
    rung after the one that was answered; where nobody ever was, the next rung is the first."""
    incident = found_open(known, command.incident)
    by = person(look, envelope, command.user)
    if isinstance(incident, Rejected):
        return incident
    if isinstance(by, Rejected):
        return by
    if flaw := _muted(incident):
        return flaw
    asked, call = IncidentEscalated(incident=incident.id, by=by), triggered(incident, "escalated")
    if incident.is_waiting:
        return Accepted((asked, call))
    is_calling = incident.status == "triggered" and not incident.is_asleep(envelope.at)
    return Accepted((asked,) if is_calling else (call, asked))


def set_priority(known: Known, look: Look, command: SetPriority, envelope: Envelope) -> Decision:
    """Change the priority, and the urgency with it. The severity stays what the alerts say."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if command.priority not in PRIORITIES:
        return Rejected("priority_unknown", f"{command.priority!r} must be one of {', '.join(PRIORITIES)}")
    if command.priority == incident.priority:
        return Accepted()
    urgency = urgency_of_priority(command.priority, incident.urgency)
    return Accepted(
        (
            PrioritySet(
                incident=incident.id, priority=command.priority, severity=incident.severity, urgency=urgency, by=by
            ),
        )
    )


def add_note(known: Known, look: Look, command: AddNote, envelope: Envelope) -> Decision:
    """Write on the timeline; closed incidents take notes too."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if not command.text.strip():
        return Rejected("note_empty", "write something")
    if len(command.text) > TEXT_LENGTH_MAX:
        return Rejected("note_too_long", f"{len(command.text)} characters; {TEXT_LENGTH_MAX} are allowed")
    if incident.notes >= NOTES_MAX:
        return Rejected("too_many_notes", f"{incident.id} has {NOTES_MAX} notes; write into an article instead")
    return Accepted((NoteAdded(incident=incident.id, by=by, text=command.text),))


def _muted(incident: Incident) -> Rejected | None:
    if not incident.muted_by:
        return None
    return Rejected("incident_muted", f"{incident.muted_by} keeps {incident.id} from paging; end that first")


def _is_active(look: Look, user: str) -> bool:
    known = look.people.user(user)
    return known is not None and known.active


def _flaw_of_opening(look: Look, command: OpenIncident) -> Rejected | None:
    if not 0 < len(command.title.strip()) <= TITLE_LENGTH_MAX:
        return Rejected("title_invalid", f"the title must have 1 to {TITLE_LENGTH_MAX} characters")
    if len(command.details) > TEXT_LENGTH_MAX:
        return Rejected("details_too_long", f"{len(command.details)} characters; {TEXT_LENGTH_MAX} are allowed")
    if command.severity not in SEVERITIES:
        return Rejected("severity_unknown", f"{command.severity!r} must be one of {', '.join(SEVERITIES)}")
    if command.urgency and command.urgency not in URGENCIES:
        return Rejected("urgency_unknown", f"{command.urgency!r} must be one of {', '.join(URGENCIES)}, or empty")
    if command.service and look.items.service(command.service) is None:
        return Rejected("service_unknown", f"service {command.service!r} does not exist; create it or leave it empty")
    if command.ladder and look.oncall.ladder(command.ladder) is None:
        return Rejected("ladder_unknown", f"ladder {command.ladder!r} does not exist; create it or leave it empty")
    return None
