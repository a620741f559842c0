"""The doors by name: which file reads what."""

from __future__ import annotations

from tocsin.core.intake.events import SourceSpec
from tocsin.core.intake.rules import alertmanager
from tocsin.core.intake.rules.plain import unpacked
from tocsin.core.intake.rules.reading import Memo, Misunderstood, Reading, Request, bad
from tocsin.kernel.message import Moment


def read(spec: SourceSpec, revision: int, door: str, request: Request, at: Moment, memo: Memo) -> Reading:
    """What the request through this door says. Never raises."""
    plain = unpacked(request)
    if isinstance(plain, Misunderstood):
        return plain
    match door:
        case "alertmanager":
            return alertmanager.read(spec, revision, plain, at, memo)
        case _:
            return bad(f"the door {door} is not built yet", 501)
