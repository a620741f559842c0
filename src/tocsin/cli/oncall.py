"""`tocsin oncall`: who is on duty."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from tocsin.cli.client import at
from tocsin.cli.output import Talk, connected, fields
from tocsin.cli.times import END, INSTANT, end_of, local, relative
from tocsin.cli.words import say


@click.group()
def oncall() -> None:
    """Duty: who is on call, and when."""


@oncall.command()
@click.argument("schedule", default="")
@click.option("--at", "instant", type=INSTANT, help="When: 18:30, +8h, '2026-11-24 08:00'.  [default: now]")
@connected
def who(talk: Talk, schedule: str, instant: datetime | None) -> None:
    """Say who is on duty, in one SCHEDULE or in all."""
    when = instant.isoformat() if instant else None
    if schedule:
        found = [talk.api.get(at("schedules", schedule, "who"), at=when)]
    else:
        found = talk.api.get("/oncall", at=when)["items"]
    talk.rows(
        found, *fields("schedule", "users"), ("at", lambda row: local(row["at"])),
        ("next_change_at", lambda row: local(row["next_change_at"])), name="schedule",
    )  # fmt: skip


@oncall.command()
@click.argument("schedule")
@click.option("--from", "start_at", type=INSTANT, help="[default: now]")
@click.option("--to", "end_at", type=END, help="Until when, or how long.  [default: two weeks later]")
@connected
def shifts(talk: Talk, schedule: str, start_at: datetime | None, end_at: datetime | timedelta | None) -> None:
    """Lay out the shifts of a SCHEDULE."""
    found = talk.api.get(at("schedules", schedule, "shifts"), start_at=_wire(start_at), end_at=_end(start_at, end_at))[
        "items"
    ]
    talk.rows(found, *_SPAN, *fields("user", "layer", "override"), name="user")


@oncall.command()
@click.argument("schedule")
@click.option("--from", "start_at", type=INSTANT, help="[default: now]")
@click.option("--to", "end_at", type=END, help="Until when, or how long.  [default: two weeks later]")
@connected
def gaps(talk: Talk, schedule: str, start_at: datetime | None, end_at: datetime | timedelta | None) -> None:
    """Say when nobody of a SCHEDULE is on duty."""
    found = talk.api.get(at("schedules", schedule, "gaps"), start_at=_wire(start_at), end_at=_end(start_at, end_at))[
        "items"
    ]
    talk.rows(found, *_SPAN, name="start_at")


@oncall.command()
@click.argument("schedule")
@click.argument("user", default="")
@click.option("--from", "start_at", type=INSTANT, default="now", show_default=True)
@click.option("--to", "end_at", type=END, help="Until when, or for how long from the start: 8h.")
@click.option("--instead-of", default="", help="Only of this person; without it of whoever is on duty.")
@click.option("--remove", metavar="OVERRIDE", help="Take this override back.")
@connected
def override(
    talk: Talk,
    schedule: str,
    user: str,
    start_at: datetime,
    end_at: datetime | timedelta | None,
    instead_of: str,
    remove: str | None,
) -> None:
    """Let USER take the duty of SCHEDULE for a while; without USER, list the overrides."""
    path = at("schedules", schedule, "overrides")
    if remove:
        talk.api.delete(path + at(remove))
        talk.done(say("cli.override_removed", id=remove, schedule=schedule))
        return
    if not user:
        talk.rows(talk.api.get(path)["items"], *fields("id", "user"), *_SPAN, *fields("instead_of"))
        return
    if end_at is None:
        raise click.UsageError(say("cli.override_needs_end"))
    wanted = {"user": user, "start_at": start_at, "end_at": end_of(start_at, end_at), "instead_of": instead_of}
    found = talk.api.post(path, wanted)
    talk.done(
        say("cli.override_added", id=found["id"], user=user, schedule=schedule, until=local(found["end_at"])), found
    )


def _end(start_at: datetime | None, end_at: datetime | timedelta | None) -> str | None:
    return _wire(end_of(start_at, end_at))


def _wire(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


_SPAN = (
    ("start_at", lambda row: local(row["start_at"])),
    ("end_at", lambda row: local(row["end_at"])),
    ("starts", lambda row: relative(row["start_at"])),
)
