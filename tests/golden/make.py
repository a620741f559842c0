"""Golden samples: one stored body of every event version there ever was, as `type`, `version`, `body` JSON lines.

    python tests/golden/make.py

adds a sample for each event version that has none, to the file of the running release; it never changes a line that
is there. A released line is for ever: whoever changes an event adds a version and an upcaster (STYLE 32). The file of
a release that is not out yet may be deleted and made anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

import tocsin
from tocsin.core.world import codec, event_classes
from tocsin.kernel.message import Event

GOLDEN = Path(__file__).parent


class Sample(msgspec.Struct, frozen=True):
    """One stored event."""

    type: str
    version: int
    body: msgspec.Raw


def samples() -> list[Sample]:
    """Every sample there is, by file and line."""
    decode = msgspec.json.Decoder(Sample).decode
    files = sorted(GOLDEN.glob("*.jsonl"))
    return [decode(line) for file in files for line in file.read_bytes().splitlines()]


def missing() -> list[type[Event]]:
    """Event classes whose version has no sample."""
    known = {(sample.type, sample.version) for sample in samples()}
    return [cls for cls in event_classes() if (cls.__name__, cls.version) not in known]


def example(cls: type[Event]) -> Event:
    """An event in which every field says something other than its default."""
    value: Event = msgspec.convert(_plain(inspect.type_info(cls), cls.__name__, 0), cls)
    return value


def _plain(kind: inspect.Type, name: str, depth: int) -> Any:
    """A plain value of this type; texts are named after their field. A type inside itself ends after one turn."""
    match kind:
        case inspect.StructType():
            return {
                field.encode_name: _plain(field.type, field.encode_name, depth + 1)
                for field in kind.fields
                if depth < 3 or field.required
            }
        case inspect.VarTupleType() | inspect.ListType():
            return [_plain(kind.item_type, name, depth + 1)]
        case inspect.TupleType():
            return [_plain(item, name, depth + 1) for item in kind.item_types]
        case inspect.DictType():
            key = "7" if isinstance(kind.key_type, inspect.IntType) else f"a {name}"
            return {key: _plain(kind.value_type, name, depth + 1)}
        case inspect.UnionType():
            return next(_plain(part, name, depth) for part in kind.types if not isinstance(part, inspect.NoneType))
        case inspect.IntType():
            return 1_700_000_000_000 if name == "at" or name.endswith(("_at", "until")) else 7
        case inspect.FloatType():
            return 0.5
        case inspect.BoolType():
            return True
        case inspect.StrType():
            return f"a {name} 铃"
        case inspect.LiteralType():
            return kind.values[0]
        case _:
            raise TypeError(f"{name}: no example for {kind}")


def main() -> None:
    """Add what is missing."""
    encode = codec().encode
    lines = [
        msgspec.json.encode(Sample(cls.__name__, cls.version, msgspec.Raw(encode(example(cls))))) for cls in missing()
    ]
    path = GOLDEN / f"{tocsin.__version__}.jsonl"
    with path.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)
    sys.stdout.write(f"{len(lines)} samples added to {path.name}\n")


if __name__ == "__main__":
    main()
