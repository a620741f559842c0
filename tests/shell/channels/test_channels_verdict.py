"""What became of an attempt is one of a few words, and everybody is told how to mend it."""

from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from tocsin.shell.channels.verdict import (
    SAID_MAX,
    TAKEN,
    WORDS,
    of_fault,
    of_status,
    parted,
    verdict,
)
from tocsin.shell.i18n import LANGUAGES, ids

NOT_MENDED = (TAKEN, "came_too_late")
"""Words that no reader has to do anything about."""


def _caused(fault: BaseException, cause: BaseException) -> BaseException:
    fault.__cause__ = cause
    return fault


def test_every_word_is_said_in_both_languages_with_how_to_mend_it() -> None:
    for language in LANGUAGES:
        known = ids(language)
        assert [word for word in WORDS if f"code.{word}" not in known] == []
        assert [word for word in WORDS if f"mend.{word}" not in known] == list(NOT_MENDED)


def test_a_receipt_is_parted_into_its_word_and_what_was_said() -> None:
    assert parted(verdict("recipient_refused", "550 no\r\n  such: user")) == ("recipient_refused", "550 no such: user")
    assert parted(verdict("taken")) == ("taken", "")
    assert parted("the mail server could not be used: gaierror") == ("", "the mail server could not be used: gaierror")
    assert parted(verdict("not_taken", "550 Empf\udce4nger \ud800")) == ("not_taken", "550 Empf?nger ?")
    assert len(verdict("not_taken", "x" * 5000)) == len("not_taken: ") + SAID_MAX


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (socket.gaierror(-2, "Name or service not known"), "name_unknown: gaierror: Name or service not known"),
        (_caused(OSError("mail.secret.test"), socket.gaierror(-2, "unknown")), "name_unknown: gaierror: unknown"),
        (_caused(httpx2.ConnectError("https://secret"), ssl.SSLError(1, "old")), "tls_failed: SSLError: old"),
        (TimeoutError(), "timed_out: TimeoutError"),
        (ConnectionRefusedError(111, "Connection refused"), "not_reached: ConnectionRefusedError: Connection refused"),
        (httpx2.ConnectError("https://secret"), "not_reached: ConnectError"),
    ],
)  # fmt: skip
def test_a_fault_of_the_way_has_a_word_and_keeps_addresses_to_itself(fault: BaseException, text: str) -> None:
    assert of_fault(fault) == text


def test_a_status_has_a_word() -> None:
    found = {status: of_status(status) for status in (201, 301, 400, 401, 404, 503, 502)}
    assert {status: text.partition(":")[0] for status, text in found.items()} == {
        201: "taken", 301: "led_elsewhere", 400: "not_taken", 401: "credentials_refused", 404: "address_gone",
        503: "server_busy", 502: "server_fault",
    }  # fmt: skip
    assert found[502] == "server_fault: HTTP 502"
