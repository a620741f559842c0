"""Zabbix: the parameters of a webhook media type (those of the PagerDuty template, in any spelling).

Law: a recovery is told by its value alone, whatever else is missing. The times of a recovery message are those of the
problem; its own time is the recovery's, or the arrival.
"""

from __future__ import annotations

from urllib.parse import quote

from tocsin.core.intake.events import Content, SourceSpec
from tocsin.core.intake.rules.batch import Batch, content, one_of
from tocsin.core.intake.rules.params import Params, params_of
from tocsin.core.intake.rules.plain import as_list, as_object, decode_plain, text_of
from tocsin.core.intake.rules.reading import Misunderstood, Reading, Request, bad
from tocsin.core.intake.rules.severity import ZABBIX, severity_of
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import HOUR_MS

NEWS_MS = HOUR_MS
"""How long a discovery or autoregistration stays open: no recovery ever follows it."""
TAGS_MAX = 100
"""Tags of one event."""
NEWS = {"1": "discovery", "2": "autoregistration"}
FIRING = ("1", "problem", "true")
RESOLVED = ("0", "ok", "resolved", "recovery", "false")


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the message says."""
    params = params_of(request)
    if isinstance(params, Misunderstood):
        return params
    if literal := params.literal("eventid", "eventvalue", "triggerid", "triggerstatus"):
        return bad(
            f"the macro {literal} was not expanded: this is the test of a media type in Zabbix, which sends the macros "
            "themselves. The address and the key are right; a real event will be understood"
        )
    key = _key(params)
    if not key:
        return bad("eventid is missing; give the media type the parameter eventid = {EVENT.ID}")
    batch = Batch()
    if params.get("eventsource") in NEWS:
        batch.add(key, "firing", at, _content(spec, params, "info"), Moment(at + NEWS_MS))
        return batch.reading()
    value = params.get("eventvalue", "triggervalue", "eventstatus", "triggerstatus", "status").lower()
    if value in RESOLVED:
        ended_at = _time(params, spec.zone, "eventrecoverydate", "recoverydate", "eventrecoverytime", "recoverytime")
        batch.add(key, "resolved", ended_at or at, _content(spec, params))
    elif value not in FIRING:
        return one_of("zabbix", "eventvalue ({EVENT.VALUE})", value, "1 (problem), 0 (recovery)")
    elif params.get("eventupdate", "eventupdatestatus") == "1" and _is_yes(params.get("eventack", "eventackstatus")):
        batch.add(key, "acknowledged", at, _content(spec, params))
    else:
        began_at = _time(params, spec.zone, "eventdate", "date", "eventtime", "time")
        batch.add(key, "firing", began_at or at, _content(spec, params))
    return batch.reading()


def _key(params: Params) -> str:
    if event := params.get("eventid", "problemid"):
        return event
    trigger = params.get("triggerid")
    return f"trigger:{trigger}:{_host(params)}" if trigger else ""


def _host(params: Params) -> str:
    return params.get("hostname", "host", "hosthost", "hostip")


def _is_yes(text: str) -> bool:
    return text.lower() in {"yes", "1", "true"}


def _time(params: Params, zone: str, *names: str) -> Moment | None:
    """Date and time are two macros, in the server's zone; the first half of the names are dates, the rest times."""
    half = len(names) // 2
    date, clock = params.get(*names[:half]), params.get(*names[half:])
    return parse_time(f"{date} {clock}", zone) if date and clock else parse_time(clock or date, zone)


def _content(spec: SourceSpec, params: Params, severity: str = "") -> Content:
    word = params.get("severity", "eventnseverity", "nseverity", "eventseverity", "triggernseverity", "triggerseverity")
    name = params.get("eventname", "name", "triggername", "alertsubject", "subject")
    host = _host(params)
    labels = {
        **_tags(params.get("eventtags", "eventtagsjson", "tags")),
        "alertname": name,
        "host": host,
        "hostip": params.get("hostip"),
        "triggerid": params.get("triggerid"),
    }
    annotations = {
        "description": params.get("triggerdesc", "triggerdescription"),
        "operational_data": params.get("triggeropdata", "eventopdata", "opdata"),
        "message": params.get("alertmessage", "message"),
    }
    severity = severity or severity_of(word, spec.severity_default, ZABBIX)
    return content(spec, name or f"Zabbix event on {host}", severity, labels, annotations, _link(params), word)


def _tags(text: str) -> dict[str, str]:
    """The tags of {EVENT.TAGSJSON}; values of a tag that comes twice stand side by side."""
    found: dict[str, str] = {}
    for entry in map(as_object, as_list(decode_plain(text.encode()))[:TAGS_MAX]):
        name, value = text_of(entry.get("tag")), text_of(entry.get("value"))
        if name:
            found[name] = f"{found[name]},{value}" if found.get(name) else value
    return found


def _link(params: Params) -> str:
    base, trigger, event = params.get("url", "zabbixurl"), params.get("triggerid"), params.get("eventid")
    if not base.startswith(("http://", "https://")):
        return ""
    if not trigger or not event:
        return base
    return f"{base.rstrip('/')}/tr_events.php?triggerid={quote(trigger)}&eventid={quote(event)}"
