"""Evaluating a bound: against numpy written by hand, against sympy, and from a cold start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bounds
from benchmarks import Benchmark, Measured, NotMeasured, compare, paired

_H = np.round(np.linspace(10, 1000, 100))[:, None, None]
_BINS = np.arange(2, 102)[None, :, None]
_DEMOS = np.geomspace(10, 1e6, 100)[None, None, :]
_VALUES: dict[str, Any] = {"log_class_size": 50.0, "delta": 0.05, "C": 0.5, "eta": 0.9, "L": 0.01}
_OPTIONS = {
    "--theorem": "theorem_2",
    "--horizon": "50",
    "--eps-q": "0.001",
    "--demos": "1000",
    "--class-size": "256",
    "--gain": "0.5",
    "--decay": "0.5",
    "--tv-lipschitz": "2",
}
_GRID = "evaluate 100×100×100 (H, bins, n) / numpy by hand"
_SYMPY = "evaluate, a point / sympy subs().doit().evalf()"
_COLD = {"quantbc bound, cold / import numpy": "<= 3", "quantbc --help, cold / import numpy": "<= 2"}
_BOUND = ["bound", *(word for option in _OPTIONS.items() for word in option)]


def by_hand() -> NDArray[np.float64]:
    """Theorem 2, sharp, as a numpy expert would write it for this grid and nothing else.

    Factored: the radius on (H, n) only; the geometric sums on H only, with the bins' errors multiplied in afterwards;
    the hazards on (bins, steps), one pass for all horizons with plain cumsum, log1p and expm1 as the accuracy needs;
    the full grid is touched by one addition. No checks of the input, no overflow, no other theorem, gain or modulus.
    """
    C, eta, L = _VALUES["C"], _VALUES["eta"], _VALUES["L"]
    H, eps_q, n = _H[:, 0, 0], 0.5 / _BINS[0, :, 0], _DEMOS[0, 0]
    radius = np.sqrt(-np.expm1(-2.0 * (np.log(np.expm1(_VALUES["log_class_size"])) - np.log(_VALUES["delta"])) / n))
    moved = np.concatenate([[0.0], np.cumsum(C * eta ** np.arange(H.max() - 1))])
    hazard = np.minimum(1.0, (L * eps_q)[:, None] * moved)
    decoupling = np.cumsum(-np.expm1(np.cumsum(np.log1p(-hazard), axis=1)), axis=1)
    steps = H.astype(np.intp) - 1
    rest = decoupling[:, steps].T + np.outer(np.cumsum(moved)[steps] + H, eps_q)
    return np.asarray((H[:, None] * radius)[:, None, :] + rest[:, :, None])


def by_bounds() -> NDArray[np.float64]:
    """The same through the package."""
    return bounds.evaluate(bounds.catalog["theorem_2"], H=_H, n=_DEMOS, eps_q=0.5 / _BINS, **_VALUES).total


def grid(quick: bool) -> Iterator[Measured]:
    """A 100 x 100 x 100 open grid of (H, bins, n), total included.

    Raises:
        NotMeasured: the two disagree.
    """
    if not np.allclose(by_bounds(), by_hand(), rtol=1e-12, atol=0):
        raise NotMeasured("the package and the hand-written evaluation disagree")
    yield compare(_GRID, by_bounds, by_hand, 10 if quick else 60)


def against_sympy(quick: bool) -> Iterator[Measured]:
    """Seconds a point: sympy substitutes one point with a short horizon, the package fills the grid.

    A short horizon favours sympy, whose sums have H terms; on the grid H goes from 10 to 1000.

    Raises:
        NotMeasured: the two disagree at the point.
    """
    theorem = bounds.catalog["theorem_2"]
    formula = theorem.expression()
    point = {**_VALUES, "H": 10 if quick else 30, "n": 1000.0, "eps_q": 0.01}
    values = {bounds.symbol(name): value for name, value in (point | {"L_x": 1.0, "L_u": 1.0}).items()}

    def by_sympy() -> float:
        return float(formula.subs(values).doit().evalf())

    if not np.isclose(by_sympy(), bounds.evaluate(theorem, **point).total, rtol=1e-9, atol=0):
        raise NotMeasured("the package and sympy disagree")
    points = _H.size * _BINS.size * _DEMOS.size
    row = paired([by_bounds, by_sympy], 3 if quick else 9).row(_SYMPY, 0, 1, speedup=True, scale=points)
    yield row._replace(ours=row.ours / points, reference=row.reference / points)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def cold_start(quick: bool) -> Iterator[Measured]:
    """The command line from nothing, against importing numpy.

    Raises:
        NotMeasured: the command line is not installed next to this Python.
    """
    program = Path(sys.executable).with_name("quantbc")
    if not program.exists():
        raise NotMeasured(f"quantbc must be installed to time its cold start: {program} does not exist")
    works = [
        partial(_run, str(program), *_BOUND),
        partial(_run, str(program), "--help"),
        partial(_run, sys.executable, "-c", "import numpy"),
    ]
    timings = paired(works, 5 if quick else 21)
    for index, name in enumerate(_COLD):
        yield timings.row(name, index, 2)


BENCHMARKS = (
    Benchmark({_GRID: "<= 1.3"}, grid),
    Benchmark({_SYMPY: ">= 1e5"}, against_sympy),
    Benchmark(_COLD, cold_start),
)
