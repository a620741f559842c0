"""The one explicit list of rooms: dispatches decide, evolve and react. Knows all, is known by none.

Law: `decide` never writes; `evolve` never refuses; what follows an event is decided in the batch of that event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, get_args

import msgspec

import tocsin.core.alerts.commands
import tocsin.core.alerts.decide
import tocsin.core.alerts.events
import tocsin.core.alerts.react
import tocsin.core.alerts.state
import tocsin.core.alerts.views
import tocsin.core.calendars.commands
import tocsin.core.calendars.decide
import tocsin.core.calendars.events
import tocsin.core.calendars.react
import tocsin.core.calendars.state
import tocsin.core.calendars.views
import tocsin.core.incidents.commands
import tocsin.core.incidents.decide
import tocsin.core.incidents.events
import tocsin.core.incidents.react
import tocsin.core.incidents.state
import tocsin.core.incidents.views
import tocsin.core.intake.commands
import tocsin.core.intake.decide
import tocsin.core.intake.events
import tocsin.core.intake.react
import tocsin.core.intake.state
import tocsin.core.intake.views
import tocsin.core.items.commands
import tocsin.core.items.decide
import tocsin.core.items.events
import tocsin.core.items.react
import tocsin.core.items.state
import tocsin.core.items.views
import tocsin.core.notify.commands
import tocsin.core.notify.decide
import tocsin.core.notify.events
import tocsin.core.notify.react
import tocsin.core.notify.state
import tocsin.core.notify.views
import tocsin.core.oncall.commands
import tocsin.core.oncall.decide
import tocsin.core.oncall.events
import tocsin.core.oncall.react
import tocsin.core.oncall.state
import tocsin.core.oncall.views
import tocsin.core.people.commands
import tocsin.core.people.decide
import tocsin.core.people.events
import tocsin.core.people.react
import tocsin.core.people.state
import tocsin.core.people.views
from tocsin.core import alerts, calendars, incidents, intake, items, notify, oncall, people
from tocsin.kernel import message
from tocsin.kernel.codec import Codec, Upcaster
from tocsin.kernel.message import Accepted, Command, Decision, Envelope, Event, Moment, Rejected, Stamp, Tick

ROOMS: tuple[tuple[str, ModuleType], ...] = (
    ("people", people),
    ("calendars", calendars),
    ("items", items),
    ("oncall", oncall),
    ("intake", intake),
    ("alerts", alerts),
    ("incidents", incidents),
    ("notify", notify),
)
"""Every room, low to high: the order in which events are folded, reactions decided and ticks answered."""

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
TICK = Tick()
Timer = tuple[str, str]
"""A row that is due at some time: its room and its key, empty for the room as a whole."""
NOTHING: Mapping[Timer, Moment] = {}


class Room(NamedTuple):
    """A room's furniture, as the world needs it. `fold_hears` are the events its view folds, the room's own among them:
    what a view does not count costs it nothing."""

    name: str
    commands: tuple[type[Command], ...]
    events: tuple[type[Event], ...]
    view: type[msgspec.Struct]
    evolve: Callable[[Any, Any, Stamp], None]
    fold: Callable[[Any, Event, Stamp], None]
    fold_hears: tuple[type[Event], ...]
    decide: Callable[[Any, Any, Any, Envelope], Decision]
    react: Callable[[Any, Event, Stamp], tuple[Command, ...]]
    react_hears: tuple[type[Event], ...]


def furnish(name: str, room: ModuleType) -> Room:
    """Read a room's furniture off its modules."""
    return Room(
        name=name,
        commands=_members(getattr(room.commands, f"{name.capitalize()}Command")),
        events=_members(getattr(room.events, f"{name.capitalize()}Event")),
        view=room.views.View,
        evolve=room.state.evolve,
        fold=room.views.fold,
        fold_hears=room.views.HEARS,
        decide=room.decide.decide,
        react=room.react.react,
        react_hears=room.react.HEARS,
    )


def _members(union: Any) -> tuple[Any, ...]:
    return get_args(union) or (union,)


def event_classes() -> tuple[type[Event], ...]:
    """Every event of every room and of the kernel."""
    rooms = (furnish(name, room) for name, room in ROOMS)
    return _members(message.KernelEvent) + tuple(cls for room in rooms for cls in room.events)


def command_classes() -> tuple[type[Command], ...]:
    """Every command of every room."""
    return tuple(cls for name, room in ROOMS for cls in furnish(name, room).commands)


def codec() -> Codec:
    """The codec of the journal."""
    return Codec(event_classes(), UPCASTERS)


class Views:
    """The rooms' views side by side: what `look` is to every room."""

    people: tocsin.core.people.views.View
    calendars: tocsin.core.calendars.views.View
    items: tocsin.core.items.views.View
    oncall: tocsin.core.oncall.views.View
    intake: tocsin.core.intake.views.View
    alerts: tocsin.core.alerts.views.View
    incidents: tocsin.core.incidents.views.View
    notify: tocsin.core.notify.views.View

    def __init__(self, views: dict[str, msgspec.Struct]) -> None:
        self.__dict__.update(views)


class World:
    """State and views of every room, and the way of a command through them."""

    def __init__(self, views: dict[str, msgspec.Struct] | None = None) -> None:
        self.rooms = tuple(furnish(name, room) for name, room in ROOMS)
        self.look = Views(views or {room.name: room.view() for room in self.rooms})
        self._home = {cls: room for room in self.rooms for cls in room.commands}
        self._folders: dict[type[Event], tuple[Callable[[Event, Stamp], None], ...]] = {
            cls: tuple(self._folders_of(cls)) for cls in event_classes()
        }
        self._reactors = {
            cls: tuple(room.react for room in self.rooms if cls in room.react_hears) for cls in event_classes()
        }

    def _folders_of(self, cls: type[Event]) -> Iterable[Callable[[Event, Stamp], None]]:
        for room in self.rooms:
            view = getattr(self.look, room.name)
            if cls in room.events:
                yield partial(room.evolve, view.known)
            if cls in room.fold_hears:
                yield partial(room.fold, view)

    def decide(self, command: Command, envelope: Envelope) -> Decision:
        """What follows from the command. The one gate: permission first, then the room."""
        if not self.look.people.may(envelope.actor, command):
            return Rejected("permission_denied", f"{envelope.actor} needs the permission {command.needs!r}")
        room = self._home[type(command)]
        return room.decide(getattr(self.look, room.name).known, self.look, command, envelope)

    def decide_tick(self, room: Room, envelope: Envelope, tick: Tick = TICK) -> tuple[Event, ...]:
        """What time brings to one room. A tick is never refused."""
        decision = room.decide(getattr(self.look, room.name).known, self.look, tick, envelope)
        assert isinstance(decision, Accepted), f"{room.name} refused a tick: {decision}"
        return decision.events

    def evolve(self, event: Event, stamp: Stamp) -> None:
        """Move state and views together."""
        for folder in self._folders[type(event)]:
            folder(event, stamp)

    def react(self, event: Event, stamp: Stamp) -> list[tuple[str, Command]]:
        """What follows the event in the same batch, with the actor that asks for it."""
        reactors = self._reactors[type(event)]
        if not reactors:  # of most events nobody makes anything
            return []
        return [("room", command) for react in reactors for command in react(self.look, event, stamp)]

    def due(self, put_off: Mapping[Timer, Moment] = NOTHING) -> Moment | None:
        """The next instant at which time changes something; what was put off, when it is tried again."""
        instants = [self._due_of(room.name, put_off) for room in self.rooms]
        return min((at for at in (*instants, *put_off.values()) if at is not None), default=None)

    def _due_of(self, name: str, put_off: Mapping[Timer, Moment]) -> Moment | None:
        view = getattr(self.look, name)
        rows = [row for room, row in put_off if room == name] if put_off else []
        if not rows:
            return view.due()  # type: ignore[no-any-return]
        return None if "" in rows else view.due_but(rows)

    def rows_due(self, room: Room, at: Moment) -> list[str]:
        """The timers of a room that are due, none where they can only be looked at together."""
        view = getattr(self.look, room.name)
        return view.rows_due(at) if hasattr(view, "rows_due") else []

    def dump(self) -> bytes:
        """All state and views, as msgpack: the body of a snapshot, and what two equal worlds agree on."""
        return msgspec.msgpack.encode({room.name: getattr(self.look, room.name) for room in self.rooms})

    @classmethod
    def load(cls, body: bytes) -> World:
        """The world of a dump."""
        raw = msgspec.msgpack.decode(body, type=dict[str, msgspec.Raw])
        rooms = (furnish(name, room) for name, room in ROOMS)
        return cls({room.name: msgspec.msgpack.decode(raw[room.name], type=room.view) for room in rooms})
