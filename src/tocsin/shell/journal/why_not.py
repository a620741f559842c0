"""Why nobody was paged for an alert, or that somebody was.

Law: only what the journal says counts, and every answer names the event that proves it. Words are message ids
`why_not.<reason>` with values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tocsin.core.alerts import events as alerts
from tocsin.core.incidents import events as incidents
from tocsin.core.notify import events as notify
from tocsin.kernel.ids import number_of, numbered
from tocsin.kernel.message import Event
from tocsin.shell.journal.protocol import Readable, Recorded
from tocsin.shell.journal.records import record
from tocsin.shell.journal.why import Step, Value, joins, silent, step_of

REASONS = (
    "paged", "paged_in_digest", "paged_in_mailbox", "page_on_its_way", "page_planned", "page_held", "page_given_up",
    "page_cancelled", "nobody_reached", "merged_into_acknowledged", "merged_into_paged", "merged_into_snoozed",
    "merged_into_muted", "incident_muted", "incident_snoozed", "group_wait", "run_exhausted", "resolved_before_page",
    "acknowledged_before_page", "suppressed", "no_route", "not_routed", "triggered_without_page",
)  # fmt: skip
"""Every reason there is; `not_routed`: the alert joined no incident and nothing says why."""

PAGED = ("paged", "paged_in_digest", "paged_in_mailbox")
"""The reasons that say somebody was."""


class Reason(msgspec.Struct, frozen=True):
    """One reason, its words (`message_id`, `values`) and the event that proves it."""

    message_id: str
    values: dict[str, Value]
    proof: Step


class WhyNot(msgspec.Struct, frozen=True):
    """Whether anybody was paged for the alert, and why or why not: one reason for each incident it belongs to."""

    alert: str
    was_paged: bool
    reasons: tuple[Reason, ...]


def why_not(journal: Readable, alert: str) -> WhyNot | None:
    """The reasons for an alert (`ALT-7` or `7`); None when the journal knows no such alert."""
    number = number_of(alert, "ALT")
    own = record(journal, numbered("ALT", number)) if number is not None else []
    if number is None or not own:
        return None
    homes = [(joined.event.subject(), joined) for joined in joins(journal, number, own)]
    found = [_of_incident(journal, incident, joined, own) for incident, joined in homes] or [_of_alert(own)]
    was_paged = any(name in PAGED for name, _ in found)
    return WhyNot(numbered("ALT", number), was_paged, tuple(_reason(name, proof) for name, proof in found))


Found = tuple[str, Recorded]
"""A reason's name and its proof."""


def _reason(name: str, proof: Recorded) -> Reason:
    step = step_of(proof)
    return Reason(f"why_not.{name}", step.values, step)


def _of_alert(own: list[Recorded]) -> Found:
    """An alert without an incident."""
    if suppressed := _suppressed(own):
        return "suppressed", suppressed
    if unrouted := _last(own, incidents.AlertUnrouted):
        return "no_route", unrouted
    if resolved := _over(own):
        return "resolved_before_page", resolved
    return "not_routed", own[0]


def _of_incident(journal: Readable, incident: str, joined: Recorded, own: list[Recorded]) -> Found:
    """What became of an alert in one incident, which it joined (or was merged into) by this event."""
    events = record(journal, incident)
    before = [each for each in events if each.stamp.seq < joined.stamp.seq]
    after = [each for each in events if each.stamp.seq > joined.stamp.seq]
    if suppressed := _suppressed(own):
        after_paged = _paged([each for each in after if each.stamp.seq < suppressed.stamp.seq])
        return after_paged or ("suppressed", suppressed)
    if found := _paged(after) or _merged(before):
        return found
    for each in after:
        if isinstance(each.event, incidents.IncidentMerged):
            return _of_incident(journal, each.event.into, each, own)
    return _kept_quiet(after, own) or _waiting(before, after, joined)


def _suppressed(own: Sequence[Recorded]) -> Recorded | None:
    """The rule that keeps the alert from paging now, or kept it to its end. One that fires again is told anew."""
    last = _last(own, alerts.AlertSuppressed, alerts.AlertReleased, alerts.AlertReopened)
    return last if last is not None and isinstance(last.event, alerts.AlertSuppressed) else None


def _over(own: Sequence[Recorded]) -> Recorded | None:
    """The end of the alert, unless somebody took that back."""
    last = _last(own, alerts.AlertResolved, alerts.AlertReopened)
    return last if last is not None and isinstance(last.event, alerts.AlertResolved) else None


def _paged(after: Sequence[Recorded]) -> Found | None:
    """Pages that left, or are about to, or failed: the furthest. One in a mailbox counts when there is no other."""
    pages = {getattr(each.event, "page", ""): each for each in after if type(each.event) in _PAGE}
    mailed = silent(after)
    loud = [proof for page, proof in pages.items() if page not in mailed]
    for cls, name in _PAGE.items():
        if proof := _last(loud, cls):
            return name, proof
    if proof := _last(tuple(pages.values()), notify.PageDelivered):
        return "paged_in_mailbox", proof
    if proof := _last(after, notify.NobodyReached):
        return "nobody_reached", proof
    return None


def _merged(before: Sequence[Recorded]) -> Found | None:
    """What the incident was already, when the alert came to it."""
    last = _stood(before)
    match last.event if last else None:
        case incidents.IncidentAcknowledged():
            name = "merged_into_acknowledged"
        case incidents.IncidentTriggered() | incidents.SnoozeEnded() | incidents.ActUndone():
            name = "merged_into_paged"
        case incidents.IncidentSnoozed():
            name = "merged_into_snoozed"
        case incidents.IncidentMuted():
            name = "merged_into_muted"
        case _:
            return None
    assert last is not None
    return name, last


def _stood(before: Sequence[Recorded]) -> Recorded | None:
    """The event that says how the incident stood. What was taken back leads to what holds again: an acknowledgement of
    an earlier hand, an earlier snooze; or calling went on by it."""
    last = _last(before, *_STANDING)
    if last is None:
        return None
    earlier = before[: before.index(last)]
    match last.event:
        case incidents.ActUndone(snoozed_until=until) if until:
            return _last(earlier, incidents.IncidentSnoozed)
        case incidents.ActUndone(status="acknowledged"):
            return _last(earlier, incidents.IncidentAcknowledged)
        case incidents.SnoozeEnded(is_calling=False) | incidents.ActUndone(is_calling=False):
            return _stood([each for each in earlier if not isinstance(each.event, incidents.IncidentSnoozed)])
        case _:
            return last


def _kept_quiet(after: Sequence[Recorded], own: Sequence[Recorded]) -> Found | None:
    """What ended or hushed the incident or the alert before anybody was told."""
    for each in after:
        if isinstance(each.event, notify.RunEnded) and each.event.why == "exhausted":
            return "run_exhausted", each
    again = _last(after, incidents.IncidentReopened)
    over_from = again.stamp.seq if again else 0  # what it was resolved by before says nothing any more
    for cls, name in _QUIET.items():
        proof = _last(after, cls)
        if proof and not (cls is incidents.IncidentResolved and proof.stamp.seq < over_from):
            return name, proof
    if resolved := _over(own):
        return "resolved_before_page", resolved
    return None


def _waiting(before: Sequence[Recorded], after: Sequence[Recorded], joined: Recorded) -> Found:
    if triggered := _last(after, incidents.IncidentTriggered):
        return "triggered_without_page", triggered
    return "group_wait", _last(before, incidents.IncidentOpened) or joined


def _last(records: Sequence[Recorded], *classes: type[Event]) -> Recorded | None:
    return next(_latest(records, classes), None)


def _latest(records: Sequence[Recorded], classes: tuple[type[Event], ...]) -> Iterator[Recorded]:
    return (record for record in reversed(records) if isinstance(record.event, classes))


_PAGE: dict[type[Event], str] = {
    notify.PageDelivered: "paged",
    notify.PageBundled: "paged_in_digest",
    notify.PageDue: "page_on_its_way",
    notify.PageFailed: "page_on_its_way",
    notify.PageHeld: "page_held",
    notify.PagePlanned: "page_planned",
    notify.PageGivenUp: "page_given_up",
    notify.PageCancelled: "page_cancelled",
}
_QUIET: dict[type[Event], str] = {
    incidents.IncidentMuted: "incident_muted",
    incidents.IncidentSnoozed: "incident_snoozed",
    incidents.IncidentResolved: "resolved_before_page",
    incidents.IncidentAcknowledged: "acknowledged_before_page",
}
_STANDING: tuple[type[Event], ...] = (
    incidents.IncidentTriggered,
    incidents.IncidentAcknowledged,
    incidents.IncidentSnoozed,
    incidents.IncidentMuted,
    incidents.IncidentUnmuted,
    incidents.IncidentReopened,
    incidents.SnoozeEnded,
    incidents.ActUndone,
)
