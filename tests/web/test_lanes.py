"""A schedule as lanes, and an override dragged about, over HTTP."""

from __future__ import annotations

from web.harness import Web, told

LAYERS = [{"name": "week", "users": ["admin"], "start": "2026-01-05", "unit": "week"}]
SPAN = "start_at=2026-09-07T00:00:00Z&end_at=2026-09-14T00:00:00Z"


async def _schedule(web: Web) -> None:
    await web.key_of("ada", "responder")
    made = await web.ask("PUT", "/schedules/web", {"name": "Web", "zone": "Asia/Shanghai", "layers": LAYERS})
    assert made.status_code == 201, made.text


def test_lanes_show_layers_overrides_and_what_they_come_to() -> None:
    async def story(web: Web) -> None:
        await _schedule(web)
        hours = [{"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00"}]
        dates = {"holidays": ["2026-09-08"], "workdays": ["2026-09-12"], "names": {"2026-09-08": "White Dew"}}
        days = {"name": "China", "zone": "Asia/Shanghai", "hours": hours} | dates
        assert (await web.ask("PUT", "/calendars/cn", days)).status_code == 201
        span = {"start_at": "2026-09-08T00:00:00Z", "end_at": "2026-09-08T12:00:00Z"}
        made = await web.ask("POST", "/schedules/web/overrides", {"user": "ada", "reason": "dentist"} | span)
        override = made.json()["id"]
        found = (await web.ask("GET", f"/schedules/web/lanes?{SPAN}")).json()
        assert found["zone"] == "Asia/Shanghai"
        assert [(lane["id"], len(lane["shifts"])) for lane in found["layers"]] == [("week", 1)]
        assert [(one["id"], one["name"], one["reason"]) for one in found["overrides"]] == [(override, "Ada", "dentist")]
        sources = [one["source"] for one in found["final"]]
        assert sources == ["layer:week", f"override:{override}", "layer:week"]
        assert found["gaps"] == []
        assert found["holidays"] == [
            {"date": "2026-09-08", "name": "China", "is_working": False, "label": "White Dew"},
            {"date": "2026-09-12", "name": "China", "is_working": True, "label": ""},
        ]
        assert [(one["user"], one["hours"]) for one in found["fairness"]] == [("ada", 12.0), ("admin", 156.0)]

    told(story)


def test_an_override_is_made_moved_and_removed() -> None:
    async def story(web: Web) -> None:
        await _schedule(web)
        span = {"start_at": "2026-09-08T00:00:00Z", "end_at": "2026-09-08T12:00:00Z"}
        made = await web.ask("POST", "/schedules/web/overrides", {"user": "ada"} | span)
        path = f"/schedules/web/overrides/{made.json()['id']}"
        later = {"user": "ada", "start_at": "2026-09-09T00:00:00Z", "end_at": "2026-09-09T06:00:00Z"}
        moved = await web.ask("PUT", path, later, if_match=made.headers["etag"])
        assert (moved.status_code, moved.json()["start_at"]) == (200, "2026-09-09T00:00:00Z")
        stale = await web.ask("PUT", path, later, if_match=made.headers["etag"])
        assert stale.status_code == 412
        assert (await web.ask("DELETE", path)).status_code == 204
        assert (await web.ask("PUT", path, later)).status_code == 404

    told(story)


def test_a_window_is_bounded() -> None:
    async def story(web: Web) -> None:
        await _schedule(web)
        long = await web.ask("GET", "/schedules/web/lanes?start_at=2026-01-01T00:00:00Z&end_at=2026-12-01T00:00:00Z")
        assert (long.status_code, long.json()["reason"]) == (422, "span_too_long")
        assert (await web.ask("GET", "/schedules/db/lanes")).status_code == 404
        assert (await web.ask("GET", "/schedules/web/lanes?calendar=none")).status_code == 404

    told(story)
