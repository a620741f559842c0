"""What each protocol's clients expect to be answered. Facts: the protocols' own documents and measured servers.

Law: an answer says what is wrong, where, and how to mend it, in the form its client can show.
"""

from __future__ import annotations

from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import msgspec

from tocsin.core.intake.views import Misunderstood, Request, Understood
from tocsin.kernel.message import Rejected
from tocsin.shell.gateway.wire import Reply, json_reply

PAGERDUTY_V1 = "/generic/2010-04-15/create_event.json"


class _KeyInBody(msgspec.Struct):
    routing_key: str = ""
    service_key: str = ""
    token: str = ""


_KEY_DECODER = msgspec.json.Decoder(_KeyInBody)


def key_in_body(door: str, request: Request) -> str:
    """The key where the format itself carries one; empty for none."""
    match door:
        case "pagerduty" | "zabbix":
            try:
                found = _KEY_DECODER.decode(request.body)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return ""
            return found.routing_key or found.service_key or found.token
        case "nrdp":
            form = parse_qs(request.body.decode("utf-8", "replace"))
            return form.get("token", [""])[0]
        case _:
            return ""


def accepted(door: str, request: Request, reading: Understood) -> Reply:
    """Everything understood is durable."""
    facts = reading.answer
    match door:
        case "alertmanager":
            return Reply(200) if not reading.problems else json_reply(400, "; ".join(reading.problems))
        case "alertmanager_webhook" | "grafana":
            return json_reply(200, {"status": "ok", "signals": len(reading.signals)})
        case "pagerduty" if request.path == PAGERDUTY_V1:
            return json_reply(200, _pagerduty_ok({"incident_key": facts.get("incident_key", "")}))
        case "pagerduty":
            dedup = {"dedup_key": facts["dedup_key"]} if "dedup_key" in facts else {}
            return json_reply(202, _pagerduty_ok(dedup))
        case "nrdp":
            return _nrdp(request, 0, "OK", f"{len(reading.signals)} checks processed.")
        case "openfalcon":
            return Reply(200, b"ok", b"text/plain; charset=utf-8")
        case _ if reading.problems:
            return problem(400, "partly understood", "; ".join(reading.problems))
        case _:
            return json_reply(202, {"status": "accepted", "signals": len(reading.signals), **facts})


def misunderstood(door: str, request: Request, reading: Misunderstood, letter: str) -> Reply:
    """The payload was not understood; it is kept as a dead letter."""
    match door:
        case "alertmanager":
            return Reply(reading.status, reading.error.encode())
        case "pagerduty":
            return json_reply(
                400, {"status": "invalid event", "message": "Event object is invalid", "errors": [reading.error]}
            )
        case "nrdp":
            return _nrdp(request, -1, reading.error, "")
        case _:
            return problem(reading.status, "not understood", reading.error, dead_letter=letter)


def unknown_key(door: str, request: Request, shown: bool) -> Reply:
    """No source has this key."""
    detail = (
        "no source has this key; `tocsin source list` shows the sources, `tocsin source rotate` gives a new key"
        if shown
        else "show the source's key: in the path (/in/<key>/…), as bearer token, as basic password or as ?key="
    )
    match door:
        case "nrdp":
            return _nrdp(request, -1, "BAD TOKEN" if shown else "NO TOKEN", "")
        case "pagerduty":
            return json_reply(400, {"status": "invalid event", "message": "Invalid routing key", "errors": [detail]})
        case "alertmanager":
            return json_reply(401, {"code": 401, "message": detail}, ((b"www-authenticate", b'Basic realm="tocsin"'),))
        case _:
            return problem(401, "unknown key", detail, headers=((b"www-authenticate", b"Bearer"),))


def wrong_door(door: str, own: str) -> Reply:
    """The source is for another protocol."""
    return problem(
        404, "wrong door", f"this source takes {own!r}, not {door!r}; use its own address, or set its door to 'any'"
    )


def busy(door: str, retry_after_s: int) -> Reply:
    """Not taken; come back. 429 where clients retry on it, 503 where they retry only on 5xx."""
    status = 503 if door in {"alertmanager", "alertmanager_webhook", "nrdp"} else 429
    header = ((b"retry-after", str(retry_after_s).encode()),)
    return problem(status, "busy", "too much waits already; nothing of this request was taken", headers=header)


def stopped() -> Reply:
    """The engine is stopping."""
    return problem(503, "stopping", "nothing more is taken; send again", headers=((b"retry-after", b"5"),))


def refused(door: str, rejected: Rejected) -> Reply:
    """The engine refused what the door understood."""
    status = 409 if rejected.reason == "idempotency_key_reused" else 422
    return problem(status, rejected.reason, rejected.detail)


def too_large(bytes_max: int) -> Reply:
    """The body is larger than a body may be."""
    return problem(413, "body too large", f"the body may have {bytes_max} bytes; send fewer items at a time")


def too_slow() -> Reply:
    """The body did not come in time."""
    return problem(408, "body too slow", "the body did not arrive in time; nothing of it was taken")


def problem(
    status: int, title: str, detail: str, headers: tuple[tuple[bytes, bytes], ...] = (), **more: object
) -> Reply:
    """A problem details document (RFC 9457)."""
    facts = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Reply(status, msgspec.json.encode(facts), b"application/problem+json", headers)


def _pagerduty_ok(more: dict[str, str]) -> dict[str, str]:
    return {"status": "success", "message": "Event processed", **more}


def _nrdp(request: Request, status: int, message: str, output: str) -> Reply:
    """NRDP answers 200 always; XML, or JSON when JSON was sent."""
    if b"JSONDATA" in request.body or "JSONDATA" in request.query:
        return json_reply(200, {"result": {"status": status, "message": message, "meta": {"output": output}}})
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<result>\n  <status>{status}</status>\n'
        f"  <message>{escape(message)}</message>\n  <meta><output>{escape(output)}</output></meta>\n</result>\n"
    )
    return Reply(200, text.encode(), b"text/xml; charset=utf-8")
