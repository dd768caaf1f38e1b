"""Shapes of the bounds: sharp ≤ simple, sharp ∈ [0, H], and the direction in which every declared symbol moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import z3
from sympy.core.function import AppliedUndef

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.theorem import Theorem
from proofs_check.axioms import EXPONENTIAL
from proofs_check.engines.balls import enclose
from proofs_check.engines.exact import Case, Exact
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, between, largest, smallest
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import trap_shapes

KEY = "shapes"
_BASE: Mapping[str, Fraction | int] = {
    "H": 4,
    "n": 20,
    "delta": Fraction(1, 10),
    "log_class_size": 2,
    "log_model_class_size": 1,
    "eps_q": Fraction(1, 50),
    "C": Fraction(1, 2),
    "eta": Fraction(1, 3),
    "L": 1,
    "L_P": 2,
    "L_x": 1,
    "L_u": 1,
    "lipschitz": Fraction(1, 2),
    "k": 2,
    "average_error": Fraction(1, 40),
    "step_error": Fraction(1, 50),
    "distance": Fraction(1, 2),
    "sigma": 1,
    "eps": Fraction(1, 1000),
    "A": Fraction(1, 5),
    "B": Fraction(3, 10),
    "d": Fraction(6, 5),
    "c": 1,
    "W": Fraction(1, 10),
    "x_c": Fraction(21, 40),
    "reach": 2,
    "tv": Fraction(1, 8),
    "eps_prime": Fraction(1, 50),
    "excess_probability": Fraction(1, 20),
    "local_failure": Fraction(1, 40),
    "horizon_average_error": Fraction(1, 40),
    "action_error": Fraction(1, 40),
    "map_error": Fraction(1, 40),
    "rms_error": Fraction(1, 40),
    "eps_max": Fraction(1, 20),
    "coupled_lipschitz": Fraction(1, 2),
    "jump": Fraction(1, 100),
    "loop_C": Fraction(1, 2),
    "loop_eta": Fraction(1, 3),
    "mismatch": Fraction(1, 20),
    "bins_off": 1,
    "chunk": 2,
    "chunk_decay": Fraction(1, 2),
    "half_width": Fraction(1, 50),
    "density": Fraction(1, 2),
    "dimension": 2,
    "state_dimension": 3,
    "sigma_w": Fraction(1, 8),
    "noise_share": Fraction(1, 2),
    "tube": 8,
    "log_misspecification": Fraction(1, 16),
    "log_cover": Fraction(1, 8),
}
_STEPS: Mapping[str, tuple[Fraction, ...]] = {
    "H": (Fraction(2), Fraction(4)),
    "n": (Fraction(10), Fraction(40)),
    "k": (Fraction(3, 2), Fraction(11, 5)),
    "bins_off": (Fraction(0), Fraction(1)),
    "chunk": (Fraction(1), Fraction(2)),
    "dimension": (Fraction(1), Fraction(2)),
    "state_dimension": (Fraction(2), Fraction(3)),
}


def _points(theorem: Theorem, form: str, name: str) -> Iterator[tuple[str, Fraction, Fraction]]:
    base = Fraction(_BASE[name])
    low, high = _STEPS.get(name, (base * Fraction(9, 10), base * Fraction(11, 10)))
    yield f"{theorem.key}, {form}, {name}", low, high


def declared_cases(flip: bool = False) -> Iterator[Case]:
    """Every theorem, form and declared symbol: the catalog's expression at two values of the symbol."""
    for theorem in catalog.values():
        for form in theorem.forms:
            expression = theorem.expression(form)
            held = {r: r.args[0] - 1 for r in expression.atoms(AppliedUndef)}  # one sequence that starts at 0
            expression = expression.subs(held)
            for names, rising in ((theorem.increasing, not flip), (theorem.decreasing, flip)):
                for name in names:
                    if symbol(name) not in expression.free_symbols:
                        continue
                    for label, low, high in _points(theorem, form, name):
                        values = {s: Fraction(_BASE[str(s)]) for s in expression.free_symbols}
                        at = [enclose(expression, {**values, symbol(name): value}) for value in (low, high)]
                        yield Case(label, at[0], "<=" if rising else ">=", at[1])


def _growth() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    a, b, c, c2, eta, eta2, p, p2, q, q2, d, d2 = z3.Reals("a b C C2 eta eta2 p p2 q q2 d d2")
    gains = {"order": z3.And(c >= 0, c <= c2, eta >= 0, eta <= eta2)}
    ordered = z3.And(a >= 0, a <= b)
    gamma = Induction(
        Smt(ordered, {"h = 1": z3.And(a == 0, b == 0)}),
        Smt(z3.And(eta * a + c >= 0, eta * a + c <= eta2 * b + c2), {**gains, "P(h)": ordered}),
        "h from 1, with Gamma_(h+1) = eta Gamma_h + C",
    )
    two = Smt(eta * c + c <= eta2 * c2 + c2, gains)
    kappa, kappa2 = z3.Reals("kappa kappa2")
    capped = Smt(
        smallest(z3.RealVal(1), kappa) <= smallest(z3.RealVal(1), kappa2),
        {"L, amplitude and gain in order": z3.And(kappa == a * c, kappa2 == b * c2, ordered, c >= 0, c <= c2)},
    )
    survival = z3.And(q2 >= 0, q2 <= q, q <= 1, d <= d2)
    decoupling = Induction(
        Smt(survival, {"h = 0": z3.And(q == 1, q2 == 1, d == 0, d2 == 0)}),
        Smt(
            z3.And(
                q2 * (1 - p2) >= 0,
                q2 * (1 - p2) <= q * (1 - p),
                q * (1 - p) <= 1,
                d + 1 - q * (1 - p) <= d2 + 1 - q2 * (1 - p2),
            ),
            {"hazards": z3.And(p >= 0, p <= p2, p2 <= 1), "P(h)": survival},
        ),
        "h from 0",
    )
    beyond = Smt(
        1 - (1 - p) * (1 - q) <= 1 - (1 - p2) * (1 - q2),
        {"hazards": z3.And(p >= 0, p <= p2, q >= 0, q <= q2)},
    )
    lx, lx2, f, f2 = z3.Reals("L_x L_x2 f f2")
    drift = Induction(
        Smt(f <= f2, {"h = 0": z3.And(f == 0, f2 == 0)}),
        Smt(
            f + lx * a + c <= f2 + lx2 * b + c2,
            {"order": z3.And(lx >= 0, lx <= lx2, ordered, c <= c2), "P(h)": f <= f2},
        ),
        "h from 0; a, b are displacements, c, c2 the L_u terms",
    )
    longer = Smt(d <= d + (1 - q), {"survival": between(0, q, 1)})
    return (
        Step(
            "gain_grows",
            "Gamma_h does not decrease in C >= 0 and eta >= 0, for every h.",
            gamma,
            (Mutant("eta may be negative, h = 3", two.supposing({"order": z3.And(c >= 0, c <= c2, eta <= eta2)})),),
        ),
        Step(
            "hazard_grows",
            "p_t = min(1, L x displacement) does not decrease in L, C, eta, eps_q, k.",
            capped,
            (
                Mutant(
                    "order dropped",
                    capped.supposing({"L, amplitude and gain in order": z3.And(kappa == a * c, kappa2 == b * c2)}),
                ),
            ),
        ),
        Step(
            "decoupling_grows",
            "The decoupling term does not decrease when any hazard grows, for every horizon.",
            decoupling,
            (Mutant("hazards above 1, two steps", beyond),),
        ),
        Step(
            "drift_grows",
            "The drift term does not decrease in L_x, L_u, eps_q, k, C, eta (or ell, through eta + C ell), for "
            "every horizon.",
            drift,
            (Mutant("L_x may be negative, one step", Smt(lx * a <= lx2 * b, {"order": z3.And(lx <= lx2, ordered)})),),
        ),
        Step(
            "horizon",
            "One more step adds 1 - Q >= 0 to the decoupling term, and nonnegative terms to drift and imitation.",
            longer,
            (Mutant("hazards outside [0, 1]", longer.without("survival")),),
        ),
    )


def _radius() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    x, x2, n, n2, top, top2, decay, decay2, ratio = z3.Reals("x x2 n n2 top top2 decay decay2 ratio")
    zero = z3.RealVal(0)
    moves = Smt(
        x <= x2,
        {
            "x": z3.And(x == largest(zero, top / n), x2 == largest(zero, top2 / n2)),
            "order": z3.And(top <= top2, n2 >= 1, n2 <= n),
        },
    )
    exponential = Smt(
        decay2 <= decay,
        {"order": x <= x2, "ratio": z3.And(decay == decay2 * ratio, decay2 > 0)},
        {el.EXP_BOUND: el.exponential(x - x2, ratio)},
    )
    rad, h = z3.Reals("radius H")
    ranged = Smt(
        between(0, h * rad, h),
        {
            "radius": z3.Or(z3.And(rad >= 0, rad * rad == 1 - decay), rad == 1 - decay),
            "H": h >= 1,
            "x": z3.And(x == largest(zero, top / n), n >= 1),
        },
        {
            el.EXP_UNIT: el.exponential_unit(x, decay),
            f"{KEY}/x_nonnegative": z3.Implies(z3.And(x == largest(zero, top / n), n >= 1), x >= 0),
        },
    )
    simple, rad_simple, m = z3.Reals("s radius_simple m")
    below = Smt(
        h * rad <= h * rad_simple,
        {
            "radii": z3.And(
                rad >= 0,
                rad_simple >= 0,
                z3.Or(
                    z3.And(rad * rad == 1 - decay, rad_simple * rad_simple == m * simple),
                    z3.And(rad == 1 - decay, rad_simple == m * simple),
                ),
            ),
            "H": h >= 1,
            "m": z3.And(m >= 1, x <= simple),
        },
        {el.EXP_BOUND: el.exponential(m * x, decay)},
    )
    positive = Smt(x >= 0, {"x": x == largest(zero, top / n), "n": n >= 1})
    return (
        Step(
            "radius_moves",
            "x = max(0, (log(N-1) + log(1/delta))/n) does not decrease in log N and log(1/delta) and does not "
            "increase in n.",
            moves,
            (Mutant("n the other way", moves.supposing({"order": z3.And(top <= top2, n >= 1, n <= n2)})),),
        ),
        Step("x_nonnegative", "x >= 0.", positive, (Mutant("not cut at 0", positive.supposing({"x": x == top / n})),)),
        Step(
            "decay_falls",
            "e^(-x) does not increase in x, so every radius follows x.",
            exponential,
            (
                Mutant("order dropped", exponential.without("order")),
                Mutant("exp(r) >= 1 + r dropped", exponential.without(el.EXP_BOUND)),
            ),
            (EXPONENTIAL.reference,),
        ),
        Step(
            "imitation_range",
            "Every sharp imitation term lies in [0, H].",
            ranged,
            (Mutant("x may be negative", ranged.without(f"{KEY}/x_nonnegative", "x")),),
            (el.EXP_UNIT, f"{KEY}/x_nonnegative"),
        ),
        Step(
            "imitation_sharp_below_simple",
            "H (1 - e^(-m x))^p <= H (m s)^p for x <= s, p = 1 or 1/2, m >= 1.",
            below,
            (
                Mutant("exponential bound dropped", below.without(el.EXP_BOUND)),
                Mutant("s below x", below.supposing({"m": m >= 1})),
            ),
        ),
    )


def _decoupling() -> tuple[Step, ...]:
    d, w, q, s, h, p = z3.Reals("d weighted q s H p")
    simple = Induction(
        Smt(d <= w, {"empty": z3.And(d == 0, w == 0)}),
        Smt(d + 1 - q <= w + s, {"P(h)": d <= w, "p": between(0, p, 1)}, {el.SURVIVAL: 1 - q <= s}),
        "h from 0; s = sum of p_t, weighted = the sum of partial sums = sum of (H - t + 1) p_t",
    )
    ranged = Induction(
        Smt(between(0, d, h), {"empty": z3.And(d == 0, h == 0)}),
        Smt(
            between(0, d + 1 - q, h + 1),
            {"P(h)": between(0, d, h), "p": between(0, p, 1)},
            {el.SURVIVAL: z3.And(q >= 0, q <= 1)},
        ),
        "h from 0",
    )
    at_two = Smt(1 - (1 - p) <= p, {"p": between(0, p, 1)})
    return (
        Step(
            "decoupling_sharp_below_simple",
            "The sharp decoupling term is at most the simple one, the sum of (H - t + 1) p_t, for every horizon.",
            simple,
            (
                Mutant("weight H - t, H = 2", at_two.concluding(1 - (1 - p) <= 0)),
                Mutant("nine tenths, H = 2", at_two.concluding(1 - (1 - p) <= z3.Q(9, 10) * p)),
            ),
            latex=r"\sum_h\Big[1-\prod(1-p_t)\Big] \le \sum_t(H-t+1)p_t",
        ),
        Step(
            "decoupling_range",
            "The sharp decoupling term lies in [0, H].",
            ranged,
            (Mutant("hazard above 1, H = 1", Smt(between(0, 1 - (1 - p), 1))),),
        ),
    )


def _lower() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    h, e, e2, share, q, next_value, root, root2 = z3.Reals("H eps eps2 Delta unseen next root root2")
    half = (1 - 4 * e) / 2
    eps_8 = Smt(
        h * (e + half * share * q) <= h * (e2 + (1 - 4 * e2) / 2 * share * q),
        {
            "order": z3.And(e >= 0, e <= e2),
            "H": h >= 1,
            "range": z3.And(between(0, share, z3.Q(1, 2)), between(0, q, 1)),
        },
    )
    n_8 = Smt(
        next_value * (1 - share) <= q,
        {"share": between(0, share, 1), "positive": next_value >= 0, "maximum at 1/(n + 1)": next_value <= q},
    )
    n_9 = Smt(
        (1 - 2 * e) / root2 <= (1 - 2 * e) / root,
        {"roots": z3.And(root >= 1, root <= root2), "eps": between(0, e, z3.Q(1, 2))},
    )
    eps_9 = Smt(
        (1 - 2 * e) * z3.Q(3, 8) / root + e <= (1 - 2 * e2) * z3.Q(3, 8) / root + e2,
        {"order": e <= e2, "root": root >= 1},
    )
    return (
        Step(
            "theorem_8_eps",
            "Theorem 8's value does not decrease in eps_q: its slope is H (1 - 2 Delta (1 - Delta)^n) with Delta "
            "<= 1/2.",
            eps_8,
            (Mutant("Delta up to 1", eps_8.supposing({"range": z3.And(between(0, share, 1), between(0, q, 1))})),),
        ),
        Step(
            "theorem_8_n",
            "Theorem 8's value does not increase in n, n whole: d (1 - d)^(n+1) <= d (1 - d)^n <= max over d of d "
            "(1 - d)^n.",
            n_8,
            (Mutant("maximiser dropped", n_8.without("maximum at 1/(n + 1)")),),
        ),
        Step(
            "theorem_9_n",
            "Theorem 9's value does not increase in n.",
            n_9,
            (Mutant("eps above 1/2", n_9.supposing({"eps": e > z3.Q(1, 2)})),),
        ),
        Step(
            "theorem_9_eps",
            "Theorem 9's value does not decrease in eps_q: its slope is 1 - 3/(4 sqrt(n)) > 0.",
            eps_9,
            (Mutant("n below 1", eps_9.supposing({"root": z3.And(root > 0, root < 1)})),),
        ),
    )


def proof() -> Proof:
    """Ranges, order of the forms and monotonicity."""
    others = trap_shapes.steps()
    rising = Exact(declared_cases, "every theorem, form and declared symbol, one pair of values each")
    falling = Exact(lambda: declared_cases(flip=True), "the same, directions exchanged")
    declared = Step(
        "declared",
        "The catalog's declared directions, on its own expressions: every theorem, form and declared symbol at one "
        "pair of values, in balls; a sequence that a recursion defines is held at h - 1. "
        "(The proofs for all values are the steps above, term by term.)",
        rising,
        (Mutant("directions exchanged", falling),),
    )
    steps = (*_growth(), *_radius(), *_decoupling(), *_lower(), *others, declared)
    return Proof(KEY, "Ranges, forms and monotonicity", "lemma", "explicit", "the catalog's declarations", steps)
