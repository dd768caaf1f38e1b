"""Theorem 6: the arctan trap, invariant for all parameters.

Once on the trigger I_P the state alternates between T1 and T2 for ever; elsewhere |x| contracts until it is on the
trigger or in the trap.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import ARCTAN
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, absolute, between
from proofs_check.ledger import Mutant, Step

KEY = "theorem_6"
A, B, K, D, EPS, X = z3.Reals("A B k d eps x")
RANGES = {"A": between(0, A, 1), "B": B > 0, "eps": EPS > 0, "k": K >= 0}
_BESIDE = D > K / 2
TRIGGER = (-K * EPS / 2, K * EPS / 2)
T1 = (D * EPS, (D + 1) * EPS)
T2 = (A * T1[0] + B, A * T1[1] + B)


def arctan_size(x: z3.ArithRef, angle: z3.ArithRef) -> z3.BoolRef:
    """Where arctan x lies; angle stands for it."""
    return z3.And(z3.Implies(x > 0, z3.And(angle > 0, angle < x)), z3.Implies(x <= 0, z3.And(angle <= 0, angle >= x)))


def arctan_grows(x: z3.ArithRef, y: z3.ArithRef, at_x: z3.ArithRef, at_y: z3.ArithRef) -> z3.BoolRef:
    """How much arctan grows from x to y; at_x and at_y stand for its values."""
    return z3.Implies(x <= y, z3.And(at_y - at_x >= 0, at_y - at_x <= y - x))


def _step(state: z3.ArithRef, action: z3.ArithRef) -> z3.ArithRef:
    return A * state + B * action


def _invariance() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    x1 = _step(X, (D + z3.Q(1, 2)) * EPS / B)
    trigger = Smt(
        between(T1[0], x1, T1[1]),
        {**RANGES, "trigger": between(TRIGGER[0], X, TRIGGER[1]), "A k <= 1": A * K <= 1},
    )
    first = Smt(between(T2[0], _step(X, z3.RealVal(1)), T2[1]), {**RANGES, "T1": between(T1[0], X, T1[1])})
    back = _step(X, (D + 1) * (1 - A * A) * EPS / B - A)
    second = Smt(between(T1[0], back, T1[1]), {**RANGES, "T2": between(T2[0], X, T2[1])})
    apart = Smt(
        z3.And(T1[0] > TRIGGER[1], T1[1] < T2[0]),
        {**RANGES, "d > k/2": _BESIDE, "halves apart": EPS * (1 + D * (1 - A)) < B},
    )
    return (
        Step(
            "trigger_to_trap",
            "I_P -> T1: from every x in [-k eps/2, k eps/2] with action (d + 1/2) eps/B the next state is in [d "
            "eps, (d+1) eps], if A k <= 1.",
            trigger,
            (
                Mutant("A k <= 1 dropped", trigger.without("A k <= 1")),
                Mutant("A k <= 11/10", trigger.supposing({"A k <= 1": z3.Q(11, 10) >= A * K})),
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
                    first.concluding(between(T2[0], _step(X, z3.RealVal(1)), A * D * EPS + B + A * EPS / 2)).supposing(
                        {"A": between(z3.Q(1, 10), A, 1)}
                    ),
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
                Mutant("A above 1", second.without("A").supposing({"A": A > 1})),
                Mutant(
                    "A^2 dropped from the action",
                    second.concluding(between(T1[0], _step(X, (D + 1) * EPS / B - A), T1[1])),
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


def _contraction() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    angle, delta, nxt, ball, power, first = z3.Reals("arctan delta next ball power first")
    moves = {**RANGES, "dynamics": nxt == _step(X, angle + delta), "binning": absolute(delta) <= EPS / 2}
    elsewhere = Smt(
        absolute(nxt) <= (A + B) * absolute(X) + B * EPS / 2, moves, {ARCTAN.reference: arctan_size(X, angle)}
    )
    claim = absolute(X) <= power * first + ball
    outside = {**moves, "contracting": A + B < 1, "ball": z3.And(ball * (1 - A - B) == B * EPS / 2, ball >= 0)}
    shrinks = Induction(
        Smt(claim, {"m = 0": z3.And(power == 1, first == absolute(X)), "ball": ball >= 0}),
        Smt(
            absolute(nxt) <= ((A + B) * power) * first + ball,
            {**outside, "P(m)": claim},
            {f"{KEY}/elsewhere": elsewhere.goal},
        ),
        "steps outside trigger and trap; power stands for s^m",
    )
    reserve = z3.Real("g")
    arrives = Smt(
        absolute(X) <= K * EPS / 2,
        {
            **outside,
            "g": reserve * EPS == K * EPS / 2 - ball,
            "weak condition": reserve > 0,
            "N": power * first <= reserve * EPS,
        },
        {f"{KEY}/contraction": claim},
    )
    one = elsewhere.concluding(absolute(nxt) <= (A + B) * absolute(X))
    return (
        Step(
            "elsewhere",
            "Outside trigger and trap |x'| <= (A + B)|x| + B eps/2.",
            elsewhere,
            (
                Mutant("no binning error", one),
                Mutant("|arctan x| <= |x| dropped", elsewhere.without(ARCTAN.reference)),
            ),
            (),
            r"|x'| \le \lambda|x|+B\varepsilon/2",
        ),
        Step(
            "contraction",
            "So after m such steps |x| <= s^m |x_1| + B eps/(2 (1 - s)) with s = A + B < 1.",
            shrinks,
            (Mutant("ball forgotten, one step", one),),
            (),
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
                Mutant("ball forgotten", arrives.supposing({"g": reserve == K})),
            ),
            (),
            r"k/2 > B/(2(1-\lambda))",
        ),
    )


def steps() -> tuple[Step, ...]:
    """The trap is invariant, and outside it the state contracts onto the trigger."""
    return (*_invariance(), *_contraction())
