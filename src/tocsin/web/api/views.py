"""Saved views of screens, and how the interface looks to oneself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, Router, delete, get, put

from tocsin.core.people.commands import RemoveSavedView, SetInterface, SetPreferences, SetSavedView
from tocsin.core.people.events import SavedViewSpec
from tocsin.core.people.views import SavedView
from tocsin.web.call import Call, OneCall, required
from tocsin.web.gate import KNOWN
from tocsin.web.problem import READS, WRITES, Fault, Refused, puts

OF_PERSON = ("language", "zone", "name")
"""Preferences that stand in the person's record: messages and schedules go by them, too."""


class ViewShown(msgspec.Struct, frozen=True):
    """A saved view. `query` is the query string of the screen's address; `is_own`: one may change it as one's own."""

    id: str
    screen: str
    name: str
    query: str
    team: str
    user: str
    is_own: bool


class ViewsShown(msgspec.Struct, frozen=True):
    """Saved views, by name."""

    items: tuple[ViewShown, ...]


@get("/views", responses=READS, opt={"needs": KNOWN})
async def list_views(call: Call, screen: str = "") -> ViewsShown:
    """The views one sees (of one screen): one's own and those of one's teams."""
    rows = call.look.people.saved_views(call.caller.user, screen)
    return await call.shown(ViewsShown(tuple(_show(call, row) for row in rows)))


@put("/views/{view_id:str}", responses=puts(ViewShown), opt={"needs": KNOWN})
async def put_view(call: Call, view_id: str, data: SavedViewSpec) -> Response[ViewShown]:
    """Save a view of a screen, or change one. With a `team` its members see it too, and may change it."""
    return await call.put(
        SetSavedView(user=call.caller.user, view=view_id, spec=data), _found(call, view_id), f"/api/v1/views/{view_id}"
    )


@delete("/views/{view_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_view(call: Call, view_id: str) -> None:
    """Remove a saved view."""
    required(_found(call, view_id)(), "saved view", view_id)
    await call.remove(RemoveSavedView(user=call.caller.user, view=view_id), _found(call, view_id))


@get("/me/preferences", responses=READS, opt={"needs": KNOWN})
async def get_preferences(call: Call) -> dict[str, Any]:
    """How the interface looks to oneself: `language` and `zone` of one's record, and whatever was put here."""
    return await call.shown(preferences(call, call.caller.user))


@put("/me/preferences", responses=WRITES, opt={"needs": KNOWN})
async def put_preferences(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """Change some of one's preferences; what is not named stays, null forgets. `name`, `language` and `zone` are those
    of one's record."""
    user = required(call.look.people.user(call.caller.user), "user", call.caller.user)
    own = {name: data[name] for name in OF_PERSON if data.get(name) is not None}
    for name, value in own.items():
        if not isinstance(value, str):
            fault = Fault(f"/{name}", "a text is needed")
            raise Refused(422, "request_invalid", f"{fault.pointer}: {fault.message}", (fault,))
    if own:
        spec = user.spec
        await call.ask(
            SetPreferences(
                user=user.id, name=own.get("name", spec.name), language=own.get("language", spec.language),
                zone=own.get("zone", spec.zone),
            )
        )  # fmt: skip
    kept = dict(call.look.people.preferences(user.id))
    for name, value in data.items():
        if value is None:
            kept.pop(name, None)
        elif name not in OF_PERSON:
            kept[name] = msgspec.json.encode(value).decode()
    await call.ask(SetInterface(user=user.id, preferences=kept))
    return await call.shown(preferences(call, call.caller.user))


def preferences(call: OneCall, user_id: str) -> dict[str, Any]:
    """What a person wished for, and what their record says. Raises Refused."""
    user = required(call.look.people.user(user_id), "user", user_id)
    kept = {name: msgspec.json.decode(value) for name, value in call.look.people.preferences(user.id).items()}
    return {**kept, "name": user.spec.name, "language": user.spec.language, "zone": user.spec.zone}


def _show(call: OneCall, row: SavedView) -> ViewShown:
    spec = row.spec
    return ViewShown(row.id, spec.screen, spec.name, spec.query, spec.team, row.user, call.caller.owns(row.user))


def _found(call: OneCall, view: str) -> Callable[[], ViewShown | None]:
    def found() -> ViewShown | None:
        row = call.look.people.saved_view(view)
        is_seen = row is not None and row in call.look.people.saved_views(call.caller.user)
        return _show(call, row) if row is not None and is_seen else None

    return found


router = Router(
    "/", route_handlers=[list_views, put_view, delete_view, get_preferences, put_preferences], tags=["views"]
)
