"""The catalog's formulas read back: which recursions they obey, and which radius they contain.

Evaluation computes sequences by recursions. Here the catalog's own sums and products over a symbolic horizon are shown
to be those sequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy

from bounds.catalog import catalog
from bounds.symbols import symbol
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.induction import All
from proofs_check.engines.symbolic import Domain, Identity, peel
from proofs_check.ledger import Mutant, Step

H = symbol("H")
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
    """A statistical radius: (w (1 − e^(−m x)))^p and its simple form (w m s)^p; weight 32 makes it 4 D."""

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


def imitation_step(key: str, form: str, radius: Radius) -> Step:
    """The catalog's imitation term is H times a radius."""
    part = catalog[key].parts(form)["imitation"]
    return Step(
        f"imitation_{form}",
        f"The {form} imitation term is H times the radius, written from Lemma S1's exponent x.",
        identity(part, H * radius.formula(form)),
        (
            Mutant("radius shrunk by 1 percent", identity(part, H * radius.formula(form) * sympy.Rational(99, 100))),
            Mutant("horizon factor lost", identity(part, radius.formula(form) * (H + 1) / 2)),
        ),
        (EXPONENTIAL.reference,),
    )


def variance_step(key: str) -> Step:
    """The catalog's imitation term with the optional symbols is the least of R·TV and Lemma S6's bound."""
    R, sigma = symbol("return_range"), symbol("return_std")
    refined = {form: catalog[key].refined(form)["imitation"] for form in ("sharp", "simple")}

    def read(form: str, width: sympy.Expr, *, least: bool = True) -> Identity:
        distance = Radius(1, True, weight=2).formula(form)
        spread = distance * (R * distance + sympy.sqrt(R**2 * distance**2 + 4 * sigma**2))
        known = sympy.Min(width * Radius(2, True).formula(form), spread) if least else spread
        return identity(refined[form], known)

    return Step(
        "variance_form",
        "The imitation term with the optional symbols is the least of R TV and D (R D + sqrt(R^2 D^2 + 4 variance)).",
        All((read("sharp", R), read("simple", R))),
        (
            Mutant("H in place of R", read("sharp", symbol("H"))),
            Mutant("the total variation dropped", read("sharp", R, least=False)),
        ),
        (EXPONENTIAL.reference,),
        r"\min\big(R\,TV, D(RD+\sqrt{R^2D^2+4\sigma^2})\big)",
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
                All((_starts(parts["sharp"], sympy.Integer(0)), _grows(parts["sharp"], after))),
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
            All((_starts(parts["simple"], sympy.Integer(0)), _grows(parts["simple"], so_far))),
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
        All((_starts(part, loss.subs(h, 1).doit()), _grows(part, loss.subs(h, H + 1)))),
        (
            Mutant("L_u dropped", _grows(part, symbol("L_x") * state.subs(h, H + 1))),
            Mutant("loss shrunk by 1 percent", _grows(part, loss.subs(h, H + 1) * sympy.Rational(99, 100))),
        ),
    )
