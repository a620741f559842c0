"""What may be wrong with a routing tree. Law: a refusal names the path of the bad node."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tocsin.core.incidents.events import URGENCIES, Route
from tocsin.core.incidents.rules.tree import ALL_LABELS, TEMPLATE
from tocsin.kernel.expr import Expression
from tocsin.kernel.ids import is_slug
from tocsin.kernel.matcher import Matchers
from tocsin.kernel.message import Rejected

DEPTH_MAX = 8
"""Levels: deeper trees are not understood by those who are woken by them."""
NODES_MAX = 1_000
"""Each may be asked about every alert."""
NAME_LENGTH_MAX = 64
GROUP_BY_MAX = 32
"""Labels of a group: more is a group of one, which `...` says better."""
LABEL_LENGTH_MAX = 256
GROUP_WAIT_S_MAX = 3_600
"""An hour: who waits longer wants a snooze, not a group."""


class Ground(msgspec.Struct, frozen=True):
    """What the tree may name: whether a ladder, a service exists."""

    is_ladder: Callable[[str], bool]
    is_service: Callable[[str], bool]


def flaw_of_tree(root: Route, ground: Ground) -> Rejected | None:
    """The first flaw, in the order of the tree; None for a sound one."""
    waiting = [(root, root.name or "root", 1)]
    nodes = 0
    while waiting:
        route, path, depth = waiting.pop()
        nodes += 1
        if nodes > NODES_MAX:
            return Rejected(
                "too_many_routes", f"the tree has more than {NODES_MAX} nodes; join some by a regex matcher"
            )
        if depth > DEPTH_MAX:
            return Rejected("routes_too_deep", f"route {path} is on level {depth}; {DEPTH_MAX} levels are allowed")
        if fault := _flaw_of_node(route, ground):
            return Rejected("route_invalid", f"route {path}: {fault}")
        waiting += reversed([(child, f"{path}/{child.name}", depth + 1) for child in route.routes])
    return None


def _flaw_of_node(route: Route, ground: Ground) -> str:
    if not route.name or len(route.name) > NAME_LENGTH_MAX or "/" in route.name:
        return f"the name {route.name!r} must have 1 to {NAME_LENGTH_MAX} characters and no slash"
    names = [child.name for child in route.routes]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        return f"two routes below it are called {twice[0]!r}; give each its own name"
    return _flaw_of_conditions(route) or _flaw_of_group(route) or _flaw_of_aim(route, ground)


def _flaw_of_conditions(route: Route) -> str:
    matchers = Matchers.compile(route.matchers)
    if isinstance(matchers, str):
        return matchers
    when = Expression.compile(route.when) if route.when else None
    return f"when: {when}" if isinstance(when, str) else ""


def _flaw_of_group(route: Route) -> str:
    if ALL_LABELS in route.group_by and len(route.group_by) > 1:
        return f"group_by {ALL_LABELS!r} means all labels and stands alone"
    if len(route.group_by) > GROUP_BY_MAX:
        return f"group_by has {len(route.group_by)} labels; {GROUP_BY_MAX} are allowed, or '...' for all"
    for name in route.group_by:
        if not name or len(name) > LABEL_LENGTH_MAX:
            return f"the label {name[:LABEL_LENGTH_MAX]!r} of group_by must have 1 to {LABEL_LENGTH_MAX} characters"
    if not -1 <= route.group_wait_s <= GROUP_WAIT_S_MAX:
        return f"group_wait_s is {route.group_wait_s}; it must be 0 to {GROUP_WAIT_S_MAX}, or -1 for the parent's"
    return ""


def _flaw_of_aim(route: Route, ground: Ground) -> str:
    if route.urgency and route.urgency not in URGENCIES:
        return f"the urgency {route.urgency!r} must be one of {', '.join(URGENCIES)}, or empty"
    if route.ladder and not ground.is_ladder(route.ladder):
        return f"ladder {route.ladder!r} does not exist; create it first"
    if not route.service:
        return ""
    if "{{" in route.service or "}}" in route.service:
        is_sound = is_slug(TEMPLATE.sub("x", route.service))
        return "" if is_sound else f"service {route.service!r} must be an id or like {{{{label}}}}"
    return "" if ground.is_service(route.service) else f"service {route.service!r} does not exist; create it first"
