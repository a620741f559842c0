"""Short ids people can say on the phone: `INC-1042`, `ALT-7`.

Law: an id is made from a counter in state, so that the same journal gives the same ids.
"""

from __future__ import annotations

import re

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""Names people choose for users, teams, services… (RFC 1123 label, dots and underscores allowed)."""
SLUG_HINT = "1 to 64 lower-case letters, digits, dots, dashes or underscores, with a letter or digit at both ends"
"""What a refusal tells about SLUG."""
NAME_MAX = 200
"""Characters of a name or label: it must fit into a line of a message."""


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


def is_name(text: str) -> bool:
    """Whether the text may be shown as a name: not blank, one line, not too long."""
    return bool(text.strip()) and len(text) <= NAME_MAX and text.isprintable()
