"""Lower bounds: what no algorithm can avoid on some instance with a 1-Lipschitz reward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bounds import gaussian_trap, traps
from bounds.numerics import Array
from bounds.symbols import symbol
from bounds.terms import Closed, Form
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


_PAPER = "arXiv:2603.20538"
_NEEDS = (need("H"), need("n"), need("eps_q"))
LABELS_ONLY = Assumption(
    "labels_only", "the algorithm sees the first states and action labels of n demonstrations only"
)
BINNED = Assumption(
    "uniform_binning", "actions in [0, 1] are binned uniformly with sup error eps_q; 1-Lipschitz reward"
)


def _unseen_number(values: Values, form: Form) -> Array:
    """H * (1 - 4 eps_q) / 2 * Delta (1 - Delta)^n at Delta = 1 / (n + 1), or with 1 / (e (n + 1)) for it."""
    n = values["n"]
    power = np.exp(-1.0) if form == "simple" else np.exp(n * np.log1p(-1.0 / (n + 1.0)))
    return values["H"] * (0.5 * (1.0 - 4.0 * values["eps_q"])) * (power / (n + 1.0))


def _unseen_formula(form: Form) -> sympy.Expr:
    import sympy

    H, n, eps_q = symbol("H"), symbol("n"), symbol("eps_q")
    power = sympy.exp(-1) if form == "simple" else (1 - 1 / (n + 1)) ** n
    return H * (1 - 4 * eps_q) / 2 * power / (n + 1)


def _two_point_number(values: Values, form: Form) -> Array:
    """H * (1 - 2 eps_q) * 3 / (8 sqrt(n))."""
    return values["H"] * ((1.0 - 2.0 * values["eps_q"]) * (0.375 / np.sqrt(values["n"])))


def _two_point_formula(form: Form) -> sympy.Expr:
    import sympy

    H, n, eps_q = symbol("H"), symbol("n"), symbol("eps_q")
    return H * (1 - 2 * eps_q) * sympy.Rational(3, 8) / sympy.sqrt(n)


QUANTIZATION = Closed(
    (need("H"), need("eps_q")),
    lambda values, form: values["H"] * values["eps_q"],
    lambda form: symbol("H") * symbol("eps_q"),
)

THEOREM_8 = Theorem(
    key="theorem_8",
    title="Lower bound for a deterministic expert: data and quantization both cost",
    sense=Sense.LOWER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Theorem 8",
    statement=(
        "For every algorithm some instance with a deterministic expert has expected regret at least the value; it is "
        "the exact minimax value of the instance family."
    ),
    assumptions=(
        LABELS_ONLY,
        BINNED,
        Assumption(
            "narrow_bins", "bins are at most half the action range", "eps_q <= 1/4", lambda v: v["eps_q"] <= 0.25
        ),
    ),
    terms={"imitation": Closed(_NEEDS, _unseen_number, _unseen_formula), "quantization": QUANTIZATION},
    paper_rate=r"H\left(\frac{1}{n} + \varepsilon_q\right)",
    increasing=("H", "eps_q"),
    decreasing=("n",),
    tight=(("FourExperts", "imitation"), ("FourExperts", "quantization")),
)

THEOREM_9 = Theorem(
    key="theorem_9",
    title="Lower bound for a stochastic expert",
    sense=Sense.LOWER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Theorem 9",
    statement=(
        "For every algorithm some instance with a stochastic, possibly suboptimal expert has, with probability at "
        "least 1/8, regret at least the value."
    ),
    assumptions=(
        LABELS_ONLY,
        BINNED,
        Assumption("two_codes", "two distinct codes exist", "eps_q < 1/2", lambda v: v["eps_q"] < 0.5),
    ),
    terms={"imitation": Closed(_NEEDS, _two_point_number, _two_point_formula), "quantization": QUANTIZATION},
    paper_rate=r"H\left(\sqrt{\frac{1}{n}} + \varepsilon_q\right)",
    increasing=("H", "eps_q"),
    decreasing=("n",),
    tight=(("TwoExperts", "imitation"), ("TwoExperts", "quantization")),
)

THEOREMS = (*traps.THEOREMS, *gaussian_trap.THEOREMS, THEOREM_8, THEOREM_9)
"""Lower bounds, the traps among them, in the order of the catalog."""
