"""Elementary inequalities, each by induction or one real-arithmetic step; nothing is assumed but limits.

Claims are functions from terms to z3 formulas: the same function states the claim where it is proved and makes the
instance where it is used.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import TANGENT, UNIT
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.ledger import Mutant, Proof, Step

KEY = "elementary"
BERNOULLI = f"{KEY}/bernoulli"
GEOMETRIC = f"{KEY}/geometric"
EXP_BOUND = TANGENT.reference
EXP_UNIT = UNIT.reference
POWERS = f"{KEY}/powers"
SURVIVAL = f"{KEY}/survival"
CAUCHY = f"{KEY}/cauchy_schwarz"
AM_GM = f"{KEY}/am_gm"


def bernoulli(y: z3.ArithRef, n: z3.ArithRef, power: z3.ArithRef) -> z3.BoolRef:
    """(1 + y)^n ≥ 1 + n y, where power stands for (1 + y)^n, n ≥ 0 and y ≥ −1."""
    return z3.Implies(z3.And(n >= 0, y >= -1), power >= 1 + n * y)


def exponential(x: z3.ArithRef, decay: z3.ArithRef) -> z3.BoolRef:
    """1 − x ≤ e^(−x), where decay stands for e^(−x)."""
    return 1 - x <= decay


def exponential_unit(x: z3.ArithRef, decay: z3.ArithRef) -> z3.BoolRef:
    """0 < e^(−x), and e^(−x) ≤ 1 for x ≥ 0."""
    return z3.And(decay > 0, z3.Implies(x >= 0, decay <= 1))


def powers(a: z3.ArithRef, b: z3.ArithRef, a_n: z3.ArithRef, b_n: z3.ArithRef) -> z3.BoolRef:
    """0 ≤ a ≤ b gives 0 ≤ a^n ≤ b^n."""
    return z3.Implies(z3.And(a >= 0, a <= b), z3.And(a_n >= 0, a_n <= b_n))


def cauchy_schwarz(mixed: z3.ArithRef, first: z3.ArithRef, second: z3.ArithRef) -> z3.BoolRef:
    """(Σ a b)² ≤ Σ a² Σ b², where the arguments stand for the three sums."""
    return mixed * mixed <= first * second


def _bernoulli() -> Step:
    y, n, p = z3.Reals("y n p")
    base = Smt(p >= 1 + n * y, {"n": n == 0, "power": p == 1, "y": y >= -1})
    step = Smt(p * (1 + y) >= 1 + (n + 1) * y, {"n": n >= 0, "y": y >= -1, "P(n)": p >= 1 + n * y})
    return Step(
        "bernoulli",
        "For every whole n >= 0 and real y >= -1: (1 + y)^n >= 1 + n y.",
        Induction(base, step, "n from 0; p stands for (1 + y)^n"),
        (
            Mutant("y >= -1 dropped, at n = 3", Smt((1 + y) * (1 + y) * (1 + y) >= 1 + 3 * y)),
            Mutant("slope n + 1/10, at n = 2", Smt((1 + y) * (1 + y) >= 1 + z3.Q(21, 10) * y, {"y": y >= -1})),
            Mutant("inequality reversed, at n = 2", Smt((1 + y) * (1 + y) <= 1 + 2 * y, {"y": y >= -1})),
        ),
        latex=r"(1+y)^n \ge 1 + ny \quad (y \ge -1)",
    )


def _geometric() -> Step:
    eta, s, p = z3.Reals("eta s p")
    claim = z3.And((1 - eta) * s == 1 - p, s + p == eta * s + 1)
    base = Smt(claim, {"s": s == 0, "p": p == 1})
    after = z3.And((1 - eta) * (s + p) == 1 - p * eta, s + p + p * eta == eta * (s + p) + 1)
    step = Smt(after, {"P(m)": claim})
    two = Smt((1 - eta) * (1 + eta) == 1 - eta * eta * eta)
    return Step(
        "geometric",
        "For every eta and m: (1 - eta) (1 + eta + ... + eta^(m-1)) = 1 - eta^m, and the sum s_m obeys s_(m+1) = "
        "eta s_m + 1.",
        Induction(base, step, "m from 0; s, p stand for the sum and eta^m"),
        (
            Mutant("one power too many, at m = 2", two),
            Mutant("recursion without the 1, at m = 1", Smt(1 + eta == eta * 1)),
        ),
        latex=r"(1-\eta)\sum_{j<m}\eta^j = 1-\eta^m",
    )


def _powers() -> Step:
    a, b, p, q = z3.Reals("a b p q")
    ordered = {"0 <= a": a >= 0, "a <= b": a <= b}
    base = Smt(z3.And(p >= 0, p <= q), {**ordered, "n": z3.And(p == 1, q == 1)})
    step = Smt(z3.And(p * a >= 0, p * a <= q * b), {**ordered, "P(n)": z3.And(p >= 0, p <= q)})
    squares = Smt(a * a <= b * b, ordered)
    return Step(
        "powers",
        "For every whole n >= 0 and 0 <= a <= b: 0 <= a^n <= b^n.",
        Induction(base, step, "n from 0; p, q stand for a^n, b^n"),
        (
            Mutant("0 <= a dropped, at n = 2", squares.without("0 <= a")),
            Mutant("a <= b dropped, at n = 2", squares.without("a <= b")),
        ),
        latex=r"0 \le a \le b \Rightarrow a^n \le b^n",
    )


def _survival() -> Step:
    q, s, p = z3.Reals("q s p")
    claim = z3.And(q >= 0, q <= 1, 1 - q <= s)
    base = Smt(claim, {"empty": z3.And(q == 1, s == 0)})
    step = Smt(
        z3.And(q * (1 - p) >= 0, q * (1 - p) <= q, q * (1 - p) <= 1, 1 - q * (1 - p) <= s + p),
        {"p": between(0, p, 1), "P(h)": claim},
    )
    a, b = z3.Reals("a b")
    two = Smt(1 - (1 - a) * (1 - b) <= a + b, {"a": between(0, a, 1), "b": between(0, b, 1)})
    return Step(
        "survival",
        "For all p_t in [0, 1]: the product Q_h of (1 - p_t), t <= h, lies in [0, 1], does not increase with h, "
        "and 1 - Q_h <= sum p_t.",
        Induction(base, step, "h from 0; q, s stand for the product and the sum"),
        (
            Mutant("p_t >= 0 dropped, at h = 2", two.without("a", "b").supposing({"a": a <= 1, "b": b <= 1})),
            Mutant("sum shrunk to 9/10, at h = 2", two.concluding(1 - (1 - a) * (1 - b) <= z3.Q(9, 10) * (a + b))),
            Mutant("inequality reversed, at h = 2", two.concluding(1 - (1 - a) * (1 - b) >= a + b)),
        ),
        latex=r"1-\prod_{t\le h}(1-p_t) \le \sum_{t\le h}p_t",
    )


def _cauchy() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    x, first, second, a, b = z3.Reals("x first second a b")
    nonnegative = z3.And(first >= 0, second >= 0)
    claim = z3.And(nonnegative, cauchy_schwarz(x, first, second))
    base = Smt(claim, {"empty": z3.And(x == 0, first == 0, second == 0)})
    cross = Smt(
        2 * x * a * b <= first * b * b + second * a * a,
        {"nonnegative": nonnegative, "P(m)": cauchy_schwarz(x, first, second)},
    )
    step = Smt(
        z3.And(first + a * a >= 0, second + b * b >= 0, cauchy_schwarz(x + a * b, first + a * a, second + b * b)),
        {"nonnegative": nonnegative, "P(m)": cauchy_schwarz(x, first, second)},
        {f"{KEY}/cauchy_cross": cross.goal},
    )
    c, d = z3.Reals("c d")
    two = Smt((a * b + c * d) * (a * b + c * d) <= z3.Q(9, 10) * (a * a + c * c) * (b * b + d * d))
    return (
        Step(
            "cauchy_cross",
            "If x^2 <= F S with F, S >= 0, then 2 x a b <= F b^2 + S a^2 for all a, b.",
            cross,
            (
                Mutant("hypothesis x^2 <= F S dropped", cross.without("P(m)")),
                Mutant("signs dropped", cross.without("nonnegative")),
            ),
        ),
        Step(
            "cauchy_schwarz",
            "For every m and all reals a_i, b_i: (sum a_i b_i)^2 <= sum a_i^2 sum b_i^2.",
            Induction(base, step, "m from 0; x, first, second stand for the three sums"),
            (
                Mutant("constant 9/10, at m = 2", two),
                Mutant(
                    "inequality reversed, at m = 2",
                    Smt((a * b + c * d) * (a * b + c * d) >= (a * a + c * c) * (b * b + d * d)),
                ),
            ),
            (f"{KEY}/cauchy_cross",),
            r"\big(\textstyle\sum a_ib_i\big)^2 \le \sum a_i^2\sum b_i^2",
        ),
    )


def _am_gm() -> Step:
    a, n, p = z3.Reals("a n p")
    base = Smt(p * (n + 1 - n * a) <= 1, {"n": z3.And(n == 0, p == 1)})
    step = Smt(
        z3.And(p * a >= 0, p * a * (n + 1 + 1 - (n + 1) * a) <= 1),
        {"n": n >= 0, "a": a >= 0, "power": p >= 0, "P(n)": p * (n + 1 - n * a) <= 1},
    )
    return Step(
        "am_gm",
        "For every whole n >= 0 and a >= 0: a^n (n + 1 - n a) <= 1, with equality at a = 1 (weighted AM-GM; the "
        "step is -a^n (n+1)(a-1)^2 <= 0).",
        Induction(base, step, "n from 0; p stands for a^n"),
        (
            Mutant("a >= 0 dropped, at n = 3", Smt(a * a * a * (4 - 3 * a) <= z3.Q(99, 100))),
            Mutant("n + 1 raised to n + 11/10, at n = 2", Smt(a * a * (z3.Q(31, 10) - 2 * a) <= 1, {"a": a >= 0})),
        ),
        latex=r"a^n(n+1-na) \le 1",
    )


def proof() -> Proof:
    """All elementary inequalities."""
    return Proof(
        KEY,
        "Elementary inequalities",
        "lemma",
        "explicit",
        "textbook facts, proved here",
        (
            _bernoulli(),
            _geometric(),
            _powers(),
            _survival(),
            *_cauchy(),
            _am_gm(),
        ),
    )
