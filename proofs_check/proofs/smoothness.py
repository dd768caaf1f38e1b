"""Proposition 5 (ii) for Gaussian policies: densities, which the kernel's finite spaces leave outside."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, EXPONENTIAL, PARTITIONS
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "proposition_5_gaussian"


def _processing() -> Step:
    net, parts, diff = z3.Reals("net parts diff")

    def positive(x: z3.ArithRef) -> z3.ArithRef:
        return largest(x, z3.RealVal(0))

    claim = positive(net) <= parts
    cells = Induction(
        Smt(claim, {"empty": z3.And(net == 0, parts == 0)}),
        Smt(positive(net + diff) <= parts + positive(diff), {"P(i)": claim}),
        "actions in one cell; net and parts are the sums of p - q and of its positive part",
    )
    two = Smt(positive(net + diff) == positive(net) + positive(diff))
    return Step(
        "data_processing",
        "(ii) Quantizing never increases total variation: merging the actions of a cell, (sum (p - q))^+ <= sum (p "
        "- q)^+. So a TV-continuous "
        "expert stays so, with the same modulus, under any quantizer.",
        cells,
        (
            Mutant("equality, two actions", two),
            Mutant("reversed, two actions", two.concluding(positive(net + diff) >= positive(net) + positive(diff))),
        ),
        (PARTITIONS.reference,),
        r"TV(q\#\pi(x),q\#\pi(x')) \le TV(\pi(x),\pi(x'))",
    )


def _gaussian() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    x, m, s, z, t = sympy.symbols("x m sigma z t", positive=True)
    log_ratio = -(x**2) / (2 * s**2) + (x - m) ** 2 / (2 * s**2)
    crossing = Identity(log_ratio, m * (m - 2 * x) / (2 * s**2), {x: (0, 3), m: (0, 3), s: (1, 3)})
    density = sympy.exp(-(t**2) / (2 * s**2)) / (s * sympy.sqrt(2 * sympy.pi))
    mass = sympy.integrate(density, (t, -m / 2, m / 2))
    two_sided = Identity(mass, sympy.erf(m / (2 * sympy.sqrt(2) * s)), {m: (0, 3), s: (1, 3)})
    unit = z3.Reals("square decay")
    below = Smt(unit[1] <= 1, {"square": unit[0] >= 0}, {el.EXP_UNIT: el.exponential_unit(unit[0], unit[1])})
    integral = Identity(
        sympy.integrate(2 / sympy.sqrt(sympy.pi), (t, 0, m / (2 * sympy.sqrt(2) * s))),
        m / (s * sympy.sqrt(2 * sympy.pi)),
        {m: (0, 3), s: (1, 3)},
    )
    error = Identity(
        sympy.integrate(2 / sympy.sqrt(sympy.pi) * sympy.exp(-(t**2)), (t, 0, z)), sympy.erf(z), {z: (0, 2)}
    )
    return (
        Step(
            "gaussian_crossing",
            "(ii) The densities of N(0, s^2) and N(m, s^2) cross at m/2 only: their log-ratio is m (m - 2x) / (2 "
            "s^2). (In d dimensions turn the axes "
            "so that the means differ in one coordinate; the others cancel.)",
            crossing,
            (
                Mutant(
                    "crossing at m", Identity(log_ratio, m * (m - x) / (2 * s**2), {x: (0, 3), m: (0, 3), s: (1, 3)})
                ),
            ),
        ),
        Step(
            "gaussian_tv",
            "(ii) So their total variation is the mass of N(0, s^2) on [-m/2, m/2], which is erf(m / (2 sqrt(2) "
            "s)) = 2 Phi(m / (2s)) - 1.",
            two_sided,
            (Mutant("argument doubled", Identity(mass, sympy.erf(m / (sympy.sqrt(2) * s)), {m: (0, 3), s: (1, 3)})),),
            (),
            r"TV = 2\Phi(m/(2\sigma))-1",
            leans=(f"{KEY}/gaussian_crossing",),
        ),
        Step(
            "gaussian_slope",
            "(ii) erf is the integral of 2/sqrt(pi) exp(-t^2) with exp(-t^2) <= 1, so TV <= m / (s sqrt(2 pi)), "
            "with m <= ell |x - x'|.",
            All((error, below, integral)),
            (
                Mutant("exp(-t^2) <= 1 dropped", below.without(el.EXP_UNIT)),
                Mutant(
                    "slope halved",
                    Identity(
                        sympy.integrate(2 / sympy.sqrt(sympy.pi), (t, 0, m / (2 * sympy.sqrt(2) * s))),
                        m / (2 * s * sympy.sqrt(2 * sympy.pi)),
                        {m: (0, 3), s: (1, 3)},
                    ),
                ),
            ),
            (el.EXP_UNIT, EXPECTATION.reference, EXPONENTIAL.reference),
            r"TV \le \ell|x-x'|/(\sigma\sqrt{2\pi})",
            leans=(f"{KEY}/gaussian_tv",),
        ),
    )


def proof() -> Proof:
    """The catalog's expressions, from the error function."""
    theorem = catalog[KEY]
    shift, sigma = symbol("lipschitz") * symbol("distance"), symbol("sigma")
    domain: dict[sympy.Symbol, Domain] = dict.fromkeys(theorem.expression("sharp").free_symbols, (1, 3))
    exact = sympy.erf(shift / (2 * sympy.sqrt(2) * sigma))
    slope = shift / (sigma * sympy.sqrt(2 * sympy.pi))
    near, far, mean = z3.Reals("erf_near erf_far m")
    monotone = Smt(near <= far, {"m <= ell |x - x'|": mean >= 0, "integrand >= 0": far == near + mean})
    steps = [
        Step(
            "final_simple" if form == "simple" else "final",
            f"{theorem.statement} ({form} form: the catalog's expression. The means differ by at most ell |x - x'|, "
            f"and erf grows.)",
            All((Declares(KEY, ("gaussian_policy",)), monotone, Identity(theorem.expression(form), value, domain))),
            (
                Mutant("1 percent less", Identity(theorem.expression(form), value * sympy.Rational(99, 100), domain)),
                Mutant("erf not monotone", monotone.without("m <= ell |x - x'|")),
            ),
            latex=rf"TV \le {formula(theorem.expression(form))}",
            leans=(f"{KEY}/gaussian_tv", f"{KEY}/gaussian_slope", f"{KEY}/data_processing"),
        )
        for form, value in (("simple", slope), ("sharp", exact))
    ]
    return Proof(
        KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, (_processing(), *_gaussian(), *steps)
    )
