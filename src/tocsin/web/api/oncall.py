"""Schedules, overrides, ladders, and who is on call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from litestar import Response, Router, delete, get, post, put

from tocsin.core.oncall.commands import (
    AddOverride,
    ChangeOverride,
    RemoveLadder,
    RemoveOverride,
    RemoveSchedule,
    SetLadder,
    SetSchedule,
)
from tocsin.core.oncall.events import LadderSpec, ScheduleSpec
from tocsin.core.oncall.views import Gap, Override, Schedule, Shift, flaw_of_span, preview
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import DAY_MS
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Asked, Instant, asked, moment, shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, Sought, page, sought
from tocsin.web.problem import ACTS, READS, TAGGED, WRITES, documented, puts, refused

READS_OF_SPAN = documented(400, 404, 422)
SPAN_MS = 14 * DAY_MS
"""How far shifts are laid out when no end is given."""


class ScheduleShown(msgspec.Struct, frozen=True):
    """A schedule; `revision` counts its changes."""

    id: str
    revision: int
    spec: ScheduleSpec


class LadderShown(msgspec.Struct, frozen=True):
    """An escalation ladder; `revision` counts its changes."""

    id: str
    revision: int
    spec: LadderSpec


class NewOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let a person take the duty for a while. Empty `instead_of`: of whoever is on duty."""

    user: str
    start_at: Instant
    end_at: Instant
    instead_of: str = ""
    reason: str = ""


class OverrideShown(msgspec.Struct, frozen=True):
    """An override."""

    id: str
    user: str
    start_at: datetime
    end_at: datetime
    instead_of: str
    reason: str


class ShiftShown(msgspec.Struct, frozen=True):
    """One stretch of one person's duty; `layer` is the rotation, or `override` the override it comes from."""

    user: str
    start_at: datetime
    end_at: datetime
    layer: str
    override: str


class GapShown(msgspec.Struct, frozen=True):
    """A stretch in which nobody is on duty."""

    start_at: datetime
    end_at: datetime


class DutyShown(msgspec.Struct, frozen=True):
    """Who is on duty in a schedule at an instant, and when that changes next (null: not within 400 days)."""

    schedule: str
    at: datetime
    users: tuple[str, ...]
    next_change_at: datetime | None


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule, saved or not, to be laid out over a span."""

    spec: ScheduleSpec
    start_at: Instant
    end_at: Instant


class PreviewShown(msgspec.Struct, frozen=True):
    """What a schedule would mean; `hours` is each person's time on duty."""

    shifts: tuple[ShiftShown, ...]
    gaps: tuple[GapShown, ...]
    hours: dict[str, float]


@get("/oncall", responses=READS)
async def oncall(call: Call, at: Asked = "") -> Page[DutyShown]:
    """Who is on duty in every schedule, now or at an instant."""
    instant = asked("at", at) or call.at
    return await call.shown(Page(tuple(_duty(call, row.id, instant) for row in call.look.oncall.schedules())))


@get("/schedules", responses=READS)
async def list_schedules(call: Call, q: Sought = "", limit: Limit = 100, cursor: Cursor = "") -> Page[ScheduleShown]:
    """Every schedule, by id."""
    rows = sought(call.look.oncall.schedules(), q, lambda row: (row.id, row.spec.name))
    return await call.shown(page(rows, lambda row: row.id, limit, cursor, _show_schedule))


@get("/schedules/{schedule_id:str}", responses=TAGGED)
async def get_schedule(call: Call, schedule_id: str) -> Response[ScheduleShown]:
    """One schedule."""
    return await call.tagged(required(_schedule(call, schedule_id)(), "schedule", schedule_id))


@put("/schedules/{schedule_id:str}", responses=puts(ScheduleShown), opt={"needs": KNOWN})
async def put_schedule(call: Call, schedule_id: str, data: ScheduleSpec) -> Response[ScheduleShown]:
    """Create a schedule or bring one to this description."""
    show = _schedule(call, schedule_id)
    return await call.put(SetSchedule(schedule_id, data), show, f"/api/v1/schedules/{schedule_id}")


@delete("/schedules/{schedule_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_schedule(call: Call, schedule_id: str) -> None:
    """Remove a schedule; refused while a ladder uses it."""
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    await call.remove(RemoveSchedule(schedule_id), _schedule(call, schedule_id))


@get("/schedules/{schedule_id:str}/who", responses=READS)
async def who(call: Call, schedule_id: str, at: Asked = "") -> DutyShown:
    """Who is on duty, now or at an instant."""
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    return await call.shown(_duty(call, schedule_id, asked("at", at) or call.at))


@get("/schedules/{schedule_id:str}/shifts", responses=READS_OF_SPAN)
async def shifts(call: Call, schedule_id: str, start_at: Asked = "", end_at: Asked = "") -> Page[ShiftShown]:
    """The shifts of a span; without one, of two weeks from now."""
    start, end = _span(call, schedule_id, start_at, end_at)
    return await call.shown(Page(_show_shifts(call.look.oncall.shifts(schedule_id, start, end))))


@get("/schedules/{schedule_id:str}/gaps", responses=READS_OF_SPAN)
async def gaps(call: Call, schedule_id: str, start_at: Asked = "", end_at: Asked = "") -> Page[GapShown]:
    """When nobody is on duty within a span; without one, of two weeks from now."""
    start, end = _span(call, schedule_id, start_at, end_at)
    return await call.shown(Page(_show_gaps(call.look.oncall.gaps(schedule_id, start, end))))


@post("/schedules/preview", responses=ACTS, status_code=200)
async def preview_schedule(call: Call, data: PreviewAsked) -> PreviewShown:
    """What a schedule would mean, without saving it."""
    found = preview(data.spec, moment(data.start_at), moment(data.end_at))
    if isinstance(found, Rejected):
        raise refused(found)
    hours = {user: round(share / 3_600_000, 2) for user, share in found.share_ms.items()}
    return await call.shown(PreviewShown(_show_shifts(found.shifts), _show_gaps(found.gaps), hours))


@get("/schedules/{schedule_id:str}/overrides", responses=READS)
async def list_overrides(call: Call, schedule_id: str) -> Page[OverrideShown]:
    """The schedule's overrides, in the order they apply."""
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    return await call.shown(Page(tuple(map(_show_override, call.look.oncall.overrides(schedule_id)))))


@post("/schedules/{schedule_id:str}/overrides", responses=ACTS, opt={"needs": KNOWN})
async def add_override(call: Call, schedule_id: str, data: NewOverride) -> Response[OverrideShown]:
    """Let a person take the duty for a while."""
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    override_id = f"o{call.house.entropy.bytes(5).hex()}"
    start, end = moment(data.start_at), moment(data.end_at)
    decision = await call.ask(
        AddOverride(schedule_id, override_id, data.user, start, end, data.instead_of, data.reason)
    )
    override_id = decision.answer or override_id
    answer = required(_override(call, schedule_id, override_id)(), "override", override_id)
    return await call.created(answer, f"/api/v1/schedules/{schedule_id}/overrides/{override_id}")


@get("/schedules/{schedule_id:str}/overrides/{override_id:str}", responses=TAGGED)
async def get_override(call: Call, schedule_id: str, override_id: str) -> Response[OverrideShown]:
    """One override."""
    return await call.tagged(required(_override(call, schedule_id, override_id)(), "override", override_id))


@put("/schedules/{schedule_id:str}/overrides/{override_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def put_override(call: Call, schedule_id: str, override_id: str, data: NewOverride) -> Response[OverrideShown]:
    """Move or resize an override, or give it to another person."""
    show = _override(call, schedule_id, override_id)
    required(show(), "override", override_id)
    start, end = moment(data.start_at), moment(data.end_at)
    command = ChangeOverride(schedule_id, override_id, data.user, start, end, data.instead_of, data.reason)
    return await call.put(command, show, "")


@delete("/schedules/{schedule_id:str}/overrides/{override_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def remove_override(call: Call, schedule_id: str, override_id: str) -> None:
    """Take an override back."""
    show = _override(call, schedule_id, override_id)
    required(show(), "override", override_id)
    await call.remove(RemoveOverride(schedule_id, override_id), show)


@get("/ladders", responses=READS)
async def list_ladders(call: Call, q: Sought = "", limit: Limit = 100, cursor: Cursor = "") -> Page[LadderShown]:
    """Every escalation ladder, by id."""
    rows = sought(call.look.oncall.ladders(), q, lambda row: (row.id, row.spec.name))
    return await call.shown(
        page(rows, lambda row: row.id, limit, cursor, lambda row: LadderShown(row.id, row.revision, row.spec))
    )


@get("/ladders/{ladder_id:str}", responses=TAGGED)
async def get_ladder(call: Call, ladder_id: str) -> Response[LadderShown]:
    """One ladder."""
    return await call.tagged(required(_ladder(call, ladder_id)(), "ladder", ladder_id))


@put("/ladders/{ladder_id:str}", responses=puts(LadderShown), opt={"needs": KNOWN})
async def put_ladder(call: Call, ladder_id: str, data: LadderSpec) -> Response[LadderShown]:
    """Create a ladder or bring one to this description; running escalations keep the revision they began with."""
    return await call.put(SetLadder(ladder_id, data), _ladder(call, ladder_id), f"/api/v1/ladders/{ladder_id}")


@delete("/ladders/{ladder_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_ladder(call: Call, ladder_id: str) -> None:
    """Remove a ladder."""
    required(call.look.oncall.ladder(ladder_id), "ladder", ladder_id)
    await call.remove(RemoveLadder(ladder_id), _ladder(call, ladder_id))


def _duty(call: OneCall, schedule_id: str, at: Moment) -> DutyShown:
    view = call.look.oncall
    change = view.next_change(schedule_id, at)
    return DutyShown(schedule_id, shown(at), view.on_duty(call.look.people, schedule_id, at), shown_or_none(change))


def _span(call: OneCall, schedule_id: str, start_at: str, end_at: str) -> tuple[Moment, Moment]:
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    start = asked("start_at", start_at) or call.at
    end = asked("end_at", end_at) or Moment(start + SPAN_MS)
    if flaw := flaw_of_span(start, end):
        raise refused(flaw)
    return start, end


def _show_schedule(row: Schedule) -> ScheduleShown:
    return ScheduleShown(row.id, row.revision, row.spec)


def _show_override(row: Override) -> OverrideShown:
    return OverrideShown(row.id, row.user, shown(row.start_at), shown(row.end_at), row.instead_of, row.reason)


def _show_shifts(rows: Iterable[Shift]) -> tuple[ShiftShown, ...]:
    return tuple(ShiftShown(row.user, shown(row.start_at), shown(row.end_at), row.layer, row.override) for row in rows)


def _show_gaps(rows: Iterable[Gap]) -> tuple[GapShown, ...]:
    return tuple(GapShown(shown(row.start_at), shown(row.end_at)) for row in rows)


def _schedule(call: Call, schedule_id: str) -> Callable[[], ScheduleShown | None]:
    def found() -> ScheduleShown | None:
        row = call.look.oncall.schedule(schedule_id)
        return None if row is None else _show_schedule(row)

    return found


def _override(call: Call, schedule_id: str, override_id: str) -> Callable[[], OverrideShown | None]:
    def found() -> OverrideShown | None:
        rows = call.look.oncall.overrides(schedule_id)
        return next((_show_override(row) for row in rows if row.id == override_id), None)

    return found


def _ladder(call: Call, ladder_id: str) -> Callable[[], LadderShown | None]:
    def found() -> LadderShown | None:
        row = call.look.oncall.ladder(ladder_id)
        return None if row is None else LadderShown(row.id, row.revision, row.spec)

    return found


router = Router(
    "/",
    route_handlers=[
        oncall, list_schedules, get_schedule, put_schedule, delete_schedule, who, shifts, gaps, preview_schedule,
        list_overrides, add_override, get_override, put_override,
        remove_override, list_ladders, get_ladder, put_ladder, delete_ladder,
    ],
    tags=["oncall"],
)  # fmt: skip
