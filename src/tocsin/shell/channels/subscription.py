"""What a browser says of itself so that it can be pushed to: the address of its push service and two keys.

Law: a subscription is judged before it is kept. Whoever knows it can push to the browser, so it is a secret.
"""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

ENDPOINT_LENGTH_MAX = 2_048
HOST_LENGTH_MAX = 253
POINT_LENGTH = 65
"""Bytes of a point of P-256, uncompressed."""
AUTH_LENGTH = 16
"""Bytes of the secret, by RFC 8291."""


class Keys(msgspec.Struct, frozen=True):
    """The browser's public key and its secret, as base64url."""

    p256dh: str
    auth: str


class Subscription(msgspec.Struct, frozen=True):
    """What `PushSubscription.toJSON()` says; `expirationTime` is null in every browser."""

    endpoint: str
    keys: Keys
    expirationTime: int | float | None = None  # noqa: N815 - the browser's word


def flaw_of(subscription: Subscription) -> str:
    """Why this is no subscription; empty when it is one."""
    if not _is_address(subscription.endpoint):
        return f"endpoint is no https URL with a host name, of at most {ENDPOINT_LENGTH_MAX} characters"
    if point(subscription.keys.p256dh) is None:
        return "keys.p256dh is no public key of P-256 as base64url"
    if len(unpacked(subscription.keys.auth)) != AUTH_LENGTH:
        return f"keys.auth is no secret of {AUTH_LENGTH} bytes as base64url"
    return ""


def _is_address(url: str) -> bool:
    """Whether a push service may be there: by TLS, under a name, without a password in the URL."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return (
            parts.scheme == "https"
            and 0 < len(host) <= HOST_LENGTH_MAX
            and ":" not in host
            and "@" not in parts.netloc
            and len(url) <= ENDPOINT_LENGTH_MAX
            and (parts.port or 443) > 0
        )
    except ValueError:
        return False


def point(text: str) -> ec.EllipticCurvePublicKey | None:
    """The public key of a text, None when it is none."""
    raw = unpacked(text)
    if len(raw) != POINT_LENGTH:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return None


def packed(raw: bytes) -> str:
    """Bytes as base64url without padding, as browsers write them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """The bytes of base64url, padded or not; none when it is not that."""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""
