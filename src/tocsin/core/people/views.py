"""What can be seen of people, and the one gate of permission."""

from __future__ import annotations

import msgspec

from tocsin.core.people.events import ADMIN, ContactCodeDue
from tocsin.core.people.rules import OF_HOUSE, OF_ROLE, OF_SOURCE, is_news
from tocsin.core.people.state import Contact, Key, SavedView, Session, State, Team, User
from tocsin.kernel.message import Command, Event, Moment, Stamp
from tocsin.kernel.permission import ADMINISTER, SELF

__all__ = ["HEARS", "OF_ROLE", "Contact", "Key", "SavedView", "Session", "Team", "User", "View", "fold"]

HEARS: tuple[type[Event], ...] = ()


class View(msgspec.Struct):
    """The room's door for reading."""

    known: State = msgspec.field(default_factory=State)

    def due(self) -> Moment | None:
        """The next instant at which a session expires, None for never."""
        return self.known.expiries.next()

    def may(self, actor: str, command: Command) -> bool:
        """The one gate: whether the actor holds what the command needs. What needs SELF also is about the actor's own
        user, unless the actor administers. Expiry of keys and sessions is checked where they are
        shown (`key_by_hash`)."""
        held = self.permissions_of(actor)
        if command.needs != SELF:
            return command.needs in held
        if ADMINISTER in held:
            return True
        own = self.user_of(actor)
        return SELF in held and own != "" and own == getattr(command, "user", "")

    def permissions_of(self, actor: str) -> tuple[str, ...]:
        """The permissions an actor holds, in the order of `kernel.permission`; none for an unknown one."""
        kind, _, id_ = actor.partition(":")
        match kind:
            case "user":
                return self._permissions_of_user(id_)
            case "key":
                key = self.known.keys.get(id_)
                if key is None or key.revoked:
                    return ()
                held = self._permissions_of_user(key.user)
                return tuple(one for one in held if one in key.scopes) if key.scopes else held
            case "source":
                return OF_SOURCE
            case _:
                return OF_HOUSE.get(actor, ())

    def user_of(self, actor: str) -> str:
        """The id of the user behind an actor, empty when there is none."""
        kind, _, id_ = actor.partition(":")
        if kind == "key":
            key = self.known.keys.get(id_)
            return key.user if key is not None else ""
        return id_ if kind == "user" and id_ in self.known.users else ""

    def user(self, user: str) -> User | None:
        """The user, active or not."""
        return self.known.users.get(user)

    def users(self) -> tuple[User, ...]:
        """Every user ever, by id."""
        return tuple(self.known.users[id_] for id_ in sorted(self.known.users))

    def admins(self) -> tuple[str, ...]:
        """The ids of the active administrators, sorted."""
        return tuple(user.id for user in self.users() if user.active and user.spec.role == ADMIN)

    def password_hash(self, user: str) -> str:
        """The argon2 hash of an active user's password, empty when there is none to compare with."""
        found = self.known.users.get(user)
        return found.password_hash if found is not None and found.active else ""

    def team(self, team: str) -> Team | None:
        """The team."""
        return self.known.teams.get(team)

    def teams(self) -> tuple[Team, ...]:
        """Every team, by id."""
        return tuple(self.known.teams[id_] for id_ in sorted(self.known.teams))

    def members(self, team: str) -> tuple[str, ...]:
        """The ids of a team's active members, in the team's order; none for an unknown team."""
        found = self.known.teams.get(team)
        return tuple(user for user in found.spec.members if self.known.users[user].active) if found else ()

    def teams_of(self, user: str) -> tuple[str, ...]:
        """The ids of the teams a user belongs to, sorted."""
        return tuple(team.id for team in self.teams() if user in team.spec.members)

    def contact(self, contact: str) -> Contact | None:
        """The contact point."""
        return self.known.contacts.get(contact)

    def contacts(self, user: str) -> tuple[Contact, ...]:
        """A user's contact points, in the order they were added; the mailbox, which everybody has, is none."""
        found = self.known.users.get(user)
        return tuple(self.known.contacts[id_] for id_ in found.contacts) if found is not None else ()

    def contacts_verified(self, user: str) -> tuple[Contact, ...]:
        """The contact points an active user is really reached by."""
        found = self.known.users.get(user)
        return tuple(c for c in self.contacts(user) if c.verified) if found is not None and found.active else ()

    def codes_owed(self) -> tuple[ContactCodeDue, ...]:
        """The verification codes the outbox has not answered for, oldest first."""
        owed = (self.known.contacts[id_] for id_ in self.known.codes_owed)
        return tuple(
            ContactCodeDue(user=c.user, contact=c.id, code_hash=c.code_hash, code_sealed=c.code_sealed) for c in owed
        )

    def key(self, key: str) -> Key | None:
        """The key, revoked or not."""
        return self.known.keys.get(key)

    def keys(self, user: str) -> tuple[Key, ...]:
        """A user's keys that are not revoked, in the order they were added."""
        found = self.known.users.get(user)
        return tuple(self.known.keys[id_] for id_ in found.keys) if found is not None else ()

    def key_by_hash(self, token_hash: str, at: Moment) -> Key | None:
        """The key of this token, if it is good at this instant."""
        key = self.known.keys.get(self.known.key_hashes.get(token_hash, ""))
        if key is None or key.revoked or (key.expires_at and key.expires_at <= at):
            return None
        return key

    def is_use_news(self, key: Key, at: Moment) -> bool:
        """Whether it is worth noting that this key is shown now."""
        return is_news(key.used_at, at)

    def session_by_hash(self, token_hash: str, at: Moment) -> Session | None:
        """The session of this cookie, if it is good at this instant."""
        session = self.known.sessions.get(token_hash)
        return session if session is not None and session.expires_at > at else None

    def sessions(self, user: str) -> tuple[Session, ...]:
        """A user's sessions, oldest first."""
        found = self.known.users.get(user)
        return tuple(self.known.sessions[hash_] for hash_ in found.sessions) if found is not None else ()

    def saved_view(self, view: str) -> SavedView | None:
        """The saved view."""
        return self.known.views.get(view)

    def saved_views(self, user: str, screen: str = "") -> tuple[SavedView, ...]:
        """The views a person sees (of one screen): their own and those of their teams, by name."""
        teams = self.teams_of(user)
        found = (
            view
            for view in self.known.views.values()
            if (view.user == user or view.spec.team in teams) and (not screen or view.spec.screen == screen)
        )
        return tuple(sorted(found, key=lambda view: (view.spec.name, view.id)))

    def preferences(self, user: str) -> dict[str, str]:
        """How the interface is to look to a person: names and values of its own."""
        return self.known.preferences.get(user, {})

    def _permissions_of_user(self, user: str) -> tuple[str, ...]:
        found = self.known.users.get(user)
        return OF_ROLE[found.spec.role] if found is not None and found.active else ()


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event: everything is in State already."""
