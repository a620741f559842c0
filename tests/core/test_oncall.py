"""The room oncall: schedules, overrides, ladders, and whom they reach."""

from __future__ import annotations

import msgspec
import pytest

from house import House
from tocsin.core.oncall.commands import (
    AddOverride,
    RemoveLadder,
    RemoveOverride,
    RemoveSchedule,
    SetLadder,
    SetSchedule,
)
from tocsin.core.oncall.decide import OVERRIDE_MS_MAX, OVERRIDES_MAX
from tocsin.core.oncall.events import (
    LadderRemoved,
    LadderSet,
    LadderSpec,
    Layer,
    OverrideAdded,
    OverrideRemoved,
    Restriction,
    ScheduleRemoved,
    ScheduleSet,
    ScheduleSpec,
    Step,
    Target,
)
from tocsin.core.oncall.views import (
    SPAN_MS_MAX,
    Duty,
    Gap,
    Ladder,
    Move,
    Override,
    Preview,
    Schedule,
    Shift,
    Stint,
    View,
    moved,
    preview,
)
from tocsin.core.people.events import TeamSet, TeamSpec, UserRemoved, UserSet, UserSpec
from tocsin.core.world import World
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import DAY_MS, HOUR_MS, parse_rfc3339


def at(text: str) -> Moment:
    """The instant of `2026-11-02T09:00` in UTC."""
    moment = parse_rfc3339(f"{text}:00Z")
    assert moment is not None
    return moment


MONDAY = at("2026-11-02T09:00")
WEEKLY = Layer(name="main", users=("ann", "bob"), start="2026-11-02")
ROTA = ScheduleSpec(name="Rota", layers=(WEEKLY,))
LADDER = LadderSpec(
    name="Pay",
    steps=(
        Step((Target("schedule", "rota"),), 300),
        Step((Target("team", "pay"), Target("person", "cem")), 600),
    ),
)


def inhabited() -> House:
    """A house with four people, of whom dai has left, and a team."""
    house = House()
    for user in ("ann", "bob", "cem", "dai"):
        house.given(UserSet(user=user, spec=UserSpec(name=user.title())))
    return house.given(UserRemoved(user="dai"), TeamSet(team="pay", spec=TeamSpec(name="Pay", members=("bob", "cem"))))


def furnished(*events: Event) -> House:
    """An inhabited house with the schedule `rota`."""
    return inhabited().given(ScheduleSet(schedule="rota", revision=1, spec=ROTA), *events)


def view_of(house: House) -> View:
    view = house.world.look.oncall
    assert isinstance(view, View)
    return view


def override(name: str, user: str, start: str, end: str, instead_of: str = "") -> OverrideAdded:
    return OverrideAdded(
        schedule="rota", override=name, user=user, start_at=at(start), end_at=at(end), instead_of=instead_of
    )


# Schedules


def test_a_schedule_is_set_once_and_counts_its_changes() -> None:
    house = inhabited()
    other = msgspec.structs.replace(ROTA, name="Other")
    assert house.ask(SetSchedule(schedule="rota", spec=ROTA)) == [ScheduleSet(schedule="rota", revision=1, spec=ROTA)]
    assert house.ask(SetSchedule(schedule="rota", spec=ROTA)) == []
    assert house.ask(SetSchedule(schedule="rota", spec=other)) == [ScheduleSet(schedule="rota", revision=2, spec=other)]
    assert view_of(house).schedules() == (Schedule("rota", 2, other),)


def test_a_schedule_made_again_does_not_repeat_a_revision() -> None:
    house = furnished()
    assert house.ask(RemoveSchedule(schedule="rota")) == [ScheduleRemoved(schedule="rota")]
    assert view_of(house).schedule("rota") is None
    assert house.ask(SetSchedule(schedule="rota", spec=ROTA)) == [ScheduleSet(schedule="rota", revision=2, spec=ROTA)]


def test_a_schedule_may_wait_for_its_layers() -> None:
    spec = ScheduleSpec(name="Empty")
    house = inhabited()
    assert house.ask(SetSchedule(schedule="e", spec=spec)) == [ScheduleSet(schedule="e", revision=1, spec=spec)]
    assert view_of(house).who("e", MONDAY) == ()


def layered(**changes: object) -> ScheduleSpec:
    return ScheduleSpec(name="Rota", layers=(msgspec.structs.replace(WEEKLY, **changes),))


def restricted(*windows: Restriction) -> ScheduleSpec:
    return layered(restrictions=windows)


DAYS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("spec", "reason", "told"),
    [
        (layered(users=("ann", "zoe")), "user_unknown", "'zoe'"),
        (layered(users=("dai",)), "user_inactive", "'dai'"),
        (layered(users=()), "layer_has_no_users", "'main'"),
        (layered(users=("ann",) * 101), "too_many_users", "101"),
        (layered(name=" "), "bad_name", "layer"),
        (layered(unit="month"), "unit_unknown", "'month'"),
        (layered(every=0), "bad_every", "0"),
        (layered(every=53), "bad_every", "1 to 52"),
        (layered(start="2026-02-30"), "bad_date", "'2026-02-30'"),
        (layered(start="1969-12-31"), "bad_date", "1970"),
        (layered(start="2200-01-01"), "bad_date", "2199"),
        (layered(hand_off="9:00"), "bad_time", "'9:00'"),
        (layered(hand_off="24:00"), "bad_time", "'24:00'"),
        (restricted(Restriction(DAYS, "08:60", "17:00")), "bad_time", "'08:60'"),
        (restricted(Restriction(DAYS, "08:00", "25:00")), "bad_time", "'25:00'"),
        (restricted(Restriction((), "08:00", "17:00")), "bad_weekdays", "[]"),
        (restricted(Restriction((7,), "08:00", "17:00")), "bad_weekdays", "[7]"),
        (restricted(Restriction((0, 0), "08:00", "17:00")), "bad_weekdays", "[0, 0]"),
        (restricted(*[Restriction(DAYS, "08:00", "17:00")] * 15), "too_many_restrictions", "15"),
        (ScheduleSpec(name="Rota", layers=(WEEKLY, WEEKLY)), "layer_name_taken", "'main'"),
        (ScheduleSpec(name="Rota", layers=(WEEKLY,) * 21), "too_many_layers", "21"),
        (ScheduleSpec(name=""), "bad_name", "name"),
        (ScheduleSpec(name="x" * 201), "bad_name", "201"),
        (ScheduleSpec(name="Rota", zone="Mars/Base"), "zone_unknown", "'Mars/Base'"),
        (ScheduleSpec(name="Rota", team="nobody"), "team_unknown", "'nobody'"),
    ],
)
def test_a_flawed_schedule_is_refused_with_the_place_and_the_value(spec: ScheduleSpec, reason: str, told: str) -> None:
    refusal = inhabited().ask(SetSchedule(schedule="rota", spec=spec))
    assert isinstance(refusal, Rejected)
    assert refusal.reason == reason
    assert told in refusal.detail


def test_ids_are_slugs() -> None:
    house = furnished()
    span = {"start_at": MONDAY, "end_at": Moment(MONDAY + 1)}
    for command in (
        SetSchedule(schedule="No Slug", spec=ROTA),
        SetLadder(ladder="No Slug", spec=LADDER),
        AddOverride(schedule="rota", override="No Slug", user="cem", **span),
    ):
        refusal = house.ask(command)
        assert isinstance(refusal, Rejected)
        assert (refusal.reason, "'No Slug'" in refusal.detail) == ("bad_id", True)


def test_a_schedule_told_by_a_ladder_stays() -> None:
    house = furnished(LadderSet(ladder="pay", revision=1, spec=LADDER))
    assert house.ask(RemoveSchedule(schedule="rota")) == Rejected(
        "schedule_in_use", "schedule 'rota' is told by the ladders 'pay'; change them"
    )
    assert house.ask(RemoveLadder(ladder="pay")) == [LadderRemoved(ladder="pay")]
    assert house.ask(RemoveSchedule(schedule="rota")) == [ScheduleRemoved(schedule="rota")]


def test_what_is_not_there_cannot_be_removed() -> None:
    house = furnished()
    for command, reason in (
        (RemoveSchedule(schedule="x"), "schedule_unknown"),
        (RemoveLadder(ladder="x"), "ladder_unknown"),
        (RemoveOverride(schedule="x", override="o"), "schedule_unknown"),
        (RemoveOverride(schedule="rota", override="o"), "override_unknown"),
    ):
        refusal = house.ask(command)
        assert isinstance(refusal, Rejected)
        assert refusal.reason == reason


# Ladders


def test_a_ladder_is_set_once_and_counts_its_changes() -> None:
    house = furnished()
    calmer = msgspec.structs.replace(LADDER, repeats=0)
    assert house.ask(SetLadder(ladder="pay", spec=LADDER)) == [LadderSet(ladder="pay", revision=1, spec=LADDER)]
    assert house.ask(SetLadder(ladder="pay", spec=LADDER)) == []
    assert house.ask(RemoveLadder(ladder="pay")) == [LadderRemoved(ladder="pay")]
    assert view_of(house).ladder("pay") is None
    assert house.ask(SetLadder(ladder="pay", spec=calmer)) == [LadderSet(ladder="pay", revision=2, spec=calmer)]
    assert view_of(house).ladder("pay") == Ladder("pay", 2, calmer)
    assert view_of(house).ladders() == (Ladder("pay", 2, calmer),)


def told(*targets: Target, delay_s: int = 300, repeats: int = 2) -> LadderSpec:
    return LadderSpec(name="Pay", steps=(Step(targets, delay_s),), repeats=repeats)


ANN = Target("person", "ann")


@pytest.mark.parametrize(
    ("spec", "reason", "told"),
    [
        (told(Target("person", "zoe")), "user_unknown", "step 1: no user is called 'zoe'"),
        (told(Target("person", "dai")), "user_inactive", "'dai'"),
        (told(Target("schedule", "x")), "schedule_unknown", "step 1: schedule 'x'"),
        (told(Target("team", "x")), "team_unknown", "step 1: team 'x'"),
        (told(Target("robot", "x")), "target_kind_unknown", "'robot'"),
        (told(), "bad_target_count", "0 targets"),
        (told(*[ANN] * 51), "bad_target_count", "51 targets"),
        (told(ANN, ANN), "target_named_twice", "'person ann'"),
        (told(ANN, delay_s=0), "bad_delay", "delay_s is 0"),
        (told(ANN, delay_s=86_401), "bad_delay", "86401"),
        (told(ANN, repeats=-1), "bad_repeats", "-1"),
        (told(ANN, repeats=10), "bad_repeats", "10"),
        (LadderSpec(name="Pay", steps=()), "bad_step_count", "0 steps"),
        (LadderSpec(name="Pay", steps=(Step((ANN,)),) * 21), "bad_step_count", "21 steps"),
        (LadderSpec(name="", steps=(Step((ANN,)),)), "bad_name", "name"),
    ],
)
def test_a_flawed_ladder_is_refused_with_the_place_and_the_value(spec: LadderSpec, reason: str, told: str) -> None:
    refusal = furnished().ask(SetLadder(ladder="pay", spec=spec))
    assert isinstance(refusal, Rejected)
    assert refusal.reason == reason
    assert told in refusal.detail


# Overrides


def test_an_override_replaces_whoever_is_on_duty_for_a_while() -> None:
    house = furnished()
    asked = override("o1", "cem", "2026-11-03T10:00", "2026-11-03T12:00")
    command = AddOverride(schedule="rota", override="o1", user="cem", start_at=asked.start_at, end_at=asked.end_at)
    assert house.ask(command, at=MONDAY) == [asked]
    view = view_of(house)
    assert view.overrides("rota") == (Override("o1", "cem", asked.start_at, asked.end_at),)
    assert view.shifts("rota", MONDAY, at("2026-11-04T00:00")) == (
        Shift(MONDAY, asked.start_at, "ann", "main"),
        Shift(asked.start_at, asked.end_at, "cem", override="o1"),
        Shift(asked.end_at, at("2026-11-04T00:00"), "ann", "main"),
    )
    assert house.ask(RemoveOverride(schedule="rota", override="o1")) == [
        OverrideRemoved(schedule="rota", override="o1")
    ]
    assert view.who("rota", at("2026-11-03T11:00")) == ("ann",)


def test_an_override_instead_of_one_person_leaves_the_others_alone() -> None:
    view = view_of(furnished(override("o1", "cem", "2026-11-08T00:00", "2026-11-11T00:00", instead_of="bob")))
    assert view.shifts("rota", at("2026-11-08T00:00"), at("2026-11-12T00:00")) == (
        Shift(at("2026-11-08T00:00"), at("2026-11-09T09:00"), "ann", "main"),
        Shift(at("2026-11-09T09:00"), at("2026-11-11T00:00"), "cem", override="o1"),
        Shift(at("2026-11-11T00:00"), at("2026-11-12T00:00"), "bob", "main"),
    )


def test_overrides_apply_in_the_order_they_were_added() -> None:
    view = view_of(
        furnished(
            override("o2", "bob", "2026-11-03T00:00", "2026-11-05T00:00"),
            override("o1", "cem", "2026-11-04T00:00", "2026-11-06T00:00", instead_of="bob"),
        )
    )
    days = ("2026-11-03T12:00", "2026-11-04T12:00", "2026-11-05T12:00")
    assert [view.who("rota", at(day)) for day in days] == [("bob",), ("cem",), ("ann",)]


def test_an_override_fills_a_gap_before_the_first_turn() -> None:
    view = view_of(furnished(override("o1", "cem", "2026-11-01T00:00", "2026-11-01T06:00")))
    assert view.gaps("rota", at("2026-11-01T00:00"), at("2026-11-03T00:00")) == (Gap(at("2026-11-01T06:00"), MONDAY),)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"schedule": "x"}, "schedule_unknown"),
        ({"override": "o0"}, "override_exists"),
        ({"user": "zoe"}, "user_unknown"),
        ({"user": "dai"}, "user_inactive"),
        ({"instead_of": "zoe"}, "user_unknown"),
        ({"instead_of": "cem"}, "override_changes_nobody"),
        ({"end_at": MONDAY}, "override_ends_before_it_starts"),
        ({"end_at": Moment(MONDAY + OVERRIDE_MS_MAX + 1)}, "override_too_long"),
        ({"start_at": at("2020-01-01T00:00"), "end_at": at("2020-01-02T00:00")}, "override_too_old"),
        ({"start_at": Moment(10**18), "end_at": Moment(10**18 + 1)}, "override_ends_before_it_starts"),
    ],
)
def test_a_flawed_override_is_refused(changes: dict[str, object], reason: str) -> None:
    house = furnished(override("o0", "cem", "2026-11-08T00:00", "2026-11-11T00:00"))
    sound = AddOverride(
        schedule="rota", override="o1", user="cem", start_at=MONDAY, end_at=Moment(MONDAY + OVERRIDE_MS_MAX)
    )
    refusal = house.ask(msgspec.structs.replace(sound, **changes), at=MONDAY)
    assert isinstance(refusal, Rejected)
    assert refusal.reason == reason
    assert refusal.detail
    assert not isinstance(house.ask(sound, at=MONDAY), Rejected)


def test_overrides_long_past_are_forgotten_when_one_is_added_and_do_not_count() -> None:
    house = furnished()
    for number in range(OVERRIDES_MAX):
        house.given(override(f"o{number}", "cem", "2026-11-03T00:00", "2026-11-04T00:00"), at=MONDAY)
    command = AddOverride(
        schedule="rota", override="new", user="cem", start_at=at("2027-12-10T00:00"), end_at=at("2027-12-11T00:00")
    )
    full = house.ask(command, at=at("2027-12-09T00:00"))
    assert isinstance(full, Rejected)
    assert full.reason == "too_many_overrides"
    assert not isinstance(house.ask(command, at=at("2027-12-10T00:00")), Rejected)
    assert [row.id for row in view_of(house).overrides("rota")] == ["new"]


def test_a_removed_schedule_takes_its_overrides_along() -> None:
    house = furnished(override("o1", "cem", "2026-11-03T00:00", "2026-11-05T00:00"), ScheduleRemoved(schedule="rota"))
    house.given(ScheduleSet(schedule="rota", revision=2, spec=ROTA))
    assert view_of(house).overrides("rota") == ()


# Who is on duty


def test_nobody_is_on_duty_before_the_first_hand_off() -> None:
    view = view_of(furnished())
    assert view.who("rota", Moment(MONDAY - 1)) == ()
    assert view.who("rota", MONDAY) == ("ann",)
    assert view.who("unknown", MONDAY) == ()
    assert view.who("rota", Moment(-(10**18))) == () == view.who("rota", Moment(10**18))


def test_later_layers_win_where_they_are_on_duty() -> None:
    nights = Layer(
        name="night",
        users=("cem",),
        start="2026-11-02",
        unit="day",
        restrictions=(Restriction(DAYS, "22:00", "06:00"),),
    )
    house = inhabited().given(
        ScheduleSet(schedule="rota", revision=1, spec=ScheduleSpec(name="Rota", layers=(WEEKLY, nights)))
    )
    assert view_of(house).shifts("rota", at("2026-11-06T12:00"), at("2026-11-09T12:00")) == (
        Shift(at("2026-11-06T12:00"), at("2026-11-06T22:00"), "ann", "main"),
        Shift(at("2026-11-06T22:00"), at("2026-11-07T06:00"), "cem", "night"),
        Shift(at("2026-11-07T06:00"), at("2026-11-09T09:00"), "ann", "main"),
        Shift(at("2026-11-09T09:00"), at("2026-11-09T12:00"), "bob", "main"),
    )


def test_a_hand_off_keeps_its_local_time_when_the_clocks_change() -> None:
    layer = Layer(name="main", users=("ann", "bob"), start="2026-10-24", unit="day", hand_off="09:00")
    spec = ScheduleSpec(name="Rota", zone="Europe/Berlin", layers=(layer,))
    found = preview(spec, at("2026-10-24T00:00"), at("2026-10-26T08:00"))
    assert found == Preview(
        shifts=(
            Shift(at("2026-10-24T07:00"), at("2026-10-25T08:00"), "ann", "main"),
            Shift(at("2026-10-25T08:00"), at("2026-10-26T08:00"), "bob", "main"),
        ),
        gaps=(Gap(at("2026-10-24T00:00"), at("2026-10-24T07:00")),),
        share_ms={"ann": 25 * HOUR_MS, "bob": 24 * HOUR_MS},
    )


def test_hours_are_counted_as_they_pass_when_the_clocks_change() -> None:
    layer = Layer(name="main", users=("ann", "bob"), start="2026-10-24", unit="hour", every=12, hand_off="21:00")
    spec = ScheduleSpec(name="Rota", zone="Europe/Berlin", layers=(layer,))
    found = preview(spec, at("2026-10-24T19:00"), at("2026-10-25T19:00"))
    assert isinstance(found, Preview)
    assert [(shift.start_at, shift.user) for shift in found.shifts] == [
        (at("2026-10-24T19:00"), "ann"),
        (at("2026-10-25T07:00"), "bob"),
    ]


def test_a_window_inside_the_spring_gap_does_not_exist() -> None:
    layer = Layer(name="main", users=("ann",), start="2026-03-01", restrictions=(Restriction((6,), "02:15", "02:45"),))
    spec = ScheduleSpec(name="Rota", zone="Europe/Berlin", layers=(layer,))
    found = preview(spec, at("2026-03-28T12:00"), at("2026-03-29T12:00"))
    assert found == Preview((), (Gap(at("2026-03-28T12:00"), at("2026-03-29T12:00")),), {})


def test_windows_that_meet_in_the_spring_gap_leave_no_hole() -> None:
    early, late = Restriction((6,), "00:00", "02:30"), Restriction((6,), "02:30", "08:00")
    layers = (
        Layer(name="early", users=("ann",), start="2026-03-01", restrictions=(early,)),
        Layer(name="late", users=("bob",), start="2026-03-01", restrictions=(late,)),
    )
    found = preview(
        ScheduleSpec(name="Rota", zone="Europe/Berlin", layers=layers), at("2026-03-28T23:00"), at("2026-03-29T06:00")
    )
    assert isinstance(found, Preview)
    assert found.shifts == (
        Shift(at("2026-03-28T23:00"), at("2026-03-29T01:00"), "ann", "early"),
        Shift(at("2026-03-29T01:00"), at("2026-03-29T06:00"), "bob", "late"),
    )


def test_a_day_that_never_was_gives_its_turn_the_hours_until_the_next_hand_off() -> None:
    layer = Layer(name="main", users=("ann", "bob", "cem"), start="2011-12-29", unit="day")
    found = preview(
        ScheduleSpec(name="Rota", zone="Pacific/Apia", layers=(layer,)), at("2011-12-29T19:00"), at("2011-12-31T19:00")
    )
    assert isinstance(found, Preview)
    assert found.shifts == (
        Shift(at("2011-12-29T19:00"), at("2011-12-30T10:00"), "ann", "main"),
        Shift(at("2011-12-30T10:00"), at("2011-12-30T19:00"), "bob", "main"),
        Shift(at("2011-12-30T19:00"), at("2011-12-31T19:00"), "cem", "main"),
    )


def test_a_preview_refuses_what_the_schedule_or_the_span_would_be_refused_for() -> None:
    reasons = [
        preview(spec, start, end)
        for spec, start, end in (
            (layered(every=0), MONDAY, Moment(MONDAY + DAY_MS)),
            (ROTA, MONDAY, MONDAY),
            (ROTA, MONDAY, Moment(10**18)),
            (ROTA, MONDAY, Moment(MONDAY + SPAN_MS_MAX + 1)),
        )
    ]
    assert [getattr(told, "reason", "") for told in reasons] == ["bad_every", "bad_span", "bad_span", "span_too_long"]


def test_an_edit_shows_whose_duty_it_moves() -> None:
    swapped = layered(users=("ann", "cem"))
    assert moved(ROTA, swapped, MONDAY, Moment(MONDAY + 21 * DAY_MS)) == (
        Move(Moment(MONDAY + 7 * DAY_MS), Moment(MONDAY + 14 * DAY_MS), "bob", "cem"),
    )
    assert moved(ROTA, ScheduleSpec(name="Rota"), MONDAY, Moment(MONDAY + DAY_MS)) == (
        Move(MONDAY, Moment(MONDAY + DAY_MS), "ann", ""),
    )


def test_the_next_change_is_when_somebody_else_is_on_duty() -> None:
    view = view_of(furnished())
    assert view.next_change("rota", at("2026-10-30T00:00")) == MONDAY
    assert view.next_change("rota", MONDAY) == Moment(MONDAY + 7 * DAY_MS)
    assert view.next_change("rota", Moment(MONDAY - 1)) == MONDAY
    assert view.next_change("unknown", MONDAY) is None


def test_a_rota_of_one_never_changes_and_a_far_change_is_found() -> None:
    house = inhabited().given(
        ScheduleSet(schedule="one", revision=1, spec=layered(users=("ann",))),
        ScheduleSet(schedule="far", revision=1, spec=layered(unit="day", every=300)),
    )
    view = view_of(house)
    assert view.next_change("one", MONDAY) is None
    assert view.next_change("far", MONDAY) == Moment(MONDAY + 300 * DAY_MS)
    assert view.duty("ann", MONDAY) == Duty(
        now=(Stint("far", MONDAY, Moment(MONDAY + 300 * DAY_MS)), Stint("one", MONDAY, None)), next=None
    )


# People


def test_targets_reach_the_active_people_they_mean_each_once() -> None:
    house = furnished()
    house.given(TeamSet(team="all", spec=TeamSpec(name="All", members=("cem", "dai", "ann"))))
    view, people = view_of(house), house.world.look.people
    for target, users in (
        (Target("person", "ann"), ("ann",)),
        (Target("person", "dai"), ()),
        (Target("person", "zoe"), ()),
        (Target("schedule", "rota"), ("ann",)),
        (Target("schedule", "x"), ()),
        (Target("team", "all"), ("cem", "ann")),
        (Target("team", "x"), ()),
    ):
        assert view.reach(people, target, MONDAY) == users


def test_a_schedule_whose_person_has_left_reaches_nobody() -> None:
    house = furnished(UserRemoved(user="ann"))
    assert view_of(house).who("rota", MONDAY) == ("ann",)
    assert view_of(house).reach(house.world.look.people, Target("schedule", "rota"), MONDAY) == ()


def test_a_person_who_has_left_hides_nobody_who_could_come() -> None:
    lower = Layer(name="lower", users=("bob",), start="2026-11-02")
    upper = Layer(name="upper", users=("ann",), start="2026-11-02")
    rota, begin, end = Target("schedule", "rota"), "2026-11-02T09:00", "2026-11-03T09:00"
    for gone, overrides, users in (
        ("ann", [], ("bob",)),
        ("cem", [override("o1", "cem", begin, end)], ("ann",)),
        ("cem", [override("o1", "bob", begin, end), override("o2", "cem", begin, end)], ("bob",)),
        ("cem", [override("o1", "cem", begin, end), override("o2", "bob", begin, end, instead_of="cem")], ("bob",)),
        ("cem", [override("o1", "cem", begin, end), override("o2", "bob", begin, end, instead_of="ann")], ("bob",)),
        ("ann", [override("o1", "cem", begin, end, instead_of="ann")], ("cem",)),
    ):
        house = inhabited().given(
            ScheduleSet(schedule="rota", revision=1, spec=ScheduleSpec(name="Rota", layers=(lower, upper))),
            *overrides,
            UserRemoved(user=gone),
        )
        assert view_of(house).reach(house.world.look.people, rota, MONDAY) == users


def test_a_person_sees_their_duty_now_and_the_next() -> None:
    view = view_of(furnished(override("o1", "cem", "2026-11-03T10:00", "2026-11-03T12:00")))
    noon, end = at("2026-11-03T11:00"), Moment(MONDAY + 7 * DAY_MS)
    assert view.duty("cem", noon) == Duty((Stint("rota", noon, at("2026-11-03T12:00")),), None)
    assert view.duty("ann", noon) == Duty((), Stint("rota", at("2026-11-03T12:00"), end))
    assert view.duty("bob", noon) == Duty((), Stint("rota", end, Moment(end + 7 * DAY_MS)))
    assert view.duty("zoe", noon) == Duty((), None)


def test_the_room_survives_a_dump() -> None:
    house = furnished(
        override("o1", "cem", "2026-11-03T10:00", "2026-11-03T12:00"),
        LadderSet(ladder="pay", revision=1, spec=LADDER),
    )
    again = World.load(house.world.dump())
    assert again.look.oncall == house.world.look.oncall
    assert again.dump() == house.world.dump()
