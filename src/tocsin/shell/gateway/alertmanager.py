"""Alertmanager's API v2 beside the intake of alerts: what amtool, Grafana and Prometheus ask for.

Law: the answers, codes and messages are those of Alertmanager 0.25 as measured with the real programs. A source's key
sees its own alerts; a person's API key sees all of them and, with the permission to respond, silences.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from urllib.parse import parse_qs
from uuid import UUID

import msgspec

import tocsin
from tocsin.core.alerts.commands import ExpireSilence, SetSilence
from tocsin.core.alerts.views import Alert
from tocsin.core.intake.views import Request, fingerprint
from tocsin.kernel.matcher import Matcher, Matchers, parse_matcher
from tocsin.kernel.message import Rejected
from tocsin.kernel.moment import rfc3339
from tocsin.kernel.permission import READ
from tocsin.shell.engine import Engine
from tocsin.shell.gateway.silences import in_order, is_picked, read_silence, refusal, show_silence
from tocsin.shell.gateway.wire import JSON, TEXT, Reply, json_reply

API_VERSION = "0.25.0"
"""The Alertmanager whose API this is: amtool warns at every command when it is another than its own."""
RECEIVER = "tocsin"
"""Alertmanager names receivers; here routing leads to ladders, so there is one."""
CONFIG = f"""\
# Tocsin: `tocsin export` shows the routes; here is what amtool can read.
route:
  receiver: {RECEIVER}
receivers:
- name: {RECEIVER}
"""
INTAKE = ("/api/v2/alerts", "/api/v1/alerts")
SILENCE = re.compile(r"/api/v2/silence/([^/]+)")
SILENCE_METHODS = ("DELETE", "GET")
METHODS = {
    "/api/v2/alerts": ("GET", "POST"),
    "/api/v2/alerts/groups": ("GET",),
    "/api/v2/silences": ("GET", "POST"),
    "/api/v2/status": ("GET",),
    "/api/v2/receivers": ("GET",),
    "/api/v1/alerts": ("POST",),
}
HOUSE_METHODS = {"/-/healthy": ("GET", "HEAD"), "/-/ready": ("GET", "HEAD"), "/-/reload": ("POST",)}
TRUE = ("1", "t", "T", "TRUE", "true", "True")
"""What Go reads as true."""
SHOWN_AT_ONCE = 500
"""Alerts shown before the loop may do something else: about 10 ms."""


class AlertmanagerApi:
    """Answers one request after another; keeps nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._started_at = engine.clock.now()

    def is_intake(self, request: Request) -> bool:
        """Whether the request brings alerts."""
        return request.method == "POST" and request.path in INTAKE

    async def take(self, actor: str, source: str, request: Request) -> Reply:
        """One request that is not intake. `source` limits what is seen; empty: everything the actor may read."""
        refused = self._refused(actor, source, request)
        if refused is not None:
            return refused
        reply = await self._route(actor, source, request)
        await self._engine.dry()
        return reply

    def _refused(self, actor: str, source: str, request: Request) -> Reply | None:
        """What is wrong with path, method or permission."""
        path, method = request.path, request.method
        if path.startswith("/-/"):
            return _flaw_of_house(path, method)
        silence = SILENCE.fullmatch(path)
        allowed = SILENCE_METHODS if silence is not None else METHODS.get(path)
        if allowed is None:
            return json_reply(404, {"code": 404, "message": f"path {path} was not found"})
        if method not in allowed:
            message = f"method {method} is not allowed, but [{','.join(allowed)}] are"
            return json_reply(405, {"code": 405, "message": message}, ((b"allow", ",".join(allowed).encode()),))
        if source and (silence is not None or path == "/api/v2/silences"):
            return _forbidden("silences are for people: use the API key of a person in place of the source's key")
        if not source and READ not in self._engine.look.people.permissions_of(actor):
            return _forbidden("the owner of this key may not read")
        if silence is not None and not _is_uuid(silence[1]):
            message = f'silenceID in path must be of type uuid: "{silence[1]}"'
            return json_reply(422, {"code": 601, "message": message})
        return None

    async def _route(self, actor: str, source: str, request: Request) -> Reply:
        path, method = request.path, request.method
        query = parse_qs(request.query, keep_blank_values=True) if request.query else {}
        match method, path:
            case "GET", "/api/v2/alerts":
                return await self._alerts(source, query)
            case "GET", "/api/v2/alerts/groups":
                return await self._groups(source, query)
            case "GET", "/api/v2/silences":
                return self._silences(query)
            case "POST", "/api/v2/silences":
                return await self._set_silence(actor, request)
            case "GET", "/api/v2/status":
                return json_reply(200, self._status())
            case "GET", "/api/v2/receivers":
                return json_reply(200, [{"name": RECEIVER}])
            case "DELETE", _:
                return await self._expire_silence(actor, path.rpartition("/")[2])
            case "GET", _ if SILENCE.fullmatch(path):
                return self._silence(path.rpartition("/")[2])
            case _:
                return Reply(200, b"" if path == "/-/reload" else b"OK", TEXT)

    def _status(self) -> dict[str, object]:
        return {
            "cluster": {"status": "disabled", "peers": []},
            "config": {"original": CONFIG},
            "uptime": rfc3339(self._started_at),
            "versionInfo": {
                "branch": "", "buildDate": "", "buildUser": "", "goVersion": "",
                "revision": f"tocsin-{tocsin.__version__}", "version": API_VERSION,
            },
        }  # fmt: skip

    async def _alerts(self, source: str, query: Mapping[str, list[str]]) -> Reply:
        matchers = _matchers(query)
        if isinstance(matchers, Reply):
            return matchers
        shown: list[tuple[str, bytes]] = []
        async for alert in self._selected(source, query, matchers):
            facts = self._alert(alert)
            shown.append((str(facts["fingerprint"]), msgspec.json.encode(facts)))
        return Reply(200, b"[%b]" % b",".join(body for _, body in sorted(shown)), JSON)

    async def _groups(self, source: str, query: Mapping[str, list[str]]) -> Reply:
        """Alerts by the incident they belong to: that is what groups alerts here."""
        matchers = _matchers(query)
        if isinstance(matchers, Reply):
            return matchers
        groups: dict[str, list[bytes]] = {}
        async for alert in self._selected(source, query, matchers):
            body = msgspec.json.encode(self._alert(alert))
            for incident in self._engine.look.incidents.incidents_of(alert.number) or ("",):
                groups.setdefault(incident, []).append(body)
        return json_reply(
            200,
            [
                {
                    "alerts": [msgspec.Raw(body) for body in alerts],
                    "labels": self._group_labels(incident),
                    "receiver": {"name": RECEIVER},
                }
                for incident, alerts in sorted(groups.items())
            ],
        )

    def _group_labels(self, incident: str) -> dict[str, str]:
        found = self._engine.look.incidents.incident(incident) if incident else None
        return dict(found.group_labels) if found is not None else {}

    async def _selected(self, source: str, query: Mapping[str, list[str]], matchers: Matchers) -> AsyncIterator[Alert]:
        """The open alerts a query asks for, as they were when it came; others get their turn in between."""
        is_receiver = _matchers_of_receiver(query)
        if isinstance(is_receiver, Matchers) and not is_receiver.matches({"receiver": RECEIVER}):
            return
        active, silenced = _flag(query, "active"), _flag(query, "silenced")
        look = self._engine.look.alerts
        found: Iterable[Alert] = look.open_alerts_of(source) if source else look.open_alerts()
        for number, alert in enumerate(tuple(found), 1):
            wanted = silenced if look.is_suppressed(alert.number) else active
            if wanted and matchers.matches(alert.content.labels):
                yield alert
            if number % SHOWN_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _alert(self, alert: Alert) -> dict[str, object]:
        look = self._engine.look.alerts
        is_silenced = look.is_suppressed(alert.number)
        silenced_by = look.silences_of(alert.number, self._engine.clock.now()) if is_silenced else []
        content = alert.content
        url = {"generatorURL": content.url} if content.url else {}
        return {
            "annotations": content.annotations,
            "endsAt": rfc3339(look.expires_at(alert.number) or look.last_seen(alert.number)),
            "fingerprint": fingerprint(content.labels),
            "receivers": [{"name": RECEIVER}],
            "startsAt": rfc3339(alert.started_at),
            "status": {
                "inhibitedBy": [],
                "silencedBy": silenced_by,
                "state": "suppressed" if is_silenced else "active",
            },
            "updatedAt": rfc3339(look.last_seen(alert.number)),
            **url,
            "labels": content.labels,
        }

    def _silences(self, query: Mapping[str, list[str]]) -> Reply:
        wanted = _filters(query)
        if isinstance(wanted, Reply):
            return wanted
        now = self._engine.clock.now()
        silences = self._engine.look.alerts.silences()
        return json_reply(
            200, in_order(show_silence(silence, now) for silence in silences if is_picked(silence, wanted))
        )

    def _silence(self, silence: str) -> Reply:
        found = self._engine.look.alerts.silence(silence)
        return json_reply(200, show_silence(found, self._engine.clock.now())) if found else Reply(404)

    async def _expire_silence(self, actor: str, silence: str) -> Reply:
        decision = await self._engine.submit(ExpireSilence(silence), actor)
        return refusal(decision, unknown=500) if isinstance(decision, Rejected) else Reply(200)

    async def _set_silence(self, actor: str, request: Request) -> Reply:
        posted = read_silence(request)
        if isinstance(posted, Reply):
            return posted
        silence, spec = posted
        new_id = str(UUID(bytes=self._engine.entropy.bytes(16), version=4))
        decision = await self._engine.submit(SetSilence(silence, new_id, spec), actor)
        if isinstance(decision, Rejected):
            return refusal(decision, unknown=404)
        return json_reply(200, {"silenceID": decision.answer})


def _flaw_of_house(path: str, method: str) -> Reply | None:
    allowed = HOUSE_METHODS.get(path)
    if allowed is None:
        return Reply(404, b"404 page not found\n", TEXT)
    if method not in allowed:
        return Reply(405, b"Method Not Allowed\n", TEXT, ((b"allow", ", ".join(allowed).encode()),))
    return None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _forbidden(message: str) -> Reply:
    return json_reply(403, {"code": 403, "message": message})


def _flag(query: Mapping[str, list[str]], name: str) -> bool:
    """Absent is true; what Go cannot parse as a bool is false."""
    values = query.get(name)
    return values is None or values[0] in TRUE


def _filters(query: Mapping[str, list[str]]) -> list[Matcher] | Reply:
    found: list[Matcher] = []
    for text in query.get("filter", ()):
        matcher = parse_matcher(text)
        if isinstance(matcher, str):
            return json_reply(400, f"bad matcher format: {text}")
        found.append(matcher)
    return found


def _matchers(query: Mapping[str, list[str]]) -> Matchers | Reply:
    """The matchers of filter; an answer when these, or those of the receiver, are none."""
    receiver = _matchers_of_receiver(query)
    if isinstance(receiver, str):
        return json_reply(400, f"failed to parse receiver param: {receiver}")
    filters = _filters(query)
    if isinstance(filters, Reply):
        return filters
    compiled = Matchers.compile(query.get("filter", ()))
    return compiled if isinstance(compiled, Matchers) else json_reply(400, compiled)


def _matchers_of_receiver(query: Mapping[str, list[str]]) -> Matchers | str | None:
    """The anchored expression of the receiver, None for any; the text of what is wrong with it."""
    wanted = query.get("receiver")
    return Matchers.compile((str(Matcher("receiver", "=~", wanted[0])),)) if wanted else None
