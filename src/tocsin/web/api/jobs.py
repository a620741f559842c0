"""Long work: how far it is, and how to end it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi import ResponseSpec
from litestar.params import Dependency, Parameter

from tocsin.kernel.permission import ADMINISTER, CONFIGURE
from tocsin.shell.detail import WORLD, said_again
from tocsin.shell.i18n import preferred
from tocsin.shell.jobs import Item, Job, Jobs
from tocsin.shell.jobs import Work as Do
from tocsin.web.call import IDEMPOTENCY_KEY_MAX, Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.problem import ACTS, READS

Work: TypeAlias = Annotated[Jobs, Dependency(skip_validation=True)]
"""How a handler asks for the jobs."""
CONFIG_APPLY = "config_apply"
"""The kind of the job that brings the installation to a file."""


class JobShown(msgspec.Struct, frozen=True):
    """A job. `state`: `running`, `done`, `failed`, `cancelled`. `total` 0 and `eta_s` None: nobody knows. Of those
    `done`, `failed` were refused. `items` are single results, of one job only, not in the list. Until `undo_until` what
    it changed can be undone; None: it cannot."""

    id: str
    kind: str
    by: str
    state: str
    done: int
    failed: int
    total: int
    rate: float
    eta_s: int | None
    started_at: datetime
    ended_at: datetime | None
    result_url: str
    error: str
    items: tuple[Item, ...]
    undo_until: datetime | None


class JobsShown(msgspec.Struct, frozen=True):
    """Jobs, newest first."""

    items: tuple[JobShown, ...]


def show_job(call: OneCall, job: Job) -> JobShown:
    """A job for a client."""
    error = said_again(preferred(call.request.headers.get("accept-language", "")), WORLD, job.error)
    return JobShown(
        job.id, job.kind, job.by, job.state, job.done, job.failed, job.total, job.rate(call.at), job.eta_s(call.at),
        shown(job.started_at), shown_or_none(job.ended_at), job.result_url, error, job.items,
        shown_or_none(job.undo_until),
    )  # fmt: skip


def begun(call: OneCall, work: Jobs, kind: str, total: int, do: Do, undo_ms: int = 0) -> Response[JobShown]:
    """Begin long work, once for each Idempotency-Key, and answer whoever asked for it. Raises JobsFull."""
    key = call.request.headers.get("idempotency-key", "")[:IDEMPOTENCY_KEY_MAX]
    job = work.start(kind, call.caller.user, total, do, f"{call.caller.actor}:{kind}:{key}" if key else "", undo_ms)
    return Response(show_job(call, job), status_code=202, headers={"location": f"/api/v1/jobs/{job.id}"})


STARTS = {
    **ACTS,
    202: ResponseSpec(JobShown, generate_examples=False, description="It goes on as a job; see Location."),
}
"""What a POST may be answered with that may become a job."""


@get("/jobs", responses=READS, opt={"needs": KNOWN})
async def list_jobs(call: Call, work: Work) -> JobsShown:
    """One's own jobs, or as an administrator everybody's, newest first."""
    by = "" if call.caller.may(ADMINISTER) else call.caller.user
    return JobsShown(tuple(show_job(call, job) for job in work.jobs(by)))


@get("/jobs/{job_id:str}", responses=READS, opt={"needs": KNOWN})
async def get_job(
    call: Call,
    work: Work,
    job_id: str,
    items: Annotated[bool, Parameter(description="Single results, too; of long work there are many.")] = True,
) -> JobShown:
    """How far a job is, with single results. Those of a configuration may hold new keys, and are for whoever may
    configure."""
    job = own_job(call, work, job_id)
    return _show_whole(call, job) if items else show_job(call, msgspec.structs.replace(job, items=()))


@post("/jobs/{job_id:str}/cancel", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def cancel_job(call: Call, work: Work, job_id: str) -> JobShown:
    """End a job that runs; what it did by then stays."""
    job = own_job(call, work, job_id)
    work.cancel(job.id)
    return _show_whole(call, await work.ended(job.id) or job)


def _show_whole(call: OneCall, job: Job) -> JobShown:
    """With its single results, as far as the caller may see them."""
    is_seen = job.kind != CONFIG_APPLY or call.caller.may(CONFIGURE)
    return show_job(call, job if is_seen else msgspec.structs.replace(job, items=()))


def own_job(call: OneCall, work: Jobs, job_id: str) -> Job:
    """One's own job, or as an administrator anybody's. Raises Refused."""
    job = work.job(job_id)
    is_seen = job is not None and (job.by == call.caller.user or call.caller.may(ADMINISTER))
    return required(job if is_seen else None, "job", job_id)


router = Router("/", route_handlers=[list_jobs, get_job, cancel_job], tags=["jobs"])
