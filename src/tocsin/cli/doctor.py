"""`tocsin doctor`: what could keep a page from arriving, looked for before it matters.

Law: a doctor only looks. Every finding says what to do.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from tocsin.cli.client import Failure, Thing, at
from tocsin.cli.journal import JOURNAL_FILE, KEY_FILE
from tocsin.cli.output import Talk, connected, fields
from tocsin.cli.times import local, read_instant
from tocsin.cli.words import again, say

PYTHON_MIN = (3, 11)
FREE_BYTES_MIN = 500_000_000
SMTP_TIMEOUT_S = 5.0
FORBIDDEN = 403
CLOCK_GAP_MS_MAX = 2_000
"""Timers and signed links bear more, but clocks that differ so much are not kept by anybody."""
OK, WARN, FAIL = "ok", "warn", "fail"
HIDDEN = "•••"


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do about it."""

    status: str
    subject: str
    detail: str


Findings = Iterator[Finding]


@click.command()
@click.option(
    "--data", "data_dir", envvar="TOCSIN_DATA_DIR", help="Look at this data directory.  [default: data, if there]"
)
@click.option("--full", is_flag=True, help="Verify the whole journal, not only its end.")
@click.option("--offline", is_flag=True, help="Do not ask the server.")
@connected
def doctor(talk: Talk, data_dir: str | None, full: bool, offline: bool) -> None:
    """Look for what could keep a page from arriving; exits 1 when something would."""
    found = list(_python())
    settings, findings = _settings(data_dir)
    found += findings
    if settings is not None:
        directory = Path(settings.data_dir)
        if data_dir or directory.exists():
            found += _directory(directory)
            found += _journal(directory / JOURNAL_FILE, full)
        found += _smtp(settings)
    if not offline:
        found += _server(talk)
    talk.rows([one._asdict() for one in found], *fields("status", "subject", "detail"), name="subject")
    if any(one.status == FAIL for one in found):
        sys.exit(1)


def _python() -> Findings:
    version = ".".join(map(str, sys.version_info[:3]))
    is_good = sys.version_info >= PYTHON_MIN
    yield Finding(OK if is_good else FAIL, "python", version if is_good else say("cli.doctor.python", version=version))


def _settings(data_dir: str | None) -> tuple[Any, list[Finding]]:
    """The settings as `serve` would read them, and where each that is not the default comes from."""
    from tocsin.shell.settings import SECRET_NAMES, SettingsError, read

    try:
        configured = read({"data_dir": data_dir})
    except (SettingsError, OSError) as fault:
        return None, [Finding(FAIL, "settings", again(fault))]
    found = []
    for name, origin in configured.origins.items():
        if origin != "default":
            value = HIDDEN if name in SECRET_NAMES else getattr(configured.settings, name)
            found.append(Finding(OK, "settings", f"{name} = {value} ({origin})"))
    return configured.settings, found or [Finding(OK, "settings", say("cli.doctor.defaults"))]


def _directory(directory: Path) -> Findings:
    if not directory.is_dir():
        yield Finding(FAIL, "data", say("cli.doctor.no_directory", path=directory))
        return
    mode = stat.S_IMODE(directory.stat().st_mode)
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(FAIL, "data", say("cli.doctor.not_ours", path=directory))
    elif mode & 0o077:
        yield Finding(WARN, "data", say("cli.doctor.open", path=directory, mode=f"{mode:o}", wanted="700"))
    else:
        yield Finding(OK, "data", str(directory))
    key = directory / KEY_FILE
    if not key.exists():
        yield Finding(WARN, "key", say("cli.doctor.no_key", path=key))
    elif stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding(
            FAIL, "key", say("cli.doctor.open", path=key, mode=f"{stat.S_IMODE(key.stat().st_mode):o}", wanted="600")
        )
    else:
        yield Finding(OK, "key", str(key))
    free = shutil.disk_usage(directory).free
    amount = f"{free / 1e9:.1f} GB"
    yield (
        Finding(OK, "disk", amount)
        if free >= FREE_BYTES_MIN
        else Finding(FAIL, "disk", say("cli.doctor.disk", free=amount))
    )


def _journal(path: Path, full: bool) -> Findings:
    from tocsin.shell.journal.protocol import JournalError
    from tocsin.shell.journal.sqlite import SqliteReader

    if not path.is_file():
        yield Finding(WARN, "journal", say("cli.no_journal", path=path))
        return
    try:
        reader = SqliteReader(path)
        head, last_at = reader.head(), reader.last_at()
        if head.seq:
            assert reader.event(head.seq) is not None, "the head names the last event"
        verdict = reader.verify() if full else None
        reader.close()
    except JournalError as fault:
        yield Finding(FAIL, "journal", again(fault))
        return
    if verdict is not None and not verdict.ok:
        yield Finding(FAIL, "journal", say("cli.journal_broken", seq=verdict.broken_seq, why=again(verdict.why)))
    else:
        yield Finding(
            OK, "journal", say("cli.doctor.journal", seq=head.seq, batch=head.batch, head=head.hash.hex()[:16])
        )
    ahead_ms = last_at - time.time_ns() // 1_000_000
    if ahead_ms > CLOCK_GAP_MS_MAX:
        yield Finding(FAIL, "clock", say("cli.doctor.clock_behind", seconds=ahead_ms // 1_000))


def _smtp(settings: Any) -> Findings:
    if not settings.smtp_host:
        yield Finding(WARN, "smtp", say("cli.doctor.no_smtp"))
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    connect: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with connect(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_S) as server:
            server.ehlo()
            if settings.smtp_security == "starttls":
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
    except (OSError, smtplib.SMTPException) as fault:
        yield Finding(FAIL, "smtp", say("cli.doctor.smtp", where=where, fault=fault))
        return
    yield Finding(OK, "smtp", where)


def _server(talk: Talk) -> Findings:
    try:
        ready = talk.api.send("GET", "/-/ready")
        if ready.status_code != 200:
            yield Finding(FAIL, "server", say("cli.doctor.not_ready", url=talk.api.url, text=ready.text[:200]))
            return
        meta = talk.api.get("/meta")
    except Failure as fault:
        yield Finding(FAIL, "server", fault.message.replace("\n", " "))
        return
    yield Finding(OK, "server", f"{talk.api.url}, {meta['version']}, seq {meta['seq']}")
    gap_s = abs((read_instant(meta["at"]) - datetime.now(UTC)).total_seconds())
    if gap_s * 1_000 > CLOCK_GAP_MS_MAX:
        yield Finding(WARN, "clock", say("cli.doctor.clock_gap", seconds=round(gap_s)))
    else:
        yield Finding(OK, "clock", local(meta["at"]))
    for look in (_system, _people, _schedules, _sources):
        try:
            yield from look(talk)
        except Failure as fault:
            yield Finding(WARN, look.__name__.strip("_"), fault.message.replace("\n", " "))


def _system(talk: Talk) -> Findings:
    """What the server itself says is wrong with it; only administrators are told."""
    try:
        troubles = talk.api.get("/system")["problems"]
    except Failure as fault:
        if fault.status != FORBIDDEN:
            raise
        return
    for trouble in troubles:
        yield Finding(WARN, "system", trouble["text"])


def _people(talk: Talk) -> Findings:
    """Everybody a ladder could reach now has a way to be reached beside the mailbox."""
    teams = {row["id"]: row["spec"]["members"] for row in talk.api.pages("/teams")}
    duty = {row["schedule"]: row["users"] for row in talk.api.get("/oncall")["items"]}
    reached: dict[str, None] = {}
    for ladder in talk.api.pages("/ladders"):
        targets = [target for step in ladder["spec"]["steps"] for target in step["targets"]]
        people = [user for target in targets for user in _behind(target, teams, duty)]
        reached |= dict.fromkeys(people)
        if not people:
            yield Finding(FAIL, "ladder", say("cli.doctor.nobody", ladder=ladder["id"]))
    for user in reached:
        contacts = list(talk.api.pages(at("users", user, "contacts")))
        if any(row["verified"] for row in contacts):
            yield Finding(OK, "contact", user)
        else:
            yield Finding(WARN, "contact", say("cli.doctor.no_contact", user=user))


def _behind(target: Thing, teams: dict[str, list[str]], duty: dict[str, list[str]]) -> list[str]:
    match target["kind"]:
        case "person":
            return [target["id"]]
        case "team":
            return teams.get(target["id"], [])
        case _:
            return duty.get(target["id"], [])


def _schedules(talk: Talk) -> Findings:
    """Nobody is on duty at times in the next two weeks."""
    for row in talk.api.pages("/schedules"):
        gaps = talk.api.get(at("schedules", row["id"], "gaps"))["items"]
        if gaps:
            first = local(gaps[0]["start_at"])
            yield Finding(WARN, "schedule", say("cli.doctor.gaps", schedule=row["id"], gaps=len(gaps), first=first))
        else:
            yield Finding(OK, "schedule", row["id"])


def _sources(talk: Talk) -> Findings:
    """Every signal was understood, and has its fate."""
    for row in talk.api.pages("/sources"):
        health = talk.api.get(at("sources", row["id"], "health"))
        if health["beat_missed"]:
            yield Finding(WARN, "source", say("cli.doctor.silent", source=row["id"]))
        elif health["dead_letters"]:
            yield Finding(WARN, "source", say("cli.doctor.letters", source=row["id"], letters=health["dead_letters"]))
        else:
            yield Finding(OK, "source", row["id"])
    ledger = talk.api.get("/ledger")
    yield Finding(OK if ledger["balanced"] else FAIL, "ledger", say("cli.doctor.ledger", received=ledger["received"], pending=ledger["pending"]))  # fmt: skip # noqa: E501
