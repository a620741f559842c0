"""Paging: whatever people, channels and clocks do, what needs somebody has somebody called, or somebody knows that
nobody can be. Seeds in which it was otherwise are kept."""

from __future__ import annotations

import pytest
from chronicle import Story, restart
from pager import HOUR
from sceptic import Sceptic

STEPS = 120
KEPT: tuple[int, ...] = ()
"""Seeds of stories that found a defect."""


@pytest.mark.parametrize("seed", [*range(30), *KEPT])
def test_what_needs_somebody_has_somebody_called_or_somebody_knows(seed: int) -> None:
    story = Story(seed, Sceptic().look)
    try:
        for _ in range(STEPS):
            story.step()
        restart(story)
        story.wait(2 * HOUR)
    except AssertionError as found:
        raise AssertionError("\n".join([*story.log[-40:], str(found)])) from found
