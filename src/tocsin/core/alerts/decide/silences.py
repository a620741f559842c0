"""What follows from setting and ending silences, by Alertmanager's rules of editing.

Law: a silence is changed in place only where its past stays true; otherwise the old one ends and a new one begins. An
ended silence never acts again. The details of refusals are Alertmanager's own words, which its clients show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from tocsin.core.alerts.commands import ExpireSilence, SetSilence
from tocsin.core.alerts.decide.known import Known, covers
from tocsin.core.alerts.events import (
    AlertReleased,
    AlertsEvent,
    AlertSuppressed,
    SilenceExpired,
    SilenceSet,
    SilenceSpec,
)
from tocsin.core.alerts.rules import Cover, cover, covering, is_same_matching, rule, spec_fault, time_fault
from tocsin.core.alerts.state import Silence
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected
from tocsin.kernel.moment import SECOND_MS

SILENCES_LIVE_MAX = 1_000  # each is held against every new alert


def set_silence(known: Known, command: SetSilence, envelope: Envelope) -> Decision:
    """Create a silence or edit one. The answer is the id under which it now stands."""
    at, spec = envelope.at, command.spec
    if fault := time_fault(spec, at):
        return Rejected("silence_invalid", fault)
    previous = known.silences.get(command.silence)
    if command.silence and previous is None:
        return Rejected("silence_unknown", "silence not found")
    if fault := spec_fault(spec):
        return Rejected("silence_invalid", fault)
    if previous is not None and _is_editable(previous, spec, at):
        return _edit(known, previous, spec, at)
    if not command.new_id or command.new_id in known.silences:
        return Rejected("silence_id_taken", f"the new id {command.new_id!r} is empty or in use; ask again with another")
    if len(known.live) >= SILENCES_LIVE_MAX:
        return Rejected("too_many_silences", f"{SILENCES_LIVE_MAX} silences are active or pending; expire some first")
    return _begin(known, previous, command, envelope)


def expire_silence(known: Known, command: ExpireSilence, envelope: Envelope) -> Decision:
    """End a silence now; an ended one stays as it is."""
    previous = known.silences.get(command.silence)
    if previous is None:
        return Rejected("silence_unknown", "silence not found")
    if previous.status == "expired":
        return Accepted(answer=command.silence)
    ended = _ended(previous, envelope)
    after = [one for one in covers(known, envelope.at) if one.rule != rule(command.silence)]
    return Accepted((ended, *resettled(known, after, (rule(command.silence),), ())), command.silence)


def resettled(
    known: Known, after: Sequence[Cover], ended: Collection[str], begun: Sequence[Cover], gone: Collection[int] = ()
) -> Iterator[AlertsEvent]:
    """What changes for open alerts, except those `gone`, when rules end and covers begin; `after` are the covers that
    act from now on, `begun` among them."""
    for number, suppression in known.suppressed.items():
        if suppression.rule not in ended or number in gone:
            continue
        found = covering(after, known.firing[number].content.labels)
        if found is None:
            yield AlertReleased(alert=number)
        else:
            yield AlertSuppressed(alert=number, rule=found.rule, revision=found.revision)
    if not begun:
        return
    for number, alert in known.firing.items():
        if number in known.suppressed or number in gone:
            continue
        found = covering(begun, alert.content.labels)
        if found is not None:
            yield AlertSuppressed(alert=number, rule=found.rule, revision=found.revision)


def _is_editable(previous: Silence, spec: SilenceSpec, at: Moment) -> bool:
    """Whether the silence can become this without its past becoming false."""
    if previous.status == "expired" or previous.spec.end_at <= at or not is_same_matching(previous.spec, spec):
        return False
    if previous.is_active(at):
        return spec.start_at // SECOND_MS == previous.spec.start_at // SECOND_MS
    return spec.start_at >= at


def _ended(silence: Silence, envelope: Envelope) -> SilenceExpired:
    return SilenceExpired(silence=silence.silence, by=envelope.actor, ended_at=min(envelope.at, silence.spec.end_at))


def _edit(known: Known, previous: Silence, spec: SilenceSpec, at: Moment) -> Accepted:
    if previous.is_active(at):
        spec = replace(spec, start_at=previous.spec.start_at)  # clients send it rounded
    if spec == previous.spec:
        return Accepted(answer=previous.silence)
    revision = previous.revision + 1
    changed = SilenceSet(silence=previous.silence, revision=revision, spec=spec)
    is_begun = previous.status == "pending" and spec.start_at <= at
    begun = (cover(previous.silence, revision, spec),) if is_begun else ()
    return Accepted((changed, *resettled(known, begun, (), begun)), previous.silence)


def _begin(known: Known, previous: Silence | None, command: SetSilence, envelope: Envelope) -> Accepted:
    at = envelope.at
    spec = command.spec if command.spec.start_at >= at else replace(command.spec, start_at=at)
    events: list[AlertsEvent] = []
    after = covers(known, at)
    ended: tuple[str, ...] = ()
    if previous is not None and previous.status != "expired":
        events.append(_ended(previous, envelope))
        ended = (rule(previous.silence),)
        after = [one for one in after if one.rule not in ended]
    events.append(SilenceSet(silence=command.new_id, revision=1, spec=spec))
    begun = [cover(command.new_id, 1, spec)] if spec.start_at <= at else []
    events += resettled(known, [*after, *begun], ended, begun)
    return Accepted(tuple(events), command.new_id)
