"""What each protocol's clients expect to be answered. Facts: the protocols' own documents and measured servers.

Law: an answer says what is wrong, where, and how to mend it, in the form its client can show. A dead letter is named
in the header `X-Tocsin-Dead-Letter`, and in the body where the protocol leaves room for it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus
from xml.sax.saxutils import escape

import msgspec

from tocsin.core.intake.views import Flaw, Misunderstood, Request, Understood, decode, unpacked
from tocsin.kernel.message import Rejected
from tocsin.shell.gateway.wire import CLOSE, TEXT, Headers, Reply, json_reply

PAGERDUTY_V1 = "/generic/2010-04-15/create_event.json"
ALERTMANAGER_V1 = "/api/v1/alerts"
KEYS_IN_BODY = ("pagerduty", "zabbix", "nrdp")
"""The doors whose format itself carries a key."""
STRANGERS_UNPACKED_MAX = 1_000_000
"""Bytes a packed body may unpack to before its key is known: nobody is to have the house work who shows none. It is
twice what the largest event of these protocols has."""
NRDP_TOKEN = re.compile(rb"(?:^|&)token=([^&]{1,200})(?:&|$)")
"""The key in a form, which is not read before its sender is known."""
NRDP_WORDS = (400, 401, 404, 405, 409, 422)
"""What NRDP says with 200 and a status of -1; its clients read nothing else."""
XML = b"text/xml; charset=utf-8"
UNKNOWN_KEY = (
    "no source has this key; `tocsin source list` shows the sources, `tocsin source rotate` gives one a new key"
)
NO_KEY = "show the source's key: in the path (/in/<key>/…), as bearer token, as basic password or as ?key="


class _KeyInBody(msgspec.Struct):
    routing_key: str = ""
    service_key: str = ""
    token: str = ""


_KEY_DECODER = msgspec.json.Decoder(_KeyInBody)


def key_in_body(door: str, request: Request) -> str:
    """The key where the format itself carries one; empty for none."""
    plain = unpacked(request, STRANGERS_UNPACKED_MAX)
    if isinstance(plain, Misunderstood):
        return ""
    match door:
        case "pagerduty" | "zabbix":
            found = decode(_KEY_DECODER, plain.body)
            return "" if isinstance(found, Flaw) else found.routing_key or found.service_key or found.token
        case "nrdp":
            token = NRDP_TOKEN.search(plain.body)
            return unquote_plus(token[1].decode("latin-1")) if token else ""
        case _:
            return ""


def accepted(door: str, request: Request, reading: Understood, letter: str = "") -> Reply:
    """Everything understood is durable. `letter` keeps what of it was not understood."""
    facts = reading.answer
    match door:
        case "alertmanager":
            return _alertmanager_ok(request, reading, _names(letter))
        case "pagerduty" if request.path == PAGERDUTY_V1:
            return json_reply(200, _pagerduty_ok({"incident_key": facts.get("incident_key", "")}))
        case "pagerduty":
            dedup = {"dedup_key": facts["dedup_key"]} if "dedup_key" in facts else {}
            return json_reply(202, _pagerduty_ok(dedup))
        case "nrdp":
            return _nrdp(200, request, 0, "OK", f"{len(reading.signals)} checks processed.", _names(letter))
        case "openfalcon":
            return Reply(200, b"ok", TEXT)
        case _ if reading.problems:
            return _problem(400, "partly understood", "; ".join(reading.problems), letter=letter)
        case "alertmanager_webhook" | "grafana":
            return json_reply(200, {"status": "ok", "signals": len(reading.signals)})
        case "heartbeat":
            return json_reply(200, {"status": "ok"})
        case _:
            return json_reply(202, {"status": "accepted", "signals": len(reading.signals)})


def _alertmanager_ok(request: Request, reading: Understood, headers: Headers) -> Reply:
    """The good alerts of a batch are stored whatever the others are."""
    error = "; ".join(reading.problems) if reading.problems else ""
    if request.path == ALERTMANAGER_V1:
        if error:
            return json_reply(400, {"status": "error", "errorType": "bad_data", "error": error}, headers)
        return json_reply(200, {"status": "success"})
    return json_reply(400, error, headers) if error else Reply(200)


def misunderstood(door: str, request: Request, reading: Misunderstood, letter: str) -> Reply:
    """The payload was not understood; it is kept as a dead letter (empty `letter`: there was no payload)."""
    if reading.body:
        return Reply(reading.status, reading.body.encode(), headers=_names(letter))
    title = "Event object is invalid" if door == "pagerduty" else "not understood"
    return refusal(door, request, reading.status, title, reading.error, letter=letter)


def unknown_key(door: str, request: Request, shown: bool) -> Reply:
    """No source has this key."""
    detail = UNKNOWN_KEY if shown else NO_KEY
    match door:
        case "nrdp":
            return refusal(door, request, 401, "", "BAD TOKEN" if shown else "NO TOKEN")
        case "pagerduty":
            return refusal(door, request, 400, "Invalid routing key", detail)
        case "alertmanager":
            return refusal(door, request, 401, "", detail, ((b"www-authenticate", b'Basic realm="tocsin"'),))
        case _:
            return refusal(door, request, 401, "unknown key", detail, ((b"www-authenticate", b"Bearer"),))


def a_persons_key(request: Request) -> Reply:
    """Alerts come from sources."""
    detail = "this is a person's API key; alerts are posted with the key of a source"
    return refusal("alertmanager", request, 403, "", detail)


def wrong_method(door: str, request: Request, allowed: tuple[str, ...]) -> Reply:
    """The door does not take this method."""
    listed = ", ".join(allowed)
    detail = f"method {request.method} is not allowed, but [{','.join(allowed)}] are"
    return refusal(door, request, 405, "method not allowed", detail, ((b"allow", listed.encode()),))


def wrong_door(door: str, own: str) -> Misunderstood:
    """The source is for another protocol."""
    return Misunderstood(404, f"this source takes {own!r}, not {door!r}; use its own address, or set its door to 'any'")


def busy(door: str, request: Request, retry_after_s: int) -> Reply:
    """Not taken; come back. 429 where clients retry on it, 503 where they retry only on 5xx."""
    only_5xx = door in {"alertmanager", "alertmanager_webhook", "nrdp"} or request.path == PAGERDUTY_V1
    detail = "too much waits already; nothing of this request was taken"
    header = (b"retry-after", str(retry_after_s).encode())
    return refusal(door, request, 503 if only_5xx else 429, "busy", detail, (header,))


def stopped(door: str, request: Request) -> Reply:
    """The engine is stopping; what was sent may or may not be durable."""
    return refusal(door, request, 503, "stopping", "nothing more is taken; send again", ((b"retry-after", b"5"),))


def refused(door: str, request: Request, rejected: Rejected) -> Reply:
    """The engine refused what the door understood."""
    status = {"source_unknown": 401, "internal_error": 500}.get(rejected.reason, 422)
    reused = "this Idempotency-Key was used for another request; take a new one"
    detail = reused if rejected.reason == "idempotency_key_reused" else rejected.detail
    return refusal(door, request, status, rejected.reason, detail)


def too_large(door: str, request: Request, bytes_max: int) -> Reply:
    """The body is larger than a body may be."""
    detail = f"the body may have {bytes_max} bytes; send fewer items at a time"
    return refusal(door, request, 413, "body too large", detail, CLOSE)


def too_slow(door: str, request: Request) -> Reply:
    """The body did not come in time."""
    detail = "the body did not arrive in time; nothing of it was taken"
    return refusal(door, request, 408, "body too slow", detail, CLOSE)


def refusal(
    door: str, request: Request, status: int, title: str, detail: str, headers: Headers = (), letter: str = ""
) -> Reply:
    """A refusal in the form of the door's protocol."""
    match door:
        case "alertmanager":
            return json_reply(status, {"code": status, "message": detail}, (*headers, *_names(letter)))
        case "pagerduty":
            word = "throttle exceeded" if status == 429 else "invalid event"
            body = {"status": word, "message": title, "errors": [detail]}
            return json_reply(status, body, (*headers, *_names(letter)))
        case "nrdp":
            return _nrdp(200 if status in NRDP_WORDS else status, request, -1, detail, "", (*headers, *_names(letter)))
        case _:
            return _problem(status, title, detail, headers, letter)


def problem(status: int, title: str, detail: str, headers: Headers = (), **more: object) -> Reply:
    """A problem details document (RFC 9457)."""
    facts = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Reply(status, msgspec.json.encode(facts), b"application/problem+json", headers)


def _problem(status: int, title: str, detail: str, headers: Headers = (), letter: str = "") -> Reply:
    more = {"dead_letter": letter} if letter else {}
    return problem(status, title, detail, (*headers, *_names(letter)), **more)


def _names(letter: str) -> Headers:
    return ((b"x-tocsin-dead-letter", letter.encode()),) if letter else ()


def _pagerduty_ok(more: dict[str, str]) -> dict[str, str]:
    return {"status": "success", "message": "Event processed", **more}


def _nrdp(code: int, request: Request, status: int, message: str, output: str, headers: Headers = ()) -> Reply:
    """XML, or JSON when JSON was sent."""
    if b"JSONDATA" in request.body or "JSONDATA" in request.query:
        return json_reply(code, {"result": {"status": status, "message": message, "meta": {"output": output}}}, headers)
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<result>\n  <status>{status}</status>\n'
        f"  <message>{_xml(message)}</message>\n  <meta><output>{_xml(output)}</output></meta>\n</result>\n"
    )
    return Reply(code, text.encode(), XML, headers)


def _xml(text: str) -> str:
    """XML has no control characters, not even escaped."""
    return escape("".join(char if char.isprintable() or char in "\t\n" else "\ufffd" for char in text))
