"""A decision in the making: the events so far, and the tables as they will be after them.

Law: the room's own fold runs over sheets laid on the known tables, so a later event of a decision sees the earlier
ones and the known tables are never written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Generic, TypeVar

from tocsin.core.notify.events import NotifyEvent, Rule
from tocsin.core.notify.state import DueTimers, Known, Page, Run, evolve
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Moment, Stamp

Row = TypeVar("Row")


class Sheet(MutableMapping[str, Row], Generic[Row]):
    """What is written on top of a table that must stay as it is; None marks a row that is gone."""

    def __init__(self, below: Mapping[str, Row]) -> None:
        self._below = below
        self._written: dict[str, Row | None] = {}

    def __getitem__(self, key: str) -> Row:
        if key not in self._written:
            return self._below[key]
        row = self._written[key]
        if row is None:
            raise KeyError(key)
        return row

    def __setitem__(self, key: str, row: Row) -> None:
        self._written[key] = row

    def __delitem__(self, key: str) -> None:
        self[key]
        self._written[key] = None

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self._below if key not in self._written)
        yield from (key for key, row in self._written.items() if row is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class TimerSheet:
    """Rows set and dropped on top of an agenda; `touched` are those this decision set."""

    def __init__(self, below: DueTimers) -> None:
        self._below = below
        self._rows: dict[str, Moment | None] = {}

    def set(self, key: str, at: Moment) -> None:
        """Let the key be due at this instant."""
        self._rows[key] = at

    def drop(self, key: str) -> None:
        """Forget the key."""
        self._rows[key] = None

    def due(self, at: Moment) -> list[str]:
        """The keys due at or before this instant."""
        return [key for key in self._below.due(at) if key not in self._rows] + self.touched(at)

    def touched(self, at: Moment) -> list[str]:
        """The keys this decision set that are due at or before this instant, earliest first."""
        rows = [(when, key) for key, when in self._rows.items() if when is not None and when <= at]
        rows.sort(key=lambda row: row[0])
        return [key for _, key in rows]


class Draft:
    """The known tables and what this decision tells, at the instant it is decided."""

    def __init__(self, known: Known, at: Moment) -> None:
        self.at = at
        self.events: list[NotifyEvent] = []
        self.rules: Sheet[tuple[Rule, ...]] = Sheet(known.rules)
        self.runs: Sheet[Run] = Sheet(known.runs)
        self.pages: Sheet[Page] = Sheet(known.pages)
        self.helpers: Sheet[tuple[str, ...]] = Sheet(known.helpers)
        self.sent: Sheet[tuple[Moment, ...]] = Sheet(known.sent)
        self.owing: Sheet[Moment] = Sheet(known.owing)
        self.counts: Sheet[int] = Sheet(known.counts)
        self.agenda = TimerSheet(known.agenda)
        self._stamp = Stamp(0, at, "", 0, "")

    def tell(self, event: NotifyEvent) -> None:
        """Let this have happened."""
        self.events.append(event)
        evolve(self, event, self._stamp)

    def next_page(self) -> str:
        """The id of the next page."""
        return numbered("PG", self.counts.get("page", 0) + 1)

    def next_run(self) -> int:
        """The number of the next run."""
        return self.counts.get("run", 0) + 1

    def pages_of(self, run: Run) -> list[Page]:
        """The pages of a run that are still remembered."""
        return list(self.newest_of(run))[::-1]

    def newest_of(self, run: Run) -> Iterator[Page]:
        """The same one by one, the last planned first: who looks for one need not look at thousands."""
        for id_ in reversed(self.runs[run.incident].pages):
            page = self.pages.get(id_)
            if page is not None:
                yield page

    def decision(self, answer: str = "") -> Accepted:
        """All that was told."""
        return Accepted(tuple(self.events), answer)
