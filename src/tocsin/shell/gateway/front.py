"""The connections: requests at a machine door are answered here, everything else is uvicorn's.

Law: a posted request that is the only one under way on its connection takes the short way: no task, no future and no
ASGI between the parser and the engine; one whose head came before, byte for byte, needs no parser either. Whatever is
unusual about it, and whatever is for no door, goes the ASGI way unchanged. Whoever keeps the house waiting, with a
head, with a body, with nothing at all or by not taking what is answered, is let go; and sooner, the longest first,
where there are more callers than the house has room for.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from tocsin.core.intake.views import Understood
from tocsin.kernel.message import Decision
from tocsin.shell.engine import EngineStopped, InboxFull
from tocsin.shell.gateway import address, replies
from tocsin.shell.gateway.address import Address
from tocsin.shell.gateway.door import Gateway, Head, Visit, read_headers
from tocsin.shell.gateway.wire import CLOSE, TEXT, BodyTooLarge, BodyTooSlow, Reply, headers_of, is_too_long

HEAD_TIMEOUT_S = 20.0
"""A head is a packet or two; whoever takes longer is on a dead line, or holds connections on purpose."""
ASGI_GRACE_S = 2.0
"""A door that reads a body itself is the first to say that it is too slow."""
SEND_TIMEOUT_S = 60.0
"""Whoever takes nothing of an answer for so long is gone."""
HEAD_BYTES_MAX = 65_536
"""What may have come of a head that has no end yet; the loop reads at most 256 kB at once."""
HEAD_END = b"\r\n\r\n"
KNOWN_HEAD_BYTES_MAX = 2_048
"""A head longer than this is parsed each time: what is known must be bounded."""

NO_HTTP = "Invalid HTTP request received."
WISHES = (b"connection", b"upgrade", b"http2-settings")
"""The headers that ask for another protocol on this connection."""


class Exchange:
    """A request that was let in at a door, and its answer. It stands where uvicorn's own cycle of request and response
    would, so that what is pipelined behind it waits for it, and so does the end of the server."""

    __slots__ = (
        "_front",
        "body",
        "disconnected",
        "head",
        "is_handed_in",
        "keep_alive",
        "reading",
        "response_complete",
        "visit",
    )

    visit: Visit
    reading: Understood

    def __init__(self, front: Front, head: Head, keep_alive: bool) -> None:
        self._front = front
        self.head = head
        self.keep_alive = keep_alive
        self.body: bytes | bytearray = b""
        self.is_handed_in = False
        self.response_complete = False
        self.disconnected = False

    @property
    def message_event(self) -> Exchange:
        """What uvicorn sets when the sender has gone away: here nobody waits for that."""
        return self

    def set(self) -> None:
        """There is nobody to wake."""

    def done(self) -> bool:
        """Whether nobody waits for the decision any more."""
        return self.response_complete

    def set_result(self, decision: Decision, /) -> None:
        """The decision is durable."""
        self._front.finish(self, self._front.gateway.answer(self.visit, self.reading, decision))

    def set_exception(self, fault: BaseException, /) -> None:
        """The engine stopped first."""
        self._front.finish(self, self._front.gateway.excuse(self.visit, fault))


class Front(HttpToolsProtocol):
    """One connection. The application it serves must be the Gateway."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config.app, Gateway), "the front needs the gateway behind it"
        self.gateway = config.app
        self._until = math.inf
        self._taken_until = math.inf
        self._host = ""
        self._is_in_message = False
        self._is_in_head = False
        self._is_wish_ignored = False
        self._head_size = 0
        self._complete: Exchange | None = None
        self._last_url = b""  # nearly always the same on one connection, so that it is understood once
        self._found: Address | None = None
        self._query = ""
        self._last_reply: tuple[Reply, list[tuple[bytes, bytes]]] | None = (
            None  # and so is what is answered, in a second
        )
        self._last_bytes = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
        if len(self.connections) > self.gateway.callers_max:
            self._make_room()
        self._wait(HEAD_TIMEOUT_S)

    def _make_room(self) -> None:
        """Let go of whoever has kept the house waiting longest; of this one where all others are being served."""
        callers = self.gateway.callers
        longest = next(iter(callers), self)
        callers.pop(longest, None)
        longest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The sender went away. What was handed in is decided all the same."""
        exchange: object = self.cycle
        self._serve()
        super().connection_lost(exc)
        if isinstance(exchange, Exchange) and not exchange.is_handed_in and not exchange.response_complete:
            exchange.response_complete = True
            self.gateway.dismiss(exchange.visit, None)

    def eof_received(self) -> bool:  # type: ignore[override]
        """The sender says no more; whether it is still to be answered. Whoever is gone is only found out by that."""
        exchange: object = self.cycle
        if not isinstance(exchange, Exchange) or exchange.response_complete or not exchange.is_handed_in:
            return False
        exchange.keep_alive = False
        return True

    def data_received(self, data: bytes) -> None:
        """Take a whole request whose head is known. Parse any other, and hand in what is complete outside the parser:
        a defect there is no bad request."""
        is_free = not self._is_in_message and self._is_next() and not self.flow.write_paused
        end = data.find(HEAD_END) + len(HEAD_END)
        length = len(data) - end
        head = self.gateway.known_heads.get((data[:end], length)) if is_free else None
        if head is not None:
            self._unset_keepalive_if_required()
            exchange = self._begin(head, True)
            if not exchange.response_complete:
                self._hand_in(exchange, data[end:])
            return
        self._parse(data)
        if self._complete is not None:
            exchange, self._complete = self._complete, None
            body, exchange.body = bytes(exchange.body), b""
            self._hand_in(exchange, body)
            # A body that is all that came behind the head is what the head announced.
            is_whole = is_free and len(body) == length
            if is_whole and exchange.keep_alive and end <= KNOWN_HEAD_BYTES_MAX and exchange.visit.source is not None:
                self.gateway.know(data[:end], length, exchange.head)
        if self._is_in_head:
            self._head_size += len(data)
            if self._head_size > HEAD_BYTES_MAX:
                self._turn_away(431, b"the head of the request is too long")

    def _parse(self, data: bytes) -> None:
        """Parse what came. The parser ends where another protocol is wished for, and takes no body before that."""
        self._unset_keepalive_if_required()
        rest = memoryview(data)
        try:
            while rest:
                try:
                    self.parser.feed_data(rest)
                    return
                except httptools.HttpParserUpgrade as upgrade:
                    if self.transport.is_closing():
                        return
                    if not self._is_wish_ignored:
                        self._end_http()
                        return
                    rest = rest[upgrade.args[0] :]
                    self._parse_without_wish()
        except httptools.HttpParserError:
            self._refuse_bytes()

    def _end_http(self) -> None:
        """Another protocol begins here, or (CONNECT) none that we speak."""
        if self._should_upgrade():
            self.handle_websocket_upgrade()
        else:
            self._refuse_bytes()

    def _refuse_bytes(self) -> None:
        self.logger.warning(NO_HTTP)
        self.send_400_response(NO_HTTP)

    def _parse_without_wish(self) -> None:
        """Begin the request anew, as if it wished for no other protocol."""
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())]
        for name, value in self.headers:
            if name == b"connection" and b"close" in value.lower():
                lines.append(b"connection: close")
            elif name not in WISHES:
                lines.append(b"%b: %b" % (name, value))
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's
        self.parser.feed_data(b"\r\n".join((*lines, b"", b"")))

    def on_message_begin(self) -> None:
        """Another request; its scope is made only if it goes the ASGI way."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._is_in_message = self._is_in_head = True
        self._is_wish_ignored = False
        self._head_size = 0
        self._wait(HEAD_TIMEOUT_S)

    def on_headers_complete(self) -> None:
        """The head tells which way. Behind the last answer of a connection nothing is taken any more."""
        self._is_in_head = False
        if self.transport.is_closing():
            return
        self._until = self.loop.time() + self.gateway.body_timeout_s
        if self.parser.should_upgrade() and not self._should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._is_wish_ignored = True
            return
        if self._is_plain() and self._let_in():
            return
        url, headers, is_expecting = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, is_expecting
        self.headers += headers
        self._until += ASGI_GRACE_S
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on it is another protocol's."""
        self._serve()
        super().handle_websocket_upgrade()

    def _should_upgrade(self) -> bool:
        """Behind a request under way it is asked for too early, and is an ordinary request."""
        return self._is_next() and super()._should_upgrade()

    def _is_next(self) -> bool:
        """Whether nothing is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _is_plain(self) -> bool:
        """Whether nothing is unusual about the request, and nothing else is under way."""
        return (
            self._is_next()
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
            and not self.flow.write_paused
            and b"%" not in self.url
            and self.url.isascii()
        )

    def _let_in(self) -> bool:
        """Begin the exchange; False when the request is for no door."""
        if self.url != self._last_url:
            parsed = httptools.parse_url(self.url)
            self._last_url = self.url
            self._found = address.find("POST", parsed.path.decode("ascii")) if parsed.path else None
            self._query = parsed.query.decode("ascii") if parsed.query else ""
        if self._found is None:
            return False
        head = Head.of(self._found, "POST", self._query, read_headers(self.headers))
        exchange = self._begin(head, self.parser.should_keep_alive())
        length = head.request.headers.get("content-length", "")
        if not exchange.response_complete and is_too_long(length, self.gateway.body_bytes_max):
            self.finish(exchange, self.gateway.excuse(exchange.visit, BodyTooLarge()))
        return True

    def _begin(self, head: Head, keep_alive: bool) -> Exchange:
        """Begin the exchange, and end it where the head is refused."""
        visit = self.gateway.admit(head, self._host)
        exchange = Exchange(self, head, keep_alive)
        self.cycle = exchange  # type: ignore[assignment]  # it has what uvicorn asks of one
        if isinstance(visit, Reply):
            self._answer(exchange, visit)
        else:
            exchange.visit = visit
        return exchange

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        exchange: object = self.cycle
        if not isinstance(exchange, Exchange):
            super().on_body(body)
        elif not exchange.response_complete:
            if len(exchange.body) + len(body) > self.gateway.body_bytes_max:
                self.finish(exchange, self.gateway.excuse(exchange.visit, BodyTooLarge()))
            elif not exchange.body:
                exchange.body = body
            else:
                if isinstance(exchange.body, bytes):
                    exchange.body = bytearray(exchange.body)
                exchange.body += body

    def on_message_complete(self) -> None:
        """The request is all here."""
        if self._is_wish_ignored:
            return
        self._is_in_message = False
        exchange: object = self.cycle
        if not isinstance(exchange, Exchange):
            super().on_message_complete()
            if self.cycle is not None and not self.cycle.response_complete:
                self._serve()
        elif not exchange.response_complete:
            self._complete = exchange

    def _hand_in(self, exchange: Exchange, body: bytes) -> None:
        """Give the request to the engine; what needs more than one decision gets a task."""
        exchange.is_handed_in = True
        self._serve()
        visit = exchange.visit
        reading = self.gateway.hear(visit, body)
        if isinstance(reading, Understood):
            exchange.reading = reading
            try:
                if self.gateway.post(visit, reading, exchange):
                    return
            except (InboxFull, EngineStopped) as fault:
                self.finish(exchange, self.gateway.excuse(visit, fault))
                return
        task = self.loop.create_task(self.gateway.judge(visit, reading))
        self.tasks.add(task)  # type: ignore[arg-type]  # uvicorn only counts and cancels them
        task.add_done_callback(lambda judged: self._judged(exchange, judged))

    def _judged(self, exchange: Exchange, task: asyncio.Task[Reply]) -> None:
        self.tasks.discard(task)
        fault = EngineStopped("the server ends") if task.cancelled() else task.exception()
        if fault is None:
            self.finish(exchange, task.result())
        elif isinstance(fault, InboxFull | EngineStopped):
            self.finish(exchange, self.gateway.excuse(exchange.visit, fault))
        else:
            self.logger.error("a request at a door failed", exc_info=fault)
            self.finish(exchange, replies.problem(500, "internal error", "this request met a defect"))

    def finish(self, exchange: Exchange, reply: Reply) -> None:
        """Answer whoever was let in."""
        self.gateway.dismiss(exchange.visit, reply)
        self._answer(exchange, reply)

    def _answer(self, exchange: Exchange, reply: Reply) -> None:
        exchange.response_complete = True
        if self.transport.is_closing():
            return
        is_last = CLOSE[0] in reply.headers
        if not exchange.keep_alive and not is_last:
            reply, is_last = reply._replace(headers=(*reply.headers, *CLOSE)), True
        self._write(reply)
        if is_last:
            self.transport.close()
        elif self.pipeline:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1
            self._wait(self.timeout_keep_alive)

    def on_response_complete(self) -> None:
        """uvicorn has answered; what is pipelined comes next."""
        if not self._is_in_head:
            self._wait(self.timeout_keep_alive)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The caller does not take what is answered as fast as it is made."""
        super().pause_writing()
        self._taken_until = self.loop.time() + SEND_TIMEOUT_S

    def resume_writing(self) -> None:
        """The caller takes it."""
        super().resume_writing()
        self._taken_until = math.inf

    def _wait(self, patience_s: float) -> None:
        """From here on it is the caller's turn, for so long."""
        self._until = self.loop.time() + patience_s
        self.gateway.callers.pop(self, None)
        self.gateway.callers[self] = None

    def _serve(self) -> None:
        """From here on it is the house's turn."""
        self._until = math.inf
        self.gateway.callers.pop(self, None)

    def expire(self, now: float) -> None:
        """Let go of whoever has kept the house waiting for too long; asked once a second."""
        if now >= self._taken_until or (now >= self._until + SEND_TIMEOUT_S and self.transport.is_closing()):
            self.transport.abort()
            return
        if now < self._until or self.transport.is_closing():
            return
        exchange: object = self.cycle
        if isinstance(exchange, Exchange) and not exchange.is_handed_in and not exchange.response_complete:
            self.finish(exchange, self.gateway.excuse(exchange.visit, BodyTooSlow()))
        elif self._is_in_head:
            self._turn_away(408, b"the head of the request did not arrive in time")
        elif self.cycle is not None and not self.cycle.response_complete and not self.cycle.response_started:
            self._write(Reply(408, b"the body of the request did not arrive in time", TEXT, CLOSE))
            self.transport.close()
        else:
            self.transport.close()

    def _turn_away(self, status: int, why: bytes) -> None:
        """End a connection whose request has no end; one that is still being answered is answered first."""
        if self.transport.is_closing() or (self.cycle is not None and not self.cycle.response_complete):
            return
        self._write(Reply(status, why, TEXT, CLOSE))
        self.transport.close()

    def _write(self, reply: Reply) -> None:
        if (reply, self.server_state.default_headers) != self._last_reply:
            self._last_reply = reply, self.server_state.default_headers
            parts = [STATUS_LINE[reply.status]]
            for name, value in (*self.server_state.default_headers, *headers_of(reply)):
                parts += (name, b": ", value, b"\r\n")
            self._last_bytes = b"".join((*parts, b"\r\n", reply.body))
        self.transport.write(self._last_bytes)
