"""What can be seen of alerts: open and closed ones, silences, and how much each source says.

Law: folding a repeat costs the same however many alerts it names; every question ends after a bounded look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge

import msgspec

from tocsin.core.alerts.commands import UNDO_MS
from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertResolved,
    AlertsFired,
    AlertsRepeated,
    SignalsDropped,
)
from tocsin.core.alerts.rules import cover, covering
from tocsin.core.alerts.state import Alert, Pulse, Silence, State, Suppression
from tocsin.core.intake.events import MEMORY_DAYS, MemorySet, SourceRemoved
from tocsin.kernel.matcher import Matchers
from tocsin.kernel.message import Event, Moment, Stamp
from tocsin.kernel.moment import DAY_MS, SECOND_MS

__all__ = ["Alert", "Page", "Silence", "SourceTally", "Suppression", "View"]

HEARS: tuple[type[Event], ...] = (
    AlertsRepeated, AlertsFired, AlertChanged, AlertAcknowledged, AlertResolved, SignalsDropped, SourceRemoved,
    MemorySet,
)  # fmt: skip

PAGE_MAX = 1_000  # alerts in one answer
SCAN_MAX = 100_000  # alerts looked at for one answer: about 50 ms of the loop all share


class Page(msgspec.Struct, frozen=True):
    """Alerts, newest first, and the number before which the next page begins (0: that is all)."""

    alerts: tuple[Alert, ...]
    before: int


class SourceTally(msgspec.Struct, frozen=True):
    """What a source has said: all signals, those that only repeated, those that changed nothing, alerts now open, and
    when it was last heard (0: never)."""

    received: int
    repeated: int
    dropped: int
    open: int
    last_seen: Moment


class View(msgspec.Struct):
    """The room's door for reading. The tables count signals by source; closed alerts stay for `memory_ms`."""

    known: State = msgspec.field(default_factory=State)
    received: dict[str, int] = {}
    repeated: dict[str, int] = {}
    dropped: dict[str, int] = {}
    heard: dict[str, Moment] = {}
    memory_ms: int = MEMORY_DAYS * DAY_MS

    def rehearsal(self) -> View:
        """A view in which nothing has happened yet and the same silences hold."""
        return View(State(silences=dict(self.known.silences), live=dict(self.known.live)))

    def due(self) -> Moment | None:
        """The next instant at which time changes something here, None for never."""
        seconds = self.known.seconds
        check = Moment(seconds[0] * SECOND_MS) if seconds else None
        instants = (check, self.known.timers.next(), self.known.forget_at(self.memory_ms))
        return min((at for at in instants if at is not None), default=None)

    def alert(self, number: int) -> Alert | None:
        """The alert, open or closed, None when memory does not hold it."""
        return self.known.firing.get(number) or self.known.closed.get(number)

    def open_alert(self, source: str, key: str) -> Alert | None:
        """The open alert under a source's key."""
        number = self.known.numbers.get(source, {}).get(key)
        return None if number is None else self.known.firing[number]

    def open_alerts(self) -> Iterable[Alert]:
        """All open alerts, oldest first."""
        if not self.known.returned:
            return self.known.firing.values()
        return map(self.known.firing.__getitem__, self._open_numbers())

    def newest_open(self) -> Iterator[Alert]:
        """All open alerts, newest first."""
        return map(self.known.firing.__getitem__, self._open_numbers(is_newest_first=True))

    def open_alerts_of(self, source: str) -> Iterator[Alert]:
        """The open alerts of one source."""
        return (self.known.firing[number] for number in self.known.numbers.get(source, {}).values())

    def closed_alerts(self) -> Iterator[Alert]:
        """The closed alerts memory holds, those closed last first."""
        return reversed(self.known.closed.values())

    def open_count(self) -> int:
        """How many alerts are open."""
        return len(self.known.firing)

    def answered_count(self) -> int:
        """How many open alerts were acknowledged at their senders."""
        return self.known.answered

    def open_by_severity(self) -> dict[str, int]:
        """How many alerts are open, by severity; severities nobody has are left out."""
        return {severity: count for severity, count in self.known.severities.items() if count}

    def closed_count(self) -> int:
        """How many closed alerts memory holds."""
        return len(self.known.closed)

    def fired_count(self) -> int:
        """How many alerts there ever were."""
        return self.known.number_last

    def repeats(self, number: int) -> int:
        """How often the sender said it again."""
        return self._pulse(number).repeats

    def last_seen(self, number: int) -> Moment:
        """When the house last heard a firing signal of this alert."""
        return self._pulse(number).last_seen

    def heard_at(self, alert: Alert) -> Moment:
        """When the house last heard of this alert, the end of a closed one included."""
        return alert.closed_at or self._pulse(alert.number).last_seen

    def all_heard_at(self, alerts: Iterable[Alert]) -> list[Moment]:
        """`heard_at` of many alerts: a third of the time."""
        pulses, never = self.known.pulses, Pulse(Moment(0), 0, Moment(0), 0)
        return [alert.closed_at or pulses.get(alert.number, never).last_seen for alert in alerts]

    def all_repeats(self, alerts: Iterable[Alert]) -> list[int]:
        """`repeats` of many alerts."""
        pulses, never = self.known.pulses, Pulse(Moment(0), 0, Moment(0), 0)
        return [pulses.get(alert.number, never).repeats for alert in alerts]

    def fired_between(self, start_at: Moment, end_at: Moment) -> range:
        """The numbers of the alerts that fired from `start_at` until before `end_at`; those that left memory are
        among none. Found by halving: numbers grow with time."""
        return range(self._first_from(start_at), self._first_from(end_at))

    def _first_from(self, at: Moment) -> int:
        low, high = 1, self.known.number_last + 1
        while low < high:
            middle = (low + high) // 2
            alert = self.alert(middle)
            if alert is None or alert.fired_at < at:
                low = middle + 1
            else:
                high = middle
        return low

    def expires_at(self, number: int) -> Moment:
        """When the alert counts as over if it is not repeated; 0 for never."""
        return self._pulse(number).expires_at

    def suppression(self, number: int) -> Suppression | None:
        """What keeps the open alert from paging, None for nothing."""
        return self.known.suppressed.get(number)

    def suppression_at(self, number: int, at: Moment) -> Suppression | None:
        """The same; of one that is over: what would keep it from paging if it came back at this instant."""
        if number in self.known.firing:
            return self.known.suppressed.get(number)
        alert = self.known.closed.get(number)
        live = (self.known.silences[silence] for silence in self.known.live)
        covers = [cover(one.silence, one.revision, one.spec) for one in live if one.is_active(at)]
        found = covering(covers, alert.content.labels) if alert is not None else None
        return None if found is None else Suppression(found.rule, found.revision, at)

    def bar_to_reopening(self, alert: Alert, at: Moment) -> str:
        """Why a closed alert cannot fire again at this instant, as the reason of a refusal; empty when it can."""
        if alert.how != "manual":
            return "alert_not_closed_by_hand"
        if at > alert.closed_at + UNDO_MS:
            return "undo_too_late"
        if alert.source not in self.heard:
            return "source_unknown"
        if self.open_alert(alert.source, alert.key) is not None:
            return "alert_fired_anew"
        if not self.known.is_undoable(alert):
            return "alert_over_at_sender"
        if 0 < self.expires_at(alert.number) <= at:
            return "alert_expired_meanwhile"
        return ""

    def unsuppressed(self, numbers: Sequence[int]) -> list[Alert]:
        """Those of these alerts, open or closed, that memory holds and nothing keeps from paging."""
        suppressed = self.known.suppressed
        if suppressed:
            numbers = [number for number in numbers if number not in suppressed]
        try:
            return list(map(self.known.firing.__getitem__, numbers))
        except KeyError:  # seldom: one is over already, so each must be looked for
            return [alert for alert in map(self.alert, numbers) if alert is not None]

    def is_suppressed(self, number: int) -> bool:
        """Whether the alert is kept from paging."""
        return number in self.known.suppressed

    def suppressed_count(self) -> int:
        """How many open alerts are kept from paging."""
        return len(self.known.suppressed)

    def silenced_by(self, number: int) -> str:
        """The id of the silence that keeps the alert from paging, empty for none."""
        suppression = self.known.suppressed.get(number)
        return "" if suppression is None else suppression.rule.removeprefix("silence:")

    def silences_of(self, number: int, at: Moment) -> list[str]:
        """The ids of all silences that act now and match the alert, as Alertmanager lists them."""
        alert = self.alert(number)
        if alert is None:
            return []
        return [
            silence.silence
            for silence in map(self.known.silences.__getitem__, self.known.live)
            if silence.is_active(at) and _matches(silence.spec.matchers, alert)
        ]

    def silence(self, silence: str) -> Silence | None:
        """The silence, None when there is none (ended ones stay for a while)."""
        return self.known.silences.get(silence)

    def silences(self) -> Iterable[Silence]:
        """All silences: pending, active and those that ended lately, in the order they were first set."""
        return self.known.silences.values()

    def silence_count(self, silence: str) -> int:
        """How many open alerts this silence keeps back now."""
        rule = f"silence:{silence}"
        return sum(suppression.rule == rule for suppression in self.known.suppressed.values())

    def source_names(self) -> list[str]:
        """Every source that ever said something and was not removed, in the order they began."""
        return list(self.heard)

    def source_tally(self, source: str) -> SourceTally:
        """What the source has said."""
        return SourceTally(
            received=self.received.get(source, 0),
            repeated=self.repeated.get(source, 0),
            dropped=self.dropped.get(source, 0),
            open=len(self.known.numbers.get(source, {})),
            last_seen=self.heard.get(source, Moment(0)),
        )

    def find(
        self,
        matchers: Matchers | None = None,
        source: str = "",
        status: str = "",
        severity: str = "",
        suppressed: bool | None = None,
        before: int = 0,
        limit: int = 100,
    ) -> Page:
        """Alerts, newest first, that meet every condition given; `before` is the cursor of the last page. A page may
        be short, even empty, and still have a next one: the look at SCAN_MAX alerts ended first."""
        found: list[Alert] = []
        limit = min(limit, PAGE_MAX)
        for looked, number in enumerate(self._numbers(status, before), 1):
            alert = self.known.firing.get(number) or self.known.closed.get(number)
            if (
                alert is not None
                and (not source or alert.source == source)
                and (not status or alert.status == status)
                and (not severity or alert.content.severity == severity)
                and (suppressed is None or (number in self.known.suppressed) == suppressed)
                and (matchers is None or matchers.matches(alert.content.labels))
            ):
                found.append(alert)
            if len(found) >= limit or looked >= SCAN_MAX:
                return Page(tuple(found), number if number > 1 else 0)
        return Page(tuple(found), 0)

    def _numbers(self, status: str, before: int) -> Iterator[int]:
        """Numbers below the cursor, descending; of open alerts alone when only those are asked for."""
        if status == "firing":
            newest = self._open_numbers(is_newest_first=True)
            return (number for number in newest if not before or number < before)
        return iter(range((before or self.known.number_last + 1) - 1, 0, -1))

    def _open_numbers(self, is_newest_first: bool = False) -> Iterator[int]:
        """The numbers of the open alerts in order, those that came back at their old places."""
        firing, returned = self.known.firing, self.known.returned
        numbers = reversed(firing) if is_newest_first else iter(firing)
        if not returned:
            return numbers
        stayed = (number for number in numbers if number not in returned)
        return merge(stayed, sorted(returned, reverse=is_newest_first), reverse=is_newest_first)

    def _pulse(self, number: int) -> Pulse:
        return self.known.pulses.get(number) or Pulse(Moment(0), 0, Moment(0), 0)


def _matches(texts: tuple[str, ...], alert: Alert) -> bool:
    matchers = Matchers.compile(texts)
    return not isinstance(matchers, str) and matchers.matches(alert.content.labels)


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event, own or heard. The room's state has moved already."""
    match event:
        case AlertsRepeated():
            count = len(event.alerts)
            _hear(view, event.source, count, stamp.at)
            view.repeated[event.source] = view.repeated.get(event.source, 0) + count
        case AlertsFired():
            _hear(view, event.source, len(event.signals), stamp.at)
        case AlertChanged() | AlertAcknowledged():
            _hear(view, view.known.firing[event.alert].source, 1, stamp.at)
        case AlertResolved(how="signal"):
            _hear(view, view.known.closed[event.alert].source, 1, stamp.at)
        case SignalsDropped():
            count = len(event.keys)
            _hear(view, event.source, count, stamp.at)
            view.dropped[event.source] = view.dropped.get(event.source, 0) + count
        case MemorySet():
            view.memory_ms = event.days * DAY_MS
        case SourceRemoved():
            for table in (view.received, view.repeated, view.dropped, view.heard):
                table.pop(event.source, None)
        case _:
            pass


def _hear(view: View, source: str, signals: int, at: Moment) -> None:
    view.received[source] = view.received.get(source, 0) + signals
    view.heard[source] = at
