"""What notify must be remembered to decide: runs, their pages, rules of persons, and what the outbox owes.

Law: memory holds the runs nobody has answered yet and the pages on their way; the answered ones leave. Events may be
folded into anything that has these tables, so that a decision sees what its own first events change.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Protocol, assert_never

import msgspec

from tocsin.core.notify.events import (
    DigestDue,
    HelpEnded,
    NobodyReached,
    NotifyEvent,
    PageBundled,
    PageCancelled,
    PageDelivered,
    PageDue,
    PageFailed,
    PageGivenUp,
    PageHeld,
    PagePlanned,
    Rule,
    RulesSet,
    RunEnded,
    RunResumed,
    RunStarted,
    StepReached,
)
from tocsin.core.notify.rules import MAILBOX, RECEIPT_TIMEOUT_MS, sent_with
from tocsin.core.oncall.events import LadderSpec
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Moment, Stamp

PLANNED, HELD, DUE, FAILED = "planned", "held", "due", "failed"
"""Where a page still moves: waiting for its time, for the throttle, for a receipt, for the next attempt."""
DELIVERED, GIVEN_UP, BUNDLED, CANCELLED = "delivered", "given_up", "bundled", "cancelled"
"""Where a page has ended; a bundled one shares the fate of its digest."""
LIVE = (PLANNED, HELD, DUE, FAILED)
PAGE, HELPER, DIGEST, TEST = "page", "helper", "digest", "test"
"""What a page is: a rung of a run, a person's call for help, a message of several pages, a test."""
NEVER = Moment(0)


class Run(msgspec.Struct, frozen=True, gc=False):
    """An escalation nobody has answered. `round` and `step` are the rung reached last, `step` -1 before the first.
    `exhausted`: it has no further rung. `alarmed`: the administrators know that nobody was reached at all, or
    need not."""

    incident: str
    number: int
    ladder: str
    revision: int
    spec: LadderSpec
    urgency: str
    user: str = ""
    round: int = 0
    step: int = -1
    users: tuple[str, ...] = ()
    timer_at: Moment = NEVER
    pages: tuple[str, ...] = ()
    exhausted: bool = False
    alarmed: bool = False


class Page(msgspec.Struct, frozen=True, gc=False):
    """A page, call for help, digest or test (`kind`) on its way. `due_at` is when it should leave, `timer_at` when
    time next changes something. `orphan` says why its run stopped while it was with the channel. A digest `carries`
    pages; `by` called for help, saying `text`."""

    id: str
    kind: str
    incident: str
    user: str
    contact: str
    channel: str
    rule: str
    urgency: str
    status: str
    planned_at: Moment
    due_at: Moment
    timer_at: Moment
    attempt: int = 0
    round: int = 0
    step: int = 0
    into: str = ""
    orphan: str = ""
    carries: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    by: str = ""
    text: str = ""


class Timers(Protocol):
    """Where rows are set and dropped."""

    def set(self, key: str, at: Moment) -> None:
        """Let the key be due at this instant."""

    def drop(self, key: str) -> None:
        """Forget the key."""


class DueTimers(Protocol):
    """Where it is read what is due."""

    def due(self, at: Moment) -> list[str]:
        """The keys due at or before this instant, earliest first."""


class Known(Protocol):
    """What deciding reads: it cannot write."""

    @property
    def rules(self) -> Mapping[str, tuple[Rule, ...]]: ...
    @property
    def runs(self) -> Mapping[str, Run]: ...
    @property
    def pages(self) -> Mapping[str, Page]: ...
    @property
    def helpers(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def sent(self) -> Mapping[str, tuple[Moment, ...]]: ...
    @property
    def owing(self) -> Mapping[str, Moment]: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def agenda(self) -> DueTimers: ...


class Tables(Protocol):
    """What folding writes."""

    @property
    def rules(self) -> MutableMapping[str, tuple[Rule, ...]]: ...
    @property
    def runs(self) -> MutableMapping[str, Run]: ...
    @property
    def pages(self) -> MutableMapping[str, Page]: ...
    @property
    def helpers(self) -> MutableMapping[str, tuple[str, ...]]: ...
    @property
    def sent(self) -> MutableMapping[str, tuple[Moment, ...]]: ...
    @property
    def owing(self) -> MutableMapping[str, Moment]: ...
    @property
    def counts(self) -> MutableMapping[str, int]: ...
    @property
    def agenda(self) -> Timers: ...


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them. `helpers`: the pages on their way to
    helpers of an unresolved incident; `sent`: when a slot's last messages left; `owing`: pages
    with the outbox, and since when; agenda rows are `run:<incident>` and `page:<page>`."""

    rules: dict[str, tuple[Rule, ...]] = {}
    runs: dict[str, Run] = {}
    pages: dict[str, Page] = {}
    helpers: dict[str, tuple[str, ...]] = {}
    sent: dict[str, tuple[Moment, ...]] = {}
    owing: dict[str, Moment] = {}
    counts: dict[str, int] = {}
    agenda: Agenda = msgspec.field(default_factory=Agenda)


def slot(user: str, contact: str) -> str:
    """The key of a person's contact."""
    return f"{user} {contact}"


def carried(pages: Mapping[str, Page], digest: Page) -> tuple[Page, ...]:
    """The pages that still travel in a digest, the newest first."""
    found = (pages[id_] for id_ in digest.carries if id_ in pages)
    return tuple(page for page in found if page.status == BUNDLED and page.into == digest.id)


def evolve(state: Tables, event: NotifyEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case RulesSet():
            state.rules[event.user] = event.rules
        case RunStarted():
            _run_started(state, event)
        case RunResumed():
            _run_resumed(state, event)
        case StepReached():
            _step_reached(state, event)
        case RunEnded():
            _run_ended(state, event)
        case NobodyReached():
            run = state.runs.get(event.incident)
            if run is not None and event.why == "all_given_up":
                state.runs[run.incident] = msgspec.structs.replace(run, alarmed=True)
        case PagePlanned():
            _page_planned(state, event, stamp)
        case HelpEnded():
            _help_ended(state, event)
        case PageHeld():
            _change(state, event.page, status=HELD, timer_at=event.until)
        case PageDue():
            _page_due(state, event, stamp)
        case PageDelivered():
            _page_ended(state, event.page, DELIVERED)
        case PageFailed():
            _change(state, event.page, status=FAILED, due_at=event.retry_at, timer_at=event.retry_at)
        case PageGivenUp():
            _page_ended(state, event.page, GIVEN_UP)
        case PageCancelled():
            _page_ended(state, event.page, CANCELLED)
        case PageBundled():
            _change(state, event.page, status=BUNDLED, timer_at=NEVER, into=event.into)
        case DigestDue():
            _digest_due(state, event, stamp)
        case _:
            assert_never(event)


def _run_started(state: Tables, event: RunStarted) -> None:
    state.counts["run"] = event.run
    state.runs[event.incident] = Run(
        event.incident, event.run, event.ladder, event.revision, event.spec, event.urgency, event.user
    )


def _run_resumed(state: Tables, event: RunResumed) -> None:
    """What its channels hold is its own again."""
    timer_at = event.next_at or event.ends_at
    state.runs[event.incident] = Run(
        event.incident, event.run, event.ladder, event.revision, event.spec, event.urgency, event.user, event.round,
        event.step, event.users, timer_at, event.pages, exhausted=not timer_at, alarmed=event.alarmed,
    )  # fmt: skip
    for id_ in event.pages:
        _change(state, id_, orphan="")
    if timer_at:
        state.agenda.set(f"run:{event.incident}", timer_at)


def _step_reached(state: Tables, event: StepReached) -> None:
    """The last rung has no next one, but its time to answer too."""
    run = state.runs[event.incident]
    timer_at = event.next_at or event.ends_at
    state.runs[event.incident] = msgspec.structs.replace(
        run, round=event.round, step=event.step, users=event.users, timer_at=timer_at, exhausted=False
    )
    state.agenda.set(f"run:{event.incident}", timer_at)


def _run_ended(state: Tables, event: RunEnded) -> None:
    """An exhausted run stays: its pages are still delivered. Any other leaves; pages with a channel become orphans."""
    state.agenda.drop(f"run:{event.incident}")
    run = state.runs[event.incident]
    if event.why == "exhausted":
        state.runs[event.incident] = msgspec.structs.replace(run, exhausted=True, timer_at=NEVER)
        return
    del state.runs[event.incident]
    _let_go(state, run.pages, event.why)


def _help_ended(state: Tables, event: HelpEnded) -> None:
    _let_go(state, state.helpers[event.incident], event.why)
    del state.helpers[event.incident]


def _let_go(state: Tables, pages: tuple[str, ...], why: str) -> None:
    """What a channel holds becomes an orphan, the rest is forgotten."""
    for id_ in pages:
        page = state.pages.get(id_)
        if page is None:
            continue
        if page.status == DUE:
            _keep(state, msgspec.structs.replace(page, orphan=why))
        else:
            _forget(state, page)


def _page_planned(state: Tables, event: PagePlanned, stamp: Stamp) -> None:
    _count(state, event.page)
    run = state.runs.get(event.incident) if event.run else None
    kind = PAGE if run else HELPER if event.incident else TEST
    page = Page(
        event.page, kind, event.incident, event.user, event.contact, event.channel, event.rule,
        run.urgency if run else "high", PLANNED, stamp.at, event.due_at, event.due_at,
        round=run.round if run else 0, step=run.step if run else 0, by=event.by, text=event.text,
    )  # fmt: skip
    _keep(state, page)
    if run is not None:
        state.runs[run.incident] = msgspec.structs.replace(run, pages=(*run.pages, page.id))
        return
    if kind == HELPER:
        state.helpers[page.incident] = (*state.helpers.get(page.incident, ()), page.id)
    if page.channel == MAILBOX:
        # It is there at once, with no attempt to count: without this, nothing would hold back a thousand tests.
        _sent(state, page.user, page.contact, stamp.at)


def _page_due(state: Tables, event: PageDue, stamp: Stamp) -> None:
    page = state.pages[event.page]
    again_at = Moment(stamp.at + RECEIPT_TIMEOUT_MS)
    _change(state, page.id, status=DUE, attempt=event.attempt, due_at=again_at, timer_at=again_at)
    _sent(state, page.user, page.contact, stamp.at)


def _digest_due(state: Tables, event: DigestDue, stamp: Stamp) -> None:
    _count(state, event.page)
    again_at = Moment(stamp.at + RECEIPT_TIMEOUT_MS)
    first = state.pages.get(event.page)
    digest = Page(
        event.page, DIGEST, "", event.user, event.contact, event.channel, event.why, "high", DUE,
        first.planned_at if first else stamp.at, again_at, again_at,
        attempt=event.attempt, carries=event.pages, incidents=event.incidents,
    )  # fmt: skip
    _keep(state, digest)
    _sent(state, event.user, event.contact, stamp.at)


def _page_ended(state: Tables, id_: str, status: str) -> None:
    """An ended page of a run stays with its run, which asks later whom it reached; any other leaves."""
    page = state.pages[id_]
    for one in carried(state.pages, page):
        _change(state, one.id, status=status)
        if one.kind == HELPER:
            _forget(state, state.pages[one.id])
    if page.kind != PAGE or page.orphan:
        _forget(state, page)
    else:
        _change(state, id_, status=status, timer_at=NEVER)


def _change(state: Tables, id_: str, **fields: object) -> None:
    _keep(state, msgspec.structs.replace(state.pages[id_], **fields))


def _keep(state: Tables, page: Page) -> None:
    """The one place a page is written, with its timer and its debt."""
    state.pages[page.id] = page
    if page.timer_at:
        state.agenda.set(f"page:{page.id}", page.timer_at)
    else:
        state.agenda.drop(f"page:{page.id}")
    if page.status == DUE and not page.orphan:
        state.owing[page.id] = Moment(page.timer_at - RECEIPT_TIMEOUT_MS)
    else:
        state.owing.pop(page.id, None)


def _forget(state: Tables, page: Page) -> None:
    del state.pages[page.id]
    if page.kind == HELPER and page.incident in state.helpers:
        left = tuple(one for one in state.helpers[page.incident] if one != page.id)
        state.helpers[page.incident] = left
    state.agenda.drop(f"page:{page.id}")
    state.owing.pop(page.id, None)


def _count(state: Tables, page: str) -> None:
    number = number_of(page, "PG")
    assert number is not None, f"{page} is not the id of a page"
    state.counts["page"] = max(number, state.counts.get("page", 0))


def _sent(state: Tables, user: str, contact: str, at: Moment) -> None:
    key = slot(user, contact)
    state.sent[key] = sent_with(state.sent.get(key, ()), at)
