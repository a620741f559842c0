"""What time brings to alerts: expiry, silences that begin and end, forgetting.

Law: a tick settles everything due at or before it. When the house itself was away, silence is no proof of recovery:
whoever could not be heard gets a grace to speak again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.core.alerts.decide.known import Known, covers
from tocsin.core.alerts.decide.silences import resettled
from tocsin.core.alerts.events import (
    AlertResolved,
    AlertsEvent,
    AlertsForgotten,
    ExpiriesChecked,
    SilenceExpired,
    SilenceStarted,
)
from tocsin.core.alerts.rules import rule
from tocsin.core.alerts.state import END, START
from tocsin.kernel.message import Accepted, Moment, Tick
from tocsin.kernel.moment import MINUTE_MS, SECOND_MS

GRACE_MS = 5 * MINUTE_MS  # Alertmanager's resolve_timeout: long enough for every sender to repeat
FORGET_MAX = 10_000  # alerts in one event: keeps its row in the journal small


def tick(known: Known, command: Tick, at: Moment, memory_ms: int) -> Accepted:
    """Turn everything due into events. Never refused."""
    expiries, gone = (_grace(known, at), {}) if command.was_deaf else _expiries(known, at)
    due = known.timers.next()
    keys = known.timers.due(at) if due is not None and due <= at else []
    return Accepted((*expiries, *_silences(known, keys, gone, at), *_forgotten(known, at, memory_ms)))


def _grace(known: Known, at: Moment) -> list[AlertsEvent]:
    """Whoever would count as silent before every sender could repeat is given until then."""
    grace_until = Moment(at + GRACE_MS)
    if not known.seconds or known.seconds[0] * SECOND_MS >= grace_until:
        return []
    return [ExpiriesChecked(up_to=Moment(grace_until - 1), grace_until=grace_until)]


def _expiries(known: Known, at: Moment) -> tuple[list[AlertsEvent], Mapping[int, None]]:
    """The alerts that fell silent, and their numbers."""
    if not known.seconds or known.seconds[0] * SECOND_MS > at:
        return [], {}
    silent: dict[int, None] = {}
    ended: list[AlertsEvent] = []
    for second in sorted(_due_seconds(known, at)):
        for number in known.expiries[second]:
            pulse = known.pulses.get(number)
            if pulse is None or pulse.check_s != second or not 0 < pulse.expires_at <= at or number in silent:
                continue
            silent[number] = None
            ended.append(AlertResolved(alert=number, how="expired", ended_at=pulse.expires_at))
    return [*ended, ExpiriesChecked(up_to=at)], silent


def _due_seconds(known: Known, at: Moment) -> Iterator[int]:
    """The seconds of the heap that have come, without looking at those that have not."""
    heap, places = known.seconds, [0]
    while places:
        place = places.pop()
        if place < len(heap) and heap[place] * SECOND_MS <= at:
            yield heap[place]
            places += (2 * place + 1, 2 * place + 2)


def _silences(known: Known, keys: list[str], gone: Mapping[int, None], at: Moment) -> Iterator[AlertsEvent]:
    """The silences that end, those that begin, and what that means for open alerts."""
    ended = [key.removeprefix(END) for key in keys if key.startswith(END)]
    started = [key.removeprefix(START) for key in keys if key.startswith(START)]
    started = [silence for silence in started if known.silences[silence].spec.end_at > at]
    if not ended and not started:
        return
    for silence in ended:
        yield SilenceExpired(silence=silence, by="clock", ended_at=known.silences[silence].spec.end_at)
    for silence in started:
        yield SilenceStarted(silence=silence)
    after = covers(known, at)
    rules = [rule(silence) for silence in started]
    begun = [one for one in after if one.rule in rules]
    yield from resettled(known, after, [rule(silence) for silence in ended], begun, gone)


def _forgotten(known: Known, at: Moment, memory_ms: int) -> Iterator[AlertsEvent]:
    """Closed alerts that leave memory, oldest first."""
    due = known.forget_at(memory_ms)
    if due is None or due > at:
        return
    old: list[int] = []
    for number, alert in known.closed.items():
        if alert.closed_at + memory_ms > at:
            break
        old.append(number)
    for start in range(0, len(old), FORGET_MAX):
        yield AlertsForgotten(alerts=tuple(old[start : start + FORGET_MAX]))
