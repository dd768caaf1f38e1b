"""Theorem 6: what the trap quantizer costs on the expert's own path, down to the catalog's expression in both forms.

What a step takes from an earlier one it takes with everything that was supposed there, so hypotheses pile up.
"""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import ARCTAN, DISINTEGRATION, EXPECTATION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import trap_visits
from proofs_check.proofs.trap_visits import KEY, LOOP, visiting
from proofs_check.proofs.traps import EPS, A, B, D, K, X, arctan_grows, arctan_size

_ASSUMED = ("arctan_trap", "contracting", "trap_beside_trigger", "trap_halves_apart")
_SHAPE = {**LOOP, "apart": EPS * (1 + D * (1 - A)) < B, "d > k/2": D > K / 2}
_C, _LEAST, _AT_B, _JUMP = z3.Reals("c arctan_d arctan_B J")
_LOW = A + _AT_B
_SIZES = {
    "c": (D + z3.Q(1, 2)) * EPS == _C * B,
    "J": _JUMP * B == (D + 1) * (1 - A * A) * EPS,
}
Given = dict[str, z3.BoolRef]


_AT_1, _X_1, _AT_2, _X_2 = z3.Reals("arctan_1 x_1 arctan_2 x_2")
_COST_1, _COST_2 = 1 - _LEAST, largest(_LOW, _JUMP - _LOW)
_SIGNS = {
    f"{ARCTAN.reference}#1": arctan_size(D * EPS, _LEAST),
    f"{ARCTAN.reference}#2": arctan_size(B, _AT_B),
}
_IN = {
    "T1": between(D * EPS, _X_1, (D + 1) * EPS),
    "T2": between(B + A * D * EPS, _X_2, B + A * (D + 1) * EPS),
}


def _trap_cost() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    inside = Smt((D + 1) * EPS < 1, {**_SHAPE})
    first = Smt(
        absolute(1 - _AT_1) <= _COST_1,
        {**_SHAPE, "T1": _IN["T1"]},
        {
            f"{KEY}/inside": inside.goal,
            f"{ARCTAN.reference}#1": arctan_size(_X_1, _AT_1),
            f"{ARCTAN.reference}#2": arctan_grows(D * EPS, _X_1, _LEAST, _AT_1),
        },
    )
    product = Smt(A * B <= 1 - A * A, LOOP)
    reach = Smt(_JUMP >= A * (D + 1) * EPS, {**_SHAPE, "J": _SIZES["J"]}, {f"{KEY}/product": product.goal})
    second = Smt(
        absolute(_JUMP - A - _AT_2) <= _COST_2,
        {**_SHAPE, "J": _SIZES["J"], "T2": _IN["T2"]},
        {f"{KEY}/reach": reach.goal, ARCTAN.reference: arctan_grows(B, _X_2, _AT_B, _AT_2)},
    )
    loose = second.without(ARCTAN.reference).supposing({"arctan": _AT_2 >= _AT_B})
    return (
        Step(
            "inside",
            "(d + 1) eps < 1: the trap lies left of 1.",
            inside,
            (Mutant("halves apart no longer supposed", inside.without("apart")),),
        ),
        Step(
            "cost_in_T1",
            "(d + 1) eps < 1, so on T1 arctan x <= x < 1 and the error |1 - arctan x| is at most 1 - arctan(d eps).",
            first,
            (Mutant("arctan not monotone", first.without(f"{ARCTAN.reference}#2")),),
        ),
        Step(
            "product",
            "A B <= 1 - A^2.",
            product,
            (Mutant("not contracting", product.supposing({"contracting": A + B < 2})),),
        ),
        Step(
            "reach",
            "So with J = (d+1)(1-A^2) eps/B: A (d+1) eps <= J.",
            reach,
            (Mutant("product dropped", reach.without(f"{KEY}/product", "contracting")),),
        ),
        Step(
            "cost_in_T2",
            "With lo = A + arctan B: on T2 the code is J - A and arctan B <= arctan x <= arctan B + (x - B), so the "
            "error is at most max(lo, J - lo).",
            second,
            (
                Mutant("J - lo alone", second.concluding(absolute(_JUMP - A - _AT_2) <= _JUMP - _LOW)),
                Mutant("arctan not 1-Lipschitz", loose),
            ),
        ),
    )


def _total() -> tuple[tuple[Step, ...], Given]:  # long: one argument, its steps read in order
    y, angle, other, err, w = z3.Reals("y arctan arctan_y err w")
    total, mass, one, two, gain, more, here, there = z3.Reals("total mass visits_1 visits_2 gain more here there")
    on = {**_SHAPE, "c": _SIZES["c"], "trigger": X <= K * EPS / 2}
    trigger = Smt(absolute(_C - angle) == _C - angle, on, {ARCTAN.reference: arctan_size(X, angle)})
    off = {**_SHAPE, "c": _SIZES["c"], "binning": err <= EPS / 2}
    rest = Smt(err <= _C, off)
    given = {
        **on,
        **off,
        **_SIZES,
        **_IN,
        "mirrored": z3.And(y <= K * EPS / 2, other == -angle),
        "mass": w >= 0,
        "where": z3.Or(
            z3.And(gain == w * absolute(_C - angle) + w * absolute(_C - other), more == 2 * w, here == 0, there == 0),
            z3.And(gain == w * err, more == w, here == 0, there == 0),
            z3.And(gain == w * absolute(1 - _AT_1), more == 0, here == w, there == 0),
            z3.And(gain == w * absolute(_JUMP - A - _AT_2), more == 0, here == 0, there == w),
        ),
    }
    lemmas = {
        f"{KEY}/trigger#1": trigger.goal,
        f"{KEY}/trigger#2": absolute(_C - other) == _C - other,
        f"{KEY}/rest": rest.goal,
        f"{KEY}/cost_in_T1": absolute(1 - _AT_1) <= _COST_1,
        f"{KEY}/cost_in_T2": absolute(_JUMP - A - _AT_2) <= _COST_2,
    }
    claim = total <= _C * mass + _COST_1 * one + _COST_2 * two
    step = Smt(
        total + gain <= _C * (mass + more) + _COST_1 * (one + here) + _COST_2 * (two + there),
        {**given, "P(i)": claim},
        lemmas,
    )
    half = step.concluding(2 * (total + gain) <= _C * (mass + more)).supposing({"P(i)": total == 0})
    steps = (
        Step(
            "trigger",
            "With c = (d + 1/2) eps/B: on the trigger the error is c - arctan x >= 0.",
            trigger,
            (Mutant("trigger wider than the trap's position", trigger.without("d > k/2")),),
        ),
        Step(
            "rest",
            "Outside trigger and trap it is at most eps/2 <= c.",
            rest,
            (Mutant("the binning error may be eps", rest.supposing({"binning": err <= 2 * EPS})),),
        ),
        Step(
            "total",
            "Added up over steps and states: c for each off the trap, as arctan is odd and the law symmetric, so that "
            "the mean of c - arctan x on the trigger is c; in T1 and T2 the largest error for each visit.",
            Induction(
                Smt(claim, {"none": z3.And(total == 0, mass == 0, one == 0, two == 0)}),
                step,
                "states at all steps, those on the trigger in pairs x, y = -x of equal mass w",
            ),
            (
                Mutant("half of c", half),
                Mutant("a visit to T1 forgotten", step.without(f"{KEY}/cost_in_T1")),
            ),
            (EXPECTATION.reference, DISINTEGRATION.reference),
            r"\sum_h E|q(u_h)-u_h| \le Hc + \dots",
        ),
    )
    return steps, given


def _named(form: str) -> tuple[sympy.Expr, dict[sympy.Expr, z3.ArithRef]]:
    """The catalog's expression with its ceilings (or quotients of logarithms) and its maximum as letters."""
    expression = catalog[KEY].expression(form)
    atoms = {
        sympy.atan(symbol("B")): z3.Real("arctan_B"),
        sympy.erf(symbol("B") / sympy.sqrt(2)): z3.Real("erf"),
        sympy.atan(symbol("d") * symbol("eps")): z3.Real("arctan_d"),
    }
    if form == "sharp":
        counts = sorted(expression.atoms(sympy.ceiling), key=lambda e: len(str(e)))
        return expression, atoms | dict(zip(counts, z3.Reals("n_1 n_2"), strict=True))
    slope, eps, d, a, b = sympy.log(1 / (symbol("A") + symbol("B"))), *(symbol(n) for n in ("eps", "d", "A", "B"))
    ratios = sympy.symbols("r_1 r_2", nonnegative=True)
    logs = (sympy.log(1 + 1 / d), sympy.log(1 + a * eps / (b + a * d * eps)))
    read = expression.subs({log: ratio * slope for log, ratio in zip(logs, ratios, strict=True)})
    (cost,) = read.atoms(sympy.Max)
    return read, {**atoms, cost: z3.Real("cost")}


def _sum(piled: Given) -> tuple[Step, Smt]:
    mean, total, mass, one, two, h = z3.Reals("mean total mass visits_1 visits_2 H")
    lows = (D * EPS, B + A * D * EPS)
    highs = ((D + 1) * EPS, B + A * (D + 1) * EPS)
    given = dict(piled)
    met, n, tail = [], z3.Reals("n_1 n_2"), z3.Reals("tail_1 tail_2")
    for number, (visits, low, high) in enumerate(zip((one, two), lows, highs, strict=True), start=1):
        given |= visiting(low, high, f"_{number}")
        met.append(visits <= n[number - 1] * tail[number - 1])
    given |= {"H": z3.And(h >= 1, mean * h == total, mass <= h)}
    claim = Smt(
        mean * h <= h * _C + _COST_1 * n[0] * tail[0] + _COST_2 * n[1] * tail[1],
        given,
        {
            f"{KEY}/inside": (D + 1) * EPS < 1,
            **_SIGNS,
            f"{KEY}/total": total <= _C * mass + _COST_1 * one + _COST_2 * two,
            f"{KEY}/met#1": met[0],
            f"{KEY}/met#2": met[1],
        },
    )
    step = Step(
        "sum",
        "So the mean over the steps is at most c + (cost of T1) n_1 P(T1 is met)/H + (cost of T2) n_2 P(T2 is met)/H.",
        claim,
        (Mutant("visits not counted", claim.without(f"{KEY}/met#1")),),
    )
    return step, claim


def _final(form: str, summed: Smt) -> Step:
    theorem = catalog[KEY]
    n1, n2, r1, r2, erf, mean, tail_1, tail_2 = z3.Reals("n_1 n_2 r_1 r_2 erf mean tail_1 tail_2")
    expression, atoms = _named(form)
    given = {
        **summed.hypotheses,
        "tails": z3.And(2 * tail_1 <= 1, 2 * tail_2 <= 1 - erf, tail_1 >= 0, tail_2 >= 0, erf >= -1),
    }
    if form == "simple":
        given |= {
            "ceilings": z3.And(between(0, n1, 1 + r1), between(0, n2, 1 + r2)),
            "cost": z3.Real("cost") == _COST_2,
        }
    claim = Smt(mean <= to_z3(expression, atoms), given, {f"{KEY}/sum": summed.goal, **_SIGNS})
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression; c at every step, and in expectation n_1 (1 - "
        f"arctan(d eps)) / 2 and n_2 max(lo, J - lo) erfc(B / sqrt 2) / 2 for the visits.)",
        All((Declares(KEY, _ASSUMED), claim)),
        (Mutant("sum dropped", claim.without(f"{KEY}/sum")),),
        latex=rf"{theorem.left} \le {formula(theorem.expression(form))}",
    )


def proof() -> Proof:
    """The error of the arctan trap's quantizer under the expert's law."""
    theorem = catalog[KEY]
    total, piled = _total()
    summed, claim = _sum(piled)
    finals = (_final(form, claim) for form in ("simple", "sharp"))
    steps = (*trap_visits.steps(), *_trap_cost(), *total, summed, *finals)
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
