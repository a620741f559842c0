"""What a message says: the person's language and local time, the incident first, secrets only where they leave."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from shell.bell import Bell, told
from tocsin.core.incidents.commands import OpenIncident
from tocsin.core.notify.views import Owed
from tocsin.core.people.commands import AddContact, VouchContact
from tocsin.core.people.events import ContactCodeDue
from tocsin.kernel.message import Moment
from tocsin.shell.channels.compose import INCIDENTS_LISTED_MAX, INCIDENTS_TOLD_MAX, Composer
from tocsin.shell.settings import Settings
from tocsin.shell.vault import IncidentLink, Vault


def owed(*incidents: str, user: str = "ann", contact: str = "ann-mail", kind: str = "page") -> Owed:
    """A page that must leave."""
    return Owed("PG-7", 2, user, contact, "email", incidents, kind, Moment(0))


def test_a_page_says_what_is_wrong_since_when_here_and_how_to_act() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("bea", zone="Asia/Shanghai")
        incident = await bell.ask(OpenIncident("db is down", details="disk full on db1"))
        message = bell.composer.page(owed(incident, user="bea", contact="bea-mail"))
        assert message is not None
        assert (message.id, message.channel, message.address) == ("PG-7", "email", "bea@example.org")
        assert message.subject == f"[{incident}] high db is down"
        assert "Since 2026-03-23 08:00 (Asia/Shanghai)" in message.text
        assert "disk full on db1" in message.text
        assert message.text.endswith(message.link)

    told(story)


def test_the_link_is_for_this_person_and_incident_for_a_while() -> None:
    async def story(bell: Bell) -> None:
        settings = Settings(public_url="https://tocsin.example/", link_lifetime_s=600)
        incident = await bell.incident()
        message = Composer(bell.engine, settings, bell.vault).page(owed(incident))
        assert message is not None
        start = "https://tocsin.example/a/"
        assert message.link.startswith(start)
        link = bell.vault.verify(message.link.removeprefix(start), IncidentLink)
        assert link == IncidentLink(incident, "ann", Moment(bell.engine.clock.now() + 600_000))

    told(story)


def test_a_call_for_help_says_first_who_calls_and_what_they_say() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("bea")
        incident = await bell.ask(OpenIncident("db is down"))
        call = msgspec.structs.replace(
            owed(incident, user="bea", contact="bea-mail", kind="helper"), by="ann", text="ssh db1"
        )
        message = bell.composer.page(call)
        assert message is not None
        assert message.subject == f"Ann asks for your help: [{incident}] high db is down"
        assert message.text.startswith("Ann asks for your help.\nssh db1\n\ndb is down\n")
        assert message.text.endswith(message.link) and message.link

    told(story)


def test_a_title_of_the_house_is_said_in_the_persons_language() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("wei", language="zh")
        incident = await bell.ask(OpenIncident("Heartbeat backup was missed"))
        message = bell.composer.page(owed(incident, user="wei", contact="wei-mail"))
        assert message is not None
        assert message.subject == f"[{incident}] 严重 backup 的心跳缺失"
        assert message.text.startswith("backup 的心跳缺失\n")

    told(story)


def test_it_is_said_in_the_persons_language() -> None:
    async def story(bell: Bell) -> None:
        await bell.person("wei", language="zh")
        message = bell.composer.page(owed(kind="test", user="wei", contact="wei-mail"))
        assert message is not None
        assert message.subject == "Tocsin 测试通知"
        assert message.text.startswith("Wei，你好")
        assert message.link == ""

    told(story)


def test_a_digest_lists_what_waits_and_leads_to_the_board() -> None:
    async def story(bell: Bell) -> None:
        names = [await bell.ask(OpenIncident(f"fault {number}")) for number in range(INCIDENTS_LISTED_MAX + 2)]
        message = bell.composer.page(owed(*names, kind="digest"))
        assert message is not None
        assert message.subject == f"{INCIDENTS_LISTED_MAX + 2} incidents are waiting for you"
        *listed, more, _, board = message.text.splitlines()
        assert len(listed) == INCIDENTS_LISTED_MAX
        assert (more, board) == ("and 2 more", "http://127.0.0.1:8080/")
        assert message.link == ""

    told(story)


def test_a_digest_of_thousands_stays_small_enough_for_every_receiver() -> None:
    async def story(bell: Bell) -> None:
        name = await bell.incident()
        message = bell.composer.page(owed(*[name] * 5_000, kind="digest"))
        assert message is not None
        facts = message.facts
        assert (len(facts["incidents"]), facts["more"]) == (INCIDENTS_TOLD_MAX, 4_950)  # type: ignore[arg-type]
        assert facts["link"] == "http://127.0.0.1:8080/"
        assert len(msgspec.json.encode(facts)) < 64_000 and len(message.text) < 4_000

    told(story)


def test_a_digest_of_which_one_incident_is_left_says_how_to_act_on_it() -> None:
    async def story(bell: Bell) -> None:
        incident = await bell.incident()
        message = bell.composer.page(owed(incident, kind="digest"))
        page = bell.composer.page(owed(incident))
        assert message is not None and page is not None
        assert (message.subject, message.text, message.link) == (page.subject, page.text, page.link)
        assert message.link

    told(story)


def test_words_of_a_sender_are_not_read_as_a_form() -> None:
    async def story(bell: Bell) -> None:
        incident = await bell.ask(OpenIncident("{severity} {0} %s", details="{user.password}"))
        message = bell.composer.page(owed(incident))
        assert message is not None
        assert "{severity} {0} %s" in message.subject
        assert "{user.password}" in message.text

    told(story)


def test_a_secret_address_is_opened_for_its_message_only() -> None:
    async def story(bell: Bell) -> None:
        sealed = bell.vault.seal("https://hooks.example/s3cret")
        await bell.ask(AddContact("ann", "hook", "webhook", "hook", sealed))
        await bell.ask(VouchContact("ann", "hook"))
        message = bell.composer.page(owed(await bell.incident(), contact="hook"))
        assert message is not None
        assert message.address == "https://hooks.example/s3cret"
        assert message.secret == bell.vault.webhook_secret("hook")
        assert "s3cret" not in message.subject + message.text + msgspec.json.encode(message.facts).decode()

    told(story)


def test_what_cannot_be_opened_or_is_gone_is_no_message() -> None:
    async def story(bell: Bell) -> None:
        foreign = Vault(b"another key, just as long as that").seal("https://hooks.example/")
        await bell.ask(AddContact("ann", "hook", "webhook", "hook", foreign))
        incident = await bell.incident()
        assert bell.composer.page(owed(incident, contact="hook")) is None
        assert bell.composer.page(owed(incident, contact="none")) is None
        assert bell.composer.page(owed(incident, user="none")) is None
        code = sha256(b"1").hexdigest()
        due = ContactCodeDue(user="ann", contact="ann-mail", code_hash=code, code_sealed="unsealed")
        assert bell.composer.code(due) is None

    told(story)


def test_facts_for_machines_name_every_incident() -> None:
    async def story(bell: Bell) -> None:
        incident = await bell.incident()
        message = bell.composer.page(owed(incident))
        assert message is not None
        facts = msgspec.json.decode(msgspec.json.encode(message.facts))
        assert (facts["type"], facts["id"], facts["attempt"], facts["link"]) == ("tocsin.page", "PG-7", 2, message.link)
        assert [(one["id"], one["status"], one["opened_at"]) for one in facts["incidents"]] == [
            (incident, "triggered", "2026-03-23T00:00:00.000Z")
        ]

    told(story)
