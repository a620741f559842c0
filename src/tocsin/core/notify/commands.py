"""What may be asked of the way to people."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.notify.events import Rule
from tocsin.kernel.message import Command
from tocsin.kernel.permission import ROOM, SELF


class SetRules(Command, frozen=True):
    """Set a person's notification rules; the same rules again change nothing."""

    needs: ClassVar[str] = SELF
    user: str
    rules: tuple[Rule, ...]


class StartRun(Command, frozen=True):
    """Begin to escalate an incident, ending a run that is under way."""

    needs: ClassVar[str] = ROOM
    incident: str
    ladder: str
    user: str
    urgency: str
    why: str


class StopRun(Command, frozen=True):
    """Stop escalating an incident and cancel its pages."""

    needs: ClassVar[str] = ROOM
    incident: str
    why: str


class HastenRun(Command, frozen=True):
    """Go to the next rung now."""

    needs: ClassVar[str] = ROOM
    incident: str


class RecordReceipt(Command, frozen=True):
    """What became of an attempt to deliver a page. `retryable` false: this address will never take it."""

    needs: ClassVar[str] = ROOM
    page: str
    attempt: int
    delivered: bool
    detail: str = ""
    retryable: bool = True


class SendTestPage(Command, frozen=True):
    """Send a page that says it is a test to one of one's contact points."""

    needs: ClassVar[str] = SELF
    user: str
    contact: str


NotifyCommand: TypeAlias = SetRules | StartRun | StopRun | HastenRun | RecordReceipt | SendTestPage
