"""Makes the pages under docs/reference from the code: `python docs/make_reference.py`, or `--check` to compare only.

Law: the same code gives the same bytes. What the code says in docstrings is not said again by hand.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import msgspec

import tocsin.cli
from tocsin.core import intake, people
from tocsin.core.intake.rules import severity
from tocsin.core.world import ROOMS, World, codec, furnish
from tocsin.kernel import message, permission
from tocsin.shell import i18n, settings, telemetry
from tocsin.shell.engine import Engine
from tocsin.shell.gateway import address
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.passwords import Passwords
from tocsin.shell.real import SteadyClock, SystemEntropy, ThreadDisk
from tocsin.shell.vault import Vault
from tocsin.web.app import make_app
from tocsin.web.services import Services

REFERENCE = Path(__file__).parent / "reference"
NOTICE = "<!-- Made from the code by docs/make_reference.py. Do not edit; run `make docs`. -->"
METHODS = ("get", "post", "put", "patch", "delete")
SCHEMAS = "#/components/schemas/"
_BLANKS = re.compile(r"\s+")

Rows = Iterable[Sequence[str]]


def pages() -> dict[str, str]:
    """Every page: its path under docs/reference and its text."""
    engine = Engine(World(), codec(), MemoryJournal(codec()), 0, SteadyClock(), ThreadDisk(), SystemEntropy())
    made = {
        "settings.md": _settings(),
        "doors.md": _doors(),
        "permissions.md": _permissions(),
        "refusals.md": _refusals(),
        "metrics.md": _metrics(engine),
        "cli.md": _cli(),
        "api.md": _api(engine),
        "rooms/kernel.md": _page("The kernel", [_intro(message), *_section("Events", message.EVENTS, _event)]),
    }
    for name, room in ROOMS:
        made[f"rooms/{name}.md"] = _room(name, room)
    made["README.md"] = _index(made)
    return made


def _index(made: Mapping[str, str]) -> str:
    titles = {path: text.splitlines()[0].removeprefix("# ") for path, text in made.items()}
    lines = [f"- [{titles[path]}]({path})" for path in made if "/" not in path]
    rooms = [f"- [{titles[path]}]({path})" for path in made if "/" in path]
    return _page("Reference", ["Made from the code.", "", *lines, "", "## Messages by room", "", *rooms])


# Rooms


def _room(name: str, room: ModuleType) -> str:
    furniture = furnish(name, room)
    shapes = [
        cls
        for cls in vars(importlib.import_module(f"tocsin.core.{name}.events")).values()
        if inspect.isclass(cls)
        and issubclass(cls, msgspec.Struct)
        and not issubclass(cls, message.Event)
        and cls.__module__ == f"tocsin.core.{name}.events"
    ]
    return _page(
        f"Room {name}",
        [
            _intro(room),
            *_section("Commands", furniture.commands, _command),
            *_section("Events", furniture.events, _event),
            *_section("Shapes", shapes, _shape),
        ],
    )


def _intro(module: ModuleType) -> str:
    return inspect.cleandoc(module.__doc__ or "")


def _section(title: str, classes: Sequence[type], show: Callable[[Any], list[str]]) -> Iterator[str]:
    if classes:
        yield from ("", f"## {title}")
        for cls in classes:
            yield from ("", f"### {cls.__name__}", "", *show(cls))


def _command(cls: type[message.Command]) -> list[str]:
    return [_doc(cls), "", f"Needs: `{cls.needs}`.", *_fields(cls)]


def _event(cls: type[message.Event]) -> list[str]:
    subject = f", about: `{cls.about}`" if cls.about else ""
    return [_doc(cls), "", f"Version {cls.version}{subject}.", *_fields(cls)]


def _shape(cls: type[msgspec.Struct]) -> list[str]:
    return [_doc(cls), *_fields(cls)]


def _fields(cls: type[msgspec.Struct]) -> list[str]:
    fields = msgspec.structs.fields(cls)
    if not fields:
        return []
    rows = [(f"`{f.encode_name}`", f"`{_annotation(cls, f.name)}`", _default(f)) for f in fields]
    return ["", *_table(("field", "type", "default"), rows)]


def _annotation(cls: type, name: str) -> str:
    owner = next(base for base in cls.__mro__ if name in vars(base).get("__annotations__", {}))
    return str(owner.__annotations__[name])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is not msgspec.NODEFAULT:
        return f"`{_literal(field.default)}`"
    if field.default_factory is not msgspec.NODEFAULT:
        return f"`{_literal(field.default_factory())}`"
    return "–"


def _literal(value: object) -> str:
    return str(msgspec.json.encode(value).decode()) if value is not None else "none"


# Settings


def _settings() -> str:
    told = _attribute_docs(inspect.getsource(settings.Settings))
    rows = [
        (f"`{f.name}`", f"`{settings.PREFIX}{f.name.upper()}`", _default(f), _escaped(told.get(f.name, "")))
        for f in msgspec.structs.fields(settings.Settings)
    ]
    secrets = ", ".join(f"`{settings.PREFIX}{name.upper()}_FILE`" for name in settings.SECRET_NAMES)
    return _page(
        "Settings",
        [
            _intro(settings),
            "",
            f"The file is `{settings.FILE_NAME}` in the data directory. A secret may stand in a file: {secrets}.",
            "",
            *_table(("setting", "environment", "default", "meaning"), rows),
        ],
    )


def _attribute_docs(source: str) -> dict[str, str]:
    """The text under each attribute of a class."""
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[before.target.id] = _flat(str(after.value.value))
    return found


# Doors


def _doors() -> str:
    by_door: dict[str, list[str]] = {door: [] for door in intake.events.DOORS}
    for word, door in address.NAMES.items():
        by_door[door].append(f"`/in/<key>/{word}`")
    for path, door in address.FIXED.items():
        by_door[door].append(f"`{path}`")
    by_door["alertmanager"] += ["`/in/<key>/api/v2/…`", "`/api/v2/…`", "`/api/v1/alerts`"]
    rows = [(f"`{door}`", "<br>".join(by_door[door]) or "–") for door in intake.events.DOORS]
    keys = ", ".join(f"`?{name}=`" for name in address.QUERY_KEYS)
    tables = (
        ("Prometheus, Grafana and everybody without a table of their own", severity.WORDS),
        ("PagerDuty", severity.PAGERDUTY),
        ("Zabbix", severity.ZABBIX),
        ("Nagios, Icinga, NRDP", severity.NAGIOS),
        ("Open-Falcon", severity.OPENFALCON),
    )
    return _page(
        "Doors",
        [
            "A source's key is shown in the path (`/in/<key>/…`), as `Authorization: Bearer`, as the password of "
            f"basic authentication, as `X-API-Key`, or in the query ({keys}). PagerDuty's `routing_key` and "
            "`service_key`, Zabbix' `token` and NRDP's `token` are taken from the body.",
            "",
            *_table(("door", "addresses"), rows),
            "",
            "## Severities",
            "",
            f"The one scale, worst first: {', '.join(f'`{one}`' for one in intake.events.SEVERITIES)}. "
            "An unknown word gets the source's `severity_default`.",
            *(line for title, table in tables for line in _severities(title, table)),
        ],
    )


def _severities(title: str, table: Mapping[str, str]) -> list[str]:
    rows = [
        (f"`{to}`", ", ".join(f"`{word}`" for word, one in table.items() if one == to))
        for to in intake.events.SEVERITIES
        if to in table.values()
    ]
    return ["", f"### {title}", "", *_table(("severity", "sender's words"), rows)]


# Permissions and refusals


def _permissions() -> str:
    needed: dict[str, list[str]] = {name: [] for name in permission.PERMISSIONS}
    for name, room in ROOMS:
        for cls in furnish(name, room).commands:
            needed[cls.needs].append(f"[{cls.__name__}](rooms/{name}.md#{cls.__name__.lower()})")
    roles = people.rules.OF_ROLE
    held = [(f"`{one}`", *("yes" if one in roles[role] else "–" for role in roles)) for one in people.rules.SCOPES]
    return _page(
        "Permissions",
        [
            "Every command needs one permission. `self` is what a person may do to their own things; an administrator "
            "may do it to anybody's. `room` and `clock` belong to the house itself; `signal` is what a source holds.",
            "",
            *_table(("permission", *(f"role `{role}`" for role in roles)), held),
            "",
            "## Commands by permission",
            "",
            *_table(("permission", "commands"), [(f"`{name}`", ", ".join(found)) for name, found in needed.items()]),
        ],
    )


def _refusals() -> str:
    english, chinese = i18n.translator("en"), i18n.translator("zh")
    reasons = sorted(id_.removeprefix("refusal.") for id_ in i18n.ids("en") if id_.startswith("refusal."))
    rows = [(f"`{one}`", english(f"refusal.{one}"), chinese(f"refusal.{one}")) for one in reasons]
    return _page(
        "Refusals",
        [
            "Why something was not done. `reason` is the stable word for programs; the sentence is for people.",
            "",
            *_table(("reason", "English", "中文"), rows),
        ],
    )


# Metrics


def _metrics(engine: Engine) -> str:
    seen = telemetry.Telemetry()
    seen.watch(engine)
    labels = {m._name: m._labelnames for m in vars(seen).values() if hasattr(m, "_labelnames")}
    rows = []
    for family in seen.registry.collect():
        if family.name.startswith("process_"):
            continue
        name = f"{family.name}_total" if family.type == "counter" else family.name
        names = getattr(family, "_labelnames", None) or labels.get(family.name, ())
        rows.append((f"`{name}`", family.type, ", ".join(f"`{one}`" for one in names), family.documentation))
    return _page(
        "Metrics",
        [
            "At `/metrics`, in the Prometheus text format; beside them the usual `process_*`. An API key with the "
            "permission `read` is needed unless `metrics_public` is set.",
            "",
            *_table(("metric", "type", "labels", "meaning"), sorted(rows)),
        ],
    )


# Command line


def _cli() -> str:
    os.environ["TOCSIN_LANG"] = "en"  # whoever makes the pages, they are in English
    lines = [
        _intro(tocsin.cli),
        "",
        "Commands that ask a server have `--url` (or `TOCSIN_URL`), `--key` (or `TOCSIN_KEY`) and `-o`, `--output` "
        "(or `TOCSIN_OUTPUT`): `table`, `json`, `yaml` or `name`.",
    ]
    for name, place in tocsin.cli.COMMANDS.items():
        file, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(f"tocsin.cli.{file}"), attribute)
        lines += _click(command, f"tocsin {name}", None)
    return _page("Command line", lines)


def _click(command: click.Command, path: str, parent: click.Context | None) -> list[str]:
    context = click.Context(command, info_name=path if parent is None else path.rsplit(" ", 1)[1], parent=parent)
    if command.hidden:
        return []
    usage = " ".join((path, *command.collect_usage_pieces(context)))
    lines = ["", f"## {path}", "", f"`{usage}`", *_help(inspect.cleandoc(command.help or ""))]
    records = [record for p in command.get_params(context) if (record := p.get_help_record(context)) is not None]
    rows = [(f"`{option}`", _escaped(_flat(text))) for option, text in records if _is_told(option)]
    if rows:
        lines += ["", *_table(("option", "meaning"), rows)]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            assert sub is not None, f"{path} lists {name} and does not have it"
            lines += _click(sub, f"{path} {name}", context)
    return lines


def _is_told(option: str) -> bool:
    """Whether an option is told with its command: not what all commands have, nor arguments, which the usage tells."""
    return option.startswith("-") and not re.match(r"--help|-h, |--url |--key |-o, --output ", option)


def _help(text: str) -> Iterator[str]:
    """Paragraphs; one that begins with click's mark for "as it is" becomes a block."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            yield from ("", "```text", paragraph.removeprefix("\b").strip("\n"), "```")
        else:
            yield from ("", _flat(paragraph))


# HTTP API


def openapi(engine: Engine) -> dict[str, Any]:
    """The OpenAPI document of the application over this engine."""
    services = Services(
        engine=engine, settings=settings.Settings(), vault=Vault(b"docs"), passwords=Passwords(), entropy=engine.entropy
    )
    return make_app(services).openapi_schema.to_schema()


def _api(engine: Engine) -> str:
    document = openapi(engine)
    by_tag: dict[str, list[str]] = {}
    for path in sorted(document["paths"]):
        for method in METHODS:
            operation = document["paths"][path].get(method)
            if operation is not None:
                by_tag.setdefault(operation.get("tags", ["other"])[0], []).extend(_operation(method, path, operation))
    lines = [
        "The document itself is at `/api/openapi.json` (OpenAPI 3.1). Show an API key as `Authorization: Bearer "
        "<key>`. Errors are problem details (RFC 9457) with a stable `reason`: see [Refusals](refusals.md). A POST "
        "may carry an `Idempotency-Key`; a GET of one thing gives an `ETag`, which a PUT or DELETE may send as "
        "`If-Match`.",
    ]
    for tag in sorted(by_tag):
        lines += ["", f"## {tag}", *by_tag[tag]]
    lines += ["", "## Shapes"]
    for name, schema in sorted(document["components"]["schemas"].items(), key=lambda item: _short(item[0])):
        lines += _schema(_short(name), schema)
    return _page("HTTP API", lines)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> list[str]:
    lines = ["", f"### {method.upper()} {path}", "", _flat(operation.get("description", ""))]
    rows = [
        (f"`{p['name']}`", p["in"], _type(p.get("schema", {})), _flat(p.get("description", "")))
        for p in operation.get("parameters", ())
        if p["in"] != "path"
    ]
    if rows:
        lines += ["", *_table(("parameter", "in", "type", "meaning"), rows)]
    if body := _content(operation.get("requestBody")):
        lines += ["", f"Body: {body}"]
    for status, answer in sorted(operation["responses"].items()):
        if status.startswith("2"):
            lines += ["", f"Answers {status}: {_content(answer) or 'nothing'}"]
    return lines


def _content(holder: Mapping[str, Any] | None) -> str:
    kinds = (holder or {}).get("content", {})
    return ", ".join(_type(kind.get("schema", {})) for kind in kinds.values())


def _schema(name: str, schema: Mapping[str, Any]) -> list[str]:
    required = set(schema.get("required", ()))
    rows = [
        (f"`{field}`", _type(one), "yes" if field in required else "–", _flat(one.get("description", "")))
        for field, one in schema.get("properties", {}).items()
    ]
    lines = ["", f"### {name}"]
    if schema.get("description"):
        lines += ["", _flat(schema["description"])]
    return [*lines, "", *_table(("field", "type", "required", "meaning"), rows)] if rows else lines


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = _short(schema["$ref"].removeprefix(SCHEMAS))
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[word]))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "enum" in schema:
        words += f" ({', '.join(f'`{one}`' for one in schema['enum'])})"
    elif "const" in schema:
        words += f" (`{schema['const']}`)"
    return f"{words} ({schema['format']})" if "format" in schema else words


def _short(name: str) -> str:
    """`Page_tocsin.web.api.people.UserShown_` is `Page of UserShown`."""
    generic, _, inner = name.partition("_")
    return f"{generic} of {inner.rstrip('_').rpartition('.')[2]}" if inner else name.rpartition(".")[2]


# Markdown


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join((f"# {title}", "", NOTICE, "", *lines)).rstrip() + "\n"


def _table(head: Sequence[str], rows: Rows) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in cells]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def _doc(cls: type) -> str:
    return _flat(inspect.cleandoc(cls.__doc__ or ""))


def _flat(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def main() -> int:
    """Write the pages, or with --check say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    only_check = parser.parse_args().check
    stale = differences()
    for path, text in stale.items():
        if not only_check:
            (REFERENCE / path).parent.mkdir(parents=True, exist_ok=True)
            (REFERENCE / path).write_text(text, "utf-8")
        sys.stdout.write(f"{'out of date' if only_check else 'written'}: docs/reference/{path}\n")
    return 1 if only_check and stale else 0


def differences() -> dict[str, str]:
    """The pages that are not as the code says, with the text they should have."""
    return {path: text for path, text in pages().items() if _committed(path) != text}


def _committed(path: str) -> str | None:
    file = REFERENCE / path
    return file.read_text("utf-8") if file.exists() else None


if __name__ == "__main__":
    sys.exit(main())
