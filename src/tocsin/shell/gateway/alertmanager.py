"""Alertmanager's API v2 beside the intake of alerts: what amtool, Grafana and Prometheus ask for.

Law: the answers, codes and messages are those of Alertmanager 0.25 as measured with the real programs. A source's key
sees its own alerts; a person's API key sees all of them and, with the permission to respond, silences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import UUID

import msgspec

import tocsin
from tocsin.core.alerts.commands import ExpireSilence, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.alerts.views import Alert, Silence
from tocsin.core.intake.views import Request, fingerprint
from tocsin.kernel.matcher import Matcher, Matchers, parse_matcher
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import parse_rfc3339, rfc3339
from tocsin.shell.engine import Engine
from tocsin.shell.gateway.wire import TEXT, Reply, json_reply
from tocsin.shell.settings import Settings

RECEIVER = "tocsin"
"""Alertmanager names receivers; here routing leads to ladders, so there is one."""
ALERTS = re.compile(r"/api/v[12]/alerts")
SILENCE = re.compile(r"/api/v2/silence/([^/]+)")
ALERTS_SHOWN_MAX = 100_000
ALLOWED = {"/api/v2/alerts": "GET,POST", "/api/v2/silences": "GET,POST"}


class PostedMatcher(msgspec.Struct, rename="camel"):
    """A matcher of a posted silence."""

    name: str
    value: str
    is_regex: bool
    is_equal: bool = True

    def text(self) -> str:
        """As Prometheus text."""
        op = ("=~" if self.is_equal else "!~") if self.is_regex else ("=" if self.is_equal else "!=")
        return f"{self.name}{op}{msgspec.json.encode(self.value).decode()}"


class PostedSilence(msgspec.Struct, rename="camel"):
    """A posted silence."""

    matchers: list[PostedMatcher]
    starts_at: str
    ends_at: str
    created_by: str
    comment: str
    id: str = ""
    annotations: dict[str, str] = {}


class AlertmanagerApi:
    """Answers one request after another; keeps nothing."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._started_at = engine.clock.now()

    def is_intake(self, request: Request) -> bool:
        """Whether the request brings alerts."""
        return request.method == "POST" and ALERTS.fullmatch(request.path) is not None

    async def take(self, actor: str, source: str, request: Request) -> Reply:
        """One request that is not intake. `source` limits what is seen; empty: everything."""
        reply = await self._route(actor, source, request)
        await self._engine.dry()
        return reply

    async def _route(self, actor: str, source: str, request: Request) -> Reply:
        query = parse_qs(request.query, keep_blank_values=True)
        path, method = request.path, request.method
        if path.startswith("/-/"):
            return Reply(200, b"" if path == "/-/reload" else b"OK", TEXT)
        if (found := SILENCE.fullmatch(path)) is not None:
            return await self._one_silence(actor, unquote(found[1]), method)
        match method, path:
            case "GET", "/api/v2/alerts":
                return self._alerts(source, query)
            case "GET", "/api/v2/alerts/groups":
                return self._groups(source, query)
            case "GET", "/api/v2/silences":
                return self._silences(query)
            case "POST", "/api/v2/silences":
                return await self._set_silence(actor, source, request)
            case "GET", "/api/v2/status":
                return json_reply(200, self._status())
            case "GET", "/api/v2/receivers":
                return json_reply(200, [{"name": RECEIVER}])
        if path in ALLOWED:
            allowed = f"method {method} is not allowed, but [{ALLOWED[path]}] are"
            return json_reply(405, {"code": 405, "message": allowed}, ((b"allow", ALLOWED[path].encode()),))
        return json_reply(404, {"code": 404, "message": f"path {path} was not found"})

    def _status(self) -> dict[str, object]:
        return {
            "cluster": {"status": "disabled", "peers": []},
            "config": {"original": "# Tocsin: routes are shown by `tocsin export`\n"},
            "uptime": rfc3339(self._started_at),
            "versionInfo": {
                "branch": "", "buildDate": "", "buildUser": "", "goVersion": "",
                "revision": "tocsin", "version": tocsin.__version__,
            },
        }  # fmt: skip

    def _alerts(self, source: str, query: Mapping[str, list[str]]) -> Reply:
        selected = self._selected(source, query)
        if isinstance(selected, Reply):
            return selected
        shown = sorted((self._alert(alert) for alert in selected), key=lambda alert: str(alert["fingerprint"]))
        return json_reply(200, shown)

    def _groups(self, source: str, query: Mapping[str, list[str]]) -> Reply:
        """Alerts by the incident they belong to: that is what groups alerts here."""
        selected = self._selected(source, query)
        if isinstance(selected, Reply):
            return selected
        groups: dict[str, list[dict[str, object]]] = {}
        for alert in selected:
            for incident in self._engine.look.incidents.incidents_of(alert.number) or ("",):
                groups.setdefault(incident, []).append(self._alert(alert))
        return json_reply(
            200,
            [
                {"labels": self._group_labels(incident), "receiver": {"name": RECEIVER}, "alerts": alerts}
                for incident, alerts in sorted(groups.items())
            ],
        )

    def _group_labels(self, incident: str) -> dict[str, str]:
        found = self._engine.look.incidents.incident(incident) if incident else None
        return dict(found.group_labels) if found is not None else {}

    def _selected(self, source: str, query: Mapping[str, list[str]]) -> list[Alert] | Reply:
        matchers = _filter(query)
        if isinstance(matchers, Reply):
            return matchers
        if receiver := query.get("receiver"):
            named = Matchers.compile((f"receiver=~{msgspec.json.encode(receiver[0]).decode()}",))
            if isinstance(named, str):
                return json_reply(400, f"failed to parse receiver param: {named}")
            if not named.matches({"receiver": RECEIVER}):
                return []
        active, silenced = _flag(query, "active"), _flag(query, "silenced")
        look = self._engine.look.alerts
        found: list[Alert] = []
        for alert in look.open_alerts():
            is_silenced = look.is_suppressed(alert.number)
            if (is_silenced and not silenced) or (not is_silenced and not active):
                continue
            if (source and alert.source != source) or not matchers.matches(alert.content.labels):
                continue
            found.append(alert)
            if len(found) >= ALERTS_SHOWN_MAX:
                break
        return found

    def _alert(self, alert: Alert) -> dict[str, object]:
        look = self._engine.look.alerts
        silenced_by = look.silences_of(alert.number, self._engine.clock.now())
        return {
            "annotations": alert.content.annotations,
            "endsAt": rfc3339(look.expires_at(alert.number) or look.last_seen(alert.number)),
            "fingerprint": fingerprint(alert.content.labels),
            "receivers": [{"name": RECEIVER}],
            "startsAt": rfc3339(alert.started_at),
            "status": {
                "inhibitedBy": [],
                "silencedBy": silenced_by,
                "state": "suppressed" if silenced_by else "active",
            },
            "updatedAt": rfc3339(look.last_seen(alert.number)),
            "generatorURL": alert.content.url,
            "labels": alert.content.labels,
        }

    def _silences(self, query: Mapping[str, list[str]]) -> Reply:
        wanted = _filter_matchers(query)
        if isinstance(wanted, Reply):
            return wanted
        now = self._engine.clock.now()
        shown = [
            _silence(silence, now)
            for silence in self._engine.look.alerts.silences()
            if all(any(_same(matcher, text) for text in silence.spec.matchers) for matcher in wanted)
        ]
        return json_reply(200, sorted(shown, key=_silence_order))

    async def _one_silence(self, actor: str, silence: str, method: str) -> Reply:
        try:
            UUID(silence)
        except ValueError:
            return json_reply(422, {"code": 601, "message": f'silenceID in path must be of type uuid: "{silence}"'})
        if method == "GET":
            found = self._engine.look.alerts.silence(silence)
            return json_reply(200, _silence(found, self._engine.clock.now())) if found else Reply(404)
        if method != "DELETE":
            return json_reply(405, {"code": 405, "message": f"method {method} is not allowed, but [DELETE,GET] are"})
        decision = await self._engine.submit(ExpireSilence(silence), actor)
        if isinstance(decision, Rejected):
            return _refusal(decision, unknown=500)
        return Reply(200)

    async def _set_silence(self, actor: str, source: str, request: Request) -> Reply:
        if not request.content_type.lower().startswith("application/json"):
            return json_reply(415, {"code": 415, "message": "unsupported media type; use application/json"})
        try:
            posted = msgspec.json.decode(request.body, type=PostedSilence)
        except msgspec.ValidationError as error:
            return json_reply(422, {"code": 602, "message": f"silence in body is not valid: {error}"})
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return json_reply(400, {"code": 400, "message": f'parsing silence body from "" failed, because {error}'})
        start_at, end_at = parse_rfc3339(posted.starts_at), parse_rfc3339(posted.ends_at)
        if start_at is None or end_at is None:
            return json_reply(400, {"code": 400, "message": "startsAt and endsAt must be RFC 3339 times"})
        if not posted.matchers:
            message = "matchers in body should have at least 1 items"
            return json_reply(422, {"code": 612, "message": message})
        spec = SilenceSpec(
            matchers=tuple(matcher.text() for matcher in posted.matchers),
            start_at=start_at,
            end_at=end_at,
            created_by=posted.created_by,
            comment=posted.comment,
            annotations=posted.annotations,
        )
        new_id = str(UUID(bytes=self._engine.entropy.bytes(16), version=4))
        decision = await self._engine.submit(SetSilence(posted.id, new_id, spec), actor)
        if isinstance(decision, Rejected):
            return _refusal(decision, unknown=404)
        return json_reply(200, {"silenceID": decision.answer})


def _refusal(rejected: Rejected, unknown: int) -> Reply:
    match rejected.reason:
        case "silence_not_found":
            return json_reply(unknown, "silence not found")
        case "permission_denied":
            return json_reply(403, {"code": 403, "message": "use the API key of a person who may respond"})
        case _:
            return json_reply(400, rejected.detail)


def _flag(query: Mapping[str, list[str]], name: str) -> bool:
    """Absent is true; what Go cannot parse as a bool is false."""
    values = query.get(name)
    return values is None or values[0] in {"1", "t", "T", "TRUE", "true", "True"}


def _filter_matchers(query: Mapping[str, list[str]]) -> list[Matcher] | Reply:
    found: list[Matcher] = []
    for text in query.get("filter", ()):
        matcher = parse_matcher(text)
        if isinstance(matcher, str):
            return json_reply(400, f"bad matcher format: {text}")
        found.append(matcher)
    return found


def _filter(query: Mapping[str, list[str]]) -> Matchers | Reply:
    found = _filter_matchers(query)
    if isinstance(found, Reply):
        return found
    compiled = Matchers.compile(query.get("filter", ()))
    return compiled if isinstance(compiled, Matchers) else json_reply(400, f"bad matcher format: {compiled}")


def _same(wanted: Matcher, text: str) -> bool:
    """Whether a filter of the silence list picks a silence with this matcher."""
    has = parse_matcher(text)
    return isinstance(has, Matcher) and has == wanted


def _silence(silence: Silence, now: Moment) -> dict[str, Any]:
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


def _matchers_of(texts: Iterable[str]) -> Iterator[dict[str, object]]:
    for text in texts:
        matcher = parse_matcher(text)
        if isinstance(matcher, Matcher):
            yield {
                "isEqual": matcher.op in {"=", "=~"},
                "isRegex": matcher.op in {"=~", "!~"},
                "name": matcher.name,
                "value": matcher.value,
            }


def _silence_order(shown: Mapping[str, Any]) -> tuple[int, str]:
    """Active by the end soonest, then pending by the start soonest, then expired by the end latest."""
    order = {"active": 0, "pending": 1, "expired": 2}[shown["status"]["state"]]
    if order == 2:
        return order, "".join(chr(0x10FFFF - ord(char)) for char in shown["endsAt"])
    return order, shown["endsAt"] if order == 0 else shown["startsAt"]
