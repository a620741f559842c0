"""Templates to pages: Jinja2 with escaping on, words from the catalogues, times in the reader's zone."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from tocsin.kernel.message import Moment
from tocsin.kernel.moment import DAY_MS, HOUR_MS, MINUTE_MS, rfc3339
from tocsin.kernel.zone import local
from tocsin.shell.detail import said_again, titled
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.web.gate import Caller
from tocsin.web.headers import request_id
from tocsin.web.problem import Refused, title
from tocsin.web.services import Services

TEMPLATES = Path(__file__).parent.parent / "templates"
STATIC = Path(__file__).parent.parent / "static"
HTML = "text/html"
SHAPES = {"critical": "octagon", "high": "triangle", "medium": "diamond", "low": "square", "info": "circle"}


class Reader:
    """Who looks at a page: their language, zone and session."""

    def __init__(self, services: Services, language: str, zone: str, caller: Caller | None) -> None:
        self.language = language
        self.say: Translator = translator(language)
        self.zone = zone
        self.caller = caller
        self._services = services

    def name(self, user: str) -> str:
        """A person's name, for `user` or `user:<id>`; an unknown actor as it is."""
        found = self._services.engine.look.people.user(user.removeprefix("user:"))
        return found.spec.name if found is not None else user

    def titled(self, title: str) -> str:
        """The title of an alert or an incident, in their language where the house wrote it."""
        return titled(self.language, title)

    def clock(self, at: int) -> str:
        """`2026-11-24 03:12` in the reader's zone."""
        if not at:
            return "–"
        there = local(Moment(at), self.zone)
        hour, minute = divmod(there.minute_of_day, 60)
        return f"{there.date} {hour:02d}:{minute:02d}"

    def ago(self, at: int) -> str:
        """How long ago, in one unit."""
        lapse = max(0, self._services.engine.clock.now() - at)
        for unit, size in (("days", DAY_MS), ("hours", HOUR_MS), ("minutes", MINUTE_MS)):
            if lapse >= size:
                return self.say(f"time.{unit}", count=lapse // size)
        return self.say("time.now")


class Renderer:
    """Renders pages."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._jinja = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        self._jinja.globals["shapes"] = SHAPES
        self._jinja.globals["static"] = _addresses(STATIC).__getitem__

    def reader(self, request: Request[Any, Any, Any], user: str = "") -> Reader:
        """The reader: the given user, the one logged in, or a stranger with their browser's language. Who is logged in
        and has never chosen a language gets their browser's, too, as in the interface."""
        caller = request.scope.get("state", {}).get("caller")
        caller = caller if isinstance(caller, Caller) else None
        found = self._services.engine.look.people.user(user or (caller.user if caller else ""))
        accepted = request.headers.get("accept-language", "")
        if found is None:
            return Reader(self._services, preferred(accepted, self._services.settings.language), "UTC", caller)
        language = found.spec.language
        if not user and self._services.engine.look.people.preferences(found.id).get("language_chosen") != "true":
            language = preferred(accepted, language)
        return Reader(self._services, language, found.spec.zone, caller)

    def page(self, reader: Reader, template: str, status: int = 200, **values: object) -> Response[str]:
        """The page."""
        text = self._jinja.get_template(template).render(
            say=reader.say, reader=reader, caller=reader.caller, lang=reader.language, iso=_iso, **values
        )
        return Response(text, status_code=status, media_type=HTML)

    async def dry(self, reader: Reader, template: str, status: int = 200, **values: object) -> Response[str]:
        """The page, once everything in it is durable."""
        answer = self.page(reader, template, status, **values)
        await self._services.engine.dry()
        return answer

    def fault(self, request: Request[Any, Any, Any], fault: Refused) -> Response[str]:
        """What went wrong as a page; who is not logged in is led to the door."""
        if fault.status == 401 and request.method == "GET":
            return redirect("/login" if request.url.path == "/" else f"/login?next={quote(request.url.path)}")
        reader = self.reader(request)
        answer = self.page(
            reader, "fault.html", fault.status, title=title(reader.say, fault.reason),
            detail=said_again(reader.language, fault.reason, fault.detail),
            request_id=request_id(request.scope, self._services.entropy),
        )  # fmt: skip
        answer.headers.update(fault.headers)
        return answer


def redirect(path: str) -> Response[str]:
    """Lead the browser on after a form."""
    return Response("", status_code=303, headers={"location": path}, media_type=HTML)


def _addresses(directory: Path) -> dict[str, str]:
    """Where each file of the pages is found: its content is part of the address, so that a browser that keeps files
    asks for the new ones of a new release."""
    digests = {path.name: blake2b(path.read_bytes(), digest_size=4).hexdigest() for path in directory.iterdir()}
    return {name: f"/static/{name}?v={digest}" for name, digest in digests.items()}


def _iso(at: int | datetime) -> str:
    return rfc3339(at) if isinstance(at, int) else at.isoformat()
