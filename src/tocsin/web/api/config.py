"""The installation as YAML: read it, see what a file would change, bring the installation to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import Parameter

from tocsin.kernel.permission import CONFIGURE
from tocsin.shell.i18n import preferred, say, speak
from tocsin.shell.jobs import Item, JobFailed, Progress
from tocsin.web.api.jobs import CONFIG_APPLY, STARTS, JobShown, Work, begun
from tocsin.web.call import Call, OneCall
from tocsin.web.config import plan
from tocsin.web.config.api import Failure
from tocsin.web.config.documents import Document, DocumentError, checked
from tocsin.web.config.export import as_documents, exported
from tocsin.web.config.inside import Inside
from tocsin.web.config.kinds import KINDS
from tocsin.web.problem import ACTS, READS, Fault, Refused

YAML = "application/yaml"
YAML_MAX = 2_000_000
"""Characters of a file: an installation of thousands of objects."""
WORDS = {plan.UNCHANGED: "same"}

Kinds = Annotated[list[str] | None, Parameter(query="kind", description="Only these kinds, e.g. `Team`.")]


class ConfigWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of documents. `prune`: what it does not name, of the kinds it has, is removed."""

    yaml: str
    prune: bool = False


class DiffShown(msgspec.Struct, frozen=True):
    """A field that changes; values are JSON, `-` for none; secrets are hidden."""

    path: str
    before: str
    after: str


class StepShown(msgspec.Struct, frozen=True):
    """What becomes of one object. `act`: `create`, `change`, `delete`, `same`."""

    act: str
    kind: str
    id: str
    diff: tuple[DiffShown, ...]


class ProblemShown(msgspec.Struct, frozen=True):
    """What is wrong with a document. `document` counts from 1, `line` is in the whole text; 0: not known."""

    document: int
    line: int
    path: str
    message: str


class PlanShown(msgspec.Struct, frozen=True):
    """What a file would change, in the order it is done. With problems there are no steps."""

    steps: tuple[StepShown, ...]
    problems: tuple[ProblemShown, ...]


@get("/config", responses=READS, media_type=YAML)
async def get_config(call: Call, kinds: Kinds = None) -> Response[str]:
    """The installation as YAML documents `apply` takes, without secrets. Kinds one may not read are left out."""
    unknown = [kind for kind in kinds or () if kind not in KINDS]
    if unknown:
        fault = Fault("?kind", f"{unknown[0]!r} is none of {', '.join(KINDS)}")
        raise Refused(400, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    api = _inside(call)
    text = await asyncio.to_thread(lambda: as_documents(exported(api, kinds or (), lambda kind, why: None)))
    return Response(text, media_type=YAML, headers={"content-disposition": 'attachment; filename="tocsin.yaml"'})


@post("/config/plan", responses=ACTS, opt={"needs": CONFIGURE}, status_code=200)
async def plan_config(call: Call, data: ConfigWanted) -> PlanShown:
    """What a file would change. Changes nothing."""
    steps, problems = await _planned(call, _inside(call), data)
    return PlanShown(tuple(_show(step) for step in steps), problems)


@post("/config/apply", responses=STARTS, opt={"needs": CONFIGURE}, status_code=202)
async def apply_config(call: Call, work: Work, data: ConfigWanted) -> Response[JobShown]:
    """Bring the installation to what a file says, as a job; its items are the steps. The first step that fails ends it,
    and what was done before stays. Keys the server makes for new sources are in the items, until the server stops."""
    api = _inside(call)
    steps, problems = await _planned(call, api, data)
    if problems:
        faults = tuple(Fault("/yaml", one.message, "", one.line) for one in problems)
        raise Refused(422, "config_invalid", problems[0].message, faults)
    todo = [step for step in steps if step.change.action != plan.UNCHANGED]

    async def do(progress: Progress) -> str:
        await asyncio.to_thread(_act, api, todo, progress)
        return ""

    return begun(call, work, CONFIG_APPLY, len(todo), do)


def _act(api: Inside, steps: Sequence[plan.Step], progress: Progress) -> None:
    """Take the steps. Raises JobFailed."""
    for step in steps:
        if progress.is_cancelled:
            return
        change = step.change
        name = f"{change.kind}/{change.name}"
        try:
            secret = step.take(api)
        except Failure as fault:
            progress.note(Item(name, False, fault.reason, str(fault)))
            raise JobFailed(f"{name}: {fault}") from fault
        progress.note(Item(name, True, "", f"{change.action}: {secret}" if secret else change.action))


async def _planned(call: OneCall, api: Inside, data: ConfigWanted) -> tuple[list[plan.Step], tuple[ProblemShown, ...]]:
    if len(data.yaml) > YAML_MAX:
        fault = Fault("/yaml", f"longer than {YAML_MAX} characters")
        raise Refused(413, "body_too_large", fault.message, (fault,))
    speak(preferred(call.request.headers.get("accept-language", "")))
    return await asyncio.to_thread(_plan, api, data)


def _plan(api: Inside, data: ConfigWanted) -> tuple[list[plan.Step], tuple[ProblemShown, ...]]:
    documents, faults = checked(data.yaml, tuple(KINDS))
    faults += [fault for document in documents if (fault := _flaw(document)) is not None]
    if not documents and not faults:
        return [], (ProblemShown(0, 0, "", say("cli.one_document", count=0)),)
    if faults:
        return [], tuple(_complaint(fault) for fault in sorted(faults, key=lambda fault: fault.number))
    try:
        return plan.make(api, documents, data.prune), ()
    except DocumentError as fault:
        return [], (_complaint(fault),)
    except Failure as fault:
        return [], (ProblemShown(0, 0, "", str(fault)),)


def _flaw(document: Document) -> DocumentError | None:
    try:
        KINDS[document.kind].wanted(document)
    except DocumentError as fault:
        return fault
    return None


def _complaint(fault: DocumentError) -> ProblemShown:
    return ProblemShown(fault.number, fault.line, fault.path, fault.what)


def _show(step: plan.Step) -> StepShown:
    change = step.change
    diff = tuple(DiffShown(one.field, one.before, one.after) for one in change.differences)
    return StepShown(WORDS.get(change.action, change.action), change.kind, change.name, diff)


def _inside(call: OneCall) -> Inside:
    app: Any = call.request.app
    return Inside(app, call.request.headers, call.house.engine.clock)


router = Router("/", route_handlers=[get_config, plan_config, apply_config], tags=["config"])
