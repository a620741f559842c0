"""The routing tree: which nodes decide about an alert.

Law: depth first. A node is entered when all its matchers and its expression hold; the deepest entered node decides; the
siblings after an entered node are looked at only if it says `continue`. What a node leaves out it has from its parent.
A node whose text no longer compiles is not entered, so its parent decides: rather page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

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
"""Answers a tree remembers, by the values of the labels it looks at."""
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

    def group_values(self, content: Content) -> tuple[str, ...]:
        """What tells the leaf's groups apart: equal for alerts whose group keys are equal, and cheaper."""
        get = content.labels.get
        if self.group_by == (ALL_LABELS,):
            return (self.path, *[text for label in sorted(content.labels.items()) for text in label])
        values = [get(name, "") for name in self.group_by]
        return (self.path, *values) if any(values) else (self.path, *values, content.title)

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
    at get the same answer, which is remembered."""

    __slots__ = ("_answers", "_names", "_root")

    def __init__(self, root: Route) -> None:
        self._root = Node(root, None)
        nodes = list(_nodes(self._root))
        self._names: tuple[str, ...] | None = None
        if all(node.when is None for node in nodes):
            names = (matcher.name for node in nodes if node.matchers for matcher in node.matchers.items)
            self._names = tuple(dict.fromkeys(names))
        self._answers = lru_cache(maxsize=REMEMBERED_MAX)(self._answer)

    def walk(self, content: Content, source: str) -> tuple[Leaf, ...]:
        """The leaves that decide about this alert, in the order of the tree; none when the root does not take it."""
        if self._names is None:
            return tuple(_walk(self._root, Case(content, source), None))
        get = content.labels.get
        return self._answers(tuple([get(name, "") for name in self._names]))

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


@lru_cache(maxsize=COMPILED_MAX)
def compiled(tree: Tree) -> Compiled:
    """The tree, compiled once."""
    return Compiled(tree.root)


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
