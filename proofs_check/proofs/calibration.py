"""The exponent of the statistical radius: what ties exp(-x), of which the kernel speaks, to delta, n and the class.

The kernel bounds the probability that the learner is far by (N - 1) a^n, for every number a; here a = exp(-x).
"""

from __future__ import annotations

import sympy
import z3

from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.smt import Smt, largest
from proofs_check.engines.symbolic import Identity
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "calibration"


def proof() -> Proof:  # long: one argument, its steps read in order
    """Calibration, truncation at 0, and the simple bound of the exponent."""
    N, delta, n = sympy.symbols("N delta n", positive=True)
    x = (sympy.log(N - 1) + sympy.log(1 / delta)) / n
    calibrated = Identity((N - 1) * sympy.exp(-n * x), delta, {N: (2, 50), delta: (0, 1), n: (1, 9)})
    alone, d, log_odds = z3.Reals("wrong delta odds")
    truncated = Smt(
        alone == 0,
        {
            "delta": z3.And(d > 0, d < 1),
            "whole": z3.Or(alone == 0, alone >= 1),
            "x = 0": alone / d <= 1,
            "odds": log_odds >= 0,
        },
    )
    small, large, gap, growth = z3.Reals("small large gap growth")
    log_step = Smt(
        gap <= 0,
        {"exp": growth * large == small, "range": z3.And(small > 0, small <= large)},
        {el.EXP_BOUND: el.exponential(-gap, growth)},
    )
    log_less = Step(
        "log_less",
        "log is nondecreasing: for 0 < a <= b, log a <= log b. From exp(g) b = a with g = log a - log b and exp(g) "
        ">= 1 + g.",
        log_step,
        (
            Mutant("a <= b dropped", log_step.supposing({"range": z3.And(small > 0, large > 0)})),
            Mutant("exp bound dropped", log_step.without(el.EXP_BOUND)),
        ),
        (el.EXP_BOUND, EXPONENTIAL.reference),
    )
    decay, at, log_n, odds, size, simple, log_wrong = z3.Reals("decay x log_n odds n simple log_wrong")
    shrink = Smt(
        2 * (1 - decay) <= 2 * simple,
        {
            "x": at == largest(z3.RealVal(0), (log_wrong + odds) / size),
            "log(N-1) <= log N": log_wrong <= log_n,
            "simple": simple == (log_n + odds) / size,
            "range": z3.And(size >= 1, log_n >= 0, odds >= 0),
        },
        {el.EXP_BOUND: el.exponential(at, decay)},
    )
    steps = (
        Step(
            "calibration",
            "At x = (log(N - 1) + log(1/delta)) / n: (N - 1) e^(-nx) = delta.",
            calibrated,
            (
                Mutant(
                    "log(1/delta) dropped",
                    Identity((N - 1) * sympy.exp(-sympy.log(N - 1)), delta, {N: (2, 50), delta: (0, 1)}),
                ),
            ),
            (EXPONENTIAL.reference,),
            r"(N-1)e^{-nx} = \delta",
        ),
        Step(
            "truncation",
            "Where the formula for x is negative it is replaced by 0: (N - 1)/delta <= 1 with delta < 1 leaves no "
            "wrong policy at all.",
            truncated,
            (
                Mutant("delta may be larger than 1", truncated.supposing({"delta": d > 0})),
                Mutant("(N - 1)/delta <= 2", truncated.supposing({"x = 0": alone / d <= 2})),
            ),
        ),
        log_less,
        Step(
            "simple",
            "2 (1 - e^(-x)) <= 2 x <= 2 (log N + log(1/delta)) / n for N >= 1.",
            shrink,
            (
                Mutant("1 - x <= e^(-x) dropped", shrink.without(el.EXP_BOUND)),
                Mutant("factor 2 lost", shrink.concluding(2 * (1 - decay) <= simple)),
                Mutant("log(N-1) <= log N dropped", shrink.without("log(N-1) <= log N")),
            ),
            (el.EXP_BOUND,),
            r"2(1-e^{-x}) \le 2(\log N + \log(1/\delta))/n",
        ),
    )
    source = "arXiv:2603.20538, statistical lemmas, explicit constants"
    return Proof(KEY, "The exponent of the statistical radius", "lemma", "explicit", source, steps)
