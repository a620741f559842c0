"""What incidents does when something happens to an alert or to whoever has an incident, and what the end of an incident
means for its alerts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from tocsin.core.alerts.commands import ReopenAlert, ResolveAlert
from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertReleased,
    AlertReopened,
    AlertResolved,
    AlertsFired,
    AlertSuppressed,
)
from tocsin.core.alerts.views import View as Alerts
from tocsin.core.incidents.commands import FollowAlert, RouteAlerts, UnacknowledgeIncident
from tocsin.core.incidents.events import ActUndone, IncidentResolved, RoutesSet
from tocsin.core.incidents.views import View, returning
from tocsin.core.people.events import UserRemoved
from tocsin.kernel.message import Command, Event, Stamp

HEARS: tuple[type[Event], ...] = (
    AlertsFired,
    AlertChanged,
    AlertAcknowledged,
    AlertResolved,
    AlertReopened,
    AlertSuppressed,
    AlertReleased,
    IncidentResolved,
    ActUndone,
    RoutesSet,
    UserRemoved,
)

REROUTED_MAX = 10_000
"""Alerts tried again with a new tree: under a second of the loop all share. The rest are when they change."""


class Look(Protocol):
    """The views this room reads to react."""

    @property
    def alerts(self) -> Alerts: ...
    @property
    def incidents(self) -> View: ...


def react(look: Look, event: Event, stamp: Stamp) -> tuple[Command, ...]:
    """A foreign event in, own or lower commands out."""
    match event:
        case AlertsFired():
            return (RouteAlerts(alerts=tuple(range(event.first, event.first + len(event.signals)))),)
        case AlertReleased():
            return (RouteAlerts(alerts=(event.alert,)),)
        case AlertChanged():
            return (FollowAlert(alert=event.alert, what="changed"),)
        case AlertAcknowledged():
            return (FollowAlert(alert=event.alert, what="acknowledged"),)
        case AlertResolved():
            return (FollowAlert(alert=event.alert, what="ended"),)
        case AlertReopened():
            return (FollowAlert(alert=event.alert, what="reopened", by=stamp.actor),)
        case AlertSuppressed():
            return _suppressed(look, event)
        case IncidentResolved() if event.how == "manual":
            return _resolved(look, event.incident)
        case ActUndone() if event.acted_at:
            return tuple(ReopenAlert(alert=number) for number in _returning(look, event, stamp))
        case RoutesSet():
            return (RouteAlerts(alerts=tuple(islice(_unrouted(look), REROUTED_MAX))),)
        case UserRemoved():
            return tuple(_left_behind(look, event.user, stamp))
        case _:
            return ()


def _suppressed(look: Look, event: AlertSuppressed) -> tuple[Command, ...]:
    """An alert not routed yet needs no following: when its turn comes it is seen to be suppressed."""
    if not look.incidents.incidents_of(event.alert):
        return ()
    return (FollowAlert(alert=event.alert, what="hushed", rule=event.rule, revision=event.revision),)


def _resolved(look: Look, incident: str) -> tuple[Command, ...]:
    """Alerts end with the incident a person resolved, so that a repeat opens anew; not those that another open
    incident still holds for its own people."""
    ended = look.incidents.incident(incident)
    assert ended is not None, f"{incident} was resolved and is not in memory"
    return tuple(
        ResolveAlert(alert=number)
        for number, member in ended.alerts.items()
        if not member.is_over and not _is_held(look, number)
    )


def _returning(look: Look, event: ActUndone, stamp: Stamp) -> Iterator[int]:
    """The alerts that ended with an incident which is open again."""
    again = look.incidents.incident(event.incident)
    assert again is not None, f"{event.incident} was undone and is not in memory"
    return returning(look.alerts, again, event.acted_at, stamp.at)


def _left_behind(look: Look, user: str, stamp: Stamp) -> Iterator[Command]:
    """What a person had taken on who is gone, nobody has: it calls again. One that sleeps calls when it wakes."""
    for incident in look.incidents.open_incidents():
        if incident.acknowledged_by == user and not incident.is_asleep(stamp.at) and not incident.muted_by:
            yield UnacknowledgeIncident(incident.id)


def _unrouted(look: Look) -> Iterator[int]:
    """The open alerts nobody was told of because no route took them, oldest first."""
    for alert in look.alerts.open_alerts():
        if not look.incidents.incidents_of(alert.number) and not look.alerts.is_suppressed(alert.number):
            yield alert.number


def _is_held(look: Look, alert: int) -> bool:
    homes = (look.incidents.incident(name) for name in look.incidents.incidents_of(alert))
    return any(home is not None and home.is_open for home in homes)
