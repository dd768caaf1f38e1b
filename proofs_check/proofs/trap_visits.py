"""The expert's path beside the trap: it falls, so it visits an interval only a number of times that grows like a log.

What a step takes from an earlier one it takes with everything that was supposed there, so hypotheses pile up.
"""

from __future__ import annotations

import sympy
import z3

from proofs_check.axioms import ARCTAN, EXPECTATION, UNIT
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.symbolic import Identity
from proofs_check.ledger import Mutant, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs.traps import RANGES, A, B, X, arctan_size

KEY = "theorem_6_error"
LOOP = {**RANGES, "contracting": A + B < 1}


def _path() -> tuple[Step, ...]:
    angle, power, first, j = z3.Reals("arctan power first j")
    after = A * X + B * angle
    arctan = {ARCTAN.reference: arctan_size(X, angle)}
    claim = z3.And(X > 0, power * first >= X, z3.Implies(j >= 1, power * first > X))
    given = {**LOOP, "start": first > 0}
    on = Smt(
        z3.And(after > 0, (A + B) * power * first >= after, z3.Implies(j + 1 >= 1, (A + B) * power * first > after)),
        {**given, "P(j)": claim},
        arctan,
    )
    below = {**LOOP, "start": first <= 0}
    stays = Smt(after <= 0, {**below, "P(j)": X <= 0}, arctan)
    return (
        Step(
            "path",
            "From x_h > 0 the expert's path stays positive and x_(h+j) < s^j x_h for j >= 1, s = A + B, as 0 < arctan "
            "x < x.",
            Induction(
                Smt(claim, {"start": first > 0, "j = 0": z3.And(power == 1, first == X, j == 0)}),
                on,
                "steps after x_h > 0; power stands for s^j",
            ),
            (
                Mutant("arctan dropped", on.without(ARCTAN.reference)),
                Mutant("no action", on.concluding(after < A * power * first)),
            ),
            latex=r"0 < x_{h+j} < \lambda^j x_h",
        ),
        Step(
            "other_side",
            "From x_h <= 0 it never gets above 0.",
            Induction(Smt(X <= 0, {"start": first <= 0, "j = 0": first == X}), stays, "steps after x_h <= 0"),
            (Mutant("arctan dropped", stays.without(ARCTAN.reference)),),
        ),
    )


def visiting(low: z3.ArithRef, high: z3.ArithRef, tag: str = "") -> dict[str, z3.BoolRef]:
    """What is supposed of the visits of [low, high] by a path that starts at first and is at x at its last visit."""
    power, first, j, x, n, whole, ratio, slope, decay, count, spent, one, _, _, w = _letters(tag)
    given = {
        "powers": z3.And(z3.Implies(j >= n, power <= whole), whole >= 0, between(0, power, 1)),
        "n": z3.And(n * slope >= ratio, n >= 1),
        "logs": whole * high == low * decay,
        "interval": z3.And(low > 0, first <= high, low <= x),
        "visits h..h + j": count <= j + 1,
        "whole": z3.Implies(j < n, j + 1 <= n),
        "path": z3.Or(z3.And(spent == 0, one >= 0), z3.And(spent == count, z3.Implies(first >= low, one == 1))),
        "mass": w >= 0,
    }
    return {f"{name}{tag}": formula for name, formula in given.items()}


def _letters(tag: str = "") -> list[z3.ArithRef]:
    names = "power first j x n whole ratio slope decay count spent one met tail w"
    return [z3.Real(f"{name}{tag}") for name in names.split()]


def _visits() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    low, high = z3.Reals("a b")
    power, first, j, x, n, whole, ratio, slope, decay, count, spent, one, met, tail, w = _letters()
    piled = visiting(low, high)

    def upto(*names: str) -> dict[str, z3.BoolRef]:
        return {**LOOP, **{name: piled[name] for name in names}}

    few = Smt(
        whole * high <= low,
        upto("interval", "logs", "n"),
        {UNIT.reference: el.exponential_unit(n * slope - ratio, decay)},
    )
    source = Smt(
        first >= low,
        upto("interval", "powers"),
        {
            f"{KEY}/path": z3.Implies(first > 0, power * first >= x),
            f"{KEY}/other_side": z3.Implies(first <= 0, x <= 0),
        },
    )
    late = Smt(
        j < n,
        upto("interval", "logs", "n", "powers"),
        {
            f"{KEY}/few": few.goal,
            f"{KEY}/source": first >= low,
            f"{KEY}/path": z3.Implies(first > 0, z3.Implies(j >= 1, power * first > x)),
        },
    )
    counted = Smt(count <= n, upto(*(name for name in piled if name != "path")), {f"{KEY}/late": j < n})
    claim = met <= n * tail
    summed = Smt(
        met + w * spent <= n * (tail + w * one),
        {**LOOP, **piled, "P(i)": claim},
        {f"{KEY}/visits": counted.goal, f"{KEY}/source": first >= low},
    )
    return (
        Step(
            "few",
            "s^n b <= a once n >= log(b/a) / log(1/s): n = ceil(log(b/a)/log(1/s)) will do.",
            few,
            (Mutant("n too small", few.without("n", UNIT.reference)),),
        ),
        Step(
            "source",
            "Who is in [a, b], a > 0, started at a or above, as the path falls.",
            source,
            (Mutant("paths that rise", source.without("powers").supposing({"rising": power >= 0})),),
        ),
        Step(
            "late",
            "A visit j >= 1 steps after one in [a, b] has a <= x_(h+j) < s^j b, so j < n.",
            late,
            (
                Mutant("a visit at once", late.concluding(j < n - 1)),
                Mutant("path dropped", late.without(f"{KEY}/path")),
            ),
        ),
        Step(
            "visits",
            "So the path is in [a, b] at most n times.",
            counted,
            (Mutant("one visit less", counted.concluding(count <= n - 1)),),
            latex=r"\#\{h: a\le x_h\le b\} \le \lceil\log(b/a)/\log(1/\lambda)\rceil",
        ),
        Step(
            "met",
            "In expectation at most n P(x_1 >= a) times.",
            Induction(
                Smt(claim, {"none": z3.And(met == 0, tail == 0)}),
                summed,
                "starting points x_1; met stands for the mean number of visits, tail for P(x_1 >= a)",
            ),
            (Mutant("source dropped", summed.without(f"{KEY}/source")),),
            (EXPECTATION.reference,),
        ),
    )


def _law() -> Step:
    t, b = sympy.Symbol("t", real=True), sympy.Symbol("b", positive=True)
    density = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
    tail = sympy.integrate(density, (t, b, sympy.oo))
    return Step(
        "who_visits",
        "P(x_1 >= b) = (1 - erf(b / sqrt 2))/2 for x_1 ~ N(0, 1) and b > 0. T1 begins at d eps, where that is at most "
        "1/2, T2 at B + A d eps >= B, where it is at most its value at B.",
        Identity(tail, (1 - sympy.erf(b / sympy.sqrt(2))) / 2, {b: (0, 2)}),
        (Mutant("both sides", Identity(tail, 1 - sympy.erf(b / sympy.sqrt(2)), {b: (0, 2)})),),
        (),
        r"P(x_1 \ge B) = \tfrac12\mathrm{erfc}(B/\sqrt 2)",
    )


def steps() -> tuple[Step, ...]:
    """The path, its visits and their chance."""
    return (*_path(), *_visits(), _law())
