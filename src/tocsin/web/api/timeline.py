"""An incident's timeline: alerts, pages with what became of them, what people did and said, in one ordered list.

Law: an entry has one place, the sequence of the event that made it; what becomes of a page later changes its entry and
makes no new one.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get

from tocsin.core.incidents import events as incidents
from tocsin.core.notify import events as notify
from tocsin.core.notify.views import PageShown as PageRow
from tocsin.core.notify.views import View as NotifyView
from tocsin.core.notify.views import fold as fold_notify
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Event
from tocsin.shell.detail import titled
from tocsin.shell.i18n import Translator
from tocsin.shell.journal.protocol import Recorded
from tocsin.web.api.cards import Name, PersonShown, canonical, read_subject
from tocsin.web.api.happened import read_happened, step_for
from tocsin.web.call import Call, OneCall, required
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, opened_number, sealed
from tocsin.web.problem import READS
from tocsin.web.words import namer, reasoned, speaker, told

READ_CHUNK = 500
ALERTS_TOLD_MAX = 100
"""Alerts of one entry: a storm is not read line by line."""
FORGOTTEN_READ_MAX = 100_000
"""Events of one old incident that are read to know its pages."""

KINDS: dict[type[Event], str] = {
    incidents.IncidentOpened: "opened",
    incidents.AlertsJoined: "alert",
    incidents.AlertEnded: "alert",
    incidents.AlertReturned: "alert",
    incidents.AlertHushed: "alert",
    incidents.AlertHeard: "alert",
    incidents.NoteAdded: "note",
    incidents.MessagePosted: "message",
    incidents.StatusUpdated: "status",
    notify.PagePlanned: "page",
    notify.RunStarted: "escalation",
    notify.StepReached: "escalation",
    notify.RunEnded: "escalation",
    notify.NobodyReached: "escalation",
}
"""The kind of an entry; any other event of an incident is an `act`."""
MOVES: tuple[type[Event], ...] = (
    notify.PageHeld, notify.PageDue, notify.PageDelivered, notify.PageFailed, notify.PageGivenUp,
    notify.PageCancelled, notify.PageBundled,
)  # fmt: skip
"""What becomes of a page: told in its entry."""


class PageInLine(msgspec.Struct, frozen=True, kw_only=True):
    """A page and what became of it. `state`: `planned`, `held`, `due`, `failed`, `delivered`, `given_up`, `cancelled`,
    `bundled`; `at` is when it came to that. `detail` says why in the client's language, `mend` what to do about it,
    `said` what the other side said. `is_helper`: a person called them by hand."""

    id: str
    user: str
    name: str
    contact: str
    channel: str
    rule: str
    state: str
    detail: str
    mend: str
    said: str
    attempt: int
    rung: int
    is_helper: bool
    due_at: datetime
    sent_at: datetime | None
    at: datetime


class AlertInLine(msgspec.Struct, frozen=True):
    """An alert that joined with others."""

    id: str
    severity: str
    title: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `kind`: `opened`, `alert`, `page`, `escalation`, `act`, `note`, `message`, `status`. `type` is the
    event's class; `text` tells it in the client's language; `body` is what a person wrote. `user` did it, empty for the
    house; `users` it is about. `alert` and `severity` are an alert's, `page` a page's; `id` is the sender's own id of a
    message. Where several alerts joined at once there are `alert_count`, the first of them in `alerts`."""

    seq: int
    at: datetime
    kind: str
    type: str
    actor: str
    user: str
    name: str
    text: str
    body: str
    users: tuple[PersonShown, ...]
    alert: str
    severity: str
    page: PageInLine | None
    id: str
    alert_count: int
    alerts: tuple[AlertInLine, ...]


class Teller:
    """Turns the events of one incident into entries."""

    def __init__(self, call: OneCall, incident: str, pages: dict[str, PageRow]) -> None:
        self._incident = incident
        self._look = call.look
        self._say: Translator = speaker(call)
        self._name: Name = namer(call.look)
        self._pages = pages

    def entry(self, record: Recorded) -> Entry:
        """The entry an event makes."""
        step, event = step_for(self._incident, record), record.event
        by = getattr(event, "by", "") or step.actor
        user = self._look.people.user_of(by) if ":" in by else by
        known = self._look.people.user(user)
        page, joined = self._page(event), _joined(event, self._say.language)
        alone = joined[0] if len(joined) == 1 else None
        return Entry(
            seq=step.seq,
            at=shown(step.at),
            kind=KINDS.get(type(event), "act"),
            type=step.type,
            actor=step.actor,
            user=user if known is not None else "",
            name=known.spec.name if known is not None else "",
            text=self._text(page) if page else told(self._say, step.message_id, step.values, self._name).rstrip(),
            body=str(getattr(event, "text", "")),
            users=self._about(event),
            alert=alone.id if alone else "",
            severity=alone.severity if alone else str(getattr(event, "severity", "")),
            page=page,
            id=event.id if isinstance(event, incidents.MessagePosted) else "",
            alert_count=len(joined),
            alerts=joined[:ALERTS_TOLD_MAX] if len(joined) > 1 else (),
        )

    def _text(self, page: PageInLine) -> str:
        """What became of a page, in one sentence."""
        channel, state = self._say(f"channel.{page.channel}"), self._say(f"page_state.{page.state}")
        named = page.channel if channel.startswith("channel.") else channel
        return self._say("timeline.page", user=page.name, channel=named, state=state)

    def _about(self, event: Event) -> tuple[PersonShown, ...]:
        users = getattr(event, "users", ()) or ((user,) if (user := getattr(event, "user", "")) else ())
        return tuple(PersonShown(user, self._name(user)) for user in users)

    def _page(self, event: Event) -> PageInLine | None:
        if not isinstance(event, notify.PagePlanned):
            return None
        row = self._pages.get(event.page) or self._look.notify.page(event.page)
        if row is None:
            return None
        why = reasoned(self._say, row.detail, row.channel)
        return PageInLine(
            id=row.id, user=row.user, name=self._name(row.user), contact=row.contact, channel=row.channel,
            rule=row.rule, state=row.state, detail=why.words, mend=why.mend, said=why.said,
            attempt=row.attempt, rung=row.step + 1, is_helper=not row.run,
            due_at=shown(row.due_at), sent_at=shown_or_none(row.sent_at),
            at=shown(row.ended_at or row.sent_at or row.planned_at),
        )  # fmt: skip


def _joined(event: Event, language: str) -> tuple[AlertInLine, ...]:
    """The alerts an event is about."""
    if isinstance(event, incidents.AlertsJoined):
        rows = zip(event.alerts, event.severities, event.titles, strict=True)
        return tuple(
            AlertInLine(numbered("ALT", number), severity, titled(language, title)) for number, severity, title in rows
        )
    alert = getattr(event, "alert", 0)
    return (AlertInLine(numbered("ALT", alert), str(getattr(event, "severity", "")), ""),) if alert else ()


@get("/incidents/{incident_id:str}/timeline", responses=READS)
async def timeline(
    call: Call, incident_id: str, limit: Limit = 200, cursor: Cursor = "", kind: str = ""
) -> Page[Entry]:
    """What has happened to the incident and its pages, oldest first, in the client's language. `kind` names the kinds
    wanted, with commas between them; empty for all."""
    id_ = canonical(incident_id)
    after = opened_number(cursor)
    held = call.look.incidents.incident(id_)
    wanted = tuple(one for one in kind.split(",") if one)
    found, is_known = await _wanted(call, id_, after, limit + 1, wanted)
    if not is_known and not after:
        required(held, "incident", incident_id)
    pages = {} if held is not None else await _old_pages(call, id_)
    await call.house.engine.dry()
    teller = Teller(call, id_, pages)
    items = tuple(teller.entry(record) for record in found[:limit])
    return Page(items, sealed(str(items[-1].seq)) if len(found) > limit else "")


async def _wanted(
    call: OneCall, incident: str, after: int, count: int, kinds: tuple[str, ...]
) -> tuple[list[Recorded], bool]:
    """The next events that make an entry, and whether there were any events at all."""
    found: list[Recorded] = []
    is_known = False
    while len(found) < count:
        records = await read_happened(call, incident, after, READ_CHUNK)
        is_known = is_known or bool(records)
        found += [
            record
            for record in records
            if not isinstance(record.event, MOVES) and (not kinds or KINDS.get(type(record.event), "act") in kinds)
        ]
        if len(records) < READ_CHUNK:
            break
        after = records[-1].stamp.seq
    return found[:count], is_known


async def _old_pages(call: OneCall, incident: str) -> dict[str, PageRow]:
    """The pages of an incident that left memory, folded from its own events."""
    view = NotifyView()
    for record in await read_subject(call, incident, 0, FORGOTTEN_READ_MAX):
        if record.event.room == "notify":
            fold_notify(view, record.event, record.stamp)
    return {page.id: page for page in view.pages()}
