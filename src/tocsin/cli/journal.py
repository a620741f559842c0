"""`tocsin journal`: the file that holds everything. These commands work on the data directory, not through the server.

Law: they only read, so they may run beside the server; `restore` only makes what was not there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.words import again, say

if TYPE_CHECKING:
    from tocsin.shell.journal.sqlite import SqliteReader

JOURNAL_FILE = "journal.db"
SNAPSHOT_DIR = "snapshots"
KEY_FILE = "key"
"""The names `app` gives them; a test compares. Importing `app` for three words would cost a second."""

data = click.option(
    "--data", "data_dir", type=click.Path(path_type=Path), default="data", envvar="TOCSIN_DATA_DIR", show_default=True,
    help="Directory of the installation.",
)  # fmt: skip


@click.group()
def journal() -> None:
    """The journal: verify it, copy it, read it."""


@journal.command()
@data
@click.option("--file", "path", type=click.Path(path_type=Path), help="Verify this file, a backup for instance.")
def verify(data_dir: Path, path: Path | None) -> None:
    """Read everything and compare it with the chain of hashes; exits 1 and names the sequence if something is wrong."""
    with _reader(path or data_dir / JOURNAL_FILE) as reader, _worded():
        found = reader.verify()
    if not found.ok:
        raise click.ClickException(say("cli.journal_broken", seq=found.broken_seq, why=again(found.why)))
    click.echo(f"{found.seq} {found.head}")
    click.echo(say("cli.journal_whole", seq=found.seq), err=True)


@journal.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@data
def backup(target: Path, data_dir: Path) -> None:
    """Copy the journal to a new FILE; the server may go on."""
    with _reader(data_dir / JOURNAL_FILE) as reader, _worded():
        reader.backup(target)
    with _reader(target) as copy:
        click.echo(say("cli.journal_backed_up", path=target, seq=copy.last_seq()), err=True)
    click.echo(say("cli.keep_the_key", path=data_dir / KEY_FILE), err=True)


@journal.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@data
def restore(source: Path, data_dir: Path) -> None:
    """Make a verified FILE the journal of a data directory that has none."""
    from tocsin.shell.journal.export import restore as restored

    with _worded():
        verdict = restored(source, data_dir / JOURNAL_FILE)
    click.echo(say("cli.journal_restored", path=data_dir / JOURNAL_FILE, seq=verdict.seq), err=True)
    if not (data_dir / KEY_FILE).exists():
        click.echo(say("cli.no_key_here", path=data_dir / KEY_FILE), err=True)


@journal.command()
@click.argument("target", metavar="[FILE]", type=click.File("wb"), default="-")
@click.option(
    "--after", "after_seq", type=click.IntRange(0), default=0, show_default=True, help="Only after this sequence."
)
@data
def export(target: Any, after_seq: int, data_dir: Path) -> None:
    """Write the events as JSON lines to FILE or standard output; the server may go on."""
    from tocsin.shell.journal.export import export as exported

    with _reader(data_dir / JOURNAL_FILE) as reader, _worded():
        count = exported(reader, target, after_seq)
    click.echo(say("cli.journal_exported", count=count), err=True)


@journal.command()
@data
def snapshot(data_dir: Path) -> None:
    """Write a snapshot now, so that the next start is quick."""
    from tocsin.shell.journal.follower import follow

    with _reader(data_dir / JOURNAL_FILE) as reader, _worded():
        path = follow(reader, data_dir / SNAPSHOT_DIR)
    if path is None:
        click.echo(say("cli.snapshot_there"), err=True)
        return
    click.echo(path)


@contextmanager
def _reader(path: Path) -> Iterator[SqliteReader]:
    from tocsin.shell.journal.sqlite import SqliteReader

    if not path.is_file():
        click.echo(say("cli.no_journal", path=path), err=True)
        sys.exit(3)
    with _worded():
        reader = SqliteReader(path)
    with closing(reader):
        yield reader


@contextmanager
def _worded() -> Iterator[None]:
    """The journal's errors and the disk's as the command's; what is in the way is a conflict."""
    from tocsin.shell.journal.protocol import JournalError, JournalExists

    try:
        yield
    except JournalExists as fault:
        click.echo(again(fault), err=True)
        sys.exit(4)
    except BrokenPipeError:  # whoever read has enough
        raise
    except (JournalError, OSError) as fault:
        raise click.ClickException(again(fault)) from None
