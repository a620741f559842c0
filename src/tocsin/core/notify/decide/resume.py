"""Going on with an escalation that was stopped a moment ago, because what stopped it was undone.

Law: the clock of the rung stood still meanwhile. Who was told is not told again; what was still to leave leaves later
by as long as it stood still. Where nothing can go on, the escalation begins: nobody is forgotten.
"""

from __future__ import annotations

from tocsin.core.notify.commands import ResumeRun, StartRun
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look, reaches, zone_of
from tocsin.core.notify.decide.pages import plan
from tocsin.core.notify.decide.runs import alarm_if_unreached, laid, start, stop, was_heard
from tocsin.core.notify.events import RunResumed
from tocsin.core.notify.rules import Way, soonest
from tocsin.core.notify.state import BUNDLED, CANCELLED, DELIVERED, DUE, GIVEN_UP
from tocsin.core.notify.views import PageShown, RunShown
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MINUTE_MS

RESUME_MS = 5 * MINUTE_MS
"""So long people know what they were told; who is needed later is called anew."""
STOPS = ("acknowledged", "resolved", "snoozed", "reassigned", "act_undone", "muted")
"""What can be undone."""


def resume(draft: Draft, look: Look, command: ResumeRun) -> None:
    """Go on with the last run for this ladder or person, in the place of one that is under way."""
    old = _stopped(draft, look, command)
    if command.incident in draft.runs:
        stop(draft, command.incident, command.why)
    if old is None:
        return start(
            draft, look, StartRun(command.incident, command.ladder, command.user, command.urgency, command.why)
        )
    revision, spec = laid(look, command.ladder, command.user)
    pages = [page for page in look.notify.pages_of(command.incident) if page.run == old.number]
    stood_ms, rung = draft.at - old.ended_at, old.rungs[-1]
    is_over = bool(rung.ends_at) and rung.ends_at <= old.ended_at
    draft.tell(
        RunResumed(
            incident=old.incident, run=old.number, ladder=old.ladder, revision=revision, spec=spec,
            urgency=old.urgency, user=old.user, round=rung.round, step=rung.step, users=rung.users,
            next_at=_later(rung.next_at, stood_ms), ends_at=_later(0 if is_over else rung.ends_at, stood_ms),
            pages=tuple(page.id for page in pages if page.id in draft.pages and draft.pages[page.id].status == DUE),
            alarmed="all_given_up" in old.alarms or any(was_heard(page) for page in pages), why=command.why,
        )
    )  # fmt: skip
    again: dict[tuple[str, str, Moment], PageShown] = {}  # of two overdue by one contact, of two rungs, one leaves
    heard = {(page.user, page.contact): page.planned_at for page in pages if page.state == DELIVERED}
    for page in pages:
        if page.planned_at <= heard.get((page.user, page.contact), Moment(0)):
            continue
        if _was_stopped(look, page, old) and reaches(look, page.user, page.contact):
            at = soonest(old.urgency, Moment(max(draft.at, page.due_at + stood_ms)), zone_of(look, page.user))
            again[page.user, page.contact, at] = page
    for (user, contact, at), page in again.items():
        plan(draft, draft.runs[old.incident], user, Way(contact, page.channel, page.rule, at))
    return alarm_if_unreached(draft, look, draft.runs[old.incident])


def _stopped(draft: Draft, look: Look, command: ResumeRun) -> RunShown | None:
    """The run to go on with: the same people, the same ladder as it was, stopped a moment ago."""
    for run in look.notify.runs(command.incident):
        is_same = (run.ladder, run.user, run.urgency) == (
            "" if command.user else command.ladder, command.user, command.urgency
        )  # fmt: skip
        is_fresh = run.ended in STOPS and draft.at - run.ended_at <= RESUME_MS
        if is_same and is_fresh and run.rungs and run.revision == laid(look, command.ladder, command.user)[0]:
            return run
    return None


def _later(at: int, stood_ms: int) -> Moment:
    return Moment(at + stood_ms if at else 0)


def _was_stopped(look: Look, page: PageShown, run: RunShown) -> bool:
    """Whether a page had not left when its run was stopped; one of an earlier stop went on in a new page. A digest that
    is with its channel lost what was answered; given up meanwhile, it was followed by no other way."""
    if page.steps[-1].at < run.resumed_at:
        return False
    if page.state == GIVEN_UP and page.into:
        return page.steps[-1].at >= run.ended_at
    digest = look.notify.page(page.into) if page.state == BUNDLED else None
    if digest is not None:
        return digest.state != DELIVERED
    return page.state == CANCELLED and page.detail == run.ended
