"""Saved views and preferences over HTTP."""

from __future__ import annotations

from web.harness import Web, told

SPEC = {"screen": "alerts", "name": "Critical", "query": "severity=critical"}


def test_views_are_saved_shared_and_removed() -> None:
    async def story(web: Web) -> None:
        bob, sue = await web.key_of("bob", "responder"), await web.key_of("sue", "stakeholder")
        await web.ask("PUT", "/teams/ops", {"name": "Ops", "members": ["admin", "bob"]})
        made = await web.ask("PUT", "/views/crit", SPEC)
        assert (made.status_code, made.json()["is_own"]) == (201, True)
        assert (await web.ask("GET", "/views", key=bob)).json()["items"] == []
        assert (await web.ask("PUT", "/views/crit", {**SPEC, "team": "ops"})).status_code == 200
        seen = (await web.ask("GET", "/views?screen=alerts", key=bob)).json()["items"]
        assert [(one["id"], one["user"], one["team"], one["is_own"]) for one in seen] == [
            ("crit", "admin", "ops", False)
        ]
        assert (await web.ask("PUT", "/views/crit", SPEC, key=sue)).json()["reason"] == "view_of_another"
        assert (await web.ask("DELETE", "/views/crit", key=sue)).status_code == 404
        assert (await web.ask("DELETE", "/views/crit", key=bob)).status_code == 204

    told(story)


def test_preferences_are_merged_and_those_of_the_record_reach_it() -> None:
    async def story(web: Web) -> None:
        sue = await web.key_of("sue", "stakeholder")
        wish = {"theme": "dark", "language": "zh", "zone": "Asia/Shanghai", "keys_enabled": False}
        first = (await web.ask("PUT", "/me/preferences", wish, key=sue)).json()
        assert first == {**wish, "name": "Sue"}
        assert (await web.ask("PUT", "/me/preferences", {"theme": None, "density": "compact"}, key=sue)).json() == {
            "density": "compact", "keys_enabled": False, "language": "zh", "zone": "Asia/Shanghai", "name": "Sue",
        }  # fmt: skip
        assert (await web.ask("GET", "/users/sue")).json()["spec"]["language"] == "zh"
        wrong = await web.ask("PUT", "/me/preferences", {"zone": "Mars/Olympus"}, key=sue)
        assert (wrong.status_code, wrong.json()["reason"]) == (422, "zone_unknown")
        assert (await web.ask("PUT", "/me/preferences", {"language": 5}, key=sue)).status_code == 422

    told(story)
