"""The doors by name: which file reads what.

Law: nothing is guessed. The address names the door, or the source has one; whatever comes, a reading is returned.
"""

from __future__ import annotations

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules import (
    alertmanager,
    cloudevents,
    generic,
    grafana,
    nagios,
    nrdp,
    openfalcon,
    pagerduty,
    webhook,
    zabbix,
)
from tocsin.core.intake.rules.plain import unpacked
from tocsin.core.intake.rules.reading import Memo, Misunderstood, Reading, Request, Understood, bad
from tocsin.kernel.message import Moment


def read(spec: SourceSpec, revision: int, door: str, request: Request, at: Moment, memo: Memo) -> Reading:
    """What the request through this door says. Never raises."""
    plain = unpacked(request)
    if isinstance(plain, Misunderstood):
        return plain
    match door:
        case "alertmanager":
            return alertmanager.read(spec, revision, plain, at, memo)
        case "alertmanager_webhook":
            return webhook.read(spec, plain, at)
        case "grafana":
            return grafana.read(spec, plain, at)
        case "pagerduty":
            return pagerduty.read(spec, plain, at)
        case "zabbix":
            return zabbix.read(spec, plain, at)
        case "nagios":
            return nagios.read(spec, plain, at)
        case "nrdp":
            return nrdp.read(spec, plain, at)
        case "openfalcon":
            return openfalcon.read(spec, plain, at)
        case "cloudevents":
            return cloudevents.read(spec, plain, at)
        case "generic":
            return generic.read(spec, plain, at)
        case "heartbeat":
            return _beat(spec)
        case _:
            return bad("the address must name the protocol, like /in/<key>/grafana; nothing is guessed", 404)


def _beat(spec: SourceSpec) -> Reading:
    """Any request is a beat, if one is expected at all."""
    if not spec.every_s:
        return bad("this source expects no heartbeat; set every_s, how often it beats, in seconds", 409)
    return Understood(beats=True)
