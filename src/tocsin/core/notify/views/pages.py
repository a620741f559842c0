"""The read model of pages, runs and mailboxes, folded from the room's own events.

Law: what belongs to an incident stays as long as the incident is remembered; what belongs to none, and every mailbox,
keeps its last thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tocsin.core.notify.events import (
    DigestDue,
    HelpEnded,
    NobodyReached,
    PageBundled,
    PageCancelled,
    PageDelivered,
    PageDue,
    PageFailed,
    PageGivenUp,
    PageHeld,
    PagePlanned,
    RunEnded,
    RunResumed,
    RunStarted,
    StepReached,
)
from tocsin.core.notify.rules import MAILBOX
from tocsin.core.notify.state import (
    BUNDLED,
    CANCELLED,
    DELIVERED,
    DUE,
    FAILED,
    GIVEN_UP,
    HELD,
    HELPER,
    PAGE,
    PLANNED,
    TEST,
)
from tocsin.core.notify.views.shown import Letter, Pages, PageShown, PageStep, Rung, RunShown
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Event, Moment, Stamp

MAILBOX_MAX = 1_000
"""Entries of one mailbox: more than anybody scrolls through; the journal has the rest."""
LOOSE_MAX = 1_000
"""Digests and test pages that are remembered."""
RUNGS_MAX = 200
"""Rungs shown of one run: a ladder of twenty steps and nine repeats; later ones replace the oldest."""
STEPS_MAX = 20
"""States remembered of one page: five attempts have eleven; of more, the first and the last ones."""
SCAN_MAX = 50_000
"""Pages looked at for one answer: about 50 ms of the loop all share."""


class Board(msgspec.Struct):
    """Pages by id and incident, the last run of each incident and the one before it, mailboxes (oldest first) and
    counts by channel."""

    pages: dict[str, PageShown] = {}
    by_incident: dict[str, list[str]] = {}
    loose: list[str] = []
    runs: dict[str, RunShown] = {}
    former: dict[str, RunShown] = {}
    mailboxes: dict[str, list[Letter]] = {}
    titles: dict[str, str] = {}
    helps: dict[str, str] = {}
    delivered: dict[str, int] = {}
    failed: dict[str, int] = {}
    given_up: dict[str, int] = {}
    delay_ms_last: int = 0
    page_last: int = 0

    def fold(self, event: Event, stamp: Stamp) -> None:
        """Fold one event of the room."""
        match event:
            case PagePlanned():
                self._planned(event, stamp)
            case HelpEnded():
                self.helps[event.incident] = event.why
            case PageHeld():
                self._move(event.page, HELD, stamp.at, event.why)
            case PageDue():
                self._due(event, stamp)
            case PageFailed():
                self._add(self.failed, event.page)
                self._move(event.page, FAILED, stamp.at, event.detail)
            case PageDelivered():
                self._delivered(event, stamp)
            case PageGivenUp():
                self._add(self.given_up, event.page)
                self._ended(event.page, GIVEN_UP, event.reason, stamp.at)
            case PageCancelled():
                self._ended(event.page, CANCELLED, event.why, stamp.at)
            case PageBundled():
                self._move(event.page, BUNDLED, stamp.at, event.into, detail="", into=event.into)
            case DigestDue():
                self._digest(event, stamp)
            case _:
                self._fold_run(event, stamp)

    def _fold_run(self, event: Event, stamp: Stamp) -> None:
        match event:
            case RunStarted():
                if event.incident in self.runs:
                    self.former[event.incident] = self.runs[event.incident]
                self.runs[event.incident] = RunShown(
                    event.incident, event.run, event.ladder, event.revision, event.urgency, event.user, event.why,
                    stamp.at,
                )  # fmt: skip
            case StepReached():
                run = self.runs[event.incident]
                rung = Rung(
                    event.round, event.step, stamp.at, event.users, event.next_at, event.late_ms, ends_at=event.ends_at
                )
                self.runs[event.incident] = msgspec.structs.replace(
                    run, rungs=(*run.rungs, rung)[-RUNGS_MAX:], ended="", ended_at=Moment(0)
                )
            case RunResumed():
                self._resumed(event, stamp.at)
            case NobodyReached():
                self._nobody(event)
            case RunEnded():
                run = self.runs[event.incident]
                self.runs[event.incident] = msgspec.structs.replace(run, ended=event.why, ended_at=stamp.at)
            case _:
                pass

    def _resumed(self, event: RunResumed, at: Moment) -> None:
        run = self.runs[event.incident]
        if run.number != event.run:  # the one before it goes on
            self.runs[event.incident], self.former[event.incident] = self.former[event.incident], run
            run = self.runs[event.incident]
        rung = msgspec.structs.replace(run.rungs[-1], next_at=event.next_at, ends_at=event.ends_at)
        is_over = not event.next_at and not event.ends_at
        self.runs[event.incident] = msgspec.structs.replace(
            run, rungs=(*run.rungs[:-1], rung), ended="exhausted" if is_over else "",
            ended_at=run.ended_at if is_over else Moment(0), resumed_at=at,
        )  # fmt: skip

    def _nobody(self, event: NobodyReached) -> None:
        run = self.runs[event.incident]
        rungs = run.rungs
        if event.why in ("nobody_on_call", "ladder_empty") and rungs:
            rungs = (*rungs[:-1], msgspec.structs.replace(rungs[-1], nobody=event.why))
        alarms = tuple(dict.fromkeys((*run.alarms, event.why)))
        self.runs[event.incident] = msgspec.structs.replace(run, rungs=rungs, alarms=alarms)

    def _planned(self, event: PagePlanned, stamp: Stamp) -> None:
        run = self.runs.get(event.incident) if event.run else None
        rung = run.rungs[-1] if run is not None and run.rungs else None
        kind = PAGE if event.run else HELPER if event.incident else TEST
        if kind == HELPER:
            self.helps[event.incident] = ""
        self._keep(
            PageShown(
                event.page, kind, event.incident, event.run, event.user, event.contact, event.channel, event.rule,
                PLANNED, stamp.at, event.due_at, round=rung.round if rung else 0, step=rung.step if rung else 0,
                incidents=(event.incident,) if event.incident else (),
                steps=(PageStep(stamp.at, PLANNED),),
            )
        )  # fmt: skip
        if event.channel == MAILBOX:
            kind = "notice" if event.rule == "admins" else kind
            title = self.titles.get(event.incident, "")
            box = self.mailboxes.setdefault(event.user, [])
            box.append(Letter(event.page, event.incident, event.run, stamp.at, title, kind))
            del box[:-MAILBOX_MAX]

    def _digest(self, event: DigestDue, stamp: Stamp) -> None:
        first = self.pages.get(event.page)
        steps = (*(first.steps if first else ()), PageStep(stamp.at, DUE))
        planned_at = first.planned_at if first else stamp.at
        due_at = min((self.pages[id_].due_at for id_ in event.pages if id_ in self.pages), default=planned_at)
        self._keep(
            PageShown(
                event.page, "digest", "", 0, event.user, event.contact, event.channel, event.why, DUE, planned_at,
                first.due_at if first else due_at, event.attempt, stamp.at, incidents=event.incidents,
                carries=event.pages, steps=_bounded(steps),
            )
        )  # fmt: skip

    def _keep(self, page: PageShown) -> None:
        if page.id not in self.pages:
            self.page_last = max(self.page_last, number_of(page.id, "PG") or 0)
            if page.incident:
                self.by_incident.setdefault(page.incident, []).append(page.id)
            else:
                self.loose.append(page.id)
                if len(self.loose) > LOOSE_MAX:
                    self.pages.pop(self.loose.pop(0), None)
        self.pages[page.id] = page

    def _delivered(self, event: PageDelivered, stamp: Stamp) -> None:
        self._add(self.delivered, event.page)
        page = self.pages.get(event.page)
        if page is not None and page.channel != MAILBOX:
            self.delay_ms_last = max(0, stamp.at - page.due_at)
        self._ended(event.page, DELIVERED, event.detail, stamp.at)

    def _due(self, event: PageDue, stamp: Stamp) -> None:
        page = self.pages.get(event.page)
        late_ms = max(event.late_ms, page.late_ms if page is not None else 0)
        self._move(event.page, DUE, stamp.at, detail="", attempt=event.attempt, sent_at=stamp.at, late_ms=late_ms)

    def _ended(self, id_: str, state: str, detail: str, at: Moment) -> None:
        """What a digest carries ends as the digest does, unless it was taken out of it."""
        digest = self.pages.get(id_)
        for carried in digest.carries if digest is not None and state != CANCELLED else ():
            if carried in self.pages and self.pages[carried].state == BUNDLED:
                self._move(carried, state, at, detail, detail="", ended_at=at)
        self._move(id_, state, at, detail, ended_at=at)

    def _move(self, id_: str, state: str, at: Moment, reason: str = "", **fields: Any) -> None:
        """A page whose incident was forgotten meanwhile is not shown any more."""
        page = self.pages.get(id_)
        if page is not None:
            steps = _bounded((*page.steps, PageStep(at, state, reason)))
            self.pages[id_] = msgspec.structs.replace(
                page, **{"state": state, "detail": reason, "steps": steps} | fields
            )

    def _add(self, counts: dict[str, int], id_: str) -> None:
        page = self.pages.get(id_)
        channel = page.channel if page is not None else "unknown"
        counts[channel] = counts.get(channel, 0) + 1

    def find(
        self, user: str, channels: tuple[str, ...], states: tuple[str, ...], incident: str, before: int, limit: int
    ) -> Pages:
        """Pages, newest first, that meet every condition given. An answer may be short and yet not the last: the look
        at SCAN_MAX pages ended first."""
        found: list[PageShown] = []
        for looked, id_ in enumerate(self._newest(incident, before), 1):
            page = self.pages.get(id_)
            if (
                page is not None
                and (not user or page.user == user)
                and (not channels or page.channel in channels)
                and (not states or page.state in states)
            ):
                found.append(page)
            if len(found) >= limit or looked >= SCAN_MAX:
                number = number_of(id_, "PG") or 0
                return Pages(tuple(found), number if number > 1 else 0)
        return Pages(tuple(found), 0)

    def _newest(self, incident: str, before: int) -> Iterator[str]:
        if incident:
            ids = reversed(self.by_incident.get(incident, []))
            return (id_ for id_ in ids if not before or (number_of(id_, "PG") or 0) < before)
        return (numbered("PG", number) for number in range((before or self.page_last + 1) - 1, 0, -1))

    def forget(self, incidents: tuple[str, ...]) -> None:
        """Let go of what belongs to incidents that left memory; mailboxes keep their entries."""
        for incident in incidents:
            for page in self.by_incident.pop(incident, []):
                self.pages.pop(page, None)
            self.runs.pop(incident, None)
            self.former.pop(incident, None)
            self.titles.pop(incident, None)
            self.helps.pop(incident, None)


def _bounded(steps: tuple[PageStep, ...]) -> tuple[PageStep, ...]:
    """The first state and the last ones."""
    return steps if len(steps) <= STEPS_MAX else (steps[0], *steps[1 - STEPS_MAX :])
