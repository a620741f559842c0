"""Public holidays and make-up working days of a country, as explicit dates.

Law: what the server gets are dates; the calendar of a country is consulted here, once, when a file is applied.
"""

from __future__ import annotations

import importlib
from typing import Any

from tocsin.kernel.ids import NAME_MAX
from tocsin.shell.i18n import say
from tocsin.web.config.documents import Place, meant

WORDS = ("country", "subdivision", "years")
YEAR_MIN, YEAR_MAX = 1970, 2100


def with_holidays(spec: Any, place: Place) -> Any:
    """The spec with `country`, `subdivision` and `years` resolved into `holidays`, `workdays` and `names`; the file's
    own words win. Raises DocumentError."""
    if "country" not in spec:
        stray = next((word for word in WORDS if word in spec), None)
        if stray:
            raise place.complain(say("cli.country_missing", name=stray), f"$.{stray}")
        return spec
    years = spec.get("years")
    if (
        not isinstance(years, list)
        or not years
        or not all(isinstance(y, int) and YEAR_MIN <= y <= YEAR_MAX for y in years)
    ):
        raise place.complain(say("cli.bad_years"), "$.years")
    off, on = _dates(str(spec["country"]), spec.get("subdivision"), years, place)
    own_off, own_on = list(spec.get("holidays", ())), list(spec.get("workdays", ()))
    rest = {name: value for name, value in spec.items() if name not in WORDS}
    return {
        **rest,
        "holidays": sorted({*off, *own_off} - {*own_on}, key=str),
        "workdays": sorted({*on, *own_on} - {*own_off}, key=str),
        "names": {day: off[day] for day in sorted(off) if day not in own_on} | dict(spec.get("names", {})),
    }


def _dates(country: str, subdivision: object, years: list[int], place: Place) -> tuple[dict[str, str], list[str]]:
    """The days off by name, and the days worked although a weekend, of a country."""
    holidays: Any = importlib.import_module("holidays")  # the calendars of all countries: read when one is asked for
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise place.complain(say("cli.unknown_country", name=country) + meant(country, tuple(known)), "$.country")
    try:
        where = {"country": country, "subdiv": str(subdivision) if subdivision else None}
        # In the country's own language: the machine's would give each who applies the file another plan.
        language = holidays.country_holidays(**where).default_language
        found = holidays.country_holidays(**where, years=years, language=language)
    except NotImplementedError:
        names = tuple(known[country])
        raise place.complain(
            say("cli.unknown_subdivision", name=subdivision, country=country) + meant(str(subdivision), names),
            "$.subdivision",
        ) from None
    worked = [day for day in getattr(found, "weekend_workdays", ()) if day.year in years]
    off = {day.isoformat(): str(found[day])[:NAME_MAX].strip() for day in found if day.year in years}
    return off, sorted(day.isoformat() for day in worked)
