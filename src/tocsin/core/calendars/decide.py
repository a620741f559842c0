"""What follows from a command to calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, assert_never

from tocsin.core.calendars.commands import CalendarsCommand, RemoveCalendar, SetCalendar
from tocsin.core.calendars.events import CalendarRemoved, CalendarSet, CalendarSpec, Hours
from tocsin.core.calendars.rules import DATES_MAX, HOURS_MAX, MONDAY
from tocsin.core.calendars.state import Calendar
from tocsin.kernel.ids import NAME_MAX, SLUG_HINT, is_name, is_slug
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected, Tick
from tocsin.kernel.zone import is_zone, parse_clock, parse_day


class Known(Protocol):
    """The room's tables, read-only."""

    @property
    def calendars(self) -> Mapping[str, Calendar]: ...


class Look(Protocol):
    """The views this room reads to decide: none."""


def decide(known: Known, look: Look, command: CalendarsCommand | Tick, envelope: Envelope) -> Decision:
    """Hand the command to its function."""
    match command:
        case SetCalendar():
            return set_calendar(known, command)
        case RemoveCalendar():
            return remove_calendar(known, command)
        case Tick():
            return Accepted()
        case _:
            assert_never(command)


def set_calendar(known: Known, command: SetCalendar) -> Decision:
    """Refused: calendar_id_invalid, name_invalid, zone_unknown, hours_missing, too_many_hours, weekday_invalid,
    clock_invalid, hours_reversed, too_many_dates, date_invalid, date_twice, workday_without_hours,
    date_name_invalid, date_unknown."""
    calendar, spec = command.calendar, command.spec
    old = known.calendars.get(calendar)
    if old is None and not is_slug(calendar):
        return Rejected("calendar_id_invalid", f"{calendar[:80]!r} cannot be the id of a calendar: {SLUG_HINT}")
    if not is_name(spec.name):
        return Rejected("name_invalid", f"name {spec.name[:40]!r}: one line of 1 to {NAME_MAX} characters is needed")
    if not is_zone(spec.zone):
        return Rejected("zone_unknown", f"{spec.zone[:80]!r} is no IANA time zone; write it like Europe/Berlin")
    flaw = _flaw_of_week(spec) or _flaw_of_dates(spec) or _flaw_of_names(spec)
    if flaw is not None:
        return flaw
    if old is not None and old.spec == spec:
        return Accepted(answer=calendar)
    return Accepted((CalendarSet(calendar=calendar, spec=spec),), calendar)


def remove_calendar(known: Known, command: RemoveCalendar) -> Decision:
    """Refused: calendar_unknown."""
    if command.calendar not in known.calendars:
        return Rejected("calendar_unknown", f"no calendar is called {command.calendar[:80]!r}")
    return Accepted((CalendarRemoved(calendar=command.calendar),))


def _flaw_of_week(spec: CalendarSpec) -> Rejected | None:
    if not spec.hours:
        return Rejected("hours_missing", "a calendar needs hours; around the clock is 00:00 to 24:00 on 0 to 6")
    if len(spec.hours) > HOURS_MAX:
        return Rejected("too_many_hours", f"{len(spec.hours)} rows of hours; a calendar has at most {HOURS_MAX}")
    flaws = (_flaw_of_hours(hours) for hours in spec.hours)
    return next((flaw for flaw in flaws if flaw is not None), None)


def _flaw_of_hours(hours: Hours) -> Rejected | None:
    days = hours.weekdays
    if not days or len(days) > 7 or len(dict.fromkeys(days)) < len(days) or any(not 0 <= day <= 6 for day in days):
        return Rejected(
            "weekday_invalid", f"weekdays {days[:8]!r} must be different numbers of 0 (Monday) to 6 (Sunday)"
        )
    start, end = parse_clock(hours.start), parse_clock(hours.end)
    if start is None or end is None:
        return Rejected("clock_invalid", f"{hours.start[:8]!r} to {hours.end[:8]!r} must be HH:MM, 00:00 to 24:00")
    if start >= end:
        return Rejected(
            "hours_reversed",
            f"{hours.start} to {hours.end}: hours end after they start; a night is two rows, to 24:00 and from 00:00",
        )
    return None


def _flaw_of_dates(spec: CalendarSpec) -> Rejected | None:
    dates = (*spec.holidays, *spec.workdays)
    if len(dates) > DATES_MAX:
        return Rejected("too_many_dates", f"{len(dates)} dates; a calendar has at most {DATES_MAX}")
    bad = next((text for text in dates if parse_day(text) is None), None)
    if bad is not None:
        return Rejected("date_invalid", f"{bad[:20]!r} is no date; write it like 2026-11-24")
    seen: dict[str, None] = {}
    for text in dates:
        if text in seen:
            return Rejected("date_twice", f"{text} is named twice among holidays and workdays")
        seen[text] = None
    if spec.workdays and all(MONDAY not in hours.weekdays for hours in spec.hours):
        return Rejected("workday_without_hours", "workdays have the hours of Monday, and Monday has none")
    return None


def _flaw_of_names(spec: CalendarSpec) -> Rejected | None:
    dates = dict.fromkeys((*spec.holidays, *spec.workdays))
    for date, name in spec.names.items():
        if date not in dates:
            return Rejected("date_unknown", f"{date[:20]!r} has a name but is none of the holidays and workdays")
        if not is_name(name):
            return Rejected(
                "date_name_invalid", f"name {name[:40]!r}: one line of 1 to {NAME_MAX} characters is needed"
            )
    return None
