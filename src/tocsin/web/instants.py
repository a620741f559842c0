"""Instants at the edge: RFC 3339 in UTC outside, milliseconds inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import EPOCH

Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant as clients write it, with its zone."""


def shown(at: int) -> datetime:
    """The instant for a client."""
    return EPOCH + timedelta(milliseconds=at)


def shown_or_none(at: int | None) -> datetime | None:
    """The instant for a client; 0 means there is none."""
    return shown(at) if at else None


def moment(instant: datetime) -> Moment:
    """The instant inside; one without a zone counts as UTC (query parameters have no way to insist)."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return Moment((aware - EPOCH) // timedelta(milliseconds=1))
