"""CloudEvents 1.0 over HTTP: binary (headers), structured and batch.

Law: source + id name a delivery, never an alert: the same event twice is decided once. The alert is named by the
subject, or by the source's mapping (whose `body` is the event with its `data`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from tocsin.core.intake.events import Content, SourceSpec
from tocsin.core.intake.rules.batch import Batch, content, once
from tocsin.core.intake.rules.generic import Mapper
from tocsin.core.intake.rules.plain import (
    DETAILS_MAX,
    Flaw,
    as_object,
    decode_object,
    decode_plain,
    media_type,
    not_json,
    text_of,
    texts_of,
)
from tocsin.core.intake.rules.reading import SIGNALS_MAX, Misunderstood, Reading, Request, bad, shown, too_many
from tocsin.core.intake.rules.severity import WORDS, severity_of, severity_of_number
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
NEEDED = ("id", "source", "type")
FIRING = "firing fired triggered trigger problem opened raised failed alerting down active"
RESOLVED = "resolved resolve recovered recovery cleared closed ok up normal inactive"
ACKNOWLEDGED = "acknowledged acknowledge acked"
STATUS_WORDS: Mapping[str, str] = {
    **dict.fromkeys(FIRING.split(), "firing"),
    **dict.fromkeys(RESOLVED.split(), "resolved"),
    **dict.fromkeys(ACKNOWLEDGED.split(), "acknowledged"),
}
"""The last word of a type, or `data.status`."""

_WORDS = re.compile(r"[./:_-]")


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the event or the batch of events says."""
    media = media_type(request)
    if media == BATCH:
        found = decode_plain(request.body)
        if isinstance(found, Flaw):
            return not_json(found)
        if not isinstance(found, list):
            return bad("a batch of CloudEvents is a JSON array")
        if len(found) > SIGNALS_MAX:
            return too_many(len(found))
        return _read_events(spec, found, at)
    event = _structured(request) if media == STRUCTURED else _binary(request)
    return event if isinstance(event, Misunderstood) else _read_events(spec, [event], at)


def _read_events(spec: SourceSpec, events: list[object], at: Moment) -> Reading:
    batch = Batch()
    for number, event in enumerate(events):
        if isinstance(event, dict):
            _read_event(spec, batch, f"event {number + 1}", event, at)
        else:
            batch.problem(f"event {number + 1}: a JSON object is needed")
    ids = [f"{text_of(event.get('source'))} {text_of(event.get('id'))}" for event in events if isinstance(event, dict)]
    return batch.reading({"command_id": once("\n".join(ids))} if ids else None)


def _read_event(spec: SourceSpec, batch: Batch, where: str, event: Mapping[str, object], at: Moment) -> None:
    if text_of(event.get("specversion")) != "1.0":
        batch.problem(f"{where}: specversion is {shown(text_of(event.get('specversion')))}; 1.0 is needed")
        return
    if missing := [name for name in NEEDED if not text_of(event.get(name))]:
        batch.problem(f"{where}: {missing[0]} is missing")
        return
    if spec.mapping is not None:
        mapped = Mapper(spec, spec.mapping, at).read(event)
        if isinstance(mapped, Misunderstood):
            batch.problem(f"{where}: {mapped.error}")
        else:
            batch.signals += mapped.signals
            batch.problems += [f"{where}: {problem}" for problem in mapped.problems]
        return
    data = as_object(event.get("data"))
    type_, source = text_of(event.get("type")), text_of(event.get("source"))
    word = text_of(data.get("status")) or _WORDS.split(type_)[-1]
    status = STATUS_WORDS.get(word.strip().lower())
    if status is None:
        batch.problem(
            f"{where}: neither data.status nor the end of the type {shown(type_)} says firing or resolved; "
            "give the source a mapping"
        )
        return
    subject = text_of(event.get("subject"))
    key = f"{source} {subject or _stem(type_)}"
    told = _content(spec, event, data, subject)
    batch.add(key, status, parse_time(text_of(event.get("time"))) or at, told)


def _content(spec: SourceSpec, event: Mapping[str, object], data: Mapping[str, object], subject: str) -> Content:
    word = text_of(event.get("severitytext") or event.get("severity") or data.get("severity"))
    number = text_of(event.get("severitynumber"))
    severity = severity_of(word, spec.severity_default)
    if word.strip().lower() not in WORDS and number.isdecimal() and len(number) < 4:
        severity = severity_of_number(int(number), spec.severity_default)
    titles = (text_of(data.get(name)) for name in ("title", "summary", "message", "name"))
    title = next((text for text in titles if text), "") or subject or text_of(event.get("type"))
    labels = {
        **texts_of(data.get("labels")),
        "source": text_of(event.get("source")),
        "type": text_of(event.get("type")),
        "subject": subject,
    }
    shown_apart = ("title", "status", "severity", "labels", "url")
    details = {name: text for name, text in list(texts_of(data).items())[:DETAILS_MAX] if name not in shown_apart}
    return content(spec, title, severity, labels, details, text_of(data.get("url")), word or number)


def _stem(type_: str) -> str:
    """A type without its last word, so that the recovery of a problem has its key."""
    words = _WORDS.split(type_)
    return type_[: -len(words[-1]) - 1] if len(words) > 1 and words[-1].lower() in STATUS_WORDS else type_


def _structured(request: Request) -> dict[str, object] | Misunderstood:
    event = decode_object(request.body)
    return not_json(event) if isinstance(event, Flaw) else event


def _binary(request: Request) -> dict[str, object] | Misunderstood:
    """Attributes from headers, percent-encoded UTF-8; the body is the data."""
    event: dict[str, object] = {
        name[3:]: unquote(value, errors="replace") for name, value in request.headers.items() if name.startswith("ce-")
    }
    if not event:
        return bad(f"neither ce- headers nor the content type {STRUCTURED} or {BATCH}: this is no CloudEvent")
    media = media_type(request)
    if request.body.strip() and (media.endswith(("/json", "+json")) or not media):
        data = decode_plain(request.body)
        if isinstance(data, Flaw):
            return bad(f"the data of the event cannot be read: {data.error}")
        event["data"] = data
    elif request.body:
        event["data"] = {"message": request.body.decode("utf-8", "replace")}
    return event
