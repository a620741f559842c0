"""Routes: which node decides about an alert, what is refused, and what a simulation tells."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from house import House
from tocsin.core.incidents.commands import SetRoutes
from tocsin.core.incidents.events import Route, RoutesSet
from tocsin.core.incidents.rules.flaws import DEPTH_MAX, NODES_MAX
from tocsin.core.incidents.rules.scale import priority_of, urgency_of
from tocsin.core.incidents.rules.tree import DEFAULT_ROOT, Compiled, Leaf, Tree, compiled
from tocsin.core.incidents.views import View
from tocsin.core.intake.events import SEVERITIES, Content
from tocsin.core.items.events import ServiceSet, ServiceSpec
from tocsin.core.oncall.events import LadderSet, LadderSpec
from tocsin.kernel.message import Rejected


def content(severity: str = "high", title: str = "Disk full", **labels: str) -> Content:
    return Content(title=title, severity=severity, labels=labels)


def walk(root: Route, alert: Content, source: str = "prom") -> tuple[Leaf, ...]:
    return compiled(Tree(1, root)).walk(alert, source)


def paths(root: Route, alert: Content, source: str = "prom") -> list[str]:
    return [leaf.path for leaf in walk(root, alert, source)]


def house() -> House:
    return House().given(
        LadderSet(ladder="db", revision=1, spec=LadderSpec(name="DB", steps=())),
        ServiceSet(service="shop", spec=ServiceSpec(name="Shop")),
    )


def refusal(root: Route) -> tuple[str, str]:
    told = house().ask(SetRoutes(root=root))
    assert isinstance(told, Rejected), told
    return told.reason, told.detail


TREE = Route(
    name="root",
    routes=(
        Route(
            name="db",
            matchers=('team="db"',),
            ladder="db",
            service="shop",
            group_by=("cluster",),
            group_wait_s=30,
            routes=(Route(name="critical", matchers=('level="critical"',), urgency="high"),),
        ),
        Route(name="audit", matchers=('env=~"prod|stage"',), go_on=True),
        Route(name="web", matchers=('env!=""',), group_by=("...",)),
    ),
)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"team": "db", "level": "critical", "env": "prod"}, ["root/db/critical"]),
        ({"team": "db", "level": "warning"}, ["root/db"]),
        ({"env": "prod"}, ["root/audit", "root/web"]),
        ({"env": "test"}, ["root/web"]),
        ({}, ["root"]),
    ],
)
def test_the_deepest_first_match_decides_unless_it_continues(labels: dict[str, str], expected: list[str]) -> None:
    assert paths(TREE, content(**labels)) == expected


def test_a_leaf_takes_what_it_leaves_out_from_its_parents() -> None:
    (leaf,) = walk(TREE, content(team="db", level="critical"))
    assert leaf == Leaf("root/db/critical", ("cluster",), 30, "shop", "db", "high")
    (leaf,) = walk(TREE, content())
    assert leaf == Leaf("root", ("alertname",), 0, "", "default", "")


def test_a_root_with_matchers_takes_only_what_matches() -> None:
    root = Route(name="root", matchers=('env="prod"',))
    assert paths(root, content(env="prod")) == ["root"]
    assert paths(root, content(env="test")) == []


def test_expressions_see_all_an_alert_says() -> None:
    when = 'labels.env == "prod" && severity in ["critical", "high"] && title.startsWith("Disk") && source == "prom"'
    root = Route(name="root", routes=(Route(name="disk", when=when, matchers=('host=~"db.*"',)),))
    alert = content(env="prod", host="db1")
    assert paths(root, alert) == ["root/disk"]
    assert paths(root, alert, source="zabbix") == ["root"]
    assert paths(root, content(severity="low", env="prod", host="db1")) == ["root"]
    assert paths(root, content(env="prod", host="web1")) == ["root"]
    assert paths(root, content(host="db1")) == ["root"], "a missing label does not hold"


def test_group_key_is_the_path_with_the_values() -> None:
    (leaf,) = walk(TREE, content(team="db", cluster='a"b'))
    labels = leaf.group_labels(content(team="db", cluster='a"b', host="x"))
    assert labels == {"cluster": 'a"b'}
    assert leaf.group_key(labels) == 'root/db{"cluster":"a\\"b"}'


def test_three_dots_group_by_every_label_in_whatever_order_they_come() -> None:
    (leaf,) = walk(TREE, content(env="test"))
    one, other = content(env="test", b="2", a="1"), content(a="1", b="2", env="test")
    assert leaf.group_key(leaf.group_labels(one)) == leaf.group_key(leaf.group_labels(other))


def test_an_alert_with_none_of_the_group_labels_stands_for_itself() -> None:
    (leaf,) = walk(TREE, content(team="db"))
    assert leaf.group_labels(content(team="db", title="A")) == {"title": "A"}


def test_a_templated_service_comes_from_a_label_and_groups_by_it() -> None:
    root = Route(name="root", service="{{ app }}", group_by=("{{alertname}}",))
    (leaf,) = walk(root, content())
    assert leaf.group_by == ("alertname", "app")
    assert leaf.service_of({"app": "shop"}) == "shop"
    assert leaf.service_of({"app": "No Service!"}) == ""
    assert leaf.service_of({}) == ""


def test_setting_the_tree_counts_its_revisions() -> None:
    one = house()
    assert one.ask(SetRoutes(root=TREE)) == [RoutesSet(revision=1, root=TREE)]
    other = Route(name="root")
    assert one.ask(SetRoutes(root=other)) == [RoutesSet(revision=2, root=other)]
    assert one.world.look.incidents.routes() == (2, other)


def test_setting_the_same_tree_changes_nothing() -> None:
    one = house()
    assert one.ask(SetRoutes(root=DEFAULT_ROOT)) == []
    one.ask(SetRoutes(root=TREE))
    assert one.ask(SetRoutes(root=TREE)) == []


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Route(name="x", matchers=("nonsense",)), "route root/x: bad matcher format"),
        (Route(name="x", matchers=('a=~"("',)), "route root/x: bad regular expression"),
        (Route(name="x", when="labels.env =="), "route root/x: when:"),
        (Route(name="x", ladder="nobody"), "route root/x: ladder 'nobody' does not exist"),
        (Route(name="x", service="nothing"), "route root/x: service 'nothing' does not exist"),
        (Route(name="x", service="{{app"), "route root/x: service '{{app' must be"),
        (Route(name="x", urgency="soon"), "route root/x: the urgency 'soon'"),
        (Route(name="x", group_by=("...", "a")), "route root/x: group_by"),
        (Route(name="x", group_by=("",)), "route root/x: the label ''"),
        (Route(name="x", group_wait_s=-2), "route root/x: group_wait_s is -2"),
        (Route(name="x", group_wait_s=3_601), "route root/x: group_wait_s is 3601"),
        (Route(name="a/b"), "route root/a/b: the name"),
        (Route(name=""), "route root/: the name"),
        (
            Route(name="x", routes=(Route(name="y"), Route(name="y"))),
            "route root/x: two routes below it are called 'y'",
        ),
        (Route(name="x", routes=(Route(name="y", urgency="?"),)), "route root/x/y: the urgency"),
    ],
)
def test_a_bad_node_is_refused_by_its_path(node: Route, words: str) -> None:
    reason, detail = refusal(Route(name="root", routes=(Route(name="fine"), node)))
    assert (reason, detail[: len(words)]) == ("route_invalid", words)


def test_depth_and_number_of_routes_are_bounded() -> None:
    deep = Route(name="leaf")
    for _ in range(DEPTH_MAX):
        deep = Route(name="n", routes=(deep,))
    assert refusal(deep)[0] == "routes_too_deep"
    assert not isinstance(house().ask(SetRoutes(root=deep.routes[0])), Rejected)
    wide = Route(name="root", routes=tuple(Route(name=f"n{n}") for n in range(NODES_MAX)))
    assert refusal(wide)[0] == "too_many_routes"


def test_a_simulation_explains_node_by_node() -> None:
    one = house()
    one.ask(SetRoutes(root=TREE))
    view: View = one.world.look.incidents
    told = view.simulate(content(team="db", level="warning", cluster="c1"), "prom")
    assert [(trial.path, trial.entered, trial.why, trial.conditions, trial.decides) for trial in told.trials] == [
        ("root", True, "free", (), False),
        ("root/db", True, "held", ('team="db"',), True),
        ("root/db/critical", False, "failed", ('level="critical"',), False),
    ]
    (landing,) = told.landings
    assert (told.revision, landing.leaf.path, landing.service) == (1, "root/db", "shop")
    assert (landing.group_key, landing.group_labels) == ('root/db{"cluster":"c1"}', {"cluster": "c1"})


def test_a_tree_can_be_tried_before_it_is_set() -> None:
    view: View = house().world.look.incidents
    trial = Route(name="root", matchers=('env="prod"',))
    assert view.simulate(content(env="test"), "prom", trial).landings == ()
    assert [landing.leaf.path for landing in view.simulate(content(env="test"), "prom").landings] == ["root"]


@pytest.mark.parametrize(
    ("impact", "row"),
    [
        ("high", ["P1", "P1", "P2", "P3", "P3"]),
        ("medium", ["P2", "P2", "P3", "P4", "P4"]),
        ("low", ["P3", "P3", "P4", "P5", "P5"]),
    ],
)
def test_priority_is_impact_by_urgency(impact: str, row: list[str]) -> None:
    assert [priority_of(impact, severity) for severity in SEVERITIES] == row
    assert [urgency_of(severity) for severity in SEVERITIES] == ["high", "high", "low", "low", "low"]


LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"))
MATCHERS = st.lists(
    st.builds('{}{}"{}"'.format, st.sampled_from("abc"), st.sampled_from(["=", "!="]), st.sampled_from("xyz"))
)


def _nodes(children: st.SearchStrategy[Route]) -> st.SearchStrategy[Route]:
    return st.builds(
        lambda matchers, go_on, below: Route(
            name="n", matchers=tuple(matchers[:2]), go_on=go_on, routes=tuple(named(below))
        ),
        MATCHERS,
        st.booleans(),
        st.lists(children, max_size=3),
    )


def named(routes: list[Route]) -> list[Route]:
    return [Route(name=f"n{n}", matchers=r.matchers, go_on=r.go_on, routes=r.routes) for n, r in enumerate(routes)]


TREES = st.recursive(st.builds(lambda m: Route(name="n", matchers=tuple(m[:2])), MATCHERS), _nodes, max_leaves=8)


def naive(route: Route, labels: Mapping[str, str], above: str = "") -> list[str]:
    """Alertmanager's rule, written as it is told."""
    path = f"{above}/{route.name}" if above else route.name
    for text in route.matchers:
        is_different = "!=" in text
        name, value = text.replace("!", "").split("=")
        if (labels.get(name, "") == value.strip('"')) is is_different:
            return []
    found: list[str] = []
    for child in route.routes:
        below = naive(child, labels, path)
        found += below
        if below and not child.go_on:
            break
    return found or [path]


@settings(max_examples=150, deadline=None)
@given(TREES, st.sampled_from([(), ("a",), ("b", "c"), ("...",)]), st.lists(LABELS, min_size=1, max_size=6))
def test_remembered_answers_are_those_of_a_fresh_walk(
    root: Route, group_by: tuple[str, ...], alerts: list[dict[str, str]]
) -> None:
    root = replace(root, group_by=group_by)
    routing = Compiled(root)
    for labels in alerts:
        told = [leaf.path for leaf in routing.walk(content(**labels), "prom")]
        assert told == naive(root, labels)
        trials = routing.trials(content(**labels), "prom")
        assert [trial.path for trial in trials if trial.decides] == told
        leaves = routing.walk(content(**labels), "prom")
        groups = routing.groups(content(**labels), "prom")
        assert [group.labels for group in groups] == [leaf.group_labels(content(**labels)) for leaf in leaves]
        assert [group.key for group in groups] == [
            leaf.group_key(group.labels) for leaf, group in zip(leaves, groups, strict=True)
        ]


def test_routes_survive_a_snapshot() -> None:
    one = house()
    one.ask(SetRoutes(root=TREE))
    again = type(one.world).load(one.world.dump())
    assert again.dump() == one.world.dump()
    assert again.look.incidents.routes() == (1, TREE)
