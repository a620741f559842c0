"""A schedule as a calendar that others subscribe to."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar

from web.harness import Web, told

LAYER = {"name": "days", "users": ["admin", "ada"], "start": "2026-01-05", "unit": "day", "hand_off": "08:00"}


async def _feed(web: Web, query: str = "", key: str = "") -> str:
    found = (await web.ask("GET", f"/schedules/web/feed{query}", key=key)).json()["url"]
    base = "http://127.0.0.1:8080"
    assert found.startswith(f"{base}/ical/")
    return str(found.removeprefix(base))


async def _schedule(web: Web) -> str:
    key = await web.key_of("ada", "responder")
    made = await web.ask("PUT", "/schedules/web", {"name": "Web 值班", "zone": "Asia/Shanghai", "layers": [LAYER]})
    assert made.status_code == 201, made.text
    return key


def test_a_calendar_shows_every_shift_to_whoever_has_its_address() -> None:
    async def story(web: Web) -> None:
        await _schedule(web)
        async with web.client() as stranger:
            answer = await stranger.get(await _feed(web))
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(answer.content)
        assert calendar["x-wr-calname"] == "Web 值班"
        shifts = list(calendar.walk("VEVENT"))
        assert len(shifts) in (210, 211)
        assert {str(one["summary"]) for one in shifts} == {"Ada · Web 值班", "Administrator · Web 值班"}
        begins = [one["dtstart"].dt for one in shifts]
        assert begins[1].astimezone(UTC).hour == 0 and begins == sorted(begins)
        assert shifts[0]["dtend"].dt == begins[1]
        assert all(isinstance(one, datetime) for one in begins)
        assert len({str(one["uid"]) for one in shifts}) == len(shifts)

    told(story)


def test_a_calendar_may_be_of_one_person() -> None:
    async def story(web: Web) -> None:
        await _schedule(web)
        async with web.client() as stranger:
            calendar = Calendar.from_ical((await stranger.get(await _feed(web, "?user=ada"))).content)
        assert {str(one["summary"]) for one in calendar.walk("VEVENT")} == {"Ada · Web 值班"}
        assert (await web.ask("GET", "/schedules/web/feed?user=none")).status_code == 404

    told(story)


def test_an_address_ends_with_the_person_it_was_made_for() -> None:
    async def story(web: Web) -> None:
        key = await _schedule(web)
        path = await _feed(web, key=key)
        async with web.client() as stranger:
            assert (await stranger.get(path)).status_code == 200
            assert (await stranger.get(path[:-9] + "AAAAA.ics")).status_code == 404
            assert (await stranger.get("/ical/x.ics")).status_code == 404
            await web.ask("PUT", "/schedules/web", {"name": "Web", "layers": []})
            await web.ask("DELETE", "/users/ada")
            assert (await stranger.get(path)).status_code == 404

    told(story)
