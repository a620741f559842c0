"""The client follows cursors, waits for a busy server, and turns every refusal into words and an exit code."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import msgspec
import pytest

from tocsin.cli.client import Api, Failure, at

PROBLEM = {
    "title": "The request has a mistake",
    "detail": "/name: too long",
    "reason": "request_invalid",
    "errors": [{"pointer": "/name", "message": "too long", "hint": "200 characters are enough"}, {"message": "odd"}],
}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_LANG", "en")


def api(answer: Callable[[httpx2.Request], httpx2.Response]) -> Api:
    return Api("http://house", "key", httpx2.MockTransport(answer))


def test_a_refusal_names_each_mistake_and_its_mending() -> None:
    with api(lambda _: httpx2.Response(422, json=PROBLEM)) as client, pytest.raises(Failure) as refused:
        client.post("/teams", {})
    assert refused.value.message.splitlines() == [
        "The request has a mistake",
        "  /name: too long (200 characters are enough)",
        "  body: odd",
    ]
    assert (refused.value.exit_code, refused.value.reason) == (1, "request_invalid")


@pytest.mark.parametrize(("status", "code"), [(401, 1), (403, 1), (404, 3), (409, 4), (412, 4), (422, 1), (500, 1)])
def test_the_exit_code_says_what_kind_of_refusal_it_was(status: int, code: int) -> None:
    with api(lambda _: httpx2.Response(status, json={"title": "no"})) as client, pytest.raises(Failure) as refused:
        client.get("/me")
    assert refused.value.exit_code == code


def test_a_foreign_server_is_recognised() -> None:
    with api(lambda _: httpx2.Response(200, text="<html>")) as client, pytest.raises(Failure, match="no Tocsin"):
        client.get("/me")
    with api(lambda _: httpx2.Response(502, text="bad gateway")) as client, pytest.raises(Failure, match="502: bad"):
        client.get("/me")


def test_a_list_is_followed_to_its_end_or_to_the_limit() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        start = int(request.url.params.get("cursor", "0"))
        limit = int(request.url.params["limit"])
        items = [{"id": n} for n in range(start, min(start + min(limit, 2), 5))]
        end = start + len(items)
        return httpx2.Response(200, json={"items": items, "next_cursor": str(end) if end < 5 else ""})

    with api(answer) as client:
        assert [row["id"] for row in client.pages("/users")] == [0, 1, 2, 3, 4]
        assert [row["id"] for row in client.pages("/users", 3)] == [0, 1, 2]


def test_a_busy_server_is_asked_again_with_the_same_idempotency_key() -> None:
    keys: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        keys.append(request.headers["idempotency-key"])
        busy = httpx2.Response(503, json={"title": "busy"}, headers={"retry-after": "0"})
        return busy if len(keys) < 3 else httpx2.Response(201, content=msgspec.json.encode({"id": "INC-1"}))

    with api(answer) as client:
        assert client.post("/incidents", {"title": "x"}) == {"id": "INC-1"}
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_path_quotes_what_could_lead_elsewhere() -> None:
    assert at("users", "../teams", "a b") == "/users/..%2Fteams/a%20b"
