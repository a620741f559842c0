"""The webhook of Alertmanager: a group of alerts, some firing, some over; Grafana sends the same and more.

Law: an alert has the key of its label set, so it is the same alert through every Prometheus door of a source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules.alertmanager import content_of
from tocsin.core.intake.rules.batch import Batch
from tocsin.core.intake.rules.labels import key_of_labels
from tocsin.core.intake.rules.plain import Flaw, decode_object, kind, not_json, text_of, texts_of
from tocsin.core.intake.rules.reading import SIGNALS_MAX, Reading, Request, bad, shown, too_many
from tocsin.core.intake.rules.times import is_zero, parse_time
from tocsin.kernel.message import Moment

Extras = Callable[[Mapping[str, object], dict[str, str]], tuple[dict[str, str], str, str]]
"""What a relative of the protocol adds to an alert: from the alert and its labels the further annotations, the link
and the title (empty for the usual ones)."""


def no_extras(alert: Mapping[str, object], labels: dict[str, str]) -> tuple[dict[str, str], str, str]:
    """Alertmanager itself adds nothing."""
    return {}, "", ""


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the group of alerts says."""
    document = decode_object(request.body)
    return not_json(document) if isinstance(document, Flaw) else read_group(spec, document, at, no_extras)


def read_group(spec: SourceSpec, document: Mapping[str, object], at: Moment, extras: Extras) -> Reading:
    """The alerts of a group, each with its own status."""
    alerts = document.get("alerts")
    if not isinstance(alerts, list):
        return bad(f"alerts is a {kind(alerts)}; a webhook of Alertmanager has an array of alerts")
    if len(alerts) > SIGNALS_MAX:
        return too_many(len(alerts))
    batch = Batch()
    for number, alert in enumerate(alerts):
        if isinstance(alert, dict):
            _read_alert(spec, batch, f"alerts[{number}]", alert, document, at, extras)
        else:
            batch.problem(f"alerts[{number}] is a {kind(alert)}; an object is needed")
    return batch.reading()


def _read_alert(
    spec: SourceSpec,
    batch: Batch,
    where: str,
    alert: Mapping[str, object],
    document: Mapping[str, object],
    at: Moment,
    extras: Extras,
) -> None:
    labels = {name: value for name, value in texts_of(alert.get("labels")).items() if value}
    if not labels:
        batch.problem(f"{where}.labels: at least one label with a value is needed")
        return
    status = text_of(alert.get("status") or document.get("status"))
    annotations, url, title = extras(alert, labels)
    content = content_of(
        spec,
        labels,
        {**texts_of(alert.get("annotations")), **annotations},
        url or text_of(alert.get("generatorURL")),
        title,
    )
    key = key_of_labels(labels)
    match status:
        case "firing":
            batch.add(key, "firing", _time(alert.get("startsAt")) or at, content)
        case "resolved":
            batch.add(key, "resolved", _time(alert.get("endsAt")) or at, content)
        case _:
            batch.problem(f"{where}.status is {shown(status)}; it must be 'firing' or 'resolved'")


def _time(value: object) -> Moment | None:
    """The instant, None for an absent one, also in Go's words."""
    found = parse_time(value) if isinstance(value, str) else None
    return None if found is None or is_zero(found) else found
