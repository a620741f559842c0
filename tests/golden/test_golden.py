"""What any release has ever stored is read by this one."""

from __future__ import annotations

import msgspec
import pytest
from make import example, missing, samples

from tocsin.core.world import codec, event_classes
from tocsin.kernel.message import Event

CODEC = codec()
SAMPLES = samples()


def test_every_event_version_has_a_sample():
    names = [cls.__name__ for cls in missing()]
    assert names == [], "run `python tests/golden/make.py` and commit what it adds"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.type}-{sample.version}")
def test_stored_event_decodes_to_what_was_stored(sample):
    event = CODEC.decode(sample.type, sample.version, bytes(sample.body))
    assert isinstance(event, CODEC.classes[sample.type])
    assert event.subject()
    if sample.version == event.version:
        assert msgspec.json.decode(CODEC.encode(event)) == msgspec.json.decode(sample.body)


def test_no_sample_is_there_twice():
    keys = [(sample.type, sample.version) for sample in SAMPLES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("cls", event_classes(), ids=lambda cls: cls.__name__)
def test_example_sets_every_field(cls):
    event = example(cls)
    plain = msgspec.json.decode(CODEC.encode(event))
    assert set(plain) == {field.encode_name for field in msgspec.structs.fields(cls)}
    assert CODEC.decode(cls.__name__, cls.version, CODEC.encode(event)) == event


def test_changed_event_without_a_version_is_noticed():
    """The guard itself: a stored field the class does not know any more does not come back."""

    class Dropped(Event, frozen=True):
        """An event that lost a field without a new version."""

        kept: str

    event = msgspec.json.decode(b'{"kept":"a","lost":"b"}', type=Dropped)
    assert msgspec.json.decode(msgspec.json.encode(event)) != {"kept": "a", "lost": "b"}
