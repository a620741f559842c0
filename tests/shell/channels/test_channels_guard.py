"""Outgoing requests reach no private network, and apprise URLs nothing of the server."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from typing import Any

import pytest

from tocsin.shell.channels.apprise import Apprise, _hosts, _service
from tocsin.shell.channels.guard import Guard, Refused
from tocsin.shell.channels.wires import AT_ONCE
from tocsin.shell.ports import Message


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fd00::1", "ff02::1", "::",
        "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "::7f00:1", "::ffff:0:7f00:1", "fec0::1",
    ],
)  # fmt: skip
def test_a_private_address_is_not_reached(address: str) -> None:
    assert not Guard(()).allows(ipaddress.ip_address(address))


def test_a_network_the_settings_name_is_reached() -> None:
    guard = Guard(("10.1.0.0/16",))
    assert guard.allows(ipaddress.ip_address("10.1.2.3"))
    assert guard.allows(ipaddress.ip_address("::ffff:10.1.2.3"))
    assert not guard.allows(ipaddress.ip_address("10.2.0.1"))
    assert guard.allows(ipaddress.ip_address("93.184.216.34"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f000001/", "http://127.1/",
        "ftp://example.org/", "file:///etc/passwd", "http:///", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
def test_every_spelling_of_a_private_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        asyncio.run(Guard(()).resolve(url))


@pytest.mark.parametrize(
    "url",
    [
        "syslog://", " syslog://", "SYSLOG://", "dbus://", "json://example.org/?template=/etc/passwd",
        "fcm://project/device?keyfile=/etc/passwd", "mailto://u:p@example.org?pgpkey=/etc/passwd",
        "workflows://example.org/flow/signature/#?template=/etc/hosts",
        "workflows://example.org/flow/signature/?a=1#&template=/etc/hosts",
        "workflows://example.org/flow/signature/?a=1;template=/etc/hosts",
        "workflows://example.org/flow/signature/?template%20=/etc/hosts",
        "workflows://example.org/flow/signature/?%C2%A0TEMPLATE=/etc/hosts",
    ],
)  # fmt: skip
def test_what_acts_on_the_server_itself_is_not_for_users(url: str) -> None:
    assert _service(url) is None


def test_an_answer_leads_an_apprise_service_nowhere_else() -> None:
    service = _service("json://example.org/?redirect=yes")
    assert service is not None
    assert service.redirects is False


def test_the_mail_server_of_an_apprise_url_is_judged_too() -> None:
    service = _service("mailto://user:pass@example.org?smtp=127.0.0.1")
    assert service is not None
    assert _hosts(service) == ["example.org", "127.0.0.1"]


def test_an_apprise_url_to_a_private_host_is_given_up_at_once() -> None:
    async def story() -> None:
        channel = Apprise(Guard(()))
        try:
            receipt = await channel.send(Message("PG-1", "apprise", "json://127.0.0.1:1/", "subject", "text"))
        finally:
            channel.close()
        assert (receipt.delivered, receipt.retryable, "private address" in receipt.detail) == (False, False, True)

    asyncio.run(story())


def test_names_whose_servers_are_dead_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real, given_up = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        if host.startswith("dead-"):
            given_up.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        return real(host, *rest, **more)

    async def tell() -> None:
        guard = Guard(())
        dead = [asyncio.ensure_future(guard.addresses(f"dead-{number}.test", 443)) for number in range(2 * AT_ONCE)]
        try:
            assert await asyncio.wait_for(guard.addresses("93.184.216.34", 443), 10) == ["93.184.216.34"]
        finally:
            given_up.set()
            await asyncio.gather(*dead, return_exceptions=True)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    asyncio.run(tell())


def test_a_refusal_does_not_tell_the_host_of_a_secret_address() -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(Guard(()).resolve("http://localhost/secret"))
    assert "localhost" not in str(refused.value)
    assert "private address" in str(refused.value)
