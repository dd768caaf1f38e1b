"""Theorem 6: the arctan trap, invariant for all parameters, and what it costs.

Once on the trigger I_P the state alternates between T1 and T2 for ever; elsewhere |x| contracts until it is on
the trigger or in the trap.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from proofs_check.axioms import EXPECTATION, EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step

KEY = "theorem_6"
_A, _B, _K, _D, _EPS, _X = z3.Reals("A B k d eps x")
_RANGES = {"A": between(0, _A, 1), "B": _B > 0, "eps": _EPS > 0, "k": _K >= 0}
_BESIDE = _D > _K / 2
_T1 = (_D * _EPS, (_D + 1) * _EPS)


def _step(state: z3.ArithRef, action: z3.ArithRef) -> z3.ArithRef:
    return _A * state + _B * action


def _invariance() -> tuple[Step, ...]:
    x1 = _step(_X, (_D + z3.Q(1, 2)) * _EPS / _B)
    trigger = Smt(
        between(_T1[0], x1, _T1[1]),
        {**_RANGES, "trigger": between(-_K * _EPS / 2, _X, _K * _EPS / 2), "A k <= 1": _A * _K <= 1},
    )
    low, high = _A * _T1[0] + _B, _A * _T1[1] + _B
    first = Smt(between(low, _step(_X, z3.RealVal(1)), high), {**_RANGES, "T1": between(_T1[0], _X, _T1[1])})
    back = _step(_X, (_D + 1) * (1 - _A * _A) * _EPS / _B - _A)
    second = Smt(between(_T1[0], back, _T1[1]), {**_RANGES, "T2": between(low, _X, high)})
    apart = Smt(
        z3.And(_T1[0] > _K * _EPS / 2, _T1[1] < low),
        {**_RANGES, "d > k/2": _BESIDE, "halves apart": _EPS * (1 + _D * (1 - _A)) < _B},
    )
    return (
        Step(
            "trigger_to_trap",
            "I_P -> T1: from every x in [-k eps/2, k eps/2] with action (d + 1/2) eps/B the next state is in [d "
            "eps, (d+1) eps], if A k <= 1.",
            trigger,
            (
                Mutant("A k <= 1 dropped", trigger.without("A k <= 1")),
                Mutant("A k <= 11/10", trigger.supposing({"A k <= 1": z3.Q(11, 10) >= _A * _K})),
            ),
            (),
            r"I_P \to I_{T1}",
        ),
        Step(
            "trap_forward",
            "T1 -> T2: action 1 takes T1 onto [A d eps + B, A (d+1) eps + B].",
            first,
            (
                Mutant(
                    "a narrower T2",
                    first.concluding(
                        between(low, _step(_X, z3.RealVal(1)), _A * _D * _EPS + _B + _A * _EPS / 2)
                    ).supposing({"A": between(z3.Q(1, 10), _A, 1)}),
                ),
            ),
            (),
            r"I_{T1} \to I_{T2}",
        ),
        Step(
            "trap_back",
            "T2 -> T1: action (d+1)(1-A^2) eps/B - A takes B + A y to A^2 y + (1-A^2)(d+1) eps, which lies between "
            "y and (d+1) eps.",
            second,
            (
                Mutant("A above 1", second.without("A").supposing({"A": _A > 1})),
                Mutant(
                    "A^2 dropped from the action",
                    second.concluding(between(_T1[0], _step(_X, (_D + 1) * _EPS / _B - _A), _T1[1])),
                ),
            ),
            (),
            r"I_{T2} \to I_{T1}",
        ),
        Step(
            "disjoint",
            "I_P, T1 and T2 are disjoint, in this order on the line, so the quantizer is well defined.",
            apart,
            (
                Mutant("d > k/2 dropped", apart.without("d > k/2")),
                Mutant("halves apart dropped", apart.without("halves apart")),
            ),
        ),
    )


def _contraction() -> tuple[Step, ...]:
    t = sympy.Symbol("t", nonnegative=True)
    y = sympy.Symbol("y", positive=True)
    arctan = Identity(sympy.integrate(1 / (1 + t**2), (t, 0, y)), sympy.atan(y), {y: (0, 2)})
    slope = z3.Real("t")
    below = Smt(z3.And(1 / (1 + slope * slope) <= 1, 1 / (1 + slope * slope) > 0))
    angle, delta, nxt, s, ball, power, first = z3.Reals("arctan delta next s ball power first")
    elsewhere = Smt(
        absolute(nxt) <= (_A + _B) * absolute(_X) + _B * _EPS / 2,
        {
            **_RANGES,
            "dynamics": nxt == _step(_X, angle + delta),
            "binning": absolute(delta) <= _EPS / 2,
        },
        {f"{KEY}/arctan": absolute(angle) <= absolute(_X)},
    )
    claim = absolute(_X) <= power * first + ball
    shrinks = Induction(
        Smt(claim, {"m = 0": z3.And(power == 1, first == absolute(_X), ball >= 0)}),
        Smt(
            absolute(nxt) <= (s * power) * first + ball,
            {"s": between(0, s, 1), "ball": ball * (1 - s) == _B * _EPS / 2, "P(m)": claim},
            {f"{KEY}/elsewhere": absolute(nxt) <= s * absolute(_X) + _B * _EPS / 2},
        ),
        "steps outside trigger and trap",
    )
    reserve = z3.Real("g")
    arrives = Smt(
        absolute(_X) <= _K * _EPS / 2,
        {
            **_RANGES,
            "g": reserve * _EPS == _K * _EPS / 2 - ball,
            "weak condition": reserve > 0,
            "N": power * first <= reserve * _EPS,
        },
        {f"{KEY}/contraction": claim},
    )
    one = Smt(absolute(nxt) <= s * absolute(_X), {"step": absolute(nxt) <= s * absolute(_X) + _B * _EPS / 2, **_RANGES})
    return (
        Step(
            "arctan",
            "|arctan x| <= |x|: arctan is the integral of 1/(1 + t^2), which is at most 1.",
            All((arctan, below)),
            (Mutant("1/(1 + t^2) <= 1/2", Smt(1 / (1 + slope * slope) <= z3.Q(1, 2))),),
            (EXPECTATION.reference,),
            r"|\arctan x| \le |x|",
        ),
        Step(
            "elsewhere",
            "Outside trigger and trap |x'| <= (A + B)|x| + B eps/2.",
            elsewhere,
            (
                Mutant("no binning error", elsewhere.concluding(absolute(nxt) <= (_A + _B) * absolute(_X))),
                Mutant("|arctan x| <= |x| dropped", elsewhere.without(f"{KEY}/arctan")),
            ),
            (f"{KEY}/arctan",),
            r"|x'| \le \lambda|x|+B\varepsilon/2",
        ),
        Step(
            "contraction",
            "So after m such steps |x| <= s^m |x_1| + B eps/(2 (1 - s)) with s = A + B < 1.",
            shrinks,
            (Mutant("ball forgotten, one step", one),),
            (f"{KEY}/elsewhere",),
            r"|x_{m+1}| \le s^m|x_1|+\tfrac{B\varepsilon}{2(1-s)}",
        ),
        Step(
            "arrival",
            "Under the weak condition k/2 > B/(2 (1 - s)) the state is on the trigger (or trapped before) once s^m "
            "|x_1| <= g eps, "
            "g = k/2 - B/(2 (1 - s)).",
            arrives,
            (
                Mutant("not contracted yet", arrives.without("N")),
                Mutant("ball forgotten", arrives.supposing({"g": reserve == _K})),
            ),
            (f"{KEY}/contraction",),
            r"k/2 > B/(2(1-\lambda))",
        ),
    )


def _losses() -> tuple[Step, ...]:
    angle, b_angle, l1, l2, m, total = z3.Reals("arctan arctan_B l_1 l_2 M total")
    first = Smt(
        absolute(1 - angle) >= 1 - _T1[1],
        {**_RANGES, "T1": between(_T1[0], _X, _T1[1]), "d": _D >= 0},
        {f"{KEY}/arctan": absolute(angle) <= absolute(_X)},
    )
    action = (_D + 1) * (1 - _A * _A) * _EPS / _B - _A
    second = Smt(
        absolute(action - angle) >= largest(z3.RealVal(0), b_angle - action),
        {
            **_RANGES,
            "T2": _X >= _B + _A * _D * _EPS,
            "d": _D >= 0,
            "arctan grows": z3.Implies(_X >= _B, angle >= b_angle),
        },
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
                Mutant("1 - d eps", first.concluding(absolute(1 - angle) >= 1 - _T1[0])),
                Mutant("|arctan x| <= |x| dropped", first.without(f"{KEY}/arctan")),
            ),
            (f"{KEY}/arctan", f"{KEY}/trap_back"),
        ),
        Step(
            "loss_in_T2",
            "A step in T2 loses at least l_2 = (A + arctan B - (d+1)(1-A^2) eps/B)^+: x >= B there and arctan grows.",
            second,
            (
                Mutant("arctan not monotone", second.without("arctan grows")),
                Mutant(
                    "A forgotten",
                    second.concluding(absolute(action - angle) >= b_angle - action + 2 * _A).supposing(
                        {"A": between(z3.Q(1, 10), _A, 1)}
                    ),
                ),
            ),
            (f"{KEY}/trap_forward", f"{KEY}/arctan"),
        ),
        Step(
            "alternation",
            "M trapped steps lose at least M (l_1 + l_2)/2, less |l_1 - l_2|/2 if M is odd.",
            pairs,
            (Mutant("nothing less for odd M, M = 1", Smt(total >= mean, {"one": total == l1})),),
            (f"{KEY}/loss_in_T1", f"{KEY}/loss_in_T2"),
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
            (f"{KEY}/arrival",),
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
        {"elementary/exponential": growth >= 1 + ratio},
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
                Mutant("exponential bound dropped", tangent.without("elementary/exponential")),
            ),
            ("elementary/exponential", EXPONENTIAL.reference, EXPECTATION.reference),
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


def _final_simple() -> tuple[Step, ...]:
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
    action = (_D + 1) * (1 - _A * _A) * _EPS / _B - _A
    claim = Smt(
        regret >= total,
        {
            **_RANGES,
            "d": _D >= 0,
            "A + B < 1": _A + _B < 1,
            "halves apart": _EPS * (1 + _D * (1 - _A)) < _B,
            "l": z3.And(l1 == 1 - (_D + 1) * _EPS, l2 == largest(z3.RealVal(0), angle - action)),
            "travel": z3.And(travel * log_rate == log_term, log_rate > 0),
            "probability": between(0, now, 1),
            "reward at most 1": regret >= 0,
        },
        {
            f"{KEY}/alternation": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) / 2 * now,
            f"{KEY}/count": trapped >= horizon - 1 - mean_n,
            f"{KEY}/few_steps": mean_n <= 1 + travel,
            f"{KEY}/l_1": l1 >= 0,
        },
    )
    positive = Smt(
        1 - (_D + 1) * _EPS > 0,
        {**_RANGES, "d": _D >= 0, "A + B < 1": _A + _B < 1, "halves apart": _EPS * (1 + _D * (1 - _A)) < _B},
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
            (f"{KEY}/arrival", f"{KEY}/log_mean", f"{KEY}/mean_size", EXPONENTIAL.reference),
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
                Mutant("few steps dropped", claim.without(f"{KEY}/few_steps")),
            ),
            tuple(f"{KEY}/{name}" for name in ("alternation", "count", "few_steps", "l_1")),
            rf"E\,\mathrm{{Regret}} \ge {sympy.latex(expression)}",
        ),
    )


def _final_sharp() -> Step:
    theorem = catalog[KEY]
    expression = theorem.expression("sharp")
    (arrived,) = expression.atoms(sympy.Sum)
    last = arrived.function.subs(arrived.limits[0][0], symbol("H"))
    regret, trapped, now, angle, l1, l2 = z3.Reals("regret trapped now arctan_B l_1 l_2")
    total = to_z3(expression, {arrived: trapped, last: now, sympy.atan(symbol("B")): angle})
    action = (_D + 1) * (1 - _A * _A) * _EPS / _B - _A
    claim = Smt(
        regret >= total,
        {
            **_RANGES,
            "l": z3.And(l1 == 1 - (_D + 1) * _EPS, l2 == largest(z3.RealVal(0), angle - action)),
            "reward at most 1": regret >= 0,
        },
        {f"{KEY}/alternation": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) / 2 * now},
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
                claim.without(f"{KEY}/alternation").supposing(
                    {"mean": regret >= (l1 + l2) / 2 * trapped - absolute(l1 - l2) * now}
                ),
            ),
            Mutant("alternation dropped", claim.without(f"{KEY}/alternation")),
            Mutant("one step earlier", Identity(reading.left, reading.right.subs(h, h + 1), reading.domain)),
        ),
        tuple(
            f"{KEY}/{name}"
            for name in ("alternation", "count", "arrival", "arrival_law", "disjoint", "trigger_to_trap")
        ),
        rf"E\,\mathrm{{Regret}} \ge {sympy.latex(expression)}",
    )


def arctan_trap() -> Proof:
    """Theorem 6, arctan trap."""
    theorem = catalog[KEY]
    steps = (*_invariance(), *_contraction(), *_losses(), *_arrival_law(), *_final_simple(), _final_sharp())
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
