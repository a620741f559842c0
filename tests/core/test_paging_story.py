"""Paging: whatever people, channels and clocks do, what needs somebody has somebody called, or somebody knows that
nobody can be."""

from __future__ import annotations

import pytest
from chronicle import Story, restart
from pager import HOUR
from sceptic import Sceptic

STEPS = 120
FOUND = {2: "rounds burned in seconds", 11: "who had left hid others", 21: "told twice once an answer was undone"}
"""Seeds of stories that showed a defect, of those that were mended."""


@pytest.mark.parametrize("seed", sorted({*range(30), *FOUND}))
def test_what_needs_somebody_has_somebody_called_or_somebody_knows(seed: int) -> None:
    story = Story(seed, Sceptic().look)
    try:
        for _ in range(STEPS):
            story.step()
        restart(story)
        story.wait(2 * HOUR)
    except AssertionError as found:
        raise AssertionError("\n".join([*story.log[-40:], str(found)])) from found
