"""E-mail by SMTP. A 5xx reply to the recipient is final; everything else is worth another try."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from tocsin.shell.ports import Message, Receipt
from tocsin.shell.settings import Settings

TIMEOUT_S = 20.0


class Email:
    """The SMTP server of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, message: Message) -> Receipt:
        """Hand one mail to the server. Its Message-ID comes from the message's id, so repeats can be recognised."""
        settings = self._settings
        if not settings.smtp_host:
            return Receipt(False, "e-mail is not set up: set smtp_host", retryable=False)
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
            codes = [recipient.code for recipient in refused.recipients]
            return Receipt(False, f"the server refused the recipient ({codes[0]})", retryable=max(codes) < 500)
        except aiosmtplib.SMTPResponseException as error:
            return Receipt(False, f"the server answered {error.code}", retryable=error.code < 550)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Receipt(False, f"the mail server could not be used: {type(error).__name__}")
        return Receipt(True, "the mail server took it")

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.smtp_from
        mail["To"] = message.address
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = formatdate(usegmt=True)
        domain = self._settings.smtp_from.rpartition("@")[2].strip("> ") or "tocsin"
        mail["Message-ID"] = f"<{message.id}@{domain}>" if message.id else make_msgid()
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Tocsin-Id"] = message.id
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail
