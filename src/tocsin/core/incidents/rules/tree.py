"""The routing tree: which nodes decide about an alert.

Law: depth first. A node is entered when all its matchers and its expression hold; the deepest entered node decides; the
siblings after an entered node are looked at only if it says `continue`. What a node leaves out it has from its parent.
A node whose text no longer compiles is not entered, so its parent decides: rather page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter

import msgspec

from tocsin.core.incidents.events import Route
from tocsin.core.intake.events import Content
from tocsin.kernel.expr import Expression, Scope
from tocsin.kernel.ids import is_slug
from tocsin.kernel.matcher import Matchers

ALL_LABELS = "..."
DEFAULT_ROOT = Route(name="root", group_by=("alertname",), group_wait_s=0, ladder="default")
"""The tree before any is set: everything pages, grouped by name. Also what a root leaves out."""
COMPILED_MAX = 16
"""Trees kept compiled: one a world, and the ones people try."""
REMEMBERED_MAX = 16_384
"""Leaves a tree remembers, by the values of the labels its matchers look at."""
GROUPS_REMEMBERED_MAX = 4_096
"""Groups a tree remembers: a few megabytes, if none of them is an incident's."""
TEMPLATE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


class Tree(msgspec.Struct, frozen=True):
    """A routing tree; `revision` counts its changes, 0 is the default one."""

    revision: int
    root: Route

    def __hash__(self) -> int:
        """Equal trees have equal revisions; to look through a thousand nodes at every alert would be slow."""
        return self.revision


class Leaf(msgspec.Struct, frozen=True):
    """What a node decides, with what it has from its parents. `urgency` empty: by severity. `service` may be a
    template; its labels are among `group_by`, so that two services never share an incident."""

    path: str
    group_by: tuple[str, ...]
    group_wait_s: int
    service: str
    ladder: str
    urgency: str

    def group_labels(self, content: Content) -> dict[str, str]:
        """The labels the alert is grouped by. One that has none of them stands for itself, by its title: alerts that
        have nothing in common are never merged."""
        labels = content.labels
        if self.group_by == (ALL_LABELS,):
            return dict(sorted(labels.items()))
        found = {name: labels.get(name, "") for name in self.group_by}
        return found if any(found.values()) else {"title": content.title}

    def group_key(self, group_labels: Mapping[str, str]) -> str:
        """`root/db{"alertname":"DiskFull"}`."""
        return self.path + msgspec.json.encode(group_labels).decode()

    def service_of(self, labels: Mapping[str, str]) -> str:
        """The service of an alert with these labels; empty when the labels do not name one."""
        if "{{" not in self.service:
            return self.service
        service = TEMPLATE.sub(lambda found: labels.get(found[1], ""), self.service)
        return service if is_slug(service) else ""


class Group(msgspec.Struct, frozen=True, gc=False):
    """Alerts that a leaf takes to one incident: those of equal group labels, told apart by the key."""

    leaf: Leaf
    key: str
    labels: dict[str, str]


class Trial(msgspec.Struct, frozen=True):
    """What one node said in a simulation. `why` is a word: its `conditions` `held` or, the first of them, `failed`; it
    has none (`free`), or they cannot be compiled any more (`broken`). `decides` marks a leaf."""

    path: str
    entered: bool
    why: str
    conditions: tuple[str, ...] = ()
    decides: bool = False


class Node:
    """A compiled route."""

    __slots__ = ("go_on", "leaf", "matchers", "nodes", "when", "whole")

    def __init__(self, route: Route, parent: Leaf | None) -> None:
        self.leaf = _leaf(route, parent)
        matchers = Matchers.compile(route.matchers)
        when = Expression.compile(route.when) if route.when else None
        self.whole = not isinstance(matchers, str) and not isinstance(when, str)
        self.matchers = None if isinstance(matchers, str) else matchers
        self.when = None if isinstance(when, str) else when
        self.go_on = route.go_on
        self.nodes = tuple(Node(child, self.leaf) for child in route.routes)

    def enters(self, case: Case) -> bool:
        """Whether all conditions hold."""
        if self.matchers is None or not self.whole or not self.matchers.matches(case.content.labels):
            return False
        return self.when is None or self.when.holds(case.scope())

    def why(self, case: Case, entered: bool) -> tuple[str, tuple[str, ...]]:
        """Which conditions held, or the first that did not."""
        if self.matchers is None or not self.whole:
            return "broken", ()
        failed = [str(matcher) for matcher in self.matchers.items if not matcher.matches(case.content.labels)]
        held = [str(matcher) for matcher in self.matchers.items]
        when = [self.when.text] if self.when is not None else []
        if not entered:
            return "failed", (*failed, *when)[:1]
        return ("held", (*held, *when)) if held + when else ("free", ())


class Case:
    """An alert on its way through the tree; its scope for expressions is made at the first that needs it."""

    __slots__ = ("_scope", "content", "source")

    def __init__(self, content: Content, source: str) -> None:
        self.content = content
        self.source = source
        self._scope: Scope | None = None

    def scope(self) -> Scope:
        """The variables of the expressions."""
        if self._scope is None:
            content = self.content
            self._scope = Scope(
                {
                    "labels": dict(content.labels),
                    "annotations": dict(content.annotations),
                    "severity": content.severity,
                    "title": content.title,
                    "source": self.source,
                }
            )
        return self._scope


class Compiled:
    """A tree ready for the hot path: without expressions, alerts with the same values of the labels that matchers look
    at get the same answer, which is remembered. So are the groups of alerts whose group labels are the same, too."""

    __slots__ = ("_answers", "_group_names", "_groups", "_names", "_pick", "_root")

    def __init__(self, root: Route) -> None:
        self._root = Node(root, None)
        nodes = list(_nodes(self._root))
        self._names: tuple[str, ...] | None = None
        self._group_names: tuple[str, ...] | None = None
        if all(node.when is None for node in nodes):
            names = [matcher.name for node in nodes if node.matchers for matcher in node.matchers.items]
            group_names = [name for node in nodes for name in node.leaf.group_by]
            self._names = tuple(dict.fromkeys(names))
            if ALL_LABELS not in group_names:
                self._group_names = tuple(dict.fromkeys(names + group_names))
        self._answers = lru_cache(maxsize=REMEMBERED_MAX)(self._answer)
        self._pick = itemgetter(*self._group_names) if self._group_names else None
        self._groups = lru_cache(maxsize=GROUPS_REMEMBERED_MAX)(self._groups_of_labels)

    def walk(self, content: Content, source: str) -> tuple[Leaf, ...]:
        """The leaves that decide about this alert, in the order of the tree; none when the root does not take it."""
        if self._names is None:
            return tuple(_walk(self._root, Case(content, source), None))
        get = content.labels.get
        return self._answers(tuple([get(name, "") for name in self._names]))

    def groups(self, content: Content, source: str) -> tuple[Group, ...]:
        """The groups the alert belongs to, one of each leaf that decides about it."""
        if self._pick is not None and self._group_names is not None:
            labels = content.labels
            try:
                known = self._groups(self._pick(labels))  # a quarter of what asking for each label would take
            except KeyError:
                known = self._groups(tuple(map(labels.get, self._group_names)))
            if known is not None:
                return known
        return _groups(self.walk(content, source), content)

    def trials(self, content: Content, source: str) -> tuple[Trial, ...]:
        """What every node that was asked said, in the order they were asked."""
        trials: list[Trial] = []
        leaves = _walk(self._root, Case(content, source), trials)
        paths = [leaf.path for leaf in leaves]
        return tuple(msgspec.structs.replace(trial, decides=trial.path in paths) for trial in trials)

    def _answer(self, values: tuple[str, ...]) -> tuple[Leaf, ...]:
        assert self._names is not None, "a tree with expressions remembers nothing"
        labels = dict(zip(self._names, values, strict=True))
        return tuple(_walk(self._root, Case(Content(title="", severity="info", labels=labels), ""), None))

    def _groups_of_labels(self, picked: str | tuple[str | None, ...]) -> tuple[Group, ...] | None:
        """The groups of all alerts with these labels (a text: the only one); None where one stands for itself, by its
        title."""
        assert self._group_names is not None, "groups by all labels are not remembered"
        values = (picked,) if isinstance(picked, str) else picked
        labels = {name: value for name, value in zip(self._group_names, values, strict=True) if value is not None}
        content = Content(title="", severity="info", labels=labels)
        leaves = self.walk(content, "")
        if all(any(map(labels.get, leaf.group_by)) for leaf in leaves):
            return _groups(leaves, content)
        return None


@lru_cache(maxsize=COMPILED_MAX)
def compiled(tree: Tree) -> Compiled:
    """The tree, compiled once."""
    return Compiled(tree.root)


def _groups(leaves: Iterable[Leaf], content: Content) -> tuple[Group, ...]:
    groups = []
    for leaf in leaves:
        labels = leaf.group_labels(content)
        groups.append(Group(leaf, leaf.group_key(labels), labels))
    return tuple(groups)


def _walk(node: Node, case: Case, trials: list[Trial] | None) -> list[Leaf]:
    entered = node.enters(case)
    if trials is not None:
        trials.append(Trial(node.leaf.path, entered, *node.why(case, entered)))
    if not entered:
        return []
    leaves: list[Leaf] = []
    for child in node.nodes:
        found = _walk(child, case, trials)
        leaves += found
        if found and not child.go_on:
            break
    return leaves or [node.leaf]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.nodes:
        yield from _nodes(child)


def _leaf(route: Route, parent: Leaf | None) -> Leaf:
    above = parent or Leaf("", DEFAULT_ROOT.group_by, DEFAULT_ROOT.group_wait_s, "", DEFAULT_ROOT.ladder, "")
    service = route.service or above.service
    group_by = _group_by(route.group_by or above.group_by, service)
    return Leaf(
        path=f"{above.path}/{route.name}" if parent else route.name,
        group_by=group_by,
        group_wait_s=above.group_wait_s if route.group_wait_s < 0 else route.group_wait_s,
        service=service,
        ladder=route.ladder or above.ladder,
        urgency=route.urgency or above.urgency,
    )


def _group_by(group_by: tuple[str, ...], service: str) -> tuple[str, ...]:
    """The names of the group labels, written bare or as `{{label}}`, with those the service is made of."""
    if ALL_LABELS in group_by:
        return (ALL_LABELS,)
    bare = (found[1] if (found := TEMPLATE.fullmatch(name)) else name for name in group_by)
    return tuple(dict.fromkeys((*bare, *TEMPLATE.findall(service))))
