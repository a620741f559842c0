"""What was sent to whom, and whether it arrived; test pages; who can be reached.

Law: what a contact point is called is its owner's matter: whoever may only read sees the channel and the fate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import Parameter

from tocsin.core.notify.commands import RetryPage, SendTestPage, SendTestPages
from tocsin.core.notify.views import PageShown, PageStep
from tocsin.core.people.views import Contact
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.permission import ADMINISTER
from tocsin.shell.detail import titled
from tocsin.shell.i18n import Translator
from tocsin.web.api.cards import canonical
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, opened_number, sealed
from tocsin.web.problem import ACTS, READS
from tocsin.web.words import namer, reasoned, speaker

MAILBOX = "mailbox"
STATES = {"due": "sent", "cancelled": "stopped"}
"""What readers of the log call the states of a page."""
REACHING = ("ok", "stale", "never")
INSIDE = {shown: state for state, shown in STATES.items()}


class StepShown(msgspec.Struct, frozen=True):
    """A state a message came into, and why: a word of ours, the sentence for it, and what the other side said."""

    at: datetime
    state: str
    reason: str
    words: str
    said: str


class MessageShown(msgspec.Struct, frozen=True):
    """A message to one contact of one person. `kind` is `page`, `digest` or `test`; `state` is `planned`, `held`,
    `sent` (no receipt yet), `failed` (is tried again), `delivered`, `given_up`, `stopped` or `bundled` (`into` a
    digest). `reason` is a word of ours for why (empty where only free text is known), `words` the sentence for it in
    the client's language, `mend` what to do about it, `said` what the other side said in its own words. `rule` says
    why this way. `contact_label` is empty for whoever is neither its owner nor an administrator."""

    id: str
    kind: str
    at: datetime
    user: str
    user_name: str
    channel: str
    contact: str
    contact_label: str
    incident: str
    incidents: tuple[str, ...]
    title: str
    state: str
    attempts: int
    reason: str
    words: str
    mend: str
    said: str
    rule: str
    is_test: bool
    into: str
    can_retry: bool
    steps: tuple[StepShown, ...]


class Sent(msgspec.Struct, frozen=True):
    """The page that is on its way."""

    id: str


class SentTest(msgspec.Struct, frozen=True):
    """One page of a test."""

    id: str
    channel: str
    contact: str


class SentTests(msgspec.Struct, frozen=True):
    """The pages of a test by a person's rules; `id` is the first of them, in the mailbox."""

    id: str
    pages: tuple[SentTest, ...]


class ContactReach(msgspec.Struct, frozen=True):
    """What became of the last messages to a contact point. `kind` is its channel. `state` is `ok`, `never` (nothing
    arrived yet), `stale` (nothing arrived for 30 days), `failing` (the last one did not arrive) or `unverified`.
    `last_reason`, `last_words`, `last_mend` and `last_said` are a message's `reason`, `words`, `mend` and `said`."""

    id: str
    kind: str
    label: str
    verified: bool
    last_ok_at: datetime | None
    last_failed_at: datetime | None
    last_reason: str
    last_words: str
    last_mend: str
    last_said: str
    state: str


class Reachability(msgspec.Struct, frozen=True):
    """Whether a person can be reached beyond the mailbox: by a contact that is verified and does not fail."""

    is_reachable: bool
    contacts: tuple[ContactReach, ...]


@get("/messages", responses=READS)
async def list_messages(
    call: Call,
    user: str = "",
    channel: str = "",
    fate: Annotated[str, Parameter(query="state")] = "",
    incident: str = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[MessageShown]:
    """Every message memory holds, newest first. `channel` and `state` take several, with commas between them. A page
    may be short and yet not the last."""
    channels = tuple(one for one in channel.split(",") if one)
    states = tuple(INSIDE.get(one, one) for one in fate.split(",") if one)
    of = canonical(incident) if incident else ""
    found = call.look.notify.find(user, channels, states, of, opened_number(cursor), limit)
    say = speaker(call)
    items = tuple(_show(call, row, say) for row in found.pages)
    return await call.shown(Page(items, sealed(str(found.before)) if found.before else ""))


@get("/messages/{message_id:str}", responses=READS)
async def get_message(call: Call, message_id: str) -> MessageShown:
    """One message, as long as memory holds it."""
    return await call.shown(_show(call, _found(call, message_id), speaker(call)))


@post("/messages/{message_id:str}/retry", responses=ACTS, opt={"needs": KNOWN}, status_code=202)
async def retry_message(call: Call, message_id: str) -> Sent:
    """Send a message anew that failed or was given up; refused when nobody needs it any more. The answer is the page
    that leaves now: a new one in the place of one that was given up."""
    decision = await call.ask(RetryPage(_found(call, message_id).id))
    return await call.shown(Sent(decision.answer))


@post("/users/{user_id:str}/contacts/{contact_id:str}/test", responses=ACTS, opt={"needs": KNOWN}, status_code=202)
async def test_contact(call: Call, user_id: str, contact_id: str) -> Sent:
    """Send a page that says it is a test by this contact, one's own, or as an administrator anyone's; the contact
    `mailbox` is everybody's. Its receipt is at `/messages/{id}`."""
    _own(call, user_id)
    contact = call.look.people.contact(contact_id)
    known = contact_id == MAILBOX or (contact is not None and contact.user == user_id)
    required(True if known else None, "contact point", contact_id)
    decision = await call.ask(SendTestPage(user_id, contact_id))
    return await call.shown(Sent(decision.answer))


@post("/users/{user_id:str}/test", responses=ACTS, opt={"needs": KNOWN}, status_code=202)
async def test_user(call: Call, user_id: str, urgency: str = "high") -> SentTests:
    """Send a test page by every way the person's rules name at this hour, and into the mailbox; at once, because
    nobody can answer a test."""
    _own(call, user_id)
    decision = await call.ask(SendTestPages(user_id, urgency))
    rows = [row for id_ in decision.answer.split() if (row := call.look.notify.page(id_)) is not None]
    pages = tuple(SentTest(row.id, row.channel, row.contact) for row in rows)
    return await call.shown(SentTests(pages[0].id if pages else "", pages))


@get("/users/{user_id:str}/reachability", responses=READS)
async def get_reachability(call: Call, user_id: str) -> Reachability:
    """Whether a person can be reached, contact by contact. What a contact is called, and why it fails, is shown to its
    owner and to administrators."""
    user = required(call.look.people.user(user_id), "user", user_id)
    is_seen = call.caller.may(ADMINISTER) or call.caller.owns(user_id)
    contacts = tuple(_show_reach(call, contact, is_seen) for contact in call.look.people.contacts(user_id))
    is_reachable = user.active and any(one.state in REACHING for one in contacts)
    return await call.shown(Reachability(is_reachable, contacts))


def _show_reach(call: OneCall, contact: Contact, is_seen: bool) -> ContactReach:
    reach = call.look.notify.reach(contact.id)
    why = reasoned(speaker(call), reach.reason if is_seen else "", contact.channel)
    return ContactReach(
        contact.id, contact.channel, contact.label if is_seen else "", contact.verified, shown_or_none(reach.ok_at),
        shown_or_none(reach.failed_at), why.code, why.words, why.mend, why.said, reach.state(contact.verified, call.at),
    )  # fmt: skip


def _own(call: OneCall, user_id: str) -> None:
    call.require(ADMINISTER, user_id)
    required(call.look.people.user(user_id), "user", user_id)


def _found(call: OneCall, message_id: str) -> PageShown:
    number = number_of(message_id.upper(), "PG")
    row = call.look.notify.page(numbered("PG", number) if number else message_id)
    return required(row, "message in memory", message_id)


def _show(call: OneCall, row: PageShown, say: Translator) -> MessageShown:
    why = reasoned(say, row.detail, row.channel)
    return MessageShown(
        id=row.id, kind=row.kind, at=shown(row.planned_at), user=row.user, user_name=namer(call.look)(row.user),
        channel=row.channel, contact=row.contact, contact_label=_label(call, row), incident=row.incident,
        incidents=row.incidents, title=_title(call, row, say), state=STATES.get(row.state, row.state),
        attempts=row.attempt, reason=why.code, words=why.words, mend=why.mend, said=why.said, rule=row.rule,
        is_test=row.kind == "test", into=row.into,
        can_retry=row.state in ("failed", "given_up") and row.kind != "digest",
        steps=tuple(_show_step(one, row.channel, say) for one in row.steps),
    )  # fmt: skip


def _show_step(one: PageStep, channel: str, say: Translator) -> StepShown:
    why = reasoned(say, one.reason, channel)
    return StepShown(shown(one.at), STATES.get(one.state, one.state), why.code, why.words, why.said)


def _label(call: OneCall, row: PageShown) -> str:
    contact = call.look.people.contact(row.contact)
    is_seen = call.caller.may(ADMINISTER) or call.caller.owns(row.user)
    return contact.label if contact is not None and is_seen else ""


def _title(call: OneCall, row: PageShown, say: Translator) -> str:
    if row.kind == "test":
        return say("page.test.subject")
    if row.kind == "digest":
        return say("page.digest.subject", count=len(row.incidents))
    return titled(say.language, call.look.notify.title(row.incident))


router = Router(
    "/",
    route_handlers=[list_messages, get_message, retry_message, test_contact, test_user, get_reachability],
    tags=["messages"],
)
