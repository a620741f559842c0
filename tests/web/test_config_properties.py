"""Any installation, written as a file: what was exported makes the same installation again, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.web.config import plan
from tocsin.web.config.api import Failure, Thing
from tocsin.web.config.documents import API_VERSION, DocumentError, read
from tocsin.web.config.export import as_documents, exported
from tocsin.web.config.inside import Inside
from tocsin.web.config.kinds import KINDS
from web.harness import Web, house

T = TypeVar("T")
Documents = list[Thing]

AWKWARD = (
    "no", "on", "~", "null", "12:30", "2026-11-24", "0755", "0o17", "1e3", "1.5e3", "-.5", "+.5", ".5", "1_000", "0x1F",
    "=", "<<", "- a", "a: b", "#a", "a #b", "*a", "&a", "!a", "%a", "@a", "`a", "'", '"', "|", ">", "---", "...",
    "{{a}}", "日本", "é", "\U0001f525", "null", "False", "1:2", "1.", "0.0", "+1", "-0", "\u0301",
)  # fmt: skip
"""Words a YAML of some version takes for something else."""
WORDS = st.sampled_from(AWKWARD)
BREAKS = (
    "a\nb",
    "\n",
    " a\n b",
    "a\n\n",
    "\na",
    "a \nb",
    "a\r\nb",
    "a\x85b",
    "a\u2028b\n",
    "a\tb\n",
    "---\n",
    "\ufeff",
    "\x07",
)
TEXTS = WORDS | st.sampled_from(BREAKS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
LINES = WORDS | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
IDS = st.sampled_from(
    ["no", "on", "1", "0755", "1e3", "1.5e3", "12", "null", "true", "a.b", "a_b-c", "2026-11-24", "x"]
)
CLOCKS = st.sampled_from(["00:00", "09:05", "12:30", "23:59"])
DAYS = st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True)
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"])
LABELS = st.dictionaries(LINES, LINES, max_size=2)


def document(kind: str, name: str, spec: Thing) -> Thing:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


def some(ids: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(ids) if ids else st.nothing()


@st.composite
def persons(draw: st.DrawFn, user: str) -> Documents:
    """A person with contact points and rules."""
    found: Documents = []
    role = draw(st.sampled_from(["admin", "responder", "stakeholder"]))
    found.append(document("User", user, {
        "name": draw(LINES), "role": role, "language": draw(st.sampled_from(["en", "zh"])), "zone": draw(ZONES),
    }))  # fmt: skip
    labels = draw(st.lists(LINES, max_size=2, unique=True))
    for label in labels:
        contact = {
            "user": user,
            "channel": "email",
            "address": f"{len(found)}.b@Example.ORG",
            "verified": draw(st.booleans()),
        }
        found.append(document("Contact", label, contact))
    if labels and draw(st.booleans()):
        rules = [{"contact": label, "start": draw(CLOCKS), "delay_s": draw(st.integers(0, 9))} for label in labels]
        found.append(document("Rules", user, {"rules": rules}))
    return found


@st.composite
def installations(draw: st.DrawFn) -> Documents:
    """Documents of every kind that name one another, in any order."""

    def ids() -> list[str]:
        return draw(st.lists(IDS, max_size=3, unique=True))

    def few(names: list[str], least: int = 0) -> list[str]:
        return draw(st.lists(some(names), unique=True, min_size=least, max_size=3)) if names else []

    def one_of(names: list[str]) -> str:
        return (few(names) or [""])[0]

    found: Documents = []
    users, teams, calendars, services, schedules, ladders = (ids() for _ in range(6))
    for user in users:
        found += draw(persons(user))
    found += [document("Team", team, {"name": draw(LINES), "members": few(users)}) for team in teams]
    for calendar in calendars:
        hours = [{"weekdays": draw(DAYS), "start": "09:00", "end": "24:00"}]
        spec = {"name": draw(LINES), "zone": draw(ZONES), "hours": hours, "holidays": ["2026-12-25"]}
        found.append(document("Calendar", calendar, {**spec, "names": {"2026-12-25": draw(LINES)}}))
    for number, service in enumerate(services):
        found.append(document("Service", service, {
            "name": draw(LINES), "description": draw(TEXTS), "runbook": draw(st.just("") | st.just("https://a.b/c")),
            "team": one_of(teams), "depends_on": few(services[:number]), "calendar": one_of(calendars),
        }))  # fmt: skip
    for schedule in schedules:
        layers = [
            {"name": name, "users": few(users, 1), "start": "2026-11-24", "hand_off": draw(CLOCKS), "restrictions": [
                {"weekdays": draw(DAYS), "start": draw(CLOCKS), "end": draw(CLOCKS)},
            ]}
            for name in (draw(st.lists(LINES, max_size=2, unique=True)) if users else [])
        ]  # fmt: skip
        found.append(document("Schedule", schedule, {"name": draw(LINES), "zone": draw(ZONES), "layers": layers}))
    targets = [
        {"kind": kind, "id": one}
        for kind, those in (("person", [*users, "admin"]), ("team", teams), ("schedule", schedules))
        for one in those
    ]
    for ladder in ladders:
        steps = [{"targets": [draw(st.sampled_from(targets))], "delay_s": draw(st.integers(1, 99))}]
        found.append(document("Ladder", ladder, {"name": draw(LINES), "steps": steps, "repeats": 1}))
    for source in ids():
        found.append(document("Source", source, {"name": draw(LINES), "labels": draw(LABELS), "zone": draw(ZONES)}))
    if draw(st.booleans()):
        below = {"name": "shop", "matchers": ['a = "b"', "c=~d|e", f"x={draw(st.sampled_from(['no', '1.5e3']))}"],
                 "service": one_of(services), "ladder": one_of(ladders), "continue": True}  # fmt: skip
        found.append(document("Routes", "root", {"name": draw(LINES).replace("/", ""), "routes": [below]}))
    for silence in ids():
        end = draw(
            st.sampled_from(["2999-01-01T00:00:00+08:00", "2999-01-01T00:00:00.123999Z", "2999-01-01T00:00:00Z"])
        )
        spec = {"matchers": ["a=b", 'c!="d"'], "end_at": end, "comment": draw(TEXTS)}
        found.append(document("Silence", silence, spec))
    return draw(st.permutations(found))


async def off_loop(web: Web, work: Callable[[Inside], T]) -> T:
    api = Inside(web.app, {"authorization": f"Bearer {web.key}"}, web.clock)
    return await asyncio.to_thread(work, api)


def apply(api: Inside, text: str, prune: bool = False) -> list[plan.Change]:
    """What the file changed. Raises DocumentError, Failure."""
    steps = plan.make(api, read("-", text, tuple(KINDS)), prune)
    todo = [step for step in steps if step.change.action != plan.UNCHANGED]
    for step in todo:
        step.take(api)
    return [step.change for step in todo]


def everything(api: Inside) -> Documents:
    return list(exported(api, (), lambda kind, why: None))


def written(api: Inside) -> str:
    return as_documents(everything(api))


@given(installations())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_exported_makes_the_same_installation(documents: Documents) -> None:
    async def story() -> None:
        async with house() as first, house() as second:
            text = as_documents(documents)
            await off_loop(first, lambda api: apply(api, text))
            again = await off_loop(first, lambda api: apply(api, text))
            assert again == [], again
            export = await off_loop(first, written)
            again = await off_loop(first, lambda api: apply(api, export, prune=True))
            assert again == [], again
            await off_loop(second, lambda api: apply(api, export))
            assert await off_loop(second, lambda api: apply(api, export)) == []
            assert await off_loop(second, written) == export

    asyncio.run(story())


NEVER = ("Routes", "Memory", "Rules")
"""Kinds that are never pruned."""


def known(documents: Documents) -> dict[tuple[str, str, str], Thing]:
    """The specs by kind, person and name."""
    return {(one["kind"], one["spec"].get("user", ""), one["metadata"]["name"]): one["spec"] for one in documents}


@given(installations(), st.integers(0, 9).map(Random))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_prune_removes_what_the_file_lacks_and_nothing_else(documents: Documents, chance: Random) -> None:
    async def story() -> None:
        async with house() as web:
            await off_loop(web, lambda api: apply(api, as_documents(documents)))
            there = await off_loop(web, everything)
            kept = [one for one in there if chance.random() < 0.7] or there[:1]
            refusal = ""
            try:
                await off_loop(web, lambda api: apply(api, as_documents(kept), prune=True))
            except (DocumentError, Failure) as fault:
                refusal = str(fault)
                assert refusal
            before, after, file = known(there), known(await off_loop(web, everything)), known(kept)
            gone = before.keys() - after.keys()
            changed = {key: (before.get(key), spec) for key, spec in after.items() if before.get(key) != spec}
            assert changed == {}, changed
            kinds, people = {kind for kind, _, _ in file}, {person for kind, person, _ in file if kind == "Contact"}
            meant = {
                (kind, person, name) for kind, person, name in before.keys() - file.keys()
                if kind in kinds and kind not in NEVER and (kind, name) != ("User", "admin")
                and (kind != "Contact" or person in people)
            }  # fmt: skip
            removed = {name for kind, _, name in gone if kind == "User"}
            with_them = {
                key for key in gone
                if (key[0] == "Contact" and key[1] in removed) or (key[0] == "Rules" and key[2] in removed)
            }  # fmt: skip
            assert gone - with_them <= meant
            assert refusal or gone - with_them == meant - with_them

    asyncio.run(story())


def test_contact_points_of_one_label_are_told_apart_and_a_new_address_keeps_the_rules() -> None:
    async def story() -> None:
        async with house() as web:
            for address in ("a@b.de", "c@d.de"):
                body = {"channel": "email", "address": address, "label": "mail"}
                made = (await web.ask("POST", "/users/admin/contacts", body)).json()["id"]
                await web.ask("POST", f"/users/admin/contacts/{made}/vouch")
            await web.ask("PUT", "/users/admin/rules", {"rules": [{"contact": made, "delay_s": 7}]})
            export = await off_loop(web, written)
            assert await off_loop(web, lambda api: apply(api, export)) == []
            await off_loop(web, lambda api: apply(api, export.replace("c@d.de", "e@f.de")))
            assert await off_loop(web, written) == export.replace("c@d.de", "e@f.de")
            with pytest.raises(Failure, match="already is this address"):
                await off_loop(web, lambda api: apply(api, export.replace("c@d.de", "a@b.de")))
            assert await off_loop(web, written) == export.replace("c@d.de", "e@f.de")

    asyncio.run(story())


def test_an_export_leaves_out_secret_addresses_and_takes_none_away() -> None:
    async def story() -> None:
        async with house() as first, house() as second:
            for channel, address in (("email", "a@b.de"), ("webhook", "https://example.org/x")):
                made = (
                    await first.ask("POST", "/users/admin/contacts", {"channel": channel, "address": address})
                ).json()
            await first.ask("PUT", "/users/admin/rules", {"rules": [{"contact": made["id"], "delay_s": 7}]})
            export = await off_loop(first, written)
            assert await off_loop(first, lambda api: apply(api, export, prune=True)) == []
            empty = await off_loop(second, written)
            with pytest.raises(DocumentError, match="admin has no contact point webhook"):
                await off_loop(second, lambda api: apply(api, export.replace("Default", "Other")))
            assert await off_loop(second, written) == empty

    asyncio.run(story())
