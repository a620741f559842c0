"""What can be seen of oncall: who is on duty when, whom a target reaches, and what a schedule would mean.

Law: nothing is laid out in advance. `who` computes its instant, `shifts` its span (`SPAN_MS_MAX` at most), so an
answer never depends on when it was last asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tocsin.core.oncall.events import ScheduleSpec, Target
from tocsin.core.oncall.rules import shifts as rota
from tocsin.core.oncall.rules.burden import Burden, burdens
from tocsin.core.oncall.rules.flaws import flaw_of_schedule
from tocsin.core.oncall.rules.shifts import LATEST, SPAN_MS_MAX, Gap, Move, Override, Shift
from tocsin.core.oncall.state import Ladder, Schedule, State
from tocsin.kernel.message import Event, Moment, Rejected, Stamp
from tocsin.kernel.moment import DAY_MS

__all__ = [
    "HEARS", "SPAN_MS_MAX", "Burden", "Duty", "Gap", "Ladder", "Lanes", "Move", "Override", "Preview", "Schedule",
    "Shift", "Stint", "View", "burdens", "flaw_of_span", "fold", "moved", "preview",
]  # fmt: skip

HEARS: tuple[type[Event], ...] = ()

HORIZONS_MS = (8 * DAY_MS, 60 * DAY_MS, 400 * DAY_MS)
"""How far ahead a change of duty is looked for: near first, because that is where it nearly always is."""


class Person(Protocol):
    """What oncall needs to know of a user."""

    @property
    def active(self) -> bool: ...


class People(Protocol):
    """What oncall reads of the room people."""

    def user(self, user: str) -> Person | None: ...

    def members(self, team: str) -> tuple[str, ...]: ...


class Stint(msgspec.Struct, frozen=True):
    """One person's unbroken duty in a schedule. `start_at` of a running one is the instant asked about; `end_at` is
    None when it does not end within 400 days."""

    schedule: str
    start_at: Moment
    end_at: Moment | None


class Duty(msgspec.Struct, frozen=True):
    """A person's duties: those that run now, and the one that begins next (None: none within 400 days)."""

    now: tuple[Stint, ...]
    next: Stint | None


class Preview(msgspec.Struct, frozen=True):
    """What a schedule means over a span: its shifts, the gaps, and how long each person is on duty, in ms."""

    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    share_ms: dict[str, int]


class Lanes(msgspec.Struct, frozen=True):
    """A schedule over a span, lane by lane: each layer alone (by its name), the overrides that touch the span, and what
    they come to together."""

    layers: tuple[tuple[str, tuple[Shift, ...]], ...]
    overrides: tuple[Override, ...]
    final: tuple[Shift, ...]
    gaps: tuple[Gap, ...]


class View(msgspec.Struct):
    """The room's door for reading. An unknown schedule has no shifts and nobody on duty."""

    known: State = msgspec.field(default_factory=State)

    def due(self) -> Moment | None:
        """The next instant at which time changes something here: never, duty is computed when asked."""
        return None

    def schedule(self, schedule: str) -> Schedule | None:
        """The schedule with this id."""
        return self.known.schedules.get(schedule)

    def schedules(self) -> tuple[Schedule, ...]:
        """All schedules, by id."""
        return tuple(row for _, row in sorted(self.known.schedules.items()))

    def ladder(self, ladder: str) -> Ladder | None:
        """The ladder with this id, at its present revision."""
        return self.known.ladders.get(ladder)

    def ladders(self) -> tuple[Ladder, ...]:
        """All ladders, by id."""
        return tuple(row for _, row in sorted(self.known.ladders.items()))

    def overrides(self, schedule: str) -> tuple[Override, ...]:
        """The schedule's overrides in the order they were added, which is the order they apply in."""
        return tuple(self.known.overrides.get(schedule, {}).values())

    def who(self, schedule: str, at: Moment) -> tuple[str, ...]:
        """Who is on duty in the schedule at the instant: ids of users, deactivated ones too."""
        row = self.known.schedules.get(schedule)
        return rota.who(row.spec, self.overrides(schedule), at) if row else ()

    def on_duty(self, people: People, schedule: str, at: Moment) -> tuple[str, ...]:
        """Who is told in the schedule at the instant. One who was deactivated hides nobody: whoever stands below, in an
        earlier override or a lower layer, is called in their place."""
        row = self.known.schedules.get(schedule)
        users = rota.ranked(row.spec, self.overrides(schedule), at) if row else ()
        return tuple(user for user in users if _is_active(people, user))[:1]

    def shifts(self, schedule: str, start_at: Moment, end_at: Moment) -> tuple[Shift, ...]:
        """The schedule's shifts within the span, cut at its ends. The span is SPAN_MS_MAX at most."""
        row = self.known.schedules.get(schedule)
        return tuple(rota.shifts(row.spec, self.overrides(schedule), start_at, end_at)) if row else ()

    def gaps(self, schedule: str, start_at: Moment, end_at: Moment) -> tuple[Gap, ...]:
        """When nobody is on duty in the schedule within the span."""
        return tuple(rota.gaps(self.shifts(schedule, start_at, end_at), start_at, end_at))

    def lanes(self, schedule: str, start_at: Moment, end_at: Moment) -> Lanes:
        """The schedule lane by lane within the span, cut at its ends."""
        row = self.known.schedules.get(schedule)
        layers = row.spec.layers if row else ()
        final = self.shifts(schedule, start_at, end_at)
        return Lanes(
            tuple((one.name, tuple(rota.rotation(one, row.spec.zone, start_at, end_at))) for one in layers if row),
            tuple(one for one in self.overrides(schedule) if one.start_at < end_at and one.end_at > start_at),
            final,
            tuple(rota.gaps(final, start_at, end_at)),
        )

    def next_change(self, schedule: str, at: Moment) -> Moment | None:
        """The first instant after this one at which somebody else, or nobody, is on duty. None: not in 400 days."""
        now = self.who(schedule, at)
        for horizon in HORIZONS_MS:
            end_at = Moment(at + horizon)
            found = rota.stints(self.shifts(schedule, at, end_at))
            edge = (found[0].end_at if now else found[0].start_at) if found else end_at
            if edge < end_at:
                return edge
        return None

    def reach(self, people: People, target: Target, at: Moment) -> tuple[str, ...]:
        """The active users a target of a ladder means at the instant, in order and each once."""
        match target.kind:
            case "person":
                users: Sequence[str] = (target.id,)
            case "schedule":
                users = self.on_duty(people, target.id, at)
            case "team":
                users = people.members(target.id)
            case _:
                users = ()
        return tuple(user for user in dict.fromkeys(users) if _is_active(people, user))

    def duty(self, user: str, at: Moment) -> Duty:
        """The person's duties at the instant and the next one to come, over all schedules."""
        now: list[Stint] = []
        ahead: list[Stint] = []
        for row in self.schedules():
            if _is_named(user, row.spec, self.overrides(row.id), at):
                running, coming = self._stints(row.id, user, at)
                now += running
                ahead += coming
        ahead.sort(key=lambda stint: (stint.start_at, stint.schedule))
        return Duty(tuple(now), ahead[0] if ahead else None)

    def _stints(self, schedule: str, user: str, at: Moment) -> tuple[list[Stint], list[Stint]]:
        """The running stint, if any, and the one after it, if any, within the smallest horizon that shows both ends."""
        mine: list[Stint] = []
        for horizon in HORIZONS_MS:
            end_at = Moment(at + horizon)
            mine = [
                Stint(schedule, shift.start_at, shift.end_at if shift.end_at < end_at else None)
                for shift in rota.stints(self.shifts(schedule, at, end_at))
                if shift.user == user
            ]
            whole = [stint for stint in mine if stint.end_at is not None]
            if any(stint.start_at > at for stint in whole):
                break
        running = [stint for stint in mine if stint.start_at == at]
        return running, [stint for stint in mine if stint.start_at > at][:1]


def preview(
    spec: ScheduleSpec, start_at: Moment, end_at: Moment, overrides: Sequence[Override] = ()
) -> Preview | Rejected:
    """What a schedule, saved or not, would mean over the span; refused as SetSchedule would for a flaw in it, and for
    a span that is no span or too long. Whether its users exist is not asked."""
    if flaw := flaw_of_schedule(spec) or flaw_of_span(start_at, end_at):
        return flaw
    found = rota.shifts(spec, overrides, start_at, end_at)
    return Preview(tuple(found), tuple(rota.gaps(found, start_at, end_at)), rota.shares(found))


def flaw_of_span(start_at: Moment, end_at: Moment) -> Rejected | None:
    """Why shifts cannot be asked for over this span; None when they can."""
    if not 0 <= start_at < end_at <= LATEST:
        return Rejected(
            "bad_span", f"from {start_at} to {end_at}: must be in order, from 1970 to 2199, in milliseconds"
        )
    if end_at - start_at > SPAN_MS_MAX:
        return Rejected(
            "span_too_long", f"it has {(end_at - start_at) // DAY_MS} days; {SPAN_MS_MAX // DAY_MS} at most"
        )
    return None


def moved(
    before: ScheduleSpec, after: ScheduleSpec, start_at: Moment, end_at: Moment, overrides: Sequence[Override] = ()
) -> tuple[Move, ...]:
    """Whose duty an edit of a schedule would move within the span; both descriptions and the span are sound."""
    old, new = (rota.shifts(spec, overrides, start_at, end_at) for spec in (before, after))
    return tuple(rota.moves(old, new))


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event: everything is in State already."""


def _is_active(people: People, user: str) -> bool:
    person = people.user(user)
    return person is not None and person.active


def _is_named(user: str, spec: ScheduleSpec, overrides: Sequence[Override], at: Moment) -> bool:
    """Whether the person can be on duty at all at the instant or later: cheaper than to lay out the shifts."""
    if any(user in layer.users for layer in spec.layers):
        return True
    return any(override.user == user and override.end_at > at for override in overrides)
