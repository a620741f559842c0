"""What may be asked of alerts."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.intake.events import Signal
from tocsin.kernel.message import Command
from tocsin.kernel.moment import MINUTE_MS
from tocsin.kernel.permission import RESPOND, ROOM, SIGNAL

UNDO_MS = 2 * MINUTE_MS
"""Undo is for a slip of the hand, seen at once; later on others have begun to rely on what they see."""


class ReceiveSignals(Command, frozen=True):
    """Judge what one delivery of a source said: every signal gets its fate. Refused only when the source was removed
    while the delivery waited."""

    needs: ClassVar[str] = SIGNAL
    source: str
    signals: tuple[Signal, ...]


class ResolveAlert(Command, frozen=True):
    """Close an alert by hand; if the sender repeats it, it opens anew."""

    needs: ClassVar[str] = RESPOND
    alert: int


class ReopenAlert(Command, frozen=True):
    """Take back that an alert was closed by hand, a moment ago: it fires again under its number. Its incident stands as
    it did before, and nobody is called again who was called already."""

    needs: ClassVar[str] = RESPOND
    alert: int


class ResolveSource(Command, frozen=True):
    """Close every open alert of a source that was removed: nobody will ever say that they are over."""

    needs: ClassVar[str] = ROOM
    source: str


class SetSilence(Command, frozen=True):
    """Create a silence (empty `silence`: the answer is its new id, `new_id`) or edit one by Alertmanager's rules: what
    cannot be edited in place is expired and replaced under `new_id`."""

    needs: ClassVar[str] = RESPOND
    silence: str
    new_id: str
    spec: SilenceSpec


class ExpireSilence(Command, frozen=True):
    """End a silence now."""

    needs: ClassVar[str] = RESPOND
    silence: str


AlertsCommand: TypeAlias = ReceiveSignals | ResolveAlert | ReopenAlert | ResolveSource | SetSilence | ExpireSilence
