"""The long tail of services by an apprise URL, in its own bounded pool, so that a dead one holds up nobody else.

Law: whoever may add a contact point is not the server's administrator: a URL reaches no private network, is led
nowhere else by its answer, and reads no file of the server. apprise asks the name server once more after a host was
judged, so each connection it makes is judged again where it is made. A thread cannot be stopped, its connections can:
whoever waits no longer cuts them, so that a service that answers a byte at a time keeps no thread. Of an answer without
end only the beginning is read.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from threading import Lock
from typing import Any

import apprise
from apprise.plugins import url_to_dict
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from tocsin.shell.channels.guard import Guard, Refused
from tocsin.shell.channels.verdict import ADDRESS_PRIVATE, NOT_TAKEN, SERVICE_UNKNOWN, TAKEN, of_fault, verdict
from tocsin.shell.channels.wires import AT_ONCE
from tocsin.shell.ports import Message, Receipt

THREADS = AT_ONCE
"""Whoever has a place at the switchboard does not wait for a thread."""
CONNECT = "socket.connect"
CONNECTS = (CONNECT, "socket.sendto", "socket.sendmsg")
"""What the interpreter tells its auditors just before a packet leaves."""
TITLE_MAX = 250
BODY_MAX = 4_000
ANSWER_MAX = 1_000_000
"""Bytes of an answer that are read, unpacked: some services say in it whether they took a message."""
ANSWER_PIECE = 4_096
"""Bytes read of it at a time; a piece may unpack to a thousand times as much."""
LOCAL_SCHEMES = ("blink1", "dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows")
"""Schemes that act on the server's own desktop, devices or files; not for users."""
FILE_PARAMETERS = ("keyfile", "pgpkey", "subfile", "template")
"""Parameters in which some services take the path of a file on the server."""
HOST_ATTRIBUTES = ("host", "endpoint", "smtp_host")
"""Where services keep the names of the hosts they connect to. The first two count only where the URL of the service has
a place for them: elsewhere `host` holds a token, which must not be asked of a name server."""


class Sending:
    """One message on its way: the connections it was refused, and those it made."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.refused: list[Refused] = []
        self._made: list[socket.socket] = []
        self._is_over = False
        self._lock = Lock()

    def connects(self, connection: socket.socket) -> None:
        """A connection is about to be made. A second handle of it is kept: TLS takes the first one away."""
        with self._lock:
            if self._is_over:
                raise TimeoutError(errno.ETIMEDOUT, "nobody waits for it any more")
            self._made.append(connection.dup())

    def end(self) -> None:
        """Cut what is open; no more is made."""
        with self._lock:
            self._is_over = True
        for connection in self._made:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)
"""What is being sent for a user here, None where nothing is. apprise takes it along into the threads of its own."""


class Apprise:
    """Any of the services apprise knows."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pool = ThreadPoolExecutor(THREADS, "apprise")
        self._is_watching = False
        # What it logs names topics and hosts, which are secrets, in a server's own words. Receipts say enough.
        logging.getLogger("apprise").disabled = True

    def warm(self) -> None:
        """Load the plugins in the pool (2–3 s), so that the first page does not wait for it."""
        self._pool.submit(apprise.Apprise.instantiate, "json://localhost", suppress_exceptions=True)

    def close(self) -> None:
        """Do not wait for what still hangs in the pool."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def send(self, message: Message) -> Receipt:
        """Notify one URL. apprise does not say why it failed, so every failure may be tried again."""
        self._watch()
        loop = asyncio.get_running_loop()
        service = await loop.run_in_executor(self._pool, _service, message.address)
        if service is None:
            return Receipt(False, verdict(SERVICE_UNKNOWN), retryable=False)
        try:
            for host in _hosts(service):
                await self._guard.addresses(host, 443)
        except Refused as refused:
            return Receipt(False, refused.verdict, retryable=False)
        except OSError as fault:
            if not _may_be_token(service):
                return Receipt(False, of_fault(fault))
        body = f"{message.text}\n{message.link}".strip()[:BODY_MAX]
        sending, title = Sending(self._guard), message.subject[:TITLE_MAX]
        try:
            sent = await loop.run_in_executor(self._pool, self._notify, service, title, body, sending)
        finally:
            sending.end()
        if sending.refused and not sent:
            return Receipt(False, sending.refused[0].verdict, retryable=False)
        return Receipt(sent, verdict(TAKEN if sent else NOT_TAKEN))

    def _notify(self, service: apprise.NotifyBase, title: str, body: str, sending: Sending) -> bool:
        """Whether it was taken."""
        box = apprise.Apprise()
        box.add(service)
        mark = _sending.set(sending)
        try:
            return bool(box.notify(title=title, body=body))
        finally:
            _sending.reset(mark)

    def _watch(self) -> None:
        """See connections where they are made, and answers where they are read: services call `requests` each in its
        own way. An auditor stays for as long as the process: there is to be one."""
        if not self._is_watching:
            self._is_watching = True
            sys.addaudithook(self._audit)
            HTTPAdapter.build_response = _begun  # type: ignore[assignment, method-assign]

    def _audit(self, event: str, told: tuple[Any, ...]) -> None:
        """Refuse a connection to where it must not go, as the operating system would."""
        sending = _sending.get() if event in CONNECTS else None
        if sending is None or sending.guard is not self._guard or told[1] is None:
            return  # nothing for a user, or not by us; or on a way that is open and was judged
        try:
            self._judge(told[1])
        except Refused as refused:
            sending.refused.append(refused)
            raise PermissionError(errno.EACCES, str(refused)) from None
        if event == CONNECT:
            sending.connects(told[0])

    def _judge(self, address: object) -> None:
        """Raises Refused."""
        if not isinstance(address, tuple):
            raise Refused(ADDRESS_PRIVATE, "a local socket is no address of a service")
        host, port = str(address[0]), address[1]
        self._guard.judged([str(info[4][0]) for info in socket.getaddrinfo(host, port)])


_build_response = HTTPAdapter.build_response


def _begun(adapter: HTTPAdapter, request: PreparedRequest, raw: Any) -> Response:
    """The answer to a request; of one for a user the beginning, as if there were no more."""
    response = _build_response(adapter, request, raw)
    if _sending.get() is not None:
        body = bytearray()
        for piece in response.iter_content(ANSWER_PIECE):
            body += piece
            if len(body) > ANSWER_MAX:
                raw.close()
                break
        response._content, response._content_consumed = bytes(body[:ANSWER_MAX]), True
    return response


def _service(url: str) -> apprise.NotifyBase | None:
    """The service, None when it is none we know or one that is not for users."""
    # As apprise reads it: a check that cut a URL in another way than the library would let files through.
    asked = url_to_dict(url.strip())  # type: ignore[no-untyped-call]
    if asked is None or asked["schema"] in LOCAL_SCHEMES or _names_a_file(asked.get("qsd", {})):
        return None
    service = apprise.Apprise.instantiate(url.strip(), suppress_exceptions=True)
    if service is not None:
        service.redirects = False
    return service


def _names_a_file(parameters: Mapping[str, str]) -> bool:
    return any(name.strip().lower() in FILE_PARAMETERS for name in parameters)


def _hosts(service: apprise.NotifyBase) -> list[str]:
    places = " ".join(service.templates)
    named = [name for name in HOST_ATTRIBUTES if f"{{{name}}}" in places or name == "smtp_host"]
    found = (getattr(service, name, None) for name in named)
    return [host for host in found if isinstance(host, str) and host]


def _may_be_token(service: apprise.NotifyBase) -> bool:
    """Whether the service is also reached without a host of one's own: then what is no host's name may be a token."""
    templates: tuple[str, ...] = service.templates
    return any("{host}" not in template for template in templates)
