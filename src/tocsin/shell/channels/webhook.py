"""Webhooks, signed as Standard Webhooks asks (headers webhook-id, webhook-timestamp, webhook-signature)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import httpx2
import msgspec
from standardwebhooks import Webhook as Signer

from tocsin.shell.channels.guard import Guard, Refused
from tocsin.shell.ports import Clock, Message, Receipt

TIMEOUT_S = 10.0
GONE = 410


class Webhook:
    """POSTs the facts of a message as JSON. 2xx is delivered; 410 means: never again."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock
        self._client = httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def send(self, message: Message) -> Receipt:
        """One POST to the address, to the judged IP and with the name in Host and SNI."""
        body = msgspec.json.encode(message.facts)
        try:
            host, address, port = await self._guard.resolve(message.address)
            # Streamed, and its body never read: an answer without end must not fill the memory.
            async with self._client.stream(
                "POST",
                _pinned(message.address, address, port),
                content=body,
                headers={
                    "host": _ascii(urlsplit(message.address).netloc.rpartition("@")[2]),
                    **self._headers(message, body),
                },
                extensions={"sni_hostname": _ascii(host)},
            ) as response:
                status = response.status_code
        except Refused as refused:
            return Receipt(False, str(refused), retryable=False)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as error:
            return Receipt(False, f"the webhook could not be reached: {type(error).__name__}")
        if 200 <= status < 300:
            return Receipt(True, f"answered {status}")
        return Receipt(False, f"answered {status}", retryable=status != GONE)

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        at = datetime.fromtimestamp(self._clock.now() / 1000, tz=UTC)
        signature = Signer(message.secret).sign(message.id, at, body.decode())
        return {
            "content-type": "application/json",
            "user-agent": "Tocsin-Webhook/1",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }


def _ascii(name: str) -> str:
    """A name in any script as name servers and servers know it."""
    return name.encode("idna").decode()


def _pinned(url: str, address: str, port: int) -> str:
    """The URL with the judged address in place of the name."""
    parts = urlsplit(url)
    host = f"[{address}]" if ":" in address else address
    return urlunsplit((parts.scheme, f"{host}:{port}", parts.path or "/", parts.query, ""))
