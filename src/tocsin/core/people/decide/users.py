"""Users and teams."""

from __future__ import annotations

import msgspec

from tocsin.core.people.commands import RemoveTeam, RemoveUser, SetPreferences, SetTeam, SetUser
from tocsin.core.people.decide.known import Known, active_user, bad_name
from tocsin.core.people.events import (
    ADMIN,
    LANGUAGES,
    ROLES,
    TeamRemoved,
    TeamSet,
    TeamSpec,
    UserRemoved,
    UserSet,
    UserSpec,
)
from tocsin.core.people.rules import EMAIL_MAX, MEMBERS_MAX, is_email
from tocsin.kernel.ids import SLUG_HINT, is_slug
from tocsin.kernel.message import Accepted, Decision, Rejected
from tocsin.kernel.zone import is_zone


def set_user(known: Known, command: SetUser) -> Decision:
    """Refused: user_id_invalid, name_invalid, email_invalid, role_unknown, language_unknown, zone_unknown,
    last_admin."""
    user = known.users.get(command.user)
    if user is None and not is_slug(command.user):
        return Rejected("user_id_invalid", f"{command.user[:80]!r} cannot be the id of a user: {SLUG_HINT}")
    flaw = _flaw_of_user(command.spec)
    if flaw is not None:
        return flaw
    if user is not None and user.active and user.spec == command.spec:
        return Accepted(answer=command.user)
    if command.spec.role != ADMIN and _is_last_admin(known, command.user):
        return _last_admin(command.user)
    return Accepted((UserSet(user=command.user, spec=command.spec),), command.user)


def remove_user(known: Known, command: RemoveUser) -> Decision:
    """Also takes the user out of their teams. Refused: user_unknown, user_removed, last_admin."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    if _is_last_admin(known, command.user):
        return _last_admin(command.user)
    left = tuple(
        TeamSet(team=team.id, spec=_without(team.spec, command.user))
        for team in known.teams.values()
        if command.user in team.spec.members
    )
    return Accepted((*left, UserRemoved(user=command.user)))


def set_preferences(known: Known, command: SetPreferences) -> Decision:
    """Refused: user_unknown, user_removed, name_invalid, language_unknown, zone_unknown."""
    user = active_user(known, command.user)
    if isinstance(user, Rejected):
        return user
    spec = msgspec.structs.replace(user.spec, name=command.name, language=command.language, zone=command.zone)
    flaw = _flaw_of_user(spec)
    if flaw is not None:
        return flaw
    return Accepted() if spec == user.spec else Accepted((UserSet(user=user.id, spec=spec),))


def set_team(known: Known, command: SetTeam) -> Decision:
    """Refused: team_id_invalid, name_invalid, too_many_members, member_twice, user_unknown, user_removed."""
    team = known.teams.get(command.team)
    if team is None and not is_slug(command.team):
        return Rejected("team_id_invalid", f"{command.team[:80]!r} cannot be the id of a team: {SLUG_HINT}")
    flaw = bad_name("name", command.spec.name)
    if flaw is not None:
        return flaw
    members = command.spec.members
    if len(members) > MEMBERS_MAX:
        return Rejected("too_many_members", f"{len(members)} members; a team has at most {MEMBERS_MAX}")
    if len(dict.fromkeys(members)) < len(members):
        return Rejected("member_twice", f"the team {command.team!r} names a member twice")
    for member in members:
        user = active_user(known, member)
        if isinstance(user, Rejected):
            return user
    if team is not None and team.spec == command.spec:
        return Accepted(answer=command.team)
    return Accepted((TeamSet(team=command.team, spec=command.spec),), command.team)


def remove_team(known: Known, command: RemoveTeam) -> Decision:
    """Refused: team_unknown."""
    if command.team not in known.teams:
        return Rejected("team_unknown", f"no team is called {command.team!r}")
    return Accepted((TeamRemoved(team=command.team),))


def _flaw_of_user(spec: UserSpec) -> Rejected | None:
    if spec.email and not is_email(spec.email):
        return Rejected("email_invalid", f"{spec.email[:80]!r} is no e-mail address of at most {EMAIL_MAX} characters")
    if spec.role not in ROLES:
        return Rejected("role_unknown", f"{spec.role[:40]!r} is no role; roles are {', '.join(ROLES)}")
    if spec.language not in LANGUAGES:
        return Rejected("language_unknown", f"{spec.language[:40]!r} is not spoken here; {', '.join(LANGUAGES)} are")
    if not is_zone(spec.zone):
        return Rejected("zone_unknown", f"{spec.zone[:80]!r} is no IANA time zone; write it like Europe/Berlin")
    return bad_name("name", spec.name)


def _is_last_admin(known: Known, user: str) -> bool:
    """Whether this is the only active administrator."""
    return [one.id for one in known.users.values() if one.active and one.spec.role == ADMIN] == [user]


def _last_admin(user: str) -> Rejected:
    return Rejected("last_admin", f"{user!r} is the last active administrator; make somebody else one first")


def _without(spec: TeamSpec, user: str) -> TeamSpec:
    return msgspec.structs.replace(spec, members=tuple(member for member in spec.members if member != user))
