"""Theorem 6: what the trap quantizer costs on the expert's own path, down to the catalog's expression in both forms."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import traps
from proofs_check.proofs.traps import EPS, RANGES, A, B, D, K, X

KEY = "theorem_6_error"
_ASSUMED = ("arctan_trap", "contracting", "trap_beside_trigger", "trap_halves_apart")
_APART = EPS * (1 + D * (1 - A)) < B


def _path() -> Step:
    angle, power, first, nxt = z3.Reals("arctan power first next")
    falls = Smt(
        z3.And(A * X + B * angle > 0, A * X + B * angle < (A + B) * X),
        {**RANGES, "x": X > 0, "arctan": z3.And(angle > 0, angle < X)},
    )
    claim = z3.And(X > 0, power * first >= X)
    induct = Induction(
        Smt(claim, {"j = 0": z3.And(power == 1, first == X, X > 0)}),
        Smt(
            z3.And(nxt > 0, nxt < (A + B) * power * first),
            {**RANGES, "P(j)": claim, "one step": z3.And(nxt > 0, nxt < (A + B) * X)},
        ),
        "steps after x_h > 0; power stands for s^j",
    )
    return Step(
        "path",
        "From x_h > 0 the expert's path stays positive and x_(h+j) < s^j x_h for j >= 1, s = A + B: 0 < arctan x < x.",
        All((falls, induct)),
        (
            Mutant("arctan x <= 2 x", falls.supposing({"arctan": z3.And(angle > 0, angle < 2 * X)})),
            Mutant("no action", falls.concluding(A * X + B * angle < A * X)),
        ),
        (f"{traps.KEY}/arctan",),
        r"0 < x_{h+j} < \lambda^j x_h",
    )


def _visits() -> Step:
    low, high, power, whole, j, n, x, count = z3.Reals("a b power power_n j n x count")
    later = Smt(
        j < n,
        {
            "interval": z3.And(low > 0, low <= x, high >= low),
            "path": x < power * high,
            "n": whole * high <= low,
            "powers fall": z3.Implies(j >= n, power <= whole),
        },
    )
    counted = Smt(count <= n, {"visits h..h + j": count <= j + 1, "whole": j + 1 <= n})
    # s^n b <= a at n >= log(b/a) / log(1/s): the logarithm of the product is not positive
    ratio, slope, steps = z3.Reals("log_ratio log_inverse_s n")
    named = Smt(ratio - steps * slope <= 0, {"n": steps * slope >= ratio, "s < 1": slope > 0})
    return Step(
        "visits",
        "The path is in [a, b], 0 < a <= b, at most n times, n whole with s^n b <= a: a visit j >= 1 steps after the "
        "first has a <= x_(h+j) < s^j b, so j < n. n = ceil(log(b/a)/log(1/s)) will do.",
        All((later, counted, named)),
        (
            Mutant("n too small", later.without("n")),
            Mutant("one visit more", counted.concluding(count <= n - 1)),
        ),
        (f"{KEY}/path", EXPONENTIAL.reference),
        r"\#\{h: a\le x_h\le b\} \le \lceil\log(b/a)/\log(1/\lambda)\rceil",
    )


def _law() -> Step:
    t, b = sympy.Symbol("t", real=True), sympy.Symbol("b", positive=True)
    density = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
    tail = sympy.integrate(density, (t, b, sympy.oo))
    claim = Identity(tail, (1 - sympy.erf(b / sympy.sqrt(2))) / 2, {b: (0, 2)})
    positive, negative = z3.Reals("positive negative")
    half = Smt(positive == z3.Q(1, 2), {"symmetric": positive == negative, "all": positive + negative == 1})
    return Step(
        "who_visits",
        "The path falls, so T1 is visited only if x_1 >= d eps > 0, probability at most 1/2; T2 only if x_1 >= B + A d "
        "eps >= B, probability at most (1 - erf(B / sqrt 2))/2. A path with x_1 < 0 visits neither.",
        All((claim, half)),
        (
            Mutant("both sides", Identity(tail, 1 - sympy.erf(b / sympy.sqrt(2)), {b: (0, 2)})),
            Mutant("no symmetry", half.without("symmetric")),
        ),
        (f"{KEY}/path", EXPECTATION.reference),
        r"P(x_1 \ge B) = \tfrac12\mathrm{erfc}(B/\sqrt 2)",
    )


def _first_cost() -> tuple[Step, ...]:
    angle, least = z3.Reals("arctan arctan_d")
    inside = Smt((D + 1) * EPS < 1, {**RANGES, "contracting": A + B < 1, "apart": _APART, "d": D > 0})
    cost = Smt(
        absolute(1 - angle) <= 1 - least,
        {"arctan": z3.And(angle <= X, least <= angle), "T1": X <= (D + 1) * EPS},
        {f"{KEY}/inside": (D + 1) * EPS < 1},
    )
    first = Step(
        "inside",
        "(d + 1) eps < 1: the trap lies left of 1.",
        inside,
        (Mutant("halves apart no longer supposed", inside.without("apart")),),
    )
    second = Step(
        "cost_in_T1",
        "(d + 1) eps < 1, so on T1 arctan x <= x < 1 and the error |1 - arctan x| is at most 1 - arctan(d eps).",
        cost,
        (Mutant("arctan not monotone", cost.supposing({"arctan": angle <= X})),),
        (f"{traps.KEY}/arctan",),
    )
    return first, second


def _second_cost() -> Step:
    angle, at_b, jump = z3.Reals("arctan arctan_B J")
    low = A + at_b
    claim = Smt(
        absolute(jump - A - angle) <= largest(low, jump - low),
        {
            **RANGES,
            "J": jump * B == (D + 1) * (1 - A * A) * EPS,
            "reach": jump >= A * (D + 1) * EPS,
            "T2": between(B, X, B + A * (D + 1) * EPS),
            "arctan": between(at_b, angle, at_b + (X - B)),
        },
    )
    reach = Smt(
        jump >= A * (D + 1) * EPS,
        {
            **RANGES,
            "J": jump * B == (D + 1) * (1 - A * A) * EPS,
            "d": D > 0,
            "contracting": A * B <= 1 - A * A,
        },
    )
    product = Smt(A * B <= 1 - A * A, {**RANGES, "contracting": A + B < 1})
    return Step(
        "cost_in_T2",
        "With J = (d+1)(1-A^2) eps/B and lo = A + arctan B: on T2 the code is J - A, arctan B <= arctan x <= arctan B "
        "+ (x - B), and A (d+1) eps <= J as A B <= 1 - A^2. So the error is at most max(lo, J - lo).",
        All((product, reach, claim)),
        (
            Mutant("J - lo alone", claim.concluding(absolute(jump - A - angle) <= jump - low)),
            Mutant("arctan not 1-Lipschitz", claim.supposing({"arctan": angle >= at_b})),
            Mutant("not contracting", product.supposing({"contracting": A + B < 2})),
        ),
        (f"{traps.KEY}/arctan", f"{traps.KEY}/trap_forward"),
    )


def _elsewhere() -> Step:
    angle, c, total, mass, w, err = z3.Reals("arctan c total mass w err")
    size = {"c": c * B == (D + z3.Q(1, 2)) * EPS}
    trigger = Smt(
        absolute(c - angle) == c - angle,
        {
            **RANGES,
            **size,
            "contracting": A + B < 1,
            "d > k/2": D > K / 2,
            "trigger": z3.And(X <= K * EPS / 2, angle <= largest(X, z3.RealVal(0))),
        },
    )
    pairs = Induction(
        Smt(total == c * mass, {"empty": z3.And(total == 0, mass == 0)}),
        Smt(
            total + w * (c - angle) + w * (c + angle) == c * (mass + 2 * w),
            {"P(i)": total == c * mass},
        ),
        "pairs of atoms x, -x of equal mass on the trigger",
    )
    rest = Smt(err <= c, {**RANGES, **size, "contracting": A + B < 1, "d": D > 0, "binning": err <= EPS / 2})
    return Step(
        "elsewhere",
        "With c = (d + 1/2) eps/B: on the trigger the error is c - arctan x >= 0, whose mean there is c by the "
        "symmetry of the law; outside trigger and trap it is at most eps/2 <= c. So off the trap the mean error is at "
        "most c.",
        All((trigger, pairs, rest)),
        (
            Mutant("trigger wider than the trap's position", trigger.without("d > k/2")),
            Mutant("the binning error may be eps", Smt(rest.goal, {**rest.hypotheses, "binning": err <= 2 * EPS})),
            Mutant(
                "half of c", Smt(total + w * (c - angle) + w * (c + angle) == c * (mass + w), {"P": total == c * mass})
            ),
        ),
        (f"{traps.KEY}/arctan", EXPECTATION.reference),
        r"E|q(u_h)-u_h|1_{\text{off the trap}} \le c",
    )


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


def _final(form: str) -> Step:
    theorem = catalog[KEY]
    n1, n2, r1, r2, at_d, at_b, erf, mean, h, cost = z3.Reals("n_1 n_2 r_1 r_2 arctan_d arctan_B erf mean H cost")
    expression, atoms = _named(form)
    jump, low = (D + 1) * (1 - A * A) * EPS / B, A + at_b
    first, second = z3.Reals("cost_1 cost_2")
    given = {
        **RANGES,
        "H": h >= 1,
        "cost of T1": first == n1 * (1 - at_d) / 2,
        "cost of T2": second == n2 * cost * (1 - erf) / 2,
        "sum": mean * h <= h * (D + z3.Q(1, 2)) * EPS / B + first + second,
    }
    if form == "sharp":
        given["cost"] = cost == largest(low, jump - low)
    else:
        given |= {
            "ceilings": z3.And(between(0, n1, 1 + r1), between(0, n2, 1 + r2)),
            "ranges": z3.And(between(0, at_d, 1), between(-1, erf, 1), cost >= 0),
        }
    claim = Smt(mean <= to_z3(expression, atoms), given)
    one = claim.supposing({"B": B == 1, "H": h == 1, "cost": cost >= 0, "A": A == 0})
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression; c at every step, and in expectation n_1 (1 - "
        f"arctan(d eps)) / 2 and n_2 max(lo, J - lo) erfc(B / sqrt 2) / 2 for the visits.)",
        All((Declares(KEY, _ASSUMED), claim)),
        (
            Mutant("without c", one.concluding(mean <= to_z3(expression, atoms) - (D + z3.Q(1, 2)) * EPS / B)),
            Mutant("visits not counted", one.without("sum")),
        ),
        tuple(f"{KEY}/{name}" for name in ("visits", "who_visits", "cost_in_T1", "cost_in_T2", "elsewhere")),
        rf"{theorem.left} \le {formula(theorem.expression(form))}",
    )


def proof() -> Proof:
    """The error of the arctan trap's quantizer under the expert's law."""
    theorem = catalog[KEY]
    steps = (
        _path(),
        _visits(),
        _law(),
        *_first_cost(),
        _second_cost(),
        _elsewhere(),
        _final("simple"),
        _final("sharp"),
    )
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
