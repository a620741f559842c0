"""Find anything: for the palette."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypeAlias

import msgspec
from litestar import Router, get
from litestar.params import Parameter

from tocsin.shell.detail import titled
from tocsin.web.call import Call
from tocsin.web.problem import READS
from tocsin.web.search import Hit, dictionary, find
from tocsin.web.words import speaker

Q: TypeAlias = Annotated[str, Parameter(max_length=200, description="An id, a name or part of one, or pinyin.")]


class HitsShown(msgspec.Struct, frozen=True):
    """What was found, the best first."""

    items: tuple[Hit, ...]


@get("/search", responses=READS)
async def search(call: Call, q: Q = "") -> HitsShown:
    """Incidents, services, people, teams, schedules, ladders, sources, silences and alerts, at most twenty: by id
    first, then by the beginning of the name, its words, and the initials of its pinyin (`zfwg` finds 支付网关)."""
    await asyncio.to_thread(dictionary)
    return await call.shown(HitsShown(tuple(_worded(speaker(call).language, hit) for hit in find(call.look, q))))


def _worded(language: str, hit: Hit) -> Hit:
    """The house's own titles in the reader's language; a name a person gave stays."""
    if hit.kind not in ("alert", "incident"):
        return hit
    return msgspec.structs.replace(hit, title=titled(language, hit.title))


router = Router("/", route_handlers=[search], tags=["search"])
