"""Log-in, log-out, and the one-time link that sets a password: the first one, or one that was lost.

Law: a cookie is 256 bits of chance, of which only the SHA-256 is kept; a wrong name looks like a wrong password and
costs the same time; who guesses is slowed down.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import Dependency

from tocsin.core.people.commands import EndSession, SetPassword, StartSession
from tocsin.kernel.message import Moment, Rejected
from tocsin.kernel.moment import HOUR_MS
from tocsin.shell.keys import digest
from tocsin.shell.passwords import LENGTH_MAX, LENGTH_MIN
from tocsin.shell.vault import KnownBrowser, SetupLink
from tocsin.web.api.people import check_password
from tocsin.web.brake import Brake, Place
from tocsin.web.call import Call, OneCall, accepted
from tocsin.web.gate import KNOWN, OPEN, Gate
from tocsin.web.pages.render import Renderer, redirect
from tocsin.web.problem import Refused, title

SESSION_MS = 12 * HOUR_MS
"""A log-in lasts a shift."""
FIRST_STEPS = "/welcome"
"""Where an administrator begins who has just set a password."""
BROWSER_COOKIE = "tocsin_browser"
BROWSER_S = 180 * 86_400
"""How long a browser is known; each log-in begins it anew."""
FORM_BYTES_MAX = 32_768
"""Bytes of a form of somebody who is not logged in: the longest password in any script. Four megabytes of fields would
take seconds to read."""
NEXT_LENGTH_MAX = 2_000
"""Characters of a path to go on to: filters stand in it. A longer one is not cut, it would lead elsewhere."""
Guard: TypeAlias = Annotated[Gate, Dependency(skip_validation=True)]
Pages: TypeAlias = Annotated[Renderer, Dependency(skip_validation=True)]


@get("/login", opt={"needs": OPEN}, include_in_schema=False)
async def login_page(call: Call, renderer: Pages) -> Response[str]:
    """The door."""
    after = call.request.query_params.get("next", "")
    return renderer.page(renderer.reader(call.request), "login.html", fault="", user="", after=_own_path(after))


@post("/login", opt={"needs": OPEN}, include_in_schema=False)
async def login(call: Call, gate: Guard, renderer: Pages, brake: Brake) -> Response[str]:
    """Name and password for a session."""
    from_here(call)
    form = await call.request.form()
    user, password = str(form.get("user", ""))[:200].strip(), str(form.get("password", ""))[:LENGTH_MAX]
    place = _place(call, user)
    after = _own_path(str(form.get("next", "")))
    reader = renderer.reader(call.request)
    try:
        brake.check(user, place, call.at)
    except Refused as fault:
        minutes = -(-int(fault.headers["retry-after"]) // 60)
        words = reader.say("login.braked", count=minutes)
        return renderer.page(reader, "login.html", 429, fault=words, user=user, after=after)
    brake.tried(user, place, call.at)
    if not await call.house.passwords.verify(call.look.people.password_hash(user), password):
        return renderer.page(reader, "login.html", 422, fault=reader.say("login.wrong"), user=user, after=after)
    brake.succeeded(user, place)
    return await _start(call, gate, user, after)


@post("/logout", opt={"needs": KNOWN, "form": True}, include_in_schema=False)
async def logout(call: Call, gate: Guard) -> Response[str]:
    """End this session."""
    if call.caller.session:
        await call.ask(EndSession(call.caller.user, call.caller.session))
    answer = redirect("/login")
    answer.delete_cookie(gate.cookie, path="/")
    return answer


@get("/setup/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def setup_page(call: Call, renderer: Pages, token: str) -> Response[str]:
    """Ask for a password."""
    link = _setup_link(call, token)
    reader = renderer.reader(call.request)
    if link is None:
        return renderer.page(reader, "spent.html", 410)
    return renderer.page(reader, "setup.html", fault="", user=link.user, length_min=LENGTH_MIN)


@post("/setup/{token:str}", opt={"needs": OPEN}, include_in_schema=False)
async def setup(call: Call, gate: Guard, renderer: Pages, token: str) -> Response[str]:
    """Set the password and log in."""
    from_here(call)
    link = _setup_link(call, token)
    reader = renderer.reader(call.request)
    if link is None:
        return renderer.page(reader, "spent.html", 410)
    password = str((await call.request.form()).get("password", ""))
    try:
        check_password(password)
    except Refused as fault:
        words = title(reader.say, fault.reason)
        return renderer.page(reader, "setup.html", 422, fault=words, user=link.user, length_min=LENGTH_MIN)
    hashed = await call.house.passwords.hash(password)
    decision = await call.house.engine.submit_once(
        SetPassword(link.user, hashed), f"user:{link.user}", f"setup:{link.nonce}", digest(hashed)
    )
    if isinstance(decision, Rejected):
        return renderer.page(reader, "spent.html", 410)
    user = call.look.people.user(link.user)
    is_newcomer = user is not None and user.spec.role == "admin"
    return await _start(call, gate, link.user, FIRST_STEPS if is_newcomer else "/")


def from_here(call: OneCall) -> None:
    """Refuse a form that a foreign page sent. Raises Refused."""
    request = call.request
    origin = request.headers.get("origin", "")
    own = ("", call.house.settings.url, f"{request.url.scheme}://{request.headers.get('host', '')}")
    if origin not in own or request.headers.get("sec-fetch-site", "") in {"cross-site", "same-site"}:
        raise Refused(403, "form_from_elsewhere")


def _setup_link(call: OneCall, token: str) -> SetupLink | None:
    """The link while it may act: unexpired, and no password was set since it was issued: so it acts once."""
    link = call.house.vault.verify(token, SetupLink)
    if link is None or link.expires_at <= call.at:
        return None
    user = call.look.people.user(link.user)
    if user is None or not user.active:
        return None
    return link if not user.password_at or user.password_at < link.issued_at else None


def _place(call: OneCall, user: str) -> Place:
    """Where this name is tried from."""
    known = call.house.vault.verify(call.request.cookies.get(BROWSER_COOKIE, ""), KnownBrowser)
    address = call.request.client.host if call.request.client else ""
    return Place(address, known.nonce if known is not None and known.user == user else "")


def _own_path(path: str) -> str:
    """The path if it leads to a page of ours, else the board: a link must not lead from our door to another house."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
    return path if is_own and len(path) <= NEXT_LENGTH_MAX else "/"


async def _start(call: OneCall, gate: Gate, user: str, after: str = "/") -> Response[str]:
    cookie = call.house.entropy.token()
    expires_at = Moment(call.at + SESSION_MS)
    accepted(await call.house.engine.submit(StartSession(user, digest(cookie), expires_at), "room"))
    answer = redirect(after)
    answer.set_cookie(
        Cookie(
            key=gate.cookie, value=cookie, path="/", httponly=True, samesite="lax", secure=call.house.is_secure,
            max_age=SESSION_MS // 1000,
        )
    )  # fmt: skip
    browser = call.house.vault.sign(KnownBrowser(user, call.house.entropy.token()))
    answer.set_cookie(
        Cookie(
            key=BROWSER_COOKIE, value=browser, path="/login", httponly=True, samesite="lax",
            secure=call.house.is_secure, max_age=BROWSER_S,
        )
    )  # fmt: skip
    return answer


router = Router(
    "/", route_handlers=[login_page, login, logout, setup_page, setup], request_max_body_size=FORM_BYTES_MAX
)
