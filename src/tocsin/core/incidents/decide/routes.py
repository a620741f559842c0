"""What follows from setting the routing tree."""

from __future__ import annotations

from tocsin.core.incidents.commands import SetRoutes
from tocsin.core.incidents.decide.known import Known, Look
from tocsin.core.incidents.events import RoutesSet
from tocsin.core.incidents.rules.flaws import Ground, flaw_of_tree
from tocsin.kernel.message import Accepted, Decision


def set_routes(known: Known, look: Look, command: SetRoutes) -> Decision:
    """Replace the tree; the same tree again changes nothing."""
    if command.root == known.tree.root:
        return Accepted()
    ground = Ground(
        is_ladder=lambda ladder: look.oncall.ladder(ladder) is not None,
        is_service=lambda service: look.items.service(service) is not None,
    )
    flaw = flaw_of_tree(command.root, ground)
    return flaw or Accepted((RoutesSet(revision=known.tree.revision + 1, root=command.root),))
