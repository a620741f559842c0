"""Which alerts a question is about: its filters, and the walk over all alerts in small steps.

Law: after each step the loop is free for others; a walk ends when its time is over and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import lru_cache
from itertools import islice
from time import perf_counter

import msgspec

from tocsin.core.alerts.views import Alert
from tocsin.core.intake.events import SEVERITIES
from tocsin.core.world import Views
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.matcher import Matcher, Matchers
from tocsin.web.feed.condition import CONDITIONS_MAX, REMEMBERED_MAX, Condition, compiled
from tocsin.web.feed.facts import Facts
from tocsin.web.problem import Fault, Refused

Keep = Callable[[list[Alert]], list[Alert]]

FIRING, RESOLVED = "firing", "resolved"
STATUSES = (FIRING, RESOLVED)
STEP = 1_000
"""Alerts looked at before others get the loop: about a millisecond."""
FIRST_STEP = 8
"""The first step is small, and the next only larger while it is quick: nobody knows what a condition costs before."""
STEP_S = 0.005
"""How long a step should take."""
WALK_S = 2.5
"""The longest a question may take; what was not seen by then is missing from the answer, which says so."""
CLOSED_MAX = 200_000
"""Closed alerts looked at for one answer, those closed last first."""
LISTED_MAX = 200
"""Values in one comma list."""


class Asked(msgspec.Struct, frozen=True):
    """A question's filters as they stand in its query; empty ones ask for nothing."""

    q: str = ""
    status: str = ""
    severity: str = ""
    source: str = ""
    service: str = ""
    incident: str = ""
    suppressed: bool | None = None
    matchers: tuple[str, ...] = ()


class Test(msgspec.Struct, frozen=True):
    """One filter. `facet` is what it selects by, so that counts of that facet can leave it out."""

    facet: str
    keep: Keep


class Sieve:
    """The filters of a question, made ready. Raises Refused."""

    def __init__(self, look: Views, asked: Asked) -> None:
        self.facts = Facts(look)
        self.statuses = _listed("status", asked.status, STATUSES) or STATUSES
        self.is_complete = True
        self._look = look
        self._asked = asked
        self.tests = [*self._selections(asked), *self._matchers(asked.matchers)]
        if asked.incident:
            self.tests.append(Test("", self._members(asked.incident)))
        if asked.q:
            self.tests.append(Test("", Condition(compiled(asked.q), self.facts).keep))

    def _selections(self, asked: Asked) -> list[Test]:
        facts, held = self.facts, self._look.alerts.is_suppressed
        severities = _listed("severity", asked.severity, SEVERITIES)
        sources, services = _listed("source", asked.source), _listed("service", asked.service)
        found = []
        if severities:
            found.append(Test("severity", lambda rows: [row for row in rows if row.content.severity in severities]))
        if sources:
            found.append(Test("source", lambda rows: [row for row in rows if row.source in sources]))
        if services:
            found.append(Test("service", lambda rows: [row for row in rows if facts.service(row) in services]))
        if asked.suppressed is not None:
            wish = asked.suppressed
            found.append(Test("suppressed", lambda rows: [row for row in rows if held(row.number) is wish]))
        return found

    def _matchers(self, texts: Sequence[str]) -> list[Test]:
        found = []
        for text in texts:
            compiled = Matchers.compile((text,))
            if isinstance(compiled, str):
                raise Refused(400, "request_invalid", f"?filter: {compiled}", (Fault("?filter", compiled),))
            names = [item.name for item in compiled.items]
            found.append(Test(f"label:{names[0]}" if len(names) == 1 else "", _keeper(compiled)))
        return found

    def _members(self, incident: str) -> Keep:
        number = number_of(incident, "INC")
        found = self._look.incidents.incident(numbered("INC", number) if number else incident)
        members = found.alerts if found is not None else {}
        return lambda rows: [row for row in rows if row.number in members]

    def open(self) -> list[Alert]:
        """The open alerts the question may be about, oldest first."""
        if FIRING not in self.statuses:
            return []
        source = self._asked.source
        if source and "," not in source:
            return list(self._look.alerts.open_alerts_of(source))
        return list(self._look.alerts.open_alerts())

    def closed(self, most: int = CLOSED_MAX) -> list[Alert]:
        """The closed ones, those closed last first."""
        if RESOLVED not in self.statuses:
            return []
        found = list(islice(self._look.alerts.closed_alerts(), most))
        if len(found) < self._look.alerts.closed_count():
            self.is_complete = False
        return found

    async def walk(self, alerts: list[Alert], tests: Sequence[Test] | None = None) -> AsyncIterator[list[Alert]]:
        """Those that pass the tests (all, when none are named), step by step."""
        tests = self.tests if tests is None else tests
        step, place = FIRST_STEP, 0
        end = perf_counter() + WALK_S
        while place < len(alerts):
            begun = perf_counter()
            rows = alerts[place : place + step]
            place += step
            for test in tests:
                rows = test.keep(rows)
            step = min(STEP, 2 * step) if perf_counter() - begun < STEP_S else max(1, step // 4)
            yield rows
            await asyncio.sleep(0)
            if perf_counter() > end:
                self.is_complete = False
                return


class Verdicts(dict[str, bool]):
    """What a regular expression says of a value, asked once: the values of a label are the same from alert to alert,
    and a filter is asked for again with each look at the feed."""

    def __init__(self, test: Callable[[str], bool]) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, value: str) -> bool:
        if len(self) >= REMEMBERED_MAX:
            self.clear()
        verdict = self[value] = self._test(value)
        return verdict


@lru_cache(maxsize=CONDITIONS_MAX)
def _verdicts(matcher: Matcher) -> Verdicts:
    return Verdicts(matcher.test)


def _keeper(matchers: Matchers) -> Keep:
    if not any(matcher.is_regex for matcher in matchers.items):
        return lambda rows: [row for row in rows if matchers.matches(row.content.labels)]
    tests = [(one.name, _verdicts(one).__getitem__ if one.is_regex else one.test) for one in matchers.items]

    def keep(rows: list[Alert]) -> list[Alert]:
        for name, test in tests:
            rows = [row for row in rows if test(row.content.labels.get(name, ""))]
        return rows

    return keep


def _listed(name: str, text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The values of a comma list. Raises Refused."""
    values = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [value for value in values if known and value not in known]
    if unknown or len(values) > LISTED_MAX:
        what = f"{unknown[0]!r} is none of {', '.join(known)}" if unknown else f"more than {LISTED_MAX} values"
        raise Refused(400, "request_invalid", f"?{name}: {what}", (Fault(f"?{name}", what),))
    return values
