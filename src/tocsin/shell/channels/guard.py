"""The SSRF guard: where outgoing requests may go.

Law: a name is resolved once, every address it has is judged, and the connection goes to a judged address; private,
loopback and link-local ones only when the settings allow their network.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

from tocsin.shell.channels.verdict import ADDRESS_PRIVATE, ADDRESS_UNREADABLE, verdict
from tocsin.shell.channels.wires import AT_ONCE

NAT64 = (
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("::/96"),
    ipaddress.IPv6Network("::ffff:0:0:0/96"),
)
"""Networks whose last 32 bits are an IPv4 address: translated (RFC 6052, RFC 2765) and IPv4-compatible ones."""
NOT_FOR_OTHERS = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("fec0::/10"))
"""Private networks Python takes for global: locally translated addresses (RFC 8215), and the old site-local ones."""

LOOKUPS = 3 * AT_ONCE
"""Names asked for at once: as many as the channels that ask here have places. The loop itself asks for two at a time:
a few names whose servers are dead would hold up all others, the mail server's among them."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """The target may not be reached from here; the text says why, `verdict` in the words of a receipt."""

    def __init__(self, word: str, said: str) -> None:
        super().__init__(said)
        self.verdict = verdict(word, said)


class Guard:
    """Judges the targets of outgoing requests."""

    def __init__(self, allow: Sequence[str]) -> None:
        self._allow = [ipaddress.ip_network(network, strict=False) for network in allow]
        self._names = ThreadPoolExecutor(LOOKUPS, "names")

    async def resolve(self, url: str) -> tuple[str, list[str], int]:
        """The host, its judged addresses and the port of an http(s) URL. Raises Refused; OSError for no such name."""
        if flaw := flaw_of_url(url):
            raise Refused(ADDRESS_UNREADABLE, flaw)
        parts = urlsplit(url)
        assert parts.hostname is not None, "the flaws are all there may be"
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return parts.hostname, await self.addresses(parts.hostname, port), port

    async def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect to for this host, all of whose addresses are allowed, the best first."""
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._names, ask)
        except ValueError:
            raise Refused(ADDRESS_UNREADABLE, "the host is not a name; is it misspelt?") from None
        return self.judged([str(info[4][0]) for info in found])

    def judged(self, addresses: Sequence[str]) -> list[str]:
        """Those addresses a host has, each once, if all are allowed. Raises Refused."""
        found = list(dict.fromkeys(text.partition("%")[0] for text in addresses))
        for address in found:
            if not self.allows(ipaddress.ip_address(address)):
                # Whoever reads the log of messages reads this, too: the host is part of a secret address.
                text = f"its host is at {address}, a private address; outgoing_allow does not name its network"
                raise Refused(ADDRESS_PRIVATE, text)
        return found

    def allows(self, address: Address) -> bool:
        """Whether an address may be reached."""
        plain = _plain(address)
        if any(plain in network for network in self._allow):
            return True
        return plain.is_global and not plain.is_multicast and not any(plain in network for network in NOT_FOR_OTHERS)


def flaw_of_url(url: str) -> str:
    """What keeps a URL from being called at all, wherever its host is; empty for nothing."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "the URL cannot be read; is the port a number below 65536?"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "only http:// and https:// URLs with a host are taken"
    return ""


def _plain(address: Address) -> Address:
    """The IPv4 address a packet to this IPv6 address may end at, the address itself where there is none."""
    if isinstance(address, ipaddress.IPv4Address) or int(address) <= 1:
        return address
    if any(address in network for network in NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
