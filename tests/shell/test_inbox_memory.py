"""How long and how much the inbox remembers."""

from __future__ import annotations

import asyncio

from tocsin.kernel.message import Moment, Tick
from tocsin.kernel.moment import DAY_MS
from tocsin.shell import inbox
from tocsin.shell.inbox import Answer, Asked, Inbox


async def _asked(id_: str) -> Asked:
    return Asked(Tick(), "clock", id_, 1, asyncio.get_running_loop().create_future(), "hash")


def _remember(box: Inbox, id_: str, at: int) -> None:
    async def run() -> None:
        box.remember(await _asked(id_), Answer(Moment(at), "hash", answer=id_))

    asyncio.run(run())


def test_an_answer_is_forgotten_after_its_day() -> None:
    box = Inbox({})
    _remember(box, "a", 0)
    _remember(box, "b", DAY_MS - 1)
    assert box.remembered("a", Moment(DAY_MS - 1)) is not None
    _remember(box, "c", DAY_MS)
    assert [box.remembered(id_, Moment(DAY_MS)) is not None for id_ in "abc"] == [False, True, True]
    assert len(box._answers) == 2


def test_the_oldest_answers_go_first_when_there_are_too_many() -> None:
    box = Inbox({str(n): Answer(Moment(n), "hash") for n in range(inbox.REMEMBERED_MAX)})
    _remember(box, "new", inbox.REMEMBERED_MAX)
    assert len(box._answers) == inbox.REMEMBERED_MAX
    assert box.remembered("0", Moment(1)) is None
    assert box.remembered("new", Moment(1)) is not None
