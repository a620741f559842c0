"""What the tests of intake's doors talk to: a request through a door of a source, read at noon."""

from __future__ import annotations

import json

from tocsin.core.intake.events import Signal, SourceSpec
from tocsin.core.intake.state import Source
from tocsin.core.intake.views import Memo, Misunderstood, Reading, Request, Understood, View
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import parse_rfc3339

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def moment(text: str) -> Moment:
    found = parse_rfc3339(text)
    assert found is not None
    return found


NOON = moment("2026-11-24T12:00:00Z")
PLAIN = SourceSpec(name="A source")


def read(
    door: str,
    body: object = b"",
    *,
    path: str = "/",
    query: str = "",
    content_type: str = JSON,
    headers: dict[str, str] | None = None,
    spec: SourceSpec = PLAIN,
    at: Moment = NOON,
    memo: Memo | None = None,
    method: str = "POST",
) -> Reading:
    """The reading of a body: bytes and text as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = Request(method, path, query, content_type, headers or {}, raw)
    return View().read(Source("prom", spec, 1, Moment(0)), door, request, at, memo or Memo())


def understood(reading: Reading) -> Understood:
    assert isinstance(reading, Understood), reading
    return reading


def signals(reading: Reading) -> tuple[Signal, ...]:
    found = understood(reading)
    assert not found.problems, found.problems
    return found.signals


def signal(reading: Reading) -> Signal:
    (found,) = signals(reading)
    return found


def error(reading: Reading, status: int = 400) -> str:
    assert isinstance(reading, Misunderstood), reading
    assert reading.status == status
    return reading.error
