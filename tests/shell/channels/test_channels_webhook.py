"""Webhooks: signed, pinned to the judged address, told apart by what trying again is worth."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

from shell.channels.far import far, message
from tocsin.shell.channels.guard import Guard
from tocsin.shell.channels.webhook import Webhook
from tocsin.shell.ports import Message, Receipt
from tocsin.shell.real import SteadyClock

LOCAL = ("127.0.0.0/8",)
SECRET_PATH = "/hook/s3cr3t?token=t0k3n"
REFUSED = "ConnectionRefusedError: Connect call failed"


async def sent(one: Message, allow: tuple[str, ...] = LOCAL) -> Receipt:
    """What became of one message."""
    channel = Webhook(Guard(allow), SteadyClock())
    try:
        return await channel.send(one)
    finally:
        await channel.close()


def story(tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run one story to its end."""
    asyncio.run(asyncio.wait_for(tell(), 20))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names and their addresses, in place of the world's name servers; the real resolver still reads addresses."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host.encode("idna").decode()
        if known.get(text) == []:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [info for one in known.get(text, [text]) for info in real(one, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def test_a_page_arrives_signed_as_standard_webhooks_asks() -> None:
    async def tell() -> None:
        async with far(204) as end:
            one = message("webhook", f"http://127.0.0.1:{end.port}{SECRET_PATH}")
            assert await sent(one) == Receipt(True, "taken: HTTP 204")
        [call] = end.calls
        assert call.line == f"POST {SECRET_PATH} HTTP/1.1"
        assert call.headers["content-type"] == "application/json"
        assert call.headers["webhook-id"] == "PG-7"
        assert Signer(one.secret).verify(call.body.decode(), call.headers) == one.facts
        with pytest.raises(WebhookVerificationError):
            Signer(one.secret).verify(call.body.decode().replace("PG-7", "PG-8"), call.headers)

    story(tell)


def test_the_connection_goes_to_the_judged_address_and_the_name_stays_in_host(names: dict[str, list[str]]) -> None:
    async def tell() -> None:
        names["hooks.test"] = ["127.0.0.1"]
        async with far() as end:
            one = message("webhook", f"http://hooks.test:{end.port}/x")
            assert (await sent(one)).delivered
        assert end.calls[0].headers["host"] == f"hooks.test:{end.port}"

    story(tell)


def test_where_one_address_of_a_host_is_dead_the_next_is_called(names: dict[str, list[str]]) -> None:
    async def tell() -> None:
        async with far() as end:
            for addresses, delivered in ((["127.0.0.2", "127.0.0.1"], True), (["127.0.0.2", "127.0.0.3"], False)):
                names["hooks.test"] = addresses
                receipt = await sent(message("webhook", f"http://hooks.test:{end.port}/x"))
                assert (receipt.delivered, receipt.retryable) == (delivered, True)
        assert len(end.calls) == 1

    story(tell)


def test_the_name_is_asked_for_once_so_that_it_cannot_change_after_judgement(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    known = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(host.decode() if isinstance(host, bytes) else host)
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def tell() -> None:
        names["hooks.test"] = ["127.0.0.1"]
        async with far() as end:
            assert (await sent(message("webhook", f"http://hooks.test:{end.port}/"))).delivered
        assert asked.count("hooks.test") == 1

    story(tell)


def test_tls_asks_for_the_name_and_does_not_trust_just_anybody(names: dict[str, list[str]], tmp_path: Path) -> None:
    async def tell() -> None:
        names["hooks.test"] = ["127.0.0.1"]
        wanted: list[str | None] = []
        tls = self_signed("hooks.test", tmp_path)
        tls.sni_callback = lambda connection, name, context: wanted.append(name)
        async with far(tls=tls) as end:
            receipt = await sent(message("webhook", f"https://hooks.test:{end.port}/"))
        assert wanted == ["hooks.test"]
        assert (receipt.delivered, receipt.retryable, end.calls) == (False, True, [])
        assert receipt.detail.startswith("tls_failed: SSLCertVerificationError")

    story(tell)


@pytest.mark.parametrize(
    ("status", "word", "retryable"),
    [
        (410, "address_gone", False), (404, "address_gone", True), (500, "server_fault", True),
        (429, "server_busy", True), (302, "led_elsewhere", True), (403, "credentials_refused", True),
        (418, "not_taken", True),
    ],
)  # fmt: skip
def test_a_status_has_a_word_and_only_gone_is_never_tried_again(status: int, word: str, retryable: bool) -> None:
    async def tell() -> None:
        async with far(status) as end:
            receipt = await sent(message("webhook", f"http://127.0.0.1:{end.port}/"))
        assert receipt == Receipt(False, f"{word}: HTTP {status}", retryable)

    story(tell)


def test_a_redirect_is_not_followed() -> None:
    async def tell() -> None:
        async with far() as elsewhere:
            async with far(302, f"location: http://127.0.0.1:{elsewhere.port}/\r\n") as end:
                receipt = await sent(message("webhook", f"http://127.0.0.1:{end.port}/"))
            assert (receipt.delivered, elsewhere.calls) == (False, [])

    story(tell)


def test_an_answer_without_end_is_not_read() -> None:
    async def tell() -> None:
        async with far(200, endless=True) as end:
            one = message("webhook", f"http://127.0.0.1:{end.port}/")
            assert await asyncio.wait_for(sent(one), 5) == Receipt(True, "taken: HTTP 200")

    story(tell)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.1.2.3", "0.0.0.0", "2130706433", "0177.0.0.1",  # noqa: E501
        "0x7f.1", "127.1", "public.test@127.0.0.1", "public.test:x@[::1]", "inside.test", "INSIDE.test", "both.test",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]", "localhost",
    ],
)  # fmt: skip
def test_a_private_target_is_refused_for_good(host: str, names: dict[str, list[str]]) -> None:
    async def tell() -> None:
        names.update({"inside.test": ["10.0.0.9"], "INSIDE.test": ["10.0.0.9"], "both.test": ["8.8.8.8", "::1"]})
        receipt = await sent(message("webhook", f"http://{host}{SECRET_PATH}"), allow=())
        assert (receipt.delivered, receipt.retryable) == (False, False), receipt
        assert "s3cr3t" not in receipt.detail and "t0k3n" not in receipt.detail

    story(tell)


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://" + "x" * 70 + ".test/", "http://x:y/", "http://", "", "gopher://a/", "//a/"]
)
def test_what_is_no_url_is_a_receipt_and_no_fault(address: str) -> None:
    async def tell() -> None:
        receipt = await sent(message("webhook", address))
        assert (receipt.delivered, receipt.retryable) == (False, False)

    story(tell)


def test_a_server_that_does_not_answer_is_tried_again_and_the_receipt_keeps_the_secrets(
    names: dict[str, list[str]],
) -> None:
    async def tell() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            receipt = await sent(message("webhook", f"http://ann:pa55@127.0.0.1:{port}{SECRET_PATH}"))
        assert receipt == Receipt(False, f"not_reached: {REFUSED} ('127.0.0.1', {port})")
        names["nowhere.test"] = []
        receipt = await sent(message("webhook", f"http://nowhere.test{SECRET_PATH}"))
        assert (receipt.delivered, receipt.retryable) == (False, True)
        assert receipt.detail.startswith("name_unknown: gaierror")

    story(tell)


def test_a_name_in_any_script_is_reached(names: dict[str, list[str]]) -> None:
    async def tell() -> None:
        names["xn--mnchen-3ya.test"] = ["127.0.0.1"]
        async with far() as end:
            assert (await sent(message("webhook", f"http://münchen.test:{end.port}/"))).delivered
        assert end.calls[0].headers["host"] == f"xn--mnchen-3ya.test:{end.port}"

    story(tell)


def test_the_user_in_a_url_is_no_part_of_the_name() -> None:
    async def tell() -> None:
        async with far() as end:
            one = message("webhook", f"http://ann:pa55@127.0.0.1:{end.port}/")
            assert (await sent(one)).delivered
        assert end.calls[0].headers["host"] == f"127.0.0.1:{end.port}"
        assert end.calls[0].line == "POST / HTTP/1.1"

    story(tell)


def self_signed(name: str, directory: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = directory / "far.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    return tls
