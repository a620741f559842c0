"""Bodies are taken by the letter, and a page says once what it is."""

from __future__ import annotations

import pytest

from web.harness import Web, told

STEP = {"targets": [{"kind": "team", "id": "operations"}], "delay_s": 60}


@pytest.mark.parametrize(
    ("spec", "pointer"),
    [
        ({"name": "L", "steps": [STEP], "repeats": "2"}, "/repeats"),
        ({"name": "L", "steps": [{**STEP, "delay_s": "60"}]}, "/steps/0/delay_s"),
    ],
)
def test_a_number_in_quotes_is_refused_with_its_place(spec: dict[str, object], pointer: str) -> None:
    async def story(web: Web) -> None:
        async with web.client(web.key) as client:
            answer = await client.put("/api/v1/ladders/night", json=spec)
            assert (answer.status_code, answer.json()["reason"]) == (422, "request_invalid")
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
            assert (await client.get("/api/v1/ladders/night")).status_code == 404
            right = {"name": "L", "steps": [STEP], "repeats": 2}
            assert (await client.put("/api/v1/ladders/night", json=right)).status_code == 201

    told(story)


def test_a_missing_body_is_asked_for() -> None:
    async def story(web: Web) -> None:
        async with web.client(web.key) as client:
            answer = await client.put("/api/v1/ladders/night")
            assert (answer.status_code, answer.json()["detail"]) == (422, "a JSON body is needed")

    told(story)


def test_a_page_names_its_type_once() -> None:
    async def story(web: Web) -> None:
        async with web.client() as client:
            for path in ("/login", "/plain"):
                assert (await client.get(path)).headers["content-type"] == "text/html; charset=utf-8"

    told(story)
