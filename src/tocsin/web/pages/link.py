"""The page behind a signed link: one incident, one person, for a while; no log-in.

Law: looking changes nothing (mail scanners look at every link); only the form acts, in the name of the link's person.
It works without JavaScript on a bad connection: under 30 kB with its style.
"""

from __future__ import annotations

from litestar import Response, Router, get, post

from tocsin.core.incidents.commands import AcknowledgeIncident, EscalateIncident, ResolveIncident
from tocsin.core.incidents.views import Incident
from tocsin.kernel.message import Command, Rejected
from tocsin.shell.brief import description_of, runbook_of
from tocsin.shell.vault import IncidentLink
from tocsin.web.api.cards import state_of
from tocsin.web.call import Call, OneCall
from tocsin.web.gate import OPEN
from tocsin.web.pages.board import acts_of, card, timeline
from tocsin.web.pages.render import Renderer, redirect
from tocsin.web.pages.session import Pages
from tocsin.web.problem import missing, status_of, title
from tocsin.web.words import namer

HAPPENED_MAX = 5
OTHERS_MAX = 10


@get("/a/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def link_page(call: Call, renderer: Pages, token: str, did: str = "") -> Response[str]:
    """Show the incident."""
    return await _page(call, renderer, token, did if did in {"escalate", "resolve"} else "")


@post("/a/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def link_act(call: Call, renderer: Pages, token: str) -> Response[str]:
    """Act on the incident in the name of the link's person."""
    link = _opened(call, token)
    if link is None:
        return await _page(call, renderer, token)
    act = str((await call.request.form()).get("act", ""))
    decision = await call.house.engine.submit(_command(act, link), "room")
    if isinstance(decision, Rejected):
        return await _page(call, renderer, token, refusal=decision)
    return redirect(f"/a/{token}?did={act}")


def _command(act: str, link: IncidentLink) -> Command:
    match act:
        case "acknowledge":
            return AcknowledgeIncident(link.incident, link.user)
        case "escalate":
            return EscalateIncident(link.incident, link.user)
        case "resolve":
            return ResolveIncident(link.incident, link.user)
        case _:
            raise missing("act", act)


def _opened(call: OneCall, token: str) -> IncidentLink | None:
    """The link while it may act: made here, unexpired, and its person still with us."""
    link = call.house.vault.verify(token, IncidentLink)
    if link is None or link.expires_at <= call.at:
        return None
    user = call.look.people.user(link.user)
    return link if user is not None and user.active else None


async def _page(
    call: OneCall, renderer: Renderer, token: str, did: str = "", refusal: Rejected | None = None
) -> Response[str]:
    link = _opened(call, token)
    if link is None:
        return renderer.page(renderer.reader(call.request), "link_expired.html", 410)
    reader = renderer.reader(call.request, link.user)
    row = call.look.incidents.incident(link.incident)
    if row is None:
        return renderer.page(
            reader, "fault.html", 410, title=reader.say("link.gone"), detail=link.incident, request_id=""
        )
    return await renderer.dry(
        reader,
        "link.html",
        409 if refusal and status_of(refusal.reason) == 409 else 422 if refusal else 200,
        token=token,
        card=card(call, reader, row),
        incident=row,
        state=state_of(row, call.at),
        acts=acts_of(row) if row.is_open else (),
        user=link.user,
        did=did,
        refusal=title(reader.say, refusal.reason) if refusal else "",
        runbook=runbook_of(call.look, row),
        description=description_of(call.look, row),
        others=_others(call, row, link.user),
        happened=await timeline(call, reader, row.id, HAPPENED_MAX),
    )


def _others(call: OneCall, row: Incident, user: str) -> list[str]:
    """Who else was told, by name."""
    name = namer(call.look)
    told = dict.fromkeys(page.user for page in call.look.notify.pages_of(row.id) if page.user != user)
    return [name(one) for one in list(told)[:OTHERS_MAX]]


router = Router("/", route_handlers=[link_page, link_act])
