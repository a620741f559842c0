"""What is shown of pages, runs and mailboxes.

Law: a shown thing is a whole answer; nothing of the outside is needed to read it.
"""

from __future__ import annotations

import msgspec

from tocsin.core.notify.events import Rule
from tocsin.kernel.message import Moment


class Owed(msgspec.Struct, frozen=True, gc=False):
    """What the outbox owes: this attempt of a page (`kind`: `page`, `helper`, `digest`, `test`) to a
    contact. `incidents` are
    those it speaks of, newest first; `due_at` is since when it is owed."""

    page: str
    attempt: int
    user: str
    contact: str
    channel: str
    incidents: tuple[str, ...]
    kind: str
    due_at: Moment
    by: str = ""
    text: str = ""


class PageStep(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """When a page came into a state, and the word about it."""

    at: Moment
    state: str
    reason: str = ""


class PageShown(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A page and what became of it. `state`: `planned`, `held`, `due`, `failed` (waits for its next attempt),
    `delivered`, `given_up`, `cancelled`, `bundled` (`into` a digest). `due_at` is the time it was planned for,
    `sent_at` that of the last attempt, `ended_at` of the end; 0 for not yet. `detail` is the last word about it;
    `steps` are all of its states so far."""

    id: str
    kind: str
    incident: str
    run: int
    user: str
    contact: str
    channel: str
    rule: str
    state: str
    planned_at: Moment
    due_at: Moment
    attempt: int = 0
    sent_at: Moment = Moment(0)
    ended_at: Moment = Moment(0)
    late_ms: int = 0
    round: int = 0
    step: int = 0
    into: str = ""
    detail: str = ""
    incidents: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    steps: tuple[PageStep, ...] = ()


class Pages(msgspec.Struct, frozen=True):
    """Pages, newest first, and the number before which the next answer begins (0: that is all)."""

    pages: tuple[PageShown, ...]
    before: int


class Rung(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A rung that was reached at `at`: who was told, and why nobody was, if so. `next_at` 0: the last one, whose
    time to answer is over at `ends_at`."""

    round: int
    step: int
    at: Moment
    users: tuple[str, ...]
    next_at: Moment
    late_ms: int = 0
    nobody: str = ""
    ends_at: Moment = Moment(0)


class RunShown(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last escalation of an incident. `ended` is why it is over, empty while it runs; `resumed_at` when it last
    went on after a stop; `alarms` are the reasons the administrators were told."""

    incident: str
    number: int
    ladder: str
    revision: int
    urgency: str
    user: str
    why: str
    started_at: Moment
    rungs: tuple[Rung, ...] = ()
    alarms: tuple[str, ...] = ()
    ended: str = ""
    ended_at: Moment = Moment(0)
    resumed_at: Moment = Moment(0)


class Explained(msgspec.Struct, frozen=True):
    """Why a person was told about an incident: every page with its rule, oldest first."""

    user: str
    pages: tuple[PageShown, ...]


class Explanation(msgspec.Struct, frozen=True):
    """Why these people were told about an incident, and nobody else: its run and each person's pages."""

    incident: str
    run: RunShown | None
    people: tuple[Explained, ...]


class Letter(msgspec.Struct, frozen=True):
    """An entry of a mailbox as it is kept. `kind`: `page`, `helper`, `notice` (to administrators), `test`."""

    page: str
    incident: str
    run: int
    at: Moment
    title: str
    kind: str


class MailboxEntry(msgspec.Struct, frozen=True):
    """An entry of a mailbox. `state` is `open` while the escalation that sent it runs, else why that ended."""

    page: str
    incident: str
    at: Moment
    title: str
    kind: str
    state: str


class RulesShown(msgspec.Struct, frozen=True):
    """A person's own rules; none: the house's default holds (high urgency: every verified contact at once; low: e-mail
    from 08:00 to 22:00 of the person's day, otherwise at 08:00)."""

    user: str
    rules: tuple[Rule, ...]
    is_default: bool
