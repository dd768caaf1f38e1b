"""Lemma S6: a rate of 1/n for returns that hardly vary."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from proofs_check.axioms import PARTITIONS
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import master, readings, statistics
from proofs_check.proofs.greedy import SOURCE

S6 = "lemma_s6"


def proof() -> Proof:  # long: one argument, its steps read in order
    """The variance form."""
    gap, s, d, r, a, b, w = z3.Reals("gap s D R variance other root")
    signs = {"signs": z3.And(s >= 0, d >= 0, r >= 0, a >= 0, w >= 0)}
    square = Smt(
        s * s <= 4 * a + 2 * r * s * d,
        {**signs, "roots": s * s <= 2 * (a + b), "range": b - a <= r * s * d},
    )
    solved = Smt(
        s <= r * d + w,
        {**signs, "root": w * w == r * r * d * d + 4 * a},
        {f"{S6}/square": s * s <= 4 * a + 2 * r * s * d},
    )
    final = Smt(
        gap <= d * (r * d + w),
        {**signs, "schwarz": gap <= s * d},
        {f"{S6}/solved": s <= r * d + w},
    )
    f, p, q, first, second = z3.Reals("f p q first second")
    atom = Smt(
        z3.And(
            f * f * (p + q) * (p + q) <= 2 * (f * f * p * p + f * f * q * q),
            f * f * (q * q - p * p) <= r * first * second,
        ),
        {
            "roots": z3.And(p >= 0, q >= 0),
            "range": z3.And(f <= r, -f <= r),
            "first": z3.And(first >= f * (p + q), first >= -f * (p + q)),
            "second": z3.And(second >= q - p, second >= p - q),
        },
    )
    R, sigma = symbol("return_range"), symbol("return_std")
    refined = {form: catalog["theorem_2"].refined(form)["imitation"] for form in ("sharp", "simple")}

    def read(form: str, width: sympy.Expr, *, least: bool = True) -> All:
        distance = readings.Radius(1, True, weight=2).formula(form)
        spread = distance * (R * distance + sympy.sqrt(R**2 * distance**2 + 4 * sigma**2))
        known = sympy.Min(width * readings.Radius(2, True).formula(form), spread) if least else spread
        return All((readings.identity(refined[form], known),))

    steps = (
        Step(
            "atom",
            "On an atom, f = X - E_P X, |f| <= R, roots p, q of the masses: f^2 (p + q)^2 <= 2 f^2 (p^2 + q^2), and "
            "f^2 (q^2 - p^2) <= R |f (p + q)| |q - p|.",
            atom,
            (
                Mutant("range half as wide", atom.supposing({"range": z3.And(f <= 2 * r, -f <= 2 * r)})),
                Mutant("constant 1", atom.concluding(f * f * (p + q) * (p + q) <= f * f * p * p + f * f * q * q)),
            ),
        ),
        Step(
            "square",
            "Summed, with s^2 = sum f^2 (p + q)^2, E_P f^2 <= variance and Cauchy-Schwarz: s^2 <= 4 variance + 2 R s "
            "D.",
            square,
            (
                Mutant("constant 2", square.concluding(s * s <= 2 * a + 2 * r * s * d)),
                Mutant("no range", square.without("range")),
            ),
            (f"{S6}/atom", el.CAUCHY),
            r"s^2 \le 4\sigma^2+2RsD",
        ),
        Step(
            "solved",
            "So s <= R D + sqrt(R^2 D^2 + 4 variance).",
            solved,
            (
                Mutant("without the root", solved.concluding(s <= r * d)),
                Mutant("square dropped", solved.without(f"{S6}/square")),
            ),
            (f"{S6}/square",),
        ),
        Step(
            "bound",
            "|E_P X - E_Q X| <= s D <= D (R D + sqrt(R^2 D^2 + 4 variance)), for X in an interval of width R.",
            final,
            (
                Mutant("only the square of D", final.concluding(gap <= d * r * d)),
                Mutant("Cauchy-Schwarz dropped", final.without("schwarz")),
            ),
            (f"{S6}/solved", el.CAUCHY, PARTITIONS.reference, f"{statistics.S1}/final"),
            r"|E_PX-E_QX| \le D\big(RD+\sqrt{R^2D^2+4\sigma^2}\big)",
        ),
        Step(
            "final",
            "The catalog's imitation term with the optional symbols is the least of R TV and of that bound.",
            All((read("sharp", R), read("simple", R))),
            (
                Mutant("H in place of R", read("sharp", symbol("H"))),
                Mutant("the total variation dropped", read("sharp", R, least=False)),
            ),
            (f"{S6}/bound", master.LAW),
        ),
    )
    return Proof(S6, "Lemma S6: the variance form", "lemma", "ours", SOURCE, steps)
