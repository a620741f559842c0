"""What must hold of a story of pages, seen by somebody who does not know how it is decided.

Law: what needs somebody has somebody called, with a next time to look, or the administrators know that nobody can be;
what needs nobody calls nobody; nobody is told twice at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chronicle import Story
from pager import HOUR, SECOND, Pager

from tocsin.core.incidents.events import IncidentEscalated
from tocsin.core.incidents.state import Incident
from tocsin.core.notify.events import (
    DigestDue,
    PageDue,
    PagePlanned,
    RunEnded,
    RunResumed,
    RunStarted,
    StepReached,
)
from tocsin.core.notify.state import BUNDLED, DELIVERED, LIVE
from tocsin.core.notify.views import PageShown
from tocsin.core.oncall.events import LadderSpec, Layer, ScheduleSpec, Step
from tocsin.kernel.message import Event


class Sceptic:
    """Looks at a story after each of its steps, and at all that was told since."""

    def __init__(self) -> None:
        self.read = 0
        self.running: dict[str, bool] = {}
        self.specs: dict[str, LadderSpec] = {}
        self.urgency: dict[str, str] = {}
        self.rounds: dict[str, tuple[int, int]] = {}
        self.escalated: dict[str, bool] = {}
        self.resumed = ""
        self.asked: dict[str, None] = {}
        self.messages: dict[tuple[str, str, str, int], dict[str, None]] = {}

    def look(self, story: Story) -> None:
        """Nothing is wrong, so far."""
        told, self.read = story.house.stamped[self.read :], len(story.house.stamped)
        self.messages, self.escalated = {}, {}
        for stamp, event in told:
            self._runs(story, event, stamp.at)
            self._pages(story.house, event, stamp.at)
        for key, messages in self.messages.items():
            assert len(messages) < 2, f"{key} is told twice in one moment: {list(messages)}"
        for incident, is_heard in self.escalated.items():
            run = story.house.notify.run(incident)
            is_twice = run is not None and run.started_at == story.at  # to ask twice in one moment is to ask once
            assert is_heard or is_twice, f"{incident} was escalated and no rung was reached"
        for found in story.house.world.look.incidents.known.incidents.values():
            _look_at(story.house, found, story.at)
        _look_at_alerts(story.house)

    def _runs(self, story: Story, event: Event, at: int) -> None:
        match event:
            case RunStarted() | RunResumed():
                self.running[event.incident] = True
                self.specs[event.incident], self.urgency[event.incident] = event.spec, event.urgency
                self.rounds.pop(event.incident, None)
                self.resumed = event.incident if isinstance(event, RunResumed) else ""
            case RunEnded() if event.why != "exhausted":
                self.running[event.incident] = False
            case IncidentEscalated():
                self.escalated[event.incident] = False
                self.rounds.pop(event.incident, None)
            case StepReached():
                self.resumed = ""
                self._reached(story, event, at)
                if event.incident in self.escalated:
                    self.escalated[event.incident] = True
                    self.rounds.pop(event.incident, None)
            case _:
                pass

    def _reached(self, story: Story, event: StepReached, at: int) -> None:
        """The right people, each by more than the mailbox where there is more; no round before its time."""
        house, step = story.house, self.specs[event.incident].steps[event.step]
        round_, over_at = self.rounds.get(event.incident, (event.round, 0))
        assert event.round == round_ or at >= over_at, f"a round began too soon: {event}"
        if event.users:
            self.rounds[event.incident] = event.round, at + step.delay_s * SECOND
            assert (event.next_at or event.ends_at) > at
        if at != story.at:
            return
        users = standing(house, step, at)
        assert list(event.users) == (users or list(event.users and house.world.look.people.admins())), event
        for user in event.users if self.urgency[event.incident] == "high" else ():
            pages = [one for one in house.notify.pages_of(event.incident) if (one.run, one.user) == (event.run, user)]
            is_told = any(one.planned_at == at and one.channel != "mailbox" for one in pages)
            assert is_told or not house.world.look.people.contacts_verified(user), (event, user)

    def _pages(self, house: Pager, event: Event, at: int) -> None:
        match event:
            case PagePlanned(rule="retry"):
                self.asked[event.page] = None
            case PagePlanned() if event.run and event.incident == self.resumed and event.rule != "admins":
                assert not _has_arrived(house, event), f"{event} was told before it was answered"
            case PageDue():
                page = house.notify.page(event.page)
                is_mine = page is not None and page.kind == "page"
                assert not is_mine or self.running[event.incident], f"{event} leaves, and nobody needs it"
                self._leaves(house, (event.page,), event.page, event.attempt, at)
            case DigestDue():
                self._leaves(house, event.pages, event.page, event.attempt, at)
            case _:
                pass

    def _leaves(self, house: Pager, pages: tuple[str, ...], message: str, attempt: int, at: int) -> None:
        for page in [house.notify.page(id_) for id_ in pages if id_ not in self.asked]:
            if attempt == 1 and page is not None and page.kind == "page":
                key = page.incident, page.user, page.contact, at
                self.messages.setdefault(key, {})[message] = None


def _has_arrived(house: Pager, event: PagePlanned) -> bool:
    """Whether the person had the same rung by the same contact."""
    pages = {one.id: one for one in house.notify.pages_of(event.incident) if one.run == event.run}
    mine = pages.pop(event.page)
    return any(_rung(one) == _rung(mine) and one.state == DELIVERED and not one.into for one in pages.values())


def _rung(page: PageShown) -> tuple[str, str, int, int]:
    return page.user, page.contact, page.round, page.step


def _look_at(house: Pager, found: Incident, at: int) -> None:
    look = house.world.look
    timers, people = look.incidents.known.timers.rows, look.people
    if is_calling(found, at):
        _is_called(house, found, at)
    else:
        assert found.id not in look.notify.known.runs, f"it calls and should not: {found}"
    if found.is_open and not found.muted_by and found.is_asleep(at):
        assert timers[f"wake:{found.id}"] == found.snoozed_until, found
    elif found.status == "triggered" and not found.muted_by and found.is_waiting:
        assert timers[f"trigger:{found.id}"] == found.trigger_at > at, found
    if found.status == "acknowledged" and not found.is_asleep(at) and not found.muted_by:
        user = people.user(found.acknowledged_by)
        assert user is None or user.active, f"it stays with somebody who is gone: {found}"
        alerts = [look.alerts.alert(number) for number, member in found.alerts.items() if not member.is_over]
        loud = [one for one in alerts if one is not None and not look.alerts.is_suppressed(one.number)]
        is_answered = all(one.acknowledged_at for one in loud)
        assert is_answered or not found.is_senders, f"nobody answered some of its alerts: {found}"
    still = [number for number, member in found.alerts.items() if not member.is_over]
    if found.muted_by and not found.by:
        assert still and all(look.alerts.is_suppressed(number) for number in still), f"it may not be mute: {found}"


def is_calling(found: Incident, at: int) -> bool:
    """Whether somebody must be called for it at this instant."""
    return found.status == "triggered" and not found.muted_by and not found.is_asleep(at) and not found.is_waiting


def _is_called(house: Pager, found: Incident, at: int) -> None:
    """Somebody is being called and there is a next time to look; or somebody has it, will, or nobody can be reached and
    the administrators were told."""
    notify = house.notify
    run = notify.known.runs.get(found.id)
    assert run is not None, f"nobody is called for {found}"
    assert (run.user, run.ladder) == (found.user, "" if found.user else found.ladder), f"{run} is not for {found}"
    assert run.urgency == "high" or found.urgency == "low", f"{run} is not urgent enough for {found}"
    if not run.exhausted:
        assert run.timer_at == notify.known.agenda.rows[f"run:{found.id}"] > at, run
        return
    pages = [page for page in notify.pages_of(found.id) if page.run == run.number]
    pages = [page for page in pages if page.channel != "mailbox" and page.rule != "admins"]
    is_heard = any(page.state in (*LIVE, DELIVERED, BUNDLED) for page in pages)
    shown = notify.run(found.id)
    assert shown is not None
    is_known = "all_given_up" in shown.alarms or not house.world.look.people.admins()
    assert is_heard or is_known, f"{found.id} is given up and nobody knows"


def _look_at_alerts(house: Pager) -> None:
    look = house.world.look
    for alert in look.alerts.open_alerts():
        homes = [look.incidents.incident(name) for name in look.incidents.incidents_of(alert.number)]
        is_home = any(one is not None and one.is_open and not one.alerts[alert.number].is_over for one in homes)
        assert is_home or look.alerts.is_suppressed(alert.number), f"{alert} is lost"
    look.notify.balance()


def standing(house: Pager, step: Step, at: int) -> list[str]:
    """Who stands on a rung, looked up slowly."""
    people, oncall = house.world.look.people, house.world.look.oncall
    found: list[str] = []
    for target in step.targets:
        team, schedule = people.team(target.id), oncall.schedule(target.id)
        if target.kind == "person":
            found.append(target.id)
        elif target.kind == "team":
            found += team.spec.members if team is not None else ()
        elif schedule is not None:
            found += on_duty(house, schedule.spec, at)
    return list(dict.fromkeys(user for user in found if _is_active(house, user)))


def on_duty(house: Pager, spec: ScheduleSpec, at: int) -> list[str]:
    """Everybody who claims the duty in one pile, whoever covers for somebody above them: the topmost who is active."""
    pile = [user for layer in spec.layers if (user := turn(layer, spec.zone, at))]
    for row in house.world.look.oncall.overrides("rota"):
        if not row.start_at <= at < row.end_at:
            continue
        if not row.instead_of:
            pile.append(row.user)
        for place in range(len(pile) - 1, -1, -1):
            if pile[place] == row.instead_of:
                pile.insert(place + 1, row.user)
    return [user for user in pile if _is_active(house, user)][-1:]


def turn(layer: Layer, zone: str, at: int) -> str:
    """Whose turn it is, hand-off by hand-off."""
    here = datetime.fromtimestamp(at / 1000, ZoneInfo(zone))
    hour, minute = (int(part) for part in layer.hand_off.split(":"))
    edge = datetime.fromisoformat(layer.start).replace(hour=hour, minute=minute)
    clock = here.strftime("%H:%M")
    if layer.restrictions and not (clock >= "18:00" or (clock < "02:30" and not here.fold)):
        return ""  # in the hour that comes twice, half past two was once it was
    if layer.unit == "hour":
        number = int((at - edge.replace(tzinfo=here.tzinfo).timestamp() * 1000) // (layer.every * HOUR))
    else:
        number = -1
        while edge.replace(tzinfo=here.tzinfo).timestamp() * 1000 <= at:
            number, edge = number + 1, edge + timedelta(days=layer.every)
    return layer.users[number % len(layer.users)] if number >= 0 else ""


def _is_active(house: Pager, user: str) -> bool:
    known = house.world.look.people.user(user)
    return known is not None and known.active
