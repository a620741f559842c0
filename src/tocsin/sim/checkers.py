"""What must hold, whatever happens: looked at after every batch, at every page and at the end.

Law: a checker knows only what is outside the house: the rows on the disk, folded into a world of its own (the shadow),
what senders and people were told, and what they heard. The first thing that does not hold is kept and ends the run.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import Callable, Sequence

import msgspec

from tocsin.core.alerts.events import AlertChanged, AlertResolved, AlertsFired, AlertsRepeated, AlertSuppressed
from tocsin.core.incidents.events import (
    ActUndone,
    AlertsJoined,
    AlertUnrouted,
    IncidentAcknowledged,
    IncidentMuted,
    IncidentResolved,
    IncidentSnoozed,
    IncidentTriggered,
    SnoozeEnded,
)
from tocsin.core.notify.events import DigestDue, PageDue, RunResumed, RunStarted
from tocsin.core.people.events import ContactCodeDue
from tocsin.core.world import World, codec
from tocsin.kernel.message import CommandQuarantined
from tocsin.kernel.moment import rfc3339
from tocsin.shell.engine import BATCH_EVENTS_MAX, Engine
from tocsin.shell.inbox import WEIGHT_MAX
from tocsin.shell.journal.protocol import Head, Journal, Recorded, Row
from tocsin.shell.journal.sqlite import recorded
from tocsin.shell.outbox import FLYING_MAX, Outbox
from tocsin.shell.ports import Message
from tocsin.shell.ticker import DEAF_MS, WALL_CHECK_S
from tocsin.sim.dialects import Ask
from tocsin.sim.ports import Wall

TOKEN = re.compile(rb"o\d+x")
"""The marks by which troubles are found again in stored rows."""
STORY_LINES = 40
COMPARE_EVERY = 300
"""Batches between two comparisons of state and replay: dumping both costs as much as many batches."""
LOOK_EVERY = 25
"""Batches between two looks at what must hold whenever nothing is being decided."""
HEARING_S = 240
"""Every sender that repeats was heard within this, once the house listens."""
LATE_MS_MAX = 5_000
"""How late a timer may be while the house is well; a slow disk delays by half a second."""


class Broken(Exception):
    """Something does not hold. The text is the story: what, when, and the last things that happened."""

    def __init__(self, what: str, seed: int, at: int, story: Sequence[str]) -> None:
        self.what = what
        self.seed = seed
        self.at = at
        lines = (f"seed {seed} at {rfc3339(at)}: {what}", "", *(f"  {line}" for line in story))
        super().__init__("\n".join(lines))


class Checkers:
    """Looks at one run, through all its boots."""

    engine: Engine
    journal: Journal
    outbox: Outbox

    def __init__(self, seed: int, wall: Wall, hear: Callable[[Message], None]) -> None:
        self.seed = seed
        self.wall = wall
        self.shadow = World()
        self.seq = 0
        self.head = Head(0, 0, bytes(32))
        self.story: deque[str | Row] = deque(maxlen=STORY_LINES)
        self.broken: Broken | None = None
        self.counts: Counter[str] = Counter()
        self.copies: Counter[str] = Counter()
        self._alarm = asyncio.Event()
        self._hear = hear
        self._codec = codec()
        self._excuses: Counter[str] = Counter()
        self._due: dict[str, None] = {}
        self._left: dict[str, None] = {}
        self._quiet: dict[str, None] = {}
        self._spoke: dict[int, None] = {}
        self._tokens: dict[bytes, None] = {}
        self._good: Counter[str] = Counter()
        self._compared = self._looked = 0
        self._well_from_s = self._hears_from_s = 0.0

    # What happens to the run

    def break_(self, what: str) -> None:
        """Something does not hold; only the first is kept, for the rest may follow from it."""
        if self.broken is None:
            self.broken = Broken(what, self.seed, self.wall.now_ms(), [_line(one) for one in self.story])
            self._alarm.set()

    async def broke(self) -> None:
        """Wait until something does not hold."""
        await self._alarm.wait()

    def expect(self, holds: bool, what: Callable[[], str]) -> None:
        """Break unless it holds."""
        if not holds:
            self.break_(what())

    def tell(self, text: str) -> None:
        """Note something for the story."""
        self.story.append(f"{rfc3339(self.wall.now_ms())} {text}")

    # The house: boots, appends, deaths

    def booted(self, engine: Engine, journal: Journal, outbox: Outbox) -> None:
        """What was durable is there, and the recovered world is what the rows say."""
        self.engine, self.journal, self.outbox = engine, journal, outbox
        self.counts["boots"] += 1
        self.tell(f"booted at event {journal.last_seq()}")
        self.expect(
            journal.last_seq() >= self.seq,
            lambda: f"events {journal.last_seq() + 1} to {self.seq} were lost in a crash",
        )
        found = journal.mark(self.head.batch) if self.head.batch else self.head
        self.expect(found == self.head, lambda: f"batch {self.head.batch} is not what was durable: {found}")
        self._read()
        self._compare()
        self.unwell()
        self.unheard()

    def died(self) -> None:
        """Whatever was heard and not yet confirmed may come once more."""
        self.counts["deaths"] += 1
        self.tell("the house died")
        self._excuse_owed()

    def unwell(self) -> None:
        """For a while timers may be late: the clock was set or the house was away."""
        self._well_from_s = _now_s() + WALL_CHECK_S + 5

    def unheard(self) -> None:
        """Nobody was heard until now, or it seems so by the clock."""
        self._hears_from_s = _now_s()
        self._spoke.clear()

    def stepped(self, seconds: float, seen_ms: int) -> None:
        """The wall clock was set: receipts on their way may seem overdue. `seen_ms`: how far the clock of the house
        went with it; it does not follow a wall that is behind."""
        self.tell(f"the wall clock was set by {seconds:+.0f} s")
        self._excuse_owed()
        self.unwell()
        if seen_ms > DEAF_MS:
            self.unheard()

    def _excuse_owed(self) -> None:
        known = self.shadow.look.notify.known
        stopped = [page.id for page in known.pages.values() if page.orphan]  # with the channel; an undo owes it again
        owed = [*known.owing, *stopped, *map(_code_id, self.shadow.look.people.codes_owed())]
        for message in owed:
            self._excuses[message] += message in self._left

    def written(self, is_synced: bool) -> None:
        """A batch was appended: it must be safe on the disk, whole and in order."""
        self.expect(is_synced, lambda: f"the batch after event {self.seq} was called durable before it was synced")
        self._read()
        engine = self.engine
        self.expect(engine.inbox.weight <= WEIGHT_MAX, lambda: f"{engine.inbox.weight} signals wait in the inbox")
        flying = len(self.outbox._flying)
        self.expect(flying <= FLYING_MAX, lambda: f"{flying} deliveries are under way at once")

    def _read(self) -> None:
        rows = list(self.journal.rows(self.seq))
        self.counts["batches"] += 1
        self.expect(len(rows) <= 2 * BATCH_EVENTS_MAX, lambda: f"a batch has {len(rows)} events")
        records: list[Recorded] = []
        for row in rows:
            if row[0] != self.seq + 1:
                self.break_(f"event {self.seq + 1} is missing, {row[0]} follows")
            self.seq = row[0]
            record = recorded(self._codec, row)
            self.shadow.evolve(record.event, record.stamp)
            records.append(record)
            self._note(row, record)
        self.head = self.journal.head()
        self.counts["events"] += len(rows)
        self._check_reactions(records)

    def _note(self, row: Row, record: Recorded) -> None:
        event = record.event
        match event:
            case PageDue() | DigestDue():
                self._due[event.page] = None
            case ContactCodeDue():
                self._due[_code_id(event)] = None
            case IncidentAcknowledged() | IncidentMuted() | IncidentResolved() | IncidentSnoozed():
                self._quiet[event.incident] = None
            case IncidentTriggered() | SnoozeEnded(is_calling=True) | ActUndone(is_calling=True):
                self._quiet.pop(event.incident, None)
            case ActUndone():
                self._quiet[event.incident] = None
            case AlertsFired(first=first, signals=signals):
                self._spoke.update(dict.fromkeys(range(first, first + len(signals))))
            case AlertChanged(alert=alert):
                self._spoke[alert] = None
            case AlertsRepeated(alerts=alerts):
                self._spoke.update(dict.fromkeys(alerts))
            case AlertResolved(alert=alert, how="expired"):
                self.counts["expired"] += 1
                self.expect(
                    alert in self._spoke or _now_s() >= self._hears_from_s + HEARING_S,
                    lambda: f"alert {alert} counts as silent, but nobody could be heard",
                )
            case CommandQuarantined():
                self.break_(f"a defect quarantined {event.command}: {event.error} {event.body[:300]}")
            case _:
                pass
        if row[4] in ("alerts", "intake"):
            self._tokens.update(dict.fromkeys(TOKEN.findall(row[9])))
        self.story.append(row)

    def _check_reactions(self, records: Sequence[Recorded]) -> None:
        """What follows from an event is in its batch."""
        fired: dict[int, None] = {}
        triggered: dict[str, None] = {}
        for record in records:
            match record.event:
                case AlertsFired(first=first, signals=signals):
                    fired.update(dict.fromkeys(range(first, first + len(signals))))
                case AlertsJoined(alerts=alerts):
                    for alert in alerts:
                        fired.pop(alert, None)
                case AlertUnrouted(alert=alert) | AlertSuppressed(alert=alert):
                    fired.pop(alert, None)
                case IncidentTriggered(incident=incident):
                    triggered[incident] = None
                case SnoozeEnded(incident=incident, is_calling=True) | ActUndone(incident=incident, is_calling=True):
                    triggered[incident] = None
                case RunStarted(incident=incident) | RunResumed(incident=incident):
                    triggered.pop(incident, None)
                case _:
                    pass
        self.expect(not fired, lambda: f"alert {next(iter(fired))} fired, and its batch ends without its fate")
        self.expect(
            not triggered, lambda: f"{next(iter(triggered))} triggered, and its batch ends without an escalation"
        )

    # The wire: what leaves and what is heard

    def sent(self, message: Message) -> None:
        """A message leaves: its event is durable, and somebody still has to hear it."""
        self.counts["sent"] += 1
        self.tell(f"{message.id} leaves for {message.address}: {message.subject}")
        self._left[message.id] = None
        self.expect(message.id in self._due, lambda: f"{message.id} left before its event was durable")
        incidents = _incidents(message)
        if incidents and all(incident in self._quiet for incident in incidents):
            states = [self.shadow.look.incidents.incident(incident) for incident in incidents]
            shown = ", ".join(f"{one.id} {one.status} muted_by={one.muted_by!r}" for one in states if one is not None)
            self.break_(f"{message.id} pages {message.address} although nobody is to be paged: {shown}")

    def heard(self, message: Message) -> None:
        """A message arrived: once, unless the house could not know."""
        self.counts["heard"] += 1
        self.copies[message.id] += 1
        copies, excused = self.copies[message.id], self._excuses[message.id]
        self.counts["heard_twice"] += copies > 1
        self.expect(
            copies <= 1 + excused, lambda: f"{message.id} was heard {copies} times, {excused + 1} could be explained"
        )
        self._hear(message)

    def unconfirmed(self, message: Message, why: str) -> None:
        """One copy more is excused."""
        self._excuses[message.id] += 1
        self.tell(f"{message.id}: {why}")

    # The senders: what was answered

    def answered(self, source: str, ask: Ask, counted: int, sure: bool) -> None:
        """A request was answered 2xx: all it says is known for ever. `sure`: its tokens must be known by name, too."""
        self.counts["answered"] += 1
        self._good[source] += counted
        look = self.shadow.look
        kept = look.alerts.received.get(source, 0)
        self.expect(
            kept >= self._good[source],
            lambda: f"{source} was answered for {self._good[source]} signals, the journal knows {kept}",
        )
        for token in ask.tokens if sure else ():
            if token.encode() not in self._tokens:
                self.break_(f"{source} was answered for {token}, the journal does not know it")

    # Whenever nothing is being decided

    def look_around(self) -> None:
        """Called again and again: looks when enough has happened and nothing is being decided."""
        if self.engine.failed is not None or self.engine.seq != self.seq or self.engine.inbox.waiting:
            return
        batches = self.counts["batches"]
        if batches - self._looked >= LOOK_EVERY:
            self._looked = batches
            self._check_time()
            if self.broken is None:
                check_world(self)
        if batches - self._compared >= COMPARE_EVERY:
            self._compare()

    def _check_time(self) -> None:
        due, now = self.engine.world.due(), self.engine.clock.now()
        if due is not None and now - due > LATE_MS_MAX and _now_s() > self._well_from_s:
            self.break_(f"something was due at {rfc3339(due)}, {(now - due) / 1000:.1f} s ago")

    def _compare(self) -> None:
        self._compared = self.counts["batches"]
        self.counts["compared"] += 1
        if self.engine.seq == self.seq:
            difference = differing(self.engine.world, self.shadow)
            self.expect(not difference, lambda: f"state is not what its events say, in {difference}")


def differing(world: World, shadow: World) -> str:
    """The rooms in which two worlds differ, empty for none."""
    if world.dump() == shadow.dump():
        return ""
    names = [room.name for room in world.rooms]
    encode = msgspec.msgpack.encode
    return ", ".join(name for name in names if encode(getattr(world.look, name)) != encode(getattr(shadow.look, name)))


def check_world(checkers: Checkers) -> None:
    """What must hold in a world in which nothing is being decided and nothing is due."""
    engine, look = checkers.engine, checkers.engine.look
    now = engine.clock.now()
    due = engine.world.due()
    try:
        look.notify.balance()
    except AssertionError as fault:
        checkers.break_(f"the ledger of fates does not balance: {fault}")
    if due is not None and due <= now:
        return
    for alert in look.alerts.open_alerts():
        silences = look.alerts.silences_of(alert.number, now)
        if bool(silences) != look.alerts.is_suppressed(alert.number):
            checkers.break_(f"alert {alert.number} is suppressed: {not silences}, but silences that act: {silences}")
        fate = look.notify.fate_of(alert.number)
        if fate is None or (fate.kind == "pending" and not fate.incident):
            checkers.break_(f"alert {alert.number} is open and nobody cares: {fate}")
    for incident in look.incidents.open_incidents():
        calls = incident.status == "triggered" and not incident.muted_by and not incident.is_asleep(now)
        runs = incident.id in look.notify.known.runs
        if runs != (calls and not incident.is_waiting):
            checkers.break_(f"{incident.id} is called for: {runs}, but should be: {not runs} ({incident})")
    for owed in look.notify.owed():
        for incident_id in owed.incidents:
            if incident_id not in look.notify.known.runs:
                checkers.break_(f"{owed.page} is owed, but nobody escalates {incident_id}")


def check_end(checkers: Checkers) -> None:
    """After a long quiet time without faults: everybody was reached or given up with a reason, and nothing is left."""
    engine, look = checkers.engine, checkers.engine.look
    due, now = engine.world.due(), engine.clock.now()
    checkers.expect(due is None or due > now, lambda: f"something is due since {due}")
    owed = (*look.notify.owed(), *look.people.codes_owed())
    checkers.expect(not owed, lambda: f"still owed: {owed}")
    for incident in look.incidents.open_incidents():
        if incident.status != "triggered" or incident.muted_by or incident.is_asleep(now):
            continue
        run = look.notify.run(incident.id)
        pages = look.notify.pages_of(incident.id)
        reached = any(page.state == "delivered" and page.channel != "mailbox" for page in pages)
        given_up = run is not None and run.ended == "exhausted" and bool(run.alarms)
        if not reached and not given_up:
            checkers.break_(f"{incident.id} is open and nobody was reached: {run}")
    checkers._compare()
    fresh, seq = World(), 0
    for record in checkers.journal.read():
        fresh.evolve(record.event, record.stamp)
        seq = record.stamp.seq
    checkers.expect(seq == engine.seq, lambda: f"the journal ends at {seq}, memory at {engine.seq}")
    checkers.expect(not differing(engine.world, fresh), lambda: f"replay differs in {differing(engine.world, fresh)}")
    verdict = checkers.journal.verify()
    checkers.expect(verdict.ok, lambda: f"verify: {verdict}")


def _line(told: str | Row) -> str:
    """A line of the story."""
    if isinstance(told, str):
        return told
    seq, at, name, _version, _room, _subject, actor, cause, _correlation, body = told
    return f"{rfc3339(at)} {seq} {name} {body.decode()[:160]} by {actor} because of {cause}"


def _incidents(message: Message) -> list[str]:
    found = message.facts.get("incidents")
    return [one["id"] for one in found] if isinstance(found, list) else []


def _code_id(code: ContactCodeDue) -> str:
    return f"code-{code.contact}-{code.code_hash[:12]}"


def _now_s() -> float:
    return asyncio.get_running_loop().time()
