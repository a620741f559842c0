"""Webhooks, signed as Standard Webhooks asks (headers webhook-id, webhook-timestamp, webhook-signature)."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from standardwebhooks import Webhook as Signer

from tocsin.shell.channels.guard import Guard
from tocsin.shell.channels.post import Poster
from tocsin.shell.channels.verdict import of_status
from tocsin.shell.ports import Clock, Message, Receipt

GONE = 410


class Webhook:
    """POSTs the facts of a message as JSON. 2xx is delivered; 410 means: never again."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self._poster = Poster(guard)
        self._clock = clock

    async def close(self) -> None:
        """Let the connections go."""
        await self._poster.close()

    async def send(self, message: Message) -> Receipt:
        """One POST to the address."""
        body = msgspec.json.encode(message.facts)
        answer = await self._poster.post(message.address, body, self._headers(message, body))
        if isinstance(answer, Receipt):
            return answer
        return Receipt(200 <= answer < 300, of_status(answer), retryable=answer != GONE)

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
