"""What this installation is, and who one is to it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Router, get

import tocsin
from tocsin.core.intake.events import DOORS, SEVERITIES
from tocsin.core.oncall.views import Stint, View
from tocsin.core.people.events import ROLES
from tocsin.shell.i18n import LANGUAGES
from tocsin.web.api.people import UserShown, show_user
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.problem import READS
from tocsin.web.words import namer

FEATURES = {"live_sse": True, "signed_links": True, "mailbox": True, "passkeys": False, "oidc": False}


class Meta(msgspec.Struct, frozen=True):
    """The version, what it can do, and where the journal stands."""

    version: str
    api: str
    url: str
    at: datetime
    seq: int
    features: dict[str, bool]
    doors: tuple[str, ...]
    severities: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]


class NextShown(msgspec.Struct, frozen=True):
    """Who is on duty after somebody, and from when."""

    user: str
    name: str
    at: datetime


class StintShown(msgspec.Struct, frozen=True):
    """A duty of the person's. `level` is the rung on which a ladder first tells this schedule, from 1, 0 for on none.
    `until` None: it does not end within 400 days. `next`: who takes over, None for nobody."""

    schedule: str
    name: str
    level: int
    since: datetime
    until: datetime | None
    next: NextShown | None


class Me(msgspec.Struct, frozen=True):
    """Who asks. `csrf` is for browsers: send it as X-CSRF-Token with every change. `oncall` are the duties that run
    now, `next_oncall` the one that begins next."""

    actor: str
    user: UserShown
    permissions: tuple[str, ...]
    csrf: str
    version: str
    at: datetime
    seq: int
    unread: int
    oncall: tuple[StintShown, ...]
    next_oncall: StintShown | None


@get("/meta", responses=READS, opt={"needs": KNOWN})
async def get_meta(call: Call) -> Meta:
    """The version and its features."""
    engine = call.house.engine
    return await call.shown(
        Meta(
            tocsin.__version__, "v1", call.house.settings.url, shown(call.at), engine.seq_dry, FEATURES, DOORS,
            SEVERITIES, ROLES, LANGUAGES,
        )
    )  # fmt: skip


@get("/me", responses=READS, opt={"needs": KNOWN})
async def get_me(call: Call) -> Me:
    """Who asks, what they may, and when they are on call."""
    caller, people = call.caller, call.look.people
    duty = call.look.oncall.duty(caller.user, call.at)
    unread = sum(1 for entry in call.look.notify.mailbox(caller.user) if entry.state == "open")
    return await call.shown(
        Me(
            caller.actor, show_user(people, required(people.user(caller.user), "user", caller.user)),
            caller.permissions, caller.csrf, tocsin.__version__, shown(call.at), call.house.engine.seq_dry, unread,
            tuple(_stint(call, one) for one in duty.now), _stint(call, duty.next) if duty.next else None,
        )
    )  # fmt: skip


def _stint(call: OneCall, stint: Stint) -> StintShown:
    look = call.look.oncall
    row = look.schedule(stint.schedule)
    after = look.who(stint.schedule, stint.end_at) if stint.end_at is not None else ()
    follows = None
    if after and stint.end_at is not None:
        follows = NextShown(after[0], namer(call.look)(after[0]), shown(stint.end_at))
    return StintShown(
        stint.schedule, row.spec.name if row else stint.schedule, _level(look, stint.schedule),
        shown(stint.start_at), shown_or_none(stint.end_at), follows,
    )  # fmt: skip


def _level(look: View, schedule: str) -> int:
    """The lowest rung of all ladders that tells the schedule."""
    rungs = (
        number
        for ladder in look.ladders()
        for number, step in enumerate(ladder.spec.steps if ladder.spec else (), 1)
        if any(target.kind == "schedule" and target.id == schedule for target in step.targets)
    )
    return min(rungs, default=0)


router = Router("/", route_handlers=[get_meta, get_me], tags=["meta"])
