"""What has happened to alerts. The storage format. An alert's number `7` is shown as `ALT-7`."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

import msgspec

from tocsin.core.intake.events import Content, Signal
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Event, Moment


class SilenceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A silence: matchers as Prometheus text (`severity="warning"`), valid from `start_at` until before `end_at`."""

    matchers: tuple[str, ...]
    start_at: Moment
    end_at: Moment
    created_by: str
    comment: str
    annotations: dict[str, str] = {}


class _AlertEvent(Event, frozen=True):
    room: ClassVar[str] = "alerts"
    about: ClassVar[str] = "alert"

    def subject(self) -> str:
        return numbered("ALT", getattr(self, self.about))


class _SourceEvent(Event, frozen=True):
    room: ClassVar[str] = "alerts"
    about: ClassVar[str] = "source"


class AlertsFired(_SourceEvent, frozen=True):
    """New alerts of one delivery are open, numbered from `first` on in the order their signals came: one signal each,
    none of which began after the event."""

    source: str
    first: int
    signals: tuple[Signal, ...]


class AlertsRepeated(_SourceEvent, frozen=True):
    """One delivery of a source repeated these open alerts, unchanged: one signal each, in the order they came."""

    source: str
    alerts: tuple[int, ...]
    expires_at: Moment = Moment(0)


class AlertChanged(_AlertEvent, frozen=True):
    """An open alert says something new."""

    alert: int
    content: Content
    expires_at: Moment = Moment(0)


class AlertAcknowledged(_AlertEvent, frozen=True):
    """The sender reports that somebody took the alert on in the sender's own system."""

    alert: int
    acknowledged_at: Moment


class AlertResolved(_AlertEvent, frozen=True):
    """An alert is over. `how`: `signal` (the sender said so), `expired` (it fell silent), `manual`,
    `source_removed`."""

    alert: int
    how: str
    ended_at: Moment


class AlertReopened(_AlertEvent, frozen=True):
    """An alert that was closed by hand fires again under its number: whoever asked took that back."""

    alert: int


class AlertSuppressed(_AlertEvent, frozen=True):
    """An open alert is kept from paging by `rule` (`silence:<id>`) in its `revision`."""

    alert: int
    rule: str
    revision: int


class AlertReleased(_AlertEvent, frozen=True):
    """Nothing keeps this open alert from paging any more."""

    alert: int


class SignalsDropped(_SourceEvent, frozen=True):
    """Signals that change nothing: `rule` is `no_open_alert` (a recovery or acknowledgement of nothing open),
    `out_of_date` (older than what is known) or `already_acknowledged`. One key a signal. Recoveries of nothing open
    keep their event times in `moments`, one a key, so that a trigger that comes late is known as out of date. `titles`,
    one a key, are for people: a key may say nothing to them."""

    source: str
    keys: tuple[str, ...]
    rule: str
    status: str
    moments: tuple[Moment, ...] = ()
    titles: tuple[str, ...] = ()


class ExpiriesChecked(Event, frozen=True):
    """All alerts that had fallen silent by `up_to` are resolved. When the house itself had been away and could not
    hear them, all that would be silent by `up_to` are given until `grace_until` instead."""

    room: ClassVar[str] = "alerts"
    up_to: Moment
    grace_until: Moment = Moment(0)

    def subject(self) -> str:
        return "expiries"


class SilenceSet(Event, frozen=True):
    """A silence was created or changed; `revision` counts its changes from 1."""

    room: ClassVar[str] = "alerts"
    about: ClassVar[str] = "silence"
    silence: str
    revision: int
    spec: SilenceSpec


class SilenceStarted(Event, frozen=True):
    """A silence set for later begins to act."""

    room: ClassVar[str] = "alerts"
    about: ClassVar[str] = "silence"
    silence: str


class SilenceExpired(Event, frozen=True):
    """A silence ended: its time ran out, or a person ended it (`by`)."""

    room: ClassVar[str] = "alerts"
    about: ClassVar[str] = "silence"
    silence: str
    by: str
    ended_at: Moment


class AlertsForgotten(Event, frozen=True):
    """Closed alerts older than the memory's span left memory; the journal keeps them."""

    room: ClassVar[str] = "alerts"
    alerts: tuple[int, ...]

    def subject(self) -> str:
        return "memory"


AlertsEvent: TypeAlias = (
    AlertsFired | AlertsRepeated | AlertChanged | AlertAcknowledged | AlertResolved | AlertReopened | AlertSuppressed
    | AlertReleased | SignalsDropped | ExpiriesChecked | SilenceSet | SilenceStarted | SilenceExpired | AlertsForgotten
)  # fmt: skip
