"""Grafana: unified alerting (Alertmanager's webhook with more) and the legacy webhook of version 8 and older.

Law: a legacy rule is one alert, whatever its series; only `ok` ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.intake.events import Content, SourceSpec
from tocsin.core.intake.rules.batch import Batch, content, one_of
from tocsin.core.intake.rules.plain import Flaw, as_list, as_object, decode_object, not_json, text_of, texts_of
from tocsin.core.intake.rules.reading import Reading, Request, Understood, bad
from tocsin.core.intake.rules.severity import severity_of
from tocsin.core.intake.rules.webhook import read_group
from tocsin.kernel.message import Moment

LINKS = ("dashboardURL", "panelURL", "silenceURL", "imageURL")
STATES = "alerting, no_data, ok, paused, pending"
MATCHES_MAX = 20
"""Series named in an annotation."""


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What either form says."""
    document = decode_object(request.body)
    if isinstance(document, Flaw):
        return not_json(document)
    if isinstance(document.get("alerts"), list):
        return read_group(spec, document, at, _extras)
    if "ruleId" in document or "ruleName" in document:
        return _read_legacy(spec, document, at)
    return bad("neither alerts (unified alerting) nor ruleId (legacy) is there; send Grafana's webhook unchanged")


def _extras(alert: Mapping[str, object], labels: dict[str, str]) -> tuple[dict[str, str], str, str]:
    found = {name: text_of(alert[name]) for name in LINKS if alert.get(name)}
    if values := text_of(alert.get("valueString")):
        found["values"] = values
    title = ""
    if labels.get("alertname") in {"DatasourceNoData", "DatasourceError"} and labels.get("rulename"):
        title = f"{labels['alertname']}: {labels['rulename']}"
    return found, text_of(alert.get("generatorURL")) or found.get("panelURL", ""), title


def _read_legacy(spec: SourceSpec, document: Mapping[str, object], at: Moment) -> Reading:
    rule, name = text_of(document.get("ruleId")), text_of(document.get("ruleName")) or text_of(document.get("title"))
    if not rule and not name:
        return bad("ruleId and ruleName are empty; one of them must say which rule this is")
    batch = Batch()
    key = f"rule:{text_of(document.get('orgId')) or '1'}:{rule or name}"
    match state := text_of(document.get("state")):
        case "ok":
            batch.add(key, "resolved", at)
        case "alerting" | "no_data":
            batch.add(key, "firing", at, _legacy_content(spec, document, name or f"rule {rule}", state))
        case "paused" | "pending":
            return Understood()
        case _:
            return one_of("grafana", "state", state, STATES)
    return batch.reading()


def _legacy_content(spec: SourceSpec, document: Mapping[str, object], name: str, state: str) -> Content:
    tags = texts_of(document.get("tags"))
    word = tags.get("severity", "")
    values = [
        f"{text_of(one.get('metric'))} = {text_of(one.get('value'))}"
        for one in map(as_object, as_list(document.get("evalMatches"))[:MATCHES_MAX])
    ]
    annotations = {
        "description": text_of(document.get("message")),
        "values": ", ".join(values),
        "imageURL": text_of(document.get("imageUrl")),
    }
    title = f"{name}: no data" if state == "no_data" else name
    labels = {**tags, "alertname": name}
    url = text_of(document.get("ruleUrl"))
    return content(spec, title, severity_of(word, spec.severity_default), labels, annotations, url, word)
