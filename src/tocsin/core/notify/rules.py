"""The arithmetic of paging: which way to a person, when to try again, how much a person can bear.

Law: free of messages; instants come in and go out, zones only through the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.core.notify.events import Rule
from tocsin.kernel.message import Moment
from tocsin.kernel.moment import MINUTE_MS, SECOND_MS
from tocsin.kernel.zone import Day, instant, local, parse_clock

BACKOFF_MS = (15 * SECOND_MS, 60 * SECOND_MS, 3 * MINUTE_MS, 10 * MINUTE_MS)
"""The wait after each failed attempt: a hiccup is over in seconds, an outage of a provider in minutes."""
ATTEMPTS_MAX = len(BACKOFF_MS) + 1
"""Then another way is tried: fourteen minutes are long for somebody who waits for help."""
RECEIPT_TIMEOUT_MS = 2 * MINUTE_MS
"""A channel that has said nothing for so long hangs; the page is sent again, at least once being the promise."""
LATE_MS = 60 * SECOND_MS
"""A page so much behind its time is the backlog of an outage, not the jitter of a timer."""
WINDOWS = ((MINUTE_MS, 5), (15 * MINUTE_MS, 20))
"""At most so many messages to one contact in each length of time; more are noise nobody reads."""
SENT_KEPT = max(count for _, count in WINDOWS)
"""Sending times remembered for a slot: the largest window needs no more."""
HIGH_WAIT_MS_MAX = MINUTE_MS
"""The longest a page of high urgency waits for the throttle; then it leaves in a digest all the same."""
DAY_BEGINS = 8 * 60
DAY_ENDS = 22 * 60
"""Delivery hours of low urgency, in minutes of the person's local day: nobody is woken for it."""
RULES_MAX = 20
"""Rules of one person: more cannot be understood at night."""
DELAY_S_MAX = 86_400
"""A page later than a day is not a page."""
EMAIL = "email"
"""The channel that by default carries low urgency."""
MAILBOX = "mailbox"
"""Channel and contact that everybody has."""


class Way(NamedTuple):
    """One way to a person: the contact, when to use it, and the rule that says so."""

    contact: str
    channel: str
    rule: str
    due_at: Moment


def covers(rule: Rule, urgency: str, minute: int) -> bool:
    """Whether the rule speaks at this urgency and minute of the local day. An end at or before the start is
    tomorrow's."""
    start, end = parse_clock(rule.start), parse_clock(rule.end)
    assert start is not None and end is not None, f"rules are checked when they are set: {rule}"
    if rule.urgency not in ("any", urgency):
        return False
    return start <= minute < end if start < end else minute >= start or minute < end


def day_at(at: Moment, zone: str) -> Moment:
    """This instant when it lies in the delivery hours of the zone, else the next 08:00 there, through any DST."""
    here = local(at, zone)
    if here.minute_of_day < DAY_BEGINS:
        return instant(here.day, DAY_BEGINS, zone)
    return at if here.minute_of_day < DAY_ENDS else instant(Day(here.day + 1), DAY_BEGINS, zone)


def soonest(urgency: str, at: Moment, zone: str) -> Moment:
    """When a person may be told by any way: high urgency now, low in the delivery hours."""
    return at if urgency == "high" else day_at(at, zone)


def ways(
    rules: Sequence[Rule], reachable: Sequence[tuple[str, str]], urgency: str, at: Moment, zone: str
) -> tuple[Way, ...]:
    """The ways to a person whose verified contacts are `reachable` (contact, channel). Rules decide by the local hour
    at which the rung is reached. Without rules: high urgency by every contact at once, low urgency by e-mail in the
    delivery hours. Where that leads nowhere, every contact is the fallback. Empty only without a verified contact."""
    found = _by_rules(rules, dict(reachable), urgency, at, zone) if rules else _by_default(reachable, urgency, at, zone)
    if found:
        return found
    return tuple(Way(contact, channel, "fallback", soonest(urgency, at, zone)) for contact, channel in reachable)


def _by_rules(rules: Sequence[Rule], channels: dict[str, str], urgency: str, at: Moment, zone: str) -> tuple[Way, ...]:
    minute = local(at, zone).minute_of_day
    found: dict[tuple[str, int], Way] = {}
    for number, rule in enumerate(rules, 1):
        if rule.contact in channels and covers(rule, urgency, minute):
            way = Way(rule.contact, channels[rule.contact], f"rule:{number}", Moment(at + rule.delay_s * SECOND_MS))
            found.setdefault((rule.contact, rule.delay_s), way)
    return tuple(found.values())


def _by_default(reachable: Sequence[tuple[str, str]], urgency: str, at: Moment, zone: str) -> tuple[Way, ...]:
    if urgency == "high":
        return tuple(Way(contact, channel, "default:high", at) for contact, channel in reachable)
    day = day_at(at, zone)
    return tuple(Way(contact, channel, "default:low", day) for contact, channel in reachable if channel == EMAIL)


def room(sent: Sequence[Moment], at: Moment) -> int:
    """How many messages a slot takes now, given when the last ones left (oldest first)."""
    return max(0, min(count - sum(1 for then in sent if then > at - length) for length, count in WINDOWS))


def opens_at(sent: Sequence[Moment], at: Moment) -> Moment:
    """When the slot takes a message again; `at` when it does now."""
    full = [sent[-count] + length for length, count in WINDOWS if len(sent) >= count]
    return Moment(max([at, *full]))


def presses_at(sent: Sequence[Moment]) -> Moment:
    """When a full slot takes a message of high urgency all the same: a minute after its last one, so that whatever
    comes until then waits for one and the same instant, and none of it longer than that minute."""
    return Moment(sent[-1] + HIGH_WAIT_MS_MAX)


def sent_with(sent: Sequence[Moment], at: Moment) -> tuple[Moment, ...]:
    """The sending times of a slot with one more, as far back as they matter."""
    return (*sent[1 - SENT_KEPT :], at)
