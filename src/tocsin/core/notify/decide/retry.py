"""Sending a page anew because somebody asked for it.

Law: only what still needs somebody is sent; whoever asks for anything else is told why not. The throttle holds for a
retry as for any page.
"""

from __future__ import annotations

from tocsin.core.notify.commands import RetryPage, SendTestPage
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.gate import settle
from tocsin.core.notify.decide.look import Look, reaches
from tocsin.core.notify.decide.pages import plan
from tocsin.core.notify.decide.wishes import crowded, send_test_page
from tocsin.core.notify.events import PageDue
from tocsin.core.notify.rules import Way
from tocsin.core.notify.state import FAILED
from tocsin.core.notify.views import PageShown
from tocsin.kernel.message import Decision, Rejected


def retry(draft: Draft, look: Look, command: RetryPage) -> Decision:
    """Refused: page_unknown, page_delivered_already, page_stopped, page_on_its_way, page_not_needed, page_is_digest,
    contact_not_verified, too_many_pages."""
    shown = look.notify.page(command.page)
    if shown is None:
        return Rejected("page_unknown", f"no page in memory is called {command.page[:80]!r}")
    if flaw := _flaw(draft, look, shown) or crowded(draft, shown.user, shown.contact):
        return flaw
    if shown.kind == "test":
        return send_test_page(draft, look, SendTestPage(shown.user, shown.contact))
    if shown.state == FAILED:
        draft.tell(PageDue(incident=shown.incident, page=shown.id, attempt=shown.attempt + 1))
        return draft.decision(shown.id)
    page = plan(
        draft, draft.runs[shown.incident], shown.user, Way(shown.contact, shown.channel, "retry", draft.at)
    )  # fmt: skip
    settle(draft, look)
    return draft.decision(page)


def _flaw(draft: Draft, look: Look, page: PageShown) -> Rejected | None:
    """Why the page cannot be sent anew."""
    match page.state:
        case "delivered":
            return Rejected("page_delivered_already", f"{page.id} arrived; send a test page to see another one arrive")
        case "cancelled":
            return Rejected("page_stopped", f"{page.id} was stopped ({page.detail or 'answered'}): nobody needs it now")
        case "bundled":
            return Rejected("page_on_its_way", f"{page.id} travels in {page.into}; look at that one")
        case "failed" if page.kind == "digest":
            return Rejected("page_on_its_way", f"{page.id} is tried again by itself in a few minutes")
        case "failed" | "given_up":
            pass
        case _:
            return Rejected("page_on_its_way", f"{page.id} has not failed; wait for its receipt")
    if page.kind == "digest":
        carried = ", ".join(page.carries[:5])
        return Rejected("page_is_digest", f"{page.id} carried {carried}: send those anew that still matter")
    if page.kind == "helper" and page.state == "given_up":
        return Rejected("page_not_needed", f"call {page.user} again from {page.incident}: that is a page of its own")
    if page.kind == "page" and page.incident not in draft.runs:
        run = look.notify.run(page.incident)
        ended = run.ended if run is not None else "forgotten"
        return Rejected("page_not_needed", f"{page.incident} is {ended or 'answered'}: nobody needs {page.id} any more")
    if not reaches(look, page.user, page.contact):
        return Rejected(
            "contact_not_verified",
            f"{page.contact!r} is no verified contact of {page.user!r} any more; verify it first",
        )
    return None
