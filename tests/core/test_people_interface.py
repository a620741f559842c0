"""People: saved views and preferences of the interface."""

from __future__ import annotations

import msgspec
import pytest

from house import House
from tocsin.core.people.commands import RemoveSavedView, SetInterface, SetSavedView
from tocsin.core.people.events import (
    PreferencesSet,
    SavedViewRemoved,
    SavedViewSet,
    SavedViewSpec,
    TeamSet,
    TeamSpec,
    UserSet,
    UserSpec,
)
from tocsin.core.people.rules import PREFERENCES_MAX, VIEWS_MAX
from tocsin.kernel.message import Rejected

SPEC = SavedViewSpec(screen="alerts", name="Critical", query="severity=critical")
SHARED = msgspec.structs.replace(SPEC, team="web")


def house() -> House:
    """Ann and Bob are the team `web`; Sue is not."""
    users = (UserSet(user=id_, spec=UserSpec(name=id_.title(), role="admin")) for id_ in ("ann", "bob", "sue"))
    return House().given(*users, TeamSet(team="web", spec=TeamSpec(name="Web", members=("ann", "bob"))))


def save(user: str, view: str, spec: SavedViewSpec) -> SetSavedView:
    return SetSavedView(user=user, view=view, spec=spec)


def test_a_saved_view_is_seen_by_its_person_alone() -> None:
    there = house()
    assert there.ask(save("ann", "crit", SPEC)) == [SavedViewSet(user="ann", view="crit", spec=SPEC)]
    assert there.ask(save("ann", "crit", SPEC)) == []
    view = there.world.look.people
    assert [one.id for one in view.saved_views("ann", "alerts")] == ["crit"]
    assert (view.saved_views("ann", "incidents"), view.saved_views("bob")) == ((), ())


def test_a_view_of_a_team_is_everybodys_in_it() -> None:
    there = house()
    there.ask(save("ann", "crit", SHARED))
    view = there.world.look.people
    assert [[one.id for one in view.saved_views(user)] for user in ("ann", "bob", "sue")] == [["crit"], ["crit"], []]
    renamed = msgspec.structs.replace(SHARED, name="Worst")
    assert there.ask(save("bob", "crit", renamed)) == [SavedViewSet(user="ann", view="crit", spec=renamed)]
    assert there.ask(RemoveSavedView(user="bob", view="crit")) == [SavedViewRemoved(user="ann", view="crit")]
    assert view.saved_views("ann") == ()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (save("sue", "mine", SPEC), "view_of_another"),
        (save("sue", "new", SHARED), "not_a_member"),
        (save("ann", "new", msgspec.structs.replace(SPEC, team="nobody")), "team_unknown"),
        (save("ann", "New One", SPEC), "view_id_invalid"),
        (save("ann", "new", msgspec.structs.replace(SPEC, screen="A B")), "screen_invalid"),
        (save("ann", "new", msgspec.structs.replace(SPEC, name="")), "name_invalid"),
        (save("ann", "new", msgspec.structs.replace(SPEC, query="x" * 5000)), "query_too_long"),
        (save("zoe", "new", SPEC), "user_unknown"),
        (RemoveSavedView(user="sue", view="mine"), "view_of_another"),
        (RemoveSavedView(user="sue", view="nothing"), "view_unknown"),
    ],
)
def test_what_cannot_be_saved_is_refused(command: SetSavedView | RemoveSavedView, reason: str) -> None:
    answer = house().given(SavedViewSet(user="ann", view="mine", spec=SPEC)).ask(command)
    assert isinstance(answer, Rejected)
    assert answer.reason == reason


def test_nobody_saves_views_without_end() -> None:
    there = house().given(*(SavedViewSet(user="ann", view=f"v{n}", spec=SPEC) for n in range(VIEWS_MAX)))
    answer = there.ask(save("ann", "more", SPEC))
    assert isinstance(answer, Rejected)
    assert answer.reason == "too_many_views"
    assert there.ask(save("bob", "more", SPEC)) != []


def test_preferences_are_kept_whole_and_within_limits() -> None:
    there = house()
    wish = {"theme": '"dark"', "keys_enabled": "false"}
    assert there.ask(SetInterface(user="ann", preferences=wish)) == [PreferencesSet(user="ann", preferences=wish)]
    assert there.ask(SetInterface(user="ann", preferences=wish)) == []
    assert there.world.look.people.preferences("ann") == wish
    assert there.world.look.people.preferences("bob") == {}
    many = {f"p{number}": "1" for number in range(PREFERENCES_MAX + 1)}
    for preferences, reason in (
        (many, "too_many_preferences"),
        ({"Not a name": "1"}, "preference_invalid"),
        ({"theme": "x" * 3000}, "preference_invalid"),
    ):
        answer = there.ask(SetInterface(user="ann", preferences=preferences))
        assert isinstance(answer, Rejected)
        assert answer.reason == reason
