"""Which door a path leads to, and which key the sender shows: path prefix, header, bearer, basic password or query.

`/in/<key>/<door>…` carries the key in the path; the fixed paths of the protocols (`/api/v2/alerts`, `/v2/enqueue`…)
take it from the request.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

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
API = "/api/v2/"
"""Where Alertmanager's API lives."""
OLD_API = "/api/v1/alerts"
"""What Prometheus 2.16 and older post to. The house's own API has this path too, for everything but POST."""
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
NO_DOOR = "unknown"
"""The door of a path behind a key that names none."""


class Address(NamedTuple):
    """Where a request goes: the door (empty: the source's own), the rest of the path, the key in the path if any."""

    door: str
    path: str
    key: str


def find(method: str, path: str) -> Address | None:
    """The door of a request, None when it is for none of ours."""
    if path.startswith(API) or (path == OLD_API and method == "POST"):
        return Address("alertmanager", path, "")
    if path.startswith(PREFIX):
        key, _, rest = path[len(PREFIX) :].partition("/")
        return _behind(key, "/" + rest)
    if path in FIXED:
        return Address(FIXED[path], path, "")
    return None


def _behind(key: str, rest: str) -> Address:
    """What follows the key: a path of a protocol, or the name of a door and then perhaps such a path."""
    if rest == "/":
        return Address("", rest, key)
    if _is_alertmanager(rest):
        return Address("alertmanager", rest, key)
    if rest in FIXED:
        return Address(FIXED[rest], rest, key)
    name, _, tail = rest[1:].partition("/")
    tail = "/" + tail
    if name == "alertmanager" and _is_alertmanager(tail):
        return Address("alertmanager", tail, key)
    return Address(NAMES.get(name, NO_DOOR), tail, key)


def _is_alertmanager(path: str) -> bool:
    return path.startswith((API, "/-/")) or path == OLD_API


def shown_key(key: str, query: str, headers: Mapping[str, str]) -> str:
    """The key the sender shows outside its body, empty for none. `key` is the one in the path."""
    if key:
        return key
    if header := headers.get("x-api-key"):
        return header
    if authorization := headers.get("authorization"):
        return _credentials(authorization)
    if query and any(f"{name}=" in query for name in QUERY_KEYS):
        found = parse_qs(query)
        return next((found[name][0] for name in QUERY_KEYS if name in found), "")
    return ""


def _credentials(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    value = value.strip()
    match scheme.lower():
        case "bearer" | "key" | "geniekey":
            return value
        case "token":
            return value.removeprefix("token=")
        case "basic":
            return _basic_password(value)
        case _:
            return ""


def _basic_password(value: str) -> str:
    """The password; the name when there is no password (`curl -u KEY:`)."""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password or name
