"""What alerts does when something happens in a room below: the house's own worries become alerts like any other.

Law: a payload nobody understood and a heartbeat nobody heard are never only a line in a log.
"""

from __future__ import annotations

from typing import Protocol

from tocsin.core.alerts.commands import ReceiveSignals, ResolveSource
from tocsin.core.intake.events import (
    BeatMissed,
    BeatResumed,
    Content,
    DeadLetterClosed,
    DeadLetterKept,
    Signal,
    SourceRemoved,
)
from tocsin.kernel.message import Command, CommandQuarantined, Event, Moment, Stamp
from tocsin.kernel.moment import DAY_MS

HEARS: tuple[type[Event], ...] = (
    DeadLetterKept,
    DeadLetterClosed,
    BeatMissed,
    BeatResumed,
    SourceRemoved,
    CommandQuarantined,
)

HOUSE = "tocsin"
"""The source under which the house speaks of itself."""
HEARTBEAT = "heartbeat"
"""The key of a missed heartbeat under its own source."""
LETTER_EXPIRY_MS = DAY_MS  # a source that stopped sending nonsense for a day is well again
ITSELF = ("clock", "room")
"""Who acts when the house does. A person who meets a defect is told so."""
DEFECT_EXPIRY_MS = DAY_MS  # long enough that somebody has seen it
ERROR_LENGTH_MAX = 200  # of an error in a title: a page on a phone


class Letters(Protocol):
    """What intake's view tells of dead letters."""

    def open_letters(self, source: str) -> int:
        """How many dead letters of the source wait to be looked at."""


class Look(Protocol):
    """The views this room reads to react."""

    @property
    def intake(self) -> Letters: ...


def react(look: Look, event: Event, stamp: Stamp) -> tuple[Command, ...]:
    """A foreign event in, own commands out."""
    match event:
        case DeadLetterKept():
            return (_says(HOUSE, _letter(event, stamp)),)
        case DeadLetterClosed():
            if look.intake.open_letters(event.source):
                return ()
            return (_says(HOUSE, _recovery(f"dead_letter:{event.source}", stamp)),)
        case BeatMissed():
            return (_says(event.source, _silence(event, stamp)),)
        case BeatResumed():
            return (_says(event.source, _recovery(HEARTBEAT, stamp)),)
        case SourceRemoved():
            return (ResolveSource(event.source),)
        case CommandQuarantined():
            return (_says(HOUSE, _defect(event, stamp)),) if event.by in ITSELF else ()
        case _:
            raise AssertionError(f"alerts does not hear {type(event).__name__}")


def _says(source: str, signal: Signal) -> ReceiveSignals:
    return ReceiveSignals(source=source, signals=(signal,))


def _defect(event: CommandQuarantined, stamp: Stamp) -> Signal:
    """One alert for each thing that a defect stands in the way of, however often it does: else one in the calling for
    this very alert would go round in circles."""
    what = f"{event.command} {event.body}" if event.by == "clock" else event.command
    content = Content(
        title=f"A defect stands in the way of {what[:ERROR_LENGTH_MAX]}; somebody may not be paged for it",
        severity="critical",
        labels={"alertname": "Defect", "command": event.command},
        annotations={"error": event.error[:ERROR_LENGTH_MAX], "body": event.body[:ERROR_LENGTH_MAX]},
    )
    return Signal(f"defect:{what[:ERROR_LENGTH_MAX]}", "firing", stamp.at, content, Moment(stamp.at + DEFECT_EXPIRY_MS))


def _letter(event: DeadLetterKept, stamp: Stamp) -> Signal:
    error = event.error[:ERROR_LENGTH_MAX]
    content = Content(
        title=f"Source {event.source} sent something that could not be understood: {error}",
        severity="high",
        labels={"alertname": "DeadLetter", "source": event.source, "door": event.door},
    )
    expires_at = Moment(stamp.at + LETTER_EXPIRY_MS)
    return Signal(f"dead_letter:{event.source}", "firing", stamp.at, content, expires_at)


def _silence(event: BeatMissed, stamp: Stamp) -> Signal:
    content = Content(
        title=f"Heartbeat {event.source} was missed",
        severity="high",
        labels={"alertname": "HeartbeatMissed", "source": event.source},
    )
    return Signal(HEARTBEAT, "firing", stamp.at, content)


def _recovery(key: str, stamp: Stamp) -> Signal:
    return Signal(key, "resolved", stamp.at, Content(title="", severity="info", labels={}))
