"""Items: services, their owners and the graph between them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from house import House
from tocsin.core.items.commands import RemoveService, SetService
from tocsin.core.items.events import ServiceRemoved, ServiceSet, ServiceSpec
from tocsin.core.items.views import View
from tocsin.core.people.events import TeamSet, TeamSpec
from tocsin.core.world import World
from tocsin.kernel.message import Command, Event, Rejected


def spec(*depends_on: str, team: str = "") -> ServiceSpec:
    return ServiceSpec(name="A service", team=team, depends_on=depends_on)


def house(**needs: tuple[str, ...]) -> House:
    """A team `web` and these services with what they need."""
    services = (ServiceSet(service=service, spec=spec(*depends_on)) for service, depends_on in needs.items())
    return House().given(TeamSet(team="web", spec=TeamSpec(name="Web")), *services)


def view(there: House) -> View:
    return there.world.look.items


def reason(answer: list[Event] | Rejected) -> str:
    assert isinstance(answer, Rejected), answer
    assert answer.detail
    return answer.reason


def test_a_service_is_made_once_and_changed_by_a_new_description() -> None:
    there = house(db=())
    shop = ServiceSpec(name="Shop", team="web", impact="high", depends_on=("db",), calendar="office")
    assert there.ask(SetService("shop", shop)) == [ServiceSet(service="shop", spec=shop)]
    assert there.ask(SetService("shop", shop)) == []
    assert there.ask(SetService("shop", spec())) == [ServiceSet(service="shop", spec=spec())]
    assert view(there).dependents("db") == ()


@pytest.mark.parametrize(
    ("service", "described", "why"),
    [
        ("The Shop", spec(), "service_id_invalid"),
        ("shop", ServiceSpec(name=""), "name_invalid"),
        ("shop", ServiceSpec(name="Shop", description="x" * 4_001), "description_too_long"),
        ("shop", ServiceSpec(name="Shop", runbook="x" * 2_001), "runbook_too_long"),
        ("shop", ServiceSpec(name="Shop", runbook="javascript:alert(1)"), "runbook_no_link"),
        ("shop", ServiceSpec(name="Shop", runbook=" https://wiki.example.org"), "runbook_no_link"),
        ("shop", ServiceSpec(name="Shop", runbook="data:text/html,x"), "runbook_no_link"),
        ("shop", ServiceSpec(name="Shop", impact="huge"), "impact_unknown"),
        ("shop", ServiceSpec(name="Shop", calendar="Office Hours"), "calendar_id_invalid"),
        ("shop", spec(team="nobody"), "team_unknown"),
        ("shop", spec("nothing"), "dependency_unknown"),
        ("shop", spec("db", "db"), "dependency_twice"),
        ("shop", spec(*(f"s{n}" for n in range(101))), "too_many_dependencies"),
        ("shop", spec("shop"), "dependency_circular"),
        ("db", spec("web"), "dependency_circular"),
    ],
)
def test_a_bad_service_is_refused(service: str, described: ServiceSpec, why: str) -> None:
    there = house(db=(), api=("db",), web=("api",))
    assert reason(there.ask(SetService(service, described))) == why


def test_the_circle_is_told() -> None:
    answer = house(db=(), api=("db",), web=("api",)).ask(SetService("db", spec("web")))
    assert answer == Rejected("dependency_circular", "db needs web needs api needs db; leave one of them out")


@pytest.mark.parametrize(
    ("command", "why"), [(RemoveService("db"), "service_still_needed"), (RemoveService("none"), "service_unknown")]
)
def test_what_is_needed_or_unknown_is_not_removed(command: Command, why: str) -> None:
    assert reason(house(db=(), api=("db",)).ask(command)) == why


def test_services_are_removed_from_the_top() -> None:
    there = house(db=(), api=("db",))
    assert there.ask(RemoveService("api")) == [ServiceRemoved(service="api")]
    assert there.ask(RemoveService("db")) == [ServiceRemoved(service="db")]
    assert view(there).services() == ()


def test_what_fails_with_a_service_comes_nearest_first() -> None:
    there = house(db=(), api=("db",), jobs=("db",), shop=("api", "jobs"), site=("shop",), mail=())
    assert view(there).dependents("db") == ("api", "jobs")
    assert view(there).impacted("db") == ("api", "jobs", "shop", "site")
    assert view(there).needed("site") == ("shop", "api", "jobs", "db")
    assert view(there).impacted("mail") == view(there).impacted("unknown") == ()


def test_a_team_owns_its_services() -> None:
    there = house(db=()).given(ServiceSet(service="shop", spec=spec(team="web")))
    assert [service.id for service in view(there).services_of("web")] == ["shop"]
    assert (view(there).owner("shop"), view(there).owner("db"), view(there).owner("unknown")) == ("web", "", "")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)), max_size=25))
@settings(max_examples=100, deadline=None)
def test_no_order_of_changes_makes_a_circle(changes: list[tuple[str, list[str]]]) -> None:
    there = house()
    for service, depends_on in changes:
        there.ask(SetService(service, spec(*depends_on)))
    items = view(there)
    for service in items.services():
        assert service.id not in items.impacted(service.id)
        assert all(service.id in items.impacted(needed) for needed in items.needed(service.id))
    assert World.load(there.world.dump()).dump() == there.world.dump()
