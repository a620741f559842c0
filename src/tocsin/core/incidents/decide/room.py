"""What people say in the room of an incident, and whom they call into it.

Law: what is said is kept like any other fact; calling a helper leaves the incident with whoever has it.
"""

from __future__ import annotations

from tocsin.core.incidents.commands import PageHelper, PostMessage, UpdateStatus
from tocsin.core.incidents.decide.known import Known, Look, asker, found, found_open
from tocsin.core.incidents.events import HelperCalled, MessagePosted, StatusUpdated
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected

MESSAGE_LENGTH_MAX = 4_000
"""Characters of a message: two pages; what is longer is a note or an article."""
MESSAGE_ID_LENGTH_MAX = 64
"""Characters of a sender's own id: a UUID has 36."""
MESSAGES_MAX = 5_000
"""Messages of one incident: a long night of a large team; a room is not an archive."""
STATUS_LENGTH_MAX = 500
"""Characters of a status: it stands in a header."""
CALL_LENGTH_MAX = 500
"""Characters said with a call for help: they travel in a page."""
HELPERS_MAX = 20
"""People called by one command: more is an announcement."""


def post_message(known: Known, look: Look, command: PostMessage, envelope: Envelope) -> Decision:
    """Say something; closed incidents have a room too."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if not command.text.strip():
        return Rejected("message_empty", "write something")
    if len(command.text) > MESSAGE_LENGTH_MAX:
        return Rejected("message_too_long", f"{len(command.text)} characters; {MESSAGE_LENGTH_MAX} are allowed")
    if len(command.id) > MESSAGE_ID_LENGTH_MAX:
        return Rejected("message_id_too_long", f"{len(command.id)} characters; {MESSAGE_ID_LENGTH_MAX} are allowed")
    if incident.messages >= MESSAGES_MAX:
        return Rejected("too_many_messages", f"{incident.id} has {MESSAGES_MAX} messages; talk elsewhere")
    return Accepted((MessagePosted(incident=incident.id, by=by, text=command.text, id=command.id),))


def update_status(known: Known, look: Look, command: UpdateStatus, envelope: Envelope) -> Decision:
    """Say how it stands; the same words again change nothing."""
    incident = found(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    text = command.text.strip()
    if len(text) > STATUS_LENGTH_MAX:
        return Rejected("status_too_long", f"{len(text)} characters; {STATUS_LENGTH_MAX} are allowed")
    if text == incident.status_text:
        return Accepted()
    return Accepted((StatusUpdated(incident=incident.id, by=by, text=text),))


def page_helper(known: Known, look: Look, command: PageHelper, envelope: Envelope) -> Decision:
    """Call people: the active ones of a team, without the person who calls."""
    incident = found_open(known, command.incident)
    if isinstance(incident, Rejected):
        return incident
    by = asker(look, envelope)
    if len(command.text) > CALL_LENGTH_MAX:
        return Rejected("message_too_long", f"{len(command.text)} characters; {CALL_LENGTH_MAX} are allowed")
    users = _helpers(look, command, by)
    if isinstance(users, Rejected):
        return users
    return Accepted(
        (
            HelperCalled(
                incident=incident.id, by=by, users=users, team=command.team, text=command.text.strip()
            ),
        )
    )  # fmt: skip


def _helpers(look: Look, command: PageHelper, by: str) -> tuple[str, ...] | Rejected:
    if bool(command.user) == bool(command.team):
        return Rejected("one_target_needed", "name either a user or a team")
    if command.user:
        user = look.people.user(command.user)
        if user is None or not user.active:
            return Rejected("user_unknown", f"user {command.user!r} does not exist or is not active")
        return (user.id,)
    if look.people.team(command.team) is None:
        return Rejected("team_unknown", f"team {command.team!r} does not exist")
    users = tuple(user for user in look.people.members(command.team) if user != by)
    if not users:
        return Rejected("team_empty", f"team {command.team!r} has no active member but you")
    if len(users) > HELPERS_MAX:
        return Rejected("too_many_helpers", f"{command.team!r} has {len(users)}; {HELPERS_MAX} can be called at once")
    return users
