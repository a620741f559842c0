"""What intake must be remembered to decide."""

from __future__ import annotations

from typing import assert_never

import msgspec

from tocsin.core.intake.events import (
    MEMORY_DAYS,
    BeatAwaited,
    BeatMissed,
    BeatReceived,
    BeatResumed,
    ChangeNoted,
    DeadLetterClosed,
    DeadLetterKept,
    IntakeEvent,
    MemorySet,
    SourceKeySet,
    SourceRemoved,
    SourceSet,
    SourceSpec,
)
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.message import Moment, Stamp
from tocsin.kernel.moment import HOUR_MS, SECOND_MS

LETTERS_MAX = 100
"""Dead letters of one source in memory: a person looks at a few; older ones stay in the journal."""
LETTER_CHARACTERS_MAX = 32_000_000
"""Characters of all dead letters in memory."""


class Source(msgspec.Struct, frozen=True):
    """A sender. `key_hash` is SHA-256; the previous key is good until `old_until`, and
    afterwards still known as the one that this source had. `beat_at` is the last heartbeat (0:
    none yet), `due_at` when the next counts as missed (0: none is expected), `missed` whether it is missed now."""

    id: str
    spec: SourceSpec
    revision: int
    set_at: Moment
    key_hash: str = ""
    old_hash: str = ""
    old_until: Moment = Moment(0)
    beat_at: Moment = Moment(0)
    due_at: Moment = Moment(0)
    missed: bool = False


class DeadLetter(msgspec.Struct, frozen=True):
    """A payload that could not be understood. `body` is text, or base64 when `encoded`; `cut`: the end is missing;
    `thin`: only the beginning was to be kept, because many came."""

    id: str
    source: str
    door: str
    body: str
    error: str
    content_type: str
    query: str
    encoded: bool
    cut: bool
    kept_at: Moment
    thin: bool = False


class LetterHour(msgspec.Struct, frozen=True, gc=False):
    """How many dead letters of a source were kept whole in the latest hour (of the clock) in which one came."""

    hour: int
    whole: int


class State(msgspec.Struct):
    """Tables of frozen entities; only `evolve` writes them. `revisions` outlive their sources; `keys` lead from a hash
    to a source; `letters_of` are the ids of a source's letters, oldest first; `beats` are the sources whose heartbeat
    is due."""

    sources: dict[str, Source] = {}
    revisions: dict[str, int] = {}
    keys: dict[str, str] = {}
    letters: dict[str, DeadLetter] = {}
    letters_of: dict[str, dict[str, None]] = {}
    letter_hours: dict[str, LetterHour] = {}
    letter_last: int = 0
    letter_characters: int = 0
    memory_days: int = MEMORY_DAYS
    beats: Agenda = msgspec.field(default_factory=Agenda)


def beat_due_at(spec: SourceSpec, since: Moment) -> Moment:
    """When a heartbeat last seen (or first expected) then counts as missed; 0 for never."""
    return Moment(since + (spec.every_s + spec.grace_s) * SECOND_MS) if spec.every_s else Moment(0)


def evolve(state: State, event: IntakeEvent, stamp: Stamp) -> None:
    """Fold one event."""
    match event:
        case SourceSet():
            _set(state, event, stamp)
        case SourceRemoved():
            _remove(state, event.source)
        case SourceKeySet():
            _set_key(state, event)
        case DeadLetterKept():
            _keep(state, event, stamp)
        case DeadLetterClosed():
            _forget(state, event.letter)
        case BeatReceived():
            _beat(state, event.source, beat_at=stamp.at, due_at=event.due_at)
        case BeatAwaited():
            _beat(state, event.source, due_at=event.due_at)
        case BeatMissed():
            _beat(state, event.source, missed=True)
        case BeatResumed():
            _beat(state, event.source, missed=False)
        case MemorySet():
            state.memory_days = event.days
        case ChangeNoted():
            pass
        case _:
            assert_never(event)


def _set(state: State, event: SourceSet, stamp: Stamp) -> None:
    state.revisions[event.source] = event.revision
    old = state.sources.get(event.source)
    if old is None:
        state.sources[event.source] = Source(event.source, event.spec, event.revision, stamp.at)
    else:
        state.sources[event.source] = msgspec.structs.replace(old, spec=event.spec, revision=event.revision)
    if old is None or (old.spec.every_s, old.spec.grace_s) != (event.spec.every_s, event.spec.grace_s):
        source = state.sources[event.source]
        due_at = beat_due_at(event.spec, source.beat_at or source.set_at)
        if due_at <= stamp.at:  # nobody was waiting for it until now
            due_at = beat_due_at(event.spec, stamp.at)
        _beat(state, event.source, due_at=due_at)


def _remove(state: State, source: str) -> None:
    gone = state.sources.pop(source, None)
    if gone is not None:
        state.keys.pop(gone.key_hash, None)
        state.keys.pop(gone.old_hash, None)
    state.letter_hours.pop(source, None)
    for letter in list(state.letters_of.get(source, ())):
        _forget(state, letter)
    state.beats.drop(source)


def _set_key(state: State, event: SourceKeySet) -> None:
    old = state.sources[event.source]
    state.keys.pop(old.old_hash, None)
    state.keys[event.key_hash] = event.source
    state.sources[event.source] = msgspec.structs.replace(
        old, key_hash=event.key_hash, old_hash=old.key_hash, old_until=event.old_until
    )


def _keep(state: State, event: DeadLetterKept, stamp: Stamp) -> None:
    state.letter_last += 1
    state.letters[event.letter] = DeadLetter(
        event.letter, event.source, event.door, event.body, event.error, event.content_type, event.query,
        event.encoded, event.cut, stamp.at, event.thin,
    )  # fmt: skip
    if not event.thin:
        hour = state.letter_hours.get(event.source)
        this = stamp.at // HOUR_MS
        whole = hour.whole if hour is not None and hour.hour == this else 0
        state.letter_hours[event.source] = LetterHour(this, whole + 1)
    state.letters_of.setdefault(event.source, {})[event.letter] = None
    state.letter_characters += len(event.body)
    mine = state.letters_of[event.source]
    while len(mine) > LETTERS_MAX:
        _forget(state, next((letter for letter in mine if state.letters[letter].thin), next(iter(mine))))
    while state.letter_characters > LETTER_CHARACTERS_MAX:
        _forget(state, next(iter(state.letters)))


def _forget(state: State, letter: str) -> None:
    """A letter was closed, or leaves memory for newer ones."""
    gone = state.letters.pop(letter)
    state.letter_characters -= len(gone.body)
    mine = state.letters_of[gone.source]
    del mine[letter]
    if not mine:
        del state.letters_of[gone.source]


def _beat(state: State, source: str, **facts: int) -> None:
    """Keep what is known of a heartbeat, and its row in the agenda in step."""
    now = msgspec.structs.replace(state.sources[source], **facts)
    state.sources[source] = now
    if now.due_at and not now.missed:
        state.beats.set(source, now.due_at)
    else:
        state.beats.drop(source)
