"""NRDP: passive check results of Nagios agents, as XML or JSON in a form.

Law: refusals begin with the words its clients know. XML with entities or a document type is refused: they serve
attacks alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules.batch import Batch
from tocsin.core.intake.rules.checks import GOOD, STATES, content_of_check, key_of_check, state_of
from tocsin.core.intake.rules.plain import Flaw, as_list, as_object, decode_object, fields, text_of
from tocsin.core.intake.rules.reading import (
    SIGNALS_MAX,
    Misunderstood,
    Reading,
    Request,
    Understood,
    bad,
    shown,
    too_many,
)
from tocsin.core.intake.rules.times import parse_time
from tocsin.kernel.message import Moment

Check = Mapping[str, str]
"""One result: `hostname`, `servicename`, `state`, `output`, `time`, `type`."""
FIELDS = ("hostname", "servicename", "state", "output", "time")


def read(spec: SourceSpec, request: Request, at: Moment) -> Reading:
    """What the form says."""
    form = {name.lower(): value for name, value in fields(request.query).items()}
    form |= {name.lower(): value for name, value in fields(request.body.decode("utf-8", "replace")).items()}
    match form.get("cmd", "submitcheck"):
        case "hello":
            return Understood()
        case "submitcheck":
            pass
        case other:
            return bad(f"UNKNOWN COMMAND: cmd is {shown(other)}; only submitcheck and hello are taken here")
    checks = _checks(form)
    if isinstance(checks, Misunderstood):
        return checks
    if len(checks) > SIGNALS_MAX:
        return too_many(len(checks))
    batch = Batch()
    for number, check in enumerate(checks):
        _read_check(spec, batch, f"checkresult {number + 1}", check, at)
    return batch.reading()


def _read_check(spec: SourceSpec, batch: Batch, where: str, check: Check, at: Moment) -> None:
    host, service = check["hostname"].strip(), check["servicename"].strip()
    if check["type"] == "host":
        service = ""
    if not host:
        batch.problem(f"{where}: hostname is missing")
        return
    state = state_of(check["state"], service)
    told_at = parse_time(check["time"], spec.zone) or at
    if not state:
        batch.problem(f"{where}: state is {shown(check['state'])}; give 0 to 3 or one of {', '.join(STATES)}")
    elif state in GOOD:
        batch.add(key_of_check(host, service), "resolved", told_at)
    else:
        content = content_of_check(spec, host, service, state, {"description": check["output"]})
        batch.add(key_of_check(host, service), "firing", told_at, content)


def _checks(form: Mapping[str, str]) -> list[Check] | Misunderstood:
    if xml := form.get("xmldata") or form.get("xml"):
        return _of_xml(xml)
    if text := form.get("jsondata") or form.get("json"):
        return _of_json(text)
    return bad("NO DATA: neither XMLDATA nor JSONDATA is there")


def _of_xml(text: str) -> list[Check] | Misunderstood:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return bad(f"BAD XML: {error}")
    found: list[Check] = []
    for check in root.iter("checkresult"):
        row = {name: check.findtext(name) or "" for name in FIELDS}
        found.append({**row, "type": check.get("type", "")})
    return found or bad("NO DATA: the XML has no checkresult")


def _of_json(text: str) -> list[Check] | Misunderstood:
    document = decode_object(text.encode())
    if isinstance(document, Flaw):
        return bad(f"BAD JSON: {document.error}")
    found: list[Check] = []
    for check in map(as_object, as_list(document.get("checkresults"))):
        row = {name: text_of(check.get(name)) for name in FIELDS}
        found.append({**row, "type": text_of(as_object(check.get("checkresult")).get("type"))})
    return found or bad("NO DATA: the JSON has no checkresults")
