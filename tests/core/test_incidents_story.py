"""Incidents: whatever happens, nothing is lost and no muted incident calls."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from house import House
from tocsin.core.alerts.commands import ReceiveSignals, SetSilence
from tocsin.core.alerts.events import SilenceSpec
from tocsin.core.incidents.commands import (
    AcknowledgeIncident,
    EscalateIncident,
    MergeIncident,
    ReassignIncident,
    ReopenIncident,
    ResolveIncident,
    SnoozeIncident,
    UnacknowledgeIncident,
    UndoAct,
)
from tocsin.core.incidents.events import (
    IncidentMuted,
    IncidentResolved,
    IncidentTriggered,
    IncidentUnmuted,
    Route,
    RoutesSet,
)
from tocsin.core.intake.events import Content, Signal
from tocsin.core.oncall.events import LadderSet, LadderSpec
from tocsin.core.people.events import UserSet, UserSpec
from tocsin.kernel.message import Command, Moment
from tocsin.kernel.moment import DAY_MS, MINUTE_MS

DISK = Content(title="Disk full", severity="high", labels={"alertname": "Disk", "host": "db1"})
DISK2 = Content(title="Disk 2 full", severity="high", labels={"alertname": "Disk", "host": "db2"})
LOAD = Content(title="Load", severity="low", labels={"alertname": "Load", "host": "db1"})
BEGIN = 100 * DAY_MS

Asked = Callable[[int], Command]
"""A command as it is at an instant."""
CONTENTS = [DISK, DISK2, LOAD, Content(title="Load is terrible", severity="critical", labels=LOAD.labels)]
ROOTS = [
    Route(name="root"),
    Route(name="root", group_wait_s=300),
    Route(name="root", routes=(Route(name="audit", go_on=True), Route(name="all", urgency="low"))),
]
NAMES = st.sampled_from(["INC-1", "INC-1", "INC-1", "INC-2", "INC-3"])


def heard(place: int, status: str) -> Asked:
    """Alert `a` or `b` of one group, or `c`, which has its own and may become worse."""
    return lambda at: ReceiveSignals(
        source="prom", signals=(Signal("abcc"[place], status, Moment(at), CONTENTS[place]),)
    )


def quiet(host: str, minutes: int) -> Asked:
    return lambda at: SetSilence(
        silence="",
        new_id=f"s{at}-{host}-{minutes}",
        spec=SilenceSpec(
            matchers=(f'host="{host}"',),
            start_at=Moment(at),
            end_at=Moment(at + minutes * MINUTE_MS),
            created_by="ann",
            comment="work",
        ),
    )


def by_hand(kind: type[Command], incident: str) -> Asked:
    return lambda at: kind(incident=incident)  # type: ignore[call-arg]


ASKED: st.SearchStrategy[Asked] = st.one_of(
    st.builds(heard, st.integers(0, 3), st.sampled_from(["firing", "firing", "resolved", "acknowledged"])),
    st.builds(quiet, st.sampled_from(["db1", "db2"]), st.integers(1, 60)),
    st.builds(
        by_hand,
        st.sampled_from(
            [AcknowledgeIncident, UnacknowledgeIncident, ResolveIncident, ReopenIncident, EscalateIncident, UndoAct]
        ),
        NAMES,
    ),
    st.builds(lambda one, other: lambda at: MergeIncident(incident=one, into=other), NAMES, NAMES),
    st.builds(
        lambda name, minutes: lambda at: SnoozeIncident(incident=name, until=Moment(at + minutes * MINUTE_MS)),
        NAMES,
        st.integers(1, 60),
    ),
    st.builds(lambda name: lambda at: ReassignIncident(incident=name, user="ben"), NAMES),
)

ACKNOWLEDGED: st.SearchStrategy[Asked] = st.one_of(
    st.builds(heard, st.integers(0, 1), st.sampled_from(["firing", "acknowledged", "acknowledged", "resolved"])),
    ASKED,
)
"""As above, where most of it happens at the senders of one group."""


def check(one: House, at: int) -> None:
    """What holds of incidents at every moment."""
    alerts, view = one.world.look.alerts, one.world.look.incidents
    for name, found in view.known.incidents.items():
        still = {number: member for number, member in found.alerts.items() if not member.is_over}
        hushed = [number for number, member in still.items() if member.rule]
        assert (found.open_count, found.hushed_count) == (len(still), len(hushed))
        assert (name in view.known.open) is found.is_open is (name not in view.known.closed)
        assert all(name in view.incidents_of(number) for number in found.alerts)
        if found.is_open and not found.by:
            assert bool(found.muted_by) is (0 < len(still) == len(hushed)), found
            assert hushed == [number for number in still if alerts.is_suppressed(number)]
        quiet = found.status != "acknowledged" or found.muted_by or found.snoozed_until
        if found.is_senders and not quiet:
            alone = [number for number in still if number not in hushed and not alerts.alert(number).acknowledged_at]
            assert alone == [], "nobody answered for these"
        if found.status == "acknowledged" and not quiet:
            assert at < found.acknowledged_until, "it would stay with whoever forgot it"
    assert alerts.answered_count() == sum(bool(alert.acknowledged_at) for alert in alerts.open_alerts())
    for alert in alerts.open_alerts():
        homes = [view.incident(name) for name in view.incidents_of(alert.number)]
        assert alerts.is_suppressed(alert.number) or any(home.is_open for home in homes), "it is lost"
    assert sum(view.open_by_status().values()) == len(view.known.open)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ASKED, st.integers(0, 20)), min_size=4, max_size=30), st.sampled_from(ROOTS))
def test_whatever_happens_nothing_is_lost_and_no_muted_incident_calls(
    story: list[tuple[Asked, int]], root: Route
) -> None:
    play(story, root)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(ACKNOWLEDGED, st.integers(0, 20)), min_size=4, max_size=30), st.sampled_from(ROOTS))
def test_whatever_senders_acknowledge_answers_nothing_else(story: list[tuple[Asked, int]], root: Route) -> None:
    play([(heard(0, "firing"), 0), (heard(0, "acknowledged"), 0), *story], root)


def play(story: list[tuple[Asked, int]], root: Route) -> None:
    lapsing = LadderSpec(name="All", steps=(), acknowledged_for_s=1_200)
    one = House().given(
        UserSet(user="ben", spec=UserSpec(name="Ben")),
        LadderSet(ladder="default", revision=1, spec=lapsing),
        RoutesSet(revision=1, root=root),
    )
    muted: dict[str, None] = {}
    at = BEGIN
    for asked, minutes in story:
        at += minutes * MINUTE_MS
        begun = len(one.told)
        due = one.world.due()
        if due is not None and due <= at:
            one.tick(at)
        one.ask(asked(at), at=at, actor="room")
        for event in one.told[begun:]:
            match event:
                case IncidentMuted():
                    muted[event.incident] = None
                case IncidentUnmuted() | IncidentResolved():
                    muted.pop(event.incident, None)
                case IncidentTriggered():
                    assert event.incident not in muted, "a muted incident calls"
        check(one, at)
    again = type(one.world).load(one.world.dump())
    assert again.dump() == one.world.dump()
