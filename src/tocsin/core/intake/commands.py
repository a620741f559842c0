"""What may be asked of the doors."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.intake.events import Change, SourceSpec
from tocsin.kernel.message import Command
from tocsin.kernel.permission import CONFIGURE, RESPOND, SIGNAL


class SetSource(Command, frozen=True):
    """Create a source or bring one to this description. A new one needs a key (`key_hash`, SHA-256)."""

    needs: ClassVar[str] = CONFIGURE
    source: str
    spec: SourceSpec
    key_hash: str = ""


class RemoveSource(Command, frozen=True):
    """Remove a source; its keys are void at once."""

    needs: ClassVar[str] = CONFIGURE
    source: str


class RotateSourceKey(Command, frozen=True):
    """Give a source a new key; the old one stays valid for `overlap_s`."""

    needs: ClassVar[str] = CONFIGURE
    source: str
    key_hash: str
    overlap_s: int = 0


class KeepDeadLetter(Command, frozen=True):
    """Keep a payload that could not be understood, with what was wrong."""

    needs: ClassVar[str] = SIGNAL
    source: str
    door: str
    body: str
    error: str
    content_type: str = ""
    query: str = ""
    encoded: bool = False


class CloseDeadLetter(Command, frozen=True):
    """Put a dead letter away: `how` is `replayed` or `discarded`."""

    needs: ClassVar[str] = RESPOND
    letter: str
    how: str


class RecordBeat(Command, frozen=True):
    """A heartbeat arrived."""

    needs: ClassVar[str] = SIGNAL
    source: str


class NoteChange(Command, frozen=True):
    """Note a change a sender told of."""

    needs: ClassVar[str] = SIGNAL
    source: str
    change: Change


class SetMemory(Command, frozen=True):
    """Say for how many days what is over stays in memory; the same number again changes nothing."""

    needs: ClassVar[str] = CONFIGURE
    days: int


IntakeCommand: TypeAlias = (
    SetSource | RemoveSource | RotateSourceKey | KeepDeadLetter | CloseDeadLetter | RecordBeat | NoteChange | SetMemory
)
