"""The Gaussian trap's floor: the chance to enter, to have entered, to have stayed, and what a step there costs.

What a step takes from an earlier one it takes with everything that was supposed there, so hypotheses pile up.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.axioms import DISINTEGRATION, EXPECTATION
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest, smallest
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Domain, Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import witnesses

KEY = "theorem_6_gaussian"
_NAMES = ("gaussian_trap", "contracting", "trigger_in_trap")
_Q, _NEAR, _FIRST, _FREE, _MISSED, _P, _KEPT = z3.Reals("q near first free missed p kept")
_QUARTER = Fraction(1, 4)
_ENTERED = _NEAR * (1 - _MISSED) + _MISSED * _FIRST


def _entry() -> tuple[tuple[Step, ...], dict[str, z3.BoolRef]]:  # long: one argument, its steps read in order
    far, a, t, here, edge, hit, width = z3.Reals("far a t here edge hit width")
    point = {
        "|s y| <= s K": absolute(a) <= far,
        "in the trigger": t >= 0,
        "density falls": z3.Implies(absolute(a + t) <= far + t, here >= edge),
    }
    denser = Smt(here >= edge, point)
    summed = Smt(
        hit + width * here >= _Q + width * edge,
        {**point, "width": width >= 0, "P(i)": hit >= _Q},
        {f"{KEY}/denser": here >= edge},
    )
    chance = Induction(
        Smt(hit >= _Q, {"none": z3.And(hit == 0, _Q == 0)}),
        summed,
        "points of the trigger; q stands for P(s K <= w <= s K + eps/z)",
    )
    after, inside, outside, mass = z3.Reals("after inside outside mass")
    piled = {**point, "width": width >= 0, "mass": mass >= 0}
    left = after <= (1 - _Q) * inside + outside
    pasts = Smt(
        z3.And(
            after + mass * (1 - hit) <= (1 - _Q) * (inside + mass) + outside,
            after + mass <= (1 - _Q) * inside + (outside + mass),
        ),
        {**piled, "P(i)": left},
        {f"{KEY}/chance": hit >= _Q},
    )
    recursion = Induction(
        Smt(left, {"none": z3.And(after == 0, inside == 0, outside == 0)}),
        pasts,
        "pasts that met neither trigger nor trap, near ones (|y| <= K) and far ones; after: their mass a step later",
    )
    steps = (
        Step(
            "denser",
            "For |s y| <= s K the noise that leads from y to the point t of the trigger is no further from 0 than "
            "s K + t, so its density is no less than there: |t - s y| <= s K + t.",
            denser,
            (
                Mutant("y of any size", denser.without("|s y| <= s K")),
                Mutant("a density that does not fall", denser.without("density falls")),
            ),
            latex=r"g(t-\lambda y) \ge g(\lambda K+t)",
        ),
        Step(
            "chance",
            "Integrated: from |y| <= K a step enters the trigger with probability at least q = P(s K <= w <= s K + "
            "eps/z).",
            chance,
            (Mutant("as likely as from the centre, a point", Smt(hit >= 2 * _Q, {"one": z3.And(hit == _Q, _Q > 0)})),),
            (EXPECTATION.reference,),
        ),
        Step(
            "recursion",
            "Of the pasts that met neither, near ones lose a share of q at least: S_(h+1) <= (1 - q) P(near) + P(far).",
            recursion,
            (
                Mutant(
                    "far pasts enter as well, one past", Smt(after <= (1 - _Q) * mass, {"far": after == mass, **piled})
                ),
                Mutant("chance dropped", pasts.without(f"{KEY}/chance", "P(i)").supposing({"P(i)": left})),
            ),
            (DISINTEGRATION.reference, EXPECTATION.reference),
        ),
    )
    split = {"split": inside + outside == _FREE, "far": outside <= 1 - _NEAR, "q": between(0, _Q, 1)}
    claim = _FREE <= 1 - _ENTERED
    step = Smt(
        after <= 1 - (_NEAR * (1 - _MISSED * (1 - _Q)) + _MISSED * (1 - _Q) * _FIRST),
        {**piled, **split, "P(h)": claim},
        {f"{KEY}/recursion": left},
    )
    entered = Step(
        "entered",
        "The expert is beyond K with probability 1 - b, so 1 - S_h >= b (1 - (1-q)^(h-1)) + (1-q)^(h-1) (1 - S_1).",
        Induction(
            Smt(claim, {"h = 1": z3.And(_MISSED == 1, _FREE == 1 - _FIRST)}),
            step,
            "h from 1; missed stands for (1-q)^(h-1), near for b, first for 1 - S_1",
        ),
        (
            Mutant("as if there were no far states", step.without("far")),
            Mutant("recursion dropped", step.without(f"{KEY}/recursion")),
        ),
        latex=r"1-S_h \ge b(1-(1-q)^{h-1}) + (1-q)^{h-1}(1-S_1)",
    )
    return (*steps, entered), {**piled, **split}


def _trap() -> tuple[tuple[Step, ...], dict[str, z3.BoolRef]]:  # long: one argument, its steps read in order
    a, b, c, x, y, w, r, noise, centre, trigger = z3.Reals("A B c x y w r noise x_c trigger")
    given = {
        "A": z3.And(a >= 0, a < 1),
        "B": b > 0,
        "r": z3.And(r * (1 - a) == noise, r > 0),
        "w": absolute(w) <= noise,
        "trap": absolute(x - centre) <= r,
        "trigger": z3.And(between(0, y, trigger), trigger <= r),
    }
    back, into = a * x + b * ((1 - a) * centre / b) + w, a * y + b * (centre / b) + w
    inside = z3.And(absolute(back - centre) <= r, absolute(into - centre) <= r)
    held = Smt(inside, given)
    stay, share, spent, met = z3.Reals("stay share spent met")
    stays = Smt(
        stay >= _P, {**given, "chance of |w| <= noise": z3.Implies(inside, stay >= _P)}, {f"{KEY}/held": inside}
    )
    powers = {**stays.hypotheses, "probability": z3.And(_P >= 0, _KEPT >= 0)}
    once = Smt(share * stay >= _KEPT * _P, {**powers, "P(h)": share >= _KEPT}, {f"{KEY}/stays": stay >= _P})
    always = Induction(
        Smt(share >= _KEPT, {"h = 1": z3.And(share == 1, _KEPT == 1)}),
        once,
        "h from 1; share stands for P(noise of the steps before h is within sigma_w z), kept for p^(h-1)",
    )
    there = {**powers, "independent": spent == share * met, "met": met >= 0}
    time = Smt(spent >= _KEPT * met, there, {f"{KEY}/always": share >= _KEPT})
    slope, loss, value, cost, mass = z3.Reals("slope l value cost mass_there")
    action = z3.Real("action")
    least = {"l": loss == smallest(z3.RealVal(1), largest(z3.RealVal(0), slope * centre / b - c * r))}
    place = {
        "c": z3.And(c > 0, centre >= 0, slope == 1 - a - b * c, slope > 0),
        "in trap or trigger": z3.Or(action * b == (1 - a) * centre, z3.And(action * b == centre, x <= r)),
        "x": x <= centre + r,
        "loss": value == smallest(z3.RealVal(1), absolute(action - c * x)),
    }
    known = {key: given[key] for key in ("A", "B")} | {"r > 0": r > 0} | least | place
    lost = Smt(value >= loss, known)
    mean = Smt(
        cost + mass * value >= loss * (spent + mass),
        {**known, "mass there": mass >= 0, "P(i)": cost >= loss * spent},
        {f"{KEY}/loss": value >= loss},
    )
    steps = (
        Step(
            "held",
            "Noise up to sigma_w z leads from the trap [x_c - r, x_c + r] back into it and from the trigger, eps/z <= "
            "r, into it: A r + sigma_w z = r.",
            held,
            (
                Mutant("noise one percent larger", held.supposing({"w": 100 * absolute(w) <= 101 * noise})),
                Mutant("a trigger of any length", held.supposing({"trigger": between(0, y, trigger)})),
            ),
            latex=r"|x'-x_c| \le Ar+\sigma_wz = r",
        ),
        Step(
            "stays",
            "So a step stays with probability at least p = P(|w| <= sigma_w z).",
            stays,
            (Mutant("held dropped", stays.without(f"{KEY}/held", "w")),),
            (EXPECTATION.reference,),
        ),
        Step(
            "always",
            "And h - 1 steps do with at least p^(h-1): the noise of different steps is independent.",
            always,
            (Mutant("stays dropped", once.without(f"{KEY}/stays", "chance of |w| <= noise")),),
        ),
        Step(
            "time",
            "Who has met trigger or trap is there at step h with probability at least p^(h-1), whatever the past.",
            time,
            (Mutant("more than who met it", time.concluding(spent >= met)),),
            (DISINTEGRATION.reference,),
        ),
        Step(
            "loss",
            "There a step loses at least l = min(1, (1-s) x_c/B - c r)^+: the code is at least (1-A) x_c/B, and c x at "
            "most c (x_c + r); from the trigger x_c/B - c x, x <= r.",
            lost,
            (
                Mutant("at the trap's centre", lost.without("l").supposing({"l": loss == slope * centre / b})),
                Mutant("anywhere", lost.without("x", "in trap or trigger")),
            ),
            latex=r"|u-cx| \ge (1-\lambda)x_c/B-cr",
        ),
        Step(
            "mean_loss",
            "So a step's mean loss is at least l times the probability to be there.",
            Induction(
                Smt(cost >= loss * spent, {"none": z3.And(cost == 0, spent == 0)}),
                mean,
                "states there; elsewhere the loss is at least 0, and the expert loses nothing",
            ),
            (Mutant("loss dropped", mean.without(f"{KEY}/loss", "loss")),),
            (EXPECTATION.reference,),
        ),
    )
    return steps, {**there, **known, "mass there": mass >= 0}


def _sum(piled: dict[str, z3.BoolRef]) -> tuple[Step, dict[str, z3.BoolRef]]:
    regret, weight, cost, loss, spent, met = z3.Reals("regret weight cost l spent met")
    given = {**piled, "met once": met == 1 - _FREE, "a loss": loss >= 0}
    step = Smt(
        regret + cost >= loss * (weight + _KEPT * _ENTERED),
        {**given, "P(H)": regret >= loss * weight},
        {
            f"{KEY}/entered": _FREE <= 1 - _ENTERED,
            f"{KEY}/time": spent >= _KEPT * met,
            f"{KEY}/mean_loss": cost >= loss * spent,
        },
    )
    total = Step(
        "total",
        "Added up: the regret is at least l times the sum of p^(h-1) (b (1 - (1-q)^(h-1)) + (1-q)^(h-1) (1 - S_1)).",
        Induction(
            Smt(regret >= loss * weight, {"none": z3.And(regret == 0, weight == 0)}),
            step,
            "steps; weight stands for the sum",
        ),
        (
            Mutant("time dropped", step.without(f"{KEY}/time")),
            Mutant("entered dropped", step.without(f"{KEY}/entered")),
        ),
        (EXPECTATION.reference,),
    )
    return total, given


def _laws() -> Step:
    a, width, t = sympy.Symbol("a", nonnegative=True), sympy.Symbol("w", positive=True), sympy.Symbol("t", real=True)
    density = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
    root, domain = sympy.sqrt(2), {a: (0, 2), width: (0, 2)}
    within = sympy.integrate(density, (t, -a, a))
    above = sympy.integrate(density, (t, a, a + width))
    q = (sympy.erf((a + width) / root) - sympy.erf(a / root)) / 2
    return Step(
        "laws",
        "In Z ~ N(0, 1): P(|Z| <= a) = erf(a/sqrt 2), which gives b and p; P(a <= Z <= a + w) = (erf((a+w)/sqrt 2) - "
        "erf(a/sqrt 2))/2, which gives q and, at a = 0, 1 - S_1.",
        All((Identity(within, sympy.erf(a / root), domain), Identity(above, q, domain))),
        (
            Mutant("without the root", Identity(within, sympy.erf(a), domain)),
            Mutant("both signs", Identity(above, 2 * q, domain)),
        ),
    )


def _final(piled: dict[str, z3.BoolRef]) -> Step:
    theorem = catalog[KEY]
    expression = theorem.expression()
    (read,), (lost,) = expression.atoms(sympy.Sum), expression.atoms(sympy.Min)
    A, B, c, eps, sigma, K = (symbol(name) for name in ("A", "B", "c", "eps", "sigma_w", "reach"))
    h, s, root = read.limits[0][0], A + B * c, sympy.sqrt(2)
    z = sympy.sqrt(2 * sympy.log(2 / eps**2))
    spread, radius = sigma / sympy.sqrt(1 - s**2), sigma * z / (1 - A)
    q = (sympy.erf((s * K * spread + eps / z) / sigma / root) - sympy.erf(s * K * spread / sigma / root)) / 2
    missed, kept = (1 - q) ** (h - 1), sympy.erf(z / root) ** (h - 1)
    first, near = sympy.erf(eps / z / spread / root) / 2, sympy.erf(K / root)
    least = sympy.Min(1, sympy.Max(0, (1 - s) * (spread * z + radius) / B - c * radius))
    domain: dict[sympy.Symbol, Domain] = {A: (0, _QUARTER), B: (_QUARTER, 2 * _QUARTER), c: (_QUARTER, 1)}
    domain |= {eps: (Fraction(1, 10), 2 * _QUARTER), sigma: (Fraction(1, 10), 1), K: (0, 3), h: (1, 6)}
    regret, weight, loss = z3.Reals("regret weight l")
    claim = Smt(
        regret >= to_z3(expression, {read: weight, lost: loss}), piled, {f"{KEY}/total": regret >= loss * weight}
    )
    sums = Identity(read.function, kept * (near * (1 - missed) + missed * first), domain)
    return Step(
        "final",
        f"{theorem.statement} (The catalog's expression: its loss l, its sum with b, q, p and 1 - S_1.)",
        All((Declares(KEY, _NAMES), sums, Identity(lost, least, domain), claim)),
        (
            Mutant("total dropped", claim.without(f"{KEY}/total")),
            Mutant("one step earlier", Identity(read.function, sums.right.subs(h, h + 1), domain)),
        ),
        latex=rf"{theorem.left} \ge {formula(expression)}",
    )


def proof() -> Proof:
    """The Gaussian trap's floor."""
    theorem = catalog[KEY]
    entry, one = _entry()
    trap, two = _trap()
    total, three = _sum({**one, **two})
    steps = (*entry, *trap, total, _laws(), witnesses.tight(KEY), _final(three))
    return Proof(KEY, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)
