"""Services: what can break, who owns it, what it depends on."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from litestar import Response, Router, delete, get, put

from tocsin.core.items.commands import RemoveService, SetService
from tocsin.core.items.events import ServiceSpec
from tocsin.web.call import Call, required
from tocsin.web.gate import KNOWN
from tocsin.web.paging import Cursor, Limit, Page, Sought, page, sought
from tocsin.web.problem import READS, TAGGED, WRITES, puts


class ServiceShown(msgspec.Struct, frozen=True):
    """A service."""

    id: str
    spec: ServiceSpec


@get("/services", responses=READS)
async def list_services(
    call: Call, q: Sought = "", team: str = "", limit: Limit = 100, cursor: Cursor = ""
) -> Page[ServiceShown]:
    """Every service, by id; with `team` those it owns. `q` is sought in the team's id, too."""
    rows = sought(call.look.items.services(), q, lambda row: (row.id, row.spec.name, row.spec.team))
    rows = (row for row in rows if not team or row.spec.team == team)
    return await call.shown(page(rows, lambda row: row.id, limit, cursor, lambda row: ServiceShown(row.id, row.spec)))


@get("/services/{service_id:str}", responses=TAGGED)
async def get_service(call: Call, service_id: str) -> Response[ServiceShown]:
    """One service."""
    return await call.tagged(required(_service(call, service_id)(), "service", service_id))


@put("/services/{service_id:str}", responses=puts(ServiceShown), opt={"needs": KNOWN})
async def put_service(call: Call, service_id: str, data: ServiceSpec) -> Response[ServiceShown]:
    """Create a service or bring one to this description."""
    return await call.put(SetService(service_id, data), _service(call, service_id), f"/api/v1/services/{service_id}")


@delete("/services/{service_id:str}", responses=WRITES, opt={"needs": KNOWN})
async def delete_service(call: Call, service_id: str) -> None:
    """Remove a service."""
    required(call.look.items.service(service_id), "service", service_id)
    await call.remove(RemoveService(service_id), _service(call, service_id))


def _service(call: Call, service_id: str) -> Callable[[], ServiceShown | None]:
    def found() -> ServiceShown | None:
        row = call.look.items.service(service_id)
        return None if row is None else ServiceShown(row.id, row.spec)

    return found


router = Router("/", route_handlers=[list_services, get_service, put_service, delete_service], tags=["items"])
