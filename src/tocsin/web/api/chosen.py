"""What an act on many is about: everything a filter of the list lets through.

Law: a filter means here what it means in its list. What came after its asker looked is left alone. An act that would
not reach everything it is about is refused, not done in part.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec

from tocsin.core.alerts.views import Alert
from tocsin.core.incidents.events import PRIORITIES
from tocsin.core.incidents.views import PAGE_MAX, Incident, Place, Wanted
from tocsin.core.intake.events import SEVERITIES
from tocsin.kernel.message import Moment
from tocsin.web.api.cards import is_mine
from tocsin.web.call import OneCall
from tocsin.web.feed.sieve import Asked, Sieve
from tocsin.web.instants import moment
from tocsin.web.problem import Fault, Refused

MATCHED_MAX = 100_000
"""Things of one act: as many as a list is quick with. Each becomes a command."""
QUERY_MAX = 4_000
STATUSES = ("triggered", "acknowledged", "resolved")


def any_of(*words: str) -> str:
    """A pattern for some of these words with commas between them, or none."""
    one = f"({'|'.join(words)})"
    return f"^({one}(,{one})*)?$"


class AlertsWhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Alerts by the filters of their list; `filter` are Prometheus matchers, all of which must hold."""

    q: Annotated[str, msgspec.Meta(max_length=QUERY_MAX)] = ""
    status: str = "firing"
    severity: str = ""
    source: str = ""
    service: str = ""
    incident: str = ""
    suppressed: bool | None = None
    filter: tuple[str, ...] = ()

    def asked(self) -> Asked:
        """The same as a question of the feed."""
        return Asked(
            self.q, self.status, self.severity, self.source, self.service, self.incident, self.suppressed, self.filter
        )


class IncidentsWhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Incidents by the filters of their list; those with several values have commas between them."""

    status: Annotated[str, msgspec.Meta(pattern=any_of("open", *STATUSES))] = "open"
    service: str = ""
    team: str = ""
    severity: Annotated[str, msgspec.Meta(pattern=any_of(*SEVERITIES))] = ""
    priority: Annotated[str, msgspec.Meta(pattern=any_of(*PRIORITIES))] = ""
    mine: bool = False
    q: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def wanted(self, sort: str = "newest") -> Wanted:
        """The same as a question to the room."""
        return Wanted(
            statuses=_listed(self.status), services=_listed(self.service), teams=_listed(self.team),
            severities=_listed(self.severity), priorities=_listed(self.priority), text=self.q, sort=sort,
        )  # fmt: skip


async def alerts_of(call: OneCall, where: AlertsWhere, seen_at: datetime | None = None) -> list[Alert]:
    """Every alert that passes and had fired when its asker looked. Raises Refused."""
    latest = _latest(call, seen_at)
    found: list[Alert] = []
    try:
        sieve = Sieve(call.look, where.asked())
    except Refused as fault:
        raise _in_body(fault) from fault
    async for rows in sieve.walk([*sieve.open(), *sieve.closed()]):
        found += [row for row in rows if row.fired_at <= latest]
        _judge(len(found))
    if not sieve.is_complete:
        message = "this filter takes too long to go through all alerts"
        raise _refused(Fault("/where", message, "narrow it, or name the alerts in ids"))
    return found


async def incidents_of(call: OneCall, where: IncidentsWhere, seen_at: datetime | None = None) -> list[Incident]:
    """Every incident that passes and was open when its asker looked, the newest first. Raises Refused."""
    latest, wanted = _latest(call, seen_at), where.wanted()
    found: list[Incident] = []
    after: Place | None = None
    while True:
        page = call.look.incidents.find(wanted, after, PAGE_MAX, lambda row: not where.mine or is_mine(call, row))
        found += [row for row in page.incidents if row.opened_at <= latest]
        _judge(len(found))
        after = page.after
        if after is None:
            return found
        await asyncio.sleep(0)  # others get the loop


def _latest(call: OneCall, seen_at: datetime | None) -> Moment:
    return call.at if seen_at is None else moment(seen_at)


def _judge(count: int) -> None:
    if count > MATCHED_MAX:
        raise _refused(Fault("/where", f"more than {MATCHED_MAX} match", "narrow the filter"))


def _refused(fault: Fault) -> Refused:
    return Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))


def _in_body(fault: Refused) -> Refused:
    """A query's mistake as one of the body that has the filter."""
    errors = tuple(msgspec.structs.replace(one, pointer=one.pointer.replace("?", "/where/", 1)) for one in fault.errors)
    return Refused(422, fault.reason, fault.detail.replace("?", "/where/", 1), errors)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
