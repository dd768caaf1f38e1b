"""Theorem 9: two experts that labels can hardly tell apart."""

from __future__ import annotations

from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, INDEPENDENCE
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Counterexample, Smt, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import master, mismatch

KEY = "theorem_9"


def _value(horizon: z3.ArithRef, eps: z3.ArithRef, bias: z3.ArithRef) -> z3.ArithRef:
    """H [(1 − 2ε) Δ + ε]."""
    return horizon * ((1 - 2 * eps) * bias + eps)


def _distance() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    a, bias, aff, power, tv, d2, n = z3.Reals("a Delta affinity power tv d2 n")
    single = Smt(
        (2 * a) * (2 * a) == 1 - 4 * bias * bias,
        {"a": z3.And(a >= 0, a * a == (z3.Q(1, 2) + bias) * (z3.Q(1, 2) - bias))},
    )
    product = Induction(
        Smt(aff * aff == power, {"n": z3.And(aff == 1, power == 1)}),
        Smt(
            (aff * a) * (aff * a) == power * (1 - 4 * bias * bias),
            {"P(n)": aff * aff == power},
            {f"{KEY}/affinity": a * a == 1 - 4 * bias * bias},
        ),
        "demonstrations",
    )
    bound = Smt(
        tv * tv <= 4 * n * bias * bias,
        {"affinity": d2 == 2 * (1 - aff), "n": n >= 1, "bias": between(0, 4 * bias * bias, 1)},
        {
            mismatch.S2 + "/final": mismatch.variation(tv, d2),
            f"{KEY}/n_labels": aff * aff == power,
            el.BERNOULLI: el.bernoulli(-4 * bias * bias, n, power),
        },
    )
    constant = Smt(
        z3.And(tv <= z3.Q(3, 4), bias < z3.Q(1, 2)),
        {"Delta": z3.And(bias >= 0, 64 * n * bias * bias == 9), "n": n >= 1},
        {f"{KEY}/distance": tv * tv <= 4 * n * bias * bias},
    )
    return (
        Step(
            "affinity",
            "The affinity of Bernoulli(1/2 + Delta) and Bernoulli(1/2 - Delta) is sqrt(1 - 4 Delta^2).",
            single,
            (Mutant("2 Delta^2", single.concluding((2 * a) * (2 * a) == 1 - 2 * bias * bias)),),
            (),
            r"\sqrt{1-4\Delta^2}",
        ),
        Step(
            "n_labels",
            "For n independent labels the squared affinity is (1 - 4 Delta^2)^n.",
            product,
            (Mutant("one label lost, n = 2", Smt(a * a * a * a == a * a, {"a": between(0, a, 1)})),),
            (f"{KEY}/affinity", INDEPENDENCE.reference),
            r"(1-4\Delta^2)^n",
        ),
        Step(
            "distance",
            "TV^2 <= 1 - (1 - 4 Delta^2)^n <= 4 n Delta^2: Lemma S2 at D^2 = 2 (1 - affinity), then Bernoulli.",
            bound,
            (
                Mutant("Bernoulli dropped", bound.without(el.BERNOULLI)),
                Mutant(
                    "3 n Delta^2 at n = 1, where TV = 2 Delta",
                    Smt(tv * tv <= 3 * bias * bias, {"tv": tv == 2 * bias, "bias": between(0, bias, z3.Q(1, 2))}),
                ),
            ),
            (f"{mismatch.S2}/final", f"{KEY}/n_labels", el.BERNOULLI),
            r"TV^2 \le 4n\Delta^2",
        ),
        Step(
            "three_eighths",
            "At Delta = 3/(8 sqrt(n)): TV <= 3/4, and Delta < 1/2 is a legal bias, for every n >= 1.",
            constant,
            (
                Mutant(
                    "Delta = 3/(5 sqrt(n)) at n = 1 is no probability",
                    Smt(bias < z3.Q(1, 2), {"Delta": z3.And(bias >= 0, bias == z3.Q(3, 5))}),
                ),
                Mutant("TV <= 7/10", constant.concluding(tv <= z3.Q(7, 10))),
            ),
            (f"{KEY}/distance",),
            r"\Delta = \tfrac{3}{8\sqrt n}",
        ),
        Step(
            "best_constant",
            "3/8 is the best constant of this reduction that serves all n: at n = 1, TV = 2 c exactly, and (1 - "
            "TV)/2 >= 1/8 needs c <= 3/8.",
            Smt((1 - tv) / 2 < z3.Q(1, 8), {"n = 1": tv == 2 * a, "c": a > z3.Q(3, 8)}),
            (
                Mutant(
                    "at c = 3/8 it still works",
                    Smt((1 - tv) / 2 < z3.Q(1, 8), {"n = 1": tv == 2 * a, "c": a >= z3.Q(3, 8)}),
                ),
            ),
        ),
    )


def _losses() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    horizon, eps, bias, m = z3.Reals("H eps Delta m")
    half = z3.Q(1, 2)
    plus = horizon * ((half + bias) * 1 + (half - bias) * (2 * eps) - m)
    minus = horizon * (m - (half - bias) * (1 - 2 * eps) - (half + bias) * 0)
    value = _value(horizon, eps, bias)
    ranges = {"ranges": z3.And(horizon >= 1, between(0, eps, half), between(0, bias, half))}
    both = Smt(z3.And(z3.Implies(m <= half, plus >= value), z3.Implies(m >= half, minus >= value)), ranges)
    equal = Smt(z3.And(plus == value, minus == value), {**ranges, "m": m == half})
    p_plus, p_minus, tv, beyond = z3.Reals("P_plus P_minus tv beyond")
    errors = Smt(
        z3.And(p_plus + p_minus >= 1 - tv, largest(p_plus, p_minus) >= z3.Q(1, 8)),
        {"event": z3.And(p_minus >= 1 - beyond, between(0, p_plus, 1), between(0, beyond, 1))},
        {master.LAW: beyond - p_plus <= tv, f"{KEY}/three_eighths": tv <= z3.Q(3, 4)},
    )
    inside = {"ranges": z3.And(horizon >= 1, eps > 0, eps < half, bias > 0, bias < half)}
    return (
        Step(
            "losses",
            "Given the data, a mean action m <= 1/2 loses at least H [(1 - 2 eps) Delta + eps] to expert +, and m "
            ">= 1/2 to expert -. The raw actions are "
            "the bin's outer end (+: 2 eps or 1; -: 0 or 1 - 2 eps), the codes the centres.",
            both,
            (
                Mutant(
                    "eps lost",
                    both.supposing(inside).concluding(
                        z3.Implies(m <= half, plus >= horizon * ((1 - 2 * eps) * bias + 2 * eps))
                    ),
                ),
                Mutant(
                    "no bias", both.supposing(inside).concluding(z3.Implies(m <= half, plus >= horizon * (bias + eps)))
                ),
            ),
            (),
            r"H[(1-2\varepsilon)\Delta+\varepsilon]",
        ),
        Step(
            "two_errors",
            "P_+(m <= 1/2) + P_-(m >= 1/2) >= 1 - TV >= 1/4, so one of the two is at least 1/8.",
            errors,
            (
                Mutant("TV forgotten", errors.concluding(p_plus + p_minus >= 1)),
                Mutant("1/7", errors.concluding(largest(p_plus, p_minus) >= z3.Q(1, 7))),
            ),
            (master.LAW, f"{KEY}/three_eighths", EXPECTATION.reference),
            r"P_+(\hat m\le\tfrac12)+P_-(\hat m\ge\tfrac12) \ge 1-TV",
        ),
        Step(
            "attained",
            "The constant policy m = 1/2 loses exactly the value to both experts, so it cannot be raised for this "
            "family.",
            equal,
            (
                Mutant(
                    "bound x 1.001: one of the two would have to lose more",
                    equal.supposing(inside).concluding(
                        z3.Or(plus >= z3.Q(1001, 1000) * value, minus >= z3.Q(1001, 1000) * value)
                    ),
                ),
                Mutant("m = 0.49", equal.supposing({**inside, "m": m == z3.Q(49, 100)})),
            ),
            (f"{KEY}/losses",),
        ),
    )


def _final(form: str) -> Step:
    theorem = catalog[KEY]
    regret, horizon, n, eps, bias, root = z3.Reals("regret H n eps_q Delta root_n")
    total = to_z3(theorem.expression(form), {sympy.sqrt(symbol("n")): root, 1 / sympy.sqrt(symbol("n")): 1 / root})
    claim = Smt(
        regret >= total,
        {
            "ranges": z3.And(horizon >= 1, n >= 1, between(0, eps, z3.Q(1, 2))),
            "root": z3.And(root > 0, root * root == n),
            "Delta": z3.And(bias >= 0, 64 * n * bias * bias == 9),
        },
        {f"{KEY}/losses": regret >= _value(horizon, eps, bias), f"{KEY}/square_root": 8 * root * bias == 3},
    )
    one, bias_at_one = Fraction(1), Fraction(3, 8)
    rational = {
        "regret": bias_at_one,
        "H": one,
        "n": one,
        "eps_q": Fraction(0),
        "Delta": bias_at_one,
        "root_n": one,
    }
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression.)",
        All((Declares(KEY, ("labels_only", "uniform_binning", "two_codes")), claim)),
        (
            Mutant("1 percent more", Counterexample(claim.concluding(regret >= z3.Q(101, 100) * total), rational)),
            Mutant("loss dropped", Counterexample(claim.without(f"{KEY}/losses"), {**rational, "regret": Fraction(0)})),
        ),
        (f"{KEY}/losses", f"{KEY}/two_errors", f"{KEY}/attained", f"{KEY}/square_root"),
        rf"P\big(\mathrm{{Regret}} \ge {formula(theorem.expression(form))}\big) \ge 1/8",
    )


def _root() -> Step:
    n, bias, root = z3.Reals("n Delta root_n")
    claim = Smt(
        8 * root * bias == 3,
        {"root": z3.And(root > 0, root * root == n), "Delta": z3.And(bias >= 0, 64 * n * bias * bias == 9)},
    )
    return Step(
        "square_root",
        "64 n Delta^2 = 9 with Delta >= 0 is Delta = 3/(8 sqrt(n)).",
        claim,
        (
            Mutant(
                "Delta may be negative",
                Counterexample(
                    claim.supposing({"Delta": 64 * n * bias * bias == 9}),
                    {"n": Fraction(1), "root_n": Fraction(1), "Delta": Fraction(-3, 8)},
                ),
            ),
        ),
    )


def proof() -> Proof:
    """Theorem 9."""
    steps = (*_distance(), *_losses(), _root(), _final("simple"), _final("sharp"))
    theorem = catalog[KEY]
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
