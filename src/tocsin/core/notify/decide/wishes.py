"""What persons ask for themselves: their rules, and test pages.

Law: a rule that can never lead to a page is refused when it is set, not discovered at night.
"""

from __future__ import annotations

from tocsin.core.notify.commands import SendTestPage, SendTestPages, SetRules
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look, reaches, verified, zone_of
from tocsin.core.notify.events import PageDelivered, PageDue, PagePlanned, Rule, RulesSet
from tocsin.core.notify.rules import DELAY_S_MAX, MAILBOX, RULES_MAX, opens_at, room, ways
from tocsin.core.notify.state import slot
from tocsin.kernel.message import Decision, Rejected
from tocsin.kernel.moment import duration
from tocsin.kernel.zone import parse_clock

URGENCIES = ("high", "low", "any")


def set_rules(draft: Draft, look: Look, command: SetRules) -> Decision:
    """Set a person's rules. Refused: user_unknown, too_many_rules, contact_unknown, urgency_unknown, time_invalid,
    delay_out_of_range."""
    if look.people.user(command.user) is None:
        return Rejected("user_unknown", f"there is no user {command.user!r}")
    if len(command.rules) > RULES_MAX:
        return Rejected("too_many_rules", f"{len(command.rules)} rules were given, {RULES_MAX} are the most")
    channels = {contact.id: contact.channel for contact in look.people.contacts(command.user)}
    for number, rule in enumerate(command.rules, 1):
        refused = _refusal(rule, number, command.user, channels)
        if refused is not None:
            return refused
    if draft.rules.get(command.user, ()) != command.rules:
        draft.tell(RulesSet(user=command.user, rules=command.rules))
    return draft.decision()


def _refusal(rule: Rule, number: int, user: str, channels: dict[str, str]) -> Rejected | None:
    if rule.contact not in channels:
        known = ", ".join(channels) or "none yet"
        hint = "the mailbox needs no rule" if rule.contact == MAILBOX else f"{user!r} has: {known}"
        return Rejected("contact_unknown", f"rule {number}: there is no contact {rule.contact!r}; {hint}")
    if rule.urgency not in URGENCIES:
        return Rejected("urgency_unknown", f"rule {number}: urgency {rule.urgency!r} is none of {', '.join(URGENCIES)}")
    for text in (rule.start, rule.end):
        if parse_clock(text) is None:
            return Rejected("time_invalid", f"rule {number}: {text!r} is not a time from 00:00 to 24:00 as HH:MM")
    if not 0 <= rule.delay_s <= DELAY_S_MAX:
        return Rejected("delay_out_of_range", f"rule {number}: delay_s {rule.delay_s} is not from 0 to {DELAY_S_MAX}")
    return None


def send_test_page(draft: Draft, look: Look, command: SendTestPage) -> Decision:
    """Send a page that says it is a test. Refused: user_unknown, contact_not_verified, too_many_pages."""
    contacts = {contact.id: contact.channel for contact in look.people.contacts(command.user)}
    if look.people.user(command.user) is None:
        return Rejected("user_unknown", f"there is no user {command.user!r}")
    if not reaches(look, command.user, command.contact):
        return Rejected(
            "contact_not_verified", f"{command.contact!r} is no verified contact of {command.user!r}; verify it first"
        )
    if flaw := crowded(draft, command.user, command.contact):
        return flaw
    return draft.decision(_test(draft, command.user, command.contact, contacts.get(command.contact, MAILBOX)))


def send_test_pages(draft: Draft, look: Look, command: SendTestPages) -> Decision:
    """Send a test by every way the person would be paged by now, the mailbox first. Delays are not waited for: nobody
    could answer a test. Refused: user_unknown, urgency_unknown, too_many_pages (by all ways)."""
    if look.people.user(command.user) is None:
        return Rejected("user_unknown", f"there is no user {command.user!r}")
    if command.urgency not in URGENCIES[:2]:
        return Rejected("urgency_unknown", f"urgency {command.urgency!r} is none of {', '.join(URGENCIES[:2])}")
    rules = draft.rules.get(command.user, ())
    found = ways(rules, verified(look, command.user), command.urgency, draft.at, zone_of(look, command.user))
    channels = {MAILBOX: MAILBOX} | {way.contact: way.channel for way in found}
    pages = [
        _test(draft, command.user, contact, channel)
        for contact, channel in channels.items()
        if crowded(draft, command.user, contact) is None
    ]
    if not pages:
        return Rejected("too_many_pages", f"{command.user!r} has had many messages just now; try again in a minute")
    return draft.decision(" ".join(pages))


def crowded(draft: Draft, user: str, contact: str) -> Rejected | None:
    """The refusal of a message that a person asks for by a contact that has had as many as a person can bear."""
    sent = draft.sent.get(slot(user, contact), ())
    if room(sent, draft.at):
        return None
    wait = duration(opens_at(sent, draft.at) - draft.at)
    return Rejected("too_many_pages", f"{contact!r} has had many messages just now; try again in {wait}")


def _test(draft: Draft, user: str, contact: str, channel: str) -> str:
    page = draft.next_page()
    draft.tell(
        PagePlanned(
            incident="", page=page, run=0, user=user, contact=contact, channel=channel, rule="test", due_at=draft.at
        )
    )
    if contact == MAILBOX:
        draft.tell(PageDelivered(incident="", page=page))
    else:
        draft.tell(PageDue(incident="", page=page, attempt=1))
    return page
