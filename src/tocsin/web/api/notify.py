"""Notification rules, pages, mailboxes, and the ledger of fates."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, Router, get, put

from tocsin.core.notify.commands import SetRules
from tocsin.core.notify.events import Rule
from tocsin.core.notify.views import PageShown as PageRow
from tocsin.core.notify.views import RunShown as RunRow
from tocsin.kernel.permission import ADMINISTER
from tocsin.shell.detail import titled
from tocsin.web.api.cards import canonical
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.paging import Limit, Page
from tocsin.web.problem import READS, TAGGED, puts
from tocsin.web.words import speaker


class RulesWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's notification rules; none: the house's default holds."""

    rules: tuple[Rule, ...]


class RulesShown(msgspec.Struct, frozen=True):
    """A person's notification rules. `is_default`: they have none of their own."""

    user: str
    rules: tuple[Rule, ...]
    is_default: bool


class PageShown(msgspec.Struct, frozen=True):
    """A page and what became of it. `state`: `planned`, `held`, `due`, `failed`, `delivered`, `given_up`, `cancelled`,
    `bundled`. `rule` says why this way."""

    id: str
    kind: str
    incidents: tuple[str, ...]
    user: str
    contact: str
    channel: str
    rule: str
    state: str
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    attempt: int
    late_ms: int
    into: str
    detail: str


class RungShown(msgspec.Struct, frozen=True):
    """A rung that was reached; `nobody` says why nobody was told, if so."""

    round: int
    step: int
    at: datetime
    users: tuple[str, ...]
    next_at: datetime | None
    nobody: str


class RunShown(msgspec.Struct, frozen=True):
    """The last escalation of an incident; `ended` is empty while it runs."""

    ladder: str
    revision: int
    urgency: str
    user: str
    why: str
    started_at: datetime
    rungs: tuple[RungShown, ...]
    alarms: tuple[str, ...]
    ended: str
    ended_at: datetime | None


class Escalation(msgspec.Struct, frozen=True):
    """Who was told about an incident, in which order, by which rule."""

    incident: str
    run: RunShown | None
    pages: tuple[PageShown, ...]


class Letter(msgspec.Struct, frozen=True):
    """An entry of a mailbox; `state` is `open` while the escalation that sent it runs, else why that ended."""

    page: str
    incident: str
    at: datetime
    title: str
    kind: str
    state: str


class LedgerShown(msgspec.Struct, frozen=True):
    """The fates of all signals so far; `balanced`: every received signal has exactly one."""

    received: int
    paged: int
    merged: int
    suppressed: int
    suppressed_by_rule: dict[str, int]
    dead_lettered: int
    pending: int
    balanced: bool


@get("/users/{user_id:str}/rules", responses=TAGGED, opt={"needs": KNOWN})
async def get_rules(call: Call, user_id: str) -> Response[RulesShown]:
    """A person's notification rules: one's own, or as an administrator anyone's."""
    _own(call, user_id)
    return await call.tagged(_rules(call, user_id))


@put("/users/{user_id:str}/rules", responses=puts(RulesShown), opt={"needs": KNOWN})
async def put_rules(call: Call, user_id: str, data: RulesWanted) -> Response[RulesShown]:
    """Set a person's notification rules."""
    _own(call, user_id)
    return await call.put(SetRules(user_id, data.rules), lambda: _rules(call, user_id), "")


@get("/users/{user_id:str}/mailbox", responses=READS, opt={"needs": KNOWN})
async def get_mailbox(call: Call, user_id: str, limit: Limit = 100) -> Page[Letter]:
    """A person's mailbox, newest first: one's own, or as an administrator anyone's."""
    _own(call, user_id)
    entries = call.look.notify.mailbox(user_id)[:limit]
    language = speaker(call).language
    items = tuple(
        Letter(one.page, one.incident, shown(one.at), titled(language, one.title), one.kind, one.state)
        for one in entries
    )
    return await call.shown(Page(items))


@get("/users/{user_id:str}/pages", responses=READS, opt={"needs": KNOWN})
async def list_pages(call: Call, user_id: str, limit: Limit = 100) -> Page[PageShown]:
    """The last pages to a person, newest first: one's own, or as an administrator anyone's."""
    _own(call, user_id)
    rows = list(call.look.notify.pages(user_id))[-limit:]
    return await call.shown(Page(tuple(_show_page(row) for row in reversed(rows))))


@get("/pages/{page_id:str}", responses=READS)
async def get_page(call: Call, page_id: str) -> PageShown:
    """One page, as long as memory holds it."""
    return await call.shown(_show_page(required(call.look.notify.page(page_id.upper()), "page in memory", page_id)))


@get("/incidents/{incident_id:str}/escalation", responses=READS)
async def get_escalation(call: Call, incident_id: str) -> Escalation:
    """Who was told about an incident, by which rule, and why nobody was where nobody was."""
    id_ = canonical(incident_id)
    required(call.look.incidents.incident(id_), "incident in memory", incident_id)
    run = call.look.notify.run(id_)
    pages = tuple(_show_page(row) for row in call.look.notify.pages_of(id_))
    return await call.shown(Escalation(id_, None if run is None else _show_run(run), pages))


@get("/ledger", responses=READS)
async def get_ledger(call: Call) -> LedgerShown:
    """What became of every signal."""
    book = call.look.notify.ledger()
    suppressed = sum(book.suppressed.values())
    total = book.paged + book.merged + suppressed + book.dead_lettered + book.pending
    return await call.shown(
        LedgerShown(
            book.received, book.paged, book.merged, suppressed, book.suppressed, book.dead_lettered, book.pending,
            total == book.received,
        )
    )  # fmt: skip


def _own(call: OneCall, user_id: str) -> None:
    call.require(ADMINISTER, user_id)
    required(call.look.people.user(user_id), "user", user_id)


def _rules(call: OneCall, user_id: str) -> RulesShown:
    found = call.look.notify.rules(user_id)
    return RulesShown(found.user, found.rules, found.is_default)


def _show_page(row: PageRow) -> PageShown:
    incidents = row.incidents or ((row.incident,) if row.incident else ())
    return PageShown(
        row.id, row.kind, incidents, row.user, row.contact, row.channel, row.rule, row.state, shown(row.planned_at),
        shown(row.due_at), shown_or_none(row.sent_at), shown_or_none(row.ended_at), row.attempt, row.late_ms,
        row.into, row.detail,
    )  # fmt: skip


def _show_run(row: RunRow) -> RunShown:
    rungs = tuple(
        RungShown(one.round, one.step, shown(one.at), one.users, shown_or_none(one.next_at), one.nobody)
        for one in row.rungs
    )
    return RunShown(
        row.ladder, row.revision, row.urgency, row.user, row.why, shown(row.started_at), rungs, row.alarms, row.ended,
        shown_or_none(row.ended_at),
    )  # fmt: skip


router = Router(
    "/",
    route_handlers=[get_rules, put_rules, get_mailbox, list_pages, get_page, get_escalation, get_ledger],
    tags=["notify"],
)
