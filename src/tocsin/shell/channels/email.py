"""E-mail by SMTP. A 5xx reply to the recipient is final; everything else is worth another try."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from tocsin.shell.channels.verdict import (
    ADDRESS_UNREADABLE,
    EMAIL_UNSET,
    LOGIN_REFUSED,
    NOT_TAKEN,
    RECIPIENT_REFUSED,
    SENDER_REFUSED,
    SERVER_BUSY,
    TAKEN,
    TLS_FAILED,
    of_fault,
    verdict,
)
from tocsin.shell.ports import Message, Receipt
from tocsin.shell.settings import Settings

TIMEOUT_S = 20.0
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""All but those that part words and lines."""
FINAL = 500
"""Replies from here on are meant for good, those below for now."""


class Email:
    """The SMTP server of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, message: Message) -> Receipt:
        """Hand one mail to the server. Its Message-ID comes from the message's id, so repeats can be recognised."""
        settings = self._settings
        if not settings.smtp_host:
            return Receipt(False, verdict(EMAIL_UNSET), retryable=False)
        try:
            await aiosmtplib.send(
                self._mail(message),
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code = max(recipient.code for recipient in refused.recipients)
            word = RECIPIENT_REFUSED if code >= FINAL else SERVER_BUSY
            return Receipt(False, verdict(word, _reply(refused.recipients[0], message)), retryable=code < FINAL)
        except aiosmtplib.SMTPAuthenticationError as error:
            return Receipt(False, verdict(LOGIN_REFUSED, str(error.code)))
        except aiosmtplib.SMTPResponseException as error:
            return Receipt(False, verdict(_word(error), _reply(error, message)), retryable=error.code < 550)
        except aiosmtplib.SMTPNotSupported as error:
            return Receipt(False, verdict(TLS_FAILED, type(error).__name__))
        except (aiosmtplib.SMTPException, OSError) as error:
            return Receipt(False, of_fault(error))
        except ValueError as error:
            return Receipt(False, verdict(ADDRESS_UNREADABLE, type(error).__name__))
        return Receipt(True, verdict(TAKEN))

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.smtp_from
        mail["To"] = message.address
        mail["Subject"] = " ".join(_plain(message.subject).split())
        mail["Date"] = formatdate(usegmt=True)
        domain = self._settings.smtp_from.rpartition("@")[2].strip("> ") or "tocsin"
        mail["Message-ID"] = f"<{message.id}@{domain}>" if message.id else make_msgid()
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Tocsin-Id"] = message.id
        mail.set_content(_plain(message.text))
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail


def _plain(text: str) -> str:
    """The text without control characters, which a title may hold and a server may refuse a mail for."""
    return CONTROL.sub("\ufffd", text)


def _word(error: aiosmtplib.SMTPResponseException) -> str:
    if error.code < FINAL:
        return SERVER_BUSY
    return SENDER_REFUSED if isinstance(error, aiosmtplib.SMTPSenderRefused) else NOT_TAKEN


def _reply(error: aiosmtplib.SMTPResponseException, message: Message) -> str:
    """What the server said, without the address: a contact point is its owner's matter."""
    said = f"{error.code} {error.message}"
    return said.replace(message.address, "…") if message.address else said
