"""Long searches for a counterexample: ``python -m benchmarks.searches docs/searches.md`` writes the table.

Random systems, then changes of those with the largest ratios of regret to bound, in far greater numbers than
``quantbc verify`` has time for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.search_linear import Dither, Labels, Loop
from benchmarks.search_paths import PathCase, PathGenome, mutate_path, random_path
from benchmarks.search_systems import RolledGenome, Trap, by_rung, by_step, certified, chunks, pairs, radii
from bounds import catalog
from proofs_check.random_cases import Genome, build, mutate, random_genome
from proofs_check.random_loops import build_loop, mutate_loop, random_loop
from proofs_check.ratios import Ratios, climb, ratios

_HEAD = """# Searches for counterexamples

`python -m benchmarks.searches docs/searches.md` draws {count} random systems of every kind and makes half as many
mutations of the worst ones, seed {seed}: hill climbing on the ratio of measurement to bound, for each row of these
tables. A ratio above 1 would be a counterexample. Distances, moduli, gains and errors are computed for every system;
bounds are the catalog's own expressions. That the searches detect a bound from which a term, or part of one, has been
removed is tested (`tests/benchmarks/test_searches.py`, `tests/proofs_check/test_ratios.py`), and so is, on witnesses,
that 0.999 of a term or of a rung is too small (`tests/proofs_check/test_tightness.py`,
`tests/proofs_check/test_ladder.py`).

The systems: finite ones with any learner, greedy or not; linear loops, enumerated; deterministic paths, which allow any
horizon, also in chunks and by Algorithm 1; two pairs of policies; chunk maps and learned models on finite systems;
dithered bins; traps; classes of feedback policies with data. Ratios are exact, or within 1e-8 of exact, with four
exceptions. The regret of traps is enclosed, and the end in favour of the statement counts. For linear systems with
noise the lower end of a confidence interval counts, which fails once in 10⁹. Dithered bins and `return_std` are
integrated numerically, on 65536 points where they come close to their bounds, and 0.002, more than the integration
error, is subtracted from their ratios.
"""
_TABLE = """
## {title}

{text}

| {what} | systems | largest ratio |
|---|---|---|
"""
_STATEMENTS = """Regret over bound; of lower bounds, bound over regret. Statements without a row are about other
quantities or about the worst of several systems, and are not searched here:
{others}."""
_PARTS = """`rung …`: regret over every bound on a rung of the ladder, for every way to specify its symbols.
`radius …`: total variation over the radius, at the true Hellinger distance. `closed form …`: loss and displacement of
every step over the certificate's. `return_…`: range or standard deviation of total rewards over its bound.
`likelihood-ratio set`: the probability that it excludes the expert, over delta."""


@dataclass(frozen=True)
class Family:
    """A kind of random systems, and what is measured on them.

    Attributes:
        fresh: a random description.
        mutated: a changed one.
        measured: ratios by line of the tables.
        share: of the number of systems asked for.
    """

    fresh: Callable[[np.random.Generator], Any]
    mutated: Callable[[Any, np.random.Generator], Any]
    measured: Callable[[Any], Mapping[str, float]]
    share: int = 1


def _cases(measured: Callable[[Any], Mapping[str, float]], change: Callable[[Genome], Genome] = lambda g: g) -> Family:
    return Family(lambda rng: change(random_genome(rng)), mutate, measured)


def _paths(measured: Callable[[Any], Mapping[str, float]], *deployments: str) -> Family:
    def fresh(rng: np.random.Generator) -> PathGenome:
        while True:
            path = random_path(rng)
            if path.deployment in deployments:
                return path

    return Family(fresh, mutate_path, lambda path: measured(PathCase(path)))


def _traps(kind: str) -> Family:
    return Family(lambda rng: Trap.random(kind, rng), Trap.mutated, Trap.ratios)


def _unsure(rng: np.random.Generator) -> Genome:
    """A learner whose labels are drawn, of which the likeliest is deployed."""
    while True:
        genome = _sure(random_genome(rng))
        labels = genome.labels[genome.raw]
        if (labels != labels[:, :1]).any():
            return replace(genome, greedy=True)


def _sure(genome: Genome) -> Genome:
    return replace(genome, expert=np.eye(len(genome.actions))[genome.expert.argmax(axis=1)])


def _kept(genome: Genome) -> Genome:
    """Every action its own code, which `mutate` may change."""
    return replace(_sure(genome), labels=np.arange(len(genome.actions)), greedy=False)


def _quiet(genome: Genome) -> Genome:
    return replace(genome, jump=0.0) if genome.k else genome


FAMILIES: Mapping[str, Family] = {
    "finite": _cases(lambda g: ratios(build(g))),
    "greedy": Family(_unsure, mutate, lambda g: ratios(build(g)) | radii(build(g))),
    "raw": _cases(lambda g: ratios(build(_kept(g))), _kept),
    "radii": _cases(lambda g: radii(build(replace(g, greedy=False)))),
    "rungs": _cases(lambda g: by_rung(build(g), ("C", "eta")), lambda g: replace(g, greedy=False)),
    "pairs": _cases(lambda g: pairs(build(replace(g, greedy=False)))),
    "chunks": _cases(lambda g: ratios(chunks(g)), _quiet),
    "certified": _cases(certified),
    "rolled": Family(RolledGenome.random, RolledGenome.mutated, lambda g: ratios(g.build())),
    "loops": Family(random_loop, mutate_loop, lambda g: ratios(build_loop(g))),
    "paths": _paths(lambda case: ratios(case) | by_rung(case), "plain"),
    "displacements": replace(_paths(by_step, "plain"), share=2),
    "chunked paths": _paths(lambda case: ratios(case) | by_step(case), "chunked"),
    "planned paths": _paths(lambda case: ratios(case) | by_step(case), "augmented"),
    "linear": Family(Loop.random, Loop.mutated, Loop.ratios, share=2),
    "quiet": Family(lambda rng: Loop.random(rng, quiet=True), Loop.mutated, Loop.ratios),
    "labels": Family(Labels.random, Labels.mutated, Labels.ratios),
    "dither": Family(Dither.random, Dither.mutated, Dither.ratios),
    "arctan traps": _traps("arctan"),
    "noisy traps": _traps("noisy"),
    "gaussian traps": _traps("gaussian"),
}
"""Every kind of system, by name."""


def search(name: str, count: int, seed: int) -> Ratios:
    """Systems of one kind, `count` random ones, or twice as many, and half as many changes.

    Example:
        >>> max(search("paths", 10, 0).largest.values()) <= 1
        True
    """
    family, rng = FAMILIES[name], np.random.default_rng([seed, *name.encode()])
    size = count * family.share
    found = climb(family.fresh, family.mutated, family.measured, rng, systems=size, steps=size // 2)
    return Ratios(found.largest, found.cases)


def every(count: int, seed: int) -> Ratios:
    """Systems of every kind, on two processes.

    Returns:
        Numbers of systems and largest ratios; no system.
    """
    total = Ratios()
    with ProcessPoolExecutor(2) as pool:
        running = {pool.submit(search, name, count, seed): name for name in FAMILIES}
        for done in as_completed(running):
            found = done.result()
            print(running[done], {key: round(ratio, 4) for key, ratio in found.largest.items()}, file=sys.stderr)
            for key, ratio in found.largest.items():
                total.cases[key] = total.cases.get(key, 0) + found.cases[key]
                total.largest[key] = max(total.largest.get(key, 0.0), ratio)
    return total


def page(found: Ratios, count: int, seed: int) -> str:
    """The tables.

    Example:
        >>> found = Ratios({"theorem_2": 0.5}, {"theorem_2": 7})
        >>> "| theorem_2 | 7 | 0.5000 |" in page(found, 5, 0)
        True
    """
    steps = {key for key in found.largest if key.endswith(", deviation")}
    others = ", ".join(sorted(catalog.keys() - found.largest.keys()))
    tables = (
        ("Statements", _STATEMENTS.format(others=others), found.largest.keys() & catalog.keys()),
        (
            "Displacements",
            "Of the state at any step, over its bound; systems count where the statement applies.",
            steps,
        ),
        ("Rungs and lemmas", _PARTS, found.largest.keys() - catalog.keys() - steps),
    )
    text = _HEAD.format(count=count, seed=seed)
    for title, what, keys in tables:
        text += _TABLE.format(title=title, text=what, what=title.split()[0].rstrip("s").lower())
        rows = ((key.removesuffix(", deviation"), found.cases[key], found.largest[key]) for key in sorted(keys))
        text += "".join(f"| {name} | {cases} | {ratio:.4f} |\n" for name, cases, ratio in rows)
    return text


if __name__ == "__main__":
    COUNT, SEED = 2000, 0
    Path(sys.argv[1]).write_text(page(every(COUNT, SEED), COUNT, SEED), encoding="utf-8")
