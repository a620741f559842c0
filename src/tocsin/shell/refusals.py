"""How many refusals are written down: an actor refused again and again must not fill the disk.

Law: no refusal is kept silent. So many an hour are recorded one by one, after them one each time their number has
doubled; those only counted are told by the next that is recorded, and forgotten when the process ends before it.
"""

from __future__ import annotations

import msgspec

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS

ONE_BY_ONE = 50
"""Refusals of one actor in an hour that are recorded each: a person, or a program with a mistake in it."""
ACTORS_MAX = 10_000
"""Actors remembered; past it the one refused first in its hour is forgotten."""


class _Hour(msgspec.Struct):
    """The refusals of one actor since `since`; `counted` of them are not recorded yet."""

    since: Moment
    refusals: int = 0
    counted: int = 0


class Refusals:
    """Decides which refusals are recorded."""

    def __init__(self) -> None:
        self._hours: dict[str, _Hour] = {}

    def are_many(self, actor: str) -> bool:
        """Whether so many of this actor's were refused that most are only counted."""
        hour = self._hours.get(actor)
        return hour is not None and hour.refusals > ONE_BY_ONE

    def record(self, actor: str, at: Moment) -> int | None:
        """None when this refusal is only counted, else how many before it were."""
        hour = self._hours.get(actor)
        if hour is None or at >= hour.since + HOUR_MS:
            self._hours.pop(actor, None)
            hour = self._hours[actor] = _Hour(at, counted=hour.counted if hour is not None else 0)
            if len(self._hours) > ACTORS_MAX:
                del self._hours[next(iter(self._hours))]
        hour.refusals += 1
        more = hour.refusals // ONE_BY_ONE
        if hour.refusals > ONE_BY_ONE and (hour.refusals % ONE_BY_ONE or more & (more - 1)):
            hour.counted += 1
            return None
        counted, hour.counted = hour.counted, 0
        return counted
