"""A house with people in it, and the events of notify as short lines that read like a story."""

from __future__ import annotations

from house import House
from tocsin.core.notify.commands import HastenRun, RecordReceipt, StartRun, StopRun
from tocsin.core.notify.events import (
    DigestDue,
    NobodyReached,
    PageBundled,
    PageCancelled,
    PageDelivered,
    PageDue,
    PageFailed,
    PageGivenUp,
    PageHeld,
    PagePlanned,
    RunEnded,
    RunStarted,
    StepReached,
)
from tocsin.core.oncall.events import LadderSet, LadderSpec, Step, Target
from tocsin.core.people.events import ContactAdded, ContactVerified, TeamSet, TeamSpec, UserSet, UserSpec
from tocsin.kernel.message import Envelope, Event, Moment, Rejected, Stamp
from tocsin.kernel.moment import parse_rfc3339

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


def moment(text: str) -> Moment:
    """`moment("2026-11-24T12:00:00Z")`."""
    at = parse_rfc3339(text)
    assert at is not None
    return at


NOON = moment("2026-11-24T12:00:00Z")


class Pager(House):
    """Times of stories are milliseconds after NOON, unless they are far from it."""

    def __init__(self) -> None:
        super().__init__()
        self.told_at: list[int] = []
        self.stamped: list[tuple[Stamp, Event]] = []

    def _evolve(self, event: Event, envelope: Envelope) -> Stamp:
        self.told_at.append(envelope.at)
        stamp = super()._evolve(event, envelope)
        self.stamped.append((stamp, event))
        return stamp

    def person(self, user: str, *contacts: str, zone: str = "UTC", role: str = "responder") -> Pager:
        """A user with verified contacts, each `channel`, whose id is `<user>-<channel>`."""
        self.given(UserSet(user=user, spec=UserSpec(name=user.title(), zone=zone, role=role)))
        for channel in contacts:
            self.contact(user, channel)
        return self

    def contact(self, user: str, channel: str, verified: bool = True) -> Pager:
        """Add a contact."""
        contact = f"{user}-{channel}"
        self.given(ContactAdded(user=user, contact=contact, channel=channel, label=channel, address=f"{contact}@x"))
        if verified:
            self.given(ContactVerified(user=user, contact=contact, by="admin"))
        return self

    def team(self, team: str, *members: str) -> Pager:
        """A team."""
        self.given(TeamSet(team=team, spec=TeamSpec(name=team, members=members)))
        return self

    def ladder(self, *rungs: str, delay_s: int = 300, repeats: int = 0, revision: int = 1) -> Pager:
        """The ladder `web`; a rung is a list of names, `@` before a team, `~` before a schedule."""
        steps = tuple(Step(tuple(_target(name) for name in rung.split()), delay_s) for rung in rungs)
        self.given(
            LadderSet(ladder="web", revision=revision, spec=LadderSpec(name="web", steps=steps, repeats=repeats))
        )
        return self

    def trigger(
        self, incident: str = "INC-1", at: int = 0, urgency: str = "high", ladder: str = "web", user: str = "",
        why: str = "opened",
    ) -> list[str]:  # fmt: skip
        """The incident triggers."""
        return lines(self.must(StartRun(incident, ladder, user, urgency, why), at))

    def stop(self, incident: str = "INC-1", at: int = 0, why: str = "acknowledged") -> list[str]:
        """Somebody answers."""
        return lines(self.must(StopRun(incident, why), at))

    def hasten(self, incident: str = "INC-1", at: int = 0) -> list[str]:
        """Somebody asks for the next rung."""
        return lines(self.must(HastenRun(incident), at))

    def arrived(self, page: str, at: int = 0, attempt: int = 1) -> list[str]:
        """The channel took the page."""
        return lines(self.must(RecordReceipt(page, attempt, True), at))

    def failed(self, page: str, at: int = 0, attempt: int = 1, retryable: bool = True) -> list[str]:
        """The channel did not take the page."""
        return lines(self.must(RecordReceipt(page, attempt, False, "broken", retryable), at))

    def clock(self, at: int) -> list[str]:
        """Time comes."""
        return lines(self.tick(_when(at)))

    def must(self, command: object, at: int) -> list[Event]:
        """Ask and not be refused."""
        told = self.ask(command, at=_when(at))  # type: ignore[arg-type]
        assert not isinstance(told, Rejected), told
        return told

    @property
    def notify(self):  # type: ignore[no-untyped-def]
        """The view of the room."""
        return self.world.look.notify


def _when(at: int) -> int:
    return at if at > NOON // 2 else NOON + at


def _target(name: str) -> Target:
    return Target({"@": "team", "~": "schedule"}.get(name[0], "person"), name.lstrip("@~"))


def _after(at: int) -> str:
    return f"+{(at - NOON) // SECOND}s" if at else "never"


def lines(events: list[Event]) -> list[str]:
    """One line an event."""
    return [line(event) for event in events]


def line(event: Event) -> str:
    """The event in short."""
    match event:
        case RunStarted():
            return f"{event.incident} run {event.run} {event.ladder or event.user}@{event.revision} {event.urgency}"
        case StepReached():
            late = f" late {event.late_ms // SECOND}s" if event.late_ms else ""
            users = " ".join(event.users) or "nobody"
            return f"{event.incident} rung {event.round}.{event.step}: {users}, next {_after(event.next_at)}{late}"
        case RunEnded():
            return f"{event.incident} ended {event.why}"
        case NobodyReached():
            return f"{event.incident} nobody: {event.why}"
        case PagePlanned():
            return (
                f"{event.page} planned {event.contact if event.contact != 'mailbox' else event.user + '-mailbox'} "
                + (f"by {event.rule} at {_after(event.due_at)}")
            )
        case PageHeld():
            return f"{event.page} held until {_after(event.until)}"
        case PageDue():
            return f"{event.page} due #{event.attempt}" + (f" late {event.late_ms // SECOND}s" if event.late_ms else "")
        case PageDelivered():
            return f"{event.page} delivered"
        case PageFailed():
            return f"{event.page} failed #{event.attempt}, again {_after(event.retry_at)}"
        case PageGivenUp():
            return f"{event.page} given up: {event.reason}"
        case PageCancelled():
            return f"{event.page} cancelled: {event.why}"
        case PageBundled():
            return f"{event.page} bundled into {event.into}"
        case DigestDue():
            return f"{event.page} digest #{event.attempt} of {' '.join(event.pages)} ({event.why})"
        case _:
            return type(event).__name__
