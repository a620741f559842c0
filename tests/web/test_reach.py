"""What a silence would hold back, and the matchers proposed for what was chosen."""

from __future__ import annotations

from typing import Any

from tocsin.web.feed.shared import NAME_VALUES_MAX, VALUES_MAX, by_everything, by_name
from web.harness import Web, told
from web.test_alert_feed import fire


async def reach(web: Web, **asked: Any) -> tuple[list[str], int, int, int]:
    found = (await web.ask("POST", "/silences/reach", asked)).json()
    return found["matchers"], found["total"], found["meant"], found["reached"]


def test_what_all_share_and_how_they_are_called_is_proposed() -> None:
    alike = [{"alertname": "Disk", "env": "prod", "host": "a.b"}, {"alertname": "Load", "env": "prod", "host": "c"}]
    assert by_name(alike) == ('alertname=~"Disk|Load"', 'env="prod"')
    assert by_everything(alike) == ('alertname=~"Disk|Load"', r'host=~"a\\.b|c"', 'env="prod"')
    assert by_name([{"a": "1"}, {"b": "2"}]) == by_everything([]) == ()
    many = [{"alertname": f"A{n}", "host": f"h{n}"} for n in range(VALUES_MAX + 1)]
    assert [text.partition("=")[0] for text in by_everything(many)] == ["alertname"]
    assert by_name([{"alertname": f"A{n}"} for n in range(NAME_VALUES_MAX + 1)]) == ()


def test_a_proposal_reaches_others_only_where_it_must_and_says_so() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", "db3", env="prod")
        assert await reach(web, ids=["ALT-1", "ALT-2"]) == (
            ['alertname=~"db1|db2"', 'job="db"', 'env="prod"'], 2, 2, 2,
        )  # fmt: skip
        await fire(web, "db9", env="prod", alertname="db1", host="b")
        assert (await reach(web, ids=["ALT-1"]))[1:] == (2, 1, 1), "nothing tells the first from the other db1"
        assert (await reach(web, ids=["ALT-4"]))[1:] == (1, 1, 1)
        assert await reach(web, ids=["ALT-4"], matchers=['env=~"pro."']) == (['env=~"pro."'], 4, 1, 1)
        assert await reach(web, ids=["ALT-1", "ALT-4"], matchers=['host="b"']) == (['host="b"'], 1, 2, 1)
        assert await reach(web, ids=["ALT-1"], matchers=[]) == ([], 0, 1, 0)

    told(story)


def test_a_filter_of_matchers_is_its_own_proposal_another_is_described() -> None:
    async def story(web: Web) -> None:
        await fire(web, "db1", "db2", severity="critical")
        await fire(web, "web1", severity="high")
        assert (await reach(web, where={"filter": ['job=~"d.*"']}))[0] == ['job=~"d.*"']
        assert await reach(web, where={"severity": "critical"}) == (['alertname=~"db1|db2"', 'job="db"'], 2, 2, 2)
        await web.ask("POST", "/alerts/ALT-1/resolve")
        assert await reach(web, ids=["ALT-1"]) == (['alertname="db1"', 'job="db"'], 0, 0, 0)
        refused = await web.ask("POST", "/silences/reach", {"matchers": ["a=~"]})
        assert (await web.ask("POST", "/silences/reach", {"matchers": ["("]})).status_code == 422
        assert refused.status_code == 200, "an empty expression is one"

    told(story)
