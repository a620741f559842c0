"""The same act on many things, named or matched: few are answered at once, many go on as a job.

Law: each thing has a result of its own; of what a filter matched, that which the act does not fit is left alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from litestar import Response, Router, post
from litestar.openapi import ResponseSpec

from tocsin.core.alerts.commands import UNDO_MS, ReopenAlert, ResolveAlert
from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.incidents.views import Incident
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Command, Moment, Rejected
from tocsin.shell.detail import said_again
from tocsin.shell.engine import Engine, EngineStopped, InboxFull
from tocsin.shell.i18n import preferred
from tocsin.shell.jobs import Item, JobFailed, Progress
from tocsin.web.api.cards import canonical
from tocsin.web.api.chosen import AlertsWhere, IncidentsWhere, alerts_of, incidents_of
from tocsin.web.api.jobs import STARTS, JobShown, Work, begun, own_job
from tocsin.web.call import Call, OneCall
from tocsin.web.feed.sieve import FIRING
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Instant, moment
from tocsin.web.problem import Fault, Refused

AT_ONCE_MAX = 50
"""More become a job."""
IDS_MAX = 5_000
TOGETHER = 100
"""Asked for in one breath: the journal writes them together, and others still get between."""

Act = Literal[
    "acknowledge", "unacknowledge", "resolve", "reopen", "escalate", "snooze", "unsnooze", "undo", "reassign",
    "priority", "merge",
]  # fmt: skip


class IncidentsAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with which incidents: those named by `ids`, or all of `where` that were open at `seen_at`. `snooze`
    needs `until`; `reassign` a `ladder` or a `user`; `priority` one of `P1` to `P5`; `merge` the incident to merge
    `into`."""

    act: Act
    ids: tuple[str, ...] = ()
    where: IncidentsWhere | None = None
    seen_at: Instant | None = None
    until: Instant | None = None
    ladder: str = ""
    user: str = ""
    priority: str = ""
    into: str = ""


class AlertsAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with which alerts: those named by `ids`, or all of `where` that had fired at `seen_at`. `reopen` is
    for those somebody closed by hand a moment ago."""

    ids: tuple[str, ...] = ()
    act: Literal["resolve", "reopen"] = "resolve"
    where: AlertsWhere | None = None
    seen_at: Instant | None = None


class BulkShown(msgspec.Struct, frozen=True):
    """What became of each, in the order asked for."""

    done: int
    failed: int
    items: tuple[Item, ...]


ANSWERS = {**STARTS, 200: ResponseSpec(BulkShown, generate_examples=False, description="All were asked.")}


@post("/incidents/bulk", responses=ANSWERS, opt={"needs": KNOWN}, status_code=200)
async def bulk_incidents(call: Call, work: Work, data: IncidentsAct) -> Response[BulkShown] | Response[JobShown]:
    """Do the same with many incidents: up to fifty at once, more as a job."""
    make = _incident_act(data)
    ids = _named(data.ids, data.where)
    if data.where is not None:
        ids = [row.id for row in await incidents_of(call, data.where, data.seen_at) if _fits(row, data)]
    return await _bulk(call, work, f"incidents_{data.act}", ids, lambda id_: make(canonical(id_)))


@post("/alerts/bulk", responses=ANSWERS, opt={"needs": KNOWN}, status_code=200)
async def bulk_alerts(call: Call, work: Work, data: AlertsAct) -> Response[BulkShown] | Response[JobShown]:
    """Do the same with many alerts: up to fifty at once, more as a job."""
    ids = _named(data.ids, data.where)
    if data.where is not None:
        rows = await alerts_of(call, data.where, data.seen_at)
        ids = [numbered("ALT", row.number) for row in rows if _fits_alert(row, data)]
    return await _bulk(call, work, f"alerts_{data.act}", ids, _alert_act(data.act))


@post("/jobs/{job_id:str}/undo", responses=ANSWERS, opt={"needs": KNOWN}, status_code=200)
async def undo_job(call: Call, work: Work, job_id: str) -> Response[BulkShown] | Response[JobShown]:
    """Undo what a job has just done: each thing it changed stands as before, and nobody is called again. Many become a
    job again."""
    job = own_job(call, work, job_id)
    make = UNDOES.get(job.kind)
    changed = work.changed(job.id)
    if make is None or not changed:
        raise Refused(409, "nothing_to_undo", f"{job.id} changed nothing that can be undone now")
    kind, _, _ = job.kind.partition("_")
    return await _bulk(call, work, f"{kind}_undo", changed, make)


Make = Callable[[str], Command | None]


def _alert_act(act: str) -> Make:
    """How the command for one alert is made."""
    command = ReopenAlert if act == "reopen" else ResolveAlert

    def make(id_: str) -> Command | None:
        number = number_of(id_, "ALT")
        return None if number is None else command(number)

    return make


def _undo_act(id_: str) -> Command:
    return UndoAct(canonical(id_))


UNDOES: dict[str, Make] = {
    "alerts_resolve": _alert_act("reopen"),
    **{f"incidents_{act}": _undo_act for act in ("acknowledge", "unacknowledge", "resolve", "snooze", "reassign")},
}
"""By which kinds of jobs there is something to undo, and how."""


def _incident_act(data: IncidentsAct) -> Make:
    """How the command for one incident is made. Raises Refused where something is missing."""
    until = data.until
    match data.act:
        case "acknowledge":
            return AcknowledgeIncident
        case "unacknowledge":
            return UnacknowledgeIncident
        case "resolve":
            return ResolveIncident
        case "reopen":
            return ReopenIncident
        case "escalate":
            return EscalateIncident
        case "unsnooze":
            return EndSnooze
        case "undo":
            return UndoAct
        case "reassign":
            return lambda id_: ReassignIncident(id_, data.ladder, data.user)
        case "priority":
            return lambda id_: SetPriority(id_, data.priority)
        case "merge":
            return lambda id_: MergeIncident(id_, canonical(data.into))
        case "snooze":
            if until is None:
                fault = Fault("/until", "snooze needs an instant", 'write "until": "2026-11-24T09:00:00Z"')
                raise Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
            at: Moment = moment(until)
            return lambda id_: SnoozeIncident(id_, at)


def _named(ids: Sequence[str], where: object | None) -> list[str]:
    """The things named, each once. Raises Refused."""
    wanted = list(dict.fromkeys(ids))
    fault = None
    if wanted and where is not None:
        fault = Fault("/where", "ids and where at the same time", "name things, or say which they are")
    elif not wanted and where is None:
        fault = Fault("/ids", "nothing is named", "name things in ids, or say in where which they are")
    elif len(wanted) > IDS_MAX:
        fault = Fault("/ids", f"{len(wanted)} ids; at most {IDS_MAX} are taken")
    if fault is not None:
        raise Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    return wanted


def _fits_alert(row: Alert, data: AlertsAct) -> bool:
    """Whether the act makes sense for an alert as it stands."""
    return row.how == "manual" if data.act == "reopen" else row.status == FIRING


def _fits(row: Incident, data: IncidentsAct) -> bool:
    """Whether the act makes sense for an incident as it stands."""
    match data.act:
        case "acknowledge":
            return row.status == "triggered"
        case "unacknowledge":
            return row.status == "acknowledged"
        case "reopen":
            return not row.is_open and not row.merged_into
        case "unsnooze":
            return row.is_open and bool(row.snoozed_until)
        case "undo":
            return row.last_act is not None
        case "merge":
            return row.is_open and row.id != canonical(data.into)
        case _:
            return row.is_open


async def _bulk(
    call: OneCall, work: Work, kind: str, wanted: Sequence[str], make: Make
) -> Response[BulkShown] | Response[JobShown]:
    engine, actor = call.house.engine, call.caller.actor
    once = call.request.headers.get("idempotency-key", "")[:255]
    language = preferred(call.request.headers.get("accept-language", ""))

    async def do(progress: Progress) -> str:
        for start in range(0, len(wanted), TOGETHER):
            asked = (_one(engine, actor, once, id_, make(id_)) for id_ in wanted[start : start + TOGETHER])
            await _noted(progress, language, asyncio.gather(*asked, return_exceptions=True))
        return ""

    if len(wanted) > AT_ONCE_MAX:
        return begun(call, work, kind, len(wanted), do, UNDO_MS if kind in UNDOES else 0)
    progress = Progress(len(wanted))
    try:
        await do(progress)
    except JobFailed as fault:
        raise fault.__cause__ or fault from None  # whoever waits here is told as with one: busy, come back
    done = sum(item.ok for item in progress.items)
    return Response(BulkShown(done, len(wanted) - done, tuple(progress.items)), status_code=200)


async def _noted(progress: Progress, language: str, asked: asyncio.Future[list[Item | BaseException]]) -> None:
    """Note what became of them, even when the job is cancelled meanwhile: it is done. Raises JobFailed."""
    try:
        await asyncio.shield(asked)
    finally:
        results = await asked
        for item in results:
            if isinstance(item, Item):
                progress.note(msgspec.structs.replace(item, detail=said_again(language, item.reason, item.detail)))
    for fault in results:
        if isinstance(fault, BaseException):
            raise fault


async def _one(engine: Engine, actor: str, once: str, id_: str, command: Command | None) -> Item:
    """Ask for one of them; a full inbox and a stopped engine end the whole. Raises JobFailed."""
    if command is None:
        return Item(id_, False, "not_found", f"{id_!r} is no such id")
    try:
        if once:
            decision = await engine.submit_once(command, actor, f"{actor}:{once}:{id_}", repr(command)[:1000])
        else:
            decision = await engine.submit(command, actor)
    except (InboxFull, EngineStopped) as fault:
        raise JobFailed("the server is busy or stopping; ask again for what is left") from fault
    if isinstance(decision, Rejected):
        return Item(id_, False, decision.reason, decision.detail)
    return Item(id_, True, changed=bool(decision.events))


router = Router("/", route_handlers=[bulk_incidents, bulk_alerts, undo_job], tags=["bulk"])
