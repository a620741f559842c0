"""Timers as rows."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.kernel.agenda import Agenda
from tocsin.kernel.message import Moment


def test_an_empty_agenda_is_never_due() -> None:
    agenda = Agenda()
    assert agenda.next() is None
    assert agenda.due(Moment(10**15)) == []


def test_what_is_due_comes_earliest_first_then_as_set() -> None:
    agenda = Agenda()
    for key, at in (("late", 5_000), ("b", 1_500), ("a", 1_500), ("early", 1_200)):
        agenda.set(key, Moment(at))
    assert agenda.due(Moment(1_500)) == ["early", "b", "a"]
    assert agenda.next() == 1_200


def test_a_key_is_due_once_at_its_last_instant() -> None:
    agenda = Agenda()
    agenda.set("a", Moment(1_000))
    agenda.set("a", Moment(9_000))
    assert agenda.due(Moment(8_999)) == []
    assert agenda.due(Moment(9_000)) == ["a"]


def test_dropping_the_unknown_is_nothing() -> None:
    agenda = Agenda()
    agenda.drop("a")
    assert agenda.next() is None


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(-5_000, 20_000)), max_size=40),
    st.integers(-5_000, 20_000),
)
@settings(max_examples=200, deadline=None)
def test_an_agenda_is_a_dict_of_instants(steps: list[tuple[str, int | None]], at: int) -> None:
    agenda, plain = Agenda(), dict[str, int]()
    for key, instant in steps:
        if instant is None:
            agenda.drop(key)
            plain.pop(key, None)
        else:
            agenda.set(key, Moment(instant))
            plain[key] = instant
    assert agenda.next() == min(plain.values(), default=None)
    assert sorted(agenda.due(Moment(at))) == sorted(key for key, due in plain.items() if due <= at)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(agenda), type=Agenda)
    assert stored == agenda
    assert stored.due(Moment(at)) == agenda.due(Moment(at))
