"""Contact points and the proof that they reach their user."""

from __future__ import annotations

from tocsin.core.people.commands import (
    AddContact,
    RecordCodeSent,
    RecordContactLost,
    RemoveContact,
    ResendCode,
    VerifyContact,
    VouchContact,
)
from tocsin.core.people.decide.known import Known, active_user, bad_name, own_contact
from tocsin.core.people.events import (
    CHANNELS,
    ContactAdded,
    ContactCodeDue,
    ContactCodeMistaken,
    ContactCodeSent,
    ContactLost,
    ContactRemoved,
    ContactVerified,
)
from tocsin.core.people.rules import (
    ADDRESS_MAX,
    CODE_INTERVAL_MS,
    CODE_LIFETIME_MS,
    CODES_MAX,
    CONTACTS_MAX,
    TRIES_MAX,
    is_email,
    is_id,
    is_sha256,
)
from tocsin.core.people.state import User
from tocsin.kernel.message import Accepted, Decision, Envelope, Event, Rejected

VERIFIED = "verified"
CODE_WRONG = "code_wrong"
DEVICES = ("webpush",)
"""Channels whose address a device makes for itself."""
DETAIL_MAX = 1_000
"""Characters kept of why a code could not be sent."""


def add_contact(known: Known, command: AddContact, envelope: Envelope) -> Decision:
    """Without a code the contact point waits for one, or to be vouched for; a device that names itself in its person's
    own session needs none: only it could know the address, and its person is who is logged in. Refused: user_unknown,
    user_removed, contact_id_invalid, contact_already_exists, channel_unknown, label_invalid, address_invalid,
    code_invalid, too_many_contacts, not_by_device."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    flaw = _flaw_of_contact(known, user, command) or bad_name("label", command.label)
    if flaw is not None:
        return flaw
    events: tuple[Event, ...] = (
        ContactAdded(
            user=command.user,
            contact=command.contact,
            channel=command.channel,
            label=command.label,
            address=command.address,
        ),
    )
    if command.by_device:
        if command.channel not in DEVICES or envelope.actor != f"user:{command.user}":
            return Rejected("not_by_device", "only a browser, in its person's own session, proves itself; use a code")
        verified = ContactVerified(user=command.user, contact=command.contact, by=envelope.actor)
        return Accepted((*events, verified), command.contact)
    if command.code_hash:
        if not _is_code(command.code_hash, command.code_sealed):
            return _bad_code()
        events = (*events, _code_due(command))
    return Accepted(events, command.contact)


def resend_code(known: Known, command: ResendCode, envelope: Envelope) -> Decision:
    """Refused: contact_unknown, contact_already_verified, code_invalid, too_many_codes, code_too_soon."""
    contact = own_contact(known, command.user, command.contact)
    if isinstance(contact, Rejected):
        return contact
    if contact.verified:
        return Rejected("contact_already_verified", f"{command.contact!r} needs no code")
    if not _is_code(command.code_hash, command.code_sealed):
        return _bad_code()
    if contact.codes >= CODES_MAX:
        return Rejected("too_many_codes", f"{CODES_MAX} codes were sent; remove the contact point and add it again")
    if contact.codes and envelope.at < contact.code_at + CODE_INTERVAL_MS:
        return Rejected("code_too_soon", f"wait {CODE_INTERVAL_MS // 1_000} seconds between two codes")
    return Accepted((_code_due(command),))


def verify_contact(known: Known, command: VerifyContact, envelope: Envelope) -> Decision:
    """Refused: contact_unknown, code_missing, code_expired, too_many_tries. A wrong code is accepted as a try."""
    contact = own_contact(known, command.user, command.contact)
    if isinstance(contact, Rejected):
        return contact
    if contact.verified:
        return Accepted(answer=VERIFIED)
    if not contact.code_hash:
        return Rejected("code_missing", f"no code was sent to {command.contact!r}; ask for one")
    if contact.tries >= TRIES_MAX:
        return Rejected("too_many_tries", f"{TRIES_MAX} wrong codes were given; ask for a new one")
    if envelope.at >= contact.code_at + CODE_LIFETIME_MS:
        return Rejected("code_expired", f"a code is good for {CODE_LIFETIME_MS // 60_000} minutes; ask for a new one")
    if command.code_hash != contact.code_hash:
        return Accepted((ContactCodeMistaken(user=command.user, contact=command.contact),), CODE_WRONG)
    return Accepted((ContactVerified(user=command.user, contact=command.contact, by=envelope.actor),), VERIFIED)


def record_code_sent(known: Known, command: RecordCodeSent) -> Decision:
    """A receipt that is late (the contact point is gone or verified, or a newer code is due) changes nothing."""
    contact = known.contacts.get(command.contact)
    if contact is None or contact.user != command.user or contact.code_sent or contact.code_hash != command.code_hash:
        return Accepted()
    sent = ContactCodeSent(
        user=command.user,
        contact=command.contact,
        code_hash=command.code_hash,
        delivered=command.delivered,
        detail=command.detail[:DETAIL_MAX],
    )
    return Accepted((sent,))


def record_contact_lost(known: Known, command: RecordContactLost) -> Decision:
    """A contact point that was removed meanwhile, or is unverified anyway, cannot be lost."""
    contact = known.contacts.get(command.contact)
    if contact is None or contact.user != command.user or not contact.verified:
        return Accepted()
    lost = ContactLost(user=command.user, contact=command.contact, reason=command.reason[:DETAIL_MAX])
    return Accepted((lost,))


def vouch_contact(known: Known, command: VouchContact, envelope: Envelope) -> Decision:
    """Refused: contact_unknown. Vouching for what is verified changes nothing."""
    contact = own_contact(known, command.user, command.contact)
    if isinstance(contact, Rejected):
        return contact
    if contact.verified:
        return Accepted()
    return Accepted((ContactVerified(user=command.user, contact=command.contact, by=envelope.actor),))


def remove_contact(known: Known, command: RemoveContact) -> Decision:
    """Refused: contact_unknown."""
    contact = own_contact(known, command.user, command.contact)
    if isinstance(contact, Rejected):
        return contact
    return Accepted((ContactRemoved(user=command.user, contact=command.contact),))


def _flaw_of_contact(known: Known, user: User, command: AddContact) -> Rejected | None:
    if not is_id(command.contact) or command.contact == "mailbox":
        return Rejected("contact_id_invalid", f"{command.contact[:80]!r} cannot be the id of a contact point")
    if command.contact in known.contacts:
        return Rejected("contact_already_exists", f"there is a contact point {command.contact!r}; give a new id")
    if command.channel not in CHANNELS:
        return Rejected("channel_unknown", f"{command.channel[:40]!r} is no channel; {', '.join(CHANNELS)} are")
    if not 1 <= len(command.address) <= ADDRESS_MAX:
        return Rejected("address_invalid", f"an address has 1 to {ADDRESS_MAX} characters")
    if command.channel == "email" and not is_email(command.address):
        return Rejected("address_invalid", f"{command.address[:80]!r} is no e-mail address")
    if len(user.contacts) >= CONTACTS_MAX:
        return Rejected("too_many_contacts", f"{user.id!r} has {CONTACTS_MAX} contact points; remove one first")
    mine = (known.contacts[id_] for id_ in user.contacts)
    twin = next((c.id for c in mine if (c.channel, c.address) == (command.channel, command.address)), "")
    return Rejected("contact_already_exists", f"{twin!r} already is this address") if twin else None


def _is_code(code_hash: str, code_sealed: str) -> bool:
    return is_sha256(code_hash) and 1 <= len(code_sealed) <= ADDRESS_MAX


def _bad_code() -> Rejected:
    return Rejected("code_invalid", "a code arrives as its SHA-256 in lower-case hex and sealed for the outbox")


def _code_due(command: AddContact | ResendCode) -> ContactCodeDue:
    return ContactCodeDue(
        user=command.user, contact=command.contact, code_hash=command.code_hash, code_sealed=command.code_sealed
    )
