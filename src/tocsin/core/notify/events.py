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
    """An escalation runs, with the ladder as it was then (`revision` 0 and one step: a person was named, who is `user`,
    or the ladder is unknown). `why` as in IncidentTriggered or RunResumed."""

    incident: str
    run: int
    ladder: str
    revision: int
    spec: LadderSpec
    urgency: str
    user: str = ""
    why: str = ""


class RunResumed(_NotifyEvent, frozen=True):
    """An escalation that was stopped goes on at the rung it had reached; its people know already and are not told
    again. Times as in StepReached, later by as long as it stood still; both 0: it was exhausted. `pages` of it are
    still with a channel. `alarmed`: somebody was reached, or the administrators know that nobody was. `why`:
    `snooze_ended`, `act_undone`."""

    incident: str
    run: int
    ladder: str
    revision: int
    spec: LadderSpec
    urgency: str
    user: str
    round: int
    step: int
    users: tuple[str, ...]
    next_at: Moment
    ends_at: Moment
    pages: tuple[str, ...]
    alarmed: bool
    why: str


class StepReached(_NotifyEvent, frozen=True):
    """A rung was reached: these people are told (nobody: the next rung follows at once); the next rung is due at
    `next_at` (0: this was the last, and the run is exhausted at `ends_at`). `round` and `step` count from 0. `late_ms`
    is how late the timer was."""

    incident: str
    run: int
    round: int
    step: int
    users: tuple[str, ...]
    next_at: Moment
    late_ms: int = 0
    ends_at: Moment = Moment(0)


class RunEnded(_NotifyEvent, frozen=True):
    """An escalation is over. `why`: `acknowledged`, `resolved`, `snoozed`, `merged`, `muted`, `reassigned`,
    `act_undone`, `restarted`, or `exhausted`: nobody answered on the last rung; its pages are still delivered, and it
    ends once more when somebody does answer."""

    incident: str
    run: int
    why: str


class NobodyReached(_NotifyEvent, frozen=True):
    """A rung had nobody to tell, or no page of an escalation arrived; the administrators are told. `why`:
    `nobody_on_call`, `ladder_empty`, `ladder_unknown`, `all_given_up`."""

    incident: str
    run: int
    why: str


class _PageEvent(_NotifyEvent, frozen=True):
    """A digest and a test page belong to no single incident: `incident` is empty and the page is the subject."""

    incident: str
    page: str

    def subject(self) -> str:
        return self.incident or self.page


class PagePlanned(_PageEvent, frozen=True):
    """A page to a person will be due at `due_at` unless somebody acknowledges before. `rule` says why this way:
    `rule:<n>` (the person's n-th rule, from 1), `default:high`, `default:low`, `mailbox`, `fallback`, `admins`,
    `retry` (somebody asked for it), `test`. `run` 0: no escalation, but the person `by` called for help, saying `text`
    (or a test)."""

    run: int
    user: str
    contact: str
    channel: str
    rule: str
    due_at: Moment
    by: str = ""
    text: str = ""


class HelpEnded(_NotifyEvent, frozen=True):
    """Helpers of an incident are not needed any more: it is `resolved` or `merged` (`why`)."""

    incident: str
    why: str


class PageHeld(_PageEvent, frozen=True):
    """A page waits until `until`, because this contact had as many pages as a person can bear (`why`: `throttle`)."""

    until: Moment
    why: str


class PageDue(_PageEvent, frozen=True):
    """A page must leave now: the outbox owes it until a receipt comes. `attempt` counts from 1."""

    attempt: int
    late_ms: int = 0


class PageDelivered(_PageEvent, frozen=True):
    """The channel took the page."""

    detail: str = ""


class PageFailed(_PageEvent, frozen=True):
    """The channel did not take the page; it is tried again at `retry_at`."""

    attempt: int
    detail: str
    retry_at: Moment


class PageGivenUp(_PageEvent, frozen=True):
    """The page will not be tried again; another way is tried where there is one."""

    reason: str


class PageCancelled(_PageEvent, frozen=True):
    """A planned or retried page is not needed any more. `why` as in RunEnded, or `renewed`: a later rung pages the same
    contact anew."""

    why: str


class PageBundled(_PageEvent, frozen=True):
    """A page is delivered as part of a digest page of the same person and contact."""

    into: str


class DigestDue(_NotifyEvent, frozen=True):
    """One message carrying several pages of a person, newest first, must leave now; the outbox owes it like a page.
    `why`: `throttle`, `backlog`, `delivery_hours`. Later attempts carry only what is still open."""

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
    RulesSet | RunStarted | RunResumed | StepReached | RunEnded | NobodyReached | HelpEnded | PagePlanned | PageHeld
    | PageDue | PageDelivered | PageFailed | PageGivenUp | PageCancelled | PageBundled | DigestDue
)  # fmt: skip
