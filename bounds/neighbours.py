"""Statements of other papers, for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bounds.numerics import Array
from bounds.symbols import symbol
from bounds.terms import Closed, Form, Imitation, Radius, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import DETERMINISTIC_ACTIONS
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


RAW_DATA = Assumption("raw_demonstrations", "n independent expert trajectories with their raw actions")
RAW_REALIZABLE = Assumption("realizable_expert", "the finite policy class contains the expert itself")
UNIT_REWARDS = Assumption("unit_rewards", "rewards lie in [0, 1]")


def _compounding_number(values: Values, form: Form) -> Array:
    """H * min(1, H * step_error), or without the cap."""
    mismatch = values["H"] * values["step_error"]
    return values["H"] * (np.minimum(mismatch, 1.0) if form == "sharp" else mismatch)


def _compounding_formula(form: Form) -> sympy.Expr:
    import sympy

    mismatch = symbol("H") * symbol("step_error")
    return symbol("H") * (sympy.Min(1, mismatch) if form == "sharp" else mismatch)


ROSS_BAGNELL = Theorem(
    key="ross_bagnell",
    title="Compounding errors of behavior cloning without quantization",
    sense=Sense.UPPER,
    provenance=Provenance.CITED,
    source="S. Ross, J. A. Bagnell, Efficient Reductions for Imitation Learning (2010), Theorem 2.1; proved again here",
    statement=(
        "A policy that differs from a deterministic expert with probability step_error per step, on average over the "
        "expert's own states, has regret at most the value."
    ),
    assumptions=(DETERMINISTIC_ACTIONS, UNIT_REWARDS),
    terms={
        "imitation": Closed((need("H"), need("step_error")), _compounding_number, _compounding_formula),
        "decoupling": Zero(),
        "drift": Zero(),
    },
    paper_rate=r"H^2\epsilon",
    increasing=("H", "step_error"),
    decreasing=(),
    tight=(("FirstStepErrors", "imitation"),),
)

FOSTER_LOG_LOSS = Theorem(
    key="foster_log_loss",
    title="Log-loss behavior cloning without quantization",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=(
        "corollary of the lemmas behind arXiv:2603.20538, Theorem 3, without a quantizer; "
        "D. J. Foster, A. Block, D. Misra, arXiv:2407.15007, Section 2, have the constant 8 for 2"
    ),
    statement=(
        "With probability at least 1 - delta, log-loss behavior cloning of a deterministic expert over a realizable "
        "finite class, raw actions observed, has regret at most the value."
    ),
    assumptions=(RAW_DATA, RAW_REALIZABLE, DETERMINISTIC_ACTIONS, UNIT_REWARDS),
    terms={"imitation": Imitation(Radius(multiplier=2, root=False)), "decoupling": Zero(), "drift": Zero()},
    paper_rate=r"\frac{H\log(N/\delta)}{n}",
    increasing=("H", "log_class_size"),
    decreasing=("n", "delta"),
    tight=(("UnsureLearner", "imitation"),),
)

THEOREMS = (ROSS_BAGNELL, FOSTER_LOG_LOSS)
"""Neighbouring results, in the order of the catalog."""
