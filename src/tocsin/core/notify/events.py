"""What has happened on the way to people. The storage format. Page ids look like `PG-17`."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.core.oncall.events import LadderSpec
from tocsin.kernel.message import Event, Moment


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of a person's notification rules: for this `urgency` (`high`, `low`, `any`), between `start` and `end` of the
    local day (`HH:MM`; an end at or before the start lies on the next day), page `contact` after `delay_s`."""

    contact: str
    urgency: str = "any"
    start: str = "00:00"
    end: str = "24:00"
    delay_s: int = 0


class _NotifyEvent(Event, frozen=True):
    room: ClassVar[str] = "notify"
    about: ClassVar[str] = "incident"


class RulesSet(_NotifyEvent, frozen=True):
    """A person's notification rules were set."""

    about: ClassVar[str] = "user"
    user: str
    rules: tuple[Rule, ...]


class RunStarted(_NotifyEvent, frozen=True):
    """An escalation runs, with the ladder as it was then (`revision` 0 and one step: a person was named)."""

    incident: str
    run: int
    ladder: str
    revision: int
    spec: LadderSpec
    urgency: str


class StepReached(_NotifyEvent, frozen=True):
    """A rung was reached: these people are told; the next rung is due at `next_at` (0: this was the last).
    `late_ms` is how late the timer was."""

    incident: str
    run: int
    round: int
    step: int
    users: tuple[str, ...]
    next_at: Moment
    late_ms: int = 0


class RunEnded(_NotifyEvent, frozen=True):
    """An escalation is over. `why`: `acknowledged`, `resolved`, `snoozed`, `merged`, `muted`, `reassigned`, `exhausted`."""

    incident: str
    run: int
    why: str


class NobodyReached(_NotifyEvent, frozen=True):
    """A rung had nobody to tell, or every page of an escalation was given up; the administrators are told."""

    incident: str
    run: int
    why: str


class PagePlanned(_NotifyEvent, frozen=True):
    """A page to a person will be due at `due_at` unless somebody acknowledges before. `rule` says why this way:
    `rule:<n>`, `mailbox`, `fallback`."""

    incident: str
    page: str
    run: int
    user: str
    contact: str
    channel: str
    rule: str
    due_at: Moment


class PageDue(_NotifyEvent, frozen=True):
    """A page must leave now: the outbox owes it until a receipt comes. `attempt` counts from 1."""

    incident: str
    page: str
    attempt: int
    late_ms: int = 0


class PageDelivered(_NotifyEvent, frozen=True):
    """The channel took the page."""

    incident: str
    page: str
    detail: str = ""


class PageFailed(_NotifyEvent, frozen=True):
    """The channel did not take the page; it is tried again at `retry_at`."""

    incident: str
    page: str
    attempt: int
    detail: str
    retry_at: Moment


class PageGivenUp(_NotifyEvent, frozen=True):
    """The page will not be tried again; another way is tried where there is one."""

    incident: str
    page: str
    reason: str


class PageCancelled(_NotifyEvent, frozen=True):
    """A planned or retried page is not needed any more. `why` as in RunEnded."""

    incident: str
    page: str
    why: str


class PageBundled(_NotifyEvent, frozen=True):
    """A page is delivered as part of a digest page of the same person and contact (throttle, or backlog after an outage)."""

    incident: str
    page: str
    into: str


class DigestDue(_NotifyEvent, frozen=True):
    """One message carrying several pages of a person must leave now; the outbox owes it like a page."""

    about: ClassVar[str] = "page"
    page: str
    user: str
    contact: str
    channel: str
    pages: tuple[str, ...]
    incidents: tuple[str, ...]
    attempt: int
    why: str


NotifyEvent: TypeAlias = (
    RulesSet | RunStarted | StepReached | RunEnded | NobodyReached | PagePlanned | PageDue | PageDelivered
    | PageFailed | PageGivenUp | PageCancelled | PageBundled | DigestDue
)  # fmt: skip
