"""Web push: a message to a person's browser by its maker's push service (RFC 8030), readable by that browser alone
(RFC 8291), in the name of this installation (VAPID, RFC 8292).

Law: the libraries encrypt and sign; the request goes out by our own wire, past the guard. The push service learns who
is woken when, never why.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from tocsin.shell.channels.guard import Guard
from tocsin.shell.channels.post import Poster
from tocsin.shell.channels.subscription import Subscription, packed, unpacked
from tocsin.shell.channels.verdict import PUSH_ENDED, of_status, verdict
from tocsin.shell.ports import Clock, Message, Receipt

BODY_MAX = 3_000
"""Bytes of a payload before it is encrypted: push services take 4,096 after it."""
TITLE_MAX = 200
TEXT_MAX = 1_500
"""Characters: a notification shows fewer."""
TTL_S = 4 * 3_600
"""How long the push service keeps it for a browser that is away: an older page is history, not an alarm."""
TOKEN_LIFETIME_S = 12 * 3_600
"""Of the signature; push services take a day at most."""
TOPIC_LENGTH_MAX = 32
GONE = (404, 410)
"""The subscription is over: the person took the permission back, or the browser is no more."""
TOO_LARGE = 413


class Payload(msgspec.Struct, frozen=True):
    """What the browser is told. A later one of the same `tag` takes the place of an earlier one; `url` is opened by a
    tap."""

    title: str
    body: str
    url: str
    tag: str
    id: str


class WebPush:
    """Pushes a payload to the browser of a subscription. 2xx is delivered; 404 and 410 mean that it is gone."""

    def __init__(self, guard: Guard, clock: Clock, key: ec.EllipticCurvePrivateKey, subject: str, home: str) -> None:
        self._poster = Poster(guard)
        self._clock = clock
        # The library takes few forms of a subject for good; ours is made by `subject_of`.
        self._vapid = Vapid02(key, {"no-strict": True})
        self._subject = subject
        self._home = home

    async def close(self) -> None:
        """Let the connections go."""
        await self._poster.close()

    async def send(self, message: Message) -> Receipt:
        """One push to the subscription in the address."""
        subscription = msgspec.json.decode(message.address, type=Subscription)
        payload = payload_of(message, self._home)
        body = encrypted(subscription, msgspec.json.encode(payload))
        answer = await self._poster.post(subscription.endpoint, body, self._headers(subscription, payload.tag))
        if isinstance(answer, Receipt):
            return answer
        if answer in GONE:
            return Receipt(False, verdict(PUSH_ENDED, f"HTTP {answer}"), False, lost=True)
        return Receipt(200 <= answer < 300, of_status(answer), retryable=answer != TOO_LARGE)

    def _headers(self, subscription: Subscription, tag: str) -> dict[str, str]:
        parts = urlsplit(subscription.endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": self._clock.now() // 1000 + TOKEN_LIFETIME_S,
            "sub": self._subject,
        }
        return {
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_S),
            "urgency": "high",
            "topic": tag[:TOPIC_LENGTH_MAX],
            **{name.lower(): text for name, text in self._vapid.sign(claims).items()},
        }


def payload_of(message: Message, home: str) -> Payload:
    """What of a message a notification shows. Pages of one incident share a tag: the newest stands for all."""
    incidents = message.facts.get("incidents")
    named = [one["id"] for one in incidents] if isinstance(incidents, list) else []
    tag = str(named[0]) if len(named) == 1 else message.id
    payload = Payload(message.subject[:TITLE_MAX], message.text[:TEXT_MAX], message.link or home, tag, message.id)
    while (over := len(msgspec.json.encode(payload)) - BODY_MAX) > 0 and payload.body:
        payload = msgspec.structs.replace(payload, body=payload.body[: -(over // 4 + 1)])
    return payload


def encrypted(subscription: Subscription, body: bytes) -> bytes:
    """The body, readable by the browser of the subscription alone."""
    sealed: bytes = http_ece.encrypt(
        body,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=unpacked(subscription.keys.p256dh),
        auth_secret=unpacked(subscription.keys.auth),
        version="aes128gcm",
    )
    return sealed


def public_key_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half as browsers want it (`applicationServerKey`): base64url of the uncompressed point."""
    return packed(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def subject_of(url: str, mail_from: str) -> str:
    """Whom the push service may ask about these pushes, as VAPID wants it: an https address, or a mail address."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return f"https://{parts.hostname}"
    address = mail_from.rpartition("<")[2].rstrip("> ")
    return f"mailto:{address if '@' in address else 'tocsin@localhost'}"
