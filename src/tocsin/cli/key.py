"""`tocsin key`: the keys with which programs speak to the API."""

from __future__ import annotations

from datetime import datetime

import click

from tocsin.cli.client import at
from tocsin.cli.output import Talk, connected, fields
from tocsin.cli.times import INSTANT, local, relative
from tocsin.cli.user import myself
from tocsin.cli.words import say

PERMISSIONS = ("read", "respond", "configure", "administer", "self", "signal")


@click.group()
def key() -> None:
    """API keys: what programs show to speak to the API."""


@key.command("list")
@click.option("--user", default="", help="Whose.  [default: yours]")
@connected
def list_keys(talk: Talk, user: str) -> None:
    """List the valid keys."""
    found = talk.api.pages(at("users", user or myself(talk), "keys"))
    talk.rows(
        found, *fields("id", "user", "label", "scopes"), ("added_at", lambda row: local(row["added_at"])),
        ("expires_at", lambda row: local(row["expires_at"])), ("used_at", lambda row: relative(row["used_at"])),
    )  # fmt: skip


@key.command()
@click.argument("label")
@click.option("--user", default="", help="Whose.  [default: yours]")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(PERMISSIONS), help="What it may; without, all the user may."
)
@click.option("--expires", "expires_at", type=INSTANT, help="Until when, or for how long: 90d.")
@connected
def add(talk: Talk, label: str, user: str, scopes: tuple[str, ...], expires_at: datetime | None) -> None:
    """Make a key. It is printed now and never again."""
    wanted = {"label": label, "scopes": scopes, "expires_at": expires_at}
    found = talk.api.post(at("users", user or myself(talk), "keys"), wanted)
    if talk.form == "table":
        click.echo(found["token"])
    talk.done(say("cli.key_added", id=found["id"], user=found["user"]), found, name="token")


@key.command()
@click.argument("key_ids", metavar="KEY...", nargs=-1, required=True)
@click.option("--user", default="", help="Whose.  [default: yours]")
@connected
def revoke(talk: Talk, key_ids: tuple[str, ...], user: str) -> None:
    """Revoke keys at once."""
    whose = user or myself(talk)
    for key_id in key_ids:
        talk.api.delete(at("users", whose, "keys", key_id))
        talk.done(say("cli.key_revoked", id=key_id))
