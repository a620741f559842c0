"""Browsers as contact points, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tocsin.core.notify.commands import RecordReceipt
from tocsin.core.people.commands import RecordContactLost
from tocsin.shell.channels.subscription import packed
from web.harness import Web, told


def _subscription(endpoint: str = "https://push.example/1", secret: int = 7) -> dict[str, Any]:
    public = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
    keys = {"p256dh": packed(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)), "auth": "A" * 22}
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys}


async def _session(web: Web, client: httpx.AsyncClient) -> dict[str, str]:
    await client.post(web.made.setup_path, data={"password": "a whole sentence"})
    return {"x-csrf-token": (await client.get("/api/v1/me")).json()["csrf"]}


def test_a_browser_adds_itself_once_and_counts_at_once() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            headers = await _session(web, client)
            key = (await client.get("/api/v1/webpush/key")).json()["public_key"]
            assert len(key) == 87 and "=" not in key
            body = {"channel": "webpush", "label": "Laptop", "subscription": _subscription()}
            made = await client.post("/api/v1/users/admin/contacts", json=body, headers=headers)
            assert (made.status_code, made.json()["verified"], made.json()["address"]) == (201, True, "•••")
            again = await client.post("/api/v1/users/admin/contacts", json=body, headers=headers)
            assert again.json()["id"] == made.json()["id"]
            renewed = body | {"subscription": _subscription(secret=8)}
            other = await client.post("/api/v1/users/admin/contacts", json=renewed, headers=headers)
            assert other.json()["id"] != made.json()["id"]
            rows = (await client.get("/api/v1/users/admin/contacts")).json()["items"]
            assert [row["id"] for row in rows] == [other.json()["id"]]

    told(story)


def test_a_browser_with_new_keys_takes_the_old_ones_place_in_the_rules_but_not_before_it_is_proved() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            headers = await _session(web, client)
            body = {"channel": "webpush", "label": "Laptop", "subscription": _subscription()}
            old = (await client.post("/api/v1/users/admin/contacts", json=body, headers=headers)).json()["id"]
            await web.ask("PUT", "/users/admin/rules", {"rules": [{"contact": old, "urgency": "high"}]})
            renewed = body | {"subscription": _subscription(secret=8)}
            unproved = (await web.ask("POST", "/users/admin/contacts", renewed)).json()
            assert {row.id for row in web.engine.look.people.contacts("admin")} == {old, unproved["id"]}
            proved = (await client.post("/api/v1/users/admin/contacts", json=renewed, headers=headers)).json()
            assert [row.id for row in web.engine.look.people.contacts("admin")] == [proved["id"]]
            rules = (await web.ask("GET", "/users/admin/rules")).json()["rules"]
            assert [(one["contact"], one["urgency"]) for one in rules] == [(proved["id"], "high")]

    told(story)


def test_a_browser_named_by_a_key_waits_for_its_code() -> None:
    async def story(web: Web) -> None:
        body = {"channel": "webpush", "subscription": _subscription()}
        made = await web.ask("POST", "/users/admin/contacts", body)
        assert (made.status_code, made.json()["verified"]) == (201, False)
        assert len(web.engine.look.people.codes_owed()) == 1
        for flawed in ({"subscription": _subscription("http://push.example/1")}, {"address": "{"}):
            refused = await web.ask("POST", "/users/admin/contacts", {"channel": "webpush"} | flawed)
            assert (refused.status_code, refused.json()["reason"]) == (422, "address_invalid")

    told(story)


def test_a_browser_that_is_gone_is_no_way_to_its_person_any_more() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            headers = await _session(web, client)
            body = {"channel": "webpush", "subscription": _subscription()}
            made = (await client.post("/api/v1/users/admin/contacts", json=body, headers=headers)).json()["id"]
            await client.post(f"/api/v1/users/admin/contacts/{made}/test", headers=headers)
        await web.engine.submit(RecordContactLost("admin", made, "push_ended: HTTP 410"), "outbox")
        await web.engine.submit(RecordReceipt("PG-1", 1, False, "push_ended: HTTP 410", retryable=False), "outbox")
        found = (await web.ask("GET", "/users/admin/reachability")).json()
        [row] = found["contacts"]
        assert (found["is_reachable"], row["state"], row["last_reason"]) == (False, "unverified", "push_ended")
        assert "add the browser again" in row["last_mend"]

    told(story)
