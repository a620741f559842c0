"""Sources, their keys and health, trying a mapping, and dead letters."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime

import msgspec
from litestar import Response, Router, delete, get, post, put

from tocsin.core.alerts.commands import ReceiveSignals
from tocsin.core.intake.commands import CloseDeadLetter, RemoveSource, RotateSourceKey, SetMemory, SetSource
from tocsin.core.intake.events import Signal, SourceKeySet, SourceSpec
from tocsin.core.intake.views import DeadLetter, Memo, Misunderstood, Reading, Request, Source, Understood, read
from tocsin.kernel.ids import number_of
from tocsin.kernel.message import Accepted
from tocsin.kernel.permission import CONFIGURE, RESPOND
from tocsin.shell.detail import LETTER, said_again
from tocsin.shell.install import hash_key, make_key
from tocsin.web.call import Call, OneCall, accepted, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.paging import Cursor, Limit, Page, opened_number, page, sealed
from tocsin.web.problem import ACTS, READS, TAGGED, WRITES, Refused, missing, puts
from tocsin.web.words import namer, speaker

OVERLAP_S_DEFAULT = 86_400
BYTE = re.compile(r"\bbyte (\d{1,12})\b")
PATH = re.compile(r"`(\$[^`]*)`")
"""How the readers say where in a body a mistake is."""


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days (1 to 400) resolved alerts and incidents stay in memory, in lists and searches. What is older
    is found by its id, in the journal."""

    days: int


class SourceShown(msgspec.Struct, frozen=True):
    """A source and its health. `key` is shown once, in the answer that made it; `url` is where senders send."""

    id: str
    revision: int
    spec: SourceSpec
    key: str = ""
    url: str = ""


class Answered(msgspec.Struct, frozen=True):
    """An answer to a delivery: when, and its HTTP status."""

    at: datetime
    status: int


class Health(msgspec.Struct, frozen=True):
    """What a source has said: all signals, repeats, those that changed nothing, alerts open now, dead letters waiting
    and ever, its last signal and heartbeat. Since the process started: signals `per_minute`, `refused_keys` counts
    deliveries with a key that was good once, `answers` are the last ones, newest first."""

    source: str
    received: int
    repeated: int
    dropped: int
    open: int
    dead_letters: int
    dead_letters_ever: int
    last_seen_at: datetime | None
    beat_at: datetime | None
    beat_due_at: datetime | None
    beat_missed: bool
    per_minute: float
    refused_keys: int
    answers: tuple[Answered, ...]


class SourceListed(msgspec.Struct, frozen=True):
    """A source and its health."""

    id: str
    revision: int
    spec: SourceSpec
    health: Health


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old key stays good. `key_hash` is the SHA-256 of a key the client chose; empty: we make one."""

    overlap_s: int = OVERLAP_S_DEFAULT
    key_hash: str = ""


class KeyAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key, by its SHA-256 in hex."""

    key_hash: str


class KeyJudged(msgspec.Struct, frozen=True):
    """Whether this is the source's key now."""

    is_current: bool


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payload to read as a source would: of an existing source, or of a description that is not saved yet. `letter`:
    the dead letter's payload instead of `body`."""

    body: str = ""
    letter: str = ""
    source: str = ""
    spec: SourceSpec | None = None
    door: str = ""
    content_type: str = "application/json"


class SignalShown(msgspec.Struct, frozen=True):
    """What was read out of a payload."""

    key: str
    status: str
    at: datetime
    title: str
    severity: str
    severity_original: str
    labels: dict[str, str]
    annotations: dict[str, str]
    url: str
    expires_at: datetime | None


class SampleRead(msgspec.Struct, frozen=True):
    """What a payload says. `error`: nothing of it is understood; `problems`: what of a batch is not."""

    understood: bool
    error: str
    problems: tuple[str, ...]
    is_beat: bool
    signals: tuple[SignalShown, ...]


class LetterClosed(msgspec.Struct, frozen=True):
    """How a dead letter was closed: `replayed` or `discarded`, by whom and when."""

    how: str
    by: str
    by_name: str
    at: datetime


class LetterShown(msgspec.Struct, frozen=True):
    """A payload that could not be understood. `body` is text, or base64 when `encoded`; `cut`: its end is
    missing, so it cannot be replayed. `byte` and `path` are where in the body the mistake is, as far as known. Of a
    `closed` one, the body is not shown any more."""

    id: str
    source: str
    door: str
    error: str
    content_type: str
    query: str
    body: str
    encoded: bool
    cut: bool
    received_at: datetime
    kept_at: datetime
    byte: int | None
    path: str
    closed: LetterClosed | None = None


@get("/sources", responses=READS)
async def list_sources(call: Call, limit: Limit = 100, cursor: Cursor = "") -> Page[SourceListed]:
    """Every source with its health, by id."""

    def show(row: Source) -> SourceListed:
        return SourceListed(row.id, row.revision, row.spec, show_health(call, row))

    return await call.shown(page(call.look.intake.sources(), lambda row: row.id, limit, cursor, show))


@get("/sources/{source_id:str}", responses=TAGGED)
async def get_source(call: Call, source_id: str) -> Response[SourceShown]:
    """One source."""
    return await call.tagged(required(_source(call, source_id)(), "source", source_id))


@put("/sources/{source_id:str}", responses=puts(SourceShown), opt={"needs": KNOWN})
async def put_source(call: Call, source_id: str, data: SourceSpec) -> Response[SourceShown]:
    """Create a source or bring one to this description. A new one's key is in this answer and nowhere else."""
    key = make_key("src", call.house.entropy)
    made: list[bool] = []

    async def ask() -> None:
        is_new = call.look.intake.source(source_id) is None
        decision = await call.ask(SetSource(source_id, data, hash_key(key) if is_new else ""))
        made.append(_made(decision, key))

    answer = await call.put_by(ask, _source(call, source_id), f"/api/v1/sources/{source_id}")
    if made[-1]:
        answer.content = _with_key(call, answer.content, key)
    return answer


@delete("/sources/{source_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_source(call: Call, source_id: str) -> None:
    """Remove a source; its keys are void at once, and what is open under it is resolved (`source_removed`)."""
    required(call.look.intake.source(source_id), "source", source_id)
    await call.remove(RemoveSource(source_id), _source(call, source_id))


@post("/sources/{source_id:str}/rotate", responses=ACTS, opt={"needs": KNOWN}, status_code=200)
async def rotate(call: Call, source_id: str, data: Rotation) -> SourceShown:
    """Give a source a new key, shown in this answer and nowhere else; the old one stays good for a while."""
    required(call.look.intake.source(source_id), "source", source_id)
    if data.key_hash:
        await call.ask(RotateSourceKey(source_id, data.key_hash, data.overlap_s))
        return await call.shown(required(_source(call, source_id)(), "source", source_id))
    key = make_key("src", call.house.entropy)
    decision = await call.ask(RotateSourceKey(source_id, hash_key(key), data.overlap_s))
    answer = required(_source(call, source_id)(), "source", source_id)
    return await call.shown(_with_key(call, answer, key) if _made(decision, key) else answer)


@post("/sources/{source_id:str}/key", responses=ACTS, opt={"needs": CONFIGURE}, status_code=200)
async def judge_key(call: Call, source_id: str, data: KeyAsked) -> KeyJudged:
    """Say whether a source has this key, so that a file of keys can be compared. Changes nothing."""
    row = required(call.look.intake.source(source_id), "source", source_id)
    return await call.shown(KeyJudged(row.key_hash == data.key_hash))


@get("/sources/{source_id:str}/health", responses=READS)
async def get_health(call: Call, source_id: str) -> Health:
    """What a source has said, and when."""
    return await call.shown(show_health(call, required(call.look.intake.source(source_id), "source", source_id)))


@post("/sources/test", responses=ACTS, status_code=200)
async def test_sample(call: Call, data: Sample) -> SampleRead:
    """Read a payload as a source would. Changes nothing. A description that is not saved may be tried by whoever may
    save it: what its expressions cost is theirs to answer for."""
    if data.spec is not None:
        call.require(CONFIGURE)
    letter = _letter(call, data.letter) if data.letter else None
    if letter is not None:
        call.require(RESPOND)
    named = data.source or (letter.source if letter else "")
    row = call.look.intake.source(named) if named else None
    spec = data.spec or (row.spec if row else None)
    if spec is None:
        raise missing("source", named)
    door = data.door or (letter.door if letter else spec.door)
    request = Request("POST", "", "", data.content_type, {"content-type": data.content_type}, data.body.encode())
    if letter is not None:
        request = _request(letter)
    return await call.shown(_show_reading(call, read(spec, row.revision if row else 0, door, request, call.at, Memo())))


@get("/dead-letters", responses=READS, opt={"needs": RESPOND})
async def list_letters(call: Call, source: str = "", limit: Limit = 100, cursor: Cursor = "") -> Page[LetterShown]:
    """Payloads that could not be understood and wait for somebody to look, newest first."""
    before = opened_number(cursor)
    rows = [row for row in call.look.intake.dead_letters(source) if not before or _number(row) < before]
    items = tuple(_show_letter(call, row) for row in rows[:limit])
    return await call.shown(Page(items, sealed(str(_number(rows[limit - 1]))) if len(rows) > limit else ""))


@get("/dead-letters/{letter_id:str}", responses=READS, opt={"needs": RESPOND})
async def get_letter(call: Call, letter_id: str) -> LetterShown:
    """One dead letter, or how it was closed."""
    row = call.look.intake.dead_letter(letter_id)
    if row is None:
        return await call.shown(_show_closed(call, letter_id))
    return await call.shown(_show_letter(call, row))


@post("/dead-letters/{letter_id:str}/replay", responses=ACTS, opt={"needs": RESPOND}, status_code=200)
async def replay(call: Call, letter_id: str) -> SampleRead:
    """Read a dead letter again, with the source as it is now; if it is understood, its signals count and it is put
    away."""
    letter = _letter(call, letter_id)
    source = required(call.look.intake.source(letter.source), "source", letter.source)
    if letter.cut:
        raise Refused(409, "letter_not_whole", f"the end of {letter.id} is missing; let its sender send it again")
    found = call.look.intake.read(source, letter.door, _request(letter), call.at, Memo())
    if isinstance(found, Misunderstood):
        raise Refused(422, "letter_not_understood", found.error)
    if found.signals:
        command = ReceiveSignals(source.id, found.signals)
        engine, once = call.house.engine, f"replay:{letter.id}"
        accepted(await engine.submit_once(command, f"source:{source.id}", once, once, len(found.signals)))
    await call.ask(CloseDeadLetter(letter.id, "replayed"))
    return await call.shown(_show_reading(call, found))


@post("/dead-letters/{letter_id:str}/discard", responses=ACTS, opt={"needs": KNOWN}, status_code=204)
async def discard(call: Call, letter_id: str) -> None:
    """Put a dead letter away."""
    await call.ask(CloseDeadLetter(_letter(call, letter_id).id, "discarded"))


def show_health(call: OneCall, row: Source) -> Health:
    """The health of a source."""
    tally = call.look.alerts.source_tally(row.id)
    intake, telemetry = call.look.intake, call.house.telemetry
    heard = telemetry.heard.get(row.id)
    answers = tuple(Answered(shown(at), status) for at, status in reversed(heard.answers)) if heard else ()
    return Health(
        row.id, tally.received, tally.repeated, tally.dropped, tally.open, intake.open_letters(row.id),
        intake.letter_count(row.id), shown_or_none(tally.last_seen), shown_or_none(row.beat_at),
        shown_or_none(row.due_at), row.missed, heard.per_minute(call.at) if heard else 0.0,
        telemetry.refused[row.id], answers,
    )  # fmt: skip


def _show(row: Source) -> SourceShown:
    return SourceShown(row.id, row.revision, row.spec)


def _with_key(call: OneCall, answer: SourceShown, key: str) -> SourceShown:
    url = f"{call.house.settings.url}/in/{key}/"
    return SourceShown(answer.id, answer.revision, answer.spec, key, url)


def _made(decision: Accepted, key: str) -> bool:
    """Whether this very key became the source's, and not that of a request before with the same Idempotency-Key."""
    return any(isinstance(event, SourceKeySet) and event.key_hash == hash_key(key) for event in decision.events)


def _said(call: OneCall, error: str) -> str:
    """Why something was not understood, in the client's language; the journal and the sender have it in English."""
    return said_again(speaker(call).language, LETTER, error)


def _show_reading(call: OneCall, found: Reading) -> SampleRead:
    match found:
        case Misunderstood():
            return SampleRead(False, _said(call, found.error), (), False, ())
        case Understood():
            problems = tuple(_said(call, problem) for problem in found.problems)
            return SampleRead(True, "", problems, found.beats, tuple(map(_show_signal, found.signals)))


def _show_signal(one: Signal) -> SignalShown:
    content = one.content
    return SignalShown(
        one.key, one.status, shown(one.at), content.title, content.severity, content.severity_original,
        content.labels, content.annotations, content.url, shown_or_none(one.expires_at),
    )  # fmt: skip


def _show_letter(call: OneCall, row: DeadLetter) -> LetterShown:
    byte, path = BYTE.search(row.error), PATH.search(row.error)
    return LetterShown(
        row.id, row.source, row.door, _said(call, row.error), row.content_type, row.query, row.body, row.encoded,
        row.cut, shown(row.kept_at), shown(row.kept_at), int(byte[1]) if byte else None, path[1] if path else "",
    )  # fmt: skip


def _show_closed(call: OneCall, letter_id: str) -> LetterShown:
    fate = call.look.intake.letter_fate(letter_id)
    fate = required(fate if fate is not None and fate.how else None, "dead letter", letter_id)
    at, closed_at = shown(fate.kept_at), shown(fate.closed_at)
    closed = LetterClosed(fate.how, fate.by, namer(call.look)(fate.by), closed_at)
    return LetterShown(
        fate.letter, fate.source, fate.door, _said(call, fate.error), "", "", "", False, False, at, at, None, "", closed
    )


def _number(row: DeadLetter) -> int:
    return number_of(row.id, "DL") or 0


def _letter(call: OneCall, letter_id: str) -> DeadLetter:
    return required(call.look.intake.dead_letter(letter_id), "open dead letter", letter_id)


def _request(letter: DeadLetter) -> Request:
    try:
        body = base64.b64decode(letter.body) if letter.encoded else letter.body.encode()
    except binascii.Error:
        body = b""
    return Request("POST", "", letter.query, letter.content_type, {"content-type": letter.content_type}, body)


def _source(call: OneCall, source_id: str) -> Callable[[], SourceShown | None]:
    def found() -> SourceShown | None:
        row = call.look.intake.source(source_id)
        return None if row is None else _show(row)

    return found


@get("/memory", responses=TAGGED)
async def get_memory(call: Call) -> Response[Memory]:
    """How long what is over stays in memory."""
    return await call.tagged(Memory(call.look.intake.memory_days))


@put("/memory", responses=puts(Memory), opt={"needs": KNOWN})
async def put_memory(call: Call, data: Memory) -> Response[Memory]:
    """Remember for another number of days. With fewer, what is older leaves memory at once; with more, nothing comes
    back."""
    return await call.put(SetMemory(data.days), lambda: Memory(call.look.intake.memory_days), "/api/v1/memory")


router = Router(
    "/",
    route_handlers=[
        list_sources, get_source, put_source, delete_source, rotate, judge_key, get_health, test_sample,
        list_letters, get_letter, replay, discard, get_memory, put_memory,
    ],
    tags=["intake"],
)  # fmt: skip
