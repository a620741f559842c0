"""What follows from a delivery of signals.

Law: nothing is lost: the events of a decision count every signal exactly once. Signals of one key are judged in the
order they came, each as if the ones before it had been folded already. Repeats of unchanged alerts are the hot path:
they take one look-up and one comparison, and leave in few events, before whatever else the delivery says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from msgspec.structs import replace

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.alerts.decide.known import Known, covers
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
    SilenceStarted,
)
from tocsin.core.alerts.rules import Cover, covering
from tocsin.core.alerts.state import Alert, Grave, acknowledged, changed, fired, is_out_of_date
from tocsin.core.intake.events import Content, Signal
from tocsin.kernel.message import Accepted, Moment
from tocsin.kernel.moment import MINUTE_MS

NO_OPEN_ALERT = "no_open_alert"
OUT_OF_DATE = "out_of_date"
ALREADY_ACKNOWLEDGED = "already_acknowledged"
FIRED_MAX = 1_000
"""New alerts in one event: enough that an event costs nothing, few enough that a row is read in a moment."""

_NO_NUMBERS: Mapping[str, int] = {}
_NO_GRAVES: Mapping[str, Grave] = {}


def receive_signals(known: Known, command: ReceiveSignals, at: Moment) -> Accepted:
    """Judge every signal of one delivery. Never refused."""
    source = command.source
    hearing = Hearing(known, source, at)
    if hearing.are_new(command.signals):
        return _accepted(command, hearing.opened(command.signals))
    numbers = known.numbers.get(source, _NO_NUMBERS)
    firing, touched = known.firing, hearing.alerts
    repeats: list[AlertsEvent] = []
    run: list[int] = []
    run_expires_at = Moment(0)
    for signal in command.signals:
        key = signal.key
        number = numbers.get(key)
        if (
            number is None
            or signal.status != "firing"
            or key in touched
            or firing[number].content != signal.content
        ):  # fmt: skip
            hearing.judge(signal)
            continue
        expires_at = signal.expires_at
        if expires_at != run_expires_at:
            if run:
                repeats.append(AlertsRepeated(source=source, alerts=tuple(run), expires_at=run_expires_at))
                run = []
            run_expires_at = expires_at
        run.append(number)
    if run:
        repeats.append(AlertsRepeated(source=source, alerts=tuple(run), expires_at=run_expires_at))
    # A key's repeats of the hot path all came before anything else of that key, so they may go first.
    return _accepted(command, (*repeats, *hearing.told(), *hearing.drops()))


def _accepted(command: ReceiveSignals, events: Sequence[AlertsEvent]) -> Accepted:
    counted = sum([signals_counted(event) for event in events])
    came = len(command.signals)
    assert counted == came, f"{came} signals of {command.source} came, {counted} have a fate"
    return Accepted(tuple(events))


def signals_counted(event: AlertsEvent) -> int:
    """How many signals have their fate by this event."""
    match event:
        case AlertsFired():
            return len(event.signals)
        case AlertChanged() | AlertAcknowledged():
            return 1
        case AlertsRepeated():
            return len(event.alerts)
        case SignalsDropped():
            return len(event.keys)
        case AlertResolved():
            return 1 if event.how == "signal" else 0
        case (
            AlertReopened() | AlertSuppressed() | AlertReleased() | AlertsForgotten() | ExpiriesChecked()
            | SilenceSet() | SilenceStarted() | SilenceExpired()
        ):  # fmt: skip
            return 0
        case _:
            assert_never(event)


class Hearing:
    """What one delivery has changed so far, laid over what was known before it."""

    def __init__(self, known: Known, source: str, at: Moment) -> None:
        self.known = known
        self.source = source
        self.at = at
        self.numbers = known.numbers.get(source, _NO_NUMBERS)
        self.graves = known.graves.get(source, _NO_GRAVES)
        self.first = known.number_last + 1
        self.fresh: list[Signal] = []  # those that open an alert, numbered from `first` on
        self.born: dict[str, int] = {}  # their numbers
        self.told_count = 0  # how many of them are among the events already
        self.covered: list[AlertsEvent] = []  # what silences make of the rest
        self.acting: list[Cover] | None = None  # the silences at work, once somebody asks
        self.events: list[AlertsEvent] = []
        self.alerts: dict[str, Alert | None] = {}  # by key, as this delivery changed it; None: closed
        self.buried: dict[str, Grave] = {}
        self.rules: dict[int, str] = {}  # what keeps an alert back now; empty: nothing
        self.dropped: dict[tuple[str, str], list[Signal]] = {}

    def are_new(self, signals: Sequence[Signal]) -> bool:
        """Whether each signal opens an alert of its own. To ask this of all together is far cheaper than to judge each;
        the first one tells repeats apart, which must not pay for it."""
        if not signals or signals[0].key in self.numbers:
            return False
        keys = {signal.key for signal in signals}
        return (
            len(keys) == len(signals)
            and self.numbers.keys().isdisjoint(keys)
            and self.graves.keys().isdisjoint(keys)
            and {signal.status for signal in signals} == {"firing"}
        )

    def opened(self, signals: Sequence[Signal]) -> list[AlertsEvent]:
        """What follows from signals that are all new: the whole delivery."""
        at = self.at
        self.fresh = [signal if signal.at <= at else replace(signal, at=at) for signal in signals]
        if self.known.live:
            for number, signal in enumerate(signals, self.first):
                self._cover_new(number, signal)
        return self.told()

    def judge(self, signal: Signal) -> None:
        """Give one signal its fate."""
        alert = self._alert(signal.key)
        match signal.status:
            case "firing":
                if alert is None:
                    self._fire(signal)
                else:
                    self._hear(alert, signal)
            case "resolved":
                self._resolve(alert, signal)
            case "acknowledged":
                self._acknowledge(alert, signal)
            case _:
                raise AssertionError(f"a signal of {self.source} has the status {signal.status!r}")

    def told(self) -> list[AlertsEvent]:
        """What is not only repeated or dropped, in the order it was said."""
        self._tell_fresh()
        return self.events

    def drops(self) -> list[SignalsDropped]:
        """The signals that change nothing, one event a reason."""
        return [
            SignalsDropped(
                source=self.source,
                keys=tuple(signal.key for signal in signals),
                rule=rule,
                status=status,
                moments=tuple(min(signal.at, self.at) for signal in signals)
                if rule == NO_OPEN_ALERT and status == "resolved"
                else (),
                titles=tuple(signal.content.title for signal in signals),
            )
            for (rule, status), signals in self.dropped.items()
        ]

    def _fire(self, signal: Signal) -> None:
        key, at = signal.key, self.at
        # A sender's clock may run ahead; nothing begins after we heard of it, or its recovery would look too old.
        started_at = signal.at if signal.at < at else at
        for graves in (self.graves, self.buried):
            if graves and is_out_of_date(graves.get(key), started_at, signal.expires_at, at):
                self._drop(signal, OUT_OF_DATE)
                return
        number = self.first + len(self.fresh)
        fresh = signal if signal.at <= at else replace(signal, at=at)
        self.fresh.append(fresh)
        self.born[key] = number
        if key in self.alerts:
            self.alerts[key] = fired(number, self.source, fresh, at)
        if self.known.live:
            self._cover_new(number, signal)

    def _cover_new(self, number: int, signal: Signal) -> None:
        covered = self._cover(number, signal.content, "")
        if covered is not None:
            self.covered.append(covered)

    def _alert(self, key: str) -> Alert | None:
        """The open alert of this key, as the delivery left it so far."""
        if key in self.alerts:
            return self.alerts[key]
        if (number := self.born.get(key)) is not None:
            return fired(number, self.source, self.fresh[number - self.first], self.at)
        number = self.numbers.get(key)
        return None if number is None else self.known.firing[number]

    def _tell(self, event: AlertsEvent) -> None:
        """Add to the events, after the alerts that began before."""
        if self.told_count < len(self.fresh):
            self._tell_fresh()
        self.events.append(event)

    def _tell_fresh(self) -> None:
        for start in range(self.told_count, len(self.fresh), FIRED_MAX):
            signals = tuple(self.fresh[start : start + FIRED_MAX])
            self.events.append(AlertsFired(source=self.source, first=self.first + start, signals=signals))
        self.told_count = len(self.fresh)
        self.events += self.covered
        self.covered = []

    def _hear(self, alert: Alert, signal: Signal) -> None:
        if alert.content == signal.content:
            self._tell(AlertsRepeated(source=self.source, alerts=(alert.number,), expires_at=signal.expires_at))
            return
        event = AlertChanged(alert=alert.number, content=signal.content, expires_at=signal.expires_at)
        self._tell(event)
        self.alerts[signal.key] = changed(alert, event, self.at)
        if alert.content.labels != signal.content.labels:
            covered = self._cover(alert.number, signal.content, self._rule(alert.number))
            if covered is not None:
                self._tell(covered)

    def _resolve(self, alert: Alert | None, signal: Signal) -> None:
        ended_at = min(signal.at, self.at)
        if alert is None:
            self._drop(signal, NO_OPEN_ALERT)
            self._bury(signal.key, ended_at, Moment(ended_at + 1))
        elif ended_at < alert.started_at < alert.fired_at:  # a start the house dated itself proves nothing
            self._drop(signal, OUT_OF_DATE)
        else:
            self._tell(AlertResolved(alert=alert.number, how="signal", ended_at=ended_at))
            self.alerts[signal.key] = None
            self._bury(signal.key, ended_at, ended_at)

    def _acknowledge(self, alert: Alert | None, signal: Signal) -> None:
        acknowledged_at = min(signal.at, self.at)
        if alert is None:
            self._drop(signal, NO_OPEN_ALERT)
        elif acknowledged_at < alert.started_at:
            self._drop(signal, OUT_OF_DATE)
        elif alert.acknowledged_at:
            self._drop(signal, ALREADY_ACKNOWLEDGED)
        else:
            event = AlertAcknowledged(alert=alert.number, acknowledged_at=acknowledged_at)
            self._tell(event)
            self.alerts[signal.key] = acknowledged(alert, event)

    def _drop(self, signal: Signal, rule: str) -> None:
        self.dropped.setdefault((rule, signal.status), []).append(signal)

    def _bury(self, key: str, ended_at: Moment, before: Moment) -> None:
        if ended_at >= self.at:
            return
        old = self.buried.get(key)
        self.buried[key] = Grave(before if old is None else max(before, old.before), self.at // MINUTE_MS)

    def _rule(self, number: int) -> str:
        """What keeps the alert back now, empty for nothing."""
        if number in self.rules:
            return self.rules[number]
        suppression = self.known.suppressed.get(number)
        return "" if suppression is None else suppression.rule

    def _cover(self, number: int, content: Content, rule: str) -> AlertSuppressed | AlertReleased | None:
        """Hold the silences against new labels; one that keeps the alert back already goes on as long as it matches."""
        if self.acting is None:
            self.acting = covers(self.known, self.at)
        found = covering(_first(self.acting, rule), content.labels)
        self.rules[number] = found.rule if found is not None else ""
        if found is None:
            return AlertReleased(alert=number) if rule else None
        if found.rule == rule:
            return None
        return AlertSuppressed(alert=number, rule=found.rule, revision=found.revision)


def _first(covers: Sequence[Cover], rule: str) -> Sequence[Cover]:
    """The covers with the one of this rule at the head."""
    return sorted(covers, key=lambda one: one.rule != rule) if rule else covers
