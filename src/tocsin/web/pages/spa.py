"""The built web interface: its one page for every path nobody else answers, and the files it is made of.

Law: what is served lies under the directory of the build and nowhere else; the page carries a nonce of its own and
loads nothing from elsewhere. Where nothing is built the plain pages take its place.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
from litestar import Response, Router, get
from litestar.params import Dependency

from tocsin.web.api.cards import canonical
from tocsin.web.api.views import preferences
from tocsin.web.call import Call, OneCall
from tocsin.web.gate import OPEN, Caller
from tocsin.web.pages.render import redirect
from tocsin.web.problem import Refused

DIST = Path(__file__).parent.parent / "dist"
INDEX = "index.html"
ASSETS = "assets/"
NONCE = "__NONCE__"
UNDRESSED = b'<html lang="en">'
TOLD = ("theme", "density", "keys_enabled", "language_chosen", "language")
"""Preferences the page itself carries: those that are seen before a script could ask for them."""
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name changes with their content."""
COMPRESSED_SIZE_MIN = 1_000
"""Bytes below which compressing saves no packet."""
FILE_SIZE_MAX = 16_000_000
"""Bytes of a file kept in memory; a build has none so large."""
PATH_LENGTH_MAX = 500
KINDS = {
    ".css": "text/css", ".html": "text/html", ".ico": "image/x-icon",
    ".js": "text/javascript", ".json": "application/json", ".map": "application/json",
    ".mjs": "text/javascript", ".png": "image/png", ".svg": "image/svg+xml",
    ".ttf": "font/ttf", ".txt": "text/plain", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
}  # fmt: skip
PACKED = (".ico", ".png", ".webp", ".woff", ".woff2")
"""Kinds that are compressed already."""


class File(msgspec.Struct, frozen=True):
    """A file of the build as it was when it had this age; `packed` is it compressed, empty where that saves nothing."""

    age: int
    body: bytes
    packed: bytes
    etag: str


class Build:
    """The built interface. Files are read when they are first asked for, and again when they changed."""

    def __init__(self, root: Path = DIST) -> None:
        self._root = root.resolve()
        self._files: dict[Path, File] = {}  # by what they are: one file has many names (`a/./b`)

    def exists(self) -> bool:
        """Whether there is one."""
        return (self._root / INDEX).is_file()

    async def file(self, name: str) -> File | None:
        """The file of this name under the build, None when there is none."""
        return await asyncio.to_thread(self._file, name)

    def _file(self, name: str) -> File | None:
        if len(name) > PATH_LENGTH_MAX or not name.isprintable():
            return None
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            return None
        stat = path.stat()
        known = self._files.get(path)
        if known is not None and known.age == stat.st_mtime_ns:
            return known
        if stat.st_size > FILE_SIZE_MAX:
            return None
        body = path.read_bytes()
        is_packed = path.suffix in PACKED or len(body) < COMPRESSED_SIZE_MIN
        packed = b"" if is_packed else gzip.compress(body, 9, mtime=0)
        found = File(stat.st_mtime_ns, body, packed, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
        self._files[path] = found
        return found


Built: TypeAlias = Annotated[Build, Dependency(skip_validation=True)]


def policy(nonce: str) -> str:
    """What a browser may do with the page."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


@get("/", opt={"needs": OPEN}, include_in_schema=False)
async def home(call: Call, build: Built) -> Response[bytes] | Response[str]:
    """The interface; the plain board where it is not built."""
    return await _index(call, build) if build.exists() else redirect("/plain")


@get("/{path:path}", opt={"needs": OPEN}, include_in_schema=False)
async def anywhere(call: Call, build: Built, path: str) -> Response[bytes] | Response[str]:
    """A file of the build, or the interface, which knows its own paths."""
    name = path.removeprefix("/")
    if name.startswith(ASSETS) or ("/" not in name and name != INDEX):
        found = await build.file(name)
        if found is not None:
            return _file(call, name, found)
    if name.startswith(ASSETS) or "text/html" not in call.request.headers.get("accept", "") or not build.exists():
        raise Refused(404, "not_found")
    return await _index(call, build)


@get("/i/{incident_id:str}", opt={"needs": OPEN}, include_in_schema=False)
async def short_link(build: Built, incident_id: str) -> Response[str]:
    """The short address of an incident."""
    return redirect(f"/incidents/{canonical(incident_id)}" if build.exists() else f"/plain/i/{canonical(incident_id)}")


async def _index(call: OneCall, build: Build) -> Response[bytes]:
    found = await build.file(INDEX)
    if found is None:
        raise Refused(404, "not_found")
    nonce = call.house.entropy.token()
    await call.house.engine.dry()
    return Response(
        found.body.replace(NONCE.encode(), nonce.encode()).replace(UNDRESSED, _dressed(call)),
        media_type=KINDS[".html"],
        headers={"content-security-policy": policy(nonce)},
    )


def _dressed(call: OneCall) -> bytes:
    """The page's first tag as its person likes it: no script has to run before the right colours are painted. It says
    up to which event it was made: its live feed begins there, however late it is opened."""
    caller = call.request.scope["state"].get("caller")
    if not isinstance(caller, Caller):
        return UNDRESSED
    own = {name: value for name, value in preferences(call, caller.user).items() if name in TOLD}
    attributes = {"lang": "zh-CN" if own.get("language_chosen") and own["language"] == "zh" else "en"}
    if own.get("theme") in ("light", "dark"):
        attributes["data-mantine-color-scheme"] = str(own["theme"])
    attributes["data-own"] = msgspec.json.encode(own).decode()
    attributes["data-seq"] = str(call.house.engine.seq_dry)
    said = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<html {said}>".encode()


def _file(call: OneCall, name: str, found: File) -> Response[bytes]:
    headers = {
        "cache-control": FOREVER if name.startswith(ASSETS) else "no-cache",
        "etag": found.etag,
        "vary": "accept-encoding",
    }
    kind = KINDS.get(Path(name).suffix, "application/octet-stream")
    if found.etag in call.request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    if found.packed and _takes_gzip(call.request.headers.get("accept-encoding", "")):
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"}, media_type=kind)
    return Response(found.body, headers=headers, media_type=kind)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, parameter = part.strip().partition(";")
        if coding.strip() == "gzip":
            return parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


router = Router("/", route_handlers=[home, short_link, anywhere])
