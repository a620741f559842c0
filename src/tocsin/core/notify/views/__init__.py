"""What can be seen of notify: pages, runs, mailboxes, what is owed, why anybody was told, and the ledger of fates."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

import msgspec

from tocsin.core.alerts.events import AlertsFired, AlertsRepeated
from tocsin.core.incidents.events import AlertsJoined, IncidentOpened, IncidentsForgotten
from tocsin.core.notify.events import NotifyEvent, PageDelivered, PageFailed, PageGivenUp, Rule
from tocsin.core.notify.rules import MAILBOX
from tocsin.core.notify.state import State, carried
from tocsin.core.notify.views import ledger
from tocsin.core.notify.views.ledger import Book, Fate, Ledger
from tocsin.core.notify.views.pages import Board
from tocsin.core.notify.views.reach import Reach, Reaches
from tocsin.core.notify.views.shown import (
    Explained,
    Explanation,
    MailboxEntry,
    Owed,
    Pages,
    PageShown,
    PageStep,
    RulesShown,
    Rung,
    RunShown,
)
from tocsin.core.people.events import ContactCodeSent, ContactRemoved
from tocsin.kernel.message import Event, Moment, Stamp

__all__ = [
    "HEARS", "Explained", "Explanation", "Fate", "Ledger", "MailboxEntry", "Owed", "PageShown", "PageStep",
    "Pages", "Reach", "RulesShown", "RunShown", "Rung", "View", "fold",
]  # fmt: skip

HEARS: tuple[type[Event], ...] = (*ledger.HEARS, ContactCodeSent, ContactRemoved, *get_args(NotifyEvent))


class View(msgspec.Struct):
    """The room's door for reading."""

    known: State = msgspec.field(default_factory=State)
    board: Board = msgspec.field(default_factory=Board)
    book: Book = msgspec.field(default_factory=Book)
    reaches: Reaches = msgspec.field(default_factory=Reaches)

    def rehearsal(self) -> View:
        """A view in which nothing has happened yet, with the same rules of persons."""
        return View(State(rules=dict(self.known.rules)))

    def due(self) -> Moment | None:
        """The next instant at which time changes something here, None for never."""
        return self.known.agenda.next()

    def due_but(self, rows: Collection[str]) -> Moment | None:
        """The same, of all timers but these."""
        return self.known.agenda.next(but=rows)

    def rows_due(self, at: Moment) -> list[str]:
        """The timers that are due, each of which can be looked at alone."""
        return self.known.agenda.due(at)

    def owed(self) -> Iterator[Owed]:
        """What the outbox owes, oldest first: pages and digests that must leave, whose receipt has not come, and whose
        incident nobody has answered. Only the present attempt of each."""
        for id_ in self.known.owing:
            debt = self.debt(id_)
            if debt is not None:
                yield debt

    def debt(self, page: str) -> Owed | None:
        """What is owed of this page now; None when nothing is (any more)."""
        since = self.known.owing.get(page)
        if since is None:
            return None
        found = self.known.pages[page]
        spoken = [one.incident for one in carried(self.known.pages, found)] if found.carries else [found.incident]
        incidents = tuple(dict.fromkeys(incident for incident in spoken if incident))
        if not incidents and found.kind != "test":
            return None
        return Owed(
            page,
            found.attempt,
            found.user,
            found.contact,
            found.channel,
            incidents,
            found.kind,
            since,
            found.by,
            found.text,
        )

    def page(self, page: str) -> PageShown | None:
        """A page, digest or test page that is remembered. What a digest carried ends as the digest does."""
        return self.board.pages.get(page)

    def pages_of(self, incident: str) -> tuple[PageShown, ...]:
        """The pages of an incident, oldest first."""
        return tuple(self.board.pages[page] for page in self.board.by_incident.get(incident, ()))

    def pages(self, user: str = "") -> Iterator[PageShown]:
        """All pages that are remembered, oldest first; of one person, if one is named."""
        return (page for page in self.board.pages.values() if not user or page.user == user)

    def find(
        self,
        user: str = "",
        channels: tuple[str, ...] = (),
        states: tuple[str, ...] = (),
        incident: str = "",
        before: int = 0,
        limit: int = 100,
    ) -> Pages:
        """Pages, digests and tests, newest first, that meet every condition given; `before` goes on from an earlier
        answer. One may be short and yet not the last."""
        return self.board.find(user, channels, states, incident, before, limit)

    def title(self, incident: str) -> str:
        """The title of an incident that is remembered, empty for any other."""
        return self.board.titles.get(incident, "")

    def run(self, incident: str) -> RunShown | None:
        """The last escalation of an incident."""
        return self.board.runs.get(incident)

    def runs(self, incident: str) -> tuple[RunShown, ...]:
        """The last escalation of an incident and the one before it."""
        found = (self.board.runs.get(incident), self.board.former.get(incident))
        return tuple(run for run in found if run is not None)

    def mailbox(self, user: str) -> tuple[MailboxEntry, ...]:
        """The mailbox of a person, newest first, a thousand entries at most."""
        return tuple(
            MailboxEntry(one.page, one.incident, one.at, one.title, one.kind, self._state_of(one.incident, one.run))
            for one in reversed(self.board.mailboxes.get(user, []))
        )

    def _state_of(self, incident: str, run: int) -> str:
        if not incident:
            return ""
        last = self.board.runs.get(incident)
        if not run:
            return self.board.helps.get(incident, "forgotten") or "open"
        if last is None:
            return "forgotten"
        if last.number != run:
            return "restarted"
        return last.ended or "open"

    def rules(self, user: str) -> RulesShown:
        """The notification rules of a person."""
        own: tuple[Rule, ...] = self.known.rules.get(user, ())
        return RulesShown(user, own, is_default=not own)

    def reach(self, contact: str) -> Reach:
        """What became of the last messages to a contact point."""
        return self.reaches.of(contact)

    def explain(self, incident: str) -> Explanation:
        """Who was told about an incident, by which rule, and why nobody was where nobody was."""
        pages = self.pages_of(incident)
        users = dict.fromkeys(page.user for page in pages)
        people = (Explained(user, tuple(page for page in pages if page.user == user)) for user in users)
        return Explanation(incident, self.run(incident), tuple(people))

    def ledger(self) -> Ledger:
        """The fates of all signals so far."""
        return self.book.ledger()

    def balance(self) -> None:
        """Assert that every received signal has exactly one fate."""
        self.book.balance()

    def fate_of(self, alert: int) -> Fate | None:
        """What became of the signal that fired the alert, as long as the alert is remembered."""
        return self.book.fates.get(alert)

    def page_counts(self) -> dict[str, dict[str, int]]:
        """Pages by outcome (`delivered`, `failed` attempts, `given_up`) and channel, since the beginning."""
        return {"delivered": self.board.delivered, "failed": self.board.failed, "given_up": self.board.given_up}

    def delay_ms_last(self) -> int:
        """How long after its time the last page was delivered, in milliseconds; the mailbox does not count."""
        return self.board.delay_ms_last


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event, own or heard."""
    match event:
        case AlertsJoined() | AlertsRepeated() | AlertsFired():  # the commonest come first
            view.book.fold(event)
        case IncidentOpened():
            view.board.titles[event.incident] = event.title
            view.book.fold(event)
        case IncidentsForgotten():
            view.board.forget(event.incidents)
            view.book.fold(event)
        case ContactRemoved():
            view.reaches.forget(event.contact)
        case ContactCodeSent():
            _reach(view, event.contact, stamp.at, "" if event.delivered else event.detail or "failed")
        case PageDelivered():
            view.board.fold(event, stamp)
            shown = view.board.pages.get(event.page)
            _reach_of(view, event.page, stamp.at, "")
            for incident in shown.incidents if shown is not None else ():
                view.book.page_delivered(incident)
        case PageFailed() | PageGivenUp():
            view.board.fold(event, stamp)
            _reach_of(view, event.page, stamp.at, event.detail if isinstance(event, PageFailed) else event.reason)
        case _ if event.room == "notify":
            view.board.fold(event, stamp)
        case _:
            view.book.fold(event)


def _reach_of(view: View, page: str, at: Moment, reason: str) -> None:
    """What became of a page is known of its contact point, too; the mailbox never fails."""
    shown = view.board.pages.get(page)
    if shown is not None and shown.channel != MAILBOX:
        _reach(view, shown.contact, at, reason)


def _reach(view: View, contact: str, at: Moment, reason: str) -> None:
    if reason:
        view.reaches.failed(contact, at, reason)
    else:
        view.reaches.arrived(contact, at)
