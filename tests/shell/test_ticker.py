"""Time comes when something is due, however the wall clock is set, and never for nothing."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from shell.bell import Bell, told
from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.incidents.events import IncidentOpened
from tocsin.core.intake.events import Content, Signal
from tocsin.core.notify.events import StepReached
from tocsin.core.oncall.commands import SetLadder
from tocsin.core.oncall.events import LadderSpec, Layer, ScheduleSet, ScheduleSpec, Step, Target
from tocsin.core.people.commands import StartSession
from tocsin.core.people.events import SessionEnded
from tocsin.kernel.message import CommandQuarantined, Moment, Stamp
from tocsin.shell.ticker import DEAF_MS, WALL_CHECK_S
from tocsin.sim.ports import EPOCH_MS


async def session(bell: Bell, lasts_s: float, name: str = "cookie") -> None:
    """Something that falls due: the end of a session."""
    expires_at = Moment(bell.engine.clock.now() + int(lasts_s * 1000))
    await bell.ask(StartSession("ann", sha256(name.encode()).hexdigest(), expires_at))


def ended_at(bell: Bell) -> list[int]:
    """When sessions ended."""
    return [record.stamp.at for record in bell.journal.read() if isinstance(record.event, SessionEnded)]


def test_it_wakes_at_the_due_instant_and_only_then() -> None:
    async def story(bell: Bell) -> None:
        late = bell.ticking()
        await session(bell, 3_600)
        due = bell.engine.world.due()
        await asyncio.sleep(7_200)
        assert ended_at(bell) == [due]
        assert late == [0]

    told(story)


def test_nothing_due_is_no_tick() -> None:
    async def story(bell: Bell) -> None:
        late, seq = bell.ticking(), bell.engine.seq
        await asyncio.sleep(86_400)
        assert late == []
        assert bell.engine.seq == seq

    told(story)


def test_what_falls_due_earlier_than_expected_wakes_it_earlier() -> None:
    async def story(bell: Bell) -> None:
        bell.ticking()
        await session(bell, 25, "long")
        await asyncio.sleep(1)
        await session(bell, 5, "short")
        short = bell.engine.world.due()
        await asyncio.sleep(10)
        assert ended_at(bell) == [short]

    told(story)


def test_what_fell_due_while_nobody_ticked_happens_at_once_and_says_how_late() -> None:
    async def story(bell: Bell) -> None:
        await session(bell, 10)
        await asyncio.sleep(70)
        late = bell.ticking()
        await bell.until(lambda: bool(ended_at(bell)))
        assert late == [60_000]

    told(story)


def test_a_clock_set_forward_is_noticed_within_the_longest_sleep() -> None:
    async def story(bell: Bell) -> None:
        bell.ticking()
        await session(bell, 3_600)
        await asyncio.sleep(1)
        bell.wall.offset_s += 3_600
        await asyncio.sleep(WALL_CHECK_S)
        assert len(ended_at(bell)) == 1

    told(story)


def test_a_clock_set_back_delays_nothing() -> None:
    async def story(bell: Bell) -> None:
        late = bell.ticking()
        await session(bell, 60)
        await asyncio.sleep(1)
        bell.wall.offset_s -= 3_600
        await asyncio.sleep(60)
        assert len(ended_at(bell)) == 1
        assert max(late) < 10

    told(story)


def alert(bell: Bell, lasts_s: float) -> ReceiveSignals:
    """A sender says what is wrong, and that it will say so again before that time is over."""
    now = bell.engine.clock.now()
    expires_at = Moment(now + int(lasts_s * 1000))
    content = Content("db is down", "critical", {"alertname": "DbDown"})
    return ReceiveSignals("prom", (Signal("db", "firing", now, content, expires_at),))


@pytest.mark.parametrize(("slept_s", "open_after"), [(DEAF_MS / 1000 + 1, 1), (DEAF_MS / 1000, 0)])
def test_after_too_long_a_sleep_nobody_counts_as_silent(slept_s: float, open_after: int) -> None:
    async def story(bell: Bell) -> None:
        await bell.ask(alert(bell, 8), "source:prom")
        bell.ticking()
        await asyncio.sleep(1)
        bell.wall.offset_s += slept_s
        await asyncio.sleep(WALL_CHECK_S)
        assert bell.engine.look.alerts.open_count() == open_after

    told(story)


def test_a_sleep_in_the_middle_of_a_tick_is_told_too() -> None:
    async def story(bell: Bell) -> None:
        await bell.ask(alert(bell, 240), "source:prom")
        await session(bell, 10)
        bell.engine.subscribe(lambda records: sleeps(bell, 230))
        bell.ticking()
        await asyncio.sleep(10 + 11)
        assert len(ended_at(bell)) == 1
        assert bell.engine.look.alerts.open_count() == 1

    told(story)


def sleeps(bell: Bell, seconds: float) -> None:
    """The machine sleeps, once, just when a batch is dry."""
    if bell.wall.offset_s < EPOCH_MS / 1000 + seconds:
        bell.wall.offset_s += seconds


def test_it_ends_when_told_to_even_while_it_is_woken() -> None:
    async def story(bell: Bell) -> None:
        bell.ticking()
        await asyncio.sleep(1)
        bell.engine.moved.set()
        bell.ticker.cancel()
        await asyncio.wait({bell.ticker}, timeout=60)
        assert bell.ticker.cancelled()

    told(story)


def _rota(hand_off: str) -> ScheduleSet:
    layer = Layer(name="main", users=("ann",), start="2026-01-01", hand_off=hand_off)
    return ScheduleSet(schedule="rota", revision=1, spec=ScheduleSpec(name="Rota", layers=(layer,)))


def test_a_defect_in_what_time_brings_holds_up_nothing_else_and_is_told() -> None:
    async def story(bell: Bell) -> None:
        ann, rota = Step((Target("person", "ann"),), 300), Step((Target("schedule", "rota"),), 300)
        stamp = Stamp(0, bell.engine.clock.now(), "room", 0, "x")
        bell.engine.world.evolve(_rota("never"), stamp)  # no command would have set it
        await bell.ask(SetLadder("web", LadderSpec(name="Web", steps=(ann, rota))))
        broken = await bell.incident()
        await bell.ask(SetLadder("web", LadderSpec(name="Web", steps=(ann, ann))))
        well = await bell.incident("queue is full")
        late = bell.ticking()
        await asyncio.sleep(301)
        assert bell.engine.failed is None
        assert [one.incident for one in bell.events(StepReached) if one.step == 1] == [well]
        assert [(one.command, one.body) for one in bell.events(CommandQuarantined)] == [
            ("Tick", f"notify run:{broken}")
        ]
        told = [one.incident for one in bell.events(IncidentOpened) if "A defect stands in the way" in one.title]
        assert [one.users for one in bell.events(StepReached) if one.incident in told] == [("ann",)]
        await asyncio.sleep(119)
        assert len(bell.events(CommandQuarantined)) == 2 and len(late) < 20, "it is tried again, but not all the time"
        bell.engine.world.evolve(_rota("09:00"), stamp)
        await asyncio.sleep(61)
        assert broken in [one.incident for one in bell.events(StepReached) if one.step == 1]
        assert len(bell.events(IncidentOpened)) == 3

    told(story)


def test_a_defect_in_what_follows_by_itself_is_told_as_well() -> None:
    async def story(bell: Bell) -> None:
        bell.engine.world.evolve(_rota("never"), Stamp(0, bell.engine.clock.now(), "room", 0, "x"))
        rota = Step((Target("schedule", "rota"),), 300)
        for ladder in ("web", "default"):
            await bell.ask(SetLadder(ladder, LadderSpec(name=ladder, steps=(rota,))))
        await bell.incident()
        assert [one.command for one in bell.events(CommandQuarantined)] == ["StartRun", "StartRun"], "its own, too"
        titles = [one.title for one in bell.events(IncidentOpened)]
        assert titles[1:] == ["A defect stands in the way of StartRun; somebody may not be paged for it"]

    told(story)


def test_a_defect_in_a_room_that_is_decided_as_a_whole_leaves_the_other_rooms_alone() -> None:
    async def story(bell: Bell) -> None:
        await session(bell, 60)
        incident = await bell.incident()
        cookie = next(iter(bell.engine.look.people.known.sessions))
        kept = bell.engine.look.people.known.sessions.pop(cookie)
        late = bell.ticking()
        await asyncio.sleep(400)
        assert bell.engine.failed is None and len(late) < 40
        assert [one.body for one in bell.events(CommandQuarantined)][:2] == ["people", "people"]
        assert [one.round for one in bell.events(StepReached) if one.incident == incident] == [0, 1]
        bell.engine.look.people.known.sessions[cookie] = kept
        await asyncio.sleep(61)
        assert len(ended_at(bell)) == 1

    told(story)
