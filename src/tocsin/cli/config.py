"""`tocsin apply`, `diff` and `export`: an installation as files.

Law: plan first, then act; a second run of the same file changes nothing.
"""

from __future__ import annotations

import sys
from typing import IO

import click
import msgspec

from tocsin.cli.client import Failure
from tocsin.cli.output import Talk, connected
from tocsin.cli.words import harmless, say
from tocsin.web.config import api as config
from tocsin.web.config import plan
from tocsin.web.config.documents import Document, DocumentError, read
from tocsin.web.config.export import as_documents, exported
from tocsin.web.config.kinds import KINDS

files = click.option(
    "-f", "--file", "files", type=click.File(encoding="utf-8"), multiple=True, required=True, metavar="FILE",
    help="YAML documents; - for standard input; may be given several times.",
)  # fmt: skip
pruning = click.option("--prune", is_flag=True, help="Also remove what the files do not name (see above).")


@click.command()
@files
@pruning
@click.option("--dry-run", is_flag=True, help="Only show the plan.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@connected
def apply(talk: Talk, files: tuple[IO[str], ...], prune: bool, dry_run: bool, yes: bool) -> None:
    """Bring the installation to what the files say: plan, then act.

    \b
    apiVersion: tocsin/v1
    kind: User | Team | Calendar | Service | Schedule | Ladder | Contact |
          Rules | Routes | Memory | Source | Silence
    metadata: {name: ...}
    spec: the fields of the API's PUT body

    Objects are written in the order above, services after those they depend on. Beyond the API's fields, a Calendar may
    say country, subdivision and years; a Source may fix its key; a Contact names its user, its label is the document's
    name, and verified: true vouches for it; the name of Rules is the user's.

    --prune removes, in the opposite order and after everything else, objects the files do not name, but only of kinds
    that are in the files. Never removed: yourself, the routes, the memory, anybody's rules, contact points with a
    secret address or of people without a Contact in the files, and silences that were not made by file.
    """
    steps = _planned(talk, files, prune)
    _show(talk, steps)
    if dry_run or len(steps) == plan.count(steps, plan.UNCHANGED):
        return
    if not yes:
        _confirm(files)
    _act(talk, steps)


@click.command()
@files
@pruning
@click.option("--exit-code", is_flag=True, help="Exit 1 when something would change.")
@connected
def diff(talk: Talk, files: tuple[IO[str], ...], prune: bool, exit_code: bool) -> None:
    """Show what `apply` would change, and change nothing."""
    steps = _planned(talk, files, prune)
    _show(talk, steps)
    if exit_code and len(steps) > plan.count(steps, plan.UNCHANGED):
        sys.exit(1)


@click.command()
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(list(KINDS), case_sensitive=False), help="Only these."
)
@connected
def export(talk: Talk, kinds: tuple[str, ...]) -> None:
    """Print the installation as documents `apply` takes: YAML, or a list with -o json.

    Secrets are not in it: keys of sources, and contact points whose address is one.
    """

    def skipped(kind: str, fault: config.Failure) -> None:
        talk.tell(say("cli.not_exported", kind=kind, why=str(fault)))

    found = list(exported(talk.api, kinds, skipped))
    if talk.form == "json":
        talk.data(found)
    elif talk.form == "name":
        talk.rows([{"id": f"{one['kind']}/{one['metadata']['name']}"} for one in found])
    else:
        click.echo(as_documents(found), nl=False)


def _planned(talk: Talk, files: tuple[IO[str], ...], prune: bool) -> list[plan.Step]:
    try:
        return plan.make(talk.api, _read(files), prune)
    except DocumentError as fault:
        raise click.ClickException(str(fault)) from None


def _read(files: tuple[IO[str], ...]) -> list[Document]:
    found: list[Document] = []
    for file in files:
        try:
            text = file.read()
        except UnicodeDecodeError as fault:
            raise DocumentError(f"{file.name}: {fault}") from None
        found += read(file.name, text, tuple(KINDS))
    return found


def _show(talk: Talk, steps: list[plan.Step]) -> None:
    if talk.form in {"json", "yaml"}:
        talk.data([msgspec.to_builtins(step.change) for step in steps])
        return
    for line in plan.told(steps):
        click.echo(harmless(line))
    actions = (plan.CREATE, plan.CHANGE, plan.DELETE, plan.UNCHANGED)
    counts = {action: plan.count(steps, action) for action in actions}
    talk.tell(
        say("cli.plan", **counts) if counts[plan.UNCHANGED] < len(steps) else say("cli.plan_nothing", count=len(steps))
    )


def _confirm(files: tuple[IO[str], ...]) -> None:
    """Ask where there is somebody to ask."""
    if not sys.stdin.isatty() or any(file.name == "<stdin>" for file in files):
        raise click.UsageError(say("cli.say_yes"))
    click.confirm(say("cli.apply_now"), abort=True, err=True)


def _act(talk: Talk, steps: list[plan.Step]) -> None:
    """Take the steps; the first that fails ends it, and what was done before stays."""
    todo = [step for step in steps if step.change.action != plan.UNCHANGED]
    for done, step in enumerate(todo):
        change = step.change
        try:
            secret = step.take(talk.api)
        except Failure as fault:
            words = say("cli.apply_failed", kind=change.kind, name=change.name, done=done, count=len(todo))
            raise type(fault)(f"{words}\n{fault.message}", fault.status, fault.reason) from None
        if secret:
            talk.tell(say("cli.source_key_made", name=change.name))
            click.echo(secret, err=talk.form in {"json", "yaml"})
    talk.tell(say("cli.applied", count=len(todo)))
