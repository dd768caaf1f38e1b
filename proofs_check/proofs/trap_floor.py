"""Theorem 6: what the arctan trap costs, down to the catalog's floor in both forms."""

from __future__ import annotations

from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import ARCTAN, EXPECTATION, EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import traps
from proofs_check.proofs.traps import EPS, KEY, RANGES, T1, A, B, D, X


def _losses() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    angle, b_angle, l1, l2, m, total = z3.Reals("arctan arctan_B l_1 l_2 M total")
    first = Smt(
        absolute(1 - angle) >= 1 - T1[1],
        {**RANGES, "T1": between(T1[0], X, T1[1]), "d": D >= 0},
        {ARCTAN.reference: traps.arctan_size(X, angle)},
    )
    action = (D + 1) * (1 - A * A) * EPS / B - A
    second = Smt(
        absolute(action - angle) >= largest(z3.RealVal(0), b_angle - action),
        {
            **RANGES,
            "T2": X >= B + A * D * EPS,
            "d": D >= 0,
        },
        {ARCTAN.reference: traps.arctan_grows(B, X, b_angle, angle)},
    )
    odd = z3.Bool("odd")
    mean, gap = (l1 + l2) / 2, absolute(l1 - l2) / 2
    claim = z3.If(odd, total >= mean * m - gap, total >= mean * m)
    # two trapped steps at a time: one in each half, whichever comes first
    pairs = Induction(
        Smt(
            claim,
            {"M": z3.Or(z3.And(m == 0, total == 0, z3.Not(odd)), z3.And(m == 1, odd, z3.Or(total >= l1, total >= l2)))},
        ),
        Smt(z3.If(odd, total + l1 + l2 >= mean * (m + 2) - gap, total + l1 + l2 >= mean * (m + 2)), {"P(M)": claim}),
        "trapped steps, two at a time; odd: whether their number is",
    )
    count, h, n = z3.Reals("count H N")
    counted = Induction(
        Smt(count == largest(h - n - 1, z3.RealVal(0)), {"H = 1": z3.And(h == 1, count == 0, n >= 0)}),
        Smt(
            count + z3.If(h + 1 >= n + 2, z3.RealVal(1), z3.RealVal(0)) == largest(h + 1 - n - 1, z3.RealVal(0)),
            {"P(H)": count == largest(h - n - 1, z3.RealVal(0)), "whole": z3.Or(h >= n + 1, h <= n)},
        ),
        "H from 1; step h is trapped for sure if N <= h - 2",
    )
    return (
        Step(
            "loss_in_T1",
            "A step in T1 (action 1) loses at least l_1 = 1 - (d+1) eps: arctan x <= x <= (d+1) eps.",
            first,
            (
                Mutant("1 - d eps", first.concluding(absolute(1 - angle) >= 1 - T1[0])),
                Mutant("|arctan x| <= |x| dropped", first.without(ARCTAN.reference)),
            ),
        ),
        Step(
            "loss_in_T2",
            "A step in T2 loses at least l_2 = (A + arctan B - (d+1)(1-A^2) eps/B)^+: x >= B there and arctan grows.",
            second,
            (
                Mutant("arctan not monotone", second.without(ARCTAN.reference)),
                Mutant(
                    "A forgotten",
                    second.concluding(absolute(action - angle) >= b_angle - action + 2 * A).supposing(
                        {"A": between(z3.Q(1, 10), A, 1)}
                    ),
                ),
            ),
        ),
        Step(
            "alternation",
            "M trapped steps lose at least M (l_1 + l_2)/2, less |l_1 - l_2|/2 if M is odd.",
            pairs,
            (Mutant("nothing less for odd M, M = 1", Smt(total >= mean, {"one": total == l1})),),
            (),
            leans=tuple(f"{KEY}/{name}" for name in ("loss_in_T1", "loss_in_T2", "trap_forward", "trap_back")),
        ),
        Step(
            "count",
            "Of H steps at least M = (H - N - 1)^+ are trapped: all those with N <= h - 2.",
            counted,
            (
                Mutant(
                    "one more, H = 1",
                    Smt(count == largest(h - n, z3.RealVal(0)), {"H = 1": z3.And(h == 1, count == 0, n >= 0)}),
                ),
            ),
            (),
            leans=(f"{KEY}/arrival",),
        ),
    )


def _arrival_law() -> tuple[Step, ...]:
    a = sympy.Symbol("a", positive=True)
    t = sympy.Symbol("t", real=True)
    density = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
    law = Identity(sympy.integrate(density, (t, -a, a)), sympy.erf(a / sympy.sqrt(2)), {a: (0, 3)})
    mean = sympy.integrate(2 * t * density, (t, 0, sympy.oo))
    average = Identity(mean, sympy.sqrt(2 / sympy.pi))
    y, c, log_y, log_c, ratio, growth = z3.Reals("y c log_y log_c ratio growth")
    tangent = Smt(
        log_y <= log_c + (y - c) / (1 + c),
        {"range": z3.And(y >= 0, c >= 0), "log": z3.And(growth * (1 + c) == 1 + y, ratio == log_y - log_c)},
        {el.EXP_BOUND: el.exponential(-ratio, growth)},
    )
    return (
        Step(
            "arrival_law",
            "For x_1 ~ N(0, 1): P(N <= m) = P(|x_1| <= g eps s^-m) = erf(g eps s^-m / sqrt 2).",
            law,
            (Mutant("without the root", Identity(law.left, sympy.erf(a), {a: (0, 3)})),),
            (),
            r"P(|x_1|\le a)=\mathrm{erf}(a/\sqrt2)",
        ),
        Step(
            "mean_size",
            "E|x_1| = sqrt(2/pi).",
            average,
            (Mutant("sqrt(1/pi)", Identity(mean, sympy.sqrt(1 / sympy.pi))),),
        ),
        Step(
            "log_mean",
            "E log(1 + Y) <= log(1 + E Y) for Y >= 0: log(1 + y) lies below its tangent at E Y, by exp(r) >= 1 + r.",
            tangent,
            (
                Mutant("tangent at half the slope", tangent.concluding(log_y <= log_c + (y - c) / (2 + 2 * c))),
                Mutant("exponential bound dropped", tangent.without(el.EXP_BOUND)),
            ),
            (EXPONENTIAL.reference, EXPECTATION.reference),
            r"E\log(1+Y) \le \log(1+EY)",
        ),
    )


_NAMES = (
    "arctan_trap",
    "contracting",
    "trap_beside_trigger",
    "trigger_hits_trap",
    "trigger_catches",
    "trap_halves_apart",
)


_POINTS: dict[str, Domain] = {
    "A": (0, Fraction(1, 4)),
    "B": (Fraction(1, 4), Fraction(1, 2)),
    "k": (2, 3),
    "eps": (0, Fraction(1, 10)),
}


def _final_simple() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    theorem = catalog[KEY]
    steps_out, log_y, log_more, rate = z3.Reals("N log_y log_more rate")
    few = Smt(
        steps_out <= 1 + log_more / rate,
        {
            "least": z3.Or(steps_out == 0, (steps_out - 1) * rate < log_y),
            "logs": z3.And(log_y <= log_more, log_more >= 0),
            "rate": rate > 0,
        },
    )
    regret, trapped, now, l1, l2, horizon, mean_n, travel, angle = z3.Reals(
        "regret trapped now l_1 l_2 H mean_N travel arctan_B"
    )
    reserve = (symbol("k") / 2 - symbol("B") / (2 * (1 - symbol("A") - symbol("B")))) * symbol("eps")
    travelled = sympy.log(1 + sympy.sqrt(2 / sympy.pi) / reserve) / sympy.log(1 / (symbol("A") + symbol("B")))
    expression = theorem.expression("simple")
    logs = [factor for factor in expression.atoms(sympy.log) if factor.has(symbol("k"))]
    rates = [factor for factor in expression.atoms(sympy.log) if not factor.has(symbol("k"))]
    log_term, log_rate = z3.Reals("log_term log_rate")
    total = to_z3(expression, {logs[0]: log_term, rates[0]: log_rate, sympy.atan(symbol("B")): angle})
    domain: dict[sympy.Symbol, Domain] = {symbol(name): ends for name, ends in _POINTS.items()}
    reading = Identity(logs[0] / rates[0], travelled, domain)
    action = (D + 1) * (1 - A * A) * EPS / B - A
    claim = Smt(
        regret >= total,
        {
            **RANGES,
            "d": D >= 0,
            "A + B < 1": A + B < 1,
            "halves apart": EPS * (1 + D * (1 - A)) < B,
            "l": z3.And(l1 == 1 - (D + 1) * EPS, l2 == largest(z3.RealVal(0), angle - action)),
            "travel": z3.And(travel * log_rate == log_term, log_rate > 0),
            "probability": between(0, now, 1),
            "reward at most 1": regret >= 0,
            "alternation": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) / 2 * now,
            "count": trapped >= horizon - 1 - mean_n,
            "few steps": mean_n <= 1 + travel,
        },
        {f"{KEY}/l_1": 1 - (D + 1) * EPS > 0},
    )
    positive = Smt(
        1 - (D + 1) * EPS > 0,
        {**RANGES, "d": D >= 0, "A + B < 1": A + B < 1, "halves apart": EPS * (1 + D * (1 - A)) < B},
    )
    return (
        Step(
            "few_steps",
            "N <= 1 + log(1 + y)/log(1/s), y = |x_1|/(g eps): N is the least m with s^m y <= 1. With E log(1 + Y) "
            "<= log(1 + E Y) this bounds E N.",
            few,
            (
                Mutant("N not the least", few.without("least")),
                Mutant("the 1 dropped", few.concluding(steps_out <= log_more / rate)),
            ),
            (EXPONENTIAL.reference,),
            leans=(f"{KEY}/arrival", f"{KEY}/log_mean", f"{KEY}/mean_size"),
        ),
        Step(
            "l_1",
            "l_1 > 0: the halves of the trap are apart and A + B < 1.",
            positive,
            (
                Mutant("halves apart dropped", positive.without("halves apart")),
                Mutant("A + B < 1 dropped", positive.without("A + B < 1")),
            ),
        ),
        Step(
            "final_simple",
            f"{theorem.statement} (Simple form: the catalog's expression.)",
            All((Declares(KEY, _NAMES), reading, claim)),
            (
                Mutant(
                    "H - 2 in place of H - 3",
                    Smt(
                        regret >= (l1 + l2) / 2 * (horizon - 2 - travel),
                        {
                            "l": z3.And(l1 >= 0, l2 >= 0),
                            "bound": regret == (l1 + l2) / 2 * trapped - absolute(l1 - l2) / 2,
                            "count": trapped == horizon - 2 - travel,
                        },
                    ),
                ),
                Mutant("few steps dropped", claim.without("few steps")),
            ),
            latex=rf"E\,\mathrm{{Regret}} \ge {formula(expression)}",
            leans=tuple(f"{KEY}/{name}" for name in ("alternation", "count", "few_steps")),
        ),
    )


def _final_sharp() -> Step:  # long: one argument, its steps read in order
    theorem = catalog[KEY]
    expression = theorem.expression("sharp")
    (arrived,) = expression.atoms(sympy.Sum)
    last = arrived.function.subs(arrived.limits[0][0], symbol("H"))
    regret, trapped, now, angle, l1, l2 = z3.Reals("regret trapped now arctan_B l_1 l_2")
    total = to_z3(expression, {arrived: trapped, last: now, sympy.atan(symbol("B")): angle})
    action = (D + 1) * (1 - A * A) * EPS / B - A
    claim = Smt(
        regret >= total,
        {
            **RANGES,
            "l": z3.And(l1 == 1 - (D + 1) * EPS, l2 == largest(z3.RealVal(0), angle - action)),
            "reward at most 1": regret >= 0,
            "alternation": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) / 2 * now,
        },
    )
    reserve = (symbol("k") / 2 - symbol("B") / (2 * (1 - symbol("A") - symbol("B")))) * symbol("eps")
    h = arrived.limits[0][0]
    reading = Identity(
        arrived.function,
        sympy.erf(reserve * (symbol("A") + symbol("B")) ** (2 - h) / sympy.sqrt(2)),
        {**{symbol(name): ends for name, ends in _POINTS.items()}, h: (2, 6)},
    )
    return Step(
        "final",
        f"{theorem.statement} (Sharp form: the catalog's expression; its sum is over the probabilities that step h "
        f"is trapped, N <= h - 2, and its last term is "
        "weighted with the probability that any step is.)",
        All((Declares(KEY, _NAMES), reading, claim)),
        (
            Mutant(
                "odd trapped steps forgotten",
                claim.supposing({"alternation": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) * now}),
            ),
            Mutant("alternation dropped", claim.without("alternation")),
            Mutant("one step earlier", Identity(reading.left, reading.right.subs(h, h + 1), reading.domain)),
        ),
        latex=rf"E\,\mathrm{{Regret}} \ge {formula(expression)}",
        leans=tuple(
            f"{KEY}/{name}"
            for name in ("alternation", "count", "arrival", "arrival_law", "disjoint", "trigger_to_trap")
        ),
    )


def proof() -> Proof:
    """Theorem 6, arctan trap."""
    theorem = catalog[KEY]
    steps = (*traps.steps(), *_losses(), *_arrival_law(), *_final_simple(), _final_sharp())
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
