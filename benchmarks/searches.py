"""Long searches for a counterexample: ``python -m benchmarks.searches docs/searches.md`` writes the table.

Random systems, then changes of those with the largest ratios of regret to bound, in far greater numbers than
``quantbc verify`` has time for.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from proofs_check.random_cases import build, mutate, random_genome
from proofs_check.random_loops import build_loop, mutate_loop, random_loop
from proofs_check.ratios import Ratios, climb

_HEAD = """# Searches for counterexamples

`python -m benchmarks.searches docs/searches.md` draws {count} random finite systems with arbitrary learners, a tenth
as many linear loops, and as many changes of the worst of either: hill climbing on |regret| / bound, statement by
statement, seed {seed}. Distances, moduli, gains and errors are computed for every system, so that a ratio above 1 would
be a counterexample. That the search would tell is tested on bounds with a term left out, and that 0.999 of a term is
too little on the witnesses (`tests/proofs_check/test_ratios.py`, `tests/proofs_check/test_tightness.py`).

Statements that few of these systems meet are below 2000, among them all on a learner's own loop. Chunks, augmentation,
dithered bins, two given pairs, traps and radii are not searched here: `quantbc verify` and their tests do, on fewer.

| statement | systems | largest ratio |
|---|---|---|
"""


def search(count: int, seed: int) -> Ratios:
    """Both kinds of systems, `count` random ones and as many changes, a tenth of them loops, which are slower.

    Example:
        >>> max(search(10, 0).largest.values()) <= 1
        True
    """
    rng = np.random.default_rng(seed)
    found = climb(random_genome, mutate, build, rng, systems=count, steps=count)
    loops = climb(random_loop, mutate_loop, build_loop, rng, systems=count // 10, steps=count // 10)
    for key, ratio in loops.largest.items():
        found.cases[key] = found.cases.get(key, 0) + loops.cases[key]
        found.largest[key] = max(found.largest.get(key, 0.0), ratio)
    return found


def page(count: int = 2000, seed: int = 0) -> str:
    """The table.

    Example:
        >>> "| theorem_2 |" in page(5)
        True
    """
    found = search(count, seed)
    rows = [f"| {key} | {found.cases[key]} | {ratio:.4f} |" for key, ratio in sorted(found.largest.items())]
    return _HEAD.format(count=count, seed=seed) + "\n".join(rows) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
