"""The plain board and an incident's plain page, for whoever is logged in: without JavaScript they do all that matters.

Law: a page shows and a form asks for exactly one command; after it the browser is led back, so that reloading asks for
nothing again.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from litestar import Response, Router, get, post

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EscalateIncident,
    ReopenIncident,
    ResolveIncident,
)
from tocsin.core.incidents.views import Incident
from tocsin.core.intake.views import Source
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Command, Moment
from tocsin.kernel.permission import RESPOND
from tocsin.shell.brief import description_of, runbook_of
from tocsin.shell.i18n import ids
from tocsin.web.api.cards import canonical, from_journal, state_of
from tocsin.web.api.happened import latest_happened, step_for
from tocsin.web.api.intake import show_health
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN, OPEN
from tocsin.web.pages.render import Reader, redirect
from tocsin.web.pages.session import Pages
from tocsin.web.problem import missing, status_of, title
from tocsin.web.words import namer, told

INCIDENTS_MAX = 50
MAILBOX_MAX = 8
ALERTS_MAX = 20
TIMELINE_MAX = 200

ACTS: dict[str, Callable[[str], Command]] = {
    "acknowledge": AcknowledgeIncident,
    "escalate": EscalateIncident,
    "resolve": ResolveIncident,
    "reopen": ReopenIncident,
}


class Card(msgspec.Struct, frozen=True):
    """An incident as pages show it. `state` is the one word for how it stands; `acts` what the reader may do."""

    id: str
    title: str
    severity: str
    priority: str
    state: str
    service: str
    opened_at: Moment
    owner: str
    alert_count: int
    acts: tuple[str, ...]


class Happened(msgspec.Struct, frozen=True):
    """A line of a timeline."""

    at: Moment
    text: str
    room: str


class OnCall(msgspec.Struct, frozen=True):
    """Who is on duty in a schedule."""

    schedule: str
    names: tuple[str, ...]
    until: Moment


@get("/plain", include_in_schema=False)
async def board(call: Call, renderer: Pages) -> Response[str]:
    """Open incidents, who is on call, one's mailbox, the sources."""
    reader = renderer.reader(call.request)
    rows = sorted(call.look.incidents.open_incidents(), key=_urgency)
    return await renderer.dry(
        reader,
        "board.html",
        incidents=[card(call, reader, row) for row in rows[:INCIDENTS_MAX]],
        more=max(0, len(rows) - INCIDENTS_MAX),
        on_call=_on_call(call),
        mailbox=call.look.notify.mailbox(call.caller.user)[:MAILBOX_MAX],
        sources=[(row, show_health(call, row), call.look.alerts.source_tally(row.id)) for row in _sources(call)],
    )


@get("/plain/i/{incident_id:str}", include_in_schema=False)
async def incident_page(call: Call, renderer: Pages, incident_id: str) -> Response[str]:
    """One incident with its timeline."""
    reader = renderer.reader(call.request)
    id_ = canonical(incident_id)
    held = call.look.incidents.incident(id_)
    row = required(held or await from_journal(call, id_), "incident", incident_id)
    members = list(row.alerts.items())
    ladder = call.look.oncall.ladder(row.ladder)
    return await renderer.dry(
        reader,
        "incident.html",
        card=card(call, reader, row, is_held=held is not None),
        incident=row,
        ladder=ladder.spec.name if ladder is not None else row.ladder,
        runbook=runbook_of(call.look, row),
        description=description_of(call.look, row),
        members=[(numbered("ALT", number), one) for number, one in members[:ALERTS_MAX]],
        members_more=max(0, len(members) - ALERTS_MAX),
        happened=await timeline(call, reader, id_, TIMELINE_MAX),
    )


@post("/plain/i/{incident_id:str}/{act:str}", opt={"needs": KNOWN, "form": True}, include_in_schema=False)
async def act_on_incident(call: Call, incident_id: str, act: str) -> Response[str]:
    """One act on an incident."""
    id_ = canonical(incident_id)
    required(call.look.incidents.incident(id_), "incident in memory", incident_id)
    form = await call.request.form()
    if act == "note":
        await call.ask(AddNote(id_, str(form.get("text", ""))))
    elif act in ACTS:
        await call.ask(ACTS[act](id_))
    else:
        raise missing("act", act)
    return redirect("/plain" if form.get("back") == "board" else f"/plain/i/{id_}")


@get("/api/problems", opt={"needs": OPEN}, include_in_schema=False)
async def problems(call: Call, renderer: Pages) -> Response[str]:
    """Every reason a request may be refused for, in words: what `type` of a problem points to."""
    reader = renderer.reader(call.request)
    reasons = sorted(id_.removeprefix("refusal.") for id_ in ids(reader.language) if id_.startswith("refusal."))
    rows = [(reason, status_of(reason), title(reader.say, reason)) for reason in reasons]
    return renderer.page(reader, "problems.html", rows=rows)


def card(call: OneCall, reader: Reader, row: Incident, *, is_held: bool = True) -> Card:
    """An incident for a page. Nothing can be done any more with one that memory does not hold."""
    found = call.look.items.service(row.service)
    service = found.spec.name if found is not None else row.service
    may = is_held and reader.caller is not None and reader.caller.may(RESPOND)
    return Card(
        row.id, reader.titled(row.title), row.severity, row.priority, state_of(row, call.at), service, row.opened_at,
        namer(call.look)(row.acknowledged_by) if row.status == "acknowledged" else "", len(row.alerts),
        acts_of(row) if may else (),
    )  # fmt: skip


def acts_of(row: Incident) -> tuple[str, ...]:
    """What may be done with an incident."""
    if row.merged_into:
        return ()
    if not row.is_open:
        return ("reopen",)
    return ("escalate", "resolve") if row.status == "acknowledged" else ("acknowledge", "escalate", "resolve")


async def timeline(call: OneCall, reader: Reader, incident: str, limit: int) -> list[Happened]:
    """What has happened to an incident, newest first."""
    steps = [(step_for(incident, record), record.event.room) for record in await latest_happened(call, incident, limit)]
    name = namer(call.look)
    return [
        Happened(step.at, _sentence(told(reader.say, step.message_id, step.values, name)), room)
        for step, room in reversed(steps)
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _urgency(row: Incident) -> tuple[bool, str, int]:
    """Unanswered first, then by priority, then the oldest."""
    return (row.status == "acknowledged", row.priority, row.number)


def _sources(call: OneCall) -> list[Source]:
    return list(call.look.intake.sources())[:INCIDENTS_MAX]


def _on_call(call: OneCall) -> list[OnCall]:
    view, name, rows = call.look.oncall, namer(call.look), []
    for schedule in view.schedules()[:INCIDENTS_MAX]:
        names = tuple(name(user) for user in view.on_duty(call.look.people, schedule.id, call.at))
        rows.append(OnCall(schedule.spec.name, names, view.next_change(schedule.id, call.at) or Moment(0)))
    return rows


router = Router("/", route_handlers=[board, incident_page, act_on_incident, problems])
