"""The shifts of a whole schedule: layers painted one over another, overrides over them.

Law: `who` and `shifts` say the same of every instant; shifts never overlap. Later layers win where both are on duty.
Overrides apply in the order they were added, each to what the earlier ones left, so at most one person is on duty.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from tocsin.core.oncall.events import Layer, ScheduleSpec
from tocsin.core.oncall.rules.turns import holder, intervals, read_turns
from tocsin.core.oncall.rules.wall import wall_at
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS

LATEST = Moment(7_258_118_400_000)
"""2200-01-01: nobody plans further, and calendars end somewhere."""
SPAN_MS_MAX = 800 * DAY_MS
"""The longest time that is laid out at once: two years and a bit, so that one question cannot hold up the engine."""


class Override(msgspec.Struct, frozen=True):
    """A person who takes the duty from `start_at` until before `end_at`; `instead_of` empty: from whoever has it."""

    id: str
    user: str
    start_at: Moment
    end_at: Moment
    instead_of: str = ""
    reason: str = ""


class Shift(msgspec.Struct, frozen=True):
    """One person's duty from `start_at` until before `end_at`; `layer` or `override` says whence."""

    start_at: Moment
    end_at: Moment
    user: str
    layer: str = ""
    override: str = ""


class Gap(msgspec.Struct, frozen=True):
    """Nobody is on duty from `start_at` until before `end_at`."""

    start_at: Moment
    end_at: Moment


class Move(msgspec.Struct, frozen=True):
    """What an edit changes from `start_at` until before `end_at`: who is on duty `before` and `after` it, empty for
    nobody."""

    start_at: Moment
    end_at: Moment
    before: str
    after: str


def who(spec: ScheduleSpec, overrides: Sequence[Override], at: Moment) -> tuple[str, ...]:
    """Who is on duty at the instant: one person or nobody."""
    return ranked(spec, overrides, at)[:1]


def ranked(spec: ScheduleSpec, overrides: Sequence[Override], at: Moment) -> tuple[str, ...]:
    """Who is on duty at the instant, and after them those who would be if nobody stood above: each takes over from the
    ones that follow. An override stands right above whom it is instead of, wherever that person stands."""
    if not 0 <= at < LATEST:
        return ()
    shown = wall_at(at, spec.zone)
    holders = (holder(read_turns(layer, spec.zone), at, shown) for layer in reversed(spec.layers))
    users = [user for user in holders if user]
    for override in overrides:
        if not override.start_at <= at < override.end_at:
            continue
        if not override.instead_of:
            users.insert(0, override.user)
        else:
            users = [
                one for user in users for one in ((override.user, user) if user == override.instead_of else (user,))
            ]
    return tuple(users)


def shifts(spec: ScheduleSpec, overrides: Sequence[Override], start_at: Moment, end_at: Moment) -> list[Shift]:
    """The shifts within the time, cut at its ends, in order; neighbours of one person and origin are one shift.
    The time may be SPAN_MS_MAX long at most."""
    start_at, end_at = Moment(max(start_at, 0)), Moment(min(end_at, LATEST))
    assert end_at - start_at <= SPAN_MS_MAX, "ask for less at once"
    if start_at >= end_at:
        return []
    painted: list[Shift] = []
    for layer in spec.layers:
        above = _of_layer(layer, spec.zone, start_at, end_at)
        painted = sorted(_cut(painted, above) + above, key=_start) if painted else above
    for override in overrides:
        start, end = max(override.start_at, start_at), min(override.end_at, end_at)
        if start < end:
            _apply(painted, override, start, end)
    return _joined(painted)


def rotation(layer: Layer, zone: str, start_at: Moment, end_at: Moment) -> list[Shift]:
    """The shifts of one layer alone within the time, whatever lies over it."""
    start_at, end_at = Moment(max(start_at, 0)), Moment(min(end_at, LATEST))
    assert end_at - start_at <= SPAN_MS_MAX, "ask for less at once"
    return _joined(_of_layer(layer, zone, start_at, end_at)) if start_at < end_at else []


def _of_layer(layer: Layer, zone: str, start_at: Moment, end_at: Moment) -> list[Shift]:
    turns = intervals(read_turns(layer, zone), start_at, end_at)
    return [Shift(start, end, user, layer.name) for start, end, user in turns]


def gaps(found: Sequence[Shift], start_at: Moment, end_at: Moment) -> list[Gap]:
    """The times between these shifts at which nobody is on duty."""
    holes = []
    covered = start_at
    for shift in found:
        if shift.start_at > covered:
            holes.append(Gap(covered, shift.start_at))
        covered = shift.end_at
    if covered < end_at:
        holes.append(Gap(covered, end_at))
    return holes


def stints(found: Sequence[Shift]) -> list[Shift]:
    """The shifts without their origins: neighbours of one person are one."""
    return _joined([Shift(shift.start_at, shift.end_at, shift.user) for shift in found])


def shares(found: Sequence[Shift]) -> dict[str, int]:
    """How long each person is on duty, in milliseconds, by name."""
    sums: dict[str, int] = {}
    for shift in found:
        sums[shift.user] = sums.get(shift.user, 0) + shift.end_at - shift.start_at
    return dict(sorted(sums.items()))


def moves(before: Sequence[Shift], after: Sequence[Shift]) -> list[Move]:
    """When somebody else is on duty after an edit than before it, in order."""
    edges = sorted({edge: None for shift in (*before, *after) for edge in (shift.start_at, shift.end_at)})
    found: list[Move] = []
    left = right = 0
    for start, end in pairwise(edges):
        left, right = _skip(before, left, start), _skip(after, right, start)
        move = Move(start, end, _user(before, left, start), _user(after, right, start))
        if move.before == move.after:
            continue
        last = found[-1] if found else None
        if last and (last.end_at, last.before, last.after) == (start, move.before, move.after):
            found[-1] = Move(last.start_at, end, move.before, move.after)
        else:
            found.append(move)
    return found


def _skip(found: Sequence[Shift], index: int, at: Moment) -> int:
    while index < len(found) and found[index].end_at <= at:
        index += 1
    return index


def _user(found: Sequence[Shift], index: int, at: Moment) -> str:
    return found[index].user if index < len(found) and found[index].start_at <= at else ""


def _apply(painted: list[Shift], override: Override, start: Moment, end: Moment) -> None:
    """Paint one override, cut to the time asked for, over the shifts it touches; in place."""
    low = bisect_right(painted, start, key=_end)
    high = bisect_left(painted, end, key=_start)
    touched = painted[low:high]
    if override.instead_of:
        taken = [shift for shift in touched if shift.user == override.instead_of]
        spans = [(max(start, shift.start_at), min(end, shift.end_at)) for shift in taken]
    else:
        spans = [(start, end)]
    above = [Shift(begin, stop, override.user, override=override.id) for begin, stop in spans]
    painted[low:high] = sorted(_cut(touched, above) + above, key=_start)


def _cut(below: Sequence[Shift], above: Sequence[Shift]) -> list[Shift]:
    """The parts of the lower shifts that no upper one covers; both are in order and free of overlaps."""
    left: list[Shift] = []
    index = 0
    for shift in below:
        index = _skip(above, index, shift.start_at)
        begin, cover = shift.start_at, index
        while cover < len(above) and above[cover].start_at < shift.end_at:
            if begin < above[cover].start_at:
                left.append(_part(shift, begin, above[cover].start_at))
            begin = above[cover].end_at
            cover += 1
        if begin < shift.end_at:
            left.append(_part(shift, begin, shift.end_at))
    return left


def _part(shift: Shift, start_at: Moment, end_at: Moment) -> Shift:
    return Shift(start_at, end_at, shift.user, shift.layer, shift.override)


def _joined(found: Sequence[Shift]) -> list[Shift]:
    """Neighbours that meet and are alike in all else made one."""
    joined: list[Shift] = []
    for shift in found:
        last = joined[-1] if joined else None
        if last and last.end_at == shift.start_at and _alike(last, shift):
            joined[-1] = _part(last, last.start_at, shift.end_at)
        else:
            joined.append(shift)
    return joined


def _alike(one: Shift, other: Shift) -> bool:
    return (one.user, one.layer, one.override) == (other.user, other.layer, other.override)


def _start(shift: Shift) -> Moment:
    return shift.start_at


def _end(shift: Shift) -> Moment:
    return shift.end_at
