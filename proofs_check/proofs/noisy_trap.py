"""The noisy trap: no noise leads out of it, no noise shows it to the expert, and the expert's error is of order ε."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import DISINTEGRATION, EXPECTATION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.ledger import Mutant, Proof, Step

KEY, ERROR = "noisy_trap", "theorem_6_noisy_error"
_NAMES = ("noisy_trap", "contracting", "trap_out_of_sight", "narrow_trigger")


def _trap() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    a, b, c, width, center, r, eps, x, w, bound = z3.Reals("A B c W x_c r eps x w R")
    ranges = {
        "A": z3.And(a >= 0, a < 1),
        "B": b > 0,
        "W": width > 0,
        "w": absolute(w) <= width,
        "r": r * (1 - a) == width,
    }
    stays = Smt(
        absolute(a * x + b * ((1 - a) * center / b) + w - center) <= r, {**ranges, "T": absolute(x - center) <= r}
    )
    caught = Smt(
        absolute(a * x + b * (center / b) + w - center) <= r,
        {**ranges, "trigger": between(0, x, eps), "eps <= r": eps <= r},
    )
    lam = a + b * c
    unseen = Smt(
        z3.And(absolute(lam * x + w) <= bound, lam * x + w < center - r),
        {
            **ranges,
            "c": z3.And(c > 0, lam < 1),
            "R": bound * (1 - lam) == width,
            "x": absolute(x) <= bound,
            "out of sight": center - r > bound,
        },
    )
    narrow = Smt(eps <= r, {**ranges, "narrow": 2 * eps <= width})
    return (
        Step(
            "invariant",
            "For every noise |w| <= W: from every x in T = [x_c - r, x_c + r], r = W/(1 - A), action (1 - A) x_c/B "
            "leads back into T.",
            stays,
            (
                Mutant("r one percent smaller", stays.supposing({"r": r * (1 - a) == z3.Q(99, 100) * width})),
                Mutant("noise may exceed W", stays.supposing({"w": absolute(w) <= 2 * width})),
            ),
            (),
            r"T \to T",
        ),
        Step(
            "narrow",
            "eps <= W/2 gives eps <= r.",
            narrow,
            (Mutant("narrow trigger dropped", narrow.without("narrow")),),
        ),
        Step(
            "caught",
            "For every noise: from every x in the trigger [0, eps], eps <= r, action x_c/B leads into T, since W + "
            "A eps <= r.",
            caught,
            (Mutant("eps <= r dropped", caught.without("eps <= r")),),
            (),
            r"I_P \to T",
            leans=(f"{KEY}/narrow",),
        ),
        Step(
            "out_of_sight",
            "The expert stays in [-R, R], R = W/(1 - A - B c), for every noise, and never sees T.",
            unseen,
            (
                Mutant("closed loop not contracting", unseen.supposing({"c": z3.And(c > 0, lam > 1), "R": bound > 0})),
                Mutant("trap not out of sight", unseen.without("out of sight")),
            ),
            (),
            r"|x_h| \le R < x_c-r",
        ),
    )


def proof() -> Proof:
    """Invariance of the noisy trap."""
    return Proof(KEY, "The noisy trap", "lemma", "ours", "stochastic twin of arXiv:2603.20538, Theorem 6", _trap())


def error() -> Proof:  # long: one argument, its steps read in order
    """The noisy trap quantizer's error on the expert's own actions."""
    theorem = catalog[ERROR]
    p, width, reach, x, mass, q = z3.Reals("density W R x mass q")
    uniform = Smt(p * width <= z3.Q(1, 2), {"first": p * (2 * reach) == 1, "R": z3.And(width > 0, reach >= width)})
    # the density of s x + w is the average over pasts of a density that is 0 or 1/(2W)
    smooth = Induction(
        Smt(q <= p * mass, {"empty": z3.And(q == 0, mass == 0)}),
        Smt(q + x * reach <= p * (mass + x), {"past": z3.And(x >= 0, between(0, reach, p)), "P(i)": q <= p * mass}),
        "pasts; x is a past's mass, reach its density at the point, p = 1/(2W)",
    )
    t = sympy.Symbol("t", real=True)
    eps, B, c, W, x_c = (symbol(name) for name in ("eps", "B", "c", "W", "x_c"))
    integral = sympy.integrate((x_c / B - c * t) / (2 * W), (t, 0, eps))
    domain: dict[sympy.Symbol, Domain] = {eps: (0, 1), B: (1, 2), c: (0, 1), W: (1, 2), x_c: (3, 4)}
    sharp = Identity(integral, theorem.expression("sharp"), domain)
    low, high, saved = z3.Reals("sharp simple saved")
    simple = Smt(low <= high, {"sharp": low == high - saved, "saved": saved >= 0})
    gap = theorem.expression("simple") - theorem.expression("sharp")
    names = Declares(ERROR, _NAMES)
    steps = (
        Step(
            "density",
            "At every step the expert's density is at most 1/(2W): x_1 is uniform on [-R, R] with R >= W, and "
            "every later state carries fresh noise "
            "uniform on [-W, W].",
            All((uniform, smooth)),
            (
                Mutant("R below W", uniform.supposing({"R": z3.And(width > 0, reach > 0)})),
                Mutant("a past's density above 1/(2W), one past", Smt(x * reach <= p * x, {"x": x >= 0})),
            ),
            (DISINTEGRATION.reference, EXPECTATION.reference),
            r"p_h \le 1/(2W)",
            leans=(f"{KEY}/out_of_sight",),
        ),
        Step(
            "final_simple",
            f"{theorem.statement} (Simple form: the sharp one without the saving c eps^2/(4W) >= 0.)",
            All((names, simple, Identity(gap, c * eps**2 / (4 * W), domain))),
            (
                Mutant("saving negative", simple.without("saved")),
                Mutant("saving doubled", Identity(gap, c * eps**2 / (2 * W), domain)),
            ),
            (),
            rf"E|q(u_h)-u_h| \le {formula(theorem.expression('simple'))}",
            leans=(f"{ERROR}/density",),
        ),
        Step(
            "final",
            f"{theorem.statement} (Sharp form: only the trigger [0, eps] errs, by x_c/B - c x >= 0; integrated "
            f"against 1/(2W) this is the catalog's "
            "expression.)",
            All((names, sharp)),
            (
                Mutant(
                    "1 percent less", Identity(integral, theorem.expression("sharp") * sympy.Rational(99, 100), domain)
                ),
            ),
            (),
            rf"E|q(u_h)-u_h| \le {formula(theorem.expression('sharp'))}",
            leans=(f"{ERROR}/density", f"{KEY}/out_of_sight"),
        ),
    )
    return Proof(ERROR, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
