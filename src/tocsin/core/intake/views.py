"""What can be seen of intake: sources by key, dead letters, heartbeats; and the reading of requests.

Law: reading decides nothing and remembers nothing but the caller's memo.
"""

from __future__ import annotations

import msgspec

from tocsin.core.intake.events import Change, ChangeNoted, DeadLetterClosed, DeadLetterKept, SourceRemoved
from tocsin.core.intake.rules.doors import read
from tocsin.core.intake.rules.generic import Step, Trial, try_mapping
from tocsin.core.intake.rules.labels import fingerprint
from tocsin.core.intake.rules.plain import GZIP, Flaw, decode, unpacked
from tocsin.core.intake.rules.reading import Memo, Misunderstood, Reading, Request, Understood
from tocsin.core.intake.state import DeadLetter, Source, State
from tocsin.kernel.message import Event, Moment, Stamp

__all__ = [
    "GZIP", "Change", "DeadLetter", "Flaw", "LetterFate", "Memo", "Misunderstood", "NotedChange", "Reading", "Request",
    "Source", "Step", "Trial", "Understood", "View", "decode", "fingerprint", "read", "try_mapping", "unpacked",
]  # fmt: skip

HEARS: tuple[type[Event], ...] = (DeadLetterKept, DeadLetterClosed, ChangeNoted, SourceRemoved)

CHANGES_MAX = 1_000
"""Changes in memory: enough to see what was deployed before an outage."""


FATES_MAX = 2_000
"""Dead letters whose fate is in memory: somebody follows a link from yesterday; older ones are in the journal."""
ERROR_MAX = 1_000
"""Characters kept of what was wrong with a letter that is closed."""


class LetterFate(msgspec.Struct, frozen=True):
    """A dead letter, without its body, and what became of it: `how` is `replayed` or `discarded`, empty while it is
    open or left memory; `by` is the actor."""

    letter: str
    source: str
    door: str
    error: str
    kept_at: Moment
    how: str = ""
    by: str = ""
    closed_at: Moment = Moment(0)


class NotedChange(msgspec.Struct, frozen=True):
    """A change and the source that told of it."""

    source: str
    change: Change
    noted_at: Moment


class View(msgspec.Struct):
    """The room's door for reading. `letter_counts` counts all dead letters there ever were of each source."""

    known: State = msgspec.field(default_factory=State)
    letter_counts: dict[str, int] = {}
    noted: dict[int, NotedChange] = {}
    fates: dict[str, LetterFate] = {}

    @property
    def memory_days(self) -> int:
        """For how many days what is over stays in memory."""
        return self.known.memory_days

    def due(self) -> Moment | None:
        """When the next heartbeat counts as missed, None for never."""
        return self.known.beats.next()

    def read(self, source: Source, door: str, request: Request, at: Moment, memo: Memo) -> Reading:
        """What a request through a door says, read with the source's settings. Never raises."""
        return read(source.spec, source.revision, door, request, at, memo)

    def source(self, source: str) -> Source | None:
        """The source."""
        return self.known.sources.get(source)

    def sources(self) -> tuple[Source, ...]:
        """Every source, by id."""
        return tuple(self.known.sources[id_] for id_ in sorted(self.known.sources))

    def was_removed(self, source: str) -> bool:
        """Whether there was such a source and is none any more."""
        return source not in self.known.sources and source in self.known.revisions

    def source_by_key(self, key_hash: str, at: Moment) -> Source | None:
        """The source of this key, if the key is good at this instant."""
        source = self.known.sources.get(self.known.keys.get(key_hash, ""))
        if source is None or (source.key_hash != key_hash and source.old_until <= at):
            return None
        return source

    def source_of_old_key(self, key_hash: str) -> str:
        """The source whose key this is or lately was, empty for none."""
        return self.known.keys.get(key_hash, "")

    def heartbeats(self) -> tuple[Source, ...]:
        """The sources whose heartbeat is expected, by id: see `beat_at`, `due_at` and `missed`."""
        return tuple(source for source in self.sources() if source.due_at)

    def dead_letter(self, letter: str) -> DeadLetter | None:
        """The dead letter, None when it was closed or has left memory."""
        return self.known.letters.get(letter)

    def letter_fate(self, letter: str) -> LetterFate | None:
        """What became of a dead letter, None when memory has let it go."""
        return self.fates.get(letter)

    def dead_letters(self, source: str = "") -> tuple[DeadLetter, ...]:
        """The open dead letters (of one source), newest first."""
        found = (letter for letter in self.known.letters.values() if not source or letter.source == source)
        return tuple(found)[::-1]

    def open_letters(self, source: str) -> int:
        """How many dead letters of the source wait to be looked at."""
        return len(self.known.letters_of.get(source, ()))

    def letter_count(self, source: str) -> int:
        """How many dead letters of the source there ever were."""
        return self.letter_counts.get(source, 0)

    def changes(self, since: Moment | None = None) -> tuple[NotedChange, ...]:
        """The changes noted since then, newest first."""
        return tuple(noted for noted in reversed(self.noted.values()) if noted.noted_at >= (since or 0))


def fold(view: View, event: Event, stamp: Stamp) -> None:
    """Fold one event. The room's state has moved already."""
    match event:
        case DeadLetterKept():
            view.letter_counts[event.source] = view.letter_counts.get(event.source, 0) + 1
            view.fates[event.letter] = LetterFate(
                event.letter, event.source, event.door, event.error[:ERROR_MAX], stamp.at
            )
            if len(view.fates) > FATES_MAX:
                del view.fates[next(iter(view.fates))]
        case DeadLetterClosed():
            if event.letter in view.fates:
                view.fates[event.letter] = msgspec.structs.replace(
                    view.fates[event.letter], how=event.how, by=event.by, closed_at=stamp.at
                )
        case ChangeNoted():
            view.noted[stamp.seq] = NotedChange(event.source, event.change, stamp.at)
            if len(view.noted) > CHANGES_MAX:
                del view.noted[next(iter(view.noted))]
        case SourceRemoved():
            view.letter_counts.pop(event.source, None)
        case _:
            pass
