"""Alerts and silences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.params import Parameter

from tocsin.core.alerts.commands import ExpireSilence, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.alerts.views import Alert, Silence
from tocsin.kernel.ids import number_of, numbered
from tocsin.shell.detail import titled
from tocsin.web.api.feed import Filter, Listed, Q
from tocsin.web.call import Call, OneCall, required
from tocsin.web.feed import order
from tocsin.web.feed.facts import Facts
from tocsin.web.feed.sieve import Asked, Sieve
from tocsin.web.gate import KNOWN
from tocsin.web.instants import Instant, moment, shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, page
from tocsin.web.problem import ACTS, READS, TAGGED, WRITES, missing, puts
from tocsin.web.words import speaker


class AlertShown(msgspec.Struct, frozen=True):
    """An alert. `first_at` and `last_at` are when the house first and last heard of it, `started_at` and `ended_at` the
    sender's times; `count` is how often it was said. `suppressed_by` is the rule that keeps it from paging, empty for
    none, `silenced_by` the silence if it is one. `incident` is the latest it belongs to."""

    id: str
    source: str
    key: str
    status: str
    title: str
    severity: str
    severity_original: str
    labels: dict[str, str]
    annotations: dict[str, str]
    url: str
    first_at: datetime
    last_at: datetime
    started_at: datetime
    fired_at: datetime
    acknowledged_at: datetime | None
    last_seen_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    how: str
    repeats: int
    count: int
    suppressed: bool
    suppressed_by: str
    silenced_by: str
    incident: str
    incidents: tuple[str, ...]
    service: str
    fate: str


class AlertPage(msgspec.Struct, frozen=True):
    """Some alerts, and the cursor with which the list goes on; empty for the end. Not `complete`: there are more
    alerts than one question looks at."""

    items: tuple[AlertShown, ...]
    next_cursor: str
    complete: bool


class SilenceWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A silence: Prometheus matchers (`severity="warning"`) and from when until when it acts."""

    matchers: tuple[str, ...]
    start_at: Instant
    end_at: Instant
    comment: str = ""
    annotations: dict[str, str] = {}


class SilenceShown(msgspec.Struct, frozen=True):
    """A silence; `suppressing` counts the open alerts it keeps back now."""

    id: str
    revision: int
    status: str
    matchers: tuple[str, ...]
    start_at: datetime
    end_at: datetime
    created_by: str
    comment: str
    annotations: dict[str, str]
    updated_at: datetime
    suppressing: int


def show_alert(call: OneCall, row: Alert) -> AlertShown:
    """An alert for a client."""
    view, facts = call.look.alerts, Facts(call.look)
    rule = facts.rule(row)
    fate = call.look.notify.fate_of(row.number)
    return AlertShown(
        id=numbered("ALT", row.number), source=row.source, key=row.key, status=row.status,
        title=titled(speaker(call).language, row.content.title),
        severity=row.content.severity, severity_original=row.content.severity_original, labels=row.content.labels,
        annotations=row.content.annotations, url=row.content.url, first_at=shown(row.fired_at),
        last_at=shown(facts.last_at(row)), started_at=shown(row.started_at), fired_at=shown(row.fired_at),
        acknowledged_at=shown_or_none(row.acknowledged_at), last_seen_at=shown_or_none(view.last_seen(row.number)),
        ended_at=shown_or_none(row.ended_at), expires_at=shown_or_none(view.expires_at(row.number)), how=row.how,
        repeats=view.repeats(row.number), count=facts.count(row), suppressed=bool(rule), suppressed_by=rule,
        silenced_by=view.silenced_by(row.number), incident=facts.incident(row),
        incidents=call.look.incidents.incidents_of(row.number), service=facts.service(row),
        fate=fate.kind if fate else "",
    )  # fmt: skip


def _show_silence(call: OneCall, row: Silence) -> SilenceShown:
    spec = row.spec
    return SilenceShown(
        row.silence, row.revision, row.status, spec.matchers, shown(spec.start_at), shown(spec.end_at),
        spec.created_by, spec.comment, spec.annotations, shown(row.updated_at),
        call.look.alerts.silence_count(row.silence),
    )  # fmt: skip


Sort = Annotated[
    str,
    Parameter(description="`last_at`, `first_at`, `severity` (worst first) or `count`; with a minus the other way."),
]


@get("/alerts", responses=READS)
async def list_alerts(
    call: Call,
    q: Q = "",
    status: Listed = "firing",
    severity: Listed = "",
    source: Listed = "",
    service: Listed = "",
    incident: str = "",
    suppressed: bool | None = None,
    matchers: Filter = None,
    sort: Sort = order.DEFAULT,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> AlertPage:
    """Alerts that pass every filter; `status` empty for any. Lists of values have commas between them."""
    asked = Asked(q, status, severity, source, service, incident, suppressed, tuple(matchers or ()))
    found = await order.ordered(Sieve(call.look, asked), sort, cursor, limit)
    items = tuple(show_alert(call, row) for row in found.alerts)
    return await call.shown(AlertPage(items, found.next_cursor, found.is_complete))


@get("/alerts/{alert_id:str}", responses=TAGGED)
async def get_alert(call: Call, alert_id: str) -> Response[AlertShown]:
    """One alert, as long as memory holds it."""
    return await call.tagged(show_alert(call, _alert(call, alert_id)))


@post("/alerts/{alert_id:str}/resolve", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def resolve_alert(call: Call, alert_id: str) -> AlertShown:
    """Close an alert by hand; if its sender repeats it, it opens anew."""
    row = _alert(call, alert_id)
    await call.ask(ResolveAlert(row.number))
    return await call.shown(show_alert(call, _alert(call, alert_id)))


@post("/alerts/{alert_id:str}/reopen", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def reopen_alert(call: Call, alert_id: str) -> AlertShown:
    """Take back that it was closed by hand, a moment ago: it fires again, its incident stands as before, and nobody is
    called again."""
    row = _alert(call, alert_id)
    await call.ask(ReopenAlert(row.number))
    return await call.shown(show_alert(call, _alert(call, alert_id)))


@get("/silences", responses=READS)
async def list_silences(
    call: Call,
    status: Annotated[str, Parameter(pattern="^(pending|active|expired)?$")] = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[SilenceShown]:
    """Silences by id; those that ended lately too."""
    rows = sorted(
        (row for row in call.look.alerts.silences() if not status or row.status == status), key=lambda row: row.silence
    )
    return await call.shown(page(rows, lambda row: row.silence, limit, cursor, lambda row: _show_silence(call, row)))


@get("/silences/{silence_id:str}", responses=TAGGED)
async def get_silence(call: Call, silence_id: str) -> Response[SilenceShown]:
    """One silence."""
    return await call.tagged(required(_silence(call, silence_id)(), "silence", silence_id))


@post("/silences", responses=ACTS, opt={"needs": KNOWN})
async def add_silence(call: Call, data: SilenceWanted) -> Response[SilenceShown]:
    """Create a silence."""
    decision = await call.ask(SetSilence("", _new_id(call), _spec(call, data)))
    found = required(_silence(call, decision.answer)(), "silence", decision.answer)
    return await call.created(found, f"/api/v1/silences/{found.id}")


@put("/silences/{silence_id:str}", responses=puts(SilenceShown), opt={"needs": KNOWN})
async def put_silence(call: Call, silence_id: str, data: SilenceWanted) -> Response[SilenceShown]:
    """Edit a silence by Alertmanager's rules: what cannot be edited in place is ended, and the answer is a new one."""
    required(call.look.alerts.silence(silence_id), "silence", silence_id)
    answers: list[str] = []

    def show() -> SilenceShown | None:
        return _silence(call, answers[-1] if answers else silence_id)()

    async def ask() -> None:
        answers.append((await call.ask(SetSilence(silence_id, _new_id(call), _spec(call, data)))).answer)

    return await call.put_by(ask, show, "/api/v1/silences/")


@delete("/silences/{silence_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def expire_silence(call: Call, silence_id: str) -> None:
    """End a silence now."""
    required(call.look.alerts.silence(silence_id), "silence", silence_id)
    await call.remove(ExpireSilence(silence_id), _silence(call, silence_id))


def _alert(call: OneCall, alert_id: str) -> Alert:
    number = number_of(alert_id, "ALT")
    row = None if number is None else call.look.alerts.alert(number)
    if row is None:
        raise missing("alert in memory", alert_id)
    return row


def _new_id(call: OneCall) -> str:
    return str(UUID(bytes=call.house.entropy.bytes(16), version=4))


def _spec(call: OneCall, data: SilenceWanted) -> SilenceSpec:
    return SilenceSpec(
        matchers=data.matchers, start_at=moment(data.start_at), end_at=moment(data.end_at),
        created_by=call.caller.user, comment=data.comment, annotations=data.annotations,
    )  # fmt: skip


def _silence(call: OneCall, silence_id: str) -> Callable[[], SilenceShown | None]:
    def found() -> SilenceShown | None:
        row = call.look.alerts.silence(silence_id)
        return None if row is None else _show_silence(call, row)

    return found


router = Router(
    "/",
    route_handlers=[
        list_alerts, get_alert, resolve_alert, reopen_alert, list_silences, get_silence, add_silence, put_silence,
        expire_silence,
    ],
    tags=["alerts"],
)  # fmt: skip
