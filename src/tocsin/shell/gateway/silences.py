"""Silences in the words of Alertmanager's API: read what is posted, show what there is.

Law: flaws are found in the order and told in the words of Alertmanager 0.25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.alerts.views import Silence
from tocsin.core.intake.views import Flaw, Misunderstood, Request, decode, unpacked
from tocsin.kernel.matcher import Matcher, parse_matcher
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import parse_rfc3339, rfc3339
from tocsin.shell.gateway.wire import Reply, json_reply

NEEDED = ("comment", "createdBy", "endsAt", "matchers", "startsAt")
NEEDED_OF_MATCHER = ("isRegex", "name", "value")
ORDER = ("active", "pending", "expired")


class PostedMatcher(msgspec.Struct, rename="camel"):
    """A matcher of a posted silence."""

    name: str | None = None
    value: str | None = None
    is_regex: bool | None = None
    is_equal: bool | None = True

    def text(self) -> str:
        """As Prometheus text."""
        is_equal = self.is_equal is not False
        op = ("=~" if is_equal else "!~") if self.is_regex else ("=" if is_equal else "!=")
        return str(Matcher(self.name or "", op, self.value or ""))


class PostedSilence(msgspec.Struct, rename="camel"):
    """A posted silence."""

    id: str | None = None
    matchers: list[PostedMatcher] | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    created_by: str | None = None
    comment: str | None = None
    annotations: dict[str, str] | None = None


_decoder = msgspec.json.Decoder(PostedSilence)


def read_silence(request: Request) -> tuple[str, SilenceSpec] | Reply:
    """The id (empty for a new one) and description of a posted silence, or what to answer."""
    media = request.content_type.partition(";")[0].strip().lower()
    if media != "application/json":
        message = f'unsupported media type "{media}", only [application/json] are allowed'
        return json_reply(415, {"code": 415, "message": message})
    plain = unpacked(request)
    if isinstance(plain, Misunderstood):
        return _refuse(plain.status, plain.status, plain.error)
    if not plain.body.strip():
        return _refuse(422, 602, "silence in body is required")
    posted = decode(_decoder, plain.body)
    if isinstance(posted, Flaw):
        return _unparsable("unexpected EOF" if posted.ends_early else posted.error)
    return _checked(posted)


def _checked(posted: PostedSilence) -> tuple[str, SilenceSpec] | Reply:
    facts: Mapping[str, object] = msgspec.to_builtins(posted)
    for name in ("startsAt", "endsAt"):
        if isinstance(text := facts[name], str) and parse_rfc3339(text) is None:
            shown = msgspec.json.encode(text[:64]).decode()
            return _unparsable(f'parsing time {shown} as "2006-01-02 15:04:05": cannot parse {shown} as "2006"')
    if (missing := next((name for name in NEEDED if facts[name] is None), None)) is not None:
        return _refuse(422, 602, f"{missing} in body is required")
    assert posted.matchers is not None
    if not posted.matchers:
        return _refuse(422, 612, "matchers in body should have at least 1 items")
    for number, matcher in enumerate(msgspec.to_builtins(posted.matchers)):
        for name in NEEDED_OF_MATCHER:
            if matcher[name] is None:
                return _refuse(422, 602, f"matchers.{number}.{name} in body is required")
    spec = SilenceSpec(
        matchers=tuple(matcher.text() for matcher in posted.matchers),
        start_at=parse_rfc3339(posted.starts_at or "") or Moment(0),
        end_at=parse_rfc3339(posted.ends_at or "") or Moment(0),
        created_by=posted.created_by or "",
        comment=posted.comment or "",
        annotations=posted.annotations or {},
    )
    return posted.id or "", spec


def refusal(rejected: Rejected, unknown: int) -> Reply:
    """The engine refused to set or end a silence. `unknown` is the status for one that does not exist."""
    match rejected.reason:
        case "silence_unknown":
            return json_reply(unknown, "silence not found")
        case "permission_denied":
            return _refuse(403, 403, "use the API key of a person who may respond")
        case _:
            return json_reply(400, rejected.detail)


def show_silence(silence: Silence, now: Moment) -> dict[str, Any]:
    """A silence as Alertmanager shows it."""
    spec = silence.spec
    state = "active" if silence.is_active(now) else "pending" if spec.start_at > now else "expired"
    return {
        "id": silence.silence,
        "status": {"state": "expired" if silence.status == "expired" else state},
        "updatedAt": rfc3339(silence.updated_at),
        "comment": spec.comment,
        "createdBy": spec.created_by,
        "endsAt": rfc3339(spec.end_at),
        "matchers": list(_matchers_of(spec.matchers)),
        "startsAt": rfc3339(spec.start_at),
    }


def in_order(silences: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Active by the end soonest, then pending by the start soonest, then expired by the end latest."""
    by_state: dict[str, list[dict[str, Any]]] = {state: [] for state in ORDER}
    for silence in silences:
        by_state[silence["status"]["state"]].append(silence)
    by_state["active"].sort(key=lambda silence: str(silence["endsAt"]))
    by_state["pending"].sort(key=lambda silence: str(silence["startsAt"]))
    by_state["expired"].sort(key=lambda silence: str(silence["endsAt"]), reverse=True)
    return [silence for state in ORDER for silence in by_state[state]]


def is_picked(silence: Silence, wanted: Iterable[Matcher]) -> bool:
    """Whether a silence has all the matchers of a filter."""
    has = [parse_matcher(text) for text in silence.spec.matchers]
    return all(matcher in has for matcher in wanted)


def _matchers_of(texts: Iterable[str]) -> Iterator[dict[str, object]]:
    for text in texts:
        matcher = parse_matcher(text)
        if isinstance(matcher, Matcher):
            yield {
                "isEqual": matcher.is_equal,
                "isRegex": matcher.is_regex,
                "name": matcher.name,
                "value": matcher.value,
            }


def _unparsable(why: str) -> Reply:
    return _refuse(400, 400, f'parsing silence body from "" failed, because {why}')


def _refuse(status: int, code: int, message: str) -> Reply:
    return json_reply(status, {"code": code, "message": message})
