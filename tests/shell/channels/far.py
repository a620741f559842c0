"""What is at the far end of a channel: a real HTTP server that answers as it is told, and a real mail server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from system.town import free_port
from tocsin.shell.ports import Message


class Call(msgspec.Struct, frozen=True):
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


class Far:
    """An HTTP server of one answer."""

    def __init__(self, status: int, headers: str, endless: bool) -> None:
        self.calls: list[Call] = []
        self.port = 0
        self._answer = f"HTTP/1.1 {status} X\r\n{headers}".encode()
        self._endless = endless

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.strip().split("\r\n")
            headers = {name.lower(): text.strip() for name, _, text in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.calls.append(Call(line, headers, body))
            writer.write(self._answer + (b"\r\n" if self._endless else b"content-length: 0\r\n\r\n"))
            while self._endless:
                writer.write(b"x" * 65_536)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def far(
    status: int = 200, headers: str = "", endless: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Far]:
    """The server, on a free port of 127.0.0.1."""
    end = Far(status, headers, endless)
    server = await asyncio.start_server(end.serve, "127.0.0.1", 0, ssl=tls)
    end.port = server.sockets[0].getsockname()[1]
    try:
        yield end
    finally:
        server.close()


class Post:
    """A mail server that answers recipients (and then whole mails) with these lines."""

    def __init__(self, recipient: str = "250 fine", mail: str = "250 taken") -> None:
        self.envelopes: list[Envelope] = []
        self._recipient = recipient
        self._mail = mail
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        envelope.rcpt_tos.append(address)
        return self._recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One mail."""
        self.envelopes.append(envelope)
        return self._mail

    def __enter__(self) -> Post:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def message(channel: str, address: str, id_: str = "PG-7") -> Message:
    """A page."""
    return Message(
        id_, channel, address, "Disk\nfull", "The disk of db-1 is full.", link="https://tocsin.test/a/x",
        facts={"type": "tocsin.page", "id": id_, "note": "磁盘"}, secret="whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0",
    )  # fmt: skip
