"""Proposition 5: which quantized policies are smooth, and at what scale."""

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
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "proposition_5"
BINNED_JUMP = f"{KEY}/binned_threshold"


def _deterministic() -> Step:
    jump, radius, kappa = z3.Reals("jump radius kappa")
    cost = z3.If(jump > radius, z3.RealVal(1), z3.RealVal(0))
    claim = Smt((cost <= kappa) == z3.Implies(kappa < 1, jump <= radius), {"modulus": kappa >= 0})
    return Step(
        "deterministic",
        "(0) A deterministic policy is eps'-RTVC with modulus kappa if and only if it jumps by at most eps' "
        "wherever kappa(|x - x'|) < 1: there "
        "is one coupling of two point masses and its cost is 0 or 1. (Pair by pair of states, for all pairs.)",
        claim,
        (
            Mutant("kappa may be negative", claim.without("modulus")),
            Mutant(
                "jumps bounded wherever kappa < 1/2 only",
                claim.concluding((cost <= kappa) == z3.Implies(2 * kappa < 1, jump <= radius)),
            ),
        ),
        latex=r"1\{|\pi(x)-\pi(x')|>\varepsilon'\} \le \kappa(|x-x'|)",
    )


def _binned() -> tuple[Step, ...]:
    jump, up, across, down, ell, d, eps, k = z3.Reals("jump up across down ell d eps k")
    claim = Smt(
        jump <= ell * d + 2 * eps,
        {
            "triangle": jump <= up + across + down,
            "sup error": z3.And(up <= eps, down <= eps),
            "Lipschitz": across <= ell * d,
        },
    )
    cost = z3.If(jump > k * eps, z3.RealVal(1), z3.RealVal(0))
    kappa = z3.If(ell * d > (k - 2) * eps, z3.RealVal(1), z3.RealVal(0))
    threshold = Smt(cost <= kappa, {}, {f"{KEY}/binned_jump": claim.goal})
    return (
        Step(
            "binned_jump",
            "(i) A deterministic ell-Lipschitz map followed by a quantizer jumps by at most ell |x - x'| + 2 eps_q.",
            claim,
            (
                Mutant("one quantization error", claim.concluding(jump <= ell * d + eps)),
                Mutant("map not Lipschitz", claim.without("Lipschitz")),
                Mutant("no sup error", claim.without("sup error")),
            ),
            latex=r"|q(g(x))-q(g(x'))| \le \ell|x-x'|+2\varepsilon_q",
        ),
        Step(
            "binned_threshold",
            "(i) So it is k eps_q-RTVC with kappa(r) = 1{ell r > (k - 2) eps_q}, for every k.",
            threshold,
            (
                Mutant(
                    "threshold (k - 1) eps_q",
                    threshold.concluding(cost <= z3.If(ell * d > (k - 1) * eps, z3.RealVal(1), z3.RealVal(0))),
                ),
                Mutant("jump not bounded", threshold.without(f"{KEY}/binned_jump")),
            ),
            (f"{KEY}/binned_jump", f"{KEY}/deterministic"),
            r"\kappa(r) = 1\{\ell r>(k-2)\varepsilon_q\}",
        ),
    )


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
            (f"{KEY}/gaussian_crossing",),
            r"TV = 2\Phi(m/(2\sigma))-1",
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
            (f"{KEY}/gaussian_tv", el.EXP_UNIT, EXPECTATION.reference, EXPONENTIAL.reference),
            r"TV \le \ell|x-x'|/(\sigma\sqrt{2\pi})",
        ),
    )


def _catalogued() -> Step:
    theorem = catalog[KEY]
    jump, up, across, down, ell, d, eps = z3.Reals("jump up across down lipschitz distance eps_q")
    total = to_z3(theorem.expression(), {})
    claim = Smt(
        jump <= total,
        {
            "triangle": jump <= up + across + down,
            "sup error": z3.And(up <= eps, down <= eps),
            "Lipschitz": across <= ell * d,
        },
    )
    return Step(
        "final",
        f"{theorem.statement} (The catalog's expression.)",
        All((Declares(KEY, ("quantized_lipschitz", "sup_error")), claim)),
        (
            Mutant("no sup error", claim.without("sup error")),
            Mutant(
                "1 percent less",
                claim.concluding(jump <= z3.Q(99, 100) * total).supposing({"eps": eps > 0, "d": ell * d > 0}),
            ),
        ),
        (f"{KEY}/binned_jump", f"{KEY}/binned_threshold", f"{KEY}/data_processing"),
        rf"|q(g(x))-q(g(x'))| \le {formula(theorem.expression())}",
    )


def gaussian() -> Proof:
    """Proposition 5 (ii) for Gaussian policies: the catalog's expressions."""
    key = "proposition_5_gaussian"
    theorem = catalog[key]
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
            All((Declares(key, ("gaussian_policy",)), monotone, Identity(theorem.expression(form), value, domain))),
            (
                Mutant("1 percent less", Identity(theorem.expression(form), value * sympy.Rational(99, 100), domain)),
                Mutant("erf not monotone", monotone.without("m <= ell |x - x'|")),
            ),
            (f"{KEY}/gaussian_tv", f"{KEY}/gaussian_slope", f"{KEY}/data_processing"),
            rf"TV \le {formula(theorem.expression(form))}",
        )
        for form, value in (("simple", slope), ("sharp", exact))
    ]
    return Proof(key, theorem.title, "theorem", theorem.provenance.value, theorem.source, tuple(steps))


def proof() -> Proof:
    """Proposition 5 (0)-(ii); part (iii) is the trap of Theorem 6."""
    steps = (_deterministic(), *_binned(), _processing(), *_gaussian(), _catalogued())
    theorem = catalog[KEY]
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
