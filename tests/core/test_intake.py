"""The room intake: sources, keys, dead letters, heartbeats."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from house import House
from tocsin.core.intake.commands import (
    CloseDeadLetter,
    KeepDeadLetter,
    NoteChange,
    RecordBeat,
    RemoveSource,
    RotateSourceKey,
    SetMemory,
    SetSource,
)
from tocsin.core.intake.decide import AGAIN_S_MAX, LETTER_BODY_MAX, LETTER_THIN_MAX, LETTERS_WHOLE_MAX
from tocsin.core.intake.events import (
    BeatAwaited,
    BeatMissed,
    BeatReceived,
    BeatResumed,
    Change,
    ChangeNoted,
    DeadLetterClosed,
    DeadLetterKept,
    MappingSpec,
    MemorySet,
    SourceKeySet,
    SourceRemoved,
    SourceSet,
    SourceSpec,
)
from tocsin.core.intake.state import LETTERS_MAX
from tocsin.core.intake.views import NotedChange, View
from tocsin.core.world import World
from tocsin.kernel.message import Event, Moment, Rejected
from tocsin.kernel.moment import DAY_MS, HOUR_MS

KEY, KEY_2 = (hashlib.sha256(word).hexdigest() for word in (b"one", b"two"))
SPEC = SourceSpec(name="Prometheus")
BEAT = SourceSpec(name="Backup", door="heartbeat", every_s=60, grace_s=10)
MAPPING = MappingSpec(key="item.id", title="item.name")


def room(*sources: tuple[str, SourceSpec, str]) -> House:
    house = House()
    for source, spec, key in sources:
        house.given(SourceSet(source=source, revision=1, spec=spec), SourceKeySet(source=source, key_hash=key))
    return house


def seen(house: House) -> View:
    return house.world.look.intake


def own(events: list[Event] | Rejected) -> list[Event]:
    """The events of this room; other rooms react to some."""
    assert not isinstance(events, Rejected), events
    return [event for event in events if event.room == "intake"]


def reason(outcome: list[Event] | Rejected) -> str:
    assert isinstance(outcome, Rejected), outcome
    assert outcome.detail
    return outcome.reason


def test_new_source_has_a_revision_and_a_key() -> None:
    house = House()
    assert house.ask(SetSource("prom", SPEC, KEY)) == [
        SourceSet(source="prom", revision=1, spec=SPEC),
        SourceKeySet(source="prom", key_hash=KEY),
    ]
    found = seen(house).source_by_key(KEY, Moment(0))
    assert found is not None
    assert (found.id, found.spec, found.revision) == ("prom", SPEC, 1)
    assert seen(house).source_by_key(KEY_2, Moment(0)) is None


def test_setting_the_same_changes_nothing_and_a_change_counts_up() -> None:
    house = room(("prom", SPEC, KEY))
    assert house.ask(SetSource("prom", SPEC)) == []
    assert house.ask(SetSource("prom", SPEC, KEY)) == []
    other = SourceSpec(name="Prometheus EU")
    assert house.ask(SetSource("prom", other)) == [SourceSet(source="prom", revision=2, spec=other)]


def test_revision_goes_on_after_a_source_was_removed() -> None:
    house = room(("prom", SPEC, KEY))
    house.ask(RemoveSource("prom"))
    assert house.ask(SetSource("prom", SPEC, KEY)) == [
        SourceSet(source="prom", revision=2, spec=SPEC),
        SourceKeySet(source="prom", key_hash=KEY),
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (SetSource("Prom!", SPEC, KEY), "bad_id"),
        (SetSource("tocsin", SPEC, KEY), "name_reserved"),
        (SetSource("prom", SPEC), "key_needed"),
        (SetSource("prom", SPEC, "secret"), "key_invalid"),
        (SetSource("prom", SPEC, KEY_2), "key_already_exists"),
        (SetSource("prom", SourceSpec(name="P", team="nobody"), KEY), "team_unknown"),
        (SetSource("prom", SourceSpec(name=" "), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", door="telepathy"), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", zone="Mars/Olympus"), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", severity_default="bad"), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", resolve_after_s=0), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", labels={"a": ""}), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", door="heartbeat"), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", door="zabbix", every_s=5), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", door="generic"), KEY), "bad_source"),
        (SetSource("prom", SourceSpec(name="P", door="zabbix", mapping=MAPPING), KEY), "bad_source"),
        (RemoveSource("prom"), "source_unknown"),
        (RotateSourceKey("prom", KEY), "source_unknown"),
        (RotateSourceKey("other", "secret"), "key_invalid"),
        (RotateSourceKey("other", KEY, overlap_s=-1), "overlap_invalid"),
        (KeepDeadLetter("prom", "any", "{", "unexpected EOF"), "source_unknown"),
        (CloseDeadLetter("DL-1", "discarded"), "dead_letter_unknown"),
        (RecordBeat("prom"), "source_unknown"),
        (RecordBeat("other"), "no_heartbeat_expected"),
        (NoteChange("prom", Change("v2", Moment(1))), "source_unknown"),
    ],
)  # fmt: skip
def test_refusals(command: SetSource, why: str) -> None:
    assert reason(room(("other", SPEC, KEY_2)).ask(command)) == why


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        (MappingSpec(key="item.id", title="item."), "mapping.title"),
        (MappingSpec(key="id", title="item.name"), "'id'"),
        (MappingSpec(key="", title="item.name"), "mapping.key and mapping.title are needed"),
        (MappingSpec(key="item.id", title="item.name", split="item.alerts"), "mapping.split"),
        (MappingSpec(key="item.id", title="item.name", severities={"bad": "awful"}), "'awful'"),
        (MappingSpec(key="item.id", title="item.name", zone="Mars"), "mapping.zone"),
        (MappingSpec(key="item.id", title="item.name", firing=("OK",), resolved=("ok",)), "one meaning"),
    ],
)
def test_mapping_that_cannot_work_is_refused_when_it_is_saved(mapping: MappingSpec, what: str) -> None:
    spec = SourceSpec(name="P", door="generic", mapping=mapping)
    outcome = House().ask(SetSource("prom", spec, KEY))
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "bad_mapping"
    assert what in outcome.detail


def test_old_key_is_good_until_the_overlap_ends() -> None:
    house = room(("prom", SPEC, KEY))
    assert house.ask(RotateSourceKey("prom", KEY_2, overlap_s=10), at=1_000) == [
        SourceKeySet(source="prom", key_hash=KEY_2, old_until=Moment(11_000))
    ]
    view = seen(house)
    assert view.source_by_key(KEY, Moment(10_999)) is view.source_by_key(KEY_2, Moment(10_999)) is view.source("prom")
    assert view.source_by_key(KEY, Moment(11_000)) is None
    assert view.source_by_key(KEY_2, Moment(11_000)) is view.source("prom")


def test_rotation_without_overlap_voids_the_old_key_at_once() -> None:
    house = room(("prom", SPEC, KEY))
    house.ask(RotateSourceKey("prom", KEY_2), at=1_000)
    assert seen(house).source_by_key(KEY, Moment(1_000)) is None
    assert house.ask(RotateSourceKey("prom", KEY_2), at=2_000) == []
    assert seen(house).source_of_old_key(KEY) == "prom", "who still sends with it: health tells whose it was"


def test_removed_source_has_no_keys_and_no_letters() -> None:
    house = room(("prom", SPEC, KEY))
    house.ask(KeepDeadLetter("prom", "grafana", "{", "unexpected EOF"), at=1_000)
    events = own(house.ask(RemoveSource("prom"), at=2_000))
    assert events == [
        DeadLetterClosed(source="prom", letter="DL-1", how="discarded", by="room"),
        SourceRemoved(source="prom"),
    ]
    assert seen(house).source_by_key(KEY, Moment(2_000)) is None
    assert seen(house).sources() == seen(house).dead_letters() == ()


def test_dead_letters_are_numbered_kept_and_closed() -> None:
    house = room(("prom", SPEC, KEY))
    kept = own(house.ask(KeepDeadLetter("prom", "grafana", "{", "unexpected EOF", "text/plain", "a=b"), at=1_000))
    assert kept == [
        DeadLetterKept(
            source="prom", letter="DL-1", door="grafana", body="{", error="unexpected EOF",
            content_type="text/plain", query="a=b",
        )
    ]  # fmt: skip
    own(house.ask(KeepDeadLetter("prom", "grafana", "[", "unexpected EOF"), at=2_000))
    assert [letter.id for letter in seen(house).dead_letters("prom")] == ["DL-2", "DL-1"]
    assert reason(house.ask(CloseDeadLetter("DL-1", "eaten"), at=3_000)) == "how_invalid"
    assert own(house.ask(CloseDeadLetter("DL-1", "replayed"), at=3_000)) == [
        DeadLetterClosed(source="prom", letter="DL-1", how="replayed", by="room")
    ]
    assert seen(house).dead_letter("DL-1") is None
    assert (seen(house).open_letters("prom"), seen(house).letter_count("prom")) == (1, 2)


def test_long_dead_letter_is_cut_and_says_so() -> None:
    house = room(("prom", SPEC, KEY))
    (kept,) = own(house.ask(KeepDeadLetter("prom", "any", "x" * (LETTER_BODY_MAX + 1), "no JSON"), at=1))
    assert isinstance(kept, DeadLetterKept)
    assert kept.cut
    assert kept.body == "x" * LETTER_BODY_MAX
    assert kept.error == "no JSON (of 256001 characters the first 256000 are kept)"


def test_oldest_dead_letters_leave_memory_and_numbers_go_on() -> None:
    house = room(("prom", SPEC, KEY), ("zbx", SPEC, KEY_2))
    house.given(DeadLetterKept(source="zbx", letter="DL-1", door="any", body="z", error="e"))
    for number in range(2, LETTERS_MAX + 4):
        house.given(DeadLetterKept(source="prom", letter=f"DL-{number}", door="any", body="x", error="e"))
    view = seen(house)
    assert view.open_letters("prom") == LETTERS_MAX
    assert view.dead_letter("DL-3") is None
    assert view.dead_letter("DL-4") is not None
    assert view.dead_letter("DL-1") is not None
    assert view.letter_count("prom") == LETTERS_MAX + 2


def test_of_a_flood_of_dead_letters_only_the_first_are_kept_whole() -> None:
    house = room(("prom", SPEC, KEY), ("ci", SPEC, KEY_2))
    for number in range(LETTERS_WHOLE_MAX + 100):
        house.ask(KeepDeadLetter("prom", "any", "x" * 5_000, f"mistake {number}"), at=HOUR_MS + number)
    letters = seen(house).dead_letters("prom")
    whole = [letter for letter in letters if not letter.cut]
    assert [letter.id for letter in reversed(whole)] == [f"DL-{n}" for n in range(1, LETTERS_WHOLE_MAX + 1)]
    assert len(letters) == LETTERS_MAX, "the thin ones leave memory first"
    thin = letters[0]
    assert (len(thin.body), thin.cut) == (LETTER_THIN_MAX, True)
    assert thin.error.endswith("(of 5000 characters the first 1000 are kept: 20 were kept whole within the hour)")
    assert seen(house).letter_count("prom") == LETTERS_WHOLE_MAX + 100, "each is counted"
    other = house.ask(KeepDeadLetter("ci", "any", "x" * 5_000, "mistake"), at=HOUR_MS + 500)
    assert not other[0].cut, "another source has its own hour"
    later = house.ask(KeepDeadLetter("prom", "any", "x" * 5_000, "mistake"), at=2 * HOUR_MS)
    assert not later[0].cut, "and the next hour begins anew"


def test_every_dead_letter_of_a_flood_keeps_the_alarm_alive() -> None:
    house = room(("prom", SPEC, KEY))
    last = HOUR_MS + LETTERS_WHOLE_MAX + 5
    for at in range(HOUR_MS, last + 1):
        house.ask(KeepDeadLetter("prom", "any", "x" * 5_000, "the same mistake"), at=at)
    (alarm,) = house.world.look.alerts.open_alerts()
    assert alarm.content.labels["alertname"] == "DeadLetter"
    assert house.world.look.alerts.expires_at(alarm.number) == last + DAY_MS


def test_heartbeat_is_missed_once_and_resumes() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=1_000)
    assert seen(house).due() == 71_000
    assert house.tick(70_999) == []
    assert own(house.tick(71_000)) == [BeatMissed(source="job")]
    assert seen(house).due() is None
    assert own(house.tick(200_000)) == []
    assert own(house.ask(RecordBeat("job"), at=300_000)) == [
        BeatReceived(source="job", due_at=Moment(370_000)),
        BeatResumed(source="job"),
    ]
    (row,) = seen(house).heartbeats()
    assert (row.beat_at, row.due_at, row.missed) == (300_000, 370_000, False)


def test_beat_in_time_puts_the_next_one_off() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    assert own(house.ask(RecordBeat("job"), at=60_000)) == [BeatReceived(source="job", due_at=Moment(130_000))]
    assert own(house.tick(129_999)) == []
    assert own(house.tick(130_000)) == [BeatMissed(source="job")]


@pytest.mark.parametrize("at", [60_000, 70_000, 900_000], ids=["may be lost", "due just now", "due long ago"])
def test_heartbeat_that_could_come_while_the_house_was_away_is_awaited_anew(at: int) -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    assert own(house.tick(at, was_deaf=True)) == [BeatAwaited(source="job", due_at=Moment(at + 70_000))]
    assert own(house.tick(at + 69_999)) == []
    assert own(house.tick(at + 70_000)) == [BeatMissed(source="job")]


def test_heartbeat_not_expected_yet_is_due_when_it_was_however_long_the_house_was_away() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    assert own(house.tick(59_999, was_deaf=True)) == []
    assert own(house.tick(70_000)) == [BeatMissed(source="job")]


@pytest.mark.parametrize(("every_s", "anew"), [(AGAIN_S_MAX, True), (AGAIN_S_MAX + 1, False)])
def test_rare_heartbeat_that_is_late_is_not_given_another_turn_by_an_absence(every_s: int, anew: bool) -> None:
    house = House()
    house.ask(SetSource("job", SourceSpec(name="Rare", door="heartbeat", every_s=every_s, grace_s=60), KEY), at=0)
    assert bool(own(house.tick(every_s * 1000 + 1, was_deaf=True))) is anew


def test_heartbeat_that_was_missed_already_stays_missed_when_the_house_comes_back() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    house.tick(70_000)
    assert own(house.tick(900_000, was_deaf=True)) == []


def test_new_interval_counts_from_the_last_beat() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    house.ask(RecordBeat("job"), at=10_000)
    house.ask(SetSource("job", SourceSpec(name="Backup", door="heartbeat", every_s=20, grace_s=0)), at=15_000)
    assert seen(house).due() == 30_000


def test_a_heartbeat_that_nobody_waited_for_is_not_missed_the_moment_somebody_does() -> None:
    house = House()
    house.ask(SetSource("job", SourceSpec(name="Backup"), KEY), at=0)
    house.ask(SetSource("job", SourceSpec(name="Backup", every_s=60, grace_s=10)), at=86_400_000)
    assert seen(house).due() == 86_470_000
    house.ask(SetSource("job", SourceSpec(name="Backup", every_s=30, grace_s=10)), at=86_460_000)
    assert seen(house).due() == 86_500_000


def test_a_heartbeat_awaited_anew_is_not_due_sooner_because_its_source_is_described_anew() -> None:
    house = House()
    house.ask(SetSource("job", BEAT, KEY), at=0)
    house.tick(200_000, was_deaf=True)
    house.ask(SetSource("job", msgspec.structs.replace(BEAT, name="Nightly backup")), at=200_001)
    assert seen(house).due() == 270_000


def test_missed_heartbeat_worries_nobody_once_it_is_not_expected() -> None:
    quiet = SourceSpec(name="Backup")
    for command, facts in (
        (SetSource("job", quiet), [SourceSet(source="job", revision=2, spec=quiet), BeatResumed(source="job")]),
        (RemoveSource("job"), [SourceRemoved(source="job")]),
    ):
        house = House()
        house.ask(SetSource("job", BEAT, KEY), at=0)
        house.tick(70_000)
        assert own(house.ask(command, at=80_000)) == facts
        assert not list(house.world.look.alerts.open_alerts())
        assert seen(house).due() is None


def test_change_is_noted_newest_first() -> None:
    house = room(("ci", SPEC, KEY))
    old, new = Change("v1 is out", Moment(5)), Change("v2 is out", Moment(7), {"service": "shop"})
    assert house.ask(NoteChange("ci", old), at=10) == [ChangeNoted(source="ci", change=old)]
    house.ask(NoteChange("ci", new), at=20)
    assert seen(house).changes() == (NotedChange("ci", new, Moment(20)), NotedChange("ci", old, Moment(10)))
    assert seen(house).changes(since=Moment(11)) == (NotedChange("ci", new, Moment(20)),)


def test_memory_is_thirty_days_until_somebody_says_otherwise() -> None:
    house = House()
    assert seen(house).memory_days == 30
    assert house.ask(SetMemory(60), actor="init") == [MemorySet(days=60)]
    assert house.ask(SetMemory(60), actor="init") == []
    assert seen(house).memory_days == 60


@pytest.mark.parametrize("days", [0, -1, 401])
def test_memory_has_limits(days: int) -> None:
    assert reason(House().ask(SetMemory(days), actor="init")) == "memory_invalid"


def test_memory_is_not_everybodys_to_set() -> None:
    assert reason(House().ask(SetMemory(60), actor="source:prom")) == "permission_denied"


def test_room_survives_a_snapshot() -> None:
    house = room(("prom", SourceSpec(name="P", door="generic", mapping=MAPPING), KEY), ("job", BEAT, KEY_2))
    house.ask(KeepDeadLetter("prom", "any", "{", "unexpected EOF"), at=1_000)
    house.ask(NoteChange("prom", Change("v1", Moment(5))), at=10)
    house.ask(RotateSourceKey("prom", "0" * 64, overlap_s=10), at=1_000)
    again = World.load(house.world.dump())
    assert again.look.intake == seen(house)
    assert msgspec.msgpack.encode(again.look.intake) == msgspec.msgpack.encode(seen(house))
