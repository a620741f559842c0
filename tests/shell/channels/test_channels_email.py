"""E-mail over a real SMTP server: what arrives, and which refusals are final."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest

from shell.channels.far import Post, message
from tocsin.shell.channels.email import Email
from tocsin.shell.ports import Message, Receipt
from tocsin.shell.settings import Settings

ANN = message("email", "ann@example.org")


def sent(port: int, one: Message = ANN, **settings: str) -> Receipt:
    """What became of one mail."""
    values = {"smtp_from": "Tocsin <bell@ops.example>", **settings}
    configured = msgspec.convert({"smtp_host": "127.0.0.1", "smtp_port": port, **values}, Settings)
    return asyncio.run(Email(configured).send(one))


def test_a_page_arrives_with_an_id_by_which_repeats_are_known() -> None:
    with Post() as post:
        assert [sent(post.port), sent(post.port)] == [Receipt(True, "taken")] * 2
        envelopes = post.envelopes
    mails = [message_from_bytes(bytes(one.content or b""), policy=policy.default) for one in envelopes]
    mail = mails[0]
    assert isinstance(mail, EmailMessage)
    assert [(envelope.mail_from, envelope.rcpt_tos) for envelope in envelopes] == [
        ("bell@ops.example", ["ann@example.org"])
    ] * 2
    assert (mail["To"], mail["Subject"], mail["From"]) == ("ann@example.org", "Disk full", "Tocsin <bell@ops.example>")
    assert [one["Message-ID"] for one in mails] == ["<PG-7@ops.example>"] * 2
    assert (mail["X-Tocsin-Id"], mail["Auto-Submitted"]) == ("PG-7", "auto-generated")
    assert mail.get_content().strip() == "The disk of db-1 is full."


def test_words_in_any_script_and_html_arrive_whole() -> None:
    one = msgspec.structs.replace(ANN, subject="磁盘已满", text="磁盘已满。", html="<b>磁盘已满</b>")
    with Post() as post:
        assert sent(post.port, one).delivered
        mail = message_from_bytes(bytes(post.envelopes[0].content or b""), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert (mail["Subject"], plain.get_content(), html.get_content()) == (
        "磁盘已满", "磁盘已满。\r\n", "<b>磁盘已满</b>\r\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("recipient", "mail", "retryable", "verdict"),
    [
        ("550 no such user ann@example.org", "250 ok", False, "recipient_refused: 550 no such user …"),
        ("451 try again later", "250 ok", True, "server_busy: 451 try again later"),
        ("452 mailbox full", "250 ok", True, "server_busy: 452 mailbox full"),
        ("553 name not allowed", "250 ok", False, "recipient_refused: 553 name not allowed"),
        ("250 ok", "554 this is spam", False, "not_taken: 554 this is spam"),
        ("250 ok", "451 out of disk", True, "server_busy: 451 out of disk"),
    ],
)
def test_a_refusal_says_whether_trying_again_makes_sense(
    recipient: str, mail: str, retryable: bool, verdict: str
) -> None:
    with Post(recipient, mail) as post:
        receipt = sent(post.port)
    assert receipt == Receipt(False, verdict, retryable)


def test_a_title_with_control_characters_is_mailed_without_them() -> None:
    strange = msgspec.structs.replace(
        ANN, subject="disk\r\nBcc: eve@example.org\x00\x1b[2J", text="full\x00\r\n.\r\nQUIT"
    )
    with Post() as post:
        assert sent(post.port, strange) == Receipt(True, "taken")
        [envelope] = post.envelopes
    content = bytes(envelope.content or b"")
    assert not re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", content)
    mail = message_from_bytes(content, policy=policy.default)
    assert (mail["Subject"], mail["Bcc"]) == ("disk Bcc: eve@example.org\ufffd\ufffd[2J", None)
    assert mail.get_content().split() == ["full\ufffd", ".", "QUIT"]  # type: ignore[attr-defined]


def test_a_server_that_is_away_is_tried_again() -> None:
    with Post() as post:
        port = post.port
    receipt = sent(port)
    assert (receipt.delivered, receipt.retryable) == (False, True)


def test_a_server_without_the_security_asked_for_gets_no_mail_and_no_password() -> None:
    with Post() as post:
        for security in ("starttls", "tls"):
            receipt = sent(post.port, smtp_security=security, smtp_user="bell", smtp_password="pa55")
            assert (receipt.delivered, receipt.retryable, "pa55" in receipt.detail) == (False, True, False)
        assert post.envelopes == []


def test_without_a_server_in_the_settings_nothing_is_tried() -> None:
    receipt = asyncio.run(Email(Settings()).send(ANN))
    assert receipt == Receipt(False, "email_unset", retryable=False)


@pytest.mark.parametrize("address", ["ann@example.org\nBcc: eve@example.org", "no address", ""])
def test_an_address_that_is_none_reaches_nobody(address: str) -> None:
    with Post() as post:
        receipt = sent(post.port, msgspec.structs.replace(ANN, address=address))
        assert (receipt.delivered, [one.rcpt_tos for one in post.envelopes]) == (False, [])


def test_a_server_that_answers_in_latin_1_is_understood_as_far_as_its_words_can_be_kept() -> None:
    """Half a character in a receipt could not be written down, and stopped the house at each start."""

    gone = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            writer.write("550 Empfänger unbekannt\r\n".encode("latin-1") if line[:4] == b"RCPT" else b"250 fine\r\n")
        writer.close()
        await writer.wait_closed()
        gone.set()

    async def story() -> Receipt:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_from="bell@ops.example")
        async with server:
            receipt = await Email(settings).send(ANN)
            await gone.wait()
        return receipt

    receipt = asyncio.run(story())
    assert receipt == Receipt(False, "recipient_refused: 550 Empf?nger unbekannt", retryable=False)
    assert msgspec.json.encode(receipt.detail)
