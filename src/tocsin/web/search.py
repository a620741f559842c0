"""Find things by what people remember of them: an id, the beginning of a name, a word, the initials of its pinyin.

Law: what is configured is looked through whole; of alerts and incidents the newest, so that an answer takes
milliseconds however many there are.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from tocsin.core.incidents.views import Wanted
from tocsin.core.world import Views
from tocsin.kernel.ids import number_of, numbered

FOUND_MAX = 20
OF_KIND_MAX = 8
"""Of one kind, so that many incidents do not hide a service."""
INCIDENTS_MAX = 5_000
ALERTS_MAX = 20_000
"""Looked through, the newest first: about 5 ms."""
NAMES_KEPT_MAX = 20_000
KINDS = ("incident", "service", "person", "team", "schedule", "ladder", "source", "silence", "alert")
PATHS = {
    "incident": "incidents", "service": "services", "person": "people", "team": "teams", "schedule": "schedules",
    "ladder": "ladders", "source": "sources", "silence": "silences", "alert": "alerts",
}  # fmt: skip
EXACT, ID_BEGINS, NAME_BEGINS, WORD_BEGINS, INSIDE, BY_SOUND, NOT_AT_ALL = range(7)
"""How well something fits, the best first."""
ANY_HANZI = re.compile(r"[㐀-鿿]")
WORD = re.compile(r"[\W_]+")


class Hit(msgspec.Struct, frozen=True):
    """A thing that was found: `url` is its page in the web interface."""

    kind: str
    id: str
    title: str
    subtitle: str
    url: str


class Thing(msgspec.Struct, frozen=True, gc=False):
    """Something that has an id and a name."""

    kind: str
    id: str
    name: str
    subtitle: str


@lru_cache(maxsize=1)
def dictionary() -> Any:
    """What knows how Chinese is read. To read it in takes a fifth of a second and some memory, so this happens when
    somebody searches for the first time. Blocking."""
    return importlib.import_module("pypinyin")


@lru_cache(maxsize=NAMES_KEPT_MAX)
def sounds_of(name: str) -> tuple[str, ...]:
    """A name as it is typed on a keyboard without Chinese: `zfwg` and `zhifuwangguan` for 支付网关."""
    if not ANY_HANZI.search(name):
        return ()
    pinyin = dictionary()
    initials = "".join(pinyin.lazy_pinyin(name, style=pinyin.Style.FIRST_LETTER))
    return _squeezed(initials), _squeezed("".join(pinyin.lazy_pinyin(name)))


def _squeezed(text: str) -> str:
    return WORD.sub("", text.casefold())


def find(look: Views, text: str) -> tuple[Hit, ...]:
    """What fits the text best, at most FOUND_MAX."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    ranked: list[tuple[int, int, int, Thing]] = []
    order = {kind: place for place, kind in enumerate(KINDS)}
    for source in (_numbered(look, wanted), _configured(look), _incidents(look)):
        for thing in source:
            fit = fit_of(thing, wanted)
            if fit < NOT_AT_ALL:
                ranked.append((fit, order[thing.kind], len(ranked), thing))
    ranked += [(fit, order["alert"], 0, thing) for fit, thing in _alerts(look, wanted)]
    return tuple(_picked(one[3] for one in sorted(ranked, key=lambda one: one[:3])))


def _picked(things: Iterable[Thing]) -> Iterator[Hit]:
    counts: dict[str, int] = {}
    seen: dict[tuple[str, str], None] = {}
    for thing in things:
        counts[thing.kind] = counts.get(thing.kind, 0) + 1
        if counts[thing.kind] > OF_KIND_MAX or (thing.kind, thing.id) in seen:
            continue
        seen[thing.kind, thing.id] = None
        yield Hit(thing.kind, thing.id, thing.name, thing.subtitle, f"/{PATHS[thing.kind]}/{thing.id}")
        if len(seen) == FOUND_MAX:
            return


def fit_of(thing: Thing, wanted: str) -> int:
    """How well a thing fits; `wanted` is in lower case and not empty."""
    id_, name = thing.id.casefold(), thing.name.casefold()
    if wanted in (id_, name):
        return EXACT
    if id_.startswith(wanted):
        return ID_BEGINS
    if name.startswith(wanted):
        return NAME_BEGINS
    fit = fit_of_text(f"{name} {id_}", wanted)
    if fit < NOT_AT_ALL:
        return fit
    squeezed = _squeezed(wanted)
    if squeezed and squeezed.isascii() and any(squeezed in sound for sound in sounds_of(thing.name)):
        return BY_SOUND
    return NOT_AT_ALL


def fit_of_text(text: str, wanted: str) -> int:
    """How well words fit a text, both in lower case: every one must be in it."""
    words = wanted.split()
    if not all(word in text for word in words):
        return NOT_AT_ALL
    begins = WORD.split(text)
    return WORD_BEGINS if all(any(begin.startswith(word) for begin in begins) for word in words) else INSIDE


def _numbered(look: Views, wanted: str) -> Iterator[Thing]:
    """Incidents and alerts by their number, bare or whole."""
    number = number_of(wanted, "INC")
    incident = look.incidents.incident(numbered("INC", number)) if number is not None else None
    if incident is not None:
        yield Thing("incident", incident.id, incident.title, f"{incident.status} · {incident.severity}")
    number = number_of(wanted, "ALT")
    alert = look.alerts.alert(number) if number is not None else None
    if alert is not None:
        yield Thing("alert", numbered("ALT", alert.number), alert.content.title, f"{alert.status} · {alert.source}")


def _configured(look: Views) -> Iterator[Thing]:
    for service in look.items.services():
        yield Thing("service", service.id, service.spec.name, service.spec.team)
    for user in look.people.users():
        if user.active:
            yield Thing("person", user.id, user.spec.name, user.spec.email)
    for team in look.people.teams():
        yield Thing("team", team.id, team.spec.name, ", ".join(team.spec.members[:5]))
    for schedule in look.oncall.schedules():
        yield Thing("schedule", schedule.id, schedule.spec.name, schedule.spec.zone)
    for ladder in look.oncall.ladders():
        yield Thing("ladder", ladder.id, ladder.spec.name, "")
    for source in look.intake.sources():
        yield Thing("source", source.id, source.spec.name, source.spec.door)
    for silence in look.alerts.silences():
        if silence.status != "expired":
            matchers = "{" + ", ".join(silence.spec.matchers) + "}"
            yield Thing("silence", silence.silence, silence.spec.comment or matchers, matchers)


def _incidents(look: Views) -> Iterator[Thing]:
    """The newest, open ones first."""
    found = {row.id: row for row in look.incidents.open_incidents()[: -INCIDENTS_MAX - 1 : -1]}
    found |= {row.id: row for row in look.incidents.find(Wanted(), limit=200).incidents}
    for row in found.values():
        yield Thing("incident", row.id, row.title, f"{row.status} · {row.severity}")


def _alerts(look: Views, wanted: str) -> Iterator[tuple[int, Thing]]:
    """The newest open alerts whose title or a value of a label fits."""
    found = 0
    words = wanted.split()
    for alert in islice(look.alerts.newest_open(), ALERTS_MAX):
        title = alert.content.title.casefold()
        if words[0] not in title:
            continue
        fit = fit_of_text(title, wanted)
        if fit < NOT_AT_ALL:
            id_ = numbered("ALT", alert.number)
            yield fit, Thing("alert", id_, alert.content.title, f"{alert.content.severity} · {alert.source}")
            found += 1
            if found == OF_KIND_MAX:
                return
