"""Incidents as clients see them: a row of a list, and the whole of one.

Law: beside each id stands what it is called, so that a list needs no second question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec

from tocsin.core.incidents.views import Incident, Member, fold_incident
from tocsin.core.notify.views import PageShown as PageRow
from tocsin.core.world import Views
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Moment
from tocsin.shell.brief import description_of, runbook_of
from tocsin.shell.detail import titled
from tocsin.shell.i18n import Translator
from tocsin.shell.journal.protocol import Recorded
from tocsin.web.call import OneCall
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.words import namer, reasoned, speaker

MEMBERS_SHOWN_MAX = 1_000
"""Alerts shown in an incident; `alert_count` counts all."""
ASSIGNEES_SHOWN_MAX = 20
MAILBOX = "mailbox"
Name = Callable[[str], str]


class PersonShown(msgspec.Struct, frozen=True):
    """Somebody, and what they are called."""

    user: str
    name: str


class MemberShown(msgspec.Struct, frozen=True, kw_only=True):
    """An alert in an incident; `rule` keeps it from paging, empty for nothing. `count` is how often its sender said it,
    0 when memory holds it no more."""

    alert: str
    title: str
    severity: str
    source: str
    count: int
    joined_at: datetime
    ended_at: datetime | None
    rule: str


class ResponderShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was told, and how their latest page stands; a page to a real contact counts before the mailbox.
    `detail` says why in the client's language. `is_reachable`: they have a verified contact. `is_helper`: a person
    called them by hand."""

    user: str
    name: str
    page: str
    contact: str
    channel: str
    state: str
    detail: str
    at: datetime
    rung: int
    is_helper: bool
    is_reachable: bool


class IncidentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An incident in a list. `status` is `triggered`, `acknowledged` or `resolved`; `state` the one word for how it
    stands: also `waiting` (its group wait is not over), `snoozed`, `muted`, `merged`. `assignees` have it: who
    acknowledged it, else whom it was given to, else who is being called. `status_text` is what a person last said."""

    id: str
    title: str
    status: str
    state: str
    severity: str
    urgency: str
    priority: str
    service: str
    service_name: str
    team: str
    team_name: str
    ladder: str
    ladder_name: str
    user: str
    assignees: tuple[PersonShown, ...]
    opened_at: datetime
    opened_by: str
    opened_by_name: str
    triggered_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledged_by_name: str
    acknowledged_until: datetime | None
    resolved_at: datetime | None
    resolved_by: str
    resolved_by_name: str
    how: str
    is_waiting: bool
    snoozed_until: datetime | None
    muted_by: str
    merged_into: str
    reopened: int
    group_labels: dict[str, str]
    alert_count: int
    alert_open_count: int
    message_count: int
    note_count: int
    status_text: str
    status_at: datetime | None
    status_by: str
    status_by_name: str


class IncidentShown(IncidentRow, frozen=True, kw_only=True):
    """The whole of an incident. `next_rung_at`: when the next rung is told unless somebody answers."""

    route: str
    routes_revision: int
    details: str
    description: str
    runbook: str
    next_rung_at: datetime | None
    responders: tuple[ResponderShown, ...]
    alerts: tuple[MemberShown, ...]


def show_row(call: OneCall, row: Incident) -> IncidentRow:
    """An incident for a list."""
    return IncidentRow(**_row(call, row))  # type: ignore[arg-type]


def show_incident(call: OneCall, row: Incident) -> IncidentShown:
    """The whole of an incident."""
    look, say = call.look, speaker(call)
    run = look.notify.run(row.id)
    next_at = run.rungs[-1].next_at if run is not None and run.rungs and not run.ended else 0
    return IncidentShown(
        **_row(call, row),  # type: ignore[arg-type]
        route=row.route,
        routes_revision=row.routes_revision,
        details=row.details,
        description=description_of(look, row),
        runbook=runbook_of(look, row),
        next_rung_at=shown_or_none(next_at),
        responders=_responders(look, row.id, namer(look), say),
        alerts=tuple(
            _member(look, number, one, say.language) for number, one in list(row.alerts.items())[:MEMBERS_SHOWN_MAX]
        ),
    )


def _row(call: OneCall, row: Incident) -> dict[str, object]:
    look, name = call.look, namer(call.look)
    team = look.incidents.team_of(row)
    service = look.items.service(row.service) if row.service else None
    ladder = look.oncall.ladder(row.ladder) if row.ladder else None
    owner = look.people.team(team) if team else None
    return {
        "id": row.id, "title": titled(speaker(call).language, row.title),
        "status": row.status, "state": state_of(row, call.at),
        "severity": row.severity, "urgency": row.urgency, "priority": row.priority,
        "service": row.service, "service_name": service.spec.name if service else row.service,
        "team": team, "team_name": owner.spec.name if owner else team,
        "ladder": row.ladder, "ladder_name": ladder.spec.name if ladder and ladder.spec else row.ladder,
        "user": row.user, "assignees": _assignees(look, row, name),
        "opened_at": shown(row.opened_at), "opened_by": row.by, "opened_by_name": name(row.by),
        "triggered_at": shown_or_none(row.triggered_at), "acknowledged_at": shown_or_none(row.acknowledged_at),
        "acknowledged_by": row.acknowledged_by, "acknowledged_by_name": name(row.acknowledged_by),
        "acknowledged_until": shown_or_none(row.acknowledged_until),
        "resolved_at": shown_or_none(row.resolved_at), "resolved_by": row.resolved_by,
        "resolved_by_name": name(row.resolved_by), "how": row.how, "is_waiting": row.is_open and row.is_waiting,
        "snoozed_until": shown_or_none(row.snoozed_until), "muted_by": row.muted_by, "merged_into": row.merged_into,
        "reopened": row.reopened, "group_labels": row.group_labels, "alert_count": len(row.alerts),
        "alert_open_count": row.open_count,
        "message_count": row.messages, "note_count": row.notes, "status_text": row.status_text,
        "status_at": shown_or_none(row.status_at), "status_by": row.status_by, "status_by_name": name(row.status_by),
    }  # fmt: skip


def _assignees(look: Views, row: Incident, name: Name) -> tuple[PersonShown, ...]:
    if not row.is_open:
        return ()
    if row.status == "acknowledged":
        users: tuple[str, ...] = (row.acknowledged_by,)
    elif row.user:
        users = (row.user,)
    else:
        run = look.notify.run(row.id)
        users = run.rungs[-1].users if run is not None and run.rungs else ()
    return tuple(PersonShown(user, name(user)) for user in users[:ASSIGNEES_SHOWN_MAX])


def _responders(look: Views, incident: str, name: Name, say: Translator) -> tuple[ResponderShown, ...]:
    latest: dict[str, PageRow] = {}
    for page in look.notify.pages_of(incident):
        before = latest.get(page.user)
        if before is None or before.channel == MAILBOX or page.channel != MAILBOX:
            latest[page.user] = page
    return tuple(
        ResponderShown(
            user=user, name=name(user), page=page.id, contact=page.contact, channel=page.channel, state=page.state,
            detail=reasoned(say, page.detail, page.channel).words,
            at=shown(page.ended_at or page.sent_at or page.planned_at), rung=page.step + 1,
            is_helper=not page.run, is_reachable=bool(look.people.contacts_verified(user)),
        )
        for user, page in latest.items()
    )  # fmt: skip


def _member(look: Views, number: int, one: Member, language: str) -> MemberShown:
    alert = look.alerts.alert(number)
    return MemberShown(
        alert=numbered("ALT", number),
        title=titled(language, one.title),
        severity=one.severity,
        source=alert.source if alert else "",
        count=look.alerts.repeats(number) + 1 if alert else 0,
        joined_at=shown(one.joined_at),
        ended_at=shown_or_none(one.ended_at),
        rule=one.rule,
    )


def state_of(row: Incident, at: Moment) -> str:
    """The one word for how an incident stands."""
    if row.merged_into:
        return "merged"
    if not row.is_open:
        return "resolved"
    if row.is_asleep(at):
        return "snoozed"
    if row.muted_by:
        return "muted"
    if row.status == "triggered" and row.is_waiting:
        return "waiting"
    return row.status


def is_mine(call: OneCall, row: Incident) -> bool:
    """Whether the caller has the incident, ended it, or was told about it."""
    user = call.caller.user
    return user in (row.acknowledged_by, row.user, row.resolved_by, row.by) or any(
        page.user == user for page in call.look.notify.pages_of(row.id)
    )


def canonical(incident_id: str) -> str:
    """`INC-7` for `inc-7` and for `7`."""
    number = number_of(incident_id, "INC")
    return incident_id if number is None else numbered("INC", number)


async def read_subject(call: OneCall, subject: str, after: int, limit: int) -> list[Recorded]:
    """A record's own events; in a thread, because the journal is on disk."""
    journal = call.house.engine.journal
    return await asyncio.to_thread(lambda: list(journal.by_subject(subject, after, limit)))


async def from_journal(call: OneCall, id_: str) -> Incident | None:
    """An incident that memory has forgotten, folded from its own events; None when there never was one."""
    records = await read_subject(call, id_, 0, 100_000)
    return fold_incident((r.event, r.stamp) for r in records if r.event.room == "incidents")  # type: ignore[misc]
