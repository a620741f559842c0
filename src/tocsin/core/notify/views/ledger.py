"""The ledger of fates: what became of every signal, and that nothing is missing.

Law: every accepted signal has exactly one fate. A repeat, a change, an acknowledgement and a recovery are merged into
their alert as they come. A firing signal is pending until its incident has paged (`paged`, if it opened the incident;
`merged` into the incident, if it joined one), until a rule suppresses it, or until it is over or answered before
anybody was paged. Moving a signal takes it from one column and puts it into another, so the sum never changes.
"""

from __future__ import annotations

import msgspec

from tocsin.core.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertReleased,
    AlertReopened,
    AlertResolved,
    AlertsFired,
    AlertsForgotten,
    AlertsRepeated,
    AlertSuppressed,
    SignalsDropped,
)
from tocsin.core.incidents.events import (
    NO_ROUTE,
    ActUndone,
    AlertHeard,
    AlertHushed,
    AlertsJoined,
    AlertUnrouted,
    IncidentAcknowledged,
    IncidentMerged,
    IncidentOpened,
    IncidentResolved,
    IncidentsForgotten,
    IncidentTriggered,
)
from tocsin.core.intake.events import DeadLetterKept
from tocsin.kernel.message import Event

PAGED, MERGED, SUPPRESSED, DEAD_LETTERED, PENDING = "paged", "merged", "suppressed", "dead_lettered", "pending"
FATES = (PAGED, MERGED, SUPPRESSED, DEAD_LETTERED, PENDING)
RESOLVED_FIRST, ANSWERED_FIRST = "resolved_before_page", "acknowledged_before_page"
"""Rules of the house: nobody is paged for what is over or answered already."""
RULES_MAX = 1_000
"""Rules counted by name; silences come and go for years, so later ones are counted together by kind."""

HEARS: tuple[type[Event], ...] = (
    AlertsFired, AlertsRepeated, AlertChanged, AlertAcknowledged, AlertResolved, AlertReopened, AlertSuppressed,
    AlertReleased, AlertsForgotten, SignalsDropped, DeadLetterKept, IncidentOpened, AlertsJoined, AlertUnrouted,
    AlertHushed, AlertHeard, IncidentAcknowledged, IncidentResolved, IncidentMerged, IncidentsForgotten,
    IncidentTriggered, ActUndone,
)  # fmt: skip


class Fate(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What became of a signal that fired an alert. `incident` is the one it opened; `into` what it was merged into;
    `rule` and `revision` what suppressed it."""

    kind: str = PENDING
    incident: str = ""
    into: str = ""
    rule: str = ""
    revision: int = 0


UNDECIDED = Fate()
"""The fate of an alert as it fires."""


class Ledger(msgspec.Struct, frozen=True):
    """The fates of all signals so far. `suppressed` by rule (`silence:<id>@<revision>`, `no_route@<revision>`,
    `no_open_alert`, `out_of_date`, `resolved_before_page`, `acknowledged_before_page`)."""

    received: int
    paged: int
    merged: int
    suppressed: dict[str, int]
    dead_lettered: int
    pending: int

    def by_fate(self) -> dict[str, int]:
        """Signals by the name of their fate."""
        return {
            PAGED: self.paged,
            MERGED: self.merged,
            SUPPRESSED: sum(self.suppressed.values()),
            DEAD_LETTERED: self.dead_lettered,
            PENDING: self.pending,
        }


class Book(msgspec.Struct):
    """The columns, the fates of the alerts that are remembered, who opened which incident (0: a person did), and what
    an incident that paged, or needs no page, makes of a signal a rule lets go of. The alerts merged into an incident
    share one fate."""

    received: int = 0
    columns: dict[str, int] = {}
    rules: dict[str, int] = {}
    fates: dict[int, Fate] = {}
    openers: dict[str, int] = {}
    settled: dict[str, Fate] = {}
    merged: dict[str, Fate] = {}

    def ledger(self) -> Ledger:
        """The columns now."""
        count = self.columns.get
        return Ledger(
            self.received,
            count(PAGED, 0),
            count(MERGED, 0),
            dict(self.rules),
            count(DEAD_LETTERED, 0),
            count(PENDING, 0),
        )

    def balance(self) -> None:
        """Assert that every received signal is in exactly one column."""
        ledger = self.ledger()
        total = sum(ledger.by_fate().values())
        assert ledger.received == total, f"{ledger.received} signals were received, {total} have a fate: {ledger}"
        assert min([0, *ledger.by_fate().values(), *self.rules.values()]) == 0, f"a column is below zero: {ledger}"

    def page_delivered(self, incident: str) -> None:
        """A page of the incident arrived: the signal that opened it is paged."""
        self._settle(incident, Fate(PAGED, incident), Fate(MERGED, into=incident))

    def fold(self, event: Event) -> None:
        """Fold one event of a room below. The commonest come first."""
        match event:
            case AlertsJoined():
                self._join_all(event.incident, event.alerts)
            case AlertsRepeated():
                self._count(MERGED, len(event.alerts))
            case AlertsFired():
                self._count(PENDING, len(event.signals))
                self.fates.update(dict.fromkeys(range(event.first, event.first + len(event.signals)), UNDECIDED))
            case AlertChanged() | AlertAcknowledged():
                self._count(MERGED, 1)
            case AlertResolved():
                self._count(MERGED, 1 if event.how == "signal" else 0)
                self._over(event.alert)
            case AlertReopened():
                self._return(event.alert)
            case SignalsDropped():
                self._count(SUPPRESSED, len(event.keys), event.rule)
            case DeadLetterKept():
                self._count(DEAD_LETTERED, 1)
            case AlertSuppressed() | AlertHushed() | AlertUnrouted():
                self._suppress(event.alert, event.rule, event.revision)
            case AlertReleased() | AlertHeard():
                self._release(event.alert)
            case AlertsForgotten():
                for alert in event.alerts:
                    self.fates.pop(alert, None)
            case _:
                self._fold_incident(event)

    def _fold_incident(self, event: Event) -> None:
        match event:
            case IncidentOpened():
                if event.by:
                    self.openers[event.incident] = 0
            case IncidentResolved():
                if event.how != "merged":
                    self._unpaged(event.incident, RESOLVED_FIRST)
            case IncidentAcknowledged():
                self._unpaged(event.incident, ANSWERED_FIRST)
            case IncidentTriggered() | ActUndone(is_calling=True):
                if event.incident in self.settled and self.settled[event.incident].kind == SUPPRESSED:
                    del self.settled[event.incident]
                is_unpaged = event.incident not in self.settled
                if is_unpaged and (isinstance(event, ActUndone) or event.why == "opened"):
                    self._wait_again(event.incident)
            case IncidentMerged():
                merged = Fate(MERGED, into=event.into)
                self._settle(event.incident, merged, merged)
            case IncidentsForgotten():
                for incident in event.incidents:
                    self.openers.pop(incident, None)
                    self.settled.pop(incident, None)
                    self.merged.pop(incident, None)
            case _:
                pass

    def _join_all(self, incident: str, alerts: tuple[int, ...]) -> None:
        """Let alerts join. Nearly all are new and come to an incident that has one: they are counted together."""
        moved = 0
        fates, merged = self.fates, self.merged.get(incident)
        for alert in alerts:
            if merged is not None and fates.get(alert) is UNDECIDED:
                fates[alert] = merged
                moved += 1
            else:
                self._join(incident, alert)
                merged = self.merged.get(incident)
        columns = self.columns
        columns[PENDING] = columns.get(PENDING, 0) - moved
        columns[MERGED] = columns.get(MERGED, 0) + moved

    def _join(self, incident: str, alert: int) -> None:
        """The first alert of an incident opened it; whoever comes later is merged into it. One that no
        route took has found its route, by a change of its own or of the tree: it waits for its page like any other."""
        fate = self.fates.get(alert)
        if fate is not None and fate.kind == SUPPRESSED and fate.rule == NO_ROUTE:
            fate = Fate()
            self._move(alert, fate)
        if incident not in self.openers:
            self.openers[incident] = alert
            if fate is not None and fate.kind == SUPPRESSED and not fate.incident:
                self.fates[alert] = msgspec.structs.replace(fate, incident=incident)
            elif fate is not None and fate.kind in (PENDING, MERGED) and not fate.incident:
                self._move(alert, Fate(PENDING, incident))
        elif fate is not None and fate.kind == PENDING and not fate.incident:
            merged = self.merged.get(incident)
            if merged is None:
                merged = self.merged[incident] = Fate(MERGED, into=incident)
            self._move(alert, merged)

    def _suppress(self, alert: int, rule: str, revision: int) -> None:
        if self._is(alert, PENDING):
            self._move(alert, Fate(SUPPRESSED, self.fates[alert].incident, rule=rule, revision=revision))

    def _release(self, alert: int) -> None:
        """The rule lets go: the signal waits for its page again, unless its incident was settled meanwhile."""
        if self._is(alert, SUPPRESSED) and self.fates[alert].rule not in (RESOLVED_FIRST, ANSWERED_FIRST):
            incident = self.fates[alert].incident
            self._move(alert, self.settled.get(incident) or Fate(PENDING, incident))

    def _over(self, alert: int) -> None:
        """An alert ended: if it opened nothing and joined nothing, nobody was or will be paged for it."""
        if self._is(alert, PENDING) and not self.fates[alert].incident:
            self._move(alert, Fate(SUPPRESSED, rule=RESOLVED_FIRST))

    def _return(self, alert: int) -> None:
        """An alert came back: what silenced it may be over, or is told next. One without a route has none still."""
        if self._is(alert, SUPPRESSED) and self.fates[alert].rule != NO_ROUTE:
            self._release(alert)

    def _wait_again(self, incident: str) -> None:
        """The incident calls again, so the signal that opened it waits for its page as before."""
        alert = self.openers.get(incident, 0)
        if self._is(alert, SUPPRESSED) and self.fates[alert].rule in (RESOLVED_FIRST, ANSWERED_FIRST):
            self._move(alert, Fate(PENDING, incident))

    def _unpaged(self, incident: str, rule: str) -> None:
        if incident not in self.settled:
            fate = Fate(SUPPRESSED, incident, rule=rule)
            self._settle(incident, fate, fate)

    def _settle(self, incident: str, opener: Fate, released: Fate) -> None:
        """The incident paged or needs no page: what this makes of its opener, now or when a rule lets go of it."""
        self.settled[incident] = released
        alert = self.openers.get(incident, 0)
        if self._is(alert, PENDING):
            self._move(alert, opener)

    def _is(self, alert: int, kind: str) -> bool:
        fate = self.fates.get(alert)
        return fate is not None and fate.kind == kind

    def _count(self, kind: str, signals: int, rule: str = "") -> None:
        self.received += signals
        self._add(kind, signals, rule)

    def _move(self, alert: int, fate: Fate) -> None:
        old = self.fates[alert]
        self._add(old.kind, -1, _named(old))
        self._add(fate.kind, 1, _named(fate))
        self.fates[alert] = fate

    def _add(self, kind: str, signals: int, rule: str) -> None:
        if kind != SUPPRESSED:
            self.columns[kind] = self.columns.get(kind, 0) + signals
            return
        column = rule if rule in self.rules or (len(self.rules) < RULES_MAX and signals > 0) else _kind_of(rule)
        self.rules[column] = self.rules.get(column, 0) + signals
        if not self.rules[column]:
            del self.rules[column]


def _named(fate: Fate) -> str:
    return f"{fate.rule}@{fate.revision}" if fate.revision else fate.rule


def _kind_of(rule: str) -> str:
    return rule.partition(":")[0].partition("@")[0]
