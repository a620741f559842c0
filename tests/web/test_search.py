"""The palette's search: ids first, then names, words, and the initials of pinyin."""

from __future__ import annotations

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.events import Content, Signal
from web.harness import Web, told


async def found(web: Web, q: str) -> list[tuple[str, str]]:
    async with web.client(web.key) as client:
        answer = await client.get("/api/v1/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["id"]) for one in answer.json()["items"]]


async def furnished(web: Web) -> None:
    await web.ask("PUT", "/services/pay-gw", {"name": "支付网关"})
    await web.ask("PUT", "/services/db", {"name": "Order database"})
    await web.ask("PUT", "/users/dora", {"name": "Dora Bell", "role": "responder"})
    await web.ask("PUT", "/teams/dba", {"name": "Database people", "members": ["dora"]})
    for number in range(30):
        content = Content(f"Disk of db{number} is full", "high", {"alertname": f"Disk{number}"})
        signal = Signal(f"k{number}", "firing", web.clock.now(), content)
        await web.engine.submit(ReceiveSignals("default", (signal,)), "source:default")


def test_ids_come_before_names_and_names_before_words() -> None:
    async def story(web: Web) -> None:
        await furnished(web)
        assert (await found(web, "db"))[:3] == [("service", "db"), ("team", "dba"), ("incident", "INC-30")]
        assert (await found(web, "inc-3"))[0] == ("incident", "INC-3")
        assert (await found(web, "7"))[:2] == [("incident", "INC-7"), ("alert", "ALT-7")]
        assert (await found(web, "ALT-7"))[0] == ("alert", "ALT-7")
        assert (await found(web, "bell"))[0] == ("person", "dora")
        assert await found(web, "") == await found(web, "nothing like it") == []

    told(story)


def test_pinyin_finds_what_is_written_in_chinese() -> None:
    async def story(web: Web) -> None:
        await furnished(web)
        for q in ("zfwg", "ZF", "zhifu", "支付", "网关"):
            assert await found(web, q) == [("service", "pay-gw")], q

    told(story)


def test_one_kind_does_not_hide_the_others_and_urls_lead_to_pages() -> None:
    async def story(web: Web) -> None:
        await furnished(web)
        kinds = [kind for kind, _ in await found(web, "disk full")]
        assert (kinds.count("incident"), kinds.count("alert")) == (8, 8)
        one = (await web.ask("GET", "/search?q=zfwg")).json()["items"][0]
        assert (one["title"], one["url"]) == ("支付网关", "/services/pay-gw")

    told(story)
