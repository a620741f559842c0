"""`tocsin sim run` and `tocsin sim feed`: live through simulated time, with faults or with recorded signals."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import click

from tocsin.cli.words import again, say

DAYS = 2.0
SEED_MAX = 1 << 32


@click.group()
def sim() -> None:
    """Run the real engine on a virtual clock, a faulty disk and a lossy wire."""


@sim.command()
@click.option("--seed", type=int, help="Live this one seed; a fresh one is drawn and printed when none is given.")
@click.option("--budget", type=float, metavar="SECONDS", help="Kept seeds first, then fresh ones, for so long.")
@click.option("--days", type=float, default=DAYS, show_default=True, help="Virtual days with faults, for each seed.")
@click.option("--seeds", type=click.Path(path_type=Path), default=Path("tests/sim/seeds.txt"), show_default=True,
              help="File with kept seeds, one a line: `seed  # story`.")  # fmt: skip
def run(seed: int | None, budget: float | None, days: float, seeds: Path) -> None:
    """Live simulated days; exit code 1 and the story when something does not hold."""
    if seed is not None or budget is None:
        _live(seed if seed is not None else random.SystemRandom().randrange(SEED_MAX), days)
        return
    began, lived = time.monotonic(), 0
    for kept in _kept(seeds):
        _live(kept, DAYS)
        lived += 1
    while time.monotonic() - began < budget:
        _live(random.SystemRandom().randrange(SEED_MAX), days)
        lived += 1
    click.echo(say("cli.sim.lived", lived=lived, seconds=round(time.monotonic() - began)))


def _kept(path: Path) -> list[int]:
    """The seeds of a file; none when there is no such file."""
    if not path.exists():
        return []
    texts = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    try:
        return [int(text) for text in texts if text]
    except ValueError as fault:
        raise click.UsageError(say("cli.sim.bad_seeds", path=path, fault=fault)) from None


def _live(seed: int, days: float) -> None:
    from tocsin.sim.checkers import Broken
    from tocsin.sim.run import run as live

    began = time.monotonic()
    click.echo(say("cli.sim.seed", seed=seed, days=f"{days:g}"), nl=False)
    try:
        result = live(seed, days)
    except Broken as broken:
        click.echo(f"\n\n{broken}\n\nmake sim SEED={seed}")
        sys.exit(1)
    counts, seconds = result.counts, f"{time.monotonic() - began:.1f}"
    told = {"events": counts["events"], "heard": counts.get("heard", 0), "deaths": counts["deaths"]}
    click.echo(say("cli.sim.told", **told, seconds=seconds, digest=result.digest))


@sim.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--config", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="YAML as for `tocsin apply`."
)
@click.option("--after", "after_s", type=float, default=3600.0, show_default=True,
              help="Virtual seconds to go on after the last signal.")  # fmt: skip
def feed(file: Path, config: Path | None, after_s: float) -> None:
    """Send a recorded stream of signals through the real doors and print what came of it.

    FILE has one JSON object a line: `at` (RFC 3339 or milliseconds), `door` (as in the URL: alertmanager, pagerduty,
    zabbix…), `payload` (JSON, or a text sent as it is), and if need be `path`, `method`, `query`, `headers`,
    `content_type`. The incidents, pages, fates and the ledger are printed as JSON lines.
    """
    from tocsin.cli.orders import orders
    from tocsin.sim.feed import FeedError, read
    from tocsin.sim.feed import feed as live
    from tocsin.web.config.documents import DocumentError

    try:
        lines = read(sys.stdin.read() if str(file) == "-" else file.read_text("utf-8"))
        commands, keys = orders(str(config), config.read_text("utf-8")) if config else ([], {})
        for line in live(lines, after_s, commands, keys):
            click.echo(line)
    except (FeedError, DocumentError) as fault:
        raise click.ClickException(again(fault)) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise click.ClickException(say("cli.unreadable", fault=fault)) from None
