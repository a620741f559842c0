"""What must be remembered to decide about alerts.

Law: only `evolve` writes. Entities are frozen; a pulse alone is changed in place, because a repeat of an unchanged
alert is the commonest thing in the house and must cost a tenth of a microsecond.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import assert_never

import msgspec
from msgspec.structs import replace

from tocsin.core.alerts.commands import UNDO_MS
from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertReleased,
    AlertReopened,
    AlertResolved,
    AlertsEvent,
    AlertsFired,
    AlertsForgotten,
    AlertsRepeated,
    AlertSuppressed,
    ExpiriesChecked,
    SignalsDropped,
    SilenceExpired,
    SilenceSet,
    SilenceSpec,
    SilenceStarted,
)
from tocsin.core.intake.events import Content, Signal
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.message import Moment, Stamp
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS

FORGET_INTERVAL_MS = HOUR_MS  # forgetting is housekeeping: seldom and in bulk
GRAVE_MINUTES = 60  # how late a trigger may come and still be known as older than its recovery
GRAVE_MINUTES_REPEATED = 5  # the same, of a sender whose word lapses: what it says for longer is no straggler
GRAVE_MINUTES_SAME = 1  # the same, of what began when the ended alert did: who goes on telling of it says so but once
SILENCES_EXPIRED_MAX = 10_000  # ended silences kept to be seen and copied; the oldest leave first
LOOK_MS = DAY_MS  # an alert is looked at so much later at the latest, however long it lasts
NEVER_S = 253_402_300_800  # the second after the last instant with a text form

START = "start:"
END = "end:"


class Alert(msgspec.Struct, frozen=True, gc=False):
    """A fault under a source's key. `started_at`, `acknowledged_at`, `ended_at` are the sender's times (0: not yet);
    `fired_at`, `changed_at`, `closed_at` are when the house learned it. `status` is `firing` or `resolved`; `how` says
    how it was resolved."""

    number: int
    source: str
    key: str
    content: Content
    started_at: Moment
    fired_at: Moment
    changed_at: Moment
    status: str = "firing"
    acknowledged_at: Moment = Moment(0)
    ended_at: Moment = Moment(0)
    closed_at: Moment = Moment(0)
    how: str = ""


class Pulse(msgspec.Struct, gc=False):
    """When an alert was last heard, how often it was repeated, until when it lasts (0: for ever), and the second whose
    expiry row names it (NEVER_S: none). Changed in place."""

    last_seen: Moment
    repeats: int
    expires_at: Moment
    check_s: int


class Suppression(msgspec.Struct, frozen=True, gc=False):
    """What keeps an open alert from paging, in which revision, since when."""

    rule: str
    revision: int
    since: Moment


class Grave(msgspec.Struct, frozen=True, gc=False):
    """A recovery of a key: triggers from before `before` are out of date. `minute` is when the house learned it,
    `began_at` when the alert that ended had begun (0: none was open).

    Only a recovery with a time of its own is remembered: one the house dated by its arrival says nothing about which
    came first where the sender's clock is behind, and would swallow the next trigger."""

    before: Moment
    minute: int
    began_at: Moment = Moment(0)


class Silence(msgspec.Struct, frozen=True):
    """A silence. `status` is `pending`, `active` or `expired`; an expired one's span is cut at its end."""

    silence: str
    revision: int
    spec: SilenceSpec
    status: str
    updated_at: Moment
    expired_by: str = ""

    def is_active(self, at: Moment) -> bool:
        """Whether it acts at this instant, though the clock may not have struck yet."""
        return self.status != "expired" and self.spec.start_at <= at < self.spec.end_at


class State(msgspec.Struct):
    """Tables; only `evolve` writes them. `numbers` is source -> key -> open alert; `firing` is in the order of numbers
    but for those that `returned`; `expiries` are rows of alert numbers by the second they are looked at, `seconds` the
    heap of those seconds; `graves` is source -> key; `closed_from` is when the oldest closed alert was closed,
    `forget_after` before when none is forgotten again. `undoable` are the alerts closed by hand since `undoable_from`
    of which nothing was heard since, by `slot`; `undoable_old` those of the span before. `answered` counts the open
    ones that were acknowledged at their senders."""

    number_last: int = 0
    numbers: dict[str, dict[str, int]] = {}
    firing: dict[int, Alert] = {}
    returned: dict[int, None] = {}
    closed: dict[int, Alert] = {}
    pulses: dict[int, Pulse] = {}
    expiries: dict[int, list[int]] = {}
    seconds: list[int] = []
    suppressed: dict[int, Suppression] = {}
    graves: dict[str, dict[str, Grave]] = {}
    grave_minutes: dict[int, list[tuple[str, str]]] = {}
    silences: dict[str, Silence] = {}
    live: dict[str, None] = {}
    expired: dict[str, None] = {}
    severities: dict[str, int] = {}
    timers: Agenda = msgspec.field(default_factory=Agenda)
    closed_from: Moment | None = None
    forget_after: Moment = Moment(0)
    undoable: dict[str, int] = {}
    undoable_old: dict[str, int] = {}
    undoable_from: Moment = Moment(0)
    answered: int = 0

    def is_undoable(self, alert: Alert) -> bool:
        """Whether the alert was closed by hand lately, and is the last that was heard under its key."""
        key = slot(alert.source, alert.key)
        return self.undoable.get(key, self.undoable_old.get(key)) == alert.number

    def forget_at(self, memory_ms: int) -> Moment | None:
        """When the oldest closed alert leaves memory, None while none is closed."""
        if self.closed_from is None:
            return None
        return max(Moment(self.closed_from + memory_ms), self.forget_after)


def evolve(state: State, event: AlertsEvent, stamp: Stamp) -> None:
    """Fold one event. The commonest come first."""
    match event:
        case AlertsRepeated():
            _repeat(state, event, stamp.at)
        case AlertsFired():
            _fire(state, event, stamp.at)
        case AlertResolved():
            _resolve(state, event, stamp.at)
        case AlertChanged():
            _change(state, event, stamp.at)
        case SignalsDropped():
            _drop(state, event, stamp.at)
        case ExpiriesChecked():
            _check(state, event)
        case AlertAcknowledged():
            state.firing[event.alert] = acknowledged(state.firing[event.alert], event)
            state.answered += 1
        case AlertReopened():
            _reopen(state, event, stamp.at)
        case AlertSuppressed():
            state.suppressed[event.alert] = Suppression(event.rule, event.revision, stamp.at)
        case AlertReleased():
            del state.suppressed[event.alert]
        case SilenceSet():
            _set_silence(state, event, stamp.at)
        case SilenceStarted():
            state.silences[event.silence] = replace(state.silences[event.silence], status="active")
            state.timers.drop(START + event.silence)
        case SilenceExpired():
            _expire_silence(state, event, stamp.at)
        case AlertsForgotten():
            _forget(state, event, stamp.at)
        case _:
            assert_never(event)


def slot(source: str, key: str) -> str:
    """A source's key as one text; the id of a source has no line end."""
    return f"{source}\n{key}"


def fired(number: int, source: str, signal: Signal, at: Moment) -> Alert:
    """The alert as it begins."""
    return Alert(number, source, signal.key, signal.content, signal.at, at, at)


def changed(alert: Alert, event: AlertChanged, at: Moment) -> Alert:
    """The alert with something new to say."""
    return replace(alert, content=event.content, changed_at=at)


def acknowledged(alert: Alert, event: AlertAcknowledged) -> Alert:
    """The alert, taken on in the sender's system."""
    return replace(alert, acknowledged_at=event.acknowledged_at)


def is_out_of_date(grave: Grave | None, started_at: Moment, expires_at: Moment, at: Moment) -> bool:
    """Whether a trigger of this event time, arriving now, is older than the recovery of its key. Of two that watch the
    same (Prometheus in a pair) one may recover while the other goes on, under the time at which it began; Alertmanager
    between them and the house says so once, some minutes after the recovery, and for hours not again."""
    if grave is None or started_at >= grave.before:
        return False
    minutes = GRAVE_MINUTES_SAME if started_at == grave.began_at else GRAVE_MINUTES
    return at // MINUTE_MS - grave.minute <= (GRAVE_MINUTES_REPEATED if expires_at else minutes)


def _repeat(state: State, event: AlertsRepeated, at: Moment) -> None:
    pulses = state.pulses
    expires_at = event.expires_at
    second = _second(expires_at, at)
    for number in event.alerts:
        pulse = pulses[number]
        pulse.last_seen = at
        pulse.repeats += 1
        pulse.expires_at = expires_at
        if second < pulse.check_s:
            _schedule(state, number, pulse, second)


def _fire(state: State, event: AlertsFired, at: Moment) -> None:
    source = event.source
    assert event.first == state.number_last + 1, f"ALT-{event.first} does not follow ALT-{state.number_last}"
    state.number_last += len(event.signals)
    keys = state.numbers.setdefault(source, {})
    open_count = len(keys) + len(event.signals)
    firing, pulses = state.firing, state.pulses
    expires_at, second = Moment(-1), NEVER_S
    row: list[int] = []
    for number, signal in enumerate(event.signals, event.first):
        key = signal.key
        keys[key] = number
        firing[number] = Alert(number, source, key, signal.content, signal.at, at, at)
        if signal.expires_at != expires_at:  # alerts of one delivery mostly lapse together
            expires_at = signal.expires_at
            second = _second(expires_at, at)
            row = _row(state, second)
        pulses[number] = Pulse(at, 0, expires_at, second)
        row.append(number)
    severities = [signal.content.severity for signal in event.signals]
    for severity in dict.fromkeys(severities):
        state.severities[severity] = state.severities.get(severity, 0) + severities.count(severity)
    assert len(keys) == open_count, f"an alert of {source} was open already: {event}"


def _change(state: State, event: AlertChanged, at: Moment) -> None:
    alert = state.firing[event.alert]
    state.firing[event.alert] = changed(alert, event, at)
    if alert.content.severity != event.content.severity:
        state.severities[alert.content.severity] -= 1
        state.severities[event.content.severity] = state.severities.get(event.content.severity, 0) + 1
    pulse = state.pulses[event.alert]
    pulse.last_seen = at
    pulse.repeats += 1
    pulse.expires_at = event.expires_at
    second = _second(event.expires_at, at)
    if second < pulse.check_s:
        _schedule(state, event.alert, pulse, second)


def _resolve(state: State, event: AlertResolved, at: Moment) -> None:
    alert = state.firing.pop(event.alert)
    state.closed[event.alert] = replace(alert, status="resolved", ended_at=event.ended_at, closed_at=at, how=event.how)
    keys = state.numbers[alert.source]
    del keys[alert.key]
    if not keys:
        del state.numbers[alert.source]
    state.pulses[event.alert].check_s = NEVER_S
    state.suppressed.pop(event.alert, None)
    state.returned.pop(event.alert, None)
    state.severities[alert.content.severity] -= 1
    state.answered -= bool(alert.acknowledged_at)
    if event.how == "manual":
        _note_undoable(state, alert, at)
    else:
        _overtake(state, alert.source, alert.key)
    if event.how == "signal" and event.ended_at < at:
        _bury(state, alert.source, alert.key, Grave(event.ended_at, at // MINUTE_MS, alert.started_at))
    if state.closed_from is None:
        state.closed_from = at


def _reopen(state: State, event: AlertReopened, at: Moment) -> None:
    """It goes on where it was: what its sender said last counts, and until when it lasts."""
    alert = state.closed.pop(event.alert)
    state.firing[event.alert] = replace(alert, status="firing", ended_at=Moment(0), closed_at=Moment(0), how="")
    state.returned[event.alert] = None
    keys = state.numbers.setdefault(alert.source, {})
    assert alert.key not in keys, f"ALT-{event.alert} cannot come back, {alert.key} of {alert.source} is open"
    keys[alert.key] = event.alert
    pulse = state.pulses[event.alert]
    _schedule(state, event.alert, pulse, _second(pulse.expires_at, at))
    state.severities[alert.content.severity] = state.severities.get(alert.content.severity, 0) + 1
    state.answered += bool(alert.acknowledged_at)
    _overtake(state, alert.source, alert.key)
    if alert.closed_at == state.closed_from:
        _note_oldest(state)


def _note_undoable(state: State, alert: Alert, at: Moment) -> None:
    """Remember for as long as undo is offered, at most twice as long: a span is let go as a whole."""
    if at - state.undoable_from > UNDO_MS:
        state.undoable_old, state.undoable, state.undoable_from = state.undoable, {}, at
    state.undoable[slot(alert.source, alert.key)] = alert.number


def _overtake(state: State, source: str, key: str) -> None:
    """The key was heard of since an alert under it was closed by hand."""
    if state.undoable or state.undoable_old:
        state.undoable.pop(slot(source, key), None)
        state.undoable_old.pop(slot(source, key), None)


def _drop(state: State, event: SignalsDropped, at: Moment) -> None:
    for key, moment in zip(event.keys, event.moments, strict=False):
        _overtake(state, event.source, key)
        # Nothing was open, so a trigger of the very same instant belongs to this recovery.
        if moment < at:
            _bury(state, event.source, key, Grave(Moment(moment + 1), at // MINUTE_MS))


def _bury(state: State, source: str, key: str, grave: Grave) -> None:
    minute = grave.minute
    row = state.grave_minutes.get(minute)
    if row is None:
        _clear_graves(state, minute - GRAVE_MINUTES)
        row = state.grave_minutes[minute] = []
    graves = state.graves.setdefault(source, {})
    old = graves.get(key)
    if old is None or old.minute != minute:
        row.append((source, key))
    if old is not None:  # the order in which one delivery's recoveries are told says nothing
        grave = Grave(max(grave.before, old.before), minute, max(grave.began_at, old.began_at))
    graves[key] = grave


def _clear_graves(state: State, minute_min: int) -> None:
    for minute in [minute for minute in state.grave_minutes if minute < minute_min]:
        for source, key in state.grave_minutes.pop(minute):
            graves = state.graves.get(source, {})
            if key in graves and graves[key].minute == minute:
                del graves[key]
                if not graves:
                    del state.graves[source]


def _second(expires_at: Moment, at: Moment) -> int:
    """The second at which an alert is looked at: the first not before its expiry, or a day from now. A row is kept
    until its second comes, with all that ended meanwhile: for years, where a sender says that its alerts last so
    long."""
    return -(-min(expires_at, at + LOOK_MS) // SECOND_MS) if expires_at else NEVER_S


def _schedule(state: State, number: int, pulse: Pulse, second: int) -> None:
    """Name the alert in the row of this second. A row that named it before is left: it is known by `check_s`."""
    pulse.check_s = second
    _row(state, second).append(number)


def _row(state: State, second: int) -> list[int]:
    """The row of this second; one that is not kept for never."""
    if second >= NEVER_S:
        return []
    row = state.expiries.get(second)
    if row is None:
        row = state.expiries[second] = []
        heappush(state.seconds, second)
    return row


def _check(state: State, event: ExpiriesChecked) -> None:
    """Move alerts that were repeated since they were last looked at to the row of their present expiry."""
    while state.seconds and state.seconds[0] * SECOND_MS <= event.up_to:
        second = heappop(state.seconds)
        for number in state.expiries.pop(second):
            pulse = state.pulses.get(number)
            if pulse is None or pulse.check_s != second:
                continue
            pulse.check_s = NEVER_S
            if 0 < pulse.expires_at <= event.up_to:
                assert event.grace_until > event.up_to, f"ALT-{number} fell silent and was not resolved"
                pulse.expires_at = event.grace_until
            _schedule(state, number, pulse, _second(pulse.expires_at, event.up_to))


def _set_silence(state: State, event: SilenceSet, at: Moment) -> None:
    silence, spec = event.silence, event.spec
    status = "active" if spec.start_at <= at else "pending"
    state.silences[silence] = Silence(silence, event.revision, spec, status, at)
    state.live[silence] = None
    state.timers.set(END + silence, spec.end_at)
    if status == "pending":
        state.timers.set(START + silence, spec.start_at)
    else:
        state.timers.drop(START + silence)


def _expire_silence(state: State, event: SilenceExpired, at: Moment) -> None:
    old = state.silences[event.silence]
    start_at = min(old.spec.start_at, event.ended_at)
    spec = replace(old.spec, start_at=start_at, end_at=event.ended_at)
    state.silences[event.silence] = replace(old, spec=spec, status="expired", updated_at=at, expired_by=event.by)
    state.timers.drop(START + event.silence)
    state.timers.drop(END + event.silence)
    del state.live[event.silence]
    state.expired[event.silence] = None
    if len(state.expired) > SILENCES_EXPIRED_MAX:
        oldest = next(iter(state.expired))
        del state.expired[oldest]
        del state.silences[oldest]


def _forget(state: State, event: AlertsForgotten, at: Moment) -> None:
    for number in event.alerts:
        del state.closed[number]
        del state.pulses[number]
    _note_oldest(state)
    state.forget_after = Moment(at + FORGET_INTERVAL_MS)


def _note_oldest(state: State) -> None:
    """Note since when the oldest closed alert is closed."""
    oldest = next(iter(state.closed.values()), None)
    state.closed_from = None if oldest is None else oldest.closed_at
