"""Secrets at rest and signed links, under one key file of the installation.

Law: what is sealed is opened only where it leaves for its channel; keys and plain secrets are never logged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec

from tocsin.kernel.message import Moment

F = TypeVar("F", bound=msgspec.Struct)
KEY_FILE_MODE = 0o600
KEY_LENGTH = 32
"""Bytes. A file cut short by a crash must not pass for a key: links signed with it could be made by anybody."""
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the curve P-256 has; private keys are below it."""
TOKEN_LENGTH_MAX = 2_000


class VaultBroken(Exception):
    """A sealed text cannot be opened with this installation's key."""


class Vault:
    """Seals and opens secrets; signs and verifies small facts."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.blake2b(key, digest_size=32, person=b"seal").digest()))
        self._sign_key = hashlib.blake2b(key, digest_size=32, person=b"sign").digest()

    @classmethod
    def at(cls, path: Path) -> Vault:
        """The vault of a key file; the file is made, readable by its owner only, where there is none. Raises
        VaultBroken when the file holds no key."""
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(os.urandom(KEY_LENGTH)))
                file.flush()
                os.fsync(file.fileno())
        try:
            key = base64.b64decode(path.read_bytes(), validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_LENGTH:
            raise VaultBroken(f"{path} does not hold a key; restore it from the backup it belongs to")
        return cls(key)

    def seal(self, text: str) -> str:
        """The text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; raises VaultBroken when the key file is not the one it was sealed with."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise VaultBroken("a sealed secret does not open; is this the key file it was sealed with?") from None

    def sign(self, fact: msgspec.Struct) -> str:
        """The fact as a URL-safe token that only this installation can make."""
        body = msgspec.json.encode(fact)
        return f"{_text(body)}.{_text(self._mac(type(fact).__name__, body))}"

    def verify(self, token: str, kind: type[F]) -> F | None:
        """The fact of a token of that kind; None when it was not made here, or by a release that knew another shape of
        it. Its time is the caller's to judge."""
        body_text, _, mac_text = token[:TOKEN_LENGTH_MAX].partition(".")
        try:
            body, mac = _bytes(body_text), _bytes(mac_text)
        except ValueError:
            return None
        if not hmac.compare_digest(mac, self._mac(kind.__name__, body)):
            return None
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError:
            return None

    def webhook_secret(self, contact: str) -> str:
        """The Standard Webhooks secret of a contact point: derived, so that it is stored nowhere."""
        derived = hmac.digest(self._sign_key, b"webhook\0" + contact.encode(), "sha256")
        return "whsec_" + base64.b64encode(derived).decode()

    def push_key(self) -> ec.EllipticCurvePrivateKey:
        """The key pair this installation pushes with (VAPID): derived, so that it is stored nowhere and comes back
        with the key file. Browsers are subscribed to it: another key file, and all subscribe anew."""
        derived = hmac.digest(self._sign_key, b"push", "sha512")
        return ec.derive_private_key(1 + int.from_bytes(derived, "big") % (P256_ORDER - 1), ec.SECP256R1())

    def _mac(self, kind: str, body: bytes) -> bytes:
        return hmac.digest(self._sign_key, kind.encode() + b"\0" + body, "sha256")[:20]


class IncidentLink(msgspec.Struct, frozen=True):
    """What a signed link allows: to act on one incident in the name of one person until an instant."""

    incident: str
    user: str
    expires_at: Moment


class CalendarLink(msgspec.Struct, frozen=True):
    """What the address of a calendar allows: to read a schedule's shifts (of one `user`, if named) for as long as the
    person it was made for is with us."""

    schedule: str
    made_for: str
    user: str = ""


class SetupLink(msgspec.Struct, frozen=True):
    """What a set-up link allows: to set the password of this user once. It is spent when `nonce` was used, or when the
    password was set after `issued_at`."""

    user: str
    nonce: str
    expires_at: Moment
    issued_at: Moment = Moment(0)


class KnownBrowser(msgspec.Struct, frozen=True):
    """What a browser keeps in which this user has logged in: wrong passwords are counted apart there, so that a
    stranger who guesses elsewhere does not keep the user out. It opens nothing by itself."""

    user: str
    nonce: str


def _text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
