"""What follows from a command to intake.

Law: a source is saved only if its door can work: a mapping compiles, a heartbeat has an interval. A key opens one
source. A heartbeat that came while the house itself was away is not missed: nobody was there to hear it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, assert_never

from tocsin.core.intake.commands import (
    CloseDeadLetter,
    IntakeCommand,
    KeepDeadLetter,
    NoteChange,
    RecordBeat,
    RemoveSource,
    RotateSourceKey,
    SetMemory,
    SetSource,
)
from tocsin.core.intake.events import (
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
)
from tocsin.core.intake.rules.reading import cut
from tocsin.core.intake.rules.specs import flaw_of_spec, is_sha256
from tocsin.core.intake.state import DeadLetter, LetterHour, Source, beat_due_at
from tocsin.core.people.views import View as People
from tocsin.kernel.agenda import Agenda
from tocsin.kernel.ids import SLUG_HINT, is_slug, numbered
from tocsin.kernel.message import Accepted, Decision, Envelope, Moment, Rejected, Tick
from tocsin.kernel.moment import DAY_MS, HOUR_MS, SECOND_MS

SOURCES_MAX = 10_000
"""More than any company has monitors; a guard against a script that runs wild."""
OVERLAP_S_MAX = 90 * DAY_MS // SECOND_MS
"""Three months to carry a new key to every sender."""
LETTER_BODY_MAX = 256_000
"""Characters of a dead letter's body: a person reads its beginning; the journal keeps it for ever."""
LETTERS_WHOLE_MAX = 20
"""Dead letters of a source kept whole in an hour: a broken sender repeats one mistake, and a person looks at a few."""
LETTER_THIN_MAX = 1_000
"""Characters of the body of each further one: it has its number, its error and its alarm, and is counted like any."""
LETTER_TEXT_MAX = 4_000
"""Characters of the other texts of a dead letter."""
MEMORY_DAYS_MIN, MEMORY_DAYS_MAX = 1, 400
"""A day, so that yesterday night can be looked at without the journal; a year and a month, as memory holds it all."""
AGAIN_S_MAX = 15 * 60
"""A beat that comes again so soon is awaited anew if it may have been lost; a day is too long to learn of a miss."""
RESERVED = ("tocsin",)
"""The house speaks of its own worries under this name."""
HOWS = ("replayed", "discarded")


class Known(Protocol):
    """What this room remembers."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def revisions(self) -> Mapping[str, int]: ...
    @property
    def keys(self) -> Mapping[str, str]: ...
    @property
    def letters(self) -> Mapping[str, DeadLetter]: ...
    @property
    def letters_of(self) -> Mapping[str, Mapping[str, None]]: ...
    @property
    def letter_hours(self) -> Mapping[str, LetterHour]: ...
    @property
    def letter_last(self) -> int: ...
    @property
    def memory_days(self) -> int: ...
    @property
    def beats(self) -> Agenda: ...


class Look(Protocol):
    """The views this room reads to decide."""

    @property
    def people(self) -> People: ...


def decide(known: Known, look: Look, command: IntakeCommand | Tick, envelope: Envelope) -> Decision:
    """One function per command."""
    match command:
        case SetSource():
            return _set_source(known, look, command)
        case RemoveSource():
            return _remove_source(known, command, envelope)
        case RotateSourceKey():
            return _rotate_key(known, command, envelope)
        case KeepDeadLetter():
            return _keep_letter(known, command, envelope)
        case CloseDeadLetter():
            return _close_letter(known, command, envelope)
        case RecordBeat():
            return _record_beat(known, command, envelope)
        case NoteChange():
            return _note_change(known, command)
        case SetMemory():
            return _set_memory(known, command)
        case Tick():
            return _tick(known, command, envelope.at)
        case _:
            assert_never(command)


def _set_source(known: Known, look: Look, command: SetSource) -> Decision:
    """Refused: bad_id, name_reserved, too_many_sources, team_unknown, key_needed, key_invalid, key_already_exists, and
    whatever is wrong with the description (bad_source, bad_mapping)."""
    row = known.sources.get(command.source)
    if row is not None and row.spec == command.spec and command.key_hash in {"", row.key_hash}:
        return Accepted(answer=command.source)
    if not is_slug(command.source):
        return Rejected("bad_id", f"source {command.source[:80]!r}: use {SLUG_HINT}")
    if command.source in RESERVED:
        return Rejected("name_reserved", f"{command.source!r} is what the house calls itself; take another name")
    if row is None and len(known.sources) >= SOURCES_MAX:
        return Rejected("too_many_sources", f"{SOURCES_MAX} sources exist; remove one first")
    if flaw := flaw_of_spec(command.spec):
        return flaw
    if command.spec.team and look.people.team(command.spec.team) is None:
        return Rejected("team_unknown", f"team {command.spec.team!r} does not exist; create it or leave team empty")
    if row is None and not command.key_hash:
        return Rejected("key_needed", f"the new source {command.source!r} needs a key: give the SHA-256 of one")
    new_key = command.key_hash if row is None or command.key_hash != row.key_hash else ""
    if new_key and (flaw := _flaw_of_key(known, command.source, new_key)):
        return flaw
    events: list[IntakeEvent] = []
    if row is None or row.spec != command.spec:
        revision = known.revisions.get(command.source, 0) + 1
        events.append(SourceSet(source=command.source, revision=revision, spec=command.spec))
    if new_key:
        events.append(SourceKeySet(source=command.source, key_hash=new_key))
    if row is not None and row.missed and not command.spec.every_s:
        events.append(BeatResumed(source=command.source))
    return Accepted(tuple(events), command.source)


def _remove_source(known: Known, command: RemoveSource, envelope: Envelope) -> Decision:
    """Its dead letters and its missed heartbeat worry nobody any more; the room alerts closes what is open under it.
    Refused: source_unknown."""
    row = known.sources.get(command.source)
    if row is None:
        return _unknown(command.source)
    events: list[IntakeEvent] = [
        DeadLetterClosed(source=row.id, letter=letter, how="discarded", by=envelope.actor)
        for letter in known.letters_of.get(row.id, ())
    ]
    return Accepted((*events, SourceRemoved(source=row.id)))


def _rotate_key(known: Known, command: RotateSourceKey, envelope: Envelope) -> Decision:
    """Refused: source_unknown, key_invalid, key_already_exists, overlap_invalid."""
    row = known.sources.get(command.source)
    if row is None:
        return _unknown(command.source)
    if command.key_hash == row.key_hash:
        return Accepted(answer=command.source)
    if not 0 <= command.overlap_s <= OVERLAP_S_MAX:
        return Rejected("overlap_invalid", f"overlap_s {command.overlap_s}: give 0 to {OVERLAP_S_MAX} seconds")
    if flaw := _flaw_of_key(known, command.source, command.key_hash):
        return flaw
    old_until = Moment(envelope.at + command.overlap_s * SECOND_MS) if command.overlap_s else Moment(0)
    event = SourceKeySet(source=command.source, key_hash=command.key_hash, old_until=old_until)
    return Accepted((event,), command.source)


def _keep_letter(known: Known, command: KeepDeadLetter, envelope: Envelope) -> Decision:
    """The answer is the letter's id. Only the beginning is kept once enough whole ones came within the hour. Refused:
    source_unknown."""
    if command.source not in known.sources:
        return _unknown(command.source)
    letter = numbered("DL", known.letter_last + 1)
    hour = known.letter_hours.get(command.source)
    is_thin = hour is not None and hour.hour == envelope.at // HOUR_MS and hour.whole >= LETTERS_WHOLE_MAX
    kept = LETTER_THIN_MAX if is_thin else LETTER_BODY_MAX
    is_cut = len(command.body) > kept
    why = f": {LETTERS_WHOLE_MAX} were kept whole within the hour" if is_thin else ""
    note = f" (of {len(command.body)} characters the first {kept} are kept{why})" if is_cut else ""
    event = DeadLetterKept(
        source=command.source,
        letter=letter,
        door=cut(command.door, LETTER_TEXT_MAX),
        body=command.body[:kept],
        error=cut(command.error, LETTER_TEXT_MAX) + note,
        content_type=cut(command.content_type, LETTER_TEXT_MAX),
        query=cut(command.query, LETTER_TEXT_MAX),
        encoded=command.encoded,
        cut=is_cut,
        thin=is_thin,
    )
    return Accepted((event,), letter)


def _close_letter(known: Known, command: CloseDeadLetter, envelope: Envelope) -> Decision:
    """Refused: dead_letter_unknown, how_invalid."""
    letter = known.letters.get(command.letter)
    if letter is None:
        return Rejected("dead_letter_unknown", f"no open dead letter is called {command.letter[:80]!r}")
    if command.how not in HOWS:
        return Rejected("how_invalid", f"how {command.how[:80]!r}: say one of {', '.join(HOWS)}")
    event = DeadLetterClosed(source=letter.source, letter=letter.id, how=command.how, by=envelope.actor)
    return Accepted((event,), letter.id)


def _record_beat(known: Known, command: RecordBeat, envelope: Envelope) -> Decision:
    """Refused: source_unknown, no_heartbeat_expected."""
    row = known.sources.get(command.source)
    if row is None:
        return _unknown(command.source)
    if not row.spec.every_s:
        return Rejected("no_heartbeat_expected", f"source {row.id!r} has no every_s; set how often its heartbeat comes")
    received = BeatReceived(source=row.id, due_at=beat_due_at(row.spec, envelope.at))
    return Accepted((received, BeatResumed(source=row.id)) if row.missed else (received,))


def _note_change(known: Known, command: NoteChange) -> Decision:
    """Refused: source_unknown."""
    if command.source not in known.sources:
        return _unknown(command.source)
    return Accepted((ChangeNoted(source=command.source, change=command.change),))


def _set_memory(known: Known, command: SetMemory) -> Decision:
    """Refused: memory_invalid."""
    if not MEMORY_DAYS_MIN <= command.days <= MEMORY_DAYS_MAX:
        return Rejected("memory_invalid", f"days {command.days}: give {MEMORY_DAYS_MIN} to {MEMORY_DAYS_MAX}")
    return Accepted() if command.days == known.memory_days else Accepted((MemorySet(days=command.days),))


def _tick(known: Known, tick: Tick, at: Moment) -> Accepted:
    """Heartbeats that are due are missed. Those that came while the house was away, or may have, are expected anew."""
    if not tick.was_deaf:
        return Accepted(tuple(BeatMissed(source=source) for source in known.beats.due(at)))
    rows = [row for row in known.sources.values() if row.id in known.beats.rows and _may_be_lost(row, at)]
    return Accepted(tuple(BeatAwaited(source=row.id, due_at=beat_due_at(row.spec, at)) for row in rows))


def _may_be_lost(row: Source, at: Moment) -> bool:
    """Whether the beat was due in the house's absence, or could have come in it and comes again soon."""
    expected_at = row.due_at - row.spec.grace_s * SECOND_MS
    return row.due_at <= at or (row.spec.every_s <= AGAIN_S_MAX and expected_at <= at)


def _flaw_of_key(known: Known, source: str, key_hash: str) -> Rejected | None:
    if not is_sha256(key_hash):
        return Rejected("key_invalid", "the key must arrive as its SHA-256 in lower-case hex")
    if key_hash in known.keys:
        if known.keys[key_hash] == source:
            return Rejected("key_already_exists", "this source has, or lately had, this key; make a new one")
        return Rejected("key_already_exists", "another source has this key; make a new one")
    return None


def _unknown(source: str) -> Rejected:
    return Rejected("source_unknown", f"no source is called {source[:80]!r}")
