"""How monitors say what they see: a trouble in, the bytes of a request out, in each door's own words.

Law: a dialect knows its protocol and nothing of the house. Each request names the tokens of the troubles it speaks of,
by which the checkers find them again in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import msgspec

from tocsin.kernel.moment import DAY_MS, EPOCH, MINUTE_MS, rfc3339

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PROMETHEUS_AHEAD_MS = 4 * MINUTE_MS
"""Prometheus promises to repeat a firing alert within four of its resend intervals."""
PROMETHEUS_POST_MAX = 256
"""Alerts in one POST of Prometheus."""


class Trouble(msgspec.Struct):
    """Something that is wrong somewhere, as its monitor sees it. `ended_at` 0: still. `token` is unique in the run."""

    token: str
    host: str
    service: str
    name: str
    severity: str
    started_at: int
    ended_at: int = 0

    @property
    def number(self) -> int:
        """The number in the token."""
        return int(self.token[1:-1])


class Ask(msgspec.Struct, frozen=True):
    """A request at a door. `tokens` are the troubles it tells of."""

    path: str
    body: bytes = b""
    content_type: str = JSON
    method: str = "POST"
    query: str = ""
    headers: dict[str, str] = {}
    tokens: tuple[str, ...] = ()


Dialect = Callable[[str, Trouble, int], Ask]
"""The source's key, the trouble (over when it has ended) and the monitor's clock; one request."""


def alertmanager(key: str, troubles: Sequence[Trouble], at: int) -> Ask:
    """What Prometheus posts: an array of labels and times."""
    posted = [
        {
            "labels": _labels(trouble),
            "annotations": {"summary": f"{trouble.name} on {trouble.host}", "token": trouble.token},
            "startsAt": rfc3339(trouble.started_at),
            "endsAt": rfc3339(trouble.ended_at or at + PROMETHEUS_AHEAD_MS),
            "generatorURL": "http://prometheus.example/graph",
        }
        for trouble in troubles
    ]
    return Ask(f"/in/{key}/api/v2/alerts", _json(posted), tokens=_tokens(troubles))


def webhook(key: str, troubles: Sequence[Trouble], at: int) -> Ask:
    """What an Alertmanager or a Grafana sends on."""
    alerts = [
        {
            "status": "resolved" if trouble.ended_at else "firing",
            "labels": _labels(trouble),
            "annotations": {"summary": trouble.name},
            "startsAt": rfc3339(trouble.started_at),
            "endsAt": rfc3339(trouble.ended_at) if trouble.ended_at else "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": f"{trouble.number:016x}",
        }
        for trouble in troubles
    ]
    status = "firing" if any(not trouble.ended_at for trouble in troubles) else "resolved"
    body = {
        "version": "4", "groupKey": "{}:{}", "status": status, "receiver": "tocsin", "groupLabels": {},
        "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://am.example", "alerts": alerts,
    }  # fmt: skip
    return Ask(f"/in/{key}/alertmanager", _json(body), tokens=_tokens(troubles))


def pagerduty(key: str, trouble: Trouble, at: int) -> Ask:
    """PagerDuty Events v2."""
    event: dict[str, object] = {
        "routing_key": key,
        "event_action": "resolve" if trouble.ended_at else "trigger",
        "dedup_key": trouble.token,
    }
    if not trouble.ended_at:
        event["payload"] = {
            "summary": f"{trouble.name} on {trouble.host} {trouble.token}",
            "source": trouble.host,
            "severity": {"high": "error", "medium": "warning", "low": "info"}.get(trouble.severity, "critical"),
            "component": trouble.service,
            "timestamp": rfc3339(trouble.started_at),
        }
    return Ask("/v2/enqueue", _json(event), tokens=(trouble.token,))


def pagerduty_acknowledge(key: str, trouble: Trouble, at: int) -> Ask:
    """Somebody took it on in the sender's own system."""
    event = {"routing_key": key, "event_action": "acknowledge", "dedup_key": trouble.token}
    return Ask("/v2/enqueue", _json(event), tokens=())


def zabbix(key: str, trouble: Trouble, at: int) -> Ask:
    """The webhook media type of Zabbix; its times are local, without a zone."""
    there = _local(trouble.ended_at or trouble.started_at)
    body = {
        "token": key, "eventid": str(trouble.number), "eventname": f"{trouble.name} {trouble.token}",
        "eventvalue": "0" if trouble.ended_at else "1", "eventdate": there[:10].replace("-", "."),
        "eventtime": there[11:], "eventupdate": "0", "eventack": "No", "event_source": "0",
        "severity": {"critical": "5", "high": "4", "medium": "3", "low": "2"}.get(trouble.severity, "1"),
        "hostname": trouble.host, "hostip": "192.0.2.7", "triggerid": "7", "triggerdesc": "", "triggeropdata": "",
        "eventtags": "[]", "alert_message": trouble.token, "url": "http://zabbix.example",
    }  # fmt: skip
    return Ask(f"/in/{key}/zabbix", _json(body), tokens=(trouble.token,))


def nagios(key: str, trouble: Trouble, at: int) -> Ask:
    """A notification of Nagios or Icinga as JSON."""
    body = {
        "NOTIFICATIONTYPE": "RECOVERY" if trouble.ended_at else "PROBLEM",
        "HOSTNAME": trouble.host, "SERVICEDESC": f"{trouble.name} {trouble.token}",
        "SERVICESTATE": "OK" if trouble.ended_at else "CRITICAL" if trouble.severity == "critical" else "WARNING",
        "SERVICEOUTPUT": f"seen {trouble.token}", "TIMET": str((trouble.ended_at or trouble.started_at) // 1000),
    }  # fmt: skip
    return Ask(f"/in/{key}/nagios", _json(body), tokens=(trouble.token,))


def nrdp(key: str, trouble: Trouble, at: int) -> Ask:
    """A passive check result by NRDP."""
    state = "0" if trouble.ended_at else "2" if trouble.severity == "critical" else "1"
    results = {
        "checkresults": [
            {
                "checkresult": {"type": "service"}, "hostname": trouble.host,
                "servicename": f"{trouble.name} {trouble.token}", "state": state, "output": trouble.token,
            }
        ]
    }  # fmt: skip
    form = urlencode({"token": key, "cmd": "submitcheck", "JSONDATA": _json(results).decode()})
    return Ask("/nrdp/", form.encode(), FORM, tokens=(trouble.token,))


def openfalcon(key: str, trouble: Trouble, at: int) -> Ask:
    """The callback of Open-Falcon: a GET with eleven parameters."""
    query = urlencode(
        {
            "endpoint": trouble.host, "metric": trouble.token, "status": "OK" if trouble.ended_at else "PROBLEM",
            "step": 1, "priority": {"critical": 0, "high": 1, "medium": 3}.get(trouble.severity, 5),
            "time": _local(trouble.ended_at or trouble.started_at), "tpl_id": 1, "exp_id": 0, "stra_id": 7,
            "left_value": "98.5", "tags": f"service:{trouble.service},mount:/",
        }
    )  # fmt: skip
    return Ask(f"/in/{key}/openfalcon", b"", "", "GET", query, tokens=(trouble.token,))


def cloudevents(key: str, trouble: Trouble, at: int) -> Ask:
    """A CloudEvent in binary mode; its id is that of the state it tells, so a repetition has the same id."""
    what = "resolved" if trouble.ended_at else "firing"
    headers = {
        "ce-specversion": "1.0", "ce-id": f"{trouble.token}-{what}", "ce-source": f"/hosts/{trouble.host}",
        "ce-type": f"com.example.alert.{what}", "ce-subject": trouble.token,
        "ce-time": rfc3339(trouble.ended_at or trouble.started_at),
    }  # fmt: skip
    data = {"status": what, "title": f"{trouble.name} {trouble.token}", "severity": trouble.severity}
    return Ask(f"/in/{key}/cloudevents", _json(data), headers=headers, tokens=(trouble.token,))


def generic(key: str, trouble: Trouble, at: int) -> Ask:
    """JSON of no known kind, read by the source's mapping."""
    body = {
        "id": trouble.token, "what": f"{trouble.name} on {trouble.host}", "state": "up" if trouble.ended_at else "down",
        "level": trouble.severity, "when": rfc3339(trouble.ended_at or trouble.started_at),
        "tags": {"service": trouble.service, "host": trouble.host},
    }  # fmt: skip
    return Ask(f"/in/{key}/generic", _json(body), tokens=(trouble.token,))


SINGLE: dict[str, Dialect] = {
    "pagerduty": pagerduty,
    "zabbix": zabbix,
    "nagios": nagios,
    "nrdp": nrdp,
    "openfalcon": openfalcon,
    "cloudevents": cloudevents,
    "generic": generic,
}
"""Doors whose monitors tell each trouble once when it begins and once when it ends."""


def _labels(trouble: Trouble) -> dict[str, str]:
    return {
        "alertname": trouble.name, "severity": trouble.severity, "service": trouble.service, "host": trouble.host,
        "token": trouble.token,
    }  # fmt: skip


def _tokens(troubles: Sequence[Trouble]) -> tuple[str, ...]:
    return tuple(trouble.token for trouble in troubles)


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _local(at: int) -> str:
    """`2026-03-24 03:12:00`, UTC: the sources' zone."""
    assert at < 200 * 365 * DAY_MS, f"{at} is no time of a simulation after {EPOCH}"
    return rfc3339(at)[:19].replace("T", " ")
