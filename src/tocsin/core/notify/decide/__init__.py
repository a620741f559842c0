"""What follows from a command to notify: one function per command, then what became due by it.

Law: every decision but a person's wish ends by settling, so that nothing it made due waits for the next tick.
"""

from __future__ import annotations

from typing import assert_never

from tocsin.core.notify.commands import (
    HastenRun,
    NotifyCommand,
    PageHelpers,
    RecordReceipt,
    ResumeRun,
    RetryPage,
    SendTestPage,
    SendTestPages,
    SetRules,
    StartRun,
    StopRun,
)
from tocsin.core.notify.decide.draft import Draft
from tocsin.core.notify.decide.gate import settle
from tocsin.core.notify.decide.helpers import call, dismiss
from tocsin.core.notify.decide.look import Look
from tocsin.core.notify.decide.receipts import record
from tocsin.core.notify.decide.resume import resume
from tocsin.core.notify.decide.retry import retry
from tocsin.core.notify.decide.runs import hasten, start, stop
from tocsin.core.notify.decide.wishes import send_test_page, send_test_pages, set_rules
from tocsin.core.notify.state import Known
from tocsin.kernel.message import Decision, Envelope, Tick


def decide(known: Known, look: Look, command: NotifyCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    draft = Draft(known, envelope.at)
    match command:
        case Tick():
            settle(draft, look, everything=not command.rows, rows=command.rows)
            return draft.decision()
        case SetRules():
            return set_rules(draft, look, command)
        case SendTestPage():
            return send_test_page(draft, look, command)
        case SendTestPages():
            return send_test_pages(draft, look, command)
        case RetryPage():
            return retry(draft, look, command)
        case StartRun():
            start(draft, look, command)
        case StopRun():
            if command.incident in draft.runs:
                stop(draft, command.incident, command.why)
            dismiss(draft, command.incident, command.why)
        case ResumeRun():
            resume(draft, look, command)
        case PageHelpers():
            call(draft, look, command)
        case HastenRun():
            run = draft.runs.get(command.incident)
            if run is not None:
                hasten(draft, look, run)
        case RecordReceipt():
            record(draft, look, command)
        case _:
            assert_never(command)
    settle(draft, look)
    return draft.decision()
