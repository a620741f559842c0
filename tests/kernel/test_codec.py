"""Old events are read for ever; newer and unknown ones are refused with words."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
import pytest

from tocsin.kernel.codec import Codec, UnknownEvent
from tocsin.kernel.message import CommandRefused, Event


class BellRung(Event, frozen=True):
    """A bell rang."""

    room: ClassVar[str] = "tower"
    version: ClassVar[int] = 3
    about: ClassVar[str] = "bell"
    bell: str
    times: int = 1
    by: str = ""


def to_2(body: dict[str, Any]) -> dict[str, Any]:
    return {"bell": body["name"], "times": body.get("times", 1)}


def to_3(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "by": "sexton"}


CODEC = Codec((BellRung, CommandRefused), {("BellRung", 1): to_2, ("BellRung", 2): to_3})


def test_an_event_reads_back() -> None:
    event = BellRung(bell="big", times=4)
    assert CODEC.decode("BellRung", 3, CODEC.encode(event)) == event
    assert event.subject() == "big"


def test_defaults_are_not_stored() -> None:
    assert CODEC.encode(BellRung(bell="big")) == b'{"bell":"big"}'


@pytest.mark.parametrize(("version", "body"), [(1, b'{"name":"big","times":2}'), (2, b'{"bell":"big","times":2}')])
def test_an_old_event_climbs_every_step(version: int, body: bytes) -> None:
    assert CODEC.decode("BellRung", version, body) == BellRung(bell="big", times=2, by="sexton")


@pytest.mark.parametrize(("name", "version"), [("BellRung", 4), ("BellCast", 1), ("BellRung", 0)])
def test_what_cannot_be_read_is_refused_with_words(name: str, version: int) -> None:
    with pytest.raises(UnknownEvent, match=f"{name} v{version}"):
        CODEC.decode(name, version, b'{"name":"big"}')


def test_a_damaged_body_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        CODEC.decode("BellRung", 3, b'{"bell":7}')


def test_two_events_of_one_name_are_refused() -> None:
    with pytest.raises(AssertionError, match="two events are called BellRung"):
        Codec((BellRung, BellRung))
