"""The paper's Appendix A: a class that lacks the expert, and a class that only a cover of is counted."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPONENTIAL, PARTITIONS
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.statement import Declares
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


def _cover() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    aff, mass, p, r, decay, d2 = z3.Reals("affinity mass p r decay d2")
    atoms = Induction(
        Smt(aff >= decay * mass, {"none": z3.And(aff == 0, mass == 0)}),
        Smt(
            aff + p * r >= decay * (mass + p * p),
            {"cover": r >= decay * p, "p": p >= 0, "P(i)": aff >= decay * mass},
        ),
        "atoms; p, r stand for the roots of the two masses, decay for e^(-c/2)",
    )
    near = Smt(
        d2 <= 2 * (1 - decay), {"laws": z3.And(mass == 1, aff == 1 - d2 / 2)}, {f"{COVER}/near": aff >= decay * mass}
    )
    mixed, d, first, second = z3.Reals("mixed D D_1 D_2")
    triangle = Smt(
        d <= first + second,
        {
            "D": z3.And(d >= 0, first >= 0, second >= 0),
            "squares": d * d == first * first + second * second + 2 * mixed,
        },
        {el.CAUCHY: el.cauchy_schwarz(mixed, first * first, second * second)},
    )
    return (
        Step(
            "near",
            "The maximiser and the member of the cover above it have affinity at least e^(-c/2): sqrt(p p') >= "
            "e^(-c/2) p on every trajectory.",
            atoms,
            (Mutant("e^(-c)", Smt(p * r >= p * p, {"cover": r >= decay * p, "decay": between(0, decay, 1)})),),
            (PARTITIONS.reference,),
            r"D^2 \le 2(1-e^{-c/2})",
        ),
        Step(
            "distance",
            "So their squared distance is at most 2 (1 - e^(-c/2)).",
            near,
            (Mutant("un-halved", near.concluding(d2 <= 1 - decay)),),
            ("kernel:Hellinger.lemma_s2",),
        ),
        Step(
            "triangle",
            "D is a norm of roots of densities, so D(learnt, expert) <= D(learnt, member) + D(member, expert).",
            triangle,
            (
                Mutant("Cauchy-Schwarz dropped", triangle.without(el.CAUCHY)),
                Mutant("the first alone", triangle.concluding(d <= first)),
            ),
        ),
    )


def _cover_final() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    theorem = catalog[COVER]
    n, delta, c = symbol("n"), symbol("delta"), symbol("log_cover")
    x = (symbol("log_class_size") - sympy.log(delta)) / n + c / 2
    far = sympy.exp(symbol("log_class_size")) * sympy.sqrt(sympy.exp(n * c)) * sympy.exp(-n * x)
    d, first, second = z3.Reals("D D_1 D_2")
    parts = [z3.Real(f"part_{i}") for i in range(2)]
    added = Smt(
        d <= parts[0] + parts[1],
        {"D_1": first <= parts[0], "D_2": second <= parts[1]},
        {f"{COVER}/triangle": d <= first + second},
    )
    steps = [
        Step(
            "calibration",
            "The member above the maximiser has R >= e^(-nc), so T = e^(nc), and N sqrt(T) e^(-nx) = delta at x = (log "
            "N + log(1/delta))/n + c/2: that member has squared distance at most 2 (1 - e^(-x)) from the expert.",
            Identity(far, delta, _domain(far)),
            (Mutant("c forgotten", Identity(far * sympy.exp(n * c / 2), delta, _domain(far))),),
            ("kernel:Certificates.lemma_s7", EXPONENTIAL.reference),
            r"N e^{nc/2} e^{-nx} = \delta",
        )
    ]
    for form in ("sharp", "simple"):
        terms = theorem.parts(form)
        squares = [
            Identity(terms[name] ** 2, 2 * _half(y, form), _domain(y))
            for name, y in (("cover", c / 2), ("estimation", x))
        ]
        whole = Identity(theorem.expression(form), terms["cover"] + terms["estimation"], _domain(x))
        steps.append(
            Step(
                "final" if form == "sharp" else "final_simple",
                f"{theorem.statement} ({form} form: the catalog's expression, roots of 2 (1 - e^(-y)) <= 2 y.)",
                All((Declares(COVER, ("iid_demonstrations", "log_cover")), *squares, whole, _shrunk(), added)),
                (
                    Mutant("one root of two", Identity(terms["cover"] ** 2, _half(c / 2, form), _domain(c))),
                    Mutant("one distance of two", added.without("D_2")),
                ),
                (f"{COVER}/distance", f"{COVER}/calibration"),
                rf"{theorem.left} \le {formula(theorem.expression(form))}",
            )
        )
    return tuple(steps)


def _half(y: sympy.Expr, form: str) -> sympy.Expr:
    return y if form == "simple" else 1 - sympy.exp(-y)


def _shrunk() -> Smt:
    y, decay = z3.Reals("y decay")
    return Smt(2 * (1 - decay) <= 2 * y, {}, {el.EXP_BOUND: el.exponential(y, decay)})


def proofs() -> tuple[Proof, ...]:
    """Misspecification and covers."""
    steps = {OFF: (*_off(), witnesses.tight(OFF)), COVER: (*_cover(), witnesses.tight(COVER), *_cover_final())}
    return tuple(
        Proof(key, catalog[key].title, "theorem", catalog[key].provenance.value, catalog[key].source, steps[key])
        for key in steps
    )
