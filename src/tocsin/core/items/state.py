"""What must be remembered of items to decide."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tocsin.core.items.events import ItemsEvent, ServiceRemoved, ServiceSet, ServiceSpec
from tocsin.kernel.message import Stamp


class Service(msgspec.Struct, frozen=True):
    """A service."""

    id: str
    spec: ServiceSpec


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them. `dependents` are the edges read backwards."""

    services: dict[str, Service] = {}
    dependents: dict[str, dict[str, None]] = {}


def evolve(state: State, event: ItemsEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case ServiceSet():
            _unlink(state, event.service)
            state.services[event.service] = Service(event.service, event.spec)
            for needed in event.spec.depends_on:
                state.dependents.setdefault(needed, {})[event.service] = None
        case ServiceRemoved():
            _unlink(state, event.service)
            del state.services[event.service]
        case _:
            assert_never(event)


def _unlink(state: State, service: str) -> None:
    old = state.services.get(service)
    for needed in old.spec.depends_on if old is not None else ():
        del state.dependents[needed][service]
        if not state.dependents[needed]:
            del state.dependents[needed]
