"""What goes wrong, said as problem details (RFC 9457): what, where, and how to mend it.

Law: a refusal's status comes from its reason by one small table; nobody outside this file writes an error body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from tocsin.kernel.message import Rejected
from tocsin.shell.detail import said_again
from tocsin.shell.engine import EngineStopped, InboxFull
from tocsin.shell.i18n import Translator, preferred, translator
from tocsin.shell.jobs import JobsFull
from tocsin.shell.passwords import PasswordsBusy

PROBLEM_JSON = "application/problem+json"
STOPPED_RETRY_S = 5

CONFLICTS = (
    "alert_expired_meanwhile", "alert_fired_anew", "alert_not_closed_by_hand", "alert_over_at_sender",
    "contact_already_exists", "contact_already_verified", "incident_already_acknowledged", "incident_already_resolved",
    "incident_full", "incident_merged", "incident_muted", "incident_not_acknowledged", "incident_not_snoozed",
    "key_already_exists", "last_admin", "nothing_to_undo", "override_exists", "page_delivered_already",
    "page_is_digest", "page_not_needed", "page_on_its_way", "page_stopped", "schedule_in_use", "service_still_needed",
    "session_already_exists", "silence_id_taken", "undo_too_late",
)  # fmt: skip
"""Refusals because of how things stand now: at another moment, or in another order, it would be allowed."""
STATUSES = {
    "permission_denied": 403, "internal_error": 500, "code_too_soon": 429, "too_many_pages": 429,
    **dict.fromkeys(CONFLICTS, 409),
}  # fmt: skip
"""The status of a reason; every other one is 422."""


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a request: where (JSON pointer into the body, or `?name` for a query parameter), what, and
    how to mend it. `line` and `column`, from 1, are the place within a text."""

    pointer: str
    message: str
    hint: str = ""
    line: int = 0
    column: int = 0


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details. `reason` is the stable word for programs; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    reason: str
    instance: str
    request_id: str
    errors: tuple[Fault, ...] = ()


class Refused(Exception):
    """A request that gets a problem for an answer."""

    def __init__(
        self, status: int, reason: str, detail: str = "", errors: tuple[Fault, ...] = (), **headers: str
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.errors = errors
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refused(decision: Rejected) -> Refused:
    """The problem of a refusal."""
    return Refused(status_of(decision.reason), decision.reason, decision.detail)


def status_of(reason: str) -> int:
    """The status of a refusal."""
    return STATUSES.get(reason, 422)


def missing(kind: str, id_: str) -> Refused:
    """There is no such thing."""
    return Refused(404, "not_found", f"there is no {kind} {id_!r}")


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """Which problems an operation may answer with, for the OpenAPI document."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=MEANINGS[status], media_type=PROBLEM_JSON)
        for status in (*statuses, 401, 403, 503)
    }


MEANINGS = {
    400: "The request cannot be read.",
    401: "Show an API key, or log in.",
    403: "You may not do this.",
    404: "There is no such thing.",
    406: "This form of answer is not offered.",
    409: "Not as things stand now.",
    412: "It was changed since you read it.",
    413: "The body is too large.",
    415: "Send application/json.",
    422: "It can be read, but not be done.",
    429: "Too often; come back after Retry-After.",
    503: "Busy or stopping; come back after Retry-After.",
}
READS = documented(400, 404)
"""What a question may be answered with."""
ACTS = documented(400, 404, 409, 413, 415, 422, 429)
"""What a POST may be answered with."""
WRITES = documented(400, 404, 409, 412, 413, 415, 422)
"""What a PUT or DELETE may be answered with."""


TAGGED: dict[int, ResponseSpec] = {
    **READS,
    304: ResponseSpec(None, generate_examples=False, description="You have it already."),
}
"""What a question with an ETag may be answered with."""


def puts(kind: type) -> dict[int, ResponseSpec]:
    """What a PUT of such a thing may be answered with."""
    return {**WRITES, 201: ResponseSpec(kind, generate_examples=False, description="There was none; it was created.")}


def handle(request: Request[Any, Any, Any], fault: Exception) -> Response[Problem]:
    """Any exception as problem details."""
    return answer(request, as_refused(fault, request))


def answer(request: Request[Any, Any, Any], fault: Refused) -> Response[Problem]:
    """The problem, in the language the client likes."""
    language = preferred(request.headers.get("accept-language", ""))
    say = translator(language)
    body = Problem(
        type=f"/api/problems#{fault.reason}",
        title=title(say, fault.reason),
        status=fault.status,
        detail=said_again(language, fault.reason, fault.detail) or title(say, fault.reason),
        reason=fault.reason,
        instance=request.url.path,
        request_id=str(request.scope.get("state", {}).get("request_id", "")),
        errors=tuple(_said_again(language, fault.reason, error) for error in fault.errors),
    )
    return Response(body, status_code=fault.status, media_type=PROBLEM_JSON, headers=fault.headers)


def _said_again(language: str, reason: str, error: Fault) -> Fault:
    message, hint = (said_again(language, reason, text) for text in (error.message, error.hint))
    return msgspec.structs.replace(error, message=message, hint=hint)


def title(say: Translator, reason: str) -> str:
    """What the reason means, as a sentence."""
    words = say(f"refusal.{reason}")
    return reason.replace("_", " ") if words.startswith("refusal.") else words


def as_refused(fault: Exception, request: Request[Any, Any, Any]) -> Refused:
    """The problem behind an exception; one nobody expected is a defect, logged with its request."""
    match fault:
        case Refused():
            return fault
        case InboxFull():
            return Refused(503, "busy", "", retry_after=str(fault.retry_after_s))
        case JobsFull():
            return Refused(503, "busy", "", retry_after=str(fault.retry_after_s))
        case PasswordsBusy():
            return Refused(503, "busy", "", retry_after=str(fault.retry_after_s))
        case EngineStopped():
            return Refused(503, "stopping", "", retry_after=str(STOPPED_RETRY_S))
        case ValidationException():
            return _invalid(fault)
        case HTTPException():
            return _of_litestar(fault)
        case _:
            structlog.get_logger().error("web_defect", path=request.url.path, exc_info=fault)
            return Refused(500, "internal_error")


REASONS = {
    400: "request_unreadable",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "media_type_unsupported",
    429: "too_many_requests",
}


def _of_litestar(fault: HTTPException) -> Refused:
    status = 400 if fault.status_code >= 500 and "malformed" in fault.detail else fault.status_code
    refusal = Refused(status, REASONS.get(status, "internal_error"), fault.detail if status in {400, 415} else "")
    refusal.headers = {k.lower(): v for k, v in (fault.headers or {}).items() if k.lower() in {"allow", "retry-after"}}
    return refusal


def _invalid(fault: ValidationException) -> Refused:
    rows = fault.extra if isinstance(fault.extra, list) else []
    errors = tuple(_fault(row) for row in rows if isinstance(row, Mapping))
    in_body = any(not error.pointer.startswith("?") for error in errors)
    detail = "; ".join(f"{error.pointer or 'body'}: {error.message}" for error in errors)
    return Refused(422 if in_body else 400, "request_invalid", detail or fault.detail, errors)


def _fault(row: Mapping[str, Any]) -> Fault:
    key, message = str(row.get("key", "")), str(row.get("message", ""))
    if row.get("source", "body") != "body":
        return Fault(f"?{key}", message)
    pointer = "".join(f"/{part}" for part in key.replace("[", ".").replace("]", "").split(".") if part)
    return Fault(pointer.removeprefix("/data") if pointer == "/data" else pointer, message)
