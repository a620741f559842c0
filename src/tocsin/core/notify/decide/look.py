"""What deciding reads of the rooms below: who can be reached, and how.

Law: a person who was deactivated, and a contact that was removed or never proved, are no way to anybody.
"""

from __future__ import annotations

from typing import Protocol

from tocsin.core.notify.rules import MAILBOX
from tocsin.core.notify.views import View as NotifyView
from tocsin.core.oncall.views import View as OncallView
from tocsin.core.people.views import View as PeopleView


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def people(self) -> PeopleView: ...
    @property
    def oncall(self) -> OncallView: ...
    @property
    def notify(self) -> NotifyView: ...


def verified(look: Look, user: str) -> tuple[tuple[str, str], ...]:
    """The contacts (id, channel) that reach the person."""
    return tuple((contact.id, contact.channel) for contact in look.people.contacts_verified(user))


def reaches(look: Look, user: str, contact: str) -> bool:
    """Whether the contact still reaches the person."""
    return contact == MAILBOX or any(id_ == contact for id_, _ in verified(look, user))


def zone_of(look: Look, user: str) -> str:
    """The time zone of the person, UTC for somebody unknown."""
    found = look.people.user(user)
    return found.spec.zone if found is not None else "UTC"
