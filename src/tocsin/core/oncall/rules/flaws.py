"""What is wrong with a schedule or a ladder in itself, before asking whether what it names exists.

Law: the first flaw found is told as a refusal with the place, the value and the way to mend it; None is sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tocsin.core.oncall.events import LadderSpec, Layer, Restriction, ScheduleSpec, Step
from tocsin.core.oncall.rules.shifts import LATEST
from tocsin.kernel.message import Rejected
from tocsin.kernel.moment import DAY_MS
from tocsin.kernel.zone import DAY_MINUTES, is_zone, parse_clock, parse_day

T = TypeVar("T")

NAME_MAX = 200
"""A name is read on a telephone's screen."""
LAYERS_MAX = 20
USERS_MAX = 100
RESTRICTIONS_MAX = 14
"""Two windows for each day of the week, per layer. With the two above, a year of the largest schedule is laid out in
about a second, of a usual one in about ten milliseconds."""
EVERY_MAX = {"hour": 720, "day": 366, "week": 52}
"""The longest turn by unit: a month of hours, a year of days or weeks. Its keys are the units there are."""
STEPS_MAX = 20
TARGETS_MAX = 50
"""With the one above: one round of a ladder tells at most a thousand targets."""
DELAY_S_MIN = 1
"""Two rungs at the same instant are one rung with more targets."""
DELAY_S_MAX = 86_400
"""Who waits longer than a day before telling the next one means a ticket, not a page."""
REPEATS_MAX = 9
ACKNOWLEDGED_S_MIN, ACKNOWLEDGED_S_MAX = 60, 7 * 86_400
"""How long an acknowledgement may hold: not less than it takes to open a laptop, nor a holiday."""
KINDS = ("person", "schedule", "team")

_FIRST_DAY = "1970-01-01"
_FIRST, _BEYOND = parse_day(_FIRST_DAY) or 0, (parse_day(_FIRST_DAY) or 0) + LATEST // DAY_MS


def flaw_of_schedule(spec: ScheduleSpec) -> Rejected | None:
    """Why the description cannot be a schedule: bad names, zone, dates, times, counts; None when it can."""
    if flaw := _flaw_of_name("name", spec.name):
        return flaw
    if not is_zone(spec.zone):
        return Rejected("zone_unknown", f"zone {spec.zone!r} is not an IANA time zone; write for example Europe/Berlin")
    if len(spec.layers) > LAYERS_MAX:
        return Rejected("too_many_layers", f"{len(spec.layers)} layers; at most {LAYERS_MAX} are allowed")
    names = [layer.name for layer in spec.layers]
    if twice := _twice(names):
        return Rejected("layer_name_taken", f"two layers are called {twice!r}; give each its own name")
    return _first(_flaw_of_layer(layer) for layer in spec.layers)


def flaw_of_ladder(spec: LadderSpec) -> Rejected | None:
    """Why the description cannot be a ladder; None when it can."""
    if flaw := _flaw_of_name("name", spec.name):
        return flaw
    if not 1 <= len(spec.steps) <= STEPS_MAX:
        return Rejected("bad_step_count", f"{len(spec.steps)} steps; a ladder has 1 to {STEPS_MAX}")
    if not 0 <= spec.repeats <= REPEATS_MAX:
        return Rejected("bad_repeats", f"repeats is {spec.repeats}; it may be 0 to {REPEATS_MAX}")
    lasting = spec.acknowledged_for_s
    if lasting and not ACKNOWLEDGED_S_MIN <= lasting <= ACKNOWLEDGED_S_MAX:
        return Rejected(
            "bad_acknowledged_for",
            f"acknowledged_for_s is {lasting}; it is {ACKNOWLEDGED_S_MIN} to {ACKNOWLEDGED_S_MAX}, or 0 for ever",
        )
    return _first(_flaw_of_step(number, step) for number, step in enumerate(spec.steps, start=1))


def _first(flaws: Iterable[Rejected | None]) -> Rejected | None:
    return next((flaw for flaw in flaws if flaw), None)


def _flaw_of_name(where: str, name: str) -> Rejected | None:
    if name.strip() and len(name) <= NAME_MAX:
        return None
    return Rejected("bad_name", f"{where} has {len(name)} letters; it needs 1 to {NAME_MAX}, not only spaces")


def _flaw_of_layer(layer: Layer) -> Rejected | None:
    if flaw := _flaw_of_name("the name of a layer", layer.name):
        return flaw
    where = f"layer {layer.name!r}"
    if not layer.users:
        return Rejected("layer_has_no_users", f"{where} has no users; name at least one or remove the layer")
    if len(layer.users) > USERS_MAX:
        return Rejected("too_many_users", f"{where} has {len(layer.users)} users; at most {USERS_MAX} are allowed")
    if layer.unit not in EVERY_MAX:
        return Rejected("unit_unknown", f"{where}: unit {layer.unit!r} is not one of {', '.join(EVERY_MAX)}")
    longest = EVERY_MAX[layer.unit]
    if not 1 <= layer.every <= longest:
        return Rejected("bad_every", f"{where}: every is {layer.every}; for the unit {layer.unit} it is 1 to {longest}")
    day = parse_day(layer.start)
    if day is None:
        return Rejected("bad_date", f"{where}: start {layer.start!r} is not a date such as 2026-11-24")
    if not _FIRST <= day < _BEYOND:
        return Rejected("bad_date", f"{where}: start {layer.start} lies outside the years 1970 to 2199")
    if _begins(layer.hand_off) is None:
        return Rejected("bad_time", f"{where}: hand_off {layer.hand_off!r} is not a time from 00:00 to 23:59")
    if len(layer.restrictions) > RESTRICTIONS_MAX:
        count = len(layer.restrictions)
        return Rejected("too_many_restrictions", f"{where} has {count} restrictions; at most {RESTRICTIONS_MAX}")
    return _first(_flaw_of_restriction(where, restriction) for restriction in layer.restrictions)


def _flaw_of_restriction(where: str, restriction: Restriction) -> Rejected | None:
    if _begins(restriction.start) is None:
        return Rejected("bad_time", f"{where}: start {restriction.start!r} is not a time from 00:00 to 23:59")
    if parse_clock(restriction.end) is None:
        return Rejected("bad_time", f"{where}: end {restriction.end!r} is not a time from 00:00 to 24:00")
    days = restriction.weekdays
    if not days or _twice(days) is not None or not all(0 <= day <= 6 for day in days):
        return Rejected(
            "bad_weekdays", f"{where}: weekdays {list(days)} must be one or more of 0 (Monday) … 6, once each"
        )
    return None


def _flaw_of_step(number: int, step: Step) -> Rejected | None:
    where = f"step {number}"
    if not 1 <= len(step.targets) <= TARGETS_MAX:
        return Rejected("bad_target_count", f"{where} has {len(step.targets)} targets; a step has 1 to {TARGETS_MAX}")
    if not DELAY_S_MIN <= step.delay_s <= DELAY_S_MAX:
        return Rejected("bad_delay", f"{where}: delay_s is {step.delay_s}; it may be {DELAY_S_MIN} to {DELAY_S_MAX}")
    for target in step.targets:
        if target.kind not in KINDS:
            return Rejected("target_kind_unknown", f"{where}: kind {target.kind!r} is not one of {', '.join(KINDS)}")
    if twice := _twice([f"{target.kind} {target.id}" for target in step.targets]):
        return Rejected("target_named_twice", f"{where} names {twice!r} twice; once is enough")
    return None


def _begins(text: str) -> int | None:
    """The minute at which something begins: as `parse_clock`, but 24:00 is the next day's beginning."""
    minute = parse_clock(text)
    return None if minute == DAY_MINUTES else minute


def _twice(things: Iterable[T]) -> T | None:
    seen: dict[T, None] = {}
    for thing in things:
        if thing in seen:
            return thing
        seen[thing] = None
    return None
