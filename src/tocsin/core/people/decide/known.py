"""What deciding may read, and the refusals several commands share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tocsin.core.people.state import Contact, Key, SavedView, Session, Team, User
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.ids import NAME_MAX, is_name
from tocsin.kernel.message import Rejected


class Known(Protocol):
    """The room's tables, read-only."""

    @property
    def users(self) -> Mapping[str, User]: ...
    @property
    def teams(self) -> Mapping[str, Team]: ...
    @property
    def keys(self) -> Mapping[str, Key]: ...
    @property
    def key_hashes(self) -> Mapping[str, str]: ...
    @property
    def contacts(self) -> Mapping[str, Contact]: ...
    @property
    def sessions(self) -> Mapping[str, Session]: ...
    @property
    def views(self) -> Mapping[str, SavedView]: ...
    @property
    def preferences(self) -> Mapping[str, Mapping[str, str]]: ...
    @property
    def expiries(self) -> Agenda: ...


class Look(Protocol):
    """The views this room reads to decide: none, it is the lowest."""


def active_user(known: Known, user: str) -> User | Rejected:
    """The user, refused when unknown or removed."""
    found = known.users.get(user)
    if found is None:
        return Rejected("user_unknown", f"no user is called {user!r}")
    if not found.active:
        return Rejected("user_removed", f"the user {user!r} was removed; set the user again to bring them back")
    return found


def own_contact(known: Known, user: str, contact: str) -> Contact | Rejected:
    """The contact point of this user, refused when there is none."""
    found = known.contacts.get(contact)
    if found is None or found.user != user:
        return Rejected("contact_unknown", f"{user!r} has no contact point {contact!r}")
    return found


def bad_name(what: str, name: str) -> Rejected | None:
    """The refusal of a name nobody can read."""
    if is_name(name):
        return None
    return Rejected(f"{what}_invalid", f"{what} {name[:40]!r}: one line of 1 to {NAME_MAX} characters is needed")
