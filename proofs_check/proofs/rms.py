"""Dithered bins: the errors of the codes add in quadrature."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, TOWER
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Identity, peel
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import readings, witnesses

KEY = "wasserstein_rms"
REFERENCE = "kernel:Lipschitz.validated_error"
"""Against the expert's own path, what is lost is the sum of the steps' losses."""


def _smoothing() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    w, p, cell, total, mass, f, jump, delta, eps, smooth, square, nearest = z3.Reals(
        "width p cell total mass density jump delta eps smooth square nearest"
    )
    side = Induction(
        Smt(total <= mass, {"empty": z3.And(total == 0, mass == 0)}),
        Smt(total + w * p <= mass + cell, {"unimodal": w * p <= cell, "P(k)": total <= mass}),
        "edges on either side of the mode, the one next to it excepted: the density is largest at the cell's far edge",
    )
    edges = Smt(
        total + w * nearest <= 1 + w * f,
        {"density": z3.And(nearest <= f, w >= 0), "law": mass <= 1, "unimodal": w * p <= cell},
        {f"{KEY}/edges_aside": total <= mass},
    )
    second = Smt(
        square <= smooth * (delta * delta + 2 * eps * delta),
        {
            "delta": z3.And(delta >= 0, eps >= 0),
            "largest jump": square <= (delta + 2 * eps) * jump,
            "mean jump": jump <= smooth * delta,
        },
    )
    return (
        Step(
            "edges_aside",
            "Of a unimodal density, cell width times the density at the edges on either side of the mode sums to at "
            "most the mass of those sides.",
            side,
            (Mutant("not unimodal, one edge", Smt(w * p <= cell, {"range": z3.And(w >= 0, p >= 0, cell >= 0)})),),
        ),
        Step(
            "edges",
            "So 2 half_width times the sum of the density over all edges is at most 1 + 2 half_width density, wherever "
            "they are: E|q(a + delta + xi) - q(a + xi)| <= |delta| (1 + 2 half_width density), by coordinate.",
            edges,
            (
                Mutant("the edge at the mode forgotten", edges.concluding(total + w * nearest <= 1)),
                Mutant("density not bounded", edges.supposing({"density": w >= 0})),
            ),
            (f"{KEY}/edges_aside", EXPECTATION.reference),
            r"E|\Delta q| \le |\delta|(1+2\varepsilon f)",
        ),
        Step(
            "second_moment",
            "A code jumps by at most |delta| + 2 half_width, so E|jump|^2 <= (1 + 2 half_width density) (delta^2 + 2 "
            "half_width |delta|).",
            second,
            (
                Mutant("as if nothing were binned", second.concluding(square <= smooth * delta * delta)),
                Mutant("jump not bounded in mean", second.without("mean jump")),
            ),
            (),
            r"E|\Delta q|^2 \le (1+2\varepsilon f)(\delta^2+2\varepsilon|\delta|)",
            leans=(f"{KEY}/edges",),
        ),
    )


def _adding() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    x, y, whole, cross, g, s, square, spread, mean, part = z3.Reals("x y whole cross g s square spread mean part")
    minkowski = Smt(
        whole <= x + y,
        {
            "roots": z3.And(x >= 0, y >= 0, whole >= 0),
            "parts": whole * whole <= x * x + y * y + 2 * cross,
            "schwarz": cross <= x * y,
        },
    )
    orthogonal = Induction(
        Smt(square <= spread, {"empty": z3.And(square == 0, spread == 0)}),
        Smt(
            square + 2 * g * cross + g * g * part <= spread + g * g * s * s,
            {"centred given the past": cross == 0, "P(t)": square <= spread, "step": between(0, part, s * s)},
        ),
        "steps; square stands for E|sum of A^(h-1-t) B D_t|^2, D_t the centred part of the action's displacement",
    )
    root = z3.Real("root")
    total = Smt(
        whole <= mean + root,
        {
            "triangle": whole <= x + y,
            "mean part": x <= mean,
            "centred part": z3.And(y >= 0, y * y <= square),
            "root": z3.And(root >= 0, root * root == spread),
            "centred given the past": cross == 0,
            "step": between(0, part, s * s),
        },
        {f"{KEY}/orthogonal": square <= spread},
    )
    return (
        Step(
            "minkowski",
            "Root mean squares of sums are at most sums of root mean squares: that of the action's displacement is at "
            "most that of the jump plus rms_error, s_t.",
            minkowski,
            (
                Mutant("as if orthogonal", minkowski.concluding(whole * whole <= x * x + y * y)),
                Mutant("Cauchy-Schwarz dropped", minkowski.without("schwarz")),
            ),
            (EXPECTATION.reference,),
            r"s_t = \sqrt{(1+2\varepsilon f)(\ell^2r_t^2+2\varepsilon\sqrt d\ell r_t)}+\bar\varepsilon_2",
            leans=(el.CAUCHY, f"{KEY}/second_moment"),
        ),
        Step(
            "orthogonal",
            "What is centred given the past is orthogonal through A^j B: its contributions add in quadrature.",
            orthogonal,
            (
                Mutant(
                    "not centred, second step",
                    Smt(square + 2 * g * cross <= spread, {"P(t)": square <= spread, "g": g >= 0}),
                ),
            ),
            (TOWER.reference, EXPECTATION.reference),
            r"E|\textstyle\sum_tA^{h-1-t}BD_t|^2 \le \sum_tg^2_{h-1-t}s_t^2",
        ),
        Step(
            "displacement",
            "Conditional means add as they are, centred parts in squares: r_h = sum of g (ell' r_t + bias) + sqrt(sum "
            "of g^2 s_t^2).",
            total,
            (
                Mutant("means forgotten", total.concluding(whole <= root)),
                Mutant("squares not added", total.without(f"{KEY}/orthogonal")),
            ),
            (f"{KEY}/orthogonal",),
            r"r_h = \sum_tg(\ell'r_t+\beta)+\sqrt{\sum_tg^2s_t^2}",
            leans=(f"{KEY}/minkowski", f"{KEY}/edges"),
        ),
    )


def _reading() -> Step:
    """The drift grows by the loss of a step, with r(h) = x^h for the sequence that the recursion defines."""
    drift, H = catalog[KEY].parts()["drift"], readings.H
    x, t = symbol("distance"), sympy.Symbol("t", integer=True, positive=True)
    smooth = 1 + 2 * symbol("half_width") * symbol("density")
    ell, root = symbol("lipschitz"), sympy.sqrt(symbol("dimension"))

    def shown(expression: sympy.Expr) -> sympy.Expr:
        return expression.replace(sympy.Function("r"), lambda step: x**step)

    def lost(width: sympy.Expr) -> sympy.Expr:
        s = sympy.sqrt(smooth * (ell**2 * x ** (2 * t) + 2 * width * root * ell * x**t)) + symbol("rms_error")
        return symbol("L_x") * x**t + symbol("L_u") * s

    def grows(width: sympy.Expr) -> Identity:
        step = shown(peel(drift.subs(H, H + 1), H) - drift)
        return readings.identity(step, lost(width).subs(t, H + 1))

    return Step(
        "drift",
        "The catalog's drift grows by L_x r(h) + L_u s(h) a step (shown with x^h for r(h)).",
        grows(symbol("half_width")),
        (Mutant("bins of no width", grows(sympy.Integer(0))),),
        (),
        leans=(f"{KEY}/displacement",),
    )


def _final() -> Step:
    theorem = catalog[KEY]
    regret, drift = z3.Reals("regret drift")
    total = to_z3(theorem.expression(), {theorem.parts()["drift"]: drift})
    claim = Smt(regret <= total, {"core": regret <= drift})
    names = tuple(assumption.name for assumption in theorem.assumptions)
    return Step(
        "final",
        f"{theorem.statement} (The catalog's expression.)",
        All((Declares(KEY, names), claim)),
        (
            Mutant("drift dropped", claim.concluding(regret <= 0)),
            Mutant("core dropped", claim.without("core")),
        ),
        latex=rf"\mathrm{{Regret}} \le {formula(theorem.expression())}",
        leans=(f"{KEY}/drift", f"{KEY}/displacement", f"{KEY}/minkowski", REFERENCE),
    )


def proof() -> Proof:
    """The bound in root mean square."""
    theorem = catalog[KEY]
    steps = (*_smoothing(), *_adding(), _reading(), witnesses.tight(KEY), _final())
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
