"""Giving up: a page that does not arrive is followed by the next way to somebody.

Law: after a page was given up there is another contact, another rung, or the administrators are told; never nothing.
"""

from __future__ import annotations

from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.helpers import other_way
from tocsin.core.notify.decide.look import Look, verified, zone_of
from tocsin.core.notify.decide.pages import plan
from tocsin.core.notify.decide.runs import alarm_if_unreached, hasten_if_unreached, shown_of
from tocsin.core.notify.events import PageCancelled, PageGivenUp
from tocsin.core.notify.rules import Way, soonest
from tocsin.core.notify.state import HELPER, Page, carried


def give_up(draft: Draft, look: Look, page: Page, reason: str) -> None:
    """The page will not arrive. Whatever it spoke of is told another way; a call for help is forgotten with its digest,
    so what that is is asked first."""
    spoken = wanted(draft, page)
    draft.tell(PageGivenUp(incident=page.incident, page=page.id, reason=reason))
    for told in spoken:
        if told.kind == HELPER:
            other_way(draft, look, told)
        else:
            _other_way(draft, look, told)


def _other_way(draft: Draft, look: Look, page: Page) -> None:
    run = draft.runs.get(page.incident)
    if run is None:
        return
    others = [way for way in verified(look, page.user) if way[0] != page.contact]
    used: set[str] = set()
    if others:  # a rung may be a crowd, most of whom have nothing else
        used |= {one.contact for one in draft.newest_of(run) if one.user == page.user}
        used |= {one.contact for one in shown_of(look, run) if one.user == page.user}
    for contact, channel in others:
        if contact not in used:
            at = soonest(run.urgency, draft.at, zone_of(look, page.user))
            plan(draft, run, page.user, Way(contact, channel, "fallback", at))
            return
    if (page.round, page.step) == (run.round, run.step):
        hasten_if_unreached(draft, look, run)
    alarm_if_unreached(draft, look, draft.runs[run.incident])


def withdraw(draft: Draft, page: Page, why: str) -> None:
    """Close a page nobody needs any more."""
    draft.tell(PageCancelled(incident=page.incident, page=page.id, why=why))


def wanted(draft: Draft, page: Page) -> tuple[Page, ...]:
    """What of a page still matters: itself, or the pages of a digest whose incidents are unanswered, newest first."""
    if page.orphan:
        return ()
    if not page.carries:
        return (page,)
    return carried(draft.pages, page)
