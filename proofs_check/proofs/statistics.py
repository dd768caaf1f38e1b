"""Lemma S1: log-loss over a finite class finds a law of trajectories close to the expert's in Hellinger distance.

Laws are encoded by their atoms: a claim about sums over atoms is an induction over their number. The passage from
finite laws to all laws is the named axiom on finite partitions.
"""

from __future__ import annotations

import sympy
import z3

from proofs_check.axioms import (
    EXPECTATION,
    EXPONENTIAL,
    INDEPENDENCE,
    MARKOV,
    PARTITIONS,
    UNION,
)
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between, largest
from proofs_check.engines.symbolic import Identity
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

S1 = "lemma_s1"
SOURCE = "arXiv:2603.20538, statistical lemmas, explicit constants"


def hellinger_small(d2: z3.ArithRef, decay: z3.ArithRef) -> z3.BoolRef:
    """D² ≤ 2 (1 − e^(−x)), the conclusion of Lemma S1; decay stands for e^(−x)."""
    return z3.And(d2 >= 0, d2 <= 2 * (1 - decay))


def _chernoff() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    ratio, root, p, q, s, a, p_sum, q_sum, d2, r = z3.Reals("ratio root p q s a p_sum q_sum d2 r")
    indicator = Smt(
        z3.If(ratio >= 1, z3.RealVal(1), z3.RealVal(0)) <= root,
        {"root": z3.And(root >= 0, root * root == ratio)},
    )
    claim = d2 == p_sum + q_sum - 2 * a
    base = Smt(claim, {"empty": z3.And(d2 == 0, p_sum == 0, q_sum == 0, a == 0)})
    step = Smt(d2 + (r - s) * (r - s) == (p_sum + r * r) + (q_sum + s * s) - 2 * (a + r * s), {"P(i)": claim})
    weighted = Smt(
        z3.And((p * root) * (p * root) == p * q, p * root >= 0),
        {"p": p > 0, "root": z3.And(root >= 0, root * root * p == q)},
    )
    unit = Smt(
        z3.And(a == 1 - d2 / 2, d2 >= 0),
        {"laws": z3.And(p_sum == 1, q_sum == 1), "a": a <= 1},
        {f"{S1}/affinity": claim},
    )
    return (
        Step(
            "indicator",
            "Whatever the likelihood ratio R >= 0 of a wrong policy on the data: 1{R >= 1} <= sqrt(R). (Markov's "
            "inequality for sqrt(R).)",
            indicator,
            (
                Mutant(
                    "a constant below 1 in front",
                    indicator.concluding(z3.If(ratio >= 1, z3.RealVal(1), z3.RealVal(0)) <= z3.Q(9, 10) * root),
                ),
                Mutant("root may be negative", indicator.supposing({"root": root * root == ratio})),
            ),
            (),
            r"1\{R\ge1\} \le \sqrt R",
        ),
        Step(
            "affinity",
            "For finite laws with masses r_i^2 and s_i^2: D^2 = sum (r_i - s_i)^2 = P + Q - 2 sum r_i s_i.",
            Induction(base, step, "atoms"),
            (Mutant("cross term halved, on one atom", Smt((r - s) * (r - s) == r * r + s * s - r * s)),),
            (),
            r"\sum(\sqrt{p}-\sqrt{q})^2 = 2 - 2\sum\sqrt{pq}",
        ),
        Step(
            "affinity_of_laws",
            "For probability laws the affinity is 1 - D^2/2, and p sqrt(q/p) = sqrt(p q), so E_* sqrt(p_pi / p_*) "
            "is at most the affinity "
            "(atoms without expert mass only add to it).",
            All((unit, weighted)),
            (
                Mutant("laws need not have mass 1", unit.without("laws")),
                Mutant("un-halved Hellinger", unit.concluding(a == 1 - d2)),
                Mutant("weight forgotten", weighted.concluding(root * root == p * q)),
            ),
            (f"{S1}/affinity", f"{S1}/cauchy_unit", PARTITIONS.reference),
            r"\text{affinity} = 1 - D^2/2",
        ),
        Step(
            "cauchy_unit",
            "The affinity of two probability laws is at most 1 (Cauchy-Schwarz).",
            Smt(
                a <= 1,
                {"a": a >= 0, "laws": z3.And(p_sum == 1, q_sum == 1)},
                {el.CAUCHY: el.cauchy_schwarz(a, p_sum, q_sum)},
            ),
            (Mutant("Cauchy-Schwarz dropped", Smt(a <= 1, {"a": a >= 0})),),
            (el.CAUCHY,),
        ),
    )


def _many() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    power, aff, total, count, term, decay, bad, decay_n = z3.Reals("power aff total count term decay bad decay_n")
    survive = Induction(
        Smt(total <= power, {"n": z3.And(power == 1, total == 1)}),
        Smt(
            total * term <= power * aff,
            {"term": z3.And(term >= 0, term <= aff), "P(n)": z3.And(total >= 0, total <= power)},
        ),
        "trajectories; total stands for E sqrt(R) after n of them",
    )
    union = Induction(
        Smt(bad <= count * decay_n, {"none": z3.And(bad == 0, count == 0)}),
        Smt(bad + term <= (count + 1) * decay_n, {"term": term <= decay_n, "P(i)": bad <= count * decay_n}),
        "wrong policies",
    )
    each = Smt(
        power <= decay_n,
        {"far": z3.And(aff >= 0, aff < decay)},
        {el.POWERS: el.powers(aff, decay, power, decay_n)},
    )
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
    two = z3.Reals("p_1 p_2")
    return (
        Step(
            "n_trajectories",
            "For independent trajectories E_* sqrt(R) is the product of the single affinities, so at most (1 - "
            "D^2/2)^n.",
            survive,
            (Mutant("one trajectory lost, n = 2", Smt(aff * aff <= aff * aff * aff, {"aff": between(0, aff, 1)})),),
            (f"{S1}/affinity_of_laws", INDEPENDENCE.reference),
            r"P_*(R_\pi \ge 1) \le (1-D_\pi^2/2)^n",
        ),
        Step(
            "union",
            "If each of the wrong policies is preferred to the expert with probability at most e^(-nx), one of "
            "them is with probability at "
            "most (number of wrong policies) e^(-nx).",
            union,
            (
                Mutant(
                    "one policy forgotten, at two",
                    Smt(two[0] + two[1] <= decay_n, {"each": z3.And(two[0] <= decay_n, two[1] <= decay_n)}),
                ),
            ),
            (UNION.reference, MARKOV.reference, EXPECTATION.reference, f"{S1}/indicator"),
            r"P(\exists\pi) \le (N-1)e^{-nx}",
        ),
        Step(
            "far_policies",
            "A policy with affinity below e^(-x) has n-th power below e^(-nx).",
            each,
            (
                Mutant("monotone powers dropped", each.without(el.POWERS)),
                Mutant("affinity above e^(-x)", each.supposing({"far": z3.And(aff > decay, decay > 0)})),
            ),
            (el.POWERS, f"{S1}/n_trajectories"),
            r"1-D^2/2 < e^{-x} \Rightarrow (1-D^2/2)^n \le e^{-nx}",
        ),
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
    )


def proof() -> Proof:  # long: one argument, its steps read in order
    """The log-loss MLE is close to the expert in Hellinger distance."""
    d2, decay, x, aff, log_n, odds, n, simple, log_less = z3.Reals("d2 decay x aff log_n odds n simple log_less")
    conclusion = Smt(
        hellinger_small(d2, decay),
        {"d2": d2 >= 0, "not far": aff >= decay},
        {f"{S1}/affinity_of_laws": aff == 1 - d2 / 2},
    )
    likelihood, best = z3.Reals("expert best")
    preferred = Smt(best - likelihood >= 0, {"argmax over a class with the expert in it": best >= likelihood})
    shrink = Smt(
        d2 <= 2 * simple,
        {
            "sharp": d2 <= 2 * (1 - decay),
            "x": x == largest(z3.RealVal(0), (log_less + odds) / n),
            "log(N-1) <= log N": log_less <= log_n,
            "simple": simple == (log_n + odds) / n,
            "range": z3.And(n >= 1, log_n >= 0, odds >= 0),
        },
        {el.EXP_BOUND: el.exponential(x, decay)},
    )
    steps = (
        *_chernoff(),
        *_many(),
        Step(
            "maximiser",
            "Under realizability the maximiser's log-likelihood ratio to the expert is not negative, so the "
            "maximiser is either the expert "
            "or one of the wrong policies with R >= 1. (Any tie rule: ties are counted as failures.)",
            preferred,
            (Mutant("expert not in the class", Smt(best - likelihood >= 0)),),
        ),
        Step(
            "final",
            "With probability at least 1 - delta the maximiser's affinity is at least e^(-x), hence D^2 <= 2 (1 - "
            "e^(-x)).",
            conclusion,
            (
                Mutant("un-halved affinity", conclusion.concluding(d2 <= 1 - decay)),
                Mutant("maximiser may be far", conclusion.without("not far")),
            ),
            tuple(
                f"{S1}/{name}"
                for name in ("affinity_of_laws", "far_policies", "union", "calibration", "truncation", "maximiser")
            ),
            r"D^2(P^{\hat\pi}_{\bar T}, P^*) \le 2(1-e^{-x})",
        ),
        Step(
            "simple",
            "2 (1 - e^(-x)) <= 2 x <= 2 (log N + log(1/delta)) / n for N >= 1.",
            shrink,
            (
                Mutant("1 - x <= e^(-x) dropped", shrink.without(el.EXP_BOUND)),
                Mutant("factor 2 lost", shrink.concluding(d2 <= simple)),
                Mutant("log(N-1) <= log N dropped", shrink.without("log(N-1) <= log N")),
            ),
            (f"{S1}/final", el.EXP_BOUND, f"{S1}/log_less"),
            r"D^2 \le 2(\log N + \log(1/\delta))/n",
        ),
    )
    return Proof(S1, "Lemma S1: log-loss MLE", "lemma", "explicit", SOURCE, _with_logarithm(steps))


def _with_logarithm(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    small, large, gap, growth = z3.Reals("small large gap growth")
    log_step = Smt(
        gap <= 0,
        {"exp": growth * large == small, "range": z3.And(small > 0, small <= large)},
        {el.EXP_BOUND: el.exponential(-gap, growth)},
    )
    step = Step(
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
    return (*steps[:-1], step, steps[-1])
