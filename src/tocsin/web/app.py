"""The ASGI application: routes, the gate, problems and headers, put together. No logic."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from litestar.static_files import create_static_files_router

import tocsin
from tocsin.shell.jobs import Jobs
from tocsin.web import live, problem, room
from tocsin.web.api import (
    alerts,
    backups,
    bulk,
    calendars,
    config,
    exports,
    feed,
    ical,
    incidents,
    intake,
    items,
    jobs,
    journal,
    lanes,
    ledger,
    messages,
    meta,
    notify,
    oncall,
    people,
    reach,
    search,
    simulate,
    system,
    views,
    webpush,
)
from tocsin.web.bodiless import Web
from tocsin.web.brake import LoginBrake
from tocsin.web.call import OneCall
from tocsin.web.document import DocumentConfig, maker
from tocsin.web.gate import OPEN, Gate
from tocsin.web.headers import Sealer, request_id
from tocsin.web.live import Live
from tocsin.web.pages import board, link, session, spa
from tocsin.web.pages.render import STATIC, Renderer
from tocsin.web.services import Services
from tocsin.web.strict import strictly

API = (
    people,
    webpush,
    calendars,
    items,
    oncall,
    lanes,
    ical,
    intake,
    alerts,
    feed,
    reach,
    incidents,
    simulate,
    notify,
    messages,
    ledger,
    journal,
    search,
    views,
    system,
    jobs,
    bulk,
    backups,
    config,
    exports,
    meta,
    live,
    room,
)
PAGES = (session, board, link, spa)


def make_app(services: Services, dist: Path = spa.DIST) -> Litestar:
    """The application over these services, with the interface built in `dist`. `app.state.close()` lets the
    followers of the live feed, and everybody in a room, go."""
    writing = asyncio.Lock()
    feed = Live(services.engine)
    gate = Gate(services)
    rooms = room.Rooms(services, gate)
    renderer = Renderer(services)
    brake = LoginBrake()
    work = services.jobs or Jobs(services.engine.clock, services.entropy)
    build = spa.Build(dist)

    async def provide_call(request: Request[Any, Any, Any]) -> OneCall:
        return OneCall(services, request, writing)

    def close() -> None:
        feed.close()
        rooms.close()

    def handle(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
        request_id(request.scope, services.entropy)
        if request.url.path.startswith("/api/"):
            return problem.handle(request, fault)
        return renderer.fault(request, problem.as_refused(fault, request))

    return Web(
        route_handlers=[
            Router("/api/v1", route_handlers=[room.router for room in API]),
            *(page.router for page in PAGES),
            ical.page,
            create_static_files_router(
                "/static",
                [STATIC],
                opt={"needs": OPEN},
                cache_control=CacheControlHeader(public=True, max_age=3_600),
                include_in_schema=False,
            ),
        ],
        guards=[gate.check],
        before_request=strictly,
        dependencies={
            "call": Provide(provide_call),
            "feed": Provide(lambda: feed, sync_to_thread=False),
            "gate": Provide(lambda: gate, sync_to_thread=False),
            "war_rooms": Provide(lambda: rooms, sync_to_thread=False),
            "renderer": Provide(lambda: renderer, sync_to_thread=False),
            "brake": Provide(lambda: brake, sync_to_thread=False),
            "work": Provide(lambda: work, sync_to_thread=False),
            "build": Provide(lambda: build, sync_to_thread=False),
        },
        exception_handlers={Exception: handle},
        before_send=[Sealer(services.is_secure, services.entropy)],
        openapi_config=_openapi(),
        request_max_body_size=services.settings.body_max_bytes,
        state=State({"jobs": work, "live": feed, "rooms": rooms, "close": close}),
        debug=False,
        logging_config=None,
    )


def _openapi() -> DocumentConfig:
    return DocumentConfig(
        title="Tocsin",
        version=tocsin.__version__,
        summary="Alerts in, the right person woken, nothing lost.",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/api",
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer", description="An API key."),
            }
        ),
        security=[{"key": []}],
        openapi_router=Router(
            "/api", route_handlers=[], before_request=maker(), opt={"needs": OPEN}, include_in_schema=False
        ),
    )
