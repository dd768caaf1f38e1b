"""The paper's Appendix A: a class that lacks the expert, and a class that only a cover of is counted."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import witnesses

OFF, COVER = "misspecification", "covering"
_PLACES: dict[str, Domain] = {
    "n": (1, 9),
    "delta": (0, 1),
    "log_class_size": (0, 5),
    "log_misspecification": (0, 2),
    "log_cover": (0, 2),
}


def _domain(*expressions: sympy.Expr) -> dict[sympy.Symbol, Domain]:
    names = {str(free) for expression in expressions for free in expression.free_symbols}
    return {symbol(name): _PLACES[name] for name in sorted(names)}


def _radius(expression: sympy.Expr) -> sympy.Expr:
    """x, read from 2 (1 - exp(-x))."""
    (decay,) = expression.atoms(sympy.exp)
    return -decay.args[0]


def _off() -> tuple[Step, ...]:
    """What ties the number a of which the kernel speaks to delta, and the simple form."""
    theorem = catalog[OFF]
    sharp, simple = theorem.expression("sharp"), theorem.expression("simple")
    x, n, delta, mu = _radius(sharp), symbol("n"), symbol("delta"), symbol("log_misspecification")
    first, second = 2 * delta / 3, delta / 3
    far = sympy.exp(symbol("log_class_size")) * sympy.sqrt(sympy.exp(n * mu) / second) * sympy.exp(-n * x)
    return (
        Step(
            "calibration",
            "With a = e^(-x) and t = (1 + chi^2)^n / delta_2: N sqrt(t) a^n = delta_1 = 2 delta/3, and "
            "delta_2 = delta/3 is the rest of delta.",
            All((Identity(far, first, _domain(far)), Identity(first + second, delta, _domain(delta)))),
            (Mutant("half of delta each", Identity(far, delta / 2, _domain(far))),),
            (EXPONENTIAL.reference,),
            r"N\sqrt t e^{-nx} = \tfrac23\delta",
        ),
        Step(
            "simple_form",
            "The catalog's simple form is 2x >= 2 (1 - e^(-x)), its sharp form.",
            All((Identity(simple, 2 * x, _domain(simple)), _shrunk())),
            (
                Mutant("x", Identity(simple, x, _domain(simple))),
                Mutant("exponential bound dropped", _shrunk().without(el.EXP_BOUND)),
            ),
            latex=rf"{formula(sharp)} \le {formula(simple)}",
        ),
    )


def _cover() -> tuple[Step, ...]:
    """What ties the numbers a, b of which the kernel speaks to delta and the cover, and the simple form."""
    theorem = catalog[COVER]
    sharp, simple = theorem.parts("sharp"), theorem.parts("simple")
    x, c, n, delta = _radius(sharp["estimation"] ** 2), symbol("log_cover"), symbol("n"), symbol("delta")
    far = sympy.exp(symbol("log_class_size")) * (sympy.exp(-x) / sympy.exp(-c / 2)) ** n

    def roots(estimation: sympy.Expr) -> tuple[Identity, ...]:
        squares = ((simple["cover"], c), (simple["estimation"], estimation))
        return tuple(Identity(root**2, square, _domain(root, square)) for root, square in squares)

    return (
        Step(
            "calibration",
            "With a = e^(-x) and b = e^(-c/2): N (a/b)^n = delta.",
            Identity(far, delta, _domain(far)),
            (Mutant("c forgotten", Identity(far * sympy.exp(n * c / 2), delta, _domain(far))),),
            (EXPONENTIAL.reference,),
            r"N e^{nc/2} e^{-nx} = \delta",
        ),
        Step(
            "simple_form",
            "The catalog's simple form has the squares 2y >= 2 (1 - e^(-y)) of its sharp form, y = c/2 and y = x.",
            All((*roots(2 * x), _shrunk())),
            (
                Mutant("c counted once", All((*roots(2 * x - c), _shrunk()))),
                Mutant("exponential bound dropped", _shrunk().without(el.EXP_BOUND)),
            ),
            latex=rf"{formula(theorem.expression('sharp'))} \le {formula(theorem.expression('simple'))}",
        ),
    )


def _shrunk() -> Smt:
    y, decay = z3.Reals("y decay")
    return Smt(2 * (1 - decay) <= 2 * y, {}, {el.EXP_BOUND: el.exponential(y, decay)})


def proofs() -> tuple[Proof, ...]:
    """Misspecification and covers."""
    steps = {OFF: (*_off(), witnesses.tight(OFF)), COVER: (*_cover(), witnesses.tight(COVER))}
    return tuple(
        Proof(key, catalog[key].title, "theorem", catalog[key].provenance.value, catalog[key].source, steps[key])
        for key in steps
    )
