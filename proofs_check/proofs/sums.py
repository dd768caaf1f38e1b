"""Gains and their sums: recursion = sum = closed form, for η ≠ 1 and η = 1, for every horizon."""

from __future__ import annotations

import sympy
import z3

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt
from proofs_check.engines.symbolic import Identity
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "gain_sums"

C, ETA = sympy.symbols("C eta", positive=True)
H = sympy.Symbol("H", integer=True, positive=True)
DOMAIN = {C: (0, 3), ETA: (0, 1), H: (1, 9)}


def gain(h: sympy.Expr) -> sympy.Expr:
    """Γ_h = C (1 − η^(h−1)) / (1 − η)."""
    return C * (1 - ETA ** (h - 1)) / (1 - ETA)


def total(h: sympy.Expr) -> sympy.Expr:
    """Closed form of Σ_{t≤h} Γ_t, η ≠ 1."""
    return C / (1 - ETA) * (h - (1 - ETA**h) / (1 - ETA))


def weighted(h: sympy.Expr) -> sympy.Expr:
    """Closed form of Σ_{t≤h} (h − t + 1) Γ_t, η ≠ 1."""
    return C / (1 - ETA) * (h * (h + 1) / 2 - h / (1 - ETA) + ETA * (1 - ETA**h) / (1 - ETA) ** 2)


def reorder(twice: z3.ArithRef, sum_of: z3.ArithRef, index_sum: z3.ArithRef, h: z3.ArithRef) -> z3.BoolRef:
    """Σ_{i≤h} Σ_{t≤i} a_t = Σ_{t≤h} (h − t + 1) a_t = (h + 1) Σ a_t − Σ t a_t."""
    return twice == (h + 1) * sum_of - index_sum


def _grows(closed: sympy.Expr, term: sympy.Expr) -> Identity:
    """The closed form's increment from H to H + 1 is the next term."""
    return Identity(closed.subs(H, H + 1) - closed, term, {s: DOMAIN[s] for s in (closed + term).free_symbols})


def _starts(closed: sympy.Expr) -> Identity:
    first = closed.subs(H, 1)
    return Identity(first, sympy.Integer(0), {s: DOMAIN[s] for s in first.free_symbols})


def _closed(name: str, claim: str, closed: sympy.Expr, term: sympy.Expr, latex: str) -> Step:
    wrong = closed + C * (H - 1) / 100
    return Step(
        name,
        f"{claim} It is 0 at H = 1, and grows by the next term.",
        All((_starts(closed), _grows(closed, term))),
        (
            Mutant("a hundredth of C (H - 1) too much", _grows(wrong, term)),
            Mutant("the last term halved", _grows(closed, term / 2)),
            Mutant("wrong at H = 1", _starts(closed + C)),
        ),
        latex=latex,
    )


def proof() -> Proof:  # long: one argument, its steps read in order
    """Gain sums."""
    s, a, w, t_sum, h, c = z3.Reals("sum_of a twice index_sum h c")
    claim = reorder(w, s, t_sum, h)
    double = Induction(
        Smt(claim, {"empty": z3.And(h == 0, s == 0, t_sum == 0, w == 0)}),
        Smt(reorder(w + (s + a), s + a, t_sum + (h + 1) * a, h + 1), {"P(h)": claim}),
        "h from 0; the sums of a_t, t a_t and of partial sums",
    )
    linear = z3.Real("linear")
    weights = Induction(
        Smt(linear == c * s - t_sum, {"empty": z3.And(linear == 0, s == 0, t_sum == 0)}),
        Smt(linear + (c - h) * a == c * (s + a) - (t_sum + h * a), {"P(m)": linear == c * s - t_sum}),
        "terms; c stands for h + 1",
    )
    eta, g, big = z3.Reals("eta g big")
    recursion = Smt(
        z3.And(big + c * g == eta * big + c, (1 - eta) * (big + c * g) == c * (1 - g * eta)),
        {"scaled": big == c * s},
        {el.GEOMETRIC: z3.And((1 - eta) * s == 1 - g, s + g == eta * s + 1)},
    )
    half = sympy.Rational(1, 2)
    steps = (
        Step(
            "reorder",
            "For every sequence a and every h: sum of the first h partial sums = sum over t of (h - t + 1) a_t.",
            All((double, weights)),
            (
                Mutant(
                    "weight h - t, at h = 1",
                    Smt(w == (h + 1) * s - t_sum - s, {"h = 1": z3.And(h == 1, w == a, s == a, t_sum == a)}),
                ),
            ),
            (),
            r"\sum_{i\le h}\sum_{t\le i}a_t = \sum_{t\le h}(h-t+1)a_t",
        ),
        Step(
            "recursion",
            "Gamma_(h+1) = eta Gamma_h + C = Gamma_h + C eta^(h-1), and (1 - eta) Gamma_h = C (1 - eta^(h-1)), for "
            "every eta >= 0 including 1.",
            recursion,
            (
                Mutant("C dropped from the recursion", recursion.concluding(big + c * g == eta * big)),
                Mutant("geometric sum dropped", recursion.without(el.GEOMETRIC)),
            ),
            (el.GEOMETRIC,),
            r"\Gamma_{h+1} = \eta\Gamma_h + C",
        ),
        _closed(
            "gamma",
            "Gamma_h = C (1 - eta^(h-1)) / (1 - eta) for eta != 1.",
            gain(H),
            C * ETA ** (H - 1),
            r"\Gamma_h = C\frac{1-\eta^{h-1}}{1-\eta}",
        ),
        _closed(
            "sum",
            "sum of Gamma_h, h <= H, equals C/(1-eta) [H - (1-eta^H)/(1-eta)] for eta != 1.",
            total(H),
            gain(H + 1),
            r"\sum\Gamma_h = \frac{C}{1-\eta}\Big[H-\frac{1-\eta^H}{1-\eta}\Big]",
        ),
        _closed(
            "weighted_sum",
            "sum of (H - t + 1) Gamma_t equals C/(1-eta) [H(H+1)/2 - H/(1-eta) + eta (1-eta^H)/(1-eta)^2] for eta "
            "!= 1.",
            weighted(H),
            total(H + 1),
            r"\sum(H-t+1)\Gamma_t = "
            r"\frac{C}{1-\eta}\Big[\frac{H(H+1)}2-\frac{H}{1-\eta}+\frac{\eta(1-\eta^H)}{(1-\eta)^2}\Big]",
        ),
        _closed(
            "gamma_at_one",
            "Gamma_h = C (h - 1) for eta = 1.",
            C * (H - 1),
            C,
            r"\Gamma_h = C(h-1)",
        ),
        _closed(
            "sum_at_one",
            "sum of Gamma_h equals C H (H-1) / 2 for eta = 1.",
            C * H * (H - 1) * half,
            C * H,
            r"\sum\Gamma_h = C\,H(H-1)/2",
        ),
        _closed(
            "weighted_at_one",
            "sum of (H - t + 1) Gamma_t equals C (H-1) H (H+1) / 6 for eta = 1.",
            C * (H - 1) * H * (H + 1) / 6,
            C * (H + 1) * H * half,
            r"\sum(H-t+1)\Gamma_t = C(H-1)H(H+1)/6",
        ),
    )
    return Proof(KEY, "Sums of gains", "lemma", "explicit", "arXiv:2603.20538, Theorem 2, explicit constants", steps)
