"""Instants and durations as people type them: `2h`, `in 2 hours` is `+2h`; `18:30`; `2026-11-24 18:30`; RFC 3339.

Law: a time without a zone is local to the terminal; what goes to the server carries its zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tocsin.cli.words import say
from tocsin.kernel.moment import duration, parse_duration

SECOND_MS = 1_000
_PARTS = re.compile(r"\d+[a-z]+")


class InstantType(click.ParamType):  # type: ignore[type-arg]
    """An instant; the value is a datetime with a zone."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, relative to now."""
        if isinstance(value, datetime):
            return value
        found = parse_instant(str(value), datetime.now().astimezone())
        if found is None:
            self.fail(say("cli.bad_instant", text=value), param, ctx)
        return found


class DurationType(click.ParamType):  # type: ignore[type-arg]
    """A Prometheus duration such as `1h30m`; the value is whole seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        if isinstance(value, int):
            return value
        found = parse_duration(str(value))
        if found is None:
            self.fail(say("cli.bad_duration", text=value), param, ctx)
        return found // SECOND_MS


class EndType(InstantType):
    """An instant, or a length that is counted from the start: the value is a datetime or a timedelta."""

    name = "end"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it; `8h` and `+8h` are lengths."""
        if isinstance(value, timedelta):
            return value
        length = parse_duration(str(value).strip().removeprefix("+"))
        return super().convert(value, param, ctx) if length is None else timedelta(milliseconds=length)


def end_of(start: datetime | None, end: datetime | timedelta | None) -> datetime | None:
    """The instant of an end, whose length is counted from this start (None: now)."""
    return (start or datetime.now().astimezone()) + end if isinstance(end, timedelta) else end


INSTANT = InstantType()
END = EndType()
DURATION = DurationType()


def parse_instant(text: str, now: datetime) -> datetime | None:
    """The instant of a text, None when it is none. `now` has the zone of the terminal."""
    text = text.strip()
    if text == "now":
        return now
    length = parse_duration(text.lstrip("+-"))
    if length is not None:
        return now + timedelta(milliseconds=-length if text.startswith("-") else length)
    try:
        if len(text) == 5 and text[2] == ":":
            return now.replace(hour=int(text[:2]), minute=int(text[3:]), second=0, microsecond=0)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=None).astimezone()


def read_instant(text: str) -> datetime:
    """An instant the server wrote."""
    return datetime.fromisoformat(text)


def relative(text: str | None, now: datetime | None = None) -> str:
    """`3m20s ago` or `in 2h`, in the two largest units; `-` for never."""
    if not text:
        return "-"
    gap = read_instant(text) - (now or datetime.now(UTC))
    size = "".join(_PARTS.findall(duration(round(abs(gap) / timedelta(seconds=1)) * SECOND_MS))[:2])
    return say("cli.ago", time=size) if gap.total_seconds() <= 0 else say("cli.in", time=size)


def local(text: str | None) -> str:
    """An instant in the terminal's zone; `-` for never."""
    return read_instant(text).astimezone().strftime("%Y-%m-%d %H:%M:%S") if text else "-"
