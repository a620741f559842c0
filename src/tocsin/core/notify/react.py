"""What notify does when something happens to an incident: escalate, stop, or hurry."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.incidents.events import (
    ActUndone,
    HelperCalled,
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentMerged,
    IncidentMuted,
    IncidentResolved,
    IncidentSnoozed,
    IncidentTriggered,
    PrioritySet,
    SnoozeEnded,
)
from tocsin.core.incidents.views import View as Incidents
from tocsin.core.notify.commands import RAISED, HastenRun, PageHelpers, ResumeRun, StartRun, StopRun
from tocsin.core.notify.views import View
from tocsin.kernel.message import Command, Event, Stamp

HEARS: tuple[type[Event], ...] = (
    IncidentTriggered,
    IncidentAcknowledged,
    IncidentResolved,
    IncidentSnoozed,
    IncidentMerged,
    IncidentMuted,
    IncidentEscalated,
    PrioritySet,
    HelperCalled,
    SnoozeEnded,
    ActUndone,
)


UNDONE = "act_undone"


class Look(Protocol):
    """The views this room reads to react."""

    @property
    def incidents(self) -> Incidents: ...
    @property
    def notify(self) -> View: ...


def react(look: Look, event: Event, stamp: Stamp) -> tuple[Command, ...]:
    """A foreign event in, own commands out."""
    match event:
        case IncidentTriggered():
            return (StartRun(event.incident, event.ladder, event.user, event.urgency, event.why),)
        case IncidentAcknowledged():
            return (StopRun(event.incident, "acknowledged"),)
        case IncidentResolved():
            return (StopRun(event.incident, "merged" if event.how == "merged" else "resolved"),)
        case IncidentSnoozed():
            return (StopRun(event.incident, "snoozed"),)
        case IncidentMerged():
            return (StopRun(event.incident, "merged"),)
        case IncidentMuted():
            return (StopRun(event.incident, "muted"),)
        case IncidentEscalated():
            return (HastenRun(event.incident),)
        case HelperCalled():
            return (PageHelpers(event.incident, event.users, event.by, event.text),)
        case SnoozeEnded() if event.is_calling:
            return _resumed(look, event.incident, "snooze_ended")
        case ActUndone():
            return _resumed(look, event.incident, UNDONE) if event.is_calling else (StopRun(event.incident, UNDONE),)
        case PrioritySet():
            return _priority_set(look, event)
        case _:
            return ()


def _resumed(look: Look, incident: str, why: str) -> tuple[Command, ...]:
    """Calling goes on for whom the incident was given to."""
    found = look.incidents.incident(incident)
    assert found is not None, f"{incident} is called for and is not in memory"
    return (ResumeRun(incident, found.ladder, found.user, found.urgency, why),)


def _priority_set(look: Look, event: PrioritySet) -> tuple[Command, ...]:
    """An incident that became urgent while it waited for the morning pages now; one that calmed down is left alone."""
    run = look.notify.known.runs.get(event.incident)
    if run is None or run.urgency == "high" or event.urgency != "high":
        return ()
    return (StartRun(run.incident, run.ladder, run.user, "high", RAISED),)
