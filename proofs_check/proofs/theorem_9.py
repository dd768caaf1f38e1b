"""Theorem 9: that its constant and its value cannot be raised for these two experts."""

from __future__ import annotations

import z3

from bounds.catalog import catalog
from proofs_check.engines.smt import Smt, between
from proofs_check.ledger import Mutant, Proof, Step

KEY = "theorem_9"


def proof() -> Proof:  # long: one argument, its steps read in order
    """What the kernel does not say of Theorem 9."""
    horizon, eps, bias, m, a, tv = z3.Reals("H eps Delta m a tv")
    half = z3.Q(1, 2)
    plus = horizon * ((half + bias) * 1 + (half - bias) * (2 * eps) - m)
    minus = horizon * (m - (half - bias) * (1 - 2 * eps) - (half + bias) * 0)
    value = horizon * ((1 - 2 * eps) * bias + eps)
    ranges = {"ranges": z3.And(horizon >= 1, between(0, eps, half), between(0, bias, half))}
    equal = Smt(z3.And(plus == value, minus == value), {**ranges, "m": m == half})
    inside = {"ranges": z3.And(horizon >= 1, eps > 0, eps < half, bias > 0, bias < half)}
    steps = (
        Step(
            "best_constant",
            "3/8 is the best constant of this reduction that serves all n: at n = 1, TV = 2 c exactly, and (1 - "
            "TV)/2 >= 1/8 needs c <= 3/8.",
            Smt((1 - tv) / 2 < z3.Q(1, 8), {"n = 1": tv == 2 * a, "c": a > z3.Q(3, 8)}),
            (
                Mutant(
                    "at c = 3/8 it still works",
                    Smt((1 - tv) / 2 < z3.Q(1, 8), {"n = 1": tv == 2 * a, "c": a >= z3.Q(3, 8)}),
                ),
            ),
        ),
        Step(
            "attained",
            "The constant policy m = 1/2 loses exactly the value to both experts, so it cannot be raised for this "
            "family.",
            equal,
            (
                Mutant(
                    "bound x 1.001: one of the two would have to lose more",
                    equal.supposing(inside).concluding(
                        z3.Or(plus >= z3.Q(1001, 1000) * value, minus >= z3.Q(1001, 1000) * value)
                    ),
                ),
                Mutant("m = 0.49", equal.supposing({**inside, "m": m == z3.Q(49, 100)})),
            ),
        ),
    )
    theorem = catalog[KEY]
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
