"""Writes the OpenAPI document of the code as it stands: `python docs/make_openapi.py FILE`. The types of the web
interface are made from it (`make api`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from make_reference import openapi

from tocsin.core.world import World, codec
from tocsin.shell.engine import Engine
from tocsin.shell.journal.memory import MemoryJournal
from tocsin.shell.real import SteadyClock, SystemEntropy, ThreadDisk


def main(path: str) -> None:
    """Write it, with sorted keys, so that the same code gives the same bytes."""
    engine = Engine(World(), codec(), MemoryJournal(codec()), 0, SteadyClock(), ThreadDisk(), SystemEntropy())
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(openapi(engine), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
