"""What notify does when something happens to an incident: escalate, stop, or hurry."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.incidents.events import (
    HelperCalled,
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentMerged,
    IncidentMuted,
    IncidentResolved,
    IncidentSnoozed,
    IncidentTriggered,
    PrioritySet,
)
from tocsin.core.notify.commands import HastenRun, PageHelpers, StartRun, StopRun
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
)


class Look(Protocol):
    """The views this room reads to react."""

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
        case PrioritySet():
            return _priority_set(look, event)
        case _:
            return ()


def _priority_set(look: Look, event: PrioritySet) -> tuple[Command, ...]:
    """An incident that became urgent while it waited for the morning pages now; one that calmed down is left alone."""
    run = look.notify.known.runs.get(event.incident)
    if run is None or run.urgency == "high" or event.urgency != "high":
        return ()
    return (StartRun(run.incident, run.ladder, run.user, "high", "raised"),)
