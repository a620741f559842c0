"""The turns of one layer: who holds it, and between which instants.

Law: a turn begins when its hand-off is *reached* (see wall.py), so a day turn hands over at the same local time
whatever the offset. Hour turns are counted in hours that really pass since the first hand-off.
"""

from __future__ import annotations

import msgspec

from tocsin.core.oncall.events import Layer, Restriction
from tocsin.core.oncall.rules.wall import Wall, has_reached, reached, wall_at, wall_of
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS
from tocsin.kernel.zone import DAY_MINUTES, Day, parse_clock, parse_day, weekday

UNIT_DAYS = {"day": 1, "week": 7}
"""How many days a unit lasts on the calendar; hours are no part of it."""


class Window(msgspec.Struct, frozen=True):
    """A restriction in minutes of the day it begins; `end` passes 1,440 when it lies on the next day."""

    weekdays: tuple[int, ...]
    start: int
    end: int


class Turns(msgspec.Struct, frozen=True):
    """A layer whose texts have been read. `first` is the wall time of the first hand-off; a turn lasts
    `wall_minutes` on the wall or, when that is 0, `length_ms` of passing time."""

    users: tuple[str, ...]
    zone: str
    first: Wall
    wall_minutes: int
    length_ms: int
    windows: tuple[Window, ...]


def read_turns(layer: Layer, zone: str) -> Turns:
    """The turns of a layer that has been found valid."""
    day, minute = parse_day(layer.start), parse_clock(layer.hand_off)
    assert day is not None, layer.start
    assert minute is not None, layer.hand_off
    days = UNIT_DAYS.get(layer.unit, 0) * layer.every
    return Turns(
        users=layer.users,
        zone=zone,
        first=wall_of(day, minute),
        wall_minutes=days * DAY_MINUTES,
        length_ms=0 if days else layer.every * HOUR_MS,
        windows=tuple(_window(restriction) for restriction in layer.restrictions),
    )


def _window(restriction: Restriction) -> Window:
    start, end = parse_clock(restriction.start), parse_clock(restriction.end)
    assert start is not None, restriction.start
    assert end is not None, restriction.end
    return Window(restriction.weekdays, start, end if end > start else end + DAY_MINUTES)


def holder(turns: Turns, at: Moment, shown: Wall) -> str:
    """Who of the layer is on duty at the instant, at which the clock shows `shown`; empty for nobody."""
    number = _number_at(turns, at, shown)
    if number < 0 or not _in_window(turns, at, shown):
        return ""
    return turns.users[number % len(turns.users)]


def intervals(turns: Turns, start_at: Moment, end_at: Moment) -> list[tuple[Moment, Moment, str]]:
    """Who of the layer is on duty when, in order, within the given time: (start, end, user)."""
    found = _turns_between(turns, start_at, end_at)
    if not turns.windows:
        return found
    return _within(found, _windows_between(turns, start_at, end_at))


def _turn_wall(turns: Turns, number: int) -> Wall:
    return Wall(turns.first + number * turns.wall_minutes)


def _turn_start(turns: Turns, number: int) -> Moment:
    if turns.wall_minutes:
        return reached(_turn_wall(turns, number), turns.zone)
    return Moment(reached(turns.first, turns.zone) + number * turns.length_ms)


def _number_at(turns: Turns, at: Moment, shown: Wall) -> int:
    """The number of the turn that runs at the instant, from 0; negative before the first."""
    if not turns.wall_minutes:
        return (at - reached(turns.first, turns.zone)) // turns.length_ms
    number = (shown - turns.first) // turns.wall_minutes
    while has_reached(_turn_wall(turns, number + 1), at, shown, turns.zone):
        number += 1
    return number


def _in_window(turns: Turns, at: Moment, shown: Wall) -> bool:
    if not turns.windows:
        return True
    today = shown // DAY_MINUTES
    # Yesterday's windows may pass midnight; tomorrow's may have begun before a clock turned back over midnight.
    for day in (today - 1, today, today + 1):
        for window in turns.windows:
            if weekday(Day(day)) not in window.weekdays:
                continue
            begun = has_reached(wall_of(day, window.start), at, shown, turns.zone)
            if begun and not has_reached(wall_of(day, window.end), at, shown, turns.zone):
                return True
    return False


def _turns_between(turns: Turns, start_at: Moment, end_at: Moment) -> list[tuple[Moment, Moment, str]]:
    number = max(0, _number_at(turns, start_at, wall_at(start_at, turns.zone)))
    found = []
    begin = _turn_start(turns, number)
    while begin < end_at:
        end = _turn_start(turns, number + 1) if turns.wall_minutes else Moment(begin + turns.length_ms)
        if max(begin, start_at) < min(end, end_at):
            found.append((max(begin, start_at), min(end, end_at), turns.users[number % len(turns.users)]))
        begin, number = end, number + 1
    return found


def _windows_between(turns: Turns, start_at: Moment, end_at: Moment) -> list[tuple[Moment, Moment]]:
    """The layer's windows that touch the time, in order, those that overlap or meet made one."""
    first = wall_at(start_at, turns.zone) // DAY_MINUTES - 1
    last = wall_at(end_at, turns.zone) // DAY_MINUTES + 1
    found = [
        (reached(wall_of(day, window.start), turns.zone), reached(wall_of(day, window.end), turns.zone))
        for day in range(first, last + 1)
        for window in turns.windows
        if weekday(Day(day)) in window.weekdays
    ]
    joined: list[tuple[Moment, Moment]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _within(
    turns: list[tuple[Moment, Moment, str]], windows: list[tuple[Moment, Moment]]
) -> list[tuple[Moment, Moment, str]]:
    """The parts of the turns that lie in a window; both lists are in order and free of overlaps."""
    found = []
    turn = window = 0
    while turn < len(turns) and window < len(windows):
        start, end, user = turns[turn]
        opens, closes = windows[window]
        if max(start, opens) < min(end, closes):
            found.append((max(start, opens), min(end, closes), user))
        if end <= closes:
            turn += 1
        else:
            window += 1
    return found
