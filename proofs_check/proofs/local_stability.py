"""Local stability of a Gaussian expert: how far the path strays from the nominal one, and with what probability."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, GAUSSIAN_NORM, UNION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import witnesses

KEY = "local_stability"
_ETA, _C, _MU, _RHO, _GROWTH, _GAP, _REACHED, _SHARE = z3.Reals("eta C lipschitz tube growth gap reached share")
_SIZES = z3.And(_ETA >= 0, _C > 0, _MU >= 0, _RHO > 0, _GROWTH >= 1)


def _expert() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    after, loop, noise, deviation = z3.Reals("after loop noise deviation")
    claim = _GAP * _GROWTH <= _REACHED * _RHO
    given = {
        "sizes": _SIZES,
        "loop": loop == _ETA + _C * _MU,
        "process": noise * _GROWTH <= _SHARE * _RHO,
        "policy": _C * deviation * _GROWTH <= (1 - _SHARE) * _RHO,
        "one step": after <= _ETA * _GAP + _C * (_MU * _GAP + deviation) + noise,
    }
    step = Smt(after * _GROWTH <= (loop * _REACHED + 1) * _RHO, {**given, "P(h)": claim})
    strays = Induction(
        Smt(claim, {"h = 1": z3.And(_GAP == 0, _REACHED == 0)}),
        step,
        "steps; reached stands for A_(h-1), growth for A_H, of eta + C lipschitz",
    )
    inside = Smt(_GAP <= _RHO, {**given, "sum so far": between(0, _REACHED, _GROWTH)}, {f"{KEY}/strays": claim})
    return (
        Step(
            "strays",
            "If |w_h| <= share rho/A and |u_h - mu(x_h)| <= (1 - share) rho/(C A) at all steps, A = A_H(eta + C "
            "lipschitz), the expert is within rho A_(h-1)/A of the path without noise.",
            strays,
            (
                Mutant(
                    "noise twice as large",
                    step.supposing({"process": noise * _GROWTH <= 2 * _SHARE * _RHO, "share": between(0, _SHARE, 1)}),
                ),
                Mutant("loop without the policy", step.supposing({"loop": loop == _ETA})),
            ),
            (),
            r"|x_h-\bar x_h| \le \rho A_{h-1}/A_H",
        ),
        Step(
            "in_tube",
            "That is within rho: the sum of fewer powers is smaller.",
            inside,
            (Mutant("more powers than H", inside.supposing({"sum so far": _REACHED >= 0})),),
        ),
    )


def _other() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    after, action, radius = z3.Reals("after action d")
    claim = _C * _REACHED * radius >= _GAP
    given = {"sizes": _SIZES, "action": action <= radius, "one step": after <= _ETA * _GAP + _C * action}
    step = Smt(_C * (_ETA * _REACHED + 1) * radius >= after, {**given, "P(h)": claim})
    gaps = Induction(
        Smt(claim, {"h = 1": z3.And(_GAP == 0, _REACHED == 0)}),
        step,
        "steps with the same noise; reached stands for A_(h-1) of eta",
    )
    near = Smt(
        _GAP <= _RHO,
        {
            **given,
            "sum so far": between(0, _REACHED, _GROWTH),
            "d": z3.And(radius * _C * _GROWTH == _RHO, radius >= 0),
        },
        {f"{KEY}/gaps": claim},
    )
    far, mine, both = z3.Reals("far expert other")
    region = Smt(far <= 2 * _RHO, {"triangle": far <= mine + both, "expert": mine <= _RHO, "other": both <= _RHO})
    return (
        Step(
            "gaps",
            "While both are in the region, action gaps of at most d leave the other path within C A_(h-1)(eta) d of "
            "the expert's, and within the weighted sum of the gaps, which is exponential stability with (C, eta).",
            gaps,
            (Mutant("no gain", step.concluding(after <= _C * _ETA * _REACHED * radius)),),
            (),
            r"|x'_h - x_h| \le C\sum_{t<h}\eta^{h-1-t}|u'_t-u_t|",
        ),
        Step(
            "near",
            "With d = rho/(C A_H(eta)) that is at most rho.",
            near,
            (Mutant("d of any size", near.supposing({"d": radius >= 0})),),
        ),
        Step(
            "in_region",
            "So the other path is within 2 rho of the path without noise, where the region still is.",
            region,
            (Mutant("two tubes are too many", region.concluding(far <= _RHO)),),
            (),
            leans=(f"{KEY}/near", f"{KEY}/in_tube"),
        ),
    )


def _tails() -> tuple[Step, ...]:
    r, d = (sympy.Symbol(name, positive=True) for name in ("r", "d"))
    tail = sympy.uppergamma(d / 2, r**2 / 2) / sympy.gamma(d / 2)
    density = r ** (d - 1) * sympy.exp(-(r**2) / 2) / (2 ** (d / 2 - 1) * sympy.gamma(d / 2))
    law = Identity(sympy.diff(tail, r), -density, {r: (1, 3), d: (1, 4)})
    power = Identity(sympy.uppergamma(d / 2, 0) / sympy.gamma(d / 2), sympy.Integer(1), {d: (1, 4)})
    failed, one, count, chance = z3.Reals("failed one H chance")
    union = Induction(
        Smt(failed <= count * chance, {"none": z3.And(failed == 0, count == 0)}),
        Smt(failed + one <= (count + 1) * chance, {"one": one <= chance, "P(h)": failed <= count * chance}),
        "steps",
    )
    return (
        Step(
            "tail",
            "P(chi_d > r) = Gamma(d/2, r^2/2)/Gamma(d/2): both are 1 at r = 0, and minus the derivative is the density "
            "of chi_d.",
            All((law, power)),
            (Mutant("twice the density", Identity(sympy.diff(tail, r), -2 * density, {r: (1, 3), d: (1, 4)})),),
            (GAUSSIAN_NORM.reference,),
            r"P(\chi_d>r) = \Gamma(d/2, r^2/2)/\Gamma(d/2)",
        ),
        Step(
            "union",
            "Some of H steps exceeds its radius with probability at most H times one step's.",
            union,
            (Mutant("two steps at the price of one", Smt(2 * one <= chance, {"one": between(0, one, chance)})),),
            (UNION.reference, EXPECTATION.reference),
        ),
    )


def _final(form: str) -> Step:
    theorem = catalog[KEY]
    parts = theorem.parts(form)
    H, rho = symbol("H"), symbol("tube")
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    growth = sympy.Sum((symbol("eta") + symbol("C") * symbol("lipschitz")) ** j, (j, 0, H - 1))
    total = z3.Reals("process policy failed")
    share = symbol("noise_share")
    scales = {"process": symbol("sigma_w") / share, "policy": symbol("C") * symbol("sigma") / (1 - share)}
    sizes = {"process": symbol("state_dimension"), "policy": symbol("dimension")}
    readings = []
    domain: dict[sympy.Symbol, Domain] = {
        symbol(name): (1, 2) for name in ("eta", "C", "lipschitz", "tube", "sigma_w", "sigma")
    } | {symbol(name): (1, 4) for name in ("state_dimension", "dimension", "H")}
    domain[share] = (0, 1)
    wrong = []
    for name, part in parts.items():
        far, d = rho / (scales[name] * growth), sizes[name]
        tail = (
            sympy.uppergamma(d / 2, far**2 / 2) / sympy.gamma(d / 2)
            if form == "sharp"
            else sympy.exp(-(sympy.Max(0, far - sympy.sqrt(d)) ** 2) / 2)
        )
        readings.append(Identity(part, H * tail, domain))
        wrong.append(Identity(part, tail, domain | {symbol("H"): (2, 4)}))
    whole = Smt(
        total[2] <= to_z3(theorem.expression(form), dict(zip(parts.values(), total[:2], strict=True))),
        {"union": total[2] <= total[0] + total[1]},
    )
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression"
        + (", exact tails.)" if form == "sharp" else ", tails by concentration around at most sqrt d.)"),
        All((Declares(KEY, ("gaussian_process", "gaussian_policy", "tube")), *readings, whole)),
        (Mutant("one step of H", wrong[0]), Mutant("no union", whole.without("union"))),
        (GAUSSIAN_NORM.reference,) if form == "simple" else (),
        rf"{theorem.left} \le {formula(theorem.expression(form))}",
        tuple(f"{KEY}/{name}" for name in ("strays", "gaps", "in_region", "tail", "union")),
    )


def proof() -> Proof:
    """Local stability of the paper's Gaussian example."""
    theorem = catalog[KEY]
    steps = (*_expert(), *_other(), *_tails(), witnesses.tight(KEY), _final("simple"), _final("sharp"))
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
