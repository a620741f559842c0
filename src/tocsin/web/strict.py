"""Bodies are taken by the letter: `"5"` is no number and `1` is no truth value.

Law: the framework reads leniently, because it reads queries and bodies alike; what passes only so is refused here.
Everything else that is wrong with a body is left to it, for its better words.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from litestar import Request

from tocsin.web.problem import Fault, Refused

ITEM = re.compile(r"\[(\d+|\.\.\.)\]")
PLACE = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$")


async def strictly(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that is missing, or holds a value of another type than it should; and a path with a NUL, which no
    file has: to ask for it is a defect in the log. Raises Refused."""
    if "\0" in request.scope["path"]:
        raise Refused(404, "not_found")
    field = request.route_handler.parsed_data_field
    if field is None:
        return
    body = await request.body()
    if not body:
        fault = Fault("", "a JSON body is needed", "see /api/openapi.json for its form")
        raise Refused(422, "request_invalid", fault.message, (fault,))
    try:
        msgspec.json.decode(body, type=field.annotation)
    except msgspec.ValidationError as fault:
        if not _is_readable(body, field.annotation):
            return
        message, pointer = _placed(str(fault))
        raise Refused(422, "request_invalid", f"{pointer}: {message}", (Fault(pointer, message),)) from None
    except msgspec.DecodeError:
        return


def _is_readable(body: bytes, kind: Any) -> bool:
    try:
        msgspec.json.decode(body, type=kind, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def _placed(text: str) -> tuple[str, str]:
    """What msgspec says, and the JSON pointer of where; `*` stands for some key of a mapping."""
    found = PLACE.match(text)
    assert found is not None
    return found[1], ITEM.sub(r"/\1", found[2] or "").replace("...", "*").replace(".", "/")
