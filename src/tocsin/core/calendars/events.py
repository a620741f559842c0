"""What has happened to calendars. The storage format."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.message import Event


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open hours on some weekdays (0 Monday … 6 Sunday), local `HH:MM`; `24:00` ends a day."""

    weekdays: tuple[int, ...]
    start: str
    end: str


class CalendarSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Business hours in a zone. `holidays` are ISO dates off, `workdays` ISO dates worked although off by the
    weekly rule (make-up days, 调休); such a day has the hours of Monday. `names` say what such dates are called."""

    name: str
    zone: str = "UTC"
    hours: tuple[Hours, ...] = ()
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()
    names: dict[str, str] = {}


class CalendarSet(Event, frozen=True):
    """A calendar was created or changed."""

    room: ClassVar[str] = "calendars"
    about: ClassVar[str] = "calendar"
    calendar: str
    spec: CalendarSpec


class CalendarRemoved(Event, frozen=True):
    """A calendar was removed."""

    room: ClassVar[str] = "calendars"
    about: ClassVar[str] = "calendar"
    calendar: str


CalendarsEvent: TypeAlias = CalendarSet | CalendarRemoved
