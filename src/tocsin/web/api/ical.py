"""A schedule as a calendar others subscribe to (iCalendar), behind an address that is its own key.

Law: a calendar shows who is on duty when, and nothing else; it ends with the person it was made for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from icalendar import Calendar, Event
from litestar import Response, Router, get

from tocsin.core.oncall.views import Shift
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS
from tocsin.shell.vault import CalendarLink
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import OPEN
from tocsin.web.instants import shown
from tocsin.web.problem import READS, missing
from tocsin.web.words import namer

PAST_MS = 30 * DAY_MS
AHEAD_MS = 180 * DAY_MS
"""What a calendar shows: a month back to look at, half a year ahead to plan by."""
REFRESH = timedelta(hours=1)
"""How often a calendar should ask again; most ask when they like."""
MEDIA_TYPE = "text/calendar"


class FeedShown(msgspec.Struct, frozen=True):
    """The address of a calendar. Whoever knows it reads it: it carries its own signature."""

    url: str


@get("/schedules/{schedule_id:str}/feed", responses=READS)
async def get_feed(call: Call, schedule_id: str, user: str = "") -> FeedShown:
    """The address of a schedule as a calendar (iCalendar), with the shifts of everybody or of one `user`. It ends when
    the person who asked for it is deactivated."""
    required(call.look.oncall.schedule(schedule_id), "schedule", schedule_id)
    if user:
        required(call.look.people.user(user), "user", user)
    token = call.house.vault.sign(CalendarLink(schedule_id, call.caller.user, user))
    return await call.shown(FeedShown(f"{call.house.settings.url}/ical/{token}.ics"))


@get("/ical/{file:str}", opt={"needs": OPEN}, include_in_schema=False)
async def calendar_file(call: Call, file: str) -> Response[bytes]:
    """The calendar itself."""
    link = _opened(call, file.removesuffix(".ics"))
    schedule = call.look.oncall.schedule(link.schedule) if link is not None else None
    if link is None or schedule is None:
        raise missing("calendar", "of this address")
    at = call.at
    found = call.look.oncall.shifts(schedule.id, Moment(at - PAST_MS), Moment(at + AHEAD_MS))
    shifts = [one for one in found if link.user in ("", one.user)]
    body = _calendar(call, schedule.id, schedule.spec.name, shifts)
    return await call.shown(Response(body, media_type=MEDIA_TYPE))


def _opened(call: OneCall, token: str) -> CalendarLink | None:
    """What the address allows, while the person it was made for is with us."""
    link = call.house.vault.verify(token, CalendarLink)
    person = call.look.people.user(link.made_for) if link is not None else None
    return link if person is not None and person.active else None


def _calendar(call: OneCall, schedule: str, title: str, shifts: list[Shift]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Tocsin//on call//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    name, stamp = namer(call.look), shown(call.at)
    for shift in shifts:
        calendar.add_component(_event(schedule, title, name(shift.user), shift, stamp))
    body: bytes = calendar.to_ical()
    return body


def _event(schedule: str, title: str, name: str, shift: Shift, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{schedule}-{shift.start_at}-{shift.user}@tocsin")
    event.add("dtstamp", stamp)
    event.add("dtstart", shown(shift.start_at))
    event.add("dtend", shown(shift.end_at))
    event.add("summary", f"{name} · {title}")
    event.add("transp", "TRANSPARENT")
    return event


router = Router("/", route_handlers=[get_feed], tags=["oncall"])
page = Router("/", route_handlers=[calendar_file])
