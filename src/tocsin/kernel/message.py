"""The shapes everything in Tocsin is made of: commands ask, events tell, decisions answer.

Law: a message is a frozen struct. A command may be refused; an event has happened and is the storage
format for ever. Nothing here knows a room.

`gc=False`, here and on the entities there are many of: a frozen struct of plain values is part of no cycle, and
what the collector need not look at costs no pause.
"""

from __future__ import annotations

from typing import ClassVar, NewType

import msgspec

Moment = NewType("Moment", int)
"""An instant in milliseconds since 1970-01-01T00:00:00Z."""


class Command(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What may be asked. `needs` names the permission the one gate checks before deciding."""

    needs: ClassVar[str] = "nobody"


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What has happened, complete enough to fold without looking elsewhere.

    `room` and `version` with the class name are the key of the stored form; `about` names the field that
    holds the subject, so that one record can be folded from its own events.
    """

    room: ClassVar[str] = ""
    version: ClassVar[int] = 1
    about: ClassVar[str] = ""

    def subject(self) -> str:
        """The id of the record this event is about."""
        return str(getattr(self, self.about))


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """Who asks, when, and under which id; `cause` is the sequence of the event that led here, 0 for none.

    `actor` is `user:<id>`, `key:<id>`, `source:<id>`, `room:<name>` or `clock`. `id` is unique for the
    request: the same id is decided once.
    """

    id: str
    actor: str
    at: Moment
    cause: int = 0


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """Where and when an event stands in the journal; `correlation` is the id of the first envelope."""

    seq: int
    at: Moment
    actor: str
    cause: int
    correlation: str


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """The command is allowed; `events` follow from it. `answer` is the id of what was made, if anything."""

    events: tuple[Event, ...] = ()
    answer: str = ""


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """The command is refused. `reason` is snake_case and reads as a sentence's end; `detail` says what, where
    and how to mend it, in plain words with the offending value."""

    reason: str
    detail: str = ""


Decision = Accepted | Rejected


class Tick(Command, frozen=True):
    """Time has come for something: every room turns its rows that are due at the envelope's `at` into events.
    `was_deaf`: until just now nobody could be heard, because the house was away or its machine slept; that somebody
    kept silent proves nothing then. `rows`: of a room's timers only these, because a defect stands in the way of
    others; none: all that are due."""

    needs: ClassVar[str] = "clock"
    was_deaf: bool = False
    rows: tuple[str, ...] = ()


class CommandRefused(Event, frozen=True):
    """A person or program asked for something and was refused. `unrecorded`: refusals of theirs before this one,
    so many within an hour that they were only counted."""

    room: ClassVar[str] = "kernel"
    about: ClassVar[str] = "by"

    by: str
    command: str
    reason: str
    detail: str = ""
    unrecorded: int = 0


class CommandQuarantined(Event, frozen=True):
    """A defect stopped the decision of this command; it changed nothing and waits for a developer."""

    room: ClassVar[str] = "kernel"
    about: ClassVar[str] = "by"

    by: str
    command: str
    body: str
    error: str


KernelEvent = CommandRefused | CommandQuarantined
EVENTS: tuple[type[Event], ...] = (CommandRefused, CommandQuarantined)
