"""Planning: which pages a person gets when they are to be told.

Law: whoever is told has the mailbox at once, whatever else there is; only contacts that were proved are used.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look, verified, zone_of
from tocsin.core.notify.events import PageCancelled, PageDelivered, PagePlanned
from tocsin.core.notify.rules import MAILBOX, Way, soonest, ways
from tocsin.core.notify.state import BUNDLED, CANCELLED, DUE, FAILED, GIVEN_UP, PLANNED, Page, Run
from tocsin.kernel.message import Moment


def tell_people(draft: Draft, look: Look, run: Run, users: tuple[str, ...]) -> bool:
    """Plan the pages of people for the rung the run has reached. False when the mailbox is all there is for one."""
    earlier: dict[str, list[Page]] = {}
    for page in draft.pages_of(run):  # once for all: a ladder that goes round and round has told many
        earlier.setdefault(page.user, []).append(page)
    told = [_tell_person(draft, look, run, user, earlier.get(user, ())) for user in users]
    return all(told)


def _tell_person(draft: Draft, look: Look, run: Run, user: str, earlier: Iterable[Page]) -> bool:
    plan_mailbox(draft, run, user, MAILBOX)
    found, told = _ways(draft, look, run, user), _told_now(draft, earlier)
    for way in found:
        if way.contact not in told:
            _renew(draft, run, way, earlier)
            plan(draft, run, user, way)
    return bool(found)


def first_told_at(draft: Draft, look: Look, run: Run, users: tuple[str, ...]) -> Moment:
    """When the first of these people is told of a run of low urgency; one of high urgency waits for nothing."""
    if run.urgency == "high":
        return draft.at
    return min((way.due_at for user in users for way in _ways(draft, look, run, user)), default=draft.at)


def _ways(draft: Draft, look: Look, run: Run, user: str) -> tuple[Way, ...]:
    return ways(draft.rules.get(user, ()), verified(look, user), run.urgency, draft.at, zone_of(look, user))


def plan(draft: Draft, run: Run, user: str, way: Way) -> str:
    """Plan one page; the answer is its id."""
    page = draft.next_page()
    draft.tell(
        PagePlanned(
            incident=run.incident, page=page, run=run.number, user=user, contact=way.contact, channel=way.channel,
            rule=way.rule, due_at=way.due_at,
        )
    )  # fmt: skip
    return page


def plan_mailbox(draft: Draft, run: Run, user: str, rule: str) -> None:
    """Put a page into the mailbox of a person: it is there as soon as it is planned."""
    page = plan(draft, run, user, Way(MAILBOX, MAILBOX, rule, draft.at))
    draft.tell(PageDelivered(incident=run.incident, page=page))


def tell_admins(draft: Draft, look: Look, run: Run, *, loud: bool) -> None:
    """Let the administrators know that an escalation does not reach whom it should: in the mailbox, once a run;
    `loud` by every contact of theirs that this run has not used, no sooner than its urgency allows."""
    for admin in look.people.admins():
        used = [page.contact for page in draft.pages_of(run) if page.user == admin]
        if MAILBOX not in used:
            plan_mailbox(draft, run, admin, "admins")
        for contact, channel in verified(look, admin) if loud else ():
            if contact not in used:
                at = soonest(run.urgency, draft.at, zone_of(look, admin))
                plan(draft, run, admin, Way(contact, channel, "admins", at))


def _told_now(draft: Draft, earlier: Iterable[Page]) -> set[str]:
    """The contacts by which somebody was told at this very instant, on another rung: whoever asks for the next one when
    nobody is being called reaches two at once, and they may lead to the same people."""
    pages = [draft.pages[one.id] for one in earlier if one.planned_at == draft.at]
    return {page.contact for page in pages if page.status not in (CANCELLED, GIVEN_UP)}


def _renew(draft: Draft, run: Run, way: Way, earlier: Iterable[Page]) -> None:
    """A page of an earlier rung that waits for its next attempt, alone or in a digest, or is overdue after an outage,
    gives way to the new one for the same contact, unless it leaves sooner: one message arrives, not two."""
    for page in [draft.pages[one.id] for one in earlier if one.contact == way.contact]:
        message = draft.pages.get(page.into, page) if page.status == BUNDLED else page
        waits = message.status == FAILED or (message.status in (PLANNED, DUE) and message.timer_at <= draft.at)
        if waits and way.due_at <= max(message.timer_at, draft.at):
            draft.tell(PageCancelled(incident=run.incident, page=page.id, why="renewed"))
