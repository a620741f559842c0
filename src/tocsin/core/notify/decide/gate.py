"""The gate every page passes on its way out: what is due leaves, waits, or travels in a digest.

Law: after `settle` nothing is due. Nothing is dropped: what does not leave is held until the slot opens. Of one slot
at most as many messages leave as a person can bear; high urgency waits a minute at the longest and then leaves all
the same, together with all that waited: of a full slot one message a minute.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look, reaches
from tocsin.core.notify.decide.runs import climb
from tocsin.core.notify.decide.ways import give_up, wanted, withdraw
from tocsin.core.notify.events import DigestDue, PageBundled, PageDue, PageHeld
from tocsin.core.notify.rules import ATTEMPTS_MAX, LATE_MS, opens_at, presses_at, room
from tocsin.core.notify.state import DUE, HELD, PLANNED, Page, slot
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Moment

ROUNDS_MAX = 10_000
"""Giving up leads to other ways, which end; a defect that goes round in circles is stopped here."""


def settle(draft: Draft, look: Look, *, everything: bool = False, rows: Collection[str] = ()) -> None:
    """Let what is due happen: of this decision and these `rows`, or of `everything` when it is a tick."""
    left = [key for key in draft.agenda.due(draft.at) if key in rows] if rows else []
    for _ in range(ROUNDS_MAX):
        keys = left or (draft.agenda.due(draft.at) if everything else draft.agenda.touched(draft.at))
        left = []
        if not keys:
            return
        runs = [key.removeprefix("run:") for key in keys if key.startswith("run:")]
        for incident in runs:
            run = draft.runs[incident]
            climb(draft, look, run, late_ms=max(0, draft.at - run.timer_at))
        if not runs:
            _pages_due(draft, look, [key.removeprefix("page:") for key in keys])
    raise AssertionError(f"paging does not come to rest: {draft.events[-10:]}")


def _pages_due(draft: Draft, look: Look, ids: list[str]) -> None:
    """What cannot be sent is withdrawn or given up; digests are sent again; the rest is gathered by slot. To give one
    up may cancel another, so each is looked at when its turn comes, and again before it leaves."""
    slots: dict[str, list[str]] = {}
    for page in _still_due(draft, ids):
        left = wanted(draft, page)
        if not left:
            withdraw(draft, page, page.orphan or "answered")
        elif page.status == DUE and (page.attempt >= ATTEMPTS_MAX or page.kind == "test"):
            give_up(draft, look, page, "no_receipt")
        elif not reaches(look, page.user, page.contact):
            give_up(draft, look, page, "contact_removed")
        elif page.carries:
            _send_digest(draft, page.id, left, page.attempt + 1, page.rule)
        else:
            slots.setdefault(slot(page.user, page.contact), []).append(page.id)
    for key, gathered in slots.items():
        ready = sorted(_still_due(draft, gathered), key=lambda one: (one.urgency != "high", one.due_at, _number(one)))
        _pass(draft, key, ready)


def _still_due(draft: Draft, ids: list[str]) -> Iterator[Page]:
    for id_ in ids:
        page = draft.pages.get(id_)  # a digest that carries nothing any more is forgotten at once
        if page is not None and page.timer_at:
            yield page


def _pass(draft: Draft, key: str, ready: list[Page]) -> None:
    """Let the ready pages of one slot through, the most urgent first."""
    at = draft.at
    sent = draft.sent.get(key, ())
    if sum(1 for page in ready if at - page.timer_at > LATE_MS) > 1:
        return _bundle(draft, ready, "backlog")
    morning = [page for page in ready if _waited(page)]
    if len(morning) > 1 and room(sent, at):
        _bundle(draft, morning, "delivery_hours")
        ready = [page for page in ready if not _waited(page)]
        sent = draft.sent.get(key, ())
    free = room(sent, at)
    held = any(page.status == HELD for page in ready)
    if (held and free) or (not free and any(_presses(page, sent, at) for page in ready)):
        return _bundle(draft, ready, "throttle")
    singles = len(ready) if len(ready) <= free else max(0, free - 1)
    for page in ready[:singles]:
        _send(draft, page)
    rest = ready[singles:]
    if rest and free:
        return _bundle(draft, rest, "throttle")
    for page in rest:
        _hold(draft, page, sent)
    return None


def _waited(page: Page) -> bool:
    """Whether it was no matter for the night."""
    return page.urgency == "low" and page.status == PLANNED and page.due_at > page.planned_at


def _presses(page: Page, sent: Sequence[Moment], at: Moment) -> bool:
    """Whether it leaves although the slot is full: it has waited, or the last message is a minute old."""
    return page.urgency == "high" and (page.status == HELD or presses_at(sent) <= at)


def _hold(draft: Draft, page: Page, sent: Sequence[Moment]) -> None:
    opens = opens_at(sent, draft.at)
    until = min(opens, presses_at(sent)) if page.urgency == "high" else opens
    draft.tell(PageHeld(incident=page.incident, page=page.id, until=until, why="throttle"))


def _send(draft: Draft, page: Page) -> None:
    late_ms = max(0, draft.at - page.due_at)
    draft.tell(PageDue(incident=page.incident, page=page.id, attempt=page.attempt + 1, late_ms=late_ms))


def _bundle(draft: Draft, pages: list[Page], why: str) -> None:
    """One message for several pages, the newest first, for that is what matters to somebody who comes to it."""
    if len(pages) == 1:
        return _send(draft, pages[0])
    digest = draft.next_page()
    newest_first = sorted(pages, key=_number, reverse=True)
    for page in newest_first:
        draft.tell(PageBundled(incident=page.incident, page=page.id, into=digest))
    return _send_digest(draft, digest, tuple(newest_first), 1, why)


def _send_digest(draft: Draft, digest: str, pages: tuple[Page, ...], attempt: int, why: str) -> None:
    first = pages[0]
    draft.tell(
        DigestDue(
            page=digest, user=first.user, contact=first.contact, channel=first.channel,
            pages=tuple(page.id for page in pages), incidents=tuple(dict.fromkeys(page.incident for page in pages)),
            attempt=attempt, why=why,
        )
    )  # fmt: skip


def _number(page: Page) -> int:
    return number_of(page.id, "PG") or 0
