"""Runs the ```console blocks of a page in one shell, and compares what comes out with what the page shows.

Law: a line that begins with `$ ` is a command; it goes on while it ends with a backslash or a quote or here-document is
open; the other lines are output that must appear, in this order; `…` stands for anything, and spaces are not counted.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HERE = re.compile(r"<<'(\w+)'")
PROMPT = "$ "
PATIENCE_S = 300
MARK = "--8<-- done"


class Step(NamedTuple):
    """One command and the lines it should print."""

    command: str
    shown: tuple[str, ...]


def steps(page: str) -> list[Step]:
    """The commands of a page, in order."""
    return [step for block in BLOCK.findall(page) for step in _steps_of(block)]


def _steps_of(block: str) -> Iterator[Step]:
    command, shown = "", list[str]()
    for line in block.splitlines():
        if command and _goes_on(command):
            command += "\n" + line
        elif line.startswith(PROMPT):
            if command:
                yield Step(command, tuple(shown))
            command, shown = line.removeprefix(PROMPT), []
        elif line.strip():
            assert command, f"output without a command: {line!r}"
            shown.append(line)
    if command:
        yield Step(command, tuple(shown))


def _goes_on(command: str) -> bool:
    if here := HERE.search(command):
        return not command.endswith(f"\n{here[1]}")
    return command.endswith("\\") or command.count("'") % 2 == 1


def missing(shown: tuple[str, ...], output: str) -> str:
    """The first of the shown lines that does not appear in the output after those before it; empty for none."""
    lines = iter(output.splitlines())
    for wanted in shown:
        pattern = re.compile(".*?".join(map(re.escape, _plain(wanted).split("…"))))
        if not any(pattern.fullmatch(_plain(line)) for line in lines):
            return wanted
    return ""


def _plain(line: str) -> str:
    return " ".join(line.split())


def run(page: Path, directory: Path, environment: Mapping[str, str], replace: Mapping[str, str]) -> None:
    """Run a page's commands in a directory. `replace` changes texts of the page, such as its port, before."""
    text = page.read_text("utf-8")
    for old, new in replace.items():
        text = text.replace(old, new)
    found = steps(text)
    assert found, f"{page} has no console block"
    script = "\n".join(f"{step.command}\nprintf '\\n{MARK} %s\\n' $?" for step in found)
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n{script}\n"],
        cwd=directory, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    told = re.split(rf"^{MARK} (\d+)$", done.stdout, flags=re.MULTILINE)
    outputs, codes = told[0::2], told[1::2]
    for number, step in enumerate(found):
        assert number < len(codes), f"{page.name}: the shell ended at\n$ {step.command}\n{outputs[-1]}"
        assert codes[number] == "0", f"{page.name}: exit code {codes[number]}\n$ {step.command}\n{outputs[number]}"
        line = missing(step.shown, outputs[number])
        assert not line, f"{page.name}: no line {line!r}\n$ {step.command}\n{outputs[number]}"
