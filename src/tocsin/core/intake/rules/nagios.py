"""Nagios and Icinga: the macros of a notification, as JSON or form, in any spelling.

Law: a recovery is over whatever its state says. Flapping and downtime are the sender's own business: accepted, no
signals.
"""

from __future__ import annotations

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules.batch import Batch, one_of
from tocsin.core.intake.rules.checks import GOOD, STATES, content_of_check, key_of_check, state_of
from tocsin.core.intake.rules.params import Params, params_of
from tocsin.core.intake.rules.reading import Misunderstood, Reading, Request, Understood, bad
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment

TYPES = "PROBLEM, RECOVERY, ACKNOWLEDGEMENT, FLAPPING*, DOWNTIME*, CUSTOM"


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the notification says."""
    params = params_of(request)
    if isinstance(params, Misunderstood):
        return params
    if literal := params.literal("hostname", "notificationtype", "hoststate", "servicestate"):
        return bad(f"the macro {literal} was not expanded; send it from a notification command")
    host, service = params.get("hostname", "host"), params.get("servicedesc", "service", "servicename")
    if not host:
        return bad("hostname is missing; send the macro $HOSTNAME$ as hostname")
    told = params.get("notificationtype", "type").upper()
    state_word = params.get("servicestate", "state") if service else params.get("hoststate", "state")
    state = state_of(state_word, service)
    key, told_at = key_of_check(host, service), _time(params, spec.zone) or at
    batch = Batch()
    if told in {"RECOVERY", "OK"} or (state in GOOD and told in {"PROBLEM", "CUSTOM", "SERVICE", "HOST", ""}):
        batch.add(key, "resolved", told_at)
    elif told == "ACKNOWLEDGEMENT":
        batch.add(key, "acknowledged", told_at)
    elif told.startswith(("FLAPPING", "DOWNTIME")):
        return Understood()
    elif told not in {"PROBLEM", "CUSTOM", "SERVICE", "HOST", ""}:
        return one_of("nagios", "notificationtype", told, TYPES)
    elif not state:
        return one_of("nagios", "servicestate" if service else "hoststate", state_word, ", ".join(STATES))
    else:
        annotations = _annotations(params, service)
        more = {
            "address": params.get("hostaddress"),
            "check_command": params.get("checkcommand", "servicecheckcommand"),
        }
        batch.add(key, "firing", told_at, content_of_check(spec, host, service, state, annotations, more))
    return batch.reading()


def _annotations(params: Params, service: str) -> dict[str, str]:
    names = ("serviceoutput", "output") if service else ("hostoutput", "output")
    return {
        "description": params.get(*names),
        "details": params.get("longserviceoutput" if service else "longhostoutput", "longoutput"),
        "comment": params.get("notificationcomment", "comment"),
    }


def _time(params: Params, zone: str) -> Moment | None:
    return parse_time(params.get("timet", "time", "date", "shortdatetime", "longdatetime"), zone)
