"""How the installation is, and who may do what."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Dependency

import tocsin
from tocsin.core.people.events import ROLES
from tocsin.core.people.views import OF_ROLE
from tocsin.kernel.permission import ADMINISTER, CONFIGURE, READ, RESPOND, SELF, SIGNAL
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.shell.vitals import commits
from tocsin.web.call import Call, OneCall
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.live import Live
from tocsin.web.problem import READS

Feed: TypeAlias = Annotated[Live, Dependency(skip_validation=True)]

QUEUE_NEAR = 0.8
"""Fuller than this, and senders will soon be told to come back."""
FREE_MIN = 0.1
CLOCK_BACK_MS = 1_000
"""Less is what keeping time by the network does now and then."""
SNAPSHOT_OWED_FACTOR = 2
"""So many snapshots' worth of events without one, and something keeps it from being written."""
SHOWN_PERMISSIONS = (READ, RESPOND, CONFIGURE, ADMINISTER, SELF, SIGNAL)
"""Those people can hold; the others are the house's own."""


class Trouble(msgspec.Struct, frozen=True):
    """Something an administrator should look at: a stable word, and what it means."""

    reason: str
    text: str


class SystemShown(msgspec.Struct, frozen=True):
    """How the installation is. Latencies are of the last durable appends in milliseconds; sizes in bytes;
    `snapshot_age_s` is None without a snapshot; `disk_*` are None for a journal in memory. `refused_keys` counts
    deliveries with a key nobody has (any more) since the start."""

    version: str
    started_at: datetime | None
    uptime_s: int
    at: datetime
    journal_bytes: int
    journal_seq: int
    commit_last_ms: float
    commit_p50_ms: float
    commit_p99_ms: float
    queue_depth: int
    queue_limit: int
    snapshot_seq: int | None
    snapshot_at: datetime | None
    snapshot_age_s: int | None
    disk_free: int | None
    disk_total: int | None
    live_clients: int
    alerts_open: int
    incidents_open: int
    dead_letters_open: int
    quarantined: int
    refused_keys: int
    timer_due_at: datetime | None
    timer_lateness_ms: int
    problems: tuple[Trouble, ...]


class PermissionShown(msgspec.Struct, frozen=True):
    """A permission, what it allows, and the roles that hold it."""

    name: str
    meaning: str
    roles: tuple[str, ...]


class RolesShown(msgspec.Struct, frozen=True):
    """Roles and permissions: who may do what."""

    roles: tuple[str, ...]
    permissions: tuple[PermissionShown, ...]


@get("/system", responses=READS, opt={"needs": ADMINISTER})
async def get_system(call: Call, feed: Feed) -> SystemShown:
    """How the installation is: journal, queue, disk, clock, and what an administrator should look at."""
    vitals, engine = call.house.vitals, call.house.engine
    size, snapshot, room = await asyncio.to_thread(lambda: (vitals.journal_bytes(), vitals.snapshot(), vitals.room()))
    latency = commits(tuple(call.house.telemetry.commit_seconds))
    found = SystemShown(
        version=tocsin.__version__, started_at=shown_or_none(vitals.started_at),
        uptime_s=(call.at - vitals.started_at) // 1000 if vitals.started_at else 0, at=shown(call.at),
        journal_bytes=size, journal_seq=engine.seq_dry, commit_last_ms=latency.last_ms,
        commit_p50_ms=latency.p50_ms, commit_p99_ms=latency.p99_ms, queue_depth=engine.inbox.weight,
        queue_limit=engine.inbox.weight_max, snapshot_seq=snapshot.seq if snapshot else None,
        snapshot_at=shown(snapshot.at) if snapshot else None,
        snapshot_age_s=max(0, call.at - snapshot.at) // 1000 if snapshot else None,
        disk_free=room.free if room else None, disk_total=room.total if room else None,
        live_clients=feed.client_count, alerts_open=call.look.alerts.open_count(),
        incidents_open=call.look.incidents.open_count(), dead_letters_open=len(call.look.intake.dead_letters()),
        quarantined=engine.quarantined,
        refused_keys=sum(call.house.telemetry.refused.values()), timer_due_at=shown_or_none(engine.due()),
        timer_lateness_ms=engine.tick_lateness_ms, problems=(),
    )  # fmt: skip
    return await call.shown(msgspec.structs.replace(found, problems=_problems(call, found)))


@get("/roles", responses=READS, opt={"needs": KNOWN})
async def get_roles(call: Call) -> RolesShown:
    """The roles and what each may do."""
    say = _say(call)
    return RolesShown(
        ROLES,
        tuple(
            PermissionShown(name, say(f"permission.{name}"), tuple(role for role in ROLES if name in OF_ROLE[role]))
            for name in SHOWN_PERMISSIONS
        ),
    )


def _problems(call: OneCall, found: SystemShown) -> tuple[Trouble, ...]:
    say = _say(call)
    owed = SNAPSHOT_OWED_FACTOR * call.house.settings.snapshot_every_events
    behind_ms = call.house.vitals.clock_behind_ms()
    troubles: list[Trouble] = []

    def add(reason: str, **values: object) -> None:
        troubles.append(Trouble(reason, say(f"trouble.{reason}", **values)))

    if found.queue_depth > QUEUE_NEAR * found.queue_limit:
        add("queue_near_limit", depth=found.queue_depth, limit=found.queue_limit)
    if found.disk_total is not None and found.journal_seq - (found.snapshot_seq or 0) > owed:
        add("no_snapshot", events=found.journal_seq - (found.snapshot_seq or 0))
    if behind_ms > CLOCK_BACK_MS:
        add("clock_went_back", seconds=behind_ms // 1000)
    if found.disk_total and found.disk_free is not None and found.disk_free < FREE_MIN * found.disk_total:
        add("disk_nearly_full", percent=100 * found.disk_free // found.disk_total)
    if found.quarantined:
        add("commands_quarantined", count=found.quarantined)
    if found.dead_letters_open:
        add("dead_letters_wait", count=found.dead_letters_open)
    return tuple(troubles)


def _say(call: OneCall) -> Translator:
    return translator(preferred(call.request.headers.get("accept-language", "")))


router = Router("/", route_handlers=[get_system, get_roles], tags=["system"])
