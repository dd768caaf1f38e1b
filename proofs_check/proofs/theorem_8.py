"""Theorem 8: the Bayes risk of four experts, its maximiser in Δ, and the algorithm that attains it."""

from __future__ import annotations

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import EXPECTATION, EXPONENTIAL, INDEPENDENCE
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el

KEY = "theorem_8"
_EPS = {"eps": between(0, z3.Real("eps"), z3.Q(1, 4))}


def _risk(horizon: z3.ArithRef, eps: z3.ArithRef, share: z3.ArithRef, unseen: z3.ArithRef) -> z3.ArithRef:
    """H [ε + ½ (1 − 4ε) Δ (1 − Δ)^n], where unseen stands for (1 − Δ)^n."""
    return horizon * (eps + (1 - 4 * eps) / 2 * share * unseen)


def _medians() -> tuple[Step, ...]:
    m, eps = z3.Reals("m eps")
    two = Smt((absolute(m) + absolute(m - 2 * eps)) / 2 >= eps, {"eps": eps >= 0})
    points = (z3.RealVal(0), 2 * eps, 1 - 2 * eps, z3.RealVal(1))
    four = Smt(sum(absolute(m - y) for y in points) / 4 >= (1 - 2 * eps) / 2, _EPS)
    return (
        Step(
            "known_bin",
            "Where the bin is known, the raw action is one of its two ends with equal posterior weight: every play "
            "m loses at least eps.",
            two,
            (
                Mutant(
                    "2 percent more",
                    two.concluding((absolute(m) + absolute(m - 2 * eps)) / 2 >= z3.Q(102, 100) * eps).supposing(
                        {"eps": eps > 0}
                    ),
                ),
            ),
            (el.MEDIAN, EXPECTATION.reference),
            r"\tfrac12|m|+\tfrac12|m-2\varepsilon| \ge \varepsilon",
        ),
        Step(
            "unseen",
            "Where x_1 = 1 was never seen, the action is 0, 2 eps, 1 - 2 eps or 1 with equal posterior weight: "
            "every play loses at least (1 - 2 eps)/2. "
            "(Randomised plays: average over m.)",
            four,
            (
                Mutant(
                    "type of the expert known",
                    four.concluding((absolute(m) + absolute(m - 2 * eps)) / 2 >= (1 - 2 * eps) / 2),
                ),
                Mutant("1/2 without eps", four.concluding(sum(absolute(m - y) for y in points) / 4 >= z3.Q(1, 2))),
            ),
            (el.MEDIAN, EXPECTATION.reference),
            r"\tfrac14\textstyle\sum_y|m-y| \ge (1-2\varepsilon)/2",
        ),
    )


def _bayes() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    share, unseen, power, total, eps, horizon = z3.Reals("Delta unseen power total eps H")
    miss = Induction(
        Smt(total == power, {"n": z3.And(total == 1, power == 1)}),
        Smt(total * (1 - share) == power * (1 - share), {"P(n)": total == power}),
        "demonstrations",
    )
    known, blind, risk = z3.Reals("known blind risk")
    bayes = Smt(
        risk >= _risk(horizon, eps, share, unseen),
        {
            **_EPS,
            "probabilities": z3.And(between(0, share, 1), between(0, unseen, 1), horizon >= 1),
            "risk": risk == horizon * ((1 - share) * known + share * ((1 - unseen) * known + unseen * blind)),
        },
        {f"{KEY}/known_bin": known >= eps, f"{KEY}/unseen": blind >= (1 - 2 * eps) / 2},
    )
    r = z3.Reals("r_1 r_2 r_3 r_4")
    best = largest(largest(r[0], r[1]), largest(r[2], r[3]))
    sup = Smt(best >= sum(r) / 4)
    return (
        Step(
            "miss",
            "Among n independent demonstrations x_1 = 1 is never seen with probability (1 - Delta)^n.",
            miss,
            (
                Mutant(
                    "one demonstration lost, n = 2",
                    Smt((1 - share) * (1 - share) == 1 - share, {"Delta": between(0, share, 1)}),
                ),
            ),
            (INDEPENDENCE.reference,),
            r"(1-\Delta)^n",
        ),
        Step(
            "bayes_risk",
            "Under the uniform prior on the four experts every algorithm's risk is at least H [eps + (1 - 4 eps)/2 "
            "Delta (1 - Delta)^n]: labels "
            "at x_1 = 0 say nothing about x_1 = 1, seen labels tell the bin and not the end of it. (The right end "
            "1 - 2 eps belongs to the bin below "
            "when bins are closed on the right: take the limit of ends inside the bin.)",
            bayes,
            (
                Mutant("(1 - 2 eps)", bayes.concluding(risk >= horizon * (eps + (1 - 2 * eps) / 2 * share * unseen))),
                Mutant("known bins cost nothing", bayes.without(f"{KEY}/known_bin").supposing({"known": known >= 0})),
                Mutant("unseen states cost nothing", bayes.without(f"{KEY}/unseen").supposing({"blind": blind >= 0})),
            ),
            (f"{KEY}/known_bin", f"{KEY}/unseen", f"{KEY}/miss", EXPECTATION.reference),
            r"\text{risk} \ge H[\varepsilon+\tfrac12(1-4\varepsilon)\Delta(1-\Delta)^n]",
        ),
        Step(
            "some_expert",
            "The largest of four regrets is at least their mean, so some expert makes the algorithm pay the Bayes "
            "risk.",
            sup,
            (Mutant("all of them", Smt(z3.And(*(x >= sum(r) / 4 for x in r)))),),
            (f"{KEY}/bayes_risk",),
        ),
    )


def _maximiser() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    d, n, a, a_n, q, p, x, y = z3.Reals("d n a a_n q p x y")
    product = Induction(
        Smt(p == x * y, {"n": z3.And(p == 1, x == 1, y == 1)}),
        Smt(p * (a * d) == (x * a) * (y * d), {"P(n)": p == x * y}),
        "n from 0; p, x, y stand for (a d)^n, a^n, d^n",
    )
    # d (1-d)^n = a^n (n+1-na) · (1/(n+1)) (n/(n+1))^n with a = (1-d)(n+1)/n
    best = Smt(
        d * p * (n + 1) <= q,
        {
            "n": n >= 1,
            "d": between(0, d, 1),
            "a": a * n == (1 - d) * (n + 1),
            "q": q > 0,
            "powers": a_n >= 0,
        },
        {
            f"{KEY}/power_product": p == a_n * q,
            el.AM_GM: z3.Implies(a >= 0, a_n * (n + 1 - n * a) <= 1),
        },
    )
    grow, decay, one = z3.Reals("growth decay e_inverse")
    share = 1 - 1 / (n + 1)
    floor = Smt(
        q >= one,
        {"n": n >= 1, "decay": z3.And(decay * grow == 1, decay > 0)},
        {el.EXP_BOUND: el.exponential(-(1 / n), grow), el.POWERS: el.powers(decay, share, one, q)},
    )
    s = sympy.Symbol("n", positive=True)
    unit = Identity(sympy.exp(-1 / s) ** s, sympy.exp(-1), {s: (1, 9)})
    return (
        Step(
            "power_product",
            "(a b)^n = a^n b^n.",
            product,
            (Mutant("n = 2, one factor", Smt((a * d) * (a * d) == a * d * d)),),
        ),
        Step(
            "maximiser",
            "For every whole n >= 1 and every d in [0, 1]: d (1 - d)^n <= Delta (1 - Delta)^n at Delta = 1/(n + 1).",
            best,
            (
                Mutant("AM-GM dropped", best.without(el.AM_GM)),
                Mutant(
                    "Delta = 1/(n + 2), n = 1", Smt(d * (1 - d) <= z3.Q(1, 3) * z3.Q(2, 3), {"d": between(0, d, 1)})
                ),
            ),
            (el.AM_GM, f"{KEY}/power_product"),
            r"\max_d d(1-d)^n = \tfrac1{n+1}(1-\tfrac1{n+1})^n",
        ),
        Step(
            "floor",
            "(1 - 1/(n+1))^n >= 1/e: since 1 + 1/n <= e^(1/n), n/(n+1) >= e^(-1/n), then powers.",
            All((unit, floor)),
            (
                Mutant(
                    "1/2 instead of 1/e, n = 2", Smt((1 - 1 / (n + 1)) * (1 - 1 / (n + 1)) >= z3.Q(1, 2), {"n": n == 2})
                ),
                Mutant("exponential bound dropped", floor.without(el.EXP_BOUND)),
            ),
            (el.EXP_BOUND, el.POWERS, EXPONENTIAL.reference),
            r"\Delta(1-\Delta)^n \ge \frac1{e(n+1)}",
        ),
    )


def _attained() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    n, q, up, eps, shift, share, horizon = z3.Reals("n unseen growth_n eps s Delta H")
    half = Smt(
        q <= z3.Q(1, 2),
        {"n": n >= 1, "inverse": z3.And(q * up == 1, q > 0)},
        {el.BERNOULLI: el.bernoulli(1 / n, n, up)},
    )
    plays = {"0": eps, "1": 1 - eps}
    targets = ((0, z3.RealVal(0), "0"), (1, 2 * eps, "0"), (0, z3.RealVal(1), "1"), (1, 1 - 2 * eps, "1"))
    losses = []
    for end, target, bin_name in targets:
        first = absolute(eps - (2 * eps if end else 0))
        outward = plays[bin_name] - shift if bin_name == "0" else plays[bin_name] + shift
        later = q * absolute(z3.Q(1, 2) - target) + (1 - q) * absolute(outward - target)
        losses.append(horizon * ((1 - share) * first + share * later))
    value = _risk(horizon, eps, share, q)
    ranges = {
        **_EPS,
        "H": horizon >= 1,
        "share": between(0, share, 1),
        "shift": shift * (1 - q) == eps * q,
        "q": z3.And(q > 0, q <= z3.Q(1, 2)),
    }
    exact = Smt(z3.And(*(loss == value for loss in losses), between(0, shift, eps)), ranges)
    inside = exact.supposing({"eps": z3.And(eps > 0, eps < z3.Q(1, 4)), "share": z3.And(share > 0, share < 1)})
    return (
        Step(
            "half",
            "(1 - 1/(n+1))^n <= 1/2 for n >= 1: (1 + 1/n)^n >= 2 by Bernoulli.",
            half,
            (
                Mutant("Bernoulli dropped", half.without(el.BERNOULLI)),
                Mutant("2/5, n = 1", Smt(1 - 1 / (n + 1) <= z3.Q(2, 5), {"n": n == 1})),
            ),
            (el.BERNOULLI,),
        ),
        Step(
            "attained",
            "Playing eps at x_1 = 0, 1/2 at an unseen x_1 = 1, and the bin's centre moved outward by s = eps q/(1 "
            "- q) <= eps at a seen one, all four "
            "experts lose exactly the bound: it is the family's minimax value.",
            exact,
            (
                Mutant("no shift", inside.supposing({"shift": shift == 0})),
                Mutant(
                    "bound x 1.001: some expert would have to lose more",
                    inside.concluding(z3.Or(*(loss >= z3.Q(1001, 1000) * value for loss in losses))),
                ),
            ),
            (f"{KEY}/half",),
            r"\text{minimax} = H[\varepsilon+\tfrac12(1-4\varepsilon)\Delta(1-\Delta)^n]",
        ),
    )


def _final(form: str) -> Step:
    theorem = catalog[KEY]
    regret, horizon, n, eps, q, e = z3.Reals("regret H n eps_q unseen e_inverse")
    power = (1 - 1 / (symbol("n") + 1)) ** symbol("n")
    total = to_z3(theorem.expression(form), {power: q, sympy.exp(-1): e})
    claim = Smt(
        regret >= total,
        {"ranges": z3.And(horizon >= 1, n >= 1, between(0, eps, z3.Q(1, 4)), q > 0)},
        {
            f"{KEY}/bayes_risk": regret >= _risk(horizon, eps, 1 / (n + 1), q),
            f"{KEY}/floor": q >= e,
        },
    )
    return Step(
        "final" if form == "sharp" else "final_simple",
        f"{theorem.statement} ({form} form: the catalog's expression.)",
        All((Declares(KEY, ("labels_only", "uniform_binning", "narrow_bins")), claim)),
        (
            Mutant(
                "1 percent more",
                claim.concluding(regret >= z3.Q(101, 100) * total).supposing(
                    {"equal": z3.And(regret == _risk(horizon, eps, 1 / (n + 1), q), q == e)}
                ),
            ),
            Mutant("Bayes risk dropped", claim.without(f"{KEY}/bayes_risk")),
        ),
        (f"{KEY}/some_expert", f"{KEY}/bayes_risk", f"{KEY}/maximiser", f"{KEY}/floor", f"{KEY}/attained"),
        rf"\sup E\,\mathrm{{Regret}} \ge {formula(theorem.expression(form))}",
    )


def proof() -> Proof:
    """Theorem 8."""
    steps = (*_medians(), *_bayes(), *_maximiser(), *_attained(), _final("simple"), _final("sharp"))
    theorem = catalog[KEY]
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
