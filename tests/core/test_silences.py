"""Silences: what they keep back, when they begin and end, and Alertmanager's rules of editing."""

from __future__ import annotations

import pytest
from test_alerts import DISK, LOAD, say, seen, signal, tick

from house import House
from tocsin.core.alerts.commands import ExpireSilence, SetSilence
from tocsin.core.alerts.events import (
    AlertChanged,
    AlertReleased,
    AlertsFired,
    AlertSuppressed,
    SilenceExpired,
    SilenceSet,
    SilenceSpec,
    SilenceStarted,
)
from tocsin.core.intake.events import Content
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import HOUR_MS

DB = ('host="db1"',)
NOW = 10_000
END = NOW + HOUR_MS


def spec(
    matchers: tuple[str, ...] = DB, start_at: int = NOW, end_at: int = END, comment: str = "disk swap"
) -> SilenceSpec:
    return SilenceSpec(
        matchers=matchers, start_at=Moment(start_at), end_at=Moment(end_at), created_by="eva", comment=comment
    )


def put(
    house: House, wanted: SilenceSpec, new_id: str = "s1", silence: str = "", at: int = NOW
) -> list[Event] | Rejected:
    return house.ask(SetSilence(silence=silence, new_id=new_id, spec=wanted), at=at)


@pytest.fixture
def house() -> House:
    """ALT-1 on db1 and ALT-2 on web1 are open."""
    house = House("alerts")
    say(house, signal("disk"), signal("load", content=LOAD), at=1_000)
    return house


def fired(key: str, number: int, content: Content = DISK) -> AlertsFired:
    return AlertsFired(source="prom", first=number, signals=(signal(key, content=content),))


def kept_back(number: int, silence: str = "s1", revision: int = 1) -> AlertSuppressed:
    return AlertSuppressed(alert=number, rule=f"silence:{silence}", revision=revision)


def test_silence_keeps_back_open_alerts_that_match(house: House) -> None:
    assert put(house, spec()) == [SilenceSet(silence="s1", revision=1, spec=spec()), kept_back(1)]
    view = seen(house)
    assert (view.is_suppressed(1), view.is_suppressed(2)) == (True, False)
    assert (view.silenced_by(1), view.silences_of(1, Moment(NOW)), view.silence_count("s1")) == ("s1", ["s1"], 1)
    assert [alert.number for alert in view.find(suppressed=True).alerts] == [1]
    assert [alert.number for alert in view.find(suppressed=False).alerts] == [2]


def test_new_alert_is_kept_back_in_the_decision_that_fires_it(house: House) -> None:
    put(house, spec())
    told = say(house, signal("inode"), signal("cpu", content=LOAD), at=NOW + 1)
    both = AlertsFired(source="prom", first=3, signals=(signal("inode"), signal("cpu", content=LOAD)))
    assert told == [both, kept_back(3)]


def test_silence_ends_and_its_alerts_are_released(house: House) -> None:
    put(house, spec())
    assert tick(house, END) == [
        SilenceExpired(silence="s1", by="clock", ended_at=Moment(END)),
        AlertReleased(alert=1),
    ]
    assert say(house, signal("inode"), at=END + 1) == [fired("inode", 3)]


def test_alert_fired_after_the_end_is_not_kept_back_though_the_tick_is_late(house: House) -> None:
    put(house, spec())
    assert say(house, signal("inode"), at=END) == [fired("inode", 3)]


def test_silence_set_for_later_begins_by_the_clock(house: House) -> None:
    later = spec(start_at=NOW + 5_000)
    assert put(house, later) == [SilenceSet(silence="s1", revision=1, spec=later)]
    assert seen(house).due() == NOW + 5_000
    assert tick(house, NOW + 5_000) == [SilenceStarted(silence="s1"), kept_back(1)]


def test_alert_fired_after_the_start_is_kept_back_though_the_tick_is_late(house: House) -> None:
    put(house, spec(start_at=NOW + 5_000))
    assert say(house, signal("inode"), at=NOW + 5_000) == [fired("inode", 3), kept_back(3)]
    assert tick(house, NOW + 5_000) == [SilenceStarted(silence="s1"), kept_back(1)]


def test_silence_that_began_and_ended_while_the_house_was_away_only_ends(house: House) -> None:
    put(house, spec(start_at=NOW + 5_000))
    assert tick(house, END + 1) == [SilenceExpired(silence="s1", by="clock", ended_at=Moment(END))]


def test_other_silence_takes_over_when_one_ends(house: House) -> None:
    put(house, spec())
    put(house, spec(matchers=("alertname=~Disk|Inode",), end_at=END + HOUR_MS), new_id="s2")
    assert house.ask(ExpireSilence(silence="s1"), at=NOW + 1) == [
        SilenceExpired(silence="s1", by="room", ended_at=Moment(NOW + 1)),
        kept_back(1, "s2"),
    ]


def test_ended_silence_shows_its_real_end_and_ending_it_again_changes_nothing(house: House) -> None:
    put(house, spec())
    house.ask(ExpireSilence(silence="s1"), at=NOW + 1)
    silence = seen(house).silence("s1")
    assert silence is not None
    assert (silence.status, silence.spec.end_at) == ("expired", NOW + 1)
    assert house.ask(ExpireSilence(silence="s1"), at=NOW + 2) == []
    assert seen(house).due() is None


def test_resolved_alert_is_no_longer_kept_back(house: House) -> None:
    put(house, spec())
    say(house, signal("disk", "resolved", at=NOW), at=NOW + 1)
    assert seen(house).suppressed_count() == 0
    assert tick(house, END) == [SilenceExpired(silence="s1", by="clock", ended_at=Moment(END))]


def test_alert_expiring_with_its_silence_is_not_released(house: House) -> None:
    put(house, spec())
    say(house, signal("disk", expires_at=END), at=NOW + 1)
    assert [type(event).__name__ for event in tick(house, END)] == [
        "AlertResolved", "ExpiriesChecked", "SilenceExpired",
    ]  # fmt: skip


def test_new_labels_are_held_against_the_silences(house: House) -> None:
    put(house, spec())
    moved = Content(title="Disk full", severity="high", labels={"host": "db2"})
    assert say(house, signal("disk", content=moved), at=NOW + 1) == [
        AlertChanged(alert=1, content=moved),
        AlertReleased(alert=1),
    ]
    assert say(house, signal("disk"), at=NOW + 2) == [AlertChanged(alert=1, content=DISK), kept_back(1)]
    worse = Content(title="Worse", severity="critical", labels={**DISK.labels, "disk": "sda"})
    assert say(house, signal("disk", content=worse), at=NOW + 3) == [AlertChanged(alert=1, content=worse)]


def test_silence_goes_on_though_another_begins_to_match(house: House) -> None:
    put(house, spec(matchers=("disk=sda",)))
    put(house, spec(), new_id="s2")
    more = Content(title="Disk full", severity="high", labels={**DISK.labels, "disk": "sda"})
    assert say(house, signal("disk", content=more), at=NOW + 1) == [AlertChanged(alert=1, content=more)]
    assert (seen(house).silenced_by(1), seen(house).silences_of(1, Moment(NOW + 1))) == ("s2", ["s1", "s2"])


def test_past_start_of_a_new_silence_is_moved_to_now(house: House) -> None:
    told = put(house, spec(start_at=1))
    assert isinstance(told, list)
    assert told[0] == SilenceSet(silence="s1", revision=1, spec=spec(start_at=NOW))


def test_active_silence_is_extended_in_place(house: House) -> None:
    put(house, spec())
    longer = spec(start_at=NOW + 400, end_at=END + 1, matchers=("host=db1",))
    assert put(house, longer, silence="s1", new_id="s2", at=NOW + 500) == [
        SilenceSet(silence="s1", revision=2, spec=spec(end_at=END + 1, matchers=("host=db1",)))
    ]
    assert seen(house).due() == END + 1


def test_same_silence_again_changes_nothing(house: House) -> None:
    put(house, spec())
    assert put(house, spec(), silence="s1", new_id="s2", at=NOW + 1) == []


def test_silence_with_other_matchers_replaces_the_old_one(house: House) -> None:
    put(house, spec())
    other = spec(matchers=('host="web1"',))
    assert put(house, other, silence="s1", new_id="s2", at=NOW + 1) == [
        SilenceExpired(silence="s1", by="room", ended_at=Moment(NOW + 1)),
        SilenceSet(silence="s2", revision=1, spec=spec(matchers=('host="web1"',), start_at=NOW + 1)),
        AlertReleased(alert=1),
        kept_back(2, "s2"),
    ]


def test_silence_with_another_start_replaces_the_active_one_without_a_gap(house: House) -> None:
    put(house, spec())
    told = put(house, spec(start_at=NOW + 2_000), silence="s1", new_id="s2", at=NOW + 2_000)
    assert isinstance(told, list)
    assert [type(event).__name__ for event in told] == ["SilenceExpired", "SilenceSet", "AlertSuppressed"]
    assert seen(house).silenced_by(1) == "s2"


def test_pending_silence_may_begin_earlier_in_place(house: House) -> None:
    put(house, spec(start_at=NOW + 5_000))
    assert put(house, spec(start_at=NOW + 1), silence="s1", new_id="s2", at=NOW + 1) == [
        SilenceSet(silence="s1", revision=2, spec=spec(start_at=NOW + 1)),
        kept_back(1, revision=2),
    ]
    assert seen(house).due() == END


def test_edit_of_a_silence_whose_start_the_clock_missed_keeps_alerts_back(house: House) -> None:
    put(house, spec(start_at=NOW + 5_000))
    told = put(house, spec(start_at=NOW + 5_000, comment="new"), silence="s1", new_id="s2", at=NOW + 6_000)
    assert isinstance(told, list)
    assert told[1:] == [kept_back(1, revision=2)]


def test_ended_silence_never_revives(house: House) -> None:
    put(house, spec())
    house.ask(ExpireSilence(silence="s1"), at=NOW + 1)
    told = put(house, spec(), silence="s1", new_id="s2", at=NOW + 2)
    assert isinstance(told, list)
    assert told[0] == SilenceSet(silence="s2", revision=1, spec=spec(start_at=NOW + 2))


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [
        (spec(start_at=1, end_at=NOW - 1), "Failed to create silence: end time can't be in the past"),
        (spec(start_at=END, end_at=END), "Failed to create silence: start time must be before end time"),
        (spec(matchers=('a=""',)), "silence invalid: at least one matcher must not match the empty string"),
        (spec(matchers=("a=~.*", "b!=x")), "silence invalid: at least one matcher must not match the empty string"),
        (spec(matchers=()), "silence invalid: at least one matcher required"),
        (spec(comment="x" * 5_000), "silence invalid: a text is longer than 4096 characters"),
    ],
)
def test_bad_silence_is_refused_in_alertmanagers_words(house: House, wanted: SilenceSpec, detail: str) -> None:
    assert put(house, wanted) == Rejected("silence_invalid", detail)


def test_bad_matcher_is_refused(house: House) -> None:
    refused = put(house, spec(matchers=("a=~(",)))
    assert isinstance(refused, Rejected)
    assert refused.detail.startswith("silence invalid: invalid label matcher: ")


def test_unknown_silence_is_refused(house: House) -> None:
    missing = Rejected("silence_unknown", "silence not found")
    assert put(house, spec(), silence="s9") == missing
    assert house.ask(ExpireSilence(silence="s9"), at=NOW) == missing


def test_id_in_use_is_refused(house: House) -> None:
    put(house, spec())
    refused = put(house, spec(), new_id="s1")
    assert isinstance(refused, Rejected)
    assert refused.reason == "silence_id_taken"
