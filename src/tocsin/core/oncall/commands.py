"""What may be asked of schedules and ladders."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.oncall.events import LadderSpec, ScheduleSpec
from tocsin.kernel.message import Command, Moment
from tocsin.kernel.permission import CONFIGURE, RESPOND


class SetSchedule(Command, frozen=True):
    """Create a schedule or bring one to this description."""

    needs: ClassVar[str] = CONFIGURE
    schedule: str
    spec: ScheduleSpec


class RemoveSchedule(Command, frozen=True):
    """Remove a schedule; refused while a ladder uses it."""

    needs: ClassVar[str] = CONFIGURE
    schedule: str


class AddOverride(Command, frozen=True):
    """Let a person take the duty of a schedule for a while."""

    needs: ClassVar[str] = RESPOND
    schedule: str
    override: str
    user: str
    start_at: Moment
    end_at: Moment
    instead_of: str = ""
    reason: str = ""


class ChangeOverride(Command, frozen=True):
    """Move or resize an override, or give it to another person; it keeps its place among the others. The same
    description again changes nothing."""

    needs: ClassVar[str] = RESPOND
    schedule: str
    override: str
    user: str
    start_at: Moment
    end_at: Moment
    instead_of: str = ""
    reason: str = ""


class RemoveOverride(Command, frozen=True):
    """Take an override back."""

    needs: ClassVar[str] = RESPOND
    schedule: str
    override: str


class SetLadder(Command, frozen=True):
    """Create an escalation ladder or bring one to this description."""

    needs: ClassVar[str] = CONFIGURE
    ladder: str
    spec: LadderSpec


class RemoveLadder(Command, frozen=True):
    """Remove a ladder; running escalations finish with the revision they began with."""

    needs: ClassVar[str] = CONFIGURE
    ladder: str


OncallCommand: TypeAlias = (
    SetSchedule | RemoveSchedule | AddOverride | ChangeOverride | RemoveOverride | SetLadder | RemoveLadder
)
