"""`tocsin serve`, `init` and `setup-link`: run an installation, make one, let somebody in again."""

from __future__ import annotations

import asyncio
import shutil
import sys

import click
import msgspec

from tocsin import app
from tocsin.cli.words import again, say
from tocsin.shell.install import (
    ADMIN,
    RESET_LINK_LIFETIME_MS,
    Installation,
    install,
    is_new,
    make_setup_path,
)
from tocsin.shell.journal.protocol import JournalError
from tocsin.shell.real import SteadyClock, SystemEntropy
from tocsin.shell.settings import Settings, SettingsError, read
from tocsin.shell.vault import Vault, VaultBroken

FAULTS = (app.DataDirBusy, VaultBroken, JournalError)
"""What may keep an installation from running; each says in words what to do."""


def settings_of(**flags: object) -> Settings:
    """The settings with these flags; a wrong one ends the command with words."""
    try:
        return read(flags).settings
    except SettingsError as error:
        raise click.UsageError(again(error)) from None


@click.command()
@click.option("--data", "data_dir", help="Directory of the installation.  [default: data]")
@click.option("--listen", help="HOST:PORT to listen on.  [default: 127.0.0.1:8080]")
@click.option("--public-url", help="What links in messages begin with.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]))
@click.option("--log-format", type=click.Choice(["auto", "json", "console"]))
def serve(**flags: str | None) -> None:
    """Run Tocsin; the first run makes the installation and says what to do next."""
    settings = settings_of(**flags)
    try:
        made = None if app.has_events(settings) else asyncio.run(_first_run(settings))
        if made is not None:
            click.echo(_welcome(settings, made))
        app.run(settings)
    except FAULTS as fault:
        raise click.ClickException(again(fault)) from None
    except KeyboardInterrupt:
        sys.exit(130)


@click.command()
@click.option("--data", "data_dir", required=True, help="Directory of the new installation.")
@click.option("--listen", help="HOST:PORT it will listen on; the printed links begin with it.")
@click.option("--public-url", help="What links begin with.")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
def init(as_json: bool, **flags: str | None) -> None:
    """Make an installation without asking anything; its keys are printed once."""
    settings = settings_of(**flags)
    try:
        made = asyncio.run(_first_run(settings))
    except FAULTS as fault:
        raise click.ClickException(again(fault)) from None
    if made is None:
        click.echo(say("cli.installed_already", path=settings.data_dir), err=True)
        sys.exit(4)
    if as_json:
        facts = {**msgspec.to_builtins(made), "setup_url": settings.url + made.setup_path}
        click.echo(msgspec.json.encode(facts).decode())
    else:
        click.echo(_welcome(settings, made))


@click.command("setup-link")
@click.argument("user", default=ADMIN, metavar="[USER]")
@click.option("--data", "data_dir", help="Directory of the installation.  [default: data]")
@click.option("--listen", help="HOST:PORT the server listens on.  [default: 127.0.0.1:8080]")
@click.option("--public-url", help="What the link begins with.")
def setup_link(user: str, **flags: str | None) -> None:
    """Print a link that sets the password of USER (`admin`) once, within an hour.

    The way back in when a password is lost. Run it on the server, as the owner of its data directory.
    """
    settings = settings_of(**flags)
    if not settings.path(app.KEY_FILE).exists():
        click.echo(say("cli.no_installation", path=settings.data_dir), err=True)
        sys.exit(3)
    try:
        vault = Vault.at(settings.path(app.KEY_FILE))
    except VaultBroken as fault:
        raise click.ClickException(again(fault)) from None
    entropy = SystemEntropy()
    click.echo(settings.url + make_setup_path(user, vault, entropy, SteadyClock().now(), RESET_LINK_LIFETIME_MS))


async def _first_run(settings: Settings) -> Installation | None:
    async with app.opened(settings) as house:
        return await install(house.engine, house.vault, house.entropy) if is_new(house.engine) else None


def _welcome(settings: Settings, made: Installation) -> str:
    program = "tocsin" if shutil.which("tocsin") else sys.argv[0]
    return say(
        "cli.welcome", path=settings.data_dir, url=settings.url, setup_url=settings.url + made.setup_path,
        user=made.admin_user, admin_key=made.admin_key, source_key=made.source_key, program=program,
    )  # fmt: skip
