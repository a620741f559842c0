"""The SSRF guard: where outgoing requests may go.

Law: a name is resolved once, every address it has is judged, and the connection goes to a judged address; private,
loopback and link-local ones only when the settings allow their network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """The target may not be reached from here; the text says why."""


class Guard:
    """Judges the targets of outgoing requests."""

    def __init__(self, allow: Sequence[str]) -> None:
        self._allow = [ipaddress.ip_network(network, strict=False) for network in allow]

    async def resolve(self, url: str) -> tuple[str, str, int]:
        """The host, the judged address and the port of an http(s) URL. Raises Refused, or OSError for no such name."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refused("only http:// and https:// URLs with a host are taken")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise Refused("the port is not a number below 65536") from None
        return parts.hostname, await self.address(parts.hostname, port), port

    async def address(self, host: str, port: int) -> str:
        """The address to connect to for this host, all of whose addresses are allowed."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
        for address in addresses:
            if not self.allows(address):
                raise Refused(f"{host} is at {address}, a private address; outgoing_allow does not name its network")
        return str(addresses[0])

    def allows(self, address: Address) -> bool:
        """Whether an address may be reached."""
        mapped = getattr(address, "ipv4_mapped", None)
        plain = mapped or address
        if any(plain.version == network.version and plain in network for network in self._allow):
            return True
        return plain.is_global and not plain.is_multicast
