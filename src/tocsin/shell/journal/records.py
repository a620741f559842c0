"""A record's own events, by its id. An alert begins in an event that tells of many, which is not filed under its id.

Law: numbers of alerts grow with time, so the event with which one began is found by halving.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.alerts.events import AlertsFired
from tocsin.core.incidents.events import AlertsJoined
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Event
from tocsin.shell.journal.protocol import Readable, Recorded


def record(journal: Readable, subject: str) -> list[Recorded]:
    """A record's own events, from which it can be folded on demand when memory has let it go."""
    number = alert_number(subject)
    began = birth(journal, number) if number is not None else None
    return [*([] if began is None else [began]), *journal.by_subject(subject)]


def alert_number(subject: str) -> int | None:
    """`7` for `ALT-7`, None for what is no alert."""
    return number_of(subject, "ALT") if subject.startswith("ALT-") else None


def birth(journal: Readable, alert: int) -> Recorded | None:
    """The event with which an alert began, cut to that alert; None when the journal knows no such alert."""
    kind = AlertsFired.__name__
    low, high = 0, journal.last_at() + 1
    while high - low > 1:
        middle = (low + high) // 2
        found = next(iter(journal.by_type(kind, middle, high, limit=1)), None)
        if found is None or _fired(found).first > alert:
            high = middle
        else:
            low = found.stamp.at
    told = (narrowed(one, (alert,)) for one in journal.by_type(kind, low, low + 1))
    return next((one for one in told if _fired(one).first == alert), None)


def narrowed(record: Recorded, alerts: Iterable[int]) -> Recorded:
    """An event that tells of many alerts, cut to the first of these that it tells of; any other as it is."""
    event = record.event
    if isinstance(event, AlertsFired):
        for alert in alerts:
            place = alert - event.first
            if 0 <= place < len(event.signals):
                one = AlertsFired(source=event.source, first=alert, signals=(event.signals[place],))
                return Recorded(record.stamp, one)
    return record


def _fired(record: Recorded) -> AlertsFired:
    assert isinstance(record.event, AlertsFired), f"asked for {AlertsFired.__name__}, got {record}"
    return record.event


def alerts_of(event: Event) -> tuple[int, ...]:
    """The alerts an event names."""
    if isinstance(event, AlertsJoined):
        return event.alerts
    alert = getattr(event, "alert", 0)
    return (alert,) if alert else ()
