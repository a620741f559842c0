"""Find anything: for the palette."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from tocsin.web.call import Call
from tocsin.web.problem import READS
from tocsin.web.search import Hit, dictionary, find

Q: TypeAlias = Annotated[str, Parameter(max_length=200, description="An id, a name or part of one, or pinyin.")]


class HitsShown(msgspec.Struct, frozen=True):
    """What was found, the best first."""

    items: tuple[Hit, ...]


@get("/search", responses=READS)
async def search(call: Call, q: Q = "") -> HitsShown:
    """Incidents, services, people, teams, schedules, ladders, sources, silences and alerts, at most twenty: by id
    first, then by the beginning of the name, its words, and the initials of its pinyin (`zfwg` finds 支付网关)."""
    await asyncio.to_thread(dictionary)
    return await call.shown(HitsShown(find(call.look, q)))


router = Router("/", route_handlers=[search], tags=["search"])
