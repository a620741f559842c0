"""Short ids people can say on the phone: `INC-1042`, `ALT-7`.

Law: an id is made from a counter in state, so that the same journal gives the same ids.
"""

from __future__ import annotations

import re

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""Names people choose for users, teams, services… (RFC 1123 label, dots and underscores allowed)."""


def numbered(prefix: str, number: int) -> str:
    """`numbered("INC", 1042)` is `INC-1042`."""
    return f"{prefix}-{number}"


def number_of(text: str, prefix: str) -> int | None:
    """The number in `INC-1042` (case does not matter) or in a bare `1042`; None otherwise."""
    tail = text.upper().removeprefix(prefix + "-")
    return int(tail) if tail.isdecimal() and tail.isascii() and len(tail) < 16 else None


def is_slug(text: str) -> bool:
    """Whether the text may name a configured thing."""
    return SLUG.fullmatch(text) is not None
