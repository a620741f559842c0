"""Files of objects: several YAML documents, each `apiVersion, kind, metadata: {name}, spec`.

Law: YAML is read as version 1.2 means it (`12:30`, `on` and `2026-11-24` are texts); a key given twice is an error;
every complaint names the file, the document and the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
import yaml

from tocsin.shell.i18n import say

API_VERSION = "tocsin/v1"
NODES_MAX = 200_000
"""Values of one document, each alias counted as what it stands for: some lines of aliases stand for billions."""
FLOW_DEPTH_MAX = 64
"""Brackets open at once: many times what an object has. The parser holds each against every other."""
DOCUMENTS_MAX = 20_000
"""Documents looked at while somebody waits: each takes half a millisecond. `tocsin apply` has no such limit."""
FAULTS_MAX = 100
"""Complaints at once: who has mended these asks again."""
TOP = ("apiVersion", "kind", "metadata", "spec")
_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*?)`)?$", re.DOTALL)
_PART = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
NO_TEXT = tuple(f"Expected `str`, got `{kind}`" for kind in ("int", "float", "bool"))
_UNKNOWN = re.compile(r"unknown field `(?P<name>.*)`")


class DocumentError(Exception):
    """A file cannot be understood; the text says where and how to mend it. `number` is the document's in the file and
    `line` the line, from 1, 0 where it is not known; `path` leads into the document; `what` is the mere complaint."""

    def __init__(self, text: str, number: int = 0, line: int = 0, path: str = "", what: str = "") -> None:
        super().__init__(text)
        self.number = number
        self.line = line
        self.path = path
        self.what = what or text


class Document(msgspec.Struct, frozen=True):
    """One document as it stands in the file. `key` names it among its kind; `place` is for complaints."""

    kind: str
    name: str
    spec: Any
    place: Place


class Place(msgspec.Struct, frozen=True):
    """Where a document stands; `node` is its spec as YAML parsed it."""

    file: str
    number: int
    node: Any

    def complain(self, what: str, path: str = "$", field: str = "") -> DocumentError:
        """An error about this document, at a path into its spec, and there at a field."""
        node = _descend(self.node, f"{path}.{field}" if field else path)
        where = "" if path == "$" else f"{path.removeprefix('$.')}: "
        line = node.start_mark.line + 1
        return DocumentError(
            say("cli.document_error", file=self.file, number=self.number, line=line, what=where + what),
            self.number, line, ".".join((path.removeprefix("$").strip("."), field)).strip("."), what,
        )  # fmt: skip


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of what is a text, no key twice, and no bottomless depth."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:  # noqa: N803 (the parser's own name)
        """A bracket opens."""
        if self.flow_level >= FLOW_DEPTH_MAX:
            raise yaml.scanner.ScannerError(None, None, say("cli.too_deep"), self.get_mark())
        super().fetch_flow_collection_start(TokenClass)


PLAIN = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
)
"""What is no text although nothing is around it: type, pattern, characters it may begin with."""
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in PLAIN:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, say("cli.key_no_text"), key.start_mark)
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, say("cli.key_twice", key=key.value), key.start_mark)
        seen[key.value] = key.start_mark.line
    return loader.construct_mapping(node, deep=True)


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    value = loader.construct_scalar(node)
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise yaml.constructor.ConstructorError(None, None, say("cli.half_character"), node.start_mark)
    return value


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:str", _text)


def load(text: str) -> Any:
    """The one document of a text. Raises DocumentError."""
    found = [value for value, _ in _parsed("-", text)]
    if len(found) != 1:
        raise DocumentError(say("cli.one_document", count=len(found)))
    return found[0]


def read(file: str, text: str, kinds: tuple[str, ...]) -> list[Document]:
    """The documents of a file, empty ones left out. Raises DocumentError."""
    found = []
    for number, (value, node) in enumerate(_parsed(file, text), 1):
        if value is not None:
            found.append(_document(value, Place(file, number, node), kinds))
    return found


def checked(text: str, kinds: tuple[str, ...]) -> tuple[list[Document], list[DocumentError]]:
    """The documents of a text and the complaints about it, one a document."""
    found: list[Document] = []
    faults: list[DocumentError] = []
    try:
        for number, (value, node) in enumerate(_parsed("-", text), 1):
            if number > DOCUMENTS_MAX:
                raise DocumentError(say("cli.too_many_documents", most=DOCUMENTS_MAX), number, node.start_mark.line + 1)
            if value is None:
                continue
            if len(faults) == FAULTS_MAX:
                break
            try:
                found.append(_document(value, Place("-", number, node), kinds))
            except DocumentError as fault:
                faults.append(fault)
    except DocumentError as fault:
        faults.append(fault)
    return found, faults


def _parsed(file: str, text: str) -> Iterator[tuple[Any, yaml.Node]]:
    try:
        yield from _constructed(file, _Loader(text))
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 0
        raise DocumentError(
            say("cli.not_yaml", file=file, line=line, what=fault.problem or fault.context or ""), line=line
        ) from None
    except RecursionError:
        raise DocumentError(say("cli.not_yaml", file=file, line=0, what=say("cli.too_deep"))) from None
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        what = say("cli.not_printable", code=f"U+{fault.character:04X}")
        raise DocumentError(say("cli.not_yaml", file=file, line=line, what=what), line=line) from None
    except (yaml.YAMLError, ValueError) as fault:  # no number is so large, no day is a 45th
        raise DocumentError(say("cli.not_yaml", file=file, line=0, what=str(fault))) from None


def _constructed(file: str, loader: _Loader) -> Iterator[tuple[Any, yaml.Node]]:
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None, "check_node said that there is one"
            if _size(node, {}) > NODES_MAX:
                line = node.start_mark.line + 1
                raise DocumentError(say("cli.too_many_nodes", file=file, line=line, most=NODES_MAX), line=line)
            yield loader.construct_document(node), node
    finally:
        loader.dispose()


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is when its aliases are written out. One inside itself is refused later."""
    if id(node) not in known:
        known[id(node)] = 1
        below = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for one in below for part in (one if isinstance(one, tuple) else (one,)))
        known[id(node)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(node)]


def _document(value: Any, place: Place, kinds: tuple[str, ...]) -> Document:
    if not isinstance(value, dict):
        raise place.complain(say("cli.not_an_object"))
    for key in value:
        if key not in TOP:
            raise place.complain(say("cli.unknown_field", name=key) + meant(str(key), TOP), f"$.{key}")
    for needed, example in (("apiVersion", API_VERSION), ("kind", " | ".join(kinds))):
        if value.get(needed) is None:
            raise place.complain(say("cli.needed", name=needed, example=example))
    if value["apiVersion"] != API_VERSION:
        raise place.complain(say("cli.api_version", wanted=API_VERSION, found=value["apiVersion"]))
    kind = value["kind"]
    if kind not in kinds:
        raise place.complain(say("cli.unknown_kind", kind=kind) + meant(str(kind), kinds), "$.kind")
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    name = metadata.get("name")
    if isinstance(name, bool | int | float):
        raise place.complain(
            say("cli.name_no_text", name=_descend(place.node, "$.metadata.name").value), "$.metadata.name"
        )
    if not isinstance(name, str) or not name:
        raise place.complain(say("cli.name_missing"))
    for key in metadata:
        if key != "name":
            raise place.complain(say("cli.unknown_field", name=key), "$.metadata")
    spec = value.get("spec")
    if not isinstance(spec, dict):
        raise place.complain(say("cli.spec_missing"))
    return Document(kind, name, spec, Place(place.file, place.number, _descend(place.node, "$.spec")))


def converted(spec: Any, kind: type[Any], place: Place) -> dict[str, Any]:
    """The spec with every field, defaults filled in. Raises DocumentError."""
    try:
        whole = msgspec.json.encode(msgspec.convert(spec, kind))
    except msgspec.ValidationError as fault:
        match = _AT.match(str(fault))
        assert match, "the pattern takes every text"
        what, path = match["what"], match["path"] or "$"
        unknown = _UNKNOWN.search(what)
        if unknown:
            fields = _fields(msgspec.inspect.type_info(kind), path)
            hint = meant(unknown["name"], fields) or say("cli.fields", names=", ".join(fields))
            what = say("cli.unknown_field", name=unknown["name"]) + hint
            raise place.complain(what, path, unknown["name"]) from None
        if what in NO_TEXT:
            what += say("cli.quote_it")
        raise place.complain(what, path) from None
    return msgspec.json.decode(whole, type=dict[str, Any])  # as the server will write it


def meant(name: str, known: tuple[str, ...]) -> str:
    """`; did you mean …?`, empty where nothing is near."""
    near = get_close_matches(name, known, 1)
    return say("cli.did_you_mean", near=near[0]) if near else ""


def _parts(path: str) -> Iterator[str]:
    return (name or index for name, index in _PART.findall(path))


def _descend(node: Any, path: str) -> Any:
    """The YAML node at a path, or the nearest one above it."""
    for part in _parts(path):
        match node:
            case yaml.MappingNode():
                found = next((value for key, value in node.value if key.value == part), None)
            case yaml.SequenceNode() if part.isdecimal() and int(part) < len(node.value):
                found = node.value[int(part)]
            case _:
                found = None
        if found is None:
            return node
        node = found
    return node


def _fields(info: Any, path: str) -> tuple[str, ...]:
    """The fields of the struct at a path into a type."""
    for part in _parts(path):
        info = _struct_in(info)
        if isinstance(info, msgspec.inspect.StructType):
            info = next((field.type for field in info.fields if field.encode_name == part), None)
        else:
            info = getattr(info, "item_type", None) or getattr(info, "value_type", None)
    info = _struct_in(info)
    return tuple(field.encode_name for field in info.fields) if isinstance(info, msgspec.inspect.StructType) else ()


def _struct_in(info: Any) -> Any:
    """The part of a union that has an inside."""
    if isinstance(info, msgspec.inspect.UnionType):
        return next((one for one in info.types if not isinstance(one, msgspec.inspect.NoneType)), info)
    return info
