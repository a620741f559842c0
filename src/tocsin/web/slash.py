"""Lines that begin with a slash: what a person asks for in the room of an incident.

Law: a line becomes one command, decided like any other; nothing is done here. Text that shall begin with a slash is
written with two.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    AddNote,
    EndSnooze,
    EscalateIncident,
    PageHelper,
    PostMessage,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SetPriority,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
    UpdateStatus,
)
from tocsin.core.world import Views
from tocsin.kernel.message import Command, Moment, Rejected
from tocsin.kernel.moment import parse_duration

HELP = "help"
COMMANDS = (
    "/ack", "/unack", "/resolve", "/reopen", "/page @user-or-team [text]", "/sev 1..5", "/snooze 30m",
    "/unsnooze", "/reassign @user-or-ladder", "/status text", "/note text", "/escalate", "/undo", "/help",
)  # fmt: skip
"""What there is, as it is listed."""


class Order(msgspec.Struct, frozen=True):
    """What a line asks for: a command (None: to be told what there is), and the word it began with. `about` is whom or
    what it names, for the answer."""

    word: str
    command: Command | None
    about: str = ""


def said(incident: str, line: str, id_: str, look: Views, at: Moment) -> Order | Rejected:
    """What a line asks for."""
    if not line.startswith("/"):
        return Order("", PostMessage(incident, line, id_))
    if line.startswith("//"):
        return Order("", PostMessage(incident, line[1:], id_))
    word, _, rest = line[1:].partition(" ")
    word, rest = word.strip().lower(), rest.strip()
    if word == HELP:
        return Order(word, None)
    if word in PLAIN:
        return Order(word, PLAIN[word](incident))
    read = WITH_WORDS.get(word)
    if read is None:
        return Rejected("command_unknown", f"/{word[:40]} is none of {', '.join(COMMANDS)}")
    return read(incident, rest, look, at)


PLAIN: dict[str, Callable[[str], Command]] = {
    "ack": AcknowledgeIncident,
    "unack": UnacknowledgeIncident,
    "resolve": ResolveIncident,
    "reopen": ReopenIncident,
    "unsnooze": EndSnooze,
    "escalate": EscalateIncident,
    "undo": UndoAct,
}


def _page(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    name, _, text = rest.partition(" ")
    name = name.removeprefix("@")
    if not name:
        return _incomplete("/page @user-or-team [text]")
    user = _user(look, name)
    if not user and look.people.team(name.lower()) is not None:
        return Order("page", PageHelper(incident, team=name.lower(), text=text.strip()), name.lower())
    return Order("page", PageHelper(incident, user=user or name, text=text.strip()), user or name)


def _reassign(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    name = rest.removeprefix("@")
    if not name:
        return _incomplete("/reassign @user-or-ladder")
    user = _user(look, name)
    if not user and look.oncall.ladder(name.lower()) is not None:
        return Order("reassign", ReassignIncident(incident, ladder=name.lower()), name.lower())
    return Order("reassign", ReassignIncident(incident, user=user or name), user or name)


def _priority(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    priority = rest.upper() if rest.upper().startswith("P") else f"P{rest}"
    return Order("sev", SetPriority(incident, priority), priority) if rest else _incomplete("/sev 1..5")


def _snooze(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    span = parse_duration(rest)
    if not span:
        return _incomplete("/snooze 30m")
    return Order("snooze", SnoozeIncident(incident, Moment(at + span)), rest)


def _status(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    return Order("status", UpdateStatus(incident, rest))


def _note(incident: str, rest: str, look: Views, at: Moment) -> Order | Rejected:
    return Order("note", AddNote(incident, rest))


WITH_WORDS: dict[str, Callable[[str, str, Views, Moment], Order | Rejected]] = {
    "page": _page,
    "reassign": _reassign,
    "sev": _priority,
    "snooze": _snooze,
    "status": _status,
    "note": _note,
}


def _incomplete(form: str) -> Rejected:
    return Rejected("command_incomplete", f"write {form}")


def _user(look: Views, name: str) -> str:
    """The id of the active user who is called so: by id, else by name if only one is; empty for nobody."""
    if look.people.user(name) is not None:
        return name
    wanted = name.casefold()
    found = [
        user.id
        for user in look.people.users()
        if user.active and wanted in (user.id.casefold(), user.spec.name.casefold())
    ]
    return found[0] if len(found) == 1 else ""
