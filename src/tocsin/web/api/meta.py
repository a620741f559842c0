"""What this installation is, and who one is to it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Router, get

import tocsin
from tocsin.core.intake.events import DOORS, SEVERITIES
from tocsin.core.people.events import ROLES
from tocsin.shell.i18n import LANGUAGES
from tocsin.web.api.people import UserShown, show_user
from tocsin.web.call import Call, required
from tocsin.web.gate import KNOWN
from tocsin.web.instants import shown, shown_or_none
from tocsin.web.problem import READS

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


class StintShown(msgspec.Struct, frozen=True):
    """A duty, now or next."""

    schedule: str
    start_at: datetime
    end_at: datetime | None


class Me(msgspec.Struct, frozen=True):
    """Who asks. `csrf` is for browsers: send it as X-CSRF-Token with every change."""

    actor: str
    user: UserShown
    permissions: tuple[str, ...]
    csrf: str
    on_call: tuple[StintShown, ...]
    next_on_call: StintShown | None


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
    now = tuple(StintShown(one.schedule, shown(one.start_at), shown_or_none(one.end_at)) for one in duty.now)
    after = duty.next
    return await call.shown(
        Me(
            caller.actor, show_user(people, required(people.user(caller.user), "user", caller.user)),
            caller.permissions, caller.csrf, now,
            StintShown(after.schedule, shown(after.start_at), shown_or_none(after.end_at)) if after else None,
        )
    )  # fmt: skip


router = Router("/", route_handlers=[get_meta, get_me], tags=["meta"])
