"""What incidents must be remembered to decide.

Law: only `evolve` writes. Incidents are frozen; only their table of alerts is changed in place, because it may hold ten
thousand. Timers are rows: `trigger:<incident>`, `wake:<incident>`, `lapse:<incident>`.
"""

from __future__ import annotations

from typing import assert_never

import msgspec
from msgspec.structs import replace

from tocsin.core.incidents.events import (
    ActUndone,
    AlertEnded,
    AlertHeard,
    AlertHushed,
    AlertReturned,
    AlertsJoined,
    AlertUnrouted,
    HelperCalled,
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentMerged,
    IncidentMuted,
    IncidentOpened,
    IncidentReassigned,
    IncidentReopened,
    IncidentResolved,
    IncidentsEvent,
    IncidentsForgotten,
    IncidentSnoozed,
    IncidentTriggered,
    IncidentUnmuted,
    MessagePosted,
    NoteAdded,
    PrioritySet,
    RoutesSet,
    SnoozeEnded,
    StatusUpdated,
)
from tocsin.core.incidents.rules.tree import DEFAULT_ROOT, Tree
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Moment, Stamp
from tocsin.kernel.moment import HOUR_MS

FORGET_INTERVAL_MS = HOUR_MS
"""Forgetting is housekeeping: seldom and in bulk."""

TRIGGER = "trigger:"
WAKE = "wake:"
LAPSE = "lapse:"

NEVER = Moment(0)
_UNANSWERED = {"acknowledged_at": NEVER, "acknowledged_by": "", "acknowledged_until": NEVER}
ALERTS_RESOLVED = "alerts_resolved"
"""How an incident ends whose alerts all did."""


class Member(msgspec.Struct, frozen=True, gc=False):
    """An alert in an incident. `rule` (with its `revision`) keeps it from paging, empty for nothing."""

    severity: str
    title: str
    joined_at: Moment
    rule: str = ""
    revision: int = 0
    is_over: bool = False
    ended_at: Moment = NEVER


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How an incident stood before the last act of a person, or before it ended with its alerts: what `by` did at `at`,
    as in ActUndone."""

    act: str
    by: str
    at: Moment
    status: str
    ladder: str
    user: str
    acknowledged_at: Moment
    acknowledged_by: str
    snoozed_until: Moment
    acknowledged_until: Moment


class Incident(msgspec.Struct, frozen=True, gc=False):
    """An incident. `status` is `triggered`, `acknowledged` or `resolved`. Moments of 0: not yet, or not any more.
    `user` is who it was given to instead of the ladder; `by` the person who opened it, empty for alerts; `muted_by` the
    rule that keeps it from paging; `merged_into` the incident its alerts moved to; `status_text` what a person last
    said of how it stands; `before` how it stood before the last act or end, if that can be undone; `calls`, `reopened`,
    `notes` and `messages` count. `alerts` are by alert number."""

    id: str
    number: int
    title: str
    severity: str
    service: str
    ladder: str
    urgency: str
    priority: str
    opened_at: Moment
    trigger_at: Moment
    route: str = ""
    routes_revision: int = 0
    group_key: str = ""
    group_labels: dict[str, str] = {}
    by: str = ""
    details: str = ""
    urgency_fixed: bool = False
    status: str = "triggered"
    user: str = ""
    triggered_at: Moment = NEVER
    calls: int = 0
    acknowledged_at: Moment = NEVER
    acknowledged_by: str = ""
    acknowledged_until: Moment = NEVER
    resolved_at: Moment = NEVER
    resolved_by: str = ""
    how: str = ""
    snoozed_until: Moment = NEVER
    muted_by: str = ""
    merged_into: str = ""
    reopened: int = 0
    notes: int = 0
    messages: int = 0
    status_text: str = ""
    status_at: Moment = NEVER
    status_by: str = ""
    before: Standing | None = None
    open_count: int = 0
    hushed_count: int = 0
    alerts: dict[int, Member] = {}

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status != "resolved"

    @property
    def is_waiting(self) -> bool:
        """Whether it never triggered since it was opened."""
        return not self.calls

    @property
    def is_senders(self) -> bool:
        """Whether it was last acknowledged at the senders of its alerts, and by no person here."""
        return self.acknowledged_by.startswith("source:")

    @property
    def last_act(self) -> Standing | None:
        """How it stood before the last act of a person, if that can be undone."""
        return None if self.before is None or self.before.act == ALERTS_RESOLVED else self.before

    def is_asleep(self, at: Moment) -> bool:
        """Whether it is snoozed at this instant."""
        return self.snoozed_until > at


class State(msgspec.Struct):
    """Tables; only `evolve` writes them. `open` and `closed` are incidents in the order they opened and resolved;
    `by_key` is the incident that new alerts of a group key find, the latest; `older` one that was reopened while that
    is open; `homes` the incidents an alert belongs to; `statuses` counts."""

    number_last: int = 0
    tree: Tree = msgspec.field(default_factory=lambda: Tree(0, DEFAULT_ROOT))
    incidents: dict[str, Incident] = {}
    open: dict[str, None] = {}
    closed: dict[str, None] = {}
    by_key: dict[str, str] = {}
    older: dict[str, str] = {}
    homes: dict[int, tuple[str, ...]] = {}
    statuses: dict[str, int] = {}
    timers: Agenda = msgspec.field(default_factory=Agenda)
    closed_from: Moment | None = None
    forget_after: Moment = NEVER

    def forget_at(self, memory_ms: int) -> Moment | None:
        """When the oldest closed incident leaves memory, None while none is closed."""
        if self.closed_from is None:
            return None
        return max(Moment(self.closed_from + memory_ms), self.forget_after)


def evolve(state: State, event: IncidentsEvent, stamp: Stamp) -> None:
    """Fold one event. The commonest come first."""
    match event:
        case AlertsJoined():
            _join(state, event, stamp.at)
        case AlertEnded():
            _end(state, event, stamp.at)
        case IncidentOpened():
            _open(state, event, stamp.at)
        case IncidentTriggered():
            _trigger(state, event, stamp)
        case IncidentResolved():
            _resolve(state, event, stamp.at)
        case AlertReturned():
            _return(state, event)
        case AlertHushed():
            _hush(state, event.incident, event.alert, event.rule, event.revision)
        case AlertHeard():
            _hush(state, event.incident, event.alert, "", 0)
        case IncidentMuted() | IncidentUnmuted() | IncidentSnoozed() | SnoozeEnded():
            _quiet(state, event, stamp.at)
        case ActUndone():
            _undo(state, event, stamp.at)
        case IncidentAcknowledged():
            _acknowledge(state, event, stamp.at)
        case IncidentReopened():
            _reopen(state, event, stamp.at)
        case IncidentMerged():
            _merge(state, event)
        case IncidentReassigned():
            _reassign(state, event, stamp.at)
        case PrioritySet():
            _put(state, event.incident, priority=event.priority, severity=event.severity, urgency=event.urgency)
        case NoteAdded():
            _put(state, event.incident, notes=state.incidents[event.incident].notes + 1)
        case MessagePosted():
            _put(state, event.incident, messages=state.incidents[event.incident].messages + 1)
        case StatusUpdated():
            _put(state, event.incident, status_text=event.text, status_at=stamp.at, status_by=event.by)
        case RoutesSet():
            state.tree = Tree(event.revision, event.root)
        case IncidentsForgotten():
            _forget(state, event, stamp.at)
        case AlertUnrouted() | IncidentEscalated() | HelperCalled():
            pass
        case _:
            assert_never(event)


def _put(state: State, incident: str, **changes: object) -> None:
    state.incidents[incident] = replace(state.incidents[incident], **changes)


def _put_status(state: State, incident: str, status: str, **changes: object) -> None:
    old = state.incidents[incident]
    state.statuses[old.status] -= 1
    state.statuses[status] = state.statuses.get(status, 0) + 1
    state.incidents[incident] = replace(old, status=status, **changes)


def _acted(incident: Incident, act: str, by: str, at: Moment) -> Standing:
    """How it stands, just before this is done to it."""
    return Standing(
        act, by, at, incident.status, incident.ladder, incident.user, incident.acknowledged_at,
        incident.acknowledged_by, incident.snoozed_until, incident.acknowledged_until,
    )  # fmt: skip


def _still(state: State, incident: str) -> None:
    """Stop the timers of an incident."""
    for kind in (TRIGGER, WAKE, LAPSE):
        state.timers.drop(kind + incident)


def _open(state: State, event: IncidentOpened, at: Moment) -> None:
    number = number_of(event.incident, "INC")
    assert number == state.number_last + 1, f"{event.incident} does not follow INC-{state.number_last}"
    state.number_last = number
    state.incidents[event.incident] = Incident(
        id=event.incident, number=number, title=event.title, severity=event.severity, service=event.service,
        ladder=event.ladder, urgency=event.urgency, priority=event.priority, opened_at=at,
        trigger_at=event.trigger_at, route=event.route, routes_revision=event.routes_revision,
        group_key=event.group_key, group_labels=event.group_labels, by=event.by, details=event.details,
        urgency_fixed=event.urgency_fixed,
    )  # fmt: skip
    state.open[event.incident] = None
    state.statuses["triggered"] = state.statuses.get("triggered", 0) + 1
    if event.group_key:
        state.by_key[event.group_key] = event.incident
    if event.trigger_at > at:
        state.timers.set(TRIGGER + event.incident, event.trigger_at)


def _join(state: State, event: AlertsJoined, at: Moment) -> None:
    name, homes = event.incident, state.homes
    members = state.incidents[name].alerts
    own, theirs = (name,), homes.get(next(reversed(members), 0))
    own = theirs if theirs == own else own  # the alerts of an incident share one tuple
    joined = 0
    for number, severity, title in zip(event.alerts, event.severities, event.titles, strict=True):
        old = members.get(number)
        if old is not None and not old.is_over:  # it was held by a closed incident that is open again
            _hush(state, name, number, "", 0)
            continue
        joined += 1
        members[number] = Member(severity, title, at)
        others = homes.get(number)
        if others is None:
            homes[number] = own
        elif name not in others:
            homes[number] = (*others, name)
    incident = state.incidents[name]
    state.incidents[name] = replace(incident, open_count=incident.open_count + joined)


def _end(state: State, event: AlertEnded, at: Moment) -> None:
    incident = state.incidents[event.incident]
    old = incident.alerts[event.alert]
    assert not old.is_over, f"ALT-{event.alert} of {event.incident} is over already"
    incident.alerts[event.alert] = replace(old, is_over=True, ended_at=at)
    hushed = incident.hushed_count - bool(old.rule)
    state.incidents[event.incident] = replace(incident, open_count=incident.open_count - 1, hushed_count=hushed)


def _return(state: State, event: AlertReturned) -> None:
    incident = state.incidents[event.incident]
    old = incident.alerts[event.alert]
    assert old.is_over, f"ALT-{event.alert} of {event.incident} is open already"
    incident.alerts[event.alert] = replace(old, is_over=False, ended_at=NEVER)
    hushed = incident.hushed_count + bool(old.rule)
    state.incidents[event.incident] = replace(incident, open_count=incident.open_count + 1, hushed_count=hushed)


def _hush(state: State, incident: str, number: int, rule: str, revision: int) -> None:
    alerts = state.incidents[incident].alerts
    old = alerts[number]
    alerts[number] = replace(old, rule=rule, revision=revision)
    change = bool(rule) - bool(old.rule)
    if change:
        _put(state, incident, hushed_count=state.incidents[incident].hushed_count + change)


def _trigger(state: State, event: IncidentTriggered, stamp: Stamp) -> None:
    incident = state.incidents[event.incident]
    before = incident.before if event.why == "reassigned" else None  # told just before, in the same decision
    if event.why == "unacknowledged":
        before = _acted(incident, "given_back", stamp.actor, stamp.at)
    if incident.status != "triggered":
        _put_status(state, event.incident, "triggered", **_UNANSWERED)
        incident = state.incidents[event.incident]
    state.incidents[event.incident] = replace(
        incident, urgency=event.urgency, triggered_at=stamp.at, calls=incident.calls + 1, snoozed_until=NEVER,
        before=before,
    )  # fmt: skip
    _still(state, event.incident)


def _acknowledge(state: State, event: IncidentAcknowledged, at: Moment) -> None:
    before = _acted(state.incidents[event.incident], "acknowledged", event.by, at)
    _put_status(
        state, event.incident, "acknowledged", acknowledged_at=at, acknowledged_by=event.by,
        acknowledged_until=event.until, snoozed_until=NEVER, before=before,
    )  # fmt: skip
    _wait(state, event.incident, at)


def _resolve(state: State, event: IncidentResolved, at: Moment) -> None:
    act = "resolved" if event.how == "manual" else event.how
    before = _acted(state.incidents[event.incident], act, event.by, at) if act != "merged" else None
    _put_status(
        state, event.incident, "resolved", resolved_at=at, resolved_by=event.by, how=event.how, snoozed_until=NEVER,
        muted_by="", before=before,
    )  # fmt: skip
    _still(state, event.incident)
    del state.open[event.incident]
    state.closed[event.incident] = None
    _hand_down(state, event.incident)
    if state.closed_from is None:
        state.closed_from = at


def _hand_down(state: State, ended: str) -> None:
    """The next alerts of the group find the older incident that is open still, not the one that ended."""
    incident = state.incidents[ended]
    older = state.older.get(incident.group_key, "")
    if older == ended:
        del state.older[incident.group_key]
    elif older and state.by_key.get(incident.group_key) == ended and not incident.merged_into:
        state.by_key[incident.group_key] = state.older.pop(incident.group_key)


def _reopen(state: State, event: IncidentReopened, at: Moment) -> None:
    old = state.incidents[event.incident]
    _put_status(
        state, event.incident, "triggered", resolved_at=NEVER, resolved_by="", how="", reopened=old.reopened + 1,
        before=None, **_UNANSWERED,
    )  # fmt: skip
    del state.closed[event.incident]
    state.open[event.incident] = None
    _note_oldest(state)
    latest = state.incidents.get(state.by_key.get(old.group_key, ""))
    if old.group_key and (latest is None or not latest.is_open):
        state.by_key[old.group_key] = event.incident
    elif old.group_key:
        state.older[old.group_key] = event.incident
    _wait(state, event.incident, at)


def _merge(state: State, event: IncidentMerged) -> None:
    """The alerts joined the other incident already; here only those that are over stay."""
    incident = state.incidents[event.incident]
    for number in [number for number, member in incident.alerts.items() if not member.is_over]:
        del incident.alerts[number]
        state.homes[number] = tuple(home for home in state.homes[number] if home != event.incident)
    _put(state, event.incident, merged_into=event.into, open_count=0, hushed_count=0)


def _quiet(state: State, event: IncidentMuted | IncidentUnmuted | IncidentSnoozed | SnoozeEnded, at: Moment) -> None:
    """A muted incident has no timers, so that none can page; they go on where they were when it is unmuted."""
    match event:
        case IncidentMuted():
            _put(state, event.incident, muted_by=event.rule)
        case IncidentUnmuted():
            _put(state, event.incident, muted_by="")
        case IncidentSnoozed():
            before = _acted(state.incidents[event.incident], "snoozed", event.by, at)
            _put(state, event.incident, snoozed_until=event.until, before=before)
        case SnoozeEnded():
            _put(state, event.incident, snoozed_until=NEVER, before=None)
    _wait(state, event.incident, at)


def _undo(state: State, event: ActUndone, at: Moment) -> None:
    _put_status(
        state, event.incident, event.status, ladder=event.ladder, user=event.user,
        acknowledged_at=event.acknowledged_at, acknowledged_by=event.acknowledged_by,
        acknowledged_until=event.acknowledged_until, snoozed_until=event.snoozed_until, before=None,
    )  # fmt: skip
    _wait(state, event.incident, at)


def _wait(state: State, name: str, at: Moment) -> None:
    """Set the timer an incident that nobody is called for waits on."""
    _still(state, name)
    incident = state.incidents[name]
    if incident.muted_by:
        return
    if incident.snoozed_until > at:
        state.timers.set(WAKE + incident.id, incident.snoozed_until)
    elif incident.status == "acknowledged":
        if incident.acknowledged_until > at:
            state.timers.set(LAPSE + incident.id, incident.acknowledged_until)
    elif incident.is_waiting and incident.trigger_at > at:
        state.timers.set(TRIGGER + incident.id, incident.trigger_at)


def _reassign(state: State, event: IncidentReassigned, at: Moment) -> None:
    old = state.incidents[event.incident]
    ladder, before = event.ladder or old.ladder, _acted(old, "reassigned", event.by, at)
    _put_status(
        state, event.incident, "triggered", ladder=ladder, user=event.user, snoozed_until=NEVER, before=before,
        **_UNANSWERED,
    )  # fmt: skip
    _still(state, event.incident)


def _forget(state: State, event: IncidentsForgotten, at: Moment) -> None:
    gone: dict[str, str] = {}
    for name in event.incidents:
        incident = state.incidents.pop(name)
        gone[name] = incident.merged_into
        del state.closed[name]
        state.statuses["resolved"] -= 1
        for number in incident.alerts:
            homes = tuple(home for home in state.homes[number] if home != name)
            if homes:
                state.homes[number] = homes
            else:
                del state.homes[number]
    for key in [key for key, name in state.by_key.items() if name in gone]:
        name = state.by_key.pop(key)
        while name in gone:
            name = gone[name]
        if name:  # what it was merged into may be open for longer, and alerts of its group go on to follow
            state.by_key[key] = name
    _note_oldest(state)
    state.forget_after = Moment(at + FORGET_INTERVAL_MS)


def _note_oldest(state: State) -> None:
    """Note since when the oldest closed incident is closed."""
    oldest = next(iter(state.closed), None)
    state.closed_from = None if oldest is None else state.incidents[oldest].resolved_at
