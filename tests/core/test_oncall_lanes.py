"""Lanes, changed overrides, and what duty costs people."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.pager import moment
from house import House
from tocsin.core.oncall.commands import AddOverride, ChangeOverride
from tocsin.core.oncall.events import Layer, OverrideAdded, OverrideChanged, Restriction, ScheduleSet, ScheduleSpec
from tocsin.core.oncall.views import Burden, Shift, burdens
from tocsin.core.people.events import UserSet, UserSpec
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import HOUR_MS

MONDAY = moment("2026-11-23T00:00:00Z")


def rota() -> House:
    """Ada and Bob take turns of a day; Cy covers the nights; all in UTC."""
    house = House()
    house.given(*(UserSet(user=user, spec=UserSpec(name=user.title())) for user in ("ada", "bob", "cy")))
    days = Layer(name="days", users=("ada", "bob"), start="2026-01-01", unit="day", hand_off="00:00")
    nights = Layer(
        name="nights", users=("cy",), start="2026-01-01",
        restrictions=(Restriction((0, 1, 2, 3, 4, 5, 6), "22:00", "06:00"),),
    )  # fmt: skip
    spec = ScheduleSpec(name="web", layers=(days, nights))
    return house.given(ScheduleSet(schedule="web", revision=1, spec=spec))


def at(hours: int) -> Moment:
    return Moment(MONDAY + hours * HOUR_MS)


def test_each_layer_is_drawn_alone_and_the_final_lane_as_they_lie() -> None:
    view = rota().world.look.oncall
    found = view.lanes("web", at(0), at(48))
    assert [name for name, _ in found.layers] == ["days", "nights"]
    assert [(one.user, one.end_at) for one in found.layers[0][1]] == [("ada", at(24)), ("bob", at(48))]
    assert [(one.start_at, one.end_at) for one in found.layers[1][1]] == [
        (at(0), at(6)), (at(22), at(30)), (at(46), at(48)),
    ]  # fmt: skip
    assert [(one.user, one.layer) for one in found.final] == [
        ("cy", "nights"), ("ada", "days"), ("cy", "nights"), ("bob", "days"), ("cy", "nights"),
    ]  # fmt: skip


def test_an_override_is_moved_and_resized_in_its_place() -> None:
    house = rota()
    house.given(OverrideAdded(schedule="web", override="o1", user="ada", start_at=at(8), end_at=at(12)))
    house.given(OverrideAdded(schedule="web", override="o2", user="bob", start_at=at(10), end_at=at(11)))
    moved = ChangeOverride("web", "o1", "cy", at(9), at(14), "", "dentist")
    told = house.ask(moved, at=MONDAY)
    assert told == [
        OverrideChanged(schedule="web", override="o1", user="cy", start_at=at(9), end_at=at(14), reason="dentist")
    ]
    assert [one.id for one in house.world.look.oncall.overrides("web")] == ["o1", "o2"]
    assert house.world.look.oncall.who("web", at(10)) == ("bob",)
    assert house.world.look.oncall.who("web", at(13)) == ("cy",)
    assert house.ask(moved, at=MONDAY) == []


def test_an_override_is_changed_only_into_one_that_could_be_added() -> None:
    house = rota()
    house.given(OverrideAdded(schedule="web", override="o1", user="ada", start_at=at(8), end_at=at(12)))
    for command, reason in (
        (ChangeOverride("web", "o9", "ada", at(0), at(1)), "override_unknown"),
        (ChangeOverride("db", "o1", "ada", at(0), at(1)), "schedule_unknown"),
        (ChangeOverride("web", "o1", "ada", at(2), at(1)), "override_ends_before_it_starts"),
        (ChangeOverride("web", "o1", "eve", at(0), at(1)), "user_unknown"),
        (ChangeOverride("web", "o1", "ada", at(0), at(1), "ada"), "override_changes_nobody"),
        (ChangeOverride("web", "o1", "ada", at(0), at(1), "", "x" * 201), "reason_too_long"),
        (AddOverride("web", "o2", "ada", at(0), at(1), "", "x" * 201), "reason_too_long"),
    ):
        refused = house.ask(command, at=MONDAY)
        assert isinstance(refused, Rejected) and refused.reason == reason


def test_nights_and_weekends_are_those_of_the_persons_own_clock() -> None:
    saturday = at(5 * 24)
    shifts = [Shift(saturday, Moment(saturday + 24 * HOUR_MS), user) for user in ("ada", "bob")]
    zones = {"ada": "UTC", "bob": "America/New_York"}
    found = burdens(shifts, zones.__getitem__)
    assert found == (
        Burden("ada", 24 * HOUR_MS, 10 * HOUR_MS, 24 * HOUR_MS),
        Burden("bob", 24 * HOUR_MS, 10 * HOUR_MS, 19 * HOUR_MS),
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400 * 24), st.integers(1, 400), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai"]))
def test_a_night_is_never_longer_than_the_duty_and_splitting_a_shift_costs_the_same(
    start: int, length: int, zone: str
) -> None:
    begin, end = at(start), Moment(at(start) + length * HOUR_MS)
    middle = Moment(begin + (length // 2) * HOUR_MS)
    whole = burdens([Shift(begin, end, "ada")], lambda _: zone)
    parts = [Shift(*span, "ada") for span in ((begin, middle), (middle, end)) if span[0] < span[1]]
    assert burdens(parts, lambda _: zone) == whole
    assert 0 <= whole[0].night_ms <= whole[0].all_ms == length * HOUR_MS
    assert 0 <= whole[0].weekend_ms <= whole[0].all_ms
