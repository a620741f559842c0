"""The real clock goes only forward, the real disk keeps the order, real ids are unique."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from tocsin.shell.real import SteadyClock, SystemEntropy, ThreadDisk


class Watches:
    """A wall clock people set, and a steady one nobody can."""

    def __init__(self) -> None:
        self.wall_s = 1_000.0
        self.steady_s = 50.0

    def clock(self, not_before: int = 0) -> SteadyClock:
        return SteadyClock(not_before, lambda: self.wall_s, lambda: self.steady_s)

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self.wall_s += seconds
        self.steady_s += seconds


def test_it_shows_the_wall_clock() -> None:
    watches = Watches()
    clock = watches.clock()
    assert clock.now() == 1_000_000
    watches.go(1.5)
    assert clock.now() == 1_001_500


def test_it_follows_a_clock_set_forward_at_once() -> None:
    watches = Watches()
    clock = watches.clock()
    watches.wall_s += 3_600
    assert clock.now() == 4_600_000


def test_it_goes_on_where_the_clock_was_set_back_and_is_caught_up_later() -> None:
    watches = Watches()
    clock = watches.clock()
    assert clock.now() == 1_000_000
    watches.wall_s -= 3_600
    watches.go(10)
    assert clock.now() == 1_010_000, "a timer of ten seconds is due after ten seconds"
    watches.go(10)
    watches.wall_s += 3_600
    assert clock.now() == 1_020_000


def test_it_does_not_begin_before_the_last_instant_of_an_earlier_run() -> None:
    watches = Watches()
    clock = watches.clock(not_before=2_000_000)
    assert clock.now() == 2_000_000
    watches.go(1)
    assert clock.now() == 2_001_000


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-1_000_000, 1_000_000)), max_size=20))
def test_it_never_runs_backwards_nor_slower_than_time(steps: list[tuple[float, float]]) -> None:
    watches = Watches()
    clock = watches.clock()
    last = clock.now()
    for passed, set_by in steps:
        watches.go(passed)
        watches.wall_s += set_by
        now = clock.now()
        assert now - last >= int(passed * 1000) - 1
        last = now


def test_jobs_are_done_in_order_in_a_thread_of_their_own() -> None:
    done: list[int] = []

    async def story() -> None:
        disk = ThreadDisk()
        threads = await asyncio.gather(
            *(disk.work(lambda number=number: (done.append(number), threading.get_ident())[1]) for number in range(50))  # type: ignore[misc]
        )
        disk.close()
        assert len(set(threads)) == 1
        assert threading.get_ident() not in threads

    asyncio.run(story())
    assert done == list(range(50))


def test_a_fault_of_a_job_is_the_askers() -> None:
    def full() -> None:
        raise OSError("there is no space left")

    async def story() -> str:
        disk = ThreadDisk()
        try:
            await disk.work(full)
        except OSError as fault:
            return str(fault)
        finally:
            disk.close()
        return ""

    assert asyncio.run(story()) == "there is no space left"


def test_chance_does_not_repeat() -> None:
    one, two = SystemEntropy(), SystemEntropy()
    ids = [entropy.id() for entropy in (one, two) for _ in range(100)]
    assert len(set(ids)) == 200
    assert one.token() != one.token()
    assert len(one.bytes(20)) == 20
