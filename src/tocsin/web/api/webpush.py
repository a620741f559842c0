"""Browsers as contact points: the key they subscribe to, and what they say of themselves.

Law: a browser that names itself within its person's own session needs no code: only the browser could know its
subscription, and who is logged in is its person. Named in any other way, it is sent a code like every contact point.
"""

from __future__ import annotations

import msgspec
from litestar import Router, get
from msgspec.structs import replace

from tocsin.core.notify.commands import SetRules
from tocsin.core.people.commands import AddContact, RemoveContact
from tocsin.core.people.views import Contact
from tocsin.shell.channels.subscription import Subscription, flaw_of
from tocsin.shell.channels.webpush import public_key_of
from tocsin.shell.keys import digest
from tocsin.shell.vault import VaultBroken
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.problem import READS, Fault, Refused

CHANNEL = "webpush"
CODE_DIGITS = 6


class PushKey(msgspec.Struct, frozen=True):
    """The public half of the key this installation pushes with: `applicationServerKey`, as base64url."""

    public_key: str


@get("/webpush/key", responses=READS, opt={"needs": KNOWN})
async def get_push_key(call: Call) -> PushKey:
    """The key a browser subscribes to."""
    return PushKey(public_key_of(call.house.vault.push_key()))


async def add_browser(
    call: OneCall, user_id: str, subscription: Subscription | None, address: str, label: str
) -> Contact:
    """Add a browser by its subscription (or its JSON as the address). One that is known already is the same contact
    point; one whose keys changed takes the old one's place, also in the person's rules, once it is verified. Raises
    Refused."""
    found = subscription if subscription is not None else _read(address)
    if flaw := flaw_of(found):
        raise _flawed(flaw)
    replaced: list[Contact] = []
    for contact in call.look.people.contacts(user_id):
        known = _subscription_of(call, contact)
        if known is not None and known.endpoint == found.endpoint:
            if known.keys == found.keys and contact.verified:
                return contact
            replaced.append(contact)
    added = await _add(call, user_id, found, label)
    for old in replaced:
        if added.verified or not old.verified:
            await _take_place(call, user_id, old.id, added.id)
    return added


async def _take_place(call: OneCall, user_id: str, old: str, new: str) -> None:
    """Name the new contact point where the rules name the old one, before that goes: a page may be on its way."""
    rules = call.look.notify.rules(user_id).rules
    renamed = tuple(replace(rule, contact=new) if rule.contact == old else rule for rule in rules)
    if renamed != rules:
        await call.house.engine.submit(SetRules(user_id, renamed), call.caller.actor)
    await call.house.engine.submit(RemoveContact(user_id, old), call.caller.actor)


async def _add(call: OneCall, user_id: str, found: Subscription, label: str) -> Contact:
    house, caller = call.house, call.caller
    by_device = bool(caller.session) and caller.owns(user_id)
    code = f"{int.from_bytes(house.entropy.bytes(8), 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
    contact_id = f"C{house.entropy.bytes(5).hex()}"
    decision = await call.ask(
        AddContact(
            user_id, contact_id, CHANNEL, label or CHANNEL, house.vault.seal(msgspec.json.encode(found).decode()),
            "" if by_device else digest(code), "" if by_device else house.vault.seal(code), by_device,
        )
    )  # fmt: skip
    row = call.look.people.contact(contact_id) or call.look.people.contact(decision.answer)
    return required(row, "contact point", contact_id)


def _read(address: str) -> Subscription:
    try:
        return msgspec.json.decode(address, type=Subscription)
    except msgspec.DecodeError:
        raise _flawed("it is no subscription of a browser as JSON") from None


def _subscription_of(call: OneCall, contact: Contact) -> Subscription | None:
    """The subscription of a browser, None for any other contact point and for one that cannot be opened."""
    if contact.channel != CHANNEL:
        return None
    try:
        return msgspec.json.decode(call.house.vault.open(contact.address), type=Subscription)
    except (VaultBroken, msgspec.DecodeError):
        return None


def _flawed(flaw: str) -> Refused:
    hint = "send what PushSubscription.toJSON() says"
    return Refused(422, "address_invalid", flaw, (Fault("/subscription", flaw, hint),))


router = Router("/", route_handlers=[get_push_key], tags=["people"])
