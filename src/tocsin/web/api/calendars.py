"""Calendars: business hours, holidays and make-up days."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from litestar import Response, Router, delete, get, put

from tocsin.core.calendars.commands import RemoveCalendar, SetCalendar
from tocsin.core.calendars.events import CalendarSpec
from tocsin.web.call import Call, required
from tocsin.web.gate import KNOWN
from tocsin.web.paging import Cursor, Limit, Page, page
from tocsin.web.problem import READS, TAGGED, WRITES, puts


class CalendarShown(msgspec.Struct, frozen=True):
    """A calendar."""

    id: str
    spec: CalendarSpec


@get("/calendars", responses=READS)
async def list_calendars(call: Call, limit: Limit = 100, cursor: Cursor = "") -> Page[CalendarShown]:
    """Every calendar, by id."""
    rows = call.look.calendars.calendars()
    return await call.shown(page(rows, lambda row: row.id, limit, cursor, lambda row: CalendarShown(row.id, row.spec)))


@get("/calendars/{calendar_id:str}", responses=TAGGED)
async def get_calendar(call: Call, calendar_id: str) -> Response[CalendarShown]:
    """One calendar."""
    return await call.tagged(required(_calendar(call, calendar_id)(), "calendar", calendar_id))


@put("/calendars/{calendar_id:str}", responses=puts(CalendarShown), opt={"needs": KNOWN})
async def put_calendar(call: Call, calendar_id: str, data: CalendarSpec) -> Response[CalendarShown]:
    """Create a calendar or bring one to this description."""
    return await call.put(
        SetCalendar(calendar_id, data), _calendar(call, calendar_id), f"/api/v1/calendars/{calendar_id}"
    )


@delete("/calendars/{calendar_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_calendar(call: Call, calendar_id: str) -> None:
    """Remove a calendar."""
    required(call.look.calendars.calendar(calendar_id), "calendar", calendar_id)
    await call.remove(RemoveCalendar(calendar_id), _calendar(call, calendar_id))


def _calendar(call: Call, calendar_id: str) -> Callable[[], CalendarShown | None]:
    def found() -> CalendarShown | None:
        row = call.look.calendars.calendar(calendar_id)
        return None if row is None else CalendarShown(row.id, row.spec)

    return found


router = Router("/", route_handlers=[list_calendars, get_calendar, put_calendar, delete_calendar], tags=["calendars"])
