"""What follows from a command to alerts. One file a theme: signals, silences, and what time brings."""

from __future__ import annotations

from typing import Protocol, assert_never

from tocsin.core.alerts.commands import (
    AlertsCommand,
    ExpireSilence,
    ReceiveSignals,
    ResolveAlert,
    ResolveSource,
    SetSilence,
)
from tocsin.core.alerts.decide.known import Known
from tocsin.core.alerts.decide.signals import receive_signals
from tocsin.core.alerts.decide.silences import expire_silence, set_silence
from tocsin.core.alerts.decide.tick import tick
from tocsin.core.alerts.events import AlertResolved
from tocsin.core.alerts.views import View
from tocsin.kernel.ids import numbered
from tocsin.kernel.message import Accepted, Decision, Envelope, Rejected, Tick


class Look(Protocol):
    """The views this room reads to decide: its own."""

    @property
    def alerts(self) -> View: ...


def decide(known: Known, look: Look, command: AlertsCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    match command:
        case ReceiveSignals():
            return receive_signals(known, command, envelope.at)
        case ResolveAlert():
            return resolve_alert(known, command, envelope)
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
    return Rejected("alert_unknown", f"there is no alert {numbered('ALT', command.alert)} in memory; check its number")
