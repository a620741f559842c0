"""What may be asked of incidents and routes."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from tocsin.core.incidents.events import Route
from tocsin.kernel.message import Command, Moment
from tocsin.kernel.permission import CONFIGURE, RESPOND, ROOM


class SetRoutes(Command, frozen=True):
    """Replace the routing tree."""

    needs: ClassVar[str] = CONFIGURE
    root: Route


class RouteAlerts(Command, frozen=True):
    """Find the incidents that newly firing or released alerts belong to, opening them where none is open."""

    needs: ClassVar[str] = ROOM
    alerts: tuple[int, ...]


class FollowAlert(Command, frozen=True):
    """An alert of incidents changed: it ended (`ended`), fires again because somebody took its end back (`reopened`,
    with whoever did, `by`), changed its content (`changed`), was acknowledged at its sender (`acknowledged`), is
    suppressed (`hushed`, with `rule` and `revision`) or released (`heard`)."""

    needs: ClassVar[str] = ROOM
    alert: int
    what: str
    rule: str = ""
    revision: int = 0
    by: str = ""


class OpenIncident(Command, frozen=True):
    """Open an incident by hand. Empty `ladder` and `urgency`: the root route's."""

    needs: ClassVar[str] = RESPOND
    title: str
    severity: str = "high"
    service: str = ""
    ladder: str = ""
    urgency: str = ""
    details: str = ""


class AcknowledgeIncident(Command, frozen=True):
    """Take an incident on. `user`: the person, when somebody else's hand carries it (a signed link)."""

    needs: ClassVar[str] = RESPOND
    incident: str
    user: str = ""


class UnacknowledgeIncident(Command, frozen=True):
    """Give an incident back: it triggers again."""

    needs: ClassVar[str] = RESPOND
    incident: str


class ResolveIncident(Command, frozen=True):
    """End an incident and the alerts it holds."""

    needs: ClassVar[str] = RESPOND
    incident: str
    user: str = ""


class ReopenIncident(Command, frozen=True):
    """Open a resolved incident again."""

    needs: ClassVar[str] = RESPOND
    incident: str


class MergeIncident(Command, frozen=True):
    """Merge an open incident into another open one."""

    needs: ClassVar[str] = RESPOND
    incident: str
    into: str


class SnoozeIncident(Command, frozen=True):
    """Let an incident sleep until an instant."""

    needs: ClassVar[str] = RESPOND
    incident: str
    until: Moment


class EndSnooze(Command, frozen=True):
    """Let a sleeping incident wake before its time: it stays with whoever has it, else calling goes on where it
    stood."""

    needs: ClassVar[str] = RESPOND
    incident: str


class UndoAct(Command, frozen=True):
    """Undo what one did to an incident last, a moment ago: an acknowledgement, a giving back, an end, a snooze or a
    giving to others. It stands as before, the alerts that ended with it fire again, and nobody is called again who was
    called already."""

    needs: ClassVar[str] = RESPOND
    incident: str


class ReassignIncident(Command, frozen=True):
    """Give an incident to another ladder or person; exactly one of them."""

    needs: ClassVar[str] = RESPOND
    incident: str
    ladder: str = ""
    user: str = ""


class EscalateIncident(Command, frozen=True):
    """Ask for the next rung now."""

    needs: ClassVar[str] = RESPOND
    incident: str
    user: str = ""


class SetPriority(Command, frozen=True):
    """Change the priority, `P1` to `P5`."""

    needs: ClassVar[str] = RESPOND
    incident: str
    priority: str


class AddNote(Command, frozen=True):
    """Write a note on the timeline."""

    needs: ClassVar[str] = RESPOND
    incident: str
    text: str


class PostMessage(Command, frozen=True):
    """Say something in an incident's room. `id` is the sender's own id of the message, so that they know it again."""

    needs: ClassVar[str] = RESPOND
    incident: str
    text: str
    id: str = ""


class UpdateStatus(Command, frozen=True):
    """Say in one sentence how an incident stands; empty takes the last one back."""

    needs: ClassVar[str] = RESPOND
    incident: str
    text: str


class PageHelper(Command, frozen=True):
    """Call a person, or everybody of a team, to help with an open incident; exactly one of them. It stays with whoever
    has it."""

    needs: ClassVar[str] = RESPOND
    incident: str
    user: str = ""
    team: str = ""
    text: str = ""


IncidentsCommand: TypeAlias = (
    SetRoutes
    | RouteAlerts
    | FollowAlert
    | OpenIncident
    | AcknowledgeIncident
    | UnacknowledgeIncident
    | ResolveIncident
    | ReopenIncident
    | MergeIncident
    | SnoozeIncident
    | EndSnooze
    | UndoAct
    | ReassignIncident
    | EscalateIncident
    | SetPriority
    | AddNote
    | PostMessage
    | UpdateStatus
    | PageHelper
)
