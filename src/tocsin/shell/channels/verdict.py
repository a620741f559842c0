"""What became of an attempt to deliver: one word of a closed set, and beside it what the other side said.

Law: a reader is told the word in their language and how to mend it (catalogue: `code.<word>`, `mend.<word>`, or with
`.<channel>` behind it where the channel matters). What the other side said stays in its own words, without secrets.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

TAKEN = "taken"
EMAIL_UNSET = "email_unset"
NAME_UNKNOWN = "name_unknown"
NOT_REACHED = "not_reached"
TIMED_OUT = "timed_out"
TLS_FAILED = "tls_failed"
LOGIN_REFUSED = "login_refused"
SENDER_REFUSED = "sender_refused"
RECIPIENT_REFUSED = "recipient_refused"
CREDENTIALS_REFUSED = "credentials_refused"
SERVER_BUSY = "server_busy"
SERVER_FAULT = "server_fault"
LED_ELSEWHERE = "led_elsewhere"
TOO_LARGE = "too_large"
NOT_TAKEN = "not_taken"
ADDRESS_GONE = "address_gone"
ADDRESS_PRIVATE = "address_private"
ADDRESS_UNREADABLE = "address_unreadable"
PUSH_ENDED = "push_ended"
SERVICE_UNKNOWN = "service_unknown"
CHANNEL_UNKNOWN = "channel_unknown"
CONTACT_GONE = "contact_gone"
CAME_TOO_LATE = "came_too_late"
DEFECT = "defect"
WORDS = (
    TAKEN, EMAIL_UNSET, NAME_UNKNOWN, NOT_REACHED, TIMED_OUT, TLS_FAILED, LOGIN_REFUSED, SENDER_REFUSED,
    RECIPIENT_REFUSED, CREDENTIALS_REFUSED, SERVER_BUSY, SERVER_FAULT, LED_ELSEWHERE, TOO_LARGE, NOT_TAKEN,
    ADDRESS_GONE, ADDRESS_PRIVATE, ADDRESS_UNREADABLE, PUSH_ENDED, SERVICE_UNKNOWN, CHANNEL_UNKNOWN, CONTACT_GONE,
    CAME_TOO_LATE, DEFECT,
)  # fmt: skip
SAID_MAX = 300
"""Characters of what the other side said: a reply of SMTP is at most 512."""
OF_STATUS = {
    401: CREDENTIALS_REFUSED, 403: CREDENTIALS_REFUSED, 404: ADDRESS_GONE, 408: SERVER_BUSY, 410: ADDRESS_GONE,
    413: TOO_LARGE, 429: SERVER_BUSY, 503: SERVER_BUSY,
}  # fmt: skip


def verdict(word: str, said: str = "") -> str:
    """The text of a receipt: `recipient_refused: 550 no such user`."""
    assert word in WORDS, f"{word!r} is no word that readers can be told"
    # Of a server that speaks Latin-1 or GBK, the mail library makes half characters, which no journal takes.
    said = " ".join(said.encode(errors="replace").decode().split())[:SAID_MAX]
    return f"{word}: {said}" if said else word


def parted(text: str) -> tuple[str, str]:
    """The word of a receipt and what was said beside it; no word for a text from before there were any."""
    word, _, said = text.partition(": ")
    return (word, said) if word in WORDS else ("", text)


def of_status(status: int) -> str:
    """What an HTTP status says."""
    if 200 <= status < 300:
        word = TAKEN
    elif 300 <= status < 400:
        word = LED_ELSEWHERE
    elif status >= 500 and status not in OF_STATUS:
        word = SERVER_FAULT
    else:
        word = OF_STATUS.get(status, NOT_TAKEN)
    return verdict(word, f"HTTP {status}")


def of_fault(fault: BaseException) -> str:
    """What a connection that failed says. Only the system's own words are kept: a library's may hold the address."""
    chain = tuple(_chain(fault))
    for kind, word in (
        (socket.gaierror, NAME_UNKNOWN), (ssl.SSLError, TLS_FAILED), (TimeoutError, TIMED_OUT),
    ):  # fmt: skip
        for one in chain:
            if isinstance(one, kind):
                return verdict(word, _named(one))
    systems = [one for one in chain if isinstance(one, OSError) and one.strerror]
    return verdict(NOT_REACHED, _named(systems[-1] if systems else fault))


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _named(fault: BaseException) -> str:
    words = fault.strerror if isinstance(fault, OSError) else None
    return f"{type(fault).__name__}: {words}" if words else type(fault).__name__
