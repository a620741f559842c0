"""`tocsin why` and `tocsin why-not`: the causes of a page, and of its absence."""

from __future__ import annotations

import click

from tocsin.cli.client import Thing, at
from tocsin.cli.output import Talk, actor, connected, fields
from tocsin.cli.times import local
from tocsin.cli.words import say


@click.command()
@click.argument("ref")
@connected
def why(talk: Talk, ref: str) -> None:
    """Tell how it came to REF: a sequence (42), an incident (INC-7), a page (PG-3) or an alert (ALT-9)."""
    found = talk.api.get(at("why", ref))
    if talk.form != "table":
        talk.thing(found, name="ref")
        return
    talk.tell(say(f"cli.root.{found['root']}"))
    talk.rows(found["steps"], *_STEP)


@click.command("why-not")
@click.argument("alert_id", metavar="ALERT")
@connected
def why_not(talk: Talk, alert_id: str) -> None:
    """Tell why nobody was paged for an ALERT."""
    found = talk.api.get(at("why-not", alert_id))
    if talk.form != "table":
        talk.thing(found, name="alert")
        return
    if found["was_paged"]:
        talk.tell(say("cli.was_paged", alert=found["alert"]))
    talk.rows([{**one["proof"], "reason": one["text"]} for one in found["reasons"]], *fields("reason"), *_STEP)


def _rules(step: Thing) -> str:
    return ", ".join(f"{one['rule']} v{one['revision']}" for one in step["rules"])


_STEP = (
    *fields("seq"),
    ("at", lambda row: local(row["at"])),
    ("actor", actor),
    ("what", lambda row: row["text"]),
    ("rules", _rules),
)
