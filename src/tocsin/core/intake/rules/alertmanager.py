"""Alertmanager's API: POST /api/v2/alerts (and v1, the same array). The hot path of the house.

Law: the answers are those of Alertmanager 0.25. A repeat is recognised by the digest of its bytes: labels, annotations
and link are read only when they have not been seen lately.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from tocsin.core.intake.events import Content, Signal, SourceSpec
from tocsin.core.intake.rules.labels import cut_annotations, cut_labels, key_of_labels, key_of_sorted
from tocsin.core.intake.rules.plain import Flaw, decode, decode_plain, media_type
from tocsin.core.intake.rules.reading import (
    ANNOTATION_TEXT_MAX,
    LABEL_TEXT_MAX,
    LABELS_MAX,
    NAME_TEXT_MAX,
    SIGNALS_MAX,
    URL_MAX,
    Memo,
    Misunderstood,
    Reading,
    Request,
    Understood,
    one_line,
)
from tocsin.core.intake.rules.severity import severity_of
from tocsin.core.intake.rules.times import TEXT_MAX, parse_time
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MOMENT_MIN, SECOND_MS

V1 = "/api/v1/alerts"
JSON = "application/json"
UNPARSABLE = 'parsing alerts body from "" failed, because '
"""How API v2 introduces the fault of a JSON text; v1 only tells the fault."""
MEMO_MAX = 200_000
"""Remembered alerts of a source, shared with the alerts that are open: past it the memory starts anew."""
DIGEST_BYTES = 24
"""Of BLAKE2b: nobody finds two alerts with one digest."""
TIMES_MAX = 16_384
"""Remembered times: the beginnings and ends of what is repeated once a minute."""
ORDERS_MAX = 4_096
"""Remembered orders of names of labels: all senders together have some hundreds."""
PROBLEMS_MAX = 100
"""Problems spelled out in one answer."""

_ABSENT = msgspec.Raw(b"")
_NO_TIME = Moment(0)
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_GO_KINDS = {b'"': "string", b"{": "object", b"t": "bool", b"f": "bool"}


class _Posted(msgspec.Struct, gc=False):
    labels: msgspec.Raw = _ABSENT
    annotations: msgspec.Raw = _ABSENT
    startsAt: str | None = None  # noqa: N815 (the wire's name, without a look-up)
    endsAt: str | None = None  # noqa: N815
    generatorURL: msgspec.Raw = _ABSENT  # noqa: N815


_decoder: msgspec.json.Decoder[list[_Posted] | None] = msgspec.json.Decoder(list[_Posted] | None)
_texts_decoder: msgspec.json.Decoder[dict[str, str | None] | None] = msgspec.json.Decoder(dict[str, str | None] | None)
_plain_decoder: msgspec.json.Decoder[dict[str, str]] = msgspec.json.Decoder(dict[str, str])
_url_decoder: msgspec.json.Decoder[str] = msgspec.json.Decoder(str)
_text_decoder: msgspec.json.Decoder[str | None] = msgspec.json.Decoder(str | None)


class _Invalid(msgspec.Struct, frozen=True):
    """The whole request does not have the form of the API."""

    status: int
    code: int
    message: str


def read(spec: SourceSpec, revision: int, request: Request, at: Moment, memo: Memo) -> Reading:
    """What the posted alerts say. Valid alerts of a partly bad batch are kept, as Alertmanager does."""
    posted = _decode(request)
    if isinstance(posted, _Invalid):
        return _refuse(request, posted)
    if len(memo.contents) > MEMO_MAX:
        memo.contents.clear()
    signals: list[Signal] = []
    problems: list[str] = []
    prefix = b"%d" % revision
    expires_at = Moment(at + spec.resolve_after_s * SECOND_MS)
    starts_text, ends_text = None, None
    starts = ends = _NO_TIME
    join, recall, keep = b"\n".join, memo.contents.get, signals.append
    for number, alert in enumerate(posted):
        raw = join((prefix, alert.labels, alert.annotations, alert.generatorURL))
        digest = blake2b(raw, digest_size=DIGEST_BYTES).digest()
        known = recall(digest)
        if alert.startsAt != starts_text:
            starts_text = alert.startsAt
            starts = _time(starts_text)
        if alert.endsAt != ends_text:
            ends_text = alert.endsAt
            ends = _time(ends_text)
        if starts < 0 or ends < 0:
            return _refuse(request, _bad_time((starts_text if starts < 0 else ends_text) or ""))
        problem = "start time must be before end time" if starts > ends > 0 else ""
        if known is None:
            learned = _learn_plain(spec, alert, memo) or _learn(spec, number, alert, memo)
            if isinstance(learned, _Invalid):
                return _refuse(request, learned)
            if isinstance(learned, str):
                problem = problem or learned
            else:
                memo.contents[digest] = known = learned
        if problem or known is None:
            problems.append(problem)
            continue
        if not ends:
            keep(Signal(known[0], "firing", starts or at, known[1], expires_at))
        elif ends <= at:
            keep(Signal(known[0], "resolved", ends, known[1]))
        else:
            keep(Signal(known[0], "firing", starts or at, known[1], ends))
    if problems and not signals:
        return _refuse(request, _Invalid(400, 0, "; ".join(problems[:PROBLEMS_MAX])))
    return Understood(tuple(signals), problems=tuple(problems[:PROBLEMS_MAX]))


def content_of(
    spec: SourceSpec, labels: dict[str, str], annotations: dict[str, str], url: str, title: str = ""
) -> Content:
    """What an alert of the Prometheus family says. `labels` has no empty values."""
    word = labels.get("severity", "")
    return Content(
        one_line(title or annotations.get("summary") or labels.get("alertname") or _described(labels)) or "alert",
        severity_of(word, spec.severity_default),
        cut_labels(labels, spec.labels),
        cut_annotations(annotations),
        url if len(url) <= URL_MAX else "",
        word if len(word) <= URL_MAX else "",
    )


def _described(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={labels[name]}" for name in sorted(labels)[:5])


def _time(text: str | None) -> Moment:
    """The instant; 0 for an absent one, also in Go's words; -1 for what is none. Times before 1970 are absent too."""
    return _instant(text) if text is None or len(text) <= TEXT_MAX else Moment(-1)  # what is remembered must be short


@lru_cache(maxsize=TIMES_MAX)
def _instant(text: str | None) -> Moment:
    if not text:
        return _NO_TIME
    found = parse_time(text)
    if found is None:
        return Moment(-1)
    return _NO_TIME if found <= MOMENT_MIN else Moment(max(found, 1))


def _decode(request: Request) -> list[_Posted] | _Invalid:
    if request.content_type != JSON and request.path != V1:
        media = media_type(request) or "application/octet-stream"
        if media != JSON:
            return _Invalid(415, 415, f'unsupported media type "{media}", only [application/json] are allowed')
    body = request.body.strip()
    if not body:
        return _Invalid(422, 602, "alerts in body is required")
    posted = decode(_decoder, body)
    if isinstance(posted, Flaw):
        return _unparsable(_go_words(body, posted))
    posted = posted or []
    if len(posted) > SIGNALS_MAX:
        return _Invalid(413, 413, f"{len(posted)} alerts in one request; send at most {SIGNALS_MAX} at a time")
    return posted


def _go_words(body: bytes, flaw: Flaw) -> str:
    """What is wrong with the array, as Go says it where it has words for it."""
    plain = decode_plain(body) if flaw.is_valid_json else flaw
    if isinstance(plain, Flaw) and plain.ends_early:
        return "unexpected EOF"
    if flaw.is_valid_json and body[:1] != b"[":
        kind = _GO_KINDS.get(body[:1], "number")
        return f"json: cannot unmarshal {kind} into Go value of type models.PostableAlerts"
    return flaw.error


def _unparsable(why: str) -> _Invalid:
    return _Invalid(400, 400, UNPARSABLE + why)


def _bad_time(text: str) -> _Invalid:
    shown = msgspec.json.encode(text[:64]).decode()
    return _unparsable(f'parsing time {shown} as "2006-01-02 15:04:05": cannot parse {shown} as "2006"')


def _learn_plain(spec: SourceSpec, alert: _Posted, memo: Memo) -> tuple[str, Content] | None:
    """Key and content of an alert about which nothing is unusual, as of nearly all: what `_learn` would say, in much
    less time. None for any other."""
    if len(alert.labels) > LABEL_TEXT_MAX or len(alert.annotations) > ANNOTATION_TEXT_MAX or spec.labels:
        return None
    try:
        labels = _plain_decoder.decode(alert.labels)
        annotations = {} if alert.annotations is _ABSENT else _plain_decoder.decode(alert.annotations)
        url = "" if alert.generatorURL is _ABSENT else _url_decoder.decode(alert.generatorURL)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    names, noted = tuple(labels), tuple(annotations)
    order, noted_order = _plain_order(names), _plain_order(noted)
    if not order or noted_order is None or not all(labels.values()) or not all(annotations.values()):
        return None
    if url and not (url.startswith(("http://", "https://")) and len(url) <= URL_MAX):
        return None
    if order != names:
        labels = {name: labels[name] for name in order}
    if noted_order != noted:
        annotations = {name: annotations[name] for name in noted_order}
    url = memo.share(labels, annotations, url)
    word = labels.get("severity", "")
    title = one_line(annotations.get("summary") or labels.get("alertname") or _described(labels)) or "alert"
    content = Content(title, severity_of(word, spec.severity_default), labels, annotations, url, word)
    return key_of_sorted(labels), content


@lru_cache(maxsize=ORDERS_MAX)
def _plain_order(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Names of labels in order; None when one is not allowed, or they are many or long."""
    if len(names) > LABELS_MAX or len("".join(names)) > NAME_TEXT_MAX or _strange_name(names):
        return None
    return tuple(sorted(names))


def _learn(spec: SourceSpec, number: int, alert: _Posted, memo: Memo) -> tuple[str, Content] | _Invalid | str:
    """Key and content of an alert seen for the first time; a text when only this alert is bad."""
    labels = _texts(alert.labels, "labels")
    if isinstance(labels, _Invalid):
        return labels
    if labels is None:
        return _Invalid(422, 602, f"{number}.labels in body is required")
    annotations = _texts(alert.annotations, "annotations")
    if isinstance(annotations, _Invalid):
        return annotations
    url = _url(number, alert.generatorURL)
    if isinstance(url, _Invalid):
        return url
    named = {name: text for name, text in labels.items() if text}
    if not named:
        return "at least one label pair required"
    if what := _strange_name(named):
        return f"invalid label set: invalid name {what}"
    if what := _strange_name(annotations or {}):
        return f"invalid annotations: invalid name {what}"
    noted = {name: text for name, text in (annotations or {}).items() if text}
    content = content_of(spec, named, noted, url)
    memo.share(content.labels, content.annotations, content.url)
    return key_of_labels(named), content


def _texts(raw: msgspec.Raw, field: str) -> dict[str, str | None] | _Invalid | None:
    """The texts of `labels` or `annotations`; None when they are not there; null values are empty, as in Go."""
    body = bytes(raw)
    if not body:
        return None
    found = decode(_texts_decoder, body)
    if not isinstance(found, Flaw):
        return found
    if not found.is_valid_json:
        return _unparsable(found.error)
    got = found.error.rpartition("got `")[2].partition("`")[0]
    kind = {"int": "number", "float": "number", "str": "string"}.get(got, got)
    goal = "string" if body[:1] == b"{" else "models.LabelSet"
    return _unparsable(f"json: cannot unmarshal {kind} into Go struct field Alert.{field} of type {goal}")


def _url(number: int, raw: msgspec.Raw) -> str | _Invalid:
    body = bytes(raw)
    if not body:
        return ""
    url = decode(_text_decoder, body)
    if isinstance(url, Flaw):
        return _unparsable("json: cannot unmarshal into Go struct field Alert.generatorURL of type strfmt.URI")
    if url and not url.startswith("/") and _SCHEME.match(url) is None:
        shown = msgspec.json.encode(url).decode()
        return _Invalid(422, 601, f"{number}.generatorURL in body must be of type uri: {shown}")
    return url or ""


def _strange_name(names: Iterable[str]) -> str:
    """The first name Prometheus does not allow, quoted; empty for none."""
    strange = [name for name in names if _NAME.fullmatch(name) is None]
    return msgspec.json.encode(min(strange)).decode() if strange else ""


def _refuse(request: Request, invalid: _Invalid) -> Misunderstood:
    if request.path == V1:
        error = invalid.message.removeprefix(UNPARSABLE)
        body: object = {"status": "error", "errorType": "bad_data", "error": error}
        return Misunderstood(400, invalid.message, msgspec.json.encode(body).decode())
    body = {"code": invalid.code, "message": invalid.message} if invalid.code else invalid.message
    return Misunderstood(invalid.status, invalid.message, msgspec.json.encode(body).decode())
