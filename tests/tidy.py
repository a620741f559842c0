"""The rules import-linter cannot see: taste as functions from source text to complaints. Used by test_tidy.py."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

LINES_MAX = 500
FUNCTION_LINES_MAX = 70
FURNITURE = {"__init__", "commands", "events", "rules", "state", "views", "decide", "react"}
PURE = ("tocsin/kernel/", "tocsin/core/")
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "hash", "id", "breakpoint", "globals"}
STDLIB_PURE = {
    "__future__", "base64", "bisect", "binascii", "calendar", "collections", "contextlib", "dataclasses", "datetime",
    "enum", "functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "operator", "re", "string", "struct",
    "types", "typing", "unicodedata", "urllib", "xml", "zlib", "email",
}  # fmt: skip
THIRD_PARTY_PURE = {
    "msgspec": "tocsin/",
    "cel": "tocsin/kernel/expr.py",
    "re2": "tocsin/kernel/matcher.py",
    "whenever": "tocsin/kernel/zone.py",
    "zoneinfo": "tocsin/kernel/zone.py",
    "defusedxml": "tocsin/core/intake/rules",
}
"""What the pure inside may import beside the standard library, and where; each has a decision record."""
BROAD_EXCEPT_HOMES = {"tocsin/shell/engine.py", "tocsin/shell/outbox.py"}
LAZY_IMPORT_HOMES = ("tocsin/cli/",)
"""The command line imports what a command needs when it runs, so that `tocsin --help` starts fast."""


def complaints(path: str, text: str) -> list[str]:
    """Everything untidy in one file; `path` begins with `tocsin/` and has forward slashes."""
    tree = ast.parse(text)
    found = [*_size(path, text), *_functions(tree), *_excepts(path, tree), *_lazy_imports(path, tree)]
    if path.startswith(PURE):
        found += [*_pure_calls(tree), *_pure_imports(path, tree), *_sets(tree), *_async(tree), *_globals(tree)]
    if path.startswith("tocsin/core/"):
        found += [*_furniture(path), *_docstrings(path, tree)]
    return [f"{path}:{line}: {what}" for line, what in found]


Found = Iterator[tuple[int, str]]


def _size(path: str, text: str) -> Found:
    lines = text.count("\n")
    if lines > LINES_MAX:
        yield lines, f"the file has {lines} lines, {LINES_MAX} are the most"
    if not ast.get_docstring(ast.parse(text)):
        yield 1, "the module has no docstring"


def _functions(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield node.lineno, f"{node.name} has {length} lines, {FUNCTION_LINES_MAX} are the most"


def _excepts(path: str, tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and path not in BROAD_EXCEPT_HOMES and _is_broad(node.type):
            yield node.lineno, "a broad except outside its two homes"


def _is_broad(kind: ast.expr | None) -> bool:
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def _lazy_imports(path: str, tree: ast.Module) -> Found:
    if path.startswith(LAZY_IMPORT_HOMES):
        return
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, "an import inside a function"


def _pure_calls(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield node.lineno, f"{node.func.id}() in the pure inside"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = ast.unparse(node.func)
            if name in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}:
                yield node.lineno, f"{name}() reads the clock"


def _pure_imports(path: str, tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top in STDLIB_PURE or top == "tocsin":
                continue
            if not path.startswith(THIRD_PARTY_PURE.get(top, "nowhere")):
                yield node.lineno, f"{name} is not for the pure inside"


def _sets(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        iterables: list[ast.expr] = []
        if isinstance(node, ast.For):
            iterables = [node.iter]
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            iterables = [generator.iter for generator in node.generators]
        for iterable in iterables:
            if isinstance(iterable, ast.Set | ast.SetComp) or (
                isinstance(iterable, ast.Call)
                and isinstance(iterable.func, ast.Name)
                and iterable.func.id in {"set", "frozenset"}
            ):
                yield node.lineno, "iteration over a set: its order is chance"


def _async(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "async in the pure inside"


def _globals(tree: ast.Module) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, "a global statement"


def _furniture(path: str) -> Found:
    parts = PurePosixPath(path).parts
    if len(parts) < 4:
        return
    stem = parts[3].removesuffix(".py")
    if stem not in FURNITURE:
        yield 1, f"{stem} is no furniture of a room"


def _docstrings(path: str, tree: ast.Module) -> Found:
    if PurePosixPath(path).name not in {"commands.py", "events.py"}:
        return
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.lineno, f"{node.name} has no docstring"
