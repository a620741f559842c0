"""The switchboard, in virtual time: every attempt ends, and a stuck channel holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shell.channels.far import message
from tocsin.shell.channels.wires import AT_ONCE, TIMEOUT_S, Wires
from tocsin.shell.ports import Message, Receipt
from tocsin.sim.loop import VirtualLoop


class Stuck:
    """A provider that never answers."""

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, message: Message) -> Receipt:
        self.taken += 1
        await asyncio.sleep(1e9)
        raise AssertionError


class Quick:
    """A provider that takes everything."""

    async def send(self, message: Message) -> Receipt:
        return Receipt(True, "taken")


def story(tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run one story to its end, in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(tell())


def test_an_attempt_without_an_answer_ends() -> None:
    async def tell() -> None:
        assert await Wires({"email": Stuck()}).send(message("email", "a")) == Receipt(
            False, "timed_out: no answer within 45 s"
        )
        assert asyncio.get_running_loop().time() == TIMEOUT_S

    story(tell)


def test_a_stuck_channel_holds_up_no_other_and_takes_only_its_own_places() -> None:
    async def tell() -> None:
        stuck = Stuck()
        wires = Wires({"apprise": stuck, "email": Quick()})
        held = [asyncio.create_task(wires.send(message("apprise", "a"))) for _ in range(AT_ONCE + 10)]
        await asyncio.sleep(1)
        assert stuck.taken == AT_ONCE
        assert (await wires.send(message("email", "a"))).delivered
        assert asyncio.get_running_loop().time() == 1
        assert not any(receipt.delivered for receipt in await asyncio.gather(*held))
        assert (stuck.taken, asyncio.get_running_loop().time()) == (AT_ONCE + 10, 2 * TIMEOUT_S)

    story(tell)


def test_a_channel_there_is_none_of_is_given_up() -> None:
    async def tell() -> None:
        assert await Wires({}).send(message("fax", "a")) == Receipt(False, "channel_unknown: fax", retryable=False)

    story(tell)
