"""What may be asked of calendars."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.calendars.events import CalendarSpec
from tocsin.kernel.message import Command
from tocsin.kernel.permission import CONFIGURE


class SetCalendar(Command, frozen=True):
    """Create a calendar or bring one to this description."""

    needs: ClassVar[str] = CONFIGURE
    calendar: str
    spec: CalendarSpec


class RemoveCalendar(Command, frozen=True):
    """Remove a calendar."""

    needs: ClassVar[str] = CONFIGURE
    calendar: str


CalendarsCommand: TypeAlias = SetCalendar | RemoveCalendar
