"""A delivery as it is gathered: signals, and what of it could not be understood. Shared by most doors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tocsin.core.intake.events import Content, Signal, SourceSpec
from tocsin.core.intake.rules.labels import cut_annotations, cut_labels, key_of
from tocsin.core.intake.rules.reading import URL_MAX, Misunderstood, Reading, Understood, bad, cut, one_line
from tocsin.kernel.message import Moment

PROBLEMS_MAX = 100
"""Problems spelled out in one answer."""
NEVER = Moment(0)
NOTHING = Content("", "info", {})
"""What a recovery or an acknowledgement says when its protocol repeats nothing."""


class Batch:
    """The signals of one delivery, in the order they came."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self.problems: list[str] = []

    def add(self, key: str, status: str, at: Moment, content: Content = NOTHING, expires_at: Moment = NEVER) -> None:
        """One more signal."""
        self.signals.append(Signal(key_of(key), status, at, content, expires_at))

    def problem(self, what: str) -> None:
        """One more thing that could not be understood."""
        self.problems.append(what)

    def reading(self, answer: Mapping[str, str] | None = None) -> Reading:
        """All of it. Nothing but problems is a misunderstanding."""
        if self.problems and not self.signals:
            return bad("; ".join(self.problems[:PROBLEMS_MAX]))
        return Understood(tuple(self.signals), dict(answer or {}), problems=tuple(self.problems[:PROBLEMS_MAX]))


def content(
    spec: SourceSpec,
    title: str,
    severity: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
    url: str = "",
    word: str = "",
) -> Content:
    """A content within the limits, with the source's own labels. A link that is too long is left out."""
    return Content(
        one_line(title) or "alert",
        severity,
        cut_labels(labels, spec.labels),
        cut_annotations(annotations or {}),
        url if len(url) <= URL_MAX else "",
        cut(word, URL_MAX),
    )


def once(text: str) -> str:
    """The short form of a sender's own id of a delivery."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def one_of(door: str, what: str, value: str, allowed: str) -> Misunderstood:
    """A word that is none of those the protocol has."""
    return bad(f"{door}: {what} is {cut(value, 80)!r}; it must be one of {allowed}")
