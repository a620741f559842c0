"""`tocsin silence`: what shall page nobody for a while."""

from __future__ import annotations

from datetime import datetime

import click

from tocsin.cli.client import at
from tocsin.cli.output import Talk, connected, field, fields
from tocsin.cli.times import INSTANT, local, relative
from tocsin.cli.words import say


@click.group()
def silence() -> None:
    """Silences: what shall page nobody for a while."""


@silence.command("list")
@click.option("--status", type=click.Choice(["pending", "active", "expired", "any"]), default="any")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@connected
def list_silences(talk: Talk, status: str, limit: int) -> None:
    """List silences; those that ended lately too."""
    found = talk.api.pages("/silences", limit, status="" if status == "any" else status)
    talk.rows(
        found, *fields("id", "status"), ("matchers", lambda row: " ".join(row["matchers"])),
        ("start_at", lambda row: local(row["start_at"])), ("end_at", lambda row: relative(row["end_at"])),
        *fields("suppressing", "created_by", "comment"),
    )  # fmt: skip


@silence.command()
@click.argument("silence_id", metavar="SILENCE")
@connected
def show(talk: Talk, silence_id: str) -> None:
    """Show one silence."""
    talk.thing(
        talk.api.get(at("silences", silence_id)), *fields("id", "status"),
        ("matchers", lambda row: " ".join(row["matchers"])), ("start_at", lambda row: local(row["start_at"])),
        ("end_at", lambda row: local(row["end_at"])), *fields("suppressing", "created_by", "comment"),
        field("annotations"),
    )  # fmt: skip


@silence.command()
@click.argument("matchers", nargs=-1, required=True)
@click.option("--start", "start_at", type=INSTANT, default="now", show_default=True, help="From when on.")
@click.option(
    "--for", "--end", "end_at", type=INSTANT, default="1h", show_default=True, help="For how long, or until when."
)
@click.option("--comment", default="", help="Why.")
@connected
def add(talk: Talk, matchers: tuple[str, ...], start_at: datetime, end_at: datetime, comment: str) -> None:
    """Keep alerts from paging that match all MATCHERS, such as 'env="staging"' 'severity!="critical"'."""
    wanted = {"matchers": matchers, "start_at": start_at, "end_at": end_at, "comment": comment}
    found = talk.api.post("/silences", wanted)
    if talk.form == "table":
        click.echo(found["id"])
    words = say("cli.silence_added", until=local(found["end_at"]), count=found["suppressing"])
    talk.done(words, found)


@silence.command()
@click.argument("silence_ids", metavar="SILENCE...", nargs=-1, required=True)
@connected
def expire(talk: Talk, silence_ids: tuple[str, ...]) -> None:
    """End silences now."""
    for silence_id in silence_ids:
        talk.api.delete(at("silences", silence_id))
        talk.done(say("cli.silence_expired", id=silence_id))
