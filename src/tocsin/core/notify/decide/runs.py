"""Escalation: beginning, climbing rung by rung, and stopping.

Law: no rung is silent. One nobody stands on, or nobody of which a page reaches, is passed at once; a ladder nobody
stands on leads to the administrators. But a round is not begun anew before its last rung had its time: else a refusal
of some seconds, as of a mail server at its restart, would use up all rounds. A round that reached nobody is told to
the administrators at once.
The ladder is the one the run began with; who stands on its rungs is found when they are reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tocsin.core.notify.commands import RAISED, StartRun
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.look import Look
from tocsin.core.notify.decide.pages import first_told_at, tell_admins, tell_people
from tocsin.core.notify.events import NobodyReached, PageCancelled, RunEnded, RunStarted, StepReached
from tocsin.core.notify.rules import MAILBOX
from tocsin.core.notify.state import BUNDLED, DELIVERED, FAILED, HELD, LIVE, PLANNED, Page, Run, carried
from tocsin.core.notify.views import PageShown
from tocsin.core.oncall.events import LadderSpec, Step, Target
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import SECOND_MS

Rung = tuple[int, int]
"""Round and step, both from 0."""
ESCALATED = "escalated"
"""Why a run begins because somebody asked for the next rung, or a worse alert came."""
ANSWERED = ("acknowledged", "snoozed")
"""Why a run ended that somebody had heard."""


def start(draft: Draft, look: Look, command: StartRun) -> None:
    """Begin a run, ending one that is under way, and reach the first rung. What became more urgent is called for anew
    only if it still is being called for less urgently: it may be answered, or begun anew, by another event of the same
    decision."""
    under_way = draft.runs.get(command.incident)
    if command.why == RAISED and (under_way is None or under_way.urgency == command.urgency):
        return
    if under_way is not None:
        stop(draft, command.incident, "reassigned" if command.why == "reassigned" else "restarted")
    revision, spec = laid(look, command.ladder, command.user)
    passed = _passed(look, command, revision, len(spec.steps))
    draft.tell(
        RunStarted(
            incident=command.incident, run=draft.next_run(), ladder="" if command.user else command.ladder,
            revision=revision, spec=spec, urgency=command.urgency, user=command.user,
            why=command.why,
        )
    )  # fmt: skip
    run = draft.runs[command.incident]
    if not revision and not command.user:
        draft.tell(NobodyReached(incident=run.incident, run=run.number, why="ladder_unknown"))
    climb(draft, look, replace(run, **passed))


def _passed(look: Look, command: StartRun, revision: int, steps: int) -> dict[str, int]:
    """The rung that was answered last: who asks for the next one does not mean those again who had taken it on. After
    the last rung, another round. An incident that became more urgent is called for from the first."""
    old = look.notify.run(command.incident)
    if command.why != ESCALATED or old is None or old.ended not in ANSWERED or not old.rungs:
        return {}
    mine = ("" if command.user else command.ladder, command.user, revision, command.urgency)
    if (old.ladder, old.user, old.revision, old.urgency) != mine:
        return {}
    step = old.rungs[-1].step
    return {"step": step, "exhausted": step + 1 >= steps}


def laid(look: Look, ladder: str, user: str) -> tuple[int, LadderSpec]:
    """The ladder as it is now, and its revision; 0 and one rung: the person named, or the administrators in place of a
    ladder nobody knows."""
    found = None if user else look.oncall.ladder(ladder)
    if found is not None and found.spec is not None:
        return found.revision, found.spec
    people = (user,) if user else tuple(look.people.admins())
    targets = tuple(Target("person", one) for one in people)
    return 0, LadderSpec(name=user or ladder, steps=(Step(targets),))


def climb(draft: Draft, look: Look, run: Run, late_ms: int = 0) -> None:
    """Reach the next rung on which somebody stands; beyond the last one the run is exhausted."""
    for passed in range(1, max(1, len(run.spec.steps)) + 1):
        rung = _after(run)
        if rung is None:
            return exhaust(draft, look, run)
        if rung[0] > run.round and draft.runs[run.incident].step >= 0:
            _alarm(draft, look, run)
        users = _standing(look, run, rung[1], draft.at)
        nobody = "" if users else "nobody_on_call"
        if not users and passed == len(run.spec.steps):
            users, nobody = tuple(look.people.admins()), "ladder_empty"
        run = _reach(draft, look, run, rung, users, late_ms, at_once=nobody == "nobody_on_call")
        if nobody:
            draft.tell(NobodyReached(incident=run.incident, run=run.number, why=nobody))
        _tell(draft, look, run, users)
        if nobody != "nobody_on_call":
            return None
    return None


def hasten(draft: Draft, look: Look, run: Run) -> None:
    """Climb because somebody asked for it: after the last rung, once more from the first. Where nobody was being
    called, the run that this began may have reached the next rung already."""
    shown = look.notify.run(run.incident)
    if shown is not None and (shown.why, shown.started_at) == (ESCALATED, draft.at):
        first = next(iter(shown.rungs), None)  # none, where it could reach no rung
        if first is not None and (first.round, first.step) != (0, 0):
            return
    if not run.exhausted and _after(run) is None:
        exhaust(draft, look, run)
    climb(draft, look, draft.runs[run.incident])


def _reach(
    draft: Draft, look: Look, run: Run, rung: Rung, users: tuple[str, ...], late_ms: int, *, at_once: bool
) -> Run:
    """The rung's time to answer begins when its first page leaves: at night, low urgency waits for the morning."""
    begins_at = first_told_at(draft, look, run, users)
    wait_ms = 0 if at_once else run.spec.steps[rung[1]].delay_s * SECOND_MS
    over_at = Moment(begins_at + wait_ms)
    last = _after(run, rung) is None
    draft.tell(
        StepReached(
            incident=run.incident, run=run.number, round=rung[0], step=rung[1], users=users,
            next_at=Moment(0) if last else over_at, late_ms=late_ms, ends_at=over_at if last else Moment(0),
        )
    )  # fmt: skip
    return draft.runs[run.incident]


def _tell(draft: Draft, look: Look, run: Run, users: tuple[str, ...]) -> None:
    """Tell the people on a rung. If there is nobody, or one has only the mailbox, the administrators learn of it."""
    if not tell_people(draft, look, run, users) or not users:
        tell_admins(draft, look, run, loud=False)


def _standing(look: Look, run: Run, step: int, at: Moment) -> tuple[str, ...]:
    """Who stands on the rung now, each once, in the order of its targets."""
    found: dict[str, None] = {}
    for target in run.spec.steps[step].targets:
        found.update(dict.fromkeys(look.oncall.reach(look.people, target, at)))
    return tuple(found)


def _after(run: Run, rung: Rung | None = None) -> Rung | None:
    """The rung after this one (or after the one reached last). A run hastened beyond its end goes round once more."""
    if rung is None and run.exhausted:
        return (run.round + 1, 0) if run.spec.steps else None
    round_, step = rung or (run.round, run.step)
    if step + 1 < len(run.spec.steps):
        return round_, step + 1
    return (round_ + 1, 0) if round_ < run.spec.repeats and run.spec.steps else None


def exhaust(draft: Draft, look: Look, run: Run) -> None:
    """Nobody answered on the last rung. Pages on their way stay on their way."""
    draft.tell(RunEnded(incident=run.incident, run=run.number, why="exhausted"))
    alarm_if_unreached(draft, look, draft.runs[run.incident])


def alarm_if_unreached(draft: Draft, look: Look, run: Run) -> None:
    """An exhausted run of which no page beyond the mailbox arrived, or still can, is the administrators' matter."""
    if run.exhausted:
        _alarm(draft, look, run)


def _alarm(draft: Draft, look: Look, run: Run) -> None:
    """Once a run: what is said to nobody is said to the administrators."""
    if run.alarmed or any(_arrives(page.status) for page in _beyond_mailbox(draft, run)):
        return
    draft.tell(NobodyReached(incident=run.incident, run=run.number, why="all_given_up"))
    tell_admins(draft, look, run, loud=True)


def hasten_if_unreached(draft: Draft, look: Look, run: Run) -> None:
    """When no page of high urgency of the rung arrives any more, waiting for its people is a waste: climb."""
    if run.urgency != "high" or run.exhausted:
        return
    rung = (run.round, run.step)
    if any(_arrives(page.status) for page in _beyond_mailbox(draft, run) if (page.round, page.step) == rung):
        return
    if any(was_heard(page) for page in shown_of(look, run) if (page.round, page.step) == rung):
        return
    if _is_round_over(look, run, draft.at):
        _alarm(draft, look, run)
    else:
        climb(draft, look, run)


def _is_round_over(look: Look, run: Run, at: Moment) -> bool:
    """Whether the next rung on which somebody stands belongs to another round."""
    later = range(run.step + 1, len(run.spec.steps))
    return run.round < run.spec.repeats and not any(_standing(look, run, step, at) for step in later)


def shown_of(look: Look, run: Run) -> list[PageShown]:
    """The pages of a run before this decision, with those from before it was stopped and went on."""
    return [page for page in look.notify.pages_of(run.incident) if page.run == run.number]


def was_heard(page: PageShown) -> bool:
    """Whether somebody whom a rung tells was reached by more than the mailbox."""
    return page.channel != MAILBOX and page.rule != "admins" and page.state == DELIVERED


def _beyond_mailbox(draft: Draft, run: Run) -> Iterator[Page]:
    return (page for page in draft.newest_of(run) if page.channel != MAILBOX and page.rule != "admins")


def _arrives(status: str) -> bool:
    return status in LIVE or status in (DELIVERED, BUNDLED)


def stop(draft: Draft, incident: str, why: str) -> None:
    """Somebody answered: nothing of this run leaves any more. What a channel holds already is left to its receipt."""
    run = draft.runs[incident]
    digests: dict[str, None] = {}
    for page in draft.pages_of(run):
        if page.status in (PLANNED, HELD, FAILED):
            draft.tell(PageCancelled(incident=incident, page=page.id, why=why))
        elif page.status == BUNDLED:
            digests[page.into] = None
    draft.tell(RunEnded(incident=incident, run=run.number, why=why))
    close_digests(draft, digests, why)


def close_digests(draft: Draft, digests: Iterable[str], why: str) -> None:
    """A digest that waits for its next attempt, and carries nothing any more, needs none."""
    for id_ in digests:
        digest = draft.pages.get(id_)
        if digest is not None and digest.status == FAILED and not carried(draft.pages, digest):
            draft.tell(PageCancelled(incident="", page=id_, why=why))
