"""What follows from a command to alerts. One file a theme: signals, silences, and what time brings."""

from __future__ import annotations

from typing import Protocol, assert_never

from tocsin.core.alerts.commands import (
    UNDO_MS,
    AlertsCommand,
    ExpireSilence,
    ReceiveSignals,
    ReopenAlert,
    ResolveAlert,
    ResolveSource,
    SetSilence,
)
from tocsin.core.alerts.decide.known import Known, covers
from tocsin.core.alerts.decide.signals import receive_signals
from tocsin.core.alerts.decide.silences import expire_silence, set_silence
from tocsin.core.alerts.decide.tick import tick
from tocsin.core.alerts.events import AlertReopened, AlertResolved, AlertsEvent, AlertSuppressed
from tocsin.core.alerts.rules import covering
from tocsin.core.alerts.views import Alert, View
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected, Tick
from tocsin.kernel.moment import MINUTE_MS, rfc3339


class Sources(Protocol):
    """What intake's view tells of sources."""

    def was_removed(self, source: str) -> bool:
        """Whether there was such a source and is none any more."""


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def alerts(self) -> View: ...
    @property
    def intake(self) -> Sources: ...


def decide(known: Known, look: Look, command: AlertsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    match command:
        case ReceiveSignals():
            if look.intake.was_removed(command.source):  # while this waited: nobody would ever say that it is over
                return Rejected("source_unknown", f"source {command.source!r} was removed")
            return receive_signals(known, command, envelope.at)
        case ResolveAlert():
            return resolve_alert(known, command, envelope)
        case ReopenAlert():
            return reopen_alert(known, look, command, envelope.at)
        case ResolveSource():
            return resolve_source(known, command, envelope)
        case SetSilence():
            return set_silence(known, command, envelope)
        case ExpireSilence():
            return expire_silence(known, command, envelope)
        case Tick():
            return tick(known, command, envelope.at, look.alerts.memory_ms)
        case _:
            assert_never(command)


def resolve_source(known: Known, command: ResolveSource, envelope: Envelope) -> Decision:
    """Close what is open under the source, in the order of its alerts. Never refused."""
    numbers = sorted(known.numbers.get(command.source, {}).values())
    return Accepted(tuple(AlertResolved(alert=one, how="source_removed", ended_at=envelope.at) for one in numbers))


def resolve_alert(known: Known, command: ResolveAlert, envelope: Envelope) -> Decision:
    """Close by hand. What is closed already stays as it is: two people may press at once."""
    if command.alert in known.firing:
        return Accepted((AlertResolved(alert=command.alert, how="manual", ended_at=envelope.at),))
    if command.alert in known.closed:
        return Accepted()
    return _unknown(command.alert)


def reopen_alert(known: Known, look: Look, command: ReopenAlert, at: Moment) -> Decision:
    """Let it fire again, if it still would had nobody closed it. What is open stays as it is. A silence that acts by
    now keeps it back, so that nobody is paged for it."""
    if command.alert in known.firing:
        return Accepted()
    alert = known.closed.get(command.alert)
    if alert is None:
        return _unknown(command.alert)
    if reason := look.alerts.bar_to_reopening(alert, at):
        return Rejected(reason, _barred(look, alert, reason))
    events: list[AlertsEvent] = [AlertReopened(alert=alert.number)]
    found = covering(covers(known, at), alert.content.labels)
    if found is not None:
        events.append(AlertSuppressed(alert=alert.number, rule=found.rule, revision=found.revision))
    return Accepted(tuple(events))


def _unknown(number: int) -> Rejected:
    return Rejected("alert_unknown", f"there is no alert {numbered('ALT', number)} in memory; check its number")


def _barred(look: Look, alert: Alert, reason: str) -> str:
    """The words of a refusal to let an alert fire again."""
    name = numbered("ALT", alert.number)
    match reason:
        case "alert_not_closed_by_hand":
            return f"{name} was not closed by hand; it opens anew when its sender says it again"
        case "undo_too_late":
            minutes = UNDO_MS // MINUTE_MS
            return f"{name} can be reopened for {minutes} minutes only; it opens anew when its sender says it again"
        case "source_unknown":
            return f"source {alert.source!r} of {name} does not exist any more"
        case "alert_fired_anew":
            other = look.alerts.open_alert(alert.source, alert.key)
            return f"the sender of {name} said it again: it is open as {numbered('ALT', other.number if other else 0)}"
        case "alert_over_at_sender":
            return f"the sender of {name} said meanwhile that it is over"
        case _:
            ended_at = rfc3339(look.alerts.expires_at(alert.number))
            return f"{name} was over at {ended_at} in any case: its sender had not said it again by then"
