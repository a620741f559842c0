"""What has happened to schedules and ladders. The storage format."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.kernel.message import Event, Moment


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window in which a layer is on duty: weekdays on which it begins (0 Monday … 6 Sunday), local `HH:MM`.
    An end at or before the start lies on the next day."""

    weekdays: tuple[int, ...]
    start: str
    end: str


class Layer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rotation. Users take turns of `every` × `unit` (`hour`, `day`, `week`), handing over at `hand_off`
    (local `HH:MM`; for weeks on the weekday of `start`). `start` is the ISO date of the first turn; nobody is on
    duty before it. Later layers win over earlier ones where both are on duty."""

    name: str
    users: tuple[str, ...]
    start: str
    unit: str = "week"
    every: int = 1
    hand_off: str = "09:00"
    restrictions: tuple[Restriction, ...] = ()


class ScheduleSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A schedule as configured: layers in one zone."""

    name: str
    zone: str = "UTC"
    team: str = ""
    layers: tuple[Layer, ...] = ()


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a step tells: `kind` is `person`, `schedule` or `team`, `id` names it."""

    kind: str
    id: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rung: tell these targets, then wait `delay_s` before the next rung."""

    targets: tuple[Target, ...]
    delay_s: int = 300


class LadderSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An escalation ladder; after the last step it starts again `repeats` more times. `acknowledged_for_s`: an
    acknowledgement lapses after this many seconds, and the incident calls again; 0 for never."""

    name: str
    steps: tuple[Step, ...]
    repeats: int = 2
    acknowledged_for_s: int = 0


class _OncallEvent(Event, frozen=True):
    room: ClassVar[str] = "oncall"
    about: ClassVar[str] = "schedule"


class ScheduleSet(_OncallEvent, frozen=True):
    """A schedule was created or changed; `revision` counts its changes from 1."""

    schedule: str
    revision: int
    spec: ScheduleSpec


class ScheduleRemoved(_OncallEvent, frozen=True):
    """A schedule was removed."""

    schedule: str


class OverrideAdded(_OncallEvent, frozen=True):
    """A person takes the duty of a schedule from `start_at` until before `end_at`. `instead_of` empty: of
    whoever is on duty; otherwise only of that person. `reason` is what the person who added it wrote."""

    schedule: str
    override: str
    user: str
    start_at: Moment
    end_at: Moment
    instead_of: str = ""
    reason: str = ""


class OverrideChanged(_OncallEvent, frozen=True):
    """An override was moved, resized or given to another person; it is now as it says here."""

    schedule: str
    override: str
    user: str
    start_at: Moment
    end_at: Moment
    instead_of: str = ""
    reason: str = ""


class OverrideRemoved(_OncallEvent, frozen=True):
    """An override was taken back."""

    schedule: str
    override: str


class LadderSet(_OncallEvent, frozen=True):
    """A ladder was created or changed; running escalations keep the revision they began with."""

    about: ClassVar[str] = "ladder"
    ladder: str
    revision: int
    spec: LadderSpec


class LadderRemoved(_OncallEvent, frozen=True):
    """A ladder was removed."""

    about: ClassVar[str] = "ladder"
    ladder: str


OncallEvent: TypeAlias = (
    ScheduleSet | ScheduleRemoved | OverrideAdded | OverrideChanged | OverrideRemoved | LadderSet | LadderRemoved
)
