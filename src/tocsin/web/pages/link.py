"""The page behind a signed link: one incident, one person, for a while; no log-in.

Law: looking changes nothing (mail scanners look at every link); only the form acts, in the name of the link's person.
It works without JavaScript on a bad connection: under 30 kB with its style. What cannot be taken back needs two steps.
"""

from __future__ import annotations

import msgspec
from litestar import Response, Router, get, post

from tocsin.core.incidents.commands import AcknowledgeIncident, EscalateIncident, PageHelper, ResolveIncident
from tocsin.core.incidents.views import Incident
from tocsin.core.intake.views import NotedChange
from tocsin.core.notify.views import PageShown
from tocsin.kernel.message import Command, Moment, Rejected
from tocsin.kernel.moment import DAY_MS
from tocsin.kernel.zone import local
from tocsin.shell.brief import dashboard_of, description_of, runbook_of, safe_link, source_of
from tocsin.shell.i18n import Translator
from tocsin.shell.vault import IncidentLink
from tocsin.web.api.cards import state_of
from tocsin.web.call import Call, OneCall
from tocsin.web.gate import OPEN
from tocsin.web.pages.board import acts_of, card, timeline
from tocsin.web.pages.render import Reader, Renderer, redirect
from tocsin.web.pages.session import FORM_BYTES_MAX, Pages
from tocsin.web.problem import missing, status_of, title
from tocsin.web.words import namer

HAPPENED_MAX = 5
LOOKED_MAX = 50
"""The last events looked at for those lines: what became of pages stands elsewhere on the page."""
OWN = "incidents"
OTHERS_MAX = 10
HELPERS_MAX = 6
"""People to call that fit under a thumb."""
CHANGE_AGE_MS_MAX = DAY_MS
"""A change that was made longer before the trouble is not the first to suspect."""
NIGHT_BEGINS = 21 * 60
NIGHT_ENDS = 7 * 60
"""Minutes of the person's day between which a light page hurts."""
MAILBOX = "mailbox"
DIDS = ("escalate", "resolve", "help")
REACH = {
    "delivered": ("delivered", 0), "bundled": ("sent", 1), "due": ("sent", 1), "failed": ("failed", 2),
    "planned": ("planned", 3), "held": ("planned", 3), "given_up": ("given_up", 4), "cancelled": ("stopped", 5),
}  # fmt: skip
"""What a page's state says of its person, and which of several pages says it best (the lowest)."""


class Told(msgspec.Struct, frozen=True):
    """Somebody who was told: by which channel, and whether it reached them."""

    name: str
    state: str
    channel: str
    at: Moment


class Helper(msgspec.Struct, frozen=True):
    """Somebody who can be called, and the value of their button."""

    value: str
    name: str


@get("/a/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def link_page(call: Call, renderer: Pages, token: str, did: str = "") -> Response[str]:
    """Show the incident."""
    return await _page(call, renderer, token, did if did in DIDS else "")


@post("/a/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def link_act(call: Call, renderer: Pages, token: str) -> Response[str]:
    """Act on the incident in the name of the link's person."""
    link = _opened(call, token)
    if link is None:
        return await _page(call, renderer, token)
    act = str((await call.request.form()).get("act", ""))
    if act.startswith(("help:", "team:")):
        return await _help(call, renderer, token, link, act)
    decision = await call.house.engine.submit(_command(act, link), "room")
    if isinstance(decision, Rejected):
        return await _page(call, renderer, token, refusal=decision)
    return redirect(f"/a/{token}?did={act}")


async def _help(call: OneCall, renderer: Renderer, token: str, link: IncidentLink, act: str) -> Response[str]:
    """Call somebody else, as the person the link was made for; only whom the page offers."""
    row = call.look.incidents.incident(link.incident)
    say = renderer.reader(call.request, link.user).say
    if row is None or all(one.value != act for one in _helpers(call, say, row, link.user)):
        raise missing("helper", act)
    kind, _, id_ = act.partition(":")
    command = PageHelper(link.incident, id_ if kind == "help" else "", id_ if kind == "team" else "")
    decision = await call.house.engine.submit(command, f"user:{link.user}")
    if isinstance(decision, Rejected):
        return await _page(call, renderer, token, refusal=decision)
    return redirect(f"/a/{token}?did=help")


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


def _signed(call: OneCall, token: str) -> IncidentLink | None:
    """The link if it was made here, however old."""
    return call.house.vault.verify(token, IncidentLink)


def _opened(call: OneCall, token: str) -> IncidentLink | None:
    """The link while it may act: made here, unexpired, and its person still with us."""
    link = _signed(call, token)
    if link is None or link.expires_at <= call.at:
        return None
    user = call.look.people.user(link.user)
    return link if user is not None and user.active else None


async def _page(
    call: OneCall, renderer: Renderer, token: str, did: str = "", refusal: Rejected | None = None
) -> Response[str]:
    link = _opened(call, token)
    if link is None:
        return _expired(call, renderer, token)
    reader = renderer.reader(call.request, link.user)
    row = call.look.incidents.incident(link.incident)
    if row is None:
        return renderer.page(
            reader, "fault.html", 410, title=reader.say("link.gone"), detail=link.incident, request_id=""
        )
    change = _last_change(call, row)
    return await renderer.dry(
        reader,
        "link.html",
        409 if refusal and status_of(refusal.reason) == 409 else 422 if refusal else 200,
        token=token,
        card=card(call, reader, row),
        incident=row,
        state=state_of(row, call.at),
        is_mine=row.status == "acknowledged" and row.acknowledged_by == link.user,
        is_night=_is_night(call.at, reader.zone),
        acts=acts_of(row) if row.is_open else (),
        user=link.user,
        did=did,
        refusal=title(reader.say, refusal.reason) if refusal else "",
        runbook=runbook_of(call.look, row),
        dashboard=dashboard_of(call.look, row),
        source=source_of(call.look, row),
        description=description_of(call.look, row),
        others=_others(call, reader, row, link.user),
        helpers=_helpers(call, reader.say, row, link.user) if row.is_open else (),
        change=change,
        change_url=safe_link(change.change.url) if change is not None else "",
        happened=[one for one in await timeline(call, reader, row.id, LOOKED_MAX) if one.room == OWN][:HAPPENED_MAX],
    )


def _expired(call: OneCall, renderer: Renderer, token: str) -> Response[str]:
    """What to do with a link that acts no more. It names no incident but to send its person to the log-in."""
    link = _signed(call, token)
    reader = renderer.reader(call.request, link.user if link is not None else "")
    is_night = link is not None and _is_night(call.at, reader.zone)
    return renderer.page(
        reader,
        "link_expired.html",
        410,
        incident_id=link.incident if link is not None else "",
        is_whole=link is not None,
        is_night=is_night,
    )


def _is_night(at: Moment, zone: str) -> bool:
    return not NIGHT_ENDS <= local(at, zone).minute_of_day < NIGHT_BEGINS


def _others(call: OneCall, reader: Reader, row: Incident, user: str) -> list[Told]:
    """Who else was told, and whether it reached them: each by the page that says it best."""
    best: dict[str, PageShown] = {}
    for page in call.look.notify.pages_of(row.id):
        if page.user != user and (page.user not in best or _rank(page) < _rank(best[page.user])):
            best[page.user] = page
    return [_told(reader, page) for page in list(best.values())[:OTHERS_MAX]]


def _rank(page: PageShown) -> tuple[bool, int]:
    """The mailbox is always reached, and wakes nobody: any other page says more."""
    return (page.channel == MAILBOX, REACH[page.state][1])


def _told(reader: Reader, page: PageShown) -> Told:
    state = MAILBOX if page.channel == MAILBOX else REACH[page.state][0]
    return Told(
        reader.name(page.user), state, channel_name(reader.say, page.channel), page.ended_at or page.due_at
    )  # fmt: skip


def channel_name(say: Translator, channel: str) -> str:
    """What a channel is called."""
    words = say(f"channel.{channel}")
    return channel if words.startswith("channel.") else words


def _last_change(call: OneCall, row: Incident) -> NotedChange | None:
    """The last change somebody told of before the incident opened, within a day."""
    since = Moment(row.opened_at - CHANGE_AGE_MS_MAX)
    return next((one for one in call.look.intake.changes(since) if one.noted_at <= row.opened_at), None)


def _helpers(call: OneCall, say: Translator, row: Incident, user: str) -> tuple[Helper, ...]:
    """Whom to call: whoever is on duty anywhere now, the members of the incident's team, and the team as a whole."""
    look = call.look
    team = look.incidents.team_of(row)
    rows = look.oncall.schedules()
    users = [one for schedule in rows for one in look.oncall.on_duty(look.people, schedule.id, call.at)]
    users += look.people.members(team)
    active = [one for one in dict.fromkeys(users) if (found := look.people.user(one)) is not None and found.active]
    name = namer(look)
    helpers = [Helper(f"help:{one}", name(one)) for one in active if one != user][:HELPERS_MAX]
    known = look.people.team(team) if team else None
    if known is not None and len(helpers) > 1:
        helpers.append(Helper(f"team:{team}", say("act.helper_team", name=known.spec.name)))
    return tuple(helpers)


router = Router("/", route_handlers=[link_page, link_act], request_max_body_size=FORM_BYTES_MAX)
