"""Directions in which the symbols of Proposition 5 and of the traps' statements move their values, for all values."""

from __future__ import annotations

import z3

from proofs_check.axioms import EXPECTATION
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt, smallest
from proofs_check.ledger import Mutant, Step


def _jump() -> Step:
    ell, ell2, r, r2, e, e2 = z3.Reals("ell ell2 r r2 eps eps2")
    order = {"lipschitz": z3.And(ell >= 0, ell <= ell2), "distance": z3.And(r >= 0, r <= r2), "eps": e <= e2}
    claim = Smt(ell * r + 2 * e <= ell2 * r2 + 2 * e2, order)
    return Step(
        "proposition_5",
        "Proposition 5's jump ell r + 2 eps_q does not decrease in ell, r and eps_q.",
        claim,
        (Mutant("ell of any sign", claim.supposing({"lipschitz": ell <= ell2})),),
    )


def _overlap() -> Step:
    z, z2, ell, ell2, r, r2, s, s2 = z3.Reals("z z2 ell ell2 r r2 sigma sigma2")
    claim = Smt(
        z <= z2,
        {
            "z": z3.And(z * s == ell * r, z2 * s2 == ell2 * r2),
            "order": z3.And(ell >= 0, ell <= ell2, r >= 0, r <= r2),
            "sigma": z3.And(s2 > 0, s2 <= s),
        },
    )
    return Step(
        "proposition_5_gaussian",
        "z = ell r / sigma does not decrease in ell and r and does not increase in sigma. So neither does the total "
        "variation, the standard normal mass of [-z/2, z/2], nor z / sqrt(2 pi).",
        claim,
        (Mutant("sigma the other way", claim.supposing({"sigma": z3.And(s > 0, s <= s2)})),),
        (EXPECTATION.reference,),
    )


def _floor() -> tuple[Step, ...]:
    l1, l2, m1, m2, before, before2, last, last2 = z3.Reals("l1 l2 m1 m2 before before2 last last2")
    mean, gap = (l1 + l2) / 2, z3.If(l1 >= l2, l1 - l2, l2 - l1)
    losses = {"losses": z3.And(l1 >= 0, l2 >= 0)}
    later = Smt(
        mean * (before + last) - gap / 2 * last <= mean * (before + last + last2) - gap / 2 * last2,
        {**losses, "arrived": z3.And(last >= 0, last2 >= 0)},
    )
    wider = Smt(
        mean * (before + last) - gap / 2 * last <= mean * (before2 + last2) - gap / 2 * last2,
        {**losses, "arrived": z3.And(before <= before2, last <= last2)},
    )
    least = Smt(mean * (before + last) - gap / 2 * last == mean * before + smallest(l1, l2) * last, {})
    order = z3.And(l1 <= m1, l2 <= m2)
    nearer = Smt(
        mean * before + smallest(l1, l2) * last <= (m1 + m2) / 2 * before + smallest(m1, m2) * last,
        {"order": order, "arrived": z3.And(before >= 0, last >= 0)},
    )
    return (
        Step(
            "floor_horizon",
            "Theorem 6's sharp floor, mean loss times the sum of arrivals less half the losses' difference times the "
            "last one, does not decrease when one more step is added: losses are at least 0.",
            later,
            (Mutant("a loss may be negative", later.without("losses")),),
        ),
        Step(
            "floor_trigger",
            "It does not decrease in k: the reserve k/2 - B/(2(1-A-B)) grows with k, and with it every arrival.",
            wider,
            (Mutant("the last arrival may fall", wider.supposing({"arrived": before <= before2})),),
        ),
        Step(
            "floor_distance",
            "It does not increase in d: both losses fall with d, and the floor is the mean loss times all arrivals but "
            "the last, plus the smaller loss times the last.",
            All((least, nearer)),
            (Mutant("arrivals may be negative", nearer.without("arrived")),),
        ),
    )


def _products() -> Step:
    c, c2, m, m2 = z3.Reals("c c2 m m2")
    claim = Smt(c * m <= c2 * m2, {"first": z3.And(c >= 0, c <= c2), "second": z3.And(m >= 0, m <= m2)})
    return Step(
        "products",
        "A product of two quantities >= 0 does not decrease in either. The simple floors of Theorem 6, mean loss times "
        "(H - start)^+, follow in H, k and d; the noisy floor's terms, trapped loss times shares absorbed, in H; the "
        "error of the trap quantizer's transient, an amount over H, in H; the noisy error in x_c and 1/W.",
        claim,
        (Mutant("the second of any sign", claim.supposing({"second": m <= m2})),),
    )


def _noisy_error() -> Step:
    e, e2, c, y = z3.Reals("eps eps2 c y")
    claim = Smt(
        e * (y - c * e / 2) <= e2 * (y - c * e2 / 2),
        {"order": z3.And(e >= 0, e <= e2), "c": c >= 0, "trigger": c * e2 <= y},
    )
    return Step(
        "noisy_error_eps",
        "eps (x_c/B - c eps/2) does not decrease in eps while c eps <= x_c/B. It is, as eps <= W/2, B c < 1 and x_c > "
        "2 W.",
        All((claim, _far())),
        (Mutant("trigger of any width", claim.without("trigger")),),
    )


def _far() -> Smt:
    e, c, b, w, x = z3.Reals("eps c B W x_c")
    return Smt(
        c * e * b <= x,
        {
            "signs": z3.And(e >= 0, c >= 0, b > 0, w > 0),
            "narrow": e <= w / 2,
            "loop": b * c < 1,
            "far": x > 2 * w,
        },
    )


def steps() -> tuple[Step, ...]:
    """Every step of this page."""
    return _jump(), _overlap(), *_floor(), _products(), _noisy_error()
