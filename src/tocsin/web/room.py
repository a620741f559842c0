"""The room of an incident: people who look at it together, over WebSocket; line by line where none passes.

Law: what is said is a command like any other, and everybody hears it when it is durable. Who is there and who is typing
is known here only, and forgotten with the process. A listener that is too slow is let go, never waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Router, WebSocket, post, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import Dependency

from tocsin.core.incidents.events import MessagePosted
from tocsin.kernel.message import Decision, Moment, Rejected
from tocsin.kernel.moment import SECOND_MS, rfc3339
from tocsin.kernel.permission import READ, RESPOND
from tocsin.shell.detail import said_again
from tocsin.shell.engine import EngineStopped, InboxFull
from tocsin.shell.i18n import FALLBACK, LANGUAGES, Translator, preferred, translator
from tocsin.shell.journal.protocol import Recorded
from tocsin.web import slash
from tocsin.web.api.cards import canonical
from tocsin.web.call import Call, required
from tocsin.web.gate import KNOWN, OPEN, Caller, Gate, is_from_here
from tocsin.web.live import LOSSES
from tocsin.web.problem import ACTS, refused, title
from tocsin.web.services import Services
from tocsin.web.words import namer

LINE_LENGTH_MAX = 16_000
"""Characters of one frame: the longest note with room to spare for its quoting."""
WAITING_MAX = 256
"""Frames a listener may be behind before it is let go."""
SEATS_MAX = 200
"""Connections to one room: more people than work on any incident."""
SEATS_TOTAL_MAX = 2_000
RATE_SPAN_MS = 10 * SECOND_MS
RATE_MAX = 20
"""Frames of one connection in that span: nobody types faster; a program uses the API."""
FLOOD_MAX = 200
"""Past this many in the span it is a defect or an attack, and the connection ends."""
TYPING_INTERVAL_MS = SECOND_MS
CHECK_S = 30.0
"""How often it is looked whether a session still holds, beside whenever somebody loses one."""
CLOSE_S = 2.0

RESTARTING, TOO_LARGE, POLICY, TRY_LATER = 1012, 1009, 1008, 1013
LOG_IN, FORBIDDEN, GONE = 4401, 4403, 4404
"""Why a connection ends, for programs: RFC 6455, and our own, which are 4000 and a status of HTTP."""

Connection = WebSocket[Any, Any, Any]


class Present(msgspec.Struct, frozen=True):
    """Somebody in the room."""

    user: str
    name: str


class Heard(msgspec.Struct, frozen=True):
    """What a client sends."""

    type: str
    text: str = ""
    id: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line for the room, a command if it begins with a slash. `id` is the sender's own, such as a UUID: the same is
    said once, by whichever way."""

    text: str
    id: str = ""


class LineDone(msgspec.Struct, frozen=True):
    """What was done: the `command` the line began with (empty for a message), and in words what came of it."""

    command: str
    text: str


class Seat:
    """One connection to one room."""

    def __init__(self, socket: Connection, incident: str, caller: Caller, name: str, language: str) -> None:
        self.socket = socket
        self.incident = incident
        self.caller = caller
        self.name = name
        self.language = language
        self.code = 1000
        self.ended = asyncio.Event()
        self.typed_at = Moment(0)
        self.checked_at = Moment(0)
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_MAX)
        self._span = (Moment(0), 0)

    def tell(self, frame: str) -> None:
        """Let the client hear this; one that does not keep up is let go."""
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.end(TRY_LATER)

    def end(self, code: int) -> None:
        """Let the connection end."""
        if not self.ended.is_set():
            self.code = code
            self.ended.set()

    def frames(self, at: Moment) -> int:
        """Count one frame; how many there were in this span of time."""
        start_at, count = self._span
        self._span = (at, 1) if at >= start_at + RATE_SPAN_MS else (start_at, count + 1)
        return self._span[1]

    async def write(self, is_welcome: Callable[[], bool]) -> None:
        """Send what waits, as long as the person is welcome."""
        while is_welcome():
            try:
                async with asyncio.timeout(CHECK_S):
                    frame = await self._waiting.get()
            except TimeoutError:
                continue
            await self.socket.send_text(frame)
        self.end(LOG_IN)


class Rooms:
    """Every room somebody is in."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._engine = services.engine
        self._settings = services.settings
        self._gate = gate
        self._rooms: dict[str, list[Seat]] = {}
        self._count = 0
        self._engine.subscribe(self._on_records)

    @property
    def seat_count(self) -> int:
        """How many connections there are."""
        return self._count

    def close(self) -> None:
        """Let everybody go: the server stops."""
        for seats in self._rooms.values():
            for seat in seats:
                seat.end(RESTARTING)

    async def enter(self, socket: Connection, incident: str) -> None:
        """Serve a connection to its end."""
        by_key = bool(socket.headers.get("authorization", ""))
        if not by_key and not is_from_here(socket, self._settings.url):
            await socket.close(FORBIDDEN, "form_from_elsewhere")
            return
        caller = self._gate.caller(socket)
        await socket.accept()
        code = self._flaw(caller, incident)
        if code or caller is None:
            await socket.close(code or LOG_IN)
            return
        user = self._engine.look.people.user(caller.user)
        asked = str(socket.query_params.get("language", ""))
        own = user.spec.language if user else FALLBACK
        name = user.spec.name if user else caller.user
        seat = Seat(socket, incident, caller, name, asked if asked in LANGUAGES else own)
        self._take(seat)
        try:
            await self._sit(seat)
        finally:
            self._leave(seat)
        with suppress(TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_S):
                await socket.close(seat.code)

    def _flaw(self, caller: Caller | None, incident: str) -> int:
        """Why the connection cannot stay; 0 when it can."""
        if caller is None:
            return LOG_IN
        if not caller.may(READ):
            return FORBIDDEN
        if self._engine.look.incidents.incident(incident) is None:
            return GONE
        is_full = len(self._rooms.get(incident, ())) >= SEATS_MAX or self._count >= SEATS_TOTAL_MAX
        return TRY_LATER if is_full else 0

    def _take(self, seat: Seat) -> None:
        seats = self._rooms.setdefault(seat.incident, [])
        is_new = all(other.caller.user != seat.caller.user for other in seats)
        seats.append(seat)
        self._count += 1
        if is_new:
            self._tell_present(seat.incident, seat)
        hello = {
            "type": "hello", "me": seat.caller.user, "present": self._present(seat.incident),
            "seq": self._engine.seq_dry, "may_speak": seat.caller.may(RESPOND),
        }  # fmt: skip
        seat.tell(_frame(hello))

    def _leave(self, seat: Seat) -> None:
        seats = self._rooms[seat.incident]
        seats.remove(seat)
        self._count -= 1
        if not seats:
            del self._rooms[seat.incident]
        elif all(other.caller.user != seat.caller.user for other in seats):
            self._tell_present(seat.incident, seat)

    async def _sit(self, seat: Seat) -> None:
        """Listen and speak until one of them ends."""
        tasks = [
            asyncio.create_task(work)
            for work in (self._listen(seat), seat.write(lambda: self._is_still_welcome(seat)), seat.ended.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
                raise outcome

    async def _listen(self, seat: Seat) -> None:
        while True:
            text = await seat.socket.receive_text()
            count = seat.frames(self._engine.clock.now())
            if not self._is_welcome(seat):
                return seat.end(LOG_IN)
            if len(text) > LINE_LENGTH_MAX:
                return seat.end(TOO_LARGE)
            if count > FLOOD_MAX:
                return seat.end(POLICY)
            await self._hear(seat, text, is_hasty=count > RATE_MAX)

    async def _hear(self, seat: Seat, text: str, *, is_hasty: bool) -> None:
        try:
            heard = msgspec.json.decode(text, type=Heard)
        except msgspec.DecodeError as fault:
            return self._refuse(seat, "", Rejected("request_invalid", str(fault)))
        match heard.type:
            case "typing":
                return self._typing(seat)
            case "say" if is_hasty:
                return self._refuse(seat, heard.id, Rejected("too_many_requests", f"{RATE_MAX} in 10 s are the most"))
            case "say":
                return await self._say(seat, heard)
            case _:
                hint = f"type {heard.type[:40]!r} is none of say, typing"
                return self._refuse(seat, heard.id, Rejected("request_invalid", hint))

    def _typing(self, seat: Seat) -> None:
        at = self._engine.clock.now()
        if at < seat.typed_at + TYPING_INTERVAL_MS or not seat.caller.may(RESPOND):
            return
        seat.typed_at = at
        frame = _frame({"type": "typing", "user": seat.caller.user})
        for other in self._rooms.get(seat.incident, ()):
            if other.caller.user != seat.caller.user:
                other.tell(frame)

    async def _say(self, seat: Seat, heard: Heard) -> None:
        try:
            order = await self.order(seat.caller, seat.incident, heard.text, heard.id)
        except InboxFull:
            order = Rejected("busy")
        except EngineStopped:
            order = Rejected("stopping")
        if isinstance(order, Rejected):
            return self._refuse(seat, heard.id, order)
        done = self.done(order, seat.language)
        return seat.tell(_frame({"type": "done", "id": heard.id, "command": done.command, "text": done.text}))

    async def order(self, caller: Caller, incident: str, text: str, id_: str) -> slash.Order | Rejected:
        """Have what a line asks for decided, once for each id a client gives, by whichever way it comes. Raises
        InboxFull, EngineStopped."""
        order = slash.said(incident, text, id_, self._engine.look, self._engine.clock.now())
        if isinstance(order, Rejected) or order.command is None:
            return order
        decision: Decision
        if id_:
            key = f"room:{caller.actor}:{incident}:{id_}"
            decision = await self._engine.submit_once(order.command, caller.actor, key, _hashed(text))
        else:
            decision = await self._engine.submit(order.command, caller.actor)
        return decision if isinstance(decision, Rejected) else order

    def done(self, order: slash.Order, language: str) -> LineDone:
        """What was done, in the person's words."""
        if not order.word:
            return LineDone("", "")
        say, look = translator(language), self._engine.look
        if order.command is None:
            return LineDone(f"/{order.word}", "\n".join([say("room.done.help"), *slash.COMMANDS]))
        text = _words(say, order.word, namer(look)(order.about))
        called = look.people.user(order.about) if order.word == "page" else None
        if called is not None and not look.people.contacts_verified(called.id):
            text += "\n" + say("room.mailbox_only", name=called.spec.name)
        return LineDone(f"/{order.word}", text)

    def _refuse(self, seat: Seat, id_: str, refusal: Rejected) -> None:
        words = title(translator(seat.language), refusal.reason)
        detail = said_again(seat.language, refusal.reason, refusal.detail)
        seat.tell(
            _frame(
                {
                    "type": "refused", "id": id_, "reason": refusal.reason, "title": words,
                    "detail": detail or words,
                }
            )
        )  # fmt: skip

    def _is_welcome(self, seat: Seat) -> bool:
        """Whether the session or key still holds; what it may is read anew."""
        caller = self._gate.caller(seat.socket)
        if caller is None or not caller.may(READ):
            return False
        seat.caller = caller
        return True

    def _is_still_welcome(self, seat: Seat) -> bool:
        """As `_is_welcome`, looked at seldom."""
        at = self._engine.clock.now()
        if at < seat.checked_at + CHECK_S * SECOND_MS:
            return True
        seat.checked_at = at
        return self._is_welcome(seat)

    def _on_records(self, records: Sequence[Recorded]) -> None:
        """What is durable is heard; who lost their session or key goes."""
        if not self._rooms:
            return
        if any(isinstance(record.event, LOSSES) for record in records):
            for seat in [seat for seats in self._rooms.values() for seat in seats]:
                if not self._is_welcome(seat):
                    seat.end(LOG_IN)
        for record in records:
            if isinstance(record.event, MessagePosted) and record.event.incident in self._rooms:
                self._tell(record.event.incident, _said(record, record.event, namer(self._engine.look)))

    def _tell(self, incident: str, frame: str) -> None:
        for seat in self._rooms.get(incident, ()):
            seat.tell(frame)

    def _tell_present(self, incident: str, moved: Seat) -> None:
        """Somebody came or went; who comes is greeted instead."""
        frame = _frame({"type": "present", "present": self._present(incident)})
        for seat in self._rooms.get(incident, ()):
            if seat is not moved:
                seat.tell(frame)

    def _present(self, incident: str) -> list[Present]:
        people = {seat.caller.user: Present(seat.caller.user, seat.name) for seat in self._rooms.get(incident, ())}
        return list(people.values())


def _said(record: Recorded, event: MessagePosted, name: Callable[[str], str]) -> str:
    stamp = record.stamp
    return _frame(
        {
            "type": "said", "seq": stamp.seq, "at": rfc3339(stamp.at), "user": event.by, "name": name(event.by),
            "text": event.text, "id": event.id,
        }
    )  # fmt: skip


def _words(say: Translator, word: str, about: str) -> str:
    return say(f"room.done.{word}", about=about)


def _frame(message: Mapping[str, object]) -> str:
    return msgspec.json.encode(message).decode()


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


RoomsHere: TypeAlias = Annotated[Rooms, Dependency(skip_validation=True)]


@websocket("/incidents/{incident_id:str}/room", opt={"needs": OPEN})
async def room(socket: Connection, war_rooms: RoomsHere, incident_id: str) -> None:
    """The room of an incident. It judges by itself who may come in, so that a browser learns why not. `?language=zh` is
    the language of its answers; without it, the person's."""
    await war_rooms.enter(socket, canonical(incident_id))


@post("/incidents/{incident_id:str}/room", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def say_line(call: Call, war_rooms: RoomsHere, incident_id: str, data: Line) -> LineDone:
    """Say a line in the room without a connection to it, where a proxy lets no WebSocket pass. What others say is in
    the timeline."""
    id_ = canonical(incident_id)
    required(call.look.incidents.incident(id_), "incident", incident_id)
    order = await war_rooms.order(call.caller, id_, data.text, data.id)
    if isinstance(order, Rejected):
        raise refused(order)
    return await call.shown(war_rooms.done(order, preferred(call.request.headers.get("accept-language", ""))))


router = Router("/", route_handlers=[room, say_line], tags=["incidents"])
