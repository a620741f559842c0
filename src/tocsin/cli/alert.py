"""`tocsin alert`: what senders say is wrong."""

from __future__ import annotations

import click

from tocsin.cli.client import Thing, at
from tocsin.cli.output import Talk, connected, field, fields, word
from tocsin.cli.times import local, relative
from tocsin.cli.words import say

LIMIT = 100


@click.group()
def alert() -> None:
    """Alerts: what senders say is wrong."""


@alert.command("list")
@click.argument("matchers", nargs=-1)
@click.option("--status", type=click.Choice(["firing", "resolved", "any"]), default="firing", show_default=True)
@click.option("--severity", default="", help="Only this severity.")
@click.option("--source", default="", help="Only of this source.")
@click.option(
    "--suppressed/--not-suppressed", default=None, help="Only those a rule keeps from paging, or only others."
)
@click.option("--limit", type=click.IntRange(1), default=LIMIT, show_default=True)
@connected
def list_alerts(
    talk: Talk, matchers: tuple[str, ...], status: str, severity: str, source: str, suppressed: bool | None, limit: int
) -> None:
    """List alerts, newest first; MATCHERS such as 'env="prod"' or 'instance=~"web.*"' must all hold."""
    found = talk.api.pages(
        "/alerts", limit, status="" if status == "any" else status, severity=severity, source=source,
        suppressed=suppressed, filter=matchers, sort="-first_at",
    )  # fmt: skip
    talk.rows(
        found, *fields("id", "status", "severity"), ("since", lambda row: relative(row["started_at"])),
        *fields("title", "source", "incidents", "suppressed_by"),
    )  # fmt: skip


@alert.command()
@click.argument("alert_id", metavar="ALERT")
@connected
def show(talk: Talk, alert_id: str) -> None:
    """Show one alert."""
    talk.thing(talk.api.get(at("alerts", alert_id)), *_FACTS)


@alert.command()
@click.argument("alert_ids", metavar="ALERT...", nargs=-1, required=True)
@connected
def resolve(talk: Talk, alert_ids: tuple[str, ...]) -> None:
    """Close alerts by hand; if their sender repeats one, it opens anew."""
    for alert_id in alert_ids:
        found = talk.api.post(at("alerts", alert_id, "resolve"))
        talk.done(say("cli.alert_resolved", id=found["id"], title=found["title"]), found)


@alert.command()
@click.argument("alert_ids", metavar="ALERT...", nargs=-1, required=True)
@connected
def reopen(talk: Talk, alert_ids: tuple[str, ...]) -> None:
    """Take back that alerts were closed by hand, a moment ago: nobody is called again."""
    for alert_id in alert_ids:
        found = talk.api.post(at("alerts", alert_id, "reopen"))
        talk.done(say("cli.alert_reopened", id=found["id"], title=found["title"]), found)


def _severity(row: Thing) -> str:
    original = row["severity_original"]
    severity = str(word("severity", row["severity"]))
    return (
        say("cli.severity_of", severity=severity, original=original)
        if original not in ("", row["severity"])
        else severity
    )


_FACTS = (
    *fields("id", "title", "status"),
    ("severity", _severity),
    *fields("source", "key", "labels", "annotations", "url"),
    ("started_at", lambda row: local(row["started_at"])),
    ("last_seen_at", lambda row: local(row["last_seen_at"])),
    ("ended_at", lambda row: local(row["ended_at"])),
    *fields("how", "repeats", "suppressed_by", "incidents"),
    field("fate"),
)
