"""`tocsin source`: who may send signals, how they are read, and what was not understood."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tocsin.cli.client import Thing, at
from tocsin.cli.output import Column, Talk, connected, field, fields
from tocsin.cli.times import DURATION, relative
from tocsin.cli.words import say

OVERLAP_S = 86_400
LETTER_SHOWN = 60
SETTINGS = ("name", "door", "team", "zone", "labels", "severity_default", "resolve_after_s")
COUNTS = ("received", "repeated", "dropped", "open", "dead_letters", "dead_letters_ever")
_SEEN: Column = ("last_seen_at", lambda row: relative(row["health"]["last_seen_at"]))


@click.group()
def source() -> None:
    """Sources: who may send signals, and how they are read."""


@source.command("list")
@connected
def list_sources(talk: Talk) -> None:
    """List sources and their health."""
    found = list(talk.api.pages("/sources"))
    if talk.form in {"table", "json", "yaml"}:
        found = [{**row, "health": talk.api.get(at("sources", row["id"], "health"))} for row in found]
    talk.rows(
        found, field("id"), _of_spec("door"), *(_of_health(name) for name in ("received", "open", "dead_letters")),
        _SEEN, ("beat", _beat),
    )  # fmt: skip


@source.command()
@click.argument("source_id", metavar="SOURCE")
@connected
def show(talk: Talk, source_id: str) -> None:
    """Show a source and its health."""
    found = talk.api.get(at("sources", source_id))
    whole = {**found, "health": talk.api.get(at("sources", source_id, "health"))}
    talk.thing(
        whole, *fields("id", "revision"), *map(_of_spec, SETTINGS), *map(_of_health, COUNTS), _SEEN, ("beat", _beat)
    )


@source.command()
@click.argument("source_id", metavar="SOURCE")
@click.option("--name", default="", help="[default: the id]")
@click.option("--door", default="any", show_default=True, help="The protocol it speaks.")
@click.option("--team", default="")
@click.option("--zone", default="UTC", show_default=True, help="Of its times without a zone.")
@click.option("--label", "labels", multiple=True, metavar="NAME=VALUE", help="Added to each of its signals.")
@click.option("--mapping", type=click.File(), help="For the door generic: a file that says how to read it.")
@click.option("--every", "every_s", type=DURATION, default=0, help="For the door heartbeat: how often it beats.")
@click.option("--grace", "grace_s", type=DURATION, default=60, help="…and the patience beyond that.")
@connected
def add(talk: Talk, source_id: str, name: str, labels: tuple[str, ...], mapping: object, **facts: object) -> None:
    """Add a source. Its key is printed now and never again."""
    spec = {"name": name or source_id, "labels": _pairs(labels), **facts}
    if mapping is not None:
        spec["mapping"] = _mapping(mapping.read())  # type: ignore[attr-defined]
    found = talk.api.put(at("sources", source_id), spec, is_new=True)
    _hand_out(talk, found)


@source.command()
@click.argument("source_id", metavar="SOURCE")
@click.option("--overlap", type=DURATION, default=OVERLAP_S, help="How long the old key stays good.  [default: 24h]")
@connected
def rotate(talk: Talk, source_id: str, overlap: int) -> None:
    """Give a source a new key. It is printed now and never again."""
    _hand_out(talk, talk.api.post(at("sources", source_id, "rotate"), {"overlap_s": overlap}))


@source.command()
@click.argument("source_id", metavar="SOURCE")
@connected
def remove(talk: Talk, source_id: str) -> None:
    """Remove a source; its keys are void at once."""
    talk.api.delete(at("sources", source_id))
    talk.done(say("cli.source_removed", id=source_id))


@source.command()
@click.argument("mapping")
@click.argument("sample", type=click.File())
@click.option("--door", default="", help="Read it as this door would.")
@click.option("--content-type", default="application/json", show_default=True)
@connected
def test(talk: Talk, mapping: str, sample: object, door: str, content_type: str) -> None:
    """Read a SAMPLE payload (a file, or -) as a source would; nothing is kept.

    MAPPING is the id of a source, or a file: a mapping, a source's spec, or a `kind: Source` document.
    """
    asked: Thing = {"body": sample.read(), "door": door, "content_type": content_type}  # type: ignore[attr-defined]
    if Path(mapping).is_file():
        asked["spec"] = _spec(Path(mapping).read_text("utf-8"))
    else:
        asked["source"] = mapping
    found = talk.api.post("/sources/test", asked)
    if talk.form in {"json", "yaml"}:
        talk.data(found)
    else:
        for problem in found["problems"]:
            talk.tell(say("cli.sample_problem", problem=problem))
        talk.rows(found["signals"], *fields("key", "status", "severity", "title", "at", "labels"), name="key")
    if not found["understood"]:
        talk.tell(say("cli.sample_misunderstood", error=found["error"]))
        sys.exit(1)


@source.command()
@click.argument("source_id", metavar="[SOURCE]", default="")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@connected
def letters(talk: Talk, source_id: str, limit: int) -> None:
    """List payloads that could not be understood, newest first."""
    found = talk.api.get("/dead-letters", source=source_id, limit=limit)["items"]
    talk.rows(
        found, *fields("id", "source", "door"), ("since", lambda row: relative(row["kept_at"])), field("error"),
        ("body", lambda row: " ".join(row["body"].split())[:LETTER_SHOWN]),
    )  # fmt: skip


@source.command()
@click.argument("letter_ids", metavar="LETTER...", nargs=-1, required=True)
@connected
def replay(talk: Talk, letter_ids: tuple[str, ...]) -> None:
    """Read dead letters again with the source as it is now; what is understood counts."""
    for letter_id in letter_ids:
        found = talk.api.post(at("dead-letters", letter_id, "replay"))
        talk.done(say("cli.letter_replayed", id=letter_id, signals=len(found["signals"])))


@source.command()
@click.argument("letter_ids", metavar="LETTER...", nargs=-1, required=True)
@connected
def discard(talk: Talk, letter_ids: tuple[str, ...]) -> None:
    """Put dead letters away."""
    for letter_id in letter_ids:
        talk.api.post(at("dead-letters", letter_id, "discard"))
        talk.done(say("cli.letter_discarded", id=letter_id))


def _hand_out(talk: Talk, found: Thing) -> None:
    if talk.form == "table":
        click.echo(found["key"])
    talk.done(say("cli.source_key", id=found["id"], url=found["url"]), found, name="key")


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, is_pair, value = text.partition("=")
        if not is_pair or not name:
            raise click.UsageError(say("cli.bad_label", text=text))
        found[name] = value
    return found


def _spec(text: str) -> Thing:
    """A source's spec from a document, a spec or a bare mapping."""
    found = _mapping(text)
    if "kind" in found:
        return dict(found.get("spec") or {})
    if "key" in found and "title" in found:
        return {"name": "test", "door": "generic", "mapping": found}
    return found


def _mapping(text: str) -> Thing:
    from tocsin.web.config.documents import DocumentError, load

    try:
        found = load(text)
    except DocumentError as fault:
        raise click.UsageError(str(fault)) from None
    if not isinstance(found, dict):
        raise click.UsageError(say("cli.not_a_mapping"))
    return found


def _of_spec(name: str) -> Column:
    return (name, lambda row: row["spec"][name])


def _of_health(name: str) -> Column:
    return (name, lambda row: row["health"][name])


def _beat(row: Thing) -> str:
    health = row["health"]
    if not health["beat_due_at"]:
        return ""
    return say("cli.beat_missed") if health["beat_missed"] else relative(health["beat_due_at"])
