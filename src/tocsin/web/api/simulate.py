"""Who would be told: a payload, some labels or an alert, sent through the rules without anything happening.

Law: the house itself decides (`core/rehearsal`); here its answer is only put into words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Router, post

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.incidents.events import Route
from tocsin.core.incidents.views import Trial
from tocsin.core.intake.events import SEVERITIES, Content, Signal, SourceSpec
from tocsin.core.intake.views import Memo, Misunderstood, Request, fingerprint, read
from tocsin.core.rehearsal import Call as Told
from tocsin.core.rehearsal import Foreseen, Trouble, rehearse
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Moment
from tocsin.kernel.permission import ADMINISTER
from tocsin.shell.detail import LETTER, said_again, titled
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.web.call import Call, OneCall, required
from tocsin.web.instants import Instant, moment, shown
from tocsin.web.problem import ACTS, Fault, Refused
from tocsin.web.words import coded, namer

SIGNALS_MAX = 200
"""Signals of one simulation: a storm is not read line by line."""
TITLE = "simulation"


class SimulationAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to try: a `payload` (text or JSON) as it would come to a `source` or through a `door`; or `labels`; or the
    id of an `alert`. `at` is when, now if left out; `root` another routing tree, not set yet."""

    source: str = ""
    door: str = ""
    payload: Any = None
    content_type: str = "application/json"
    labels: dict[str, str] | None = None
    annotations: dict[str, str] = {}
    severity: str = "high"
    title: str = ""
    alert: str | int | None = None
    at: Instant | None = None
    root: Route | None = None


class TrialShown(msgspec.Struct, frozen=True):
    """What one node said: whether it was entered, `why` in the client's language, and whether it `decides`."""

    path: str
    entered: bool
    why: str
    decides: bool


class RouteTaken(msgspec.Struct, frozen=True):
    """Where a signal would go. `path` names the nodes from the root and why each was entered; `urgency` is what the
    route says or else the severity; `joins` the open incident of this group, which it would join, empty for none."""

    id: str
    path: tuple[TrialShown, ...]
    service: str
    ladder: str
    urgency: str
    group_wait_s: int
    group_key: str
    group_labels: dict[str, str]
    joins: str


class SignalTried(msgspec.Struct, frozen=True):
    """One signal that was read, every node that was asked about it, and where it would go. `silenced_by` is a silence's
    id, empty for none."""

    key: str
    status: str
    title: str
    severity: str
    source: str
    labels: dict[str, str]
    annotations: dict[str, str]
    silenced_by: str
    routes: tuple[RouteTaken, ...]
    trials: tuple[TrialShown, ...]


class PlannedCall(msgspec.Struct, frozen=True):
    """A message that would leave: when (after the start, and as an instant), to whom, how, and why. `round` and `step`
    count from 0; `target` is `person:<id>`, `schedule:<id>` or `team:<id>`, empty for an administrator who is told
    because nobody else can be; `rule` as in messages."""

    offset_ms: int
    at: datetime
    group_key: str
    round: int
    step: int
    target: str
    user: str
    name: str
    channel: str
    contact: str
    contact_label: str
    rule: str
    why: str
    in_digest: bool


class Difficulty(msgspec.Struct, frozen=True):
    """What stands in the way: a word for programs, and words for people. `step` is null where it is about none."""

    reason: str
    text: str
    group_key: str = ""
    round: int | None = None
    step: int | None = None
    user: str = ""


class SimulationShown(msgspec.Struct, frozen=True):
    """What would happen if nobody answered and every message arrived. `error`: nothing of the payload is understood."""

    at: datetime
    revision: int
    error: str
    signals: tuple[SignalTried, ...]
    plan: tuple[PlannedCall, ...]
    problems: tuple[Difficulty, ...]


@post("/routes/simulate", responses=ACTS, status_code=200)
async def simulate(call: Call, data: SimulationAsked) -> SimulationShown:
    """Who would be told, when and how. Changes nothing."""
    at = moment(data.at) if data.at is not None else call.at
    say = translator(preferred(call.request.headers.get("accept-language", "")))
    revision = call.look.incidents.routes()[0] + (data.root is not None)
    found = _signals(call, data, at)
    if isinstance(found, str):
        error = said_again(say.language, LETTER, found)
        trouble = Difficulty("not_understood", say("plan.problem.not_understood"))
        return await call.shown(SimulationShown(shown(at), revision, error, (), (), (trouble,)))
    foreseen = rehearse(call.look, found, at, data.root)
    signals = tuple(
        _signal(call, data.root, found.source, signal, hushed, say)
        for signal, hushed in zip(found.signals, foreseen.hushed, strict=True)
    )
    groups = {one.incident: one.group_key for one in foreseen.incidents}
    plan = tuple(_planned(call, one, groups.get(one.incident, ""), at, say) for one in foreseen.calls)
    problems = (*_of_signals(signals, say), *_of_people(call, foreseen, groups, say))
    return await call.shown(SimulationShown(shown(at), revision, "", signals, plan, problems))


def _signals(call: OneCall, data: SimulationAsked, at: Moment) -> ReceiveSignals | str:
    """What is to be tried; a text when the payload is not understood. Raises Refused."""
    if data.alert is not None:
        number = number_of(str(data.alert).upper(), "ALT") or number_of(f"ALT-{data.alert}", "ALT") or 0
        alert = required(call.look.alerts.alert(number), "alert in memory", str(data.alert))
        return ReceiveSignals(alert.source, (Signal(alert.key, "firing", at, alert.content),))
    if data.payload is not None:
        return _read(call, data, at)
    if data.labels is None:
        raise _flawed("", "nothing to try", "give a payload, labels, or an alert")
    if data.severity not in SEVERITIES:
        raise _flawed("/severity", f"{data.severity!r} is none of {', '.join(SEVERITIES)}")
    title = data.title or data.annotations.get("summary") or data.labels.get("alertname") or TITLE
    content = Content(title, data.severity, data.labels, data.annotations)
    return ReceiveSignals(data.source, (Signal(fingerprint(data.labels), "firing", at, content),))


def _read(call: OneCall, data: SimulationAsked, at: Moment) -> ReceiveSignals | str:
    """A payload, read as its source would."""
    row = required(call.look.intake.source(data.source), "source", data.source) if data.source else None
    spec = row.spec if row is not None else SourceSpec(name=TITLE)
    door = data.door or (spec.door if spec.door != "any" else "alertmanager_webhook")
    body = data.payload.encode() if isinstance(data.payload, str) else msgspec.json.encode(data.payload)
    request = Request("POST", "", "", data.content_type, {"content-type": data.content_type}, body)
    found = read(spec, row.revision if row is not None else 0, door, request, at, Memo())
    if isinstance(found, Misunderstood):
        return found.error
    if len(found.signals) > SIGNALS_MAX:
        raise _flawed("/payload", f"{len(found.signals)} signals; {SIGNALS_MAX} are the most of one simulation")
    return ReceiveSignals(data.source or TITLE, found.signals)


def _flawed(pointer: str, message: str, hint: str = "") -> Refused:
    return Refused(422, "request_invalid", message, (Fault(pointer, message, hint),))


def _signal(
    call: OneCall, root: Route | None, source: str, signal: Signal, hushed: str, say: Translator
) -> SignalTried:
    content = signal.content
    found = call.look.incidents.simulate(content, source, root)
    trials = {one.path: _trial(one, say) for one in found.trials}
    routes = []
    for one in found.landings:
        open_one = call.look.incidents.by_group(one.group_key)
        routes.append(
            RouteTaken(
                one.leaf.path, _way(one.leaf.path, trials), one.service, one.leaf.ladder,
                one.urgency, one.leaf.group_wait_s, one.group_key, one.group_labels,
                open_one.id if open_one is not None and open_one.is_open else "",
            )
        )  # fmt: skip
    return SignalTried(
        signal.key, signal.status, titled(say.language, content.title), content.severity, source,
        content.labels, content.annotations,
        hushed.removeprefix("silence:"), tuple(routes), tuple(trials.values()),
    )  # fmt: skip


def _way(path: str, trials: dict[str, TrialShown]) -> tuple[TrialShown, ...]:
    """The nodes from the root to this one."""
    names = path.split("/")
    ways = ("/".join(names[: count + 1]) for count in range(len(names)))
    return tuple(trials[one] for one in ways if one in trials)


def _trial(one: Trial, say: Translator) -> TrialShown:
    conditions = say("plan.trial.and").join(one.conditions)
    return TrialShown(one.path, one.entered, say(f"plan.trial.{one.why}", conditions=conditions), one.decides)


def _planned(call: OneCall, one: Told, group_key: str, start: Moment, say: Translator) -> PlannedCall:
    contact = call.look.people.contact(one.contact)
    is_seen = call.caller.may(ADMINISTER) or call.caller.owns(one.user)
    target = f"{one.target.kind}:{one.target.id}" if one.target is not None else ""
    return PlannedCall(
        one.at - start, shown(one.at), group_key, one.round, one.step, target, one.user,
        namer(call.look)(one.user), one.channel, one.contact, contact.label if contact is not None and is_seen else "",
        one.rule, _why(call, one, say), one.in_digest,
    )  # fmt: skip


def _why(call: OneCall, one: Told, say: Translator) -> str:
    """Why this person, and why this way."""
    rule = say("plan.rule", number=one.rule.partition(":")[2]) if one.rule.startswith("rule:") else coded(say, one.rule)
    if one.target is None:
        return say("plan.by.nobody", rule=rule)
    name = one.target.id
    if one.target.kind == "schedule":
        schedule = call.look.oncall.schedule(name)
        name = schedule.spec.name if schedule is not None else name
    elif one.target.kind == "team":
        team = call.look.people.team(name)
        name = team.spec.name if team is not None else name
    return say(f"plan.by.{one.target.kind}", name=name, rule=rule)


def _of_signals(signals: tuple[SignalTried, ...], say: Translator) -> list[Difficulty]:
    """What keeps signals from calling anybody."""
    found: dict[Difficulty, None] = {}
    for one in signals:
        if one.status != "firing":
            found[Difficulty("not_firing", say("plan.problem.not_firing", title=one.title))] = None
        elif one.silenced_by:
            found[Difficulty("silenced", say("plan.problem.silenced", title=one.title, id=one.silenced_by))] = None
        elif not one.routes:
            found[Difficulty("no_route", say("plan.problem.no_route", title=one.title))] = None
        for route in one.routes:
            if route.joins:
                text = say("plan.problem.joins", id=route.joins)
                found[Difficulty("joins", text, route.group_key)] = None
    if not signals:
        found[Difficulty("no_signals", say("plan.problem.no_signals"))] = None
    return list(found)


def _of_people(call: OneCall, foreseen: Foreseen, groups: dict[str, str], say: Translator) -> list[Difficulty]:
    """What stands between the ladder and people."""
    name = namer(call.look)
    found = [_trouble(one, groups, name, say) for one in foreseen.troubles]
    for contact, user in {one.contact: one.user for one in foreseen.calls}.items():
        if call.look.notify.reach(contact).state(True, call.at) == "failing":
            channel = next(one.channel for one in foreseen.calls if one.contact == contact)
            text = say("plan.problem.contact_failing", name=name(user), channel=say(f"channel.{channel}"))
            found.append(Difficulty("contact_failing", text, user=user))
    if foreseen.is_cut:
        found.append(Difficulty("plan_too_long", say("plan.problem.plan_too_long")))
    return found


def _trouble(one: Trouble, groups: dict[str, str], name: Callable[[str], str], say: Translator) -> Difficulty:
    text = say(f"plan.problem.{one.reason}", step=one.step + 1, name=name(one.user))
    has_step = one.step >= 0 and one.reason not in ("ladder_unknown", "all_given_up")
    return Difficulty(
        one.reason, text, groups.get(one.incident, ""), one.round if has_step else None,
        one.step if has_step else None, one.user,
    )  # fmt: skip


router = Router("/", route_handlers=[simulate], tags=["incidents"])
