"""`tocsin user`: people, how they are reached, and when."""

from __future__ import annotations

import sys

import click

from tocsin.cli.client import Conflict, Thing, at
from tocsin.cli.output import Column, Talk, connected, field, fields
from tocsin.cli.times import DURATION, local
from tocsin.cli.words import say

CHANNELS = ("email", "webhook", "apprise")
ROLES = ("admin", "responder", "stakeholder")


def myself(talk: Talk) -> str:
    """The id of whoever asks."""
    return str(talk.api.get("/me")["user"]["id"])


whose = click.option("--user", default="", help="Whose.  [default: yours]")


@click.group()
def user() -> None:
    """People: who they are, how they are reached, and when."""


@user.command("list")
@click.option("--all", "with_removed", is_flag=True, help="Deactivated ones too.")
@connected
def list_users(talk: Talk, with_removed: bool) -> None:
    """List people."""
    found = (row for row in talk.api.pages("/users") if with_removed or row["active"])
    talk.rows(found, field("id"), *(_of_spec(name) for name in ("name", "role", "email", "language", "zone")), *fields("teams", "active"))  # fmt: skip # noqa: E501


@user.command()
@click.argument("user_id", metavar="USER")
@click.option("--name", default="", help="[default: the id]")
@click.option("--email", default="")
@click.option("--role", type=click.Choice(ROLES), default="responder", show_default=True)
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="IANA time zone.")
@connected
def add(talk: Talk, user_id: str, name: str, **facts: str) -> None:
    """Add a person, or bring a removed one back; let them in with `tocsin user invite`."""
    spec = {"name": name or user_id, **facts}
    try:
        found = talk.api.put(at("users", user_id), spec, is_new=True)
    except Conflict:
        if talk.api.get(at("users", user_id))["active"]:
            raise
        found = talk.api.put(at("users", user_id), spec)
    talk.done(say("cli.user_added", id=found["id"]), found)


@user.command()
@click.argument("user_id", metavar="USER")
@connected
def remove(talk: Talk, user_id: str) -> None:
    """Deactivate a person: no log-in, no pages; history keeps the name."""
    talk.api.delete(at("users", user_id))
    talk.done(say("cli.user_removed", id=user_id))


@user.command()
@click.argument("user_id", metavar="USER")
@click.option(
    "--for", "lifetime_s", type=DURATION, default="7d", show_default=True, help="How long the link is good for."
)
@connected
def invite(talk: Talk, user_id: str, lifetime_s: int) -> None:
    """Make a link by which USER sets a password, once, without logging in."""
    made = talk.api.post(at("users", user_id, "invite"), {"lifetime_s": lifetime_s})
    talk.done(say("cli.user_invited", id=user_id, until=local(made["expires_at"]), url=made["url"]), made)


@user.command()
@click.argument("user_id", metavar="USER", default="")
@connected
def password(talk: Talk, user_id: str) -> None:
    """Set a password, asked for on the terminal or read as a line from standard input. It ends all sessions."""
    whom, current = user_id or myself(talk), ""
    if sys.stdin.isatty():
        if talk.api.get(at("users", whom))["has_password"] and whom == myself(talk):
            current = click.prompt(
                say("cli.password_current"), hide_input=True, default="", show_default=False, err=True
            )
        new = click.prompt(say("cli.password_new"), hide_input=True, confirmation_prompt=True, err=True)
    else:
        new = sys.stdin.readline().rstrip("\n")
    talk.api.put(at("users", whom, "password"), {"password": new, "current": current})
    talk.done(say("cli.password_set", id=whom))


@user.command()
@whose
@click.option("--set", "wanted", multiple=True, metavar="CONTACT[,urgency=high][,from=22:00][,to=07:00][,delay=2m]",
              help="The new rules; CONTACT is a contact point's id or label. The mailbox needs none.")  # fmt: skip
@click.option("--default", "reset", is_flag=True, help="Go back to the house's rules.")
@connected
def rules(talk: Talk, user: str, wanted: tuple[str, ...], reset: bool) -> None:
    """Show or set when and by which way a person is told."""
    whom = user or myself(talk)
    path = at("users", whom, "rules")
    if wanted or reset:
        contacts = {name: row["id"] for row in _contacts(talk, whom) for name in (row["label"], row["id"])}
        talk.api.put(path, {"rules": [_rule(text, contacts) for text in wanted]})
    found = talk.api.get(path)
    if talk.form != "table":
        talk.thing(found, name="user")
        return
    if found["is_default"]:
        talk.tell(say("cli.rules_default", user=whom))
        return
    labels = {row["id"]: row["label"] for row in _contacts(talk, whom)}
    rows = [{**rule, "contact": labels.get(rule["contact"], rule["contact"])} for rule in found["rules"]]
    talk.rows(rows, *fields("contact", "urgency", "start", "end", "delay_s"), name="contact")


def _rule(text: str, contacts: dict[str, str]) -> Thing:
    contact, *parts = text.split(",")
    rule: Thing = {"contact": contacts.get(contact, contact)}
    names = {"urgency": "urgency", "from": "start", "to": "end", "delay": "delay_s"}
    for part in parts:
        name, _, value = part.partition("=")
        if name not in names or not value:
            raise click.UsageError(say("cli.bad_rule", text=part, names=", ".join(names)))
        rule[names[name]] = DURATION.convert(value, None, None) if name == "delay" else value
    return rule


@user.group()
def contact() -> None:
    """The ways to reach a person; the mailbox everybody has is none of them."""


@contact.command("list")
@whose
@connected
def list_contacts(talk: Talk, user: str) -> None:
    """List the contact points."""
    talk.rows(
        _contacts(talk, user or myself(talk)), *fields("id", "channel", "label", "address", "verified", "code_fault")
    )


@contact.command("add")
@click.argument("channel", type=click.Choice(CHANNELS))
@click.argument("address")
@whose
@click.option("--label", default="", help="What it is called.  [default: the channel]")
@click.option("--vouch", is_flag=True, help="Declare it verified, as an administrator.")
@connected
def add_contact(talk: Talk, channel: str, address: str, user: str, label: str, vouch: bool) -> None:
    """Add a contact point; a code is sent to it, to be given to `verify`. `-` reads ADDRESS from standard input."""
    whom = user or myself(talk)
    secret = sys.stdin.readline().strip() if address == "-" else address
    path = at("users", whom, "contacts")
    found = talk.api.post(path, {"channel": channel, "address": secret, "label": label})
    if vouch:
        found = talk.api.post(path + at(found["id"], "vouch"))
    if talk.form == "table":
        click.echo(found["id"])
    words = say("cli.contact_vouched", id=found["id"]) if vouch else say("cli.contact_added", id=found["id"])
    talk.done(words, found)


@contact.command()
@click.argument("contact_id", metavar="CONTACT")
@click.argument("code")
@whose
@connected
def verify(talk: Talk, contact_id: str, code: str, user: str) -> None:
    """Prove that a contact point is reached, by the code that was sent to it."""
    found = talk.api.post(at("users", user or myself(talk), "contacts", contact_id, "verify"), {"code": code})
    talk.done(say("cli.contact_verified", id=found["id"]), found)


@contact.command()
@click.argument("contact_id", metavar="CONTACT")
@whose
@connected
def code(talk: Talk, contact_id: str, user: str) -> None:
    """Send a new code."""
    found = talk.api.post(at("users", user or myself(talk), "contacts", contact_id, "code"))
    talk.done(say("cli.contact_code", id=found["id"]), found)


@contact.command()
@click.argument("contact_id", metavar="CONTACT")
@whose
@connected
def test(talk: Talk, contact_id: str, user: str) -> None:
    """Send a page that says it is a test; `mailbox` is everybody's."""
    found = talk.api.post(at("users", user or myself(talk), "contacts", contact_id, "test"))
    talk.done(say("cli.contact_tested", id=found["id"]), found)


@contact.command("remove")
@click.argument("contact_id", metavar="CONTACT")
@whose
@connected
def remove_contact(talk: Talk, contact_id: str, user: str) -> None:
    """Remove a contact point."""
    talk.api.delete(at("users", user or myself(talk), "contacts", contact_id))
    talk.done(say("cli.contact_removed", id=contact_id))


@user.command()
@whose
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@connected
def mailbox(talk: Talk, user: str, limit: int) -> None:
    """Show the pages in a person's mailbox, newest first."""
    found = talk.api.get(at("users", user or myself(talk), "mailbox"), limit=limit)["items"]
    talk.rows(
        found, field("page"), ("at", lambda row: local(row["at"])), *fields("incident", "title", "state"), name="page"
    )


def _contacts(talk: Talk, whom: str) -> list[Thing]:
    return list(talk.api.pages(at("users", whom, "contacts")))


def _of_spec(name: str) -> Column:
    return (name, lambda row: row["spec"][name])
