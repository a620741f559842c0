"""The journal in memory keeps the contract."""

from __future__ import annotations

import pytest
from journal_contract import JournalContract, batch, note, row

from tocsin.shell.journal.memory import MemoryJournal


class TestMemoryJournal(JournalContract):
    """The contract, and that its verify can fail."""

    @pytest.fixture
    def journal(self):
        return MemoryJournal()

    def test_changed_row_is_named(self, journal):
        journal.append(batch(1, note("a"), note("b"), note("c")))
        journal._rows[1] = row(2, note("x"))
        assert journal.verify().broken_seq == 2
