"""The simulator finds what it is there for, and the house holds on kept seeds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.plants import PLANTS
from tocsin.sim.checkers import Broken
from tocsin.sim.run import run

HERE = Path(__file__).parent
KEPT = [line.partition("#") for line in (HERE / "seeds.txt").read_text("utf-8").splitlines() if line[:1].isdigit()]


@pytest.mark.parametrize("seed", [int(seed) for seed, _, _ in KEPT])
def test_a_seed_that_found_a_bug_holds(seed: int) -> None:
    run(seed, 2.0)


@pytest.mark.parametrize("seed", range(3))
def test_half_a_day_with_faults_holds_and_is_full_of_life(seed: int) -> None:
    counts = run(seed, 0.5).counts
    assert counts["heard"] > 10
    assert counts["answered"] > 100
    assert counts["compared"] > 1


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found(name: str) -> None:
    parts, words = PLANTS[name]
    with pytest.raises(Broken, match=words):
        for seed in (37, 7, 8, 9, 10, 11, 25, 53, 58):
            run(seed, 0.5, parts)


def test_a_story_tells_seed_instant_and_what_went_before() -> None:
    with pytest.raises(Broken) as caught:
        run(1, 0.5, PLANTS["effect before ink"][0])
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("seed 1 at 2026-03-2")
    assert any("PageDue" in line or "leaves for" in line for line in lines[2:])


def test_the_same_seed_gives_the_same_digest_whatever_the_hash_seed() -> None:
    assert _digest(1, "Parts()") == _digest(2, "Parts()")


def test_a_decision_in_the_order_of_a_set_is_found_by_its_digest() -> None:
    assert _digest(1, "Parts(world=OrderByHash)") != _digest(2, "Parts(world=OrderByHash)")


def _digest(hash_seed: int, parts: str) -> str:
    code = (
        "from sim.plants import OrderByHash\nfrom tocsin.sim.house import Parts\nfrom tocsin.sim.run import run\n"
        f"print(run(4, 0.3, {parts}).digest)"
    )
    paths = os.pathsep.join([str(HERE.parent), *sys.path])
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
