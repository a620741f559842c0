"""Paging people whom a person called to help, beside any escalation.

Law: helpers are told by their own rules, as if woken by a ladder; they are no rung, so their silence wakes nobody else:
whoever called them sees what became of it. Nothing leaves to them once the incident is over.
"""

from __future__ import annotations

from tocsin.core.notify.commands import PageHelpers
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look, verified, zone_of
from tocsin.core.notify.decide.runs import close_digests
from tocsin.core.notify.events import HelpEnded, PageCancelled, PageDelivered, PagePlanned
from tocsin.core.notify.rules import MAILBOX, Way, ways
from tocsin.core.notify.state import BUNDLED, FAILED, HELD, PLANNED, Page

URGENCY = "high"
"""Somebody asks for a human now."""
OVER = ("resolved", "merged")
"""Why an incident needs no helpers any more; one that is acknowledged, asleep or muted may."""
FALLBACK = "fallback"


def call(draft: Draft, look: Look, command: PageHelpers) -> None:
    """Plan the pages of each helper; the mailbox has its own at once."""
    for user in command.users:
        first = _plan(draft, command.incident, user, Way(MAILBOX, MAILBOX, MAILBOX, draft.at), command.by, command.text)
        draft.tell(PageDelivered(incident=command.incident, page=first))
        rules = draft.rules.get(user, ())
        for way in ways(rules, verified(look, user), URGENCY, draft.at, zone_of(look, user)):
            _plan(draft, command.incident, user, way, command.by, command.text)


def other_way(draft: Draft, look: Look, page: Page) -> None:
    """A page to a helper did not arrive: once, a contact is tried by which the same call has not gone anyway."""
    if page.rule == FALLBACK:
        return
    pages = look.notify.pages_of(page.incident)
    used = [one.contact for one in pages if (one.user, one.planned_at) == (page.user, page.planned_at)]
    for contact, channel in verified(look, page.user):
        if contact not in used:
            _plan(draft, page.incident, page.user, Way(contact, channel, FALLBACK, draft.at), page.by, page.text)
            return


def dismiss(draft: Draft, incident: str, why: str) -> None:
    """The incident is over: what waits to leave to its helpers does not."""
    if why not in OVER or incident not in draft.helpers:
        return
    digests: dict[str, None] = {}
    for page in [draft.pages[id_] for id_ in draft.helpers[incident]]:
        if page.status in (PLANNED, HELD, FAILED):
            draft.tell(PageCancelled(incident=incident, page=page.id, why=why))
        elif page.status == BUNDLED:
            digests[page.into] = None
    draft.tell(HelpEnded(incident=incident, why=why))
    close_digests(draft, digests, why)


def _plan(draft: Draft, incident: str, user: str, way: Way, by: str, text: str) -> str:
    page = draft.next_page()
    draft.tell(
        PagePlanned(
            incident=incident, page=page, run=0, user=user, contact=way.contact, channel=way.channel, rule=way.rule,
            due_at=way.due_at, by=by, text=text,
        )
    )  # fmt: skip
    return page
