"""What can be seen of calendars."""

from __future__ import annotations

import msgspec

from tocsin.core.calendars.rules import is_open, next_open
from tocsin.core.calendars.state import Calendar, State
from tocsin.kernel.message import Event, Moment, Stamp

__all__ = ["HEARS", "Calendar", "View", "fold"]

HEARS: tuple[type[Event], ...] = ()


class View(msgspec.Struct):
    """The room's door for reading."""

    known: State = msgspec.field(default_factory=State)

    def due(self) -> Moment | None:
        """Never: whoever waits for an opening asks for its instant."""
        return None

    def calendar(self, calendar: str) -> Calendar | None:
        """The calendar."""
        return self.known.calendars.get(calendar)

    def calendars(self) -> tuple[Calendar, ...]:
        """Every calendar, by id."""
        return tuple(self.known.calendars[id_] for id_ in sorted(self.known.calendars))

    def is_open(self, calendar: str, at: Moment) -> bool:
        """Whether the instant lies within the hours. An unknown calendar is always open."""
        found = self.known.calendars.get(calendar)
        return found is None or is_open(found.week, found.exceptions, found.spec.zone, at)

    def next_open(self, calendar: str, at: Moment) -> Moment | None:
        """The instant itself when it lies within the hours, otherwise the next opening; None: not within two years."""
        found = self.known.calendars.get(calendar)
        if found is None:
            return at
        return next_open(found.week, found.exceptions, found.spec.zone, at)


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event: everything is in State already."""
