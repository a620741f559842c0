"""A schedule drawn lane by lane: its layers, its overrides, what they come to, and what that costs people.

Law: the window is bounded, because everything in it is computed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from litestar import Router, get

from tocsin.core.calendars.views import Calendar
from tocsin.core.oncall.views import Burden, Override, Shift, burdens, flaw_of_span
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import DAY_MS, HOUR_MS
from tocsin.kernel.zone import Day, date_of, local
from tocsin.web.call import Call, OneCall, required
from tocsin.web.instants import Asked, asked, shown
from tocsin.web.problem import documented, refused
from tocsin.web.words import namer

SPAN_MS = 14 * DAY_MS
"""How far lanes are drawn when no end is given."""
SPAN_MS_MAX = 100 * DAY_MS
"""A quarter and a bit: more cannot be read on a screen."""


class LaneShift(msgspec.Struct, frozen=True):
    """One stretch of one person's duty."""

    user: str
    name: str
    start_at: datetime
    end_at: datetime


class FinalShift(msgspec.Struct, frozen=True):
    """One stretch of what the lanes come to; `source` is `layer:<id>` or `override:<id>`."""

    user: str
    name: str
    start_at: datetime
    end_at: datetime
    source: str


class LayerLane(msgspec.Struct, frozen=True):
    """A layer alone. Its id is its name, which no other layer of the schedule has."""

    id: str
    name: str
    shifts: tuple[LaneShift, ...]


class OverrideBar(msgspec.Struct, frozen=True):
    """An override that touches the window, uncut; empty `instead_of`: of whoever is on duty."""

    id: str
    user: str
    name: str
    start_at: datetime
    end_at: datetime
    instead_of: str
    reason: str


class GapBar(msgspec.Struct, frozen=True):
    """A stretch in which nobody is on duty."""

    start_at: datetime
    end_at: datetime


class DayOff(msgspec.Struct, frozen=True):
    """A day that is not what its weekday says, by the calendar called `name`: off, or worked (a make-up day). `label`
    is what the day itself is called, often empty."""

    date: str
    name: str
    is_working: bool
    label: str = ""


class Share(msgspec.Struct, frozen=True):
    """One person's duty in the window: hours, and of these the ones at night (22:00 to 08:00) and at weekends of the
    person's own local time."""

    user: str
    name: str
    hours: float
    night_hours: float
    weekend_hours: float


class LanesShown(msgspec.Struct, frozen=True):
    """A schedule lane by lane, in its zone."""

    zone: str
    start_at: datetime
    end_at: datetime
    layers: tuple[LayerLane, ...]
    overrides: tuple[OverrideBar, ...]
    final: tuple[FinalShift, ...]
    gaps: tuple[GapBar, ...]
    holidays: tuple[DayOff, ...]
    fairness: tuple[Share, ...]


@get("/schedules/{schedule_id:str}/lanes", responses=documented(400, 404, 422))
async def lanes(
    call: Call, schedule_id: str, start_at: Asked = "", end_at: Asked = "", calendar: str = ""
) -> LanesShown:
    """A schedule lane by lane; without a window, two weeks from now, at most a hundred days. Holidays are those of
    `calendar`, or of the first calendar in the schedule's zone."""
    row = required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    start, end = _window(call, start_at, end_at)
    days = required(call.look.calendars.calendar(calendar), "calendar", calendar) if calendar else None
    days = days or next((one for one in call.look.calendars.calendars() if one.spec.zone == row.spec.zone), None)
    found = call.look.oncall.lanes(schedule_id, start, end)
    name = namer(call.look)
    return await call.shown(
        LanesShown(
            zone=row.spec.zone,
            start_at=shown(start),
            end_at=shown(end),
            layers=tuple(LayerLane(layer, layer, _shifts(shifts, name)) for layer, shifts in found.layers),
            overrides=tuple(_bar(one, name) for one in found.overrides),
            final=tuple(_final(one, name) for one in found.final),
            gaps=tuple(GapBar(shown(one.start_at), shown(one.end_at)) for one in found.gaps),
            holidays=_days_off(days, start, end) if days is not None else (),
            fairness=tuple(_share(one, name) for one in burdens(found.final, _zones(call, row.spec.zone))),
        )
    )


def _window(call: OneCall, start_at: str, end_at: str) -> tuple[Moment, Moment]:
    start = asked("start_at", start_at) or call.at
    end = asked("end_at", end_at) or Moment(start + SPAN_MS)
    if flaw := flaw_of_span(start, end):
        raise refused(flaw)
    if end - start > SPAN_MS_MAX:
        days = (end - start) // DAY_MS
        raise refused(Rejected("span_too_long", f"it has {days} days; {SPAN_MS_MAX // DAY_MS} at most"))
    return start, end


def _zones(call: OneCall, zone: str) -> Callable[[str], str]:
    """Everybody's own zone; the schedule's for whoever is unknown."""

    def zone_of(user: str) -> str:
        found = call.look.people.user(user)
        return found.spec.zone if found is not None else zone

    return zone_of


def _days_off(calendar: Calendar, start: Moment, end: Moment) -> tuple[DayOff, ...]:
    zone = calendar.spec.zone
    first, last = local(start, zone).day, local(Moment(end - 1), zone).day
    days = ((date_of(Day(day)), works) for day, works in sorted(calendar.exceptions.items()) if first <= day <= last)
    return tuple(DayOff(date, calendar.spec.name, works, calendar.spec.names.get(date, "")) for date, works in days)


def _shifts(found: Iterable[Shift], name: Callable[[str], str]) -> tuple[LaneShift, ...]:
    return tuple(LaneShift(one.user, name(one.user), shown(one.start_at), shown(one.end_at)) for one in found)


def _final(one: Shift, name: Callable[[str], str]) -> FinalShift:
    source = f"override:{one.override}" if one.override else f"layer:{one.layer}"
    return FinalShift(one.user, name(one.user), shown(one.start_at), shown(one.end_at), source)


def _bar(one: Override, name: Callable[[str], str]) -> OverrideBar:
    return OverrideBar(
        one.id, one.user, name(one.user), shown(one.start_at), shown(one.end_at), one.instead_of, one.reason
    )


def _share(one: Burden, name: Callable[[str], str]) -> Share:
    hours = (round(ms / HOUR_MS, 2) for ms in (one.all_ms, one.night_ms, one.weekend_ms))
    return Share(one.user, name(one.user), *hours)


router = Router("/", route_handlers=[lanes], tags=["oncall"])
