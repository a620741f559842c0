"""What a silence would hold back, before it is made: for whom it is meant, and whom else it would reach."""

from __future__ import annotations

import msgspec
from litestar import Router, post

from tocsin.core.alerts.views import Alert
from tocsin.kernel.ids import number_of
from tocsin.kernel.matcher import Matchers
from tocsin.web.api.chosen import AlertsWhere, alerts_of
from tocsin.web.call import Call, OneCall
from tocsin.web.feed.shared import by_everything, by_name
from tocsin.web.feed.sieve import FIRING, Asked, Sieve
from tocsin.web.problem import ACTS, Fault, Refused

IDS_MAX = 5_000


class ReachAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The matchers of a silence, and the alerts it is meant for: by id, or all of `where`. Without `matchers` some are
    proposed that hold for all of these alerts and for few others."""

    matchers: tuple[str, ...] | None = None
    ids: tuple[str, ...] = ()
    where: AlertsWhere | None = None


class ReachShown(msgspec.Struct, frozen=True):
    """How many open alerts the matchers hold for (`total`), how many open alerts the silence is meant for (`meant`),
    and for how many of those the matchers hold (`reached`)."""

    matchers: tuple[str, ...]
    total: int
    meant: int
    reached: int


@post("/silences/reach", responses=ACTS, status_code=200)
async def reach_of_silence(call: Call, data: ReachAsked) -> ReachShown:
    """What a silence would hold back now; nothing is changed. Without matchers, some are proposed."""
    meant = await _meant(call, data)
    matchers = await _proposed(call, data.where, meant) if data.matchers is None else data.matchers
    held = {alert.number for alert in await _held(call, matchers)}
    now = [alert.number for alert in meant if alert.status == FIRING]
    return await call.shown(ReachShown(matchers, len(held), len(now), sum(number in held for number in now)))


async def _proposed(call: OneCall, where: AlertsWhere | None, meant: list[Alert]) -> tuple[str, ...]:
    """Matchers for these alerts: the filter's own where it has no others, else as few as hold for nobody else."""
    if where is not None and where.filter and where == AlertsWhere(filter=where.filter):
        return where.filter
    labels = [alert.content.labels for alert in meant]
    few = by_name(labels)
    numbers = {alert.number for alert in meant}
    if few and all(alert.number in numbers for alert in await _held(call, few)):
        return few
    return by_everything(labels)


async def _meant(call: OneCall, data: ReachAsked) -> list[Alert]:
    """The alerts it is meant for. Raises Refused."""
    if data.where is not None:
        return await alerts_of(call, data.where)
    if len(data.ids) > IDS_MAX:
        fault = Fault("/ids", f"{len(data.ids)} ids; at most {IDS_MAX} are taken")
        raise Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    numbers = dict.fromkeys(number_of(id_, "ALT") for id_ in data.ids)
    found = (call.look.alerts.alert(number) for number in numbers if number is not None)
    return [alert for alert in found if alert is not None]


async def _held(call: OneCall, matchers: tuple[str, ...]) -> list[Alert]:
    """The open alerts for which the matchers hold; none without matchers. Raises Refused."""
    compiled = Matchers.compile(matchers)
    if isinstance(compiled, str):
        fault = Fault("/matchers", compiled)
        raise Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    sieve = Sieve(call.look, Asked(status=FIRING, matchers=matchers))
    return [alert async for rows in sieve.walk(sieve.open() if matchers else []) for alert in rows]


router = Router("/", route_handlers=[reach_of_silence], tags=["alerts"])
