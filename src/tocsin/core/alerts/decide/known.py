"""What the decisions of this room may know: its own state, read-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tocsin.core.alerts.rules import Cover, cover
from tocsin.core.alerts.state import Alert, Grave, Silence, Suppression
from tocsin.kernel.message import Moment


class SeenPulse(Protocol):
    """A pulse that cannot be changed."""

    @property
    def expires_at(self) -> Moment: ...
    @property
    def check_s(self) -> int: ...


class Timers(Protocol):
    """An agenda that cannot be changed."""

    def next(self) -> Moment | None: ...
    def due(self, at: Moment) -> list[str]: ...


class Known(Protocol):
    """The tables of `state.State` as deciding may see them."""

    @property
    def number_last(self) -> int: ...
    @property
    def numbers(self) -> Mapping[str, Mapping[str, int]]: ...
    @property
    def firing(self) -> Mapping[int, Alert]: ...
    @property
    def closed(self) -> Mapping[int, Alert]: ...
    @property
    def pulses(self) -> Mapping[int, SeenPulse]: ...
    @property
    def expiries(self) -> Mapping[int, Sequence[int]]: ...
    @property
    def seconds(self) -> Sequence[int]: ...
    @property
    def suppressed(self) -> Mapping[int, Suppression]: ...
    @property
    def graves(self) -> Mapping[str, Mapping[str, Grave]]: ...
    @property
    def silences(self) -> Mapping[str, Silence]: ...
    @property
    def live(self) -> Mapping[str, None]: ...
    @property
    def timers(self) -> Timers: ...
    def forget_at(self, memory_ms: int) -> Moment | None: ...


def covers(known: Known, at: Moment) -> list[Cover]:
    """The silences that act at this instant, in the order they were set."""
    live = (known.silences[silence] for silence in known.live)
    return [cover(one.silence, one.revision, one.spec) for one in live if one.is_active(at)]
