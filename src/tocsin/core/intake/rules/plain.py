"""Foreign JSON and forms as plain values. Law: whatever comes, these return a value or the text of what is wrong."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from tocsin.core.intake.rules.reading import Misunderstood, Request, bad, cut, shown

FIELDS_MAX = 1_000
"""Fields of a form."""
UNPACKED_MAX = 32_000_000
"""Bytes of a compressed body once unpacked: a small body must not fill the memory."""
PACKED = ("gzip", "x-gzip", "deflate")
GZIP = b"\x1f\x8b"
"""How gzip begins; some senders forget to say that they pack."""
DETAIL_TEXT_MAX = 4_000
"""Characters of a nested value kept as text."""
DETAILS_MAX = 64
"""Free fields of one alert kept as annotations."""

HALF_PAIR = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)
"""The escape of half a surrogate pair, in a text whose escaped backslashes are written otherwise."""

T = TypeVar("T")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_plain_decoder: msgspec.json.Decoder[object] = msgspec.json.Decoder()


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with a text. `ends_early`: it stops in the middle; `is_valid_json`: only its shape is wrong."""

    error: str
    ends_early: bool = False
    is_valid_json: bool = False


def decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T | Flaw:
    """The value of a JSON text. What is no Unicode in it is read as U+FFFD, as Go does."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        return Flaw(cut(str(error), DETAIL_TEXT_MAX), is_valid_json=True)
    except RecursionError:
        return Flaw("the JSON is nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        mended = _as_unicode(body)
        if mended != body:
            return decode(decoder, mended)
        return Flaw(str(error), ends_early="truncated" in str(error))


def _as_unicode(body: bytes) -> bytes:
    """The JSON text with U+FFFD for bytes that are not UTF-8 and for each escape of half a surrogate pair."""
    text = body.decode("utf-8", "replace").encode()
    plain = text.replace(rb"\\", rb"\u005c")  # so that no backslash before an escape is its own
    return HALF_PAIR.sub(rb"\\ufffd", plain) if HALF_PAIR.search(plain) else text


def decode_plain(body: bytes) -> object | Flaw:
    """The plain value of a JSON text."""
    return decode(_plain_decoder, body)


def decode_object(body: bytes) -> dict[str, object] | Flaw:
    """The JSON object of a body."""
    value = decode_plain(body)
    if isinstance(value, Flaw):
        return value
    if not isinstance(value, dict):
        return Flaw(f"the JSON is a {kind(value)}; a JSON object is needed", is_valid_json=True)
    return value


def not_json(flaw: Flaw) -> Misunderstood:
    """The body is not the JSON it should be."""
    return bad(f"the body cannot be read: {flaw.error}")


def fields(text: str) -> dict[str, str]:
    """A query or form: the first value of each name. More fields than anybody sends are not looked at."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX, encoding="utf-8")
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def media_type(request: Request) -> str:
    """`application/json` of `application/json; charset=utf-8`."""
    return request.content_type.partition(";")[0].strip().lower()


def unpacked(request: Request, bytes_max: int = UNPACKED_MAX) -> Request | Misunderstood:
    """The request with its body as the sender meant it: gzip (and zlib) are unpacked, other encodings refused."""
    body = request.body
    encoding = request.headers.get("content-encoding", "")
    if not encoding and not body.startswith(GZIP):
        return request
    encoding = encoding.strip().lower()
    if encoding not in PACKED and not body.startswith(GZIP):
        if encoding in {"", "identity"}:
            return request
        return bad(f"the body is packed by {shown(encoding)}; send it plain, or packed by gzip or deflate", 415)
    unpacker = zlib.decompressobj(47)
    try:
        plain = unpacker.decompress(body, bytes_max)
    except zlib.error as error:
        return bad(f"the body is not the {encoding or 'gzip'} it says it is: {error}")
    if unpacker.unconsumed_tail:
        return bad(f"the body unpacks to more than {bytes_max} bytes; send fewer items at a time", 413)
    if not unpacker.eof:
        return bad(f"the {encoding or 'gzip'} of the body ends in the middle")
    return msgspec.structs.replace(request, body=plain)


def kind(value: object) -> str:
    """What JSON calls the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def text_of(value: object) -> str:
    """A plain value as the text a person would write: `null` is empty, numbers have no needless fraction."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value == int_or_zero(value):
            return str(int_or_zero(value))
        case int() | float():
            return repr(value) if abs(value) < 10**30 else f"{value:.6g}"
        case _:
            return json_text(value)


def int_or_zero(value: float) -> int:
    """The whole number a float is, 0 when it is none that can be written plainly."""
    return int(value) if abs(value) < 2**53 and value == value // 1 else 0


def json_text(value: object) -> str:
    """A nested value as JSON, cut."""
    try:
        return cut(msgspec.json.encode(value).decode("utf-8", "replace"), DETAIL_TEXT_MAX)
    except (RecursionError, TypeError, ValueError, OverflowError):
        return "…"


def texts_of(value: object) -> dict[str, str]:
    """The entries of an object as texts; nothing when it is no object."""
    if not isinstance(value, Mapping):
        return {}
    return {text_of(name): text_of(one) for name, one in list(value.items())[:FIELDS_MAX]}


def as_object(value: object) -> dict[str, object]:
    """The object, an empty one when it is something else."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The array, an empty one when it is something else."""
    return value if isinstance(value, list) else []
