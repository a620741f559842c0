"""The outermost ASGI app: machine doors first, everything else to the web.

Law: as in the package. Whoever shows no key is not read; every answer of a door is in the protocol's own form
(`replies.py`).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.commands import KeepDeadLetter, NoteChange, RecordBeat
from tocsin.core.intake.views import GZIP, Memo, Misunderstood, Reading, Request, Source, Understood, unpacked
from tocsin.kernel.message import Accepted, Command, Decision, Moment, Rejected
from tocsin.shell.engine import Engine, EngineStopped, InboxFull
from tocsin.shell.gateway import address, replies, wire
from tocsin.shell.gateway.address import Address
from tocsin.shell.gateway.alertmanager import AlertmanagerApi
from tocsin.shell.gateway.house import HouseDoors
from tocsin.shell.gateway.wire import BodyTooLarge, BodyTooSlow, Receive, Reply, Scope, Send, answer
from tocsin.shell.inbox import Waiting
from tocsin.shell.keys import Keys
from tocsin.shell.settings import Settings
from tocsin.shell.telemetry import Telemetry

AT_ONCE_MAX = 64
"""Requests of one source under way at once; the next is told to come back, so that others get in."""
STRANGERS_AT_ONCE_MAX = 256
"""Requests of one host whose key is in a body that has not come yet; there may be a proxy before many senders."""
MEMO_MAX = 200_000
"""Remembered contents of alerts, of all sources together; past it the memory starts anew."""
HEADS_MAX = 4_096
"""Known heads of requests; past it they are learned anew."""
QUERY_KEPT_MAX = 2_000
"""Characters of a query kept with a dead letter."""
KEY_IN_QUERY = re.compile(rf"(?:^|(?<=&))(?:{'|'.join(address.QUERY_KEYS)})=[^&]*&?")
"""A key is not kept: only its hash is anybody's business."""

READ_HEADERS = {
    name.encode(): name
    for name in (
        "authorization", "content-encoding", "content-length", "content-type", "idempotency-key",
        "webhook-request-origin", "webhook-request-rate", "x-api-key",
    )
}  # fmt: skip
"""The headers a door reads, beside those that begin with `ce-`."""
POSTED = ("POST", "PUT")
ASKED = ("GET", "POST", "PUT")
METHODS = {
    "alertmanager": ("POST",),
    "pagerduty": ("POST",),
    "cloudevents": ("POST",),
    "alertmanager_webhook": POSTED,
    "grafana": POSTED,
    "openfalcon": ASKED,
    "nrdp": ASKED,
    "nagios": ASKED,
    "zabbix": ASKED,
    "generic": ASKED,
    "heartbeat": ("GET", "HEAD", "POST", "PUT"),
}
"""The methods each door takes; a door that is none takes those with a body, to keep what was sent."""


class Head(msgspec.Struct, frozen=True):
    """What the head of a request says: its door, the request but for its body, and the key it shows with its hash
    (both empty for none)."""

    door: str
    request: Request
    key: str
    key_hash: str

    @classmethod
    def of(cls, found: Address, method: str, query: str, headers: dict[str, str]) -> Head:
        """The head of a request for this address."""
        key = address.shown_key(found.key, query, headers)
        request = Request(method, found.path, query, headers.get("content-type", ""), headers, b"")
        return cls(found.door, request, key, _hash(key) if key else "")


class Visit(msgspec.Struct):
    """A request that was let in by its head at `at`. `who` is whom it counts for; `source` or `person` whose key it
    shows, neither when the key is in the body that has yet to come."""

    at: Moment
    door: str
    request: Request
    who: str
    source: Source | None
    person: str
    key: str


class Gateway:
    """Takes signals in. What is asynchronous here is ASGI and what few requests need; `front.py` calls the rest."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        telemetry: Telemetry,
        web: Any,
        body_timeout_s: float = wire.BODY_TIMEOUT_S,
        callers_max: int = wire.CALLERS_MAX,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._telemetry = telemetry
        self._web = web
        self._keys = Keys(engine)
        self._house = HouseDoors(engine, settings, telemetry)
        self._alertmanager = AlertmanagerApi(engine)
        self.body_bytes_max = settings.body_max_bytes
        self.body_timeout_s = body_timeout_s
        self.callers_max = callers_max
        self.callers: dict[Any, None] = {}
        """The connections whose turn it is to send, the one that has kept the house waiting longest first."""
        self.known_heads: dict[tuple[bytes, int], Head] = {}
        """What heads said before, by their bytes and the length of the body that came with them."""
        self._reader = wire.Reader(settings.body_max_bytes, body_timeout_s)
        self._memos: dict[str, Memo] = {}
        self._remembered = 0
        self._under_way: dict[str, int] = {}

    def leave(self) -> None:
        """Say from now on that this process is not ready: it will not listen much longer. Everything is still taken."""
        self._house.is_leaving = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._web(scope, receive, send)
            return
        path: str = scope["path"]
        method: str = scope["method"]
        found = address.find(method, path)
        if found is not None:
            reply = await self._take(found, scope, receive)
        elif path.startswith("/-/") or path == "/metrics":
            reply = await self._house.take(scope)
        else:
            await self._web(scope, receive, send)
            return
        await answer(send, reply, method != "HEAD")

    async def _take(self, found: Address, scope: Scope, receive: Receive) -> Reply:
        """One request at a door, from its head to the answer."""
        host = (scope.get("client") or ("",))[0]
        query = scope["query_string"].decode("latin-1")
        visit = self.admit(Head.of(found, scope["method"], query, read_headers(scope["headers"])), host)
        if isinstance(visit, Reply):
            return visit
        reply = None
        try:
            body = await self._reader.body(receive, visit.request.headers.get("content-length", ""))
            reading = self.hear(visit, body)
            reply = await self.judge(visit, reading)
        except (BodyTooLarge, BodyTooSlow, InboxFull, EngineStopped) as fault:
            reply = self.excuse(visit, fault)
        finally:
            self.dismiss(visit, reply)
        return reply

    def admit(self, head: Head, host: str) -> Visit | Reply:
        """Judge a request by its head. Whoever is let in must be dismissed."""
        visit = self._admitted(head, host)
        if isinstance(visit, Reply):
            self._telemetry.requests[head.door or "own", visit.status] += 1
        else:
            self._under_way[visit.who] = self._under_way.get(visit.who, 0) + 1
        return visit

    def _admitted(self, head: Head, host: str) -> Visit | Reply:
        door, request, key = head.door, head.request, head.key
        if self._engine.failed is not None:
            return replies.stopped(door, request)
        at = self._engine.clock.now()
        source = self._engine.look.intake.source_by_key(head.key_hash, at) if key else None
        person = self._person_of(key) if source is None and door == "alertmanager" else ""
        if source is None and not person and door not in replies.KEYS_IN_BODY:
            self._refuse_key(key)
            return replies.unknown_key(door, request, shown=bool(key))
        who, at_once_max = (source.id if source else person, AT_ONCE_MAX)
        if not who:
            who, at_once_max = f"host {host}", STRANGERS_AT_ONCE_MAX
        if self._under_way.get(who, 0) >= at_once_max:
            return replies.busy(door, request, InboxFull.retry_after_s)
        return Visit(at, door, request, who, source, person, key)

    def know(self, bytes_: bytes, length: int, head: Head) -> None:
        """Remember what a head says that announces a body of this length; to be called for a good key only, so that
        whoever has none makes nobody forget."""
        if len(self.known_heads) >= HEADS_MAX:
            self.known_heads.clear()
        self.known_heads[bytes_, length] = head

    def _refuse_key(self, key: str) -> None:
        """Count a key that is not good, for the source whose it was."""
        if key:
            self._telemetry.refused[self._engine.look.intake.source_of_old_key(_hash(key))] += 1

    def dismiss(self, visit: Visit, reply: Reply | None) -> None:
        """The visitor was answered, or (None) went away."""
        left = self._under_way[visit.who] - 1
        if left:
            self._under_way[visit.who] = left
        else:
            del self._under_way[visit.who]
        if reply is not None:
            self._telemetry.requests[visit.door or "own", reply.status] += 1
            if visit.source is not None:
                heard = self._telemetry.heard_of(visit.source.id)
                heard.answers.append((visit.at, reply.status))

    def excuse(self, visit: Visit, fault: BaseException) -> Reply:
        """What the visitor is told when the request could not be taken."""
        match fault:
            case BodyTooLarge():
                return replies.too_large(visit.door, visit.request, self._settings.body_max_bytes)
            case BodyTooSlow():
                return replies.too_slow(visit.door, visit.request)
            case InboxFull():
                return replies.busy(visit.door, visit.request, fault.retry_after_s)
            case _:
                return replies.stopped(visit.door, visit.request)

    def _source_of(self, key: str, at: Moment) -> Source | None:
        return self._engine.look.intake.source_by_key(_hash(key), at) if key else None

    def _person_of(self, key: str) -> str:
        """The actor of a person's API key, empty for none."""
        found = self._keys.shown(key)
        return f"key:{found.id}" if found is not None else ""

    def hear(self, visit: Visit, body: bytes) -> Reading | None:
        """Read the whole request with its source's door; None when it brings no signals, or nobody knows the key."""
        request = visit.request
        if body:
            request = visit.request = Request(
                request.method, request.path, request.query, request.content_type, request.headers, body
            )
        if visit.source is None and not visit.person:
            key = replies.key_in_body(visit.door, request)
            visit.source, visit.key = self._source_of(key, visit.at), visit.key or key
        source = visit.source
        if source is None:
            return None
        visit.door = door = visit.door or source.spec.door
        if request.method not in METHODS.get(door, POSTED):
            return None
        if door == "alertmanager" and not self._alertmanager.is_intake(request):
            return None
        return self._read(door, source, request)

    def post(self, visit: Visit, reading: Understood, waiting: Waiting) -> bool:
        """Hand in what takes one decision and no more, as nearly everything does; `waiting` gets that decision and
        turns it into a reply by `answer`. False for the rest, which `judge` takes. Raises InboxFull, EngineStopped."""
        signals = reading.signals
        if visit.source is None or not signals or reading.problems or _once(visit.request, reading):
            return False
        source = visit.source.id
        self._engine.post(ReceiveSignals(source, signals), f"source:{source}", waiting, weight=len(signals))
        return True

    async def judge(self, visit: Visit, reading: Reading | None) -> Reply:
        """Keep what is understood, and what is not. Raises InboxFull, EngineStopped."""
        source, request = visit.source, visit.request
        if visit.person:
            if self._alertmanager.is_intake(request):
                return replies.a_persons_key(request)
            return await self._alertmanager.take(visit.person, "", request)
        if source is None:
            self._refuse_key(visit.key)
            return replies.unknown_key(visit.door, request, shown=bool(visit.key))
        if isinstance(reading, Misunderstood):
            return await self._refuse(visit, source.id, reading)
        if reading is not None:
            return await self._keep_all(visit, source.id, reading)
        if visit.door == "alertmanager":
            return await self._alertmanager.take(f"source:{source.id}", source.id, request)
        return self._other_method(visit.door, request)

    def answer(self, visit: Visit, reading: Understood, decision: Decision) -> Reply:
        """What is said to a request all of which was understood and decided."""
        if isinstance(decision, Rejected):
            return replies.refused(visit.door, visit.request, decision)
        self._count(visit, reading, decision)
        return replies.accepted(visit.door, visit.request, reading)

    def _count(self, visit: Visit, reading: Understood, decision: Accepted) -> None:
        if decision.events:  # else it was sent again, and counted when it came first
            self._telemetry.received[visit.door, "understood"] += len(reading.signals)
            if visit.source is not None:
                heard = self._telemetry.heard_of(visit.source.id)
                heard.count(visit.at, len(reading.signals))

    async def _keep_all(self, visit: Visit, source: str, reading: Understood) -> Reply:
        """Keep what is understood, and a letter of what is not."""
        decision = await self._keep(source, visit.request, reading)
        if isinstance(decision, Rejected) or not reading.problems:
            return self.answer(visit, reading, decision)
        self._count(visit, reading, decision)
        letter = await self._bury(visit, source, "; ".join(reading.problems))
        if isinstance(letter, Reply):
            return letter
        return replies.accepted(visit.door, visit.request, reading, letter)

    def _other_method(self, door: str, request: Request) -> Reply:
        """Senders of CloudEvents ask for permission first (HTTP webhook specification, section 4)."""
        origin = request.headers.get("webhook-request-origin", "")
        if door == "cloudevents" and request.method == "OPTIONS" and origin:
            allowed = origin.encode("latin-1", "replace")
            headers = ((b"webhook-allowed-origin", allowed), (b"webhook-allowed-rate", b"*"), (b"allow", b"POST"))
            return Reply(200, headers=headers)
        return replies.wrong_method(door, request, METHODS.get(door, POSTED))

    def _read(self, door: str, source: Source, request: Request) -> Reading:
        own = source.spec.door
        if own not in ("any", door):
            return replies.wrong_door(door, own)
        memo = self._memos.get(source.id)
        if memo is None:
            memo = self._memos[source.id] = Memo()
        before = len(memo.contents)
        reading = self._engine.look.intake.read(source, door, request, self._engine.clock.now(), memo)
        self._remembered += len(memo.contents) - before
        if self._remembered > MEMO_MAX:
            self._memos.clear()
            self._remembered = 0
        return reading

    async def _keep(self, source: str, request: Request, reading: Understood) -> Decision:
        """Let the engine judge what was understood; returns when that is durable."""
        actor = f"source:{source}"
        once = _once(request, reading)
        signals = reading.signals
        if not once and signals:
            return await self._engine.submit(ReceiveSignals(source, signals), actor, weight=len(signals))
        decision: Decision = Accepted()
        for what, command in _asked(source, reading):
            decision = await self._submit(command, actor, request, f"{what}:{once}" if once else "", len(signals) or 1)
            if isinstance(decision, Rejected):
                break
        return decision

    async def _submit(self, command: Command, actor: str, request: Request, once: str, weight: int = 1) -> Decision:
        """Decide a request that has an id of its own once, however often it comes."""
        if not once:
            return await self._engine.submit(command, actor, weight=weight)
        has_own_key = "idempotency-key" in request.headers
        content = _hash(request.query + "\0") + hashlib.sha256(request.body).hexdigest() if has_own_key else "same"
        return await self._engine.submit_once(command, actor, f"{actor}:{_hash(once)}", content, weight)

    async def _refuse(self, visit: Visit, source: str, reading: Misunderstood) -> Reply:
        """Keep what was sent before saying that it was not understood; a mere look at an address sends nothing."""
        door, request = visit.door, visit.request
        if request.method in {"GET", "HEAD"} and not request.query and not request.body:
            return replies.misunderstood(door, request, reading, "")
        letter = await self._bury(visit, source, reading.error)
        return letter if isinstance(letter, Reply) else replies.misunderstood(door, request, reading, letter)

    async def _bury(self, visit: Visit, source: str, error: str) -> str | Reply:
        """Keep the payload as a dead letter, without its key; its id, or the answer when that was refused."""
        door, request, key = visit.door, visit.request, visit.key.encode("latin-1", "replace")
        sent = _readable(request, key)
        sent = sent.replace(key, b"*" * len(key)) if key else sent  # no byte of it changes its place
        try:
            body, encoded = sent.decode(), False
        except UnicodeDecodeError:
            body, encoded = base64.b64encode(sent).decode(), True
        query = KEY_IN_QUERY.sub("", request.query)[:QUERY_KEPT_MAX]
        letter = KeepDeadLetter(source, door, body, error, request.content_type, query, encoded)
        own = request.headers.get("idempotency-key")
        decision = await self._submit(letter, f"source:{source}", request, f"letter:{own}" if own else "")
        if isinstance(decision, Rejected):
            return replies.refused(door, request, decision)
        if decision.events:
            self._telemetry.received[door, "dead_lettered"] += 1
        return decision.answer


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that mean something to a door, by their names in lower case."""
    found = {}
    for name, value in headers:
        if name in READ_HEADERS:
            found[READ_HEADERS[name]] = value.decode("latin-1")
        elif name.startswith(b"ce-"):
            found[name.decode("latin-1")] = value.decode("latin-1")
    return found


def _readable(request: Request, key: bytes) -> bytes:
    """The body as it is kept: as it came, but unpacked where its key is inside, or where nobody could unpack it later,
    because what it was packed by is not kept."""
    plain = unpacked(request)
    if isinstance(plain, Misunderstood) or (request.body.startswith(GZIP) and not (key and key in plain.body)):
        return request.body
    return plain.body


def _once(request: Request, reading: Understood) -> str:
    """The id under which a request is taken once, empty when it has none."""
    return request.headers.get("idempotency-key") or reading.answer.get("command_id", "")


def _asked(source: str, reading: Understood) -> Iterable[tuple[str, Command]]:
    """The commands a reading leads to, each with a word for its kind."""
    if reading.beats:
        yield "beat", RecordBeat(source)
    for number, change in enumerate(reading.changes):
        yield f"change{number}", NoteChange(source, change)
    if reading.signals:
        yield "signals", ReceiveSignals(source, reading.signals)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
