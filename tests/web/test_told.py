"""Every event is told in both languages, whatever it says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tocsin.core.world import codec
from tocsin.shell.i18n import LANGUAGES, translator
from tocsin.shell.journal.why import values_of
from tocsin.web.words import told

SAMPLES = Path(__file__).parents[1] / "golden" / "0.1.0.jsonl"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_event_is_told_by_its_class_name_or_with_a_gap(language: str) -> None:
    say, read = translator(language), codec()
    for line in SAMPLES.read_bytes().splitlines():
        sample = msgspec.json.decode(line)
        event = read.decode(sample["type"], sample["version"], msgspec.json.encode(sample["body"]).decode())
        text = told(say, f"why.{type(event).__name__}", values_of(event), str)
        assert "{" not in text and not text.startswith("why."), text
