"""Incidents, what people do to them and say about them, and the routing tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from litestar import Response, Router, get, post, put
from litestar.params import Parameter

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    PageHelper,
    PostMessage,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SetRoutes,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
    UpdateStatus,
)
from tocsin.core.incidents.events import PRIORITIES, Route
from tocsin.core.incidents.views import SORTS, Place
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.message import Command
from tocsin.web.api.cards import (
    IncidentRow,
    IncidentShown,
    canonical,
    from_journal,
    is_mine,
    show_incident,
    show_row,
)
from tocsin.web.api.chosen import STATUSES, IncidentsWhere, any_of, incidents_of
from tocsin.web.api.timeline import timeline
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Instant, moment, shown
from tocsin.web.paging import Cursor, Limit, opened, sealed, unreadable
from tocsin.web.problem import ACTS, READS, TAGGED, puts

QUERY_LENGTH_MAX = 200
PLACE_NUMBER = re.compile(r"-?[0-9]{1,16}")

Statuses: TypeAlias = Annotated[str, Parameter(pattern=any_of("open", *STATUSES))]
Severities: TypeAlias = Annotated[str, Parameter(pattern=any_of(*SEVERITIES))]
Priorities: TypeAlias = Annotated[str, Parameter(pattern=any_of(*PRIORITIES))]
Words: TypeAlias = Annotated[str, Parameter(max_length=QUERY_LENGTH_MAX)]


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


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message for the incident's room; `id` is the sender's own, such as a UUID."""

    text: str
    id: str = ""


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it stands, in one sentence; empty takes the last one back."""

    text: str


class Help(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or a team to call; exactly one. `text` travels in the page."""

    user: str = ""
    team: str = ""
    text: str = ""


class IncidentPage(msgspec.Struct, frozen=True):
    """Some incidents, and the cursor with which the list goes on; empty for the end. Not `complete`: there are more
    incidents than one question looks at, and only the newest of them are in this order; by age all are."""

    items: tuple[IncidentRow, ...]
    next_cursor: str
    complete: bool


class CountShown(msgspec.Struct, frozen=True):
    """How many there were at that instant."""

    total: int
    at: datetime


class RoutesShown(msgspec.Struct, frozen=True):
    """The routing tree; revision 0: none was ever set, this is the default."""

    revision: int
    root: Route


@get("/incidents", responses=READS)
async def list_incidents(
    call: Call,
    status: Statuses = "open",
    service: str = "",
    team: str = "",
    severity: Severities = "",
    priority: Priorities = "",
    mine: bool = False,
    q: Words = "",
    sort: Annotated[str, Parameter(pattern=f"^({'|'.join(SORTS)})$")] = "newest",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> IncidentPage:
    """Incidents. `status`, `service`, `team`, `severity` and `priority` take several values with commas between them,
    empty for any. `mine`: those the caller has, ended or was told about. Every word of `q` must be in an incident's id,
    title, service, team, group or details. A page may be short and yet not the last."""
    wanted = IncidentsWhere(status, service, team, severity, priority, mine, q).wanted(sort)
    also = (lambda row: is_mine(call, row)) if mine else (lambda row: True)
    found = call.look.incidents.find(wanted, _place(cursor, sort), limit, also)
    items = tuple(show_row(call, row) for row in found.incidents)
    after = sealed(".".join([sort, *map(str, found.after)])) if found.after else ""
    return await call.shown(IncidentPage(items, after, found.is_complete))


@get("/incidents/count", responses=READS)
async def count_incidents(
    call: Call,
    status: Statuses = "open",
    service: str = "",
    team: str = "",
    severity: Severities = "",
    priority: Priorities = "",
    mine: bool = False,
    q: Words = "",
) -> CountShown:
    """How many incidents pass the filters of the list."""
    found = await incidents_of(call, IncidentsWhere(status, service, team, severity, priority, mine, q))
    return await call.shown(CountShown(len(found), shown(call.at)))


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


@post("/incidents/{incident_id:str}/unsnooze", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def end_snooze(call: Call, incident_id: str) -> IncidentShown:
    """Wake it before its time: it stays with whoever has it, else calling goes on where it stood."""
    return await _act(call, incident_id, EndSnooze)


@post("/incidents/{incident_id:str}/undo", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def undo(call: Call, incident_id: str) -> IncidentShown:
    """Undo what the caller did to it last, within two minutes: an acknowledgement, a giving back, an end, a snooze or a
    giving to others. It stands as before, and nobody is called again who was called already."""
    return await _act(call, incident_id, UndoAct)


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


@post("/incidents/{incident_id:str}/messages", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def post_message(call: Call, incident_id: str, data: Message) -> IncidentShown:
    """Say something in the incident's room."""
    return await _act(call, incident_id, lambda id_: PostMessage(id_, data.text, data.id))


@post("/incidents/{incident_id:str}/status", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def update_status(call: Call, incident_id: str, data: Standing) -> IncidentShown:
    """Say in one sentence how it stands."""
    return await _act(call, incident_id, lambda id_: UpdateStatus(id_, data.text))


@post("/incidents/{incident_id:str}/page", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def page_helper(call: Call, incident_id: str, data: Help) -> IncidentShown:
    """Call a person or a team to help; the incident stays with whoever has it."""
    return await _act(call, incident_id, lambda id_: PageHelper(id_, data.user, data.team, data.text))


@get("/routes", responses=TAGGED)
async def get_routes(call: Call) -> Response[RoutesShown]:
    """The routing tree."""
    return await call.tagged(RoutesShown(*call.look.incidents.routes()))


@put("/routes", responses=puts(RoutesShown), opt={"needs": KNOWN})
async def put_routes(call: Call, data: Route) -> Response[RoutesShown]:
    """Replace the routing tree; open incidents stay as they are."""
    return await call.put(SetRoutes(data), lambda: RoutesShown(*call.look.incidents.routes()), "/api/v1/routes")


async def _act(call: OneCall, incident_id: str, command: Callable[[str], Command]) -> IncidentShown:
    id_ = canonical(incident_id)
    required(call.look.incidents.incident(id_), "incident", incident_id)
    await call.ask(command(id_))
    return await call.shown(show_incident(call, required(call.look.incidents.incident(id_), "incident", id_)))


def _place(cursor: str, sort: str) -> Place | None:
    """The place in a cursor. Raises Refused."""
    if not cursor:
        return None
    name, *numbers = opened(cursor).split(".")
    if name != sort or not numbers or not all(PLACE_NUMBER.fullmatch(one) for one in numbers):
        raise unreadable(cursor)
    return tuple(map(int, numbers))


router = Router(
    "/",
    route_handlers=[
        list_incidents, count_incidents, get_incident, open_incident, acknowledge, unacknowledge, resolve, reopen,
        escalate, merge, snooze, end_snooze, undo, reassign, set_priority, add_note, post_message, update_status,
        page_helper, timeline, get_routes, put_routes,
    ],
    tags=["incidents"],
)  # fmt: skip
