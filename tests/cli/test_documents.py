"""Files of objects: what is read, and how each mistake is named."""

from __future__ import annotations

import pytest

from tocsin.core.oncall.events import ScheduleSpec
from tocsin.web.config.documents import (
    DOCUMENTS_MAX,
    FAULTS_MAX,
    DocumentError,
    checked,
    converted,
    load,
    read,
)
from tocsin.web.config.holiday import with_holidays
from tocsin.web.config.kinds import KINDS

TEAM = """\
apiVersion: tocsin/v1
kind: Team
metadata: {name: web}
spec:
  name: Web
  members: [ann]
"""
SCHEDULE = """\
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: primary}
spec:
  name: Primary
  layers:
    - name: week
      users: [ann]
      start: 2026-11-02
      hand_off: 12:30
"""


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_LANG", "en")


def complaint(text: str) -> str:
    with pytest.raises(DocumentError) as found:
        for document in read("site.yaml", text, tuple(KINDS)):
            KINDS[document.kind].wanted(document)
    return str(found.value)


def test_times_dates_and_switches_are_texts() -> None:
    assert load("[12:30, 2026-11-24, on, yes, 1, true, 1.5, ~, 007, x]") == [
        "12:30", "2026-11-24", "on", "yes", 1, True, 1.5, None, "007", "x",
    ]  # fmt: skip


def test_a_spec_has_every_field() -> None:
    team, schedule = read("site.yaml", TEAM + SCHEDULE + "---\n", tuple(KINDS))
    assert (team.kind, team.name, team.spec) == ("Team", "web", {"name": "Web", "members": ["ann"]})
    assert converted(schedule.spec, ScheduleSpec, schedule.place)["layers"][0]["hand_off"] == "12:30"
    assert converted(schedule.spec, ScheduleSpec, schedule.place)["zone"] == "UTC"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "hand_off",
            "handoff",
            "document 2, line 17: layers[0]: there is no field 'handoff'; did you mean 'hand_off'?",
        ),
        ("12:30", "[1]", "document 2, line 17: layers[0].hand_off: Expected `str`, got `array`"),
        ("kind: Team", "kind: Taem", "document 1, line 2: kind: there is no kind 'Taem'; did you mean 'Team'?"),
        ("metadata: {name: web}", "metadata: {}", "document 1, line 1: metadata: {name: …} must name the object"),
        ("tocsin/v1\nkind: T", "v2\nkind: T", "document 1, line 1: apiVersion must be tocsin/v1, not 'v2'"),
        (
            "apiVersion: tocsin/v1\nkind: T",
            "kind: T",
            "document 1, line 1: apiVersion is missing; write apiVersion: tocsin/v1",
        ),
        ("  name: Primary\n", "", "document 2, line 12: Object missing required field `name`"),
        (
            "spec:\n  name: Web",
            "spce:\n  name: Web",
            "document 1, line 5: spce: there is no field 'spce'; did you mean 'spec'?",
        ),
        ("  members: [ann]", "  name: Webb", "line 6: this is not YAML: the key 'name' stands there twice"),
        ("[ann]\n---", "[ann\n---", "line 7: this is not YAML: expected ',' or ']', but got '<document start>'"),
        ("members", "xyzzy", "document 1, line 6: there is no field 'xyzzy'; there are name, members"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, wanted: str) -> None:
    assert complaint((TEAM + SCHEDULE).replace(old, new, 1)) == f"site.yaml, {wanted}"


def test_a_name_that_is_no_text_is_to_be_quoted() -> None:
    assert complaint(TEAM.replace("name: web", "name: 0x1F", 1)).endswith(
        "name is 0x1F, which is no text; put it in quotes"
    )


def test_what_should_be_a_text_is_to_be_quoted() -> None:
    source = "apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: a}\nspec: {name: A, labels: {version: 1.10}}\n"
    assert complaint(source).endswith("Expected `str`, got `float`; put it in quotes")


def test_only_so_many_documents_and_complaints_are_looked_at() -> None:
    found, faults = checked("a\n---\n" * 500, tuple(KINDS))
    assert (len(found), len(faults)) == (0, FAULTS_MAX)
    found, faults = checked("---\n" * (DOCUMENTS_MAX + 500), tuple(KINDS))
    assert [(fault.line, fault.what.partition(";")[0]) for fault in faults] == [(20_002, "more than 20000 documents")]


def test_services_that_depend_in_a_long_chain_are_ordered() -> None:
    count = 3_000
    chain = {str(n): {"depends_on": [str(n + 1)] if n < count else ["0"]} for n in range(count + 1)}
    assert KINDS["Service"].order(chain) == [str(n) for n in range(count, -1, -1)]


@pytest.mark.parametrize("more", ["holidays: [{a: 1}]", "holidays: 5", "names: [a]", "workdays: {a: 1}"])
def test_a_calendar_of_a_country_has_the_fields_of_any(more: str) -> None:
    spec = f"{{name: C, country: CN, years: [2026], {more}}}"
    text = f"apiVersion: tocsin/v1\nkind: Calendar\nmetadata: {{name: a}}\nspec: {spec}\n"
    assert "Expected" in complaint(text)


def calendar(**more: object) -> dict[str, object]:
    return {"name": "C", "hours": [], **more}


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            "\n".join(f"  x{n}: &x{n} [{', '.join([f'*x{n - 1}' if n else 'x'] * 10)}]" for n in range(7)),
            "200000 values",
        ),
        ("  x: &x [*x]", "recursive"),
        ("  x: " + "[" * 5_000, "line 5: this is not YAML: it is nested too deeply"),  # found before it is all read
        ("  x:\n    - " + "{y: " * 65, "line 6: this is not YAML: it is nested too deeply"),
        ("  x:\n    " + "- " * 5_000, "nested too deeply"),
        ("  x: " + "9" * 5_000, "not YAML"),
        ("  x: \x00", "line 5: this is not YAML: the character U+0000"),
        (r'  name: "\ud800"', "line 5: this is not YAML: half of a character"),
        (r'  "\udfff": x', "line 5: this is not YAML: half of a character"),
        ("  x: !!timestamp 2020-13-45", "not YAML"),
        ("  ? [x]\n  : y", "a key is one word or text"),
    ],
)
def test_a_few_lines_do_not_stand_for_millions(spec: str, wanted: str) -> None:
    assert wanted in complaint(f"apiVersion: tocsin/v1\nkind: Team\nmetadata: {{name: web}}\nspec:\n{spec}\n")


def test_a_country_brings_its_holidays_and_make_up_days() -> None:
    place = read("site.yaml", TEAM, tuple(KINDS))[0].place
    found = with_holidays(calendar(country="CN", years=[2026], holidays=["2026-02-14"], workdays=["2026-10-01"]), place)
    assert "country" not in found
    assert "2026-10-02" in found["holidays"], "the National Day week"
    assert "2026-10-10" in found["workdays"], "the Saturday worked for it"
    assert "2026-02-14" in found["holidays"], "the file's own word wins over the country's"
    assert "2026-02-14" not in found["workdays"]
    assert "2026-10-01" not in found["holidays"]
    assert (found["names"]["2026-10-02"], "2026-10-01" in found["names"]) == ("国庆节", False)


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"country": "CX"}, "years must be"),
        ({"country": "CHIN", "years": [2026]}, "no country 'CHIN'"),
        ({"country": "DE", "subdivision": "BYY", "years": [2026]}, "no subdivision 'BYY'; did you mean 'BY'?"),
        ({"years": [2026]}, "years needs a country"),
        ({"country": "CN", "years": ["2026"]}, "years must be"),
    ],
)
def test_a_country_that_cannot_be_resolved_is_named(more: dict[str, object], wanted: str) -> None:
    place = read("site.yaml", TEAM, tuple(KINDS))[0].place
    with pytest.raises(DocumentError) as found:
        with_holidays(calendar(**more), place)
    assert wanted in str(found.value)
