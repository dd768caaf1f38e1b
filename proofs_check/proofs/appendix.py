"""The paper's Appendix A: a class that lacks the expert, and a class that only a cover of is counted."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, EXPONENTIAL, INDEPENDENCE, MARKOV, PARTITIONS, UNION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

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


def _thinned() -> Step:
    root_r, root_t = z3.Reals("root_R root_T")
    claim = Smt(
        root_r * root_t >= 1,
        {"roots": z3.And(root_r >= 0, root_t > 0), "R >= 1/T": root_r * root_r * root_t * root_t >= 1},
    )
    bad, count, term, each = z3.Reals("bad count term each")
    union = Induction(
        Smt(bad <= count * each, {"none": z3.And(bad == 0, count == 0)}),
        Smt(bad + term <= (count + 1) * each, {"term": term <= each, "P(i)": bad <= count * each}),
        "policies",
    )
    return Step(
        "union",
        "R >= 1/T gives 1 <= sqrt(T) sqrt(R), R the likelihood ratio to the expert's law; so the probability that one "
        "of N policies with affinity at most e^(-x) has R >= 1/T is at most N sqrt(T) e^(-nx).",
        All((claim, union)),
        (
            Mutant("the root of the threshold forgotten", claim.concluding(root_r >= 1)),
            Mutant("R >= 1/(2T)", claim.supposing({"R >= 1/T": 2 * root_r * root_r * root_t * root_t >= 1})),
        ),
        (
            "kernel:Mle.lemma_s1",
            MARKOV.reference,
            UNION.reference,
            EXPECTATION.reference,
        ),
        r"P(\exists\pi: R_\pi \ge 1/T) \le N\sqrt T\,e^{-nx}",
    )


def _best() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    mean, factor, largest, bound, above, threshold, chance = z3.Reals("mean factor largest bound above T delta_2")
    product = Induction(
        Smt(mean <= bound, {"none": z3.And(mean == 1, bound == 1)}),
        Smt(
            mean * factor <= bound * largest,
            {"factor": z3.And(factor >= 0, factor <= largest), "P(i)": z3.And(mean >= 0, mean <= bound)},
        ),
        "trajectories, or steps of one; factor is 1 + chi^2 of one of them given what came before",
    )
    rare = Smt(
        above <= chance,
        {"T": z3.And(threshold * chance == bound, threshold > 0), "markov": above * threshold <= mean},
        {f"{OFF}/product": mean <= bound},
    )
    kept = z3.Reals("learnt best expert")
    ratio = Smt(
        kept[0] * threshold >= kept[2],
        {
            "maximiser": kept[0] >= kept[1],
            "best": kept[1] * threshold >= kept[2],
            "T": threshold > 0,
        },
    )
    p, q = z3.Reals("p q")
    square = Smt(p * (p / q) == q + 2 * (p - q) + (p - q) * (p - q) / q, {"masses": z3.And(p > 0, q > 0)})
    return (
        Step(
            "chi_square",
            "E_* (p_*/p) = 1 + chi^2, atom by atom: p^2/q = q + 2 (p - q) + (p - q)^2/q, and the differences add up "
            "to 0.",
            square,
            (Mutant("one difference", square.concluding(p * (p / q) == q + (p - q) + (p - q) * (p - q) / q)),),
            (PARTITIONS.reference,),
            r"E_*\,p_*/p = 1+\chi^2",
        ),
        Step(
            "product",
            "Over n independent trajectories E_* (p_*/p_best) is the product, (1 + chi^2)^n; over the steps of one it "
            "is at most the product of the largest 1 + chi^2 of each step.",
            product,
            (
                Mutant(
                    "one factor lost, two trajectories",
                    Smt(factor * factor <= factor, {"factor": z3.And(factor >= 1, factor <= 2)}),
                ),
            ),
            (f"{OFF}/chi_square", INDEPENDENCE.reference),
            r"E_*\prod_i p_*/p \le (1+\chi^2)^n",
        ),
        Step(
            "rare",
            "With T = (1 + chi^2)^n / delta_2, p_*/p_best exceeds T with probability at most delta_2; otherwise the "
            "maximiser, at least as likely as the best policy, has R >= 1/T.",
            All((rare, ratio)),
            (
                Mutant("Markov's inequality dropped", rare.without("markov")),
                Mutant("not the maximiser", ratio.without("maximiser")),
            ),
            (MARKOV.reference,),
        ),
    )


def _radius(expression: sympy.Expr) -> sympy.Expr:
    """x, read from 2 (1 - exp(-x))."""
    (decay,) = expression.atoms(sympy.exp)
    return -decay.args[0]


def _off_final() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    theorem = catalog[OFF]
    sharp, simple = theorem.expression("sharp"), theorem.expression("simple")
    x, n, delta, mu = _radius(sharp), symbol("n"), symbol("delta"), symbol("log_misspecification")
    size, first, second = symbol("log_class_size"), 2 * symbol("delta") / 3, symbol("delta") / 3
    far = sympy.exp(size) * sympy.sqrt(sympy.exp(n * mu) / second) * sympy.exp(-n * x)
    shares = Identity(first + second, delta, _domain(delta))
    (decay_of,) = sharp.atoms(sympy.exp)
    d2, decay, aff, radius = z3.Reals("d2 decay affinity x")
    claim = Smt(
        d2 <= to_z3(sharp, {decay_of: decay}), {"near": aff >= decay, "affinity": aff == 1 - d2 / 2, "d2": d2 >= 0}
    )
    shrink = Smt(
        2 * (1 - decay) <= 2 * radius,
        {},
        {el.EXP_BOUND: el.exponential(radius, decay)},
    )
    return (
        Step(
            "calibration",
            "At this x, N sqrt(T) e^(-nx) = delta_1 = 2 delta/3, and delta_2 = delta/3 is the rest of delta.",
            All((Identity(far, first, _domain(far)), shares)),
            (Mutant("half of delta each", Identity(far, delta / 2, _domain(far))),),
            (EXPONENTIAL.reference,),
            r"N\sqrt T e^{-nx} = \tfrac23\delta",
        ),
        Step(
            "final",
            f"{theorem.statement} (Sharp form: the catalog's expression.)",
            All((Declares(OFF, ("iid_demonstrations", "misspecified")), claim)),
            (
                Mutant("maximiser may be far", claim.without("near")),
                Mutant("un-halved affinity", claim.concluding(d2 <= 1 - decay)),
            ),
            (f"{OFF}/rare", f"{OFF}/union", f"{OFF}/calibration", "kernel:Hellinger.lemma_s2"),
            rf"{theorem.left} \le {formula(sharp)}",
        ),
        Step(
            "final_simple",
            f"{theorem.statement} (Simple form: the catalog's expression, 2x.)",
            All((Identity(simple, 2 * x, _domain(simple)), shrink)),
            (
                Mutant("x", Identity(simple, x, _domain(simple))),
                Mutant("exponential bound dropped", shrink.without(el.EXP_BOUND)),
            ),
            (f"{OFF}/final",),
            rf"{theorem.left} \le {formula(simple)}",
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
            (f"{OFF}/union", EXPONENTIAL.reference),
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
    steps = {OFF: (_thinned(), *_best(), *_off_final()), COVER: (*_cover(), *_cover_final())}
    return tuple(
        Proof(key, catalog[key].title, "theorem", catalog[key].provenance.value, catalog[key].source, steps[key])
        for key in steps
    )
