"""The long tail: an apprise URL reaches its service, and a service known by a token asks no name server about it."""

from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import suppress
from typing import Any

import msgspec
import pytest
import requests

from shell.channels.far import far, message
from tocsin.shell.channels.apprise import ANSWER_MAX, Apprise, Sending, _hosts, _sending, _service
from tocsin.shell.channels.guard import Guard
from tocsin.shell.ports import Receipt

TOKENS = (
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "feishu://abcdabcdabcdabcdabcdabcdabcdabcd",
    "wecombot://BOTKEY",
)


def sent(address: str, allow: tuple[str, ...] = ()) -> Receipt:
    """What became of one page."""

    async def tell() -> Receipt:
        channel = Apprise(Guard(allow))
        try:
            return await asyncio.wait_for(channel.send(message("apprise", address)), 20)
        finally:
            channel.close()

    return asyncio.run(tell())


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (500, False), (302, False)])
def test_a_page_reaches_a_server_of_an_allowed_network(status: int, delivered: bool) -> None:
    async def tell() -> None:
        channel = Apprise(Guard(("127.0.0.0/8",)))
        async with far(status, "location: http://127.0.0.1:1/\r\n") as end:
            receipt = await channel.send(message("apprise", f"json://ann:pa55@127.0.0.1:{end.port}/s3cr3t"))
        channel.close()
        assert (receipt.delivered, receipt.retryable) == (delivered, True)
        assert "s3cr3t" not in receipt.detail and "pa55" not in receipt.detail
        [call] = end.calls
        told = msgspec.json.decode(call.body)
        assert told["title"].split() == ["Disk", "full"]
        assert told["message"] == "The disk of db-1 is full.\nhttps://tocsin.test/a/x"

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_nothing_of_a_secret_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def tell() -> None:
        channel = Apprise(Guard(("127.0.0.0/8",)))
        async with far(500) as end:
            receipt = await channel.send(message("apprise", f"ntfy://127.0.0.1:{end.port}/s3cr3t"))
        channel.close()
        assert not receipt.delivered

    asyncio.run(asyncio.wait_for(tell(), 20))
    assert caplog.text == ""


@pytest.mark.parametrize("address", ["nosuchscheme://x", "", "json://", "syslog://", "https://"])
def test_what_is_no_service_is_given_up(address: str) -> None:
    assert sent(address) == Receipt(False, "service_unknown", retryable=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "2130706433", "x@127.0.0.1"])
def test_a_private_host_is_refused_for_good(host: str) -> None:
    receipt = sent(f"json://{host}/s3cr3t")
    assert (receipt.delivered, receipt.retryable, "s3cr3t" in receipt.detail) == (False, False, False)


class Fooled(Guard):
    """Its name server says something else when it is asked the first time."""

    async def addresses(self, host: str, port: int) -> list[str]:
        return ["93.184.216.34"]


def test_a_name_that_leads_elsewhere_when_it_is_asked_again_leads_nowhere() -> None:
    async def tell() -> None:
        channel = Apprise(Fooled(()))
        async with far() as end:
            receipt = await channel.send(message("apprise", f"json://localhost:{end.port}/s3cr3t"))
            assert end.calls == []
        assert (receipt.delivered, receipt.retryable) == (False, False)
        assert receipt.detail.startswith("address_private: ") and "s3cr3t" not in receipt.detail
        async with far() as end:
            with socket.socket() as own:
                own.connect(("127.0.0.1", end.port))  # what is not sent for a user is not judged
        channel.close()

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_a_service_that_answers_a_byte_at_a_time_keeps_no_thread_once_nobody_waits() -> None:
    called, cut = asyncio.Event(), asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        called.set()
        with suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"x")
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await reader.read()
        writer.close()
        cut.set()

    async def tell() -> None:
        channel = Apprise(Guard(("127.0.0.0/8",)))
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            sending = asyncio.create_task(channel.send(message("apprise", f"json://127.0.0.1:{port}/")))
            await called.wait()
            sending.cancel()
            await cut.wait()
        channel.close()

    asyncio.run(asyncio.wait_for(tell(), 20))


@pytest.mark.parametrize("headers", ["", "content-encoding: gzip\r\n"])
def test_of_an_answer_without_end_only_the_beginning_is_read(headers: str) -> None:
    async def tell() -> None:
        channel = Apprise(Guard(("127.0.0.0/8",)))
        async with far(200, headers, endless=True) as end:
            receipt = await channel.send(message("apprise", f"json://127.0.0.1:{end.port}/"))
        channel.close()
        assert receipt.delivered is not bool(headers), "what cannot be unpacked says nothing"

    asyncio.run(asyncio.wait_for(tell(), 20))


def test_a_small_answer_that_unpacks_to_a_large_one_is_read_in_part() -> None:
    packed = gzip.compress(b"x" * 50_000_000)

    async def bomb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed)
        writer.write(head + packed)
        writer.close()

    async def tell() -> None:
        guard = Guard(("127.0.0.0/8",))
        channel = Apprise(guard)
        channel._watch()
        server = await asyncio.start_server(bomb, "127.0.0.1", 0)
        async with server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            sending = Sending(guard)
            _sending.set(sending)
            answer = await asyncio.to_thread(requests.get, url, timeout=10)
            sending.end()
        channel.close()
        assert (answer.status_code, len(answer.content)) == (200, ANSWER_MAX)

    asyncio.run(asyncio.wait_for(tell(), 20))


@pytest.mark.parametrize("address", TOKENS)
def test_a_token_is_not_taken_for_a_host(address: str) -> None:
    service = _service(address)
    assert service is not None
    assert _hosts(service) == []


def test_an_endpoint_of_ones_own_is_judged() -> None:
    service = _service("acs://ann@example.org/a2V5/inside.example.org/bob@example.org")
    assert service is not None
    assert "inside.example.org" in _hosts(service)


def test_a_name_nobody_knows_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert sent("json://nowhere.test/") == Receipt(False, "name_unknown: gaierror: try again")
