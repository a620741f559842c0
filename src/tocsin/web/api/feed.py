"""Numbers for the alert feed: facets, label names, the rate of new alerts, sparklines."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from tocsin.kernel.ids import number_of, numbered
from tocsin.web.call import Call
from tocsin.web.feed.counts import Common, Facets, LabelName, facets, label_names, rate
from tocsin.web.feed.sieve import Asked, Sieve
from tocsin.web.feed.sparks import IDS_MAX, read_sparks
from tocsin.web.instants import shown
from tocsin.web.problem import READS, Fault, Refused

LABELS_MAX = 20
MINUTES_MAX = 360

Q: TypeAlias = Annotated[
    str,
    Parameter(
        max_length=4_000,
        description='A CEL condition over `alert` and `labels`, e.g. `alert.severity == "critical" && '
        'labels.env == "prod"`.',
    ),
]
Listed: TypeAlias = Annotated[str, Parameter(max_length=8_000, description="Values, with commas between them.")]
Filter: TypeAlias = Annotated[
    list[str] | None, Parameter(query="filter", description='Prometheus matchers, e.g. `env="prod"`; all must hold.')
]


class LabelsShown(msgspec.Struct, frozen=True):
    """The labels open alerts have."""

    labels: tuple[LabelName, ...]


class BucketShown(msgspec.Struct, frozen=True):
    """New alerts of the minute that begins at `at`."""

    at: datetime
    count: int


class RateShown(msgspec.Struct, frozen=True):
    """New alerts by the minute. `per_minute` is of the last sixty seconds, `usual` the median of the minutes before;
    `top` what many of the newest have in common."""

    buckets: tuple[BucketShown, ...]
    per_minute: int
    usual: int
    is_storm: bool
    top: tuple[Common, ...]


class SparkShown(msgspec.Struct, frozen=True):
    """How often an alert was said in each of the buckets of `bucket_s` seconds that begin at `start_at`."""

    start_at: datetime
    bucket_s: int
    counts: tuple[int, ...]


class SparksShown(msgspec.Struct, frozen=True):
    """By alert; ids nobody knows are left out. `complete_from`: repeats before this instant were not read."""

    sparks: dict[str, SparkShown]
    complete_from: datetime


@get("/alerts/facets", responses=READS)
async def get_facets(
    call: Call,
    q: Q = "",
    status: Listed = "firing",
    severity: Listed = "",
    source: Listed = "",
    service: Listed = "",
    incident: str = "",
    suppressed: bool | None = None,
    matchers: Filter = None,
    labels: Listed = "",
) -> Facets:
    """How many alerts pass the filters, by field and by the labels asked for. The counts of a facet leave out what is
    selected in that facet itself."""
    names = tuple(dict.fromkeys(name.strip() for name in labels.split(",") if name.strip()))
    if len(names) > LABELS_MAX:
        raise _too_many("labels", LABELS_MAX)
    asked = Asked(q, status, severity, source, service, incident, suppressed, tuple(matchers or ()))
    return await call.shown(await facets(Sieve(call.look, asked), call.look.alerts, names, call.at))


@get("/alerts/labels", responses=READS)
async def get_labels(call: Call) -> LabelsShown:
    """The labels of open alerts with their most frequent values, for completion."""
    return await call.shown(LabelsShown(await label_names(Sieve(call.look, Asked(status="firing")))))


@get("/alerts/rate", responses=READS)
async def get_rate(call: Call, minutes: Annotated[int, Parameter(ge=5, le=MINUTES_MAX)] = 60) -> RateShown:
    """How many new alerts came in each minute, and whether it is a storm."""
    found = rate(call.look.alerts, call.at, minutes)
    buckets = tuple(BucketShown(shown(one.at), one.count) for one in found.buckets)
    return await call.shown(RateShown(buckets, found.per_minute, found.usual, found.is_storm, found.top))


@get("/alerts/sparks", responses=READS)
async def get_sparks(call: Call, ids: Listed) -> SparksShown:
    """How often alerts were said over the last day, or since they fired."""
    wanted = [part for part in ids.split(",") if part.strip()]
    if len(wanted) > IDS_MAX:
        raise _too_many("ids", IDS_MAX)
    numbers = [number_of(part.strip(), "ALT") for part in wanted]
    alerts = {n: row for n in numbers if n is not None and (row := call.look.alerts.alert(n)) is not None}
    await call.house.engine.dry()
    found = await asyncio.to_thread(read_sparks, call.house.engine.journal, alerts, call.at)
    sparks = {
        numbered("ALT", number): SparkShown(shown(one.start_at), one.bucket_s, one.counts)
        for number, one in found.sparks.items()
    }
    return SparksShown(sparks, shown(found.complete_from))


def _too_many(name: str, most: int) -> Refused:
    what = f"more than {most} values"
    return Refused(400, "request_invalid", f"?{name}: {what}", (Fault(f"?{name}", what),))


router = Router("/", route_handlers=[get_facets, get_labels, get_rate, get_sparks], tags=["alerts"])
