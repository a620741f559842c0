"""Incidents, their acts and timeline, and the routing tree."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, Router, get, post, put
from litestar.params import Parameter

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SetRoutes,
    SnoozeIncident,
    UnacknowledgeIncident,
)
from tocsin.core.incidents.events import Route
from tocsin.core.incidents.views import Incident, fold_incident
from tocsin.core.intake.events import Content
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Command
from tocsin.shell.i18n import preferred, translator
from tocsin.shell.journal.protocol import Recorded
from tocsin.shell.journal.why import step_of
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Instant, moment, shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, opened_number, sealed
from tocsin.web.problem import ACTS, READS, TAGGED, puts
from tocsin.web.words import namer, told

MEMBERS_SHOWN_MAX = 1_000
"""Alerts shown in an incident; `alert_count` counts all."""


class MemberShown(msgspec.Struct, frozen=True):
    """An alert in an incident; `rule` keeps it from paging, empty for nothing."""

    alert: str
    title: str
    severity: str
    joined_at: datetime
    ended_at: datetime | None
    rule: str


class IncidentShown(msgspec.Struct, frozen=True):
    """An incident. `status` is `triggered`, `acknowledged` or `resolved`; `is_waiting` before its group wait is over,
    `snoozed_until` while it sleeps, `muted_by` the rule that keeps it from paging."""

    id: str
    title: str
    status: str
    severity: str
    urgency: str
    priority: str
    service: str
    team: str
    ladder: str
    user: str
    opened_at: datetime
    triggered_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolved_by: str
    how: str
    is_waiting: bool
    snoozed_until: datetime | None
    muted_by: str
    merged_into: str
    route: str
    routes_revision: int
    group_labels: dict[str, str]
    opened_by: str
    details: str
    reopened: int
    alert_count: int
    alert_open_count: int
    alerts: tuple[MemberShown, ...]


class NewIncident(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An incident to open by hand. Empty `ladder` and `urgency`: the root route's."""

    title: str
    severity: str = "high"
    service: str = ""
    ladder: str = ""
    urgency: str = ""
    details: str = ""


class Into(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The incident to merge into."""

    into: str


class Until(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when it sleeps."""

    until: Instant


class Assignee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ladder or a person; exactly one."""

    ladder: str = ""
    user: str = ""


class Priority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`P1` to `P5`."""

    priority: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note for the timeline."""

    text: str


class Happening(msgspec.Struct, frozen=True):
    """One event of a timeline, in words."""

    seq: int
    at: datetime
    type: str
    actor: str
    text: str


class RoutesShown(msgspec.Struct, frozen=True):
    """The routing tree; revision 0: none was ever set, this is the default."""

    revision: int
    root: Route


class SimulationAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert to send through the tree, or through another tree that is not set yet."""

    labels: dict[str, str]
    title: str = "simulation"
    severity: str = "high"
    annotations: dict[str, str] = {}
    source: str = ""
    root: Route | None = None


class TrialShown(msgspec.Struct, frozen=True):
    """What one node said."""

    path: str
    entered: bool
    why: str
    decides: bool


class LandingShown(msgspec.Struct, frozen=True):
    """Where the alert would go. Empty `urgency`: by severity."""

    path: str
    service: str
    ladder: str
    urgency: str
    group_wait_s: int
    group_key: str
    group_labels: dict[str, str]


class SimulationShown(msgspec.Struct, frozen=True):
    """Every node asked, and where the alert lands; nowhere: it would page nobody."""

    revision: int
    trials: tuple[TrialShown, ...]
    landings: tuple[LandingShown, ...]


def show_incident(call: OneCall, row: Incident) -> IncidentShown:
    """An incident for a client."""
    members = list(row.alerts.items())[:MEMBERS_SHOWN_MAX]
    return IncidentShown(
        id=row.id, title=row.title, status=row.status, severity=row.severity, urgency=row.urgency,
        priority=row.priority, service=row.service, team=call.look.incidents.team_of(row), ladder=row.ladder,
        user=row.user, opened_at=shown(row.opened_at), triggered_at=shown_or_none(row.triggered_at),
        acknowledged_at=shown_or_none(row.acknowledged_at), acknowledged_by=row.acknowledged_by,
        resolved_at=shown_or_none(row.resolved_at), resolved_by=row.resolved_by, how=row.how,
        is_waiting=row.is_open and row.is_waiting, snoozed_until=shown_or_none(row.snoozed_until),
        muted_by=row.muted_by, merged_into=row.merged_into, route=row.route, routes_revision=row.routes_revision,
        group_labels=row.group_labels, opened_by=row.by, details=row.details, reopened=row.reopened,
        alert_count=len(row.alerts), alert_open_count=row.open_count,
        alerts=tuple(
            MemberShown(
                numbered("ALT", number), one.title, one.severity, shown(one.joined_at), shown_or_none(one.ended_at),
                one.rule,
            )
            for number, one in members
        ),
    )  # fmt: skip


@get("/incidents", responses=READS)
async def list_incidents(
    call: Call,
    status: Annotated[str, Parameter(pattern="^(open|triggered|acknowledged|resolved)?$")] = "open",
    service: str = "",
    team: str = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[IncidentShown]:
    """Incidents, newest first; `status` empty for any. A page may be short and yet not the last."""
    found = call.look.incidents.find(status, service, team, opened_number(cursor), limit)
    items = tuple(show_incident(call, row) for row in found.incidents)
    return await call.shown(Page(items, sealed(str(found.before)) if found.before else ""))


@get("/incidents/{incident_id:str}", responses=TAGGED)
async def get_incident(call: Call, incident_id: str) -> Response[IncidentShown]:
    """One incident, from memory or, when it is old, from the journal."""
    id_ = canonical(incident_id)
    row = call.look.incidents.incident(id_) or await from_journal(call, id_)
    return await call.tagged(show_incident(call, required(row, "incident", incident_id)))


@post("/incidents", responses=ACTS, opt={"needs": KNOWN})
async def open_incident(call: Call, data: NewIncident) -> Response[IncidentShown]:
    """Open an incident by hand."""
    decision = await call.ask(
        OpenIncident(data.title, data.severity, data.service, data.ladder, data.urgency, data.details)
    )
    row = required(call.look.incidents.incident(decision.answer), "incident", decision.answer)
    return await call.created(show_incident(call, row), f"/api/v1/incidents/{row.id}")


@post("/incidents/{incident_id:str}/acknowledge", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def acknowledge(call: Call, incident_id: str) -> IncidentShown:
    """Take it on; nobody else is paged for it."""
    return await _act(call, incident_id, AcknowledgeIncident)


@post("/incidents/{incident_id:str}/unacknowledge", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def unacknowledge(call: Call, incident_id: str) -> IncidentShown:
    """Give it back: it triggers again."""
    return await _act(call, incident_id, UnacknowledgeIncident)


@post("/incidents/{incident_id:str}/resolve", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def resolve(call: Call, incident_id: str) -> IncidentShown:
    """End it, and the alerts it holds."""
    return await _act(call, incident_id, ResolveIncident)


@post("/incidents/{incident_id:str}/reopen", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def reopen(call: Call, incident_id: str) -> IncidentShown:
    """Open a resolved incident again."""
    return await _act(call, incident_id, ReopenIncident)


@post("/incidents/{incident_id:str}/escalate", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def escalate(call: Call, incident_id: str) -> IncidentShown:
    """Ask for the next rung now."""
    return await _act(call, incident_id, EscalateIncident)


@post("/incidents/{incident_id:str}/merge", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def merge(call: Call, incident_id: str, data: Into) -> IncidentShown:
    """Merge it into another open incident."""
    return await _act(call, incident_id, lambda id_: MergeIncident(id_, canonical(data.into)))


@post("/incidents/{incident_id:str}/snooze", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def snooze(call: Call, incident_id: str, data: Until) -> IncidentShown:
    """Let it sleep until an instant."""
    return await _act(call, incident_id, lambda id_: SnoozeIncident(id_, moment(data.until)))


@post("/incidents/{incident_id:str}/reassign", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def reassign(call: Call, incident_id: str, data: Assignee) -> IncidentShown:
    """Give it to another ladder or person."""
    return await _act(call, incident_id, lambda id_: ReassignIncident(id_, data.ladder, data.user))


@post("/incidents/{incident_id:str}/priority", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def set_priority(call: Call, incident_id: str, data: Priority) -> IncidentShown:
    """Change the priority."""
    return await _act(call, incident_id, lambda id_: SetPriority(id_, data.priority))


@post("/incidents/{incident_id:str}/notes", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def add_note(call: Call, incident_id: str, data: Note) -> IncidentShown:
    """Write a note on the timeline."""
    return await _act(call, incident_id, lambda id_: AddNote(id_, data.text))


@get("/incidents/{incident_id:str}/timeline", responses=READS)
async def timeline(call: Call, incident_id: str, limit: Limit = 200, cursor: Cursor = "") -> Page[Happening]:
    """What has happened to the incident and its pages, oldest first, in the client's language."""
    id_ = canonical(incident_id)
    after = opened_number(cursor)
    records = await read_subject(call, id_, after, limit + 1)
    if not records and not after:
        required(call.look.incidents.incident(id_), "incident", incident_id)
    say = translator(preferred(call.request.headers.get("accept-language", "")))
    name = namer(call.look)
    items = tuple(_happening(record, say, name) for record in records[:limit])
    return Page(items, sealed(str(items[-1].seq)) if len(records) > limit else "")


@get("/routes", responses=TAGGED)
async def get_routes(call: Call) -> Response[RoutesShown]:
    """The routing tree."""
    return await call.tagged(RoutesShown(*call.look.incidents.routes()))


@put("/routes", responses=puts(RoutesShown), opt={"needs": KNOWN})
async def put_routes(call: Call, data: Route) -> Response[RoutesShown]:
    """Replace the routing tree; open incidents stay as they are."""
    return await call.put(SetRoutes(data), lambda: RoutesShown(*call.look.incidents.routes()), "/api/v1/routes")


@post("/routes/simulate", responses=ACTS, status_code=200)
async def simulate(call: Call, data: SimulationAsked) -> SimulationShown:
    """What the tree would do with an alert, node by node. Changes nothing."""
    content = Content(data.title, data.severity, data.labels, data.annotations)
    found = call.look.incidents.simulate(content, data.source, data.root)
    return await call.shown(
        SimulationShown(
            found.revision,
            tuple(TrialShown(one.path, one.entered, one.why, one.decides) for one in found.trials),
            tuple(
                LandingShown(
                    one.leaf.path, one.service, one.leaf.ladder, one.leaf.urgency, one.leaf.group_wait_s,
                    one.group_key, one.group_labels,
                )
                for one in found.landings
            ),
        )
    )  # fmt: skip


def canonical(incident_id: str) -> str:
    """`INC-7` for `inc-7` and for `7`."""
    number = number_of(incident_id, "INC")
    return incident_id if number is None else numbered("INC", number)


async def read_latest(call: OneCall, subject: str, limit: int) -> list[Recorded]:
    """The last of a record's own events, oldest of them first."""
    journal = call.house.engine.journal
    return await asyncio.to_thread(lambda: journal.latest(subject, limit))


async def read_subject(call: OneCall, subject: str, after: int, limit: int) -> list[Recorded]:
    """A record's own events; in a thread, because the journal is on disk."""
    journal = call.house.engine.journal
    return await asyncio.to_thread(lambda: list(journal.by_subject(subject, after, limit)))


async def from_journal(call: OneCall, id_: str) -> Incident | None:
    """An incident that memory has forgotten, folded from its own events; None when there never was one."""
    records = await read_subject(call, id_, 0, 100_000)
    return fold_incident((r.event, r.stamp) for r in records if r.event.room == "incidents")  # type: ignore[misc]


async def _act(call: OneCall, incident_id: str, command: Callable[[str], Command]) -> IncidentShown:
    id_ = canonical(incident_id)
    required(call.look.incidents.incident(id_), "incident", incident_id)
    await call.ask(command(id_))
    return await call.shown(show_incident(call, required(call.look.incidents.incident(id_), "incident", id_)))


def _happening(record: Recorded, say: Callable[..., str], name: Callable[[str], str]) -> Happening:
    step = step_of(record)
    return Happening(step.seq, shown(step.at), step.type, step.actor, told(say, step.message_id, step.values, name))


router = Router(
    "/",
    route_handlers=[
        list_incidents, get_incident, open_incident, acknowledge, unacknowledge, resolve, reopen, escalate, merge,
        snooze, reassign, set_priority, add_note, timeline, get_routes, put_routes, simulate,
    ],
    tags=["incidents"],
)  # fmt: skip
