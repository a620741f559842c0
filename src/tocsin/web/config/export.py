"""An installation as documents, and documents as YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec
import yaml

from tocsin.web.config.api import Api, Failure, Thing
from tocsin.web.config.documents import API_VERSION, PLAIN
from tocsin.web.config.kinds import KINDS

RARE_BREAKS = frozenset("\x85\u2028\u2029")
"""Ends of lines that a reader makes ordinary ones of, unless they are escaped."""


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, and lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)

    def represent_text(self, value: str) -> yaml.ScalarNode:
        style = '"' if RARE_BREAKS.intersection(value) else "|" if "\n" in value else None
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)
for _tag, _pattern, _first in PLAIN:  # beside those of YAML 1.1: what either takes for no text is quoted
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def as_yaml(value: object) -> str:
    """YAML in the order of the fields; texts of several lines as blocks."""
    plain = msgspec.to_builtins(value)
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)


def as_documents(things: Iterable[Thing]) -> str:
    """Several YAML documents in one text."""
    return "---\n".join(map(as_yaml, things))


def exported(api: Api, kinds: Iterable[str], skipped: Callable[[str, Failure], None]) -> Iterator[Thing]:
    """The objects of these kinds (all, when none are named) as documents; a kind one may not read is skipped.
    Raises Failure."""
    for name in tuple(kinds) or KINDS:
        try:
            found = list(KINDS[name].exported(api))
        except Failure as fault:
            if fault.status != 403:
                raise
            skipped(name, fault)
            continue
        for key, spec in found:
            yield {"apiVersion": API_VERSION, "kind": name, "metadata": {"name": key}, "spec": spec}
