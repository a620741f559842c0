"""Web push against a real endpoint that decrypts what arrives, as a browser does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any

import http_ece
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from py_vapid import Vapid02

from shell.channels.far import Call, far
from tocsin.shell.channels.guard import Guard
from tocsin.shell.channels.subscription import Keys, Subscription, flaw_of, packed, point, unpacked
from tocsin.shell.channels.webpush import BODY_MAX, WebPush, payload_of, public_key_of, subject_of
from tocsin.shell.ports import Message, Receipt
from tocsin.shell.real import SteadyClock
from tocsin.shell.vault import Vault

KEY = Vault(b"a key for tests, thirty-two long").push_key()


class Browser:
    """The far end of a push: it made the keys, and it alone can read."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen bytes of"

    def subscription(self, endpoint: str) -> Subscription:
        """What it says of itself."""
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Subscription(endpoint, Keys(packed(public), packed(self.auth)))

    def read(self, call: Call) -> dict[str, Any]:
        """What was pushed."""
        assert call.headers["content-encoding"] == "aes128gcm"
        plain = http_ece.decrypt(call.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = msgspec.json.decode(plain)
        return found


def page(subscription: Subscription, text: str = "The disk of db-1 is full.") -> Message:
    """A page about one incident."""
    facts: dict[str, object] = {"type": "tocsin.page", "incidents": [{"id": "INC-7"}]}
    address = msgspec.json.encode(subscription).decode()
    return Message("PG-7", "webpush", address, "[INC-7] 磁盘", text, link="https://tocsin.test/a/x", facts=facts)


async def pushed(one: Message, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> Receipt:
    """What became of one push."""
    channel = WebPush(Guard(allow), SteadyClock(), KEY, "mailto:ops@tocsin.test", "https://tocsin.test/")
    try:
        return await channel.send(one)
    finally:
        await channel.close()


def story(tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run one story to its end."""
    asyncio.run(asyncio.wait_for(tell(), 20))


def test_the_browser_alone_can_read_what_is_pushed_and_sees_who_pushed_it() -> None:
    async def tell() -> None:
        browser = Browser()
        async with far(201) as end:
            endpoint = f"http://127.0.0.1:{end.port}/push/s3cr3t"
            assert await pushed(page(browser.subscription(endpoint))) == Receipt(True, "taken: HTTP 201")
        [call] = end.calls
        assert call.line == "POST /push/s3cr3t HTTP/1.1"
        assert browser.read(call) == {
            "title": "[INC-7] 磁盘", "body": "The disk of db-1 is full.", "url": "https://tocsin.test/a/x",
            "tag": "INC-7", "id": "PG-7",
        }  # fmt: skip
        assert "磁盘".encode() not in call.body
        assert (call.headers["urgency"], call.headers["topic"], call.headers["ttl"]) == ("high", "INC-7", "14400")
        signed = call.headers["authorization"]
        assert Vapid02.verify(signed) and signed.endswith(f",k={public_key_of(KEY)}")
        claims = msgspec.json.decode(unpacked(signed.partition("t=")[2].split(".")[1]))
        assert (claims["aud"], claims["sub"]) == (f"http://127.0.0.1:{end.port}", "mailto:ops@tocsin.test")
        with pytest.raises(http_ece.ECEException):
            Browser().read(call)

    story(tell)


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        (404, Receipt(False, "push_ended: HTTP 404", False, lost=True)),
        (410, Receipt(False, "push_ended: HTTP 410", False, lost=True)),
        (413, Receipt(False, "too_large: HTTP 413", False)),
        (429, Receipt(False, "server_busy: HTTP 429")),
        (500, Receipt(False, "server_fault: HTTP 500")),
    ],
)
def test_a_browser_that_is_gone_is_told_from_a_push_service_in_trouble(status: int, receipt: Receipt) -> None:
    async def tell() -> None:
        async with far(status) as end:
            subscription = Browser().subscription(f"http://127.0.0.1:{end.port}/x")
            assert await pushed(page(subscription)) == receipt

    story(tell)


def test_a_push_goes_nowhere_private() -> None:
    async def tell() -> None:
        async with far() as end:
            subscription = Browser().subscription(f"http://127.0.0.1:{end.port}/x")
            receipt = await pushed(page(subscription), allow=())
            assert not receipt.delivered and "private address" in receipt.detail and not receipt.lost
            assert end.calls == []

    story(tell)


@given(st.text(max_size=3_000), st.text(max_size=400))
def test_a_payload_is_small_whatever_it_says(text: str, subject: str) -> None:
    one = Message("PG-7", "webpush", "", subject, text, facts={"incidents": [{"id": "A"}, {"id": "B"}]})
    found = payload_of(one, "https://tocsin.test/")
    assert len(msgspec.json.encode(found)) <= BODY_MAX
    assert (found.tag, found.url) == ("PG-7", "https://tocsin.test/")
    assert text.startswith(found.body)


def test_the_key_comes_back_with_the_key_file_and_is_a_point_browsers_take() -> None:
    vault = Vault(b"a key for tests, thirty-two long")
    assert public_key_of(vault.push_key()) == public_key_of(KEY)
    assert public_key_of(Vault(b"another key, just as long as that").push_key()) != public_key_of(KEY)
    assert len(unpacked(public_key_of(KEY))) == 65 and point(public_key_of(KEY)) is not None


def test_a_subscription_is_judged_before_it_is_kept() -> None:
    good = Browser().subscription("https://push.example/x")
    assert flaw_of(good) == ""
    off_curve = packed(b"\x04" + b"\x01" * 64)
    for bad, word in (
        (Subscription("http://push.example/x", good.keys), "endpoint"),
        (Subscription("https://user:pw@push.example/x", good.keys), "endpoint"),
        (Subscription("https://[::1]/x", good.keys), "endpoint"),
        (Subscription("https://push.example:x/", good.keys), "endpoint"),
        (Subscription("https:///x", good.keys), "endpoint"),
        (Subscription("https://push.example/" + "x" * 2_048, good.keys), "endpoint"),
        (Subscription(good.endpoint, Keys(off_curve, good.keys.auth)), "p256dh"),
        (Subscription(good.endpoint, Keys("no key", good.keys.auth)), "p256dh"),
        (Subscription(good.endpoint, Keys(good.keys.p256dh, packed(b"short"))), "auth"),
        (Subscription(good.endpoint, Keys(good.keys.p256dh, "é")), "auth"),
    ):
        assert word in flaw_of(bad), bad
    padded = Keys(base64.urlsafe_b64encode(unpacked(good.keys.p256dh)).decode(), good.keys.auth + "==")
    assert flaw_of(Subscription(good.endpoint, padded)) == ""


@pytest.mark.parametrize(
    ("url", "sender", "subject"),
    [
        ("https://tocsin.example:8443", "a@b.org", "https://tocsin.example"),
        ("http://127.0.0.1:8080", "Tocsin <ops@b.org>", "mailto:ops@b.org"),
        ("http://127.0.0.1:8080", "", "mailto:tocsin@localhost"),
    ],
)
def test_whom_a_push_service_may_ask(url: str, sender: str, subject: str) -> None:
    assert subject_of(url, sender) == subject
