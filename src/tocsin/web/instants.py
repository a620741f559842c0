"""Instants at the edge: RFC 3339 in UTC outside, milliseconds inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec
from litestar.params import Parameter

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import EPOCH, MOMENT_MAX, parse_rfc3339
from tocsin.web.problem import Fault, Refused

MOMENT_MIN = -62_135_596_800_000
"""The first instant of the year 1: what clients send with an offset may lie just outside the years 1 … 9999."""

Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant as clients write it, with its zone."""


Asked: TypeAlias = Annotated[
    str, Parameter(max_length=40, schema_extra={"format": "date-time"}, description="RFC 3339, with its zone.")
]
"""An instant in a query; empty for none."""


def asked(name: str, text: str) -> Moment | None:
    """The instant of a query parameter. Raises Refused."""
    at = parse_rfc3339(text) if text else None
    if text and at is None:
        fault = Fault(f"?{name}", f"{text!r} is no instant", "write 2026-11-24T03:12:00Z")
        raise Refused(400, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    return at


def shown(at: int) -> datetime:
    """The instant for a client."""
    return EPOCH + timedelta(milliseconds=min(max(at, MOMENT_MIN), MOMENT_MAX))


def shown_or_none(at: int | None) -> datetime | None:
    """The instant for a client; 0 means there is none."""
    return shown(at) if at else None


def moment(instant: datetime) -> Moment:
    """The instant inside; one without a zone counts as UTC (query parameters have no way to insist)."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return Moment((aware - EPOCH) // timedelta(milliseconds=1))
