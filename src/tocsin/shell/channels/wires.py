"""All channels behind the port `Wire`: each in its own bulkhead, each attempt with an end."""

from __future__ import annotations

import asyncio
from typing import Protocol

from tocsin.shell.channels.verdict import CHANNEL_UNKNOWN, TIMED_OUT, verdict
from tocsin.shell.ports import Message, Receipt

AT_ONCE = 50
"""Deliveries under way per channel: one dead provider cannot take the others' places."""
TIMEOUT_S = 45.0


class Channel(Protocol):
    """One way to people's devices."""

    async def send(self, message: Message) -> Receipt:
        """Deliver, or say why not."""
        ...


class Wires:
    """The port `Wire`, as a switchboard."""

    def __init__(self, channels: dict[str, Channel]) -> None:
        self._channels = channels
        self._places = {name: asyncio.Semaphore(AT_ONCE) for name in channels}

    async def send(self, message: Message) -> Receipt:
        """Deliver by the channel the message names."""
        channel = self._channels.get(message.channel)
        if channel is None:
            return Receipt(False, verdict(CHANNEL_UNKNOWN, message.channel), retryable=False)
        async with self._places[message.channel]:
            try:
                return await asyncio.wait_for(channel.send(message), TIMEOUT_S)
            except TimeoutError:
                return Receipt(False, verdict(TIMED_OUT, f"no answer within {TIMEOUT_S:.0f} s"))
