"""The outermost ASGI app: machine doors first, everything else to the web.

Law: as in the package. Every answer of a door is in the protocol's own form (`replies.py`).
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from typing import Any

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.commands import KeepDeadLetter, RecordBeat
from tocsin.core.intake.events import Content
from tocsin.core.intake.views import Misunderstood, Request, Understood
from tocsin.kernel.message import Accepted, Decision, Rejected
from tocsin.shell.engine import Engine, EngineStopped, InboxFull
from tocsin.shell.gateway import address, replies
from tocsin.shell.gateway.alertmanager import AlertmanagerApi
from tocsin.shell.gateway.house import HouseDoors
from tocsin.shell.gateway.wire import (
    BodyTooLarge,
    BodyTooSlow,
    Receive,
    Reply,
    Scope,
    Send,
    answer,
    read_body,
)
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry

AT_ONCE_MAX = 64
"""Requests of one source under way at once; the next is told to come back, so that others get in."""
MEMO_MAX = 200_000
"""Remembered contents of a source's alerts; past it the memory starts anew."""


class Gateway:
    """Takes signals in."""

    def __init__(self, engine: Engine, settings: Settings, telemetry: Telemetry, web: Any) -> None:
        self._engine = engine
        self._settings = settings
        self._telemetry = telemetry
        self._web = web
        self._house = HouseDoors(engine, settings, telemetry)
        self._alertmanager = AlertmanagerApi(engine, settings)
        self._memos: dict[str, dict[bytes, Content]] = {}
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith("/-/") or path == "/metrics":
                await answer(send, await self._house.take(scope), scope["method"] != "HEAD")
                return
            found = address.find(path, scope["method"])
            if found is not None:
                reply = await self._take(found, scope, receive)
                self._telemetry.requests.labels(found.door or "own", str(reply.status)).inc()
                await answer(send, reply, scope["method"] != "HEAD")
                return
        await self._web(scope, receive, send)

    async def _take(self, found: address.Address, scope: Scope, receive: Receive) -> Reply:
        """One request at a door, from bytes to the answer."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        try:
            body = await read_body(receive, self._settings.body_max_bytes)
        except BodyTooLarge:
            return replies.too_large(self._settings.body_max_bytes)
        except BodyTooSlow:
            return replies.too_slow()
        request = Request(scope["method"], found.path, query, headers.get("content-type", ""), headers, body)
        key = address.shown_key(found, query, headers) or replies.key_in_body(found.door, request)
        now = self._engine.clock.now()
        key_hash = hashlib.sha256(key.encode()).hexdigest() if key else ""
        source = self._engine.look.intake.source_by_key(key_hash, now) if key else None
        if source is None and found.door == "alertmanager" and not self._alertmanager.is_intake(request):
            person = self._engine.look.people.key_by_hash(key_hash, now) if key else None
            if person is not None:
                return await self._ask_alertmanager(f"key:{person.id}", "", request)
        if source is None:
            return replies.unknown_key(found.door, request, shown=bool(key))
        if self._under_way[source.id] >= AT_ONCE_MAX:
            return replies.busy(found.door, InboxFull.retry_after_s)
        self._under_way[source.id] += 1
        try:
            return await self._admit(found.door or source.spec.door, source, request)
        except InboxFull as full:
            return replies.busy(found.door, full.retry_after_s)
        except EngineStopped:
            return replies.stopped()
        finally:
            self._under_way[source.id] -= 1

    async def _admit(self, door: str, source: Any, request: Request) -> Reply:
        """Read the request with the source's door; keep what is understood, and what is not."""
        if source.spec.door not in {"any", door}:
            return replies.wrong_door(door, source.spec.door)
        if door == "alertmanager" and not self._alertmanager.is_intake(request):
            return await self._ask_alertmanager(f"source:{source.id}", source.id, request)
        memo = self._memos.setdefault(source.id, {})
        if len(memo) > MEMO_MAX:
            memo.clear()
        now = self._engine.clock.now()
        reading = self._engine.look.intake.read(source, door, request, now, memo)
        if isinstance(reading, Misunderstood):
            return await self._bury(door, source.id, request, reading)
        decision = await self._keep(door, source.id, reading)
        if isinstance(decision, Rejected):
            return replies.refused(door, decision)
        self._telemetry.received.labels(door, "understood").inc(len(reading.signals))
        return replies.accepted(door, request, reading)

    async def _ask_alertmanager(self, actor: str, source: str, request: Request) -> Reply:
        try:
            return await self._alertmanager.take(actor, source, request)
        except InboxFull as full:
            return replies.busy("alertmanager", full.retry_after_s)
        except EngineStopped:
            return replies.stopped()

    async def _keep(self, door: str, source: str, reading: Understood) -> Decision:
        actor = f"source:{source}"
        decision: Decision = Accepted()
        if reading.beats:
            decision = await self._engine.submit(RecordBeat(source), actor)
        if reading.signals:
            command = ReceiveSignals(source, reading.signals)
            if once := reading.answer.get("command_id"):
                decision = await self._engine.submit_once(
                    command, actor, f"{source}:{once}", "same", len(reading.signals)
                )
            else:
                decision = await self._engine.submit(command, actor, weight=len(reading.signals))
        return decision

    async def _bury(self, door: str, source: str, request: Request, reading: Misunderstood) -> Reply:
        """Keep the payload as a dead letter before saying that it was not understood."""
        try:
            body, encoded = request.body.decode(), False
        except UnicodeDecodeError:
            body, encoded = base64.b64encode(request.body).decode(), True
        decision = await self._engine.submit(
            KeepDeadLetter(source, door, body, reading.error, request.content_type, request.query[:2_000], encoded),
            f"source:{source}",
        )
        self._telemetry.received.labels(door, "dead_lettered").inc()
        letter = decision.answer if isinstance(decision, Accepted) else ""
        return replies.misunderstood(door, request, reading, letter)
