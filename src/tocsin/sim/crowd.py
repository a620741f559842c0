"""The people of the town: who hear a page and act, or sleep on; who silence, edit the configuration, prove addresses.

Law: people act through commands, as the web would ask in their name. A refusal is an answer like any other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine
from random import Random
from typing import Any

from tocsin.core.alerts.commands import ExpireSilence, ReopenAlert, ResolveAlert, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EndSnooze,
    EscalateIncident,
    MergeIncident,
    OpenIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SetRoutes,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.notify.commands import SendTestPage, SetRules
from tocsin.core.oncall.commands import AddOverride
from tocsin.core.people.commands import AddContact, RemoveContact, SetUser, VerifyContact
from tocsin.kernel.message import Accepted, Command, Moment
from tocsin.kernel.moment import HOUR_MS, MINUTE_MS
from tocsin.shell.ports import Message
from tocsin.sim import town as towns
from tocsin.sim.checkers import Checkers
from tocsin.sim.house import House
from tocsin.sim.town import Town

ACTS = (
    "acknowledge", "resolve", "snooze", "reassign", "escalate", "merge", "note", "silence", "prioritise", "give back",
    "reopen",
)  # fmt: skip
EDITS = (
    "team", "schedule", "ladder", "routes", "rules", "override", "contact", "leave", "test page", "incident", "silence",
)  # fmt: skip
EDITS_A_DAY = 12
ANSWERS = 0.45
"""How often a person reacts to a page at all."""
SLIPS = 0.2
"""How often a person takes back what they did."""


class Crowd:
    """Everybody who is told something or changes something."""

    def __init__(self, house: House, town: Town, checkers: Checkers, chance: Random) -> None:
        self._house = house
        self._town = town
        self._checkers = checkers
        self._chance = chance
        self._acts = [act for act in ACTS if chance.random() < 0.7]
        self._edits = [edit for edit in EDITS if chance.random() < 0.6]
        self._is_calm = False
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._last = ""
        self._count = 0

    def start(self) -> None:
        """Begin to edit."""
        self._spawn(self._edit_now_and_then())

    def calm(self) -> None:
        """Everybody sleeps: nobody answers, nobody edits."""
        self._is_calm = True

    def stop(self) -> None:
        """Go home."""
        for task in self._tasks:
            task.cancel()

    def hear(self, message: Message) -> None:
        """A message reached a person."""
        if message.id.startswith("code-"):
            self._spawn(self._prove(message))
        elif not self._is_calm and self._chance.random() < ANSWERS and self._acts:
            self._spawn(self._react(message))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """People outlive the house's crashes."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._checkers.break_(f"a person met a defect: {fault!r}")

    async def _ask(self, command: Command, user: str) -> bool:
        decision = await self._house.command(command, f"user:{user}")
        kind = "lost" if decision is None else "accepted" if isinstance(decision, Accepted) else "refused"
        self._checkers.counts[f"commands_{kind}"] += 1
        return kind == "accepted"

    # Answering

    async def _react(self, message: Message) -> None:
        incidents = [str(one["id"]) for one in _listed(message.facts.get("incidents"))]
        user = str(message.facts["user"])
        if not incidents:
            return
        act = self._chance.choice(self._acts)
        due_s = self._until_paged_s(incidents[0])
        if due_s is not None and self._chance.random() < 0.5:
            act = "acknowledge" if self._chance.random() < 0.7 else act
            await asyncio.sleep(max(0.0, due_s + self._chance.uniform(-0.001, 0.004)))
        else:
            await asyncio.sleep(self._chance.expovariate(1 / 240))
        for incident in incidents[: self._chance.randint(1, 3)]:
            await self._ask(self._act(act, incident), user)
            self._last = incident
            await self._think_again(message.id, incident, user)
            await self._close_alerts(message.id, incident, user)

    async def _think_again(self, page: str, incident: str, user: str) -> None:
        """Some slip and undo it, some end a snooze again. By a chance of its own: the others' stories stay theirs."""
        chance = Random(f"{page} {incident}")
        if chance.random() < SLIPS:
            await asyncio.sleep(chance.uniform(0, 150))
            await self._ask(EndSnooze(incident) if chance.random() < 0.2 else UndoAct(incident), user)

    async def _close_alerts(self, page: str, incident: str, user: str) -> None:
        """Some close alerts of an incident one by one, and find that they are not over. By a chance of its own."""
        chance = Random(f"alerts {page} {incident}")
        found = self._house.engine.look.incidents.incident(incident) if self._house.is_up else None
        if found is None or chance.random() >= SLIPS:
            return
        numbers = [number for number, member in found.alerts.items() if not member.is_over][: chance.randint(1, 3)]
        for number in numbers:
            await self._ask(ResolveAlert(number), user)
        await asyncio.sleep(chance.uniform(0, 150))
        for number in numbers:
            if chance.random() < 0.8:
                await self._ask(ReopenAlert(number), chance.choice((user, towns.ADMIN)))

    def _until_paged_s(self, incident: str) -> float | None:
        """How long until the very instant at which the house will page the next person, when that is soon."""
        if not self._house.is_up:
            return None
        engine = self._house.engine
        run = engine.look.notify.known.runs.get(incident)
        if run is None or not run.timer_at or run.timer_at - engine.clock.now() > 20 * MINUTE_MS:
            return None
        return (run.timer_at - engine.clock.now()) / 1000

    def _act(self, act: str, incident: str) -> Command:
        chance, now = self._chance, self._house.wall.now_ms()
        match act:
            case "acknowledge":
                return AcknowledgeIncident(incident)
            case "resolve":
                return ResolveIncident(incident)
            case "snooze":
                return SnoozeIncident(incident, Moment(now + chance.randint(1, 240) * MINUTE_MS))
            case "reassign" if chance.random() < 0.5:
                return ReassignIncident(incident, user=chance.choice(self._town.users))
            case "reassign":
                return ReassignIncident(incident, ladder=chance.choice(towns.LADDERS))
            case "escalate":
                return EscalateIncident(incident)
            case "merge" if self._last:
                return MergeIncident(incident, self._last)
            case "silence":
                return self._silence(now)
            case "prioritise":
                return SetPriority(incident, chance.choice(("P1", "P2", "P3", "P4", "P5")))
            case "give back":
                return UnacknowledgeIncident(incident)
            case "reopen":
                return ReopenIncident(incident)
            case _:
                return AddNote(incident, "looked at it")

    def _silence(self, now: int) -> Command:
        """Silence a service or a name, now or soon, or end the silence that was begun last."""
        chance = self._chance
        live = [one.silence for one in self._house.engine.look.alerts.silences() if one.status != "expired"]
        if live and chance.random() < 0.3:
            return ExpireSilence(chance.choice(live))
        start_at = now + chance.choice((0, 0, 10 * MINUTE_MS))
        name = chance.choice(towns.SERVICES)
        one = f'service="{name}"'
        matchers = chance.choice(((one,), ('alertname=~"D.*"',), (one, 'severity!="critical"')))
        spec = SilenceSpec(
            matchers=matchers, start_at=Moment(start_at), comment="works", created_by="crowd",
            end_at=Moment(start_at + chance.randint(5, 360) * MINUTE_MS),
        )  # fmt: skip
        edited = chance.choice(live) if live and chance.random() < 0.2 else ""
        self._count += 1
        return SetSilence(edited, f"silence-{self._count}", spec)

    async def _prove(self, message: Message) -> None:
        """Type the code that came."""
        await asyncio.sleep(self._chance.uniform(10, 90))
        code = str(message.facts.get("code", ""))
        contact = message.id[len("code-") :].rsplit("-", 1)[0]
        await self._ask(VerifyContact(contact.split("-")[0], contact, _sha256(code)), contact.split("-")[0])

    # Changing

    async def _edit_now_and_then(self) -> None:
        while self._edits:
            await asyncio.sleep(self._chance.expovariate(EDITS_A_DAY / 86_400))
            if self._is_calm:
                return
            if self._house.is_up:
                user = self._chance.choice(self._town.users)
                await self._ask(self._edit(self._chance.choice(self._edits), user), towns.ADMIN)

    def _edit(self, edit: str, user: str) -> Command:
        chance, now = self._chance, self._house.wall.now_ms()
        match edit:
            case "team":
                return towns.team_of(self._town, chance.choice(towns.TEAMS), chance)
            case "schedule":
                return towns.schedule_of(self._town, chance.choice(towns.SCHEDULES), chance)
            case "ladder":
                return towns.ladder_of(self._town, chance.choice(towns.LADDERS), chance)
            case "routes":
                return SetRoutes(towns.routes(chance))
            case "rules":
                return SetRules(user, towns.rules(user, chance) if chance.random() < 0.7 else ())
            case "override":
                start_at = Moment(now + chance.randint(0, 120) * MINUTE_MS)
                self._count += 1
                end_at = Moment(start_at + chance.randint(1, 12) * HOUR_MS)
                return AddOverride(chance.choice(towns.SCHEDULES), f"over-{self._count}", user, start_at, end_at)
            case "contact":
                return self._contact(user)
            case "leave":
                return self._leave(user)
            case "test page":
                return SendTestPage(user, f"{user}-mail")
            case "silence":
                return self._silence(now)
            case _:
                return OpenIncident("Somebody telephoned", chance.choice(("critical", "medium", "low")))

    def _contact(self, user: str) -> Command:
        """Add an address that must be proved, or take one away."""
        own = [contact.id for contact in self._house.engine.look.people.contacts(user)]
        if len(own) > 3:
            return RemoveContact(user, own[-1])
        self._count += 1
        code = f"{self._chance.randint(0, 999_999):06d}"
        contact = f"{user}-new{self._count}"
        address = f"{contact}@town.example"
        return AddContact(user, contact, "email", "New", address, _sha256(code), self._house.vault.seal(code))

    def _leave(self, user: str) -> Command:
        """Change a role: who may answer changes while pages are under way."""
        found = self._house.engine.look.people.user(user)
        assert found is not None, f"{user} lives in the town"
        role = "admin" if user == towns.ADMIN else self._chance.choice(("responder", "stakeholder", "admin"))
        spec = found.spec
        return SetUser(user, type(spec)(name=spec.name, role=role, zone=spec.zone, language=spec.language))


def _listed(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
