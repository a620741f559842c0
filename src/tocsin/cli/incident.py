"""`tocsin incident`: what people have to deal with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

import click

from tocsin.cli.client import Thing, at
from tocsin.cli.output import Talk, actor, connected, field, fields, word
from tocsin.cli.times import INSTANT, local, relative
from tocsin.cli.words import say

LIMIT = 100


@click.group()
def incident() -> None:
    """Incidents: what people have to deal with."""


@incident.command("list")
@click.option(
    "--status", type=click.Choice(["open", "triggered", "acknowledged", "resolved", "any"]), default="open",
    show_default=True,
)  # fmt: skip
@click.option("--service", default="", help="Only of this service.")
@click.option("--team", default="", help="Only of this team's services.")
@click.option("--limit", type=click.IntRange(1), default=LIMIT, show_default=True)
@connected
def list_incidents(talk: Talk, status: str, service: str, team: str, limit: int) -> None:
    """List incidents, newest first."""
    wanted = "" if status == "any" else status
    found = talk.api.pages("/incidents", limit, status=wanted, service=service, team=team)
    talk.rows(
        found, *fields("id", "status", "priority", "severity"), ("since", lambda row: relative(row["opened_at"])),
        *fields("title", "service"), ("alerts", _alerts), ("owner", _owner),
    )  # fmt: skip


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--timeline/--no-timeline", default=True, show_default=True)
@connected
def show(talk: Talk, incident_id: str, timeline: bool) -> None:
    """Show one incident, its alerts and its timeline."""
    found = talk.api.get(at("incidents", incident_id))
    happenings = list(talk.api.pages(at("incidents", incident_id, "timeline"))) if timeline else []
    if talk.form != "table":
        talk.thing({**found, "timeline": happenings} if timeline else found)
        return
    talk.thing(found, *_FACTS)
    if found["alerts"]:
        click.echo()
        talk.rows(
            found["alerts"], *fields("alert", "severity", "title"), ("ended_at", lambda row: local(row["ended_at"]))
        )
    if happenings:
        click.echo()
        talk.rows(happenings, ("at", lambda row: local(row["at"])), ("actor", actor), ("what", lambda row: row["text"]))


@incident.command("open")
@click.argument("title")
@click.option("--severity", type=click.Choice(["critical", "high", "medium", "low", "info"]), default="high")
@click.option("--service", default="")
@click.option("--ladder", default="", help="Whom to tell; without it the root route's ladder.")
@click.option("--urgency", type=click.Choice(["high", "low"]), default=None)
@click.option("--details", default="")
@connected
def open_incident(talk: Talk, title: str, urgency: str | None, **facts: str) -> None:
    """Open an incident by hand: somebody is paged."""
    found = talk.api.post("/incidents", {"title": title, "urgency": urgency or "", **facts})
    talk.done(say("cli.incident_opened", id=found["id"], title=found["title"]), found)


def _act(name: str, path: str, words: Callable[[Thing], str], help_text: str) -> click.Command:
    """A command that does one thing to each of some incidents."""

    @incident.command(name, help=help_text, short_help=help_text)
    @click.argument("incident_ids", metavar="INCIDENT...", nargs=-1, required=True)
    @connected
    def act(talk: Talk, incident_ids: tuple[str, ...]) -> None:
        for incident_id in incident_ids:
            found = talk.api.post(at("incidents", incident_id, path))
            talk.done(words(found), found)

    return act


def _named(found: Thing) -> dict[str, object]:
    return {"id": found["id"], "title": found["title"]}


ack = _act("ack", "acknowledge", lambda one: say("cli.incident_acknowledged", **_named(one)), "Take incidents on.")
unack = _act("unack", "unacknowledge", lambda one: say("cli.incident_given_back", **_named(one)), "Give incidents back: they trigger again.")  # fmt: skip # noqa: E501
resolve = _act("resolve", "resolve", lambda one: say("cli.incident_resolved", **_named(one)), "End incidents and the alerts they hold.")  # fmt: skip # noqa: E501
reopen = _act("reopen", "reopen", lambda one: say("cli.incident_reopened", **_named(one)), "Open resolved incidents again.")  # fmt: skip # noqa: E501
escalate = _act("escalate", "escalate", lambda one: say("cli.incident_escalated", **_named(one)), "Ask for the next rung now.")  # fmt: skip # noqa: E501

unsnooze = _act("unsnooze", "unsnooze", lambda one: say("cli.incident_unsnoozed", **_named(one)), "Wake snoozed incidents before their time.")  # fmt: skip # noqa: E501
undo = _act("undo", "undo", lambda one: say("cli.incident_undone", status=_status(one), **_named(one)), "Undo what one did to incidents a moment ago; nobody is called again.")  # fmt: skip # noqa: E501


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("until", type=INSTANT)
@connected
def snooze(talk: Talk, incident_id: str, until: datetime) -> None:
    """Let it sleep until an instant or for a while: 2h, 18:30, '2026-11-24 08:00'."""
    found = talk.api.post(at("incidents", incident_id, "snooze"), {"until": until})
    talk.done(say("cli.incident_snoozed", until=local(found["snoozed_until"]), **_named(found)), found)


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("into")
@connected
def merge(talk: Talk, incident_id: str, into: str) -> None:
    """Merge it into another open incident."""
    found = talk.api.post(at("incidents", incident_id, "merge"), {"into": into})
    talk.done(say("cli.incident_merged", into=found["merged_into"], **_named(found)), found)


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--ladder", default="", help="Give it to this ladder…")
@click.option("--user", default="", help="…or to this person.")
@connected
def reassign(talk: Talk, incident_id: str, ladder: str, user: str) -> None:
    """Give it to another ladder or person."""
    if bool(ladder) == bool(user):
        raise click.UsageError(say("cli.ladder_or_user"))
    found = talk.api.post(at("incidents", incident_id, "reassign"), {"ladder": ladder, "user": user})
    talk.done(say("cli.incident_reassigned", owner=user or ladder, **_named(found)), found)


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("text")
@connected
def note(talk: Talk, incident_id: str, text: str) -> None:
    """Write a note on the timeline; `-` reads it from standard input."""
    found = talk.api.post(at("incidents", incident_id, "notes"), {"text": sys.stdin.read() if text == "-" else text})
    talk.done(say("cli.incident_noted", **_named(found)), found)


@incident.command()
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("priority", type=click.Choice(["P1", "P2", "P3", "P4", "P5"], case_sensitive=False))
@connected
def priority(talk: Talk, incident_id: str, priority: str) -> None:
    """Change the priority."""
    found = talk.api.post(at("incidents", incident_id, "priority"), {"priority": priority})
    talk.done(say("cli.incident_priority", priority=found["priority"], **_named(found)), found)


def _alerts(row: Thing) -> str:
    return f"{row['alert_open_count']}/{row['alert_count']}"


def _owner(row: Thing) -> str:
    return str(row["acknowledged_by"] or row["user"] or row["ladder"])


def _status(row: Thing) -> str:
    status = str(word("status", row["status"]))
    if row["snoozed_until"]:
        return say("cli.status_and", status=status, more=say("cli.snoozed", until=local(row["snoozed_until"])))
    return (
        say("cli.status_and", status=status, more=say("cli.muted", rule=row["muted_by"])) if row["muted_by"] else status
    )


_FACTS = (
    *fields("id", "title"),
    ("status", _status),
    *fields("priority", "severity", "urgency", "service", "team", "ladder", "user", "route", "group_labels"),
    ("alerts", _alerts),
    ("opened_at", lambda row: local(row["opened_at"])),
    ("acknowledged_at", lambda row: local(row["acknowledged_at"])),
    field("acknowledged_by"),
    ("acknowledged_until", lambda row: local(row["acknowledged_until"])),
    ("resolved_at", lambda row: local(row["resolved_at"])),
    *fields("resolved_by", "how", "merged_into", "opened_by", "details"),
)
