"""The kinds of objects a file may hold: how each is read, compared, written and removed through the API.

Law: a spec has the fields of the API's PUT body; what a file may say beyond that is stated at its kind. Kinds stand in
the order they are created in; they are removed in the opposite order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from tocsin.core.calendars.events import CalendarSpec
from tocsin.core.incidents.events import Route
from tocsin.core.intake.events import SourceSpec
from tocsin.core.items.events import ServiceSpec
from tocsin.core.notify.events import Rule
from tocsin.core.oncall.events import LadderSpec, ScheduleSpec
from tocsin.core.people.events import TeamSpec, UserSpec
from tocsin.kernel.ids import NAME_MAX
from tocsin.shell.i18n import say
from tocsin.web.config.api import Api, Failure, Thing, at
from tocsin.web.config.documents import Document, converted
from tocsin.web.config.holiday import WORDS, with_holidays

Things = dict[str, Thing]
MARK = "tocsin/name"
"""The annotation by which a silence of a file is known again."""
SEALED_CHANNELS = ("webhook", "apprise", "webpush")
HIDDEN = "•••"
ANOTHER_KEY = "(another)"


class Kind:
    """An object that is a spec under an id: `PUT /<plural>/<name>`."""

    def __init__(self, name: str, plural: str, spec: type[Any]) -> None:
        self.name = name
        self.plural = plural
        self.spec = spec

    def key(self, document: Document) -> str:
        """What the object is called among its kind."""
        return document.name

    def wanted(self, document: Document) -> Thing:
        """The whole spec a document asks for. Raises DocumentError."""
        return converted(document.spec, self.spec, document.place)

    def current(self, api: Api, wanted: Things) -> Things:
        """What is there now, by key. Raises Failure."""
        return {row["id"]: row["spec"] for row in api.pages(f"/{self.plural}")}

    def exported(self, api: Api) -> Iterable[tuple[str, Thing]]:
        """What is there now, as name and spec for a file. Raises Failure."""
        return self.current(api, {}).items()

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Bring the object to the spec; returns a secret the server made, empty for none. Raises Failure."""
        api.put(at(self.plural, key), spec)
        return ""

    def delete(self, api: Api, key: str, before: Thing) -> None:
        """Remove the object. Raises Failure."""
        api.delete(at(self.plural, key))

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """What may be removed because no document of this kind names it."""
        return {key: spec for key, spec in current.items() if key not in wanted}

    def order(self, wanted: Things) -> list[str]:
        """The keys in the order they can be created in."""
        return list(wanted)


class Users(Kind):
    """People. Whoever asks is never pruned; a removed person counts as absent."""

    def current(self, api: Api, wanted: Things) -> Things:
        """Active people."""
        return {row["id"]: row["spec"] for row in api.pages("/users") if row["active"]}

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """Everybody else but oneself."""
        me = api.get("/me")["user"]["id"]
        return {key: spec for key, spec in super().prunable(api, current, wanted).items() if key != me}


class Calendars(Kind):
    """Calendars; `country`, `subdivision` and `years` bring the public holidays and make-up days of a country."""

    def wanted(self, document: Document) -> Thing:
        """The spec with the dates the country has."""
        rest = {name: value for name, value in document.spec.items() if name not in WORDS}
        own = converted(rest, self.spec, document.place)
        dates = with_holidays({**document.spec, **own}, document.place)
        return converted(dates, self.spec, document.place)


class Services(Kind):
    """Services, those first that others depend on."""

    def order(self, wanted: Things) -> list[str]:
        """Dependencies first; what depends in a circle keeps the order of the file and is refused by the server."""
        done: dict[str, None] = {}
        for key in wanted:
            way = {key: iter(wanted[key]["depends_on"])}
            while way:
                last = next(reversed(way))
                below = next((one for one in way[last] if one in wanted and one not in done and one not in way), None)
                if below is None:
                    done[last] = None
                    del way[last]
                else:
                    way[below] = iter(wanted[below]["depends_on"])
        return list(done)


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact point of a file. Its label is the document's name; `verified`: vouch for it."""

    user: str
    channel: str
    address: str
    verified: bool = False


class Contacts(Kind):
    """Contact points, known by user and label. A secret address cannot be read back: it is not compared, not exported,
    and so its contact point is never pruned, or an export without it would take it away."""

    def key(self, document: Document) -> str:
        """`user/label`."""
        return f"{self.wanted(document)['user']}/{document.name}"

    def current(self, api: Api, wanted: Things) -> Things:
        """The contact points of the people the file names."""
        found: Things = {}
        for user in dict.fromkeys(spec["user"] for spec in wanted.values()):
            for row in _contacts(api, user):
                key = f"{user}/{row['label']}"
                found[key] = self._shown(user, row, wanted.get(key))
        return found

    def exported(self, api: Api) -> Iterable[tuple[str, Thing]]:
        """Those whose address is no secret."""
        for user in (row["id"] for row in api.pages("/users") if row["active"]):
            for row in _contacts(api, user):
                if row["channel"] not in SEALED_CHANNELS:
                    yield row["label"], self._shown(user, row, None)

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Add it, and vouch for it if the file does; then remove one that leads elsewhere: a new one that is refused
        must not leave the person without any."""
        user, _, label = key.partition("/")
        path = at("users", user, "contacts")
        old = next((row for row in _contacts(api, user) if row["label"] == label), None)
        is_moved = before is not None and (before["channel"], before["address"]) != (spec["channel"], spec["address"])
        row = old
        if row is None or is_moved:
            row = api.post(path, {"channel": spec["channel"], "address": spec["address"], "label": label})
        if spec["verified"] and not row["verified"]:
            api.post(path + at(row["id"], "vouch"))
        if old is not None and is_moved:
            self._hand_on_rules(api, user, old["id"], row["id"])
            api.delete(path + at(old["id"]))
        return ""

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """Those an export would have had."""
        gone = super().prunable(api, current, wanted)
        return {key: spec for key, spec in gone.items() if spec["channel"] not in SEALED_CHANNELS}

    def _hand_on_rules(self, api: Api, user: str, old: str, new: str) -> None:
        """What a person's rules say of one contact point holds for the other."""
        own = api.get(at("users", user, "rules"))
        if not own["is_default"]:
            moved = [{**rule, "contact": new} if rule["contact"] == old else rule for rule in own["rules"]]
            api.put(at("users", user, "rules"), {"rules": moved})

    def delete(self, api: Api, key: str, before: Thing) -> None:
        """Remove it."""
        user, _, label = key.partition("/")
        for row in _contacts(api, user):
            if row["label"] == label:
                api.delete(at("users", user, "contacts", row["id"]))

    def _shown(self, user: str, row: Thing, wanted: Thing | None) -> Thing:
        is_sealed = row["channel"] in SEALED_CHANNELS
        address = wanted["address"] if wanted and is_sealed else row["address"]
        verified = row["verified"] and (wanted is None or wanted["verified"])
        return {"user": user, "channel": row["channel"], "address": address, "verified": verified}


class RulesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's rules in a file: contact points by label or id. The mailbox needs no rule."""

    rules: tuple[Rule, ...]


class PersonalRules(Kind):
    """Notification rules; the document's name is the user's. Never pruned."""

    def current(self, api: Api, wanted: Things) -> Things:
        """The rules of the people the file names, contact points by label."""
        return {user: spec for user in wanted if (spec := self._of(api, user))}

    def exported(self, api: Api) -> Iterable[tuple[str, Thing]]:
        """Of everybody who has their own."""
        for user in (row["id"] for row in api.pages("/users") if row["active"]):
            if spec := self._of(api, user):
                yield user, spec

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Set them, contact points by id."""
        ids = {row["label"]: row["id"] for row in _contacts(api, key)}
        rules = [{**rule, "contact": ids.get(rule["contact"], rule["contact"])} for rule in spec["rules"]]
        api.put(at("users", key, "rules"), {"rules": rules})
        return ""

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """None."""
        return {}

    def contacts(self, api: Api, user: str) -> set[str]:
        """What rules may call the contact points that a person has."""
        return {name for row in _contacts(api, user) for name in (row["id"], row["label"])}

    def _of(self, api: Api, user: str) -> Thing | None:
        try:
            found = api.get(at("users", user, "rules"))
        except Failure as fault:
            if fault.status == 404:  # the user is created by the same file
                return None
            raise
        if found["is_default"]:
            return None
        labels = {row["id"]: row["label"] for row in _contacts(api, user)}  # a rule of one that is gone says nothing
        rules = [{**rule, "contact": labels[rule["contact"]]} for rule in found["rules"] if rule["contact"] in labels]
        return {"rules": rules} if rules else None


class Routes(Kind):
    """The one routing tree, whatever its document is called. Never pruned."""

    def key(self, document: Document) -> str:
        """There is one."""
        return "root"

    def current(self, api: Api, wanted: Things) -> Things:
        """The tree, if one was ever set."""
        found = api.get("/routes")
        return {"root": found["root"]} if found["revision"] else {}

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Replace it."""
        api.put("/routes", spec)
        return ""

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """None."""
        return {}


class MemoryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days what is over stays in memory."""

    days: int


class Memories(Kind):
    """The one setting of the memory, whatever its document is called. Never pruned."""

    def key(self, document: Document) -> str:
        """There is one."""
        return "memory"

    def current(self, api: Api, wanted: Things) -> Things:
        """What holds now, said by somebody or not."""
        return {"memory": api.get("/memory")}

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Set it."""
        api.put("/memory", spec)
        return ""

    def prunable(self, api: Api, current: Things, wanted: Things) -> Things:
        """None."""
        return {}


class Sources(Kind):
    """Sources; `key` fixes the key (at least 24 characters; without it the server makes one and `apply` prints it)."""

    KEY_LENGTH_MIN = 24

    def wanted(self, document: Document) -> Thing:
        """The spec, and the key if the file has one."""
        key = document.spec.get("key")
        if key is None:
            return super().wanted(document)
        if not isinstance(key, str) or len(key) < self.KEY_LENGTH_MIN or not key.isascii() or not key.isprintable():
            raise document.place.complain(say("cli.weak_key", length=self.KEY_LENGTH_MIN), "$.key")
        rest = {name: value for name, value in document.spec.items() if name != "key"}
        return {**converted(rest, self.spec, document.place), "key": key}

    def current(self, api: Api, wanted: Things) -> Things:
        """The sources; where the file has a key, whether it is the source's."""
        found = super().current(api, wanted)
        for name, spec in found.items():
            key = wanted.get(name, {}).get("key")
            if key is not None:
                is_current = api.post(at("sources", name, "key"), {"key_hash": _hash(key)})["is_current"]
                spec["key"] = key if is_current else ANOTHER_KEY
        return found

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Create or change it; then its key, which the server knows only by its SHA-256."""
        wish = spec.get("key")
        answer = api.put(at("sources", key), {name: value for name, value in spec.items() if name != "key"})
        if wish is None:
            return str(answer["key"])
        if before is None or before.get("key") != wish:
            overlap = {"overlap_s": 0} if before is None else {}
            api.post(at("sources", key, "rotate"), {"key_hash": _hash(wish), **overlap})
        return ""


class SilenceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A silence of a file. Without `start_at` it acts from the moment it is applied."""

    matchers: tuple[str, ...]
    end_at: Annotated[datetime, msgspec.Meta(tz=True)]
    start_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    comment: str = ""


class Silences(Kind):
    """Silences, known again by an annotation; those nobody made by file are left alone. One that is over is absent,
    and a document whose end has passed asks for nothing."""

    def current(self, api: Api, wanted: Things) -> Things:
        """The silences of files that are not over."""
        found: Things = {}
        for row in api.pages("/silences"):
            name = _name_of(row)
            if row["status"] != "expired" and (MARK in row["annotations"] or name in wanted):
                found[name] = self._shown(api.now(), row, wanted.get(name))
        return found

    def put(self, api: Api, key: str, spec: Thing, before: Thing | None) -> str:
        """Create it, or edit the one that is there."""
        start = spec["start_at"] or api.now()
        body = {**spec, "start_at": start, "annotations": {MARK: key}}
        old = self._find(api, key)
        if old is None:
            api.post("/silences", body)
        else:
            api.put(at("silences", old["id"]), body)
        return ""

    def delete(self, api: Api, key: str, before: Thing) -> None:
        """End it now."""
        old = self._find(api, key)
        if old is not None:
            api.delete(at("silences", old["id"]))

    def exported(self, api: Api) -> Iterable[tuple[str, Thing]]:
        """All that are not over; those nobody named get their id as a name."""
        for row in api.pages("/silences"):
            if row["status"] != "expired":
                yield _name_of(row), self._shown(api.now(), row, None)

    def _find(self, api: Api, key: str) -> Thing | None:
        rows = (row for row in api.pages("/silences") if row["status"] != "expired")
        return next((row for row in rows if _name_of(row) == key), None)

    def _shown(self, now: datetime, row: Thing, wanted: Thing | None) -> Thing:
        start, end = row["start_at"], row["end_at"]
        if wanted is not None:
            start = _same_start(now, wanted["start_at"], start)
            end = wanted["end_at"] if _instant(end) == _instant(wanted["end_at"]) else end
        return {"matchers": row["matchers"], "end_at": end, "start_at": start, "comment": row["comment"]}


def _name_of(row: Thing) -> str:
    """What a silence is called in files: its mark, or its id when it was not made by one."""
    return str(row["annotations"].get(MARK) or row["id"])


def _same_start(now: datetime, wanted: str | None, stored: str) -> str | None:
    """The stored start, written as the file writes it when both mean the same: once begun, a start is past."""
    has_begun = _instant(stored) <= now
    if wanted is None:
        return None if has_begun else stored
    is_past = _instant(wanted) <= now
    return wanted if _instant(wanted) == _instant(stored) or (has_begun and is_past) else stored


def is_over(kind: Kind, spec: Thing, now: datetime) -> bool:
    """Whether a document asks for nothing any more."""
    return isinstance(kind, Silences) and _instant(spec["end_at"]) <= now


def _instant(text: str) -> datetime:
    """As the server keeps it: in milliseconds."""
    found = datetime.fromisoformat(text)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def _contacts(api: Api, user: str) -> list[Thing]:
    """A person's contact points, each with a label of its own: people give several the same one, files cannot."""
    found: dict[str, Thing] = {}
    try:
        for row in api.pages(at("users", user, "contacts")):
            label, count = row["label"], 1
            while label in found:
                count += 1
                label = f"{row['label'][: NAME_MAX - 10]} ({count})"
            found[label] = {**row, "label": label}
        return list(found.values())
    except Failure as fault:
        if fault.status == 404:  # the user is created by the same file
            return []
        raise


PERSONAL_RULES = PersonalRules("Rules", "rules", RulesFile)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def named(kind: str, spec: Thing, key: str = "") -> Iterator[tuple[str, str]]:
    """Which other objects the spec of an object names, as kind and name."""
    match kind:
        case "Rules":
            yield from (("Contact", f"{key}/{rule['contact']}") for rule in spec["rules"])
        case "Team":
            yield from (("User", user) for user in spec["members"])
        case "Service":
            yield from (("Service", service) for service in spec["depends_on"])
            yield ("Calendar", spec["calendar"])
        case "Schedule":
            yield from (("User", user) for layer in spec["layers"] for user in layer["users"])
        case "Ladder":
            kinds = {"person": "User", "team": "Team", "schedule": "Schedule"}
            targets = [target for step in spec["steps"] for target in step["targets"]]
            yield from ((kinds.get(target["kind"], ""), target["id"]) for target in targets)
        case "Routes":
            yield from (("Service", spec["service"]), ("Ladder", spec["ladder"]))
            for route in spec["routes"]:
                yield from named(kind, route)
        case _:
            pass
    yield ("Team", spec.get("team", ""))
    yield ("User", spec.get("user", ""))


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Users("User", "users", UserSpec),
        Kind("Team", "teams", TeamSpec),
        Calendars("Calendar", "calendars", CalendarSpec),
        Services("Service", "services", ServiceSpec),
        Kind("Schedule", "schedules", ScheduleSpec),
        Kind("Ladder", "ladders", LadderSpec),
        Contacts("Contact", "contacts", Contact),
        PERSONAL_RULES,
        Routes("Routes", "routes", Route),
        Memories("Memory", "memory", MemoryFile),
        Sources("Source", "sources", SourceSpec),
        Silences("Silence", "silences", SilenceFile),
    )
}
"""In the order of creation."""
