"""Theorem 8: the maximiser in Δ of the four experts' Bayes risk, and the simple form."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.symbolic import Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "theorem_8"


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
    """What the kernel does not say of Theorem 8: the maximiser in Δ and the simple form."""
    theorem = catalog[KEY]
    steps = (*_maximiser(), _order())
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
