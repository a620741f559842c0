"""What a page says: in the person's language and local time, short enough for a lock screen.

Law: secrets are opened here and go only into the message; the link acts on one incident, for one person, for a while.
"""

from __future__ import annotations

from tocsin.core.incidents.views import Incident
from tocsin.core.notify.views import Owed
from tocsin.core.people.events import ContactCodeDue
from tocsin.core.people.views import Contact, User
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import rfc3339
from tocsin.kernel.zone import local
from tocsin.shell.brief import description_of, runbook_of
from tocsin.shell.detail import titled
from tocsin.shell.engine import Engine
from tocsin.shell.i18n import Translator, translator
from tocsin.shell.ports import Message
from tocsin.shell.settings import Settings
from tocsin.shell.vault import IncidentLink, Vault, VaultBroken

SEALED_CHANNELS = ("webhook", "apprise", "webpush")
"""Channels whose address is a secret by itself."""
INCIDENTS_LISTED_MAX = 20
"""In a text that is read on a phone."""
INCIDENTS_TOLD_MAX = 50
"""In the facts a program gets: with the longest titles 64 KB, which receivers take."""


class Composer:
    """Turns what is owed into messages."""

    def __init__(self, engine: Engine, settings: Settings, vault: Vault) -> None:
        self._engine = engine
        self._settings = settings
        self._vault = vault

    def page(self, owed: Owed) -> Message | None:
        """The message of a page, a digest or a test; None when its contact point is gone or cannot be opened."""
        people = self._engine.look.people
        user, contact = people.user(owed.user), people.contact(owed.contact)
        address = self._address(contact)
        if user is None or contact is None or address is None:
            return None
        say = translator(user.spec.language)
        incidents = self._incidents(owed)
        subject, text = self._words(owed, incidents, user, say)
        link = self._link(incidents[0].id, owed.user) if len(incidents) == 1 else ""  # of a digest one may be left
        if link:
            text = f"{text}\n\n{say('page.act')}\n{link}"
        return Message(
            id=f"{owed.page}",
            channel=owed.channel,
            address=address,
            subject=subject,
            text=text,
            link=link,
            language=user.spec.language,
            facts=self._facts(owed, incidents, link),
            secret=self._vault.webhook_secret(contact.id),
        )

    def code(self, due: ContactCodeDue) -> Message | None:
        """The message with a verification code."""
        people = self._engine.look.people
        user, contact = people.user(due.user), people.contact(due.contact)
        address, code = self._address(contact), self._opened(due.code_sealed)
        if user is None or contact is None or address is None or code is None:
            return None
        say = translator(user.spec.language)
        return Message(
            id=f"code-{due.contact}-{due.code_hash[:12]}",
            channel=contact.channel,
            address=address,
            subject=say("code.subject", code=code),
            text=say("code.text", code=code),
            language=user.spec.language,
            facts={"type": "contact.verification", "code": code},
            secret=self._vault.webhook_secret(contact.id),
        )

    def _address(self, contact: Contact | None) -> str | None:
        if contact is None:
            return None
        if contact.channel not in SEALED_CHANNELS:
            return contact.address
        return self._opened(contact.address)

    def _opened(self, sealed: str) -> str | None:
        try:
            return self._vault.open(sealed)
        except VaultBroken:
            return None

    def _incidents(self, owed: Owed) -> list[Incident]:
        found = (self._engine.look.incidents.incident(incident) for incident in owed.incidents)
        return [incident for incident in found if incident is not None]

    def _words(self, owed: Owed, incidents: list[Incident], user: User, say: Translator) -> tuple[str, str]:
        if owed.kind == "test":
            return say("page.test.subject"), say("page.test.text", name=user.spec.name)
        if owed.kind == "helper" and incidents:
            return self._call(owed, incidents[0], user, say)
        if len(incidents) == 1:
            return _headline(incidents[0], say), self._details(incidents[0], user, say)
        listed = [_headline(incident, say) for incident in incidents[:INCIDENTS_LISTED_MAX]]
        if len(incidents) > INCIDENTS_LISTED_MAX:
            listed.append(say("page.digest.more", count=len(incidents) - INCIDENTS_LISTED_MAX))
        listed += ["", f"{self._settings.url}/"]
        return say("page.digest.subject", count=len(incidents)), "\n".join(listed)

    def _call(self, owed: Owed, incident: Incident, user: User, say: Translator) -> tuple[str, str]:
        """Somebody calls for help: who, and what they say, before anything else."""
        caller = self._engine.look.people.user(owed.by)
        name = caller.spec.name if caller is not None else owed.by
        subject = say("page.help.subject", name=name, headline=_headline(incident, say))
        said = [say("page.help.text", name=name), *([owed.text] if owed.text else []), ""]
        return subject, "\n".join([*said, self._details(incident, user, say)])

    def _details(self, incident: Incident, user: User, say: Translator) -> str:
        lines = [
            titled(say.language, incident.title),
            "",
            say("page.severity", severity=say(f"severity.{incident.severity}"), priority=incident.priority),
            say("page.since", at=_clock_text(incident.opened_at, user.spec.zone)),
        ]
        if incident.service:
            lines.append(say("page.service", service=incident.service))
        if incident.alerts:
            lines.append(say("page.alerts", count=len(incident.alerts)))
        if runbook := runbook_of(self._engine.look, incident):
            lines.append(say("page.runbook", url=runbook))
        if description := description_of(self._engine.look, incident):
            lines += ["", description]
        return "\n".join(lines)

    def _link(self, incident: str, user: str) -> str:
        expires_at = Moment(self._engine.clock.now() + self._settings.link_lifetime_s * 1000)
        return f"{self._settings.url}/a/{self._vault.sign(IncidentLink(incident, user, expires_at))}"

    def _facts(self, owed: Owed, incidents: list[Incident], link: str) -> dict[str, object]:
        return {
            "type": f"tocsin.{owed.kind}",
            "id": owed.page,
            "attempt": owed.attempt,
            "user": owed.user,
            "link": link or (f"{self._settings.url}/" if incidents else ""),
            "more": max(0, len(incidents) - INCIDENTS_TOLD_MAX),
            "incidents": [
                {
                    "id": incident.id,
                    "title": incident.title,
                    "status": incident.status,
                    "severity": incident.severity,
                    "urgency": incident.urgency,
                    "priority": incident.priority,
                    "service": incident.service,
                    "opened_at": rfc3339(incident.opened_at),
                }
                for incident in incidents[:INCIDENTS_TOLD_MAX]
            ],
        }


def _headline(incident: Incident, say: Translator) -> str:
    where = f" {incident.service}:" if incident.service else ""
    return f"[{incident.id}] {say(f'severity.{incident.severity}')}{where} {titled(say.language, incident.title)}"


def _clock_text(at: Moment, zone: str) -> str:
    """`2026-11-24 03:12 (Europe/Berlin)`."""
    there = local(at, zone)
    hour, minute = divmod(there.minute_of_day, 60)
    return f"{there.date} {hour:02d}:{minute:02d} ({zone})"
