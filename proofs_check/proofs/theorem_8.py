"""Theorem 8: the maximiser in Δ of the four experts' Bayes risk, the algorithm that attains it, and the simple form."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between
from proofs_check.engines.symbolic import Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "theorem_8"
_EPS = {"eps": between(0, z3.Real("eps"), z3.Q(1, 4))}


def _risk(horizon: z3.ArithRef, eps: z3.ArithRef, share: z3.ArithRef, unseen: z3.ArithRef) -> z3.ArithRef:
    """H [ε + ½ (1 − 4ε) Δ (1 − Δ)^n], where unseen stands for (1 − Δ)^n."""
    return horizon * (eps + (1 - 4 * eps) / 2 * share * unseen)


def _maximiser() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    d, n, a, a_n, q, p, x, y = z3.Reals("d n a a_n q p x y")
    product = Induction(
        Smt(p == x * y, {"n": z3.And(p == 1, x == 1, y == 1)}),
        Smt(p * (a * d) == (x * a) * (y * d), {"P(n)": p == x * y}),
        "n from 0; p, x, y stand for (a d)^n, a^n, d^n",
    )
    # d (1-d)^n = a^n (n+1-na) · (1/(n+1)) (n/(n+1))^n with a = (1-d)(n+1)/n
    best = Smt(
        d * p * (n + 1) <= q,
        {
            "n": z3.And(n >= 0, n >= 1),
            "d": between(0, d, 1),
            "a": z3.And(a >= 0, a * n == (1 - d) * (n + 1)),
            "q": q > 0,
            "powers": a_n >= 0,
        },
        {
            f"{KEY}/power_product": p == a_n * q,
            el.AM_GM: a_n * (n + 1 - n * a) <= 1,
        },
    )
    grow, decay, one = z3.Reals("growth decay e_inverse")
    share = 1 - 1 / (n + 1)
    floor = Smt(
        q >= one,
        {"n": n >= 1, "decay": z3.And(decay * grow == 1, decay > 0)},
        {el.EXP_BOUND: el.exponential(-(1 / n), grow), el.POWERS: el.powers(decay, share, one, q)},
    )
    s = sympy.Symbol("n", positive=True)
    unit = Identity(sympy.exp(-1 / s) ** s, sympy.exp(-1), {s: (1, 9)})
    return (
        Step(
            "power_product",
            "(a b)^n = a^n b^n.",
            product,
            (Mutant("n = 2, one factor", Smt((a * d) * (a * d) == a * d * d)),),
        ),
        Step(
            "maximiser",
            "For every whole n >= 1 and every d in [0, 1]: d (1 - d)^n <= Delta (1 - Delta)^n at Delta = 1/(n + 1).",
            best,
            (
                Mutant("AM-GM dropped", best.without(el.AM_GM)),
                Mutant(
                    "Delta = 1/(n + 2), n = 1", Smt(d * (1 - d) <= z3.Q(1, 3) * z3.Q(2, 3), {"d": between(0, d, 1)})
                ),
            ),
            (),
            r"\max_d d(1-d)^n = \tfrac1{n+1}(1-\tfrac1{n+1})^n",
        ),
        Step(
            "floor",
            "(1 - 1/(n+1))^n >= 1/e: since 1 + 1/n <= e^(1/n), n/(n+1) >= e^(-1/n), then powers.",
            All((unit, floor)),
            (
                Mutant(
                    "1/2 instead of 1/e, n = 2", Smt((1 - 1 / (n + 1)) * (1 - 1 / (n + 1)) >= z3.Q(1, 2), {"n": n == 2})
                ),
                Mutant("exponential bound dropped", floor.without(el.EXP_BOUND)),
            ),
            (el.EXP_BOUND, el.POWERS, EXPONENTIAL.reference),
            r"\Delta(1-\Delta)^n \ge \frac1{e(n+1)}",
        ),
    )


def _attained() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    n, q, up, eps, shift, share, horizon = z3.Reals("n unseen growth_n eps s Delta H")
    half = Smt(
        q <= z3.Q(1, 2),
        {"n": n >= 1, "inverse": z3.And(q * up == 1, q > 0)},
        {el.BERNOULLI: el.bernoulli(1 / n, n, up)},
    )
    plays = {"0": eps, "1": 1 - eps}
    targets = ((0, z3.RealVal(0), "0"), (1, 2 * eps, "0"), (0, z3.RealVal(1), "1"), (1, 1 - 2 * eps, "1"))
    losses = []
    for end, target, bin_name in targets:
        first = absolute(eps - (2 * eps if end else 0))
        outward = plays[bin_name] - shift if bin_name == "0" else plays[bin_name] + shift
        later = q * absolute(z3.Q(1, 2) - target) + (1 - q) * absolute(outward - target)
        losses.append(horizon * ((1 - share) * first + share * later))
    value = _risk(horizon, eps, share, q)
    ranges = {
        **_EPS,
        "H": horizon >= 1,
        "share": between(0, share, 1),
        "shift": shift * (1 - q) == eps * q,
        "n": n >= 1,
        "inverse": z3.And(q * up == 1, q > 0),
    }
    half_q = {f"{KEY}/half": q <= z3.Q(1, 2)}
    exact = Smt(z3.And(*(loss == value for loss in losses), between(0, shift, eps)), ranges, half_q)
    inside = exact.supposing({"eps": z3.And(eps > 0, eps < z3.Q(1, 4)), "share": z3.And(share > 0, share < 1)})
    return (
        Step(
            "half",
            "(1 - 1/(n+1))^n <= 1/2 for n >= 1: (1 + 1/n)^n >= 2 by Bernoulli.",
            half,
            (
                Mutant("Bernoulli dropped", half.without(el.BERNOULLI)),
                Mutant("2/5, n = 1", Smt(1 - 1 / (n + 1) <= z3.Q(2, 5), {"n": n == 1})),
            ),
            (el.BERNOULLI,),
        ),
        Step(
            "attained",
            "Playing eps at x_1 = 0, 1/2 at an unseen x_1 = 1, and the bin's centre moved outward by s = eps q/(1 "
            "- q) <= eps at a seen one, all four "
            "experts lose exactly the bound: it is the family's minimax value.",
            exact,
            (
                Mutant("no shift", inside.supposing({"shift": shift == 0})),
                Mutant(
                    "bound x 1.001: some expert would have to lose more",
                    inside.concluding(z3.Or(*(loss >= z3.Q(1001, 1000) * value for loss in losses))),
                ),
            ),
            latex=r"\text{minimax} = H[\varepsilon+\tfrac12(1-4\varepsilon)\Delta(1-\Delta)^n]",
        ),
    )


def _order() -> Step:
    simple, sharp = (catalog[KEY].expression(form) for form in ("simple", "sharp"))
    power = (1 - 1 / (symbol("n") + 1)) ** symbol("n")
    horizon, n, eps, q, e, decay, grow = z3.Reals("H n eps_q unseen e_inverse decay growth")
    low, high = (to_z3(expression, {power: q, sympy.exp(-1): e}) for expression in (simple, sharp))
    claim = Smt(
        low <= high,
        {
            "ranges": z3.And(horizon >= 1, n >= 1, between(0, eps, z3.Q(1, 4)), q > 0),
            "decay": z3.And(decay * grow == 1, decay > 0),
        },
        {f"{KEY}/floor": q >= e},
    )
    equal = {"equal": q == e, "H": horizon >= 1, "eps": eps > 0}
    return Step(
        "simple_form",
        "The catalog's simple form is at most its sharp form, which the kernel proves.",
        claim,
        (
            Mutant("1 percent more", claim.concluding(low * z3.Q(101, 100) <= high).supposing(equal)),
            Mutant("floor dropped", claim.without(f"{KEY}/floor")),
        ),
        latex=rf"{formula(simple)} \le {formula(sharp)}",
    )


def proof() -> Proof:
    """What the kernel does not say of Theorem 8: the maximiser in Δ, the algorithm that attains it, the simple form."""
    theorem = catalog[KEY]
    steps = (*_maximiser(), *_attained(), _order())
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
