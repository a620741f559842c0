"""How people see their screens: saved views and preferences."""

from __future__ import annotations

from tocsin.core.people.commands import RemoveSavedView, SetInterface, SetSavedView
from tocsin.core.people.decide.known import Known, active_user, bad_name
from tocsin.core.people.events import PreferencesSet, SavedViewRemoved, SavedViewSet, SavedViewSpec
from tocsin.core.people.rules import (
    PREFERENCE_NAME_MAX,
    PREFERENCE_VALUE_MAX,
    PREFERENCES_MAX,
    SCREEN_MAX,
    VIEW_QUERY_MAX,
    VIEWS_MAX,
)
from tocsin.core.people.state import SavedView
from tocsin.kernel.ids import SLUG_HINT, is_slug
from tocsin.kernel.message import Accepted, Decision, Rejected


def set_saved_view(known: Known, command: SetSavedView) -> Decision:
    """Refused: user_unknown, user_removed, view_id_invalid, view_of_another, name_invalid, screen_invalid,
    query_too_long, team_unknown, not_a_member, too_many_views."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    old = known.views.get(command.view)
    if old is None and not is_slug(command.view):
        return Rejected("view_id_invalid", f"{command.view[:80]!r} cannot be the id of a view: {SLUG_HINT}")
    flaw = _foreign(known, old, command.user) or _flaw_of_view(command.spec) or _outsider(known, command)
    if flaw is not None:
        return flaw
    owner = command.user if old is None else old.user
    if old is not None and old.spec == command.spec:
        return Accepted(answer=command.view)
    if old is None and sum(view.user == owner for view in known.views.values()) >= VIEWS_MAX:
        return Rejected("too_many_views", f"{owner!r} has {VIEWS_MAX} saved views; remove one first")
    return Accepted((SavedViewSet(user=owner, view=command.view, spec=command.spec),), command.view)


def remove_saved_view(known: Known, command: RemoveSavedView) -> Decision:
    """Refused: view_unknown, view_of_another."""
    old = known.views.get(command.view)
    if old is None:
        return Rejected("view_unknown", f"no saved view is called {command.view!r}")
    flaw = _foreign(known, old, command.user)
    return flaw or Accepted((SavedViewRemoved(user=old.user, view=command.view),))


def set_interface(known: Known, command: SetInterface) -> Decision:
    """Refused: user_unknown, user_removed, too_many_preferences, preference_invalid."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    if len(command.preferences) > PREFERENCES_MAX:
        return Rejected(
            "too_many_preferences", f"{len(command.preferences)} preferences; at most {PREFERENCES_MAX} are kept"
        )
    for name, value in command.preferences.items():
        if not is_slug(name) or len(name) > PREFERENCE_NAME_MAX or len(value) > PREFERENCE_VALUE_MAX:
            return Rejected(
                "preference_invalid",
                f"the preference {name[:80]!r}: a name of {SLUG_HINT}, and a value of at most {PREFERENCE_VALUE_MAX} "
                "characters",
            )
    if known.preferences.get(command.user, {}) == command.preferences:
        return Accepted()
    return Accepted((PreferencesSet(user=command.user, preferences=command.preferences),))


def _foreign(known: Known, old: SavedView | None, user: str) -> Rejected | None:
    """The refusal of whoever may not touch this view."""
    if old is None or old.user == user:
        return None
    team = known.teams.get(old.spec.team)
    if team is not None and user in team.spec.members:
        return None
    return Rejected("view_of_another", f"the view {old.id!r} belongs to {old.user!r}; save it under another id")


def _flaw_of_view(spec: SavedViewSpec) -> Rejected | None:
    if not is_slug(spec.screen) or len(spec.screen) > SCREEN_MAX:
        return Rejected("screen_invalid", f"{spec.screen[:80]!r} is no name of a screen: {SLUG_HINT}")
    if len(spec.query) > VIEW_QUERY_MAX:
        return Rejected("query_too_long", f"a query of {len(spec.query)} characters; at most {VIEW_QUERY_MAX} are kept")
    return bad_name("name", spec.name)


def _outsider(known: Known, command: SetSavedView) -> Rejected | None:
    """A view is shared with a team by its members."""
    if not command.spec.team:
        return None
    team = known.teams.get(command.spec.team)
    if team is None:
        return Rejected("team_unknown", f"no team is called {command.spec.team!r}")
    if command.user not in team.spec.members:
        return Rejected("not_a_member", f"{command.user!r} is no member of the team {team.id!r}")
    return None
