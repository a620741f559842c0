"""The words between the gateway and a door: a request in, a reading out. Shared limits.

Law: a limit that would lose a page cuts the text; a limit that would lose a signal refuses the whole request loudly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from tocsin.core.intake.events import Change, Content, Signal

SIGNALS_MAX = 10_000
"""Signals of one request: some webhooks put thousands into one; more than this is a mistake, refused as a whole,
because a cut could lose recoveries."""
LABELS_MAX = 128
"""Labels or annotations of one signal."""
NAME_TEXT_MAX = 256
"""Characters of a label's name."""
LABEL_TEXT_MAX = 2_048
"""Characters of a label's value: longer ones are cut; matchers and keys see such text nowhere else."""
ANNOTATION_TEXT_MAX = 8_192
"""Characters of an annotation: a runbook's paragraph, not a log file."""
TITLE_MAX = 512
"""Characters of a title: it must fit into a message."""
URL_MAX = 2_048
"""Characters of a link: longer ones do not work in browsers, and half a link is none."""
SHOWN_MAX = 120
"""Characters of a sender's text repeated in an error."""

NAMES_OF_ALERTS_MAX = 4_096
"""Names of alerts under which a memo keeps one that bore it: a large Prometheus has a thousand rules."""


class Memo(msgspec.Struct):
    """What a source's senders said lately: an alert's key and content by the digest of its bytes, so that a repeat is
    not read again; and the texts of the last new alert of each name. Owned and bounded by the caller, who may drop it
    at any time."""

    contents: dict[bytes, tuple[str, Content]] = {}
    siblings: dict[str, tuple[dict[str, str], dict[str, str], str]] = {}

    def share(self, labels: dict[str, str], annotations: dict[str, str], url: str) -> str:
        """Alerts of one rule have most of their texts in common: put in place of a new one's those of its sibling that
        are the same, so that they are in memory once. Gives the link to keep."""
        name = labels.get("alertname", "")
        sibling = self.siblings.get(name)
        if sibling is not None:
            take_same(labels, sibling[0])
            take_same(annotations, sibling[1])
            if url == sibling[2]:
                url = sibling[2]
        elif len(self.siblings) >= NAMES_OF_ALERTS_MAX:
            self.siblings.clear()
        self.siblings[name] = labels, annotations, url
        return url


def take_same(texts: dict[str, str], others: Mapping[str, str]) -> None:
    """Put the others' objects in the place of equal texts."""
    for name, text in others.items():
        if texts.get(name) == text:
            texts[name] = text


class Request(msgspec.Struct, frozen=True):
    """One HTTP request at a door. `path` is what follows the door's prefix; `query` is raw; header names are in lower
    case; `body` is as it came (possibly compressed)."""

    method: str
    path: str
    query: str
    content_type: str
    headers: dict[str, str]
    body: bytes


class Understood(msgspec.Struct, frozen=True):
    """What the request says. `answer` holds facts the gateway needs to answer in the protocol (`dedup_key`,
    `incident_key`, `command_id`: the sender's own id of this delivery, under which it is decided once). `beats`: it is
    a heartbeat. `problems`: what of a batch could not be understood (its rest is in `signals`). `changes`: changes
    somebody made, worth knowing, nothing to page about."""

    signals: tuple[Signal, ...] = ()
    answer: dict[str, str] = {}
    beats: bool = False
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class Misunderstood(msgspec.Struct, frozen=True):
    """Nothing of the request is taken. `status` is an HTTP status, `error` says what, where and how to mend it. `body`
    is the JSON the protocol itself would answer, empty when it has no form of its own."""

    status: int
    error: str
    body: str = ""


Reading: TypeAlias = Understood | Misunderstood


def shown(value: object) -> str:
    """A sender's text as an error shows it: quoted, short."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…")


def cut(text: str, length_max: int) -> str:
    """The text, at most so long; an ellipsis shows that something is missing."""
    return text if len(text) <= length_max else text[: length_max - 1] + "…"


def one_line(text: str) -> str:
    """A title: one line, not too long. Mostly the text itself, which is then in memory once."""
    line = " ".join(text.split())
    return cut(text if line == text else line, TITLE_MAX)


def bad(error: str, status: int = 400) -> Misunderstood:
    """The request makes no sense."""
    return Misunderstood(status, error)


def too_many(count: int) -> Misunderstood:
    """More signals than one request may have."""
    return bad(f"{count} items in one request; send at most {SIGNALS_MAX} at a time", 413)
