"""One POST to somebody else's server: to the judged address, with the name in Host and SNI; its answer's body is never
read.

Law: an answer without end must not fill the memory, and a redirect must not lead past the guard.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import httpx2

from tocsin.shell.channels.guard import Guard, Refused
from tocsin.shell.channels.verdict import ADDRESS_UNREADABLE, TIMED_OUT, of_fault, verdict
from tocsin.shell.ports import Receipt

TIMEOUT_S = 10.0
ADDRESSES_MAX = 3
"""Of a host: with three of them dead, it is the host that is dead, and another attempt follows later."""


class Poster:
    """Connections to servers of others."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._client = httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int | Receipt:
        """The status of the answer, or a receipt that says why there is none."""
        try:
            host, addresses, port = await self._guard.resolve(url)
            named = {"host": _ascii(urlsplit(url).netloc.rpartition("@")[2]), **headers}
            *others, last = addresses[:ADDRESSES_MAX]
            for address in others:
                with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                    return await self._at(_pinned(url, address, port), _ascii(host), body, named)
            return await self._at(_pinned(url, last, port), _ascii(host), body, named)
        except Refused as refused:
            return Receipt(False, refused.verdict, retryable=False)
        except httpx2.TimeoutException as error:
            return Receipt(False, verdict(TIMED_OUT, type(error).__name__))
        except (httpx2.InvalidURL, UnicodeError) as error:
            return Receipt(False, verdict(ADDRESS_UNREADABLE, type(error).__name__))
        except (httpx2.HTTPError, OSError) as error:
            return Receipt(False, of_fault(error))

    async def _at(self, url: str, name: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer from one address. Where no connection is made, nothing was sent."""
        more = {"sni_hostname": name}
        async with self._client.stream("POST", url, content=body, headers=headers, extensions=more) as response:
            return response.status_code


def _ascii(name: str) -> str:
    """A name in any script as name servers and servers know it."""
    return name.encode("idna").decode()


def _pinned(url: str, address: str, port: int) -> str:
    """The URL with the judged address in place of the name."""
    parts = urlsplit(url)
    host = f"[{address}]" if ":" in address else address
    return urlunsplit((parts.scheme, f"{host}:{port}", parts.path or "/", parts.query, ""))
