"""Why something happened: from an event back to the signal, the tick or the person it began with.

Law: only what the journal says counts. Most events name their cause. One that time brought names none, but its
record tells which earlier event set that timer; one decided together with others stands behind those it rests on.
Both are in FOLLOWS. Words are message ids `why.<EventClass>` with values; whoever shows them has the language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tocsin.core.alerts import events as alerts
from tocsin.core.incidents import events as incidents
from tocsin.core.notify import events as notify
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Event, Moment
from tocsin.shell.journal.protocol import Readable, Recorded
from tocsin.shell.journal.records import alerts_of, narrowed, record

Value = str | int

FOLLOWS: dict[type[Event], tuple[tuple[type[Event], ...], str]] = {
    incidents.IncidentTriggered: (
        (
            incidents.IncidentOpened, incidents.IncidentReopened, incidents.IncidentSnoozed,
            incidents.IncidentReassigned, incidents.IncidentUnmuted, incidents.IncidentEscalated,
            incidents.IncidentAcknowledged,
        ),
        "incident",
    ),
    incidents.AlertsJoined: ((incidents.IncidentOpened,), "incident"),
    notify.StepReached: ((notify.StepReached, notify.RunStarted, notify.RunResumed), "run"),
    notify.NobodyReached: ((notify.StepReached, notify.PageGivenUp, notify.RunStarted, notify.RunResumed), "incident"),
    notify.RunEnded: ((notify.StepReached, notify.NobodyReached), "incident"),
    notify.PagePlanned: ((notify.StepReached, notify.PageGivenUp, notify.RunResumed), "incident"),
    notify.PageHeld: ((notify.PagePlanned,), "page"),
    notify.PageBundled: ((notify.PageHeld, notify.PagePlanned), "page"),
    notify.PageDue: ((notify.PageFailed, notify.PageHeld, notify.PagePlanned), "page"),
    notify.PageDelivered: ((notify.PageDue, notify.DigestDue, notify.PagePlanned), "page"),
    notify.PageFailed: ((notify.PageDue, notify.DigestDue), "page"),
    notify.PageGivenUp: ((notify.PageFailed, notify.PageDue, notify.DigestDue, notify.PagePlanned), "page"),
    alerts.AlertResolved: ((alerts.AlertChanged, alerts.AlertsFired), "alert"),
    alerts.AlertReleased: ((alerts.AlertSuppressed,), "alert"),
    alerts.AlertSuppressed: ((alerts.AlertReopened, alerts.AlertChanged, alerts.AlertsFired), "alert"),
    alerts.SilenceStarted: ((alerts.SilenceSet,), "silence"),
    alerts.SilenceExpired: ((alerts.SilenceSet,), "silence"),
}  # fmt: skip
"""Behind which earlier events of the same record, with the same value in this field, an event stands: the nearest."""

TELLING: tuple[type[Event], ...] = (
    notify.PageDelivered, notify.DigestDue, notify.PageDue, notify.PageGivenUp, notify.NobodyReached,
    incidents.IncidentTriggered,
)  # fmt: skip
"""What people mean when they ask why of an incident or a page, most telling first."""
MAILBOX = "mailbox"
"""The channel of the pages that only lie there to be seen."""
TIMED = ("clock", "outbox")
"""Actors whose commands name no cause: time, and receipts."""


class RuleVersion(msgspec.Struct, frozen=True):
    """A rule that applied, and in which revision: `ladder:db`, 3."""

    rule: str
    revision: int


class Step(msgspec.Struct, frozen=True):
    """One link of the chain. `message_id` and `values` are its words; `rules` the rule versions it names."""

    seq: int
    at: Moment
    type: str
    subject: str
    actor: str
    message_id: str
    values: dict[str, Value]
    rules: tuple[RuleVersion, ...]


class Why(msgspec.Struct, frozen=True):
    """The chain, the beginning first. `root` is what it began with: `signal`, `tick`, `person`, `house`."""

    ref: str
    root: str
    steps: tuple[Step, ...]


def why(journal: Readable, ref: str) -> Why | None:
    """The chain that led to a sequence (`42`), incident (`INC-7`), page (`PG-3`), alert (`ALT-9`) or any other subject;
    None when the journal knows nothing of it."""
    walk = _Walk(journal)
    record = walk.telling(ref)
    if record is None:
        return None
    chain = [record]
    while (before := walk.before(chain[-1])) is not None:
        assert before.stamp.seq < chain[-1].stamp.seq, f"event {chain[-1].stamp.seq} is caused by a later one"
        chain.append(before)
    chain.reverse()
    return Why(ref, root_of(chain[0]), tuple(step_of(record) for record in chain))


def step_of(record: Recorded) -> Step:
    """An event in the words of a chain."""
    stamp, event = record.stamp, record.event
    name, values = type(event).__name__, values_of(event)
    message_id = f"why.{name}.many" if values.get("count", 1) != 1 else f"why.{name}"
    subject = numbered("ALT", event.first) if isinstance(event, alerts.AlertsFired) else event.subject()
    return Step(stamp.seq, stamp.at, name, subject, stamp.actor, message_id, values, rules_of(event))


def root_of(record: Recorded) -> str:
    """What an uncaused event began with."""
    kind = record.stamp.actor.partition(":")[0]
    return {"source": "signal", "clock": "tick", "user": "person", "key": "person"}.get(kind, "house")


def values_of(event: Event) -> dict[str, Value]:
    """The plain fields of an event, texts joined by commas; of its content or spec the title or name; of what tells of
    many alerts their number and the first."""
    match event:
        case alerts.AlertsFired():
            title, count = event.signals[0].content.title, len(event.signals)
            return {"source": event.source, "alert": event.first, "title": title, "count": count}
        case incidents.AlertsJoined():
            title, count = event.titles[0], len(event.alerts)
            return {"incident": event.incident, "alert": event.alerts[0], "title": title, "count": count}
        case _:
            return _plain_values(event)


def _plain_values(event: Event) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for field in event.__struct_fields__:
        value = getattr(event, field)
        if isinstance(value, str | int):
            values[field] = value
        elif isinstance(value, tuple) and all(isinstance(item, str | int) for item in value):
            values[field] = ", ".join(map(str, value))
        elif isinstance(value, msgspec.Struct):
            for part in ("title", "name"):
                if isinstance(text := getattr(value, part, None), str):
                    values[part] = text
    return values


def rules_of(event: Event) -> tuple[RuleVersion, ...]:
    """The rule versions an event names in its fields."""
    rules = []
    if revision := getattr(event, "routes_revision", 0):
        rules.append(RuleVersion(f"route:{getattr(event, 'route', '')}", revision))
    if revision := getattr(event, "revision", 0):
        rules.append(RuleVersion(_rule_name(event), revision))
    return tuple(rules)


def _rule_name(event: Event) -> str:
    for kind in ("rule", "ladder", "schedule", "source", "silence"):
        if name := getattr(event, kind, ""):
            return name if kind == "rule" else f"{kind}:{name}"
    return event.subject()


class _Walk:
    """One question's way through the journal; each record is read once."""

    def __init__(self, journal: Readable) -> None:
        self.journal = journal
        self.alert = 0
        self._records: dict[str, list[Recorded]] = {}

    def of(self, subject: str) -> list[Recorded]:
        """The events of a record, in order."""
        if subject not in self._records:
            self._records[subject] = record(self.journal, subject)
        return self._records[subject]

    def telling(self, ref: str) -> Recorded | None:
        """The event a reference means."""
        if ref.isdecimal():
            return self.journal.event(int(ref))
        ref = ref.upper() if ref[:4].upper() in {"INC-", "ALT-"} or ref[:3].upper() == "PG-" else ref
        if ref.startswith("PG-"):
            return _most_telling(pages(self.journal, ref))
        if (number := number_of(ref, "ALT")) is not None and ref.startswith("ALT-"):
            self.alert, own = number, self.of(numbered("ALT", number))
            homes = [joined.event.subject() for joined in joins(self.journal, number, own)]
            return _most_telling(self.of(homes[-1]) if homes else own)
        return _most_telling(self.of(ref))

    def before(self, record: Recorded) -> Recorded | None:
        """The event behind this one; None for the beginning."""
        stamp = record.stamp
        for nearest in reversed(self._followed(record)):
            other = nearest.stamp
            is_same_decision = (other.correlation, other.cause) == (stamp.correlation, stamp.cause)
            if is_same_decision or stamp.actor in TIMED:
                return nearest
        cause = self.journal.event(stamp.cause) if stamp.cause else None
        return None if cause is None else narrowed(cause, self._alerts_behind(record))

    def _alerts_behind(self, record: Recorded) -> list[int]:
        """The alerts on account of which an event happened, the one that was asked for first, then the one that gave
        its incident the title."""
        event, cause = record.event, record.stamp.cause
        if own := alerts_of(event):
            return list(own)
        joins = [each for each in self.of(event.subject()) if each.stamp.cause == cause]
        titles = {
            alert: title
            for each in joins
            if isinstance(each.event, incidents.AlertsJoined)
            for alert, title in zip(each.event.alerts, each.event.titles, strict=True)
        }
        title = getattr(event, "title", "")
        return sorted(titles, key=lambda alert: (alert != self.alert, titles[alert] != title))

    def _followed(self, record: Recorded) -> list[Recorded]:
        """Earlier events this one may stand behind, the nearest last."""
        event = record.event
        if isinstance(event, notify.DigestDue):
            return list(self._earlier(record, event.incidents[0], (notify.PageBundled,), ""))
        classes, key = FOLLOWS.get(type(event), ((), ""))
        found = list(self._earlier(record, event.subject(), classes, key))
        if isinstance(event, alerts.AlertSuppressed):
            found += self._earlier(
                record, event.rule.removeprefix("silence:"), (alerts.SilenceSet, alerts.SilenceStarted), ""
            )
        return sorted(found, key=lambda earlier: earlier.stamp.seq)

    def _earlier(
        self, record: Recorded, subject: str, classes: tuple[type[Event], ...], key: str
    ) -> Iterator[Recorded]:
        for earlier in self.of(subject) if classes else ():
            if earlier.stamp.seq >= record.stamp.seq:
                return
            if isinstance(earlier.event, classes) and (
                not key or getattr(earlier.event, key, None) in (None, getattr(record.event, key, None))
            ):
                yield earlier


def pages(journal: Readable, page: str) -> list[Recorded]:
    """The events of one page. A page of an incident is found by reading the pages that were planned."""
    own = record(journal, page)
    if own:
        return own
    for planned in journal.by_type(notify.PagePlanned.__name__):
        if getattr(planned.event, "page", "") == page:
            incident = planned.event.subject()
            return [each for each in journal.by_subject(incident) if getattr(each.event, "page", "") == page]
    return []


def joins(journal: Readable, alert: int, own: list[Recorded]) -> Iterator[Recorded]:
    """The events by which an alert, given with its own events, joined incidents: because of itself, or because a new
    tree took what an older one had left."""
    causes = [each.stamp.seq for each in own]
    for each in own:
        if isinstance(each.event, incidents.AlertUnrouted):
            trees = journal.by_type(incidents.RoutesSet.__name__, each.stamp.at)
            causes += [tree.stamp.seq for tree in trees if tree.stamp.seq > each.stamp.seq]
    for seq in dict.fromkeys(causes):
        for caused in journal.by_cause(seq):
            if isinstance(caused.event, incidents.AlertsJoined) and alert in caused.event.alerts:
                yield caused


def silent(records: Sequence[Recorded]) -> dict[str, None]:
    """The pages among these that only lie in a mailbox: they wake nobody."""
    planned = (each.event for each in records if isinstance(each.event, notify.PagePlanned))
    return {event.page: None for event in planned if event.channel == MAILBOX}


def _most_telling(records: list[Recorded]) -> Recorded | None:
    mailed = silent(records)
    loud = [each for each in records if getattr(each.event, "page", "") not in mailed]
    for candidates in (loud, records):
        for cls in TELLING:
            found = [each for each in candidates if isinstance(each.event, cls)]
            if found:
                return found[-1]
    return records[-1] if records else None
