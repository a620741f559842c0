"""Which door a path leads to, and which key the sender shows: path prefix, bearer, basic password or query.

`/in/<key>/<door>…` carries the key in the path; the fixed paths of the protocols (`/api/v2/alerts`, `/v2/enqueue`…)
take it from the request.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

PREFIX = "/in/"
QUERY_KEYS = ("key", "api_key", "integration_key", "token")
FIXED = {
    "/v2/enqueue": "pagerduty",
    "/v2/change/enqueue": "pagerduty",
    "/generic/2010-04-15/create_event.json": "pagerduty",
    "/nrdp": "nrdp",
    "/nrdp/": "nrdp",
}
"""Paths clients cannot change."""
ALERTMANAGER = ("/api/v2/", "/api/v1/alerts")
"""Paths of Alertmanager's API; `/api/v1/alerts` is what Prometheus 2.16 and older post to."""
NAMES = {
    "alertmanager": "alertmanager_webhook",
    "alertmanager_webhook": "alertmanager_webhook",
    "grafana": "grafana",
    "pagerduty": "pagerduty",
    "zabbix": "zabbix",
    "nagios": "nagios",
    "icinga": "nagios",
    "nrdp": "nrdp",
    "openfalcon": "openfalcon",
    "open-falcon": "openfalcon",
    "cloudevents": "cloudevents",
    "heartbeat": "heartbeat",
    "generic": "generic",
}
"""The words after `/in/<key>/`, and the door each is."""


class Address(NamedTuple):
    """Where a request goes: the door (empty: the source's own), the rest of the path, the key in the path if any."""

    door: str
    path: str
    key: str


def find(path: str, method: str = "POST") -> Address | None:
    """The door of a path, None when it is none of ours. What is not posted to `/api/v1/alerts` is a question to our
    own API, which has alerts of the same name."""
    if path == ALERTMANAGER[1] and method != "POST":
        return None
    if path.startswith(PREFIX):
        key, _, rest = path[len(PREFIX) :].partition("/")
        return _behind(unquote(key), "/" + rest)
    if path in FIXED:
        return Address(FIXED[path], path, "")
    if path.startswith(ALERTMANAGER[0]) or path == ALERTMANAGER[1]:
        return Address("alertmanager", path, "")
    return None


def _behind(key: str, rest: str) -> Address | None:
    if rest == "/":
        return Address("", rest, key)
    if rest.startswith((*ALERTMANAGER, "/-/")):
        return Address("alertmanager", rest, key)
    if rest in FIXED:
        return Address(FIXED[rest], rest, key)
    name, _, tail = rest[1:].partition("/")
    if name == "alertmanager" and ("/" + tail).startswith((*ALERTMANAGER, "/-/")):
        return Address("alertmanager", "/" + tail, key)
    door = NAMES.get(name)
    if door == "pagerduty" and "/" + tail in FIXED:
        return Address(door, "/" + tail, key)
    return Address(door, "/" + tail, key) if door else None


def shown_key(address: Address, query: str, headers: Mapping[str, str]) -> str:
    """The key the sender shows outside its body, empty for none."""
    if address.key:
        return address.key
    scheme, _, value = headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer" | "key" | "genie" | "geniekey":
            return value.strip()
        case "basic":
            return _basic_password(value)
    if header := headers.get("x-api-key"):
        return header
    if any(name in query for name in QUERY_KEYS):
        found = parse_qs(query)
        return next((found[name][0] for name in QUERY_KEYS if found.get(name)), "")
    return ""


def _basic_password(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
