"""What follows from a command to people: one function per command."""

from __future__ import annotations

from typing import assert_never

from tocsin.core.people.commands import (
    AddContact,
    AddKey,
    EndSession,
    InviteUser,
    NoteKeyUse,
    PeopleCommand,
    RecordCodeSent,
    RecordContactLost,
    RemoveContact,
    RemoveSavedView,
    RemoveTeam,
    RemoveUser,
    ResendCode,
    RevokeKey,
    SetInterface,
    SetPassword,
    SetPreferences,
    SetSavedView,
    SetTeam,
    SetUser,
    StartSession,
    VerifyContact,
    VouchContact,
)
from tocsin.core.people.decide import access, contacts, interface, users
from tocsin.core.people.decide.known import Known, Look
from tocsin.kernel.message import Decision, Envelope, Tick


def decide(known: Known, look: Look, command: PeopleCommand | Tick, envelope: Envelope) -> Decision:
    """Hand the command to its function."""
    match command:
        case SetUser():
            return users.set_user(known, command)
        case RemoveUser():
            return users.remove_user(known, command)
        case SetPreferences():
            return users.set_preferences(known, command)
        case SetTeam():
            return users.set_team(known, command)
        case RemoveTeam():
            return users.remove_team(known, command)
        case InviteUser():
            return access.invite_user(known, command, envelope)
        case SetPassword():
            return access.set_password(known, command, envelope)
        case AddKey():
            return access.add_key(known, command, envelope)
        case RevokeKey():
            return access.revoke_key(known, command)
        case NoteKeyUse():
            return access.note_key_use(known, command, envelope)
        case StartSession():
            return access.start_session(known, command, envelope)
        case EndSession():
            return access.end_session(known, command)
        case Tick():
            return access.end_expired_sessions(known, envelope)
        case AddContact():
            return contacts.add_contact(known, command, envelope)
        case ResendCode():
            return contacts.resend_code(known, command, envelope)
        case VerifyContact():
            return contacts.verify_contact(known, command, envelope)
        case RecordCodeSent():
            return contacts.record_code_sent(known, command)
        case RecordContactLost():
            return contacts.record_contact_lost(known, command)
        case VouchContact():
            return contacts.vouch_contact(known, command, envelope)
        case RemoveContact():
            return contacts.remove_contact(known, command)
        case SetSavedView():
            return interface.set_saved_view(known, command)
        case RemoveSavedView():
            return interface.remove_saved_view(known, command)
        case SetInterface():
            return interface.set_interface(known, command)
        case _:
            assert_never(command)
