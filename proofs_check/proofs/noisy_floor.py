"""The noisy trap: what the absorbed policy loses, down to the catalog's floor in both forms."""

from __future__ import annotations

from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, smallest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import noisy_absorption, noisy_trap
from proofs_check.proofs.noisy_absorption import EPS, KEY, RANGES, A, B, C, M, Q, W

_NAMES = ("noisy_trap", "contracting", "trap_out_of_sight", "narrow_trigger")
_R, _X_C, _ONE, _ZERO = z3.Real("R"), z3.Real("x_c"), z3.RealVal(1), z3.RealVal(0)
_RADIUS, _MIDDLE, _HIGH, _LOW, _LOSS = z3.Reals("r m_0 high low l")
_MIN_LOSS = {
    "r": z3.And(_RADIUS > 0, _RADIUS * (1 - A) == W),
    "m_0": _MIDDLE * B == (1 - A - B * C) * _X_C,
    "high": smallest(_ONE, _MIDDLE + C * _RADIUS) == _HIGH,
    "low": smallest(_ONE, _MIDDLE - C * _RADIUS) == _LOW,
    "l": _LOSS * 2 * _RADIUS == (_HIGH + _LOW) * _RADIUS - A * EPS * (_HIGH - _LOW),
}


def _trapped() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    mean, e, value, x = z3.Reals("mean e value x")
    drift = Induction(
        Smt(mean <= A * EPS, {"first": mean == A * x, "x": z3.And(x >= 0, x <= EPS), "A": between(0, A, 1)}),
        Smt(
            A * mean + e <= A * EPS,
            {"A": between(0, A, 1), "eps": EPS > 0, "centred": e == 0, "P(j)": mean <= A * EPS},
        ),
        "steps in the trap; mean stands for E[x - x_c], e for E w",
    )
    at_least = {f"{KEY}/middle": _MIDDLE >= C * _RADIUS}
    far = {
        "m_0": _MIN_LOSS["m_0"],
        "r": _MIN_LOSS["r"],
        "loop": A + B * C < 1,
        "R": _R * (1 - A - B * C) == W,
        "out of sight": _X_C > _R + _RADIUS,
    }
    cost = Smt(
        absolute((1 - A) * _X_C / B - C * (_X_C + e)) == _MIDDLE - C * e,
        {
            **RANGES,
            **far,
            "T": absolute(e) <= _RADIUS,
        },
        at_least,
    )
    positive = Smt(
        _MIDDLE >= C * _RADIUS,
        {
            **RANGES,
            **far,
        },
    )
    chord = Smt(
        2 * _RADIUS * value >= (_HIGH + _LOW) * _RADIUS - e * (_HIGH - _LOW),
        {
            "c": C > 0,
            "T": absolute(e) <= _RADIUS,
            "r": _RADIUS > 0,
            "loss": value == smallest(_ONE, _MIDDLE - C * e),
            "high": _MIN_LOSS["high"],
            "low": _MIN_LOSS["low"],
        },
    )
    average = Smt(
        value >= _LOSS,
        {
            "l": _MIN_LOSS["l"],
            "r": _RADIUS > 0,
            "order": _HIGH >= _LOW,
            "mean": mean <= A * EPS,
            "chord": 2 * _RADIUS * value >= (_HIGH + _LOW) * _RADIUS - mean * (_HIGH - _LOW),
        },
    )
    action = z3.Real("action")
    nearer = Smt(
        action >= _MIDDLE,
        {
            **RANGES,
            **far,
            "x": between(0, x, EPS),
            "narrow": 2 * EPS <= W,
            "action": action * B == _X_C - B * C * x,
        },
    )
    below = Smt(
        2 * _LOSS <= _HIGH + _LOW,
        {"l": _MIN_LOSS["l"], "r": _RADIUS > 0, "order": _HIGH >= _LOW, "A": A >= 0, "eps": EPS >= 0},
    )
    concave = Smt(
        2 * smallest(_ONE, absolute(action)) >= _HIGH + _LOW,
        {"high": _MIN_LOSS["high"], "low": _MIN_LOSS["low"], "action": action >= _MIDDLE, "m_0": _MIDDLE >= 0},
    )
    sign = Smt(
        _LOSS >= 0,
        {**RANGES, **_MIN_LOSS, **far, "narrow": 2 * EPS <= W},
        at_least,
    )
    return (
        Step(
            "centre",
            "In the trap E[x_h - x_c] <= A eps: first A x, x in the trigger, then times A at every step.",
            drift,
            (Mutant("noise not centred, one step", Smt(A * mean + e <= A * EPS, {"P": mean <= A * EPS})),),
            (EXPECTATION.reference,),
            leans=(f"{noisy_trap.KEY}/caught", f"{noisy_trap.KEY}/invariant"),
        ),
        Step(
            "middle",
            "m_0 = (1-s) x_c/B >= c r: x_c > R + r and 1 - A >= B c.",
            positive,
            (Mutant("trap in sight", positive.without("out of sight")),),
        ),
        Step(
            "loss",
            "In the trap, x = x_c + e, |e| <= r: the action differs from c x by m_0 - c e >= 0.",
            cost,
            (Mutant("trap in sight", cost.without(f"{KEY}/middle", "out of sight")),),
            (),
            leans=(f"{noisy_trap.KEY}/invariant",),
        ),
        Step(
            "chord",
            "f(e) = min(1, m_0 - c e) is concave: on [-r, r] it lies above its chord.",
            chord,
            (
                Mutant("beyond the ends", chord.supposing({"T": e >= 0})),
                Mutant(
                    "the other slope",
                    chord.concluding(2 * _RADIUS * value >= (_HIGH + _LOW) * _RADIUS + e * (_HIGH - _LOW)),
                ),
            ),
        ),
        Step(
            "mean_loss",
            "So the mean loss of a step in the trap is at least l = (f(-r) + f(r))/2 - A eps (f(-r) - f(r))/(2r).",
            average,
            (Mutant("mean not bounded", average.without("mean")),),
            (EXPECTATION.reference,),
            r"E f(e) \ge \ell",
            leans=(f"{KEY}/chord", f"{KEY}/loss", f"{KEY}/centre"),
        ),
        Step(
            "trigger_loss",
            "A step on the trigger loses at least f(0) >= (f(-r) + f(r))/2 >= l: x_c/B - c x >= x_c/B - c eps >= m_0.",
            All((nearer, below, concave)),
            (
                Mutant("a trap near the trigger", nearer.without("out of sight")),
                Mutant("f(-r) alone", concave.concluding(smallest(_ONE, absolute(action)) >= _HIGH)),
            ),
            (),
            leans=(f"{KEY}/middle",),
        ),
        Step(
            "sign",
            "l >= f(r) >= 0, as A eps <= r.",
            sign,
            (Mutant("a wide trigger", sign.without("narrow")),),
            (),
        ),
    )


def _sums() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    regret, absorbed, step, share, bound, power, total, h = z3.Reals("regret absorbed step S power_h power total H")
    adds = Induction(
        Smt(regret >= _LOSS * absorbed, {"none": z3.And(regret == 0, absorbed == 0)}),
        Smt(
            regret + step >= _LOSS * (absorbed + (1 - bound)),
            {
                "loss": z3.And(_LOSS >= 0, step >= _LOSS * (1 - share)),
                "rate": share <= bound,
                "P(H)": regret >= _LOSS * absorbed,
            },
        ),
        "steps; absorbed stands for the sum of 1 - (1-q)^max(0, h-m-1)",
    )
    geometric = Induction(
        Smt(
            Q * (total - M) == 1 - power * (1 - Q),
            {"H = m + 1": z3.And(total == M + 1, power == 1)},
        ),
        Smt(
            Q * (total + power * (1 - Q) - M) == 1 - power * (1 - Q) * (1 - Q),
            {"P(H)": Q * (total - M) == 1 - power * (1 - Q)},
        ),
        "H from m + 1; total stands for the sum of (1-q)^max(0, h-m-1), power for (1-q)^(H-m-1)",
    )
    few = Smt(
        h - total >= h - M - 1 / Q,
        {"q": z3.And(Q > 0, Q < 1), "power": power >= 0, "sum": Q * (total - M) == 1 - power * (1 - Q)},
    )
    early = Smt(h - total >= h - M - 1 / Q, {"q": Q > 0, "H <= m": z3.And(total == h, h <= M)})
    return (
        Step(
            "sum",
            "Step h loses at least l in expectation once the trigger was met, with probability 1 - S_h, and the expert "
            "loses nothing: the regret is at least l times the sum of 1 - (1-q)^max(0, h-m-1).",
            adds,
            (
                Mutant(
                    "absorbed from the start, one step",
                    Smt(
                        step >= _LOSS,
                        {"loss": z3.And(_LOSS >= 0, step >= _LOSS * (1 - share)), "S": between(0, share, 1)},
                    ),
                ),
            ),
            (EXPECTATION.reference,),
            r"\mathrm{Regret} \ge \ell\sum_h(1-S_h)",
            leans=(f"{KEY}/rate", f"{KEY}/mean_loss", f"{KEY}/trigger_loss", f"{KEY}/sign"),
        ),
        Step(
            "geometric",
            "The sum of (1-q)^max(0, h-m-1) over h <= H is at most m + 1/q: H <= m, or m plus a geometric sum.",
            All((geometric, few, early)),
            (
                Mutant("m - 1 + 1/q", few.concluding(h - total >= h - (M - 1) - 1 / Q).supposing({"zero": power == 0})),
                Mutant("q of any sign", early.supposing({"q": Q < 0})),
            ),
            (),
            r"\sum_h (1-q)^{(h-m-1)^+} \le m + 1/q",
            leans=(f"{KEY}/size",),
        ),
    )


_POINTS: dict[str, Domain] = {
    "A": (Fraction(1, 10), Fraction(1, 4)),
    "B": (Fraction(1, 4), Fraction(1, 2)),
    "c": (Fraction(1, 2), 1),
    "W": (1, 2),
    "eps": (Fraction(1, 10), Fraction(1, 2)),
}


def _written(form: str) -> tuple[sympy.Expr, sympy.Symbol, sympy.Expr]:
    """The catalog's expression with m as a letter, that letter, and q as the steps above have it."""
    a, b, c, w, eps = (symbol(name) for name in _POINTS)
    s = a + b * c
    memory = sympy.Max(1, sympy.ceiling(sympy.log((1 - s) / 2) / sympy.log(s)) - 1)
    m = sympy.Symbol("m", integer=True, positive=True)
    spread, offset, p = s * (1 - s**m) * w / (1 - s), s ** (m + 1) * w / (1 - s) + eps, eps / (2 * w)
    t = 1 - (sympy.Min(1, (w - offset) / spread) + sympy.Min(1, (w + offset) / spread)) / 2
    return catalog[KEY].expression(form).subs(memory, m), m, p * (1 - t) / (1 + m * p)


def _final(form: str) -> Step:  # long: one formula and what it is made of
    theorem = catalog[KEY]
    expression, m, q = _written(form)
    a, b, c, w, _ = (symbol(name) for name in _POINTS)
    middle, radius = (1 - a - b * c) * symbol("x_c") / b, w / (1 - a)
    ends = {sympy.Min(1, middle + c * radius): _HIGH, sympy.Min(1, middle - c * radius): _LOW}
    regret, weight = z3.Reals("regret weight")
    domain: dict[sympy.Symbol, Domain] = {**{symbol(name): ends for name, ends in _POINTS.items()}, m: (1, 4)}
    if form == "sharp":
        (read,) = expression.atoms(sympy.Sum)
        h = read.limits[0][0]
        reading = Identity(read.function, 1 - (1 - q) ** sympy.Max(0, h - m - 1), {**domain, h: (1, 8)})
        wrong = Identity(read.function, 1 - (1 - q) ** sympy.Max(0, h - m), {**domain, h: (6, 9)})
        given = {"regret": regret >= _LOSS * weight}
        drop = "regret"
    else:
        (read,) = (part for part in expression.atoms(sympy.Max) if part.has(symbol("H")))
        reading = Identity(read, sympy.Max(0, symbol("H") - m - 1 / q), {**domain, symbol("H"): (4, 40)})
        wrong = Identity(read, sympy.Max(0, symbol("H") - m + 1 - 1 / q), {**domain, symbol("H"): (400, 500)})
        total, horizon, inverse = z3.Reals("total H inverse_q")
        given = {
            "regret": z3.And(regret >= _LOSS * (horizon - total), regret >= 0),
            "sum": total <= M + inverse,
            "read": weight == z3.If(horizon - M - inverse >= 0, horizon - M - inverse, _ZERO),
        }
        drop = "sum"
    claim = Smt(
        regret >= to_z3(expression, {read: weight, **ends}),
        {**RANGES, "r": _MIN_LOSS["r"], "l": _MIN_LOSS["l"], "l >= 0": _LOSS >= 0, **given},
    )
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression, its loss l and its absorption rate q.)",
        All((Declares(KEY, _NAMES), reading, claim)),
        (Mutant(f"{drop} dropped", claim.without(drop)), Mutant("one step earlier", wrong)),
        latex=rf"\mathrm{{Regret}} \ge {formula(theorem.expression(form))}",
        leans=tuple(f"{KEY}/{n}" for n in ("sum", "rate", "memory", *(("geometric",) if form == "simple" else ()))),
    )


def proof() -> Proof:
    """The noisy trap's floor."""
    theorem = catalog[KEY]
    steps = (*noisy_absorption.steps(), *_trapped(), *_sums(), _final("simple"), _final("sharp"))
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
