"""What follows from a command to oncall.

Law: what a schedule or ladder names exists and is active at the moment it is named; later the people change, and
`views.View.reach` leaves out who is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, assert_never

from tocsin.core.oncall.commands import (
    AddOverride,
    ChangeOverride,
    OncallCommand,
    RemoveLadder,
    RemoveOverride,
    RemoveSchedule,
    SetLadder,
    SetSchedule,
)
from tocsin.core.oncall.events import (
    LadderRemoved,
    LadderSet,
    OverrideAdded,
    OverrideChanged,
    OverrideRemoved,
    ScheduleRemoved,
    ScheduleSet,
    Target,
)
from tocsin.core.oncall.rules.flaws import flaw_of_ladder, flaw_of_schedule
from tocsin.core.oncall.rules.shifts import LATEST, Override
from tocsin.core.oncall.state import OVERRIDE_KEPT_MS, Ladder, Schedule, is_forgotten
from tocsin.core.people.views import View as People
from tocsin.kernel.ids import is_slug
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected, Tick
from tocsin.kernel.moment import DAY_MS, rfc3339

SCHEDULES_MAX = 10_000
LADDERS_MAX = 10_000
"""More than any company has teams; a guard against a script that runs wild."""
OVERRIDES_MAX = 1_000
"""Per schedule, of those not forgotten: nearly one a working day in both directions, and quick to look through."""
OVERRIDE_MS_MAX = 366 * DAY_MS
"""Who takes over for longer than a year belongs into the schedule."""
REASON_MAX = 200
"""Characters of why: a line in a calendar."""
LISTED_MAX = 5
"""How many names a refusal spells out."""


class Known(Protocol):
    """What this room remembers."""

    @property
    def schedules(self) -> Mapping[str, Schedule]: ...
    @property
    def overrides(self) -> Mapping[str, Mapping[str, Override]]: ...
    @property
    def ladders(self) -> Mapping[str, Ladder]: ...
    @property
    def schedule_revisions(self) -> Mapping[str, int]: ...
    @property
    def ladder_revisions(self) -> Mapping[str, int]: ...


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def people(self) -> People: ...


def decide(known: Known, look: Look, command: OncallCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    match command:
        case SetSchedule():
            return _set_schedule(known, look, command)
        case RemoveSchedule():
            return _remove_schedule(known, command)
        case AddOverride():
            return _add_override(known, look, command, envelope)
        case ChangeOverride():
            return _change_override(known, look, command, envelope)
        case RemoveOverride():
            return _remove_override(known, command)
        case SetLadder():
            return _set_ladder(known, look, command)
        case RemoveLadder():
            return _remove_ladder(known, command)
        case Tick():
            return Accepted()
        case _:
            assert_never(command)


def _set_schedule(known: Known, look: Look, command: SetSchedule) -> Decision:
    row = known.schedules.get(command.schedule)
    if row and row.spec == command.spec:
        return Accepted(answer=command.schedule)
    if not is_slug(command.schedule):
        return _bad_id("schedule", command.schedule)
    if row is None and len(known.schedules) >= SCHEDULES_MAX:
        return Rejected("too_many_schedules", f"{SCHEDULES_MAX} schedules exist; remove one first")
    if flaw := flaw_of_schedule(command.spec):
        return flaw
    if command.spec.team and look.people.team(command.spec.team) is None:
        return Rejected("team_unknown", f"team {command.spec.team!r} does not exist; create it or leave team empty")
    for layer in command.spec.layers:
        if flaw := _flaw_of_users(look, f"layer {layer.name!r}", layer.users):
            return flaw
    revision = known.schedule_revisions.get(command.schedule, 0) + 1
    event = ScheduleSet(schedule=command.schedule, revision=revision, spec=command.spec)
    return Accepted((event,), command.schedule)


def _remove_schedule(known: Known, command: RemoveSchedule) -> Decision:
    if command.schedule not in known.schedules:
        return _unknown_schedule(command.schedule)
    target = Target("schedule", command.schedule)
    users = [
        ladder.id for ladder in known.ladders.values() if any(target in step.targets for step in ladder.spec.steps)
    ]
    if users:
        names = _listed(sorted(users))
        return Rejected("schedule_in_use", f"schedule {command.schedule!r} is told by the ladders {names}; change them")
    return Accepted((ScheduleRemoved(schedule=command.schedule),))


def _add_override(known: Known, look: Look, command: AddOverride, envelope: Envelope) -> Decision:
    if command.schedule not in known.schedules:
        return _unknown_schedule(command.schedule)
    if not is_slug(command.override):
        return _bad_id("override", command.override)
    rows = known.overrides.get(command.schedule, {})
    if command.override in rows:
        return Rejected(
            "override_exists", f"schedule {command.schedule!r} has an override {command.override!r} already"
        )
    if sum(not is_forgotten(row, envelope.at) for row in rows.values()) >= OVERRIDES_MAX:
        return Rejected("too_many_overrides", f"schedule {command.schedule!r} has {OVERRIDES_MAX}; remove some first")
    if flaw := _flaw_of_override(look, command, envelope):
        return flaw
    event = OverrideAdded(
        schedule=command.schedule,
        override=command.override,
        user=command.user,
        start_at=command.start_at,
        end_at=command.end_at,
        instead_of=command.instead_of,
        reason=command.reason,
    )
    return Accepted((event,), command.override)


def _change_override(known: Known, look: Look, command: ChangeOverride, envelope: Envelope) -> Decision:
    if command.schedule not in known.schedules:
        return _unknown_schedule(command.schedule)
    row = known.overrides.get(command.schedule, {}).get(command.override)
    if row is None:
        return Rejected("override_unknown", f"schedule {command.schedule!r} has no override {command.override!r}")
    wanted = Override(
        command.override, command.user, command.start_at, command.end_at, command.instead_of, command.reason
    )
    if row == wanted:
        return Accepted(answer=command.override)
    if flaw := _flaw_of_override(look, command, envelope):
        return flaw
    event = OverrideChanged(
        schedule=command.schedule,
        override=command.override,
        user=command.user,
        start_at=command.start_at,
        end_at=command.end_at,
        instead_of=command.instead_of,
        reason=command.reason,
    )
    return Accepted((event,), command.override)


def _flaw_of_override(look: Look, command: AddOverride | ChangeOverride, envelope: Envelope) -> Rejected | None:
    """What is wrong with it in itself, or with the people it names."""
    if flaw := _flaw_of_time(command, envelope):
        return flaw
    if flaw := _flaw_of_users(look, "override", (command.user,)):
        return flaw
    if command.instead_of and look.people.user(command.instead_of) is None:
        return Rejected("user_unknown", f"instead_of: user {command.instead_of!r} does not exist")
    if command.instead_of == command.user:
        return Rejected("override_changes_nobody", f"{command.user!r} cannot stand in for themselves")
    if len(command.reason) > REASON_MAX:
        return Rejected("reason_too_long", f"{len(command.reason)} characters; {REASON_MAX} at most")
    return None


def _flaw_of_time(command: AddOverride | ChangeOverride, envelope: Envelope) -> Rejected | None:
    if not 0 <= command.start_at < command.end_at <= LATEST:
        detail = f"start_at {command.start_at} and end_at {command.end_at} must be in order and before the year 2200"
        return Rejected("override_ends_before_it_starts", detail)
    if command.end_at - command.start_at > OVERRIDE_MS_MAX:
        days = (command.end_at - command.start_at) // DAY_MS
        return Rejected("override_too_long", f"{days} days; at most {OVERRIDE_MS_MAX // DAY_MS}: change the schedule")
    if command.end_at < envelope.at - OVERRIDE_KEPT_MS:
        return Rejected(
            "override_too_old",
            f"it ended at {rfc3339(command.end_at)}; overrides are kept {OVERRIDE_KEPT_MS // DAY_MS} days",
        )
    return None


def _remove_override(known: Known, command: RemoveOverride) -> Decision:
    if command.schedule not in known.schedules:
        return _unknown_schedule(command.schedule)
    if command.override not in known.overrides.get(command.schedule, {}):
        return Rejected("override_unknown", f"schedule {command.schedule!r} has no override {command.override!r}")
    return Accepted((OverrideRemoved(schedule=command.schedule, override=command.override),))


def _set_ladder(known: Known, look: Look, command: SetLadder) -> Decision:
    row = known.ladders.get(command.ladder)
    if row and row.spec == command.spec:
        return Accepted(answer=command.ladder)
    if not is_slug(command.ladder):
        return _bad_id("ladder", command.ladder)
    if row is None and len(known.ladders) >= LADDERS_MAX:
        return Rejected("too_many_ladders", f"{LADDERS_MAX} ladders exist; remove one first")
    if flaw := flaw_of_ladder(command.spec):
        return flaw
    for number, step in enumerate(command.spec.steps, start=1):
        for target in step.targets:
            if flaw := _flaw_of_target(known, look, f"step {number}", target):
                return flaw
    revision = known.ladder_revisions.get(command.ladder, 0) + 1
    event = LadderSet(ladder=command.ladder, revision=revision, spec=command.spec)
    return Accepted((event,), command.ladder)


def _remove_ladder(known: Known, command: RemoveLadder) -> Decision:
    if command.ladder not in known.ladders:
        return Rejected("ladder_unknown", f"ladder {command.ladder!r} does not exist")
    return Accepted((LadderRemoved(ladder=command.ladder),))


def _flaw_of_target(known: Known, look: Look, where: str, target: Target) -> Rejected | None:
    match target.kind:
        case "person":
            return _flaw_of_users(look, where, (target.id,))
        case "schedule":
            exists = target.id in known.schedules
        case _:
            exists = look.people.team(target.id) is not None
    if exists:
        return None
    return Rejected(f"{target.kind}_unknown", f"{where}: {target.kind} {target.id!r} does not exist; create it first")


def _flaw_of_users(look: Look, where: str, users: Iterable[str]) -> Rejected | None:
    rows = {user: look.people.user(user) for user in users}
    unknown = [user for user, row in rows.items() if row is None]
    if unknown:
        return Rejected("user_unknown", f"{where}: no user is called {_listed(unknown)}; create them first")
    gone = [user for user, row in rows.items() if row is not None and not row.active]
    if gone:
        return Rejected("user_inactive", f"{where}: {_listed(gone)} may not be paged any more; name somebody active")
    return None


def _unknown_schedule(schedule: str) -> Rejected:
    return Rejected("schedule_unknown", f"schedule {schedule!r} does not exist")


def _bad_id(what: str, text: str) -> Rejected:
    return Rejected("bad_id", f"{what} id {text[:80]!r}: use 1 to 64 of a-z, 0-9, dot, dash, underscore")


def _listed(names: list[str]) -> str:
    more = len(names) - LISTED_MAX
    return ", ".join(repr(name) for name in names[:LISTED_MAX]) + (f" and {more} more" if more > 0 else "")
