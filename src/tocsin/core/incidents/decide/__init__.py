"""What follows from a command to incidents. One file a theme: routes, alerts, what people do, undo and
say, and what time brings."""

from __future__ import annotations

from typing import assert_never

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EndSnooze,
    EscalateIncident,
    FollowAlert,
    IncidentsCommand,
    MergeIncident,
    OpenIncident,
    PageHelper,
    PostMessage,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    RouteAlerts,
    SetPriority,
    SetRoutes,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
    UpdateStatus,
)
from tocsin.core.incidents.decide.alerts import follow_alert, route_alerts
from tocsin.core.incidents.decide.known import Known, Look
from tocsin.core.incidents.decide.life import (
    acknowledge_incident,
    add_note,
    escalate_incident,
    open_incident,
    reassign_incident,
    reopen_incident,
    resolve_incident,
    set_priority,
    snooze_incident,
    unacknowledge_incident,
)
from tocsin.core.incidents.decide.merge import merge_incident
from tocsin.core.incidents.decide.room import page_helper, post_message, update_status
from tocsin.core.incidents.decide.routes import set_routes
from tocsin.core.incidents.decide.tick import tick
from tocsin.core.incidents.decide.undo import end_snooze, undo_act
from tocsin.kernel.message import Decision, Envelope, Tick


def decide(known: Known, look: Look, command: IncidentsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command. The commonest come first."""
    match command:
        case RouteAlerts():
            return route_alerts(known, look, command, envelope.at)
        case FollowAlert():
            return follow_alert(known, look, command, envelope.at)
        case Tick():
            return tick(known, envelope.at, look.incidents.memory_ms, command.rows)
        case AcknowledgeIncident():
            return acknowledge_incident(known, look, command, envelope)
        case UnacknowledgeIncident():
            return unacknowledge_incident(known, command)
        case ResolveIncident():
            return resolve_incident(known, look, command, envelope)
        case ReopenIncident():
            return reopen_incident(known, look, command, envelope)
        case MergeIncident():
            return merge_incident(known, look, command, envelope)
        case SnoozeIncident():
            return snooze_incident(known, look, command, envelope)
        case EndSnooze():
            return end_snooze(known, look, command, envelope)
        case UndoAct():
            return undo_act(known, look, command, envelope)
        case ReassignIncident():
            return reassign_incident(known, look, command, envelope)
        case EscalateIncident():
            return escalate_incident(known, look, command, envelope)
        case SetPriority():
            return set_priority(known, look, command, envelope)
        case AddNote():
            return add_note(known, look, command, envelope)
        case PostMessage():
            return post_message(known, look, command, envelope)
        case UpdateStatus():
            return update_status(known, look, command, envelope)
        case PageHelper():
            return page_helper(known, look, command, envelope)
        case OpenIncident():
            return open_incident(known, look, command, envelope)
        case SetRoutes():
            return set_routes(known, look, command)
        case _:
            assert_never(command)
