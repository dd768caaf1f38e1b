"""The catalog's formulas read back: which recursions they obey, and which radius they contain.

The cores bound regret by sequences given by recursions. Here the catalog's own sums and products over a symbolic
horizon are shown to be those sequences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, smallest
from proofs_check.engines.symbolic import Domain, Identity, peel
from proofs_check.ledger import Mutant, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import greedy, mismatch, statistics

H = symbol("H")
RUNNING_MINIMUM = "average_error_counterexample/running_minimum"
_RANGES: dict[str, Domain] = {
    "H": (1, 4),
    "n": (1, 40),
    "delta": (0, 1),
    "log_class_size": (1, 5),
    "log_model_class_size": (1, 5),
    "eps_q": (0, Fraction(1, 5)),
    "eta": (0, Fraction(1, 2)),
    "C": (0, 1),
    "lipschitz": (0, Fraction(1, 3)),
    "coupled_lipschitz": (0, Fraction(1, 3)),
    "loop_eta": (0, Fraction(1, 2)),
    "chunk": (1, 3),
    "bins_off": (0, 3),
    "dimension": (1, 3),
}


def domain(*expressions: sympy.Expr) -> dict[sympy.Symbol, Domain]:
    """Where test points for the catalog's symbols are drawn from."""
    free = set().union(*(expression.free_symbols for expression in expressions))
    return {s: _RANGES.get(str(s), (0, 1)) for s in free}


def identity(left: sympy.Expr, right: sympy.Expr) -> Identity:
    """left = right over the catalog's symbols."""
    return Identity(left, right, domain(left, right))


def gamma(h: sympy.Expr, base: sympy.Expr | None = None) -> sympy.Expr:
    """Γ_h = Σ_{j ≤ h−2} C base^j, base = η unless given."""
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    return sympy.Sum(symbol("C") * (symbol("eta") if base is None else base) ** j, (j, 0, h - 2))


@dataclass(frozen=True)
class Radius:
    """A statistical radius: (w (1 − e^(−m x)))^p and its simple form (w m s)^p, with the lemma behind it.

    The lemma bounds the total variation, or with weight 32 the expected fall of the likelihood ratio (4 D).
    """

    multiplier: int
    root: bool
    sizes: tuple[str, ...] = ("log_class_size",)
    weight: int = 1
    greedy: bool = False

    def formula(self, form: str) -> sympy.Expr:
        """The radius in the catalog's symbols, written from Lemma S1's x."""
        size = sympy.Add(*(symbol(name) for name in self.sizes))
        odds = sympy.log(1 / symbol("delta"))
        x = sympy.Max(0, (sympy.log(sympy.exp(size) - 1) + odds) / symbol("n"))
        squared = (
            1 - sympy.exp(-x) ** self.multiplier if form == "sharp" else self.multiplier * (size + odds) / symbol("n")
        )
        if self.greedy:
            wide = (2 + sympy.sqrt(2)) * squared
            return sympy.Min(1, wide) if form == "sharp" else wide
        return sympy.sqrt(self.weight * squared) if self.root else self.weight * squared

    def premises(self) -> tuple[str, ...]:
        """The lemmas behind it."""
        if self.greedy:
            return (f"{statistics.S1}/final", f"{greedy.S5}/final")
        if not self.root and self.multiplier == 1:
            return (f"{mismatch.S4}/final",)
        if self.weight > 1:
            return (f"{statistics.S1}/final", RUNNING_MINIMUM)
        last = f"{mismatch.S2}/final" if self.root else f"{mismatch.S3}/final"
        return (f"{statistics.S1}/final", last)

    def claim(self, form: str) -> Smt:
        """TV ≤ radius on the good event; decay = e^(−x), s = (log N + log(1/δ))/n ≥ x."""
        tv, d2, decay, rad, x, s = z3.Reals("tv d2 decay radius x s")
        goal_square = 1 - decay * decay if self.multiplier == 2 else 1 - decay
        if form == "simple":
            goal_square = self.multiplier * s
        hypotheses = {
            "radius": z3.And(rad >= 0, (rad * rad if self.root else rad) == self.weight * goal_square),
            "tv": tv >= 0,
            "x <= s": z3.And(x >= 0, x <= s),
        }
        lemmas = {
            el.EXP_UNIT: el.exponential_unit(x, decay),
            el.EXP_BOUND: el.exponential(x, decay),
        }
        if not self.root and self.multiplier == 1 and not self.greedy:
            return Smt(tv <= rad, hypotheses, {**lemmas, f"{mismatch.S4}/final": tv <= 1 - decay})
        first = {f"{statistics.S1}/final": statistics.hellinger_small(d2, decay)}
        if self.greedy:
            return self._greedy(form, Smt(tv <= rad, hypotheses, {**lemmas, **first}))
        if self.weight > 1:
            return Smt(tv <= rad, hypotheses, {**lemmas, **first, RUNNING_MINIMUM: tv * tv <= 16 * d2})
        second = (
            {f"{mismatch.S2}/final": mismatch.variation(tv, d2)}
            if self.root
            else {f"{mismatch.S3}/final": mismatch.mismatch(tv, d2)}
        )
        return Smt(tv <= rad, hypotheses, {**lemmas, **first, **second})

    @staticmethod
    def _greedy(form: str, claim: Smt) -> Smt:
        """The radius times 2 + sqrt(2), sharp cut at 1; Lemma S5 holds for its square root of 2."""
        tv, d2, decay, rad, s, root_two = z3.Reals("tv d2 decay radius s root_two")
        wide = (2 + root_two) * (1 - decay if form == "sharp" else s)
        equal = rad == (smallest(z3.RealVal(1), wide) if form == "sharp" else wide)
        lemma = {f"{greedy.S5}/final": greedy.greedy_mismatch(tv, d2, root_two)}
        root = {"root of 2": z3.And(root_two > 0, root_two * root_two == 2)}
        return replace(claim.supposing({"radius": equal, **root}), lemmas={**claim.lemmas, **lemma})


def imitation_step(key: str, form: str, radius: Radius) -> Step:
    """The catalog's imitation term is H times a radius that bounds the total variation."""
    part = catalog[key].parts(form)["imitation"]
    claim = radius.claim(form)
    shrunk = claim.goal.arg(0) <= z3.Q(99, 100) * claim.goal.arg(1)
    last = radius.premises()[-1]
    # sqrt(1 - decay^2) is rational at 3/5: counterexamples can be rechecked exactly
    rational = {"at": z3.Real("decay") == z3.Q(3, 5)} if radius.root and form == "sharp" else {}
    if radius.greedy:
        rational = {"root of 2": z3.Real("root_two") == z3.Q(17, 12)}
    return Step(
        f"imitation_{form}",
        f"The {form} imitation term is H times a radius that, with probability at least 1 - delta, bounds the total "
        f"variation of observed "
        "trajectory laws (the mismatch, for deterministic labels).",
        All((identity(part, H * radius.formula(form)), claim)),
        (
            Mutant("radius shrunk by 1 percent", claim.concluding(shrunk).supposing(rational)),
            Mutant(f"{last} dropped", claim.without(last).supposing(rational)),
            Mutant("horizon factor lost", identity(part, radius.formula(form) * (H + 1) / 2)),
        ),
        (*radius.premises(), el.EXP_UNIT, el.EXP_BOUND, f"{statistics.S1}/simple", EXPONENTIAL.reference),
    )


def _starts(expression: sympy.Expr, value: sympy.Expr) -> Identity:
    return identity(expression.subs(H, 1).doit(), value)


def _grows(expression: sympy.Expr, increment: sympy.Expr) -> Identity:
    return identity(peel(expression.subs(H, H + 1), H) - expression, increment)


def decoupling_steps(key: str, hazard: sympy.Expr, t: sympy.Symbol) -> tuple[Step, ...]:
    """The catalog's decoupling term, sharp and simple, obeys the survival recursion with this hazard."""
    parts = {form: catalog[key].parts(form)["decoupling"] for form in catalog[key].forms}
    steps = []
    if "sharp" in parts and parts["sharp"].has(sympy.Product):
        product = sympy.Product(1 - hazard, (t, 2, H))
        after = 1 - product * (1 - hazard.subs(t, H + 1))
        steps.append(
            Step(
                "decoupling_sharp",
                "The catalog's decoupling term D(H) is 0 at H = 1 and grows by 1 - Q(H+1), Q(H+1) = Q(H) (1 - "
                "p_(H+1)), with the hazard p_t of the core.",
                Induction(_starts(parts["sharp"], sympy.Integer(0)), _grows(parts["sharp"], after), "H from 1"),
                (
                    Mutant("hazard of the step left out", _grows(parts["sharp"], 1 - product)),
                    Mutant("hazard doubled", _grows(parts["sharp"], 1 - product * (1 - 2 * hazard.subs(t, H + 1)))),
                ),
            )
        )
    so_far = sympy.Sum(hazard, (t, 2, H)) + hazard.subs(t, H + 1)
    steps.append(
        Step(
            "decoupling_simple",
            "The catalog's simple decoupling term is 0 at H = 1 and grows by p_2 + ... + p_(H+1).",
            Induction(_starts(parts["simple"], sympy.Integer(0)), _grows(parts["simple"], so_far), "H from 1"),
            (
                Mutant("only the last hazard", _grows(parts["simple"], hazard.subs(t, H + 1))),
                Mutant("a horizon factor lost", _grows(parts["simple"], so_far / 2)),
            ),
        )
    )
    return tuple(steps)


def drift_step(key: str, state: sympy.Expr, action: sympy.Expr, h: sympy.Symbol) -> Step:
    """The catalog's drift term adds L_x state_h + L_u action_h at step h."""
    part = catalog[key].parts(catalog[key].forms[0])["drift"]
    loss = symbol("L_x") * state + symbol("L_u") * action
    return Step(
        "drift",
        "The catalog's drift term starts with the loss of step 1 and grows by that of step H + 1: L_x times the "
        "state's displacement plus L_u times the action's.",
        Induction(_starts(part, loss.subs(h, 1).doit()), _grows(part, loss.subs(h, H + 1)), "H from 1"),
        (
            Mutant("L_u dropped", _grows(part, symbol("L_x") * state.subs(h, H + 1))),
            Mutant("loss shrunk by 1 percent", _grows(part, loss.subs(h, H + 1) * sympy.Rational(99, 100))),
        ),
    )
