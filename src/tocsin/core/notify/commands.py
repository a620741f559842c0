"""What may be asked of the way to people."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.notify.events import Rule
from tocsin.kernel.message import Command
from tocsin.kernel.permission import RESPOND, ROOM, SELF

RAISED = "raised"
"""Why a run begins whose incident became more urgent."""


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


class ResumeRun(Command, frozen=True):
    """Go on with the escalation that was stopped a moment ago, as if it never had been; where there is none, begin."""

    needs: ClassVar[str] = ROOM
    incident: str
    ladder: str
    user: str
    urgency: str
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


class PageHelpers(Command, frozen=True):
    """Page these people, whom a person called to help with an incident, by their own rules for high urgency."""

    needs: ClassVar[str] = ROOM
    incident: str
    users: tuple[str, ...]
    by: str
    text: str = ""


class SendTestPages(Command, frozen=True):
    """Send a page that says it is a test by every way that one's rules name for this urgency (`high`, `low`) at this
    hour, at once. The answer names the pages, with spaces between them."""

    needs: ClassVar[str] = SELF
    user: str
    urgency: str = "high"


class RetryPage(Command, frozen=True):
    """Send a page anew that failed or was given up, while its incident still needs somebody. The answer is the page
    that leaves: the same one, or a new one in the place of one that was given up."""

    needs: ClassVar[str] = RESPOND
    page: str


NotifyCommand: TypeAlias = (
    SetRules | StartRun | StopRun | ResumeRun | HastenRun | PageHelpers | RecordReceipt | SendTestPage | SendTestPages
    | RetryPage
)  # fmt: skip
