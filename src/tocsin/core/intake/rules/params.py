"""Parameters as monitoring systems of the macro family send them: JSON or form, names in many spellings.

Law: `{EVENT.ID}`, `event_id`, `EVENT.ID` and `eventid` are one name. A macro the sender did not expand has no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.core.intake.rules.plain import Flaw, decode_object, fields, media_type, not_json, text_of
from tocsin.core.intake.rules.reading import Misunderstood, Request

MACRO = re.compile(r"\{\$?#?[A-Z][A-Z0-9_.]*(?:<[0-9]>)?\}")
"""A macro of Zabbix that was not expanded."""
NAGIOS_MACRO = re.compile(r"\$[A-Z0-9_:]+\$")
"""A macro of Nagios that was not expanded."""

_NOISE = re.compile(r"[^a-z0-9]")
_PREFIXES = ("nagios", "icinga")


class Params:
    """The parameters of a request by their plain names; `raw` keeps the values as sent."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self.raw = {_plain_name(name): value.strip() for name, value in raw.items()}

    def get(self, *names: str) -> str:
        """The first of these names that has a value; empty for none."""
        for name in names:
            value = self.raw.get(name, "")
            if value and not is_unknown(value):
                return value
        return ""

    def literal(self, *names: str) -> str:
        """The first of these names whose value is an unexpanded macro, as sent; empty for none."""
        for name in names:
            value = self.raw.get(name, "")
            if MACRO.fullmatch(value) or NAGIOS_MACRO.fullmatch(value):
                return value
        return ""


def is_unknown(value: str) -> bool:
    """Whether a value is no value: an unexpanded macro, or what Zabbix writes for one it cannot expand."""
    return value in {"*UNKNOWN*", "null"} or bool(MACRO.fullmatch(value) or NAGIOS_MACRO.fullmatch(value))


def params_of(request: Request) -> Params | Misunderstood:
    """The parameters of a body (JSON object or form), or of the query when there is no body."""
    if not request.body.strip():
        return Params(fields(request.query))
    media = media_type(request)
    if not request.body.lstrip().startswith(b"{") and media != "application/json":
        return Params(fields(request.body.decode("utf-8", "replace")))
    found = decode_object(request.body)
    if isinstance(found, Flaw):
        return not_json(found)
    return Params({name: text_of(value) for name, value in found.items()})


def _plain_name(name: str) -> str:
    plain = _NOISE.sub("", name.lower())
    for prefix in _PREFIXES:
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return plain[len(prefix) :]
    return plain
