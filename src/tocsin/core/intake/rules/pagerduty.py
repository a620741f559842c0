"""PagerDuty's Events API, v2 and v1, and its change events.

Law: the limits and the words of refusal are those its clients know. An event without a key of its own gets one that
depends on its text and its arrival alone, and it is told to the sender.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.intake.events import Change, Content, SourceSpec
from tocsin.core.intake.rules.batch import NOTHING, Batch, content, once
from tocsin.core.intake.rules.labels import cut_labels
from tocsin.core.intake.rules.plain import Flaw, as_list, as_object, decode_object, not_json, text_of, texts_of
from tocsin.core.intake.rules.reading import URL_MAX, Reading, Request, Understood, bad, one_line
from tocsin.core.intake.rules.severity import NAGIOS, PAGERDUTY, severity_of
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment

BODY_MAX = 512 * 1_024
"""Bytes of an event."""
KEY_MAX = 255
"""Characters of a dedup key."""
LINKS_MAX = 20
"""Links of one event."""
STATUSES = {"trigger": "firing", "acknowledge": "acknowledged", "resolve": "resolved"}
ACTIONS = "must be one of trigger, acknowledge, resolve"


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the event says; the path tells which API it is."""
    if len(request.body) > BODY_MAX:
        return bad(f"the event has {len(request.body)} bytes; an event may have {BODY_MAX}", 413)
    event = decode_object(request.body)
    if isinstance(event, Flaw):
        return not_json(event)
    if request.path.endswith("/change/enqueue"):
        return _read_change(spec, event, at)
    if "event_type" in event or request.path.endswith("/create_event.json"):
        return _read_v1(spec, request, event, at)
    return _read_v2(spec, request, event, at)


def _read_v2(spec: SourceSpec, request: Request, event: Mapping[str, object], at: Moment) -> Reading:
    action, key = text_of(event.get("event_action")), text_of(event.get("dedup_key"))
    payload = as_object(event.get("payload"))
    errors = _flaws(event, "event_action", "dedup_key")
    if action == "trigger":
        errors += [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
        if text_of(payload.get("severity")) not in PAGERDUTY:
            errors.append(f"'payload.severity' must be one of {', '.join(PAGERDUTY)}")
    if errors:
        return bad("; ".join(errors))
    key = key or _new_key(request, at)
    # Only a trigger has a payload; the time of the others is their arrival.
    told_at = parse_time(text_of(payload.get("timestamp"))) if action == "trigger" else None
    batch = Batch()
    batch.add(key, STATUSES[action], told_at or at, _content(spec, event, payload) if action == "trigger" else NOTHING)
    return batch.reading({"dedup_key": key})


def _content(spec: SourceSpec, event: Mapping[str, object], payload: Mapping[str, object]) -> Content:
    word = text_of(payload.get("severity"))
    labels = {name: text_of(payload.get(name)) for name in ("source", "component", "group", "class")}
    details = payload.get("custom_details")
    annotations = texts_of(details) if isinstance(details, dict) else {"details": text_of(details)}
    annotations |= _surroundings(event)
    summary = text_of(payload.get("summary"))
    if one_line(summary) != summary:
        annotations["summary"] = summary
    return content(
        spec, summary, severity_of(word, spec.severity_default, PAGERDUTY), labels, annotations, _link(event), word
    )


def _read_v1(spec: SourceSpec, request: Request, event: Mapping[str, object], at: Moment) -> Reading:
    action, key = text_of(event.get("event_type")), text_of(event.get("incident_key"))
    description = text_of(event.get("description"))
    errors = _flaws(event, "event_type", "incident_key")
    if action == "trigger" and not description:
        errors.append("'description' is missing or blank")
    if errors:
        return bad("; ".join(errors))
    key = key or _new_key(request, at)
    details = texts_of(event.get("details"))
    # pdagent's integration with Nagios sends every macro among the details.
    word = details.get("severity") or details.get("SERVICESTATE") or details.get("HOSTSTATE") or ""
    table = NAGIOS if "HOSTSTATE" in details or "SERVICESTATE" in details else PAGERDUTY
    told = content(
        spec,
        description,
        severity_of(word, spec.severity_default, table),
        {"source": text_of(event.get("client")), "host": details.get("HOSTNAME", "")},
        {**details, **_surroundings(event)},
        _link(event),
        word,
    )
    batch = Batch()
    batch.add(key, STATUSES[action], at, told if action == "trigger" else NOTHING)
    return batch.reading({"incident_key": key})


def _read_change(spec: SourceSpec, event: Mapping[str, object], at: Moment) -> Reading:
    payload = as_object(event.get("payload"))
    summary = one_line(text_of(payload.get("summary")))
    if not summary:
        return bad("'payload.summary' is missing or blank")
    labels = {**texts_of(payload.get("custom_details")), "source": text_of(payload.get("source"))}
    told_at = parse_time(text_of(payload.get("timestamp"))) or at
    return Understood(changes=(Change(summary, told_at, cut_labels(labels, spec.labels), _link(event)),))


def _new_key(request: Request, at: Moment) -> str:
    """A key for an event without one: of its text and its arrival, or of the sender's own id of the request, so that
    sending it again is told the same key."""
    own = request.headers.get("idempotency-key") or str(at)
    return once(f"{own} {once(request.body.decode('utf-8', 'replace'))}")[:32]


def _flaws(event: Mapping[str, object], action: str, key: str) -> list[str]:
    errors = []
    if text_of(event.get(action)) not in STATUSES:
        errors.append(f"'{action}' {ACTIONS}")
    elif not event.get(key) and event.get(action) != "trigger":
        errors.append(f"'{key}' is missing or blank")
    if len(text_of(event.get(key))) > KEY_MAX:
        errors.append(f"'{key}' has more than {KEY_MAX} characters")
    return errors


def _link(event: Mapping[str, object]) -> str:
    """The one link of an event: the sender's own, or the first of its links."""
    links = [*as_list(event.get("links")), *as_list(event.get("contexts"))][:LINKS_MAX]
    found = [text_of(event.get("client_url")), *(text_of(as_object(link).get("href")) for link in links)]
    return next((url for url in found if url and len(url) <= URL_MAX), "")


def _surroundings(event: Mapping[str, object]) -> dict[str, str]:
    """Client, links and images as annotations."""
    links = [*as_list(event.get("links")), *as_list(event.get("contexts"))][:LINKS_MAX]
    lines = [f"{text_of(one.get('text'))} {text_of(one.get('href'))}".strip() for one in map(as_object, links)]
    images = [text_of(as_object(one).get("src")) for one in as_list(event.get("images"))[:LINKS_MAX]]
    found = {"client": text_of(event.get("client")), "links": "\n".join(lines), "images": "\n".join(images)}
    return {name: text for name, text in found.items() if text.strip()}
