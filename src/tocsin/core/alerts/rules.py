"""Silences held against labels.

Law: a silence is stored as text and compiled when needed, so state stays plain; the first silence that matches, in the
order they were set, is the one that keeps an alert back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.core.alerts.events import SilenceSpec
from tocsin.kernel.matcher import Matchers
from tocsin.kernel.message import Moment

TEXT_LENGTH_MAX = 4_096  # of a matcher, a comment, an author or an annotation: a page of text
ANNOTATIONS_MAX = 64


class Cover(NamedTuple):
    """A silence at work: the rule it acts under, and what it matches (None: its text no longer compiles)."""

    rule: str
    revision: int
    matchers: Matchers | None


def cover(silence: str, revision: int, spec: SilenceSpec) -> Cover:
    """The silence, ready to be held against labels. One that no longer compiles covers nothing: rather page."""
    matchers = Matchers.compile(spec.matchers)
    return Cover(rule(silence), revision, None if isinstance(matchers, str) else matchers)


def rule(silence: str) -> str:
    """How a suppressed alert names the silence."""
    return f"silence:{silence}"


def covering(covers: Sequence[Cover], labels: Mapping[str, str]) -> Cover | None:
    """The first of the covers that matches these labels."""
    for one in covers:
        if one.matchers is not None and one.matchers.matches(labels):
            return one
    return None


def is_same_matching(one: SilenceSpec, other: SilenceSpec) -> bool:
    """Whether both match by the same conditions in the same order, however they are written."""
    if one.matchers == other.matchers:
        return True
    left, right = Matchers.compile(one.matchers), Matchers.compile(other.matchers)
    return not isinstance(left, str) and not isinstance(right, str) and left.items == right.items


def time_fault(spec: SilenceSpec, at: Moment) -> str:
    """What is wrong with the times of a silence set now, in Alertmanager's words; empty for nothing."""
    if spec.start_at >= spec.end_at:
        return "Failed to create silence: start time must be before end time"
    if spec.end_at <= at:
        return "Failed to create silence: end time can't be in the past"
    return ""


def spec_fault(spec: SilenceSpec) -> str:
    """What is wrong with the rest of a silence, in Alertmanager's words where it has some; empty for nothing."""
    if len(spec.annotations) > ANNOTATIONS_MAX:
        return f"silence invalid: {len(spec.annotations)} annotations, {ANNOTATIONS_MAX} are the most"
    texts = (*spec.matchers, spec.created_by, spec.comment, *spec.annotations, *spec.annotations.values())
    if any(len(text) > TEXT_LENGTH_MAX for text in texts):
        return f"silence invalid: a text is longer than {TEXT_LENGTH_MAX} characters"
    matchers = Matchers.compile(spec.matchers)
    if isinstance(matchers, str):
        return f"silence invalid: invalid label matcher: {matchers}"
    if not matchers.items:
        return "silence invalid: at least one matcher required"
    if matchers.matches_empty:
        return "silence invalid: at least one matcher must not match the empty string"
    return ""
