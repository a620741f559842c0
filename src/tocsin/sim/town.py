"""The installation a seed makes: people in several zones, teams, rotas, ladders, services, routes, sources, rules.

Law: a town is a list of commands, as an administrator would give them; the simulation has no other way in.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import msgspec

from tocsin.core.calendars.commands import SetCalendar
from tocsin.core.calendars.events import CalendarSpec, Hours
from tocsin.core.incidents.commands import SetRoutes
from tocsin.core.incidents.events import Route
from tocsin.core.intake.commands import SetSource
from tocsin.core.intake.events import MappingSpec, SourceSpec
from tocsin.core.items.commands import SetService
from tocsin.core.items.events import IMPACTS, ServiceSpec
from tocsin.core.notify.commands import SetRules
from tocsin.core.notify.events import Rule
from tocsin.core.oncall.commands import SetLadder, SetSchedule
from tocsin.core.oncall.events import LadderSpec, Layer, Restriction, ScheduleSpec, Step, Target
from tocsin.core.people.commands import AddContact, SetTeam, SetUser, VouchContact
from tocsin.core.people.events import TeamSpec, UserSpec
from tocsin.kernel.message import Command
from tocsin.shell.install import hash_key

ADMIN = "ada"
PEOPLE = (
    ("ada", "Europe/Berlin"),
    ("bo", "Asia/Shanghai"),
    ("cleo", "America/New_York"),
    ("dan", "Australia/Lord_Howe"),
    ("eve", "Europe/London"),
    ("fu", "Asia/Shanghai"),
    ("gus", "America/St_Johns"),
    ("hal", "UTC"),
)
TEAMS = ("web", "data", "ops")
SERVICES = ("shop", "pay", "search", "stock")
SCHEDULES = ("follow-the-sun", "weekly", "nights")
LADDERS = ("default", "fast", "slow", "sleepy")
DOORS = (
    "alertmanager", "alertmanager_webhook", "pagerduty", "zabbix", "nagios", "nrdp", "openfalcon", "cloudevents",
    "generic", "heartbeat",
)  # fmt: skip
QUIET = "quiet-lab"
"""A service whose alerts no route takes: its signals are suppressed by the tree."""
BEAT_S = 300
MAPPING = MappingSpec(
    key="body.id", title="body.what", status="body.state", firing=("down",), resolved=("up",), severity="body.level",
    time="body.when", labels="body.tags",
)  # fmt: skip


class Town(msgspec.Struct, frozen=True):
    """Who and what there is. `keys` are the sources' keys by door."""

    users: tuple[str, ...]
    keys: dict[str, str]


def make(chance: Random) -> tuple[Town, list[Command]]:
    """The town of this chance, and the commands that build it."""
    users = tuple(user for user, _ in PEOPLE[: chance.randint(3, len(PEOPLE))])
    keys = {door: f"src_{door}_{chance.getrandbits(64):016x}" for door in DOORS}
    town = Town(users, keys)
    parts = (_people(town, chance), _rota(town, chance), _services(chance), _sources(town))
    commands = [command for part in parts for command in part]
    return town, [*commands, SetRoutes(routes(chance))]


def _people(town: Town, chance: Random) -> Iterator[Command]:
    zones = dict(PEOPLE)
    for user in town.users:
        role = "admin" if user == ADMIN else chance.choice(("responder", "responder", "admin"))
        language = chance.choice(("en", "zh"))
        yield SetUser(user, UserSpec(name=user.title(), role=role, zone=zones[user], language=language))
        yield AddContact(user, f"{user}-mail", "email", "Mail", f"{user}@town.example")
        yield VouchContact(user, f"{user}-mail")
        if chance.random() < 0.6:
            yield AddContact(user, f"{user}-phone", "webhook", "Phone", f"sealed:https://phone.example/{user}")
            yield VouchContact(user, f"{user}-phone")
            if chance.random() < 0.7:
                yield SetRules(user, rules(user, chance))
    for team in TEAMS:
        yield team_of(town, team, chance)


def rules(user: str, chance: Random) -> tuple[Rule, ...]:
    """By day a message, at night a call; a second way after a while."""
    dusk = chance.choice(("20:00", "22:00", "00:00"))
    return (
        Rule(f"{user}-mail", "any", "07:00", dusk),
        Rule(f"{user}-phone", "high", dusk, "07:00"),
        Rule(f"{user}-phone", "high", "07:00", dusk, chance.choice((60, 300, 900))),
    )


def team_of(town: Town, team: str, chance: Random) -> SetTeam:
    """A team of some people."""
    members = tuple(user for user in town.users if chance.random() < 0.5) or town.users[:1]
    return SetTeam(team, TeamSpec(name=team.title(), members=members))


def _rota(town: Town, chance: Random) -> Iterator[Command]:
    for schedule in SCHEDULES:
        yield schedule_of(town, schedule, chance)
    for ladder in LADDERS:
        yield ladder_of(town, ladder, chance)


def schedule_of(town: Town, schedule: str, chance: Random) -> SetSchedule:
    """A rota: hourly, daily or weekly turns; some only at night or on some days, so that there are gaps."""
    users = list(town.users)
    chance.shuffle(users)
    unit, every = chance.choice((("hour", 8), ("hour", 12), ("day", 1), ("week", 1)))
    layers = [
        Layer(
            name="main", users=tuple(users[: chance.randint(1, len(users))]), start="2026-03-01", unit=unit,
            every=every, hand_off=chance.choice(("00:00", "02:30", "09:00")),
        )
    ]  # fmt: skip
    if chance.random() < 0.5:
        days = tuple(sorted(chance.sample(range(7), chance.randint(1, 7))))
        night = Restriction(days, chance.choice(("18:00", "22:00")), chance.choice(("06:00", "02:30")))
        top = Layer(name="night", users=tuple(users[:2]), start="2026-03-10", unit="day", restrictions=(night,))
        layers = [top] if schedule == "nights" else [*layers, top]
    return SetSchedule(schedule, ScheduleSpec(name=schedule, zone=dict(PEOPLE)[users[0]], layers=tuple(layers)))


def ladder_of(town: Town, ladder: str, chance: Random) -> SetLadder:
    """A ladder of one to four rungs."""
    targets = [Target("schedule", one) for one in SCHEDULES] + [Target("team", team) for team in TEAMS]
    targets += [Target("person", user) for user in town.users]
    delays = {"fast": (60, 120, 180), "slow": (900, 1800)}.get(ladder, (180, 300, 600))
    steps = []
    for _ in range(chance.randint(1, 4)):
        steps.append(Step(tuple(chance.sample(targets, chance.randint(1, 2))), chance.choice(delays)))
    if ladder == "sleepy":
        steps.insert(0, Step((Target("schedule", "nights"),), 60))
    return SetLadder(ladder, LadderSpec(name=ladder, steps=tuple(steps), repeats=chance.randint(0, 2)))


def _services(chance: Random) -> Iterator[Command]:
    hours = Hours((0, 1, 2, 3, 4), "09:00", "17:30")
    yield SetCalendar("office", CalendarSpec(name="Office", zone="Europe/Berlin", hours=(hours,)))
    for index, service in enumerate(SERVICES):
        needs = tuple(other for other in SERVICES[:index] if chance.random() < 0.4)
        yield SetService(
            service,
            ServiceSpec(
                name=service.title(), team=chance.choice(TEAMS), impact=chance.choice(IMPACTS), depends_on=needs,
                calendar="office" if chance.random() < 0.3 else "",
            ),
        )  # fmt: skip


def _sources(town: Town) -> Iterator[Command]:
    for door, key in town.keys.items():
        spec = SourceSpec(
            name=door.title(), door=door, mapping=MAPPING if door == "generic" else None,
            every_s=BEAT_S if door == "heartbeat" else 0, labels={"door": door},
        )  # fmt: skip
        yield SetSource(door, spec, hash_key(key))


def routes(chance: Random) -> Route:
    """A tree with waits, groups, a branch that goes on, and one that takes nobody in."""
    wait = chance.choice((0, 10, 30))
    groups = (("alertname",), ("service",), ("alertname", "service"), ("...",), ("host",))
    branches = [
        Route(name="shop", matchers=('service="shop"',), service="shop", ladder=chance.choice(LADDERS)),
        Route(name="pay", matchers=('service="pay"',), service="pay", ladder="fast", urgency="high", group_wait_s=0),
        Route(
            name="watch", matchers=('severity=~"critical|high"',), go_on=True, ladder=chance.choice(LADDERS),
            group_by=chance.choice(groups),
        ),
        Route(name="calm", when='severity == "low" || severity == "info"', urgency="low", group_wait_s=60),
        Route(name="rest", matchers=(f'service!="{QUIET}"',), ladder=chance.choice(LADDERS)),
    ]  # fmt: skip
    chance.shuffle(branches)
    is_open = chance.random() < 0.5
    matchers = () if is_open else (f'service!="{QUIET}"',)
    return Route(
        name="root", matchers=matchers, group_by=chance.choice(groups), group_wait_s=wait, ladder="default",
        routes=tuple(branches),
    )  # fmt: skip
