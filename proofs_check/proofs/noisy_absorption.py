"""The noisy trap: how fast the deployed policy is absorbed, S_h <= (1-q)^max(0, h-m-1)."""

from __future__ import annotations

import z3

from proofs_check.axioms import DISINTEGRATION, EXPECTATION, EXPONENTIAL
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, smallest
from proofs_check.ledger import Mutant, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import noisy_trap

KEY = "theorem_6_noisy"
A, B, C, W, EPS, Q, M = z3.Reals("A B c W eps q m")
RANGES = {"A": between(0, A, 1), "B": B > 0, "c": C > 0, "W": W > 0, "eps": EPS > 0}
# spread: a, what m steps of noise can add up to; offset: v, how far the rest can be from a point of the trigger
_S, _R, _SPREAD, _OFFSET, _MISS, _P = z3.Reals("s R spread offset t p")


def _memory() -> Step:
    power, count, slope, half, quotient = z3.Reals("power n log_s log_half quotient")
    long = Smt(
        count * slope <= half,
        {"n": count >= quotient, "quotient": quotient * slope == half, "s < 1": slope < 0},
    )
    near = Smt(
        z3.And(power * _R + EPS <= W, power * _R + EPS >= 0),
        {
            "power": z3.And(power >= 0, 2 * power <= 1 - _S),
            "R": z3.And(_R * (1 - _S) == W, _S < 1, W > 0),
            "narrow": z3.And(EPS > 0, 2 * EPS <= W),
        },
    )
    return Step(
        "memory",
        "m + 1 >= log((1-s)/2)/log s makes s^(m+1) <= (1-s)/2; so v = s^(m+1) R + eps <= W/2 + W/2.",
        All((long, near)),
        (
            Mutant("s above 1", long.supposing({"s < 1": slope > 0})),
            Mutant("a trigger as wide as the noise", near.supposing({"narrow": between(0, EPS, W)})),
        ),
        (EXPONENTIAL.reference,),
        r"v = \lambda^{m+1}R+\varepsilon \le W",
    )


def _one_step() -> Step:
    """S_(h+1) = sum over pasts of mass (1 - hit), hit = (eps - missed) / (2W)."""
    after, before, missed, mass, miss = z3.Reals("after before missed mass miss")
    claim = after * 2 * W == (2 * W - EPS) * before + missed
    sums = Induction(
        Smt(claim, {"none": z3.And(after == 0, before == 0, missed == 0)}),
        Smt(
            (after + mass * (1 - (EPS - miss) / (2 * W))) * 2 * W
            == (2 * W - EPS) * (before + mass) + (missed + mass * miss),
            {"W": W > 0, "P(i)": claim},
        ),
        "pasts without trigger; mass a past's probability, miss the length of the trigger out of its reach",
    )
    return Step(
        "one_step",
        "Given the past, the next state is uniform on s y_h + [-W, W] and meets the trigger [0, eps] with probability "
        "(eps - missed)/(2W), missed the length of {z in the trigger: |z - s y_h| > W}. So S_(h+1) = (1-p) S_h + (mean "
        "length missed, on the pasts without trigger)/(2W), p = eps/(2W).",
        sums,
        (
            Mutant(
                "everything in reach, one past",
                Smt(
                    after * 2 * W == (2 * W - EPS) * mass,
                    {"W": W > 0, "one": after == mass * (1 - (EPS - miss) / (2 * W))},
                ),
            ),
        ),
        (DISINTEGRATION.reference, EXPECTATION.reference),
        r"S_{h+1} = (1-p)S_h + \tfrac1{2W}\int_0^\varepsilon P(N_h, |z-\lambda y_h|>W)\,dz",
    )


def _forgetting() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    rest, noise, w, reach, power, start = z3.Reals("rest Z w reach power y")
    claim = z3.And(rest == power * start + noise, absolute(noise) <= reach, reach * (1 - _S) == _S * (1 - power) * W)
    given = {"s": z3.And(_S > 0, _S < 1), "w": absolute(w) <= W}
    split = Induction(
        Smt(claim, {"j = 0": z3.And(rest == start, power == 1, noise == 0, reach == 0)}),
        Smt(
            z3.And(
                _S * (rest + w) == (_S * power) * start + _S * (noise + w),
                absolute(_S * (noise + w)) <= _S * (reach + W),
                _S * (reach + W) * (1 - _S) == _S * (1 - _S * power) * W,
            ),
            {**given, "P(j)": claim},
        ),
        "steps j after h - m; rest stands for s y less noise to come, power for s^j, reach for s (1 - s^j) R",
    )
    z, y, last = z3.Reals("z y last")
    offset = Smt(
        absolute(z - last * y) <= last * _R + EPS,
        {"z": between(0, z, EPS), "power": last >= 0, "y": absolute(y) <= _R},
    )
    return (
        Step(
            "forgetting",
            "s y_h = s^(m+1) y_(h-m) + Z, Z = s w_(h-1) + ... + s^m w_(h-m), independent of the past up to h - m, |Z| "
            "<= a = s (1 - s^m) R.",
            split,
            (Mutant("a halved, one step", Smt(absolute(_S * w) <= _S * W / 2, given)),),
            (),
            r"\lambda y_h = \lambda^{m+1}y_{h-m} + Z,\ |Z|\le a",
        ),
        Step(
            "offset",
            "For z in the trigger o = z - s^(m+1) y_(h-m) has |o| <= v = s^(m+1) R + eps: the expert's path stays in "
            "[-R, R].",
            offset,
            (
                Mutant("y of any size", offset.without("y")),
                Mutant("without eps", offset.concluding(absolute(z - last * y) <= last * _R)),
            ),
            (),
            leans=(f"{noisy_trap.KEY}/out_of_sight",),
        ),
    )


def _spread_out(inside: z3.ArithRef, u: z3.ArithRef) -> z3.BoolRef:
    """P(|Z| <= u) >= min(1, u/a), times a."""
    return inside * _SPREAD >= smallest(_SPREAD, u)


def _law(
    name: str, inside: z3.ArithRef, outside: z3.ArithRef, u: z3.ArithRef, density: z3.ArithRef
) -> dict[str, z3.BoolRef]:
    """What P(|Z| <= u), P(|Z| > u) and the density at u have to do with each other."""
    falls = z3.And(inside >= 2 * u * density, outside <= 2 * (_SPREAD - u) * density, density >= 0)
    return {
        f"u{name}": u >= 0,
        f"all{name}": z3.And(inside + outside == 1, inside >= 0, outside >= 0),
        f"all of it within a{name}": z3.Implies(u >= _SPREAD, outside == 0),
        f"falls{name}": z3.Implies(u < _SPREAD, falls),
    }


def _shape() -> tuple[Step, ...]:
    z, b, right, left, u, density, inside, outside = z3.Reals("z b right left u density inside outside")
    slope = Smt(
        (right - left) / (2 * b) <= 0,
        {
            "z": z3.And(z >= 0, b > 0),
            "unimodal": z3.Implies(absolute(z - b) <= absolute(z + b), right <= left),
        },
    )
    centred = Smt(
        _spread_out(inside, u),
        {"a": _SPREAD > 0, **_law("", inside, outside, u, density)},
    )
    return (
        Step(
            "unimodal",
            "The density of Z is symmetric and does not increase in |z|: a first summand is uniform, and adding one "
            "that is uniform on [-b, b] gives (1/2b) times the mass of [z-b, z+b], with slope (g(z+b) - g(z-b))/(2b) "
            "<= 0 for z >= 0.",
            slope,
            (
                Mutant("g not unimodal", slope.without("unimodal")),
                Mutant("z of any sign", slope.supposing({"z": b > 0})),
            ),
            (),
            r"g(z+b) \le g(z-b) \quad (z\ge0)",
        ),
        Step(
            "spread",
            "P(|Z| <= u) >= min(1, u/a), u >= 0: within u the density is at least, beyond at most, that at u.",
            centred,
            (
                Mutant("density not falling", centred.without("falls")),
                Mutant("twice as much", centred.concluding(inside * _SPREAD >= smallest(_SPREAD, 2 * u))),
            ),
            (),
            r"P(|Z|\le u) \ge \min(1, u/a)",
            leans=(f"{KEY}/unimodal",),
        ),
    )


def _at_most(miss: z3.ArithRef) -> z3.BoolRef:
    """Miss <= t = 1 - (min(1, (W-v)/a) + min(1, (W+v)/a)) / 2, times 2a."""
    return miss * 2 * _SPREAD <= 2 * _SPREAD - _reached(_OFFSET)


def _reached(o: z3.ArithRef) -> z3.ArithRef:
    return smallest(_SPREAD, W - o) + smallest(_SPREAD, W + o)


def _miss() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    o, more, less, miss, y, last, z = z3.Reals("o inside_more inside_less miss y last z")
    beyond = z3.Reals("outside_more outside_less density_more density_less")
    claim = Smt(
        _at_most(miss),
        {
            "a": _SPREAD > 0,
            "o": absolute(o) <= _OFFSET,
            "symmetric": miss == 1 - (more + less) / 2,
            **_law(" +", more, beyond[0], W + o, beyond[2]),
            **_law(" -", less, beyond[1], W - o, beyond[3]),
        },
        {f"{KEY}/spread#1": _spread_out(more, W + o), f"{KEY}/spread#2": _spread_out(less, W - o)},
    )
    inside = Smt(
        z3.And(absolute(o) <= _OFFSET, W + o >= 0, W - o >= 0),
        {
            "o": z3.And(o == z - last * y, last * _R + EPS == _OFFSET),
            "z": between(0, z, EPS),
            "power": z3.And(last >= 0, 2 * last <= 1 - _S),
            "y": absolute(y) <= _R,
            "R": z3.And(_R * (1 - _S) == W, _S < 1, W > 0),
            "narrow": z3.And(EPS > 0, 2 * EPS <= W),
        },
        {
            f"{KEY}/offset": absolute(z - last * y) <= last * _R + EPS,
            f"{KEY}/memory": last * _R + EPS <= W,
        },
    )
    after, before, old, missed, total, mass = z3.Reals("after before old missed total mass")
    pasts = Induction(
        Smt(missed <= EPS * _MISS * total, {"none": z3.And(missed == 0, total == 0)}),
        Smt(
            missed + mass * EPS * o <= EPS * _MISS * (total + mass),
            {"past": z3.And(mass >= 0, o <= _MISS, EPS > 0), "P(i)": missed <= EPS * _MISS * total},
        ),
        "pasts up to h - m without trigger; o stands for the chance to miss a point of the trigger",
    )
    recursion = Smt(
        after <= (1 - _P) * before + _P * _MISS * old,
        {
            "p": _P * 2 * W == EPS,
            "W": z3.And(W > 0, EPS > 0),
            "one step": after * 2 * W == (2 * W - EPS) * before + missed,
            "missed": missed <= EPS * _MISS * old,
        },
    )
    return (
        Step(
            "miss",
            "|z - s y_h| = |o - Z| > W has probability 1 - (P(|Z| <= W + o) + P(|Z| <= W - o))/2 given the past up to "
            "h - m, by symmetry of Z; as a function of o the bound is concave and even, so largest at |o| = v: at most "
            "t.",
            All((inside, claim)),
            (
                Mutant("o beyond v", claim.without("o")),
                Mutant("spread dropped", claim.without(f"{KEY}/spread#1", "falls +", "all of it within a +")),
                Mutant("memory dropped", inside.without(f"{KEY}/memory", "narrow")),
            ),
            (),
            r"P(|z-\lambda y_h|>W \mid F_{h-m}) \le t",
            leans=(f"{KEY}/forgetting",),
        ),
        Step(
            "recursion",
            "A past without trigger up to h has none up to h - m, so S_(h+1) <= (1-p) S_h + p t S_(h-m), h >= m + 1.",
            All((pasts, recursion)),
            (
                Mutant("t halved", recursion.concluding(after <= (1 - _P) * before + _P * _MISS * old / 2)),
                Mutant("misses dropped", recursion.without("missed")),
            ),
            (),
            r"S_{h+1} \le (1-p)S_h + p\,t\,S_{h-m}",
            leans=(f"{KEY}/one_step", f"{KEY}/miss"),
        ),
    )


_LETTERS = {
    "p": z3.And(_P > 0, 4 * _P <= 1),
    "t": z3.And(_MISS >= 0, _MISS < 1),
    "m": M >= 1,
    "q": Q * (1 + M * _P) == _P * (1 - _MISS),
}


def _rate() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    before, old, now, then, power = z3.Reals("S S_old power_h power_old power_m")
    size = Smt(z3.And(Q > 0, Q <= _P, 4 * Q <= 1), _LETTERS)
    sized = {f"{KEY}/size": size.goal}
    chance = Smt(
        z3.And(_MISS >= 0, _MISS < 1),
        {
            "a": _SPREAD > 0,
            "v": between(0, _OFFSET, W),
            "W": W > 0,
            "t": z3.And(_at_most(_MISS), 2 * _SPREAD - _reached(_OFFSET) <= _MISS * 2 * _SPREAD),
        },
    )
    room = Smt(
        (1 - _P) * power + _P * _MISS <= power * (1 - Q),
        {**_LETTERS, "power": power >= 0},
        {**sized, el.BERNOULLI: el.bernoulli(-Q, M, power)},
    )
    later = Smt(
        (1 - _P) * before + _P * _MISS * old <= now * (1 - Q),
        {
            **_LETTERS,
            "power": power >= 0,
            "powers": z3.And(now == then * power, then > 0),
            "P(h)": before <= now,
            "P(h - m)": old <= then,
        },
        {f"{KEY}/room": room.goal},
    )
    first = Smt(before <= now, {"h <= m + 1": now == 1, "probability": before <= 1})
    return (
        Step(
            "chance",
            "0 <= t < 1: W + v > 0 and W - v >= 0.",
            chance,
            (Mutant("v of any size", chance.supposing({"v": _OFFSET >= 0})),),
            (),
            leans=(f"{KEY}/memory",),
        ),
        Step(
            "size",
            "q = p (1-t)/(1 + m p) has 0 < q <= p <= 1/4.",
            size,
            (Mutant("t may be 1", size.supposing({"t": between(0, _MISS, 1)})),),
            (),
            leans=(f"{KEY}/chance",),
        ),
        Step(
            "room",
            "(1-p)(1-q)^m + p t <= (1-q)^(m+1): (1-q)^m >= 1 - m q, and (1 - m q)(p - q) >= p - q (1 + m p) = p t.",
            room,
            (
                Mutant("Bernoulli dropped", room.without(el.BERNOULLI)),
                Mutant("q without its delay", room.supposing({"q": Q == _P * (1 - _MISS), "m": M == 2})),
            ),
            (),
        ),
        Step(
            "rate",
            "S_h <= (1-q)^max(0, h-m-1), by induction over all earlier steps; (1-q)^(h-2m-1) is at least the bound on "
            "S_(h-m), whether the exponent is negative or not.",
            All((first, later)),
            (
                Mutant("room dropped", later.without(f"{KEY}/room", "q")),
                Mutant("twice the rate", later.concluding((1 - _P) * before + _P * _MISS * old <= now * (1 - 2 * Q))),
            ),
            (),
            r"S_h \le (1-q)^{(h-m-1)^+}",
            leans=(f"{KEY}/recursion",),
        ),
    )


def steps() -> tuple[Step, ...]:
    """From the trigger's width beside the noise to the rate of absorption."""
    return _memory(), _one_step(), *_forgetting(), *_shape(), *_miss(), *_rate()
