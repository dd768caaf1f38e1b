"""The price of random hazards: what average errors add to the imitation term, form by form.

P1 is the law of the labelled chain, P0 the expert's, Z their likelihood ratio dP0/dP1 on prefixes, tau the first
decoupling of the deployed chain from the labelled one, kappa_t the hazard of step t. Everything is scaled so that
A = H TV and B = sum over t of (H - t + 1) E0 kappa_t.
"""

from __future__ import annotations

import sympy
import z3

from bounds.symbols import symbol
from proofs_check.axioms import DISINTEGRATION, DOOB, EXPECTATION, MARKOV, TOWER, UNION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between, smallest
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.ledger import Mutant, Proof, Step

KEY = "price"
SPLIT, LAYERS, WEIGHT, SIGNS = (f"{KEY}/{name}" for name in ("stopping", "layers", "adapted_weight", "two_signs"))
PATHS = "kernel:BothSigns.average_error_K_both"
FORMS = {"stopping": SPLIT, "path_sum": PATHS, "layers": LAYERS, "doob": WEIGHT}


def form(name: str, A: sympy.Expr, B: sympy.Expr, tv: sympy.Expr) -> sympy.Expr:
    """One form of price(A, B) - B, by the step that proves it."""
    K = symbol("hazard_sum")
    return {
        "stopping": 2 * A + 2 * sympy.sqrt(A * B),
        "path_sum": (1 + K) * A,
        "layers": (2 - sympy.log(tv)) * A,
    }[name]


def _comparison() -> Step:
    r0, rq, z, parted, drift, lost = z3.Reals("r0 r_hat ratio parted drift lost")
    weight = smallest(z3.RealVal(1), z)
    claim = Smt(
        z * r0 - rq <= lost + weight * (parted + drift),
        {
            "rewards": z3.And(between(0, r0, 1), between(0, rq, 1)),
            "ratio": z >= 0,
            "apart or near": z3.Or(parted == 1, z3.And(parted == 0, r0 - rq <= drift)),
            "drift": drift >= 0,
            "change of law": lost == z - weight,
        },
    )
    return Step(
        "comparison",
        "Pathwise: Z r - r^ <= (Z - 1)^+ + min(Z, 1) (1{tau <= h} + drift), as r^ >= min(Z, 1) r^. Under P1 the mean "
        "of (Z - 1)^+ is the total variation, and min(Z, 1) is at most Z, so the drift costs at most its mean under "
        "the expert.",
        claim,
        (
            Mutant("rewards may be negative", claim.without("rewards").supposing({"r": r0 <= 1})),
            Mutant("no change of law", claim.concluding(z * r0 - rq <= weight * (parted + drift))),
            Mutant("no decoupling", claim.concluding(z * r0 - rq <= lost + weight * drift)),
        ),
        (DISINTEGRATION.reference, EXPECTATION.reference),
        r"Z r-\hat r \le (Z-1)^+ + \min(Z,1)(1\{\tau\le h\}+\mathrm{drift})",
    )


def _stopping() -> Step:
    kappa, mass, expert, level, late, shortfall, tv = z3.Reals("kappa mass expert level P_sigma shortfall TV")
    early = Smt(
        mass * kappa * (1 - level) <= expert * kappa,
        {"before sigma": expert >= (1 - level) * mass, "kappa": kappa >= 0},
    )
    stopped = Smt(level * late <= tv, {"Markov": level * late <= shortfall, "submartingale": shortfall <= tv})
    a, b = sympy.symbols("sqrt_A sqrt_B", positive=True)
    best = a / (a + b)
    total = a**2 + a**2 / best + b**2 / (1 - best)
    square: dict[sympy.Symbol, Domain] = {a: (1, 3), b: (1, 3)}
    least = Identity(total, a**2 + (a + b) ** 2, square)
    return Step(
        "stopping",
        "Form (b). With sigma the first step at which Z <= 1 - level: level P1(sigma <= H) <= E1 (1 - Z_H)^+ = TV, as "
        "(1 - Z)^+ is a submartingale; while Z > 1 - level, E1 kappa_t <= E0 kappa_t / (1 - level), atom by atom. So "
        "A + A/level + B/(1 - level), which at level = sqrt A / (sqrt A + sqrt B) is A + (sqrt A + sqrt B)^2.",
        All((early, stopped, least)),
        (
            Mutant("the ratio may have fallen", early.without("before sigma")),
            Mutant("no submartingale", stopped.without("submartingale")),
            Mutant("A + B", Identity(total, a**2 + b**2, square)),
        ),
        (MARKOV.reference, DOOB.reference, TOWER.reference),
        r"\mathrm{Regret} \le A+(\sqrt A+\sqrt B)^2+\mathrm{drift}",
        leans=(f"{KEY}/comparison",),
    )


def _layers() -> Step:
    tv, level = sympy.symbols("TV level", positive=True)
    layers = tv + sympy.integrate(tv / level, (level, tv, 1))
    claim = Identity(tv + layers, (2 - sympy.log(tv)) * tv, {tv: (0, 1)})
    wrong = Identity(tv + layers, (1 - sympy.log(tv)) * tv, {tv: (0, 1)})
    hit, z, kappa, biggest = z3.Reals("hit ratio kappa largest")
    step = Smt(
        hit <= z * kappa + biggest * kappa,
        {"hit": hit <= kappa, "kappa": kappa >= 0, "largest": biggest >= 1 - z, "ratio": z >= 0},
    )
    return Step(
        "layers",
        "Form (e). kappa_t <= min(Z, 1) kappa_t + kappa_t max_t (1 - Z_t)^+, and decoupling happens once: the price is "
        "A + B + H E1 max (1 - Z)^+ <= A + B + H int_0^1 min(1, TV/level) dlevel = A + B + A (1 + log(1/TV)).",
        All((step, claim)),
        (
            Mutant("the largest shortfall forgotten", step.concluding(hit <= z * kappa)),
            Mutant("one TV less", wrong),
        ),
        (MARKOV.reference, DOOB.reference, EXPECTATION.reference),
        r"\mathrm{Regret} \le (2+\log(1/TV))A+B+\mathrm{drift}",
        leans=(f"{KEY}/comparison",),
    )


def _doob() -> Step:
    r, s, total, lost, d2 = z3.Reals("ratio s mean_s lost d2")
    ratio = Smt(1 - r <= 2 * s, {"s": z3.And(between(0, s, 1), (1 - s) * (1 - s) == r)})
    mean = Smt(
        lost <= 2 * total,
        {"Jensen": total * total <= 4 * d2, "average": lost <= 2 * total, "signs": z3.And(total >= 0, d2 >= 0)},
    )
    squared = Smt(lost * lost <= 16 * d2, {**mean.hypotheses, "lost": lost >= 0})
    return Step(
        "running_minimum",
        "With R_t the likelihood ratio expert/learner of the observed past: E max_t (1 - R_t)^+ <= 2 E max_t (1 - "
        "sqrt(R_t))^+ <= 4 D, by Doob's "
        "inequality for the submartingale (1 - sqrt(R_t))^+, whose last second moment is at most D^2, and Jensen.",
        All((ratio, squared)),
        (
            Mutant("1 - R <= 1 - sqrt(R)", Smt(1 - r <= s, ratio.hypotheses)),
            Mutant("constant 3 instead of 4", squared.concluding(lost * lost <= 9 * d2)),
        ),
        (DOOB.reference, EXPECTATION.reference),
        r"E\max_t(1-R_t)^+ \le 4D",
        leans=("elementary/jensen_square",),
    )


def _adapted() -> Step:
    hit, ell, s, weight, before = z3.Reals("hit L s weight before")
    mass, cost, total, q = z3.Reals("mass cost total q")
    induct = Induction(
        Smt(total <= q, {"empty": z3.And(total == 0, q == 0)}),
        Smt(
            total + mass * weight * cost <= q + ell * cost,
            {"weight": z3.And(weight >= 0, weight * mass <= ell), "cost": cost >= 0, "P(i)": total <= q},
        ),
        "pasts; ell is the past's mass under the expert, weight the running minimum of the ratio, cut at 1",
    )
    falls = Smt(weight <= before, {"minimum": weight <= before, "mass": between(0, weight, 1)})
    hazard = Smt(hit <= ell * s, {"hazard": hit <= ell * before, "past": before <= s, "L": ell >= 0})
    return Step(
        "adapted_weight",
        "Weighting the learner's paths by the running minimum of R_t, which is known before label t is drawn and "
        "below the expert's law, restores "
        "the average-error argument for stochastic labels, with E max (1 - R_t)^+ in place of the total variation.",
        All((induct, hazard)),
        (
            Mutant(
                "weights above the expert's law, one past",
                Smt(mass * weight * cost <= ell * cost, {"cost": cost >= 0, "weight": weight >= 0}),
            ),
            Mutant("the weight may rise", falls.without("minimum")),
        ),
        (TOWER.reference,),
        r"\mathrm{Regret} \le 4HD+L\textstyle\sum(H-t+1)s_t+\sum(L_xs_h+L_u\bar e_h)",
        leans=(f"{KEY}/running_minimum",),
    )


def _two_signs() -> Step:
    regret, total = z3.Reals("regret total")
    claim = Smt(z3.And(regret <= total, -regret <= total), {"r": regret <= total, "1 - r": -regret <= total})
    return Step(
        "two_signs",
        "Every bound that holds for all rewards in [0, 1] with these Lipschitz constants holds for 1 - r too, whose "
        "regret is the negative: so it bounds the modulus of the regret.",
        claim,
        (Mutant("one sign alone", claim.without("1 - r")),),
        (EXPECTATION.reference,),
        r"|J(\pi^*)-J(\hat\pi)| \le \mathrm{bound}",
    )


def _locality() -> Step:
    total, h, delta, bad, lost = z3.Reals("total H delta bad lost")
    summed = Induction(
        Smt(total == h * (h + 1) / 2 * delta, {"empty": z3.And(total == 0, h == 0)}),
        Smt(
            total + (h + 1) * delta == (h + 1) * (h + 2) / 2 * delta,
            {"P(h)": total == h * (h + 1) / 2 * delta},
        ),
        "h from 0; by step h the stability has failed with probability at most h delta",
    )
    uniform = Smt(lost <= h * bad, {"event": lost <= h * delta, "P(event)": delta <= bad, "H": h >= 0})
    return Step(
        "locality",
        "Where stability fails with probability at most delta_s at a step, it has failed by step h with probability at "
        "most h delta_s: sum over h of h delta_s = H (H + 1) delta_s / 2. An event free of h (uniform failure, or an "
        "action gap above d) costs H times its probability.",
        All((summed, uniform)),
        (
            Mutant("H delta_s, at H = 2", Smt(3 * delta <= 2 * delta, {"delta": delta >= 0})),
            Mutant("the event not bounded", uniform.without("P(event)")),
        ),
        (UNION.reference, EXPECTATION.reference),
        r"\sum_h h\delta = H(H+1)\delta/2",
    )


def proof() -> Proof:
    """The forms of the price."""
    return Proof(
        KEY,
        "The price of random hazards",
        "lemma",
        "ours",
        "repair of the argument behind arXiv:2603.20538, Theorem 1; explicit constants",
        (_comparison(), _stopping(), _layers(), _doob(), _adapted(), _locality(), _two_signs()),
    )
