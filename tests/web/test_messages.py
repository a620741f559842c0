"""The log of messages, test pages and reachability, over HTTP."""

from __future__ import annotations

from tocsin.core.notify.commands import RecordReceipt
from web.harness import Web, told


async def _contact(web: Web, user: str, address: str = "ada@example.org") -> str:
    made = await web.ask("POST", f"/users/{user}/contacts", {"channel": "email", "address": address, "label": "post"})
    await web.ask("POST", f"/users/{user}/contacts/{made.json()['id']}/vouch")
    return str(made.json()["id"])


def test_a_test_page_answers_with_its_id_and_its_receipt_is_in_the_log() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        contact = await _contact(web, "ada")
        sent = await web.ask("POST", f"/users/ada/contacts/{contact}/test", key=key)
        assert (sent.status_code, sent.json()) == (202, {"id": "PG-1"})
        await web.engine.submit(RecordReceipt("PG-1", 1, False, "550 no such mailbox", retryable=False), "outbox")
        [row] = (await web.ask("GET", "/messages?state=given_up&channel=email,sms", key=key)).json()["items"]
        shown = (row["id"], row["user_name"], row["contact_label"], row["is_test"], row["words"], row["can_retry"])
        assert shown == ("PG-1", "Ada", "post", True, "550 no such mailbox", True)
        assert [step["state"] for step in row["steps"]] == ["planned", "sent", "given_up"]
        again = await web.ask("POST", "/messages/pg-1/retry", key=key)
        assert (again.status_code, again.json()) == (202, {"id": "PG-2"})
        assert (await web.ask("POST", "/messages/PG-2/retry", key=key)).json()["reason"] == "page_on_its_way"
        assert (await web.ask("POST", "/messages/PG-99/retry", key=key)).status_code == 404

    told(story)


def test_why_a_message_did_not_arrive_is_said_in_the_readers_language_with_how_to_mend_it() -> None:
    """The mail server's own words stay as they are; a text from before there were words is shown as it is."""

    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        contact = await _contact(web, "ada")
        for number, detail in enumerate(("name_unknown: gaierror: Name or service not known", "550 no such user"), 1):
            await web.ask("POST", f"/users/ada/contacts/{contact}/test", key=key)
            await web.engine.submit(RecordReceipt(f"PG-{number}", 1, False, detail, retryable=False), "outbox")
        row = (await web.ask("GET", "/messages/PG-1", key=key)).json()
        assert (row["reason"], row["words"]) == ("name_unknown", "the mail server's name cannot be found")
        assert "smtp_host" in row["mend"] and row["said"] == "gaierror: Name or service not known"
        chinese = (await web.ask("GET", "/messages/PG-1", key=key, accept_language="zh")).json()
        assert (chinese["words"], chinese["said"]) == ("找不到邮件服务器的域名", row["said"])
        assert "smtp_host" in chinese["mend"]
        assert chinese["steps"][-1]["words"] == chinese["words"]
        old = (await web.ask("GET", "/messages/PG-2", key=key, accept_language="zh")).json()
        assert [old[name] for name in ("reason", "words", "mend", "said")] == ["", "550 no such user", "", ""]
        [reach] = (await web.ask("GET", "/users/ada/reachability", key=key)).json()["contacts"]
        assert (reach["state"], reach["last_words"]) == ("failing", "550 no such user")

    told(story)


def test_a_test_by_ones_rules_names_every_page() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        contact = await _contact(web, "ada")
        sent = (await web.ask("POST", "/users/ada/test", key=key)).json()
        assert sent == {
            "id": "PG-1",
            "pages": [
                {"id": "PG-1", "channel": "mailbox", "contact": "mailbox"},
                {"id": "PG-2", "channel": "email", "contact": contact},
            ],
        }
        assert (await web.ask("POST", "/users/admin/test", key=key)).status_code == 403

    told(story)


def test_reachability_is_for_all_and_its_details_for_whom_they_concern() -> None:
    async def story(web: Web) -> None:
        key = await web.key_of("ada", "responder")
        other = await web.key_of("bob", "stakeholder")
        assert (await web.ask("GET", "/users/ada/reachability", key=key)).json()["is_reachable"] is False
        contact = await _contact(web, "ada")
        await web.ask("POST", f"/users/ada/contacts/{contact}/test", key=key)
        await web.engine.submit(RecordReceipt("PG-1", 1, True), "outbox")
        mine = (await web.ask("GET", "/users/ada/reachability", key=key)).json()
        [row] = mine["contacts"]
        assert (mine["is_reachable"], row["state"], row["label"], row["kind"]) == (True, "ok", "post", "email")
        [seen] = (await web.ask("GET", "/users/ada/reachability", key=other)).json()["contacts"]
        assert (seen["state"], seen["label"]) == ("ok", "")

    told(story)


def test_an_incidents_messages_carry_its_title_and_come_in_pages() -> None:
    async def story(web: Web) -> None:
        await _contact(web, "admin")
        await web.ask("POST", "/incidents", {"title": "db is down", "severity": "critical"})
        first = (await web.ask("GET", "/messages?incident=inc-1&limit=1")).json()
        [row] = first["items"]
        assert (row["title"], row["incident"], row["state"]) == ("db is down", "INC-1", "sent")
        rest = (await web.ask("GET", f"/messages?incident=inc-1&cursor={first['next_cursor']}")).json()
        assert [row["channel"] for row in rest["items"]] == ["mailbox"]

    told(story)
