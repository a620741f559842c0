"""The long tail of services by an apprise URL, in its own bounded pool, so that a dead one holds up nobody else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import apprise

from tocsin.shell.channels.guard import Guard, Refused
from tocsin.shell.ports import Message, Receipt

THREADS = 8
TITLE_MAX = 250
BODY_MAX = 4_000
LOCAL_SCHEMES = ("dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows")
"""Schemes that act on the server's own desktop or files; not for users."""


class Apprise:
    """Any of the services apprise knows."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._pool = ThreadPoolExecutor(THREADS, "apprise")

    def warm(self) -> None:
        """Load the plugins in the pool (2–3 s), so that the first page does not wait for it."""
        self._pool.submit(apprise.Apprise.instantiate, "json://localhost", suppress_exceptions=True)

    def close(self) -> None:
        """Do not wait for what still hangs in the pool."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def send(self, message: Message) -> Receipt:
        """Notify one URL. apprise does not say why it failed, so every failure may be tried again."""
        loop = asyncio.get_running_loop()
        service = await loop.run_in_executor(self._pool, _service, message.address)
        if service is None:
            return Receipt(False, "the apprise URL is not understood", retryable=False)
        host = getattr(service, "host", None)
        if isinstance(host, str) and host:
            try:
                await self._guard.address(host, 443)
            except Refused as refused:
                return Receipt(False, str(refused), retryable=False)
            except OSError:
                return Receipt(False, "the host of the apprise URL is not known")
        body = f"{message.text}\n{message.link}".strip()[:BODY_MAX]
        sent = await loop.run_in_executor(self._pool, _notify, service, message.subject[:TITLE_MAX], body)
        return Receipt(True, "the service took it") if sent else Receipt(False, "the service did not take it")


def _service(url: str) -> apprise.NotifyBase | None:
    if url.partition(":")[0].lower() in LOCAL_SCHEMES:
        return None
    return apprise.Apprise.instantiate(url, suppress_exceptions=True)


def _notify(service: apprise.NotifyBase, title: str, body: str) -> bool:
    box = apprise.Apprise()
    box.add(service)
    return bool(box.notify(title=title, body=body))
