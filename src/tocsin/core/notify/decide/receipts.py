"""What became of an attempt to deliver a page.

Law: a receipt may come twice, late, or for a page nobody remembers, and changes nothing then; but a success that
comes late is a success, and spares the person a repetition.
"""

from __future__ import annotations

from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look
from tocsin.core.notify.decide.ways import give_up, wanted, withdraw
from tocsin.core.notify.events import PageCancelled, PageDelivered, PageFailed
from tocsin.core.notify.rules import ATTEMPTS_MAX, BACKOFF_MS
from tocsin.core.notify.state import DUE, FAILED, LIVE, Page
from tocsin.kernel.message import Moment

DETAIL_MAX = 1_000
"""Characters of what a channel said that are kept: enough for any error, too few to fill a journal."""


def record(draft: Draft, look: Look, command: RecordReceipt) -> None:
    """Fold a receipt of the outbox."""
    page = draft.pages.get(command.page)
    if page is None or page.status not in LIVE or not 0 < command.attempt <= page.attempt:
        return
    detail = command.detail[:DETAIL_MAX]
    if command.delivered:
        spoken = wanted(draft, page)
        draft.tell(PageDelivered(incident=page.incident, page=page.id, detail=detail))
        for one in spoken:
            _spare(draft, one)
    elif page.status != DUE or command.attempt != page.attempt:
        return
    elif not wanted(draft, page):
        withdraw(draft, page, page.orphan or "answered")
    elif command.retryable and command.attempt < ATTEMPTS_MAX and page.kind != "test":
        retry_at = Moment(draft.at + BACKOFF_MS[command.attempt - 1])
        draft.tell(
            PageFailed(incident=page.incident, page=page.id, attempt=command.attempt, detail=detail, retry_at=retry_at)
        )
    else:
        give_up(draft, look, page, detail or ("attempts_exhausted" if command.retryable else "refused"))


def _spare(draft: Draft, arrived: Page) -> None:
    """What an earlier rung still tries to tell a person by the contact by which they have it now, they need not be told
    once more."""
    run = draft.runs.get(arrived.incident)
    for page in draft.pages_of(run) if run is not None else ():
        is_same = (page.user, page.contact) == (arrived.user, arrived.contact)
        if is_same and page.status == FAILED and page.planned_at <= arrived.planned_at:
            draft.tell(PageCancelled(incident=page.incident, page=page.id, why="renewed"))
